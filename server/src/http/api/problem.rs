//! Refusals in the form the ecosystem's clients read: `{error}`, and `{message, attributes}` for what was filled in wrong.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use model::{FaultBody, FaultCode, Violation};
use serde_json::{Value, json};

/// An answer or a refusal.
pub type Answer = Result<Response, Problem>;

/// A refusal.
#[derive(Debug)]
pub enum Problem {
    /// One of the services', worded here.
    Fault(Box<FaultBody>),
    /// Something only this door knows.
    Here(StatusCode, String),
    /// The same, with a header.
    With(StatusCode, String, (HeaderName, HeaderValue)),
}

impl<E: Into<service::Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Fault(Box::new(error.into().into_fault()))
    }
}

impl Problem {
    /// No such thing, or not for the caller.
    pub fn missing() -> Self {
        service::Error::missing().into()
    }

    /// No token, or nobody's.
    pub fn nobody() -> Self {
        service::Error::Fault(FaultCode::SignedOut).into()
    }

    /// Not with this kind of token.
    pub fn not_yours() -> Self {
        Self::Here(StatusCode::UNAUTHORIZED, "You are not authorized to do this action".to_owned())
    }

    /// A field is wrong.
    pub fn field(name: &str, violation: Violation) -> Self {
        service::Error::field(name, violation).into()
    }

    /// What does not exist yet, by name.
    pub fn later(what: &str) -> Self {
        Self::Here(StatusCode::NOT_IMPLEMENTED, format!("{what} not implemented yet"))
    }
}

/// What is wrong with a field, after its name.
fn words(violation: Violation) -> String {
    match violation {
        Violation::Required => "can't be blank".to_owned(),
        Violation::TooLong(most) => format!("is too long (maximum is {most})"),
        Violation::TooShort(least) => format!("is too short (minimum is {least})"),
        Violation::Malformed => "is invalid".to_owned(),
        Violation::Taken => "has already been taken".to_owned(),
        Violation::TooCommon => "is too common".to_owned(),
    }
}

/// A field's name as clients sent it.
fn public(field: &str) -> &str {
    match field {
        "text" => "content",
        "phone" => "phone_number",
        "colour" => "color",
        "code" => "short_code",
        "until" => "snoozed_until",
        "to" | "user" => "assignee_id",
        "team" => "team_id",
        "files" => "attachments",
        other => other,
    }
}

fn body(fault: &FaultBody) -> Value {
    let text = match fault.code {
        FaultCode::SignedOut => "Invalid Access Token",
        FaultCode::WrongCredentials => "Invalid login credentials. Please try again.",
        FaultCode::Forbidden | FaultCode::SignUpClosed | FaultCode::ForeignOrigin => "You are not authorized to do this action",
        FaultCode::Missing => "Resource could not be found",
        FaultCode::Conflict => "It clashes with something that exists, or is still being done",
        FaultCode::TooMany => "Too many requests, try again later",
        FaultCode::TooLarge => "Request is too large",
        FaultCode::LinkExpired => "The link has expired",
        FaultCode::NotOnThisChannel => "The channel of this inbox does not allow it now",
        FaultCode::Provider => "The provider refused",
        FaultCode::Offline => "Service unavailable",
        FaultCode::NotStored => "Nothing could be stored; nothing was lost",
        FaultCode::Internal => "Internal server error",
        FaultCode::Invalid => {
            let message = fault.fields.iter().map(|(f, v)| format!("{} {}", capital(public(f)), words(*v))).collect::<Vec<_>>().join(", ");
            let attributes: Vec<_> = fault.fields.iter().map(|(f, _)| public(f)).collect();
            return json!({ "message": message, "attributes": attributes });
        }
    };
    let mut body = json!({ "error": fault.words.as_deref().unwrap_or(text) });
    if let Some(reference) = &fault.reference {
        body["reference"] = reference.as_str().into();
    }
    body
}

fn capital(name: &str) -> String {
    let plain = name.replace(['_', '.'], " ");
    let mut chars = plain.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Here(status, text) => (status, Json(json!({ "error": text }))).into_response(),
            Self::With(status, text, header) => (status, [header], Json(json!({ "error": text }))).into_response(),
            Self::Fault(fault) => {
                let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = (status, Json(body(&fault))).into_response();
                if let Some(wait) = fault.retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
                }
                response
            }
        }
    }
}
