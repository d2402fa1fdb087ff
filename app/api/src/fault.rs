//! The only error that crosses the wire: a code, field violations and a reference, never a sentence.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use model::{FaultBody, FaultCode};
use serde::{Deserialize, Serialize};

/// Why a server function refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fault(pub FaultBody);

impl Fault {
    /// A fault of this code with nothing more to say.
    #[must_use]
    pub const fn of(code: FaultCode) -> Self {
        Self(FaultBody::of(code))
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> FaultCode {
        self.0.code
    }

    /// The HTTP status that carries it.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.0.code.status()
    }
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.0.code)
    }
}

impl std::error::Error for Fault {}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::of(match error {
            ServerFnErrorErr::Request(_) => FaultCode::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => FaultCode::Invalid,
            _ => FaultCode::Internal,
        })
    }
}
