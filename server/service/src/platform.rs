//! The platform API: what an operator's own program may do with accounts, people and bots of the whole installation. An app touches only
//! what it made; its token comes from the command line.

use crate::bots::{BotDraft, TOKEN, change, make};
use crate::rest_time::iso;
use crate::tokens::{derived, known_key};
use crate::{Error, Result, Service, Tenant, secret};
use model::*;
use serde_json::{Value, json};
use store::{Audience, Reader, Sql, Tx, account, bot, person, platform};

/// A person as a platform app writes them; absent parts stay.
#[derive(Clone, Debug, Default)]
pub struct PersonDraft {
    /// Display name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Password.
    pub password: Option<String>,
}

fn role_of(word: &str) -> Result<Role> {
    match word {
        "administrator" => Ok(Role::Administrator),
        "agent" | "" => Ok(Role::Agent),
        _ => Err(Error::field("role", Violation::Malformed)),
    }
}

async fn bot_value(c: &impl Sql, bot: &bot::Bot, key: &str, now: Timestamp) -> Result<Value> {
    let config: Value = serde_json::from_str(&bot.config).unwrap_or_else(|_| json!({}));
    let mut value = json!({
        "id": bot.id, "name": bot.name, "description": bot.description, "thumbnail": "", "outgoing_url": bot.url, "bot_type": "webhook", "bot_config": config,
        "access_token": derived(key, TOKEN, bot.id, &bot.nonce), "system_bot": bot.account_id.is_none(),
        "secret": crate::webhooks::secrets_of(c, key, SecretOf::Bot(bot.id), now).await?.now,
    });
    if let Some(account) = bot.account_id {
        value["account_id"] = account.into();
    }
    Ok(value)
}

impl Service {
    /// Makes a platform app; answers its id and its token, which is shown once.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn create_platform_app(&self, name: &str) -> Result<(i64, String)> {
        let (name, token, now) = (crate::session::name("name", name)?, secret::token(), self.now());
        let hash = secret::hash(&token);
        let id = self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(platform::insert_app(tx, &name, &hash, now).await?)).await?;
        Ok((id, token))
    }

    /// Refuses what an app did not make.
    async fn made_by(&self, app: i64, kind: &'static str, id: i64) -> Result<()> {
        let look = async move |c: &Reader| Ok::<_, Error>(platform::owns(c, app, kind, id).await?);
        if self.0.store.read(look).await? { Ok(()) } else { Err(Error::missing()) }
    }

    /// An account the app made.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_account(&self, app: i64, id: AccountId) -> Result<Value> {
        self.made_by(app, "account", id.0).await?;
        let look = async move |c: &Reader, t: &Tenant| account::load(c, t.account).await?.ok_or_else(Error::missing);
        let found = self.own(id).read(look).await?;
        Ok(json!({ "id": found.id, "name": found.name, "locale": found.language.tag(), "status": "active" }))
    }

    /// Makes an account, or renames one the app made.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn platform_save_account(
        &self,
        app: i64,
        id: Option<AccountId>,
        name: Option<String>,
        locale: Option<String>,
    ) -> Result<Value> {
        let name = name.as_deref().map(|n| crate::session::name("name", n)).transpose()?;
        let language = locale.as_deref().and_then(Language::from_tag);
        if let Some(id) = id {
            self.made_by(app, "account", id.0).await?;
            let change = async move |tx: &mut Tx, t: &Tenant| {
                let mut found = account::load(tx, t.account).await?.ok_or_else(Error::missing)?;
                found.name = name.unwrap_or(found.name);
                found.language = language.unwrap_or(found.language);
                Ok(account::update(tx, &found).await?)
            };
            self.own(id).write(change).await?;
            return self.platform_account(app, id).await;
        }
        let (name, now) = (name.ok_or_else(|| Error::field("name", Violation::Required))?, self.now());
        let make = async move |tx: &mut Tx| {
            let id = account::insert(tx, &name, language.unwrap_or_default(), now).await?;
            platform::own(tx, app, "account", id.0).await?;
            Ok::<_, Error>(id)
        };
        let id = self.0.store.write(make).await?;
        self.platform_account(app, id).await
    }

    /// Closes an account the app made: nobody is in it any more. Its data goes with the operator's own retention, not with a call.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_delete_account(&self, app: i64, id: AccountId) -> Result<()> {
        self.made_by(app, "account", id.0).await?;
        let now = self.now();
        let close = async move |tx: &mut Tx, t: &Tenant| {
            for (user, _) in platform::members(tx, t.account).await? {
                person::leave(tx, t.account, user).await?;
                tx.note(t.account, now, Audience::only(user), Change::Access { user });
            }
            Ok(platform::disown(tx, "account", t.account.0).await?)
        };
        self.own(id).write(close).await
    }

    /// Who is in an account the app made.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_members(&self, app: i64, id: AccountId) -> Result<Vec<Value>> {
        self.made_by(app, "account", id.0).await?;
        let look = async move |c: &Reader, t: &Tenant| Ok(platform::members(c, t.account).await?);
        let members: Vec<(UserId, String)> = self.own(id).read(look).await?;
        Ok(members.into_iter().map(|(user, role)| json!({ "account_id": id, "user_id": user, "role": role })).collect())
    }

    /// Puts a person the app made into an account it made, or changes their role there.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn platform_join(&self, app: i64, id: AccountId, user: UserId, role: &str) -> Result<Value> {
        self.made_by(app, "account", id.0).await?;
        self.made_by(app, "user", user.0).await?;
        let (role, now) = (role_of(role)?, self.now());
        let join = async move |tx: &mut Tx, t: &Tenant| {
            if platform::members(tx, t.account).await?.iter().any(|(known, _)| *known == user) {
                person::set_role(tx, t.account, user, role).await?;
                crate::people::note_access(tx, t.account, user, now);
            } else {
                person::join(tx, t.account, user, role, true, now).await?;
            }
            crate::people::note_agent(tx, t.account, user, now).await
        };
        self.own(id).write(join).await?;
        Ok(json!({ "account_id": id, "user_id": user, "role": role.name() }))
    }

    /// Takes a person out of an account the app made.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_leave(&self, app: i64, id: AccountId, user: UserId) -> Result<()> {
        self.made_by(app, "account", id.0).await?;
        let now = self.now();
        let leave = async move |tx: &mut Tx, t: &Tenant| {
            for id in store::conversation::assigned_to(tx, t.account, user).await? {
                let mut found = t.conversation(tx, id).await?;
                let was = found.view.placement();
                found.view.assignee = None;
                store::conversation::save(tx, t.account, Some(was), &found, now).await?;
            }
            if !person::leave(tx, t.account, user).await? {
                return Err(Error::missing());
            }
            tx.note(t.account, now, Audience::everybody(), Change::AgentRemoved { user });
            crate::people::note_access(tx, t.account, user, now);
            Ok(())
        };
        self.own(id).write(leave).await
    }

    /// A person the app made, with the token that was made for them.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_user(&self, app: i64, user: UserId) -> Result<Value> {
        self.made_by(app, "user", user.0).await?;
        let look = async move |c: &Reader| {
            let token = derived(&known_key(c).await?, "user", user.0, "platform");
            let kept = platform::has_token(c, user, &secret::hash(&token)).await?;
            Ok::<_, Error>((person::session_view(c, user).await?.ok_or_else(Error::missing)?, kept.then_some(token)))
        };
        let (found, token) = self.0.store.read(look).await?;
        let mut value = self.profile_value(&found);
        if let Some(token) = token {
            value["access_token"] = token.into();
        }
        Ok(value)
    }

    /// The people an app made.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn platform_users(&self, app: i64) -> Result<Vec<Value>> {
        let look = async move |c: &Reader| Ok::<_, Error>(platform::made(c, app, "user").await?);
        let mut all = Vec::new();
        for user in self.0.store.read(look).await? {
            all.push(self.platform_user(app, UserId(user)).await?);
        }
        Ok(all)
    }

    /// Somebody, to themselves.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn profile(&self, user: UserId) -> Result<Value> {
        let look = async move |c: &Reader| person::session_view(c, user).await?.ok_or_else(Error::missing);
        Ok(self.profile_value(&self.0.store.read(look).await?))
    }

    /// A person in the ecosystem's words, about themselves.
    #[must_use]
    pub fn profile_value(&self, found: &SessionView) -> Value {
        let photo = found.photo.as_ref().map(|p| format!("{}/avatars/{p}", self.settings().public_url)).unwrap_or_default();
        let word = |a: Availability| match a {
            Availability::Online => "online",
            Availability::Busy => "busy",
            Availability::Offline => "offline",
        };
        let account = |m: &MembershipView| {
            json!({
                "id": m.account, "name": m.name, "status": "active", "role": m.role.name(), "permissions": [m.role.name()], "availability": word(m.availability),
                "availability_status": word(m.availability), "auto_offline": true, "custom_role_id": null, "custom_role": null,
            })
        };
        let mut value = json!({
            "id": found.user, "available_name": found.name, "avatar_url": photo, "confirmed": true, "display_name": found.name, "message_signature": null,
            "email": found.email, "name": found.name, "provider": "email", "pubsub_token": "", "ui_settings": {}, "uid": found.email, "type": null,
            "custom_attributes": {}, "hmac_identifier": "", "accounts": found.accounts.iter().map(account).collect::<Vec<_>>(),
        });
        if let Some(first) = found.accounts.first() {
            value["account_id"] = first.account.0.into();
            value["role"] = first.role.name().into();
        }
        value
    }

    /// Makes a person with a token of their own, or changes one the app made. An e-mail that is known is refused: people of others are not
    /// an app's to take over.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn platform_save_user(&self, app: i64, id: Option<UserId>, draft: PersonDraft) -> Result<Value> {
        let name = draft.name.as_deref().map(|n| crate::session::name("name", n)).transpose()?;
        let email = draft.email.as_deref().map(crate::session::email).transpose()?;
        if let Some(password) = &draft.password {
            crate::session::password(password)?;
        }
        let phc = match &draft.password {
            Some(password) => Some(secret::hash_password(password).await?),
            None => None,
        };
        if let Some(id) = id {
            self.made_by(app, "user", id.0).await?;
        }
        let now = self.now();
        let taken = |error: store::Error| {
            if matches!(error, store::Error::Taken(_)) { Error::field("email", Violation::Taken) } else { error.into() }
        };
        let save = async move |tx: &mut Tx| {
            let user = match id {
                Some(user) => {
                    platform::update_person(tx, user, name.as_deref(), email.as_deref()).await.map_err(taken)?;
                    if let Some(phc) = &phc {
                        person::set_password(tx, user, phc).await?;
                        person::close_sessions(tx, user, None).await?;
                    }
                    user
                }
                None => {
                    let name = name.ok_or_else(|| Error::field("name", Violation::Required))?;
                    let email = email.ok_or_else(|| Error::field("email", Violation::Required))?;
                    let user = person::insert(tx, &name, &email, phc.as_deref(), Language::default(), now).await.map_err(taken)?;
                    let token = derived(&crate::tokens::key(tx).await?, "user", user.0, "platform");
                    person::add_api_token(tx, user, &secret::hash(&token), now).await?;
                    platform::own(tx, app, "user", user.0).await?;
                    user
                }
            };
            for account in person::accounts_of(tx, user).await? {
                crate::people::note_agent(tx, account, user, now).await?;
            }
            Ok::<_, Error>(user)
        };
        let user = self.0.store.write(save).await?;
        self.platform_user(app, user).await
    }

    /// Ends every way in of a person the app made, and takes them out of every account; what they wrote stays theirs.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_delete_user(&self, app: i64, user: UserId) -> Result<()> {
        self.made_by(app, "user", user.0).await?;
        let now = self.now();
        let delete = async move |tx: &mut Tx| {
            for account in person::accounts_of(tx, user).await? {
                person::leave(tx, account, user).await?;
                tx.note(account, now, Audience::everybody(), Change::AgentRemoved { user });
                crate::people::note_access(tx, account, user, now);
            }
            platform::shut_out(tx, user).await?;
            Ok::<_, Error>(platform::disown(tx, "user", user.0).await?)
        };
        self.0.store.write(delete).await?;
        self.0.hub.recheck();
        Ok(())
    }

    /// A link with which a person the app made gets in, by setting a password: it works once, and not for long.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_login(&self, app: i64, user: UserId) -> Result<String> {
        self.made_by(app, "user", user.0).await?;
        let look = async move |c: &Reader| Ok::<_, Error>(person::load(c, user).await?.ok_or_else(Error::missing)?.email);
        let email: String = self.0.store.read(look).await?;
        self.make_reset_link(&email).await?.ok_or_else(Error::missing)
    }

    /// The bots an app made; with an id, only that one.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_bots(&self, app: i64, only: Option<i64>) -> Result<Vec<Value>> {
        if let Some(id) = only {
            self.made_by(app, "bot", id).await?;
        }
        let now = self.now();
        let look = async move |c: &Reader| {
            let key = known_key(c).await?;
            let mut all = Vec::new();
            for id in platform::made(c, app, "bot").await? {
                if only.is_none_or(|wanted| wanted == id)
                    && let Some(found) = bot::load(c, id).await?
                {
                    all.push(bot_value(c, &found, &key, now).await?);
                }
            }
            Ok::<_, Error>(all)
        };
        self.0.store.read(look).await
    }

    /// Makes a bot of the installation, or of an account the app made; or changes one.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn platform_save_bot(&self, app: i64, id: Option<i64>, account: Option<AccountId>, draft: BotDraft) -> Result<Value> {
        if let Some(id) = id {
            self.made_by(app, "bot", id).await?;
        }
        if let (None, Some(account)) = (id, account) {
            self.made_by(app, "account", account.0).await?;
        }
        let now = self.now();
        let save = async move |tx: &mut Tx| {
            let (made, _) = match id {
                Some(id) => change(tx, bot::load(tx, id).await?.ok_or_else(Error::missing)?, draft, false).await?,
                None => make(tx, account, draft, now).await?,
            };
            platform::own(tx, app, "bot", made.id).await?;
            let key = crate::tokens::key(tx).await?;
            bot_value(tx, &made, &key, now).await
        };
        self.0.store.write(save).await
    }

    /// Removes a bot the app made.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn platform_delete_bot(&self, app: i64, id: i64) -> Result<()> {
        self.made_by(app, "bot", id).await?;
        let now = self.now();
        let delete = async move |tx: &mut Tx| {
            crate::bots::remove(tx, id, now).await?;
            Ok::<_, Error>(platform::disown(tx, "bot", id).await?)
        };
        self.0.store.write(delete).await
    }

    /// An account in the ecosystem's words.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rest_account(&self, scope: &crate::Scope) -> Result<Value> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = account::load(c, t.account).await?.ok_or_else(Error::missing)?;
            let made = platform::account_made_at(c, t.account).await?;
            Ok(json!({
                "id": found.id, "name": found.name, "locale": found.language.tag().replace('-', "_"), "domain": "", "support_email": "", "status": "active",
                "created_at": iso(made), "cache_keys": {}, "features": [], "settings": {}, "custom_attributes": {},
            }))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Begins a repeatable request under its key: none to go on, else the answer that was given, or `Conflict` while it is being worked out.
    ///
    /// # Errors
    /// `Conflict`; `Invalid` when the key named another request before.
    pub async fn begin_answer(&self, owner: &str, key: &str, request: &str) -> Result<Option<(u16, String)>> {
        let (owner, key, now) = (owner.to_owned(), key.to_owned(), self.now());
        let request = secret::hash(request);
        let begin = async move |tx: &mut Tx| {
            let Some(known) = platform::begin_answer(tx, &owner, &key, &request, now).await? else { return Ok(None) };
            if known.request != request {
                return Err(Error::field("Idempotency-Key", Violation::Taken));
            }
            // One that never ended is given up after a minute: its process died, and what it wrote carries the same key.
            if known.status == 0 && now.since(Timestamp(known.at)) < 60_000 {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            Ok((known.status != 0).then_some((known.status as u16, known.body)))
        };
        self.0.store.write(begin).await
    }

    /// Keeps the answer to a repeatable request for a day; none frees its key.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep_answer(&self, owner: &str, key: &str, answer: Option<(u16, String)>) -> Result<()> {
        let (owner, key) = (owner.to_owned(), key.to_owned());
        let keep = async move |tx: &mut Tx| {
            let answer = answer.as_ref().map(|(status, body)| (i64::from(*status), body.as_str()));
            Ok::<_, Error>(platform::keep_answer(tx, &owner, &key, answer).await?)
        };
        self.0.store.write(keep).await
    }
}
