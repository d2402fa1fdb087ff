//! The account itself, as its administrators settle it: name, language, what agents see; and a colleague's lost password.

use crate::people::note_access;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::{Audience, Tx, account, person};

impl Service {
    /// Changes the account's name, language or settings; absent parts stay. A narrower sight takes hold at once.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`.
    pub async fn update_account(&self, scope: &Scope, draft: AccountDraft) -> Result<()> {
        let name = draft.name.as_deref().map(|given| crate::session::name("name", given)).transpose()?;
        if draft.settings.is_some_and(|s| s.undo_seconds.is_some_and(|seconds| seconds > 30)) {
            return Err(Error::field("undo_seconds", Violation::TooLong(30)));
        }
        let now = self.now();
        let update = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = account::load(tx, t.account).await?.ok_or_else(Error::missing)?;
            let before = found.settings;
            found.name = name.unwrap_or(found.name);
            found.language = draft.language.unwrap_or(found.language);
            found.settings = draft.settings.unwrap_or(found.settings);
            account::update(tx, &found).await?;
            tx.note(t.account, now, Audience::everybody(), Change::Account { name: found.name.clone(), settings: found.settings });
            if before.agents_see != found.settings.agents_see {
                for agent in person::agents(tx, t.account, None).await? {
                    if agent.role == Role::Agent {
                        note_access(tx, t.account, agent.id, now);
                    }
                }
            }
            Ok(())
        };
        self.enter(scope, Permission::ManageAccount)?.write(update).await
    }

    /// A link by which a colleague of this account sets a new password, to be handed over. Whoever is in another account too must ask
    /// there, or the command line: one account's administrators do not open another's door.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Conflict` for somebody of several accounts.
    pub async fn reset_link(&self, scope: &Scope, user: UserId) -> Result<String> {
        let (now, token) = (self.now(), crate::secret::token());
        let hash = crate::secret::hash(&token);
        let open = async move |tx: &mut Tx, t: &Tenant| {
            let agent = person::agents(tx, t.account, Some(user)).await?.pop().filter(|a| a.confirmed).ok_or_else(Error::missing)?;
            if person::accounts_of(tx, agent.id).await?.len() > 1 {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            let expires = now.plus(24 * 3_600_000);
            Ok(person::open_link(tx, person::LinkKind::Reset, &hash, agent.id, None, now, expires).await?)
        };
        self.enter(scope, Permission::ManageAgents)?.write(open).await?;
        Ok(format!("{}/reset/{token}", self.settings().public_url))
    }
}
