//! Mailboxes that are opened by consent: where a person gives it, what the code they bring back opens, and renewing what was given. When it is asked
//! is the service's business; without an app of the operator's own there is no such way.

use super::oauth::{Answer, Provider, is_due, read};
use super::presets::Tls;
use super::settings::word;
use crate::{Account, Connected, Link, Reason, SendError, Settings};
use bytes::Bytes;
use model::Timestamp;

/// The providers that can be asked, by the word of the form.
pub const PROVIDERS: [&str; 2] = ["google", "microsoft"];
/// When the access token ends.
pub(super) const UNTIL: &str = "token_until";
/// The secret a mail server takes.
pub(super) const ACCESS: &str = "access_token";
/// The secret that renews it.
const REFRESH: &str = "refresh_token";

/// The operator's own app at a provider.
struct App<'l> {
    provider: Provider,
    id: &'l str,
    secret: &'l str,
}

/// The provider an inbox signs in at; none where it has a password.
#[must_use]
pub fn provider(settings: &Settings) -> Option<&'static str> {
    let said = settings.get("login")?;
    PROVIDERS.into_iter().find(|provider| provider == said)
}

/// Whether an inbox's access token should be renewed before it is used.
#[must_use]
pub fn due(settings: &Settings, now: Timestamp) -> bool {
    let until = settings.get(UNTIL).and_then(|until| until.parse().ok()).unwrap_or(0);
    provider(settings).is_some() && is_due(until, now.0)
}

fn app<'l>(link: &Link<'l>) -> Option<App<'l>> {
    let base = |key: &str| link.app(key).unwrap_or_default().trim_end_matches('/');
    Some(match provider(link.settings)? {
        "google" => App {
            provider: Provider::google(base("google.login_base"), base("google.token_base")),
            id: link.app("google.client_id")?,
            secret: link.app("google.client_secret")?,
        },
        _ => App {
            provider: Provider::microsoft(base("microsoft.login_base"), link.app("microsoft.tenant").unwrap_or("common")),
            id: link.app("microsoft.client_id")?,
            secret: link.app("microsoft.client_secret")?,
        },
    })
}

/// The page to send a person to, where the operator has an app.
pub(super) fn page(link: &Link<'_>, redirect: &str, state: &str) -> Option<String> {
    let app = app(link)?;
    Some(app.provider.consent(app.id, redirect, state, None))
}

/// Posts secrets as a form, and reads the answer.
async fn ask(link: &Link<'_>, app: &App<'_>, form: String) -> Result<Answer, SendError> {
    let call = link.http.post(&app.provider.token).confidential().bytes("application/x-www-form-urlencoded", Bytes::from(form));
    let reply = call.send().await?;
    match read(reply.status, &reply.body, link.now.0) {
        Answer::Withdrawn(why) | Answer::Misconfigured(why) => Err(SendError::disconnected(why)),
        Answer::Later(why) => Err(SendError::retry(why, None)),
        fresh @ Answer::Fresh { .. } => Ok(fresh),
    }
}

/// The mailbox that a code opens.
pub(super) async fn opened(link: &Link<'_>, redirect: &str, code: &str) -> Result<Vec<Account>, SendError> {
    let app = app(link).ok_or_else(|| SendError::refused(Reason::NotSupported, "this channel has no login"))?;
    let missing = |what: &str| SendError::refused(Reason::Other, format!("no {what} in the answer"));
    let answer = ask(link, &app, Provider::exchange(app.id, app.secret, redirect, code)).await?;
    let Answer::Fresh { refresh, email, .. } = answer else { return Err(missing("token")) };
    let (refresh, email) = (refresh.ok_or_else(|| missing("refresh token"))?, email.ok_or_else(|| missing("address"))?);
    let login = provider(link.settings).unwrap_or_default();
    let (imap, smtp, port, tls) = match login {
        "google" => ("imap.gmail.com", "smtp.gmail.com", "465", Tls::Implicit),
        _ => ("outlook.office365.com", "smtp.office365.com", "587", Tls::StartTls),
    };
    let settings = [
        ("name", email.as_str()),
        ("address", &email),
        ("login", login),
        ("imap_host", imap),
        ("imap_port", "993"),
        ("imap_security", word(Tls::Implicit)),
        ("smtp_host", smtp),
        ("smtp_port", port),
        ("smtp_security", word(tls)),
    ];
    let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Ok(vec![Account { name: email, settings, secrets: Settings::from([(REFRESH.to_owned(), refresh)]) }])
}

/// A fresh access token, and the refresh token that replaces the old one, where there is consent; none where the inbox has a password.
pub(super) async fn renewed(link: &Link<'_>) -> Result<Option<Connected>, SendError> {
    if provider(link.settings).is_none() {
        return Ok(None);
    }
    let app = app(link).ok_or_else(|| SendError::disconnected("this server has no app at the provider any more"))?;
    let refresh = link.secret(REFRESH).ok_or_else(|| SendError::disconnected("nobody has given consent yet"))?;
    let Answer::Fresh { access, refresh, until, .. } = ask(link, &app, Provider::refresh(app.id, app.secret, refresh)).await? else {
        return Ok(None);
    };
    let mut secrets = Settings::from([(ACCESS.to_owned(), access)]);
    secrets.extend(refresh.map(|refresh| (REFRESH.to_owned(), refresh)));
    Ok(Some(Connected { settings: Settings::from([(UNTIL.to_owned(), until.to_string())]), secrets, by_hand: Vec::new() }))
}
