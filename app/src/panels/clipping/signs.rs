//! The signs around the pieces of a pasted line. What they mean is said in `model::marks`.

use super::Style;

/// Sets the marks around pieces of a line, the wider outside. Where a mark would not be read as one, there is none.
pub fn mark(runs: &[(String, Style)], depth: usize, after: Option<char>, out: &mut String) {
    let wears = |style: &Style| match depth {
        0 => style.bold,
        1 => style.italic,
        _ => style.strike,
    };
    let Some(sign) = ['*', '_', '~'].get(depth).copied() else {
        return runs.iter().for_each(|(words, style)| leaf(words, style, out));
    };
    let mut rest = runs;
    while let Some((_, first)) = rest.first() {
        let on = wears(first);
        let length = rest.iter().take_while(|(_, style)| wears(style) == on).count();
        let (group, later) = rest.split_at(length);
        rest = later;
        let next = later.first().and_then(|(words, _)| words.chars().next()).or(after);
        let mut inner = String::new();
        mark(group, depth + 1, next, &mut inner);
        let words = inner.trim();
        let lead = inner.len() - inner.trim_start().len();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == sign);
        let (open, close) =
            (if lead > 0 { Some(' ') } else { out.chars().next_back() }, inner.chars().next_back().filter(|c| *c == ' ').or(next));
        if on && !words.is_empty() && !words.contains(sign) && !joins(open) && !joins(close) {
            out.push_str(&inner[..lead]);
            out.push(sign);
            out.push_str(words);
            out.push(sign);
            out.push_str(&inner[lead + words.len()..]);
        } else {
            out.push_str(&inner);
        }
    }
}

fn leaf(words: &str, style: &Style, out: &mut String) {
    let bare = words.trim();
    match &style.link {
        // An address that is shown as it is needs no words.
        Some(link) if [link.as_ref(), link.strip_prefix("mailto:").unwrap_or_default()].contains(&bare) => out.push_str(words),
        Some(link) if !bare.is_empty() => {
            let (before, after) = words.split_once(bare).unwrap_or_default();
            let label = bare.replace('[', "(").replace(']', ")");
            out.extend([before, "[", &label, "](", link, ")", after]);
        }
        None if style.code && !bare.is_empty() && !bare.contains('`') => {
            let (before, after) = words.split_once(bare).unwrap_or_default();
            out.extend([before, "`", bare, "`", after]);
        }
        _ => out.push_str(words),
    }
}
