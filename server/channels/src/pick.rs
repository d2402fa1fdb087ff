//! Lenient reading of providers' JSON: an absent, null or odd value is nothing, so that one surprise never loses its neighbours. It knows
//! no provider.

use model::Timestamp;
use serde_json::Value;

static NULL: Value = Value::Null;

/// Looking into a tree by a path of keys with dots.
pub(crate) trait Pick {
    /// What stands there, or null.
    fn at(&self, path: &str) -> &Value;

    /// Text, or a number in digits (providers write ids as both); nothing when empty.
    fn text(&self, path: &str) -> Option<String> {
        match self.at(path) {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number, also when written as text.
    fn whole(&self, path: &str) -> Option<i64> {
        match self.at(path) {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().filter(|f| f.abs() < 9e15).map(|f| f as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A number, also when written as text.
    fn real(&self, path: &str) -> Option<f64> {
        match self.at(path) {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .filter(|number| number.is_finite())
    }

    /// Whether it says yes.
    fn yes(&self, path: &str) -> bool {
        match self.at(path) {
            Value::Bool(yes) => *yes,
            Value::String(text) => text == "true",
            _ => false,
        }
    }

    /// Whether something stands there.
    fn has(&self, path: &str) -> bool {
        !self.at(path).is_null()
    }

    /// The items of a list; of anything else none.
    fn list(&self, path: &str) -> &[Value] {
        self.at(path).as_array().map_or(&[], Vec::as_slice)
    }

    /// A moment in seconds.
    fn seconds(&self, path: &str) -> Option<Timestamp> {
        self.whole(path).and_then(|seconds| seconds.checked_mul(1000)).filter(|at| *at > 0).map(Timestamp)
    }

    /// A moment in milliseconds.
    fn millis(&self, path: &str) -> Option<Timestamp> {
        self.whole(path).filter(|at| *at > 0).map(Timestamp)
    }

    /// A moment in RFC 3339.
    fn moment(&self, path: &str) -> Option<Timestamp> {
        self.at(path).as_str().and_then(rfc3339)
    }

    /// A media type without its parameters.
    fn mime(&self, path: &str) -> Option<String> {
        self.text(path).map(|mime| bare(&mime)).filter(|mime| !mime.is_empty())
    }
}

impl Pick for Value {
    fn at(&self, path: &str) -> &Value {
        path.split('.').try_fold(self, |tree, key| tree.get(key)).unwrap_or(&NULL)
    }
}

/// A media type without its parameters, in lower case.
pub(crate) fn bare(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The parts that are there, with commas between.
pub(crate) fn joined(parts: &[Option<String>]) -> String {
    parts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// `2026-03-01T12:00:00.123Z`, with any offset, as milliseconds.
pub(crate) fn rfc3339(text: &str) -> Option<Timestamp> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let mut rest = text.get(19..)?;
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.len() - fraction.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        millis = format!("{:0<3.3}", &fraction[..digits]).parse().ok()?;
        rest = &fraction[digits..];
    }
    let offset = match rest.as_bytes() {
        [b'Z' | b'z'] | [] => 0,
        [sign @ (b'+' | b'-'), ..] if rest.len() >= 6 => {
            let minutes = rest.get(1..3)?.parse::<i64>().ok()? * 60 + rest.get(4..6)?.parse::<i64>().ok()?;
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days from the civil calendar, counting years from March.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some(Timestamp((((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + millis))
}

/// A phone as `+` and digits, when it is written as one that can be dialled anywhere: 7 to 15 digits (E.164).
pub(crate) fn phone(digits: &str) -> Option<String> {
    let digits = digits.trim_start_matches('+');
    (7..=15).contains(&digits.len()).then_some(())?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| format!("+{digits}"))
}

/// The file's name at the end of an address, where it looks like one.
pub(crate) fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let last = path.split("://").nth(1)?.rsplit_once('/')?.1;
    let name = form_urlencoded::parse(last.replace('+', "%2B").as_bytes()).next()?.0.into_owned();
    (name.contains('.') && !name.starts_with('.') && name.len() <= 255).then_some(name)
}

/// The words by which people on SMS ask for no more messages, or for messages again (CTIA); carriers honour them, too.
pub(crate) fn opted(text: &str) -> Option<crate::Signal> {
    match text.trim().to_ascii_uppercase().as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "OPTOUT" | "REVOKE" => Some(crate::Signal::OptOut),
        "START" | "UNSTOP" => Some(crate::Signal::OptIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn moments_are_read_with_their_offset() {
        assert_eq!(rfc3339("2026-03-01T12:00:00Z"), Some(Timestamp(1_772_366_400_000)));
        assert_eq!(rfc3339("2026-03-01T12:00:00.123Z"), Some(Timestamp(1_772_366_400_123)));
        assert_eq!(rfc3339("2026-03-01T09:00:00.1-03:00"), Some(Timestamp(1_772_366_400_100)));
        assert_eq!(rfc3339("1970-01-01T00:00:00+00:00"), Some(Timestamp(0)));
        for bad in ["", "yesterday", "2026-13-01T00:00:00Z", "2026-03-01T12:00:00 nonsense", "2026-03-01"] {
            assert_eq!(rfc3339(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_are_found_at_the_end_of_addresses() {
        assert_eq!(file_name("https://c.example/a/photo%20one.jpg?x=/y.png").as_deref(), Some("photo one.jpg"));
        for none in ["https://c.example", "https://c.example/", "https://c.example/media", "photo.jpg", "https://c.example/.hidden"] {
            assert_eq!(file_name(none), None, "{none}");
        }
    }

    #[test]
    fn odd_values_are_nothing() {
        let tree = json!({"a": {"b": "7", "c": null, "d": 2.5}, "e": "", "f": 9_000_000_000_143_i64});
        assert_eq!((tree.whole("a.b"), tree.text("a.c"), tree.text("e"), tree.real("a.d")), (Some(7), None, None, Some(2.5)));
        assert_eq!((tree.text("f").as_deref(), tree.text("a.b.c"), tree.list("a").len()), (Some("9000000000143"), None, 0));
    }
}
