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
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_default()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4))
}

#[cfg(test)]
mod tests {
    use super::*;

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
