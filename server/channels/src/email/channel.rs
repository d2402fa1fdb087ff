//! E-mail as a channel: its form, what it can carry, and how a reply becomes a mail on its way. What comes in is no call of a provider; the service reads
//! mailboxes and takes posted mail by itself.
//!
//! Limits: 25 MB of files in all, which is what Gmail takes (support.google.com/mail/answer/6584), and 150,000 characters.

use super::{
    Address,
    compose::{Automatic, ComposeError, File, Outgoing, Quoted},
    consent,
    imap::{Imap, ImapError},
    presets::{self, Tls},
    settings::{DESCRIPTOR, account, is_mailbox, place, relay, sender, word},
    smtp::{Sender, SmtpError},
    thread,
};
use crate::form::both;
use crate::{Channel, Connected, Descriptor, Health, HttpError, Link, Outbound, Paste, Reason, SendError, Sent, Settings};
use async_trait::async_trait;
use model::{Abilities, Capabilities, Reach, Span, marks};

/// The e-mail channel.
#[derive(Debug)]
pub struct Email;

/// Most bytes of a mail's files together.
const FILES: i64 = 25 * 1024 * 1024;

/// The head of a mail that leaves, made by the service out of the conversation.
#[derive(Clone, Debug, Default)]
pub struct OutMail {
    /// The name beside our address.
    pub name: String,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc.
    pub bcc: Vec<Address>,
    /// Where answers go, if not to our address.
    pub reply_to: Option<String>,
    /// The subject, whole.
    pub subject: String,
    /// Its identifier without brackets; the same for every attempt.
    pub message_id: String,
    /// The mail it answers.
    pub in_reply_to: Option<String>,
    /// The mails before it.
    pub references: Vec<String>,
    /// The mail it quotes.
    pub quoted: Option<Quoted>,
    /// By which our own mail is known when it comes back.
    pub loop_mark: Option<String>,
    /// What stands below the words of a person.
    pub signature: Option<String>,
}

#[async_trait]
impl Channel for Email {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 150_000,
            image: FILES,
            video: FILES,
            audio: FILES,
            document: FILES,
            files: 20,
            delivered: false,
            read: false,
            typing: false,
            reply_window_hours: None,
            more: Abilities {
                bold: true,
                italic: true,
                strike: true,
                code: true,
                link: true,
                reply_to: true,
                starts: true,
                reach: Reach::Email,
                subject: true,
                ..Abilities::default()
            },
        }
    }

    /// One inbox reads a mailbox; what is only forwarded proves nothing about its address, and holds nobody else off.
    fn account(&self, settings: &Settings) -> Option<String> {
        Some(sender(settings)).filter(|address| is_mailbox(settings) && address.contains('@'))
    }

    async fn send(&self, link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
        let Some(mail) = &message.mail else { return Err(SendError::refused(Reason::Other, "a mail without a head")) };
        let relay = relay(link).ok_or_else(|| SendError::disconnected("no SMTP server is set"))?;
        reach(link, &relay.host, relay.port).await?;
        let total: usize = message.files.iter().map(|file| file.bytes.len()).sum();
        if total as i64 > FILES {
            return Err(SendError::refused(Reason::FileTooLarge, "the files are more than 25 MB together"));
        }
        let automatic = if mail.in_reply_to.is_some() { Automatic::Replied } else { Automatic::Generated };
        let written = Outgoing {
            from: Address { name: Some(mail.name.clone()).filter(|name| !name.is_empty()), email: sender(link.settings) },
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            bcc: mail.bcc.clone(),
            reply_to: mail.reply_to.as_deref().map(Address::bare),
            subject: mail.subject.clone(),
            message_id: mail.message_id.clone(),
            date: link.now.0,
            in_reply_to: mail.in_reply_to.clone(),
            references: mail.references.clone(),
            markdown: markdown(&message.text),
            signature: mail.signature.clone(),
            quoted: mail.quoted.clone(),
            files: message
                .files
                .iter()
                .map(|file| File { name: file.name.clone(), kind: file.mime.clone(), bytes: file.bytes.to_vec(), content_id: None })
                .collect(),
            automatic: (!message.human).then_some(automatic),
            loop_mark: mail.loop_mark.clone(),
        };
        let written = written.write().map_err(unwritten)?;
        let accepted = link.http.relays().sender(relay).await.send(&written).await?;
        let mut sources = vec![mail.message_id.clone()];
        // Some relays give a mail another identifier, and answers name that one.
        sources.extend(thread::alias_of(&accepted.answer).filter(|alias| *alias != mail.message_id));
        let Some(words) = unreached(&accepted.refused) else { return Ok(Sent { sources, ..Sent::default() }) };
        Err(SendError::Partial { why: Box::new(SendError::said(Reason::NoSuchPerson, words)), sources })
    }

    async fn check(&self, link: &Link<'_>) -> Result<Health, SendError> {
        let address = sender(link.settings);
        if address.parse::<lettre::Address>().is_err() {
            return Err(SendError::said(Reason::Address, format!("“{address}” is not an e-mail address")));
        }
        let mut health = Health { name: address.clone(), ..Health::default() };
        let learnt = guessed(link, &address).await;
        let (mut settings, mut secrets) = (link.settings.clone(), link.secrets.clone());
        settings.extend(learnt.clone());
        if let Some(fresh) = consent::renewed(link).await? {
            secrets.extend(fresh.secrets);
        }
        let known = Link { settings: &settings, secrets: &secrets, ..*link };
        health.learnt = learnt;
        if is_mailbox(&settings) {
            let account = account(&known).ok_or_else(|| SendError::said(Reason::SenderSetup, "IMAP: server or password are missing"))?;
            reach(link, &account.host, account.port).await?;
            let spoken = async {
                let mut imap = Imap::connect(&account).await?;
                imap.open("INBOX").await?;
                imap.leave().await;
                Ok::<_, ImapError>(())
            };
            spoken.await.map_err(|error| refusal("IMAP", &account.host, account.port, &error))?;
            health.facts.push((both("Reads from", "Lê de"), format!("{}:{}", account.host, account.port)));
        }
        match relay(&known) {
            Some(relay) => {
                reach(link, &relay.host, relay.port).await?;
                let (host, port) = (relay.host.clone(), relay.port);
                Sender::new(relay).test().await.map_err(|error| refusal("SMTP", &host, port, &error))?;
                health.facts.push((both("Sends through", "Envia por"), format!("{host}:{port}")));
            }
            None if is_mailbox(&settings) => return Err(SendError::said(Reason::SenderSetup, "SMTP: the server is missing")),
            None => {
                health.warnings.push(both("Without an SMTP server nothing can be answered.", "Sem um servidor SMTP não dá para responder."))
            }
        }
        Ok(health)
    }

    fn login(&self, link: &Link<'_>, redirect: &str, state: &str) -> Option<String> {
        consent::page(link, redirect, state)
    }

    async fn redeem(&self, link: &Link<'_>, redirect: &str, code: &str) -> Result<Vec<crate::Account>, SendError> {
        consent::opened(link, redirect, code).await
    }

    async fn renew(&self, link: &Link<'_>) -> Result<Option<Connected>, SendError> {
        if consent::due(link.settings, link.now) { consent::renewed(link).await } else { Ok(None) }
    }

    async fn connect(&self, link: &Link<'_>) -> Result<Connected, SendError> {
        if let Some(fresh) = consent::renewed(link).await? {
            return Ok(fresh);
        }
        if is_mailbox(link.settings) {
            return Ok(Connected::default());
        }
        let label = both("Post each raw mail (message/rfc822) to", "Entregue cada e-mail bruto (message/rfc822) em");
        Ok(Connected { by_hand: vec![Paste { label, value: link.hook_url.to_owned() }], ..Connected::default() })
    }
}

impl Email {
    /// Sends a mail that belongs to no conversation through an inbox's own relay.
    ///
    /// # Errors
    /// What the relay said; `Disconnected` where none is set.
    pub async fn post(link: &Link<'_>, mail: &Outgoing) -> Result<(), SendError> {
        let relay = relay(link).ok_or_else(|| SendError::disconnected("no SMTP server is set"))?;
        reach(link, &relay.host, relay.port).await?;
        let written = mail.write().map_err(unwritten)?;
        let accepted = link.http.relays().sender(relay).await.send(&written).await?;
        unreached(&accepted.refused).map_or(Ok(()), |words| Err(SendError::said(Reason::NoSuchPerson, words)))
    }
}

/// Whom a relay refused while it took the others, with its words for each.
fn unreached(refused: &[(String, String)]) -> Option<String> {
    let lines = refused.iter().map(|(to, why)| format!("{to}: {why}")).collect::<Vec<_>>();
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn refusal(protocol: &str, host: &str, port: u16, error: &dyn std::fmt::Display) -> SendError {
    SendError::said(Reason::SenderSetup, format!("{protocol} {host}:{port}: {error}"))
}

async fn reach(link: &Link<'_>, host: &str, port: u16) -> Result<(), SendError> {
    link.http.reachable(host, port).await.map_err(|error| match error {
        HttpError::Blocked => SendError::said(Reason::Address, format!("{host} may not be called from here")),
        other => SendError::retry(format!("{host}: {other}"), None),
    })
}

/// The servers of a domain nobody knows, by the names they mostly have: what takes a connection is kept. Empty where the form says them.
async fn guessed(link: &Link<'_>, address: &str) -> Settings {
    let mut learnt = Settings::new();
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    for (protocol, port) in [("imap", 993), ("smtp", 465), ("smtp", 587)] {
        let wanted = protocol == "smtp" || is_mailbox(link.settings);
        if !wanted || place(link.settings, protocol).is_some() || learnt.contains_key(&format!("{protocol}_host")) {
            continue;
        }
        for (imap, smtp) in presets::guesses(domain) {
            let host = if protocol == "imap" { imap } else { smtp };
            if link.http.reachable(&host, port).await.is_err() {
                continue;
            }
            let trying = tokio::net::TcpStream::connect((host.as_str(), port));
            if matches!(tokio::time::timeout(std::time::Duration::from_secs(4), trying).await, Ok(Ok(_))) {
                let tls = if port == 587 { Tls::StartTls } else { Tls::Implicit };
                learnt.insert(format!("{protocol}_host"), host);
                learnt.insert(format!("{protocol}_port"), port.to_string());
                learnt.insert(format!("{protocol}_security"), word(tls).to_owned());
                break;
            }
        }
    }
    learnt
}

fn unwritten(error: ComposeError) -> SendError {
    let why = error.to_string();
    match error {
        ComposeError::Address(_) | ComposeError::NoRecipient => SendError::said(Reason::NoSuchPerson, why),
        ComposeError::Mail(_) => SendError::said(Reason::Other, why),
    }
}

impl From<SmtpError> for SendError {
    fn from(error: SmtpError) -> Self {
        let why = error.to_string();
        match error {
            SmtpError::Retry(_) => Self::retry(why, None),
            SmtpError::Refused(words) => {
                let unknown = ["5.1.1", "5.1.10", "5.1.2", "no such user"].iter().any(|mark| words.to_lowercase().contains(mark));
                Self::Refused { why, reason: if unknown { Reason::NoSuchPerson } else { Reason::Other }, text: Some(words) }
            }
            SmtpError::TooLarge(words) => Self::Refused { why, reason: Reason::FileTooLarge, text: Some(words) },
            SmtpError::Reauthorise(_) => Self::disconnected(why),
            SmtpError::Unknown(_) => Self::Unknown { why },
        }
    }
}

/// Our marks in Markdown, which the composer speaks.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for span in marks(text) {
        span_to(&span, &mut out);
    }
    out
}

fn span_to(span: &Span, out: &mut String) {
    let mut around = |mark: &str, inside: &[Span]| {
        out.push_str(mark);
        inside.iter().for_each(|span| span_to(span, out));
        out.push_str(mark);
    };
    match span {
        Span::Bold(inside) => around("**", inside),
        Span::Italic(inside) => around("_", inside),
        Span::Strike(inside) => around("~~", inside),
        Span::Text(text) => out.push_str(text),
        Span::Code(code) => out.push_str(&format!("`{code}`")),
        Span::Block(block) => out.push_str(&format!("```\n{block}\n```")),
        Span::Link(text, address) => out.push_str(&format!("[{text}]({address})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_markdown() {
        assert_eq!(markdown("*oi* _tudo_ ~bem~ `x` [loja](https://l.example)"), "**oi** _tudo_ ~~bem~~ `x` [loja](https://l.example)");
    }

    #[test]
    fn a_relay_says_what_an_agent_must_know() {
        let refused = SendError::from(SmtpError::Refused("550 5.1.1 no such user".into()));
        assert!(matches!(refused, SendError::Refused { reason: Reason::NoSuchPerson, text: Some(_), .. }), "{refused:?}");
        assert!(matches!(SendError::from(SmtpError::Reauthorise("535".into())), SendError::Disconnected { .. }));
        assert!(matches!(SendError::from(SmtpError::Unknown("gone".into())), SendError::Unknown { .. }));
    }

    #[test]
    fn only_a_mailbox_claims_its_address() {
        let with =
            |mode: &str| Settings::from([("address".to_owned(), "Oi@Loja.example".to_owned()), ("mode".to_owned(), mode.to_owned())]);
        assert_eq!(Email.account(&with("mailbox")).as_deref(), Some("oi@loja.example"));
        assert_eq!(Email.account(&with("forward")), None);
    }
}
