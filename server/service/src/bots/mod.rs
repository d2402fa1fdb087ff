//! Agent bots: making and configuring them, where they answer, and the hand-over to people when they fall silent. Their events go out as
//! webhooks do.

mod answer;
mod report;
mod rules;

pub(crate) use answer::{ANSWER, GONE, answer_job, chosen_job, gone_job, has_rules};

use crate::rest_world::World;
use crate::thread::add_activity;
use crate::tokens::{derived, key, known_key};
use crate::{Error, Result, Scope, Service, Tenant, secret};
use model::*;
use serde_json::Value;
use store::bot::{self, Bot};
use store::{Reader, Tx, conversation};

/// Most bots of one account.
const MOST: usize = 100;

/// A bot as administrators write it; absent parts stay.
#[derive(Clone, Debug, Default)]
pub struct BotDraft {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where its events go; empty for none.
    pub url: Option<String>,
    /// Its own configuration.
    pub config: Option<Value>,
}

/// Refuses what is no address a webhook could go to. What it resolves to is judged when it is called.
pub(crate) fn address(field: &str, url: &str) -> Result<String> {
    let url = url.trim();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = !host.is_empty() && !host.contains('@') && url.len() <= 2048 && !url.chars().any(|c| c.is_control() || c.is_whitespace());
    if fits { Ok(url.to_owned()) } else { Err(Error::field(field, Violation::Malformed)) }
}

pub(crate) const TOKEN: &str = "bot";

fn written(mut bot: Bot, draft: BotDraft) -> Result<Bot> {
    if let Some(name) = draft.name {
        bot.name = crate::session::name("name", &name)?;
    }
    if let Some(text) = draft.description {
        bot.description = text.chars().filter(|c| !c.is_control()).take(500).collect();
    }
    if let Some(url) = draft.url {
        bot.url = if url.trim().is_empty() { String::new() } else { address("outgoing_url", &url)? };
    }
    if let Some(config) = draft.config {
        let text = config.to_string();
        if text.len() > 64 * 1024 {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        bot.config = text;
    }
    if bot.name.is_empty() {
        return Err(Error::field("name", Violation::Required));
    }
    Ok(bot)
}

/// Makes a bot; answers it with its token.
pub(crate) async fn make(tx: &Tx, account: Option<AccountId>, draft: BotDraft, now: Timestamp) -> Result<(Bot, String)> {
    let blank = Bot {
        id: 0,
        account_id: account.map(|a| a.0),
        name: String::new(),
        description: String::new(),
        url: String::new(),
        config: "{}".to_owned(),
        nonce: secret::public_key(),
    };
    let mut made = written(blank, draft)?;
    let key = key(tx).await?;
    let nonce = made.nonce.clone();
    made.id = bot::insert(tx, &made, |id| secret::hash(&derived(&key, TOKEN, id, &nonce)), now).await?;
    let token = derived(&key, TOKEN, made.id, &made.nonce);
    Ok((made, token))
}

/// Changes a bot; `renew` gives it another token.
pub(crate) async fn change(tx: &Tx, found: Bot, draft: BotDraft, renew: bool) -> Result<(Bot, String)> {
    let mut found = written(found, draft)?;
    if renew {
        found.nonce = secret::public_key();
        bot::forget_tokens(tx, found.id).await?;
    }
    let token = derived(&key(tx).await?, TOKEN, found.id, &found.nonce);
    bot::update(tx, &found, &secret::hash(&token)).await?;
    Ok((found, token))
}

/// A bot of the account itself; the installation's are not an account's to change.
pub(crate) async fn own(tx: &Tx, t: &Tenant, id: i64) -> Result<Bot> {
    bot::load(tx, id).await?.filter(|b| b.account_id == Some(t.account.0)).ok_or_else(Error::missing)
}

/// Lets a bot answer in an inbox, or none; what waited for the one before is opened then.
async fn place(tx: &mut Tx, t: &Tenant, inbox: InboxId, id: Option<i64>, now: Timestamp) -> Result<()> {
    if id.is_none() && bot::answers_in(tx, inbox).await? {
        tx.enqueue(gone_job(t.account, inbox, now)).await?;
    }
    Ok(bot::attach(tx, t.account, inbox, id).await?)
}

/// Removes a bot; what waited for it is opened.
pub(crate) async fn remove(tx: &mut Tx, id: i64, now: Timestamp) -> Result<()> {
    for (account, inbox) in bot::places(tx, id).await? {
        tx.enqueue(gone_job(account, inbox, now)).await?;
    }
    Ok(bot::delete(tx, id).await?)
}

/// What is written of an edit: rules stand in the configuration beside what the API keeps there.
fn draft_of(config: &str, edit: &BotEdit) -> Result<BotDraft> {
    let mut config: serde_json::Map<String, Value> = serde_json::from_str(config).unwrap_or_default();
    match &edit.rules {
        Some(rules) => {
            judge(rules)?;
            let rules = serde_json::to_value(rules).map_err(|error| Error::Unexpected(error.to_string()))?;
            config.insert("rules".to_owned(), rules);
        }
        None => drop(config.remove("rules")),
    }
    let (name, url) = (Some(edit.name.clone()), Some(edit.url.clone()));
    Ok(BotDraft { name, url, config: Some(Value::Object(config)), description: None })
}

/// Refuses rules that would leave a customer without an answer, each beside its field.
fn judge(rules: &BotRules) -> Result<()> {
    let said = |text: &str| text.chars().count() <= MOST_SAID;
    let wrong = |field: &str, violation| Err(Error::field(field, violation));
    if rules.greeting.trim().is_empty() {
        return wrong("greeting", Violation::Required);
    }
    for (field, text) in
        [("greeting", &rules.greeting), ("unknown", &rules.unknown), ("handover", &rules.handover), ("closed", &rules.closed)]
    {
        if !said(text) {
            return wrong(field, Violation::TooLong(MOST_SAID as u32));
        }
    }
    if rules.choices.len() > MOST_CHOICES {
        return wrong("choices", Violation::TooLong(MOST_CHOICES as u32));
    }
    for (at, choice) in rules.choices.iter().enumerate() {
        if choice.title.trim().is_empty() {
            return wrong(&format!("title{at}"), Violation::Required);
        }
        if choice.answer.trim().is_empty() && matches!(choice.then, BotStep::Stay | BotStep::AskEmail) {
            return wrong(&format!("answer{at}"), Violation::Required);
        }
        if !said(&choice.answer) {
            return wrong(&format!("answer{at}"), Violation::TooLong(MOST_SAID as u32));
        }
    }
    if rules.tries == 0 || rules.tries > 10 {
        return wrong("tries", Violation::Malformed);
    }
    if let Some(hours) = &rules.hours {
        if !answer::known_zone(&hours.zone) {
            return wrong("zone", Violation::Malformed);
        }
        if hours.from >= hours.to || hours.to > 24 * 60 {
            return wrong("hours", Violation::Malformed);
        }
    }
    Ok(())
}

impl Service {
    /// The bots an account can use, with their tokens for administrators.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn bots(&self, scope: &Scope, only: Option<i64>) -> Result<Vec<Value>> {
        let (service, manages) = (self.clone(), scope.role().may(Permission::ManageInboxes));
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let key = known_key(c).await?;
            let token = |b: &Bot| (manages && b.account_id.is_some()).then(|| derived(&key, TOKEN, b.id, &b.nonce));
            Ok(world.bots.values().filter(|b| only.is_none_or(|id| id == b.id)).map(|b| world.bot_value(b, token(b).as_deref())).collect())
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Makes a bot, or changes one of the account's.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`; `TooLarge` for too many.
    pub async fn save_bot(&self, scope: &Scope, id: Option<i64>, draft: BotDraft, renew: bool) -> Result<Value> {
        let (service, now) = (self.clone(), self.now());
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let (bot, token) = match id {
                Some(id) => change(tx, own(tx, t, id).await?, draft, renew).await?,
                None if bot::all(tx, t.account).await?.len() >= MOST => return Err(Error::Fault(FaultCode::TooLarge)),
                None => make(tx, Some(t.account), draft, now).await?,
            };
            let world = World::load(&service, tx, t.account).await?;
            Ok(world.bot_value(&bot, Some(&token)))
        };
        self.enter(scope, Permission::ManageInboxes)?.write(save).await
    }

    /// Removes a bot of the account.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn delete_bot(&self, scope: &Scope, id: i64) -> Result<()> {
        let now = self.now();
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            own(tx, t, id).await?;
            remove(tx, id, now).await
        };
        self.enter(scope, Permission::ManageInboxes)?.write(delete).await
    }

    /// Lets a bot answer in an inbox, or none.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn attach_bot(&self, scope: &Scope, inbox: InboxId, id: Option<i64>) -> Result<()> {
        let now = self.now();
        let attach = async move |tx: &mut Tx, t: &Tenant| {
            store::inbox::load(tx, t.account, t.inbox(inbox)?).await?.ok_or_else(Error::missing)?;
            if let Some(id) = id
                && bot::load(tx, id).await?.is_none_or(|b| b.account_id.is_some_and(|a| a != t.account.0))
            {
                return Err(Error::missing());
            }
            place(tx, t, inbox, id, now).await
        };
        self.enter(scope, Permission::ManageInboxes)?.write(attach).await
    }

    /// The bot that answers in an inbox.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn bot_of_inbox(&self, scope: &Scope, inbox: InboxId) -> Result<Option<Value>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            store::inbox::load(c, t.account, t.inbox(inbox)?).await?.ok_or_else(Error::missing)?;
            let Some(found) = bot::of_inbox(c, t.account, inbox).await? else { return Ok(None) };
            Ok(Some(World::load(&service, c, t.account).await?.bot_value(&found, None)))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// The bots an account can use, as their settings page shows them.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn bot_views(&self, scope: &Scope) -> Result<Vec<BotView>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let (key, places) = (known_key(c).await?, bot::attached(c, t.account).await?);
            let mut views = Vec::new();
            for bot in bot::all(c, t.account).await? {
                let own = bot.account_id.is_some();
                views.push(BotView {
                    id: bot.id,
                    rules: answer::rules_of(&bot),
                    inboxes: places.iter().filter(|(id, _)| *id == bot.id).map(|(_, inbox)| *inbox).collect(),
                    token: if own { derived(&key, TOKEN, bot.id, &bot.nonce) } else { String::new() },
                    secret: if own { service.secret_view(c, SecretOf::Bot(bot.id)).await? } else { SecretView::default() },
                    shared: !own,
                    name: bot.name,
                    url: bot.url,
                });
            }
            Ok(views)
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// Makes a bot of the account or changes one, and lets it answer in these inboxes and no other. Of one that belongs to the whole
    /// installation only the inboxes change.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`; `TooLarge` for too many.
    pub async fn edit_bot(&self, scope: &Scope, id: Option<i64>, edit: BotEdit) -> Result<i64> {
        let (known, now) = (self.bot_views(scope).await?, self.now());
        let shared = id.and_then(|id| known.iter().find(|bot| bot.id == id)).is_some_and(|bot| bot.shared);
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let id = match id {
                Some(id) if shared => id,
                Some(id) => {
                    let found = own(tx, t, id).await?;
                    let draft = draft_of(&found.config, &edit)?;
                    change(tx, found, draft, false).await?.0.id
                }
                None if bot::all(tx, t.account).await?.len() >= MOST => return Err(Error::Fault(FaultCode::TooLarge)),
                None => make(tx, Some(t.account), draft_of("{}", &edit)?, now).await?.0.id,
            };
            let before = bot::inboxes_of(tx, t.account, id).await?;
            for inbox in before.iter().filter(|inbox| !edit.inboxes.contains(inbox)) {
                place(tx, t, *inbox, None, now).await?;
            }
            for inbox in &edit.inboxes {
                store::inbox::load(tx, t.account, t.inbox(*inbox)?).await?.ok_or_else(Error::missing)?;
                place(tx, t, *inbox, Some(id), now).await?;
            }
            Ok(id)
        };
        self.enter(scope, Permission::ManageInboxes)?.write(save).await
    }

    /// Hands a conversation its bot does not answer to people: nobody waits on a dead bot.
    pub(crate) async fn hand_over(&self, account: AccountId, id: ConversationId) -> Result<()> {
        let now = self.now();
        let open = async move |tx: &mut Tx, t: &Tenant| {
            conversation::lock(tx, t.account, id).await?;
            let Some(mut found) = conversation::load(tx, t.account, &t.inboxes, id).await? else { return Ok(()) };
            if found.view.status != Status::Pending {
                return Ok(());
            }
            let was = found.view.placement();
            found.view.status = Status::Open;
            add_activity(tx, t.account, &found, Activity::Moved { to: StatusKind::Open, cause: Cause::SilentBot }, now).await?;
            Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
        };
        self.own(account).write(open).await
    }
}
