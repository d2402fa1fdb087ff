//! What a visitor writes: contact, conversation and message come to be in one write, once, however often it is asked.

use super::VISITOR_LIFE;
use crate::limits::{Limit, network};
use crate::thread::add_public;
use crate::{Error, Result, Service, Tenant, secret, website};
use model::*;
use std::collections::BTreeMap;
use std::net::IpAddr;
use store::contact::{self, ContactInbox};
use store::inbox::Inbox;
use store::message::{self, NewMessage};
use store::{Audience, Tx, attachment, conversation};

/// How long a first message may be repeated by its key alone, in milliseconds.
const REPEAT: i64 = 10 * 60 * 1000;

impl Service {
    /// Takes a message of a visitor. The first one makes the visitor: its answer carries their token.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `NotOnThisChannel`, `Forbidden` where an identity is demanded, `TooMany`.
    pub async fn visitor_send(&self, draft: VisitorDraft, token: Option<&str>, browser: Origin, from: IpAddr) -> Result<VisitorSent> {
        let inbox = self.website(&draft.inbox).await?;
        let proven = self.prove(&inbox, token).await?;
        let known = proven.map(|p| p.address);
        if known.is_none() && website::identity_required(&inbox) {
            return Err(Error::Fault(FaultCode::Forbidden));
        }
        match &known {
            Some(address) => self.0.limits.take(Limit::VisitorMessage, &address.id.to_string())?,
            None => self.0.limits.take(Limit::Visitor, &format!("{} {}", network(from), inbox.id))?,
        }
        let answers = answers(&website::pre_chat(&inbox), &draft.answers)?;
        let fresh = known.is_none().then(secret::token);
        let hash = fresh.as_deref().map(secret::hash);
        let (now, kept) = (self.now(), inbox.clone());
        let origin = Origin { page: draft.page.clone(), language: draft.language.clone(), ..browser };
        let send = async move |tx: &mut Tx, t: &Tenant| write(tx, t, Write { inbox: kept, known, hash, answers, origin, draft, now }).await;
        let account = inbox.account;
        let stored = self.own(account).write(send).await?;
        let message = self.visitor_messages(account, vec![stored], false).await?.pop().ok_or_else(Error::missing)?;
        // The stream follows from before this message: seeing it twice is harmless, missing an answer to it is not.
        let seq = self.0.store.read(async move |c: &store::Reader| Ok::<_, Error>(store::journal::head(c, account).await?)).await?;
        Ok(VisitorSent { token: fresh, message, seq: Seq((seq.0 - 50).max(0)) })
    }
}

struct Write {
    inbox: Inbox,
    known: Option<ContactInbox>,
    hash: Option<String>,
    answers: BTreeMap<String, String>,
    origin: Origin,
    draft: VisitorDraft,
    now: Timestamp,
}

async fn write(tx: &mut Tx, t: &Tenant, w: Write) -> Result<MessageView> {
    let Write { inbox, known, hash, answers, origin, draft, now } = w;
    let uploader = known.as_ref().map_or_else(|| format!("d{}", draft.key), |a| format!("v{}", a.id));
    let address = match known {
        Some(address) => address,
        None => {
            // The key of the first message names the visitor until the token has arrived: a repeat finds the same person.
            let source = format!("first {}", draft.key);
            let hash = hash.ok_or_else(|| Error::Unexpected("a new visitor without a token".into()))?;
            let address = match contact::address(tx, t.account, inbox.id, &source).await? {
                Some(again) => {
                    let first = contact::load(tx, t.account, again.contact).await?.ok_or_else(Error::missing)?;
                    if now.since(first.created_at) > REPEAT {
                        return Err(Error::Fault(FaultCode::Conflict));
                    }
                    again
                }
                None => {
                    let id = contact::insert(tx, t.account, &blank(now)).await?;
                    contact::add_address(tx, t.account, inbox.id, id, &source, now).await?
                }
            };
            contact::open_visitor(tx, &address, &hash, now, now.plus(VISITOR_LIFE)).await?;
            address
        }
    };
    let author = Author::Contact { id: address.contact };
    if let Some(sent) = message::by_key(tx, t.account, &author, draft.key).await? {
        return Ok(sent);
    }
    let files = attachment::uploads(tx, t.account, &uploader, &draft.files).await?;
    if files.len() != draft.files.len() {
        return Err(Error::field("files", Violation::Malformed));
    }
    let can = crate::inboxes::view_of(&inbox).capabilities;
    let text = crate::messages::permit(&Capabilities { reply_window_hours: None, ..can }, &draft.text, &files, None, now)?;
    take_answers(tx, t, &address, &answers, now).await?;
    let last = conversation::last_of(tx, t.account, address.id).await?;
    let (mut thread, was) = match last {
        Some(last) => {
            let found = t.conversation(tx, last.view.id).await?;
            let was = found.view.placement();
            (found, Some(was))
        }
        None => {
            let uuid = uuid::Uuid::new_v4().to_string();
            // A blocked person's new thread waits for nobody.
            let blocked = contact::load(tx, t.account, address.contact).await?.is_some_and(|known| known.blocked);
            let status = if blocked { Status::Resolved } else { Status::Open };
            (conversation::insert(tx, &address, status, &clean(origin.clone()), &uuid, now).await?, None)
        }
    };
    thread.view.origin = clean(origin);
    let new = NewMessage {
        kind: MessageKind::Incoming,
        author,
        key: Some(draft.key),
        text,
        state: MessageState::Sent,
        activity: None,
        files,
        ..NewMessage::default()
    };
    let stored = add_public(tx, t.account, &mut thread, was, new, now).await?;
    crate::desk::tick(tx, t.account, now, |list| list.message = true).await?;
    Ok(stored)
}

const fn blank(now: Timestamp) -> ContactView {
    ContactView {
        id: ContactId(0),
        name: String::new(),
        email: None,
        phone: None,
        identifier: None,
        verified: false,
        blocked: false,
        attributes: BTreeMap::new(),
        created_at: now,
        last_activity_at: Some(now),
        labels: Vec::new(),
    }
}

/// What a browser reports is cut to size: it is shown, never trusted.
fn clean(origin: Origin) -> Origin {
    let cut = |text: Option<String>, most: usize| {
        text.map(|t| t.chars().filter(|c| !c.is_control()).take(most).collect::<String>()).filter(|t| !t.is_empty())
    };
    let page = cut(origin.page, 2000).filter(|p| p.starts_with("http://") || p.starts_with("https://"));
    Origin { page, browser: cut(origin.browser, 80), system: cut(origin.system, 80), language: cut(origin.language, 20) }
}

/// Checks the answers of the pre-chat form: known keys only, required ones present when the form was shown at all.
fn answers(form: &PreChat, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    if !form.enabled || given.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (mut kept, mut wrong) = (BTreeMap::new(), Vec::new());
    for field in form.fields.iter().filter(|f| f.enabled) {
        let value = given.get(&field.key).map(|v| v.trim()).unwrap_or_default();
        if value.is_empty() {
            if field.required {
                wrong.push((field.key.clone(), Violation::Required));
            }
            continue;
        }
        let value = match field.key.as_str() {
            "email" => crate::session::email(value),
            "phone" => crate::contacts::phone(value),
            _ if value.chars().count() > 200 => Err(Error::field(&field.key, Violation::TooLong(200))),
            _ => Ok(value.chars().filter(|c| !c.is_control()).collect()),
        };
        match value {
            Ok(value) => drop(kept.insert(field.key.clone(), value)),
            Err(Error::Invalid(fields)) => wrong.extend(fields.into_iter().map(|(_, v)| (field.key.clone(), v))),
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(kept) } else { Err(Error::Invalid(wrong)) }
}

/// Writes what the visitor said about themselves. What belongs to another contact is kept as a claim: typing an address proves nothing.
pub(super) async fn take_answers(
    tx: &mut Tx,
    t: &Tenant,
    address: &ContactInbox,
    answers: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<()> {
    claimed(tx, t, address.contact, address.inbox, answers, now).await
}

/// Writes one thing a customer said about themselves in a conversation, as [`take_answers`] does.
///
/// # Errors
/// Those of the store.
pub(crate) async fn claim(
    tx: &mut Tx,
    t: &Tenant,
    of: &conversation::Conversation,
    key: &str,
    value: String,
    now: Timestamp,
) -> Result<()> {
    let answers = BTreeMap::from([(key.to_owned(), value)]);
    claimed(tx, t, of.view.contact.id, of.view.inbox, &answers, now).await
}

async fn claimed(
    tx: &mut Tx,
    t: &Tenant,
    who: ContactId,
    inbox: InboxId,
    answers: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<()> {
    let mut found = contact::load(tx, t.account, who).await?.ok_or_else(Error::missing)?;
    let before = found.clone();
    found.last_activity_at = Some(now);
    for (key, value) in answers {
        match key.as_str() {
            "name" => found.name.clone_from(value),
            "email" if found.email.is_none() && !contact::email_taken(tx, t.account, value, found.id).await? => {
                found.email = Some(value.clone())
            }
            "phone" if found.phone.is_none() && !contact::phone_taken(tx, t.account, value, found.id).await? => {
                found.phone = Some(value.clone())
            }
            "email" | "phone" => drop(found.attributes.insert(format!("claimed_{key}"), value.clone())),
            _ if found.attributes.len() < 50 => drop(found.attributes.insert(key.clone(), value.clone())),
            _ => {}
        }
    }
    contact::update(tx, t.account, &found).await?;
    let told = ContactView { last_activity_at: before.last_activity_at, ..found.clone() };
    if told != before {
        tx.note(t.account, now, Audience::of(inbox), Change::Contact { contact: Box::new(found) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_an_address_of_the_web_or_nothing() {
        let page = |p: &str| clean(Origin { page: Some(p.to_owned()), ..Origin::default() }).page;
        assert_eq!(page("https://loja.example/x"), Some("https://loja.example/x".to_owned()));
        assert_eq!(page("javascript:alert(1)"), None);
    }
}
