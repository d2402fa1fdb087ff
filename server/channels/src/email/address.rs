//! Addresses as mail headers carry them: names, angle brackets, comments, groups (RFC 5322 section 3.4). It does not say whose address one is.

use super::header::phrase;
use serde::{Deserialize, Serialize};

/// More addresses than this in one field are not read: the largest reply-all is far below.
const MOST: usize = 1000;

/// A mailbox: who, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The name beside it, decoded; never markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address in lower case.
    pub email: String,
}

impl Address {
    /// An address without a name.
    #[must_use]
    pub fn bare(email: &str) -> Self {
        Self { name: None, email: email.trim().to_lowercase() }
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.email.rsplit_once('@').map_or(self.email.as_str(), |(local, _)| local)
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.email.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// The mailboxes of a field, in order; groups are opened and what is no address is left out.
#[must_use]
pub fn addresses(raw: &[u8]) -> Vec<Address> {
    let mut reader = Reader::default();
    let mut at = 0;
    while at < raw.len() && reader.found.len() < MOST {
        at = reader.step(raw, at);
    }
    reader.close();
    reader.found
}

#[derive(Default)]
struct Reader {
    found: Vec<Address>,
    phrase: Vec<u8>,
    comment: Vec<u8>,
    angle: Option<Vec<u8>>,
    quoted: bool,
    has_at: bool,
}

impl Reader {
    fn step(&mut self, raw: &[u8], at: usize) -> usize {
        match raw[at] {
            b'"' => self.quotes(raw, at + 1),
            b'(' => self.comments(raw, at + 1),
            b'<' => self.angles(raw, at + 1),
            b',' | b';' => {
                self.close();
                at + 1
            }
            // "Friends: ana@…, bia@…;": what came before is the group's name.
            b':' if self.angle.is_none() && !self.has_at => {
                self.phrase.clear();
                self.quoted = false;
                at + 1
            }
            b'=' if raw[at..].starts_with(b"=?") => self.word(raw, at),
            byte => {
                self.has_at |= byte == b'@';
                self.phrase.push(byte);
                at + 1
            }
        }
    }

    /// Encoded words may hold commas, against the book; they are taken whole.
    fn word(&mut self, raw: &[u8], at: usize) -> usize {
        let rest = &raw[at..];
        let limit = rest.len().min(4096);
        let marks: Vec<usize> = memchr::memchr_iter(b'?', &rest[..limit]).take(3).collect();
        let end = match marks.as_slice() {
            [_, _, third] => memchr::memmem::find(&rest[third + 1..limit], b"?=").map(|found| third + 1 + found + 2),
            _ => None,
        };
        let end = end.unwrap_or(2);
        self.phrase.extend_from_slice(&rest[..end]);
        at + end
    }

    fn quotes(&mut self, raw: &[u8], mut at: usize) -> usize {
        self.quoted = true;
        while at < raw.len() && raw[at] != b'"' {
            if raw[at] == b'\\' && at + 1 < raw.len() {
                at += 1;
            }
            self.phrase.push(raw[at]);
            at += 1;
        }
        at + 1
    }

    fn comments(&mut self, raw: &[u8], mut at: usize) -> usize {
        let mut depth = 1;
        while at < raw.len() {
            match raw[at] {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' if at + 1 < raw.len() => at += 1,
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
            self.comment.push(raw[at]);
            at += 1;
        }
        at
    }

    fn angles(&mut self, raw: &[u8], at: usize) -> usize {
        let end = memchr::memchr2(b'>', b'<', &raw[at..]).map_or(raw.len(), |found| at + found);
        let inner = &raw[at..end];
        // "<@relay:ana@…>" is an obsolete route.
        let inner = if inner.starts_with(b"@") { inner.rsplit(|b| *b == b':').next().unwrap_or(inner) } else { inner };
        self.angle = Some(inner.to_vec());
        if raw.get(end) == Some(&b'>') { end + 1 } else { end }
    }

    fn close(&mut self) {
        let (words, comment) = (std::mem::take(&mut self.phrase), std::mem::take(&mut self.comment));
        let quoted = std::mem::take(&mut self.quoted);
        self.has_at = false;
        let (email, name) = match self.angle.take() {
            Some(angle) => (email(&angle), phrase(&words)),
            None if quoted && !words.contains(&b'@') => return,
            None => (email(&words), String::new()),
        };
        let Some(email) = email else { return };
        let name = if name.is_empty() { phrase(&comment) } else { name };
        self.found.push(Address { name: Some(name).filter(|name| !name.is_empty()), email });
    }
}

fn email(raw: &[u8]) -> Option<String> {
    let text = phrase(raw);
    let text = text.trim().strip_prefix("mailto:").unwrap_or(text.trim());
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\\')).collect();
    let text = text.trim_matches('\'');
    let (local, domain) = text.rsplit_once('@')?;
    let odd = |c: char| c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')');
    let sane = !local.is_empty() && !domain.is_empty() && text.len() <= 320 && !text.contains(odd);
    sane.then(|| text.trim_end_matches('.').to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Vec<(Option<String>, String)> {
        addresses(raw.as_bytes()).into_iter().map(|address| (address.name, address.email)).collect()
    }

    fn one(name: &str, email: &str) -> Vec<(Option<String>, String)> {
        vec![(Some(name).filter(|name| !name.is_empty()).map(str::to_owned), email.to_owned())]
    }

    #[test]
    fn every_shape_of_a_mailbox() {
        assert_eq!(read("Ana Souza <Ana@Cust.test>"), one("Ana Souza", "ana@cust.test"));
        assert_eq!(read("\"O'Brien, Pat\" <pat@cust.test>"), one("O'Brien, Pat", "pat@cust.test"));
        assert_eq!(read("erp@cust.test"), one("", "erp@cust.test"));
        assert_eq!(read("ana@cust.test (Ana (the first))"), one("Ana (the first)", "ana@cust.test"));
        assert_eq!(read("=?utf-8?Q?Souza,_Ana?= <a@b.c>"), one("Souza, Ana", "a@b.c"));
        assert_eq!(read("\"<img src=x onerror=alert(0)>\" <m@evil.test>"), one("<img src=x onerror=alert(0)>", "m@evil.test"));
        assert_eq!(read("\"ceo@bank.test\" <m@evil.test>"), one("ceo@bank.test", "m@evil.test"));
        assert_eq!(read("<@relay.test:a@b.c>"), one("", "a@b.c"));
        assert_eq!(read("Ana <a@b.c"), one("Ana", "a@b.c"));
    }

    #[test]
    fn lists_and_groups() {
        assert_eq!(read("undisclosed-recipients:;"), []);
        assert_eq!(read("Friends: a@b.c, Bia <b@b.c>; c@b.c").len(), 3);
        assert_eq!(read("a@b.c,, <>, nobody, b@b.c").len(), 2);
    }
}
