//! Mails made to cost time, each against a limit. They are built here, as none is worth storing.

use super::{
    Mail,
    forward::forwarded,
    kind::{Own, kind},
    quote::Fold,
    thread::{Signer, candidates, fingerprint},
};
use std::time::{Duration, Instant};

/// A debug build, its parsers unoptimised too, is slower by a factor of twenty and more.
const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 5000 } else { 200 });

fn read(name: &str, raw: &[u8]) {
    // A machine that is busy with other things may be slow once, not three times.
    let took = (0..3).map(|_| once(raw)).find(|took| *took <= LIMIT);
    assert!(took.is_some(), "{name}: more than {LIMIT:?}, three times");
}

fn once(raw: &[u8]) -> Duration {
    let started = Instant::now();
    let mail = Mail::read(raw);
    let _ = (
        Fold::of(&mail).visible(&mail),
        mail.cleaned(),
        kind(&mail, &Own::default()),
        candidates(&mail, &[], &Signer::new(b"x")),
        fingerprint(&mail, raw),
        forwarded(&mail, raw, &Own::default()),
    );
    started.elapsed()
}

#[test]
fn markup_bombs() {
    let attributes: String = (0..150_000).map(|n| format!("a{n} ")).collect();
    let bombs = [
        ("nested divs", "<div>".repeat(100_000)),
        ("closed divs", "<div>a</div>".repeat(100_000)),
        ("citations", "<blockquote type=cite></blockquote>".repeat(30_000)),
        ("header blocks", "<div>From: a</div>".repeat(50_000)),
        ("forwards", "<div class=gmail_quote>a</div>b".repeat(30_000)),
        ("fonts", format!("{}{}", "<font color=red>".repeat(500), "<p>x</p>".repeat(100_000))),
        ("tables", "<table><tr><td>".repeat(50_000)),
        ("attributes", format!("<a {attributes}>x</a><img {attributes}>")),
        ("cids", "cid:".repeat(300_000)),
        ("comments", "<!--".repeat(300_000)),
        ("unclosed", "<svg><math><noscript><template>".repeat(30_000)),
        ("ends", format!("{}{}", "<b>".repeat(100), "</i>".repeat(300_000))),
        ("references", "&amp;&lt;&#1;&x".repeat(100_000)),
        ("selects", "<select><option>".repeat(50_000)),
    ];
    for (name, bomb) in bombs {
        read(name, format!("From: a@b.c\nContent-Type: text/html\n\n{bomb}").as_bytes());
    }
}

#[test]
fn text_bombs() {
    for (name, line) in [
        ("attributions", "On 1\n"),
        ("quotes", "> a\n"),
        ("froms", "From: a\n"),
        ("digits", "1 escreveu: x\n"),
        ("underscores", "____________________\n"),
        ("boundaries", "--\n"),
        ("soft breaks", "a \n"),
    ] {
        read(name, format!("Content-Type: text/plain; format=flowed\n\n{}", line.repeat(300_000)).as_bytes());
    }
    read("one line", &[b"Subject: x\n\n".to_vec(), vec![b'a'; 5 << 20]].concat());
}

#[test]
fn header_bombs() {
    for (name, value) in [
        ("colons", format!("{}@{}", "x".repeat(300_000), ":".repeat(300_000))),
        ("words", "=?a?q?".repeat(150_000)),
        ("comments", "(".repeat(500_000)),
        ("commas", "a@b,".repeat(200_000)),
        ("tokens", "reply+0123456789abcdef.aaaaaaaaaaaaaaaa@x.y,".repeat(20_000)),
        ("angles", "<".repeat(500_000)),
        ("ids", "<a@b> ".repeat(150_000)),
        ("parameters", "text/plain; a*0*=x; a*1=".repeat(40_000)),
    ] {
        for field in ["To", "From", "Subject", "References", "Content-Type", "Content-Disposition"] {
            read(&format!("{name} in {field}"), format!("{field}: {value}\n\nx").as_bytes());
        }
    }
    read("fields", "To: a@b\n".repeat(130_000).as_bytes());
    read("folds", format!("To: a\n{}", " b\n".repeat(300_000)).as_bytes());
}

#[test]
fn part_bombs() {
    let head = "Content-Type: multipart/mixed; boundary=b\n\n";
    read("parts", format!("{head}{}", "--b\n\nx\n".repeat(200_000)).as_bytes());
    let opening: String = (0..20_000).map(|level| format!("Content-Type: multipart/mixed; boundary=d{level}\n\n--d{level}\n")).collect();
    read("levels", opening.as_bytes());
    let alternatives = "--b\nContent-Type: text/html; name=x\n\n<p>x\n--b\nContent-Type: text/plain\n\nx\n".repeat(400);
    read("alternatives", format!("Content-Type: multipart/alternative; boundary=b\n\n{alternatives}").as_bytes());
    let fake = format!("{head}--b\nContent-Type: application/octet-stream\n\n{}", "--c\n".repeat(300_000));
    read("false boundaries", fake.as_bytes());
    let status = format!(
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n{}",
        "Action: failed\n\n".repeat(100_000)
    );
    read("recipients", status.as_bytes());
    let calendar = format!("Content-Type: text/calendar\n\nBEGIN:VEVENT\n{}", "SUMMARY:x\n y\n".repeat(200_000));
    read("calendar", calendar.as_bytes());
}
