//! Text inside HTML, for mails, messengers that mark up with tags, and the server's own pages. What HTML means is read in `email::html`.

/// Escapes text for HTML, attribute values included. The apostrophe goes by its number, because Telegram knows four names and no others.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
