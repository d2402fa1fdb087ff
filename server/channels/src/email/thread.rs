//! Which conversation a mail belongs to: the marks we sign into what we send, and the candidates an incoming mail offers, best first. It looks nothing
//! up, and it never offers a subject.

use super::{Address, Mail, header::identifiers};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The `+` part of a reply address; a mail server hands all of them to one mailbox.
const REPLY: &str = "reply+";
/// The other form readers may meet: `support+conv-…@`.
const SUFFIX: &str = "+conv-";
/// Signatures are cut to 80 bits: a local part has 64 characters, and guessing happens one mail at a time.
const SIGNED: usize = 16;
/// Recipients beyond this are not asked for marks; ours is among the envelope's, which come first.
const RECIPIENTS: usize = 500;
/// Candidates beyond this are not looked up.
const MOST: usize = 60;

/// Whose answers a reply address takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A customer's, into the conversation.
    Customer,
    /// An agent's, to a notice: it may write as that agent, so it demands the signature and an aligned sender besides.
    Agent,
}

/// The key our marks are signed with.
#[derive(Clone)]
pub struct Signer {
    key: Vec<u8>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// A signer of this secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self { key: secret.to_vec() }
    }

    fn mac(&self, what: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(what.as_bytes());
        Some(mac)
    }

    fn sign(&self, what: &str) -> String {
        let Some(mac) = self.mac(what) else { return String::new() };
        base32(&mac.finalize().into_bytes()[..SIGNED * 5 / 8])
    }

    fn verify(&self, what: &str, signature: &str) -> bool {
        let Some(mac) = self.mac(what) else { return false };
        // Compared in constant time by the crate.
        unbase32(signature).is_some_and(|bytes| signature.len() == SIGNED && mac.verify_truncated_left(&bytes).is_ok())
    }

    /// The identifier of a mail we send, without brackets; fixed before the first attempt, so that a second one is the same mail.
    #[must_use]
    pub fn message_id(&self, message: &str, conversation: &str, domain: &str) -> String {
        format!("{message}.{conversation}.{}@{domain}", self.sign(&format!("id:{message}.{conversation}")))
    }

    /// Message and conversation of an identifier of ours; `None` for anybody else's, and for a forged one. Case is not trusted to survive.
    #[must_use]
    pub fn read_message_id(&self, id: &str) -> Option<(String, String)> {
        let local = id.rsplit_once('@')?.0.to_lowercase();
        let mut parts = local.splitn(3, '.');
        let (message, conversation, signature) = (parts.next()?, parts.next()?, parts.next()?);
        self.verify(&format!("id:{message}.{conversation}"), signature).then(|| (message.to_owned(), conversation.to_owned()))
    }

    /// The address answers to a conversation, or to an agent's notice, come to. The key is what the store knows it by (32 hex digits at most fit).
    #[must_use]
    pub fn reply_address(&self, purpose: Purpose, key: &str, domain: &str) -> String {
        format!("{REPLY}{key}.{}@{domain}", self.sign(&mark(purpose, key)))
    }

    /// What an address says about where its mail belongs.
    #[must_use]
    pub fn read_address(&self, email: &str) -> Option<Token> {
        let local = email.rsplit_once('@')?.0.to_lowercase();
        let marked = local.strip_prefix(REPLY).or_else(|| local.split_once(SUFFIX).map(|(_, rest)| rest))?;
        let (key, signature) = marked.split_once('.').map_or((marked, None), |(key, signature)| (key, Some(signature)));
        let plain = !key.is_empty() && key.len() <= 64 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain {
            return None;
        }
        let signed = |purpose| signature.is_some_and(|signature| self.verify(&mark(purpose, key), signature));
        let purpose = [Purpose::Agent, Purpose::Customer].into_iter().find(|purpose| signed(*purpose));
        // A wrong signature is worse than none: somebody tried.
        (signature.is_none() || purpose.is_some()).then(|| Token { key: key.to_owned(), signed: purpose })
    }

    /// The value of the header by which our own mail is known when it comes back.
    #[must_use]
    pub fn loop_mark(&self, inbox: &str) -> String {
        format!("{inbox}.{}", self.sign(&format!("loop:{inbox}")))
    }

    /// The inbox that sent a mail, if its loop header is truly ours.
    #[must_use]
    pub fn read_loop_mark(&self, value: &str) -> Option<String> {
        let (inbox, signature) = value.trim().rsplit_once('.')?;
        self.verify(&format!("loop:{inbox}"), signature).then(|| inbox.to_owned())
    }
}

fn mark(purpose: Purpose, key: &str) -> String {
    match purpose {
        Purpose::Customer => format!("reply:{key}"),
        Purpose::Agent => format!("agent:{key}"),
    }
}

/// A reply address, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the store knows the conversation or the notice by.
    pub key: String,
    /// What it is signed for; an unsigned one counts only if the key itself is a secret (a random UUID).
    pub signed: Option<Purpose>,
}

/// One reason to put a mail into a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// It was sent to a reply address.
    Token(Token),
    /// It answers or follows a mail of ours, as the signed identifier says.
    Ours {
        /// Our message.
        message: String,
        /// Its conversation.
        conversation: String,
        /// Whether it directly answers that message.
        direct: bool,
    },
    /// It answers or follows a mail of this identifier, which the store may know (incoming mails, aliases a provider gave).
    Known {
        /// The identifier, without brackets.
        id: String,
        /// Whether it directly answers that mail.
        direct: bool,
    },
}

/// The candidates of a mail, best first: reply addresses, then In-Reply-To, then References from the last. `envelope` are the recipients the mail server
/// named. The service takes the first it finds, and opens a conversation if it finds none.
#[must_use]
pub fn candidates(mail: &Mail, envelope: &[String], signer: &Signer) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |candidate: Candidate| {
        if found.len() < MOST && !found.contains(&candidate) {
            found.push(candidate);
        }
    };
    for address in recipients(mail, envelope) {
        if let Some(token) = signer.read_address(&address) {
            add(Candidate::Token(token));
        }
    }
    let reported = mail.report.iter().filter_map(|report| report.original.as_ref());
    for id in reported.chain(&mail.in_reply_to) {
        add(by_id(id, true, signer));
    }
    // Some programs name several mails in References only; the last is the one answered.
    for (place, id) in mail.references.iter().rev().enumerate() {
        let direct = place == 0 && mail.in_reply_to.is_empty();
        let known = mail.in_reply_to.contains(id);
        if !known {
            add(by_id(id, direct, signer));
        }
    }
    found
}

fn by_id(id: &str, direct: bool, signer: &Signer) -> Candidate {
    match signer.read_message_id(id) {
        Some((message, conversation)) => Candidate::Ours { message, conversation, direct },
        None => Candidate::Known { id: id.to_owned(), direct },
    }
}

/// Everybody a mail was sent to, the envelope first: it is what the mail server acted on.
fn recipients(mail: &Mail, envelope: &[String]) -> Vec<String> {
    let mut all: Vec<String> = envelope.iter().map(|to| to.trim().to_lowercase()).collect();
    for name in ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to"] {
        all.extend(mail.headers.all(name).flat_map(super::addresses).map(|to| to.email));
    }
    all.extend(mail.to.iter().chain(&mail.cc).map(|to| to.email.clone()));
    all.dedup();
    all.truncate(RECIPIENTS);
    all
}

/// Whether a sender may write into the conversation a candidate names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They took part before.
    Member,
    /// They did not, but hold what only a participant could have passed on: in, marked as a guest.
    Guest,
    /// A conversation of their own.
    Apart,
}

/// Judges a sender by who took part: a reply address admits (it gives posting, never reading), a direct answer admits a colleague, and a mere mention
/// in References, or mail sent in bulk, admits nobody new.
#[must_use]
pub fn admit(candidate: &Candidate, sender: &Address, participants: &[String], bulk: bool) -> Admission {
    let took_part = participants.iter().any(|known| known.eq_ignore_ascii_case(&sender.email));
    let guest = match candidate {
        Candidate::Token(_) => true,
        Candidate::Ours { direct, .. } => *direct,
        Candidate::Known { direct, .. } => *direct && participants.iter().any(|known| same_house(known, &sender.email)),
    };
    match (took_part, guest && !bulk) {
        (true, _) => Admission::Member,
        (false, true) => Admission::Guest,
        (false, false) => Admission::Apart,
    }
}

/// Whether two addresses are of one organisation's domain; at a public provider that says nothing.
fn same_house(one: &str, other: &str) -> bool {
    let domain = |email: &str| email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    let domain_of = domain(one);
    !domain_of.is_empty() && domain_of == domain(other) && super::presets::public(&domain_of).is_none()
}

/// Whether a reply by mail to an agent's notice may be taken as that agent's words: the signed address of that purpose, from the agent's own address,
/// and a sender the receiving host found aligned. Anything less is a customer's mail.
#[must_use]
pub fn speaks_for_agent(token: &Token, sender: &Address, agent: &str, aligned: bool) -> bool {
    token.signed == Some(Purpose::Agent) && aligned && sender.email.eq_ignore_ascii_case(agent)
}

/// Whether DMARC passed, as the host that received the mail says; headers of any other host are hearsay (RFC 8601 section 5).
#[must_use]
pub fn is_aligned(mail: &Mail, authority: &str) -> Option<bool> {
    let value = mail.headers.all("authentication-results").map(|value| String::from_utf8_lossy(value).to_lowercase()).find(|value| {
        let host = value.split(';').next().unwrap_or_default();
        host.split_ascii_whitespace().next() == Some(authority.to_lowercase().as_str())
    })?;
    let result = value.split(';').map(str::trim).find_map(|part| part.strip_prefix("dmarc="))?;
    Some(result.split(|c: char| !c.is_ascii_alphabetic()).next() == Some("pass"))
}

/// A fingerprint by which the same mail is known again, whatever way it comes twice: identifier, sender and date, as broken senders repeat identifiers;
/// without one, the mail less what its journey added.
#[must_use]
pub fn fingerprint(mail: &Mail, raw: &[u8]) -> String {
    use sha2::Digest;
    let mut hash = Sha256::new();
    match &mail.message_id {
        Some(id) => {
            let from = mail.from.as_ref().map(|from| from.email.as_str()).unwrap_or_default();
            let date = mail.headers.first("date").unwrap_or_default();
            for piece in [id.as_bytes(), from.as_bytes(), date] {
                hash.update(piece);
                hash.update([0]);
            }
        }
        None => travelled(raw, |line| hash.update(line)),
    }
    base32(&hash.finalize())
}

/// The lines of a raw mail without the fields servers add on its way.
fn travelled(raw: &[u8], mut each: impl FnMut(&[u8])) {
    let (mut in_headers, mut skipped) = (true, false);
    for line in raw.split_inclusive(|b| *b == b'\n') {
        if in_headers {
            if line.trim_ascii().is_empty() {
                in_headers = false;
            } else if !line.starts_with(b" ") && !line.starts_with(b"\t") {
                let name = line.split(|b| *b == b':').next().unwrap_or_default().to_ascii_lowercase();
                skipped = name.starts_with(b"x-")
                    || [&b"received"[..], b"return-path", b"delivered-to", b"envelope-to"].contains(&name.as_slice());
            }
            if skipped && in_headers {
                continue;
            }
        }
        each(line);
    }
}

/// The identifier a provider gave a mail of ours in its answer to SMTP (Amazon SES: `Ok <id>`), to be known as an alias.
#[must_use]
pub fn alias_of(answer: &str) -> Option<String> {
    let id = identifiers(answer.as_bytes()).into_iter().find(|id| id.contains('@'));
    id.or_else(|| {
        let word = answer.strip_prefix("Ok ")?.split_ascii_whitespace().next()?;
        (word.len() > 40 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')).then(|| word.to_owned())
    })
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// RFC 4648 base32 in lower case: mail servers may change the case of an address, and nothing else.
fn base32(bytes: &[u8]) -> String {
    let (mut out, mut bits, mut held) = (String::new(), 0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            out.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
    }
    if held > 0 {
        out.push(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    }
    out
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in text.bytes() {
        let five = ALPHABET.iter().position(|letter| *letter == byte.to_ascii_lowercase())?;
        bits = bits << 5 | five as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests;
