//! The client API: what an app may do for one of its users, by an inbox's public identifier and the contact's source id.

use super::super::{App, Caller};
use super::call::{Call, Hands, Verb, done, id, object, ok, text};
use super::docs::Asked;
use super::problem::{Answer, Problem};
use axum::extract::Request;
use model::{MessageId, Violation};
use serde_json::Value;
use service::{Claim, Client, ClientMessage};

fn claim(call: &Call) -> Claim {
    let given = call.inner("contact");
    Claim {
        source: text(&given, "source_id"),
        identifier: text(&given, "identifier"),
        hash: text(&given, "identifier_hash"),
        name: text(&given, "name"),
        email: text(&given, "email"),
        phone: text(&given, "phone_number"),
        custom: object(&given, "custom_attributes").unwrap_or_default(),
    }
}

/// Answers a request below `/public/api/v1/inboxes`.
pub async fn serve(app: &App, caller: Caller, asked: Asked, request: Request, rest: &[&str]) -> Answer {
    match (asked.verb, rest) {
        (Verb::Get, [inbox]) => ok(app.service.client_inbox(inbox).await?),
        (Verb::Post, [inbox, "contacts"]) => {
            let mut call = Call::open(app, caller, asked.verb, None, None, request).await?;
            asked.given(&call)?;
            call.owned_by(format!("client {inbox} {}", caller.address));
            if let Some(kept) = call.begin(&["contacts"]).await? {
                return Ok(kept);
            }
            let made = app.service.client_contact(inbox, claim(&call), caller.address).await;
            call.end(made.map_err(Problem::from).and_then(ok)).await
        }
        (_, [inbox, "contacts", contact, rest @ ..]) => {
            let client = app.service.client(inbox, contact).await?;
            let mut call = Call::open(app, caller, asked.verb, None, Some(Hands::Client(&client)), request).await?;
            asked.given(&call)?;
            call.owned_by(format!("client {inbox} {contact}"));
            if let Some(kept) = call.begin(rest).await? {
                return Ok(kept);
            }
            let answer = one(&mut call, &client, rest).await;
            call.end(answer).await
        }
        _ => Err(Problem::missing()),
    }
}

async fn one(call: &mut Call, client: &Client, rest: &[&str]) -> Answer {
    use Verb::{Get, Patch, Post};
    let service = call.app.service.clone();
    match (call.verb, rest) {
        (Get, []) => ok(service.client_show(client).await?),
        (Patch, []) => ok(service.client_update(client, claim(call)).await?),
        (Get, ["conversations"]) => ok(service.client_conversations(client).await?.into()),
        (Post, ["conversations"]) => {
            let custom = call.object("custom_attributes").unwrap_or_default();
            ok(service.client_begin(client, custom, call.caller.address).await?)
        }
        (verb, ["conversations", number, rest @ ..]) => {
            let number = id(number)?;
            match (verb, rest) {
                (Get, []) => ok(service.client_conversation(client, number).await?),
                (Post, ["toggle_status"]) => ok(service.client_resolve(client, number).await?),
                (Post, ["toggle_typing"]) => {
                    let word = call.text("typing_status").unwrap_or_default();
                    if !matches!(word.as_str(), "on" | "off" | "recording") {
                        return Err(Problem::field("typing_status", Violation::Malformed));
                    }
                    service.client_typing(client, number, word != "off").await?;
                    done()
                }
                (Post, ["update_last_seen"]) => {
                    service.client_seen(client, number).await?;
                    done()
                }
                (Get, ["messages"]) => ok(service.client_messages(client, number, call.number("before").map(MessageId)).await?.into()),
                (Post, ["messages"]) => {
                    let draft = ClientMessage {
                        content: call.text("content").unwrap_or_default(),
                        echo: call.params.get("echo_id").filter(|e| !e.is_null()).cloned(),
                        files: call.files.clone(),
                        key: call.key("client"),
                    };
                    ok(service.client_write(client, number, draft).await?)
                }
                (Patch, ["messages", message]) => {
                    let values = call.params.get("submitted_values").cloned().unwrap_or(Value::Null);
                    let values =
                        if values.is_null() { call.inner("message").remove("submitted_values").unwrap_or_default() } else { values };
                    if values.is_null() {
                        return Err(Problem::field("submitted_values", Violation::Required));
                    }
                    ok(service.client_submit(client, number, MessageId(id(message)?), values).await?)
                }
                _ => Err(Problem::missing()),
            }
        }
        _ => Err(Problem::missing()),
    }
}
