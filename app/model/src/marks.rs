//! The marks agents write into a text: `*bold*`, `_italic_`, `~struck~`, `` `code` ``, fences, `[text](address)`.
//! It reads them; what a channel makes of them is the channel's business, and the page's what they look like.

/// A piece of a marked text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// As it stands.
    Text(String),
    /// `` `code` ``.
    Code(String),
    /// Lines of code between fences.
    Block(String),
    /// `*bold*` or `**bold**`.
    Bold(Vec<Span>),
    /// `_italic_`.
    Italic(Vec<Span>),
    /// `~struck~` or `~~struck~~`.
    Strike(Vec<Span>),
    /// `[text](address)`.
    Link(String, String),
}

/// How deep marks stand in one another: bold, italic and struck. Deeper ones are text.
const DEEPEST: u32 = 3;

/// Reads marks; what is no mark stays as it is written.
#[must_use]
pub fn marks(text: &str) -> Vec<Span> {
    parse(text, DEEPEST)
}

fn parse(text: &str, deeper: u32) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let found = match c {
            '`' => code(rest),
            '[' => link(rest),
            '*' | '_' | '~' if deeper > 0 => emphasis(rest, c, before, deeper - 1),
            _ => None,
        };
        if let Some((span, length)) = found {
            if !plain.is_empty() {
                spans.push(Span::Text(std::mem::take(&mut plain)));
            }
            before = rest[..length].chars().next_back();
            rest = &rest[length..];
            spans.push(span);
        } else {
            plain.push(c);
            before = Some(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Text(plain));
    }
    spans
}

fn code(rest: &str) -> Option<(Span, usize)> {
    if let Some(inside) = rest.strip_prefix("```") {
        let end = inside.find("```")?;
        let block = inside[..end].strip_prefix('\n').unwrap_or(&inside[..end]);
        return (!block.trim().is_empty()).then(|| (Span::Block(block.trim_end_matches('\n').to_owned()), end + 6));
    }
    let inside = &rest[1..];
    let end = inside.find('`')?;
    let code = &inside[..end];
    (!code.is_empty() && !code.contains('\n')).then(|| (Span::Code(code.to_owned()), end + 2))
}

fn link(rest: &str) -> Option<(Span, usize)> {
    let middle = rest.find("](")?;
    let label = &rest[1..middle];
    let inside = &rest[middle + 2..];
    let end = inside.find([')', ' ', '\n'])?;
    let address = &inside[..end];
    let fits = inside[end..].starts_with(')') && !label.is_empty() && !label.contains(['[', '\n']);
    let known = ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| address.starts_with(scheme));
    (fits && known).then(|| (Span::Link(label.to_owned(), address.to_owned()), middle + 2 + end + 1))
}

/// A mark opens after a space or a sign and closes before one, so that `snake_case` and `2*3*4` stay.
fn emphasis(rest: &str, mark: char, before: Option<char>, deeper: u32) -> Option<(Span, usize)> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == mark) {
        return None;
    }
    let double = rest[1..].starts_with(mark) && mark != '_';
    let width = if double { 2 } else { 1 };
    let inside = rest[width..].lines().next()?;
    if inside.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let mut from = 0;
    loop {
        let end = from + inside[from..].find(&rest[..width])?;
        let content = &inside[..end];
        if content.is_empty() {
            return None;
        }
        let after = inside[end + width..].chars().next();
        let closes = !content.ends_with(char::is_whitespace) && !after.is_some_and(|c| c.is_alphanumeric() || c == mark);
        if closes {
            let inner = parse(content, deeper);
            let span = match mark {
                '*' => Span::Bold(inner),
                '_' => Span::Italic(inner),
                _ => Span::Strike(inner),
            };
            return Some((span, end + 2 * width));
        }
        from = end + width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Span {
        Span::Text(words.to_owned())
    }

    #[test]
    fn marks_stand_in_one_another_but_not_for_ever() {
        let found = marks("*a _b ~c~_* d");
        let inner = vec![text("b "), Span::Strike(vec![text("c")])];
        assert_eq!(found, [Span::Bold(vec![text("a "), Span::Italic(inner)]), text(" d")]);
        let deep = "*_~".repeat(3_000) + "x" + &"~_*".repeat(3_000);
        assert!(!marks(&deep).is_empty());
    }

    #[test]
    fn a_mark_ends_on_its_line() {
        assert_eq!(marks("*a\nb*"), [text("*a\nb*")]);
        assert_eq!(marks("*a*\n*b*"), [Span::Bold(vec![text("a")]), text("\n"), Span::Bold(vec![text("b")])]);
    }

    #[test]
    fn a_link_goes_where_links_may_go() {
        assert_eq!(marks("[x](https://a.example)"), [Span::Link("x".into(), "https://a.example".into())]);
        assert_eq!(marks("[x](javascript:alert(1))"), [text("[x](javascript:alert(1))")]);
    }
}
