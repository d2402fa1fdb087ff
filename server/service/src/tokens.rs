//! Who calls through the API: a person, a bot or a platform app, proven by a token. What each may do stands where it is done.
//!
//! Tokens of people are stored as hashes and shown once. Those of bots, and the secrets of webhooks, must be shown again; they are derived
//! from the installation's own key and a random part, so that no row holds them.

use crate::{Error, Result, Scope, Service, secret};
use model::{AccountId, FaultCode, Role, Timestamp, UserId};
use store::{Inboxes, Reader, Sight, Sql, Store, Tx, bot, person, platform};

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bearer {
    /// Somebody who can sign in.
    Person(UserId),
    /// An agent bot.
    Bot(i64),
    /// A platform app of the installation.
    Platform(i64),
}

/// The installation's key that tokens and secrets are derived from.
const KEY: &str = "door_key";

/// A derived token or secret: the same for the same thing and random part.
pub(crate) fn derived(key: &str, what: &str, id: i64, nonce: &str) -> String {
    secret::sign(key, &format!("{what} {id} {nonce}"))
}

/// The installation's key, inside a write.
pub(crate) async fn key(tx: &Tx) -> Result<String> {
    Ok(store::account::keep_secret(tx, KEY, &secret::token()).await?)
}

/// The installation's key, made when the product first starts: what is derived from it can be shown before anything was sent.
pub(crate) async fn load(store: &Store) -> Result<String> {
    store.write(async move |tx: &mut Tx| key(tx).await).await
}

/// The installation's key, inside a read.
pub(crate) async fn known_key(c: &impl Sql) -> Result<String> {
    Ok(store::account::secret(c, KEY).await?.unwrap_or_default())
}

impl Service {
    /// Whose token this is.
    ///
    /// # Errors
    /// `SignedOut` when it is nobody's.
    pub async fn bearer(&self, token: &str) -> Result<Bearer> {
        if token.is_empty() || token.len() > 200 {
            return Err(Error::Fault(FaultCode::SignedOut));
        }
        let hash = secret::hash(token);
        let look = async move |c: &Reader| {
            if let Some(user) = platform::person(c, &hash).await? {
                return Ok(Some(Bearer::Person(user)));
            }
            if let Some(found) = bot::by_token(c, &hash).await? {
                return Ok(Some(Bearer::Bot(found.id)));
            }
            Ok::<_, Error>(platform::app(c, &hash).await?.map(Bearer::Platform))
        };
        self.0.store.read(look).await?.ok_or(Error::Fault(FaultCode::SignedOut))
    }

    /// What a caller may see in an account. A bot sees its own account whole, and of others only the inboxes it answers in.
    ///
    /// # Errors
    /// `Missing` when it has nothing to do with that account.
    pub async fn bearer_scope(&self, bearer: Bearer, account: AccountId) -> Result<Scope> {
        match bearer {
            Bearer::Person(user) => self.scope_of(user, account).await,
            Bearer::Bot(id) => {
                let look = async move |c: &Reader| {
                    let found = bot::load(c, id).await?.ok_or_else(Error::missing)?;
                    if found.account_id == Some(account.0) {
                        return Ok(Sight::everything());
                    }
                    let inboxes = bot::inboxes_of(c, account, id).await?;
                    if inboxes.is_empty() || found.account_id.is_some() {
                        return Err(Error::missing());
                    }
                    Ok::<_, Error>(Sight { inboxes: Inboxes::Only(inboxes), ..Sight::everything() })
                };
                let sight = self.0.store.read(look).await?;
                Ok(Scope::new(account, UserId(0), Role::Agent, sight))
            }
            Bearer::Platform(_) => Err(Error::missing()),
        }
    }

    /// The scope of a session's or a person's API token, for streams.
    ///
    /// # Errors
    /// `SignedOut`, `Missing`.
    pub(crate) async fn stream_scope(&self, token: &str, account: AccountId) -> Result<Scope> {
        match self.scope(Some(token), account).await {
            Err(Error::Fault(FaultCode::SignedOut)) => match self.bearer(token).await? {
                Bearer::Platform(_) => Err(Error::Fault(FaultCode::SignedOut)),
                bearer => self.bearer_scope(bearer, account).await,
            },
            other => other,
        }
    }

    /// Since when a person has an API token; none without one. The token itself is not kept and cannot be shown again.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn api_token(&self, user: UserId) -> Result<Option<Timestamp>> {
        self.0.store.read(async move |c: &Reader| Ok::<_, Error>(person::api_token_since(c, user).await?)).await
    }

    /// Gives a person an API token in place of all they had: programs that used one are refused, and their streams end. Shown once.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn reset_api_token(&self, user: UserId) -> Result<String> {
        let (token, now) = (secret::token(), self.now());
        let hash = secret::hash(&token);
        let reset = async move |tx: &mut Tx| {
            person::drop_api_tokens(tx, user).await?;
            Ok::<_, Error>(person::add_api_token(tx, user, &hash, now).await?)
        };
        self.0.store.write(reset).await?;
        self.0.hub.recheck();
        Ok(token)
    }

    /// Makes another API token for a person; shown once.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn make_api_token(&self, user: UserId) -> Result<String> {
        let (token, now) = (secret::token(), self.now());
        let hash = secret::hash(&token);
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(person::add_api_token(tx, user, &hash, now).await?)).await?;
        Ok(token)
    }
}
