//! Twilio's codes, sorted by what helps; the same codes come with refused calls and with later status callbacks.

use crate::{Reason, SendError};

/// What a code means; none for one that nobody has told us of.
pub(super) fn sort(code: i64, words: &str) -> Option<SendError> {
    let why = format!("{words} ({code})");
    let refused = |reason| SendError::Refused { why: why.clone(), reason, text: Some(words.to_owned()) };
    Some(match code {
        63_016 => SendError::WindowClosed { why },
        20_003 | 20_005 | 20_404 | 30_002 | 63_001 | 63_007 => SendError::Disconnected { why },
        20_429 | 20_500 | 20_503 | 21_611 | 30_001 | 30_008 | 63_018 => SendError::Retry { why, after: None },
        21_211 | 21_612 | 21_614 | 30_003 | 30_004 | 30_005 | 30_006 | 63_003 | 63_024 | 63_032 | 63_049 => refused(Reason::NoSuchPerson),
        21_610 => refused(Reason::OptedOut),
        21_602 => refused(Reason::Empty),
        21_617 => refused(Reason::TooLong),
        21_620 | 12_300 | 63_019 => refused(Reason::FileFailed),
        21_655 | 21_656 | 63_021 => refused(Reason::Template),
        30_007 | 63_005 | 63_013 => refused(Reason::Policy),
        21_606 | 21_408 | 21_660 | 30_034 => refused(Reason::SenderSetup),
        63_038 => refused(Reason::Quota),
        _ => return None,
    })
}
