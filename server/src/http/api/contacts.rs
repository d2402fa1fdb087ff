//! Contacts: lists, search and filters, making, changing, merging, bringing in and taking out.

use super::call::{Call, Verb, done, flag, id, object, ok, text};
use super::problem::{Answer, Problem};
use axum::response::IntoResponse;
use http::header;
use model::*;
use serde_json::{Map, Value, json};
use service::{Person, Scope};

/// Answers a request below `/contacts`.
pub async fn serve(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Get, Post};
    match (call.verb, rest) {
        (Get, [] | ["active"]) => {
            let filter = match call.list("labels").filter(|l| !l.is_empty()) {
                Some(titles) => {
                    let values: Vec<_> = titles.into_iter().map(Value::from).collect();
                    let row = json!({ "attribute_key": "labels", "filter_operator": "equal_to", "values": values });
                    call.app.service.rest_filter(scope, Entity::Contact, &[row]).await?
                }
                None => Filter::everything(),
            };
            listed(call, scope, "", filter).await
        }
        (Get, ["search"]) => {
            let words = call.text("q").filter(|q| !q.trim().is_empty());
            let words = words.ok_or_else(|| {
                Problem::Here(http::StatusCode::UNPROCESSABLE_ENTITY, "Specify search string with parameter q".to_owned())
            })?;
            listed(call, scope, &words, Filter::everything()).await
        }
        (Post, ["filter"]) => {
            let rows = call.params.get("payload").and_then(Value::as_array).cloned().unwrap_or_default();
            let filter = call.app.service.rest_filter(scope, Entity::Contact, &rows).await?;
            listed(call, scope, "", filter).await
        }
        (Post, []) => create(call, scope).await,
        (Post, ["import"]) => import(call, scope).await,
        (Get | Post, ["export"]) => export(call, scope).await,
        (_, [number, rest @ ..]) => one(call, scope, ContactId(id(number)?), rest).await,
        _ => Err(Problem::missing()),
    }
}

async fn listed(call: &Call, scope: &Scope, words: &str, filter: Filter) -> Answer {
    let order = match call.text("sort").as_deref() {
        Some("name" | "-name") => ContactOrder::Name,
        Some("last_activity_at" | "-last_activity_at") => ContactOrder::Active,
        _ => ContactOrder::Newest,
    };
    let (count, payload) = call.app.service.rest_contacts(scope, words, filter, order, call.page()).await?;
    ok(json!({ "meta": { "count": count, "current_page": call.page().to_string() }, "payload": payload }))
}

/// A contact as the client wrote it; `account_id`, `created_at` and the like are no part of it.
fn person(given: &Map<String, Value>) -> Person {
    let draft = ContactDraft {
        name: text(given, "name"),
        email: text(given, "email"),
        phone: text(given, "phone_number"),
        identifier: text(given, "identifier"),
        ..ContactDraft::default()
    };
    Person {
        draft,
        blocked: flag(given, "blocked"),
        additional: object(given, "additional_attributes").unwrap_or_default(),
        custom: object(given, "custom_attributes").unwrap_or_default(),
    }
}

async fn create(call: &Call, scope: &Scope) -> Answer {
    let given = call.inner("contact");
    let place = call.number("inbox_id").map(|inbox| (InboxId(inbox), call.text("source_id")));
    let (contact, address) = call.app.service.rest_create_contact(scope, person(&given), place).await?;
    ok(json!({ "payload": { "contact": contact, "contact_inbox": address } }))
}

async fn one(call: &mut Call, scope: &Scope, contact: ContactId, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    match (call.verb, rest) {
        (Get, []) => ok(json!({ "payload": service.rest_contact(scope, contact).await? })),
        (Patch, []) => {
            let changed = service.rest_update_contact(scope, contact, person(&call.inner("contact"))).await?;
            ok(json!({ "payload": changed }))
        }
        (Delete, []) => {
            service.erase_contact(scope, contact).await?;
            done()
        }
        (Get, ["conversations"]) => ok(json!({ "payload": service.rest_conversations_of(scope, contact).await? })),
        (Get, ["labels"]) => ok(json!({ "payload": service.rest_contact_labels(scope, contact).await? })),
        (Post, ["labels"]) => {
            let titles = call.list("labels").ok_or_else(|| Problem::field("labels", Violation::Required))?;
            let labels = service.rest_labels(scope, &titles).await?;
            service.update_contact(scope, contact, ContactDraft { labels: Some(labels), ..ContactDraft::default() }).await?;
            ok(json!({ "payload": service.rest_contact_labels(scope, contact).await? }))
        }
        (Post, ["contact_inboxes"]) => {
            let inbox = call.number("inbox_id").ok_or_else(|| Problem::field("inbox_id", Violation::Required))?;
            ok(service.rest_connect(scope, contact, InboxId(inbox), call.text("source_id")).await?)
        }
        (Get, ["contactable_inboxes"]) => ok(json!({ "payload": service.rest_contactable(scope, contact).await? })),
        (Post, ["destroy_custom_attributes"]) => {
            let keys = call.list("custom_attributes").unwrap_or_default();
            let custom = keys.into_iter().map(|key| (key, Value::Null)).collect();
            ok(json!({ "payload": service.rest_update_contact(scope, contact, Person { custom, ..Person::default() }).await? }))
        }
        (Delete, ["avatar"]) => ok(json!({ "payload": service.rest_contact(scope, contact).await? })),
        (_, ["notes", rest @ ..]) => notes(call, scope, contact, rest).await,
        _ => Err(Problem::missing()),
    }
}

async fn notes(call: &Call, scope: &Scope, contact: ContactId, rest: &[&str]) -> Answer {
    let service = &call.app.service;
    let shown = |note: &ContactNoteView| json!({ "id": note.id, "content": note.text, "contact_id": contact, "user_id": note.author, "account_id": scope.account(), "created_at": note.at.0 / 1000 });
    match (call.verb, rest) {
        (Verb::Get, []) => ok(service.contact_notes(scope, contact).await?.iter().map(shown).collect()),
        (Verb::Post, []) => {
            let content = text(&call.inner("note"), "content").unwrap_or_default();
            ok(shown(&service.add_contact_note(scope, contact, &content).await?))
        }
        (Verb::Get, [note]) => {
            let note = NoteId(id(note)?);
            let all = service.contact_notes(scope, contact).await?;
            ok(all.iter().find(|n| n.id == note).map(shown).ok_or_else(Problem::missing)?)
        }
        (Verb::Delete, [note]) => {
            service.delete_contact_note(scope, contact, NoteId(id(note)?)).await?;
            done()
        }
        _ => Err(Problem::missing()),
    }
}

/// `actions/contact_merge`: the second is merged into the first.
pub async fn merge(call: &Call, scope: &Scope) -> Answer {
    if call.verb != Verb::Post {
        return Err(Problem::missing());
    }
    let named = |key: &str| call.number(key).map(ContactId).ok_or_else(|| Problem::field(key, Violation::Required));
    let (into, from) = (named("base_contact_id")?, named("mergee_contact_id")?);
    call.app.service.merge_contacts(scope, from, into).await?;
    ok(call.app.service.rest_contact(scope, into).await?)
}

/// A file of contacts, by the names of its first row.
async fn import(call: &Call, scope: &Scope) -> Answer {
    let text =
        call.text("import_file").filter(|t| !t.trim().is_empty()).ok_or_else(|| Problem::field("import_file", Violation::Required))?;
    let first = text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}');
    let own = |name: &str| match name.trim().trim_matches('"').to_lowercase().as_str() {
        "phone_number" | "phone" => "phone".to_owned(),
        "company_name" => "company".to_owned(),
        other => other.to_owned(),
    };
    let separator = if first.matches(';').count() > first.matches(',').count() { ';' } else { ',' };
    let columns = first.split(separator).map(own).collect();
    call.app.service.import_contacts(scope, ImportDraft { text, columns, heading: true, labels: Vec::new() }).await?;
    done()
}

/// All contacts as CSV. The ecosystem's server mails a file; here it is the answer.
async fn export(call: &Call, scope: &Scope) -> Answer {
    let mut text = String::new();
    let mut after = None;
    loop {
        let page = call.app.service.export_contacts(scope, "", Filter::everything(), after).await?;
        text.push_str(&page.text);
        after = page.next;
        if after.is_none() || text.len() > 64 * 1024 * 1024 {
            break;
        }
    }
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"contacts.csv\"")];
    Ok((headers, text).into_response())
}
