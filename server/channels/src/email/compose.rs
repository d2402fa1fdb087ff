//! A mail of ours, written: plain text and HTML out of what the agent typed, the quoted original, files, and the headers that keep a thread together. It
//! sends nothing; `smtp.rs` does.

use super::{
    Address, Mail,
    kind::{Own, is_robot},
    markdown, plain,
};
use crate::escape;
use lettre::message::{
    Attachment as FilePart, Mailbox, MultiPart, SinglePart,
    header::{ContentType, HeaderName, HeaderValue},
};
use std::time::{Duration, UNIX_EPOCH};

/// References keep their first and this many of the last (a header line has 998 characters, and old mail programs read no more).
const REFERENCES: usize = 20;

/// What a mail is made of.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    /// From, with the name customers see.
    pub from: Address,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc: in the envelope only, in no header.
    pub bcc: Vec<Address>,
    /// Where answers go, if not to From: only where we receive that address.
    pub reply_to: Option<Address>,
    /// The subject, whole.
    pub subject: String,
    /// Its identifier without brackets, fixed before the first attempt.
    pub message_id: String,
    /// When it was written, in milliseconds since 1970.
    pub date: i64,
    /// The mail it answers.
    pub in_reply_to: Option<String>,
    /// The mails before it ([`references`]).
    pub references: Vec<String>,
    /// What the agent typed, in Markdown.
    pub markdown: String,
    /// What follows after `-- `, in Markdown; not on automatic mail.
    pub signature: Option<String>,
    /// The mail being answered, quoted below.
    pub quoted: Option<Quoted>,
    /// Files, and images the text shows by their Content-ID.
    pub files: Vec<File>,
    /// Whether a machine wrote it, and why.
    pub automatic: Option<Automatic>,
    /// The value by which we know our own mail ([`super::thread::Signer::loop_mark`]).
    pub loop_mark: Option<String>,
}

/// The original of an answer.
#[derive(Clone, Debug, Default)]
pub struct Quoted {
    /// "On …, Ana wrote:" in the customer's language ([`attribution`]).
    pub attribution: String,
    /// Its text.
    pub text: String,
    /// Its cleaned HTML, where it had some.
    pub html: Option<String>,
}

/// A file that travels along.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Set for images shown in the text as `cid:…`.
    pub content_id: Option<String>,
}

/// Why a machine writes (RFC 3834 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// It answers a mail: greetings, out-of-office.
    Replied,
    /// It writes by itself: notices, transcripts, invitations.
    Generated,
}

/// A mail ready to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// As it travels.
    pub raw: Vec<u8>,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients, Bcc among them, each once.
    pub recipients: Vec<String>,
}

/// Why a mail could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// An address no mail server would take.
    #[error("not an address: {0}")]
    Address(String),
    /// Nobody to send to.
    #[error("no recipient")]
    NoRecipient,
    /// The builder refused it.
    #[error("not a mail: {0}")]
    Mail(String),
}

impl Outgoing {
    /// Writes the mail.
    ///
    /// # Errors
    /// An address is none, or nobody is to receive it.
    pub fn write(&self) -> Result<Written, ComposeError> {
        let recipients = self.recipients();
        if recipients.is_empty() {
            return Err(ComposeError::NoRecipient);
        }
        let from = mailbox(&self.from)?;
        let envelope_to = recipients.iter().map(|email| address(email)).collect::<Result<Vec<_>, _>>()?;
        let envelope =
            lettre::address::Envelope::new(Some(from.email.clone()), envelope_to).map_err(|error| ComposeError::Mail(error.to_string()))?;
        let mut builder = lettre::Message::builder()
            .from(from)
            .envelope(envelope)
            .subject(one_line(&self.subject))
            .date(UNIX_EPOCH + Duration::from_millis(u64::try_from(self.date).unwrap_or(0)))
            .message_id(Some(format!("<{}>", id(&self.message_id))));
        for to in &self.to {
            builder = builder.to(mailbox(to)?);
        }
        for cc in &self.cc {
            builder = builder.cc(mailbox(cc)?);
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(mailbox(reply_to)?);
        }
        if let Some(answered) = &self.in_reply_to {
            builder = builder.in_reply_to(format!("<{}>", id(answered)));
        }
        if !self.references.is_empty() {
            let list: Vec<String> = self.references.iter().map(|reference| format!("<{}>", id(reference))).collect();
            builder = builder.references(list.join(" "));
        }
        for (name, value) in self.marks() {
            builder = builder.raw_header(HeaderValue::new(name, value));
        }
        let message = builder.multipart(self.body()).map_err(|error| ComposeError::Mail(error.to_string()))?;
        Ok(Written { raw: message.formatted(), from: self.from.email.clone(), recipients })
    }

    fn recipients(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for to in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            let email = to.email.trim().to_lowercase();
            if !all.contains(&email) {
                all.push(email);
            }
        }
        all
    }

    fn marks(&self) -> Vec<(HeaderName, String)> {
        let mut marks = Vec::new();
        if let Some(automatic) = self.automatic {
            let why = match automatic {
                Automatic::Replied => "auto-replied",
                Automatic::Generated => "auto-generated",
            };
            marks.push((HeaderName::new_from_ascii_str("Auto-Submitted"), why.to_owned()));
            // Exchange answers with an out-of-office notice unless it is told not to.
            marks.push((HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "OOF, AutoReply".to_owned()));
        }
        if let Some(mark) = &self.loop_mark {
            marks.push((HeaderName::new_from_ascii_str("X-Recado-Loop"), one_line(mark)));
        }
        marks
    }

    fn body(&self) -> MultiPart {
        let (inline, attached): (Vec<&File>, Vec<&File>) = self.files.iter().partition(|file| file.content_id.is_some());
        let mut body = MultiPart::alternative_plain_html(self.plain(), self.html());
        if !inline.is_empty() {
            body = inline.into_iter().fold(MultiPart::related().multipart(body), |body, file| body.singlepart(part(file)));
        }
        if !attached.is_empty() {
            body = attached.into_iter().fold(MultiPart::mixed().multipart(body), |body, file| body.singlepart(part(file)));
        }
        body
    }

    /// The plain part: the words as typed, which read well as they are.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut out = self.markdown.trim_end().to_owned();
        if let Some(signature) = self.signature.as_deref().filter(|text| self.automatic.is_none() && !text.trim().is_empty()) {
            out.push_str(&format!("\n\n-- \n{}", signature.trim()));
        }
        if let Some(quoted) = &self.quoted {
            out.push_str(&format!("\n\n{}\n\n", quoted.attribution));
            for line in quoted.text.trim_end().lines() {
                // Quotes of quotes stand close, as everybody writes them.
                out.push_str(if line.starts_with('>') || line.is_empty() { ">" } else { "> " });
                out.push_str(line);
                out.push('\n');
            }
        }
        out.push('\n');
        out
    }

    /// The HTML part.
    #[must_use]
    pub fn html(&self) -> String {
        let mut out = format!("<!DOCTYPE html><html><body><div dir=\"auto\">{}</div>", markdown::to_html(&self.markdown));
        if let Some(signature) = self.signature.as_deref().filter(|text| self.automatic.is_none() && !text.trim().is_empty()) {
            out.push_str(&format!("<br><div class=\"gmail_signature\">-- <br>{}</div>", markdown::to_html(signature)));
        }
        if let Some(quoted) = &self.quoted {
            let original = quoted.html.clone().unwrap_or_else(|| plain::to_html(quoted.text.trim_end()));
            // Gmail's class: the one container every mail program folds, ours too.
            out.push_str(&format!(
                "<br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div><blockquote type=\"cite\" class=\"gmail_quote\" \
                 style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">{original}</blockquote></div>",
                escape(&quoted.attribution)
            ));
        }
        out.push_str("</body></html>\n");
        out
    }
}

fn part(file: &File) -> SinglePart {
    let kind =
        ContentType::parse(&file.kind).or_else(|_| ContentType::parse("application/octet-stream")).unwrap_or(ContentType::TEXT_PLAIN);
    let name = super::name::clean(&file.name).unwrap_or_else(|| super::name::made_up(&file.kind, 1, None));
    let part = match &file.content_id {
        Some(content_id) => FilePart::new_inline_with_name(id(content_id), name),
        None => FilePart::new(name),
    };
    part.body(file.bytes.clone(), kind)
}

fn mailbox(address: &Address) -> Result<Mailbox, ComposeError> {
    let name = address.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, self::address(&address.email)?))
}

fn address(email: &str) -> Result<lettre::Address, ComposeError> {
    email.trim().parse().map_err(|_| ComposeError::Address(email.chars().take(320).collect()))
}

/// A header's value: nothing in it may start another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn id(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect()
}

/// The References of an answer: those of the mail it answers and that mail itself, the first and the last kept when they are too many.
#[must_use]
pub fn references(answered: &Mail) -> Vec<String> {
    let mut all: Vec<String> =
        if answered.references.is_empty() { answered.in_reply_to.iter().take(1).cloned().collect() } else { answered.references.clone() };
    if let Some(id) = &answered.message_id {
        all.retain(|known| known != id);
        all.push(id.clone());
    }
    if all.len() > REFERENCES + 1 {
        let last = all.len() - REFERENCES;
        all.drain(1..last);
    }
    all.retain(|id| id.is_ascii() && id.len() < 400);
    all
}

/// The subject of an answer: one `Re: `, whatever prefixes were there, in whatever language.
#[must_use]
pub fn reply_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let prefix = ["re:", "res:", "aw:", "sv:", "ref:", "ré:", "re :", "rif:", "antw:"]
            .iter()
            .find(|prefix| rest.get(..prefix.len()).is_some_and(|start| start.to_lowercase() == **prefix));
        match prefix {
            Some(prefix) => rest = rest[prefix.len()..].trim_start(),
            None => return format!("Re: {rest}").trim_end().to_owned(),
        }
    }
}

/// "On …, Ana wrote:", in the customer's language, so that every mail program knows it for a quote; `when` is already formatted.
#[must_use]
pub fn attribution(portuguese: bool, when: &str, who: &Address) -> String {
    let name = who.name.clone().unwrap_or_else(|| who.email.clone());
    if portuguese { format!("Em {when}, {name} <{}> escreveu:", who.email) } else { format!("On {when}, {name} <{}> wrote:", who.email) }
}

/// The name beside our address.
#[must_use]
pub fn sender_name(agent: Option<&str>, business: &str, portuguese: bool) -> String {
    match agent.map(str::trim).filter(|agent| !agent.is_empty()) {
        Some(agent) if portuguese => format!("{agent} da {business}"),
        Some(agent) => format!("{agent} from {business}"),
        None => business.to_owned(),
    }
}

/// Who an answer goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
}

/// Everybody on the mail, less ourselves: To is who wants the answer, Cc is everybody else. A list's Reply-To is not followed.
#[must_use]
pub fn reply_all(mail: &Mail, own: &Own) -> Recipients {
    let list = mail.headers.has("list-id") || mail.headers.has("list-post");
    let wanted: Vec<&Address> = mail.reply_to.iter().filter(|_| !list).filter(|to| !own.holds(&to.email)).collect();
    let mut recipients = Recipients::default();
    let to = if wanted.is_empty() { mail.from.iter().collect() } else { wanted };
    for address in to {
        add(&mut recipients.to, address);
    }
    // A mail of ours is answered by writing to those it went to, again.
    if recipients.to.iter().all(|to| own.holds(&to.email)) {
        recipients.to.clear();
        for address in mail.to.iter().filter(|to| !own.holds(&to.email)) {
            add(&mut recipients.to, address);
        }
    }
    for address in mail.to.iter().chain(&mail.cc) {
        let known = recipients.to.iter().any(|to| to.email == address.email);
        if !known && !own.holds(&address.email) && !is_robot(address) {
            add(&mut recipients.cc, address);
        }
    }
    recipients
}

fn add(list: &mut Vec<Address>, address: &Address) {
    if !list.iter().any(|known| known.email == address.email) {
        list.push(address.clone());
    }
}

#[cfg(test)]
mod tests;
