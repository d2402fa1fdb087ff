//! Web Push (RFC 8030): browsers subscribe, and news that were not seen on a screen are encrypted for them and handed to their push services.
//! What is news, and in which words, is `notices`' business.

mod seal;
mod vapid;

pub use vapid::Vapid;

use crate::notices::Told;
use crate::{Error, Result, Service, bots, secret};
use bytes::Bytes;
use channels::HttpError;
use model::*;
use seal::Reader as Browser;
use serde::{Deserialize, Serialize};
use store::push::{self, Subscription};
use store::{Lease, NewJob, Reader, Tx};

/// The kind of job.
pub(crate) const PUSH: &str = "push";
/// How long somebody has to see it on a screen first, in milliseconds.
const PAUSE: i64 = 4_000;
/// Attempts before one push is given up; the news is in the app.
const ATTEMPTS: i64 = 8;
/// How long a push service keeps it for a browser that is off, in seconds.
const TTL: &str = "86400";
/// Most characters of the words; all of it must fit one record.
const WORDS: usize = 240;

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Waiting {
    told: Told,
    browser: i64,
}

/// What an attempt led to.
enum Outcome {
    Done,
    /// The push service knows the browser no longer.
    Gone,
    Again {
        after: Option<i64>,
        why: String,
    },
}

/// Queues a piece of news for every browser of its person.
pub(crate) async fn later(tx: &mut Tx, told: Told, at: Timestamp) -> Result<()> {
    for browser in push::of(tx, told.user).await? {
        let body = serde_json::to_string(&Waiting { told, browser }).unwrap_or_default();
        let key = Some(format!("{PUSH} {browser} {}", told.notification));
        tx.enqueue(NewJob { lane: format!("{PUSH} {browser}"), kind: PUSH, key, body, run_at: at.plus(PAUSE) }).await?;
    }
    Ok(())
}

/// The origin of an address that was checked before.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find(['/', '?', '#']).map_or(url, |at| &url[..host + at])
}

impl Service {
    /// The key browsers subscribe with, and whether news go to this browser of the person's already.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn push_key(&self, user: UserId, endpoint: Option<String>) -> Result<(String, bool)> {
        let now = self.now();
        let known = match endpoint {
            Some(endpoint) => {
                self.0.store.read(async move |c: &Reader| Ok::<_, Error>(push::knows(c, user, &endpoint, now).await?)).await?
            }
            None => false,
        };
        Ok((self.0.vapid.public(), known))
    }

    /// Takes a browser in, for as long as this session lives.
    ///
    /// # Errors
    /// `Invalid`, `SignedOut`.
    pub async fn subscribe_push(&self, user: UserId, token: Option<&str>, draft: PushDraft) -> Result<()> {
        let endpoint = bots::address("endpoint", &draft.endpoint)?;
        Browser::read(&draft.p256dh, &draft.auth).ok_or_else(|| Error::field("p256dh", Violation::Malformed))?;
        let (hash, now) = (secret::hash(token.unwrap_or_default()), self.now());
        let keep =
            async move |tx: &mut Tx| Ok::<_, Error>(push::keep(tx, user, &hash, (&endpoint, &draft.p256dh, &draft.auth), now).await?);
        if self.0.store.write(keep).await? { Ok(()) } else { Err(Error::Fault(FaultCode::SignedOut)) }
    }

    /// Lets a browser go.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn unsubscribe_push(&self, user: UserId, endpoint: String) -> Result<()> {
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(push::forget(tx, user, &endpoint).await?)).await
    }

    /// Does one job: a piece of news for one browser, unless it was seen meanwhile.
    pub(crate) async fn push(&self, lease: Lease) -> Result<()> {
        let Ok(Waiting { told, browser }) = serde_json::from_str::<Waiting>(&lease.body) else {
            return self.give_up(&lease, "unreadable body").await;
        };
        let now = self.now();
        let browser = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(push::one(c, browser, now).await?)).await?;
        let browser = browser.filter(|browser| browser.user_id == told.user.0);
        let (Some(browser), Some((words, _))) = (browser, self.worded(told).await?) else {
            return self.done(&self.own(told.account), lease).await;
        };
        let outcome = self.push_to(&browser, &words, told).await;
        let again = now.plus(match &outcome {
            Outcome::Again { after: Some(after), .. } => *after,
            _ => crate::dispatch::delay(lease.attempts, lease.job.0),
        });
        let settle = async move |tx: &mut Tx| {
            match outcome {
                Outcome::Again { why, .. } if lease.attempts < ATTEMPTS => tx.retry(&lease, again, &why).await?,
                Outcome::Again { why, .. } => {
                    tracing::warn!(%why, "a push was given up");
                    tx.complete(&lease).await?;
                }
                Outcome::Gone => {
                    push::drop_one(tx, browser.id).await?;
                    tx.complete(&lease).await?;
                }
                Outcome::Done => tx.complete(&lease).await?,
            }
            Ok::<_, Error>(())
        };
        self.0.store.write(settle).await
    }

    async fn push_to(&self, to: &Subscription, words: &crate::notices::Worded, told: Told) -> Outcome {
        let text: String = words.text.chars().take(WORDS).collect();
        let title: String = words.title.chars().take(WORDS).collect();
        let place = words.path.split('?').next().unwrap_or_default();
        let message = serde_json::json!({ "title": title, "body": text, "url": words.path, "tag": place }).to_string();
        let sealed = Browser::read(&to.p256dh, &to.auth).and_then(|browser| browser.seal(message.as_bytes()));
        let settings = self.settings();
        let subject = match &settings.mail {
            Some(mail) => Some(format!("mailto:{}", mail.address())),
            None => settings.public_url.starts_with("https://").then(|| settings.public_url.clone()),
        };
        let proof = self.0.vapid.authorization(origin(&to.endpoint), subject.as_deref(), self.now().0 / 1000);
        // A key that is no key never becomes one.
        let (Some(sealed), Some(proof)) = (sealed, proof) else { return Outcome::Gone };
        // A newer word on the same conversation takes the place of one that still waits for the browser (RFC 8030, 5.4).
        let topic = &secret::hash(&format!("{} {place}", told.user))[..32];
        let call = self.0.http.post(&to.endpoint).bytes("application/octet-stream", Bytes::from(sealed)).cap(64 * 1024);
        let call = call.header("content-encoding", "aes128gcm").header("ttl", TTL).header("urgency", "high").header("topic", topic);
        match call.header("authorization", &proof).send().await {
            Ok(reply) if reply.ok() => Outcome::Done,
            Ok(reply) if matches!(reply.status, 404 | 410) => Outcome::Gone,
            Ok(reply) if reply.status == 429 || reply.status >= 500 => {
                Outcome::Again { after: reply.retry_after(), why: format!("the push service answered {}", reply.status) }
            }
            Ok(reply) => {
                tracing::warn!(status = reply.status, "a push service takes no pushes for a browser");
                Outcome::Done
            }
            Err(HttpError::Blocked | HttpError::Malformed) => Outcome::Gone,
            // Two of the same are one to the reader: its tag is the conversation.
            Err(error) => Outcome::Again { after: None, why: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_origin_ends_before_the_path() {
        assert_eq!(super::origin("https://push.example/send/abc"), "https://push.example");
        assert_eq!(super::origin("http://127.0.0.1:8080?x"), "http://127.0.0.1:8080");
        assert_eq!(super::origin("https://push.example"), "https://push.example");
    }
}
