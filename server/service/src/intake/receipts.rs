//! How far our messages got, as providers say: in any order, early, late and more than once. A state only rises; a failure proves `Sent` wrong.

use super::who;
use crate::{Error, Result, Service, Tenant};
use channels::{Peer, Reason, Receipt, ReceiptState};
use model::*;
use store::inbox::{self, Inbox};
use store::receipt::{self, Receipt as Waiting};
use store::{Tx, conversation, message};

/// What an agent is told of a provider's refusal.
pub(crate) const fn failure(reason: Reason) -> FailureReason {
    match reason {
        Reason::Blocked | Reason::OptedOut => FailureReason::Blocked,
        Reason::NoSuchPerson | Reason::NotStarted | Reason::Address => FailureReason::BadAddress,
        Reason::TooLong | Reason::FileTooLarge => FailureReason::TooLarge,
        Reason::FileKind | Reason::FileFailed | Reason::NotSupported | Reason::Template | Reason::Policy => FailureReason::NotAllowed,
        Reason::Other | Reason::Empty | Reason::QuoteGone | Reason::Quota | Reason::AccountRestricted | Reason::SenderSetup => {
            FailureReason::Refused
        }
    }
}

fn state(receipt: &Receipt) -> Option<(MessageState, Option<String>)> {
    Some(match receipt.state {
        ReceiptState::Queued => return None,
        ReceiptState::Sent => (MessageState::Sent, None),
        ReceiptState::Delivered => (MessageState::Delivered, None),
        ReceiptState::Read => (MessageState::Read, None),
        ReceiptState::Failed => {
            let error = receipt.error.as_ref();
            let reason = match error {
                Some(error) if error.window_closed => FailureReason::WindowClosed,
                Some(error) => failure(error.reason),
                None => FailureReason::Refused,
            };
            // A closed window has words of our own; a provider's are for what nobody foresaw.
            let said = error.filter(|error| !error.window_closed);
            let words = said.map(|e| if e.message.is_empty() { e.code.clone() } else { format!("{} ({})", e.message, e.code) });
            (MessageState::Failed { reason }, words)
        }
    })
}

/// Applies one receipt; one whose message is not known yet waits for it.
pub(super) async fn apply(tx: &mut Tx, t: &Tenant, inbox: &Inbox, peer: &Peer, receipt: Receipt, at: Timestamp) -> Result<()> {
    if let Some(error) = receipt.error.as_ref().filter(|error| error.disconnected) {
        Service::disconnected(tx, inbox, &error.message, at).await?;
    }
    let Some((to, words)) = state(&receipt) else { return Ok(()) };
    if let Some(until) = receipt.watermark {
        let Some((address, _)) = who::address(tx, inbox, peer, at).await? else { return Ok(()) };
        let Some(last) = conversation::last_of(tx, t.account, address.id).await? else { return Ok(()) };
        for id in message::taken_until(tx, t.account, last.view.id, Some(until), None).await? {
            set(tx, t, id, to.clone(), None, at).await?;
        }
        return Ok(());
    }
    let Some(source) = receipt.external.as_deref() else { return Ok(()) };
    let mut known = message::by_source(tx, t.account, inbox.id, source).await?;
    if known.is_none()
        && let Some(id) = receipt.ours.as_deref().and_then(crate::dispatch::message_of_key)
        && let Some(ours) = message::load(tx, t.account, id).await?
        && t.conversation(tx, ours.conversation).await?.view.inbox == inbox.id
    {
        left(tx, t, inbox.id, id, source, at).await?;
        known = Some(ours).filter(whole);
    }
    let Some(found) = known else {
        return Ok(receipt::park(tx, t.account, inbox.id, source, &Waiting { state: to, reason: words, at }).await?);
    };
    if receipt.older_too {
        for id in message::taken_until(tx, t.account, found.conversation, None, Some(found.id)).await? {
            set(tx, t, id, to.clone(), None, at).await?;
        }
    }
    set(tx, t, found.id, to, words, at).await
}

/// Whether a message is one message at every provider, so that what is said of one part is said of all.
pub(crate) fn whole(message: &MessageView) -> bool {
    message.files.is_empty() || (message.files.len() == 1 && message.text.is_empty())
}

/// A provider shows that it has a message of ours: what was in doubt is so no more. One still on its way is settled by its own answer.
pub(super) async fn left(tx: &mut Tx, t: &Tenant, inbox: InboxId, id: MessageId, source: &str, at: Timestamp) -> Result<()> {
    message::add_sources(tx, t.account, inbox, id, std::slice::from_ref(&source.to_owned())).await?;
    let Some(first) = message::load(tx, t.account, id).await? else { return Ok(()) };
    let mut thread = t.conversation(tx, first.conversation).await?;
    let Some(mut found) = message::load(tx, t.account, id).await? else { return Ok(()) };
    if found.state == MessageState::Unconfirmed && whole(&found) {
        message::set_state(tx, t.account, &mut thread, &mut found, MessageState::Sent, Some(source), at).await?;
        apply_waiting(tx, t, inbox, id, std::slice::from_ref(&source.to_owned())).await?;
    }
    Ok(())
}

/// Moves one message to a state it is not beyond.
async fn set(tx: &mut Tx, t: &Tenant, id: MessageId, to: MessageState, words: Option<String>, at: Timestamp) -> Result<()> {
    let first = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
    let mut thread = t.conversation(tx, first.conversation).await?;
    let mut found = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
    let fails = matches!(to, MessageState::Failed { .. });
    // A provider that took a message may still fail to bring it: only what arrived outranks that.
    let moves = if fails {
        matches!(found.state, MessageState::Queued | MessageState::Sent | MessageState::Unconfirmed)
    } else {
        found.state.advance(to.clone()).is_some()
    };
    if !moves || found.kind != MessageKind::Outgoing {
        return Ok(());
    }
    found.reason = words;
    Ok(message::set_state(tx, t.account, &mut thread, &mut found, to, None, at).await?)
}

/// Applies the receipts that came before their message was known by its provider's id.
pub(crate) async fn apply_waiting(tx: &mut Tx, t: &Tenant, inbox: InboxId, id: MessageId, sources: &[String]) -> Result<()> {
    for source in sources {
        for waiting in receipt::take(tx, t.account, inbox, source).await? {
            set(tx, t, id, waiting.state, waiting.reason, waiting.at).await?;
        }
    }
    Ok(())
}

impl Service {
    /// Notes that a provider no longer takes an inbox's credentials, and tells everybody who sees it.
    pub(crate) async fn disconnected(tx: &mut Tx, inbox: &Inbox, words: &str, at: Timestamp) -> Result<()> {
        let state = InboxState::Reauthorise { since: at, words: words.chars().take(500).collect() };
        if inbox::set_state(tx, inbox.account, inbox.id, &state).await? {
            let now = Inbox { state, ..inbox.clone() };
            let view = Box::new(crate::inboxes::view_of(&now));
            tx.note(inbox.account, at, store::Audience::of(inbox.id), Change::Inbox { inbox: view });
        }
        Ok(())
    }
}
