//! A request of an API client, read: who calls, what for, and everything given in query and body as one object, as the ecosystem's server
//! reads it. JSON, forms and multipart are the same from here on.

use super::super::{App, Caller};
use super::problem::{Answer, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use model::{FaultCode, Violation};
use serde_json::{Map, Value};
use service::{Bearer, Client, Scope};

/// Most bytes of a body that is no file.
const BODY: usize = 1024 * 1024;
/// Most bytes of a text file to be imported.
const TEXT: usize = 8 * 1024 * 1024;
/// Deepest nesting of names such as `a[b][c]`.
const DEPTH: usize = 5;

/// What is done; PUT and PATCH are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Asks.
    Get,
    /// Makes or does.
    Post,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Verb {
    /// The verb of a method.
    ///
    /// # Errors
    /// For methods the API does not know.
    pub fn of(method: &Method) -> Result<Self, Problem> {
        match *method {
            Method::GET | Method::HEAD => Ok(Self::Get),
            Method::POST => Ok(Self::Post),
            Method::PUT | Method::PATCH => Ok(Self::Patch),
            Method::DELETE => Ok(Self::Delete),
            _ => Err(Problem::Here(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed".to_owned())),
        }
    }
}

/// Into whose hands files of the body go.
pub enum Hands<'h> {
    /// A person's or bot's.
    Scope(&'h Scope),
    /// An app's user's.
    Client(&'h Client),
}

/// The token in either spelling of the header, or as a bearer.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let named = ["api_access_token", "api-access-token"].iter().find_map(|name| headers.get(*name)).and_then(|v| v.to_str().ok());
    let bearer = || {
        headers
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?
            .split_once(' ')
            .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"))
            .map(|(_, t)| t)
    };
    named.or_else(bearer).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

/// A request, read.
pub struct Call {
    /// The server.
    pub app: App,
    /// Where from.
    pub caller: Caller,
    /// What is done.
    pub verb: Verb,
    /// Whose token.
    pub bearer: Option<Bearer>,
    /// The token itself, for streams and one's own profile.
    pub token: Option<String>,
    /// Query and body.
    pub params: Map<String, Value>,
    /// Keys of the files that came along.
    pub files: Vec<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// Whose repeats are one request.
    owner: String,
    repeat: Option<String>,
}

/// Puts a value under a name such as `a`, `a[b]` or `a[]`.
fn put(map: &mut Map<String, Value>, name: &str, value: Value, depth: usize) {
    let Some((first, rest)) = name.split_once('[').filter(|_| depth < DEPTH) else {
        map.insert(name.to_owned(), value);
        return;
    };
    let (inner, more) = rest.split_once(']').unwrap_or((rest, ""));
    if inner.is_empty() {
        if let Value::Array(list) = map.entry(first).or_insert_with(|| Value::Array(Vec::new()))
            && list.len() < 1000
        {
            list.push(value);
        }
        return;
    }
    if let Value::Object(deeper) = map.entry(first).or_insert_with(|| Value::Object(Map::new())) {
        put(deeper, &format!("{inner}{more}"), value, depth + 1);
    }
}

/// Percent-encoded UTF-8 (RFC 3986 §2.1), as it was meant.
pub fn decoded(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten().and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn form(text: &str, into: &mut Map<String, Value>) {
    let decode = |part: &str| decoded(&part.replace('+', " "));
    for pair in text.split('&').filter(|p| !p.is_empty()).take(1000) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        put(into, &decode(name), Value::from(decode(value)), 0);
    }
}

impl Call {
    /// Reads a request to its end.
    ///
    /// # Errors
    /// For a body that cannot be read or is too large.
    pub async fn open(
        app: &App,
        caller: Caller,
        verb: Verb,
        bearer: impl Into<Option<Bearer>>,
        hands: Option<Hands<'_>>,
        request: Request,
    ) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let mut params = Map::new();
        form(request.uri().query().unwrap_or_default(), &mut params);
        let bearer = bearer.into();
        let token = token(&headers);
        let repeat = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned).filter(|k| !k.is_empty());
        if repeat.as_ref().is_some_and(|key| key.len() > 255) {
            return Err(Problem::field("Idempotency-Key", Violation::TooLong(255)));
        }
        let owner = bearer.map_or_else(|| format!("address {}", caller.address), |b| format!("{b:?}"));
        let mut call = Self { app: app.clone(), caller, verb, bearer, token, params, files: Vec::new(), headers, owner, repeat };
        let kind = call.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            call.parts(hands, request).await?;
        } else {
            let bytes = axum::body::to_bytes(request.into_body(), BODY).await.map_err(|_| service::Error::Fault(FaultCode::TooLarge))?;
            call.body(&kind, &bytes)?;
        }
        Ok(call)
    }

    fn body(&mut self, kind: &str, bytes: &[u8]) -> Result<(), Problem> {
        let blank = bytes.iter().all(u8::is_ascii_whitespace);
        if blank {
            return Ok(());
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            form(&String::from_utf8_lossy(bytes), &mut self.params);
            return Ok(());
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(given)) => self.params.extend(given),
            // Nothing, or one language's empty map.
            Ok(Value::Null) => {}
            Ok(Value::Array(all)) if all.is_empty() => {}
            Ok(_) if self.verb != Verb::Get => {
                return Err(Problem::Here(StatusCode::BAD_REQUEST, "The request body is no JSON object".to_owned()));
            }
            Ok(_) => {}
            // A question's body is no part of HTTP; one that means nothing is passed over.
            Err(_) if self.verb == Verb::Get => {}
            Err(_) => return Err(Problem::Here(StatusCode::BAD_REQUEST, "The request body is not valid JSON".to_owned())),
        }
        Ok(())
    }

    async fn parts(&mut self, hands: Option<Hands<'_>>, request: Request) -> Result<(), Problem> {
        let broken = || Problem::Here(StatusCode::BAD_REQUEST, "The multipart body cannot be read".to_owned());
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        let mut left = BODY;
        while let Some(mut part) = form.next_field().await.map_err(|_| broken())? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            if name == "import_file" {
                let bytes = part.bytes().await.map_err(|_| broken())?;
                if bytes.len() > TEXT {
                    return Err(service::Error::Fault(FaultCode::TooLarge).into());
                }
                self.params.insert(name, String::from_utf8_lossy(&bytes).into_owned().into());
            } else if let Some(file) = file {
                if self.files.len() >= 15 {
                    return Err(Problem::field("attachments", Violation::TooLong(15)));
                }
                let kept = match &hands {
                    Some(Hands::Scope(scope)) => self.app.service.upload(scope, &file, part).await?,
                    Some(Hands::Client(client)) => self.app.service.client_upload(client, &file, part).await?,
                    None => continue,
                };
                // Pictures of contacts, bots and inboxes come as files too; only those of messages are named.
                if name.starts_with("attachment") {
                    self.files.push(kept.key);
                }
            } else {
                let mut bytes = Vec::new();
                while let Some(chunk) = part.chunk().await.map_err(|_| broken())? {
                    left = left.checked_sub(chunk.len()).ok_or(service::Error::Fault(FaultCode::TooLarge))?;
                    bytes.extend_from_slice(&chunk);
                }
                put(&mut self.params, &name, String::from_utf8_lossy(&bytes).into_owned().into(), 0);
            }
        }
        Ok(())
    }

    /// Counts repeats by this owner instead of by the network.
    pub fn owned_by(&mut self, owner: String) {
        self.owner = owner;
    }

    /// Begins a repeatable request; an answer given before is given again.
    ///
    /// # Errors
    /// `Conflict` while the first is being worked out; `Invalid` for a key that named something else.
    pub async fn begin(&self, path: &[&str]) -> Result<Option<Response>, Problem> {
        let Some(key) = self.repeat.as_deref().filter(|_| self.verb == Verb::Post) else { return Ok(None) };
        let request = format!("{} {} {}", path.join("/"), Value::Object(self.params.clone()), self.files.len());
        let Some((status, body)) = self.app.service.begin_answer(&self.owner, key, &request).await? else { return Ok(None) };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Ends a repeatable request: what was done is answered again, what was refused may be asked anew.
    ///
    /// # Errors
    /// The refusal itself.
    pub async fn end(&self, answer: Answer) -> Answer {
        let Some(key) = self.repeat.as_deref().filter(|_| self.verb == Verb::Post) else { return answer };
        match answer {
            // What is given again is JSON; a table is cheap to make anew.
            Ok(response) if response.status().is_success() && !is_table(&response) => {
                let (parts, body) = response.into_parts();
                let bytes = axum::body::to_bytes(body, 4 * BODY).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                self.app.service.keep_answer(&self.owner, key, Some((parts.status.as_u16(), text))).await?;
                Ok(Response::from_parts(parts, Body::from(bytes)))
            }
            other => {
                self.app.service.keep_answer(&self.owner, key, None).await?;
                other
            }
        }
    }

    /// What names this request so that a repeat of it writes one message: the key of the header, else the client's own id.
    pub fn key(&self, place: &str) -> Option<String> {
        let own = || self.params.get("echo_id").filter(|e| !e.is_null()).map(|e| format!("echo {e}"));
        let key = self.repeat.as_ref().map(|k| format!("key {k}")).or_else(own)?;
        Some(format!("{} {place} {key}", self.owner))
    }

    /// A text; numbers and truths as their words. None where it is absent or null.
    pub fn text(&self, key: &str) -> Option<String> {
        text(&self.params, key)
    }

    /// A number, also given as digits.
    pub fn number(&self, key: &str) -> Option<i64> {
        number(self.params.get(key)?)
    }

    /// A list of texts; a single text is cut at commas.
    pub fn list(&self, key: &str) -> Option<Vec<String>> {
        list(&self.params, key)
    }

    /// A list of numbers.
    pub fn numbers(&self, key: &str) -> Option<Vec<i64>> {
        match self.params.get(key)? {
            Value::Array(all) => Some(all.iter().filter_map(number).collect()),
            one => Some(number(one).into_iter().collect()),
        }
    }

    /// An object, also given as its JSON in a form.
    pub fn object(&self, key: &str) -> Option<Map<String, Value>> {
        object(&self.params, key)
    }

    /// The object of this name where the client wrapped what it gives, else everything given.
    pub fn inner(&self, key: &str) -> Map<String, Value> {
        match self.params.get(key) {
            Some(Value::Object(inner)) => inner.clone(),
            _ => self.params.clone(),
        }
    }

    /// The page asked for, from 1.
    pub fn page(&self) -> i64 {
        self.number("page").unwrap_or(1).clamp(1, 100_000)
    }
}

fn is_table(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv"))
}

/// A text of an object; see [`Call::text`].
pub fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    match map.get(key)? {
        // Nobody types a zero byte, and PostgreSQL keeps none.
        Value::String(text) => Some(text.replace('\0', "")),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(on.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number, also given as digits.
pub fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|f| f as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A truth of an object.
pub fn flag(map: &Map<String, Value>, key: &str) -> Option<bool> {
    truth(map.get(key)?)
}

/// A truth in any spelling forms have; languages write their own words into them, such as `True`.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "on" | "yes" => Some(true),
            "false" | "f" | "0" | "off" | "no" => Some(false),
            _ => None,
        },
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A list of texts of an object.
pub fn list(map: &Map<String, Value>, key: &str) -> Option<Vec<String>> {
    match map.get(key)? {
        Value::Array(all) => {
            Some(all.iter().filter_map(|v| v.as_str().map(str::to_owned).or_else(|| v.as_i64().map(|n| n.to_string()))).collect())
        }
        Value::String(text) => Some(text.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()),
        _ => None,
    }
}

/// An object of an object.
pub fn object(map: &Map<String, Value>, key: &str) -> Option<Map<String, Value>> {
    match map.get(key)? {
        Value::Object(inner) => Some(inner.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The number a path names; anything else names nothing.
///
/// # Errors
/// `Missing`.
pub fn id(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::missing())
}

/// JSON with 200.
///
/// # Errors
/// None; it is an answer for its callers' convenience.
pub fn ok(value: Value) -> Answer {
    Ok(Json(value).into_response())
}

/// Nothing more than 200, with an empty object: some clients read every answer as JSON.
///
/// # Errors
/// None.
pub fn done() -> Answer {
    ok(Value::Object(Map::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_with_brackets_nest() {
        let mut all = Map::new();
        form("labels[]=a&labels[]=b%20c&channel[type]=api&channel[x][y]=1&page=2&plain", &mut all);
        assert_eq!(
            Value::Object(all),
            json!({ "labels": ["a", "b c"], "channel": { "type": "api", "x": { "y": "1" } }, "page": "2", "plain": "" })
        );
        let mut deep = Map::new();
        form(&format!("a{}=1", "[b]".repeat(50)), &mut deep);
        assert!(Value::Object(deep).to_string().len() < 400);
        let mut odd = Map::new();
        form("%=%zz&a[=1&[]=2&a]b=3&=", &mut odd);
    }

    #[test]
    fn either_spelling_and_a_bearer_name_the_token() {
        for (name, value) in
            [("api_access_token", "t"), ("Api-Access-Token", "t"), ("authorization", "Bearer t"), ("authorization", "bearer t")]
        {
            let mut headers = HeaderMap::new();
            headers.insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static(value));
            assert_eq!(token(&headers).as_deref(), Some("t"), "{name}");
        }
        let mut basic = HeaderMap::new();
        basic.insert("authorization", HeaderValue::from_static("Basic t"));
        assert_eq!(token(&basic), None);
    }
}
