//! The one guarded client for everything outside: it refuses addresses the guard refuses, follows redirects itself and never with credentials,
//! and reads no more than the cap. It knows no provider.

mod guard;
mod reply;
#[cfg(test)]
mod tests;

pub use guard::Allow;
pub use reply::Reply;

use bytes::{Bytes, BytesMut};
use guard::{Blocked, Guard};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Url};
use serde_json::Value;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

/// Most redirects of one call.
const HOPS: usize = 5;
/// Most bytes of an ordinary answer.
const CAP: usize = 4 * 1024 * 1024;
/// Until the provider has taken the connection.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept: shorter than providers keep theirs, so that a message rarely meets a closed one.
const IDLE: Duration = Duration::from_secs(20);

/// Why there is no answer. Never names the address: addresses may carry tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The guard refuses this address.
    #[error("this address may not be called from here")]
    Blocked,
    /// It is no address, or none that may carry these credentials.
    #[error("this is no address that can be called")]
    Malformed,
    /// The connection was never made: nothing left.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Something left, and no answer came.
    #[error("no answer: {0}")]
    Unknown(String),
    /// The answer is larger than the cap.
    #[error("the answer is too large")]
    TooLarge,
}

/// The guarded client; clones share one pool.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    guard: Guard,
    deadline: Duration,
    relays: crate::email::smtp::Relays,
}

impl Http {
    /// A client with what the operator allows, and a deadline for ordinary calls.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(allow: Allow, deadline: Duration) -> Result<Self, HttpError> {
        let guard = Guard(Arc::new(allow));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(guard.clone()))
            .no_proxy()
            .pool_idle_timeout(IDLE)
            .connect_timeout(CONNECT.min(deadline / 2))
            .tcp_nodelay(true)
            .user_agent(concat!("Recado/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HttpError::NotSent(tell(&error)))?;
        Ok(Self { client, guard, deadline, relays: crate::email::smtp::Relays::default() })
    }

    /// Mail relays with connections kept open. Whether one may be called is asked by `reachable` first.
    #[must_use]
    pub const fn relays(&self) -> &crate::email::smtp::Relays {
        &self.relays
    }

    /// Whether a server of another protocol may be connected to: every address its name leads to must be one that may be called.
    ///
    /// # Errors
    /// `Blocked`, or `NotSent` where the name leads nowhere.
    pub async fn reachable(&self, host: &str, port: u16) -> Result<(), HttpError> {
        if self.guard.names(host) {
            return Ok(());
        }
        let found = tokio::net::lookup_host((host, port)).await.map_err(|error| HttpError::NotSent(error.to_string()))?;
        let (mut any, mut good) = (false, true);
        for address in found {
            (any, good) = (true, good && self.guard.permits(address.ip()));
        }
        if any && good { Ok(()) } else { Err(HttpError::Blocked) }
    }

    /// A call that asks.
    pub fn get(&self, url: &str) -> Call<'_> {
        self.call(Method::GET, url)
    }

    /// A call that changes something.
    pub fn post(&self, url: &str) -> Call<'_> {
        self.call(Method::POST, url)
    }

    /// A call that sets something.
    pub fn put(&self, url: &str) -> Call<'_> {
        self.call(Method::PUT, url)
    }

    /// A call that takes something away.
    pub fn delete(&self, url: &str) -> Call<'_> {
        self.call(Method::DELETE, url)
    }

    fn call(&self, method: Method, url: &str) -> Call<'_> {
        Call {
            http: self,
            method,
            url: Url::parse(url).ok(),
            headers: HeaderMap::new(),
            body: Body::None,
            cap: CAP,
            deadline: self.deadline,
            confidential: false,
        }
    }

    /// Checks what names and the resolver cannot: the scheme, credentials in the address, and literal addresses.
    fn check(&self, url: &Url, credentials: bool) -> Result<(), HttpError> {
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(HttpError::Malformed),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::Malformed);
        }
        let host = url.host_str().ok_or(HttpError::Malformed)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let origin = self.guard.names_origin(url);
        if !origin && literal.is_some_and(|address| !self.guard.permits(address)) {
            return Err(HttpError::Blocked);
        }
        // Without TLS a credential goes only where the operator said by name or network.
        let named = origin
            || self.guard.names(host)
            || literal.is_some_and(|address| self.guard.0.networks.iter().any(|net| net.contains(&address)));
        if plain && credentials && !named { Err(HttpError::Malformed) } else { Ok(()) }
    }
}

enum Body {
    None,
    Bytes(Bytes),
    Form(Vec<(String, String)>),
    Parts(reqwest::multipart::Form),
}

/// A call being put together.
#[must_use]
pub struct Call<'h> {
    http: &'h Http,
    method: Method,
    url: Option<Url>,
    headers: HeaderMap,
    body: Body,
    cap: usize,
    deadline: Duration,
    confidential: bool,
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Call<'_> {
    /// Adds a parameter to the address.
    pub fn query(mut self, key: &str, value: &str) -> Self {
        if let Some(url) = &mut self.url {
            url.query_pairs_mut().append_pair(key, value);
        }
        self
    }

    /// Sets a header; a value that is none makes the call fail before it leaves.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(name == "authorization");
                self.headers.insert(HeaderName::from_static(name), value);
            }
            Err(_) => self.url = None,
        }
        self
    }

    /// Proves who calls by a token.
    pub fn bearer(self, token: &str) -> Self {
        let value = format!("Bearer {token}");
        self.header("authorization", &value)
    }

    /// Proves who calls by a name and a password.
    pub fn basic(self, user: &str, password: &str) -> Self {
        let value = crate::proof::basic(user, password);
        self.header("authorization", &value)
    }

    /// Says that the address itself holds a secret, so that it travels as carefully as one in a header.
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }

    /// Carries JSON.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Body::Bytes(Bytes::from(body.to_string()));
        self.header("content-type", "application/json")
    }

    /// Carries form fields; a name may occur several times.
    pub fn form(mut self, fields: Vec<(String, String)>) -> Self {
        self.body = Body::Form(fields);
        self
    }

    /// Carries bytes of a media type.
    pub fn bytes(mut self, mime: &str, body: Bytes) -> Self {
        self.body = Body::Bytes(body);
        self.header("content-type", mime)
    }

    /// Carries files and fields.
    pub fn parts(mut self, parts: Parts) -> Self {
        self.body = Body::Parts(parts.0);
        self
    }

    /// Takes an answer of so many bytes at most; large ones get more time.
    pub fn cap(mut self, bytes: usize) -> Self {
        self.cap = bytes;
        if bytes > CAP { self.patient() } else { self }
    }

    /// Gives four times the time: files take longer than words.
    pub fn patient(mut self) -> Self {
        self.deadline *= 4;
        self
    }

    /// Makes the call. Redirects are followed for questions only, and without credentials.
    ///
    /// # Errors
    /// Where there is no answer; an answer of any status is one.
    pub async fn send(self) -> Result<Reply, HttpError> {
        let deadline = self.deadline;
        let asks = self.method == Method::GET;
        match tokio::time::timeout(deadline, self.go()).await {
            Ok(result) => result,
            Err(_) if asks => Err(HttpError::NotSent("timed out".to_owned())),
            Err(_) => Err(HttpError::Unknown("timed out".to_owned())),
        }
    }

    async fn go(self) -> Result<Reply, HttpError> {
        let Self { http, method, url, mut headers, body, cap, deadline, confidential } = self;
        let mut url = url.ok_or(HttpError::Malformed)?;
        http.check(&url, confidential || headers.contains_key(AUTHORIZATION))?;
        let request = http.client.request(method.clone(), url.clone()).headers(headers.clone()).timeout(deadline);
        let request = match body {
            Body::None => request,
            Body::Bytes(bytes) => request.body(bytes),
            Body::Form(fields) => {
                let mut text = form_urlencoded::Serializer::new(String::new());
                text.extend_pairs(&fields);
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text.finish())
            }
            Body::Parts(form) => request.multipart(form),
        };
        let asks = method == Method::GET;
        let mut response = request.send().await.map_err(|error| sort(&error, asks))?;
        for _ in 0..HOPS {
            if !asks || !response.status().is_redirection() {
                break;
            }
            let next = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
            let Some(next) = next else { break };
            headers.clear();
            http.check(&next, false)?;
            url = next;
            let again = http.client.get(url.clone()).headers(headers.clone()).timeout(deadline);
            response = again.send().await.map_err(|error| sort(&error, true))?;
        }
        let mut reply = Reply::new(response.status().as_u16(), response.headers().clone());
        // What was asked can be refused; what was told may have been done all the same.
        let too_large = || if asks { HttpError::TooLarge } else { HttpError::Unknown("the answer is too large".to_owned()) };
        if response.content_length().is_some_and(|length| length > cap as u64) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| sort(&error, asks))? {
            if body.len() + chunk.len() > cap {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        reply.body = body.freeze();
        Ok(reply)
    }
}

/// Files and fields of one body.
#[derive(Debug, Default)]
#[must_use]
pub struct Parts(reqwest::multipart::Form);

impl Parts {
    /// Adds a field.
    pub fn field(self, name: &'static str, value: impl Into<String>) -> Self {
        Self(self.0.text(name, value.into()))
    }

    /// Adds a field whose name is known only at run time.
    pub fn named(self, name: &str, value: impl Into<String>) -> Self {
        Self(self.0.text(name.to_owned(), value.into()))
    }

    /// Adds a file; an odd media type becomes plain bytes.
    pub fn file(self, field: String, name: &str, mime: &str, bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        let part = || reqwest::multipart::Part::stream_with_length(bytes.clone(), length).file_name(name.to_owned());
        Self(self.0.part(field, part().mime_str(mime).unwrap_or_else(|_| part())))
    }
}

/// The host of an address.
pub(crate) fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_ascii_lowercase)
}

/// What surely did not leave, or may be asked again, is told apart from what may have been taken.
fn sort(error: &reqwest::Error, asks: bool) -> HttpError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<Blocked>() {
            return HttpError::Blocked;
        }
        cause = inner.source();
    }
    if error.is_builder() {
        HttpError::Malformed
    } else if error.is_connect() || asks {
        HttpError::NotSent(tell(error))
    } else {
        HttpError::Unknown(tell(error))
    }
}

/// An error in words without the address.
fn tell(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() { "timed out" } else { "the connection failed" };
    let mut root: Option<&dyn std::error::Error> = error.source();
    while let Some(next) = root.and_then(std::error::Error::source) {
        root = Some(next);
    }
    root.map_or_else(|| kind.to_owned(), |root| format!("{kind}: {root}"))
}
