//! Mail of the installation's own: invitations and links to set a password. Queued with what it tells of, and sent through the relay the operator names.

use crate::limits::Limit;
use crate::{Error, Result, Service};
use channels::SendError;
use channels::email::Address;
use channels::email::compose::{Automatic, Outgoing};
use channels::email::presets::Tls;
use channels::email::smtp::{Login, Relay};
use model::{Language, Timestamp};
use serde::{Deserialize, Serialize};
use store::person::{self, LinkKind};
use store::{Lease, NewJob, Sql, Tx};

/// The kind of job.
pub(crate) const SYSTEM: &str = "system_mail";
/// Attempts before a mail is given up; the link can be had in other ways.
const ATTEMPTS: i64 = 8;

/// What the operator says of the installation's own mail.
#[derive(Clone, Debug)]
pub struct SystemMail {
    from: Address,
    relay: Relay,
}

impl SystemMail {
    /// The address the installation's own mail comes from.
    pub(crate) fn address(&self) -> &str {
        &self.from.email
    }

    /// Who the installation's own mail comes from.
    pub(super) const fn sender(&self) -> &Address {
        &self.from
    }

    /// The relay it leaves through.
    pub(super) const fn relay(&self) -> &Relay {
        &self.relay
    }

    /// Reads the sender's address and the relay's: `smtps://user:password@host:465` with TLS from the first byte, `smtp://…:587` with STARTTLS,
    /// and `smtp://localhost:25?tls=none` for a relay on this machine.
    ///
    /// # Errors
    /// A sentence saying what cannot be read.
    pub fn read(from: &str, url: &str) -> Result<Self, String> {
        let from = channels::email::addresses(from.as_bytes()).into_iter().next().ok_or("mail.from is no e-mail address")?;
        let (scheme, rest) = url.split_once("://").ok_or("mail.smtp must begin with smtp:// or smtps://")?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (who, place) = rest.rsplit_once('@').map_or((None, rest), |(who, place)| (Some(who), place));
        let (tls, usual) = match (scheme, query) {
            ("smtps", _) => (Tls::Implicit, 465),
            ("smtp", "tls=none") => (Tls::None, 25),
            ("smtp", _) => (Tls::StartTls, 587),
            _ => return Err("mail.smtp must begin with smtp:// or smtps://".to_owned()),
        };
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| "mail.smtp names no port that is a number")?),
            None => (place, usual),
        };
        if host.is_empty() {
            return Err("mail.smtp names no host".to_owned());
        }
        let login = who.map(|who| {
            let (user, password) = who.split_once(':').unwrap_or((who, ""));
            Login::Password { user: unescaped(user), password: unescaped(password) }
        });
        let hello = from.domain().to_owned();
        Ok(Self { relay: Relay { host: host.to_owned(), port, tls, login, authority: None, hello }, from })
    }
}

/// Percent-encoding undone, so that a password may hold any character.
fn unescaped(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A mail to be sent.
#[derive(Serialize, Deserialize)]
pub(crate) struct Notice {
    pub to: Address,
    pub subject: String,
    pub text: String,
    /// Where an answer goes; nowhere in particular for most.
    #[serde(default)]
    pub reply_to: Option<String>,
}

/// The mail that invites somebody.
pub(crate) fn invitation(name: &str, email: &str, account: &str, link: &str, language: Language) -> Notice {
    let to = Address { name: Some(name.to_owned()), email: email.to_owned() };
    if language == Language::Portuguese {
        let text =
            format!("Olá, {name}.\n\nVocê foi convidado para a equipe {account}. Aceite o convite e escolha sua senha aqui:\n\n{link}");
        Notice { to, subject: format!("Convite para {account}"), text, reply_to: None }
    } else {
        let text = format!("Hello {name},\n\nYou have been invited to join {account}. Accept and choose your password here:\n\n{link}");
        Notice { to, subject: format!("Invitation to {account}"), text, reply_to: None }
    }
}

/// The mail by which somebody sets a new password.
fn reset(name: &str, email: &str, link: &str, language: Language) -> Notice {
    let to = Address { name: Some(name.to_owned()), email: email.to_owned() };
    if language == Language::Portuguese {
        let text = format!("Olá, {name}.\n\nEscolha uma nova senha aqui:\n\n{link}\n\nSe você não pediu isso, ignore este e-mail.");
        Notice { to, subject: "Nova senha".to_owned(), text, reply_to: None }
    } else {
        let text = format!("Hello {name},\n\nChoose a new password here:\n\n{link}\n\nIf you did not ask for this, ignore this mail.");
        Notice { to, subject: "New password".to_owned(), text, reply_to: None }
    }
}

/// Where a queued mail is sealed to: its link opens somebody's account.
const PLACE: &str = "job.body system_mail";

fn job(tx: &Tx, notice: &Notice, at: Timestamp) -> Result<NewJob> {
    let key = uuid::Uuid::new_v4().to_string();
    let body = tx.vault().seal(PLACE, &serde_json::json!({ "id": key, "notice": notice }).to_string())?;
    Ok(NewJob { lane: format!("{SYSTEM} {key}"), kind: SYSTEM, key: Some(format!("{SYSTEM} {key}")), body, run_at: at })
}

#[derive(Deserialize)]
struct Queued {
    id: String,
    notice: Notice,
}

impl Service {
    /// Queues a mail of the installation's own with the write it belongs to; false where the operator named no relay.
    pub(crate) async fn send_notice(&self, tx: &mut Tx, notice: &Notice, at: Timestamp) -> Result<bool> {
        if self.settings().mail.is_none() {
            return Ok(false);
        }
        tx.enqueue(job(tx, notice, at)?).await?;
        Ok(true)
    }

    /// Whether the operator named a relay for the installation's own mail.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.settings().mail.is_some()
    }

    /// Mails somebody a link to set a new password, where the operator named a relay; whether they are known is told to nobody.
    ///
    /// # Errors
    /// `TooMany`, `Invalid`, and those of the store.
    pub async fn forgot_password(&self, email: &str, from: std::net::IpAddr) -> Result<()> {
        self.0.limits.take(Limit::Link, &crate::limits::network(from))?;
        let email = crate::session::email(email)?;
        self.0.limits.take(Limit::Forgotten, &email)?;
        if self.settings().mail.is_none() {
            return Ok(());
        }
        let (token, now) = (crate::secret::token(), self.now());
        let link = format!("{}/reset/{token}", self.settings().public_url);
        // One write for known and unknown people alike, so that the time it takes tells nothing either.
        let queue = async move |tx: &mut Tx| {
            let Some(known) = person::by_email(tx, &email).await? else { return Ok(()) };
            let view = person::session_view(tx, known.id).await?.ok_or_else(Error::missing)?;
            let until = now.plus(crate::session::LINK_LIFE);
            person::open_link(tx, LinkKind::Reset, &crate::secret::hash(&token), known.id, None, now, until).await?;
            tx.enqueue(job(tx, &reset(&view.name, &email, &link, view.language), now)?).await?;
            Ok::<_, Error>(())
        };
        self.0.store.write(queue).await
    }

    /// Does one job of the installation's own mail.
    pub(crate) async fn send_system(&self, lease: Lease) -> Result<()> {
        let body = self.0.store.vault().open(PLACE, &lease.body)?;
        let Ok(Queued { id, notice }) = serde_json::from_str::<Queued>(&body) else {
            return self.give_up(&lease, "unreadable body").await;
        };
        let Some(mail) = self.settings().mail.clone() else { return self.give_up(&lease, "no relay is configured any more").await };
        let written = Outgoing {
            from: mail.from.clone(),
            to: vec![notice.to],
            subject: notice.subject,
            message_id: format!("{id}@{}", mail.from.domain()),
            date: self.now().0,
            markdown: notice.text,
            reply_to: notice.reply_to.as_deref().map(Address::bare),
            automatic: Some(Automatic::Generated),
            ..Outgoing::default()
        };
        let sent = match written.write() {
            Ok(written) => self.0.http.relays().sender(mail.relay).await.send(&written).await.map(drop).map_err(SendError::from),
            Err(error) => Err(SendError::refused(channels::Reason::Other, error.to_string())),
        };
        match sent {
            Err(SendError::Retry { why, .. } | SendError::Disconnected { why }) if lease.attempts < ATTEMPTS => {
                tracing::warn!(%why, "a mail of the installation's own is tried again later");
                let at = self.now().plus(crate::dispatch::delay(lease.attempts, lease.job.0));
                self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.retry(&lease, at, &why).await?)).await
            }
            Err(error) => {
                tracing::error!(%error, "a mail of the installation's own did not leave");
                self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.complete(&lease).await?)).await
            }
            Ok(()) => self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.complete(&lease).await?)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_read_from_one_line() {
        let mail = SystemMail::read("Recado <desk@loja.example>", "smtps://desk%40loja.example:p%3Ass@mail.loja.example").expect("a relay");
        assert_eq!((mail.relay.host.as_str(), mail.relay.port, mail.relay.tls), ("mail.loja.example", 465, Tls::Implicit));
        assert!(matches!(mail.relay.login, Some(Login::Password { user, password }) if user == "desk@loja.example" && password == "p:ss"));
        let local = SystemMail::read("desk@loja.example", "smtp://localhost:2525?tls=none").expect("a relay");
        assert_eq!((local.relay.port, local.relay.tls), (2525, Tls::None));
        for wrong in ["mail.loja.example", "http://mail.loja.example", "smtp://", "smtp://host:port"] {
            assert!(SystemMail::read("desk@loja.example", wrong).is_err(), "{wrong}");
        }
        assert!(SystemMail::read("nobody", "smtp://host").is_err());
    }
}
