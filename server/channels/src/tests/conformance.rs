//! What every channel must do, whichever it is.

use crate::{Allow, Http, Link, RawCall, Recipient, Settings, Verified, all};
use model::{FieldInput, Timestamp};
use proptest::prelude::*;
use std::time::Duration;

/// An inbox without settings, whose client reaches nothing.
pub fn with_link(run: impl FnOnce(&Link<'_>)) {
    let http = Http::new(Allow::default(), Duration::from_secs(1)).unwrap();
    let nothing = Settings::new();
    run(&Link {
        settings: &nothing,
        secrets: &nothing,
        app: &nothing,
        http: &http,
        public_url: "https://inbox.example",
        hook_url: "https://inbox.example/hooks/x/key",
        now: Timestamp(1_772_366_400_000),
    });
}

/// Secrets of every key any channel knows, so that a call could be judged.
fn secrets() -> Settings {
    ["token", "hook_secret", "app_secret", "verify_token", "channel_secret", "auth_token", "consumer_secret", "hook_user", "hook_password"]
        .into_iter()
        .map(|key| (key.to_owned(), format!("the {key}")))
        .collect()
}

#[test]
fn every_form_begins_with_the_name_and_explains_itself() {
    for channel in all() {
        let about = channel.descriptor();
        assert_eq!(about.form[0].key, "name", "{}", about.kind);
        assert!(about.form[0].required);
        let mut keys: Vec<_> = about.form.iter().map(|field| field.key.clone()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), about.form.len(), "{}: two fields of one key", about.kind);
        for field in &about.form {
            assert!(!field.label.en.is_empty() && !field.label.pt.is_empty(), "{} {}", about.kind, field.key);
            let spoken = !field.help.en.is_empty() && !field.help.pt.is_empty();
            assert!(spoken || about.kind == "website", "{} {}", about.kind, field.key);
            assert!(field.input != FieldInput::Secret || field.initial.en.is_empty());
        }
        for text in [&about.name, &about.needs] {
            assert!(!text.en.is_empty() && !text.pt.is_empty(), "{}", about.kind);
        }
        assert!(about.kind == "website" || (!about.guide.en.is_empty() && !about.guide.pt.is_empty()), "{}", about.kind);
        assert!(about.icon.starts_with('<'));
        let can = channel.capabilities(&Settings::new());
        assert!(can.text_limit > 0 && can.files > 0, "{}", about.kind);
    }
}

#[test]
fn forged_calls_are_rejected() {
    let secrets = secrets();
    for channel in all() {
        let kind = channel.descriptor().kind;
        let headers = [
            "x-telegram-bot-api-secret-token",
            "x-hub-signature-256",
            "x-line-signature",
            "x-twilio-signature",
            "authorization",
            "x-twitter-webhooks-signature",
        ];
        for forged in ["", "sha256=", "sha256=00", "Basic Og==", "AAAA", "sha256=AAAA", "é"] {
            for method in ["POST", "GET", "DELETE"] {
                let raw = RawCall {
                    method: method.into(),
                    headers: headers.iter().map(|name| ((*name).to_owned(), forged.to_owned())).collect(),
                    body: b"{}".to_vec(),
                    url: "https://inbox.example/hooks/x/key".into(),
                    ..RawCall::default()
                };
                with_link(|link| {
                    let judged = channel.verify(&Link { secrets: &secrets, ..*link }, &raw);
                    assert!(judged.is_err_and(|r| matches!(r.status, 400 | 401 | 403)), "{kind} {method} {forged}");
                    // Without any secret nothing may be proven either.
                    assert!(channel.verify(link, &raw).is_err(), "{kind} without secrets: {method} {forged}");
                });
            }
        }
    }
}

#[test]
fn what_nobody_knows_is_taken_without_an_error() {
    for channel in all() {
        let kind = channel.descriptor().kind;
        for body in [
            "{}",
            "[]",
            r#"{"object":"hologram","entry":[{}]}"#,
            r#"{"entry":[{"changes":[{"value":{"messages":[{}, 7, null]}}]}]}"#,
            r#"{"update_id":1,"hologram":{}}"#,
            r#"{"events":[{"type":"hologram"},{},null,[]]}"#,
            r#"{"data":{"event_type":"x"}}"#,
            r#"[{"type":"hologram"}, null, 3]"#,
            r#"{"object":"page","entry":[{"messaging":[{"message":{}}, null]}]}"#,
        ] {
            with_link(|link| {
                let read = channel.read(link, &stored(body.as_bytes()));
                assert_eq!(read.as_deref(), Ok(&[][..]), "{kind}: {body}");
            });
        }
    }
}

fn stored(body: &[u8]) -> Verified {
    Verified::stored(String::new(), String::new(), "application/json".into(), body.to_vec())
}

#[test]
fn shared_addresses_tell_their_calls_apart() {
    let raw = |body: &str| RawCall { method: "POST".into(), body: body.as_bytes().to_vec(), ..RawCall::default() };
    let page = raw(r#"{"object":"page","entry":[{"id":"1"},{"id":"2"},{"id":"1"}]}"#);
    for channel in all().iter().filter(|channel| channel.shared() == Some("meta")) {
        let expected =
            if channel.descriptor().kind == "messenger" { Recipient::Accounts(vec!["1".into(), "2".into()]) } else { Recipient::Other };
        assert_eq!(channel.recipient(&page), expected, "{}", channel.descriptor().kind);
    }
}

/// Recorded bodies of every channel, to be bent.
fn recorded() -> Vec<Vec<u8>> {
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = all().iter().filter_map(|channel| std::fs::read_dir(home.join(channel.descriptor().kind).join("fixtures")).ok());
    let files = folders.flatten().filter_map(Result::ok).map(|entry| entry.path());
    let bodies = files.filter(|path| !path.to_string_lossy().ends_with(".expect.json")).filter_map(|path| std::fs::read(path).ok());
    bodies.filter(|body| body.len() < 20_000).collect()
}

/// A tree like this one with one value replaced by something of another type.
fn bent(tree: &serde_json::Value, at: &mut usize, by: &serde_json::Value) -> serde_json::Value {
    if *at == 0 {
        *at = usize::MAX;
        return by.clone();
    }
    *at = at.saturating_sub(usize::from(*at != usize::MAX));
    match tree {
        serde_json::Value::Array(items) => items.iter().map(|item| bent(item, at, by)).collect(),
        serde_json::Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), bent(value, at, by))).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400), query in ".{0,40}", header in ".{0,60}") {
        for channel in all() {
            let mut raw = RawCall { method: "POST".into(), body: body.clone(), query: query.clone(), ..RawCall::default() };
            for name in ["x-hub-signature-256", "x-line-signature", "x-twilio-signature", "authorization", "x-twilio-webhooks-signature-settings"] {
                raw.headers.insert(name.into(), header.clone());
            }
            let secrets = secrets();
            with_link(|link| {
                let _recipient = channel.recipient(&raw);
                assert!(channel.verify(&Link { secrets: &secrets, ..*link }, &raw).is_err());
                let _read = channel.read(link, &stored(&body));
            });
        }
    }

    #[test]
    fn recorded_bodies_with_one_odd_value_never_panic(which in any::<prop::sample::Index>(), mut at in 0_usize..120, odd in 0_usize..7) {
        let bodies = recorded();
        prop_assume!(!bodies.is_empty());
        let body = &bodies[which.index(bodies.len())];
        let odds = ["null", "true", "-1", "1e300", "\"\u{0}é\"", "[]", "{\"a\":[1]}"];
        let by = serde_json::from_str(&odds[odd].replace('\u{0}', " ")).unwrap();
        let Ok(tree) = serde_json::from_slice(body) else { return Ok(()) };
        let body = bent(&tree, &mut at, &by).to_string().into_bytes();
        for channel in all() {
            with_link(|link| {
                let read = channel.read(link, &stored(&body));
                assert!(read.is_ok(), "{}: {read:?}", channel.descriptor().kind);
            });
        }
    }
}
