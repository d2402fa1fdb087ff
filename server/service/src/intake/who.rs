//! Who wrote: the address and the contact of a provider's person, found by any of their ids or by their phone, else made. Never by their name.

use crate::Result;
use channels::Peer;
use model::*;
use std::collections::BTreeMap;
use store::contact::{self, ContactInbox};
use store::inbox::Inbox;
use store::{Audience, Tx};

/// Where an answer goes when it is not the person's own id.
pub(crate) const REPLY: &str = "reply";

/// Finds or makes the address of somebody; tells whether it was made.
pub(super) async fn address(tx: &mut Tx, inbox: &Inbox, peer: &Peer, now: Timestamp) -> Result<Option<(ContactInbox, bool)>> {
    let ids: Vec<&str> = std::iter::once(&peer.id).chain(&peer.alt).map(String::as_str).filter(|id| !id.is_empty()).collect();
    let Some(first) = ids.first() else { return Ok(None) };
    let mut known = None;
    for id in &ids {
        if let Some(found) = contact::address(tx, inbox.account, inbox.id, id).await? {
            known = Some(found);
            break;
        }
    }
    let made = known.is_none();
    let mut address = match known {
        Some(address) => address,
        None => {
            let contact = person(tx, inbox, peer, now).await?;
            contact::add_address(tx, inbox.account, inbox.id, contact, first, now).await?
        }
    };
    for id in &ids {
        contact::add_alias(tx, &address, id).await?;
    }
    if let Some(reply) = peer.reply.as_ref().filter(|reply| address.attributes.get(REPLY) != Some(*reply)) {
        address.attributes.insert(REPLY.to_owned(), reply.clone());
        contact::set_address_attributes(tx, &address).await?;
    }
    if !made {
        learn(tx, inbox, &address, peer, now).await?;
    }
    Ok(Some((address, made)))
}

/// The contact with this phone, else a new one.
async fn person(tx: &Tx, inbox: &Inbox, peer: &Peer, now: Timestamp) -> Result<ContactId> {
    if let Some(phone) = &peer.phone
        && let Some(known) = contact::by_phone(tx, inbox.account, phone).await?
    {
        return Ok(known.id);
    }
    let mut attributes = BTreeMap::new();
    if let Some(username) = &peer.username {
        attributes.insert("username".to_owned(), username.clone());
    }
    if let Some(language) = &peer.language {
        attributes.insert("language".to_owned(), language.clone());
    }
    let name = peer.name.as_deref().or(peer.username.as_deref()).unwrap_or_default().trim().chars().take(200).collect();
    let new = ContactView {
        id: ContactId(0),
        name,
        email: None,
        phone: peer.phone.clone(),
        identifier: None,
        verified: false,
        blocked: false,
        attributes,
        created_at: now,
        last_activity_at: Some(now),
        ..ContactView::default()
    };
    Ok(contact::insert(tx, inbox.account, &new).await?)
}

/// Fills in what was not known; what an agent wrote is never overwritten.
async fn learn(tx: &mut Tx, inbox: &Inbox, address: &ContactInbox, peer: &Peer, now: Timestamp) -> Result<()> {
    let Some(mut known) = contact::load(tx, inbox.account, address.contact).await? else { return Ok(()) };
    let before = known.clone();
    if known.name.is_empty()
        && let Some(name) = peer.name.as_deref().or(peer.username.as_deref())
    {
        known.name = name.trim().chars().take(200).collect();
    }
    if known.phone.is_none()
        && let Some(phone) = &peer.phone
        && !contact::phone_taken(tx, inbox.account, phone, known.id).await?
    {
        known.phone = Some(phone.clone());
    }
    if known != before {
        known.last_activity_at = Some(now);
        contact::update(tx, inbox.account, &known).await?;
        tx.note(inbox.account, now, Audience::of(inbox.id), Change::Contact { contact: Box::new(known) });
    }
    Ok(())
}
