//! Inboxes as API clients list, make and change them, with the ecosystem's field names turned into each channel's form.

use crate::hours::{self, CLOSED};
use crate::inboxes::{IDENTITY_KEY, IDENTITY_REQUIRED};
use crate::rest_world::World;
use crate::{Error, Result, Scope, Service, Tenant, secret};
use model::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::{Reader, Tx, inbox};

/// The channel of one of the ecosystem's types.
fn kind_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "web_widget" | "website" => "website",
        "api" => "api",
        "email" => "email",
        "line" => "line",
        "telegram" => "telegram",
        "whatsapp" => "whatsapp",
        "sms" => "bandwidth",
        "twilio_sms" | "twilio" => "twilio",
        "facebook" | "facebook_page" | "messenger" => "messenger",
        "instagram" => "instagram",
        "twitter" | "x" => "x",
        _ => return None,
    })
}

/// The ecosystem's names of a channel's fields and ours; a name that is ours already is taken as it is.
const NAMES: [(&str, &str, &str); 19] = [
    ("website", "website_url", "domain"),
    ("website", "widget_color", "colour"),
    ("website", "welcome_title", "heading"),
    ("website", "welcome_tagline", "tagline"),
    ("api", "agent_reply_time_window", "reply_window"),
    ("telegram", "bot_token", "token"),
    ("whatsapp", "api_key", "token"),
    ("line", "line_channel_id", "channel_id"),
    ("line", "line_channel_secret", "channel_secret"),
    ("line", "line_channel_token", "token"),
    ("bandwidth", "phone_number", "phone"),
    ("bandwidth", "api_key", "api_user"),
    ("twilio", "phone_number", "phone"),
    ("messenger", "page_access_token", "token"),
    ("messenger", "user_access_token", "user_token"),
    ("email", "email", "address"),
    ("email", "imap_login", "imap_user"),
    ("email", "imap_address", "imap_host"),
    ("email", "smtp_address", "smtp_host"),
];

fn flatten(kind: &str, given: &Map<String, Value>, into: &mut BTreeMap<String, String>) {
    for (key, value) in given {
        if let Value::Object(inner) = value {
            flatten(kind, inner, into);
            continue;
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let ours = NAMES.iter().find(|(of, theirs, _)| *of == kind && theirs == key).map_or(key.as_str(), |(_, _, ours)| ours);
        into.insert(ours.to_owned(), text);
    }
}

/// A host out of an address of the web, as the website's form wants it.
fn host(url: &str) -> String {
    let bare = url.trim().trim_start_matches("https://").trim_start_matches("http://");
    bare.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

/// The form's values out of a client's inbox and channel objects.
fn settings(kind: &str, given: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    if let Some(Value::Object(channel)) = given.get("channel") {
        flatten(kind, channel, &mut values);
    }
    for (theirs, ours) in
        [("name", "name"), ("greeting_enabled", "greeting_enabled"), ("greeting_message", "greeting"), ("webhook_url", "webhook_url")]
    {
        match given.get(theirs) {
            Some(Value::String(text)) => drop(values.insert(ours.to_owned(), text.clone())),
            Some(Value::Bool(on)) => drop(values.insert(ours.to_owned(), on.to_string())),
            _ => {}
        }
    }
    if let Some(domain) = values.get_mut("domain") {
        *domain = host(domain);
    }
    if let Some(colour) = values.get_mut("colour") {
        *colour = colour.to_lowercase();
    }
    values.remove("type");
    values
}

impl Service {
    /// The inboxes the caller sees; with an id, only that one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rest_inboxes(&self, scope: &Scope, only: Option<InboxId>) -> Result<Vec<Value>> {
        let (service, manages) = (self.clone(), scope.role().may(Permission::ManageInboxes));
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let seen = world.inboxes.values().filter(|i| t.inboxes.contains(i.id) && only.is_none_or(|id| id == i.id));
            Ok(seen.map(|i| world.inbox(i, manages)).collect())
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Makes an inbox out of a client's words.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`; `Provider` where credentials do not work.
    pub async fn rest_create_inbox(&self, scope: &Scope, given: &Map<String, Value>) -> Result<InboxId> {
        let name = given.get("channel").and_then(|c| c.get("type")).and_then(Value::as_str).unwrap_or_default();
        let kind = kind_of(name).ok_or_else(|| Error::field("channel.type", Violation::Malformed))?;
        let draft = InboxDraft { kind: ChannelKind(kind.into()), settings: settings(kind, given) };
        if let Some(url) = draft.settings.get("webhook_url").filter(|u| !u.is_empty()) {
            crate::bots::address("webhook_url", url)?;
        }
        let made = self.create_inbox(scope, draft).await?.inbox.id;
        self.settle_beside(scope, made, given).await?;
        Ok(made)
    }

    /// Changes an inbox in a client's words; absent parts stay.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn rest_update_inbox(&self, scope: &Scope, id: InboxId, given: &Map<String, Value>) -> Result<()> {
        let look = async move |c: &Reader, t: &Tenant| Ok(inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?.kind);
        let kind: String = self.enter(scope, Permission::ManageInboxes)?.read(look).await?;
        let values = settings(&kind, given);
        if let Some(url) = values.get("webhook_url").filter(|u| !u.is_empty()) {
            crate::bots::address("webhook_url", url)?;
        }
        if !values.is_empty() {
            self.update_inbox(scope, id, InboxChange { settings: Some(values), ..InboxChange::default() }).await?;
        }
        self.settle_beside(scope, id, given).await
    }

    /// Keeps the switches that stand beside every channel's form.
    async fn settle_beside(&self, scope: &Scope, id: InboxId, given: &Map<String, Value>) -> Result<()> {
        let mut kept = BTreeMap::new();
        let channel = given.get("channel").and_then(Value::as_object);
        let find = |key: &str| given.get(key).or_else(|| channel.and_then(|c| c.get(key)));
        for (theirs, ours) in [("hmac_mandatory", IDENTITY_REQUIRED), ("lock_to_single_conversation", "lock_to_single_conversation")] {
            match find(theirs) {
                Some(Value::Bool(on)) => drop(kept.insert(ours, on.to_string())),
                Some(Value::String(text)) if matches!(text.as_str(), "true" | "false") => drop(kept.insert(ours, text.clone())),
                _ => {}
            }
        }
        if let Some(Value::String(text)) = find("business_name") {
            kept.insert("business_name", text.chars().filter(|c| !c.is_control()).take(2000).collect());
        }
        self.settle_hours(scope, id, &find).await?;
        let on = match find("enable_auto_assignment") {
            Some(Value::Bool(on)) => Some(*on),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        // Numbers come as such from JSON and as text from forms; nothing, or null, takes the limit away.
        let most = find("auto_assignment_config").and_then(Value::as_object).map(|config| {
            let most = config.get("max_assignment_limit").unwrap_or(&Value::Null);
            most.as_i64().or_else(|| most.as_str()?.parse().ok())
        });
        if kept.is_empty() && on.is_none() && most.is_none() {
            return Ok(());
        }
        if most.flatten().is_some_and(|most| !(1..=10_000).contains(&most)) {
            return Err(Error::field("max_assignment_limit", Violation::Malformed));
        }
        let set = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = inbox::load(tx, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            let before = store::allot::rule(tx, t.account, id).await?;
            let after = Allotment { on: on.unwrap_or(before.on), most: most.unwrap_or(before.most) };
            store::allot::set_rule(tx, t.account, id, after).await?;
            found.settings.extend(kept.into_iter().map(|(k, v)| (k.to_owned(), v)));
            Ok(inbox::update(tx, &found).await?)
        };
        self.enter(scope, Permission::ManageInboxes)?.write(set).await
    }

    /// Keeps when people are there, in a client's words; what it leaves out stays.
    async fn settle_hours<'g>(&self, scope: &Scope, id: InboxId, find: &impl Fn(&str) -> Option<&'g Value>) -> Result<()> {
        let switch = match find("working_hours_enabled") {
            Some(Value::Bool(on)) => Some(*on),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        let words = |key: &str| find(key).and_then(Value::as_str).map(|text| text.replace(|c: char| c.is_control() && c != '\n', ""));
        let (zone, closed) = (words("timezone"), words(CLOSED));
        let week = find("working_hours").and_then(Value::as_array);
        if switch.is_none() && zone.is_none() && closed.is_none() && week.is_none() {
            return Ok(());
        }
        let look =
            async move |c: &Reader, t: &Tenant| Ok(inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?.settings);
        let before = hours::of(&self.enter(scope, Permission::ManageInboxes)?.read(look).await?);
        let mut after = BusinessHours {
            on: switch.unwrap_or(before.on),
            zone: zone.unwrap_or(before.zone),
            closed: closed.unwrap_or(before.closed),
            ..before
        };
        for one in week.into_iter().flatten() {
            let (at, day) = one.as_object().and_then(hours::day).ok_or_else(|| Error::field("working_hours", Violation::Malformed))?;
            after.days[at] = day;
        }
        self.update_inbox(scope, id, InboxChange { hours: Some(after), ..InboxChange::default() }).await?;
        Ok(())
    }

    /// Gives an inbox another key for identities; the old one proves nothing any more. Other secrets stay.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn rotate_identity_key(&self, scope: &Scope, id: InboxId) -> Result<()> {
        let rotate = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = inbox::load(tx, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            found.secrets.insert(IDENTITY_KEY.to_owned(), secret::token());
            Ok(inbox::update(tx, &found).await?)
        };
        self.enter(scope, Permission::ManageInboxes)?.write(rotate).await
    }

    /// The members of an inbox.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_members(&self, scope: &Scope, id: InboxId) -> Result<Vec<Value>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            let members = inbox::members(c, t.account, id).await?;
            Ok(members.iter().filter_map(|u| world.agent(*u)).map(|a| world.agent_value(a)).collect())
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Sets the members of an inbox; only people of the account can be.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn rest_set_members(&self, scope: &Scope, id: InboxId, change: impl FnOnce(&mut Vec<UserId>)) -> Result<Vec<Value>> {
        let detail = self.inbox(scope, id).await?;
        let known: Vec<_> = self.agents(scope).await?.into_iter().map(|a| a.id).collect();
        let mut members = detail.members;
        change(&mut members);
        members.sort_unstable();
        members.dedup();
        if members.iter().any(|m| !known.contains(m)) {
            return Err(Error::missing());
        }
        self.update_inbox(scope, id, InboxChange { members: Some(members), ..InboxChange::default() }).await?;
        self.rest_members(scope, id).await
    }

    /// Colleagues in the ecosystem's words; with an id, only that one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rest_agents(&self, scope: &Scope, only: impl Fn(&AgentView) -> bool + Send + 'static) -> Result<Vec<Value>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            Ok(world.agents.iter().filter(|a| only(a)).map(|a| world.agent_value(a)).collect())
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }
}
