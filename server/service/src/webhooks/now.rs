//! What endpoints hear that no journal keeps: somebody types, a visitor opens the chat. Where nobody listens, one look is all it costs.

use super::job;
use crate::live::Whisper;
use crate::rest_events::{News, endpoints, hears};
use crate::rest_world::World;
use crate::{Error, Result, Service, Tenant, Visitor};
use model::*;
use serde_json::{Value, json};
use store::contact::{self, ContactInbox};
use store::webhook;
use store::{Reader, Sight, Tx, bot, conversation};

/// What a browser says of itself when a visitor opens the chat.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The page, the browser, its system and its language.
    pub origin: Origin,
    /// The language the chat speaks.
    pub language: Option<String>,
}

/// What is true now.
enum Moment {
    Typing { conversation: ConversationId, author: Author, private: bool },
    Opened { inbox: InboxId, address: Option<ContactInbox>, opened: Opened },
}

impl Service {
    /// Tells everybody who can see it that somebody types, and the endpoints that want to know.
    pub(crate) async fn whisper_typing(&self, account: AccountId, whisper: Whisper) {
        self.0.hub.whisper(account, whisper.clone());
        self.hook_typing(account, whisper, false).await;
    }

    /// Tells the endpoints that want to know that somebody types. What is lost is not missed.
    pub(crate) async fn hook_typing(&self, account: AccountId, whisper: Whisper, private: bool) {
        let Whisper::Typing { conversation, place, author, on, .. } = whisper else { return };
        let event = if on { "conversation_typing_on" } else { "conversation_typing_off" };
        let moment = Moment::Typing { conversation, author, private };
        if let Err(error) = self.hook_now(account, event, place.inbox, moment).await {
            tracing::warn!(%account, %error, "webhooks were not told who types");
        }
    }

    /// A visitor has opened the chat. Whoever never wrote is nobody yet: without contact, address or conversation.
    ///
    /// # Errors
    /// `Missing` for an unknown inbox, `TooMany`.
    pub async fn visitor_opened(&self, inbox: &str, visitor: Option<Visitor>, opened: Opened, from: std::net::IpAddr) -> Result<()> {
        let place = self.website(inbox).await?;
        self.0.limits.take(crate::limits::Limit::Opened, &crate::limits::network(from))?;
        let inbox = place.id;
        let address = visitor.map(|v| v.address().clone()).filter(|a| a.inbox == inbox);
        self.hook_now(place.account, "webwidget_triggered", inbox, Moment::Opened { inbox, address, opened }).await
    }

    /// Makes deliveries of something that is true now, if any endpoint hears of it.
    async fn hook_now(&self, account: AccountId, event: &'static str, inbox: InboxId, moment: Moment) -> Result<()> {
        let mut probe = News::of(event, Value::Null);
        probe.inbox = Some(inbox);
        let look = async move |c: &Reader, t: &Tenant| {
            if webhook::all(c, t.account).await?.iter().any(|hook| hears(hook, &probe)) {
                return Ok(true);
            }
            // A bot's endpoint is made when it is first told something.
            Ok(event == "webwidget_triggered" && bot::of_inbox(c, t.account, inbox).await?.is_some_and(|b| !b.url.is_empty()))
        };
        let tenant = self.own(account);
        if !tenant.read(look).await? {
            return Ok(());
        }
        let (service, now) = (self.clone(), self.now());
        let tell = async move |tx: &mut Tx, t: &Tenant| {
            let world = World::load(&service, tx, t.account).await?;
            let hooks = endpoints(tx, &world, now).await?;
            let news = match moment {
                Moment::Typing { conversation, author, private } => typed(tx, &world, event, conversation, author, private).await?,
                Moment::Opened { inbox, address, opened } => Some(triggered(tx, &world, inbox, address, &opened, now).await?),
            };
            let Some(news) = news else { return Ok(()) };
            let mut due = std::collections::BTreeSet::new();
            news.deliver(tx, t.account, &hooks, &mut due, now).await?;
            for hook in due {
                tx.enqueue(job(t.account, hook, false, now)).await?;
            }
            Ok(())
        };
        tenant.write(tell).await
    }
}

/// `conversation_typing_on` and `_off`, as the ecosystem words them.
async fn typed(
    tx: &mut Tx,
    world: &World,
    event: &'static str,
    conversation: ConversationId,
    author: Author,
    private: bool,
) -> Result<Option<News>> {
    let Some(thread) = world.threads(tx, &Sight::everything(), &[conversation]).await?.pop() else { return Ok(None) };
    let user = match author {
        Author::User { id } => {
            let agent = world.agent(id);
            json!({ "id": id, "name": agent.map(|a| &a.name), "email": agent.map(|a| &a.email), "type": "user" })
        }
        Author::Contact { .. } => {
            let mut who = world.contact(&thread.contact, None);
            who["account"] = json!({ "id": world.account, "name": world.name });
            who
        }
        Author::System => Value::Null,
    };
    let body = json!({ "user": user, "conversation": world.hook_conversation(&thread), "is_private": private });
    Ok(Some(News::of(event, body).about(&thread)))
}

/// `webwidget_triggered`, as the ecosystem words it.
async fn triggered(
    tx: &mut Tx,
    world: &World,
    inbox: InboxId,
    address: Option<ContactInbox>,
    opened: &Opened,
    now: Timestamp,
) -> Result<News> {
    let account = json!({ "id": world.account, "name": world.name });
    let (mut who, mut thread) = (Value::Null, None);
    if let Some(address) = &address {
        if let Some(found) = contact::load(tx, world.account, address.contact).await? {
            let known = world.who(tx, vec![found]).await?.pop().ok_or_else(Error::missing)?;
            who = world.contact(&known, None);
            who["account"] = account.clone();
        }
        if let Some(last) = conversation::last_of(tx, world.account, address.id).await?.filter(|v| v.view.status != Status::Resolved) {
            thread = world.threads(tx, &Sight::everything(), &[last.view.id]).await?.pop();
        }
    }
    let origin = &opened.origin;
    let name = origin.browser.as_deref().unwrap_or_default();
    let (browser, version) = name.rsplit_once(' ').unwrap_or((name, ""));
    let body = json!({
        "id": address.as_ref().map(|a| a.id), "source_id": address.as_ref().map(|a| &a.source), "contact": who, "account": account,
        "inbox": { "id": inbox, "name": world.inboxes.get(&inbox).map(|i| &i.name) },
        "current_conversation": thread.as_ref().map(|t| world.hook_conversation(t)),
        "event_info": {
            "initiated_at": { "timestamp": crate::rest_time::iso(now) }, "referer": origin.page, "widget_language": opened.language,
            "browser_language": origin.language,
            "browser": { "browser_name": browser, "browser_version": version, "device_name": null, "platform_name": origin.system, "platform_version": null },
        },
    });
    let mut news = News::of("webwidget_triggered", body);
    news.inbox = Some(inbox);
    news.conversation = thread.map(|t| t.conversation.view.id);
    news.contact = address.map(|a| a.contact);
    Ok(news)
}
