//! A mail's HTML rewritten as few, closed, shallow elements, in time that grows with its length only. It makes HTML plain, not safe: ammonia, behind it,
//! is the wall.

use super::{ATTRIBUTES, DROPPED, TAGS, content_id, is_link, is_picture, is_web, permit};
use crate::email::html::{Ahead, Token, Tokens, attributes, is_void, unescape};
use crate::escape;
use std::borrow::Cow;

/// Elements a tree builder opens again after a misplaced end; many of them open at once multiply.
const FORMATTING: &[&str] = &["a", "b", "i", "u", "em", "strong", "font", "s", "code"];

/// Elements open inside each other; what stands deeper keeps its text.
const DEPTH: usize = 100;
const FORMATTING_DEPTH: usize = 12;
/// Elements of one mail; newsletters stay below a quarter of it.
const ELEMENTS: usize = 20_000;
/// Tags and texts that are looked at.
const TOKENS: usize = 400_000;
/// Characters written as references.
const REFERENCES: usize = 60_000;
/// Bytes of an attribute, written out.
const ATTRIBUTE: usize = 4096;
/// Text and markup that is shown; the stored mail keeps all.
const LENGTH: usize = 4 << 20;

/// Flattens a source; images of parts not in `cids` go.
pub(super) fn flatten(html: &str, cids: &[&str]) -> String {
    let mut flattener = Flattener {
        html,
        cids,
        out: String::with_capacity(html.len().min(LENGTH)),
        open: Vec::new(),
        elements: 0,
        references: 0,
        fresh_pre: false,
    };
    flattener.write();
    flattener.out
}

/// Writes a mail's tokens again as few, closed, shallow elements. It escapes whatever it copies, so how a browser would have read the original no
/// longer matters; and it keeps the tree ammonia builds small, whose cost grows with the square of the depth.
struct Flattener<'h> {
    html: &'h str,
    cids: &'h [&'h str],
    out: String,
    open: Vec<Cow<'h, str>>,
    elements: usize,
    references: usize,
    fresh_pre: bool,
}

impl<'h> Flattener<'h> {
    fn write(&mut self) {
        let mut ahead = Ahead::new(self.html);
        let mut dropped: Option<(Cow<'_, str>, usize)> = None;
        for token in Tokens::new(self.html).take(TOKENS) {
            if self.out.len() > LENGTH || self.references >= REFERENCES {
                break;
            }
            if let Some((name, depth)) = &mut dropped {
                match &token {
                    Token::Start(tag, _, _) if tag == name => *depth += 1,
                    Token::End(tag, _) if tag == name => *depth -= 1,
                    _ => {}
                }
                if *depth == 0 {
                    dropped = None;
                }
                continue;
            }
            match token {
                Token::Start(name, _, range) if DROPPED.contains(&name.as_ref()) => {
                    if ahead.closes(&name, range.end) {
                        dropped = Some((name, 1));
                    }
                }
                Token::Start(name, attributes, _) if TAGS.contains(&name.as_ref()) => self.start(name, attributes),
                Token::End(name, _) if TAGS.contains(&name.as_ref()) => self.end(&name),
                Token::Text(text, _) => self.text(text),
                Token::Start(..) | Token::End(..) => {}
            }
        }
        while self.close() {}
        if self.out.len() > LENGTH || self.references >= REFERENCES {
            // Whoever reads it sees that there is more; the original can be opened.
            self.out.push_str("<p>[…]</p>");
        }
    }

    /// Content stands in cells; HTML readers move what stands beside them to elsewhere, and differ in where.
    fn enter_cell(&mut self) {
        let missing: &[&'static str] = match self.open.last().map(AsRef::as_ref) {
            Some("table" | "thead" | "tbody") => &["tr", "td"],
            Some("tr") => &["td"],
            _ => &[],
        };
        for name in missing {
            self.out.extend(["<", name, ">"]);
            self.open.push(Cow::Borrowed(name));
            self.elements += 1;
        }
    }

    fn text(&mut self, text: &str) {
        if !text.trim_ascii().is_empty() {
            self.enter_cell();
        }
        // What is left of references is the three characters that need one: parsers read them slowly, so there is a limit.
        let room = LENGTH.saturating_sub(self.out.len());
        let mut text = unescape(&text[..text.floor_char_boundary(text.len().min(room))]);
        if text.contains('\0') {
            // No reader sees it, and what stands behind it would be read otherwise the next time.
            text = Cow::Owned(text.replace('\0', ""));
        }
        // The newlines a <pre> begins with are dropped one at each reading; without them, every reading is the same.
        let text = if self.fresh_pre { text.trim_start_matches(['\n', '\r']) } else { &text };
        self.fresh_pre &= text.is_empty();
        for character in text.chars() {
            match character {
                '&' | '<' | '>' if self.references >= REFERENCES => break,
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                other => {
                    self.out.push(other);
                    continue;
                }
            }
            self.references += 1;
        }
    }

    fn start(&mut self, name: Cow<'h, str>, source: &str) {
        if self.elements >= ELEMENTS {
            return;
        }
        self.imply(&name);
        let last = self.open.last().map(AsRef::as_ref);
        match name.as_ref() {
            "thead" | "tbody" if last != Some("table") => return,
            "tr" if !matches!(last, Some("table" | "thead" | "tbody")) => return,
            "td" | "th" if matches!(last, Some("table" | "thead" | "tbody")) => {
                self.out.push_str("<tr>");
                self.open.push(Cow::Borrowed("tr"));
            }
            "td" | "th" if last != Some("tr") => return,
            "thead" | "tbody" | "tr" | "td" | "th" => {}
            _ => self.enter_cell(),
        }
        let formatting = |name: &str| FORMATTING.contains(&name);
        let crowded = formatting(&name) && self.open.iter().filter(|open| formatting(open)).count() >= FORMATTING_DEPTH;
        if self.open.len() >= DEPTH || crowded {
            return;
        }
        if name == "a" && !attributes(source).find(|(name, _)| name == "href").is_some_and(|(_, href)| is_link(unescape(href).trim())) {
            return;
        }
        self.elements += 1;
        if name == "img" {
            self.image(source);
            return;
        }
        let (begun, references, mut led) = (self.out.len(), self.references, false);
        self.out.push('<');
        self.out.push_str(&name);
        for (attribute, value) in attributes(source).take(60) {
            let href = name == "a" && attribute == "href";
            if href || ATTRIBUTES.contains(&attribute.as_ref()) {
                led |= self.attribute(&name, &attribute, value) && href;
            }
        }
        if name == "a" {
            if !led {
                // Its address is too long: without one it is no link, at this reading or the next.
                self.out.truncate(begun);
                (self.references, self.elements) = (references, self.elements - 1);
                return;
            }
            self.out.push_str(" target=\"_blank\"");
        }
        self.fresh_pre = name == "pre";
        self.out.push('>');
        if !is_void(&name) {
            self.open.push(name);
        }
    }

    /// Writes an attribute that is permitted and not too long; whether it did.
    fn attribute(&mut self, element: &str, name: &str, written: &str) -> bool {
        let value = unescape(written);
        let Some(value) = permit(element, name, &value) else { return false };
        // As long as the next reading will find it.
        let value = escape(&value);
        if value.len() > ATTRIBUTE {
            return false;
        }
        self.references += value.matches('&').count();
        let room = self.references < REFERENCES;
        if room {
            self.out.extend([" ", name, "=\"", &value, "\""]);
        }
        room
    }

    fn image(&mut self, source: &str) {
        let value = |wanted: &str| attributes(source).take(60).find(|(name, _)| name == wanted).map(|(_, value)| unescape(value));
        let address = value("src").map(|src| src.trim().replace(['\n', '\r', '\t'], "")).unwrap_or_default();
        let scheme = address.get(..4).unwrap_or_default().to_ascii_lowercase();
        let placed = if scheme == "cid:" {
            let id = content_id(&address[4..]);
            self.cids.contains(&id.as_str()).then_some(("data-cid", id))
        } else if scheme == "data" && is_picture(&address) {
            Some(("src", address))
        } else if let Some(rest) = address.strip_prefix("//") {
            Some(("data-remote", format!("https://{rest}")))
        } else if is_web(&address) {
            Some(("data-remote", address))
        } else if let Some(id) = value("data-cid") {
            Some(("data-cid", id.into_owned()))
        } else {
            value("data-remote").filter(|address| is_web(address)).map(|address| ("data-remote", address.into_owned()))
        };
        let Some((name, address)) = placed else { return };
        if address.len() > ATTRIBUTE && name != "src" {
            return;
        }
        self.out.extend(["<img ", name, "=\"", &escape(&address), "\""]);
        for (attribute, value) in attributes(source).take(60) {
            if ATTRIBUTES.contains(&attribute.as_ref()) {
                self.attribute("img", &attribute, value);
            }
        }
        self.out.push('>');
    }

    fn end(&mut self, name: &str) {
        if name == "br" || name == "p" && !self.open.iter().any(|open| open == "p") {
            return;
        }
        // An end tag reaches out of no table cell: stray ones in a cell would close the page around it.
        let floor = if matches!(name, "td" | "th" | "tr" | "thead" | "tbody" | "table") {
            self.open.iter().rposition(|open| open == "table").unwrap_or(0)
        } else {
            self.open.iter().rposition(|open| matches!(open.as_ref(), "td" | "th")).map_or(0, |cell| cell + 1)
        };
        if let Some(at) = self.open.iter().rposition(|open| open == name).filter(|at| *at >= floor) {
            while self.open.len() > at {
                self.close();
            }
        }
    }

    /// Ends what an HTML reader would end by itself before this start tag, so that it finds nothing to repair.
    fn imply(&mut self, name: &str) {
        let floor = self.open.iter().rposition(|open| matches!(open.as_ref(), "td" | "th" | "table")).map_or(0, |at| at + 1);
        let block = matches!(
            name,
            "p" | "div" | "blockquote" | "ul" | "ol" | "li" | "pre" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "center"
        );
        let ended: &[&str] = match name {
            "li" => &["p", "li"],
            "a" => &["a"],
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => &["p", "h1", "h2", "h3", "h4", "h5", "h6"],
            _ if block => &["p"],
            "td" | "th" => return self.imply_table(&["td", "th"]),
            "tr" => return self.imply_table(&["td", "th", "tr"]),
            "thead" | "tbody" => return self.imply_table(&["td", "th", "tr", "thead", "tbody"]),
            _ => return,
        };
        let list = self.open.iter().rposition(|open| matches!(open.as_ref(), "ul" | "ol")).map_or(0, |at| at + 1);
        let floor = if name == "li" { floor.max(list) } else { floor };
        if let Some(at) = outermost(&self.open, floor, ended) {
            while self.open.len() > at {
                self.close();
            }
        }
    }

    fn imply_table(&mut self, ended: &[&str]) {
        let floor = self.open.iter().rposition(|open| open == "table").map_or(self.open.len(), |at| at + 1);
        if let Some(at) = outermost(&self.open, floor, ended) {
            while self.open.len() > at {
                self.close();
            }
        }
    }

    fn close(&mut self) -> bool {
        let Some(name) = self.open.pop() else { return false };
        self.out.extend(["</", &name, ">"]);
        true
    }
}

/// The outermost open element of these names that stands at or after `floor`.
fn outermost(open: &[Cow<'_, str>], floor: usize, names: &[&str]) -> Option<usize> {
    (floor..open.len()).find(|at| names.contains(&open[*at].as_ref()))
}
