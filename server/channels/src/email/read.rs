//! A raw mail read into what a conversation needs: who, when, text, HTML, files, and what the mail is besides. It holds ranges, not copies, of what
//! is large, and it decides neither where the mail belongs (`thread.rs`) nor whether a person wrote it (`kind.rs`).

use super::{
    Address, addresses,
    calendar::{self, Invite},
    clean,
    decode::{self, Transfer},
    header::Headers,
    mime::{Cut, Part, Tree, walk},
    name, plain,
    report::{self, Report},
    tnef,
};
use std::{borrow::Cow, ops::Range};

/// Text and HTML beyond this are cut; the raw mail stays whole.
const TEXT: usize = 20 << 20;

/// A mail, read.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Every header field.
    pub headers: Headers,
    /// Who wrote it.
    pub from: Option<Address>,
    /// Where its sender wants answers.
    pub reply_to: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// The subject as a person reads it; plain text, whatever it looks like.
    pub subject: String,
    /// Milliseconds since 1970; `None` where the sender gave none that can be read.
    pub date: Option<i64>,
    /// Its own identifier, without brackets.
    pub message_id: Option<String>,
    /// The mails it answers.
    pub in_reply_to: Vec<String>,
    /// The mails before it, oldest first.
    pub references: Vec<String>,
    /// What it says; out of the HTML where it has no text of its own.
    pub text: String,
    /// Its HTML as it came: never shown before [`clean::clean`].
    pub html: Option<String>,
    /// Its files, in order.
    pub attachments: Vec<Attachment>,
    /// An invitation it carries.
    pub invite: Option<Invite>,
    /// Whether it is signed or encrypted.
    pub seal: Option<Seal>,
    /// What it reports of a mail of ours.
    pub report: Option<Report>,
    /// Why something in it is not shown.
    pub cut: Option<Cut>,
}

/// A signature nobody verified, or a content nobody here can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// Signed with OpenPGP (RFC 3156).
    PgpSigned,
    /// Encrypted with OpenPGP.
    PgpEncrypted,
    /// Signed with S/MIME (RFC 8551).
    SmimeSigned,
    /// Encrypted with S/MIME.
    SmimeEncrypted,
}

/// A file of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, cleaned; made up where the sender gave none.
    pub name: String,
    /// The type its sender claims; what it is must be found out from its bytes.
    pub kind: String,
    /// Bytes after decoding.
    pub size: usize,
    /// Whether the HTML shows it in place.
    pub inline: bool,
    /// Its Content-ID, without brackets.
    pub content_id: Option<String>,
    body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    Within(Range<usize>, Transfer),
    Unpacked(Vec<u8>),
}

impl Attachment {
    /// Its bytes, decoded out of the raw mail it was read from.
    #[must_use]
    pub fn bytes<'r>(&'r self, raw: &'r [u8]) -> Cow<'r, [u8]> {
        match &self.body {
            Body::Within(range, transfer) => raw.get(range.clone()).map(|body| transfer.decode(body)).unwrap_or_default(),
            Body::Unpacked(bytes) => Cow::Borrowed(bytes),
        }
    }
}

impl Mail {
    /// Reads a raw mail; it never fails, at worst it finds little.
    #[must_use]
    pub fn read(raw: &[u8]) -> Self {
        let tree = walk(raw);
        let mut mail = Self { cut: tree.cut, ..Self::default() };
        if let Some(root) = tree.parts.first() {
            mail.read_headers(root.headers.clone());
        }
        let mut reader =
            Reader { raw, tree: &tree, text: String::new(), html: String::new(), has_text: false, has_html: false, cut: tree.cut };
        let files = reader.sort();
        mail.cut = reader.cut;
        mail.seal = seal(&tree);
        mail.report = report::read(raw, &tree);
        let (text, has_text) = (std::mem::take(&mut reader.text), reader.has_text);
        mail.html = reader.has_html.then(|| std::mem::take(&mut reader.html));
        mail.text = match &mail.html {
            Some(html) if !has_text || text.trim().is_empty() => plain::from_html(html),
            _ => text,
        };
        mail.attach(raw, &tree, &files);
        mail
    }

    /// The HTML made safe, its own images still named by Content-ID.
    #[must_use]
    pub fn cleaned(&self) -> Option<String> {
        let cids: Vec<&str> = self.attachments.iter().filter_map(|file| file.content_id.as_deref()).collect();
        self.html.as_deref().map(|html| clean::clean(html, &cids))
    }

    fn read_headers(&mut self, headers: Headers) {
        let list = |name: &str| -> Vec<Address> { headers.all(name).flat_map(addresses).collect() };
        // The first From counts: a second one must never make the sender somebody else.
        self.from = headers.first("from").and_then(|value| addresses(value).into_iter().next());
        if self.from.is_none() {
            self.from = headers.first("sender").and_then(|value| addresses(value).into_iter().next());
        }
        self.reply_to = headers.first("reply-to").map(addresses).unwrap_or_default();
        (self.to, self.cc) = (list("to"), list("cc"));
        self.subject = headers.text("subject").unwrap_or_default();
        self.date = headers.date();
        self.message_id = headers.first("message-id").and_then(|value| {
            let bare = || decode::text(value, None).trim().trim_matches(['<', '>']).to_owned();
            super::header::identifiers(value).into_iter().next().or_else(|| Some(bare()).filter(|id| !id.is_empty() && id.len() < 998))
        });
        self.in_reply_to = headers.ids("in-reply-to");
        self.references = headers.ids("references");
        self.headers = headers;
    }

    fn attach(&mut self, raw: &[u8], tree: &Tree, files: &[usize]) {
        let shown = self.html.as_deref().map(clean::references).unwrap_or_default();
        let has_ics = files.iter().filter(|index| is_calendar(&tree.parts[**index])).count() > 1;
        for (place, index) in files.iter().enumerate() {
            let part = &tree.parts[*index];
            if is_calendar(part) {
                self.invite = self
                    .invite
                    .take()
                    .or_else(|| calendar::read(&decode::text(&part.decode(raw), part.kind.get("charset").or(Some("utf-8")))));
                if has_ics && part.is("text/calendar") && file_name(part).is_none() {
                    continue;
                }
            }
            if (part.is("application/ms-tnef")
                || part.is("application/vnd.ms-tnef")
                || file_name(part).is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat")))
                && let Some(unpacked) = tnef::unpack(&part.decode(raw))
                && !(unpacked.files.is_empty() && unpacked.text.is_none())
            {
                self.unpack(unpacked);
                continue;
            }
            let content_id = part.headers.first("content-id").map(|id| {
                let id = decode::text(id, None);
                id.trim().trim_start_matches('<').trim_end_matches('>').trim().to_owned()
            });
            let content_id = content_id.filter(|id| !id.is_empty() && id.len() <= 998);
            let inner = || part.is("message/rfc822").then(|| Headers::read(&part.decode(raw), 0, |_| false).0.text("subject")).flatten();
            self.attachments.push(Attachment {
                name: file_name(part).unwrap_or_else(|| name::made_up(&part.kind.value, place + 1, inner().as_deref())),
                kind: part.kind.value.clone(),
                size: part.transfer.size(&raw[part.body.clone()]),
                inline: content_id.as_ref().is_some_and(|id| shown.contains(id)),
                content_id,
                body: Body::Within(part.body.clone(), part.transfer),
            });
        }
    }

    fn unpack(&mut self, unpacked: tnef::Unpacked) {
        if self.text.trim().is_empty()
            && let Some(text) = unpacked.text
        {
            self.text = text;
        }
        for (place, file) in unpacked.files.into_iter().enumerate() {
            let name = name::clean(&file.name).unwrap_or_else(|| name::made_up("application/octet-stream", place + 1, None));
            let kind = name::kind_of(&name).to_owned();
            self.attachments.push(Attachment {
                name,
                kind,
                size: file.bytes.len(),
                inline: false,
                content_id: None,
                body: Body::Unpacked(file.bytes),
            });
        }
    }
}

fn is_calendar(part: &Part) -> bool {
    part.is("text/calendar") || part.is("application/ics")
}

fn file_name(part: &Part) -> Option<String> {
    part.disposition.get("filename").and_then(name::clean).or_else(|| part.kind.get("name").and_then(name::clean))
}

struct Reader<'r> {
    raw: &'r [u8],
    tree: &'r Tree,
    text: String,
    html: String,
    has_text: bool,
    has_html: bool,
    cut: Option<Cut>,
}

impl Reader<'_> {
    /// Gathers text and HTML, and answers the parts that are files.
    fn sort(&mut self) -> Vec<usize> {
        // What each part is to the text: of which kind, in which choice between kinds.
        let bodies: Vec<Option<(bool, Option<usize>)>> = (0..self.tree.parts.len())
            .map(|index| {
                self.is_body(index).then(|| (self.tree.parts[index].is("text/html"), self.tree.within(index, "multipart/alternative")))
            })
            .collect();
        let any_html = bodies.iter().flatten().any(|(html, _)| *html);
        let mut files = Vec::new();
        for index in 0..self.tree.parts.len() {
            let part = &self.tree.parts[index];
            if part.multipart || part.kind.value.starts_with("multipart/") || self.is_hidden(index) {
                continue;
            }
            let Some((html, choice)) = bodies[index] else {
                files.push(index);
                continue;
            };
            let text = self.decode(part);
            let alone = choice.is_none() || !bodies.iter().flatten().any(|other| *other == (!html, choice));
            if html {
                self.add_html(&text, alone);
            } else {
                self.add_text(&text, alone && any_html);
            }
        }
        files
    }

    fn add_html(&mut self, html: &str, alone: bool) {
        if alone && (self.has_text || self.has_html) && !html.trim().is_empty() {
            let text = plain::from_html(html);
            append(&mut self.text, &text);
        } else if alone {
            self.text = plain::from_html(html);
        }
        self.html.push_str(html);
        self.has_html = true;
        self.has_text |= alone;
        self.bound();
    }

    fn add_text(&mut self, text: &str, alone: bool) {
        append(&mut self.text, text);
        self.has_text = true;
        // A footer, or a note before an HTML part: whoever reads the HTML must see it as well.
        if alone && !text.trim().is_empty() {
            self.html.push_str(&format!("<div>{}</div>", plain::to_html(text.trim_end())));
        }
        self.bound();
    }

    fn bound(&mut self) {
        for text in [&mut self.text, &mut self.html] {
            if text.len() > TEXT {
                text.truncate(text.floor_char_boundary(TEXT));
                self.cut = Some(Cut::TooLong);
            }
        }
    }

    fn decode(&self, part: &Part) -> String {
        let bytes = part.decode(self.raw);
        let bytes = bytes.get(..bytes.len().min(TEXT)).unwrap_or_default();
        let declared = part.kind.get("charset").map(str::to_owned);
        let label = declared.or_else(|| part.is("text/html").then(|| declared_in_html(bytes)).flatten());
        let text = decode::tidy(&decode::text(bytes, label.as_deref()));
        let flows = part.is("text/plain") && part.kind.get("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
        if flows { decode::flowed(&text, part.kind.get("delsp").is_some_and(|value| value.eq_ignore_ascii_case("yes"))) } else { text }
    }

    fn is_body(&self, index: usize) -> bool {
        let part = &self.tree.parts[index];
        let (html, text) = (part.is("text/html"), part.is("text/plain"));
        if part.multipart || !(html || text) || part.disposition.value == "attachment" || self.is_hidden(index) {
            return false;
        }
        let named = file_name(part).is_some();
        let alternative = part.parent.is_some_and(|parent| self.tree.parts[parent].is("multipart/alternative"));
        part.parent.is_none() || alternative || !named || (html && part.disposition.value.is_empty())
    }

    /// Parts that are machinery: what a report encloses, and variants of the text no browser shows.
    fn is_hidden(&self, index: usize) -> bool {
        let part = &self.tree.parts[index];
        let Some(parent) = part.parent else { return part.kind.value == "message/delivery-status" };
        let enclosed = self.tree.within(index, "multipart/report").is_some()
            && (part.kind.value.starts_with("message/") || part.is("text/rfc822-headers") || part.is("text/rfc822"));
        let variant = self.tree.parts[parent].is("multipart/alternative")
            && part.kind.value.starts_with("text/")
            && !["text/plain", "text/html", "text/calendar"].contains(&part.kind.value.as_str())
            && part.disposition.value != "attachment";
        enclosed || variant || part.is("message/delivery-status")
    }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !text.ends_with('\n') && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}

/// The charset an HTML page names in its own head, for mails that name none.
fn declared_in_html(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024))?).to_ascii_lowercase();
    let value = head.split("charset=").nth(1)?.trim_start_matches(['"', '\'', ' ']);
    Some(value.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')).collect::<String>())
        .filter(|label| !label.is_empty())
}

fn seal(tree: &Tree) -> Option<Seal> {
    tree.parts.iter().find_map(|part| {
        let protocol = part.kind.get("protocol").unwrap_or_default().to_ascii_lowercase();
        match part.kind.value.as_str() {
            "multipart/signed" if protocol.contains("pgp") => Some(Seal::PgpSigned),
            "multipart/signed" => Some(Seal::SmimeSigned),
            "multipart/encrypted" => Some(Seal::PgpEncrypted),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                let signed = part.kind.get("smime-type").is_some_and(|kind| kind.eq_ignore_ascii_case("signed-data"));
                Some(if signed { Seal::SmimeSigned } else { Seal::SmimeEncrypted })
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests;
