//! OAuth 1.0a signatures (RFC 5849) with HMAC-SHA1, for tokens that do not run out. Bodies other than forms are not signed.

use crate::{Call, Link, proof};

/// What proves an app and an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys<'k> {
    pub(super) consumer: &'k str,
    pub(super) consumer_secret: &'k str,
    pub(super) token: &'k str,
    pub(super) token_secret: &'k str,
}

/// Signs a call for this account. `salt` tells calls of one moment apart, because a nonce may be used once only.
pub(super) fn dressed<'c>(link: &Link<'_>, call: Call<'c>, method: &str, url: &str, salt: &str) -> Call<'c> {
    let keys = Keys {
        consumer: link.setting("consumer_key").unwrap_or_default(),
        consumer_secret: link.secret("consumer_secret").or_else(|| link.app("x.consumer_secret")).unwrap_or_default(),
        token: link.secret("token").unwrap_or_default(),
        token_secret: link.secret("token_secret").unwrap_or_default(),
    };
    let nonce = &proof::sha256_hex(format!("{method} {url} {salt} {}", link.now.0).as_bytes())[..32];
    let header = authorization(keys, method, url, nonce, &(link.now.0 / 1000).to_string());
    call.header("authorization", &header)
}

/// The whole `Authorization` header; parameters in the address are signed along.
pub(super) fn authorization(keys: Keys<'_>, method: &str, url: &str, nonce: &str, timestamp: &str) -> String {
    let own = [
        ("oauth_nonce", nonce),
        ("oauth_timestamp", timestamp),
        ("oauth_version", "1.0"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_consumer_key", keys.consumer),
        ("oauth_token", keys.token),
    ];
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut all: Vec<(String, String)> = own.iter().map(|(key, value)| (encode(key), encode(value))).collect();
    all.extend(form_urlencoded::parse(query.as_bytes()).map(|(key, value)| (encode(&key), encode(&value))));
    all.sort();
    let parameters = all.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
    let text = format!("{}&{}&{}", method, encode(base), encode(&parameters));
    let key = format!("{}&{}", encode(keys.consumer_secret), encode(keys.token_secret));
    let signature = proof::sign_sha1_base64(&key, text.as_bytes());
    let said = own.iter().copied().chain([("oauth_signature", signature.as_str())]);
    format!("OAuth {}", said.map(|(key, value)| format!("{key}=\"{}\"", encode(value))).collect::<Vec<_>>().join(", "))
}

/// Percent encoding of everything but RFC 3986's unreserved characters.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}
