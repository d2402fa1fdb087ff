//! Who calls a server function: the service, the cookie, and the address, taken from the request's context. Server only.

use crate::Fault;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use model::{AccountId, FaultCode, UserId};
use service::{Scope, Service};

/// How the session cookie is written; given by the server, which knows whether the page came over HTTPS.
#[derive(Clone)]
pub struct SessionCookie {
    /// The token the request brought.
    pub token: Option<String>,
    /// Name and attributes to write a new one with.
    pub write: fn(Option<&str>, bool) -> http::HeaderValue,
    /// Whether the request came over HTTPS.
    pub secure: bool,
    /// The caller's network address, for throttling.
    pub address: std::net::IpAddr,
}

/// The caller of a server function.
pub struct Caller {
    /// The service.
    pub service: Service,
    cookie: SessionCookie,
}

impl Caller {
    /// Takes the caller from the request's context.
    ///
    /// # Errors
    /// `Internal` outside a request.
    pub fn take() -> Result<Self, Fault> {
        match (use_context::<Service>(), use_context::<SessionCookie>()) {
            (Some(service), Some(cookie)) => Ok(Self { service, cookie }),
            _ => Err(Fault::of(FaultCode::Internal)),
        }
    }

    /// The session token the browser sent.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.cookie.token.clone()
    }

    /// The caller's network address.
    #[must_use]
    pub const fn origin(&self) -> std::net::IpAddr {
        self.cookie.address
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// `SignedOut` when nobody is.
    pub async fn person(&self) -> Result<UserId, Fault> {
        Ok(self.service.person(self.cookie.token.as_deref()).await?)
    }

    /// The service and the caller's scope in an account.
    ///
    /// # Errors
    /// `SignedOut`, or `Missing` when they are not of that account.
    pub async fn agent(account: AccountId) -> Result<(Service, Scope), Fault> {
        let caller = Self::take()?;
        let scope = caller.service.scope(caller.cookie.token.as_deref(), account).await?;
        Ok((caller.service, scope))
    }
}

/// Writes the session cookie into the answer, or clears it.
pub fn remember(caller: &Caller, token: Option<&str>) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(http::header::SET_COOKIE, (caller.cookie.write)(token, caller.cookie.secure));
    }
}

impl From<service::Error> for Fault {
    fn from(error: service::Error) -> Self {
        let body = error.into_fault();
        if let Some(response) = use_context::<ResponseOptions>()
            && let Ok(status) = http::StatusCode::from_u16(body.code.status())
        {
            response.set_status(status);
            if let Some(seconds) = body.retry_after {
                response.insert_header(http::header::RETRY_AFTER, seconds.into());
            }
        }
        Self(body)
    }
}
