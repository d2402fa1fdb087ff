//! Quotes of every mail program we know. The fixtures hold whole mails; these are the rules one by one.

use super::*;

fn text_quote(text: &str) -> Option<&str> {
    in_text(text, false).map(|at| text[at..].lines().next().unwrap_or_default())
}

fn html_quote(html: &str) -> Option<(&'static str, &str)> {
    in_html(html, false).map(|(style, at)| (style.name(), &html[at..]))
}

#[test]
fn texts_of_every_program() {
    assert_eq!(
        text_quote("Hi\n\nOn Mon, Jan 5, 2026 at 9:30 AM Support\n<s@desk.test>\nwrote:\n\n> a\n> b\n"),
        Some("On Mon, Jan 5, 2026 at 9:30 AM Support")
    );
    assert_eq!(text_quote("Oi\n\n-----Mensagem original-----\nDe: x"), Some("-----Mensagem original-----"));
    assert_eq!(
        text_quote("Oi\n________________________________\nDe: S <s@d.test>\nEnviado: hoje\nPara: Ana\nAssunto: x\n\nOlá"),
        Some("________________________________")
    );
    assert_eq!(text_quote("Hola\nDe: S\nFecha: hoy\nPara: Ana\nAsunto: x\n\ny"), Some("De: S"));
    assert_eq!(text_quote("Yes\n> question\n> more\n-- \nAna"), Some("> question"));
    assert_eq!(text_quote("Am 05.01.26 schrieb S:\n> a"), None, "nothing would remain");
    assert_eq!(text_quote("> a\nanswer\n> b\nanswer"), None);
    assert_eq!(text_quote("See\n\n---------- Forwarded message ---------\nDe: Caio\nData: hoje\nPara: Ana\n\n> x"), None);
    assert_eq!(text_quote("Entrega\nDe: São Paulo\nPara: Recife"), None);
}

#[test]
fn html_of_every_program() {
    let gmail =
        "<div>Hi</div><div class=\"gmail_quote\"><div>On 5 Jan 2026, S wrote:</div><blockquote class=gmail_quote>q</blockquote></div>";
    assert_eq!(html_quote(gmail).map(|(style, at)| (style, at.len())), Some(("gmail", gmail.len() - 13)));
    let thunderbird = "<p>Hi</p><div class=\"moz-cite-prefix\">On 5/1/26 09:30, S wrote:<br></div><blockquote type=\"cite\">q</blockquote><pre class=\"moz-signature\">Ana</pre>";
    assert_eq!(html_quote(thunderbird).map(|(style, _)| style), Some("thunderbird"));
    let yahoo = "<div>Hi</div><div id=\"ydp1\" class=\"ydp1yahoo_quoted\">q</div>";
    assert_eq!(html_quote(yahoo).map(|(style, _)| style), Some("yahoo"));
    let zoho = "<div>Hi</div><div class=\"zmail_extra\">---- On Mon wrote ----<blockquote>q</blockquote></div>";
    assert_eq!(html_quote(zoho).map(|(style, _)| style), Some("zoho"));
    let outlook = "<div>Hi</div><hr><div id=\"x_divRplyFwdMsg\">From: S</div><div>old</div>";
    assert_eq!(html_quote(outlook).map(|(style, _)| style), Some("outlook-web"));
    let outside = "<div>Hi</div><div>On 5 Jan 2026, S wrote:</div><br><blockquote>q</blockquote>";
    assert!(html_quote(outside).is_some_and(|(_, at)| at.starts_with("<div>On 5 Jan")));
    let apple = "<div>Hi<br><br>On 5 Jan 2026, S wrote:<br><blockquote type=cite>q</blockquote></div>";
    assert!(html_quote(apple).is_some_and(|(_, at)| at.starts_with("On 5 Jan")), "{:?}", html_quote(apple));
}

#[test]
fn answers_between_quotes_stay() {
    assert_eq!(html_quote("<p>Hi</p><blockquote type=cite>q</blockquote><p>my answer</p>"), None);
    let gmail = "<div>Hi</div><div class=gmail_quote>On 5 Jan 2026, S wrote:<blockquote>q</blockquote><div>inline</div><blockquote>r</blockquote></div>";
    assert_eq!(html_quote(gmail), None);
    let two = "<p>a</p><blockquote type=cite>q</blockquote><p>b</p><blockquote type=cite>r</blockquote>";
    assert!(html_quote(two).is_some_and(|(_, at)| at == "<blockquote type=cite>r</blockquote>"));
}

#[test]
fn forwards_are_no_quotes() {
    assert_eq!(html_quote("<p>FYI</p><div class=gmail_quote><div>---------- Forwarded message ---------<br>De: x</div>text</div>"), None);
    assert_eq!(html_quote("<p>FYI</p><div>Begin forwarded message:</div><br><blockquote type=cite>text</blockquote>"), None);
    assert_eq!(in_html("<div>FYI</div><div id=appendonsend></div><div id=divRplyFwdMsg>From</div>text", true), None);
}

#[test]
fn signatures_begin_where_they_say() {
    assert_eq!(signature("Hi\n-- \nAna"), Some(3));
    assert_eq!(signature("Oi\n\nEnviado do meu iPhone\n"), Some(4));
    assert_eq!(signature("-- \nAna"), None);
}
