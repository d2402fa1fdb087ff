//! Handing written mails to a relay: connections kept open, every recipient's answer heard, and failures sorted by what can be done about them. It writes
//! no mail, and it never sends without the protection that was asked for.

use super::{compose::Written, presets::Tls};
use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};

/// For connecting, and for each answer but the last.
const PATIENCE: Duration = Duration::from_secs(30);
/// For the answer to the mail itself (RFC 5321 section 4.5.3.2.6 asks for ten minutes; a worker is not held that long).
const ACCEPTANCE: Duration = Duration::from_secs(120);
/// Connections kept for the next mail; providers allow few.
const KEPT: usize = 2;
/// Most relays hang up after a minute or more of silence.
const IDLE: Duration = Duration::from_secs(45);
/// Relays whose connections are kept; the one unused longest makes room.
const RELAYS: usize = 64;

/// How to sign in.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// PLAIN or LOGIN.
    Password {
        /// The user's name, most often the address.
        user: String,
        /// The password.
        password: String,
    },
    /// XOAUTH2.
    Token {
        /// The address.
        user: String,
        /// A fresh access token.
        token: String,
    },
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password { .. } => "Login::Password",
            Self::Token { .. } => "Login::Token",
        })
    }
}

/// A relay and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// How to sign in; `None` towards a relay that trusts this machine.
    pub login: Option<Login>,
    /// One more authority to trust, in PEM, for companies that are their own.
    pub authority: Option<Vec<u8>>,
    /// The name we say hello with.
    pub hello: String,
}

/// What became of a mail the relay took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The relay's last words; they may name the identifier it gave the mail ([`super::thread::alias_of`]).
    pub answer: String,
    /// Recipients it refused while it took the others, and why.
    pub refused: Vec<(String, String)>,
}

/// Why a mail did not leave, or may not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// Nothing was taken; later it may be.
    #[error("try again: {0}")]
    Retry(String),
    /// This mail will never be taken.
    #[error("refused: {0}")]
    Refused(String),
    /// The mail is too large for this relay.
    #[error("too large: {0}")]
    TooLarge(String),
    /// The login is no longer good: the inbox waits for a person, its mails stay queued.
    #[error("sign in again: {0}")]
    Reauthorise(String),
    /// The connection broke after the mail was handed over and before it was acknowledged: it may have left.
    #[error("unknown: {0}")]
    Unknown(String),
}

/// Where in the dialogue something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before signing in was over.
    Connecting,
    /// While signing in.
    SigningIn,
    /// Sender and recipients.
    Addressing,
    /// After the content was handed over.
    Delivering,
}

/// Sorts a failure by the server's code, its words, and where it happened.
#[must_use]
pub fn sort(stage: Stage, code: Option<u16>, said: &str) -> SmtpError {
    let why: String = said.chars().filter(|c| !c.is_control()).take(500).collect();
    let has = |status: &str| said.split(|c: char| !c.is_ascii_digit() && c != '.').any(|word| word == status);
    // 5.7.30 is Microsoft's word for passwords no longer being accepted at all.
    let login = stage == Stage::SigningIn || has("5.7.30") || has("5.7.8") || matches!(code, Some(530 | 534 | 535 | 538));
    match code {
        None if stage == Stage::Delivering => SmtpError::Unknown(why),
        None => SmtpError::Retry(why),
        Some(400..=499) => SmtpError::Retry(why),
        Some(_) if login => SmtpError::Reauthorise(why),
        Some(552) => SmtpError::TooLarge(why),
        Some(_) if has("5.3.4") || has("5.2.3") => SmtpError::TooLarge(why),
        Some(_) => SmtpError::Refused(why),
    }
}

/// How long to wait before an attempt: 1 m, 5 m, 15 m, 1 h, then every 4 h, and none after a day (RFC 5321 section 4.5.4.1 in a helpdesk's haste).
#[must_use]
pub fn wait_before(attempt: u32) -> Option<Duration> {
    let minutes = match attempt {
        0 => 0,
        1 => 1,
        2 => 5,
        3 => 15,
        4 => 60,
        5..=9 => 240,
        _ => return None,
    };
    Some(Duration::from_secs(minutes * 60))
}

/// A sender per relay and login, so that one mail after another finds a connection open; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Relays(Arc<Mutex<Vec<Arc<Sender>>>>);

impl Relays {
    /// The sender through this relay. A renewed token is another login, and gets a sender of its own.
    pub async fn sender(&self, relay: Relay) -> Arc<Sender> {
        let mut all = self.0.lock().await;
        for other in all.iter() {
            // Whoever is sending now looks after its own connections.
            if let Ok(mut kept) = other.kept.try_lock() {
                kept.retain(|(_, since)| since.elapsed() < IDLE);
            }
        }
        let known = all.iter().position(|sender| sender.relay == relay);
        let sender = known.map_or_else(|| Arc::new(Sender::new(relay)), |at| all.remove(at));
        if all.len() >= RELAYS {
            all.remove(0);
        }
        all.push(Arc::clone(&sender));
        sender
    }
}

/// Sends through one relay.
pub struct Sender {
    relay: Relay,
    kept: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("relay", &self.relay).finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender through this relay; it connects when it first sends.
    #[must_use]
    pub fn new(relay: Relay) -> Self {
        Self { relay, kept: Mutex::new(Vec::new()) }
    }

    /// Connects and signs in, for the set-up page.
    ///
    /// # Errors
    /// What stands between us and the relay.
    pub async fn test(&self) -> Result<(), SmtpError> {
        let connection = self.connect().await?;
        self.keep(connection).await;
        Ok(())
    }

    /// Hands one mail over.
    ///
    /// # Errors
    /// Nobody received it, or nobody knows ([`SmtpError::Unknown`]).
    pub async fn send(&self, mail: &Written) -> Result<Accepted, SmtpError> {
        let mut connection = match self.waiting().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        match deliver(&mut connection, mail).await {
            Ok(accepted) => {
                self.keep(connection).await;
                Ok(accepted)
            }
            Err(error) => {
                connection.abort().await;
                Err(error)
            }
        }
    }

    async fn waiting(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.kept.lock().await.pop()?;
            let alive = since.elapsed() < IDLE && tokio::time::timeout(PATIENCE, connection.test_connected()).await.unwrap_or(false);
            if alive {
                return Some(connection);
            }
            connection.abort().await;
        }
    }

    async fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.kept.lock().await;
        if kept.len() < KEPT && !connection.has_broken() {
            kept.push((connection, Instant::now()));
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let relay = &self.relay;
        if relay.tls == Tls::None && !is_this_machine(&relay.host) {
            return Err(SmtpError::Refused("an unprotected connection is allowed to this machine only".to_owned()));
        }
        let parameters = match relay.tls {
            Tls::None => None,
            Tls::Implicit | Tls::StartTls => Some(self.parameters()?),
        };
        let hello = ClientId::Domain(relay.hello.clone());
        let implicit = parameters.clone().filter(|_| relay.tls == Tls::Implicit);
        let address = (relay.host.as_str(), relay.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(PATIENCE), &hello, implicit, None);
        let mut connection = within(PATIENCE, Stage::Connecting, connecting).await?;
        if let (Tls::StartTls, Some(parameters)) = (relay.tls, parameters) {
            if !connection.can_starttls() {
                return Err(SmtpError::Refused("the server offers no STARTTLS, and nothing is sent unprotected".to_owned()));
            }
            within(PATIENCE, Stage::Connecting, connection.starttls(parameters, &hello)).await?;
        }
        if let Some(login) = &relay.login {
            let (mechanisms, user, secret) = match login {
                Login::Password { user, password } => (vec![Mechanism::Plain, Mechanism::Login], user, password),
                Login::Token { user, token } => (vec![Mechanism::Xoauth2], user, token),
            };
            let credentials = Credentials::new(user.clone(), secret.clone());
            within(PATIENCE, Stage::SigningIn, connection.auth(&mechanisms, &credentials)).await?;
        }
        Ok(connection)
    }

    fn parameters(&self) -> Result<TlsParameters, SmtpError> {
        let mut builder = TlsParameters::builder(self.relay.host.clone());
        if let Some(authority) = &self.relay.authority {
            let certificate = Certificate::from_pem(authority).map_err(|error| SmtpError::Refused(error.to_string()))?;
            builder = builder.add_root_certificate(certificate);
        }
        builder.build().map_err(|error| SmtpError::Refused(error.to_string()))
    }
}

/// Whether a host is this machine itself.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn deliver(connection: &mut AsyncSmtpConnection, mail: &Written) -> Result<Accepted, SmtpError> {
    let address = |email: &str| email.parse::<lettre::Address>().map_err(|_| SmtpError::Refused(format!("not an address: {email}")));
    let mut options = Vec::new();
    let wide = !mail.from.is_ascii() || mail.recipients.iter().any(|to| !to.is_ascii());
    if wide && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        return Err(SmtpError::Refused("this relay takes no addresses beyond ASCII (SMTPUTF8)".to_owned()));
    }
    if wide {
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.raw.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    within(PATIENCE, Stage::Addressing, connection.command(Mail::new(Some(address(&mail.from)?), options))).await?;
    let mut refused = Vec::new();
    let mut last = None;
    for to in &mail.recipients {
        match within(PATIENCE, Stage::Addressing, connection.command(Rcpt::new(address(to)?, Vec::new()))).await {
            Ok(_) => {}
            Err(error @ (SmtpError::Refused(_) | SmtpError::Retry(_))) if !connection.has_broken() => {
                refused.push((to.clone(), error.to_string()));
                last = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    if let (Some(error), true) = (last, refused.len() == mail.recipients.len()) {
        return Err(error);
    }
    within(PATIENCE, Stage::Addressing, connection.command(Data)).await?;
    let response = within(ACCEPTANCE, Stage::Delivering, connection.message(&mail.raw)).await?;
    Ok(Accepted { answer: response.message().collect::<Vec<_>>().join(" "), refused })
}

async fn within<T>(
    patience: Duration,
    stage: Stage,
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, SmtpError> {
    match tokio::time::timeout(patience, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            let code = error.status().map(u16::from);
            // No mechanism in common is the login's fault, not the network's.
            let code = code.or_else(|| (stage == Stage::SigningIn && error.is_client()).then_some(534));
            Err(sort(stage, code, &words(&error)))
        }
        Err(_) => Err(sort(stage, None, "no answer in time")),
    }
}

/// An error with its causes: what the server said stands in the last.
fn words(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !said.contains(&text) {
            said.push_str(": ");
            said.push_str(&text);
        }
        cause = next.source();
    }
    said
}

#[cfg(test)]
mod tests;
