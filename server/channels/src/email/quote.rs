//! Where the quoted part and the signature of a mail begin, in its text and in its HTML. It cuts nothing: the whole mail is stored, and whoever shows
//! it folds from here on.

use super::{
    Mail,
    html::{Token, Tokens, attribute, is_void, unescape},
    phrases::{
        is_attribution, is_forward, is_forward_subject, is_header_block, is_mobile_signature, is_original_separator, is_underscores,
        opens_attribution,
    },
    plain,
};

/// Open elements that are followed; what is nested deeper is nobody's quote.
const DEPTH: usize = 300;
/// Lines and tokens that are looked at: a quote that begins beyond is shown unfolded.
const LINES: usize = 10_000;
const TOKENS: usize = 60_000;
/// Marks that are looked at closely before the mail is taken for an attack.
const LOOKS: usize = 200;

/// Which mail program's way of quoting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Gmail's container.
    Gmail,
    /// Outlook on a desk: a line above a header block.
    OutlookDesktop,
    /// Outlook in a browser or on a telephone: a marker, then everything after.
    OutlookWeb,
    /// Apple Mail's citation.
    Apple,
    /// Thunderbird's citation with a prefix.
    Thunderbird,
    /// Yahoo's container.
    Yahoo,
    /// Zoho's container.
    Zoho,
    /// Proton's container.
    Proton,
    /// Known by its words only.
    Plain,
}

impl Style {
    /// Its name for logs and tests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gmail => "gmail",
            Self::OutlookDesktop => "outlook-desktop",
            Self::OutlookWeb => "outlook-web",
            Self::Apple => "apple",
            Self::Thunderbird => "thunderbird",
            Self::Yahoo => "yahoo",
            Self::Zoho => "zoho",
            Self::Proton => "proton",
            Self::Plain => "text",
        }
    }
}

/// What may be folded away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// How it is quoted, if anything is.
    pub style: Option<Style>,
    /// Where the quote begins in [`Mail::text`].
    pub text: Option<usize>,
    /// Where the quote begins in [`Mail::html`], in front of a tag.
    pub html: Option<usize>,
    /// Where the signature begins in [`Mail::text`], before the quote.
    pub signature: Option<usize>,
}

impl Fold {
    /// Finds the fold of a mail.
    #[must_use]
    pub fn of(mail: &Mail) -> Self {
        let forward = is_forward_subject(&mail.subject);
        let html = mail.html.as_deref().and_then(|html| in_html(html, forward));
        let text = in_text(&mail.text, forward);
        // The HTML is what is shown: without a quote there, none is folded in the text either, unless there is no HTML.
        let text = if mail.html.is_some() && html.is_none() { None } else { text };
        let style = html.map(|(style, _)| style).or(text.map(|_| Style::Plain));
        let signature = signature(&mail.text[..text.unwrap_or(mail.text.len())]);
        Self { style, text, html: html.map(|(_, at)| at), signature }
    }

    /// The text before the fold, out of the HTML where there is one; for previews, search and notices.
    #[must_use]
    pub fn visible(&self, mail: &Mail) -> String {
        match (&mail.html, self.html, self.text) {
            (Some(html), Some(at), _) => plain::from_html(&html[..at]),
            (Some(html), None, _) => plain::from_html(html),
            (None, _, Some(at)) => mail.text[..at].trim_end().to_owned(),
            (None, _, None) => mail.text.clone(),
        }
    }
}

/// Where the trailing quote of a text begins; `None` if it has none, or is nothing else.
#[must_use]
pub fn in_text(text: &str, forward: bool) -> Option<usize> {
    let lines: Vec<(usize, &str)> = lines(text);
    let is_quoted = |line: &str| line.trim_start().starts_with('>');
    // A signature below the quote belongs to nobody's answer.
    let tail = lines.iter().rposition(|(_, line)| is_signature_mark(line)).filter(|at| lines.len() - at <= 15).unwrap_or(lines.len());
    let last_plain = lines[..tail].iter().rposition(|(_, line)| !line.trim().is_empty() && !is_quoted(line));
    let trailing = |index: usize| last_plain.is_none_or(|last| index > last);
    for index in 0..lines.len().min(LINES) {
        let (at, line) = lines[index];
        if line.trim().is_empty() {
            continue;
        }
        // Apple Mail quotes what it forwards, and says so in the first quoted line.
        if is_forward(line.trim_start_matches(['>', ' '])) {
            return None;
        }
        let rest = || lines[index..].iter().map(|(_, line)| *line);
        let block = is_header_block(rest());
        let marked = block
            || is_original_separator(line)
            || (is_underscores(line) && is_header_block(rest().skip(1).skip_while(|line| line.trim().is_empty())));
        if marked {
            return if forward { None } else { visible_before(text, at) };
        }
        if is_quoted(line) && trailing(index) {
            return visible_before(text, at);
        }
        if let Some(length) = attribution(&lines[index..]) {
            let after = (index + length..lines.len()).find(|next| !lines[*next].1.trim().is_empty());
            let quotes = match after {
                // Not marked line by line, as text out of HTML is: all that follows is the quote.
                Some(next) => !is_quoted(lines[next].1) || trailing(next),
                None => true,
            };
            if quotes {
                return visible_before(text, at);
            }
        }
    }
    None
}

fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches('\n'))
        })
        .collect()
}

/// How many of these lines are one attribution.
fn attribution(lines: &[(usize, &str)]) -> Option<usize> {
    let first = lines.first()?.1;
    if first.len() > 400 || first.trim_start().starts_with('>') {
        return None;
    }
    if is_attribution(first) {
        return Some(1);
    }
    if !opens_attribution(first) {
        return None;
    }
    (2..=4.min(lines.len())).find(|length| {
        let joined = lines[..*length].iter().map(|(_, line)| line.trim()).collect::<Vec<_>>();
        joined.iter().all(|line| !line.is_empty() && !line.starts_with('>') && line.len() < 300) && is_attribution(&joined.join(" "))
    })
}

fn visible_before(text: &str, at: usize) -> Option<usize> {
    (!text[..at].trim().is_empty()).then_some(at)
}

fn is_signature_mark(line: &str) -> bool {
    line == "-- " || line == "--"
}

/// Where a signature begins: after the mark of RFC 3676 section 4.3, or at what a telephone signs with.
#[must_use]
pub fn signature(text: &str) -> Option<usize> {
    let lines = lines(text);
    let marked = lines.iter().rposition(|(_, line)| is_signature_mark(line)).filter(|index| lines.len() - index <= 20);
    let mobile = || lines.iter().rposition(|(_, line)| !line.trim().is_empty()).filter(|index| is_mobile_signature(lines[*index].1));
    let at = lines.get(marked.or_else(mobile)?)?.0;
    visible_before(text, at)
}

/// Where the trailing quote of an HTML begins, and whose way of quoting it is; `None` if nothing visible would remain.
#[must_use]
pub fn in_html(html: &str, forward: bool) -> Option<(Style, usize)> {
    let mut search = Search::new(html, forward);
    for (place, token) in Tokens::new(html).enumerate() {
        if place == TOKENS {
            // An answer may stand below, unread.
            return None;
        }
        if search.step(token).is_none() {
            break;
        }
    }
    let (style, at) = search.found()?;
    let before = &html[..at];
    let visible = !plain::from_html(before).trim().is_empty() || before.contains("<img") || before.contains("<IMG");
    visible.then_some((style, at))
}

/// What begins at a tag.
enum Mark {
    /// A quote that ends with its element.
    Container(Style),
    /// A quote of everything from here on.
    Rest(Style),
    /// A signature: what stands in it is not an answer below the quote.
    Signature,
}

struct Search<'h> {
    html: &'h str,
    forward: bool,
    open: Vec<&'h str>,
    /// The depth of the quote or signature we are in, and whether it is a quote.
    inside: Option<(usize, bool)>,
    /// In a Gmail or Yahoo container: depth of citations, and whether one has ended.
    cited: (usize, bool),
    quote: Option<(Style, usize)>,
    /// The block before, for attributions outside their citation.
    block: (usize, String),
    before: Option<(usize, String)>,
    hidden: bool,
    looks: usize,
}

impl<'h> Search<'h> {
    fn new(html: &'h str, forward: bool) -> Self {
        Self {
            html,
            forward,
            open: Vec::new(),
            inside: None,
            cited: (0, false),
            quote: None,
            block: (0, String::new()),
            before: None,
            hidden: false,
            looks: 0,
        }
    }

    fn found(self) -> Option<(Style, usize)> {
        self.quote
    }

    /// Goes one token further; `None` when nothing after it can change the answer.
    fn step(&mut self, token: Token<'h>) -> Option<()> {
        match token {
            Token::Start(name, attributes, range) => self.start(&name, attributes, range.start, range.end),
            Token::End(name, range) => self.end(&name, range.end),
            Token::Text(text, _) => self.text(text),
        }
    }

    fn start(&mut self, name: &str, attributes: &'h str, at: usize, after: usize) -> Option<()> {
        if name == "head" {
            self.hidden = true;
        } else if name == "body" {
            self.hidden = false;
        }
        if is_block(name) || name == "br" {
            self.turn(if name == "br" { after } else { at })?;
        }
        if name == "img" && self.inside.is_none() {
            self.quote = None;
        }
        if self.inside.is_none() {
            match mark(name, attributes, &self.html[after..]) {
                Some(mark) if !matches!(mark, Mark::Signature) && self.is_forwarded(at) => {
                    let _ = mark;
                    self.quote = None;
                    return None;
                }
                Some(Mark::Rest(style)) => {
                    if self.forward {
                        self.quote = None;
                    } else {
                        self.begin(style, at);
                    }
                    return None;
                }
                Some(Mark::Container(style)) => {
                    self.begin(style, at);
                    self.inside = (!is_void(name)).then_some((self.open.len(), true));
                    self.cited = (0, false);
                }
                Some(Mark::Signature) => self.inside = (!is_void(name)).then_some((self.open.len(), false)),
                None => self.bare_citation(name, at),
            }
        } else if name == "blockquote" {
            self.cited.0 += 1;
        }
        if !is_void(name) && self.open.len() < DEPTH {
            self.open.push(spelled(self.html, at, name.len()));
        }
        Some(())
    }

    /// A blockquote without a mark is a quote if the line before it says so.
    fn bare_citation(&mut self, name: &str, at: usize) {
        if name == "blockquote" && self.before.as_ref().is_some_and(|(_, text)| is_attribution(text)) {
            self.begin(Style::Plain, at);
            self.inside = Some((self.open.len(), true));
            self.cited = (0, false);
        }
    }

    /// A quote begins here, or before, where the attribution stands; directly after another one it is the same quote.
    fn begin(&mut self, style: Style, at: usize) {
        if self.quote.is_none() {
            let from = self.before.as_ref().filter(|(_, text)| is_attribution(text)).map_or(at, |(from, _)| *from);
            self.quote = Some((style, from));
        }
    }

    fn is_forwarded(&mut self, at: usize) -> bool {
        self.looks += 1;
        if self.looks > LOOKS {
            return true;
        }
        let head = head(&self.html[at..]);
        is_forward(&head) || self.before.as_ref().is_some_and(|(_, text)| is_forward(text))
    }

    fn end(&mut self, name: &str, after: usize) -> Option<()> {
        if name == "head" {
            self.hidden = false;
        }
        if is_block(name) {
            self.turn(after)?;
        }
        if let Some(depth) = self.open.iter().rposition(|open| open.eq_ignore_ascii_case(name)) {
            if name == "blockquote" && self.inside.is_some_and(|(floor, _)| depth > floor) && self.cited.0 > 0 {
                self.cited = (self.cited.0 - 1, true);
            }
            self.open.truncate(depth);
            if self.inside.is_some_and(|(floor, _)| self.open.len() <= floor) {
                self.inside = None;
                self.before = None;
                self.block = (after, String::new());
            }
        }
        Some(())
    }

    fn text(&mut self, text: &'h str) -> Option<()> {
        let seen = unescape(text);
        if self.hidden || seen.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')) {
            return Some(());
        }
        if self.block.1.len() < 600 {
            if !self.block.1.is_empty() && seen.starts_with(char::is_whitespace) {
                self.block.1.push(' ');
            }
            self.block.1.push_str(seen.trim());
            self.block.1.push(' ');
        }
        match self.inside {
            // An answer between citations, inside the container all of it stands in.
            Some((_, true)) if self.cited == (0, true) => {
                self.quote = None;
                self.inside = None;
            }
            Some(_) => {}
            // What stands below a quote is an answer to it, unless it only announces the next one.
            None if self.quote.is_some() => self.quote = None,
            None => {}
        }
        Some(())
    }

    /// A block ends; outside a marked quote it may itself say, in words only, that the rest is one.
    fn turn(&mut self, next: usize) -> Option<()> {
        if self.block.1.trim().is_empty() {
            self.block.0 = next;
            return Some(());
        }
        let (from, text) = std::mem::replace(&mut self.block, (next, String::new()));
        let text = text.trim().to_owned();
        let worded = self.inside.is_none() && self.looks < LOOKS && (is_original_separator(&text) || self.opens_header_block(&text, from));
        if worded {
            self.quote = None;
            if !self.forward {
                self.begin(Style::Plain, from);
            }
            return None;
        }
        if self.inside.is_none() && is_forward(&text) {
            self.quote = None;
            return None;
        }
        self.before = Some((from, text));
        Some(())
    }

    fn opens_header_block(&mut self, text: &str, from: usize) -> bool {
        let labelled = text.find(':').is_some_and(|colon| colon <= 8);
        if labelled {
            self.looks += 1;
        }
        labelled && is_header_block(head(&self.html[from..]).trim_start().lines())
    }
}

/// The name of an open element, borrowed from the source so that the stack costs nothing.
fn spelled(html: &str, at: usize, length: usize) -> &str {
    html.get(at + 1..at + 1 + length).unwrap_or_default()
}

/// The first lines of what stands here, as text.
fn head(html: &str) -> String {
    let end = html.floor_char_boundary(html.len().min(3000));
    let text = plain::from_html(&html[..end]);
    text[..text.floor_char_boundary(text.len().min(600))].to_owned()
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "table"
            | "tr"
            | "td"
            | "blockquote"
            | "ul"
            | "ol"
            | "li"
            | "hr"
            | "pre"
            | "center"
            | "body"
            | "html"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
    )
}

fn mark(name: &str, attributes: &str, after: &str) -> Option<Mark> {
    if !matches!(name, "div" | "blockquote" | "span" | "p" | "hr" | "table" | "pre" | "body" | "section" | "a") {
        return None;
    }
    let class = attribute(attributes, "class").unwrap_or_default().to_ascii_lowercase();
    let id = attribute(attributes, "id").unwrap_or_default().to_ascii_lowercase();
    let has = |wanted: &str| class.split_ascii_whitespace().any(|word| word.ends_with(wanted));
    let named = |wanted: &str| id == wanted || id.strip_prefix("x_").is_some_and(|id| id == wanted);
    let container = |style| Some(Mark::Container(style));
    if has("gmail_signature") || has("moz-signature") || named("signature") || named("ms-outlook-mobile-signature") {
        return Some(Mark::Signature);
    }
    if has("gmail_quote") || has("gmail_quote_container") {
        return container(Style::Gmail);
    }
    if has("yahoo_quoted") {
        return container(Style::Yahoo);
    }
    if has("protonmail_quote") {
        return container(Style::Proton);
    }
    if has("zmail_extra") {
        return container(Style::Zoho);
    }
    if has("moz-cite-prefix") {
        return container(Style::Thunderbird);
    }
    if name == "blockquote" && attribute(attributes, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite")) {
        return container(Style::Apple);
    }
    if named("appendonsend") || named("divrplyfwdmsg") || named("stopspelling") || named("mail-editor-reference-message-container") {
        return Some(Mark::Rest(Style::OutlookWeb));
    }
    if named("olk_src_body_section") || has("outlookmessageheader") {
        return Some(Mark::Rest(Style::OutlookDesktop));
    }
    let style = || attribute(attributes, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    let line = name == "div" && style().contains("border-top:solid");
    (line && is_header_block(head(after).trim_start().lines())).then_some(Mark::Rest(Style::OutlookDesktop))
}

#[cfg(test)]
mod tests;
