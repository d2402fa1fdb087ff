//! Text out of HTML and HTML out of text, for mails that bring only one of them. It formats nothing and keeps no quote apart.

use super::html::{Ahead, Token, Tokens, attribute, unescape};
use crate::escape;

/// Elements whose content is no part of the message.
const UNSEEN: &[&str] = &["head", "noscript", "template", "object", "svg", "math", "select", "xml"];
/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "table",
    "tr",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "center",
    "section",
    "article",
    "header",
    "footer",
    "address",
    "form",
    "dl",
    "dt",
    "dd",
    "fieldset",
    "body",
];

/// The text a person would read in this HTML, a line for a line; links keep their address where the words do not show it.
#[must_use]
pub fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    let mut ahead = Ahead::new(html);
    let mut unseen: Option<(String, usize)> = None;
    let mut link: Option<(String, usize)> = None;
    for token in Tokens::new(html) {
        if let Some((name, depth)) = &mut unseen {
            match &token {
                Token::Start(tag, _, _) if tag == name => *depth += 1,
                Token::End(tag, _) if tag == name => *depth -= 1,
                // A body begins whether or not the head was closed.
                Token::Start(tag, _, _) if tag == "body" => *depth = 0,
                _ => {}
            }
            if *depth == 0 {
                unseen = None;
            }
            continue;
        }
        match token {
            Token::Start(name, attributes, range) => match name.as_ref() {
                "br" => writer.newline(),
                "li" => {
                    writer.block();
                    writer.word("- ");
                }
                "td" | "th" => writer.space(),
                "pre" => {
                    writer.block();
                    writer.pre += 1;
                }
                "a" => link = attribute(attributes, "href").map(|href| (href.into_owned(), writer.out.len())),
                name if UNSEEN.contains(&name) && ahead.closes(name, range.end) => unseen = Some((name.to_owned(), 1)),
                "p" => writer.paragraph(),
                name if BLOCKS.contains(&name) => writer.block(),
                _ => {}
            },
            Token::End(name, _) => match name.as_ref() {
                "a" => {
                    if let Some((href, from)) = link.take() {
                        writer.link(&href, from);
                    }
                }
                "pre" => {
                    writer.pre = writer.pre.saturating_sub(1);
                    writer.block();
                }
                "p" => writer.paragraph(),
                name if BLOCKS.contains(&name) => writer.block(),
                _ => {}
            },
            Token::Text(text, _) => writer.text(&unescape(text)),
        }
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    spaced: bool,
    pre: usize,
    gap: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            self.open();
            self.out.push_str(text);
            return;
        }
        for character in text.chars() {
            match character {
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.spaced = true,
                // What mail designers pad their preview line with.
                '\u{200b}' | '\u{200c}' | '\u{34f}' | '\u{ad}' | '\u{feff}' => {}
                '\u{a0}' => {
                    self.open();
                    self.out.push(' ');
                }
                other => {
                    self.open();
                    self.out.push(other);
                }
            }
        }
    }

    /// Writes what is due before the next character: line breaks, or one space.
    fn open(&mut self) {
        if self.gap > 0 {
            if !self.out.is_empty() {
                let trimmed = self.out.trim_end_matches(' ').len();
                self.out.truncate(trimmed);
                let there = self.out.bytes().rev().take_while(|b| *b == b'\n').count();
                self.out.extend(std::iter::repeat_n('\n', self.gap.saturating_sub(there)));
            }
            self.gap = 0;
        } else if self.spaced && !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.out.push(' ');
        }
        self.spaced = false;
    }

    fn word(&mut self, word: &str) {
        self.open();
        self.out.push_str(word);
    }

    fn space(&mut self) {
        self.spaced = true;
    }

    fn newline(&mut self) {
        if self.gap > 0 {
            self.open();
        }
        self.out.push('\n');
        self.spaced = false;
    }

    fn block(&mut self) {
        self.gap = self.gap.max(1);
    }

    fn paragraph(&mut self) {
        self.gap = 2;
    }

    fn link(&mut self, href: &str, from: usize) {
        let href = href.trim();
        let shown = self.out.get(from..).unwrap_or_default().trim();
        let web = href.starts_with("https://") || href.starts_with("http://");
        if web && !shown.is_empty() && href.len() <= 500 && !shown.contains(href.trim_end_matches('/')) && !href.contains(shown) {
            let address = format!(" <{}>", href.replace(['\n', '\r', '<', '>'], ""));
            self.out.push_str(&address);
        }
    }

    fn finish(self) -> String {
        let mut out = String::with_capacity(self.out.len());
        let mut empty = 0;
        for line in self.out.lines() {
            let line = line.trim_end();
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty < 3 {
                out.push_str(line);
                out.push('\n');
            }
        }
        out.trim_matches('\n').to_owned()
    }
}

/// Text as HTML: escaped, line breaks kept, web and mail addresses made links.
#[must_use]
pub fn to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("<br>\n");
        }
        for (place, word) in line.split(' ').enumerate() {
            if place > 0 {
                out.push(' ');
            }
            push_word(&mut out, word);
        }
    }
    out
}

fn push_word(out: &mut String, word: &str) {
    let start = word.find("https://").or_else(|| word.find("http://"));
    let Some(start) = start else {
        out.push_str(&escape(word));
        return;
    };
    let (before, address) = word.split_at(start);
    let address = &address[..address.find(['<', '>', '"', '\'', '`']).unwrap_or(address.len())];
    let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*']);
    let after = &word[start + trimmed.len()..];
    out.push_str(&escape(before));
    if trimmed.len() > "https://".len() {
        let escaped = escape(trimmed);
        out.push_str(&format!("<a href=\"{escaped}\">{escaped}</a>"));
    } else {
        out.push_str(&escape(trimmed));
    }
    out.push_str(&escape(after));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_reads_as_lines() {
        assert_eq!(
            from_html("<head><title>x</title></head><body><p>One\n two</p><p>three<br>four</p><div>a</div><div>b</div>"),
            "One two\n\nthree\nfour\n\na\nb"
        );
        assert_eq!(from_html("<ul><li>a<li>b</ul><table><tr><td>1<td>2<tr><td>3</table>"), "- a\n- b\n1 2\n3");
        assert_eq!(from_html("<style>x{}</style>a&nbsp;&eacute;<script>alert(1)</script><b>c</b>"), "a éc");
        assert_eq!(
            from_html("see <a href='https://a.test/x'>here</a> or <a href='https://b.test/'>https://b.test</a>"),
            "see here <https://a.test/x> or https://b.test"
        );
        assert_eq!(from_html("<pre>a\n  b</pre>c"), "a\n  b\nc");
    }

    #[test]
    fn text_becomes_links_but_never_markup() {
        assert_eq!(to_html("<b> & https://a.test/?q=1."), "&lt;b&gt; &amp; <a href=\"https://a.test/?q=1\">https://a.test/?q=1</a>.");
        assert_eq!(to_html("(https://a.test)\nx"), "(<a href=\"https://a.test\">https://a.test</a>)<br>\nx");
    }
}
