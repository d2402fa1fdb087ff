//! Dates as mails carry them, and the calendar arithmetic behind. It knows no clock.

/// A date of RFC 5322 in milliseconds since 1970 UTC; obsolete zones, two-digit years, missing seconds and asctime's order are understood.
#[must_use]
pub fn date(value: &str) -> Option<i64> {
    let value = value.get(..value.len().min(200)).unwrap_or_default();
    let (mut day, mut month, mut year, mut time, mut zone) = (None, None, None, None, 0);
    for word in value.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).filter(|word| !word.is_empty()) {
        let number = word.parse::<i64>().ok().filter(|_| word.bytes().all(|b| b.is_ascii_digit()));
        if word.contains(':') {
            time = time.or(clock(word));
        } else if let Some(number) = number {
            match (day, year) {
                (None, _) if word.len() <= 2 => day = Some(number),
                (_, None) => year = Some(number),
                _ => {}
            }
        } else if let (Some(_), Some(offset)) = (time, offset(word)) {
            zone = offset;
            break;
        } else if let (None, Some(name)) = (month, word.get(..3)) {
            month = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month)).map(|at| at as i64 + 1);
        }
    }
    let (day, month, year, time) = (day?, month?, year?, time?);
    let year = match year {
        0..50 => year + 2000,
        50..1000 => year + 1900,
        _ => year,
    };
    if !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    Some(((days(year, month, day) * 24 * 60 - zone) * 60 + time) * 1000)
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn clock(word: &str) -> Option<i64> {
    let mut parts = word.split(':').map(|part| part.split('.').next().unwrap_or_default().parse::<i64>());
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let second = parts.next().and_then(Result::ok).unwrap_or(0);
    ((0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second)).then_some((hour * 60 + minute) * 60 + second)
}

/// A zone's minutes east of Greenwich; the military letters all mean "unknown" (RFC 5322 section 4.3).
fn offset(word: &str) -> Option<i64> {
    let named = match word.to_ascii_uppercase().as_str() {
        "UT" | "UTC" | "GMT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => 99,
    };
    if named != 99 {
        return Some(named * 60);
    }
    let (sign, digits) = match word.as_bytes().first()? {
        b'+' => (1, &word[1..]),
        b'-' => (-1, &word[1..]),
        _ => return None,
    };
    let number = digits.parse::<i64>().ok().filter(|number| digits.len() == 4 && (0..=1400).contains(number))?;
    Some(sign * (number / 100 * 60 + number % 100))
}

/// Days since 1970 of a date of the Gregorian calendar.
pub(in crate::email) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
