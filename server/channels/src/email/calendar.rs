//! The invitation in a mail, as a card shows it (RFC 5545, RFC 5546). It answers no invitation and knows no calendar.

use super::header::days;

/// Lines of a calendar that are looked at.
const LINES: usize = 5000;

/// An event somebody is invited to, moved, or told is off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invite {
    /// `REQUEST`, `CANCEL`, `REPLY` …, in upper case; `PUBLISH` where the calendar does not say.
    pub method: String,
    /// What it is about.
    pub summary: String,
    /// Where.
    pub location: Option<String>,
    /// When it begins.
    pub start: Option<Moment>,
    /// When it ends.
    pub end: Option<Moment>,
    /// Who invites: a name, or the address.
    pub organiser: Option<String>,
    /// The inviting address, in lower case.
    pub organiser_email: Option<String>,
    /// The event's identifier, the same in later updates.
    pub uid: Option<String>,
}

/// A moment of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// `2026-01-10T12:00`, or `2026-01-10` for a whole day, as the calendar says it.
    pub local: String,
    /// Milliseconds since 1970 where the calendar says it in UTC.
    pub utc: Option<i64>,
    /// The zone `local` is meant in, as the calendar names it.
    pub zone: Option<String>,
}

/// Reads the first event of a calendar.
#[must_use]
pub fn read(calendar: &str) -> Option<Invite> {
    let mut invite = Invite::default();
    let mut within: Vec<String> = Vec::new();
    let mut found = false;
    for line in unfold(calendar).iter().take(LINES) {
        let Some((name, parameters, value)) = property(line) else { continue };
        match (name.as_str(), within.last().map(String::as_str)) {
            ("BEGIN", _) => within.push(value.trim().to_ascii_uppercase()),
            ("END", Some("VEVENT")) => {
                found = true;
                break;
            }
            ("END", _) => {
                within.pop();
            }
            ("METHOD", Some("VCALENDAR")) => invite.method = value.trim().to_ascii_uppercase(),
            (_, Some("VEVENT")) => set(&mut invite, &name, &parameters, &value),
            _ => {}
        }
    }
    if invite.method.is_empty() {
        invite.method = "PUBLISH".to_owned();
    }
    (found || invite.start.is_some()).then_some(invite)
}

fn set(invite: &mut Invite, name: &str, parameters: &[(String, String)], value: &str) {
    let parameter = |wanted: &str| parameters.iter().find(|(known, _)| known == wanted).map(|(_, value)| value.clone());
    match name {
        "SUMMARY" => invite.summary = unescape(value),
        "LOCATION" => invite.location = Some(unescape(value)).filter(|place| !place.is_empty()),
        "UID" => invite.uid = Some(value.trim().to_owned()),
        "DTSTART" => invite.start = moment(value.trim(), parameter("TZID")),
        "DTEND" => invite.end = moment(value.trim(), parameter("TZID")),
        "ORGANIZER" => {
            let email = value.trim().get(7..).filter(|_| value.trim().to_ascii_lowercase().starts_with("mailto:")).map(str::to_lowercase);
            invite.organiser = parameter("CN").filter(|name| !name.is_empty()).or_else(|| email.clone());
            invite.organiser_email = email;
        }
        _ => {}
    }
}

/// Lines cut at 75 bytes go on after a space (RFC 5545 section 3.1).
fn unfold(calendar: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in calendar.lines().take(LINES * 4) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) if last.len() < 100_000 => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Its name, its parameters, its value.
type Property = (String, Vec<(String, String)>, String);

fn property(line: &str) -> Option<Property> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    let mut pieces = split_unquoted(head).into_iter();
    let name = pieces.next()?.trim().to_ascii_uppercase();
    let parameters = pieces
        .filter_map(|piece| piece.split_once('=').map(|(key, value)| (key.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned())))
        .collect();
    Some((name, parameters, value.to_owned()))
}

fn split_unquoted(head: &str) -> Vec<&str> {
    let mut quoted = false;
    head.split(|c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
    .collect()
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.trim().chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

fn moment(value: &str, zone: Option<String>) -> Option<Moment> {
    let digits = value.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let piece = digits.get(range)?;
        piece.iter().all(u8::is_ascii_digit).then(|| piece.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if digits.get(8) != Some(&b'T') {
        return Some(Moment { local: format!("{year:04}-{month:02}-{day:02}"), utc: None, zone });
    }
    let (hour, minute, second) = (number(9..11)?, number(11..13)?, number(13..15).unwrap_or(0));
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let utc = value.ends_with('Z').then(|| (((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000);
    Some(Moment { local: format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"), utc, zone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_a_card() {
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nSUMMARY:Visita\\, téc\r\n nica\r\nDTSTART;TZID=\"America/Sao_Paulo\":20260110T090000\r\nDTEND:20260110T130000Z\r\n\
            ORGANIZER;CN=\"Ana: Souza\":MAILTO:Ana@cust.test\r\nBEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nLOCATION:\r\nEND:VEVENT\r\nEND:VCALENDAR";
        let invite = read(calendar).expect("an event");
        assert_eq!((invite.method.as_str(), invite.summary.as_str()), ("REQUEST", "Visita, técnica"));
        assert_eq!(invite.start, Some(Moment { local: "2026-01-10T09:00".into(), utc: None, zone: Some("America/Sao_Paulo".into()) }));
        assert_eq!(invite.end.and_then(|end| end.utc), Some(1_768_050_000_000));
        assert_eq!((invite.organiser.as_deref(), invite.organiser_email.as_deref()), (Some("Ana: Souza"), Some("ana@cust.test")));
        assert_eq!(invite.location, None);
    }

    #[test]
    fn whole_days_and_nonsense() {
        let day = |value: &str| {
            read(&format!("BEGIN:VEVENT\nDTSTART;VALUE=DATE:{value}\nEND:VEVENT")).and_then(|invite| invite.start).map(|start| start.local)
        };
        assert_eq!(day("20260110").as_deref(), Some("2026-01-10"));
        assert_eq!(day("2026é"), None);
        assert_eq!(read("hello"), None);
    }
}
