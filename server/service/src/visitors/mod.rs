//! Visitors of a website: opening the chat, who they say they are, what they write and see. A visitor reaches their own thread and nothing else.

mod about;
mod drawn;
mod identity;
mod popout;
mod send;
mod view;

pub use about::VisitorAbout;
pub(crate) use send::claim;
pub(crate) use view::visitor_event;

use crate::limits::{Limit, network};
use crate::{Error, Result, Service, UploadView, secret, website};
use bytes::Bytes;
use futures::Stream;
use model::*;
use std::collections::BTreeMap;
use std::net::IpAddr;
use store::contact::{self, ContactInbox};
use store::inbox::{self, Inbox};
use store::{Reader, Tx, conversation, journal, message, person};

/// How long an unused visitor's session lives, in milliseconds.
const VISITOR_LIFE: i64 = 180 * 24 * 60 * 60 * 1000;
/// Messages the widget loads at once.
const WINDOW: i64 = 30;

/// A visitor proven by their token: one address in one inbox.
#[derive(Clone, Debug)]
pub struct Visitor {
    address: ContactInbox,
}

impl Visitor {
    pub(crate) const fn address(&self) -> &ContactInbox {
        &self.address
    }
}

/// What a token proved, with the hash it is stored under.
struct Proven {
    address: ContactInbox,
    hash: String,
    expires: Timestamp,
}

impl Service {
    /// The website inbox with this public token.
    pub(crate) async fn website(&self, token: &str) -> Result<Inbox> {
        if token.len() > 64 {
            return Err(Error::missing());
        }
        let token = token.to_owned();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::by_public_key(c, &token).await?)).await?;
        found.filter(|i| i.kind == "website").ok_or_else(Error::missing)
    }

    /// What the launcher draws itself with: colour and language of the inbox.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn launcher(&self, token: &str) -> Result<(String, Language)> {
        let found = self.website(token).await?;
        let account = found.account;
        let account = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(store::account::load(c, account).await?)).await?;
        let colour = found.settings.get("colour").cloned().unwrap_or_default();
        Ok((colour, account.map(|a| a.language).unwrap_or_default()))
    }

    /// The name of a website inbox and the `frame-ancestors` of its frame.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn frame(&self, token: &str) -> Result<(String, String)> {
        let found = self.website(token).await?;
        let ancestors = website::frame_ancestors(&found, &self.settings().public_url);
        Ok((found.name, ancestors))
    }

    async fn prove(&self, inbox: &Inbox, token: Option<&str>) -> Result<Option<Proven>> {
        let Some(token) = token.filter(|t| t.len() == 43) else { return Ok(None) };
        let (id, hash, now) = (inbox.id, secret::hash(token), self.now());
        let key = hash.clone();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(contact::visitor(c, id, &key, now).await?)).await?;
        Ok(found.map(|(address, expires)| Proven { address, hash, expires }))
    }

    /// The visitor this token belongs to.
    ///
    /// # Errors
    /// `Missing` for an unknown inbox, `SignedOut` for a token that is not of this inbox or has ended.
    pub async fn visitor(&self, inbox: &str, token: Option<&str>) -> Result<Visitor> {
        let inbox = self.website(inbox).await?;
        let proven = self.prove(&inbox, token).await?.ok_or(Error::Fault(FaultCode::SignedOut))?;
        Ok(Visitor { address: proven.address })
    }

    /// Opens the chat: settings, what is known, and the visitor's thread if they have one. An identity the site signed makes or finds the
    /// visitor's session; an unsigned one proves nothing.
    ///
    /// # Errors
    /// `Missing`; `Forbidden` for a wrong signature, or a missing one where the inbox demands it; `TooMany`.
    pub async fn hello(&self, hello: VisitorHello, token: Option<&str>, from: IpAddr) -> Result<VisitorSession> {
        let inbox = self.website(&hello.inbox).await?;
        let now = self.now();
        let mut proven = self.prove(&inbox, token).await?;
        let mut fresh = None;
        if let Some(claim) = &hello.identity {
            self.0.limits.take(Limit::Identity, &network(from))?;
            if let Some(session) = self.identify(&inbox, claim, proven.as_ref()).await? {
                proven = self.prove(&inbox, Some(&session)).await?;
                fresh = Some(session);
            }
        } else if website::identity_required(&inbox) && proven.is_none() {
            return Err(Error::Fault(FaultCode::Forbidden));
        }
        if let Some(proven) = &proven
            && proven.expires.since(now) < VISITOR_LIFE - 24 * 3_600_000
        {
            let hash = proven.hash.clone();
            let prolong = async move |tx: &mut Tx| Ok::<_, Error>(contact::prolong_visitor(tx, &hash, now.plus(VISITOR_LIFE)).await?);
            self.0.store.write(prolong).await?;
        }
        let account = inbox.account;
        let address = proven.as_ref().map(|p| p.address.clone());
        let (inbox_id, looked) = (inbox.id, address.clone());
        let look = async move |c: &Reader| {
            let seq = journal::head(c, account).await?;
            let language = store::account::load(c, account).await?.map(|a| a.language).unwrap_or_default();
            let members = inbox::members(c, account, inbox_id).await?;
            let team: Vec<_> = person::agents(c, account, None).await?.into_iter().filter(|a| members.contains(&a.id)).collect();
            let mut known = BTreeMap::new();
            let mut thread = None;
            if let Some(address) = looked {
                if let Some(contact) = contact::load(c, account, address.contact).await? {
                    known = known_of(&contact);
                }
                if let Some(last) = conversation::last_of(c, account, address.id).await? {
                    let page = message::window(c, account, last.view.id, ThreadWindow::Latest, WINDOW, message::Reader::Visitor).await?;
                    let unread = message::unseen(c, account, last.view.id).await?;
                    let seen = conversation::marks_of(c, account, last.view.id).await?.iter().map(|m| m.seen).max().unwrap_or(0);
                    thread = Some((page, unread, seen >= last.view.incoming, last.view.status == Status::Resolved));
                }
            }
            Ok::<_, Error>((seq, language, team, known, thread))
        };
        let (seq, language, team, known, thread) = self.0.store.read(look).await?;
        let here = self.0.hub.here(account);
        let online = team.iter().any(|a| a.availability == Availability::Online && here.contains(&a.id));
        let theirs = hello.language.as_deref().and_then(Language::from_tag).unwrap_or(language);
        let config = website::config(&inbox, (language, theirs), &team, online, now);
        let thread = match thread {
            Some((page, unread, all_seen, resolved)) => {
                let messages = self.visitor_messages(account, page.rows, all_seen).await?;
                Some(VisitorThread { messages, more: page.more, unread, resolved })
            }
            None => None,
        };
        Ok(VisitorSession { token: fresh, config, thread, seq, known })
    }

    /// Older messages of the visitor's thread.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn visitor_older(&self, visitor: &Visitor, before: MessageId) -> Result<Page<VisitorMessage>> {
        let (account, address) = (visitor.address.account, visitor.address.id);
        let look = async move |c: &Reader| {
            let Some(last) = conversation::last_of(c, account, address).await? else { return Ok(Page { rows: Vec::new(), more: false }) };
            let window = ThreadWindow::Before(before);
            Ok::<_, Error>(message::window(c, account, last.view.id, window, WINDOW, message::Reader::Visitor).await?)
        };
        let page = self.0.store.read(look).await?;
        Ok(Page { rows: self.visitor_messages(account, page.rows, true).await?, more: page.more })
    }

    /// The visitor's browser has received messages up to one, or its owner has seen them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn visitor_received(&self, visitor: &Visitor, up_to: MessageId, read: bool) -> Result<()> {
        let (account, address, now) = (visitor.address.account, visitor.address.id, self.now());
        let receive = async move |tx: &mut Tx, t: &crate::Tenant| {
            let Some(last) = conversation::last_of(tx, account, address).await? else { return Ok(()) };
            let mut last = t.conversation(tx, last.view.id).await?;
            let state = if read { MessageState::Read } else { MessageState::Delivered };
            let moved = message::advance(tx, account, &mut last, up_to, state, now).await?;
            if read && moved > 0 {
                let was = last.view.placement();
                last.view.contact_seen_at = Some(now);
                conversation::save(tx, account, Some(was), &last, now).await?;
            }
            Ok(())
        };
        self.own(account).write(receive).await
    }

    /// Takes what a visitor chose or filled in in one of our messages to them, once, and gives the message as it is now.
    ///
    /// # Errors
    /// `Missing` for what is not theirs, `Invalid`, `TooMany`.
    pub async fn visitor_answer(&self, visitor: &Visitor, answer: VisitorAnswer) -> Result<VisitorMessage> {
        let (account, address, now) = (visitor.address.account, visitor.address.id, self.now());
        self.0.limits.take(Limit::VisitorMessage, &address.to_string())?;
        let values = serde_json::to_value(&answer.values).map_err(|error| Error::Unexpected(error.to_string()))?;
        let take = async move |tx: &mut Tx, t: &crate::Tenant| {
            let about = message::load(tx, account, answer.message).await?.ok_or_else(Error::missing)?;
            let found = t.conversation(tx, about.conversation).await?;
            if found.contact_inbox != address {
                return Err(Error::missing());
            }
            // Once more, now that nobody else can answer it.
            let asked = message::load(tx, account, answer.message).await?.filter(|m| m.kind == MessageKind::Outgoing);
            crate::rich::submit(tx, t, &found, asked.ok_or_else(Error::missing)?, &values, now).await
        };
        let kept = self.own(account).write(take).await?;
        self.visitor_messages(account, vec![kept], false).await?.pop().ok_or_else(Error::missing)
    }

    /// The visitor types, or stopped. Nothing is stored, and before the first message there is nobody to tell.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn visitor_typing(&self, visitor: &Visitor, on: bool) -> Result<()> {
        let (account, address) = (visitor.address.account, visitor.address.id);
        let last = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(conversation::last_of(c, account, address).await?)).await?;
        if let Some(last) = last {
            let whisper = crate::live::Whisper::Typing {
                conversation: last.view.id,
                place: last.view.placement(),
                address,
                author: Author::Contact { id: last.view.contact.id },
                name: String::new(),
                on,
            };
            self.whisper_typing(account, whisper).await;
        }
        Ok(())
    }

    /// Takes a file of a visitor, to be put on a message. A visitor without a session yet names themselves by the key of the message they
    /// are about to send.
    ///
    /// # Errors
    /// `Missing`, `NotOnThisChannel`, `TooLarge`, `TooMany`.
    pub async fn visitor_upload<E: std::fmt::Display>(
        &self,
        inbox: &str,
        token: Option<&str>,
        draft: ClientKey,
        name: &str,
        bytes: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
        from: IpAddr,
    ) -> Result<UploadView> {
        let inbox = self.website(inbox).await?;
        let proven = self.prove(&inbox, token).await?;
        let uploader = proven.map_or_else(|| format!("d{draft}"), |p| format!("v{}", p.address.id));
        self.0.limits.take(Limit::Upload, &format!("{} {}", network(from), inbox.id))?;
        let can = crate::inboxes::view_of(&inbox).capabilities;
        let most = can.image.max(can.document).max(can.video).max(can.audio);
        if most == 0 {
            return Err(Error::Fault(FaultCode::NotOnThisChannel));
        }
        let kept = self.keep(&self.own(inbox.account), uploader, name, bytes, most).await?;
        // A kind the inbox does not take is refused now rather than with the message; the unused file is swept.
        if kept.size > can.limit(kept.kind) { Err(Error::Fault(FaultCode::NotOnThisChannel)) } else { Ok(kept) }
    }
}

fn known_of(contact: &ContactView) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    let mut keep = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            known.insert(key.to_owned(), value.to_owned());
        }
    };
    keep("name", Some(&contact.name));
    keep("email", contact.email.as_deref().or(contact.attributes.get("claimed_email").map(String::as_str)));
    keep("phone", contact.phone.as_deref().or(contact.attributes.get("claimed_phone").map(String::as_str)));
    known
}
