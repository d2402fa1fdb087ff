//! Moments as API clients write and read them: seconds since 1970 and ISO 8601. It knows no clock.

use model::Timestamp;

/// Whole seconds since 1970; 0 where there is none, as the ecosystem's clients expect.
pub(crate) fn seconds(at: Option<Timestamp>) -> i64 {
    at.map_or(0, |t| t.0.div_euclid(1000))
}

/// `2026-01-05T13:00:00.000Z` (RFC 3339, in UTC).
pub fn iso(at: Timestamp) -> String {
    let (days, millis) = (at.0.div_euclid(86_400_000), at.0.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (hour, minute, second, fraction) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
}

/// A moment as clients give it: seconds since 1970 as a number or its digits, or ISO 8601 with an offset; without one it is UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return (0..=253_402_300_799).contains(&seconds).then(|| Timestamp(seconds * 1000));
    }
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let mut next = || parts.next()?.parse::<i64>().ok();
    let (year, month, day) = (next()?, next()?, next()?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut millis = days(year, month, day) * 86_400_000;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else { return rest.is_empty().then_some(Timestamp(millis)) };
    let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let (clock, fraction) = clock.trim().split_once('.').unwrap_or((clock.trim(), ""));
    let mut units = clock.split(':');
    let mut unit = |most: i64| match units.next() {
        None => Some(0),
        Some(text) => text.parse::<i64>().ok().filter(|n| (0..=most).contains(n)),
    };
    millis += unit(23)? * 3_600_000 + unit(59)? * 60_000 + unit(60)? * 1000;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    millis += digits.parse::<i64>().ok()?;
    if let Some(sign) = zone.chars().next().filter(|c| matches!(c, '+' | '-')) {
        let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
        let (hours, minutes) = (digits.get(..2)?.parse::<i64>().ok()?, digits.get(2..4).unwrap_or("00").parse::<i64>().ok()?);
        let offset = (hours * 60 + minutes) * 60_000;
        millis += if sign == '+' { -offset } else { offset };
    }
    Some(Timestamp(millis))
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// The way back (`days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_go_there_and_back() {
        for text in ["1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "2026-01-05T13:00:00.000Z", "9999-12-31T00:00:00.000Z"] {
            assert_eq!(iso(moment(text).unwrap()), text);
        }
        assert_eq!(moment("1767618000"), moment("2026-01-05T13:00:00Z"));
        assert_eq!(moment("2026-01-05T10:00:00-03:00"), moment("2026-01-05 13:00:00"));
        for bad in ["", "tomorrow", "2026-13-01", "2026-01-05T25:00:00Z", "2026-01-05x", "-5", "99999999999999999"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
