//! Connecting an inbox by logging in at its provider instead of pasting tokens: the way there, the way back, and the choice among what the
//! login opened. What is asked of a provider is its channel's business; tokens never reach a browser.

use crate::{Error, Result, Scope, Service, Tenant, secret};
use channels::{Channel, Settings, email};
use model::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use store::account::{drop_setting, secret as kept, set_secret};
use store::{Reader, Tx, inbox};

/// How long a login may take, and how long its choice stands, in milliseconds.
const LIFE: i64 = 15 * 60 * 1000;
/// Most accounts that are offered.
const MOST: usize = 500;

/// A login on its way: one of a person in an account at a time, so that old ones leave nothing behind.
#[derive(Serialize, Deserialize)]
struct Login {
    /// What proves the way back: of the state that went along and of the session it began in. Gone once it was used.
    proof: Option<String>,
    /// The session it began in.
    session: String,
    kind: String,
    /// The inbox to connect again; none for a new one.
    inbox: Option<InboxId>,
    until: Timestamp,
    /// What it opened.
    accounts: Vec<Opened>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Opened {
    name: String,
    settings: Settings,
    secrets: Settings,
}

/// Where a person goes after their login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// To choose among the accounts it opened, for a new inbox of this kind.
    Choose(AccountId, String),
    /// To the inbox that works again.
    Inbox(AccountId, InboxId),
}

/// The channel a login is for, and what it is told: mailboxes have two providers to sign in at, every other channel is its own.
fn channel_of(kind: &str) -> Option<(&'static dyn Channel, Settings)> {
    if email::consent::PROVIDERS.contains(&kind) {
        return Some((channels::find("email")?, Settings::from([("login".to_owned(), kind.to_owned())])));
    }
    Some((channels::find(kind)?, Settings::new()))
}

/// The channel whose page a login comes back to.
#[must_use]
pub fn login_page(kind: &str) -> &str {
    channel_of(kind).map_or(kind, |(channel, _)| channel.descriptor().kind)
}

fn row(account: AccountId, user: UserId) -> String {
    format!("login {account} {user}")
}

fn proof(state: &str, session: &str) -> String {
    secret::hash(&format!("{state} {session}"))
}

impl Service {
    /// Whether the operator's own app lets people log in for this channel.
    pub(crate) fn has_login(&self, channel: &dyn Channel) -> bool {
        let (wiring, none) = (self.wiring(channel.descriptor().kind, ""), Settings::new());
        channel.login(&self.link(&wiring, &none, &none), "", "").is_some() || !self.login_ways(channel).is_empty()
    }

    /// Where a channel's people may log in, if not at one place of its own.
    pub(crate) fn login_ways(&self, channel: &dyn Channel) -> Vec<String> {
        let (kind, none) = (channel.descriptor().kind, Settings::new());
        let wiring = self.wiring(kind, "");
        let open = |way: &&str| {
            channel_of(way)
                .is_some_and(|(of, told)| of.descriptor().kind == kind && of.login(&self.link(&wiring, &told, &none), "", "").is_some())
        };
        email::consent::PROVIDERS.iter().filter(|way| open(way)).map(|way| (*way).to_owned()).collect()
    }

    /// Where providers send people back to; operators enter it in their app.
    fn way_back(&self, kind: &str) -> String {
        format!("{}/connect/{kind}", self.settings().public_url)
    }

    /// Begins a login: the provider's address to go to.
    ///
    /// # Errors
    /// `Forbidden`, `Missing` where there is no such login.
    pub async fn begin_login(&self, scope: &Scope, session: &str, kind: &str, inbox: Option<InboxId>) -> Result<String> {
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let (channel, told) = channel_of(kind).ok_or_else(Error::missing)?;
        let own = channel.descriptor().kind;
        if let Some(id) = inbox {
            let look = async move |c: &Reader, t: &Tenant| Ok(inbox::load(c, t.account, t.inbox(id)?).await?);
            tenant.read(look).await?.filter(|found| found.kind == own).ok_or_else(Error::missing)?;
        }
        let state = format!("{}.{}", scope.account(), secret::token());
        let (wiring, none) = (self.wiring(own, ""), Settings::new());
        let address = channel.login(&self.link(&wiring, &told, &none), &self.way_back(kind), &state).ok_or_else(Error::missing)?;
        let login = Login {
            proof: Some(proof(&state, session)),
            session: secret::hash(session),
            kind: kind.to_owned(),
            inbox,
            until: self.now().plus(LIFE),
            accounts: Vec::new(),
        };
        self.keep_login(&tenant, &login).await?;
        Ok(address)
    }

    /// The way back from a provider: only with the state of this very session, and once (FAULTS 52).
    ///
    /// # Errors
    /// `SignedOut`; `Missing` for a state that is not ours, or not any more; `Provider` in the provider's words; `Conflict` when another
    /// account was chosen than the inbox has.
    pub async fn end_login(&self, session: &str, kind: &str, state: &str, code: &str) -> Result<Landing> {
        let account = state.split_once('.').and_then(|(account, _)| account.parse().ok()).map(AccountId).ok_or_else(Error::missing)?;
        let scope = self.scope(Some(session), account).await?;
        let tenant = self.enter(&scope, Permission::ManageInboxes)?;
        let (now, shown, same) = (self.now(), proof(state, session), kind.to_owned());
        // Taken out before anything is asked: whoever comes with it again finds nothing.
        let take = async move |tx: &mut Tx, t: &Tenant| {
            let Some(mut login) = read(tx, t).await? else { return Ok(None) };
            if login.until < now || login.kind != same || login.proof.as_deref() != Some(shown.as_str()) {
                return Ok(None);
            }
            login.proof = None;
            write(tx, t, &login).await?;
            Ok(Some(login))
        };
        let mut login = tenant.write(take).await?.ok_or_else(Error::missing)?;
        let (channel, told) = channel_of(kind).ok_or_else(Error::missing)?;
        let (wiring, none) = (self.wiring(channel.descriptor().kind, ""), Settings::new());
        let opened = channel.redeem(&self.link(&wiring, &told, &none), &self.way_back(&login.kind), code).await;
        let opened = opened.map_err(crate::inboxes::refused)?;
        let opened: Vec<Opened> =
            opened.into_iter().take(MOST).map(|one| Opened { name: one.name, settings: one.settings, secrets: one.secrets }).collect();
        let Some(id) = login.inbox else {
            login.accounts = opened;
            self.keep_login(&tenant, &login).await?;
            return Ok(Landing::Choose(account, login.kind));
        };
        // An inbox stays what it is: only its own account connects it again.
        let look = async move |c: &Reader, t: &Tenant| Ok(inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?);
        let own = tenant.read(look).await?.account_key;
        let found = opened.into_iter().find(|one| own.is_some() && channel.account(&one.settings) == own);
        let mut found = found.ok_or(Error::Fault(FaultCode::Conflict))?;
        found.settings.remove("name");
        self.update_inbox(&scope, id, InboxChange { settings: Some(values(&found)), ..InboxChange::default() }).await?;
        self.keep_beside(&tenant, channel, id, found.settings).await?;
        tenant.write(async move |tx: &mut Tx, t: &Tenant| Ok(drop_setting(tx, &row(t.account, t.user)).await?)).await?;
        Ok(Landing::Inbox(account, id))
    }

    /// What the caller's last login opened.
    ///
    /// # Errors
    /// `Forbidden`; `Missing` when there is none, or it was long ago or elsewhere.
    pub async fn login_accounts(&self, scope: &Scope, session: &str) -> Result<LoginView> {
        let login = self.login(scope, session).await?;
        let names = login.accounts.into_iter().map(|one| one.name).collect();
        Ok(LoginView { kind: ChannelKind(Cow::Owned(login_page(&login.kind).to_owned())), names })
    }

    /// Makes an inbox of one of the accounts that the caller's login opened.
    ///
    /// # Errors
    /// As [`Service::create_inbox`], and `Missing` as [`Service::login_accounts`].
    pub async fn choose_account(&self, scope: &Scope, session: &str, choice: usize) -> Result<InboxDetail> {
        let login = self.login(scope, session).await?;
        let chosen = login.accounts.get(choice).cloned().ok_or_else(Error::missing)?;
        let (channel, _) = channel_of(&login.kind).ok_or_else(Error::missing)?;
        let draft = InboxDraft { kind: ChannelKind(Cow::Borrowed(channel.descriptor().kind)), settings: values(&chosen) };
        let made = self.create_inbox(scope, draft).await?;
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        self.keep_beside(&tenant, channel, made.inbox.id, chosen.settings).await?;
        tenant.write(async move |tx: &mut Tx, t: &Tenant| Ok(drop_setting(tx, &row(t.account, t.user)).await?)).await?;
        Ok(made)
    }

    async fn login(&self, scope: &Scope, session: &str) -> Result<Login> {
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let found = tenant.read(async move |c: &Reader, t: &Tenant| read(c, t).await).await?;
        let here = secret::hash(session);
        let own = |login: &Login| login.session == here && login.until >= self.now() && !login.accounts.is_empty();
        found.filter(own).ok_or_else(Error::missing)
    }

    async fn keep_login(&self, tenant: &Tenant, login: &Login) -> Result<()> {
        let value = serde_json::to_string(login).unwrap_or_default();
        tenant.write(async move |tx: &mut Tx, t: &Tenant| Ok(set_secret(tx, &row(t.account, t.user), &value).await?)).await
    }

    /// Keeps what a login told beside the form's values: when its token runs out, say.
    async fn keep_beside(&self, tenant: &Tenant, channel: &'static dyn Channel, id: InboxId, told: Settings) -> Result<()> {
        let keep = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = inbox::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let form = &channel.descriptor().form;
            found.settings.extend(told.into_iter().filter(|(key, _)| !form.iter().any(|field| field.key == key.as_str())));
            Ok(inbox::update(tx, &found).await?)
        };
        tenant.write(keep).await
    }
}

/// The values of the form, secrets among them.
fn values(opened: &Opened) -> BTreeMap<String, String> {
    opened.settings.iter().chain(&opened.secrets).map(|(key, value)| (key.clone(), value.clone())).collect()
}

async fn read(c: &impl store::Sql, t: &Tenant) -> Result<Option<Login>> {
    Ok(kept(c, &row(t.account, t.user)).await?.and_then(|text| serde_json::from_str(&text).ok()))
}

async fn write(tx: &Tx, t: &Tenant, login: &Login) -> Result<()> {
    Ok(set_secret(tx, &row(t.account, t.user), &serde_json::to_string(login).unwrap_or_default()).await?)
}
