//! Takes a provider's call: finds the inbox, has the channel prove it, stores it with its job, and answers. Nothing is parsed here.

use super::INTAKE;
use crate::{Error, Result, Service};
use channels::{Channel, RawCall, Recipient, Rejected, Settings, Verdict, Verified};
use model::{AccountId, InboundCallId, InboxId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::inbox::{self, Inbox};
use store::{NewJob, Reader, Tx, call};

/// What a provider is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooked {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Hooked {
    fn refused(rejected: &Rejected) -> Self {
        Self { status: rejected.status, content_type: "text/plain", body: String::new() }
    }

    fn missing() -> Self {
        Self { status: 404, content_type: "text/plain", body: String::new() }
    }
}

/// The job's body.
#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    pub account: AccountId,
    pub inbox: InboxId,
    pub call: InboundCallId,
}

pub(super) fn lane(inbox: InboxId) -> String {
    format!("intake {inbox}")
}

pub(super) fn key(call: InboundCallId) -> String {
    format!("intake {call}")
}

impl Service {
    /// Takes a call to `/hooks/{place}/{key…}`. `key` is empty where a provider calls one address for all inboxes.
    ///
    /// # Errors
    /// Those of the store: nothing was kept, and the provider is to call again.
    pub async fn take_call(&self, place: &str, key: &str, call: RawCall) -> Result<Hooked> {
        if key.is_empty() {
            return self.take_shared(place, &call).await;
        }
        let public = key.to_owned();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::by_public_key(c, &public).await?)).await?;
        let Some((inbox, channel)) = found.filter(|inbox| inbox.kind == place).and_then(|i| channels::find(&i.kind).map(|c| (i, c))) else {
            return Ok(Hooked::missing());
        };
        match self.judge(channel, &inbox, &call) {
            Err(rejected) => {
                tracing::info!(inbox = %inbox.id, why = rejected.why, "a call was not proven");
                Ok(Hooked::refused(&rejected))
            }
            Ok(Verdict::Answer { status, content_type, body }) => Ok(Hooked { status, content_type, body }),
            Ok(Verdict::Proven(proven)) => {
                self.keep_call(&inbox, &proven).await?;
                Ok(ordinary(channel))
            }
        }
    }

    fn judge(&self, channel: &dyn Channel, inbox: &Inbox, call: &RawCall) -> Result<Verdict, Rejected> {
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        channel.verify(&self.link_of(&wiring, inbox), call)
    }

    /// A call to an address that all inboxes of a provider share.
    async fn take_shared(&self, place: &str, call: &RawCall) -> Result<Hooked> {
        let mut refused = None;
        for channel in channels::all().iter().copied().filter(|channel| channel.shared() == Some(place)) {
            let accounts = match channel.recipient(call) {
                Recipient::Accounts(accounts) => accounts,
                Recipient::InPath | Recipient::Other => continue,
            };
            let kind = channel.descriptor().kind;
            let look = async move |c: &Reader| {
                let mut found = Vec::new();
                for account in accounts {
                    found.extend(inbox::by_account_key(c, kind, &account).await?);
                }
                Ok::<_, Error>(found)
            };
            let inboxes: Vec<Inbox> = self.0.store.read(look).await?;
            if inboxes.is_empty() {
                // A handshake, or news of an inbox that is gone: only the operator's own secret can prove it.
                let (wiring, none) = (self.wiring(kind, ""), Settings::new());
                match channel.verify(&self.link(&wiring, &none, &none), call) {
                    Ok(Verdict::Answer { status, content_type, body }) => return Ok(Hooked { status, content_type, body }),
                    Ok(Verdict::Proven(_)) => return Ok(ordinary(channel)),
                    Err(rejected) => refused = refused.or(Some(rejected)),
                }
                continue;
            }
            // Each inbox may have an app of its own; what is proven for one is not yet proven for another.
            let mut kept = false;
            for inbox in inboxes {
                match self.judge(channel, &inbox, call) {
                    Ok(Verdict::Proven(proven)) => {
                        self.keep_call(&inbox, &proven).await?;
                        kept = true;
                    }
                    Ok(Verdict::Answer { status, content_type, body }) => return Ok(Hooked { status, content_type, body }),
                    Err(rejected) => refused = refused.or(Some(rejected)),
                }
            }
            if kept {
                return Ok(ordinary(channel));
            }
        }
        Ok(refused.map_or_else(Hooked::missing, |rejected| Hooked::refused(&rejected)))
    }

    /// Stores a proven call with the job that reads it; one that came before is left as it is.
    async fn keep_call(&self, inbox: &Inbox, proven: &Verified) -> Result<()> {
        let now = self.now();
        let headers = BTreeMap::from([
            ("path".to_owned(), proven.path().to_owned()),
            ("query".to_owned(), proven.query().to_owned()),
            ("content-type".to_owned(), proven.kind().to_owned()),
        ]);
        let (account, id, kind, body, key) = (inbox.account, inbox.id, inbox.kind.clone(), proven.body().to_vec(), digest(proven));
        let keep = async move |tx: &mut Tx| {
            if let Some(call) = call::insert(tx, account, id, &kind, &key, &headers, body, now).await? {
                tx.enqueue(job(account, id, call, now)).await?;
                inbox::saw(tx, account, id, inbox::Seen::In, now).await?;
            }
            Ok::<_, Error>(())
        };
        self.0.store.write(keep).await?;
        crate::crash::point("intake.after_store");
        Ok(())
    }
}

fn job(account: AccountId, inbox: InboxId, call: InboundCallId, at: Timestamp) -> NewJob {
    NewJob {
        lane: lane(inbox),
        kind: INTAKE,
        key: Some(key(call)),
        body: serde_json::to_string(&Waiting { account, inbox, call }).unwrap_or_default(),
        run_at: at,
    }
}

fn ordinary(channel: &dyn Channel) -> Hooked {
    let (content_type, body) = channel.answer();
    Hooked { status: 200, content_type, body: body.to_owned() }
}

/// The same call has the same key, so that a provider's repeat is known at the door.
fn digest(call: &Verified) -> String {
    let mut sum = Sha256::new();
    for part in [call.path().as_bytes(), call.query().as_bytes(), call.body()] {
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    data_encoding::BASE64URL_NOPAD.encode(&sum.finalize())
}
