//! Where a mail belongs: the conversation its evidence names, if its sender may write into it. A subject is no evidence.

use super::digest::Digest;
use super::{KIND, read_reply_key};
use crate::{Result, Tenant};
use channels::email::Address;
use channels::email::thread::{Admission, Candidate, Purpose, admit};
use model::*;
use std::collections::BTreeMap;
use store::contact::{self, ContactInbox};
use store::conversation::{self, Conversation};
use store::inbox::{self, Inbox};
use store::{Tx, mailbox, message};

/// Where a mail belongs.
pub(super) enum Place {
    /// Into this conversation, locked.
    In(Box<Conversation>),
    /// Nowhere yet.
    New,
    /// It stands in the thread already: it came to another inbox of ours too.
    Known,
}

/// The message of ours, or the earlier mail, that a candidate names.
pub(super) async fn named(tx: &Tx, account: AccountId, inbox: InboxId, candidate: &Candidate) -> Result<Option<MessageView>> {
    Ok(match candidate {
        Candidate::Token(_) => None,
        Candidate::Ours { message, .. } => match message.parse() {
            Ok(id) => message::load(tx, account, MessageId(id)).await?,
            Err(_) => None,
        },
        Candidate::Known { id, .. } => message::by_source(tx, account, inbox, id).await?,
    })
}

/// The conversation a candidate names.
async fn conversation_of(tx: &Tx, account: AccountId, inbox: InboxId, candidate: &Candidate) -> Result<Option<ConversationId>> {
    let Candidate::Token(token) = candidate else {
        return Ok(named(tx, account, inbox, candidate).await?.map(|message| message.conversation));
    };
    if token.signed == Some(Purpose::Customer) {
        return Ok(read_reply_key(account, &token.key));
    }
    // Unsigned, a key counts only where it is a secret itself: the conversation's random name.
    match uuid::Uuid::parse_str(&token.key) {
        Ok(uuid) => Ok(conversation::by_uuid(tx, account, &uuid.to_string()).await?.map(|found| found.view.id)),
        Err(_) => Ok(None),
    }
}

/// Finds where a mail belongs, best evidence first.
pub(super) async fn find(tx: &Tx, t: &Tenant, inbox: &Inbox, sender: &Address, mail: &Digest) -> Result<Place> {
    for candidate in &mail.candidates {
        let Some(id) = conversation_of(tx, t.account, inbox.id, candidate).await? else { continue };
        let Some(found) = conversation::load(tx, t.account, &t.inboxes, id).await? else { continue };
        let of = inbox::load(tx, t.account, found.view.inbox).await?;
        let mut people = mailbox::participants(tx, t.account, id).await?;
        // A chat goes on by mail only where it was mailed, and only with those it was mailed to.
        if of.is_none_or(|of| of.kind != KIND && people.is_empty()) {
            continue;
        }
        let chat = found.view.inbox != inbox.id && inbox::load(tx, t.account, found.view.inbox).await?.is_some_and(|of| of.kind != KIND);
        if chat && !people.iter().any(|known| known.eq_ignore_ascii_case(&sender.email)) {
            continue;
        }
        people.extend(contact::address_by_id(tx, t.account, found.contact_inbox).await?.map(|address| address.source));
        if admit(candidate, sender, &people, mail.kind.list) == Admission::Apart {
            continue;
        }
        if found.view.inbox != inbox.id
            && let Some(source) = &mail.facts.message_id
            && message::by_source(tx, t.account, found.view.inbox, source).await?.is_some()
        {
            return Ok(Place::Known);
        }
        return Ok(Place::In(Box::new(t.conversation(tx, id).await?)));
    }
    Ok(Place::New)
}

/// The contact with this address, made where there is none; what an agent wrote is never overwritten.
pub(super) async fn person(tx: &mut Tx, inbox: &Inbox, sender: &Address, now: Timestamp) -> Result<ContactId> {
    let name: String = sender.name.as_deref().unwrap_or_default().trim().chars().take(200).collect();
    if let Some(mut known) = contact::by_email(tx, inbox.account, &sender.email).await? {
        if known.name.is_empty() && !name.is_empty() {
            known.name = name;
            known.last_activity_at = Some(now);
            contact::update(tx, inbox.account, &known).await?;
            tx.note(inbox.account, now, store::Audience::of(inbox.id), Change::Contact { contact: Box::new(known.clone()) });
        }
        return Ok(known.id);
    }
    let new = ContactView {
        name,
        email: Some(sender.email.clone()),
        attributes: BTreeMap::new(),
        created_at: now,
        last_activity_at: Some(now),
        ..ContactView::default()
    };
    Ok(contact::insert(tx, inbox.account, &new).await?)
}

/// The sender's address in this inbox, with their contact; both made where there are none.
pub(super) async fn address(tx: &mut Tx, inbox: &Inbox, sender: &Address, now: Timestamp) -> Result<ContactInbox> {
    if let Some(known) = contact::address(tx, inbox.account, inbox.id, &sender.email).await? {
        return Ok(known);
    }
    let contact = person(tx, inbox, sender, now).await?;
    Ok(contact::add_address(tx, inbox.account, inbox.id, contact, &sender.email, now).await?)
}
