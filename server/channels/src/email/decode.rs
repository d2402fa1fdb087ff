//! Transfer encodings and character sets: bytes as they travelled to text as it was written. It never fails, and it knows no header and no part.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How a body travelled (RFC 2045 section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transfer {
    /// As it is: `7bit`, `8bit`, `binary`, or a word nobody knows.
    #[default]
    Plain,
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    Quoted,
    /// `x-uuencode`, which old Outlooks and fax gateways still write.
    Uuencode,
}

impl Transfer {
    /// The encoding a Content-Transfer-Encoding header names; comments and stray punctuation after the word are ignored.
    #[must_use]
    pub fn named(value: &[u8]) -> Self {
        let word: Vec<u8> = value
            .iter()
            .skip_while(|b| b.is_ascii_whitespace() || **b == b'"')
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .map(u8::to_ascii_lowercase)
            .collect();
        match word.as_slice() {
            b"base64" => Self::Base64,
            b"quoted-printable" => Self::Quoted,
            b"x-uuencode" | b"uuencode" | b"x-uue" => Self::Uuencode,
            _ => Self::Plain,
        }
    }

    /// The bytes before they were made fit for travel.
    #[must_use]
    pub fn decode(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Plain => Cow::Borrowed(body),
            Self::Base64 => Cow::Owned(base64(body)),
            Self::Quoted => Cow::Owned(quoted_printable(body)),
            Self::Uuencode => Cow::Owned(uuencode(body)),
        }
    }

    /// How many bytes [`Transfer::decode`] would give, without keeping them: a mail of 40 MB is measured, not copied.
    #[must_use]
    pub fn size(self, body: &[u8]) -> usize {
        match self {
            Self::Plain => body.len(),
            Self::Base64 => base64_size(body),
            Self::Quoted | Self::Uuencode => self.decode(body).len(),
        }
    }
}

const fn base64_table() -> [u8; 256] {
    let mut table = [255u8; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < 64 {
        table[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    // The URL alphabet turns up in mails written by web services.
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table[b'=' as usize] = 254;
    table
}

static BASE64: [u8; 256] = base64_table();

/// Base64 as receivers must read it: foreign characters are skipped, and padding in the middle starts a new group (RFC 2045 section 6.8).
#[must_use]
pub fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut group, mut held) = (0u32, 0u8);
    for byte in body {
        match BASE64[*byte as usize] {
            255 => {}
            254 => {
                flush(&mut out, group, held);
                (group, held) = (0, 0);
            }
            six => {
                group = group << 6 | u32::from(six);
                held += 1;
                if held == 4 {
                    out.extend_from_slice(&[(group >> 16) as u8, (group >> 8) as u8, group as u8]);
                    (group, held) = (0, 0);
                }
            }
        }
    }
    flush(&mut out, group, held);
    out
}

fn flush(out: &mut Vec<u8>, group: u32, held: u8) {
    match held {
        2 => out.push((group >> 4) as u8),
        3 => out.extend_from_slice(&[(group >> 10) as u8, (group >> 2) as u8]),
        _ => {}
    }
}

fn base64_size(body: &[u8]) -> usize {
    let rest = |held: usize| held.saturating_sub(1);
    let (mut total, mut held) = (0usize, 0usize);
    for byte in body {
        match BASE64[*byte as usize] {
            255 => {}
            254 => {
                total += rest(held % 4) + held / 4 * 3;
                held = 0;
            }
            _ => held += 1,
        }
    }
    total + rest(held % 4) + held / 4 * 3
}

/// Quoted-printable; what is no valid escape stays as it is (RFC 2045 section 6.7, note 2).
#[must_use]
pub fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|b| *b == b'\n') {
        let ending = if line.ends_with(b"\r\n") { 2 } else { usize::from(line.ends_with(b"\n")) };
        let (content, ending) = line.split_at(line.len() - ending);
        let content = content.trim_ascii_end();
        let (content, soft) = match content.strip_suffix(b"=") {
            // At the very end of a body a lone "=" is a soft break as well.
            Some(content) => (content, true),
            None => (content, false),
        };
        let mut at = 0;
        while at < content.len() {
            if content[at] == b'='
                && at + 2 < content.len()
                && let (Some(high), Some(low)) = (hex(content[at + 1]), hex(content[at + 2]))
            {
                out.push(high << 4 | low);
                at += 3;
                continue;
            }
            out.push(content[at]);
            at += 1;
        }
        if !soft {
            out.extend_from_slice(ending);
        }
    }
    out
}

/// The value of one hexadecimal digit.
#[must_use]
pub fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// `%41` to `A`, for RFC 2231 parameters and `cid:` addresses; a broken escape stays as it is.
#[must_use]
pub fn percent(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        if value[at] == b'%'
            && at + 2 < value.len()
            && let (Some(high), Some(low)) = (hex(value[at + 1]), hex(value[at + 2]))
        {
            out.push(high << 4 | low);
            at += 3;
            continue;
        }
        out.push(value[at]);
        at += 1;
    }
    out
}

fn uuencode(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in body.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end).skip_while(|line| !line.starts_with(b"begin ")).skip(1) {
        if line == b"end" {
            break;
        }
        let Some((length, data)) = line.split_first() else { continue };
        let length = usize::from(length.wrapping_sub(32) & 63);
        let six = |at: usize| u32::from(data.get(at).copied().unwrap_or(b' ').wrapping_sub(32) & 63);
        let mut bytes = Vec::with_capacity(length + 3);
        for group in 0..length.div_ceil(3) {
            let bits = six(group * 4) << 18 | six(group * 4 + 1) << 12 | six(group * 4 + 2) << 6 | six(group * 4 + 3);
            bytes.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
        }
        bytes.truncate(length);
        out.extend_from_slice(&bytes);
    }
    out
}

/// Bytes to text by the label a sender gave: WHATWG's table (so `iso-8859-1` is windows-1252), and when the label is absent or cannot be true, UTF-8
/// if the bytes are, else windows-1252.
#[must_use]
pub fn text(bytes: &[u8], label: Option<&str>) -> String {
    let label = label.map(|label| label.trim().trim_matches(['"', '\'']).to_ascii_lowercase());
    let named = label.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    match named {
        Some(encoding) if encoding == WINDOWS_1252 || encoding == UTF_8 => guess(bytes, encoding == UTF_8),
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None => match label.as_deref().and_then(|label| mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes())) {
            // UTF-7 and the DOS pages, which WHATWG left out.
            Some(decoder) => decoder(bytes),
            None => guess(bytes, false),
        },
    }
}

fn guess(bytes: &[u8], claimed: bool) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("\u{1b}$") => ISO_2022_JP.decode(bytes).0.into_owned(),
        Ok(text) => text.to_owned(),
        // Said to be UTF-8 and mostly so (a character cut in two somewhere): keep what can be read.
        Err(_) if claimed && mostly_utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// Line ends become `\n`; NUL and other controls, which PostgreSQL or a terminal would choke on, go.
#[must_use]
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(character),
            '\u{feff}' if out.is_empty() => {}
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// Joins what the sender's client wrapped (RFC 3676): soft breaks end in a space, `-- ` is a signature line, and one leading space is stuffing.
#[must_use]
pub fn flowed(text: &str, del_sp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None; // the quote depth of a paragraph still flowing
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if open.is_some() && (open != Some(depth) || signature) {
            out.push('\n');
            open = None;
        }
        if open.is_none() && depth > 0 {
            out.extend(std::iter::repeat_n('>', depth));
            out.push(' ');
        }
        let soft = content.ends_with(' ') && !signature;
        out.push_str(if soft && del_sp { &content[..content.len() - 1] } else { content });
        if soft {
            open = Some(depth);
        } else {
            out.push('\n');
            open = None;
        }
    }
    if out.ends_with('\n') && !text.is_empty() {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_it_comes() {
        assert_eq!(base64(b"eA=="), b"x");
        assert_eq!(base64(b"aGVs\r\n bG8=\r\naGVsbG8="), b"hellohello");
        for text in [&b"aGVsbG8="[..], b"", b"e", b"eA", b"eHk=", b"aGVsbG8=aGVsbG8", b"!!eA=="] {
            assert_eq!(Transfer::Base64.size(text), base64(text).len(), "{text:?}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_it_cannot_read() {
        assert_eq!(quoted_printable(b"p=\r\nrevis=C3=A3o  \r\n100%=zz="), "previsão\r\n100%=zz".as_bytes());
    }

    #[test]
    fn uuencoded_files_open() {
        assert_eq!(Transfer::Uuencode.decode(b"x\nbegin 644 cat.txt\n#0V%T\n`\nend\n").as_ref(), b"Cat");
    }

    #[test]
    fn labels_that_lie_are_seen_through() {
        assert_eq!(text(b"\x93hi\x94 \x80", Some("ISO-8859-1")), "“hi” €");
        assert_eq!(text("ação".as_bytes(), Some("us-ascii")), "ação");
        assert_eq!(text(b"a\xe7\xe3o", Some("utf-8")), "ação");
        assert_eq!(text(b"a\xe7\xe3o", None), "ação");
        assert_eq!(text(b"\x1b$B>&IJ\x1b(B", None), "商品");
        assert_eq!(text(b"\xb0\xa1", Some("gb2312")), "啊");
        assert_eq!(text(b"Hi +AOk-", Some("utf-7")), "Hi é");
        assert_eq!(text(b"plain", Some("no-such-thing")), "plain");
    }

    #[test]
    fn flowed_paragraphs_join() {
        assert_eq!(flowed("one \ntwo\n From\n> a \n> b\n>> c\n\n-- \nAna", false), "one two\nFrom\n> a b\n>> c\n\n-- \nAna");
        assert_eq!(flowed("ab \ncd", true), "abcd");
    }

    #[test]
    fn no_control_reaches_the_store() {
        assert_eq!(tidy("a\0b\r\nc\rd\u{1b}e\u{85}"), "ab\nc\nde");
    }
}
