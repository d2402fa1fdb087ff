//! What an account keeps for its work: canned responses, labels, macros, custom attributes and filters.

use super::call::{Call, Verb, done, id, list, number, object, ok, text};
use super::problem::{Answer, Problem};
use model::*;
use serde_json::{Map, Value, json};
use service::Scope;

/// Answers a request below `/canned_responses`.
pub async fn canned(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let shown = |c: &CannedView| json!({ "id": c.id, "account_id": scope.account(), "short_code": c.code, "content": c.text });
    let all = service.canned(scope, "").await?;
    let given = call.inner("canned_response");
    let (code, content) = (text(&given, "short_code"), text(&given, "content"));
    match (call.verb, rest) {
        (Get, []) => {
            let words = call.text("search").unwrap_or_default();
            let found = if words.is_empty() { all } else { service.canned(scope, &words).await? };
            ok(found.iter().map(shown).collect())
        }
        (Post, []) => {
            let (code, text) = (code.unwrap_or_default(), content.unwrap_or_default());
            let made = service.save_canned(scope, None, &code, &text, CannedFiles::default()).await?;
            ok(shown(&CannedView { id: made, code: code.trim().trim_start_matches('/').to_owned(), text, files: Vec::new() }))
        }
        (verb @ (Get | Patch | Delete), [which]) => {
            let which = CannedId(id(which)?);
            let known = all.into_iter().find(|c| c.id == which).ok_or_else(Problem::missing)?;
            match verb {
                Patch => {
                    let changed = CannedView { code: code.unwrap_or(known.code), text: content.unwrap_or(known.text), ..known };
                    service.save_canned(scope, Some(which), &changed.code, &changed.text, CannedFiles::default()).await?;
                    ok(shown(&changed))
                }
                Delete => {
                    service.delete_canned(scope, which).await?;
                    done()
                }
                _ => ok(shown(&known)),
            }
        }
        _ => Err(Problem::missing()),
    }
}

/// Answers a request below `/labels`.
pub async fn labels(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let shown = |l: &LabelView| json!({ "id": l.id, "title": l.title, "description": l.description, "color": l.colour, "show_on_sidebar": l.sidebar });
    let all = service.desk(scope).await?.data.labels;
    let given = call.inner("label");
    let draft = |known: Option<&LabelView>| LabelDraft {
        title: text(&given, "title").or_else(|| known.map(|l| l.title.clone())).unwrap_or_default(),
        colour: text(&given, "color").or_else(|| known.map(|l| l.colour.clone())).unwrap_or_else(|| "#1f93ff".to_owned()),
        description: text(&given, "description").or_else(|| known.map(|l| l.description.clone())).unwrap_or_default(),
        sidebar: super::call::flag(&given, "show_on_sidebar").or(known.map(|l| l.sidebar)).unwrap_or(true),
    };
    match (call.verb, rest) {
        (Get, []) => ok(json!({ "payload": all.iter().map(shown).collect::<Vec<_>>() })),
        (Post, []) => ok(shown(&service.save_label(scope, None, draft(None)).await?)),
        (verb @ (Get | Patch | Delete), [which]) => {
            let which = LabelId(id(which)?);
            let known = all.into_iter().find(|l| l.id == which).ok_or_else(Problem::missing)?;
            match verb {
                Patch => ok(shown(&service.save_label(scope, Some(which), draft(Some(&known))).await?)),
                Delete => {
                    service.delete_label(scope, which).await?;
                    done()
                }
                _ => ok(shown(&known)),
            }
        }
        _ => Err(Problem::missing()),
    }
}

/// One action in the ecosystem's words.
fn worded(action: &Action, labels: &[LabelView]) -> Value {
    let titles = |ids: &[LabelId]| -> Vec<Value> {
        ids.iter().filter_map(|id| labels.iter().find(|l| l.id == *id)).map(|l| l.title.as_str().into()).collect()
    };
    let (name, params): (&str, Vec<Value>) = match action {
        Action::Assign(Some(user)) => ("assign_agent", vec![json!(user)]),
        Action::Assign(None) => ("assign_agent", vec!["nil".into()]),
        Action::AssignMe => ("assign_agent", vec!["self".into()]),
        Action::AssignTeam(Some(team)) => ("assign_team", vec![json!(team)]),
        Action::AssignTeam(None) => ("remove_assigned_team", Vec::new()),
        Action::Status(Status::Resolved) => ("resolve_conversation", Vec::new()),
        Action::Status(Status::Open) => ("open_conversation", Vec::new()),
        Action::Status(Status::Pending) => ("pending_conversation", Vec::new()),
        Action::Status(Status::Snoozed { .. }) | Action::SnoozeFor(_) => ("snooze_conversation", Vec::new()),
        Action::Priority(to) => ("change_priority", vec![to.map_or_else(|| "nil".into(), |p| json!(p))]),
        Action::AddLabels(ids) => ("add_label", titles(ids)),
        Action::RemoveLabels(ids) => ("remove_label", titles(ids)),
        Action::Mute(true) => ("mute_conversation", Vec::new()),
        Action::Mute(false) => ("unmute_conversation", Vec::new()),
        Action::AddParticipant(user) => ("add_participant", vec![json!(user)]),
        Action::Send(words) => ("send_message", vec![words.as_str().into()]),
        Action::Note(words) => ("add_private_note", vec![words.as_str().into()]),
    };
    json!({ "action_name": name, "action_params": params })
}

async fn action(call: &Call, scope: &Scope, given: &Value) -> Result<Action, Problem> {
    let wrong = || Problem::field("actions", Violation::Malformed);
    let given = given.as_object().ok_or_else(wrong)?;
    let params = given.get("action_params").and_then(Value::as_array).cloned().unwrap_or_default();
    let first = params.first().cloned().unwrap_or_default();
    let word = first.as_str().unwrap_or_default().to_owned();
    let titles: Vec<String> = params.iter().filter_map(|p| p.as_str().map(str::to_owned)).collect();
    Ok(match text(given, "action_name").unwrap_or_default().as_str() {
        "assign_agent" if word == "self" => Action::AssignMe,
        "assign_agent" if word == "nil" => Action::Assign(None),
        "assign_agent" => Action::Assign(Some(UserId(number(&first).ok_or_else(wrong)?))),
        "assign_team" => Action::AssignTeam(Some(TeamId(number(&first).ok_or_else(wrong)?))),
        "remove_assigned_team" => Action::AssignTeam(None),
        "add_label" => Action::AddLabels(call.app.service.rest_labels(scope, &titles).await?),
        "remove_label" => Action::RemoveLabels(call.app.service.rest_labels(scope, &titles).await?),
        "mute_conversation" => Action::Mute(true),
        "unmute_conversation" => Action::Mute(false),
        "resolve_conversation" => Action::Status(Status::Resolved),
        "open_conversation" => Action::Status(Status::Open),
        "pending_conversation" => Action::Status(Status::Pending),
        "snooze_conversation" => Action::Status(Status::Snoozed { until: None }),
        "change_status" => Action::Status(match word.as_str() {
            "open" => Status::Open,
            "resolved" => Status::Resolved,
            "pending" => Status::Pending,
            "snoozed" => Status::Snoozed { until: None },
            _ => return Err(wrong()),
        }),
        "change_priority" if matches!(word.as_str(), "" | "nil" | "none") => Action::Priority(None),
        "change_priority" => Action::Priority(Some(serde_json::from_value(first).map_err(|_| wrong())?)),
        "add_participant" => Action::AddParticipant(UserId(number(&first).ok_or_else(wrong)?)),
        "send_message" => Action::Send(word),
        "add_private_note" => Action::Note(word),
        "send_attachment" | "send_email_transcript" | "send_webhook_event" | "send_email_to_team" => {
            return Err(Problem::later("This action of macros is"));
        }
        _ => return Err(wrong()),
    })
}

/// Answers a request below `/macros`.
pub async fn macros(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let labels = service.desk(scope).await?.data.labels;
    let shown = |m: &MacroView| {
        let actions: Vec<_> = m.actions.iter().map(|a| worded(a, &labels)).collect();
        json!({
            "id": m.id, "name": m.name, "visibility": if m.shared { "global" } else { "personal" }, "account_id": scope.account(), "public": m.shared,
            "created_by": { "id": m.by }, "updated_by": { "id": m.by }, "actions": actions,
        })
    };
    let all = service.macros(scope).await?;
    match (call.verb, rest) {
        (Get, []) => ok(json!({ "payload": all.iter().map(shown).collect::<Vec<_>>() })),
        (Post, []) => {
            let made = service.save_macro(scope, None, draft(call, scope, None).await?).await?;
            let found = service.macros(scope).await?.into_iter().find(|m| m.id == made).ok_or_else(Problem::missing)?;
            ok(json!({ "payload": shown(&found) }))
        }
        (verb, [which, rest @ ..]) => {
            let which = MacroId(id(which)?);
            let known = all.into_iter().find(|m| m.id == which).ok_or_else(Problem::missing)?;
            match (verb, rest) {
                (Get, []) => ok(json!({ "payload": shown(&known) })),
                (Patch, []) => {
                    service.save_macro(scope, Some(which), draft(call, scope, Some(&known)).await?).await?;
                    let found = service.macros(scope).await?.into_iter().find(|m| m.id == which).ok_or_else(Problem::missing)?;
                    ok(json!({ "payload": shown(&found) }))
                }
                (Delete, []) => {
                    service.delete_macro(scope, which).await?;
                    done()
                }
                (Post, ["execute"]) => {
                    let numbers = call.numbers("conversation_ids").unwrap_or_default();
                    for number in numbers.into_iter().take(100) {
                        let conversation = service.rest_id(scope, number).await?.id;
                        let key = uuid::Uuid::new_v4();
                        service.run_macro(scope, which, conversation, ClientKey(key)).await?;
                    }
                    done()
                }
                _ => Err(Problem::missing()),
            }
        }
        _ => Err(Problem::missing()),
    }
}

async fn draft(call: &Call, scope: &Scope, known: Option<&MacroView>) -> Result<MacroDraft, Problem> {
    let given = call.inner("macro");
    let shared = match text(&given, "visibility").as_deref() {
        Some("global" | "1") => true,
        Some(_) => false,
        None => known.is_some_and(|m| m.shared),
    };
    let actions = match given.get("actions").and_then(Value::as_array) {
        Some(rows) => {
            let mut actions = Vec::new();
            for row in rows.iter().take(50) {
                actions.push(action(call, scope, row).await?);
            }
            actions
        }
        None => known.map(|m| m.actions.clone()).unwrap_or_default(),
    };
    let name = text(&given, "name").or_else(|| known.map(|m| m.name.clone())).unwrap_or_default();
    Ok(MacroDraft { name, shared, actions })
}

/// The ecosystem's numbers of attribute types, with its words and our kinds; what we do not tell apart comes back as the first of its kind.
const KINDS: [(i64, &str, AttributeKind); 8] = [
    (0, "text", AttributeKind::Text),
    (1, "number", AttributeKind::Number),
    (4, "link", AttributeKind::Link),
    (5, "date", AttributeKind::Date),
    (6, "list", AttributeKind::List),
    (7, "checkbox", AttributeKind::Checkbox),
    (2, "currency", AttributeKind::Number),
    (3, "percent", AttributeKind::Number),
];

/// Answers a request below `/custom_attribute_definitions`.
pub async fn attributes(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let shown = |a: &AttributeView| {
        let d = &a.draft;
        let model = if d.entity == Entity::Conversation { "conversation_attribute" } else { "contact_attribute" };
        let kind = KINDS.iter().find(|(_, _, kind)| *kind == d.kind).map_or("text", |(_, word, _)| word);
        let mut value = json!({
            "id": a.id, "attribute_display_name": d.label, "attribute_display_type": kind, "attribute_description": d.description,
            "attribute_key": d.key, "attribute_model": model,
        });
        if !d.options.is_empty() {
            value["attribute_values"] = d.options.clone().into();
        }
        value
    };
    let entity = |word: &str| match word {
        "0" | "conversation_attribute" => Some(Entity::Conversation),
        "1" | "contact_attribute" => Some(Entity::Contact),
        _ => None,
    };
    let all = service.attributes(scope).await?;
    let given = call.inner("custom_attribute_definition");
    match (call.verb, rest) {
        (Get, []) => {
            let only = call.text("attribute_model").as_deref().and_then(entity);
            ok(all.iter().filter(|a| only.is_none_or(|e| e == a.draft.entity)).map(shown).collect())
        }
        (Post, []) => {
            let word = text(&given, "attribute_display_type").unwrap_or_else(|| "text".to_owned());
            let kind = KINDS.iter().find(|(n, w, _)| *w == word || n.to_string() == word).map(|(_, _, kind)| *kind);
            let made = AttributeDraft {
                entity: entity(&text(&given, "attribute_model").unwrap_or_else(|| "0".to_owned()))
                    .ok_or_else(|| Problem::field("attribute_model", Violation::Malformed))?,
                key: text(&given, "attribute_key").unwrap_or_default(),
                label: text(&given, "attribute_display_name").unwrap_or_default(),
                kind: kind.ok_or_else(|| Problem::field("attribute_display_type", Violation::Malformed))?,
                options: list(&given, "attribute_values").unwrap_or_default(),
                description: text(&given, "attribute_description").unwrap_or_default(),
            };
            let made = service.save_attribute(scope, None, made).await?;
            let found = service.attributes(scope).await?.into_iter().find(|a| a.id == made).ok_or_else(Problem::missing)?;
            ok(shown(&found))
        }
        (verb @ (Get | Patch | Delete), [which]) => {
            let which = AttributeId(id(which)?);
            let known = all.into_iter().find(|a| a.id == which).ok_or_else(Problem::missing)?;
            match verb {
                Patch => {
                    let changed = AttributeDraft {
                        label: text(&given, "attribute_display_name").unwrap_or(known.draft.label),
                        options: list(&given, "attribute_values").unwrap_or(known.draft.options),
                        description: text(&given, "attribute_description").unwrap_or(known.draft.description),
                        ..known.draft
                    };
                    service.save_attribute(scope, Some(which), changed).await?;
                    let found = service.attributes(scope).await?.into_iter().find(|a| a.id == which).ok_or_else(Problem::missing)?;
                    ok(shown(&found))
                }
                Delete => {
                    service.delete_attribute(scope, which).await?;
                    done()
                }
                _ => ok(shown(&known)),
            }
        }
        _ => Err(Problem::missing()),
    }
}

/// A filter's conditions as rows, the other way of `rest_filter`; what the ecosystem has no word for is left out.
fn rows(filter: &Filter, next: &str, labels: &[LabelView], into: &mut Vec<Value>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => {
            let word = if matches!(filter, Filter::Any(_)) { "or" } else { "and" };
            for (at, part) in parts.iter().enumerate() {
                rows(part, if at + 1 < parts.len() { word } else { next }, labels, into);
            }
        }
        Filter::Not(inner) => rows(inner, next, labels, into),
        Filter::Is(condition) => {
            let (key, value) = (key_of(&condition.field), |v: &FilterValue| word_of(&condition.field, v, labels));
            let Some(key) = key else { return };
            let operator = match condition.op {
                Operator::Equal => "equal_to",
                Operator::NotEqual => "not_equal_to",
                Operator::Contains => "contains",
                Operator::Lacks => "does_not_contain",
                Operator::Begins => "starts_with",
                Operator::Present => "is_present",
                Operator::Absent => "is_not_present",
                Operator::Greater => "is_greater_than",
                Operator::Less => "is_less_than",
                Operator::OlderThanDays => "days_before",
            };
            let values: Vec<_> = condition.values.iter().map(value).collect();
            into.push(json!({ "attribute_key": key, "filter_operator": operator, "values": values, "query_operator": next }));
        }
    }
}

fn key_of(field: &FilterField) -> Option<String> {
    use FilterField as F;
    Some(match field {
        F::Attribute(key) => key.clone(),
        F::ContactAttribute(key) => {
            if key == "company" {
                "company_name".to_owned()
            } else {
                key.clone()
            }
        }
        F::Status => "status".to_owned(),
        F::Assignee => "assignee_id".to_owned(),
        F::Inbox => "inbox_id".to_owned(),
        F::Team => "team_id".to_owned(),
        F::Number => "display_id".to_owned(),
        F::Label => "labels".to_owned(),
        F::Priority => "priority".to_owned(),
        F::Created => "created_at".to_owned(),
        F::Active => "last_activity_at".to_owned(),
        F::Subject => "mail_subject".to_owned(),
        F::Language => "browser_language".to_owned(),
        F::Page => "referer".to_owned(),
        F::Name => "name".to_owned(),
        F::Email => "email".to_owned(),
        F::Phone => "phone_number".to_owned(),
        F::Identifier => "identifier".to_owned(),
        F::Blocked => "blocked".to_owned(),
        _ => return None,
    })
}

fn word_of(field: &FilterField, value: &FilterValue, labels: &[LabelView]) -> Value {
    match (field, value) {
        (_, FilterValue::Me) => "me".into(),
        (_, FilterValue::Text(text)) => text.as_str().into(),
        (FilterField::Status, FilterValue::Number(n)) => json!(StatusKind::from_number(*n)),
        (FilterField::Priority, FilterValue::Number(n)) => json!(Priority::from_number(*n)),
        (FilterField::Label, FilterValue::Number(n)) => {
            labels.iter().find(|l| l.id.0 == *n).map(|l| l.title.as_str()).unwrap_or_default().into()
        }
        (FilterField::Created | FilterField::Active, FilterValue::Number(n)) => (n / 1000).into(),
        (_, FilterValue::Number(n)) => (*n).into(),
    }
}

/// Answers a request below `/custom_filters`.
pub async fn folders(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let labels = service.desk(scope).await?.data.labels;
    let shown = |f: &FolderView| {
        let mut payload = Vec::new();
        rows(&f.draft.filter, "", &labels, &mut payload);
        if let Some(Value::Object(last)) = payload.last_mut() {
            last.remove("query_operator");
        }
        let kind = if f.draft.entity == Entity::Contact { "contact" } else { "conversation" };
        json!({ "id": f.id, "name": f.draft.name, "type": kind, "filter_type": kind, "query": { "payload": payload } })
    };
    let all = service.folders(scope).await?;
    let given = call.inner("custom_filter");
    let word = text(&given, "type").or_else(|| call.text("filter_type")).or_else(|| text(&given, "filter_type"));
    let entity = match word.as_deref() {
        Some("contact" | "1") => Some(Entity::Contact),
        Some("conversation" | "0") => Some(Entity::Conversation),
        Some("report" | "2") => return Err(Problem::later("Filters of reports are")),
        _ => None,
    };
    match (call.verb, rest) {
        (Get, []) => ok(all.iter().filter(|f| entity.is_none_or(|e| e == f.draft.entity)).map(shown).collect()),
        (Post, []) => {
            let entity = entity.unwrap_or_default();
            let filter = query(call, scope, entity, &given).await?.unwrap_or_else(Filter::everything);
            let name = text(&given, "name").unwrap_or_default();
            let draft = FolderDraft { name, entity, shared: false, filter, order: ListOrder::default() };
            let made = service.save_folder(scope, None, draft).await?;
            let found = service.folders(scope).await?.into_iter().find(|f| f.id == made).ok_or_else(Problem::missing)?;
            ok(shown(&found))
        }
        (verb @ (Get | Patch | Delete), [which]) => {
            let which = FolderId(id(which)?);
            let known = all.into_iter().find(|f| f.id == which).ok_or_else(Problem::missing)?;
            match verb {
                Patch => {
                    let filter = query(call, scope, known.draft.entity, &given).await?;
                    let draft = FolderDraft {
                        name: text(&given, "name").unwrap_or(known.draft.name),
                        filter: filter.unwrap_or(known.draft.filter),
                        ..known.draft
                    };
                    service.save_folder(scope, Some(which), draft).await?;
                    let found = service.folders(scope).await?.into_iter().find(|f| f.id == which).ok_or_else(Problem::missing)?;
                    ok(shown(&found))
                }
                Delete => {
                    service.delete_folder(scope, which).await?;
                    done()
                }
                _ => ok(shown(&known)),
            }
        }
        _ => Err(Problem::missing()),
    }
}

/// The filter of a query: rows under `payload`, or single values by key, as older clients keep them.
async fn query(call: &Call, scope: &Scope, entity: Entity, given: &Map<String, Value>) -> Result<Option<Filter>, Problem> {
    let Some(query) = object(given, "query") else { return Ok(None) };
    let rows: Vec<Value> = match query.get("payload").and_then(Value::as_array) {
        Some(rows) => rows.clone(),
        None => query
            .iter()
            .filter(|(_, value)| !value.is_object() && !value.is_null())
            .map(|(key, value)| {
                let values = if value.is_array() { value.clone() } else { json!([value]) };
                json!({ "attribute_key": key, "filter_operator": "equal_to", "values": values, "query_operator": "and" })
            })
            .collect(),
    };
    Ok(Some(call.app.service.rest_filter(scope, entity, &rows).await?))
}
