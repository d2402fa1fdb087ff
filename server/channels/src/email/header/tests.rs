//! Header fields as senders write them. The fixtures hold whole mails; these are the rules one by one.

use super::*;

#[test]
fn the_first_of_repeated_fields_counts() {
    let (headers, body) = Headers::read(b"Subject: one\r\nX: a\r\n b\r\nSubject: two\r\n\r\nbody", 0, |_| false);
    assert_eq!(headers.text("subject").as_deref(), Some("one"));
    assert_eq!(headers.text("x").as_deref(), Some("a b"));
    assert_eq!(body, 40);
}

#[test]
fn a_boundary_ends_headers_that_never_end() {
    let (headers, body) = Headers::read(b"A: b\r\n--x\r\n", 0, |line| line == b"--x");
    assert!(headers.has("a"));
    assert_eq!(body, 6);
}

#[test]
fn encoded_words_join_as_bytes() {
    assert_eq!(phrase(b"=?utf-8?B?w6c=?= =?utf-8?Q?_a_=C3?=\t=?UTF-8?Q?=A3?= end"), "ç a ã end");
    assert_eq!(phrase(b"a =?utf-8?q?b?= c"), "a b c");
    assert_eq!(phrase(b"=?utf-8?q?b?= =?iso-8859-1*pt?q?=e3?="), "bã");
    assert_eq!(phrase(b"Jos\xe9 =?x"), "José =?x");
    assert_eq!(phrase("Reclamação – pedido".as_bytes()), "Reclamação – pedido");
    assert_eq!(phrase(b"a\0b\x07"), "ab");
}

#[test]
fn parameters_come_in_every_dress() {
    let read = |raw: &str| Parameters::read(raw.as_bytes());
    assert_eq!(
        read("attachment; filename*0*=UTF-8''relat%C3%B3rio%20; filename*1*=de%20vendas; filename*2=\".pdf\"").get("filename"),
        Some("relatório de vendas.pdf")
    );
    assert_eq!(read("attachment; filename=\"=?utf-8?B?bsK6IDcudHh0?=\"").get("filename"), Some("nº 7.txt"));
    assert_eq!(read("x; filename=a b.pdf; size=3").get("filename"), Some("a b.pdf"));
    assert_eq!(read(r#"x; filename="C:\temp\a.txt""#).get("filename"), Some(r"C:\temp\a.txt"));
    assert_eq!(read("x; filename=plain; filename*=iso-8859-1''n%E3o").get("filename"), Some("não"));
    assert_eq!(read("Text/Plain; Charset=\"utf-8\"; boundary=a=b").get("boundary"), Some("a=b"));
    assert_eq!(read("Text/Plain (comment)").value, "text/plain");
    assert_eq!(read("").value, "");
}

#[test]
fn identifiers_lose_their_brackets() {
    assert_eq!(identifiers(b"Message from <a@b> of <c@d>"), ["a@b", "c@d"]);
    assert_eq!(identifiers(b"a@b c"), ["a@b"]);
    assert_eq!(identifiers(b"<un closed"), Vec::<String>::new());
}

#[test]
fn dates_are_utc_milliseconds() {
    assert_eq!(date("Mon, 05 Jan 2026 10:00:00 -0300"), Some(1_767_618_000_000));
    assert_eq!(date("5 Jan 26 13:00 GMT"), Some(1_767_618_000_000));
    assert_eq!(date("Mon Jan  5 13:00:00 2026"), Some(1_767_618_000_000));
    assert_eq!(date("Thu, 29 Feb 2024 23:59:60 EST (comment)"), Some(1_709_269_200_000));
    assert_eq!(date("1 Jan 1970 00:00:00 +0000"), Some(0));
    assert_eq!(date("yesterday"), None);
    assert_eq!(date("99 Foo 99999 99:99:99 +9999"), None);
}
