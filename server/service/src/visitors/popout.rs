//! How a visitor's key comes into a window that pops out: by a code that is good once, for a minute, and says nothing by itself.
//! The key is not kept for it: the code carries it masked, and only the installation's own key takes the mask off.

use crate::limits::{Limit, network};
use crate::tokens::derived;
use crate::{Error, Result, Service, secret};
use model::FaultCode;
use std::net::IpAddr;
use store::{Tx, contact};

/// How long a code is good, in milliseconds.
const GOOD: i64 = 60_000;
/// What its mask is derived for.
const MASK: &str = "popout";

/// Under which a code is stored: never that of a key, so that a code is none.
fn stored(code: &str) -> String {
    secret::hash(&format!("{MASK} {code}"))
}

impl Service {
    /// A code for the visitor of this key.
    ///
    /// # Errors
    /// `Missing`, `SignedOut`, `TooMany`.
    pub async fn popout_code(&self, inbox: &str, token: &str, from: IpAddr) -> Result<String> {
        let inbox = self.website(inbox).await?;
        self.0.limits.take(Limit::Identity, &network(from))?;
        let proven = self.prove(&inbox, Some(token)).await?.ok_or(Error::Fault(FaultCode::SignedOut))?;
        let (nonce, now) = (secret::public_key(), self.now());
        let masked = secret::masked(&derived(&self.0.door, MASK, 0, &nonce), token).ok_or(Error::Fault(FaultCode::SignedOut))?;
        let code = nonce + &masked;
        let hash = stored(&code);
        let open = async move |tx: &mut Tx| {
            contact::open_visitor(tx, &proven.address, &hash, now, now.plus(GOOD)).await?;
            Ok::<_, Error>(())
        };
        self.0.store.write(open).await?;
        Ok(code)
    }

    /// The key a code stands for, once.
    ///
    /// # Errors
    /// `Missing`; `SignedOut` for a code that was used, has ended, or is none of this inbox; `TooMany`.
    pub async fn popout_token(&self, inbox: &str, code: &str, from: IpAddr) -> Result<String> {
        let inbox = self.website(inbox).await?;
        self.0.limits.take(Limit::Identity, &network(from))?;
        let refused = || Error::Fault(FaultCode::SignedOut);
        if code.len() > 100 {
            return Err(refused());
        }
        let (id, hash, now) = (inbox.id, stored(code), self.now());
        let spent = self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(contact::spend_visitor(tx, id, &hash, now).await?)).await?;
        let (nonce, masked) = code.split_at_checked(secret::PUBLIC_KEY).filter(|_| spent).ok_or_else(refused)?;
        secret::masked(&derived(&self.0.door, MASK, 0, nonce), masked).ok_or_else(refused)
    }
}
