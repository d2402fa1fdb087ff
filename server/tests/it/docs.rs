//! The published document against the running server: it is sound in itself, everything in it is answered, and every answer is of the shape it
//! says, nothing more and nothing less. What an answer means is asserted elsewhere.

use crate::flows::Api;
use crate::world::*;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub async fn document(world: &World) -> Value {
    reqwest::get(format!("{}/api/docs/openapi.json", world.base)).await.unwrap().json().await.unwrap()
}

/// A schema that can stand alone: what it refers to comes along.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).unwrap_or_else(|e| panic!("{schema}: {e}"))
}

fn faults(document: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    validator(document, schema).iter_errors(value).map(|fault| format!("{place}: {}: {fault}", fault.instance_path)).collect()
}

/// The same schemas, refusing what they do not name.
fn closed(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("properties").is_some_and(|p| p.as_object().is_some_and(|p| !p.is_empty()))
                && !map.contains_key("additionalProperties")
            {
                map.insert("additionalProperties".to_owned(), false.into());
            }
            map.values_mut().for_each(closed);
        }
        Value::Array(all) => all.iter_mut().for_each(closed),
        _ => {}
    }
}

fn at<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
    match value["$ref"].as_str() {
        Some(to) => document.pointer(to.trim_start_matches('#')).unwrap_or_else(|| panic!("{to} leads nowhere")),
        None => value,
    }
}

fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            into.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|v| references(v, into));
        }
        Value::Array(all) => all.iter().for_each(|v| references(v, into)),
        _ => {}
    }
}

#[tokio::test]
async fn every_example_of_the_document_is_of_its_schema() {
    let world = world().await;
    let document = document(&world).await;
    let mut all = BTreeSet::new();
    references(&document, &mut all);
    assert!(all.len() > 80, "{}", all.len());
    for to in &all {
        assert!(document.pointer(to.trim_start_matches('#')).is_some(), "{to} leads nowhere");
    }
    // Nothing is described that nothing uses.
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(all.contains(&format!("#/components/schemas/{name}")), "{name} is used by nothing");
    }
    let (mut ids, mut examples, mut wrong) = (BTreeSet::new(), 0, Vec::new());
    for roots in ["paths", "webhooks"] {
        for (path, methods) in document[roots].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(ids.insert(operation["operationId"].to_string()), "{place}: its id is another's");
                let named: Vec<_> = path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect();
                let declared: Vec<_> = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path").collect();
                assert_eq!(named.len(), declared.len(), "{place}");
                let mut contents: Vec<&Value> =
                    operation["requestBody"]["content"].as_object().into_iter().flat_map(|c| c.values()).collect();
                for response in operation["responses"].as_object().unwrap().values() {
                    contents.extend(at(&document, response)["content"].as_object().into_iter().flat_map(|c| c.values()));
                }
                for content in contents {
                    wrong.extend(faults(&document, &content["schema"], &content["example"], &place));
                    examples += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ids.len() > 190 && examples > 1500, "{} operations, {examples} examples", ids.len());
}

/// What stands in the paths and bodies of a world, by the segment before it.
pub struct Seeds(pub BTreeMap<String, Value>);

impl Seeds {
    fn root(path: &str) -> &'static str {
        if path.starts_with("/platform") {
            "platform "
        } else if path.starts_with("/public") {
            "public "
        } else {
            ""
        }
    }

    pub fn path(&self, template: &str) -> String {
        let (mut made, mut last) = (Vec::new(), String::new());
        for part in template.split('/') {
            if part.starts_with('{') {
                let key = format!("{}{last}", Self::root(template));
                let value = self.0.get(&key).cloned().unwrap_or(json!(1));
                made.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            } else {
                made.push(part.to_owned());
            }
            part.clone_into(&mut last);
        }
        made.join("/")
    }

    pub fn body(&self, template: &str, example: &Value) -> Value {
        let mut body = example.clone();
        let root = if template.starts_with("/platform") { "platform " } else { "" };
        let of = |key: &str| self.0.get(&format!("{root}{key}")).cloned().unwrap_or_default();
        for (field, from) in [
            ("contact_id", "contacts"),
            ("inbox_id", "inboxes"),
            ("user_id", "users"),
            ("account_id", "accounts"),
            ("team_id", "teams"),
            ("assignee_id", "self"),
            ("base_contact_id", "contacts"),
            ("mergee_contact_id", "other contact"),
        ] {
            if body.get(field).is_some_and(|v| !v.is_null()) {
                body[field] = of(from);
            }
        }
        for (field, from) in [("user_ids", "self"), ("conversation_ids", "conversations"), ("ids", "conversations")] {
            if body.get(field).is_some() {
                body[field] = json!([of(from)]);
            }
        }
        body
    }

    /// Remembers what was made.
    pub fn keep(&mut self, template: &str, made: &Value) {
        let last = template.rsplit('/').next().unwrap_or_default();
        let found = ["/id", "/payload/id", "/payload/contact/id", "/payload/webhook/id"].iter().find_map(|p| made.pointer(p));
        if let (Some(id), false) = (found, last.starts_with('{')) {
            self.0.entry(format!("{}{last}", Self::root(template))).or_insert_with(|| id.clone());
        }
    }
}

/// What an operation cannot do in this world, with the refusal it gives.
fn refused(method: &str, path: &str) -> Option<u16> {
    let below = path.trim_start_matches("/api/v1/accounts/{account_id}");
    Some(match (method, below) {
        // Nothing failed, nothing was delivered, nobody was told of anything, nobody sends mail, and whoever left is gone.
        ("post", "/conversations/{conversation_id}/messages/{message_id}/retry") => 409,
        ("post", "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver") => 404,
        ("post" | "patch" | "put", "/notifications/{id}" | "/notifications/{id}/unread") => 404,
        ("post", "/conversations/{conversation_id}/transcript") => 422,
        ("delete", "/platform/api/v1/accounts/{account_id}/account_users") => 404,
        _ => return None,
    })
}

#[tokio::test]
async fn every_operation_of_the_document_answers_as_it_says() {
    let world = world().await;
    let mut document = document(&world).await;
    closed(&mut document["components"]["schemas"]);
    let mut ana = Api::of(&world, &world.here.ana).await;
    let (_, token) = world.service.create_platform_app("provisioner").await.unwrap();
    let platform = Api::with(&world, world.here.account, &token);
    let nobody = Api::with(&world, world.here.account, "");
    let mut seeds = Seeds(BTreeMap::from([
        ("accounts".to_owned(), json!(world.here.account)),
        ("self".to_owned(), json!(world.here.ana.user)),
        ("search".to_owned(), json!("messages")),
        ("spare inbox".to_owned(), json!(world.here.inbox)),
    ]));
    for name in ["other contact", "spare contact"] {
        let made = ana.ok("POST", "contacts", json!({ "name": name })).await;
        seeds.0.insert(name.to_owned(), made["payload"]["contact"]["id"].clone());
    }
    // An inbox stands before a contact in it.
    let inbox = ana.ok("POST", "inboxes", json!({ "name": "App", "channel": { "type": "api", "webhook_url": "" } })).await;
    for (key, field) in [("inboxes", "id"), ("inbox_members", "id"), ("public inboxes", "inbox_identifier")] {
        seeds.0.insert(key.to_owned(), inbox[field].clone());
    }
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let makes = method == "post"
                && !path.ends_with("filter")
                && (!path.contains("{id}/") || path.ends_with("/notes"))
                && !path.contains("actions");
            let root = if path.starts_with("/public") { 1 } else { 0 };
            let depth = path.matches('/').count();
            let (step, depth) = match method.as_str() {
                "post" if makes => (0, depth),
                "get" => (1, depth),
                "post" => (2, depth),
                "patch" | "put" => (3, depth),
                _ => (4, 99 - depth),
            };
            operations.push(((step, root, depth), method.clone(), path.clone(), operation.clone()));
        }
    }
    operations.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
    let (mut answered, mut wrong) = (0, Vec::new());
    for (_, method, path, operation) in &operations {
        if path.ends_with("/events") {
            continue;
        }
        let mut kept = None;
        if method == "delete" {
            // What goes is not what others stand on.
            let spare = match path.trim_start_matches("/api/v1/accounts/{account_id}") {
                "/contacts/{id}" => Some(("contacts", seeds.0["spare contact"].clone())),
                "/inboxes/{id}" => Some(("inboxes", seeds.0["spare inbox"].clone())),
                "/conversations/{conversation_id}" => {
                    let more = json!({ "contact_id": seeds.0["contacts"], "inbox_id": seeds.0["inboxes"] });
                    Some(("conversations", ana.ok("POST", "conversations", more).await["id"].clone()))
                }
                "/messages/{message_id}" => {
                    let thread = format!("conversations/{}/messages", seeds.0["conversations"]);
                    Some(("messages", ana.ok("POST", &thread, json!({ "content": "Another" })).await["id"].clone()))
                }
                _ => None,
            };
            if let Some((key, value)) = spare {
                kept = seeds.0.insert(key.to_owned(), value).map(|old| (key, old));
            }
        }
        let mut to = seeds.path(path);
        if let Some((key, old)) = kept {
            seeds.0.insert(key.to_owned(), old);
        }
        for one in operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query" && p["required"] == true) {
            let value = one["schema"]["enum"][0].as_str().unwrap_or("ana");
            to.push_str(&format!("?{}={value}", one["name"].as_str().unwrap()));
        }
        let body = match &operation["requestBody"]["content"]["application/json"]["example"] {
            Value::Null => None,
            example => Some(seeds.body(path, example)),
        };
        let api = if path.starts_with("/platform") {
            &platform
        } else if path.starts_with("/public") {
            &nobody
        } else {
            &ana
        };
        let response = api.raw(&method.to_uppercase(), &to, body.as_ref(), &[]).await;
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        let later = operation["responses"].get("200").or(operation["responses"].get("204")).is_none();
        let wanted = refused(method, path).or(later.then_some(501));
        let place = format!("{method} {to} {}", body.unwrap_or_default());
        if wanted.map_or(!(200..300).contains(&status), |w| w != status) {
            wrong.push(format!("{place}: {status} {text}"));
            continue;
        }
        answered += 1;
        let Some(response) = operation["responses"].get(status.to_string()) else {
            wrong.push(format!("{place}: {status} is not in the document"));
            continue;
        };
        let Some(schema) = at(&document, response)["content"]["application/json"].get("schema") else { continue };
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{place}: {e}: {text}"));
        let mut schema = schema.clone();
        closed(&mut schema);
        wrong.extend(faults(&document, &schema, &value, &place));
        if path.ends_with("/profile/reset_access_token") {
            // The one before is refused from here on.
            ana = Api::with(&world, world.here.account, value["access_token"].as_str().unwrap());
        }
        if method == "post" {
            seeds.keep(path, &value);
            if path.ends_with("{inbox_identifier}/contacts") {
                seeds.0.insert("public contacts".to_owned(), value["source_id"].clone());
            }
            if path == "/platform/api/v1/users" {
                seeds.0.insert("platform account_users".to_owned(), value["id"].clone());
            }
        }
    }
    assert!(wrong.is_empty(), "{answered} of {} operations answered\n{}", operations.len(), wrong.join("\n"));
    assert!(answered > 180, "{answered}");
}

#[tokio::test]
async fn what_the_table_does_not_know_is_not_reached() {
    let world = world().await;
    let ana = Api::of(&world, &world.here.ana).await;
    for (method, path, status, allow) in [
        ("GET", "nothing/at/all", 404, None),
        ("GET", "contacts/1/nothing", 404, None),
        ("DELETE", "contacts", 405, Some("GET, POST, HEAD")),
        ("TRACE", "conversations/1", 405, Some("GET, PATCH, DELETE, PUT, HEAD")),
        ("GET", "campaigns/7/anything", 501, None),
        ("DELETE", "audit_logs", 405, Some("GET, HEAD")),
        ("GET", "/api/v2/accounts/1/live_reports/conversation_metrics", 501, None),
        ("GET", "/api/v2/accounts/1/nothing", 404, None),
        ("POST", "/api/v1/widget/messages", 501, None),
        ("POST", "/auth/sign_in", 501, None),
        ("PUT", "/api/v1/profile", 200, None),
    ] {
        let answer = ana.raw(method, path, Some(&json!({})), &[]).await;
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(answer.headers().get("allow").map(|a| a.to_str().unwrap()), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_of_no_understandable_form_is_refused_by_name() {
    let world = world().await;
    let ana = Api::of(&world, &world.here.ana).await;
    for (method, path, body, field) in [
        ("POST", "contacts", json!({ "name": { "first": "Zé" } }), "name"),
        ("POST", "contacts", json!({ "custom_attributes": [1] }), "custom_attributes"),
        ("POST", "labels", json!({ "title": "vip", "show_on_sidebar": "perhaps" }), "show_on_sidebar"),
        ("GET", "contacts?page=x", Value::Null, "page"),
        ("GET", "conversations?sort_by=luck", Value::Null, "sort_by"),
        ("POST", "bulk_actions", json!({ "ids": ["x"] }), "ids"),
        ("GET", "contacts?sort=0", Value::Null, "sort"),
        ("GET", "conversations?team_id=9223372036854775807", Value::Null, "team_id"),
    ] {
        let (status, answer) = ana.call(method, path, body).await;
        assert_eq!((status, &answer["attributes"]), (422, &json!([field])), "{method} {path}: {answer}");
    }
    // What would empty something takes words that say so; what would be cut is refused.
    let contact = ana.ok("POST", "contacts", json!({ "name": "Rui" })).await["payload"]["contact"]["id"].clone();
    let inbox = ana.ok("POST", "inboxes", json!({ "name": "App", "channel": { "type": "api", "webhook_url": "" } })).await["id"].clone();
    let thread = ana.ok("POST", "conversations", json!({ "contact_id": contact, "inbox_id": inbox })).await["id"].clone();
    let unsent = format!("conversations/{thread}/draft_messages");
    for place in [format!("conversations/{thread}/labels"), format!("contacts/{contact}/labels")] {
        ana.ok("POST", &place, json!({ "labels": ["vip"] })).await;
        for body in [json!({}), json!({ "labels": null }), json!({ "label": ["other"] })] {
            let (status, answer) = ana.call("POST", &place, body).await;
            assert_eq!((status, &answer["attributes"]), (422, &json!(["labels"])), "{place}: {answer}");
        }
        assert_eq!(ana.ok("GET", &place, Value::Null).await["payload"], json!(["vip"]), "{place}");
        assert_eq!(ana.ok("POST", &place, json!({ "labels": [] })).await["payload"], json!([]), "{place}");
    }
    ana.ok("PUT", &unsent, json!({ "draft_message": { "message": "Good mor" } })).await;
    for body in [json!({ "draft_message": {} }), json!({ "draft_message": { "message": null } })] {
        let (status, answer) = ana.call("PUT", &unsent, body).await;
        assert_eq!((status, &answer["attributes"]), (422, &json!(["draft_message.message"])), "{answer}");
    }
    assert_eq!(ana.ok("GET", &unsent, Value::Null).await["message"], "Good mor");
    ana.ok("PUT", &unsent, json!({ "draft_message": { "message": "" } })).await;
    assert_eq!(ana.ok("GET", &unsent, Value::Null).await["has_draft"], false);
    let bot = |letters: usize| json!({ "name": "Robô", "description": "é".repeat(letters) });
    let (status, answer) = ana.call("POST", "agent_bots", bot(501)).await;
    assert_eq!((status, &answer["attributes"]), (422, &json!(["description"])), "{answer}");
    assert_eq!(ana.ok("POST", "agent_bots", bot(500)).await["description"].as_str().unwrap().chars().count(), 500);
    let long = "k".repeat(256);
    let answer = ana.raw("POST", "labels", Some(&json!({ "title": "a" })), &[("idempotency-key", long.as_str())]).await;
    assert_eq!(answer.status(), 422);
    // A table asked for twice under one key is a table twice.
    for _ in 0..2 {
        let answer = ana.raw("POST", "contacts/export", Some(&json!({})), &[("idempotency-key", "table")]).await;
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    }
    // What forms and other languages send means what it means.
    let made =
        ana.ok("POST", "contacts", json!({ "name": 77, "blocked": "0", "custom_attributes": [], "email": null, "inbox_id": "" })).await;
    assert_eq!(made["payload"]["contact"]["name"], "77");
}

#[tokio::test]
async fn the_page_shows_every_operation_and_runs_no_script_of_others() {
    let world = world().await;
    let document = document(&world).await;
    let client = reqwest::Client::new();
    let answer = client.get(format!("{}/api/docs", world.base)).header("accept-language", "pt-BR").send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(page.contains("lang=\"pt-BR\"") && page.contains("Ainda não existe"));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|m| *m != "put") {
            let entry = format!("data-method=\"{}\" data-path=\"{path}\"", method.to_uppercase());
            assert_eq!(page.matches(&entry).count(), 1, "{entry}");
        }
    }
}

#[tokio::test]
async fn page_and_document_are_made_once_and_given_out_packed_under_a_tag() {
    let world = world().await;
    let client = reqwest::Client::new();
    for path in ["/api/docs", "/api/docs/openapi.json"] {
        let ask = |name: &'static str, value: String| client.get(format!("{}{path}", world.base)).header(name, value).send();
        let plain = ask("accept-encoding", "identity".to_owned()).await.unwrap();
        assert!(!plain.headers().contains_key("content-encoding"));
        let tag = plain.headers()["etag"].to_str().unwrap().to_owned();
        let plain = plain.bytes().await.unwrap();
        for (coding, most) in [("gzip", 9), ("br", 11)] {
            let packed = ask("accept-encoding", format!("{coding}, identity;q=0.5")).await.unwrap();
            assert_eq!(
                (&packed.headers()["content-encoding"], packed.headers()["etag"].to_str().unwrap()),
                (&coding.parse::<http::HeaderValue>().unwrap(), tag.as_str())
            );
            assert!(packed.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
            let packed = packed.bytes().await.unwrap();
            assert!(packed.len() * most < plain.len(), "{path} {coding}: {} of {}", packed.len(), plain.len());
            if coding == "gzip" {
                let mut whole = Vec::new();
                std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_ref()), &mut whole).unwrap();
                assert_eq!(whole, plain);
            }
        }
        for known in [tag.clone(), format!("\"other\", W/{tag}")] {
            let answer = ask("if-none-match", known).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()), (304, tag.as_str()));
            assert!(answer.bytes().await.unwrap().is_empty());
        }
        assert_eq!(ask("if-none-match", "\"other\"".to_owned()).await.unwrap().status(), 200);
    }
    // Each language is a text of its own.
    let of = |language: &'static str| client.get(format!("{}/api/docs", world.base)).header("accept-language", language).send();
    let (portuguese, english) = (of("pt-BR").await.unwrap(), of("en").await.unwrap());
    assert_ne!(portuguese.headers()["etag"], english.headers()["etag"]);
}
