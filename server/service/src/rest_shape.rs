//! How the REST API and the webhooks word what there is: the ecosystem's field names, numbers and times. Pure: it reads and asks nothing.
//!
//! Two habits differ: REST leaves out what there is not where the published document knows no null, and webhooks say null.

use crate::rest_given::TYPED;
use crate::rest_time::{iso, seconds};
use crate::rest_world::{Said, Thread, Who, World};
use crate::webhooks::standing;
use model::*;
use serde_json::{Map, Value, json};
use store::bot::Bot;
use store::inbox::Inbox;

/// The class the ecosystem knows a channel by.
pub(crate) fn class_of(kind: &str) -> &'static str {
    match kind {
        "website" => "Channel::WebWidget",
        "email" => "Channel::Email",
        "telegram" => "Channel::Telegram",
        "whatsapp" => "Channel::Whatsapp",
        "twilio" => "Channel::TwilioSms",
        "bandwidth" => "Channel::Sms",
        "messenger" => "Channel::FacebookPage",
        "instagram" => "Channel::Instagram",
        "line" => "Channel::Line",
        "x" => "Channel::TwitterProfile",
        _ => "Channel::Api",
    }
}

/// Leaves out what is null.
pub(crate) fn bare(mut value: Value) -> Value {
    if let Value::Object(map) = &mut value {
        map.retain(|_, v| !v.is_null());
    }
    value
}

/// Contact attributes that the ecosystem keeps apart, by its name and ours.
pub(crate) const ADDITIONAL: [(&str, &str); 5] = [
    ("city", "city"),
    ("country", "country"),
    ("country_code", "country_code"),
    ("company_name", "company"),
    ("description", "description"),
];

/// A status as a word.
pub(crate) const fn status_word(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Open => "open",
        StatusKind::Pending => "pending",
        StatusKind::Snoozed => "snoozed",
        StatusKind::Resolved => "resolved",
    }
}

/// A priority as a word.
pub(crate) const fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

/// A kind of message as a number and a word; the product's own words to a customer are templates there.
pub(crate) const fn type_of(message: &MessageView, bot: bool) -> (i64, &'static str) {
    match (message.kind, &message.author) {
        (MessageKind::Incoming, _) => (0, "incoming"),
        (MessageKind::Activity, _) => (2, "activity"),
        (MessageKind::Outgoing, Author::System) if !bot => (3, "template"),
        (MessageKind::Outgoing | MessageKind::Note, _) => (1, "outgoing"),
    }
}

const fn state_word(state: &MessageState) -> &'static str {
    match state {
        MessageState::Queued | MessageState::Sent | MessageState::Unconfirmed => "sent",
        MessageState::Delivered => "delivered",
        MessageState::Read => "read",
        MessageState::Failed { .. } => "failed",
    }
}

impl World {
    /// Attribute values in the types of their definitions, else in those a client gave them in; `extra` remembers these.
    pub(crate) fn values<'a>(
        &self,
        entity: Entity,
        kept: impl Iterator<Item = (&'a String, &'a String)>,
        extra: &Map<String, Value>,
    ) -> Value {
        let given = extra.get(TYPED).and_then(Value::as_object);
        let typed = |(key, text): (&String, &String)| {
            let defined = self.attributes.iter().find(|a| a.draft.entity == entity && a.draft.key == *key).map(|a| a.draft.kind);
            let value = match defined {
                Some(AttributeKind::Number) => serde_json::from_str(text).ok(),
                Some(AttributeKind::Checkbox) => Some(Value::Bool(text == "true")),
                // Unless somebody has changed the text since.
                _ => given.and_then(|g| g.get(key)).filter(|v| v.to_string() == *text).cloned(),
            };
            (key.clone(), value.unwrap_or_else(|| Value::from(text.as_str())))
        };
        Value::Object(kept.map(typed).collect())
    }

    pub(crate) fn photo(&self, version: Option<&str>) -> String {
        version.map(|v| format!("{}/avatars/{v}", self.public_url)).unwrap_or_default()
    }

    fn contact_parts(&self, who: &Who) -> (Value, Value) {
        let apart = |key: &str| ADDITIONAL.iter().any(|(_, ours)| *ours == key);
        let custom = self.values(Entity::Contact, who.contact.attributes.iter().filter(|(k, _)| !apart(k)), &who.additional);
        let mut additional = who.additional.clone();
        additional.remove(TYPED);
        for (theirs, ours) in ADDITIONAL {
            if let Some(value) = who.contact.attributes.get(ours) {
                additional.insert(theirs.to_owned(), Value::from(value.as_str()));
            }
        }
        (custom, Value::Object(additional))
    }

    /// A contact; `addresses` are left out of senders.
    pub(crate) fn contact(&self, who: &Who, addresses: Option<&[(String, InboxId)]>) -> Value {
        let k = &who.contact;
        let (custom, additional) = self.contact_parts(who);
        let mut value = json!({
            "additional_attributes": additional, "availability_status": "offline", "email": k.email, "id": k.id, "name": k.name,
            "phone_number": k.phone, "blocked": k.blocked, "identifier": k.identifier, "thumbnail": "", "custom_attributes": custom,
            "last_activity_at": k.last_activity_at.map(|t| seconds(Some(t))), "created_at": seconds(Some(k.created_at)),
        });
        if let Some(addresses) = addresses {
            let known = |(source, inbox): &(String, InboxId)| {
                Some(json!({ "source_id": source, "inbox": self.inbox_brief(self.inboxes.get(inbox)?) }))
            };
            value["contact_inboxes"] = addresses.iter().filter_map(known).collect();
        }
        value
    }

    /// A contact as the sender of something.
    pub(crate) fn sender(&self, who: &Who) -> Value {
        bare(self.contact(who, None))
    }

    pub(crate) fn inbox_brief(&self, inbox: &Inbox) -> Value {
        json!({ "id": inbox.id, "avatar_url": "", "channel_id": inbox.id, "name": inbox.name, "channel_type": class_of(&inbox.kind), "provider": provider(inbox) })
    }

    /// A colleague. Whoever has nothing open is offline, whatever they set by hand, as the ecosystem counts presence.
    pub(crate) fn agent_value(&self, agent: &AgentView) -> Value {
        let status = match agent.availability {
            _ if !self.here.contains(&agent.id) => "offline",
            Availability::Online => "online",
            Availability::Busy => "busy",
            Availability::Offline => "offline",
        };
        json!({
            "id": agent.id, "account_id": self.account, "availability_status": status, "auto_offline": true, "confirmed": agent.confirmed,
            "email": agent.email, "available_name": agent.name, "name": agent.name, "role": agent.role.name(),
            "thumbnail": self.photo(agent.photo.as_deref()),
        })
    }

    fn team_value(&self, team: TeamId) -> Option<Value> {
        let team = self.teams.iter().find(|t| t.id == team)?;
        Some(
            json!({ "id": team.id, "name": team.name, "description": team.description, "allow_auto_assign": team.auto_assign, "account_id": self.account }),
        )
    }

    /// A bot; its token, and the secret that signs what it is told, are shown to those who may configure.
    pub(crate) fn bot_value(&self, bot: &Bot, token: Option<&str>) -> Value {
        let mut value = json!({
            "id": bot.id, "name": bot.name, "description": bot.description, "thumbnail": "", "outgoing_url": bot.url, "bot_type": "webhook",
            "bot_config": serde_json::from_str::<Value>(&bot.config).unwrap_or_else(|_| json!({})), "system_bot": bot.account_id.is_none(),
        });
        if let Some(account) = bot.account_id {
            value["account_id"] = account.into();
        }
        if let Some(token) = token {
            value["access_token"] = token.into();
            value["secret"] = self.secret(SecretOf::Bot(bot.id)).into();
        }
        value
    }

    fn secret(&self, of: SecretOf) -> String {
        standing(&self.service.0.door, of, self.signing.get(&of))
    }

    fn attachments(&self, message: &MessageView) -> Vec<Value> {
        let mut all: Vec<Value> = message
            .files
            .iter()
            .map(|file| {
                let path = self.service.0.links.for_provider(self.account, file.id, self.now);
                let link = format!("{}{}", self.public_url, named(&path, &file.name).unwrap_or(path));
                let kind = match file.kind {
                    AttachmentKind::Image => "image",
                    AttachmentKind::Video => "video",
                    AttachmentKind::Audio => "audio",
                    AttachmentKind::Document => "file",
                };
                json!({
                    "id": file.id, "message_id": message.id, "file_type": kind, "account_id": self.account,
                    "extension": file.name.rsplit_once('.').map(|(_, e)| e), "data_url": link,
                    "thumb_url": if file.kind == AttachmentKind::Image { link.as_str() } else { "" }, "file_size": file.size,
                    "width": file.width, "height": file.height, "meta": {},
                })
            })
            .collect();
        if let Some(Detail::Location(place)) = &message.detail {
            all.push(json!({
                "id": message.id, "message_id": message.id, "file_type": "location", "account_id": self.account, "data_url": "",
                "coordinates_lat": place.latitude.parse::<f64>().unwrap_or_default(), "coordinates_long": place.longitude.parse::<f64>().unwrap_or_default(),
                "fallback_title": place.name,
            }));
        }
        all
    }

    /// What a message is beside its words: its type, and attributes of that type.
    pub(crate) fn content(&self, said: &Said) -> (String, Value) {
        let mut attributes = said.extra.content_attributes.clone();
        let mut kind = said.extra.content_type.clone();
        let (name, items) = match &said.message.detail {
            Some(Detail::Choices(choices)) => {
                ("input_select", choices.iter().map(|c| json!({ "title": c.title, "value": c.value })).collect())
            }
            Some(Detail::Cards(cards)) => ("cards", cards.iter().map(card).collect()),
            Some(Detail::Articles(cards)) => {
                ("article", cards.iter().map(|c| json!({ "title": c.title, "description": c.text, "link": c.url })).collect())
            }
            Some(Detail::Form(questions)) => ("form", questions.iter().map(question).collect()),
            _ => ("text", Vec::new()),
        };
        // These two carry no items: what they ask is in their name.
        let named = matches!(kind.as_deref(), Some("input_email" | "input_csat"));
        if !items.is_empty() && !named {
            kind = kind.or_else(|| Some(name.to_owned()));
            attributes.entry("items").or_insert_with(|| items.into());
        }
        if let Some(Detail::Mail(head)) = &said.message.detail {
            let mail = json!({ "from": [head.from], "to": head.to, "cc": head.cc, "bcc": head.bcc, "subject": head.subject });
            attributes.entry("email").or_insert(mail);
        }
        if let Some(quote) = &said.message.quote {
            attributes.insert("in_reply_to".to_owned(), json!(quote.message));
        }
        if said.message.deleted_at.is_some() {
            attributes.insert("deleted".to_owned(), true.into());
        }
        if let (MessageState::Failed { reason }, given) = (&said.message.state, said.message.reason.as_ref()) {
            attributes.entry("external_error").or_insert_with(|| given.cloned().unwrap_or_else(|| format!("{reason:?}")).into());
        }
        (kind.unwrap_or_else(|| "text".to_owned()), Value::Object(attributes))
    }

    /// Who wrote a message: the class, the id and the person or bot; `contact` is the thread's.
    fn author(&self, said: &Said, contact: &Who) -> (Option<&'static str>, Option<i64>, Value) {
        match &said.message.author {
            Author::Contact { id } if *id == contact.contact.id => {
                let mut sender = self.sender(contact);
                sender["type"] = "contact".into();
                (Some("contact"), Some(id.0), sender)
            }
            Author::Contact { id } => (Some("contact"), Some(id.0), json!({ "id": id, "type": "contact" })),
            Author::User { id } => (Some("agent"), Some(id.0), self.user_sender(*id)),
            Author::System => match said.extra.bot {
                Some(id) => (Some("agent_bot"), Some(id), self.bot_sender(id)),
                None => (None, None, Value::Null),
            },
        }
    }

    pub(crate) fn user_sender(&self, id: UserId) -> Value {
        let Some(agent) = self.agent(id) else { return json!({ "id": id, "name": "", "type": "user" }) };
        let photo = self.photo(agent.photo.as_deref());
        json!({
            "id": id, "name": agent.name, "available_name": agent.name, "avatar_url": photo, "type": "user", "availability_status": "online",
            "thumbnail": photo, "email": agent.email,
        })
    }

    pub(crate) fn bot_sender(&self, id: i64) -> Value {
        let name = self.bots.get(&id).map_or("", |b| b.name.as_str());
        json!({ "id": id, "name": name, "avatar_url": "", "type": "agent_bot" })
    }

    /// The words of a message, or of the product's own line.
    pub(crate) fn text(&self, message: &MessageView) -> String {
        match &message.activity {
            Some(activity) => self.activity(activity),
            None => message.text.clone(),
        }
    }

    fn activity(&self, activity: &Activity) -> String {
        let name = |user: &UserId| self.agent(*user).map_or_else(|| "Recado".to_owned(), |a| a.name.clone());
        let by = |user: &Option<UserId>| user.as_ref().map(|u| format!(" by {}", name(u))).unwrap_or_default();
        match activity {
            Activity::Status { by: who, to } => format!("Conversation was marked {}{}", status_word(*to), by(who)),
            Activity::Moved { to, cause: Cause::Bot } => format!("Conversation was marked {} by the bot", status_word(*to)),
            Activity::Moved { to, cause: Cause::SilentBot } => {
                format!("Conversation was marked {}: the bot did not answer", status_word(*to))
            }
            Activity::Moved { to, cause: Cause::Woke } => format!("Conversation was marked {}: its snooze is over", status_word(*to)),
            Activity::Assigned { by: who, to: Some(to) } if who == to => format!("{} self-assigned this conversation", name(who)),
            Activity::Assigned { by: who, to: Some(to) } => format!("Assigned to {} by {}", name(to), name(who)),
            Activity::Assigned { by: who, to: None } => format!("Conversation unassigned by {}", name(who)),
            Activity::Team { by: who, to } => {
                let team = to.and_then(|t| self.teams.iter().find(|known| known.id == t)).map_or("no team", |t| t.name.as_str());
                format!("Assigned to {team}{}", by(who))
            }
            Activity::Priority { by: who, to } => format!("Priority set to {}{}", to.map_or("none", priority_word), by(who)),
            Activity::Labels { by: who, added, removed } => {
                let (added, removed) = (self.titles(added).join(", "), self.titles(removed).join(", "));
                let what = [("added", added), ("removed", removed)];
                let what: Vec<_> = what.iter().filter(|(_, l)| !l.is_empty()).map(|(verb, l)| format!("{verb} {l}")).collect();
                format!("Labels: {}{}", what.join("; "), by(who))
            }
            Activity::Muted { by: who, on } => format!("Conversation {}muted{}", if *on { "" } else { "un" }, by(who)),
            Activity::Sender { by: who, to } => format!("{} took {to} for the sender of the forwarded email", name(who)),
            Activity::Merged { by: who, number } => format!("Conversation #{number} was merged into this one by {}", name(who)),
            Activity::NotSent { by: who } => format!("A held message{} was not sent, because the customer wrote first", by(who)),
            Activity::Macro { by: who, name: what } => format!("{} ran the macro {what}", name(who)),
        }
    }

    /// A message as REST words it.
    pub(crate) fn message(&self, said: &Said, thread: &Thread) -> Value {
        let m = &said.message;
        let v = &thread.conversation.view;
        let (content_type, attributes) = self.content(said);
        let (class, id, sender) = self.author(said, &thread.contact);
        let text = self.text(m);
        let attachments = self.attachments(m);
        let changed = m.edited_at.or(m.deleted_at).unwrap_or(m.at);
        let mut value = json!({
            "id": m.id, "content": text, "account_id": self.account, "inbox_id": v.inbox, "conversation_id": v.number,
            "message_type": type_of(m, said.extra.bot.is_some()).0, "created_at": seconds(Some(m.at)), "updated_at": seconds(Some(changed)),
            "private": m.kind == MessageKind::Note, "status": state_word(&m.state), "source_id": said.source, "content_type": content_type,
            "content_attributes": attributes, "sender_type": class, "sender_id": id, "external_source_ids": {}, "additional_attributes": {},
            "processed_message_content": text, "sentiment": {}, "sender": sender, "echo_id": said.extra.echo_id,
            "conversation": {
                "assignee_id": v.assignee, "unread_count": v.incoming - thread.seen, "last_activity_at": seconds(Some(v.last_message_at)),
                "contact_inbox": { "source_id": thread.address.source },
            },
        });
        if !attachments.is_empty() {
            value["attachments"] = attachments.into();
        }
        bare(value)
    }

    /// Whether the channel lets us write now.
    pub(crate) fn can_reply(&self, thread: &Thread) -> bool {
        let v = &thread.conversation.view;
        let Some(inbox) = self.inboxes.get(&v.inbox) else { return false };
        let can = crate::inboxes::view_of(inbox).capabilities;
        let Some(hours) = can.person_window() else { return true };
        v.last_incoming_at.is_some_and(|at| self.now.since(at) < i64::from(hours) * 3_600_000)
    }

    /// Where a conversation came from, as clients know it, with what they attached themselves.
    pub(crate) fn additional(&self, thread: &Thread) -> Value {
        let v = &thread.conversation.view;
        let mut all = thread.additional.clone();
        all.remove(TYPED);
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                all.entry(key).or_insert(value);
            }
        };
        put("referer", v.origin.page.as_deref().map(Value::from));
        put("browser_language", v.origin.language.as_deref().map(Value::from));
        put("mail_subject", v.subject.as_deref().map(Value::from));
        if v.origin.browser.is_some() || v.origin.system.is_some() {
            let name = v.origin.browser.as_deref().unwrap_or_default();
            let (name, version) = name.rsplit_once(' ').unwrap_or((name, ""));
            put("browser", Some(json!({ "browser_name": name, "browser_version": version, "platform_name": v.origin.system })));
        }
        Value::Object(all)
    }

    /// A conversation as REST words it; with `messages`, these instead of the last one.
    pub(crate) fn conversation(&self, thread: &Thread) -> Value {
        let mut value = self.conversation_core(thread);
        let last: Vec<_> = thread.said.iter().chain(thread.last.iter()).map(|said| self.message(said, thread)).take(1).collect();
        let said = thread.said.as_ref().or(thread.last.as_ref().filter(|s| s.message.kind != MessageKind::Activity));
        value["last_non_activity_message"] = said.map(|s| self.message(s, thread)).unwrap_or_default();
        value["messages"] = thread.last.as_ref().map_or(last.into(), |s| json!([self.message(s, thread)]));
        value["meta"] = self.meta(thread);
        // The one moment the published document has as a text; webhooks have it as a number like the others.
        value["timestamp"] = seconds(Some(thread.conversation.view.last_message_at)).to_string().into();
        bare(value)
    }

    /// Sender, channel, assignee and team of a conversation.
    fn meta(&self, thread: &Thread) -> Value {
        let v = &thread.conversation.view;
        let kind = self.inboxes.get(&v.inbox).map_or("", |i| i.kind.as_str());
        bare(json!({
            "sender": self.sender(&thread.contact), "channel": class_of(kind), "assignee": v.assignee.and_then(|u| self.agent(u)).map(|a| self.agent_value(a)),
            "team": v.team.and_then(|t| self.team_value(t)), "hmac_verified": thread.contact.contact.verified,
        }))
    }

    fn conversation_core(&self, thread: &Thread) -> Value {
        let c = &thread.conversation;
        let v = &c.view;
        let until = if let Status::Snoozed { until: Some(until) } = v.status { Some(iso(until)) } else { None };
        let seen = if thread.seen > 0 { seconds(Some(v.last_message_at)) } else { 0 };
        json!({
            "id": v.number, "account_id": self.account, "uuid": thread.uuid, "additional_attributes": self.additional(thread),
            "agent_last_seen_at": seen, "assignee_last_seen_at": if v.assignee.is_some() { seen } else { 0 }, "can_reply": self.can_reply(thread),
            "contact_last_seen_at": seconds(v.contact_seen_at), "custom_attributes": self.values(Entity::Conversation, thread.attributes.iter(), &thread.additional),
            "inbox_id": v.inbox, "labels": self.titles(&v.labels), "muted": v.muted || c.blocked, "snoozed_until": until,
            "status": status_word(v.status.kind()), "created_at": seconds(Some(v.created_at)), "updated_at": v.last_message_at.0 as f64 / 1000.0,
            "timestamp": seconds(Some(v.last_message_at)), "first_reply_created_at": seconds(c.first_reply_at),
            "unread_count": (v.incoming - thread.seen).max(0), "last_activity_at": seconds(Some(v.last_message_at)),
            "priority": v.priority.map(priority_word), "waiting_since": seconds(v.waiting_since),
        })
    }

    /// A conversation as webhooks word it.
    pub(crate) fn hook_conversation(&self, thread: &Thread) -> Value {
        let v = &thread.conversation.view;
        let kind = self.inboxes.get(&v.inbox).map_or("", |i| i.kind.as_str());
        let mut value = self.conversation_core(thread);
        let mut sender = self.contact(&thread.contact, None);
        sender["type"] = "contact".into();
        let assignee =
            v.assignee.and_then(|u| self.agent(u)).map(|a| json!({ "id": a.id, "name": a.name, "email": a.email, "type": "user" }));
        value["channel"] = class_of(kind).into();
        value["contact_inbox"] = json!({
            "id": thread.address.id, "contact_id": thread.address.contact, "inbox_id": thread.address.inbox, "source_id": thread.address.source,
            "hmac_verified": thread.contact.contact.verified,
        });
        value["meta"] = json!({ "sender": sender, "assignee": assignee, "team": v.team.and_then(|t| self.team_value(t)), "hmac_verified": thread.contact.contact.verified });
        value["messages"] = thread.shown.as_ref().map(|s| self.message(s, thread)).into_iter().collect();
        if thread.conversation.first_reply_at.is_none() {
            value["first_reply_created_at"] = Value::Null;
        }
        value
    }

    /// A message as webhooks word it, with its event's name.
    pub(crate) fn hook_message(&self, event: &str, said: &Said, thread: &Thread) -> Value {
        let m = &said.message;
        let (content_type, attributes) = self.content(said);
        let inbox = self.inboxes.get(&thread.conversation.view.inbox);
        let mut sender = match &m.author {
            Author::Contact { .. } => self.contact(&thread.contact, None),
            Author::User { id } => {
                let agent = self.agent(*id);
                json!({ "id": id, "name": agent.map(|a| &a.name), "email": agent.map(|a| &a.email), "type": "user" })
            }
            Author::System => said.extra.bot.map(|id| self.bot_sender(id)).unwrap_or_default(),
        };
        let account = json!({ "id": self.account, "name": self.name });
        if matches!(m.author, Author::Contact { .. }) {
            sender["avatar"] = "".into();
            sender["account"] = account.clone();
        }
        let mut value = json!({
            "event": event, "id": m.id, "content": self.text(m), "content_type": content_type, "content_attributes": attributes, "additional_attributes": {},
            "message_type": type_of(m, said.extra.bot.is_some()).1, "private": m.kind == MessageKind::Note, "source_id": said.source, "created_at": iso(m.at),
            "status": state_word(&m.state), "account": account, "inbox": { "id": thread.conversation.view.inbox, "name": inbox.map(|i| &i.name) },
            "sender": sender, "conversation": self.hook_conversation(thread),
        });
        let attachments = self.attachments(m);
        if !attachments.is_empty() {
            value["attachments"] = attachments.into();
        }
        value
    }

    /// A message as the client API words it; the caller saw to it that it is public.
    pub(crate) fn public_message(&self, said: &Said, thread: &Thread) -> Value {
        let whole = self.message(said, thread);
        let mut value = Map::new();
        for key in [
            "id",
            "content",
            "message_type",
            "content_type",
            "content_attributes",
            "created_at",
            "conversation_id",
            "attachments",
            "echo_id",
        ] {
            if let Some(found) = whole.get(key) {
                value.insert(key.to_owned(), found.clone());
            }
        }
        let sender = match &said.message.author {
            Author::Contact { id } => json!({ "id": id, "name": thread.contact.contact.name, "type": "contact" }),
            Author::User { id } => {
                let agent = self.agent(*id);
                json!({ "id": id, "name": agent.map(|a| &a.name), "avatar_url": self.photo(agent.and_then(|a| a.photo.as_deref())), "type": "user" })
            }
            Author::System => said.extra.bot.map(|id| self.bot_sender(id)).unwrap_or_default(),
        };
        if !sender.is_null() {
            value.insert("sender".to_owned(), sender);
        }
        Value::Object(value)
    }

    /// An inbox; its keys are for those who configure it.
    pub(crate) fn inbox(&self, inbox: &Inbox, manages: bool) -> Value {
        let text = |key: &str| inbox.settings.get(key).cloned().unwrap_or_default();
        let on = |key: &str| inbox.settings.get(key).is_some_and(|v| v == "true");
        let allotment = self.allotments.get(&inbox.id).copied().unwrap_or_default();
        let hours = crate::hours::of(&inbox.settings);
        let most = allotment.most.map_or_else(|| json!({}), |most| json!({ "max_assignment_limit": most }));
        let mut value = json!({
            "id": inbox.id, "avatar_url": "", "channel_id": inbox.id, "name": inbox.name, "channel_type": class_of(&inbox.kind),
            "greeting_enabled": on("greeting_enabled"), "greeting_message": text("greeting"), "working_hours_enabled": hours.on, "enable_email_collect": true,
            "csat_survey_enabled": false, "enable_auto_assignment": allotment.on, "auto_assignment_config": most, "out_of_office_message": hours.closed,
            "working_hours": crate::hours::week(&hours), "timezone": hours.zone, "callback_webhook_url": "", "allow_messages_after_resolved": true,
            "lock_to_single_conversation": inbox.settings.get("lock_to_single_conversation").is_none_or(|v| v == "true"), "sender_name_type": "friendly",
            "business_name": text("business_name"), "hmac_mandatory": crate::website::identity_required(inbox), "provider": provider(inbox),
        });
        match inbox.kind.as_str() {
            "website" => {
                value["website_url"] = text("domain").into();
                value["widget_color"] = text("colour").into();
                value["website_token"] = inbox.public_key.as_str().into();
                value["welcome_title"] = text("heading").into();
                value["welcome_tagline"] = text("tagline").into();
                value["reply_time"] = text("reply_time").into();
                value["web_widget_script"] =
                    format!("<script async src=\"{}/embed/recado.js\" data-token=\"{}\"></script>", self.public_url, inbox.public_key)
                        .into();
            }
            "api" => {
                value["inbox_identifier"] = inbox.public_key.as_str().into();
                value["webhook_url"] = text("webhook_url").into();
                value["callback_webhook_url"] = text("webhook_url").into();
                value["additional_attributes"] = text("reply_window")
                    .parse::<i64>()
                    .ok()
                    .filter(|h| *h > 0)
                    .map_or_else(|| json!({}), |h| json!({ "agent_reply_time_window": h }));
            }
            kind => {
                value["phone_number"] = Some(text("phone")).filter(|p| !p.is_empty()).into();
                value["callback_webhook_url"] = format!("{}/hooks/{kind}/{}", self.public_url, inbox.public_key).into();
                value["reauthorization_required"] = (!inbox.state.is_connected()).into();
                if kind == "telegram" {
                    value["bot_name"] = text("username").into();
                }
                if kind == "twilio" {
                    value["medium"] = if text("medium").is_empty() { "sms".into() } else { text("medium").into() };
                }
            }
        }
        if manages && matches!(inbox.kind.as_str(), "api" | "website") {
            value["hmac_token"] = crate::website::identity_key(inbox).into();
        }
        if manages && inbox.kind == "api" {
            value["secret"] = self.secret(SecretOf::Inbox(inbox.id)).into();
        }
        bare(value)
    }
}

/// A file's link with the proof in front and the file's name at its end: clients read its name and kind off there.
fn named(link: &str, name: &str) -> Option<String> {
    let (path, proof) = link.split_once("?until=")?;
    let (until, by) = proof.split_once("&by=")?;
    let name = if name.trim_matches('.').is_empty() { "file" } else { name };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~');
    let safe: String = name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    Some(format!("{path}/{until}/{by}/{safe}"))
}

/// Which of several providers carries an inbox; none where there is only one.
fn provider(inbox: &Inbox) -> Option<&'static str> {
    match inbox.kind.as_str() {
        "whatsapp" => Some("whatsapp_cloud"),
        "bandwidth" => Some("default"),
        _ => None,
    }
}

fn card(card: &Card) -> Value {
    let action = |c: &Choice| match &c.url {
        Some(url) => json!({ "type": "link", "text": c.title, "uri": url }),
        None => json!({ "type": "postback", "text": c.title, "payload": c.value }),
    };
    json!({ "title": card.title, "description": card.text, "media_url": card.picture, "actions": card.choices.iter().map(action).collect::<Vec<_>>() })
}

fn question(q: &FormQuestion) -> Value {
    let options: Vec<_> = q.options.iter().map(|o| json!({ "label": o.title, "value": o.value })).collect();
    json!({ "name": q.name, "label": q.label, "type": q.kind, "options": options, "default": q.answer })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_link_ends_in_the_files_name() {
        let link = "/files/1/2/signed?until=17&by=ab";
        assert_eq!(named(link, "nota fiscal/é.pdf").unwrap(), "/files/1/2/signed/17/ab/nota%20fiscal%2F%C3%A9.pdf");
        assert_eq!(named(link, "..").unwrap(), "/files/1/2/signed/17/ab/file");
        assert_eq!(named("/avatars/x", "a.png"), None);
    }
}
