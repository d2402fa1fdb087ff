//! Every mail of a folder against what is expected of it: `RECADO_FIXTURES=DIR cargo test -p channels email::fixtures` reads `DIR/email`, without it
//! the folder beside this file. It compares and explains; it contains no expectation of its own.

use super::{
    Mail,
    kind::{Own, kind},
    quote::Fold,
    report::Outcome,
    thread::{Candidate, Signer, candidates},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

fn folder() -> PathBuf {
    match std::env::var_os("RECADO_FIXTURES") {
        Some(folder) => Path::new(&folder).join("email"),
        None => here(),
    }
}

/// Beside this file, whichever crate compiles it.
fn here() -> PathBuf {
    let file = Path::new(file!());
    let beside = if file.is_absolute() { file.to_path_buf() } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("src/email/fixtures.rs") };
    beside.with_file_name("fixtures")
}

#[test]
fn every_mail_is_read_as_expected() {
    let folder = folder();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.strip_suffix(".expect.json").map(str::to_owned))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no expectation in {}", folder.display());
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in &names {
        let expect: Value =
            serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.expect.json"))).expect("an expectation")).expect("JSON");
        let raw = std::fs::read(folder.join(format!("{name}.eml"))).ok().or_else(|| generated(name));
        let Some(raw) = raw else {
            wrong.entry(name.clone()).or_default().push("no such mail, and none that is generated".into());
            continue;
        };
        let found = check(&raw, &expect);
        if !found.is_empty() {
            wrong.insert(name.clone(), found);
        }
    }
    let report: String = wrong.iter().map(|(name, lines)| format!("\n{name}\n    {}", lines.join("\n    "))).collect();
    assert!(wrong.is_empty(), "{} of {} mails are read otherwise:{report}\n", wrong.len(), names.len());
}

struct Check<'e> {
    expect: &'e Value,
    wrong: Vec<String>,
}

impl Check<'_> {
    /// Equal, or one of the alternatives `accept` names for the field.
    fn equal(&mut self, field: &str, expected: &Value, found: &Value) {
        let accepted = |key: &str| match &self.expect["accept"][key] {
            Value::Array(others) => others.iter().any(|other| other == found),
            other => other == found,
        };
        if expected != found && !accepted(field) && !accepted(&field.replace('.', "_")) {
            self.wrong.push(format!("{field}: expected {expected}, found {found}"));
        }
    }

    fn holds(&mut self, field: &str, text: &str, contains: &Value, never: &Value, fold_case: bool) {
        let fold = |text: &str| if fold_case { text.to_lowercase() } else { text.to_owned() };
        for wanted in contains.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !text.contains(wanted) {
                self.wrong.push(format!("{field}: {wanted:?} is missing in {:?}", short(text)));
            }
        }
        for banned in never.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if fold(text).contains(&fold(banned)) {
                self.wrong.push(format!("{field}: {banned:?} must not be in {:?}", short(text)));
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(600).collect()
}

fn own() -> Own {
    Own { addresses: vec!["support@desk.test".into(), "sales@desk.test".into()], domains: vec!["desk.test".into()] }
}

fn check(raw: &[u8], expect: &Value) -> Vec<String> {
    let started = Instant::now();
    let mail = Mail::read(raw);
    let fold = Fold::of(&mail);
    let cleaned = mail.cleaned();
    let kind = kind(&mail, &own());
    let took = started.elapsed();
    let mut check = Check { expect, wrong: Vec::new() };
    // A debug build, its parsers unoptimised too, is slower by a factor of twenty and more.
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 5_000 } else { 200 });
    if took > limit {
        check.wrong.push(format!("took {took:?}"));
    }
    let emails = |list: &[super::Address]| json!(list.iter().map(|address| &address.email).collect::<Vec<_>>());
    let from = mail.from.clone().unwrap_or_default();
    check.equal("from.name", &expect["from"]["name"], &json!(from.name));
    check.equal("from.email", &expect["from"]["email"], &json!(from.email));
    check.equal("contact", &expect["contact"], &json!(kind.contact.map(|contact| contact.email).unwrap_or_default()));
    check.equal("reply_to", &expect["reply_to"], &emails(&mail.reply_to));
    check.equal("to", &expect["to"], &emails(&mail.to));
    check.equal("cc", &expect["cc"], &emails(&mail.cc));
    check.equal("subject", &expect["subject"], &json!(mail.subject));
    check.equal("date", &expect["date"], &json!(mail.date.map(iso)));
    check.equal("message_id", &expect["message_id"], &json!(mail.message_id));
    check.equal("in_reply_to", &expect["in_reply_to"], &json!(mail.in_reply_to));
    check.equal("references", &expect["references"], &json!(mail.references));
    if expect["accept"]["text"].is_null() || mail.cut.is_none() {
        check.holds("text", &mail.text, &expect["text"]["contains"], &expect["text"]["must_not_contain"], false);
    }
    match (&expect["html"], &cleaned) {
        (Value::Null, None) => {}
        (Value::Null, Some(html)) => check.wrong.push(format!("html: none expected, found {:?}", short(html))),
        (_, None) => check.wrong.push("html: expected, none found".into()),
        (wanted, Some(html)) => {
            check.holds("html", html, &wanted["sanitised_contains"], &wanted["sanitised_must_not_contain"], false);
            check.holds("html", html, &Value::Null, &wanted["sanitised_must_not_contain"], true);
        }
    }
    // Alternatives may differ in their words: what must show may stand in either, what must not show in neither.
    let plain = &mail.text[..fold.text.unwrap_or(mail.text.len())];
    let visible = format!("{}\n{plain}", fold.visible(&mail));
    check.holds("visible", &visible, &expect["visible"]["contains"], &expect["visible"]["must_not_contain"], false);
    quote(&mut check, &mail, &fold);
    attachments(&mut check, &mail, raw);
    check.equal("is_auto", &expect["is_auto"], &json!(kind.automatic));
    check.equal("is_bounce", &expect["is_bounce"], &json!(kind.bounce));
    check.equal("may_auto_reply", &expect["may_auto_reply"], &json!(kind.may_auto_reply));
    report(&mut check, kind.report.as_ref());
    thread(&mut check, &mail);
    check.wrong
}

fn quote(check: &mut Check<'_>, mail: &Mail, fold: &Fold) {
    let expect = &check.expect["quote"];
    let found = fold.style.map(super::quote::Style::name);
    if expect.is_null() {
        if let Some(style) = found {
            check.wrong.push(format!("quote: none expected, found {style} at {:?}/{:?}", fold.text, fold.html));
        }
        return;
    }
    check.equal("quote.kind", &expect["kind"].clone(), &json!(found));
    if let Some(start) = expect["text_starts_with"].as_str() {
        let text = fold.text.map(|at| &mail.text[at..]);
        if !text.is_some_and(|text| text.starts_with(start)) {
            check.wrong.push(format!("quote: text expected from {start:?}, found {:?} in {:?}", text.map(short), short(&mail.text)));
        }
    }
    if let Some(marker) = expect["html_marker"].as_str() {
        let html = mail.html.as_deref().zip(fold.html).map(|(html, at)| &html[at..]);
        let first_tag = html.and_then(|html| html.find('>').map(|end| &html[..=end]));
        if !first_tag.is_some_and(|tag| tag.contains(marker)) {
            check.wrong.push(format!("quote: marker {marker:?} expected, found {:?}", html.map(short)));
        }
    }
}

fn attachments(check: &mut Check<'_>, mail: &Mail, raw: &[u8]) {
    let differs = |expected: &Value| -> Option<String> {
        let expected = expected.as_array().cloned().unwrap_or_default();
        if expected.len() != mail.attachments.len() {
            return Some(format!(
                "{} expected, found {:?}",
                expected.len(),
                mail.attachments.iter().map(|file| (&file.name, &file.kind)).collect::<Vec<_>>()
            ));
        }
        expected.iter().zip(&mail.attachments).find_map(|(expected, file)| {
            let bytes = file.bytes(raw);
            let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            let tolerance = expected["size_tolerance"].as_u64().unwrap_or(0);
            let size = expected["size"].as_u64();
            let same = (expected["filename"].is_null() && !file.name.is_empty() || expected["filename"] == file.name)
                && expected["content_type"] == file.kind
                && size.is_none_or(|size| size.abs_diff(file.size as u64) <= tolerance)
                && bytes.len() == file.size
                && (expected["sha256"].is_null() || tolerance > 0 || expected["sha256"] == hash)
                && expected["inline"] == file.inline
                && expected["content_id"] == json!(file.content_id);
            (!same).then(|| {
                format!(
                    "expected {expected}, found {:?} {} {} inline={} cid={:?} {hash}",
                    file.name, file.kind, file.size, file.inline, file.content_id
                )
            })
        })
    };
    let Some(problem) = differs(&check.expect["attachments"]) else { return };
    let accepted = match &check.expect["accept"]["attachments"] {
        Value::Array(others) => others.iter().any(|other| differs(other).is_none()),
        Value::String(_) => mail.attachments.len() >= check.expect["attachments"].as_array().map_or(0, Vec::len),
        _ => false,
    };
    if !accepted {
        check.wrong.push(format!("attachments: {problem}"));
    }
}

fn report(check: &mut Check<'_>, found: Option<&super::report::Report>) {
    let expect = check.expect["report"].clone();
    match (expect.is_null(), found) {
        (true, None) => {}
        (true, Some(report)) => check.wrong.push(format!("report: none expected, found {report:?}")),
        (false, None) => check.wrong.push("report: expected, none found".into()),
        (false, Some(report)) => {
            let outcome = match report.outcome {
                Outcome::Failed => "failed",
                Outcome::Delayed => "delayed",
                Outcome::Delivered => "delivered",
                Outcome::Read => "read",
                Outcome::Complaint => "complaint",
            };
            check.equal("report.kind", &expect["kind"], &json!(outcome));
            check.equal("report.recipient", &expect["recipient"], &json!(report.recipient));
            check.equal("report.status", &expect["status"], &json!(report.status));
            check.equal("report.original_message_id", &expect["original_message_id"], &json!(report.original));
            let said = report.diagnostic.clone().unwrap_or_default().to_lowercase();
            let wanted = expect["diagnostic_contains"].as_str().unwrap_or_default().to_lowercase();
            if !said.contains(&wanted) {
                check.wrong.push(format!("report: diagnostic {wanted:?} is missing in {said:?}"));
            }
        }
    }
}

/// Looks candidates up as the service does: the first that is known wins.
fn thread(check: &mut Check<'_>, mail: &Mail) {
    let thread = check.expect["thread"].clone();
    let signer = Signer::new(b"fixtures");
    let known = |table: &str, key: &str| thread[table][key].as_str().map(str::to_owned);
    let found = candidates(mail, &[], &signer).iter().find_map(|candidate| match candidate {
        Candidate::Token(token) => known("tokens", &token.key),
        Candidate::Known { id, .. } => known("known", id),
        Candidate::Ours { conversation, .. } => Some(conversation.clone()),
    });
    check.equal("thread", &thread["expect"], &json!(found.unwrap_or_else(|| "new".into())));
}

fn iso(milliseconds: i64) -> String {
    let seconds = milliseconds.div_euclid(1000);
    let (day, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let date = (0..=400).find_map(|ahead| {
        let year = 1970 + ahead;
        let start = super::header::days(year, 1, 1);
        (start <= day && day < super::header::days(year + 1, 1, 1)).then_some(year)
    });
    let year = date.unwrap_or(1970);
    let month = (1..=12).rev().find(|month| super::header::days(year, *month, 1) <= day).unwrap_or(1);
    let of_month = day - super::header::days(year, month, 1) + 1;
    format!("{year:04}-{month:02}-{of_month:02}T{:02}:{:02}:{:02}Z", time / 3600, time / 60 % 60, time % 60)
}

/// The two mails too large to store, by the number they begin with.
fn generated(name: &str) -> Option<Vec<u8>> {
    match name.split('-').next()? {
        "26" => Some(mail(
            "big file",
            "big26",
            "20 MiB attached",
            &[("video.bin", "application/octet-stream", &b"0123456789abcdef".repeat(20 * 65_536))],
        )),
        "27" => {
            // The first entry of an archive that claims a gigabyte, and the head of a picture of 20,000 × 20,000.
            let zip = [&b"PK\x03\x04\x2d\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\x40\x09\0\0\0zeros.bin"[..], &[0; 1 << 20]].concat();
            let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\0\0\0\0"[..], &[0; 1 << 19]].concat();
            Some(mail("bombs", "bomb27", "do not unpack", &[("bomb.zip", "application/zip", &zip), ("huge.png", "image/png", &png)]))
        }
        _ => None,
    }
}

fn mail(subject: &str, id: &str, text: &str, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut out = format!(
        "From: Ana Souza <ana@cust.test>\r\nTo: support@desk.test\r\nSubject: {subject}\r\nDate: Mon, 05 Jan 2026 10:00:00 -0300\r\n\
         Message-ID: <{id}@cust.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"g\"\r\n\r\n\
         --g\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    for (name, kind, bytes) in files {
        out.push_str(&format!("--g\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
        for line in bytes.chunks(57) {
            base64(line, &mut out);
            out.push_str("\r\n");
        }
    }
    out.push_str("--g--\r\n");
    out.into_bytes()
}

fn base64(bytes: &[u8], out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            out.push(if place <= group.len() { char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]) } else { '=' });
        }
    }
}
