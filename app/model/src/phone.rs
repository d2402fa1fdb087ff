//! Telephone numbers: E.164, and the numbers that are one and the same line written differently. It knows no carrier and calls nobody.

/// An international number as E.164 (ITU-T E.164: `+` and at most fifteen digits); spaces, dots, dashes, slashes and brackets are dropped.
#[must_use]
pub fn e164(text: &str) -> Option<String> {
    let kept: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '(' | ')' | '/')).collect();
    let digits = kept.strip_prefix('+')?;
    let fits = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fits.then_some(kept)
}

/// A number as people dial it where they are, as E.164; other countries' numbers bring their `+`. In Portuguese the country is Brazil, where
/// a number is an area of two digits and eight or nine more (Anatel, Resolution 749/2022), perhaps after a 0.
#[must_use]
pub fn dialled(text: &str, language: crate::Language) -> String {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    match language {
        crate::Language::Portuguese if !text.starts_with('+') && matches!(digits.len(), 10 | 11) => format!("+55{digits}"),
        crate::Language::Portuguese if !text.starts_with('+') && digits.starts_with("55") && matches!(digits.len(), 12 | 13) => {
            format!("+{digits}")
        }
        _ => text.to_owned(),
    }
}

/// The same line as other systems may write it, the given form first. Brazil put a 9 before mobile numbers (Anatel, 2012–2016), Mexico
/// took away the 1 after the country (2019) and Argentina has a 9 that only calls from abroad need; providers still send both forms.
#[must_use]
pub fn phone_forms(e164: &str) -> Vec<String> {
    let mut forms = vec![e164.to_owned()];
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return forms;
    }
    let other = if let Some(rest) = digits.strip_prefix("55") {
        match rest.len() {
            // Area, then the ninth digit, then a number that begins as mobiles do.
            11 if &rest[2..3] == "9" && mobile(&rest[3..]) => Some(format!("+55{}{}", &rest[..2], &rest[3..])),
            10 if mobile(&rest[2..]) => Some(format!("+55{}9{}", &rest[..2], &rest[2..])),
            _ => None,
        }
    } else if let Some(rest) = digits.strip_prefix("52") {
        match rest.len() {
            11 if rest.starts_with('1') => Some(format!("+52{}", &rest[1..])),
            10 => Some(format!("+521{rest}")),
            _ => None,
        }
    } else if let Some(rest) = digits.strip_prefix("54") {
        match rest.len() {
            11 if rest.starts_with('9') => Some(format!("+54{}", &rest[1..])),
            10 => Some(format!("+549{rest}")),
            _ => None,
        }
    } else {
        None
    };
    forms.extend(other);
    forms
}

/// Brazilian mobile numbers began with 6 to 9 when the ninth digit came; landlines begin with 2 to 5 and never have it.
fn mobile(local: &str) -> bool {
    matches!(local.as_bytes().first(), Some(b'6'..=b'9'))
}

/// Whether two numbers are one line.
#[must_use]
pub fn same_line(a: &str, b: &str) -> bool {
    a == b || phone_forms(a).iter().any(|form| form == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_e164() {
        assert_eq!(e164("+55 (11) 91234-5678").as_deref(), Some("+5511912345678"));
        for bad in ["11 91234-5678", "+", "+55abc", "+0551191234", "+12345678901234567"] {
            assert_eq!(e164(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_dialled_at_home_are_brazilian_in_portuguese() {
        use crate::Language::{English, Portuguese};
        for text in ["11 91234-5678", "(011) 91234-5678", "5511912345678", "+5511912345678"] {
            assert_eq!(e164(&dialled(text, Portuguese)).as_deref(), Some("+5511912345678"), "{text}");
        }
        assert_eq!(dialled("11 91234-5678", English), "11 91234-5678");
        assert_eq!(dialled("maria", Portuguese), "maria");
    }

    #[test]
    fn forms_of_one_line_meet_both_ways() {
        for (a, b) in [("+5511987654321", "+551187654321"), ("+5215512345678", "+525512345678"), ("+5491123456789", "+541123456789")] {
            assert_eq!(phone_forms(a), [a, b]);
            assert_eq!(phone_forms(b), [b, a]);
            assert!(same_line(a, b) && same_line(b, a));
        }
    }

    #[test]
    fn other_lines_have_one_form() {
        // A landline of São Paulo, a number that is too short, other countries.
        for one in ["+551132345678", "+55119876", "+351912345678", "+14155550123", "visitor"] {
            assert_eq!(phone_forms(one), [one]);
        }
        assert!(!same_line("+5511987654321", "+5521987654321"));
    }
}
