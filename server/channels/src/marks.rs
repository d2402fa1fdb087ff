//! What channels make of the marks agents write (`model::marks`). It knows dialects, not providers' calls.

use crate::escape;
use model::{Span, TextUnit, marks as parse};

/// Without any marks; links are written out.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_plain(&parse(text), &mut out);
    out
}

fn write_plain(spans: &[Span], out: &mut String) {
    for span in spans {
        match span {
            Span::Text(text) | Span::Code(text) | Span::Block(text) => out.push_str(text),
            Span::Bold(inner) | Span::Italic(inner) | Span::Strike(inner) => write_plain(inner, out),
            Span::Link(label, address) => write_link(label, address, out),
        }
    }
}

fn write_link(label: &str, address: &str, out: &mut String) {
    if label == address {
        out.push_str(address);
    } else {
        out.push_str(&format!("{label} ({address})"));
    }
}

/// As WhatsApp marks: `*bold*`, `_italic_`, `~struck~`, three backticks for code; links are written out.
pub(crate) fn whatsapp(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_whatsapp(&parse(text), &mut out);
    out
}

fn write_whatsapp(spans: &[Span], out: &mut String) {
    for span in spans {
        let (mark, inner) = match span {
            Span::Text(text) => {
                out.push_str(text);
                continue;
            }
            Span::Code(code) => {
                out.push_str(&format!("`{code}`"));
                continue;
            }
            Span::Block(code) => {
                out.push_str(&format!("```{code}```"));
                continue;
            }
            Span::Link(label, address) => {
                write_link(label, address, out);
                continue;
            }
            Span::Bold(inner) => ('*', inner),
            Span::Italic(inner) => ('_', inner),
            Span::Strike(inner) => ('~', inner),
        };
        out.push(mark);
        write_whatsapp(inner, out);
        out.push(mark);
    }
}

/// As the few tags of HTML that Telegram knows, everything else escaped.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_html(&parse(text), &mut out);
    out
}

fn write_html(spans: &[Span], out: &mut String) {
    for span in spans {
        let (tag, inner) = match span {
            Span::Text(text) => {
                out.push_str(&escape(text));
                continue;
            }
            Span::Code(code) => {
                out.push_str(&format!("<code>{}</code>", escape(code)));
                continue;
            }
            Span::Block(code) => {
                out.push_str(&format!("<pre>{}</pre>", escape(code)));
                continue;
            }
            Span::Link(label, address) => {
                out.push_str(&format!("<a href=\"{}\">{}</a>", escape(address), escape(label)));
                continue;
            }
            Span::Bold(inner) => ("b", inner),
            Span::Italic(inner) => ("i", inner),
            Span::Strike(inner) => ("s", inner),
        };
        out.push_str(&format!("<{tag}>"));
        write_html(inner, out);
        out.push_str(&format!("</{tag}>"));
    }
}

/// Cuts a text into pieces of at most `limit` units, at the last line or space where there is one.
pub(crate) fn cut(text: &str, limit: usize, unit: TextUnit) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while unit.count(rest) > limit {
        let mut used = 0;
        let mut end = rest.len();
        let mut buffer = [0; 4];
        for (at, c) in rest.char_indices() {
            used += unit.count(c.encode_utf8(&mut buffer));
            if used > limit {
                end = at;
                break;
            }
        }
        let head = &rest[..end];
        let soft = head.rfind('\n').or_else(|| head.rfind(' ')).filter(|at| *at > end / 2).unwrap_or(end);
        let soft = if soft == 0 { rest.chars().next().map_or(rest.len(), char::len_utf8) } else { soft };
        pieces.push(rest[..soft].to_owned());
        rest = rest[soft..].trim_start_matches([' ', '\n']);
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_each_dialect() {
        let text = "*Hi* _you_ ~no~ `a<b` [shop](https://s.example/?a=1&b=2)";
        assert_eq!(html(text), "<b>Hi</b> <i>you</i> <s>no</s> <code>a&lt;b</code> <a href=\"https://s.example/?a=1&amp;b=2\">shop</a>");
        assert_eq!(whatsapp(text), "*Hi* _you_ ~no~ `a<b` shop (https://s.example/?a=1&b=2)");
        assert_eq!(plain(text), "Hi you no a<b shop (https://s.example/?a=1&b=2)");
        assert_eq!(html("```\nlet a = 1 < 2;\n```"), "<pre>let a = 1 &lt; 2;</pre>");
        assert_eq!((html("**both _of_ them**"), whatsapp("**both**")), ("<b>both <i>of</i> them</b>".into(), "*both*".into()));
    }

    #[test]
    fn what_is_no_mark_stays() {
        for text in [
            "2*3*4",
            "snake_case_name",
            "* item",
            "*open",
            "a ** b",
            "``",
            "[x](javascript:alert(1))",
            "[x] (y)",
            "_",
            "~~",
            "*a\nb*",
            "1_000_000",
        ] {
            assert_eq!(plain(text), text, "{text}");
            assert_eq!(whatsapp(text), text, "{text}");
        }
        assert_eq!(html("<script>&</script>"), "&lt;script&gt;&amp;&lt;/script&gt;");
    }

    #[test]
    fn long_texts_are_cut_at_spaces_and_never_in_a_character() {
        let text = "olá ".repeat(30);
        let pieces = cut(&text, 50, TextUnit::Bytes);
        assert!(pieces.iter().all(|p| p.len() <= 50) && pieces.len() > 1);
        assert_eq!(pieces.join(" ").trim(), text.trim());
        assert_eq!(cut("👍👍👍", 4, TextUnit::Utf16), ["👍👍", "👍"]);
        assert_eq!(cut("👍", 1, TextUnit::Bytes), ["👍"], "a limit below one character never loops");
        assert!(cut("", 10, TextUnit::Chars).is_empty());
    }
}
