//! What mail servers report of mails of ours: one that was not delivered fails, one that arrived or was read says so. It never makes a message.

use super::place::named;
use crate::{Error, Result, Tenant};
use channels::email::report::{Outcome, Report};
use channels::email::thread::Candidate;
use model::*;
use store::inbox::Inbox;
use store::{Tx, message};

/// What an agent is told, by the enhanced status code (RFC 3463 section 3).
fn reason(status: Option<&str>) -> FailureReason {
    let status = status.unwrap_or_default();
    match status.split_once('.').map_or("", |(_, rest)| rest) {
        "2.3" | "3.4" => FailureReason::TooLarge,
        rest if rest.starts_with("1.") || rest == "2.1" => FailureReason::BadAddress,
        rest if rest.starts_with("7.") => FailureReason::NotAllowed,
        _ => FailureReason::Refused,
    }
}

/// For whom and why, in the other server's words.
pub(super) fn words(report: &Report) -> Option<String> {
    let why = report.diagnostic.clone().or_else(|| report.status.clone())?;
    Some(match &report.recipient {
        Some(recipient) if !why.contains(recipient.as_str()) => format!("{recipient}: {why}"),
        _ => why,
    })
}

/// Applies a report to the message it is about; answers that message.
pub(super) async fn apply(
    tx: &mut Tx,
    t: &Tenant,
    inbox: &Inbox,
    report: &Report,
    candidates: &[Candidate],
    at: Timestamp,
) -> Result<Option<MessageId>> {
    let mut about = None;
    for candidate in candidates {
        about = named(tx, t.account, inbox.id, candidate).await?.filter(|message| message.kind == MessageKind::Outgoing);
        if about.is_some() {
            break;
        }
    }
    let Some(first) = about else { return Ok(None) };
    let mut thread = t.conversation(tx, first.conversation).await?;
    // Loaded again under the lock: our own send may be settled just now.
    let mut found = message::load(tx, t.account, first.id).await?.ok_or_else(Error::missing)?;
    let to = match report.outcome {
        Outcome::Failed => Some(MessageState::Failed { reason: reason(report.status.as_deref()) }).filter(|_| {
            use MessageState::{Delivered, Queued, Sent, Unconfirmed};
            matches!(found.state, Queued | Sent | Delivered | Unconfirmed)
        }),
        Outcome::Delivered => found.state.advance(MessageState::Delivered),
        Outcome::Read => found.state.advance(MessageState::Read),
        Outcome::Delayed | Outcome::Complaint => None,
    };
    if let Some(to) = to {
        found.reason = words(report);
        message::set_state(tx, t.account, &mut thread, &mut found, to, None, at).await?;
    }
    Ok(Some(found.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes_say_why() {
        assert_eq!(reason(Some("5.1.1")), FailureReason::BadAddress);
        assert_eq!(reason(Some("5.2.3")), FailureReason::TooLarge);
        assert_eq!(reason(Some("5.7.26")), FailureReason::NotAllowed);
        assert_eq!(reason(Some("5.2.2")), FailureReason::Refused);
        assert_eq!(reason(None), FailureReason::Refused);
    }
}
