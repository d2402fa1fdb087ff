//! Recorded calls against what they must become: the cases in each channel's folder, or those in the folder that `RECADO_FIXTURES` names.
//! Whatever a case says is a key the expectation may leave out; whatever it says must hold.

use super::fold::Fold;
use crate::pick::Pick;
use crate::{Channel, ReceiptState, Verified};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[test]
fn fixtures() {
    let given = std::env::var_os("RECADO_FIXTURES").map(PathBuf::from);
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut cases, mut wrong) = (0, Vec::new());
    for channel in crate::all() {
        let kind = channel.descriptor().kind;
        let folder = given.as_ref().map_or_else(|| home.join(kind).join("fixtures"), |given| given.join(kind));
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        for name in names.iter().filter_map(|name| name.strip_suffix(".expect.json")) {
            // Mail is no call: its cases are read where it is.
            if bodies(&folder, name, &names).is_empty() {
                println!("skip {kind}/{name}: no calls");
                continue;
            }
            cases += 1;
            let found = case(*channel, &folder, name, &names);
            println!("{} {kind}/{name}", if found.is_empty() { "ok  " } else { "FAIL" });
            for line in &found {
                println!("       {line}");
            }
            if !found.is_empty() {
                wrong.push(format!("{kind}/{name}"));
            }
        }
    }
    assert!(cases > 0, "no case was found");
    assert!(wrong.is_empty(), "{} of {cases} cases differ: {wrong:?}", wrong.len());
}

/// The bodies of a case in their order: `name.json`, `name.form`, or `name.1.json` and so on.
fn bodies(folder: &Path, name: &str, names: &[String]) -> Vec<(String, Vec<u8>)> {
    let number = |file: &str| -> Option<u32> {
        let rest = file.strip_prefix(name)?.strip_prefix('.')?;
        let (number, extension) = rest.split_once('.').map_or((Some(0), rest), |(number, extension)| (number.parse().ok(), extension));
        number.filter(|_| matches!(extension, "json" | "form"))
    };
    let mut found: Vec<_> = names.iter().filter_map(|file| Some((number(file)?, file))).collect();
    found.sort();
    let read = |file: &String| (file.clone(), std::fs::read(folder.join(file)).unwrap());
    found.into_iter().map(|(_, file)| read(file)).collect()
}

/// Every difference between what a case expects and what was read.
fn case(channel: &dyn Channel, folder: &Path, name: &str, names: &[String]) -> Vec<String> {
    let expect: Value = serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.expect.json"))).unwrap()).unwrap();
    let mut fold = Fold::new(expect.at("given"));
    let mut wrong = Vec::new();
    super::conformance::with_link(|link| {
        for (file, body) in bodies(folder, name, names) {
            let kind = if file.ends_with(".form") { "application/x-www-form-urlencoded" } else { "application/json" };
            match channel.read(link, &Verified::stored(String::new(), String::new(), kind.to_owned(), body)) {
                Ok(read) => read.into_iter().for_each(|inbound| fold.add(inbound)),
                Err(error) => wrong.push(format!("{file}: {error}")),
            }
        }
    });
    let free = Freedom::of(expect.list("lenient"));
    all("message", expect.list("messages"), &fold.messages, &free, &mut wrong);
    all("status", expect.list("statuses"), &fold.statuses, &free, &mut wrong);
    all("event", expect.list("events"), &fold.events, &free, &mut wrong);
    let silent = fold.messages.is_empty() && fold.statuses.is_empty() && fold.events.is_empty();
    if expect.yes("ignored") && !silent && !free.count {
        wrong.push("was to be ignored".to_owned());
    }
    for (id, state) in expect.at("final_status").as_object().into_iter().flatten() {
        let reached = fold.reached.get(id).map(|state| word(*state));
        if reached != state.as_str() {
            wrong.push(format!("final status of {id}: expected {state}, reached {reached:?}"));
        }
    }
    let owners: Vec<_> = expect.list("same_contact").iter().filter_map(Value::as_str).map(|id| fold.owners.get(id)).collect();
    if owners.iter().any(|owner| owner.is_none() || *owner != owners[0]) {
        wrong.push(format!("not one contact: {owners:?}"));
    }
    let wanted: Vec<_> = expect.list("display_order").iter().filter_map(Value::as_str).collect();
    let mut shown: Vec<_> = fold.messages.iter().filter_map(|m| Some((m.whole("timestamp"), m.at("external_id").as_str()?))).collect();
    shown.sort_by_key(|(at, _)| *at);
    shown.retain(|(_, id)| wanted.contains(id));
    if shown.iter().map(|(_, id)| *id).collect::<Vec<_>>() != wanted {
        wrong.push(format!("display order {shown:?}"));
    }
    wrong
}

const fn word(state: ReceiptState) -> &'static str {
    match state {
        ReceiptState::Queued => "queued",
        ReceiptState::Sent => "sent",
        ReceiptState::Failed => "failed",
        ReceiptState::Delivered => "delivered",
        ReceiptState::Read => "read",
    }
}

/// What a case's `lenient` sentences set free. They are sentences for people, so the words in them decide.
struct Freedom {
    text: bool,
    kind: bool,
    sender: bool,
    count: bool,
    files: bool,
}

impl Freedom {
    fn of(sentences: &[Value]) -> Self {
        let says = |words: &[&str]| sentences.iter().filter_map(Value::as_str).any(|s| words.iter().any(|word| s.contains(word)));
        Self {
            text: says(&["text", "link", "command"]),
            kind: says(&["kind"]),
            sender: says(&["sender_id"]),
            count: says(&["ignored", "stored", "merged", "unsupported by design", "event", "skipped"]),
            files: says(&["attachment", "kinds"]),
        }
    }

    fn allows(&self, key: &str) -> bool {
        match key {
            "text" => self.text,
            "kind" => self.kind,
            "sender_id" => self.sender,
            "attachments" => self.files,
            _ => false,
        }
    }
}

fn all(what: &str, expected: &[Value], found: &[Value], free: &Freedom, wrong: &mut Vec<String>) {
    if expected.len() != found.len() {
        if !free.count {
            let told = |v: &Value| {
                format!("{} {}", v.text("kind").or_else(|| v.text("status")).unwrap_or_default(), v.text("external_id").unwrap_or_default())
            };
            let list = |all: &[Value]| all.iter().map(told).collect::<Vec<_>>().join("; ");
            wrong.push(format!("{what}: expected {} [{}], read {} [{}]", expected.len(), list(expected), found.len(), list(found)));
        }
        return;
    }
    for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
        for (key, value) in expected.as_object().into_iter().flatten() {
            let other = found.at(key);
            if !holds(key, value, other, expected) && !free.allows(key) {
                let (at, value, other) = leaf(key.clone(), value, other);
                wrong.push(format!("{what} {index} {at}: expected {}, read {}", short(value), short(other)));
            }
        }
        // What the expectation does not know at all must not be there, where it would change the meaning.
        for key in ["removed", "direction", "forwarded", "payload", "location", "contacts"] {
            let other = found.at(key);
            let empty = other.is_null() || *other == Value::Bool(false);
            if what == "message" && !expected.has(key) && !empty && !matches!(key, "payload" | "contacts") {
                wrong.push(format!("{what} {index} {key}: not expected, read {}", short(other)));
            }
        }
    }
}

/// The first place where two trees differ, so that a long one need not be compared by eye.
fn leaf<'v>(at: String, expected: &'v Value, found: &'v Value) -> (String, &'v Value, &'v Value) {
    let inner = match (expected, found) {
        (Value::Object(fields), Value::Object(_)) => {
            fields.iter().map(|(key, value)| (key.clone(), value, found.at(key))).find(|(key, a, b)| !holds(key, a, b, &Value::Null))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().map(|(n, (a, b))| (n.to_string(), a, b)).find(|(_, a, b)| !holds("", a, b, &Value::Null))
        }
        _ => None,
    };
    match inner {
        Some((key, a, b)) => leaf(format!("{at}.{key}"), a, b),
        None => (at, expected, found),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 160 { text.chars().take(160).chain("…".chars()).collect() } else { text }
}

/// Whether a value is what is expected: absent and empty are the same, a missing time is the time of arrival, numbers may be text, lists of
/// other ids have no order, objects may hold more.
fn holds(key: &str, expected: &Value, found: &Value, message: &Value) -> bool {
    let empty = |v: &Value| v.is_null() || v.as_str() == Some("") || v.as_array().is_some_and(Vec::is_empty) || *v == Value::Bool(false);
    match (key, expected) {
        ("timestamp", Value::Null) => true,
        // A rendering for the agent, which may be worded in another way.
        ("text", Value::String(_)) if matches!(message.text("kind").as_deref(), Some("location" | "contacts")) => !empty(found),
        ("alt_ids", Value::Array(ids)) => {
            let other = found.as_array().map_or(&[][..], Vec::as_slice);
            ids.len() == other.len() && ids.iter().all(|id| other.contains(id))
        }
        (_, Value::Object(fields)) => fields.iter().all(|(key, value)| holds(key, value, found.at(key), message)),
        (_, Value::Array(items)) if !items.is_empty() => {
            let other = found.as_array().map_or(&[][..], Vec::as_slice);
            items.len() == other.len() && items.iter().zip(other).all(|(a, b)| holds("", a, b, message))
        }
        (_, value) if empty(value) => empty(found),
        (_, Value::Number(number)) => found == expected || found.as_str() == Some(&number.to_string()) || found.as_f64() == number.as_f64(),
        (_, value) => value == found,
    }
}
