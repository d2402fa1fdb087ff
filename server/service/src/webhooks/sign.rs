//! The secrets that sign what is sent out, and how they are given anew: for a day the one before signs as well, so that whoever receives can
//! change over in their own time.

use crate::tokens::{derived, key, known_key};
use crate::{Error, Result, Scope, Service, Tenant, secret};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, Mac};
use model::*;
use sha2::Sha256;
use store::signing::{self, Signing};
use store::webhook::{self, Webhook};
use store::{Sql, Tx};

/// How long the secret before signs as well, in milliseconds.
const BOTH: i64 = 86_400_000;

/// What signs: the secret, and for a while the one before it.
#[derive(Clone)]
pub(crate) struct Secrets {
    pub now: String,
    before: Option<String>,
    until: Option<Timestamp>,
}

impl Secrets {
    /// As administrators see it.
    pub(crate) fn view(&self) -> SecretView {
        SecretView { value: self.now.clone(), both_until: self.until }
    }

    /// The ecosystem's signature, by the secret that stands: hexadecimal HMAC-SHA256 over `timestamp.body` with the secret as it is shown.
    pub(super) fn signature(&self, seconds: i64, body: &str) -> String {
        format!("sha256={}", data_encoding::HEXLOWER.encode(&mac(self.now.as_bytes(), &format!("{seconds}.{body}"))))
    }

    /// Standard Webhooks 1.0: a signature by each secret, base64 HMAC-SHA256 over `id.timestamp.body` with the decoded secret.
    pub(super) fn standard(&self, id: &str, seconds: i64, body: &str) -> String {
        let by = |secret: &String| {
            let key = BASE64.decode(secret.trim_start_matches("whsec_").as_bytes()).unwrap_or_default();
            format!("v1,{}", BASE64.encode(&mac(&key, &format!("{id}.{seconds}.{body}"))))
        };
        std::iter::once(&self.now).chain(&self.before).map(by).collect::<Vec<_>>().join(" ")
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Whose secret signs what an endpoint is sent. A bot has one for all places it answers in and an inbox one for its callback, known before
/// there is an endpoint; neither changes with the token or the identity key, which prove other things.
pub(crate) fn signer(hook: &Webhook) -> SecretOf {
    match (hook.kind.as_str(), hook.inbox_id, hook.bot_id) {
        ("bot", _, Some(bot)) => SecretOf::Bot(bot),
        ("inbox", Some(inbox), _) => SecretOf::Inbox(InboxId(inbox)),
        _ => SecretOf::Webhook(hook.id),
    }
}

/// The secrets of one of these; `first` is the random part of a webhook's first.
fn secrets(key: &str, of: SecretOf, first: &str, signing: Option<&Signing>, now: Timestamp) -> Secrets {
    let (what, id) = match of {
        SecretOf::Webhook(id) => ("webhook", id),
        SecretOf::Inbox(id) => ("inbox webhook", id.0),
        SecretOf::Bot(id) => ("bot webhook", id),
    };
    // `whsec_` and 32 bytes in base64 (Standard Webhooks 1.0).
    let made = |nonce: &str| {
        let hex = derived(key, what, id, nonce);
        format!("whsec_{}", BASE64.encode(&HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap_or_default()))
    };
    let both = signing.filter(|s| now.since(s.at) < BOTH);
    Secrets {
        now: made(signing.map_or(first, |s| s.now.as_str())),
        before: both.map(|s| made(&s.before)),
        until: both.map(|s| s.at.plus(BOTH)),
    }
}

/// The secrets of an endpoint.
pub(crate) async fn of_hook(c: &impl Sql, key: &str, hook: &Webhook, now: Timestamp) -> Result<Secrets> {
    let of = signer(hook);
    let first = if matches!(of, SecretOf::Webhook(_)) { hook.nonce.as_str() } else { "" };
    Ok(secrets(key, of, first, signing::load(c, of).await?.as_ref(), now))
}

/// The secrets of what is told by an inbox or to a bot.
pub(crate) async fn of(c: &impl Sql, key: &str, of: SecretOf, now: Timestamp) -> Result<Secrets> {
    Ok(secrets(key, of, "", signing::load(c, of).await?.as_ref(), now))
}

/// The secret that stands, where what was given anew is known already.
pub(crate) fn standing(key: &str, of: SecretOf, signing: Option<&Signing>) -> String {
    secrets(key, of, "", signing, Timestamp(i64::MAX)).now
}

impl Service {
    /// Gives a webhook, an API inbox's callback or a bot another secret. For a day both sign, the ecosystem's own header by the new one.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn rotate_secret(&self, scope: &Scope, of: SecretOf) -> Result<SecretView> {
        let now = self.now();
        let rotate = async move |tx: &mut Tx, t: &Tenant| {
            let first = match of {
                SecretOf::Webhook(id) => {
                    let found = webhook::load(tx, t.account, id).await?.filter(|h| h.kind == "account");
                    found.ok_or_else(Error::missing)?.nonce
                }
                SecretOf::Inbox(id) => {
                    let found = store::inbox::load(tx, t.account, t.inbox(id)?).await?.filter(|i| i.kind == "api");
                    found.map(|_| String::new()).ok_or_else(Error::missing)?
                }
                SecretOf::Bot(id) => crate::bots::own(tx, t, id).await.map(|_| String::new())?,
            };
            let before = signing::load(tx, of).await?.map_or_else(|| first.clone(), |s| s.now);
            let signing = Signing { now: secret::public_key(), before, at: now };
            signing::save(tx, of, &signing).await?;
            Ok(secrets(&key(tx).await?, of, &first, Some(&signing), now).view())
        };
        self.enter(scope, Permission::ManageInboxes)?.write(rotate).await
    }

    /// What signs for an inbox's callback or a bot, as administrators see it.
    pub(crate) async fn secret_view(&self, c: &impl Sql, whose: SecretOf) -> Result<SecretView> {
        Ok(of(c, &known_key(c).await?, whose, self.now()).await?.view())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(secret: &str) -> Secrets {
        Secrets { now: secret.to_owned(), before: None, until: None }
    }

    #[test]
    fn the_published_vectors_hold() {
        let body = r#"{"event":"message_created","id":101}"#;
        assert_eq!(
            only("cw-secret").signature(1_767_618_000, body),
            "sha256=51b979484a451df70faf789c5a8816fa9c7c0e87fae67dd1105150c1d1c650e8"
        );
        assert_eq!(
            only("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").standard(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert_eq!(
            only("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").standard("msg_0001", 1_767_618_000, body),
            "v1,3JJsXDBaDsriYNU/tMX5aO+X7uh4A04KM3HuVDp2668="
        );
    }
}
