//! Webhooks as their settings page shows them: every endpoint of the account, its log with what was sent and answered, and a test.
//! Clients of the API have their own words for the same.

use super::send::{GONE, headers};
use super::{WebhookDraft, called, fresh, sign};
use crate::tokens::known_key;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde_json::json;
use store::webhook::{self, Delivery, Webhook};
use store::{Reader, Tx};

/// Lines of a log on one page.
const LINES: i64 = 20;

fn line(d: &Delivery) -> DeliveryView {
    let state = match d.state.as_str() {
        "fresh" => DeliveryState::Waiting,
        "late" => DeliveryState::Again,
        "done" => DeliveryState::Done,
        _ => DeliveryState::Failed,
    };
    DeliveryView {
        id: d.id,
        event: d.event.clone(),
        state,
        attempts: d.attempts,
        status: d.status,
        at: Timestamp(d.created_at),
        next_at: (state == DeliveryState::Again).then_some(Timestamp(d.next_at)),
    }
}

fn detail(hook: &Webhook, d: Delivery) -> DeliveryDetail {
    let sent = d.sent.as_deref().map(|sent| headers(&d.uuid, sent)).unwrap_or_default();
    DeliveryDetail {
        line: line(&d),
        url: hook.url.clone(),
        headers: sent.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        request: d.body,
        answer: d.answer,
    }
}

impl Service {
    /// Every endpoint of the account: webhooks, callbacks and bots' addresses.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn hook_views(&self, scope: &Scope) -> Result<Vec<HookView>> {
        let now = self.now();
        let look = async move |c: &Reader, t: &Tenant| {
            let key = known_key(c).await?;
            let mut all = Vec::new();
            for hook in webhook::all(c, t.account).await? {
                let owner = match hook.kind.as_str() {
                    "bot" => HookOwner::Bot(called(c, &hook).await?),
                    "inbox" => HookOwner::Inbox,
                    _ => HookOwner::Account,
                };
                // What belongs to the whole installation is not this account's to know.
                let foreign = match hook.bot_id {
                    Some(bot) => store::bot::load(c, bot).await?.is_none_or(|b| b.account_id.is_none()),
                    None => false,
                };
                let secret = if foreign { SecretView::default() } else { sign::of_hook(c, &key, &hook, now).await?.view() };
                all.push(HookView {
                    id: hook.id,
                    owner,
                    name: hook.name,
                    url: if foreign { String::new() } else { hook.url },
                    inbox: hook.inbox_id.map(InboxId),
                    events: if hook.kind == "account" { serde_json::from_str(&hook.subscriptions).unwrap_or_default() } else { Vec::new() },
                    secret,
                    failing_since: hook.failing_since.map(Timestamp),
                    off: hook.disabled.map(|why| if why == GONE { HookOff::Gone } else { HookOff::Dead }),
                });
            }
            Ok(all)
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// Makes a webhook, or changes one, which switches it on again; answers its id.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn edit_hook(&self, scope: &Scope, id: Option<i64>, edit: HookEdit) -> Result<i64> {
        let HookEdit { name, url, events, inbox } = edit;
        let draft = WebhookDraft { name: Some(name), url: Some(url), subscriptions: Some(events), inbox: Some(inbox) };
        Ok(self.save_webhook(scope, id, draft).await?["id"].as_i64().unwrap_or_default())
    }

    /// Switches an endpoint on again. What happened meanwhile is not sent.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn resume_hook(&self, scope: &Scope, id: i64) -> Result<()> {
        let resume = async move |tx: &mut Tx, t: &Tenant| {
            let found = webhook::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            webhook::begin(tx, t.account, store::journal::head(tx, t.account).await?).await?;
            Ok(webhook::update(tx, &found).await?)
        };
        self.enter(scope, Permission::ManageInboxes)?.write(resume).await
    }

    /// An endpoint's log, newest first, a page below one of its lines.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn hook_log(&self, scope: &Scope, id: i64, below: Option<i64>) -> Result<Page<DeliveryView>> {
        let look = async move |c: &Reader, t: &Tenant| {
            webhook::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let mut found = webhook::deliveries(c, t.account, id, below, LINES + 1).await?;
            let more = found.len() as i64 > LINES;
            found.truncate(LINES as usize);
            Ok(Page { rows: found.iter().map(line).collect(), more })
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// What one delivery carried, and what came back.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn hook_delivery(&self, scope: &Scope, hook: i64, id: i64) -> Result<DeliveryDetail> {
        let look = async move |c: &Reader, t: &Tenant| {
            let endpoint = webhook::load(c, t.account, hook).await?.ok_or_else(Error::missing)?;
            let found = webhook::delivery(c, t.account, hook, id).await?.ok_or_else(Error::missing)?;
            Ok(detail(&endpoint, found))
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// Sends an endpoint a signed test, once and now, whether or not it is switched on; answers what came back, which its log keeps.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn test_hook(&self, scope: &Scope, id: i64) -> Result<DeliveryDetail> {
        let now = self.now();
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let look = async move |c: &Reader, t: &Tenant| {
            let hook = webhook::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let account = store::account::load(c, t.account).await?.ok_or_else(Error::missing)?;
            let secrets = sign::of_hook(c, &known_key(c).await?, &hook, now).await?;
            Ok((hook, account.name, secrets))
        };
        let (hook, name, secrets) = tenant.read(look).await?;
        let body = json!({ "event": "webhook_test", "id": hook.id, "account": { "id": scope.account(), "name": name }, "created_at": crate::rest_time::iso(now) });
        let trial = Delivery { body: body.to_string(), ..fresh(hook.id, "webhook_test", now) };
        let mut trial = self.attempt(&hook, trial, &secrets).await.due;
        // A test is not tried again: whoever asked for it sees what came of it.
        if trial.state == "late" {
            trial.state = "failed".to_owned();
        }
        let done = self.now();
        let keep = async move |tx: &mut Tx, t: &Tenant| {
            // It may have been deleted while it was waited for.
            webhook::load(tx, t.account, hook.id).await?.ok_or_else(Error::missing)?;
            let body = webhook::add_body(tx, t.account, None, &trial.body, now).await?;
            trial.id = webhook::add_delivery(tx, t.account, body, &trial).await?;
            trial.done_at = Some(done.0);
            webhook::settle(tx, t.account, &trial).await?;
            Ok(detail(&hook, trial))
        };
        tenant.write(keep).await
    }
}
