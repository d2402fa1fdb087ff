//! Conversations and their messages: lists, filters, beginning and changing them, writing in them.

use super::call::{Call, Verb, done, flag, id, list, number, object, ok, text};
use super::problem::{Answer, Problem};
use model::*;
use serde_json::{Map, Value, json};
use service::{Ask, Bearer, Begin, Scope, Slice, Write};
use std::collections::BTreeMap;

/// Answers a request below `/conversations`.
pub async fn serve(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    match (call.verb, rest) {
        (Get, []) => index(call, scope).await,
        (Post, []) => create(call, scope).await,
        (Get, ["meta"]) => {
            let (meta, _) = call.app.service.rest_conversations(scope, ask(call)?).await?;
            ok(json!({ "meta": meta }))
        }
        (Get, ["search"]) => {
            let (meta, payload) = call.app.service.rest_conversations(scope, Ask { status: None, ..ask(call)? }).await?;
            ok(json!({ "meta": meta, "payload": payload }))
        }
        (Post, ["filter"]) => {
            let rows = call.params.get("payload").and_then(Value::as_array).cloned().unwrap_or_default();
            let filter = call.app.service.rest_filter(scope, Entity::Conversation, &rows).await?;
            let (meta, payload) = call.app.service.rest_filtered(scope, filter, call.page()).await?;
            ok(json!({ "meta": meta, "payload": payload }))
        }
        (_, [number, rest @ ..]) => one(call, scope, id(number)?, rest).await,
        (Patch | Delete, []) => Err(Problem::missing()),
    }
}

fn status_of(word: &str) -> Option<StatusKind> {
    Some(match word {
        "open" | "0" => StatusKind::Open,
        "resolved" | "1" => StatusKind::Resolved,
        "pending" | "2" => StatusKind::Pending,
        "snoozed" | "3" => StatusKind::Snoozed,
        _ => return None,
    })
}

fn priority_of(word: &str) -> Result<Option<Priority>, Problem> {
    Ok(Some(match word {
        "low" => Priority::Low,
        "medium" => Priority::Medium,
        "high" => Priority::High,
        "urgent" => Priority::Urgent,
        "" | "none" | "nil" => return Ok(None),
        _ => return Err(Problem::field("priority", Violation::Malformed)),
    }))
}

/// A status with its moment, where it sleeps.
fn status(map: &Map<String, Value>, word: &str) -> Result<Status, Problem> {
    Ok(match status_of(word).ok_or_else(|| Problem::field("status", Violation::Malformed))? {
        StatusKind::Open => Status::Open,
        StatusKind::Pending => Status::Pending,
        StatusKind::Resolved => Status::Resolved,
        StatusKind::Snoozed => {
            let until = match text(map, "snoozed_until").filter(|t| !t.is_empty()) {
                Some(given) => Some(service::moment(&given).ok_or_else(|| Problem::field("snoozed_until", Violation::Malformed))?),
                None => None,
            };
            Status::Snoozed { until }
        }
    })
}

fn ask(call: &Call) -> Result<Ask, Problem> {
    let status = match call.text("status").as_deref() {
        None | Some("") => Some(StatusKind::Open),
        Some("all") => None,
        Some(word) => Some(status_of(word).ok_or_else(|| Problem::field("status", Violation::Malformed))?),
    };
    let order = match call.text("sort_by").as_deref() {
        Some("last_activity_at_asc") => ListOrder::Oldest,
        Some("created_at_desc" | "created_at") => ListOrder::LastCreated,
        Some("created_at_asc") => ListOrder::FirstCreated,
        Some("priority_desc" | "priority") => ListOrder::Priority,
        Some("waiting_since_asc" | "waiting_since") => ListOrder::LongestWaiting,
        _ => ListOrder::Newest,
    };
    Ok(Ask {
        status,
        assignee: call.text("assignee_type").unwrap_or_default(),
        inbox: call.number("inbox_id").map(InboxId),
        team: call.number("team_id").map(TeamId),
        labels: call.list("labels").unwrap_or_default(),
        text: call.text("q").unwrap_or_default(),
        order,
        page: call.page(),
    })
}

async fn index(call: &Call, scope: &Scope) -> Answer {
    let (meta, payload) = call.app.service.rest_conversations(scope, ask(call)?).await?;
    ok(json!({ "data": { "meta": meta, "payload": payload } }))
}

async fn create(call: &Call, scope: &Scope) -> Answer {
    let status = match call.text("status").filter(|s| !s.is_empty()) {
        Some(word) => Some(status(&call.params, &word)?),
        None => None,
    };
    let begin = Begin {
        contact: call.number("contact_id").map(ContactId),
        inbox: call.number("inbox_id").map(InboxId),
        source: call.text("source_id"),
        status,
        assignee: call.number("assignee_id").filter(|id| *id > 0).map(UserId),
        team: call.number("team_id").filter(|id| *id > 0).map(TeamId),
        additional: call.object("additional_attributes").unwrap_or_default(),
        custom: call.object("custom_attributes").unwrap_or_default(),
    };
    let made = call.app.service.rest_begin(scope, begin).await?;
    let number = call.app.service.rest_conversation(scope, made).await?["id"].as_i64().unwrap_or_default();
    if let Some(first) = call.object("message") {
        let template = template(&first);
        let content = text(&first, "content").unwrap_or_default();
        if !content.trim().is_empty() || template.is_some() || !call.files.is_empty() {
            let write = Write {
                content,
                template,
                files: call.files.clone(),
                bot: bot(call),
                key: call.key(&format!("first of {made}")),
                private: flag(&first, "private").unwrap_or(false),
                ..Write::default()
            };
            call.app.service.rest_write(scope, number, write).await?;
        }
    }
    ok(call.app.service.rest_conversation(scope, made).await?)
}

fn bot(call: &Call) -> Option<i64> {
    if let Some(Bearer::Bot(id)) = call.bearer { Some(id) } else { None }
}

async fn one(call: &mut Call, scope: &Scope, number: i64, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let view = service.rest_id(scope, number).await?;
    let conversation = view.id;
    match (call.verb, rest) {
        (Get, []) => ok(service.rest_conversation(scope, conversation).await?),
        (Patch, []) => {
            let mut actions = Vec::new();
            if let Some(word) = call.params.get("priority") {
                actions.push(Action::Priority(priority_of(word.as_str().unwrap_or_default())?));
            }
            if let Some(word) = call.text("status") {
                actions.push(Action::Status(status(&call.params, &word)?));
            }
            if !actions.is_empty() {
                service.act(scope, conversation, actions).await?;
            }
            ok(service.rest_conversation(scope, conversation).await?)
        }
        (Delete, []) => {
            service.delete_conversation(scope, conversation).await?;
            done()
        }
        (Post, ["toggle_status"]) => toggle(call, scope, &view).await,
        (Post, ["toggle_priority"]) => {
            let priority = priority_of(&call.text("priority").unwrap_or_default())?;
            service.act(scope, conversation, vec![Action::Priority(priority)]).await?;
            done()
        }
        (Post, ["toggle_typing_status"]) => {
            let private = call.text("is_private").is_some_and(|s| s == "true" || s == "1");
            service.typing(scope, conversation, call.text("typing_status").is_some_and(|s| s != "off"), private).await?;
            done()
        }
        (Post, ["assignments"]) => assign(call, scope, conversation).await,
        (Get, ["labels"]) => ok(json!({ "payload": service.rest_titles(scope, view.labels).await? })),
        (Post, ["labels"]) => {
            let titles = call.list("labels").ok_or_else(|| Problem::field("labels", Violation::Required))?;
            ok(json!({ "payload": service.rest_set_labels(scope, conversation, &titles).await? }))
        }
        (Post, ["custom_attributes"]) => {
            let given = call.object("custom_attributes").ok_or_else(|| Problem::field("custom_attributes", Violation::Required))?;
            service.rest_set_attributes(scope, conversation, given).await?;
            ok(json!({ "custom_attributes": service.rest_conversation(scope, conversation).await?["custom_attributes"] }))
        }
        (Post, ["mute"]) => {
            service.act(scope, conversation, vec![Action::Mute(true)]).await?;
            done()
        }
        (Post, ["unmute"]) => {
            service.act(scope, conversation, vec![Action::Mute(false)]).await?;
            done()
        }
        (Post, ["transcript"]) => {
            let email = call.text("email").filter(|e| e.contains('@')).ok_or_else(|| Problem::field("email", Violation::Malformed))?;
            service.send_transcript(scope, conversation, &email).await?;
            done()
        }
        (Get, ["transcript"]) => ok(json!({ "payload": service.rest_transcript(scope, number).await? })),
        (Post, ["update_last_seen"]) => {
            service.mark_read(scope, conversation, view.incoming, false).await?;
            ok(service.rest_conversation(scope, conversation).await?)
        }
        (Post, ["unread"]) => {
            let rows = service.messages(scope, conversation, ThreadWindow::Latest).await?.data.rows;
            if let Some(last) = rows.iter().rev().find(|m| m.kind == MessageKind::Incoming) {
                service.mark_unread(scope, conversation, last.id).await?;
            }
            ok(service.rest_conversation(scope, conversation).await?)
        }
        (Get, ["attachments"]) => {
            let files = service.rest_attachments(scope, number).await?;
            ok(json!({ "meta": { "total_count": files.len() }, "payload": files }))
        }
        (_, ["participants"]) => participants(call, scope, number, conversation).await,
        (_, ["draft_messages"]) => draft(call, scope, number, conversation).await,
        (Get, ["messages"]) => {
            let slice = Slice { before: call.number("before").map(MessageId), after: call.number("after").map(MessageId) };
            ok(service.rest_messages(scope, number, slice).await?)
        }
        (Post, ["messages"]) => write(call, scope, number).await,
        (_, ["messages", message, rest @ ..]) => message_of(call, scope, number, MessageId(id(message)?), rest).await,
        (_, ["direct_uploads" | "reporting_events" | "inbox_assistant", ..]) => Err(Problem::later("This part of conversations is")),
        _ => Err(Problem::missing()),
    }
}

async fn toggle(call: &Call, scope: &Scope, view: &ConversationView) -> Answer {
    let to = match call.text("status").filter(|s| !s.is_empty()) {
        Some(word) => status(&call.params, &word)?,
        None if view.status == Status::Open => Status::Resolved,
        None => Status::Open,
    };
    let mut actions = vec![Action::Status(to)];
    // Whoever opens it by hand takes it; administrators only sort.
    if to == Status::Open && view.status != Status::Open && scope.role() == Role::Agent && scope.user().0 != 0 {
        actions.push(Action::AssignMe);
    }
    call.app.service.act(scope, view.id, actions).await?;
    let now = call.app.service.rest_conversation(scope, view.id).await?;
    let until = now.get("snoozed_until").cloned().unwrap_or_default();
    ok(
        json!({ "meta": {}, "payload": { "success": true, "conversation_id": view.number, "current_status": now["status"], "snoozed_until": until } }),
    )
}

async fn assign(call: &Call, scope: &Scope, conversation: ConversationId) -> Answer {
    let service = &call.app.service;
    if call.params.contains_key("assignee_id") || !call.params.contains_key("team_id") {
        let to = call.number("assignee_id").filter(|id| *id > 0).map(UserId);
        service.act(scope, conversation, vec![Action::Assign(to)]).await?;
        let value = match to {
            Some(user) => service.rest_agents(scope, move |a| a.id == user).await?.pop().unwrap_or_default(),
            None => Value::Null,
        };
        return ok(value);
    }
    let to = call.number("team_id").filter(|id| *id > 0).map(TeamId);
    service.act(scope, conversation, vec![Action::AssignTeam(to)]).await?;
    let team = service.desk(scope).await?.data.teams.into_iter().find(|t| Some(t.id) == to);
    ok(team.map(|t| super::people::team(&t, scope)).unwrap_or_default())
}

async fn participants(call: &Call, scope: &Scope, number: i64, conversation: ConversationId) -> Answer {
    let service = &call.app.service;
    let mut now = service.thread(scope, number, ThreadWindow::Latest).await?.data.participants;
    let named = call.numbers("user_ids");
    if named.is_none() && call.verb != Verb::Get {
        return Err(Problem::field("user_ids", Violation::Required));
    }
    let given: Vec<_> = named.unwrap_or_default().into_iter().map(UserId).collect();
    let (come, go): (Vec<_>, Vec<_>) = match call.verb {
        Verb::Get => (Vec::new(), Vec::new()),
        Verb::Post => (given, Vec::new()),
        Verb::Delete => (Vec::new(), given),
        Verb::Patch => {
            let go = now.iter().filter(|u| !given.contains(u)).copied().collect();
            (given, go)
        }
    };
    for (users, on) in [(come, true), (go, false)] {
        for user in users {
            now = service.set_participant(scope, conversation, user, on).await?;
        }
    }
    ok(service.rest_agents(scope, move |a| now.contains(&a.id)).await?.into())
}

async fn draft(call: &Call, scope: &Scope, number: i64, conversation: ConversationId) -> Answer {
    let service = &call.app.service;
    match call.verb {
        Verb::Get => {
            let drafts = service.thread(scope, number, ThreadWindow::Latest).await?.data.drafts;
            let kept = drafts.into_iter().find(|(mode, _)| *mode == DraftMode::Reply).map(|(_, text)| text);
            ok(json!({ "has_draft": kept.is_some(), "message": kept.unwrap_or_default() }))
        }
        Verb::Patch | Verb::Post => {
            let given = call.object("draft_message").ok_or_else(|| Problem::field("draft_message", Violation::Required))?;
            let text = text(&given, "message").ok_or_else(|| Problem::field("draft_message.message", Violation::Required))?;
            service.save_draft(scope, conversation, DraftMode::Reply, text).await?;
            done()
        }
        Verb::Delete => {
            service.save_draft(scope, conversation, DraftMode::Reply, String::new()).await?;
            done()
        }
    }
}

/// An approved text out of upstream's `template_params`.
fn template(map: &Map<String, Value>) -> Option<TemplateUse> {
    let given = object(map, "template_params")?;
    let name = text(&given, "name")?;
    let mut params = BTreeMap::new();
    fn walk(into: &mut BTreeMap<String, String>, prefix: &str, given: &Map<String, Value>) {
        for (key, value) in given.iter().take(50) {
            // Newer clients group the values by the template's parts; the body's keys stand alone.
            let key = if prefix.is_empty() || prefix == "body" { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                Value::Object(inner) => walk(into, &key, inner),
                Value::String(text) => drop(into.insert(key, text.clone())),
                Value::Number(number) => drop(into.insert(key, number.to_string())),
                _ => {}
            }
        }
    }
    walk(&mut params, "", &object(&given, "processed_params").unwrap_or_default());
    let media = params.remove("header.media_url");
    let media_kind = params.remove("header.media_type").and_then(|kind| match kind.to_ascii_lowercase().as_str() {
        "image" => Some(AttachmentKind::Image),
        "video" => Some(AttachmentKind::Video),
        "document" => Some(AttachmentKind::Document),
        _ => None,
    });
    Some(TemplateUse { name, language: text(&given, "language").unwrap_or_default(), params, media, media_kind })
}

/// Recipients out of the ecosystem's comma texts.
fn mail(map: &Map<String, Value>) -> Option<Box<MailHead>> {
    let (to, cc, bcc) = (list(map, "to_emails"), list(map, "cc_emails"), list(map, "bcc_emails"));
    if to.is_none() && cc.is_none() && bcc.is_none() {
        return None;
    }
    let (to, cc, bcc) = (to.unwrap_or_default(), cc.unwrap_or_default(), bcc.unwrap_or_default());
    if to.is_empty() && cc.is_empty() && bcc.is_empty() {
        return None;
    }
    Some(Box::new(MailHead { to, cc, bcc, ..MailHead::default() }))
}

async fn write(call: &Call, scope: &Scope, number: i64) -> Answer {
    let given = call.inner("message");
    let kind = text(&given, "message_type").unwrap_or_default();
    let incoming = match kind.as_str() {
        "" | "outgoing" | "1" => false,
        "incoming" | "0" => true,
        _ => return Err(Problem::field("message_type", Violation::Malformed)),
    };
    if incoming && call.app.service.rest_id(scope, number).await.is_ok() && bot(call).is_some() {
        return Err(Problem::not_yours());
    }
    let source = text(&given, "source_id").filter(|s| !s.is_empty());
    if source.as_ref().is_some_and(|s| s.len() > 500) {
        return Err(Problem::field("source_id", Violation::TooLong(500)));
    }
    let write = Write {
        content: text(&given, "content").unwrap_or_default(),
        incoming,
        private: flag(&given, "private").unwrap_or(false) && !incoming,
        content_type: text(&given, "content_type").filter(|k| !k.is_empty()),
        content_attributes: object(&given, "content_attributes").unwrap_or_default(),
        files: call.files.clone(),
        source,
        echo: given.get("echo_id").filter(|e| !e.is_null()).cloned(),
        key: call.key(&format!("message {number}")),
        bot: bot(call),
        template: template(&given),
        mail: mail(&given),
    };
    ok(call.app.service.rest_write(scope, number, write).await?)
}

async fn message_of(call: &Call, scope: &Scope, number: i64, message: MessageId, rest: &[&str]) -> Answer {
    let service = &call.app.service;
    // That it stands in this conversation is looked at before anything is done to it.
    let found = service.rest_message(scope, number, message).await?;
    match (call.verb, rest) {
        (Verb::Get, []) => ok(found),
        (Verb::Patch, []) => {
            // Clients that only hand in what was chosen in a rich message say no state: that is the client API's to take.
            let Some(word) = call.text("status") else { return ok(found) };
            let words = call.text("external_error");
            let state = match word.as_str() {
                "sent" => MessageState::Sent,
                "delivered" => MessageState::Delivered,
                "read" => MessageState::Read,
                "failed" => MessageState::Failed { reason: FailureReason::Refused },
                _ => return Err(Problem::field("status", Violation::Malformed)),
            };
            service.rest_report(scope, number, message, state, words).await?;
            ok(service.rest_message(scope, number, message).await?)
        }
        (Verb::Delete, []) => {
            service.delete_message(scope, message).await?;
            ok(service.rest_message(scope, number, message).await?)
        }
        (Verb::Post, ["retry"]) => {
            service.retry_message(scope, message).await?;
            ok(service.rest_message(scope, number, message).await?)
        }
        (Verb::Post, ["translate"]) => Err(Problem::later("Translation is")),
        _ => Err(Problem::missing()),
    }
}

/// `messages/{id}`, without its conversation: one client asks so.
pub async fn lone_message(call: &Call, scope: &Scope, message: &str) -> Answer {
    let message = MessageId(id(message)?);
    match call.verb {
        Verb::Delete => {
            call.app.service.delete_message(scope, message).await?;
            done()
        }
        _ => Err(Problem::missing()),
    }
}

/// Numbers of conversations out of a list.
pub fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().map(|all| all.iter().filter_map(number).collect()).unwrap_or_default()
}
