//! The API's own description: OpenAPI 3.1 out of one table of operations, and a page to read it. It describes what is answered; what is
//! named as missing is listed apart.

use super::super::App;
use super::super::widget::escape;
use axum::Json;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::{Map, Value, json};

/// Where an account's paths begin.
const ACCOUNT: &str = "/api/v1/accounts/{account_id}";

/// What is not there yet, by name; it answers 501.
const LATER: [&str; 9] = [
    "Automation rules",
    "Help center",
    "Satisfaction surveys",
    "Integrations",
    "Campaigns",
    "Dashboard apps",
    "Audit logs",
    "SLA policies",
    "Custom roles",
];

/// Tag, methods, path and summary. A path that begins with none of the roots is one of an account's.
pub const OPERATIONS: &[(&str, &str, &str, &str)] = &[
    ("Profile", "get patch", "/api/v1/profile", "The caller themselves"),
    ("Profile", "post", "/api/v1/profile/availability", "Sets the caller's availability in an account"),
    ("Account", "get patch", "", "The account"),
    ("Account", "get", "/events", "Live events as server-sent events; Last-Event-ID goes on where a stream broke off"),
    ("Agents", "get post", "/agents", "Colleagues; posting invites one"),
    ("Agents", "get patch delete", "/agents/{id}", "One colleague"),
    ("Agent bots", "get post", "/agent_bots", "Bots"),
    ("Agent bots", "get patch delete", "/agent_bots/{id}", "One bot"),
    ("Agent bots", "post", "/agent_bots/{id}/reset_access_token", "Gives a bot another token"),
    ("Contacts", "get post", "/contacts", "Contacts, fifteen a page"),
    ("Contacts", "get", "/contacts/active", "Contacts"),
    ("Contacts", "get", "/contacts/search", "Contacts in whose name, e-mail, phone or identifier the words of `q` stand"),
    ("Contacts", "post", "/contacts/filter", "Contacts for which all rows of `payload` hold"),
    ("Contacts", "post", "/contacts/import", "Contacts from a CSV file, `import_file`"),
    ("Contacts", "get post", "/contacts/export", "All contacts as CSV"),
    ("Contacts", "get patch put delete", "/contacts/{id}", "One contact; deleting erases them with all that was said"),
    ("Contacts", "get", "/contacts/{id}/conversations", "A contact's conversations"),
    ("Contacts", "get post", "/contacts/{id}/labels", "A contact's labels; posting replaces them"),
    ("Contacts", "post", "/contacts/{id}/contact_inboxes", "Gives a contact an address in an inbox"),
    ("Contacts", "get", "/contacts/{id}/contactable_inboxes", "Inboxes through which a contact can be written to"),
    ("Contacts", "post", "/contacts/{id}/destroy_custom_attributes", "Removes attributes of a contact"),
    ("Contacts", "get post", "/contacts/{id}/notes", "Lines kept about a contact"),
    ("Contacts", "get delete", "/contacts/{id}/notes/{note_id}", "One line"),
    ("Contacts", "post", "/actions/contact_merge", "Merges `mergee_contact_id` into `base_contact_id`"),
    ("Conversations", "get post", "/conversations", "Conversations, twenty-five a page; posting begins one"),
    ("Conversations", "get", "/conversations/meta", "How many conversations stand where"),
    ("Conversations", "get", "/conversations/search", "Conversations in which the words of `q` stand"),
    ("Conversations", "post", "/conversations/filter", "Conversations for which the rows of `payload` hold"),
    ("Conversations", "get patch delete", "/conversations/{conversation_id}", "One conversation, by its number"),
    ("Conversations", "post", "/conversations/{conversation_id}/toggle_status", "Opens, resolves, snoozes or gives to the bot"),
    ("Conversations", "post", "/conversations/{conversation_id}/toggle_priority", "Sets the priority"),
    ("Conversations", "post", "/conversations/{conversation_id}/toggle_typing_status", "Shows that somebody types"),
    ("Conversations", "post", "/conversations/{conversation_id}/custom_attributes", "Replaces the conversation's attributes"),
    ("Conversations", "post", "/conversations/{conversation_id}/assignments", "Gives it to a colleague or a team"),
    ("Conversations", "get post", "/conversations/{conversation_id}/labels", "Its labels; posting replaces them"),
    ("Conversations", "post", "/conversations/{conversation_id}/mute", "Mutes it"),
    ("Conversations", "post", "/conversations/{conversation_id}/unmute", "Unmutes it"),
    ("Conversations", "post", "/conversations/{conversation_id}/update_last_seen", "Marks it as read by the caller"),
    ("Conversations", "post", "/conversations/{conversation_id}/unread", "Marks it as unread for the caller"),
    ("Conversations", "get", "/conversations/{conversation_id}/transcript", "Its public messages as text"),
    ("Conversations", "post", "/conversations/{conversation_id}/transcript", "Mails its public messages to an address"),
    ("Conversations", "get", "/conversations/{conversation_id}/attachments", "Its files"),
    ("Conversations", "get post patch delete", "/conversations/{conversation_id}/participants", "Colleagues who follow it"),
    ("Conversations", "get patch delete", "/conversations/{conversation_id}/draft_messages", "The caller's unsent text"),
    (
        "Messages",
        "get post",
        "/conversations/{conversation_id}/messages",
        "Messages, twenty a page by `before` and `after`; posting writes one, with files as multipart",
    ),
    (
        "Messages",
        "get patch delete",
        "/conversations/{conversation_id}/messages/{message_id}",
        "One message; in API inboxes its delivery is reported here",
    ),
    ("Messages", "post", "/conversations/{conversation_id}/messages/{message_id}/retry", "Sends a failed message again"),
    (
        "Inboxes",
        "get post",
        "/inboxes",
        "Inboxes; `channel.type` is web_widget, api, email, telegram, whatsapp, line, sms, twilio_sms, facebook, instagram or x",
    ),
    ("Inboxes", "get patch delete", "/inboxes/{id}", "One inbox"),
    ("Inboxes", "get", "/inboxes/{id}/agent_bot", "The bot that answers in it"),
    ("Inboxes", "post", "/inboxes/{id}/set_agent_bot", "Lets a bot answer in it, or none"),
    ("Inboxes", "post", "/inboxes/{id}/rotate_hmac_token", "Another key for identities"),
    ("Inboxes", "get", "/inbox_members/{inbox_id}", "Who is in an inbox"),
    ("Inboxes", "post patch delete", "/inbox_members", "Adds, sets or removes members"),
    ("Inboxes", "get", "/assignable_agents", "Who can be given conversations of all `inbox_ids`"),
    ("Teams", "get post", "/teams", "Teams"),
    ("Teams", "get patch delete", "/teams/{team_id}", "One team"),
    ("Teams", "get post patch delete", "/teams/{team_id}/team_members", "Who is in a team"),
    ("Saved", "get post", "/canned_responses", "Canned responses"),
    ("Saved", "get patch delete", "/canned_responses/{id}", "One canned response"),
    ("Saved", "get post", "/labels", "Labels"),
    ("Saved", "get patch delete", "/labels/{id}", "One label"),
    ("Saved", "get post", "/macros", "Macros"),
    ("Saved", "get patch delete", "/macros/{id}", "One macro"),
    ("Saved", "post", "/macros/{id}/execute", "Runs a macro on `conversation_ids`"),
    ("Saved", "get post", "/custom_attribute_definitions", "Definitions of attributes"),
    ("Saved", "get patch delete", "/custom_attribute_definitions/{id}", "One definition"),
    ("Saved", "get post", "/custom_filters", "Saved filters"),
    ("Saved", "get patch delete", "/custom_filters/{custom_filter_id}", "One saved filter"),
    ("Webhooks", "get post", "/webhooks", "Webhooks with their secrets"),
    ("Webhooks", "get patch delete", "/webhooks/{webhook_id}", "One webhook; changing it switches it on again"),
    ("Webhooks", "get", "/webhooks/{webhook_id}/deliveries", "The last hundred deliveries, with request and answer"),
    ("Webhooks", "post", "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", "Sends one again under its id"),
    ("Desk", "get", "/search", "Messages, contacts and conversations"),
    ("Desk", "get", "/search/{what}", "Only messages, contacts or conversations"),
    ("Desk", "get", "/notifications", "What the caller was told"),
    ("Desk", "get", "/notifications/unread_count", "How much of it is unread"),
    ("Desk", "post", "/notifications/read_all", "Marks all as read"),
    ("Desk", "patch", "/notifications/{id}", "Marks one as read"),
    ("Desk", "get patch", "/notification_settings", "What the caller wants to be told"),
    ("Desk", "post", "/bulk_actions", "The same to many conversations"),
    ("Reports", "get", "/api/v2/accounts/{account_id}/reports", "One figure by day"),
    ("Reports", "get", "/api/v2/accounts/{account_id}/reports/summary", "All figures of a time"),
    ("Reports", "get", "/api/v2/accounts/{account_id}/reports/conversations", "What is open now, of the account or by agent"),
    ("Client", "get", "/public/api/v1/inboxes/{inbox_identifier}", "What an app may know of an API inbox"),
    (
        "Client",
        "post",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts",
        "Makes the contact of an app's user, or finds the one of a signed identifier",
    ),
    ("Client", "get patch", "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}", "That contact"),
    ("Client", "get post", "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations", "Its conversations"),
    (
        "Client",
        "get",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}",
        "One of them",
    ),
    (
        "Client",
        "post",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/toggle_status",
        "Resolves it",
    ),
    (
        "Client",
        "post",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/toggle_typing",
        "Shows that the user types",
    ),
    (
        "Client",
        "post",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/update_last_seen",
        "Marks all as read by the user",
    ),
    (
        "Client",
        "get post",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages",
        "Its public messages",
    ),
    (
        "Client",
        "patch",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages/{message_id}",
        "What the user chose in a rich message",
    ),
    ("Platform", "post", "/platform/api/v1/accounts", "Makes an account"),
    ("Platform", "get patch delete", "/platform/api/v1/accounts/{account_id}", "An account the app made"),
    ("Platform", "get post delete", "/platform/api/v1/accounts/{account_id}/account_users", "Who is in it"),
    ("Platform", "post", "/platform/api/v1/users", "Makes a person"),
    ("Platform", "get patch delete", "/platform/api/v1/users/{id}", "A person the app made"),
    ("Platform", "get", "/platform/api/v1/users/{id}/login", "A link by which they get in, once"),
    ("Platform", "get post", "/platform/api/v1/agent_bots", "Bots the app made"),
    ("Platform", "get patch delete", "/platform/api/v1/agent_bots/{id}", "One of them"),
];

fn whole(path: &str) -> String {
    let rooted = ["/api/", "/public/", "/platform/"].iter().any(|root| path.starts_with(root));
    if rooted { path.to_owned() } else { format!("{ACCOUNT}{path}") }
}

fn operation(tag: &str, method: &str, path: &str, summary: &str) -> Value {
    let parameters: Vec<_> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let text = matches!(name, "inbox_identifier" | "contact_identifier" | "what");
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": if text { "string" } else { "integer" } } })
        })
        .collect();
    let refused = |words: &str| json!({ "description": words, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    let id: String = format!("{method}{path}").chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let mut made = json!({
        "operationId": id, "tags": [tag], "summary": summary, "parameters": parameters,
        "responses": {
            "2XX": { "description": "Done", "content": { "application/json": { "schema": {} } } },
            "401": refused("No token, or nobody's"), "403": refused("Not with this role"), "404": refused("No such thing, or not for the caller"),
            "422": refused("Something given is wrong"), "429": refused("Too many requests; Retry-After says how long to wait"),
        },
    });
    if matches!(method, "post" | "put" | "patch") {
        let object = json!({ "schema": { "type": "object", "additionalProperties": true } });
        made["requestBody"] = json!({ "content": { "application/json": object, "multipart/form-data": object } });
    }
    made["security"] = match tag {
        "Client" => json!([]),
        "Platform" => json!([{ "platform": [] }]),
        _ => json!([{ "token": [] }, { "bearer": [] }]),
    };
    made
}

/// The document, from the table.
pub async fn document(State(app): State<App>) -> Json<Value> {
    let mut paths: Map<String, Value> = Map::new();
    for (tag, methods, path, summary) in OPERATIONS {
        let path = whole(path);
        let entry = paths.entry(path.clone()).or_insert_with(|| json!({}));
        for method in methods.split(' ') {
            entry[method] = operation(tag, method, &path, summary);
        }
    }
    let key = |words: &str| json!({ "type": "apiKey", "in": "header", "name": "api_access_token", "description": words });
    Json(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Recado", "version": env!("CARGO_PKG_VERSION"),
            "description": format!("Not there yet, answering 501 by name: {}.", LATER.join(", ")),
        },
        "servers": [{ "url": app.service.settings().public_url }],
        "paths": paths,
        "components": {
            "schemas": { "Problem": {
                "type": "object",
                "properties": { "error": { "type": "string" }, "message": { "type": "string" }, "attributes": { "type": "array", "items": { "type": "string" } } },
            } },
            "securitySchemes": {
                "token": key("A person's or a bot's token; `Api-Access-Token` is taken too"), "platform": key("A platform app's token"),
                "bearer": { "type": "http", "scheme": "bearer" },
            },
        },
    }))
}

/// A page to read it, without any script.
pub async fn page(State(app): State<App>) -> Response {
    let mut list = String::new();
    let mut last = "";
    for (tag, methods, path, summary) in OPERATIONS {
        if *tag != last {
            list.push_str(&format!("<h2>{tag}</h2>"));
            last = tag;
        }
        let (methods, path) = (methods.to_uppercase().replace(' ', " · "), escape(&whole(path)));
        list.push_str(&format!("<p><code>{methods}</code> <code>{path}</code><br>{}</p>", escape(summary)));
    }
    let css = app.assets.address("inbox/recado.css");
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\" data-theme=\"system\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Recado API</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"{css}\"></head><body class=\"test-page\"><main><h1>Recado API</h1>\
         <p>Send your token as <code>api_access_token</code>, <code>Api-Access-Token</code> or <code>Authorization: Bearer</code>. \
         <code>Idempotency-Key</code> makes a POST safe to repeat for a day. The whole as <a href=\"/api/docs/openapi.json\">OpenAPI 3.1</a>.</p>\
         {list}<h2>Not there yet</h2><p>{}: these answer 501 by name.</p></main></body></html>",
        LATER.join(", ")
    );
    let mut response = Html(page).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    response
}
