//! Whether a person wrote a mail, a machine did, or a mail server reports; whose contact it belongs to; and whether an automatic answer may follow
//! (RFC 3834). It knows our own addresses only as it is told them.

use super::{
    Address, Mail,
    phrases::{is_automatic_subject, is_bounce_subject},
    report::{Outcome, Report},
};

/// Whose mail passes through an inbox: every address that is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Addresses and aliases, in lower case; `name+anything@` counts as `name@`.
    pub addresses: Vec<String>,
    /// Domains on which every `reply+…@` is ours.
    pub domains: Vec<String>,
}

impl Own {
    /// Whether an address is ours, tokens and plus-suffixes included.
    #[must_use]
    pub fn holds(&self, email: &str) -> bool {
        let email = email.trim().to_lowercase();
        let Some((local, domain)) = email.rsplit_once('@') else { return false };
        let base = local.split_once('+').map_or(local, |(base, _)| base);
        let token = local.starts_with("reply+") || local.contains("+conv-");
        self.addresses.iter().any(|own| *own == email || own.rsplit_once('@') == Some((base, domain)))
            || (token && self.domains.iter().any(|own| own == domain))
    }
}

/// What a mail is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// A machine wrote it: it starts no clock, no greeting, no notice.
    pub automatic: bool,
    /// It is an answer of a machine to a mail, not one of its own accord (a form, an alert).
    pub automatic_reply: bool,
    /// A mail of ours was not delivered and will not be.
    pub bounce: bool,
    /// It came over a mailing list or in bulk.
    pub list: bool,
    /// Whether we may answer by machine; what answers at once is told by [`is_loop`].
    pub may_auto_reply: bool,
    /// Whose mail it is: the address of the contact, or nobody's.
    pub contact: Option<Address>,
    /// What it reports of a mail of ours.
    pub report: Option<Report>,
    /// The receiving host called it spam.
    pub spam: bool,
    /// It is one of ours, come back.
    pub own: bool,
}

/// Judges a mail. Reports come first: servers mark them automatic too, and dropping those would lose every bounce.
#[must_use]
pub fn kind(mail: &Mail, own: &Own) -> Kind {
    let from = mail.from.as_ref();
    let value = |name: &str| mail.headers.text(name).unwrap_or_default().to_ascii_lowercase();
    let report = mail.report.clone().or_else(|| plain_bounce(mail));
    let system = from.is_none_or(is_system);
    let list = mail.headers.has("list-id") || mail.headers.has("list-post") || mail.headers.has("mailing-list");
    let precedence = value("precedence");
    let submitted = word(&value("auto-submitted"));
    let declared = !submitted.is_empty() && submitted != "no";
    let responder = mail.headers.has("x-autoreply")
        || mail.headers.has("x-autorespond")
        || mail.headers.has("x-autoresponder")
        || precedence.starts_with("auto_reply");
    let subject = is_automatic_subject(&mail.subject);
    let automatic = report.is_some() || declared || responder || subject;
    let bulk = ["bulk", "list", "junk"].contains(&word(&precedence).as_str());
    let suppressed =
        value("x-auto-response-suppress").split([',', ' ', ';']).any(|word| ["all", "oof", "autoreply"].contains(&word.trim()));
    let returned = mail.headers.first("return-path").is_some_and(|path| path.trim_ascii() == b"<>");
    let ours = from.is_some_and(|from| own.holds(&from.email));
    let addressed = mail.to.iter().chain(&mail.cc).any(|to| own.holds(&to.email));
    let answerable = from.is_some_and(|from| !is_robot(from));
    Kind {
        automatic,
        automatic_reply: automatic && report.is_none() && (submitted == "auto-replied" || responder || subject),
        bounce: report.as_ref().is_some_and(|report| report.outcome == Outcome::Failed),
        list: list || bulk,
        may_auto_reply: !automatic
            && !bulk
            && !mail.headers.has_prefix("list-")
            && !suppressed
            && !returned
            && !ours
            && addressed
            && answerable
            && !system
            && !mail.headers.has_prefix("x-recado-loop"),
        contact: if report.is_some() || system { None } else { contact(mail, own, list) },
        report,
        spam: value("x-spam-flag").starts_with("yes"),
        own: ours,
    }
}

/// The first word of a field, without its comment or parameters.
fn word(value: &str) -> String {
    value.split(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | ',')).next().unwrap_or_default().to_owned()
}

/// From; but Reply-To where a robot sends for a customer, as contact forms do, and never a list's.
fn contact(mail: &Mail, own: &Own, list: bool) -> Option<Address> {
    let from = mail.from.as_ref()?;
    let stranger = |address: &&Address| !own.holds(&address.email) && !is_robot(address);
    let own_domain = own.domains.iter().any(|domain| domain == from.domain()) || own.holds(&from.email);
    let instead = mail.reply_to.iter().find(stranger).filter(|_| !list && (is_robot(from) || own_domain));
    Some(instead.unwrap_or(from).clone())
}

/// Whether nobody reads what is sent to this address.
#[must_use]
pub fn is_robot(address: &Address) -> bool {
    let local: String = address.local().chars().filter(char::is_ascii_alphanumeric).collect();
    let robots = [
        "noreply",
        "donotreply",
        "naoresponda",
        "naoresponder",
        "noresponder",
        "noresponda",
        "nepasrepondre",
        "notreply",
        "bounce",
        "bounces",
    ];
    robots.iter().any(|robot| local.starts_with(robot) || local.ends_with(robot)) || is_system(address)
}

fn is_system(address: &Address) -> bool {
    let local: String = address.local().chars().filter(char::is_ascii_alphanumeric).collect();
    ["mailerdaemon", "postmaster"].contains(&local.as_str())
}

/// A bounce in words only: qmail's notice (QSBMF), and servers that send no machine part.
fn plain_bounce(mail: &Mail) -> Option<Report> {
    let returned = mail.headers.first("return-path").is_some_and(|path| path.trim_ascii() == b"<>");
    let system = mail.from.as_ref().is_some_and(is_system);
    let failed = mail.headers.text("x-failed-recipients");
    let qmail = mail.text.trim_start().starts_with("Hi. This is the");
    if !(failed.is_some() || system && (qmail || is_bounce_subject(&mail.subject)) || returned && is_bounce_subject(&mail.subject)) {
        return None;
    }
    let delayed = mail.subject.to_lowercase().contains("delayed") || mail.subject.to_lowercase().contains("warning:");
    let recipient =
        failed.and_then(|list| super::addresses(list.as_bytes()).into_iter().next()).map(|to| to.email).or_else(|| bracketed(&mail.text));
    let original = mail
        .headers
        .ids("x-original-message-id")
        .into_iter()
        .next()
        .or_else(|| mail.in_reply_to.first().cloned())
        .or_else(|| quoted_id(&mail.text));
    Some(Report {
        outcome: if delayed { Outcome::Delayed } else { Outcome::Failed },
        status: status(&mail.text),
        diagnostic: mail
            .text
            .lines()
            .map(str::trim)
            .find(|line| status(line).is_some() || line.contains("550 "))
            .map(|line| line.chars().take(500).collect()),
        recipients: Vec::new(),
        recipient,
        original,
    })
}

fn bracketed(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| line.starts_with('<') && line.contains('@'))?;
    line.strip_prefix('<')?.split('>').next().map(str::to_lowercase)
}

fn quoted_id(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("message-id:")))?;
    super::header::identifiers(line.as_bytes()).into_iter().next()
}

/// An enhanced status code among other words: `5.1.1` (RFC 3463).
fn status(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
        let word = word.trim_matches('.');
        let parts: Vec<&str> = word.split('.').collect();
        let known = parts.len() == 3 && ["4", "5"].contains(&parts[0]) && parts[1..].iter().all(|part| (1..=3).contains(&part.len()));
        known.then(|| word.to_owned())
    })
}

/// An answer that comes sooner than this was written by nobody, in milliseconds.
const HASTE: i64 = 60_000;

/// Whether two machines speak to each other: automatic mails of ours were answered at once, twice. `answered_after` says how long each of the latest waited.
/// The last line against loops, where no header told.
#[must_use]
pub fn is_loop(answered_after: &[i64]) -> bool {
    answered_after.iter().filter(|waited| **waited < HASTE).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Own {
        Own { addresses: vec!["support@desk.test".into()], domains: vec!["desk.test".into()] }
    }

    fn of(headers: &str) -> Kind {
        let raw = format!("From: Ana <ana@cust.test>\r\nTo: support@desk.test\r\n{headers}\r\n\r\nhello <x@y.test>\r\n");
        kind(&Mail::read(raw.as_bytes()), &own())
    }

    #[test]
    fn a_person_may_be_answered() {
        let kind = of("Subject: hi");
        assert!(kind.may_auto_reply && !kind.automatic && !kind.list);
        assert!(!of("Auto-Submitted: no").automatic);
    }

    #[test]
    fn machines_are_not_answered() {
        for header in [
            "Auto-Submitted: auto-replied (vacation)",
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "Precedence: list",
            "List-Unsubscribe: <https://x>",
            "X-Auto-Response-Suppress: DR, OOF, AutoReply",
            "Return-Path: <>",
            "X-Autoreply: yes",
            "Subject: Resposta automática: Pedido",
            "X-Recado-Loop: x",
        ] {
            assert!(!of(header).may_auto_reply, "{header}");
        }
        assert!(!of("X-Auto-Response-Suppress: All").automatic);
    }

    #[test]
    fn we_are_not_answered_nor_when_only_copied_in_secret() {
        let read = |raw: &str| kind(&Mail::read(raw.as_bytes()), &own());
        assert!(!read("From: ana@cust.test\nTo: other@x.test\n\nx").may_auto_reply);
        assert!(read("From: ana@cust.test\nTo: support+x@desk.test\n\nx").may_auto_reply);
        let back = read("From: support@desk.test\nTo: support@desk.test\n\nx");
        assert!(back.own && !back.may_auto_reply);
        assert!(!read("From: no-reply@shop.test\nTo: support@desk.test\n\nx").may_auto_reply);
    }

    #[test]
    fn bounces_in_words_are_bounces() {
        let raw = "From: MAILER-DAEMON@mx.test\nTo: support@desk.test\nSubject: failure notice\nReturn-Path: <>\n\nHi. This is the qmail-send program at mx.test.\n\n<Ana@cust.test>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <out@desk.test>\n";
        let kind = kind(&Mail::read(raw.as_bytes()), &own());
        let report = kind.report.expect("a report");
        assert!(kind.bounce && kind.contact.is_none() && !kind.may_auto_reply);
        assert_eq!(
            (report.recipient.as_deref(), report.status.as_deref(), report.original.as_deref()),
            (Some("ana@cust.test"), Some("5.1.1"), Some("out@desk.test"))
        );
    }

    #[test]
    fn the_contact_is_who_can_be_answered() {
        let contact = |raw: &str| kind(&Mail::read(raw.as_bytes()), &own()).contact.map(|address| address.email);
        assert_eq!(contact("From: form@desk.test\nReply-To: bia@cust.test\n\nx").as_deref(), Some("bia@cust.test"));
        assert_eq!(contact("From: ana@cust.test\nReply-To: other@cust.test\n\nx").as_deref(), Some("ana@cust.test"));
        assert_eq!(contact("From: no-reply@l.test\nReply-To: l@l.test\nList-Id: <l>\n\nx").as_deref(), Some("no-reply@l.test"));
    }

    #[test]
    fn two_machines_stop_after_two_rounds() {
        assert!(is_loop(&[900, 1_200]) && is_loop(&[900, 4_000_000, 1_200]));
        assert!(!is_loop(&[]) && !is_loop(&[900]) && !is_loop(&[900, 61_000]), "people may be fast once");
    }
}
