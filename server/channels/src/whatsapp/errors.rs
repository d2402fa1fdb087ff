//! The Cloud API's codes, sorted by what helps. The HTTP status and the title decide nothing: the same code comes with several.

use crate::{Reason, SendError};

/// What a code means; none for one that nobody has told us of.
pub(super) fn sort(code: i64, _subcode: i64, words: String) -> Option<SendError> {
    let why = format!("{words} ({code})");
    let refused = |reason| SendError::Refused { why: why.clone(), reason, text: Some(words.clone()) };
    Some(match code {
        131_047 => SendError::WindowClosed { why },
        0 | 3 | 10 | 190 | 200..=299 | 131_005 => SendError::Disconnected { why },
        1 | 2 | 4 | 17 | 80_007 | 130_429 | 131_000 | 131_016 | 131_048 | 131_056 | 131_057 | 133_004 => {
            SendError::Retry { why, after: None }
        }
        131_026 | 131_021 | 131_030 => refused(Reason::NoSuchPerson),
        131_050 => refused(Reason::OptedOut),
        131_049 | 130_472 | 131_064 => refused(Reason::Policy),
        131_051 => refused(Reason::NotSupported),
        131_052 | 131_053 => refused(Reason::FileFailed),
        132_000 | 132_001 | 132_005 | 132_007 | 132_008 | 132_012 | 132_015 | 132_016 | 132_018 | 131_063 | 131_062 => {
            refused(Reason::Template)
        }
        131_042 => refused(Reason::Quota),
        368 | 130_497 | 131_031 | 131_045 => refused(Reason::AccountRestricted),
        131_037 | 133_010 => refused(Reason::SenderSetup),
        100 | 131_008 | 131_009 | 137_000 => refused(Reason::Other),
        _ => return None,
    })
}
