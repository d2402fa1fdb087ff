//! The client API: what an app of the account's own may do for one of its users, with nothing but an API inbox's public identifier and the
//! contact's source id. Notes and activities never leave here, and an identifier alone opens nobody's thread.

use crate::limits::{Limit, network};
use crate::live::Whisper;
use crate::messages::permit;
use crate::rest_given::texts;
use crate::rest_world::{MessageExtra, Thread, World};
use crate::secret::key_of;
use crate::thread::add_public;
use crate::tokens::derived;
use crate::{Error, Result, Service, Tenant, secret, website};
use bytes::Bytes;
use futures::Stream;
use model::*;
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use store::contact::{self, ContactInbox};
use store::inbox::{self, Inbox};
use store::message::{self, NewMessage};
use store::platform::{self, Bearer};
use store::{Audience, Reader, Sight, Tx, attachment, conversation};

/// Shortest source id a client may choose for somebody: 128 bits as base64, since it is all that proves them.
const SHORTEST: usize = 22;
/// Messages of one page.
const PAGE: i64 = 20;

/// What an app says about its user.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// What the app calls this contact to us; random when absent.
    pub source: Option<String>,
    /// The app's own id of its user.
    pub identifier: Option<String>,
    /// Its proof.
    pub hash: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Attributes.
    pub custom: Map<String, Value>,
}

/// A contact proven by the source id, in one API inbox.
#[derive(Clone, Debug)]
pub struct Client {
    inbox: Inbox,
    address: ContactInbox,
}

/// A message an app's user writes.
#[derive(Clone, Debug, Default)]
pub struct ClientMessage {
    /// The words.
    pub content: String,
    /// The app's own id of it.
    pub echo: Option<Value>,
    /// Keys of uploads.
    pub files: Vec<String>,
    /// Whatever names this request, so that a repeat is one message.
    pub key: Option<String>,
}

/// What is kept of a claim on a contact; what belongs to another contact is only noted.
async fn describe(tx: &Tx, account: AccountId, found: &mut ContactView, claim: &Claim) -> Result<()> {
    let line = |text: &str| text.trim().chars().filter(|c| !c.is_control()).take(100).collect::<String>();
    if let Some(name) = &claim.name {
        found.name = line(name);
    }
    if let Some(email) = claim.email.as_deref().filter(|e| !e.trim().is_empty()) {
        let email = crate::session::email(email)?;
        if contact::email_taken(tx, account, &email, found.id).await? {
            found.attributes.insert("claimed_email".to_owned(), email);
        } else {
            found.email = Some(email);
        }
    }
    if let Some(phone) = claim.phone.as_deref().filter(|p| !p.trim().is_empty()) {
        let phone = crate::contacts::phone(phone).map_err(|_| Error::field("phone_number", Violation::Malformed))?;
        if contact::phone_taken(tx, account, &phone, found.id).await? {
            found.attributes.insert("claimed_phone".to_owned(), phone);
        } else {
            found.phone = Some(phone);
        }
    }
    let given = texts(&claim.custom);
    let draft = ContactDraft { attributes: given, ..ContactDraft::default() };
    let after = crate::contacts::details(found.clone(), draft)?;
    crate::contacts::check_attributes(tx, account, found, &after).await?;
    *found = after;
    Ok(())
}

async fn public(c: &Reader, world: &World, thread: &Thread) -> Result<Vec<Value>> {
    let id = thread.conversation.view.id;
    let rows = message::window(c, world.account, id, ThreadWindow::Latest, PAGE, message::Reader::Visitor).await?.rows;
    Ok(world.said(c, rows).await?.iter().map(|said| world.public_message(said, thread)).collect())
}

fn shown(world: &World, thread: &Thread, messages: Vec<Value>) -> Value {
    let v = &thread.conversation.view;
    json!({
        "id": v.number, "uuid": thread.uuid, "inbox_id": v.inbox.to_string(), "contact_last_seen_at": crate::rest_time::seconds(v.contact_seen_at),
        "status": crate::rest_shape::status_word(v.status.kind()), "agent_last_seen_at": if thread.seen > 0 { crate::rest_time::seconds(Some(v.last_message_at)) } else { 0 },
        "custom_attributes": world.values(Entity::Conversation, thread.attributes.iter(), &thread.additional), "messages": messages,
        "contact": { "id": thread.contact.contact.id, "name": thread.contact.contact.name },
    })
}

impl Service {
    async fn client_place(&self, identifier: &str) -> Result<Inbox> {
        if identifier.len() > 64 {
            return Err(Error::missing());
        }
        let identifier = identifier.to_owned();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::by_public_key(c, &identifier).await?)).await?;
        found.filter(|i| i.kind == "api").ok_or_else(Error::missing)
    }

    /// What an app may know of an inbox.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_inbox(&self, identifier: &str) -> Result<Value> {
        let found = self.client_place(identifier).await?;
        let hours = crate::hours::of(&found.settings);
        Ok(json!({
            "identifier": found.public_key, "name": found.name, "timezone": hours.zone, "working_hours": crate::hours::week(&hours),
            "working_hours_enabled": hours.on,
            "csat_survey_enabled": false, "greeting_enabled": found.settings.get("greeting_enabled").is_some_and(|v| v == "true"),
            "identity_validation_enabled": website::identity_required(&found),
        }))
    }

    async fn client_value(&self, account: AccountId, address: ContactInbox) -> Result<Value> {
        let look = async move |tx: &mut Tx, t: &Tenant| {
            let found = contact::load(tx, t.account, address.contact).await?.ok_or_else(Error::missing)?;
            let token = derived(&crate::tokens::key(tx).await?, "pubsub", address.id.0, &address.source);
            Ok(crate::rest_shape::bare(json!({
                "source_id": address.source, "pubsub_token": token, "id": found.id, "name": found.name, "email": found.email,
                "phone_number": found.phone,
            })))
        };
        self.own(account).write(look).await
    }

    /// Makes or finds the contact of an app's user. Only a signed identifier finds one that exists.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `TooMany`; `SignedOut` for a wrong signature, or a missing one where it is demanded.
    pub async fn client_contact(&self, identifier: &str, claim: Claim, from: IpAddr) -> Result<Value> {
        let place = self.client_place(identifier).await?;
        self.0.limits.take(Limit::Visitor, &format!("{} {}", network(from), place.id))?;
        let own = claim.identifier.as_deref().map(str::trim).filter(|i| !i.is_empty()).map(|i| i.chars().take(255).collect::<String>());
        let signed = match (&own, claim.hash.as_deref().filter(|h| !h.is_empty())) {
            (Some(id), Some(hash)) if secret::proves(&website::identity_key(&place), id, hash) => true,
            (_, Some(_)) => return Err(Error::Fault(FaultCode::SignedOut)),
            (_, None) if website::identity_required(&place) => return Err(Error::Fault(FaultCode::SignedOut)),
            (_, None) => false,
        };
        let source = claim.source.as_deref().map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned);
        if let Some(source) = &source
            && ((!signed && source.len() < SHORTEST) || source.len() > 255 || source.chars().any(char::is_control))
        {
            return Err(Error::field("source_id", Violation::TooShort(SHORTEST as u32)));
        }
        let (now, inbox) = (self.now(), place.id);
        let settle = async move |tx: &mut Tx, t: &Tenant| {
            // Whoever knows the source id is that contact already.
            if let Some(source) = &source
                && let Some(known) = contact::address(tx, t.account, inbox, source).await?
            {
                return Ok(known);
            }
            let known = match &own {
                Some(id) => contact::by_identifier(tx, t.account, id).await?,
                None => None,
            };
            let mut person = match (known, signed) {
                (Some(known), true) => known,
                (taken, _) => {
                    let mut fresh = ContactView { created_at: now, last_activity_at: Some(now), ..ContactView::default() };
                    match (&own, taken) {
                        (Some(id), Some(_)) => drop(fresh.attributes.insert("claimed_identifier".to_owned(), id.clone())),
                        (id, _) => fresh.identifier.clone_from(id),
                    }
                    fresh.id = contact::insert(tx, t.account, &fresh).await?;
                    fresh
                }
            };
            person.verified |= signed;
            describe(tx, t.account, &mut person, &claim).await?;
            contact::update(tx, t.account, &person).await?;
            let source = source.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            let address = contact::add_address(tx, t.account, inbox, person.id, &source, now).await?;
            tx.note(t.account, now, Audience::of(inbox), Change::Contact { contact: Box::new(person) });
            Ok(address)
        };
        let address = self.own(place.account).write(settle).await?;
        self.client_value(place.account, address).await
    }

    /// The contact of a source id.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client(&self, identifier: &str, source: &str) -> Result<Client> {
        let inbox = self.client_place(identifier).await?;
        let (account, id, source) = (inbox.account, inbox.id, source.to_owned());
        let look = async move |c: &Reader| Ok::<_, Error>(contact::address(c, account, id, &source).await?);
        let address = self.0.store.read(look).await?.ok_or_else(Error::missing)?;
        Ok(Client { inbox, address })
    }

    /// What an app may know of its user's contact.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_show(&self, client: &Client) -> Result<Value> {
        self.client_value(client.inbox.account, client.address.clone()).await
    }

    /// Changes what an app says about its user; the identifier never changes.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn client_update(&self, client: &Client, claim: Claim) -> Result<Value> {
        let (address, now) = (client.address.clone(), self.now());
        let change = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = contact::load(tx, t.account, address.contact).await?.ok_or_else(Error::missing)?;
            describe(tx, t.account, &mut found, &claim).await?;
            contact::update(tx, t.account, &found).await?;
            tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(found) });
            Ok(())
        };
        self.own(client.inbox.account).write(change).await?;
        self.client_show(client).await
    }

    /// The conversations an app's user sees: those of this source id, and all in the inbox where the contact is proven.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn client_conversations(&self, client: &Client) -> Result<Vec<Value>> {
        let (service, client, account) = (self.clone(), client.clone(), client.inbox.account);
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let ids = contact::conversations_of(c, t.account, client.address.contact).await?;
            let mut all = Vec::new();
            for thread in world.threads(c, &Sight::everything(), &ids).await? {
                if mine(&thread, &client) {
                    all.push(shown(&world, &thread, public(c, &world, &thread).await?));
                }
            }
            all.reverse();
            Ok(all)
        };
        self.own(account).read(look).await
    }

    /// One of them.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_conversation(&self, client: &Client, number: i64) -> Result<Value> {
        let (service, client, account) = (self.clone(), client.clone(), client.inbox.account);
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let thread = theirs(c, &world, &client, number).await?;
            Ok(shown(&world, &thread, public(c, &world, &thread).await?))
        };
        self.own(account).read(look).await
    }

    /// Begins a conversation, or answers the last one where the inbox keeps one per contact.
    ///
    /// # Errors
    /// `TooMany`, `Invalid`.
    pub async fn client_begin(&self, client: &Client, custom: Map<String, Value>, from: IpAddr) -> Result<Value> {
        self.0.limits.take(Limit::Visitor, &format!("{} {}", network(from), client.inbox.id))?;
        let (now, it) = (self.now(), client.clone());
        if custom.len() > 100 || Value::Object(custom.clone()).to_string().len() > 64 * 1024 {
            return Err(Error::field("custom_attributes", Violation::TooLong(100)));
        }
        let begin = async move |tx: &mut Tx, t: &Tenant| {
            if it.inbox.settings.get("lock_to_single_conversation").is_some_and(|v| v == "true")
                && let Some(last) = conversation::last_of(tx, t.account, it.address.id).await?
            {
                return Ok(last.view.number);
            }
            let uuid = uuid::Uuid::new_v4().to_string();
            let made = conversation::insert(tx, &it.address, Status::Open, &Origin::default(), &uuid, now).await?;
            if !custom.is_empty() {
                conversation::set_attributes(tx, t.account, made.view.id, &texts(&custom)).await?;
            }
            conversation::save(tx, t.account, None, &made, now).await?;
            Ok(made.view.number)
        };
        let number = self.own(client.inbox.account).write(begin).await?;
        self.client_conversation(client, number).await
    }

    /// Resolves a conversation; one that is resolved stays so.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_resolve(&self, client: &Client, number: i64) -> Result<Value> {
        let (now, it) = (self.now(), client.clone());
        let resolve = async move |tx: &mut Tx, t: &Tenant| {
            let first =
                conversation::by_number(tx, t.account, &t.inboxes, number).await?.filter(|v| own(v, &it)).ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.view.id).await?;
            if found.view.status == Status::Resolved {
                return Ok(());
            }
            let was = found.view.placement();
            found.view.status = Status::Resolved;
            let line = Activity::Status { by: None, to: StatusKind::Resolved };
            crate::thread::add_activity(tx, t.account, &found, line, now).await?;
            Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
        };
        self.own(client.inbox.account).write(resolve).await?;
        self.client_conversation(client, number).await
    }

    /// The app's user types, or stopped.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_typing(&self, client: &Client, number: i64, on: bool) -> Result<()> {
        let (account, it) = (client.inbox.account, client.clone());
        let look = async move |c: &Reader, t: &Tenant| {
            conversation::by_number(c, t.account, &t.inboxes, number).await?.filter(|v| own(v, &it)).ok_or_else(Error::missing)
        };
        let found = self.own(account).read(look).await?;
        let whisper = Whisper::Typing {
            conversation: found.view.id,
            place: found.view.placement(),
            address: found.contact_inbox,
            author: Author::Contact { id: found.view.contact.id },
            name: String::new(),
            on,
        };
        self.whisper_typing(account, whisper).await;
        Ok(())
    }

    /// The app's user has seen everything in a conversation.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_seen(&self, client: &Client, number: i64) -> Result<()> {
        let (now, it) = (self.now(), client.clone());
        let see = async move |tx: &mut Tx, t: &Tenant| {
            let first =
                conversation::by_number(tx, t.account, &t.inboxes, number).await?.filter(|v| own(v, &it)).ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.view.id).await?;
            if let Some(last) = message::last_of_kind(tx, t.account, found.view.id, MessageKind::Outgoing).await? {
                message::advance(tx, t.account, &mut found, last, MessageState::Read, now).await?;
            }
            let was = found.view.placement();
            found.view.contact_seen_at = Some(now);
            Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
        };
        self.own(client.inbox.account).write(see).await
    }

    /// Public messages of a conversation, oldest first.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_messages(&self, client: &Client, number: i64, before: Option<MessageId>) -> Result<Vec<Value>> {
        let (service, it, account) = (self.clone(), client.clone(), client.inbox.account);
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let thread = theirs(c, &world, &it, number).await?;
            let window = before.map_or(ThreadWindow::Latest, ThreadWindow::Before);
            let rows = message::window(c, t.account, thread.conversation.view.id, window, PAGE, message::Reader::Visitor).await?.rows;
            Ok(world.said(c, rows).await?.iter().map(|said| world.public_message(said, &thread)).collect())
        };
        self.own(account).read(look).await
    }

    /// Takes a file of an app's user.
    ///
    /// # Errors
    /// `TooLarge`, `TooMany`.
    pub async fn client_upload<E: std::fmt::Display>(
        &self,
        client: &Client,
        name: &str,
        bytes: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    ) -> Result<UploadView> {
        self.0.limits.take(Limit::Upload, &format!("v{}", client.address.id))?;
        self.keep(&self.own(client.inbox.account), format!("v{}", client.address.id), name, bytes, crate::MAX_FILE).await
    }

    /// Takes a message of an app's user; a repeat of its key answers the first.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `TooMany`.
    pub async fn client_write(&self, client: &Client, number: i64, draft: ClientMessage) -> Result<Value> {
        self.0.limits.take(Limit::VisitorMessage, &client.address.id.to_string())?;
        let (service, it, now) = (self.clone(), client.clone(), self.now());
        let add = async move |tx: &mut Tx, t: &Tenant| {
            let first =
                conversation::by_number(tx, t.account, &t.inboxes, number).await?.filter(|v| own(v, &it)).ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.view.id).await?;
            let author = Author::Contact { id: found.view.contact.id };
            let key = draft.key.as_deref().map(|k| key_of(&format!("client {} {k}", found.view.id)));
            let known = match key {
                Some(key) => message::by_key(tx, t.account, &author, key).await?,
                None => None,
            };
            let written = match known {
                Some(known) => known,
                None => {
                    let files = attachment::uploads(tx, t.account, &format!("v{}", it.address.id), &draft.files).await?;
                    let can = Capabilities { reply_window_hours: None, ..crate::inboxes::view_of(&it.inbox).capabilities };
                    let text = permit(&can, &draft.content, &files, None, now)?;
                    let was = found.view.placement();
                    let new = NewMessage { kind: MessageKind::Incoming, author, key, text, files, ..NewMessage::default() };
                    let written = add_public(tx, t.account, &mut found, Some(was), new, now).await?;
                    if let Some(echo) = draft.echo.clone() {
                        let extra = MessageExtra { echo_id: Some(echo), ..MessageExtra::default() };
                        let text = serde_json::to_string(&extra).unwrap_or_default();
                        platform::set_extra(tx, t.account, Bearer::Message, written.id.0, &text).await?;
                    }
                    written
                }
            };
            let world = World::load(&service, tx, t.account).await?;
            let thread = world.thread(tx, &t.inboxes, found.view.id).await?;
            let said = world.said(tx, vec![written]).await?.pop().ok_or_else(Error::missing)?;
            Ok(world.public_message(&said, &thread))
        };
        self.own(client.inbox.account).write(add).await
    }

    /// Takes what an app's user chose in a rich message: `submitted_values` as the client gave them. Each message takes one answer. Clients
    /// also attach values that were not offered, or to messages that ask nothing; these are kept for the bot and mark no choice.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn client_submit(&self, client: &Client, number: i64, id: MessageId, values: Value) -> Result<Value> {
        if values.to_string().len() > 16 * 1024 {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let (service, it, now) = (self.clone(), client.clone(), self.now());
        let submit = async move |tx: &mut Tx, t: &Tenant| {
            let first =
                conversation::by_number(tx, t.account, &t.inboxes, number).await?.filter(|v| own(v, &it)).ok_or_else(Error::missing)?;
            let found = t.conversation(tx, first.view.id).await?;
            let mut asked =
                message::load(tx, t.account, id).await?.filter(|m| m.conversation == found.view.id).ok_or_else(Error::missing)?;
            let mine = asked.kind == MessageKind::Incoming;
            if asked.deleted_at.is_some() || (!mine && asked.kind != MessageKind::Outgoing) {
                return Err(Error::missing());
            }
            let kept = platform::extras(tx, t.account, Bearer::Message, &[id.0]).await?.remove(&id.0);
            let mut extra: MessageExtra = kept.and_then(|k| serde_json::from_str(&k).ok()).unwrap_or_default();
            let answered = if mine || !crate::rich::asks(&asked, &extra) {
                None
            } else {
                match crate::rich::submit(tx, t, &found, asked.clone(), &values, now).await {
                    Ok(answered) => Some(answered),
                    Err(Error::Invalid(_)) => None,
                    Err(error) => return Err(error),
                }
            };
            if let Some(answered) = answered {
                asked = answered;
            } else if !extra.content_attributes.contains_key("submitted_values") {
                extra.content_attributes.insert("submitted_values".to_owned(), values);
                let text = serde_json::to_string(&extra).unwrap_or_default();
                platform::set_extra(tx, t.account, Bearer::Message, id.0, &text).await?;
                if mine {
                    asked.edited_at = Some(now);
                }
                message::save(tx, t.account, &found, &asked, now).await?;
            }
            let world = World::load(&service, tx, t.account).await?;
            let thread = world.thread(tx, &t.inboxes, found.view.id).await?;
            let said = world.said(tx, vec![asked]).await?.pop().ok_or_else(Error::missing)?;
            Ok(world.public_message(&said, &thread))
        };
        self.own(client.inbox.account).write(submit).await
    }
}

/// Whether a conversation is this client's: of the source id, or of the proven contact in the same inbox.
fn own(found: &conversation::Conversation, client: &Client) -> bool {
    found.view.inbox == client.inbox.id && found.contact_inbox == client.address.id
}

fn mine(thread: &Thread, client: &Client) -> bool {
    let c = &thread.conversation;
    own(c, client) || (c.view.inbox == client.inbox.id && thread.contact.contact.verified && c.view.contact.id == client.address.contact)
}

async fn theirs(c: &Reader, world: &World, client: &Client, number: i64) -> Result<Thread> {
    let found = conversation::by_number(c, world.account, &Sight::everything(), number).await?.ok_or_else(Error::missing)?;
    let thread = world.thread(c, &Sight::everything(), found.view.id).await?;
    if mine(&thread, client) { Ok(thread) } else { Err(Error::missing()) }
}
