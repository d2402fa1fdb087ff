//! The tree of parts of a raw mail, as ranges into it. One pass, no recursion, every count bounded; it decides nothing about what a part means.

use super::{
    decode::Transfer,
    header::{Headers, Parameters},
};
use std::{borrow::Cow, collections::HashMap, ops::Range};

/// Multiparts inside each other. The walk keeps its own stack, so this bounds nonsense, not the machine.
const DEPTH: usize = 256;
/// Parts of one mail.
const PARTS: usize = 500;

/// Why part of a mail was not looked at; the raw mail always stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Multiparts nested beyond any mail client's doing.
    TooDeep,
    /// More parts than any mail has.
    TooMany,
    /// More text than can be shown.
    TooLong,
}

/// One part: its headers, and where its body stands in the raw mail.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its own headers.
    pub headers: Headers,
    /// Content-Type; `text/plain` where absent or broken, `message/rfc822` inside a digest.
    pub kind: Parameters,
    /// Content-Disposition.
    pub disposition: Parameters,
    /// How the body travelled.
    pub transfer: Transfer,
    /// The encoded body.
    pub body: Range<usize>,
    /// The multipart it stands in.
    pub parent: Option<usize>,
    /// Whether it is a multipart with parts of its own.
    pub multipart: bool,
}

impl Part {
    /// The body as it was before it travelled.
    #[must_use]
    pub fn decode<'r>(&self, raw: &'r [u8]) -> Cow<'r, [u8]> {
        self.transfer.decode(&raw[self.body.clone()])
    }

    /// Whether its type is this one.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        self.kind.value == kind
    }
}

/// The parts of a mail, parents before children, in the order they stand; the first is the mail itself.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// All of them.
    pub parts: Vec<Part>,
    /// Whether some were left out.
    pub cut: Option<Cut>,
}

impl Tree {
    /// The nearest multipart of this type a part stands in.
    #[must_use]
    pub fn within(&self, part: usize, kind: &str) -> Option<usize> {
        let mut at = self.parts[part].parent;
        while let Some(index) = at {
            if self.parts[index].is(kind) {
                return Some(index);
            }
            at = self.parts[index].parent;
        }
        None
    }
}

struct Open {
    part: usize,
    boundary: Vec<u8>,
}

/// Walks a raw mail. What a sender broke is read as far as it goes: boundaries never closed close with their parent or the mail.
#[must_use]
pub fn walk(raw: &[u8]) -> Tree {
    let mut walk = Walk { raw, tree: Tree::default(), open: Vec::new(), index: HashMap::new(), current: None };
    let mut at = walk.begin(0, None);
    while let Some(line) = walk.next_boundary(at) {
        walk.end(line.content_end);
        walk.close_below(line.level);
        at = line.after;
        if line.closing {
            walk.close_below_and(line.level);
        } else if walk.tree.parts.len() >= PARTS {
            walk.tree.cut = Some(Cut::TooMany);
            walk.current = None;
        } else {
            at = walk.begin(line.after, Some(walk.open[line.level].part));
        }
    }
    walk.end(raw.len());
    let mut tree = walk.tree;
    childless(&mut tree, raw.len());
    tree
}

/// A multipart in which no boundary was ever found is text somebody labelled wrongly.
fn childless(tree: &mut Tree, end: usize) {
    let parents: std::collections::HashSet<usize> = tree.parts.iter().filter_map(|part| part.parent).collect();
    for (index, part) in tree.parts.iter_mut().enumerate() {
        if part.multipart && !parents.contains(&index) {
            part.multipart = false;
            part.body.end = part.body.end.max(part.body.start).min(end);
            part.kind = Parameters::read(b"text/plain");
        }
    }
}

struct Line {
    level: usize,
    closing: bool,
    content_end: usize,
    after: usize,
}

struct Walk<'r> {
    raw: &'r [u8],
    tree: Tree,
    open: Vec<Open>,
    index: HashMap<Vec<u8>, usize>,
    current: Option<usize>,
}

impl Walk<'_> {
    fn begin(&mut self, from: usize, parent: Option<usize>) -> usize {
        let (headers, body) = Headers::read(self.raw, from, |line| self.boundary(line).is_some());
        let digest = parent.is_some_and(|parent| self.tree.parts[parent].is("multipart/digest"));
        let mut kind = headers.first("content-type").map(Parameters::read).unwrap_or_default();
        if !kind.value.split_once('/').is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty()) {
            kind.value = if digest { "message/rfc822".to_owned() } else { "text/plain".to_owned() };
        }
        let boundary = kind.get("boundary").map(|boundary| boundary.trim_end().as_bytes().to_vec()).filter(|boundary| !boundary.is_empty());
        let wants = kind.value.starts_with("multipart/");
        let too_deep = wants && self.open.len() >= DEPTH;
        if too_deep {
            self.tree.cut = Some(Cut::TooDeep);
        }
        let multipart = wants && boundary.is_some() && !too_deep;
        if wants && boundary.is_none() {
            kind = Parameters::read(b"text/plain");
        }
        let index = self.tree.parts.len();
        self.tree.parts.push(Part {
            disposition: headers.first("content-disposition").map(Parameters::read).unwrap_or_default(),
            // A multipart must not be encoded itself (RFC 2045 section 6.4), whatever its header says.
            transfer: if multipart {
                Transfer::Plain
            } else {
                headers.first("content-transfer-encoding").map(Transfer::named).unwrap_or_default()
            },
            headers,
            kind,
            body: body..body,
            parent,
            multipart,
        });
        self.current = Some(index);
        if let (true, Some(boundary)) = (multipart, boundary) {
            self.index.insert(boundary.clone(), self.open.len());
            self.open.push(Open { part: index, boundary });
        }
        body
    }

    /// The current part's body ends here.
    fn end(&mut self, at: usize) {
        if let Some(part) = self.current.take() {
            let body = &mut self.tree.parts[part].body;
            body.end = at.max(body.start);
        }
    }

    /// Forgets every multipart inside the one of this level: its boundary has come, so they are over, closed or not.
    fn close_below(&mut self, level: usize) {
        self.truncate(level + 1);
    }

    fn close_below_and(&mut self, level: usize) {
        self.truncate(level);
    }

    fn truncate(&mut self, length: usize) {
        while self.open.len() > length {
            let Some(gone) = self.open.pop() else { return };
            if self.index.get(&gone.boundary) == Some(&self.open.len()) {
                self.index.remove(&gone.boundary);
                // The same boundary used twice, the outer one is valid again.
                if let Some(outer) = self.open.iter().rposition(|open| open.boundary == gone.boundary) {
                    self.index.insert(gone.boundary, outer);
                }
            }
        }
    }

    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let name = line.strip_prefix(b"--")?.trim_ascii_end();
        if let Some(level) = self.index.get(name) {
            return Some((*level, false));
        }
        self.index.get(name.strip_suffix(b"--")?.trim_ascii_end()).map(|level| (*level, true))
    }

    fn next_boundary(&self, from: usize) -> Option<Line> {
        if self.open.is_empty() {
            return None;
        }
        let mut at = from;
        while at < self.raw.len() {
            let end = memchr::memchr(b'\n', &self.raw[at..]).map_or(self.raw.len(), |found| at + found + 1);
            if let Some((level, closing)) = self.boundary(&self.raw[at..end]) {
                return Some(Line { level, closing, content_end: before_newline(self.raw, from, at), after: end });
            }
            // The newline before a boundary belongs to it, so the search may step from one "\n--" to the next.
            at = memchr::memmem::find(&self.raw[end - 1..], b"\n--").map(|found| end - 1 + found + 1)?;
        }
        None
    }
}

fn before_newline(raw: &[u8], from: usize, at: usize) -> usize {
    let body = &raw[from..at];
    let body = body.strip_suffix(b"\n").map_or(body, |body| body.strip_suffix(b"\r").unwrap_or(body));
    from + body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(raw: &str) -> Vec<(String, String)> {
        let tree = walk(raw.as_bytes());
        let text = |part: &Part| String::from_utf8_lossy(&raw.as_bytes()[part.body.clone()]).into_owned();
        tree.parts.iter().filter(|part| !part.multipart).map(|part| (part.kind.value.clone(), text(part))).collect()
    }

    #[test]
    fn parts_end_before_the_newline_of_their_boundary() {
        let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n--b  \r\n\r\nthree\r\n\r\n--b--\r\nafter\r\n--b\r\n\r\nno";
        let expected = [("text/plain", "one"), ("text/html", ""), ("text/plain", "three\r\n")];
        assert_eq!(bodies(raw), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn an_outer_boundary_closes_what_is_inside() {
        let raw = "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\na\n--o\n\nb";
        let tree = walk(raw.as_bytes());
        assert_eq!(tree.parts.iter().map(|part| part.parent).collect::<Vec<_>>(), [None, Some(0), Some(1), Some(0)]);
        assert_eq!(tree.within(2, "multipart/mixed"), Some(0));
    }

    #[test]
    fn nested_messages_stay_closed() {
        let raw = "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nin\n--x--\n--o--";
        assert_eq!(walk(raw.as_bytes()).parts.len(), 2);
    }

    #[test]
    fn a_multipart_without_parts_is_text() {
        assert_eq!(bodies("Content-Type: multipart/mixed; boundary=o\n\nhello"), [("text/plain".to_owned(), "hello".to_owned())]);
        assert_eq!(bodies("Content-Type: multipart/mixed\n\nhello"), [("text/plain".to_owned(), "hello".to_owned())]);
    }

    #[test]
    fn bombs_of_parts_are_cut() {
        let mut raw = "Content-Type: multipart/mixed; boundary=o\n\n".to_owned();
        raw.push_str(&"--o\n\nx\n".repeat(2000));
        let tree = walk(raw.as_bytes());
        assert_eq!((tree.parts.len(), tree.cut), (PARTS, Some(Cut::TooMany)));
        let mut deep = String::new();
        for level in 0..2000 {
            deep.push_str(&format!("Content-Type: multipart/mixed; boundary=d{level}\n\n--d{level}\n"));
        }
        assert_eq!(walk(deep.as_bytes()).cut, Some(Cut::TooDeep));
    }
}
