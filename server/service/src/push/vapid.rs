//! Who pushes: the installation's own key pair and the signed token push services ask for (RFC 8292). It encrypts nothing.

use crate::{Error, Result};
use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

/// How long a token is good for, in seconds; services take a day at most (RFC 8292, 2).
const LIFE: i64 = 12 * 60 * 60;

/// The installation's key pair.
pub struct Vapid {
    pair: EcdsaKeyPair,
}

impl Vapid {
    /// Reads the installation's keys, making them first where there are none.
    pub async fn load(store: &store::Store) -> Result<Self> {
        let broken = |what: &str| Error::Unexpected(format!("the keys for Web Push {what}"));
        let rng = SystemRandom::new();
        let fresh = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).map_err(|_| broken("cannot be made"))?;
        let fresh = BASE64URL_NOPAD.encode(fresh.as_ref());
        let kept = store.write(async move |tx| Ok::<_, Error>(store::account::keep_secret(tx, "push_key", &fresh).await?)).await?;
        let bytes = BASE64URL_NOPAD.decode(kept.as_bytes()).map_err(|_| broken("are unreadable"))?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, &rng).map_err(|_| broken("are unreadable"))?;
        Ok(Self { pair })
    }

    /// The public key, as browsers take it for `applicationServerKey`.
    pub fn public(&self) -> String {
        BASE64URL_NOPAD.encode(self.pair.public_key().as_ref())
    }

    /// The `Authorization` of a push to a service (its origin) by somebody who can be asked about it.
    pub fn authorization(&self, origin: &str, subject: Option<&str>, seconds: i64) -> Option<String> {
        let mut claims = json!({ "aud": origin, "exp": seconds + LIFE });
        if let Some(subject) = subject {
            claims["sub"] = subject.into();
        }
        let part = |value: &str| BASE64URL_NOPAD.encode(value.as_bytes());
        let signed = format!("{}.{}", part(r#"{"typ":"JWT","alg":"ES256"}"#), part(&claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", BASE64URL_NOPAD.encode(signature.as_ref()), self.public()))
    }
}
