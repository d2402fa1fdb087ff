//! What stands in front of every route: who calls from where, the one origin check of all that changes state, headers, and counting.

use super::{App, fault, handover};
use crate::config::{Config, Network};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, request::Parts};
use model::FaultCode;
use std::net::{IpAddr, Ipv4Addr};

/// What the edges need of the configuration.
#[derive(Clone, Debug)]
pub struct Edges {
    public_url: String,
    trusted: Vec<Network>,
    /// Whether /metrics answers.
    pub metrics: bool,
}

/// Who calls: the network address to count by, and whether the page came over HTTPS.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The caller's address, behind trusted proxies their own.
    pub address: IpAddr,
    /// Whether the browser speaks HTTPS to us or to our proxy.
    pub secure: bool,
}

impl Edges {
    /// Takes what it needs.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            public_url: config.server.public_url.trim_end_matches('/').to_owned(),
            trusted: config.server.trusted_proxies.clone(),
            metrics: config.server.metrics,
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|n| n.0.contains(&address.to_canonical()))
    }

    /// Forwarded headers count only from proxies that are named; from the right, the first address that is no such proxy is the caller.
    fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> Caller {
        let own = self.public_url.starts_with("https://");
        if !self.trusts(peer) {
            return Caller { address: peer, secure: own };
        }
        let chain = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
        let hops: Vec<IpAddr> = chain.filter_map(|hop| hop.trim().parse().ok()).collect();
        let address = hops.into_iter().rev().find(|hop| !self.trusts(*hop)).unwrap_or(peer);
        let proto = headers.get("x-forwarded-proto").is_some_and(|p| p.as_bytes().eq_ignore_ascii_case(b"https"));
        Caller { address, secure: own || proto }
    }

    /// Whether a request that changes state comes from our own pages (FAULTS 51). Browsers say so themselves; where they cannot (plain HTTP
    /// outside the machine), the origin must be ours, by configuration or by the very host that was called.
    fn own_page(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        if let Some(site) = text("sec-fetch-site") {
            return site == "same-origin";
        }
        let Some(origin) = text("origin") else { return false };
        if !self.public_url.is_empty() && origin == self.public_url {
            return true;
        }
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && host == text("host")
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(of(parts))
    }
}

/// Who calls, as the guard found it.
pub fn of(parts: &Parts) -> Caller {
    parts.extensions.get::<Caller>().copied().unwrap_or(Caller { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), secure: false })
}

/// The one layer in front of every route.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = app.service.now();
    let peer = handover::address(request.extensions()).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let caller = app.edges.caller(peer, request.headers());
    request.extensions_mut().insert(caller);
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Providers and API clients prove themselves by signature and token; no cookie of ours is looked at there.
    let path = request.uri().path();
    // So does the page around a chat, by its visitor's key.
    let proven_otherwise = path == super::widget::CODE
        || ["/hooks/", "/api/", "/accounts/", "/public/api/", "/platform/api/", "/survey/", "/auth/"]
            .iter()
            .any(|mine| path.starts_with(mine));
    let (method, kind) = (request.method().clone(), kind(path));
    let mut response = if safe || proven_otherwise || app.edges.own_page(request.headers()) {
        next.run(request).await
    } else {
        fault::respond(model::FaultBody::of(FaultCode::ForeignOrigin))
    };
    headers(response.headers_mut(), caller.secure);
    let labels = [("method", method.to_string()), ("area", kind.to_owned()), ("status", response.status().as_u16().to_string())];
    metrics::counter!("recado_http_requests_total", &labels).increment(1);
    let seconds = app.service.now().since(started) as f64 / 1000.0;
    metrics::histogram!("recado_http_request_seconds", "area" => kind).record(seconds);
    response
}

/// The first part of a path, from a list of our own, so that callers cannot invent labels.
fn kind(path: &str) -> &'static str {
    const KINDS: [&str; 15] = [
        "rpc", "app", "login", "signup", "widget", "events", "assets", "files", "uploads", "avatars", "health", "embed", "hooks", "api",
        "mail",
    ];
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    KINDS.into_iter().find(|k| *k == first).unwrap_or("other")
}

/// Headers every answer carries unless its handler said otherwise.
fn headers(headers: &mut HeaderMap, secure: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(self)");
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(public_url: &str, trusted: &[&str]) -> Edges {
        let trusted = trusted.iter().map(|t| Network::try_from((*t).to_owned()).unwrap()).collect();
        Edges { public_url: public_url.to_owned(), trusted, metrics: false }
    }

    fn map(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), v.parse().unwrap())).collect()
    }

    #[test]
    fn forwarded_headers_count_from_named_proxies_only() {
        let headers = map(&[("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.2"), ("x-forwarded-proto", "https")]);
        let stranger = edges("", &[]).caller("10.0.0.1".parse().unwrap(), &headers);
        assert_eq!((stranger.address.to_string().as_str(), stranger.secure), ("10.0.0.1", false));
        let proxied = edges("", &["10.0.0.0/8"]).caller("10.0.0.1".parse().unwrap(), &headers);
        assert_eq!((proxied.address.to_string().as_str(), proxied.secure), ("203.0.113.9", true));
    }

    #[test]
    fn only_our_own_pages_change_state() {
        let edges = edges("https://chat.example", &[]);
        let own = |pairs: &[(&'static str, &str)]| edges.own_page(&map(pairs));
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "https://chat.example")]));
        assert!(own(&[("origin", "http://10.0.0.5:3100"), ("host", "10.0.0.5:3100")]));
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://chat.example")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null")],
            &[("origin", "https://evil.example"), ("host", "chat.example")],
            &[("origin", "https://chat.example.evil.example"), ("host", "chat.example")],
        ] {
            assert!(!own(foreign), "{foreign:?}");
        }
    }
}
