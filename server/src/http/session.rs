//! The session cookie: `__Host-` and `Secure` over HTTPS, a plain name where there is only HTTP (a machine of one's own, say).

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderValue, header, request::Parts};

/// The token a browser brought.
#[derive(Clone, Debug)]
pub struct Token(pub Option<String>);

const SECURE: &str = "__Host-recado";
const PLAIN: &str = "recado";
/// Thirty days, as the session itself.
const AGE: u32 = 30 * 24 * 60 * 60;

const fn name(secure: bool) -> &'static str {
    if secure { SECURE } else { PLAIN }
}

/// The token in the cookies, under the name that goes with the connection: over HTTPS a plain one, which any subdomain may set, is ignored.
pub fn token(headers: &HeaderMap, secure: bool) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    let mut pairs = cookies.filter_map(|c| c.trim().split_once('='));
    pairs.find(|(key, _)| *key == name(secure)).map(|(_, value)| value.to_owned()).filter(|v| !v.is_empty())
}

/// The `Set-Cookie` that keeps a token, or forgets it.
#[must_use]
pub fn write(token: Option<&str>, secure: bool) -> HeaderValue {
    let (value, age) = token.map_or(("", 0), |t| (t, AGE));
    let secure_attribute = if secure { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure_attribute}", name(secure));
    // Tokens are of base64url letters only.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(token(&parts.headers, super::edges::of(parts).secure)))
    }
}
