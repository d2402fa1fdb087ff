//! What is pasted from a page, a document or a sheet, as text with the marks of `model::marks`: heavy, slanted, struck, links, lists, tables.
//! Colours, pictures and scripts stay behind; nothing of it is ever put into the page.

mod signs;

use model::{Span, marks};
use signs::mark;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// Longer clippings are pasted as their plain text.
const LONGEST: usize = 2_000_000;
/// What is never read.
const MUTE: [&str; 15] = [
    "head", "style", "script", "title", "meta", "link", "template", "noscript", "svg", "button", "select", "textarea", "iframe", "object",
    "img",
];
/// What begins a line of its own, and ends it.
const BLOCKS: [&str; 24] = [
    "address",
    "article",
    "aside",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "main",
    "nav",
    "section",
    "table",
    "td",
    "th",
    "tr",
];
/// What stands apart from its neighbours by an empty line.
const APART: [&str; 9] = ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"];

/// A clipping's tree, with what matters of its elements.
#[derive(Debug)]
enum Node {
    Text(String),
    Element(Element),
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    class: String,
    style: String,
    href: String,
    start: String,
    inside: Vec<Node>,
}

/// The marked text of a clipping; none where its plain text says as much.
#[must_use]
pub fn read(html: &str) -> Option<String> {
    if html.len() > LONGEST {
        return None;
    }
    // A document made so runs nothing and fetches nothing.
    let parsed = web_sys::DomParser::new().ok()?.parse_from_string(html, web_sys::SupportedType::TextHtml).ok()?;
    written(&tree(parsed.document_element()?.unchecked_into()))
}

fn tree(node: web_sys::Node) -> Vec<Node> {
    let children = node.child_nodes();
    let read = |child: web_sys::Node| match child.dyn_into::<web_sys::Element>() {
        Err(other) => (other.node_type() == web_sys::Node::TEXT_NODE).then(|| Node::Text(other.text_content().unwrap_or_default())),
        Ok(element) => {
            let said = |name: &str| element.get_attribute(name).unwrap_or_default();
            let name = element.local_name();
            let (class, style, href, start) = (said("class"), said("style"), said("href"), said("start"));
            Some(Node::Element(Element { name, class, style, href, start, inside: tree(element.unchecked_into()) }))
        }
    };
    (0..children.length()).filter_map(|at| children.item(at)).filter_map(read).collect()
}

fn written(tree: &[Node]) -> Option<String> {
    let mut writer = Writer { sheet: rules(tree), ..Writer::default() };
    writer.all(tree, &Style::default());
    writer.end_line();
    (writer.worth && !writer.raw).then(|| writer.lines.join("\n"))
}

/// How a piece of text looks.
#[derive(Clone, Debug, Default, PartialEq)]
struct Style {
    bold: bool,
    italic: bool,
    strike: bool,
    code: bool,
    link: Option<Rc<str>>,
}

/// Spreadsheets say with classes what is heavy.
type Sheet = Vec<(String, String)>;

fn rules(tree: &[Node]) -> Sheet {
    let mut sheet = Sheet::new();
    for node in tree {
        let Node::Element(element) = node else { continue };
        if element.name == "style" {
            for rule in plain(&element.inside).split('}') {
                let Some((names, body)) = rule.split_once('{') else { continue };
                if let Some(class) = names.trim().strip_prefix('.') {
                    sheet.push((class.to_owned(), body.to_owned()));
                }
            }
        } else {
            sheet.extend(rules(&element.inside));
        }
    }
    sheet
}

/// The words of a tree without any look.
fn plain(tree: &[Node]) -> String {
    let words = |node: &Node| match node {
        Node::Text(text) => text.clone(),
        Node::Element(element) if element.name == "br" => "\n".to_owned(),
        Node::Element(element) => plain(&element.inside),
    };
    tree.iter().map(words).collect()
}

/// Whether nothing keeps a paragraph from the next.
fn is_tight(look: &str) -> bool {
    let whole = || css(look, "margin").and_then(|all| all.split(' ').nth(2).or(all.split(' ').next()));
    css(look, "margin-bottom").or_else(whole).is_some_and(|gap| gap.starts_with('0'))
}

/// The last value a style gives a property.
fn css<'a>(style: &'a str, name: &str) -> Option<&'a str> {
    let said = |part: &'a str| part.split_once(':').filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    style.rsplit(';').find_map(said).map(|(_, value)| value.trim())
}

#[derive(Debug, Default)]
struct Writer {
    sheet: Sheet,
    lines: Vec<String>,
    /// The line that is being written, and what stands before it.
    runs: Vec<(String, Style)>,
    prefix: String,
    /// An empty line is due before the next.
    apart: bool,
    /// The lists one is in: the number of the next item, where they are counted.
    lists: Vec<Option<i64>>,
    /// Whether there was anything that plain text would lose.
    worth: bool,
    /// Whether its spaces and line breaks are meant as they are.
    raw: bool,
}

impl Writer {
    fn all(&mut self, tree: &[Node], style: &Style) {
        for node in tree {
            match node {
                Node::Text(text) => self.text(text, style),
                Node::Element(element) => self.element(element, style),
            }
        }
    }

    fn element(&mut self, element: &Element, outer: &Style) {
        let name = element.name.as_str();
        let of_class = self.sheet.iter().filter(|(class, _)| element.class.split(' ').any(|one| one == class));
        let mut look: String = of_class.flat_map(|(_, body)| [body.as_str(), ";"]).collect();
        look.push_str(&element.style);
        if MUTE.contains(&name) || css(&look, "display") == Some("none") {
            return;
        }
        self.raw |= css(&look, "white-space") == Some("pre");
        let style = self.style(element, &look, outer);
        let office = css(&look, "mso-list").unwrap_or_default();
        match name {
            "br" => {
                if self.runs.is_empty() {
                    self.apart = true;
                }
                self.end_line();
            }
            "hr" => {
                self.end_line();
                self.apart = true;
            }
            "pre" => self.fence(&plain(&element.inside)),
            "ul" | "ol" => {
                self.end_line();
                self.lists.push((name == "ol").then(|| element.start.parse().unwrap_or(1)));
                self.all(&element.inside, &style);
                self.end_line();
                self.lists.pop();
            }
            "li" => {
                self.end_line();
                let depth = self.lists.len().saturating_sub(1);
                let sign = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "-".to_owned(),
                };
                if css(&look, "list-style-type") != Some("none") {
                    self.item(depth, &sign);
                }
                self.all(&element.inside, &style);
                self.end_line();
                self.prefix.clear();
            }
            // A word processor's list is paragraphs that say how deep they are; the sign before each stands in a piece of its own.
            _ if office.eq_ignore_ascii_case("ignore") => {
                let sign = plain(&element.inside);
                let sign = sign.trim();
                let depth = self.prefix.len().saturating_sub(2) / 2;
                self.item(depth, if sign.ends_with(['.', ')']) { sign } else { "-" });
            }
            _ if office.contains("level") => {
                self.end_line();
                let level = office.split("level").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(1_usize);
                self.item(level.min(9) - 1, "-");
                self.all(&element.inside, &style);
                self.end_line();
                self.prefix.clear();
            }
            "table" if is_grid(element) => {
                self.end_line();
                self.apart = true;
                self.rows(&element.inside, &style);
                self.apart = true;
            }
            _ => {
                let block = BLOCKS.contains(&name) || APART.contains(&name);
                let apart = APART.contains(&name) && self.lists.is_empty() && !is_tight(&look);
                if block {
                    self.end_line();
                    self.apart |= apart;
                }
                let before = self.lines.len();
                self.all(&element.inside, &style);
                if block {
                    self.end_line();
                    // An empty paragraph is an empty line.
                    self.apart |= apart || name == "p" && self.lines.len() == before;
                }
            }
        }
    }

    fn style(&mut self, element: &Element, look: &str, outer: &Style) -> Style {
        let mut style = outer.clone();
        if style.link.is_some() {
            return style; // A link's words are one piece.
        }
        match element.name.as_str() {
            "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "th" => style.bold = true,
            "i" | "em" | "cite" => style.italic = true,
            "s" | "strike" | "del" => style.strike = true,
            "code" | "kbd" | "samp" | "tt" => style.code = true,
            "a" if ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| element.href.starts_with(scheme)) => {
                style.link = Some(element.href.replace('(', "%28").replace(')', "%29").replace(char::is_whitespace, "%20").into());
            }
            _ => {}
        }
        match css(look, "font-weight") {
            Some("bold" | "bolder" | "600" | "700" | "800" | "900") => style.bold = true,
            Some("normal" | "lighter" | "100" | "200" | "300" | "400" | "500") => style.bold = false,
            _ => {}
        }
        match css(look, "font-style") {
            Some("italic" | "oblique") => style.italic = true,
            Some("normal") => style.italic = false,
            _ => {}
        }
        style.strike |=
            ["text-decoration", "text-decoration-line"].iter().any(|name| css(look, name).is_some_and(|v| v.contains("through")));
        style
    }

    /// Adds words, with every run of spaces and line breaks as one space.
    fn text(&mut self, text: &str, style: &Style) {
        for c in text.chars() {
            let space = c.is_whitespace();
            if space && self.runs.last().is_none_or(|(before, _)| before.ends_with(' ')) {
                continue;
            }
            match self.runs.last_mut() {
                Some((words, same)) if same == style => words.push(if space { ' ' } else { c }),
                _ => self.runs.push((if space { ' ' } else { c }.into(), style.clone())),
            }
        }
    }

    fn item(&mut self, depth: usize, sign: &str) {
        self.worth = true;
        self.prefix = format!("{}{sign} ", "  ".repeat(depth));
    }

    fn end_line(&mut self) {
        let mut runs = std::mem::take(&mut self.runs);
        while let Some((words, _)) = runs.last_mut() {
            words.truncate(words.trim_end().len());
            if !words.is_empty() {
                break;
            }
            runs.pop();
        }
        if runs.is_empty() {
            return;
        }
        let mut line = String::new();
        mark(&runs, 0, None, &mut line);
        self.worth |= marks(&line).iter().any(|span| !matches!(span, Span::Text(_)));
        let line = std::mem::take(&mut self.prefix) + &line;
        self.put(line);
    }

    fn put(&mut self, line: String) {
        if std::mem::take(&mut self.apart) && !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(line);
    }

    fn fence(&mut self, code: &str) {
        self.end_line();
        self.apart = true;
        let code = code.trim_matches('\n');
        if !code.trim().is_empty() && !code.contains("```") {
            self.worth = true;
            self.put(format!("```\n{code}\n```"));
            self.apart = true;
        }
    }

    /// A row to a line, its cells with a stroke between them.
    fn rows(&mut self, tree: &[Node], style: &Style) {
        for node in tree {
            let Node::Element(element) = node else { continue };
            match element.name.as_str() {
                "tr" => {}
                "caption" => {
                    self.all(&element.inside, style);
                    self.end_line();
                    continue;
                }
                _ => {
                    self.rows(&element.inside, style);
                    continue;
                }
            }
            let mut cells: Vec<String> = Vec::new();
            for cell in &element.inside {
                if let Node::Element(cell) = cell {
                    let mut inner = Self { sheet: self.sheet.clone(), ..Self::default() };
                    inner.element(cell, style);
                    inner.end_line();
                    self.worth |= inner.worth;
                    cells.push(inner.lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "));
                }
            }
            let line = cells.join(" | ");
            let line = line.trim_end_matches([' ', '|']);
            if !line.is_empty() {
                self.worth |= line.contains('|');
                self.put(line.to_owned());
            }
        }
    }
}

/// Whether a table holds data, and not a page's parts.
fn is_grid(table: &Element) -> bool {
    fn any(tree: &[Node], name: &str) -> bool {
        tree.iter().any(|node| matches!(node, Node::Element(element) if element.name == name || any(&element.inside, name)))
    }
    !any(&table.inside, "table")
}

#[cfg(test)]
mod tests;
