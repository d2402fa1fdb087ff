//! The document: OpenAPI 3.1 out of the table and the shapes, by utoipa's types. Who asks for it, and how often, is not its
//! business: it is made once, in `mod.rs`.

use super::notation::{Field, Type, example, examples, is_file};
use super::shapes::{Side, described, fields, object, schema};
use super::table::{Answers, Deed, LATER, LATER_OUTSIDE, PATHS, Path, TAGS};
use super::{given, told};
use serde_json::{Map, Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, Response, ResponseBuilder,
    ServerBuilder,
};

/// Refusals: the name in the document, the status, what it means, and an example.
const REFUSALS: [(&str, u16, &str, &str); 10] = [
    ("Unreadable", 400, "The body cannot be read", "The request body is not valid JSON"),
    ("Nobody", 401, "No token, nobody's, or not with this kind of token", "Invalid Access Token"),
    ("Forbidden", 403, "Not with this role", "You are not authorized to do this action"),
    ("Missing", 404, "No such thing, or not for the caller", "Resource could not be found"),
    ("Method", 405, "Not with this method", "Method not allowed"),
    (
        "Conflict",
        409,
        "It clashes with something that exists, or is still being done",
        "It clashes with something that exists, or is still being done",
    ),
    ("TooLarge", 413, "Too much at once", "Request is too large"),
    ("Invalid", 422, "Something given is wrong", ""),
    ("TooMany", 429, "Too many requests", "Too many requests, try again later"),
    ("Later", 501, "Named, and not there yet", "Campaigns are not implemented yet"),
];

/// The events told to webhooks, bots and API inboxes, and the shape of each.
const EVENTS: [(&str, &str, &str); 14] = [
    ("message_created", "MessageEvent", "A message was written, by whomever; bots and API inboxes hear it too"),
    ("message_updated", "MessageEvent", "A message changed, or got further"),
    ("conversation_created", "ConversationEvent", "A conversation began"),
    ("conversation_status_changed", "ConversationEvent", "It was opened, resolved, snoozed or given to the bot"),
    ("conversation_updated", "ConversationEvent", "Something else about it changed"),
    ("conversation_opened", "ConversationEvent", "For bots: people have it now"),
    ("conversation_resolved", "ConversationEvent", "For bots: it is done"),
    ("webwidget_triggered", "OpenedEvent", "A visitor opened the widget; whoever never wrote comes without contact"),
    ("conversation_typing_on", "TypingEvent", "Somebody began to type; sent once and at once, or never"),
    ("conversation_typing_off", "TypingEvent", "Somebody stopped; sent once and at once, or never"),
    ("contact_created", "ContactEvent", "A contact came"),
    ("contact_updated", "ContactEvent", "A contact changed"),
    ("inbox_created", "InboxEvent", "An inbox was made"),
    ("inbox_updated", "InboxEvent", "An inbox changed"),
];

/// What a refusal says.
fn refusal(status: u16, text: &str) -> Value {
    if status == 422 { json!({ "message": "Name can't be blank", "attributes": ["name"] }) } else { json!({ "error": text }) }
}

/// An example of a body.
pub fn body_example(name: &str) -> Value {
    examples(fields(name), &fields)
}

/// An example of an answer.
pub fn answer_example(kind: &'static str) -> Value {
    example(&Type::read(kind), &fields)
}

/// What a name in a path stands for.
pub fn named(name: &str) -> (Field, &'static str) {
    match name {
        "inbox_identifier" => (Field::read("x: text = ap1"), "The API inbox's public identifier"),
        "contact_identifier" => (Field::read("x: text = 5d7f8c52"), "The contact's source id"),
        "uuid" => (Field::read("x: text = 0195b9b2"), "The conversation's uuid"),
        "what" => (Field::read("x: 'messages' | 'contacts' | 'conversations'"), "What to look among"),
        "account_id" => (Field::read("x: id = 1"), "The account"),
        "conversation_id" => (Field::read("x: id = 1"), "The conversation's number"),
        _ => (Field::read("x: id = 1"), ""),
    }
}

fn content(schema: impl Into<RefOr<Schema>>, example: Value) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(schema)).example(Some(example)).build()
}

fn answered(kind: &'static str) -> Response {
    let schema = schema(&Type::read(kind), Side::Told, false);
    ResponseBuilder::new().description("Done").content("application/json", content(schema, answer_example(kind))).build()
}

fn text_of(kind: &str, words: &str, example: &str) -> Response {
    let schema = RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).build()));
    ResponseBuilder::new().description(words).content(kind, content(schema, example.into())).build()
}

/// Which refusals an operation knows, by status.
fn refuses(path: &Path, deed: &Deed) -> Vec<u16> {
    let mut all = vec![401, 403, 404, 409, 413, 422, 429];
    if deed.method != "get" {
        all.push(400);
    }
    let macros = matches!(path.path, "/macros" | "/macros/{id}" | "/custom_filters" | "/custom_filters/{custom_filter_id}");
    if deed.answers == Answers::Later || path.tag == "Reports" || macros {
        all.push(501);
    }
    all
}

fn operation(path: &Path, whole: &str, deed: &Deed, method: &str) -> OperationBuilder {
    let id: String = format!("{method} {whole}").chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let mut made =
        OperationBuilder::new().tag(path.tag).summary(Some(deed.words)).operation_id(Some(id.replace("__", "_").trim_end_matches('_')));
    for name in whole.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let (field, words) = named(name);
        let one = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        let one = one.schema(Some(schema(&field.kind, Side::Asked, false)));
        made = made.parameter(if words.is_empty() { one.build() } else { one.description(Some(words)).build() });
    }
    for field in deed.asks.iter().map(|line| Field::asked(line)) {
        let list = field.kind.0.iter().any(|k| matches!(k, super::notation::Kind::List(_)));
        let name = if list { format!("{}[]", field.name) } else { field.name.to_owned() };
        let one = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).schema(Some(schema(&field.kind, Side::Asked, false)));
        let one = one.required(if field.optional { Required::False } else { Required::True });
        made = made.parameter(if field.words.is_empty() { one.build() } else { one.description(Some(field.words)).build() });
    }
    if deed.method == "post" && deed.answers != Answers::Later {
        let text = schema(&Type::read("text(0..255)"), Side::Asked, false);
        let one =
            ParameterBuilder::new().name("Idempotency-Key").parameter_in(ParameterIn::Header).required(Required::False).schema(Some(text));
        made = made.parameter(one.description(Some("Makes it safe to repeat for a day: the first answer is given again")).build());
    }
    if let Some(name) = deed.takes {
        let mut body = RequestBodyBuilder::new().content("application/json", content(Ref::from_schema_name(name), body_example(name)));
        let all = fields(name);
        if all.iter().any(|f| is_file(&f.kind)) {
            let mut form = object(all, Side::Given, "");
            for field in all.iter().filter(|f| is_file(&f.kind)) {
                let list = field.kind.0.iter().any(|k| matches!(k, super::notation::Kind::List(_)));
                let key = if list { format!("{}[]", field.name) } else { field.name.to_owned() };
                form.properties
                    .insert(key, described(schema(&Type::read(if list { "[file]" } else { "file" }), Side::Told, false), field.words));
            }
            body = body.content("multipart/form-data", content(RefOr::T(Schema::Object(form)), body_example(name)));
        }
        let required = all.iter().any(|f| !f.optional);
        made = made.request_body(Some(body.required(Some(if required { Required::True } else { Required::False })).build()));
    }
    made = match deed.answers {
        Answers::Json(kind) => made.response("200", answered(kind)),
        Answers::Maybe(kind) => {
            made.response("200", answered(kind)).response("204", ResponseBuilder::new().description("There is none").build())
        }
        Answers::Nothing => made.response("204", ResponseBuilder::new().description("Done").build()),
        Answers::Csv => made
            .response("200", text_of("text/csv", "One row a contact, with a first row of names", "id,name,email\n1,Zé,ze@example.com\n")),
        Answers::Stream => made
            .response("200", text_of("text/event-stream", "Events until either side hangs up", "retry: 1000\nevent: ping\ndata: {}\n\n")),
        Answers::Later => made,
    };
    for status in refuses(path, deed) {
        if let Some((name, ..)) = REFUSALS.iter().find(|(_, of, ..)| *of == status) {
            made = made.response(status.to_string(), Ref::from_response_name(*name));
        }
    }
    let none: [&str; 0] = [];
    made.securities(Some(match path.tag {
        "Client" => vec![],
        "Platform" => vec![SecurityRequirement::new("platform", none)],
        _ if whole.starts_with("/survey") => vec![],
        _ => vec![
            SecurityRequirement::new("token", none),
            SecurityRequirement::new("hyphens", none),
            SecurityRequirement::new("bearer", none),
        ],
    }))
}

fn components() -> Components {
    let mut made = ComponentsBuilder::new();
    for (all, side) in [(given::GIVEN, Side::Given), (told::TOLD, Side::Told)] {
        for (name, words, _) in all {
            made = made.schema(*name, Schema::Object(object(fields(name), side, words)));
        }
    }
    let problem = || Ref::from_schema_name("Problem");
    for (name, status, words, text) in REFUSALS {
        let mut one = ResponseBuilder::new().description(words).content("application/json", content(problem(), refusal(status, text)));
        if status == 429 {
            let seconds = schema(&Type::read("int"), Side::Told, false);
            one = one.header("Retry-After", HeaderBuilder::new().schema(seconds).description(Some("Seconds to wait")).build());
        }
        made = made.response(name, one.build());
    }
    let key = |name: &str, words: &str| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, words)));
    made.security_scheme("token", key("api_access_token", "A person's token, from their profile, or a bot's"))
        .security_scheme("hyphens", key("Api-Access-Token", "The same, for proxies that drop names with underscores"))
        .security_scheme(
            "bearer",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The same")).build()),
        )
        .security_scheme("platform", key("api_access_token", "A platform app's token: `recado admin create-platform-app --name …`"))
        .build()
}

/// The events as OpenAPI 3.1 has them; utoipa's types know none.
fn webhooks() -> Value {
    let header = |name: &str, words: &str| json!({ "name": name, "in": "header", "required": true, "description": words, "schema": { "type": "string" } });
    let parameters = json!([
        header("webhook-id", "The delivery's id, the same each time it is sent"),
        header("webhook-timestamp", "Seconds since 1970"),
        header(
            "webhook-signature",
            "Standard Webhooks 1.0: `v1,` and base64 HMAC-SHA256 over `id.timestamp.body` with the decoded secret; for a day after it was given anew, one by each secret, with a space between"
        ),
        header("x-chatwoot-timestamp", "Seconds since 1970"),
        header("x-chatwoot-signature", "`sha256=` and hexadecimal HMAC-SHA256 over `timestamp.body` with the secret as it is shown"),
        header("x-chatwoot-delivery", "The delivery's id"),
    ]);
    let one = |(name, shape, words): &(&str, &str, &str)| {
        let mut sample = body_example(shape);
        sample["event"] = (*name).into();
        let value = json!({ "post": {
            "operationId": format!("event_{name}"), "summary": words, "parameters": parameters,
            "requestBody": { "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{shape}") }, "example": sample } } },
            "responses": { "2XX": { "description": "Taken; anything else is tried again for three days" } },
        } });
        ((*name).to_owned(), value)
    };
    Value::Object(EVENTS.iter().map(one).collect::<Map<_, _>>())
}

/// The events, for the page: name, shape and words.
pub fn events() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    EVENTS.iter().copied()
}

/// The whole, for a server at this address.
pub fn whole(address: &str) -> Value {
    let mut paths = PathsBuilder::new();
    for path in PATHS {
        let whole = path.whole();
        let mut item = PathItem::default();
        for deed in path.deeds {
            let made = Some(operation(path, &whole, deed, deed.method).build());
            match deed.method {
                "post" => item.post = made,
                "patch" => {
                    item.patch = made;
                    item.put = Some(operation(path, &whole, deed, "put").build());
                }
                "delete" => item.delete = made,
                _ => item.get = made,
            }
        }
        paths = paths.path(whole, item);
    }
    let later: Vec<_> =
        LATER.iter().chain(LATER_OUTSIDE).map(|(_, words)| words.rsplit_once(' ').map_or(*words, |(name, _)| name)).collect();
    let info = InfoBuilder::new().title("Recado").version(env!("CARGO_PKG_VERSION")).description(Some(format!(
        "The API of a support inbox, as the ecosystem's clients speak it. PUT is PATCH, a slash at a path's end means nothing, bodies may be JSON, forms or \
         multipart, and what is given may be wrapped in an object of its kind's name. Every answer says in X-RateLimit-Limit, -Remaining and -Reset how often \
         a caller may ask. Not there yet, answering 501 by name: {}.",
        later.join(", ")
    )));
    let tags: Vec<_> = TAGS.iter().map(|(name, words)| TagBuilder::new().name(*name).description(Some(*words)).build()).collect();
    let document: OpenApi = OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(address).build()]))
        .paths(paths.build())
        .components(Some(components()))
        .tags(Some(tags))
        .build();
    let mut value = serde_json::to_value(&document).unwrap_or_default();
    value["webhooks"] = webhooks();
    value
}
