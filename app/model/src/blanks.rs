//! The variables of prepared texts, `{{contact.name}}` and its like: finding them and filling them in. Other double braces are just words.

/// What a variable's name begins with.
const OF: [&str; 3] = ["contact.", "agent.", "conversation."];

/// The first variable of a text, braces included, with what stands before and after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(begin) = text[from..].find("{{").map(|at| from + at) {
        let end = begin + text[begin..].find("}}")? + 2;
        if OF.iter().any(|of| text[begin + 2..].trim_start().starts_with(of)) {
            return Some((&text[..begin], &text[begin..end], &text[end..]));
        }
        from = begin + 2;
    }
    None
}

/// The first variable that nobody has filled in.
#[must_use]
pub fn blank(text: &str) -> Option<&str> {
    next(text).map(|(_, found, _)| found)
}

/// The text with its variables filled; one whose value is none stays to be seen.
#[must_use]
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, found, after)) = next(rest) {
        out.push_str(before);
        match value(found[2..found.len() - 2].trim()) {
            Some(value) => out.push_str(&value),
            None => out.push_str(found),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_and_other_braces_are_words() {
        let value = |name: &str| (name == "contact.name").then(|| "Rui".to_owned());
        assert_eq!(fill("Olá {{ contact.name }}, {{contact.email}} {{ x }} {{", value), "Olá Rui, {{contact.email}} {{ x }} {{");
        assert_eq!(blank("Olá {{ x }} {{contact.email}}!"), Some("{{contact.email}}"));
        assert_eq!(blank("use {{ x }} no modelo, ou {{"), None);
    }
}
