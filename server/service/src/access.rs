//! Authority as a value. A [`Scope`] says who asks; entering with a permission gives a [`Tenant`]: one account, the inboxes its holder sees.
//! Scopes come only from a session, a token or the installation itself (its jobs and its command line), never from an id.

use crate::{Error, Result, Service, secret};
use model::{AccountId, FaultCode, InboxId, Permission, Role, Timestamp, UserId};
use store::conversation::Conversation;
use store::{Reader, Sight, Tx, person};

/// Who asks, in which account, and which inboxes they see.
#[derive(Clone, Debug)]
pub struct Scope {
    account: AccountId,
    user: UserId,
    role: Role,
    sight: Sight,
}

impl Scope {
    /// A scope of what was proven elsewhere in this crate: a bot's token.
    pub(crate) const fn new(account: AccountId, user: UserId, role: Role, sight: Sight) -> Self {
        Self { account, user, role, sight }
    }

    /// The account.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Who asks.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Their standing.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// What they see.
    #[must_use]
    pub const fn sight(&self) -> &Sight {
        &self.sight
    }
}

/// One account, opened for one caller.
#[derive(Clone)]
pub struct Tenant {
    store: store::Store,
    /// The account.
    pub account: AccountId,
    /// Who acts.
    pub user: UserId,
    /// What they see: their inboxes, and which conversations in them.
    pub inboxes: Sight,
    /// Their standing; the product itself has none.
    pub role: Option<Role>,
}

impl Tenant {
    /// Reads one consistent snapshot.
    ///
    /// # Errors
    /// Those of the closure and the store.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        F: AsyncFnOnce(&Reader, &Self) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let tenant = self.clone();
        self.store.read(async move |reader: &Reader| f(reader, &tenant).await).await
    }

    /// Writes all of it or nothing, news included.
    ///
    /// # Errors
    /// Those of the closure and the store.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Tx, &Self) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let tenant = self.clone();
        self.store.write(async move |tx: &mut Tx| f(tx, &tenant).await).await
    }

    /// A conversation the caller may see, locked for the rest of the write.
    ///
    /// # Errors
    /// `Missing` when there is none for them.
    pub async fn conversation(&self, tx: &Tx, id: model::ConversationId) -> Result<Conversation> {
        store::conversation::lock(tx, self.account, id).await?;
        store::conversation::load(tx, self.account, &self.inboxes, id).await?.ok_or_else(Error::missing)
    }

    /// Refuses an inbox the caller may not see.
    ///
    /// # Errors
    /// `Missing`.
    pub fn inbox(&self, inbox: InboxId) -> Result<InboxId> {
        if self.inboxes.contains(inbox) { Ok(inbox) } else { Err(Error::missing()) }
    }
}

/// How long an unused session lives, in milliseconds.
pub const SESSION_LIFE: i64 = 30 * 24 * 60 * 60 * 1000;

impl Service {
    /// Whose session this is, prolonging it at most once an hour.
    ///
    /// # Errors
    /// `SignedOut` when it is nobody's.
    pub async fn person(&self, token: Option<&str>) -> Result<UserId> {
        let hash = secret::hash(token.filter(|t| !t.is_empty()).ok_or(Error::Fault(FaultCode::SignedOut))?);
        let now = self.now();
        let key = hash.clone();
        let found: Option<(UserId, Timestamp)> =
            self.0.store.read(async move |c: &Reader| Ok::<_, Error>(person::session(c, &key, now).await?)).await?;
        let (user, seen) = found.ok_or(Error::Fault(FaultCode::SignedOut))?;
        self.prolong(hash, seen, now).await?;
        Ok(user)
    }

    /// The scope of a session in an account, asked for in one read.
    ///
    /// # Errors
    /// `SignedOut`, or `Missing` when the person is not of that account.
    pub async fn scope(&self, token: Option<&str>, account: AccountId) -> Result<Scope> {
        let hash = secret::hash(token.filter(|t| !t.is_empty()).ok_or(Error::Fault(FaultCode::SignedOut))?);
        let now = self.now();
        let key = hash.clone();
        let look = async move |c: &Reader| Ok::<_, Error>(person::standing(c, &key, account, now).await?);
        let found = self.0.store.read(look).await?.ok_or(Error::Fault(FaultCode::SignedOut))?;
        self.prolong(hash, found.seen, now).await?;
        let (role, sight) = found.role.ok_or_else(Error::missing)?;
        Ok(Scope { account, user: found.user, role, sight })
    }

    /// The scope of a person in an account, as it is now.
    ///
    /// # Errors
    /// `Missing` when the person is not of that account.
    pub(crate) async fn scope_of(&self, user: UserId, account: AccountId) -> Result<Scope> {
        let found = async move |c: &Reader| Ok::<_, Error>(person::sight_of(c, account, user).await?);
        let (role, sight) = self.0.store.read(found).await?.ok_or_else(Error::missing)?;
        Ok(Scope { account, user, role, sight })
    }

    async fn prolong(&self, hash: String, seen: Timestamp, now: Timestamp) -> Result<()> {
        if now.since(seen) > 60 * 60 * 1000 {
            let write = async move |tx: &mut Tx| Ok::<_, Error>(person::prolong_session(tx, &hash, now, now.plus(SESSION_LIFE)).await?);
            self.0.store.write(write).await?;
        }
        Ok(())
    }

    /// Opens the account for somebody who may do this.
    pub(crate) fn enter(&self, scope: &Scope, permission: Permission) -> Result<Tenant> {
        if !scope.role.may(permission) {
            return Err(Error::Fault(FaultCode::Forbidden));
        }
        Ok(Tenant {
            store: self.0.store.clone(),
            account: scope.account,
            user: scope.user,
            inboxes: scope.sight.clone(),
            role: Some(scope.role),
        })
    }

    /// Opens an account for the product itself: its jobs, its visitors' messages, its command line.
    pub(crate) fn own(&self, account: AccountId) -> Tenant {
        Tenant { store: self.0.store.clone(), account, user: UserId(0), inboxes: Sight::everything(), role: None }
    }
}
