//! The HTML of a mail made safe to show: flattened to a few plain elements in bounded time, then through ammonia, which is the wall. It folds no
//! quotes, and what it answers is still meant for a sandboxed frame ([`FRAME_POLICY`]).

use super::{
    decode::percent,
    html::{Token, Tokens, attributes, unescape},
    style,
};
use crate::escape;
use ammonia::{Builder, UrlRelative};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

mod flatten;

/// The Content-Security-Policy of the frame a mail is shown in; `{proxy}` is the address remote images come through.
pub const FRAME_POLICY: &str = "default-src 'none'; img-src {proxy} data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
/// The `sandbox` of that frame: links may open a tab, nothing else.
pub const FRAME_SANDBOX: &str = "allow-popups allow-popups-to-escape-sandbox";

const TAGS: &[&str] = &[
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "p",
    "br",
    "div",
    "span",
    "blockquote",
    "ul",
    "ol",
    "li",
    "pre",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "font",
    "center",
    "s",
    "sub",
    "sup",
];
const DROPPED: &[&str] = &[
    "script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math", "textarea", "select", "audio", "video",
    "canvas", "applet", "noembed", "noframes", "frameset", "xmp", "xml", "map", "dialog",
];
const ATTRIBUTES: &[&str] = &["title", "alt", "width", "height", "colspan", "rowspan", "dir", "lang", "color", "style"];
/// Addresses of a mail's own parts that are looked at; it has 500 parts at most.
const REFERENCES: usize = 2000;
const INLINE_DATA: usize = 1 << 20;

/// Makes a mail's HTML safe; `cids` are the Content-IDs of its own parts, and an image of any other id goes.
///
/// No image is loaded by the answer: one of the mail itself waits in `data-cid`, a remote one in `data-remote`, until [`show`] lets it through.
#[must_use]
pub fn clean(html: &str, cids: &[&str]) -> String {
    let flat = flatten::flatten(html, cids);
    WALL.clean(&flat).to_string()
}

/// Whether the HTML refers to a part with this Content-ID, in an image, a background or a link.
#[must_use]
pub fn references(html: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut rest = html;
    for _ in 0..REFERENCES {
        let Some(at) = find_ignoring_case(rest, "cid:") else { break };
        let address = &rest[at + 4..];
        let address = &address[..address.floor_char_boundary(address.len().min(600))];
        let address = &address[..address.find(['"', '\'', '>', ')', '<']).unwrap_or(address.len())];
        if address.len() <= 512 {
            found.insert(content_id(&unescape(address)));
            // Unquoted values end at a space, quoted ones may hold some.
            found.insert(content_id(&unescape(address.split_ascii_whitespace().next().unwrap_or_default())));
        }
        rest = &rest[at + 4..];
    }
    found
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes)
        .map(|colon| (colon + 1).wrapping_sub(needle.len()))
        .find(|at| bytes.get(*at..at.wrapping_add(needle.len())).is_some_and(|found| found.eq_ignore_ascii_case(needle.as_bytes())))
}

/// A Content-ID out of a `cid:` address (RFC 2392: percent-encoded).
#[must_use]
pub fn content_id(address: &str) -> String {
    String::from_utf8_lossy(&percent(address.trim().as_bytes())).trim().to_owned()
}

/// A cleaned mail with the images that may load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What goes into the frame.
    pub html: String,
    /// How many remote images wait for leave.
    pub blocked: usize,
}

/// Lets images of cleaned HTML through: `part` answers where one of the mail's own parts is served, `remote`, when the reader allowed it, where our
/// proxy serves an address.
pub fn show(clean: &str, part: impl Fn(&str) -> Option<String>, remote: Option<&dyn Fn(&str) -> String>) -> Shown {
    let mut shown = Shown { html: String::with_capacity(clean.len()), blocked: 0 };
    let mut copied = 0;
    for token in Tokens::new(clean) {
        let Token::Start(name, source, range) = token else { continue };
        if name != "img" {
            continue;
        }
        let value = |wanted: &str| attributes(source).find(|(name, _)| name == wanted).map(|(_, value)| unescape(value));
        let address = if let Some(id) = value("data-cid") {
            part(&id)
        } else if let Some(address) = value("data-remote") {
            match remote {
                Some(proxy) if is_web(&address) => Some(proxy(&address)),
                _ => {
                    shown.blocked += 1;
                    continue;
                }
            }
        } else {
            continue;
        };
        shown.html.push_str(&clean[copied..range.start]);
        copied = range.end;
        if let Some(address) = address {
            let rest = attributes(source).filter(|(name, _)| !name.starts_with("data-") && name != "src");
            let rest: String = rest.map(|(name, value)| format!(" {name}=\"{}\"", escape(&unescape(value)))).collect();
            shown.html.push_str(&format!("<img src=\"{}\"{rest}>", escape(&address)));
        }
    }
    shown.html.push_str(&clean[copied..]);
    shown
}

fn is_web(address: &str) -> bool {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

fn is_link(address: &str) -> bool {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let known = ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme));
    known && ammonia::Url::parse(address).is_ok()
}

fn is_picture(address: &str) -> bool {
    ["png", "jpeg", "jpg", "gif", "webp"].iter().any(|kind| {
        let prefix = format!("data:image/{kind};base64,");
        address.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix))
            && address.len() <= INLINE_DATA * 4 / 3 + 64
            && address[prefix.len()..].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    })
}

static WALL: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut wall = Builder::empty();
    wall.tags(TAGS.iter().copied().collect())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .generic_attributes(ATTRIBUTES.iter().copied().collect())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("img", HashSet::from(["src", "data-cid", "data-remote"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "data"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .tag_attribute_values(HashMap::from([("a", HashMap::from([("target", HashSet::from(["_blank"]))]))]))
        .strip_comments(true)
        .attribute_filter(permit);
    wall
});

/// What may stay of an attribute of an allowed name; the flattener asks first, so that ammonia finds nothing to take out.
fn permit<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("img", "src") => is_picture(value).then_some(Cow::Borrowed(value)),
        ("img", "data-remote") => is_web(value).then_some(Cow::Borrowed(value)),
        (_, "href") => Some(value.trim()).filter(|address| is_link(address)).map(Cow::Borrowed),
        (_, "style") => Some(style::keep(value)).filter(|style| !style.is_empty()).map(Cow::Owned),
        // Markup in a tooltip is only ever there to be parsed by somebody's mistake.
        (_, "title" | "alt") => (!value.contains('<')).then_some(Cow::Borrowed(value)),
        (_, "width" | "height" | "colspan" | "rowspan") => measure(value).then_some(Cow::Borrowed(value)),
        _ => (value.len() <= 500).then_some(Cow::Borrowed(value)),
    }
}

fn measure(value: &str) -> bool {
    (1..=6).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'%' | b'p' | b'x'))
}

#[cfg(test)]
mod tests;
