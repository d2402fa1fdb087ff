//! Replies on their way out: one job per message, in the conversation's lane, handed to the channel outside any transaction.

use crate::{Error, Result, Service, Tenant};
use channels::{Channel, Choices, FileKind, OutFile, Outbound, SendError};
use model::*;
use object_store::ObjectStore;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::inbox::{self, Inbox};
use store::{Lease, NewJob, Reader, Tx, message};

/// The kind of job.
pub(crate) const DELIVER: &str = "deliver";
/// How long the messages of a disconnected inbox wait before the next look, in milliseconds.
const HELD: i64 = 60_000;
/// Attempts before a message is given up as unreachable.
const ATTEMPTS: i64 = 8;

#[derive(Serialize, Deserialize)]
struct Deliver {
    account: AccountId,
    message: MessageId,
}

/// The job that hands a message to its channel.
pub(crate) fn deliver_job(account: AccountId, conversation: ConversationId, message: MessageId, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("conversation {account} {conversation}"),
        kind: DELIVER,
        key: Some(format!("deliver {account} {message}")),
        body: serde_json::to_string(&Deliver { account, message }).unwrap_or_default(),
        run_at: at,
    }
}

/// The next attempt's delay in milliseconds: 5 s doubling to half an hour, with jitter by the job's own number so that a burst spreads out.
pub(crate) const fn delay(attempts: i64, job: i64) -> i64 {
    let doublings = if attempts > 9 { 9 } else { attempts - 1 };
    let base = 5_000_i64 << (if doublings < 0 { 0 } else { doublings });
    let base = if base > 1_800_000 { 1_800_000 } else { base };
    base + (job.wrapping_mul(2_654_435_761) & 0x3ff) * base / 4096
}

/// Most characters of a button: what every provider with buttons shows whole.
const BUTTON: usize = 20;

impl Service {
    /// Does one delivery job.
    pub(crate) async fn deliver(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Deliver>(&lease.body) else {
            return self.give_up(&lease, "unreadable body").await;
        };
        let tenant = self.own(job.account);
        let look = async move |c: &Reader, t: &Tenant| {
            let Some(found) = message::load(c, t.account, job.message).await? else { return Ok(None) };
            let begun = message::open_attempt(c, t.account, job.message).await?;
            let conversation = store::conversation::load(c, t.account, &t.inboxes, found.conversation).await?.ok_or_else(Error::missing)?;
            let inbox = inbox::load(c, t.account, conversation.view.inbox).await?.ok_or_else(Error::missing)?;
            let address = store::contact::address_by_id(c, t.account, conversation.contact_inbox).await?.ok_or_else(Error::missing)?;
            let address = Address { contact_inbox: address, last_incoming_at: conversation.view.last_incoming_at };
            let quoted = match &found.quote {
                Some(quote) => message::named(c, t.account, quote.message).await?,
                None => None,
            };
            Ok(Some((found, begun, inbox, address, quoted)))
        };
        let Some((found, begun, inbox, address, quoted)) = tenant.read(look).await? else { return self.done(&tenant, lease).await };
        if found.state != MessageState::Queued {
            return self.done(&tenant, lease).await;
        }
        if !inbox.state.is_connected() {
            // Nothing leaves until somebody connects it again; then everything leaves in its order.
            let (at, id) = (self.now().plus(HELD), found.id);
            return self.again(&tenant, lease, id, at, "the inbox is disconnected".to_owned()).await;
        }
        let Some(channel) = channels::find(&inbox.kind) else { return self.give_up(&lease, "unknown channel").await };
        if !channel.repeatable() && begun.is_some() {
            let settled =
                Settled { state: MessageState::Unconfirmed, sources: Vec::new(), words: None, peer: None, tokens: BTreeMap::new() };
            return self.settle(&tenant, lease, inbox.id, found.id, settled).await;
        }
        // Put together before the attempt is noted: what fails here has surely not left.
        let outbound = match self.put_together(&tenant, channel, &inbox, &found, &address, quoted).await {
            Ok(outbound) => outbound,
            Err(error) => return self.not_put_together(&tenant, lease, inbox.id, found.id, error).await,
        };
        if !channel.repeatable() {
            let now = self.now();
            tenant.write(async move |tx: &mut Tx, t: &Tenant| Ok(message::begin_attempt(tx, t.account, found.id, now).await?)).await?;
        }
        crate::crash::point("deliver.before_send");
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        let sent = match self.freshened(&inbox).await {
            Ok(fresh) => channel.send(&self.link_of(&wiring, &fresh), &outbound).await,
            Err(error) => Err(error),
        };
        crate::crash::point("deliver.after_send");
        let id = found.id;
        let settled = match sent {
            Ok(sent) => {
                if channel.is_journal() {
                    self.continue_later(&tenant, &inbox, &found).await?;
                }
                Settled { state: MessageState::Sent, sources: sent.sources, words: None, peer: sent.peer, tokens: sent.attributes }
            }
            Err(SendError::Retry { why, after }) if lease.attempts < ATTEMPTS => {
                tracing::info!(message = %id, %why, attempts = lease.attempts, "a delivery is tried again later");
                let at = self.now().plus(after.unwrap_or_else(|| delay(lease.attempts, lease.job.0)));
                return self.again(&tenant, lease, id, at, why).await;
            }
            Err(SendError::Disconnected { why }) => {
                tracing::warn!(message = %id, inbox = %inbox.id, %why, "an inbox must be connected again; its messages wait");
                let (now, at) = (self.now(), self.now().plus(HELD));
                let hold = async move |tx: &mut Tx, t: &Tenant| {
                    Self::disconnected(tx, &inbox, &why, now).await?;
                    message::end_attempt(tx, t.account, id).await?;
                    Ok(tx.retry(&lease, at, &why).await?)
                };
                return tenant.write(hold).await;
            }
            Err(error) => {
                tracing::warn!(message = %id, %error, "a message did not leave as it should");
                unsent(error)
            }
        };
        self.settle(&tenant, lease, inbox.id, id, settled).await
    }

    async fn put_together(
        &self,
        tenant: &Tenant,
        channel: &dyn Channel,
        inbox: &Inbox,
        message: &MessageView,
        address: &Address,
        quote: Option<(String, BTreeMap<String, String>)>,
    ) -> Result<Outbound> {
        if channel.is_journal() {
            return Ok(Outbound::default());
        }
        let mut outbound = self.outbound(tenant, message, address, quote).await?;
        let choices = channel.choices();
        if let Some(rich) = message.detail.as_ref().filter(|detail| detail.is_rich())
            && choices != Choices::AsGiven
        {
            // Buttons where the channel has them and all fit; else everything is said in words.
            let most = if let Choices::Buttons(most) = choices { most } else { 0 };
            let fits = outbound.options.len() <= most && outbound.options.iter().all(|o| o.title.chars().count() <= BUTTON);
            if outbound.options.is_empty() || !fits || outbound.text.is_empty() {
                outbound.options.clear();
                outbound.text = crate::rich::spoken(&message.text, Some(rich));
            }
        }
        if channel.capabilities(&inbox.settings).more.subject {
            outbound.mail = Some(Box::new(self.mail_head(tenant, inbox, message).await?));
        }
        Ok(outbound)
    }

    /// Nothing has left yet. A disk that stumbles is asked again; a file that is gone stays gone, and its author is told.
    async fn not_put_together(&self, tenant: &Tenant, lease: Lease, inbox: InboxId, id: MessageId, error: Error) -> Result<()> {
        tracing::warn!(message = %id, %error, attempts = lease.attempts, "a message could not be put together");
        let words = match &error {
            Error::Objects(object_store::Error::NotFound { .. }) => Some("its file is gone".to_owned()),
            Error::Provider(words) => Some(words.clone()),
            _ => None,
        };
        if words.is_none() && lease.attempts < ATTEMPTS {
            let at = self.now().plus(delay(lease.attempts, lease.job.0));
            return self.again(tenant, lease, id, at, error.to_string()).await;
        }
        let settled = Settled {
            state: MessageState::Failed { reason: FailureReason::Refused },
            sources: Vec::new(),
            words,
            peer: None,
            tokens: BTreeMap::new(),
        };
        self.settle(tenant, lease, inbox, id, settled).await
    }

    /// What the channel is given: the words, the files with their content, and what it wants back of earlier messages.
    async fn outbound(
        &self,
        tenant: &Tenant,
        message: &MessageView,
        address: &Address,
        quote: Option<(String, BTreeMap<String, String>)>,
    ) -> Result<Outbound> {
        let public = self.settings().public_url.clone();
        let mut files = Vec::with_capacity(message.files.len());
        for file in &message.files {
            let (id, account) = (file.id, tenant.account);
            let look = async move |c: &Reader, t: &Tenant| Ok(store::attachment::load(c, t.account, id).await?);
            let Some(kept) = tenant.read(look).await? else { continue };
            let bytes = self.0.files.get(&object_store::path::Path::from(kept.path.as_str())).await?.bytes().await?;
            files.push(OutFile {
                name: file.name.clone(),
                mime: file.mime.clone(),
                kind: if file.voice && file.kind == AttachmentKind::Audio { FileKind::Voice } else { file_kind(file.kind) },
                bytes,
                link: format!("{public}{}", self.0.links.for_provider(account, id, self.now())),
            });
        }
        let mut outbound = Outbound {
            peer: address.contact_inbox.attributes.get(crate::intake::REPLY).unwrap_or(&address.contact_inbox.source).clone(),
            text: message.text.clone(),
            files,
            quote: quote.map(|(id, attributes)| channels::Quote { id, attributes }),
            key: key_of(tenant.account, message.id),
            human: matches!(message.author, Author::User { .. }),
            last_incoming_at: address.last_incoming_at,
            attributes: address.contact_inbox.attributes.clone(),
            ..Outbound::default()
        };
        match &message.detail {
            Some(Detail::Template(used)) => {
                outbound.template = Some(channels::TemplateUse {
                    name: used.name.clone(),
                    language: used.language.clone(),
                    params: used.params.clone(),
                    media: used.media.clone(),
                    media_kind: used.media_kind.map_or(FileKind::Document, file_kind),
                });
            }
            Some(Detail::Choices(choices)) => {
                outbound.options = choices.iter().map(|c| channels::Choice { payload: c.value.clone(), title: c.title.clone() }).collect();
            }
            Some(Detail::Location(place)) => {
                outbound.location = Some(channels::Place {
                    latitude: place.latitude.parse().unwrap_or_default(),
                    longitude: place.longitude.parse().unwrap_or_default(),
                    name: place.name.clone(),
                    address: place.address.clone(),
                    url: None,
                });
            }
            _ => {}
        }
        Ok(outbound)
    }

    async fn again(&self, tenant: &Tenant, lease: Lease, id: MessageId, at: Timestamp, why: String) -> Result<()> {
        let again = async move |tx: &mut Tx, t: &Tenant| {
            message::end_attempt(tx, t.account, id).await?;
            Ok(tx.retry(&lease, at, &why).await?)
        };
        tenant.write(again).await
    }

    pub(crate) async fn done(&self, tenant: &Tenant, lease: Lease) -> Result<()> {
        tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.complete(&lease).await?)).await
    }

    pub(crate) async fn give_up(&self, lease: &Lease, why: &'static str) -> Result<()> {
        tracing::error!(job = %lease.job, kind = %lease.kind, why, "a job is left for a person");
        let lease = lease.clone();
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, why).await?)).await
    }

    /// Records what an attempt led to, and ends its job, in one write.
    async fn settle(&self, tenant: &Tenant, lease: Lease, inbox: InboxId, id: MessageId, settled: Settled) -> Result<()> {
        let now = self.now();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            let Settled { mut state, mut sources, mut words, peer, tokens } = settled;
            tx.complete(&lease).await?;
            let first = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let mut conversation = t.conversation(tx, first.conversation).await?;
            // Loaded again under the lock: a receipt may have been faster than we are.
            let mut found = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            if state == MessageState::Unconfirmed
                && crate::intake::whole(&found)
                && let Some(shown) = message::part_of(tx, t.account, id).await?
            {
                // Its echo was faster than the answer that never came.
                (state, sources, words) = (MessageState::Sent, vec![shown], None);
            }
            let failed = matches!(state, MessageState::Failed { .. });
            if failed || state == MessageState::Unconfirmed {
                found.reason = words;
            }
            if let Some(next) = found.state.advance(state) {
                message::set_state(tx, t.account, &mut conversation, &mut found, next, sources.first().map(String::as_str), now).await?;
            }
            message::add_sources(tx, t.account, inbox, id, &sources).await?;
            message::set_tokens(tx, t.account, id, &tokens).await?;
            crate::intake::apply_waiting(tx, t, inbox, id, &sources).await?;
            if let Some(peer) = peer
                && let Some(address) = store::contact::address_by_id(tx, t.account, conversation.contact_inbox).await?
            {
                store::contact::add_alias(tx, &address, &peer).await?;
            }
            if !sources.is_empty() {
                inbox::saw(tx, t.account, inbox, inbox::Seen::Out, now).await?;
            } else if failed {
                inbox::saw(tx, t.account, inbox, inbox::Seen::Error(found.reason.as_deref().unwrap_or_default()), now).await?;
            }
            crate::crash::point("deliver.before_commit");
            Ok(())
        };
        tenant.write(write).await?;
        crate::crash::point("deliver.after_commit");
        Ok(())
    }
}

/// What an attempt led to.
struct Settled {
    state: MessageState,
    /// The provider's ids, the message's own first.
    sources: Vec<String>,
    /// The provider's words.
    words: Option<String>,
    /// The customer's id as the provider writes it, where it is another.
    peer: Option<String>,
    /// What the channel wants back when this message is quoted.
    tokens: BTreeMap<String, String>,
}

/// What becomes of a message that did not leave as it should.
fn unsent(error: SendError) -> Settled {
    let failed =
        |reason, words| Settled { state: MessageState::Failed { reason }, sources: Vec::new(), words, peer: None, tokens: BTreeMap::new() };
    match error {
        SendError::Retry { why, .. } => failed(FailureReason::Unreachable, Some(why)),
        SendError::WindowClosed { .. } => failed(FailureReason::WindowClosed, None),
        SendError::Disconnected { why } => failed(FailureReason::Disconnected, Some(why)),
        SendError::Refused { reason, text, .. } => failed(crate::intake::failure(reason), text),
        SendError::Unknown { why } => {
            Settled { state: MessageState::Unconfirmed, sources: Vec::new(), words: Some(why), peer: None, tokens: BTreeMap::new() }
        }
        // What left cannot be taken back, and what did not leave is said.
        SendError::Partial { why, sources } => Settled {
            state: MessageState::Failed { reason: FailureReason::Partly },
            sources,
            words: unsent(*why).words,
            peer: None,
            tokens: BTreeMap::new(),
        },
    }
}

const fn file_kind(kind: AttachmentKind) -> FileKind {
    match kind {
        AttachmentKind::Image => FileKind::Image,
        AttachmentKind::Video => FileKind::Video,
        AttachmentKind::Audio => FileKind::Audio,
        AttachmentKind::Document => FileKind::Document,
    }
}

/// The address a message goes to.
struct Address {
    contact_inbox: store::contact::ContactInbox,
    last_incoming_at: Option<Timestamp>,
}

/// The key every attempt of a message carries: a UUID of the custom version (RFC 9562, section 5.8) that names it, so that a provider
/// who gives it back tells us which message it was.
pub(crate) fn key_of(account: AccountId, message: MessageId) -> String {
    let (account, message) = (account.0.cast_unsigned() & 0xffff_ffff_ffff, message.0.cast_unsigned() & 0x3fff_ffff_ffff_ffff);
    uuid::Uuid::from_u64_pair(account << 16 | 0x8000, message | 0x8000_0000_0000_0000).to_string()
}

/// The message of a key, if it is one of ours.
pub(crate) fn message_of_key(key: &str) -> Option<MessageId> {
    let (high, low) = key.parse::<uuid::Uuid>().ok()?.as_u64_pair();
    let ours = high & 0xffff == 0x8000 && low >> 62 == 2;
    ours.then(|| MessageId((low & 0x3fff_ffff_ffff_ffff).cast_signed()))
}

#[cfg(test)]
mod tests {
    use super::{delay, key_of, message_of_key};
    use model::{AccountId, MessageId};

    #[test]
    fn a_key_names_its_message_and_no_stranger_does() {
        let key = key_of(AccountId(7), MessageId(1_234_567));
        assert_eq!(message_of_key(&key), Some(MessageId(1_234_567)));
        assert_eq!(key.as_bytes()[14], b'8', "{key}");
        assert_eq!(message_of_key(&uuid::Uuid::new_v4().to_string()), None);
        assert_eq!(message_of_key("x"), None);
    }

    #[test]
    fn delays_grow_and_stay_bounded() {
        for job in [1, 77, i64::MAX] {
            let all: Vec<_> = (1..=12).map(|n| delay(n, job)).collect();
            assert!(all.windows(2).all(|w| w[0] <= w[1] + w[1] / 4), "{all:?}");
            assert!(all.iter().all(|d| (5_000..=2_250_000).contains(d)), "{all:?}");
        }
    }
}
