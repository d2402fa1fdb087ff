//! What agents type, as HTML for mail: a few marks, every line break kept, and no markup of their own. It reads nobody else's text.

use crate::escape;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Markdown to HTML; raw HTML is shown as typed, pictures become links, and a link leads to the web, to mail or to a telephone.
#[must_use]
pub fn to_html(markdown: &str) -> String {
    let mut refused = Vec::new();
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH).filter_map(move |event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::SoftBreak => Some(Event::HardBreak),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            let kept = may_lead_to(&dest_url);
            refused.push(!kept);
            kept.then(|| Event::InlineHtml(CowStr::from(format!("<a href=\"{}\">", escape(&dest_url)))))
        }
        Event::End(TagEnd::Link | TagEnd::Image) => (refused.pop() == Some(false)).then(|| Event::InlineHtml(CowStr::from("</a>"))),
        other => Some(other),
    });
    let mut out = String::with_capacity(markdown.len() * 2);
    push_html(&mut out, events);
    out.trim_end().to_owned()
}

fn may_lead_to(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn marks_become_markup_and_markup_stays_text() {
        assert_eq!(to_html("a **b** _c_\nd"), "<p>a <strong>b</strong> <em>c</em><br />\nd</p>");
        assert_eq!(to_html("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>");
        assert_eq!(
            to_html("[x](javascript:alert(1)) [y](https://a.test/?a=1&b=2)"),
            "<p>x <a href=\"https://a.test/?a=1&amp;b=2\">y</a></p>"
        );
        assert_eq!(to_html("![pic](https://a.test/p.png)"), "<p><a href=\"https://a.test/p.png\">pic</a></p>");
    }
}
