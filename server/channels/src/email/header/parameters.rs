//! Values with parameters: continuations, charsets and the ways clients get them wrong. It knows no parameter by name.

use super::phrase;
use crate::email::decode::{self, percent};
use std::borrow::Cow;

/// A value with parameters, as Content-Type and Content-Disposition have (RFC 2045 section 5.1, RFC 2231).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The value before the first semicolon, in lower case.
    pub value: String,
    named: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a field's value, continuations and charsets joined.
    #[must_use]
    pub fn read(raw: &[u8]) -> Self {
        let mut pieces = split_parameters(raw).into_iter();
        let value = pieces.next().map(|(_, value)| value).unwrap_or_default();
        let value =
            String::from_utf8_lossy(value.trim_ascii()).to_ascii_lowercase().split_ascii_whitespace().next().unwrap_or_default().to_owned();
        let pieces: Vec<(String, Vec<u8>)> = pieces.map(|(name, value)| (name, value.into_owned())).collect();
        let mut named: Vec<(String, String)> = Vec::new();
        for (name, _) in &pieces {
            let base = name.split('*').next().unwrap_or_default();
            if !base.is_empty() && !named.iter().any(|(known, _)| known == base) {
                named.push((base.to_owned(), assemble(base, &pieces)));
            }
        }
        Self { value, named }
    }

    /// A parameter by its lower-case name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn assemble(base: &str, pieces: &[(String, Vec<u8>)]) -> String {
    let find = |name: String| pieces.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_slice());
    if let Some(value) = find(format!("{base}*")) {
        let (charset, text) = charset_of(value);
        return decode::text(&percent(text), charset.as_deref());
    }
    let (mut bytes, mut charset) = (Vec::new(), None);
    for index in 0..1000 {
        if let Some(value) = find(format!("{base}*{index}*")) {
            let (label, text) = if index == 0 { charset_of(value) } else { (None, value) };
            charset = charset.or(label);
            bytes.extend_from_slice(&percent(text));
        } else if let Some(value) = find(format!("{base}*{index}")) {
            bytes.extend_from_slice(value);
        } else {
            break;
        }
    }
    if !bytes.is_empty() {
        // Some clients cut encoded words over continuations, against both documents.
        return if charset.is_none() { phrase(&bytes) } else { decode::text(&bytes, charset.as_deref()) };
    }
    find(base.to_owned()).map(phrase).unwrap_or_default()
}

fn charset_of(value: &[u8]) -> (Option<String>, &[u8]) {
    let mut parts = value.splitn(3, |b| *b == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(text)) => (Some(String::from_utf8_lossy(charset).into_owned()).filter(|c| !c.is_empty()), text),
        _ => (None, value),
    }
}

fn split_parameters(raw: &[u8]) -> Vec<(String, Cow<'_, [u8]>)> {
    let mut pieces = Vec::new();
    let (mut at, mut first) = (0, true);
    while at <= raw.len() && pieces.len() < 200 {
        let (mut name, mut value, mut quoted) = (None, Vec::new(), false);
        while at < raw.len() && raw[at] != b';' {
            match raw[at] {
                b'=' if name.is_none() && !first => {
                    name = Some(String::from_utf8_lossy(value.trim_ascii()).to_ascii_lowercase());
                    value.clear();
                }
                b'"' if value.trim_ascii().is_empty() => {
                    value.clear();
                    quoted = true;
                    at += 1;
                    while at < raw.len() && raw[at] != b'"' {
                        // Windows clients forget to escape their backslashes: only a quote or a backslash can be meant.
                        if raw[at] == b'\\' && matches!(raw.get(at + 1), Some(b'"' | b'\\')) {
                            at += 1;
                        }
                        value.push(raw[at]);
                        at += 1;
                    }
                }
                _ if quoted => {}
                byte => value.push(byte),
            }
            at += 1;
        }
        at += 1;
        let value = if quoted { value } else { value.trim_ascii().to_vec() };
        match name {
            _ if first => pieces.push((String::new(), Cow::Owned(value))),
            Some(name) if !name.is_empty() => pieces.push((name, Cow::Owned(value))),
            _ => {}
        }
        first = false;
    }
    pieces
}
