//! The forms of IMAP: what is written for a server, and what its answers say, as text. Nothing here waits for anybody.

use super::{ImapError, Response};
use crate::email::header;

pub(super) fn finish(done: &str) -> Result<(), ImapError> {
    match done.split_ascii_whitespace().next().map(str::to_ascii_uppercase).as_deref() {
        Some("OK") => Ok(()),
        _ if done.to_ascii_lowercase().contains("please relogin") => Err(ImapError::Lost(clip(done))),
        _ => Err(ImapError::Refused(clip(done))),
    }
}

pub(super) fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// The length of a literal announced at the end of a line: `{123}`, `{123+}` or `~{123}`.
pub(super) fn literal(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = line[open + 1..].strip_suffix(b"+").unwrap_or(&line[open + 1..]);
    std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

pub(super) fn number(text: &str) -> Option<u64> {
    let digits: &str = text.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// `05-Jan-2026 10:00:00 -0300` in milliseconds since 1970.
pub(super) fn internal_date(text: &str) -> Option<i64> {
    let (day, time) = text.split('"').next()?.trim_start().split_once(' ')?;
    header::date(&format!("{} {time}", day.replace('-', " ")))
}

/// What follows an item's name in a FETCH answer; names begin after a space or the bracket.
pub(super) fn fetch_item(text: &str, name: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    if !upper.get(..upper.len().min(60))?.contains(" FETCH (") {
        return None;
    }
    let at = upper.match_indices(name).find(|(at, _)| upper[..*at].ends_with([' ', '(']))?.0;
    Some(text[at + name.len()..].to_owned())
}

/// The body in a FETCH answer: a literal, or a quoted string where a server finds it short enough.
pub(super) fn body_of(response: &mut Response) -> Option<Vec<u8>> {
    if let Some(literal) = response.literals.pop() {
        return Some(literal);
    }
    let text = response.text();
    let after = text.rsplit_once("] ")?.1;
    let Some(quoted) = after.strip_prefix('"') else { return after.to_ascii_uppercase().starts_with("NIL").then(Vec::new) };
    let mut out = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => out.extend(characters.next()),
            other => out.push(other),
        }
    }
    Some(out.into_bytes())
}

/// A quoted string; what cannot stand in one is refused rather than sent as something else.
pub(super) fn quoted(text: &str) -> Result<String, ImapError> {
    if text.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err(ImapError::Refused("a character this server cannot be told".to_owned()));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A set of UIDs, runs shortened: `1:3,7`.
pub(super) fn set(uids: impl Iterator<Item = u32>) -> String {
    let mut out = String::new();
    let mut run: Option<(u32, u32)> = None;
    let push = |(from, to): (u32, u32), out: &mut String| {
        let comma = if out.is_empty() { "" } else { "," };
        out.push_str(&if from == to { format!("{comma}{from}") } else { format!("{comma}{from}:{to}") });
    };
    for uid in uids {
        match &mut run {
            Some((_, to)) if uid == to.wrapping_add(1) => *to = uid,
            _ => {
                if let Some(done) = run.replace((uid, uid)) {
                    push(done, &mut out);
                }
            }
        }
    }
    if let Some(done) = run {
        push(done, &mut out);
    }
    out
}

/// A day as SEARCH wants it: `05-Jan-2026`.
pub(super) fn imap_day(milliseconds: i64) -> String {
    let day = milliseconds.div_euclid(86_400_000);
    let mut year = 1970 + day.div_euclid(366);
    while header::days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| header::days(year, *month, 1) <= day).unwrap_or(1);
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{:02}-{}-{year:04}", day - header::days(year, month, 1) + 1, names[(month - 1) as usize])
}

/// A folder's name as IMAP writes it (RFC 3501 section 5.1.3): UTF-16 in a base64 of its own between `&` and `-`.
pub(super) fn modified_utf7(name: &str) -> String {
    let mut out = String::new();
    let mut wide: Vec<u8> = Vec::new();
    let flush = |wide: &mut Vec<u8>, out: &mut String| {
        if !wide.is_empty() {
            let text = encode(wide).trim_end_matches('=').replace('/', ",");
            out.push_str(&format!("&{text}-"));
            wide.clear();
        }
    };
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut wide, &mut out);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            wide.extend(character.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

pub(super) fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            out.push(if place <= group.len() { char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]) } else { '=' });
        }
    }
    out
}
