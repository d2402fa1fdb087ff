//! The cleaner against known tricks and bombs. The fixtures hold whole mails; these are the rules one by one.

use super::*;

fn wash(html: &str) -> String {
    clean(html, &["logo@x"])
}

#[test]
fn plain_dress_survives() {
    assert_eq!(wash("<p>Hi <b>bold</b> &amp; <i>x</p>y"), "<p>Hi <b>bold</b> &amp; <i>x</i></p>y");
    assert_eq!(
        wash("<a href='https://shop.test/1' target=_top onclick=x>o</a>"),
        "<a href=\"https://shop.test/1\" target=\"_blank\" rel=\"noopener noreferrer\">o</a>"
    );
    assert_eq!(wash("<div id=a class=b name=c style='color:red;position:fixed'>x</div>"), "<div style=\"color:red\">x</div>");
    assert_eq!(
        wash("<table><tr><td>1<td>2<tr><td>3</table>"),
        "<table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>"
    );
}

#[test]
fn no_image_loads_by_itself() {
    assert_eq!(wash("<img src='cid:logo%40x' alt=l><img src='cid:gone'>"), "<img data-cid=\"logo@x\" alt=\"l\">");
    let cleaned =
        wash("<img src=http://t.test/p.gif width=1><img srcset='http://t.test/2x 2x'><img src=//t.test/q><img src=x onerror=alert(1)>");
    assert_eq!(cleaned, "<img data-remote=\"http://t.test/p.gif\" width=\"1\"><img data-remote=\"https://t.test/q\">");
    let none = show(&cleaned, |_| None, None);
    assert_eq!((none.blocked, none.html.contains(" src=")), (2, false));
    let all = show(&cleaned, |_| None, Some(&|address| format!("/proxy?u={address}&x=\"")));
    assert!(all.html.starts_with("<img src=\"/proxy?u=http://t.test/p.gif&amp;x=&quot;\" width=\"1\">"), "{}", all.html);
    let own = show(&wash("<img src=cid:logo@x>"), |id| Some(format!("/parts/{id}")), None);
    assert_eq!(own.html, "<img src=\"/parts/logo@x\">");
    assert!(wash("<img src='data:image/png;base64,AAAA'>").contains("src=\"data:image/png"));
    assert_eq!(wash("<img src='data:image/svg+xml;base64,AAAA'>"), "");
}

#[test]
fn nothing_runs() {
    let vectors = include_str!("vectors.txt");
    for vector in vectors.lines().chain([vectors]) {
        let cleaned = wash(vector);
        assert_harmless(&cleaned, vector);
        let shown = show(&cleaned, |_| Some("/part".into()), Some(&|_| "/proxy".into())).html;
        assert_harmless(&shown, vector);
        assert_eq!(wash(&cleaned), cleaned, "not stable: {vector}");
    }
}

#[test]
fn what_readers_skip_is_skipped_before_they_read() {
    // Found by fuzzing: a NUL is no character of a page, so the newline behind it is the first of its <pre>.
    for vector in ["<pre>\0\0\nA</pre>", "<pre\r\r>\0\n\0\nA", "<pre>\0</pre>\nA"] {
        let cleaned = wash(vector);
        assert_eq!(wash(&cleaned), cleaned, "not stable: {vector:?}");
    }
    // White space around an address is none of it.
    assert!(wash("<a href=\"\nmailto:a@b.test \">o</a>").contains("href=\"mailto:a@b.test\""));
    assert!(!wash("<a href=\"\n javascript:alert(1)\">o</a>").contains("href"));
}

#[test]
fn what_is_too_long_goes_whole_and_at_once() {
    let long = format!("https://shop.test/{}", "x".repeat(5_000));
    let grown = format!("https://shop.test/?{}", "a&".repeat(1_500));
    let many = format!("<a {} href=https://shop.test/>o</a>", (0..70).map(|n| format!("x{n} ")).collect::<String>());
    for vector in
        [format!("<p>a <a href=\"{long}\">o</a></p>"), format!("<a href=\"{grown}\">o</a>"), format!("<p title=\"{grown}\">o</p>"), many]
    {
        let cleaned = wash(&vector);
        assert!(!cleaned.contains("<a"), "a link that leads nowhere: {cleaned}");
        assert_eq!(wash(&cleaned), cleaned, "not stable: {vector}");
    }
}

/// Reads the answer as a browser would and looks at every tag and attribute.
fn assert_harmless(html: &str, from: &str) {
    for token in Tokens::new(html) {
        let Token::Start(name, source, _) = token else { continue };
        assert!(TAGS.contains(&name.as_ref()), "<{name}> in {html} from {from}");
        for (attribute, value) in attributes(source) {
            let value = unescape(value).to_ascii_lowercase();
            let known = ["href", "src", "data-cid", "data-remote", "rel", "target"].contains(&attribute.as_ref())
                || ATTRIBUTES.contains(&attribute.as_ref());
            assert!(known, "{attribute} in {html} from {from}");
            if attribute == "href" {
                let fine = ["http://", "https://", "mailto:", "tel:", "http:", "https:"]
                    .iter()
                    .any(|scheme| value.trim_start().starts_with(scheme));
                assert!(fine, "{value} from {from}");
            }
            if attribute == "style" {
                assert!(!value.contains("url(") && !value.contains("expression") && !value.contains('\\'), "{value} from {from}");
            }
        }
    }
}

#[test]
fn bombs_stay_small() {
    let bombs = [
        "<div>".repeat(10_000),
        format!("<p>{}x", "<font color=red><b>".repeat(10_000)),
        format!("<p>{}{}", "<font color=red>".repeat(200), "<p>x</p>".repeat(10_000)),
        format!("<table>{}{}", "<b>".repeat(300), "x<tr>".repeat(10_000)),
        format!("<a {}>x</a>", (0..10_000).map(|n| format!("a{n} ")).collect::<String>()),
        "<svg>".repeat(10_000),
        "<!--".repeat(10_000),
        "</p>".repeat(10_000),
        "<a href=x>".repeat(10_000),
        "<img src=cid:logo@x>".repeat(10_000),
        "<table><tr><td>".repeat(10_000),
        "&amp".repeat(20_000),
        "<select><option>".repeat(10_000),
    ];
    for bomb in bombs {
        let cleaned = wash(&bomb);
        assert!(cleaned.len() <= 8 << 20, "{} of {}", cleaned.len(), bomb.get(..20).unwrap_or_default());
    }
}
