//! The words for what goes wrong on the wire. Choosing where to show them is the page's business.

use super::{Language, Text, integer, text};
use model::{FaultBody, FaultCode, Violation};

/// What a fault says to people: what happened, and what to do.
#[must_use]
pub fn fault_text(language: Language, fault: &FaultBody) -> String {
    let plain = |text: Text| text.in_(language).to_owned();
    match fault.code {
        FaultCode::SignedOut => plain(text::FAULT_SIGNED_OUT),
        FaultCode::WrongCredentials => plain(text::FAULT_WRONG_CREDENTIALS),
        FaultCode::Forbidden => plain(text::FAULT_FORBIDDEN),
        FaultCode::Missing => plain(text::FAULT_MISSING),
        FaultCode::Invalid => plain(text::FAULT_INVALID),
        FaultCode::Conflict => plain(text::FAULT_CONFLICT),
        FaultCode::TooMany => match fault.retry_after {
            Some(seconds) => text::FAULT_WAIT.count(language, i64::from(seconds)),
            None => plain(text::FAULT_TOO_MANY),
        },
        FaultCode::TooLarge => plain(text::FAULT_TOO_LARGE),
        FaultCode::LinkExpired => plain(text::FAULT_LINK_EXPIRED),
        FaultCode::SignUpClosed => plain(text::FAULT_SIGN_UP_CLOSED),
        FaultCode::NotOnThisChannel => plain(text::FAULT_NOT_ON_THIS_CHANNEL),
        FaultCode::Provider => text::FAULT_PROVIDER.with(language, &[("words", fault.words.as_deref().unwrap_or_default())]),
        FaultCode::ForeignOrigin => plain(text::FAULT_FOREIGN_ORIGIN),
        FaultCode::Offline => plain(text::FAULT_OFFLINE),
        FaultCode::NotStored => plain(text::FAULT_NOT_STORED),
        FaultCode::Internal => match &fault.reference {
            Some(reference) => text::FAULT_INTERNAL_REFERENCE.with(language, &[("reference", reference)]),
            None => plain(text::FAULT_INTERNAL),
        },
    }
}

/// What is wrong with one field, beside the field.
#[must_use]
pub fn violation_text(language: Language, violation: Violation) -> String {
    match violation {
        Violation::Required => text::VIOLATION_REQUIRED.in_(language).to_owned(),
        Violation::TooLong(bound) => text::VIOLATION_TOO_LONG.with(language, &[("bound", &integer(language, i64::from(bound)))]),
        Violation::TooShort(bound) => text::VIOLATION_TOO_SHORT.with(language, &[("bound", &integer(language, i64::from(bound)))]),
        Violation::Malformed => text::VIOLATION_MALFORMED.in_(language).to_owned(),
        Violation::Taken => text::VIOLATION_TAKEN.in_(language).to_owned(),
        Violation::TooCommon => text::VIOLATION_TOO_COMMON.in_(language).to_owned(),
    }
}
