//! A lenient reader of the HTML in mails: tags, attributes and text as ranges, in one pass and linear time. It builds no tree and makes nothing
//! safe: `clean.rs` does.

use std::{borrow::Cow, ops::Range};

/// What stands next in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'h> {
    /// A start tag: its lower-case name, its attributes as written, and where it stands.
    Start(Cow<'h, str>, &'h str, Range<usize>),
    /// An end tag.
    End(Cow<'h, str>, Range<usize>),
    /// Text, with its character references as written.
    Text(&'h str, Range<usize>),
}

/// Elements whose content is no markup; a browser reads none of it as tags either.
const RAW: &[&str] = &["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// Reads the tokens of a source; comments, doctypes and the content of scripts and styles are left out.
#[derive(Clone, Debug)]
pub struct Tokens<'h> {
    html: &'h str,
    at: usize,
    raw: Option<Cow<'h, str>>,
}

impl<'h> Tokens<'h> {
    /// From the beginning.
    #[must_use]
    pub fn new(html: &'h str) -> Self {
        Self { html, at: 0, raw: None }
    }

    fn tag(&mut self) -> Option<Token<'h>> {
        let start = self.at;
        let end_tag = self.html.as_bytes().get(start + 1) == Some(&b'/');
        let name_at = start + 1 + usize::from(end_tag);
        let rest = &self.html.as_bytes()[name_at..];
        let length = rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>')).unwrap_or(rest.len());
        let attributes_at = name_at + length;
        let close = attributes_at + tag_end(&self.html.as_bytes()[attributes_at..])?;
        let name = lower(&self.html[name_at..attributes_at]);
        self.at = close + 1;
        let range = start..close + 1;
        if end_tag {
            return Some(Token::End(name, range));
        }
        if RAW.contains(&name.as_ref()) {
            self.raw = Some(name.clone());
        }
        Some(Token::Start(name, &self.html[attributes_at..close], range))
    }

    /// Skips a comment, a doctype or another thing in `<!…>`, `<?…>`, `</…>` that shows nothing.
    fn skip_markup(&mut self) {
        let rest = &self.html[self.at..];
        let bytes = rest.as_bytes();
        let length = if bytes.starts_with(b"<!-->") {
            Some(5)
        } else if bytes.starts_with(b"<!--->") {
            Some(6)
        } else if bytes.starts_with(b"<!--") {
            let plain = memchr::memmem::find(&bytes[4..], b"-->").map(|found| 4 + found + 3);
            let bang = memchr::memmem::find(&bytes[4..plain.unwrap_or(bytes.len()).min(bytes.len())], b"--!>").map(|found| 4 + found + 4);
            bang.or(plain)
        } else {
            memchr::memchr(b'>', bytes).map(|found| found + 1)
        };
        self.at += length.unwrap_or(rest.len());
    }

    /// Skips to the end tag of a script, a style or the like; answers the end tag.
    fn skip_raw(&mut self, name: &str) {
        let bytes = self.html.as_bytes();
        let mut at = self.at;
        while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
            let tag = &bytes[at + found + 2..];
            let ends = tag.len() >= name.len()
                && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && tag.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
            at += found;
            if ends {
                self.at = at;
                return;
            }
            at += 2;
        }
        self.at = bytes.len();
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        loop {
            if let Some(name) = self.raw.take() {
                self.skip_raw(&name);
            }
            let rest = self.html.as_bytes().get(self.at..).filter(|rest| !rest.is_empty())?;
            if rest[0] == b'<' {
                match (rest.get(1), rest.get(2)) {
                    (Some(b), _) if b.is_ascii_alphabetic() => {
                        if let Some(tag) = self.tag() {
                            return Some(tag);
                        }
                        self.at = self.html.len();
                        return None;
                    }
                    (Some(b'/'), Some(b)) if b.is_ascii_alphabetic() => {
                        if let Some(tag) = self.tag() {
                            return Some(tag);
                        }
                        self.at = self.html.len();
                        return None;
                    }
                    (Some(b'!' | b'?' | b'/'), _) => {
                        self.skip_markup();
                        continue;
                    }
                    _ => {}
                }
            }
            // A "<" that opens nothing is text.
            let start = self.at;
            let end = memchr::memchr(b'<', &rest[1..]).map_or(self.html.len(), |found| start + 1 + found);
            self.at = end;
            return Some(Token::Text(&self.html[start..end], start..end));
        }
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}

/// Where the `>` of a tag stands, quotes respected as a browser does: only a value may be quoted.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut after_equals = false;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return Some(at),
            quote @ (b'"' | b'\'') if after_equals => {
                at += 1 + memchr::memchr(quote, &bytes[at + 1..])?;
                after_equals = false;
            }
            b'=' => after_equals = true,
            b if b.is_ascii_whitespace() => {}
            _ => after_equals = false,
        }
        at += 1;
    }
    None
}

/// The attributes of a start tag, in order: lower-case name, value as written.
pub fn attributes(source: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let from = usize::from(bytes[0] == b'=');
        let name_end = bytes[from..]
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'='))
            .map_or(bytes.len(), |found| from + found);
        let name = lower(&rest[..name_end]);
        let after = rest[name_end..].trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(value) = after.strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let (value, left) = match value.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => {
                let inner = &value[1..];
                match memchr::memchr(*quote, inner.as_bytes()) {
                    Some(end) => (&inner[..end], &inner[end + 1..]),
                    None => (inner, ""),
                }
            }
            _ => value.split_at(value.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        rest = left;
        Some((name, value))
    })
}

/// The value of one attribute, its character references resolved.
#[must_use]
pub fn attribute<'h>(source: &'h str, name: &str) -> Option<Cow<'h, str>> {
    attributes(source).find(|(known, _)| known == name).map(|(_, value)| unescape(value))
}

/// Knows whether an end tag still comes, each name searched once over the whole source however often it is asked.
#[derive(Clone, Debug)]
pub struct Ahead<'h> {
    html: &'h str,
    next: std::collections::HashMap<String, Option<usize>>,
}

impl<'h> Ahead<'h> {
    /// For this source.
    #[must_use]
    pub fn new(html: &'h str) -> Self {
        Self { html, next: std::collections::HashMap::new() }
    }

    /// Whether `</name` stands at or after `from`; without it, dropping an element with its content would drop the rest of the mail.
    pub fn closes(&mut self, name: &str, from: usize) -> bool {
        match self.next.get(name) {
            Some(None) => return false,
            Some(Some(at)) if *at >= from => return true,
            _ => {}
        }
        let bytes = self.html.as_bytes();
        let found = memchr::memmem::find_iter(&bytes[from..], b"</").map(|found| from + found).find(|at| {
            let tag = &bytes[at + 2..];
            tag.len() >= name.len() && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        });
        self.next.insert(name.to_owned(), found);
        found.is_some()
    }
}

/// Resolves character references (`&eacute;`, `&#233;`); unknown ones stay as written.
#[must_use]
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = reference(rest);
        match length {
            0 => {
                out.push('&');
                rest = &rest[1..];
            }
            length => {
                let with_semicolon = rest.as_bytes()[length - 1] == b';';
                let token = if with_semicolon { Cow::Borrowed(&rest[..length]) } else { Cow::Owned(format!("{};", &rest[..length])) };
                push_reference(&mut out, &token, &rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn reference(text: &str) -> usize {
    let bytes = text.as_bytes();
    let numeric = bytes.get(1) == Some(&b'#');
    let mut at = 1 + usize::from(numeric) + usize::from(numeric && matches!(bytes.get(2), Some(b'x' | b'X')));
    let from = at;
    while at < bytes.len() && at - from < 32 && bytes[at].is_ascii_alphanumeric() {
        at += 1;
    }
    match bytes.get(at) {
        _ if at == from => 0,
        Some(b';') => at + 1,
        // Without its semicolon only a number is sure to be meant.
        _ if numeric => at,
        _ => 0,
    }
}

fn push_reference(out: &mut String, token: &str, written: &str) {
    let number = token.strip_prefix("&#").map(|digits| {
        let digits = digits.trim_end_matches(';');
        match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        }
        .unwrap_or(0xFFFD)
    });
    match number {
        // The windows-1252 range, which authors mean and browsers read so.
        Some(code @ 0x80..=0x9f) => out.push_str(&encoding_rs::WINDOWS_1252.decode(&[code as u8]).0),
        Some(code) => out.push(char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r')).unwrap_or('\u{fffd}')),
        None => {
            let mut decoded = String::new();
            mail_parser::decoders::html::add_html_token(&mut decoded, token.as_bytes(), false);
            out.push_str(if decoded == token { written } else { &decoded });
        }
    }
}

/// Elements that never have an end tag.
#[must_use]
pub fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "param" | "source" | "track" | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(html: &str) -> String {
        Tokens::new(html)
            .map(|token| match token {
                Token::Start(name, _, _) => format!("<{name}>"),
                Token::End(name, _) => format!("</{name}>"),
                Token::Text(text, _) => text.to_owned(),
            })
            .collect()
    }

    #[test]
    fn tags_are_found_where_browsers_find_them() {
        assert_eq!(shape("a<P class='>'>b</p >c"), "a<p>b</p>c");
        assert_eq!(shape("1 < 2 <3> <!-- <b> --> <!--><i><![if !mso]>x<?y?></>"), "1 < 2 <3>  <i>x");
        assert_eq!(shape("<style>a<b></style>x<script>'</scrip'</script>y<title>"), "<style></style>x<script></script>y<title>");
        assert_eq!(shape("x<a href=\"never closed>y"), "x");
        assert_eq!(shape("<scr<script>ipt>"), "<scr<script>ipt>");
    }

    #[test]
    fn attributes_in_every_dress() {
        let found: Vec<(String, String)> =
            attributes(" A=1 b = 'x y' c/d=\"&amp;\" =e f").map(|(n, v)| (n.into_owned(), v.to_owned())).collect();
        let expected = [("a", "1"), ("b", "x y"), ("c", ""), ("d", "&amp;"), ("=e", ""), ("f", "")];
        assert_eq!(found, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(attribute(" href=\"java&#x0A;script&colon;a\"", "href").as_deref(), Some("java\nscript:a"));
    }

    #[test]
    fn references_resolve() {
        assert_eq!(unescape("&lt;a&gt; &eacute; &#233; &#x80; &nope; &amp & &#0; AT&T"), "<a> é é € &nope; &amp & \u{fffd} AT&T");
    }
}
