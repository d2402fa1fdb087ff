//! The header block of a mail or of a part: fields in order, encoded words, parameters, ids, dates. It reads bytes, never text, and judges nothing.

use super::decode::{self, base64, hex};

mod date;
mod parameters;

pub use date::date;
pub(super) use date::days;
pub use parameters::Parameters;

/// A header block larger than this is cut: nothing a person wrote needs it.
const BLOCK: usize = 1 << 20;
/// More fields than this are not kept; long journeys add some dozens.
const FIELDS: usize = 5000;
/// More identifiers than this in one field are noise (a thread's References keeps both ends long before).
const IDS: usize = 500;

/// The fields of one block, unfolded, in the order they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<(String, Vec<u8>)>,
}

impl Headers {
    /// Reads a block from `from` on and answers where the body begins; `ends` says which lines end a part before its time (its boundaries).
    pub fn read(raw: &[u8], from: usize, ends: impl Fn(&[u8]) -> bool) -> (Self, usize) {
        let mut headers = Self::default();
        let mut at = from;
        let mut continues = false;
        while at < raw.len() {
            let end = memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |found| at + found + 1);
            let line = trim_newline(&raw[at..end]);
            if line.is_empty() {
                return (headers, end);
            }
            if line.starts_with(b"--") && ends(line) {
                return (headers, at);
            }
            if line[0] == b' ' || line[0] == b'\t' {
                if let (true, Some((_, value))) = (continues && at - from < BLOCK, headers.fields.last_mut()) {
                    value.push(b' ');
                    value.extend_from_slice(line.trim_ascii());
                }
            } else {
                match field(line) {
                    Some((name, value)) if at - from < BLOCK && headers.fields.len() < FIELDS => {
                        headers.fields.push((name, value.to_vec()));
                        continues = true;
                    }
                    Some(_) => continues = false,
                    // A part that begins with text forgot its empty line; a broken line between fields is only skipped.
                    None if headers.fields.is_empty() && !line.starts_with(b"From ") && !line.starts_with(b">From ") => {
                        return (headers, at);
                    }
                    None => continues = false,
                }
            }
            at = end;
        }
        (headers, raw.len())
    }

    /// The first field of this lower-case name: where senders repeat what stands once, the first one counts.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    /// Every field of this lower-case name, in order.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    /// The first field of this name as a person reads it.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(phrase)
    }

    /// Whether a field of this name is there at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Whether any field's name begins so (`list-`).
    #[must_use]
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.fields.iter().any(|(field, _)| field.starts_with(prefix))
    }

    /// The message identifiers in every field of this name, without brackets, each once.
    #[must_use]
    pub fn ids(&self, name: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for value in self.all(name) {
            for id in identifiers(value) {
                if ids.len() < IDS && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }

    /// The Date field in milliseconds since 1970 UTC.
    #[must_use]
    pub fn date(&self) -> Option<i64> {
        date(&String::from_utf8_lossy(self.first("date")?))
    }

    /// Whether the block is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

fn trim_newline(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let name = line[..colon].trim_ascii_end();
    let plain = !name.is_empty() && name.len() <= 200 && name.iter().all(|b| b.is_ascii_graphic());
    plain.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), line[colon + 1..].trim_ascii()))
}

/// The `<…>` identifiers of a value; where there are none, its bare words that could be one.
#[must_use]
pub fn identifiers(value: &[u8]) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = value;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let Some(close) = memchr::memchr(b'>', &rest[open..]) else { break };
        let id = clean_id(&rest[open + 1..open + close]);
        if !id.is_empty() && ids.len() < IDS {
            ids.push(id);
        }
        rest = &rest[open + close + 1..];
    }
    if ids.is_empty() {
        ids.extend(
            value.split(u8::is_ascii_whitespace).filter(|word| word.contains(&b'@')).map(clean_id).filter(|id| !id.is_empty()).take(IDS),
        );
    }
    ids
}

fn clean_id(id: &[u8]) -> String {
    let text: String =
        decode::text(id, None).chars().filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>')).collect();
    if text.len() > 998 { String::new() } else { text }
}

/// Encoded words and raw 8-bit bytes to text (RFC 2047): neighbours join as bytes before their charset is applied, as a letter may be cut in two.
#[must_use]
pub fn phrase(raw: &[u8]) -> String {
    let label = if std::str::from_utf8(raw).is_ok() { "utf-8" } else { "windows-1252" };
    let mut out = String::with_capacity(raw.len());
    let mut held: Option<(String, Vec<u8>)> = None;
    let mut rest = raw;
    while !rest.is_empty() {
        let start = memchr::memmem::find(rest, b"=?").unwrap_or(rest.len());
        let between = &rest[..start];
        match encoded_word(&rest[start..]) {
            Some((charset, bytes, length)) => {
                let gap = !between.trim_ascii().is_empty();
                match &mut held {
                    // A word of ISO-2022 that came back to ASCII is whole; two escapes in a row would read as damage.
                    Some((label, joined)) if !gap && label.eq_ignore_ascii_case(&charset) && !joined.ends_with(b"\x1b(B") => {
                        joined.extend_from_slice(&bytes)
                    }
                    _ => {
                        let after_word = held.is_some();
                        settle(&mut out, &mut held);
                        if gap || !after_word {
                            out.push_str(&decode::text(between, Some(label)));
                        }
                        held = Some((charset, bytes));
                    }
                }
                rest = &rest[start + length..];
            }
            None => {
                settle(&mut out, &mut held);
                let end = (start + 2).min(rest.len());
                out.push_str(&raw_text(&rest[..end], label));
                rest = &rest[end..];
            }
        }
    }
    settle(&mut out, &mut held);
    let text: String = out.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control() && *c != '\u{feff}').collect();
    text.trim().to_owned()
}

fn raw_text(bytes: &[u8], label: &str) -> String {
    decode::text(bytes, Some(label))
}

fn settle(out: &mut String, held: &mut Option<(String, Vec<u8>)>) {
    if let Some((charset, bytes)) = held.take() {
        out.push_str(&decode::text(&bytes, Some(&charset)));
    }
}

fn encoded_word(raw: &[u8]) -> Option<(String, Vec<u8>, usize)> {
    let rest = raw.strip_prefix(b"=?")?;
    let charset_end = memchr::memchr(b'?', &rest[..rest.len().min(80)])?;
    let charset = rest[..charset_end].split(|b| *b == b'*').next()?;
    if charset.is_empty() || !charset.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let kind = rest.get(charset_end + 1)?;
    if rest.get(charset_end + 2) != Some(&b'?') {
        return None;
    }
    let body = &rest[charset_end + 3..];
    // Words are 75 long by the book and thousands long in practice; the bound keeps a broken header linear.
    let end = memchr::memmem::find(&body[..body.len().min(4096)], b"?=")?;
    let bytes = match kind {
        b'B' | b'b' => base64(&body[..end]),
        b'Q' | b'q' => word_quoted(&body[..end]),
        _ => return None,
    };
    Some((String::from_utf8_lossy(charset).into_owned(), bytes, 2 + charset_end + 3 + end + 2))
}

fn word_quoted(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'_' => out.push(b' '),
            b'=' if at + 2 < body.len() => match (hex(body[at + 1]), hex(body[at + 2])) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 2;
                }
                _ => out.push(b'='),
            },
            other => out.push(other),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests;
