//! What goes wrong in the service, for its callers. Sentences for people are made in the interface, from the fault's code.

use model::{FaultBody, FaultCode, Violation};

/// The service's own result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the service refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It has a code of its own.
    #[error("{0:?}")]
    Fault(FaultCode),
    /// Some fields are not acceptable.
    #[error("invalid: {0:?}")]
    Invalid(Vec<(String, Violation)>),
    /// A provider would not have it; its words.
    #[error("the provider refused: {0}")]
    Provider(String),
    /// Too many attempts.
    #[error("too many attempts, wait {0} s")]
    TooMany(u32),
    /// The store failed.
    #[error("store: {0}")]
    Store(#[from] store::Error),
    /// A folder could not be made or read.
    #[error("files: {0}")]
    Files(std::io::Error),
    /// The object store failed.
    #[error("objects: {0}")]
    Objects(#[from] object_store::Error),
    /// Something that cannot happen did.
    #[error("unexpected: {0}")]
    Unexpected(String),
}

impl Error {
    /// No such thing, or not for the caller: the two are told apart nowhere.
    #[must_use]
    pub const fn missing() -> Self {
        Self::Fault(FaultCode::Missing)
    }

    /// One field is not acceptable.
    #[must_use]
    pub fn field(name: &str, violation: Violation) -> Self {
        Self::Invalid(vec![(name.to_owned(), violation)])
    }

    /// The body that crosses the wire. What is our own fault is logged here, once, with the reference the body carries.
    #[must_use]
    pub fn into_fault(self) -> FaultBody {
        match self {
            Self::Fault(code) => FaultBody::of(code),
            Self::Invalid(fields) => FaultBody { fields, ..FaultBody::of(FaultCode::Invalid) },
            Self::Provider(words) => FaultBody { words: Some(words), ..FaultBody::of(FaultCode::Provider) },
            Self::TooMany(seconds) => FaultBody { retry_after: Some(seconds), ..FaultBody::of(FaultCode::TooMany) },
            Self::Store(store::Error::Taken(what)) => {
                tracing::debug!(%what, "a unique value is taken");
                FaultBody::of(FaultCode::Conflict)
            }
            other => {
                let reference = crate::secret::reference();
                let code =
                    if matches!(other, Self::Store(store::Error::NotStored(_))) { FaultCode::NotStored } else { FaultCode::Internal };
                tracing::error!(%reference, error = %other, "a request failed here");
                FaultBody { reference: Some(reference), ..FaultBody::of(code) }
            }
        }
    }
}
