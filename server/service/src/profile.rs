//! What people set about themselves. What administrators set about others stands in `people`.

use crate::session::{name, password};
use crate::{Error, Result, Scope, Service, secret};
use model::{Availability, FaultCode, Permission, ProfileDraft, SessionView, UserId, Violation};
use store::{Reader, Tx, person};

/// Most habits of a person, and most bytes of each name and value.
const HABITS: usize = 64;
const HABIT: usize = 64;

/// Habits as they are kept: an object of short texts, nothing else.
fn habits(text: &str) -> Result<String> {
    let read: std::collections::BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| Error::field("habits", Violation::Malformed))?;
    let fits = read.len() <= HABITS && read.iter().all(|(name, value)| name.len() <= HABIT && value.len() <= HABIT);
    if fits { Ok(serde_json::to_string(&read).unwrap_or_default()) } else { Err(Error::field("habits", Violation::TooLong(HABITS as u32))) }
}

impl Service {
    /// Changes what a person set about themselves; colleagues see a new name at once.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn update_profile(&self, user: UserId, mut draft: ProfileDraft) -> Result<SessionView> {
        draft.name = draft.name.map(|text| name("name", &text)).transpose()?;
        draft.habits = draft.habits.map(|text| habits(&text)).transpose()?;
        let now = self.now();
        let change = async move |tx: &mut Tx| {
            person::update(tx, user, &draft).await?;
            if draft.name.is_some() {
                for account in person::accounts_of(tx, user).await? {
                    crate::people::note_agent(tx, account, user, now).await?;
                }
            }
            person::session_view(tx, user).await?.ok_or_else(Error::missing)
        };
        self.0.store.write(change).await
    }

    /// Changes the password; every other session ends.
    ///
    /// # Errors
    /// `WrongCredentials`, `Invalid`.
    pub async fn change_password(&self, user: UserId, current: &str, new: &str, session: Option<&str>) -> Result<()> {
        password(new)?;
        self.0.limits.take(crate::limits::Limit::SignIn, &format!("own {user}"))?;
        let known = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(person::load(c, user).await?)).await?;
        if !secret::check_password(current, known.and_then(|p| p.password)).await {
            return Err(Error::Fault(FaultCode::WrongCredentials));
        }
        let phc = secret::hash_password(new).await?;
        let keep = session.map(secret::hash);
        let set = async move |tx: &mut Tx| {
            person::set_password(tx, user, &phc).await?;
            Ok::<_, Error>(person::close_sessions(tx, user, keep.as_deref()).await?)
        };
        self.0.store.write(set).await?;
        self.0.hub.recheck();
        Ok(())
    }

    /// Sets the caller's availability in their account.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn set_availability(&self, scope: &Scope, availability: Availability) -> Result<()> {
        let now = self.now();
        let set = async move |tx: &mut Tx, tenant: &crate::Tenant| {
            person::set_availability(tx, tenant.account, tenant.user, availability).await?;
            crate::people::note_agent(tx, tenant.account, tenant.user, now).await
        };
        self.enter(scope, Permission::Read)?.write(set).await
    }

    /// Remembers which account the person works in.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn visit_account(&self, scope: &Scope) -> Result<()> {
        let set = async move |tx: &mut Tx, tenant: &crate::Tenant| Ok(person::set_last_account(tx, tenant.user, tenant.account).await?);
        self.enter(scope, Permission::Read)?.write(set).await
    }
}
