//! The inbox's colour, and the text colour that can be read on it (WCAG 2.2 relative luminance).
//! The shades for links and own bubbles are derived in the style sheet.

/// The house's own colour, where an inbox has none that can be read.
pub const HOUSE: &str = "#6d4aba";

/// A colour of the form `#rrggbb`, or the house's own, with black or white to write on it: whichever stands out more.
#[must_use]
pub fn readable(colour: &str) -> (&str, &'static str) {
    let colour = if luminance(colour).is_some() { colour } else { HOUSE };
    let bright = luminance(colour).unwrap_or_default();
    let (on_white, on_black) = (1.05 / (bright + 0.05), (bright + 0.05) / 0.05);
    // White looks better wherever it is legible; between white and black one always reaches 4.5:1.
    (colour, if on_white >= 4.5 || on_white >= on_black { "#ffffff" } else { "#000000" })
}

fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let all = digits.bytes().fold(0, |sum, digit| sum * 16 + char::from(digit).to_digit(16).unwrap_or_default());
    let part = |shift: u32| {
        let value = f64::from((all >> shift) & 255) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { to_the_2_4((value + 0.055) / 1.055) }
    };
    Some(0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0))
}

/// To the power of 2.4, by roots (2 + 1/4 + 1/8 + 1/64 + 1/128 + 1/1024 + 1/2048 is 2.3999): `powf` is kilobytes of tables.
fn to_the_2_4(base: f64) -> f64 {
    let root = |value: f64, times: u32| (0..times).fold(value, |value, _| value.sqrt());
    let quarter = root(base, 2);
    let (eighth, sixty_fourth) = (root(quarter, 1), root(quarter, 4));
    let thousandth = root(sixty_fourth, 4);
    base * base * quarter * eighth * sixty_fourth * root(sixty_fourth, 1) * thousandth * root(thousandth, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_stand_in_for_the_power() {
        for step in 0..=1000 {
            let base = f64::from(step) / 1000.0;
            assert!((to_the_2_4(base) - base.powf(2.4)).abs() < 1e-4, "{base}");
        }
    }

    #[test]
    fn text_on_every_colour_has_the_contrast_of_body_text() {
        for step in 0..4096_u32 {
            let [r, g, b] = [step >> 8, (step >> 4) & 15, step & 15].map(|part| part * 17);
            let colour = format!("#{r:02x}{g:02x}{b:02x}");
            let (kept, ink) = readable(&colour);
            let (a, b) = (luminance(kept).unwrap(), luminance(ink).unwrap());
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(kept == colour && contrast >= 4.5, "{ink} on {colour} has {contrast:.2}");
        }
    }

    #[test]
    fn what_is_no_colour_becomes_the_houses() {
        for wrong in ["", "red", "#12", "#12345g", "#é12345", "url(x)"] {
            assert_eq!(readable(wrong), (HOUSE, "#ffffff"), "{wrong}");
        }
    }
}
