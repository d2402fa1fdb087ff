//! Whole numbers and file sizes as the language writes them, the same on server and browser so that hydration agrees.
//! It does no rounding of money and no dates.

use model::Language;

/// A whole number with its thousands grouped, as `Intl.NumberFormat` writes it.
#[must_use]
pub fn integer(language: Language, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let separator = match language {
        Language::Portuguese => '.',
        Language::English => ',',
    };
    let mut out = String::with_capacity(digits.len() * 2);
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A file size to one decimal at most: `812 B`, `1,4 MB`.
#[must_use]
pub fn size(language: Language, bytes: i64) -> String {
    let comma = match language {
        Language::Portuguese => ',',
        Language::English => '.',
    };
    let mut unit = "B";
    let mut tenths = bytes.max(0).saturating_mul(10);
    for next in ["KB", "MB", "GB"] {
        if tenths < 10_000 {
            break;
        }
        tenths /= 1000;
        unit = next;
    }
    match (tenths % 10, tenths >= 1000) {
        (0, _) | (_, true) => format!("{} {unit}", tenths / 10),
        (tenth, false) => format!("{}{comma}{tenth} {unit}", tenths / 10),
    }
}

/// A phone number in E.164 as people read it; Brazilian ones with area code and hyphen, others by country code.
#[must_use]
pub fn phone(number: &str) -> String {
    let Some(national) = number.strip_prefix("+55").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())) else {
        return number.to_owned();
    };
    match national.len() {
        10 => format!("+55 ({}) {}-{}", &national[..2], &national[2..6], &national[6..]),
        11 => format!("+55 ({}) {}-{}", &national[..2], &national[2..7], &national[7..]),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_by_language() {
        assert_eq!(integer(Language::Portuguese, 1_234_567), "1.234.567");
        assert_eq!(integer(Language::English, -1000), "-1,000");
        assert_eq!(integer(Language::English, 999), "999");
    }

    #[test]
    fn brazilian_phones_are_grouped() {
        assert_eq!(phone("+5511912345678"), "+55 (11) 91234-5678");
        assert_eq!(phone("+551112345678"), "+55 (11) 1234-5678");
        assert_eq!(phone("+14155550123"), "+14155550123");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(Language::Portuguese, 812), "812 B");
        assert_eq!(size(Language::Portuguese, 1_400_000), "1,4 MB");
        assert_eq!(size(Language::English, 12_000), "12 KB");
        assert_eq!(size(Language::English, 240_900), "240 KB");
    }
}
