//! Signing in to Google and Microsoft with consent instead of a password: the pages to send people to, the forms to post, and what the answers mean. It
//! calls nobody; `consent.rs` posts the forms through the guarded client.

use base64::Engine as _;
use serde::Deserialize;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Tokens are renewed this long before they end, in milliseconds.
pub const AHEAD: i64 = 5 * 60 * 1000;

/// Whose consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The consent page.
    pub authorise: String,
    /// Where codes and refresh tokens become access tokens.
    pub token: String,
    /// What is asked for.
    pub scope: &'static str,
    /// Parameters of the consent page that are this provider's own.
    pub extra: &'static [(&'static str, &'static str)],
}

impl Provider {
    /// Google: full mail access is the only scope IMAP takes; `prompt=consent` makes it give a refresh token every time.
    #[must_use]
    pub fn google(login: &str, token: &str) -> Self {
        Self {
            authorise: format!("{login}/o/oauth2/v2/auth"),
            token: format!("{token}/token"),
            scope: "https://mail.google.com/ openid email",
            extra: &[("access_type", "offline"), ("prompt", "consent")],
        }
    }

    /// Microsoft, for a tenant or `common`.
    #[must_use]
    pub fn microsoft(login: &str, tenant: &str) -> Self {
        let base = format!("{login}/{}/oauth2/v2.0", encode(tenant));
        Self {
            authorise: format!("{base}/authorize"),
            token: format!("{base}/token"),
            scope: "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access openid email",
            extra: &[("prompt", "select_account")],
        }
    }

    /// The page to send a person to; `state` comes back and must be the same. The code is of use to nobody without our own secret, which is sent
    /// with it.
    #[must_use]
    pub fn consent(&self, client: &str, redirect: &str, state: &str, hint: Option<&str>) -> String {
        let mut fields =
            vec![("response_type", "code"), ("client_id", client), ("redirect_uri", redirect), ("scope", self.scope), ("state", state)];
        fields.extend(self.extra);
        fields.extend(hint.map(|hint| ("login_hint", hint)));
        format!("{}?{}", self.authorise, form(&fields))
    }

    /// The form that turns the code of the consent page into tokens.
    #[must_use]
    pub fn exchange(client: &str, secret: &str, redirect: &str, code: &str) -> String {
        form(&[
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("client_secret", secret),
            ("redirect_uri", redirect),
            ("code", code),
        ])
    }

    /// The form that renews an access token.
    #[must_use]
    pub fn refresh(client: &str, secret: &str, refresh_token: &str) -> String {
        form(&[("grant_type", "refresh_token"), ("client_id", client), ("client_secret", secret), ("refresh_token", refresh_token)])
    }
}

/// What a token page answered.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A token.
    Fresh {
        /// For signing in.
        access: String,
        /// For the next renewal; `None` means the old one stays good.
        refresh: Option<String>,
        /// Whose mailbox it opens, where it was said; it came from the provider itself, so nothing more is proven by its signature (OpenID Connect
        /// Core, section 3.1.3.7).
        email: Option<String>,
        /// When the access token ends, in milliseconds since 1970.
        until: i64,
    },
    /// Consent was withdrawn or has run out: a person must give it again, and trying on would lock the app out.
    Withdrawn(String),
    /// Our app key or its registration is wrong.
    Misconfigured(String),
    /// Try again later.
    Later(String),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fresh { until, .. } => f.debug_struct("Fresh").field("until", until).finish_non_exhaustive(),
            Self::Withdrawn(why) => f.debug_tuple("Withdrawn").field(why).finish(),
            Self::Misconfigured(why) => f.debug_tuple("Misconfigured").field(why).finish(),
            Self::Later(why) => f.debug_tuple("Later").field(why).finish(),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    access_token: Option<String>,
    refresh_token: Option<String>,
    id_token: Option<String>,
    expires_in: Option<i64>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Reads a token page's answer (RFC 6749 sections 5.1 and 5.2) at the time `now`.
#[must_use]
pub fn read(status: u16, body: &[u8], now: i64) -> Answer {
    let Ok(body) = serde_json::from_slice::<Body>(body) else { return Answer::Later(format!("status {status}, not JSON")) };
    if let (200..=299, Some(access)) = (status, body.access_token.filter(|token| !token.is_empty())) {
        let seconds = body.expires_in.unwrap_or(3600).clamp(60, 86_400);
        let refresh = body.refresh_token.filter(|token| !token.is_empty());
        return Answer::Fresh { access, refresh, email: body.id_token.as_deref().and_then(whose), until: now + seconds * 1000 };
    }
    let error = body.error.unwrap_or_default();
    let why: String =
        format!("{error}: {}", body.error_description.unwrap_or_default()).chars().filter(|c| !c.is_control()).take(300).collect();
    match error.as_str() {
        "invalid_grant" | "interaction_required" | "consent_required" => Answer::Withdrawn(why),
        "invalid_client" | "unauthorized_client" | "invalid_request" | "unsupported_grant_type" | "invalid_scope" => {
            Answer::Misconfigured(why)
        }
        _ => Answer::Later(format!("status {status} {why}")),
    }
}

/// The address in an identity token.
fn whose(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        email: Option<String>,
        preferred_username: Option<String>,
    }
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    claims.email.or(claims.preferred_username).filter(|email| email.contains('@')).map(|email| email.to_lowercase())
}

/// Whether a token should be renewed now.
#[must_use]
pub fn is_due(until: i64, now: i64) -> bool {
    now >= until - AHEAD
}

/// The first words of XOAUTH2, before base64.
#[must_use]
pub fn xoauth2(user: &str, token: &str) -> String {
    format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}")
}

fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

fn encode(value: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(value, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_asks_for_what_is_needed() {
        let google = Provider::google("https://accounts.google.com", "https://oauth2.googleapis.com");
        let page = google.consent("app&1", "https://desk.test/back", "s", Some("ana@x.test"));
        assert!(page.starts_with("https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=app%261&"), "{page}");
        assert!(page.contains("scope=https%3A%2F%2Fmail.google.com%2F%20openid%20email") && page.ends_with("login_hint=ana%40x.test"));
        assert!(Provider::microsoft("https://m.test", "a/b").token.contains("/a%2Fb/oauth2/"));
    }

    #[test]
    fn answers_say_whether_trying_again_helps() {
        let fresh = read(200, br#"{"access_token":"t","expires_in":3599}"#, 1000);
        assert_eq!(fresh, Answer::Fresh { access: "t".into(), refresh: None, email: None, until: 3_600_000 });
        assert!(!format!("{fresh:?}").contains("\"t\""));
        // {"email":"Ana@X.test"}
        let named = read(200, br#"{"access_token":"t","id_token":"e30.eyJlbWFpbCI6IkFuYUBYLnRlc3QifQ.x"}"#, 0);
        assert!(matches!(named, Answer::Fresh { email: Some(email), .. } if email == "ana@x.test"));
        assert!(matches!(read(400, br#"{"error":"invalid_grant"}"#, 0), Answer::Withdrawn(_)));
        assert!(matches!(read(401, br#"{"error":"invalid_client"}"#, 0), Answer::Misconfigured(_)));
        assert!(matches!(read(503, b"<html>", 0), Answer::Later(_)));
        assert!(matches!(read(200, b"{}", 0), Answer::Later(_)));
    }

    #[test]
    fn tokens_are_renewed_before_they_end() {
        assert!(!is_due(1_000_000, 600_000) && is_due(1_000_000, 700_000));
        assert_eq!(xoauth2("a@b", "T"), "user=a@b\u{1}auth=Bearer T\u{1}\u{1}");
    }
}
