//! Applies stored calls: each thing that happened becomes messages, states and contacts, once, whatever is repeated or out of order.
//! Calls of one inbox go in their order; one that cannot be applied never holds up those behind it.

use super::accept::{Waiting, key};
use super::{files, receipts, who};
use crate::live::Whisper;
use crate::thread::add_public;
use crate::{Error, Result, Service, Tenant};
use channels::{Inbound, Kind, Message, Peer, RemoteFile, Signal, Verified, What};
use model::*;
use store::contact::{self, ContactInbox};
use store::inbox::{self, Inbox};
use store::message::{self, NewMessage};
use store::{Lease, Reader, Tx, call, conversation, queue};

/// Calls of one write.
const BATCH: u32 = 64;
/// Attempts before a call is put aside for a person.
const ATTEMPTS: i64 = 5;
/// The setting that keeps one thread for ever; without it a new one begins after the last was resolved.
const SINGLE: &str = "single_conversation";

/// What is told at once and never stored.
type Whispers = Vec<Whisper>;

impl Service {
    /// Does one intake job, and with it the others of its inbox that wait.
    pub(crate) async fn intake(&self, lease: Lease) -> Result<()> {
        let Ok(first) = serde_json::from_str::<Waiting>(&lease.body) else {
            return self.give_up(&lease, "unreadable body").await;
        };
        let (account, id) = (first.account, first.inbox);
        let look = async move |c: &Reader| {
            let found = inbox::load(c, account, id).await?;
            Ok::<_, Error>((found, call::waiting(c, account, id, BATCH).await?))
        };
        let (found, calls) = self.0.store.read(look).await?;
        let tenant = self.own(account);
        let Some(inbox) = found else { return self.done(&tenant, lease).await };
        let read: Vec<(InboundCallId, Result<Vec<Inbound>, String>)> =
            calls.into_iter().map(|call| (call.id, self.read_call(&inbox, call))).collect();
        // Alone, a call that breaks the write shows itself.
        let alone = lease.attempts > 1;
        let batch = if alone { read.into_iter().take(1).collect() } else { read };
        let (service, held, now) = (self.clone(), lease.clone(), self.now());
        let apply = async move |tx: &mut Tx, t: &Tenant| {
            let mut whispers = Whispers::new();
            let mut keys = Vec::new();
            for (call, happened) in batch {
                let error = match happened {
                    Ok(happened) if !alone || held.attempts <= ATTEMPTS => {
                        for one in happened {
                            service.happened(tx, t, &inbox, one, now, &mut whispers).await?;
                        }
                        None
                    }
                    Ok(_) => Some("it could not be applied".to_owned()),
                    Err(why) => Some(why),
                };
                if let Some(why) = &error {
                    tracing::warn!(%call, inbox = %inbox.id, why, "a call is put aside");
                }
                call::finish(tx, t.account, call, error.as_deref()).await?;
                keys.push(key(call));
            }
            // The jobs of these calls have nothing left to do; this one ends like any other.
            let own = keys.contains(&key(first.call));
            queue::drop_keys(tx, &keys, &held).await?;
            if own || keys.is_empty() {
                tx.complete(&held).await?;
            } else {
                tx.retry(&held, now, "").await?;
            }
            crate::crash::point("intake.before_commit");
            Ok(whispers)
        };
        for whisper in tenant.write(apply).await? {
            self.whisper_typing(account, whisper).await;
        }
        Ok(())
    }

    fn read_call(&self, inbox: &Inbox, stored: call::InboundCall) -> Result<Vec<Inbound>, String> {
        let channel = channels::find(&stored.kind).ok_or("no such channel")?;
        let part = |name: &str| stored.headers.get(name).cloned().unwrap_or_default();
        let (path, query, kind) = (part("path"), part("query"), part("content-type"));
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        let proven = Verified::stored(path, query, kind, stored.body);
        channel.read(&self.link_of(&wiring, inbox), &proven).map_err(|malformed| malformed.to_string())
    }

    /// Applies one thing that happened.
    async fn happened(&self, tx: &mut Tx, t: &Tenant, inbox: &Inbox, one: Inbound, now: Timestamp, whispers: &mut Whispers) -> Result<()> {
        // A shared call is stored for each inbox it names, and each takes only its own.
        if one.inbox.is_some() && inbox.account_key.is_some() && one.inbox != inbox.account_key {
            return Ok(());
        }
        // A provider's clock may run ahead of ours; nothing happened in the future.
        let at = one.at.map_or(now, |at| at.min(now));
        let Inbound { peer, what, .. } = one;
        match what {
            What::Message(message) => self.said(tx, t, inbox, &peer, *message, at).await,
            What::Reaction { target, emoji, outgoing, .. } => {
                let Some(mut found) = message::by_source(tx, t.account, inbox.id, &target).await? else { return Ok(()) };
                let by = if outgoing {
                    Author::System
                } else {
                    let Some((address, _)) = who::address(tx, inbox, &peer, at).await? else { return Ok(()) };
                    Author::Contact { id: address.contact }
                };
                found.reactions.retain(|reaction| reaction.by != by);
                found.reactions.extend(emoji.map(|emoji| Reaction { by, emoji }));
                let thread = t.conversation(tx, found.conversation).await?;
                Ok(message::save(tx, t.account, &thread, &found, at).await?)
            }
            What::Edit { target, text, .. } => {
                let Some(mut found) = message::by_source(tx, t.account, inbox.id, &target).await? else { return Ok(()) };
                if found.deleted_at.is_some() || found.text == text {
                    return Ok(());
                }
                found.text = text;
                found.edited_at = Some(at);
                let thread = t.conversation(tx, found.conversation).await?;
                Ok(message::save(tx, t.account, &thread, &found, at).await?)
            }
            What::Delete { target, .. } => {
                let Some(found) = message::by_source(tx, t.account, inbox.id, &target).await? else { return Ok(()) };
                if found.deleted_at.is_some() {
                    return Ok(());
                }
                let mut thread = t.conversation(tx, found.conversation).await?;
                files::erase(tx, t.account, &mut thread, found, at).await
            }
            What::Receipt(receipt) => receipts::apply(tx, t, inbox, &peer, receipt, at).await,
            What::Signal(signal) => signalled(tx, t, inbox, &peer, signal, at, whispers).await,
        }
    }

    /// Adds a message: the customer's, or one written elsewhere in our name.
    async fn said(&self, tx: &mut Tx, t: &Tenant, inbox: &Inbox, peer: &Peer, said: Message, at: Timestamp) -> Result<()> {
        if let Some(external) = &said.external
            && message::by_source(tx, t.account, inbox.id, external).await?.is_some()
        {
            return Ok(());
        }
        if said.outgoing && self.is_ours(tx, t, inbox, &said, at).await? {
            return Ok(());
        }
        let Some((address, made)) = who::address(tx, inbox, peer, at).await? else { return Ok(()) };
        if made && peer.name.is_none() && peer.phone.is_none() {
            tx.enqueue(files::profile_job(t.account, inbox.id, address.id, at)).await?;
        }
        let mut address = address;
        if !said.outgoing && !said.attributes.is_empty() {
            address.attributes.extend(said.attributes.clone());
            contact::set_address_attributes(tx, &address).await?;
        }
        let (mut thread, was) = thread_of(tx, t, inbox, &address, at).await?;
        if said.outgoing
            && let Some(external) = &said.external
            && let Some(known) = unnamed_twin(tx, t, thread.view.id, &said).await?
        {
            // The echo was faster than the answer to our send.
            return receipts::left(tx, t, inbox.id, known, external, at).await;
        }
        let quote = match &said.reply_to {
            Some(target) => message::by_source(tx, t.account, inbox.id, target).await?.map(|quoted| Box::new(quote_of(&quoted))),
            None => None,
        };
        let mut kept = Vec::new();
        for file in said.files.iter().filter(|file| file.kind != channels::FileKind::Share) {
            kept.push(files::expect(tx, t.account, file, at).await?);
        }
        let waiting: Vec<AttachmentId> = kept.iter().map(|file| file.view.id).collect();
        let author = if said.outgoing { Author::System } else { Author::Contact { id: address.contact } };
        let new = NewMessage {
            kind: if said.outgoing { MessageKind::Outgoing } else { MessageKind::Incoming },
            author,
            text: text_of(&said),
            files: kept,
            source: said.external.clone(),
            quote,
            detail: detail_of(&said),
            by_phone: said.outgoing,
            ..NewMessage::default()
        };
        let stored = add_public(tx, t.account, &mut thread, was, new, at).await?;
        message::set_tokens(tx, t.account, stored.id, &said.attributes).await?;
        for file in waiting {
            tx.enqueue(files::job(t.account, inbox.id, stored.id, file, at)).await?;
        }
        crate::desk::tick(tx, t.account, at, |list| list.message = true).await
    }

    /// Whether an echo speaks of a message that we sent: by the key it gives back, or by the app it names.
    async fn is_ours(&self, tx: &mut Tx, t: &Tenant, inbox: &Inbox, said: &Message, at: Timestamp) -> Result<bool> {
        if let Some(id) = said.ours.as_deref().and_then(crate::dispatch::message_of_key)
            && let Some(known) = message::load(tx, t.account, id).await?
        {
            if let Some(external) = &said.external {
                receipts::left(tx, t, inbox.id, known.id, external, at).await?;
            }
            return Ok(true);
        }
        let own = |key: &str| self.0.app.get(key).filter(|id| !id.is_empty());
        Ok(said.app.as_ref().is_some_and(|app| {
            inbox.settings.get("app_id") == Some(app) || own("meta.app_id") == Some(app) || own("instagram.app_id") == Some(app)
        }))
    }
}

/// The thread a message joins: the last one unless it was resolved, else a new one.
async fn thread_of(
    tx: &mut Tx,
    t: &Tenant,
    inbox: &Inbox,
    address: &ContactInbox,
    at: Timestamp,
) -> Result<(conversation::Conversation, Option<Placement>)> {
    let single = inbox.settings.get(SINGLE).is_some_and(|on| on == "true");
    if let Some(last) = conversation::last_of(tx, t.account, address.id).await?
        && (single || last.view.status != Status::Resolved)
    {
        let found = t.conversation(tx, last.view.id).await?;
        let was = found.view.placement();
        return Ok((found, Some(was)));
    }
    let blocked = contact::load(tx, t.account, address.contact).await?.is_some_and(|contact| contact.blocked);
    let status = if blocked { Status::Resolved } else { Status::Open };
    let uuid = uuid::Uuid::new_v4().to_string();
    Ok((conversation::insert(tx, address, status, &Origin::default(), &uuid, at).await?, None))
}

/// A message of ours that an echo may speak of: the newest with the same words that has no name at the provider yet.
async fn unnamed_twin(tx: &Tx, t: &Tenant, thread: ConversationId, said: &Message) -> Result<Option<MessageId>> {
    let recent = message::window(tx, t.account, thread, ThreadWindow::Latest, 10, message::Reader::Agent).await?.rows;
    // One that surely did not leave is no echo's twin: what was written on the phone instead must show.
    let may_have_left = |m: &&MessageView| {
        matches!(m.state, MessageState::Queued | MessageState::Sent | MessageState::Unconfirmed)
            && m.kind == MessageKind::Outgoing
            && !m.by_phone
            && !m.is_held()
    };
    for ours in recent.iter().rev().filter(may_have_left).filter(|m| m.text.trim() == said.text.trim()) {
        if message::source_of(tx, t.account, ours.id).await?.is_none() {
            return Ok(Some(ours.id));
        }
    }
    Ok(None)
}

async fn signalled(
    tx: &mut Tx,
    t: &Tenant,
    inbox: &Inbox,
    peer: &Peer,
    signal: Signal,
    at: Timestamp,
    whispers: &mut Whispers,
) -> Result<()> {
    match signal {
        Signal::Reauthorise(words) => return Service::disconnected(tx, inbox, &words, at).await,
        Signal::Notice(words) => return Ok(inbox::saw(tx, t.account, inbox.id, inbox::Seen::Error(&words), at).await?),
        Signal::IdentifierChanged { from, to } => {
            if let Some(mut address) = contact::address(tx, t.account, inbox.id, &from).await? {
                contact::rename_address(tx, &mut address, &to).await?;
            }
            return Ok(());
        }
        Signal::Followed
        | Signal::Referral(_)
        | Signal::Blocked
        | Signal::Unblocked
        | Signal::OptOut
        | Signal::OptIn
        | Signal::Typing(_) => {}
    }
    let known = contact::address(tx, t.account, inbox.id, &peer.id).await?;
    let address = match (known, &signal) {
        (Some(address), _) => Some(address),
        // Whoever adds us is worth knowing; whoever leaves unknown stays unknown.
        (None, Signal::Followed | Signal::Referral(_)) => who::address(tx, inbox, peer, at).await?.map(|(address, _)| address),
        (None, _) => None,
    };
    let Some(mut address) = address else { return Ok(()) };
    let flag = match &signal {
        Signal::Blocked => Some(("blocked", Some("true".to_owned()))),
        Signal::Unblocked | Signal::Followed => Some(("blocked", None)),
        Signal::OptOut => Some(("opted_out", Some("true".to_owned()))),
        Signal::OptIn => Some(("opted_out", None)),
        Signal::Referral(from) => Some(("referral", from.reference.clone().or_else(|| from.title.clone()).or_else(|| from.id.clone()))),
        Signal::Typing(on) => {
            if let Some(last) = conversation::last_of(tx, t.account, address.id).await? {
                let author = Author::Contact { id: address.contact };
                let (conversation, place) = (last.view.id, last.view.placement());
                whispers.push(Whisper::Typing { conversation, place, address: address.id, author, name: String::new(), on: *on });
            }
            None
        }
        Signal::Reauthorise(_) | Signal::Notice(_) | Signal::IdentifierChanged { .. } => None,
    };
    if let Some((key, value)) = flag {
        let before = address.attributes.clone();
        match value {
            Some(value) => drop(address.attributes.insert(key.to_owned(), value)),
            None => drop(address.attributes.remove(key)),
        }
        if address.attributes != before {
            contact::set_address_attributes(tx, &address).await?;
        }
    }
    Ok(())
}

/// A message as another one quotes it.
pub(crate) fn quote_of(quoted: &MessageView) -> Quote {
    Quote {
        message: quoted.id,
        author: quoted.author.clone(),
        text: quoted.text.chars().take(140).collect(),
        file: quoted.files.first().map(|file| file.kind),
    }
}

/// Zero bytes cannot be stored on PostgreSQL, and nobody types them.
fn text_of(said: &Message) -> String {
    said.text.replace('\0', "")
}

fn detail_of(said: &Message) -> Option<Detail> {
    let more = said.detail.as_deref().cloned().unwrap_or_default();
    Some(match said.kind {
        Kind::Location => {
            let place = more.location?;
            Detail::Location(Place {
                latitude: place.latitude.to_string(),
                longitude: place.longitude.to_string(),
                name: place.name,
                address: place.address,
            })
        }
        Kind::Contacts => Detail::Contacts(
            more.contacts.into_iter().map(|card| ContactCard { name: card.name, phones: card.phones, emails: card.emails }).collect(),
        ),
        Kind::Sticker => Detail::Sticker,
        Kind::StoryMention | Kind::StoryReply => {
            Detail::Story { url: more.story.and_then(|story| story.url), reply: said.kind == Kind::StoryReply }
        }
        Kind::Share => Detail::Share { url: shared(&said.files, &more) },
        Kind::InteractiveReply | Kind::Postback => Detail::Chosen { value: more.payload.unwrap_or_else(|| said.text.clone()) },
        Kind::Unsupported => Detail::Unsupported { kind: more.unsupported.unwrap_or_default() },
        _ => {
            let from = more.referral?;
            Detail::Referral(Referral { title: from.title.or(from.reference), text: from.text, url: from.url, source: from.id })
        }
    })
}

fn shared(files: &[RemoteFile], more: &channels::Detail) -> Option<String> {
    let listed = more.shares.iter().find_map(|share| share.url.clone());
    listed.or_else(|| files.iter().find(|file| file.kind == channels::FileKind::Share).map(|file| file.id_or_url.clone()))
}
