//! Every published or recorded signature, accepted as it is and refused in each corrupt form.

use super::conformance::with_link;
use crate::pick::Pick;
use crate::{Channel, Link, RawCall, Rejected, Settings, Verdict, find, proof};
use serde_json::Value;

/// A channel of each scheme, and where its secret is kept.
fn setup(scheme: &str, vector: &Value) -> Option<(&'static str, Settings, Settings)> {
    let secret = vector.text("secret").unwrap_or_default();
    let own = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Settings>();
    let used = vector.list("used_by").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
    Some(match scheme {
        "meta_x_hub_signature_256" if used.contains("whatsapp") => ("whatsapp", own(&[]), own(&[("meta.app_secret", &secret)])),
        "meta_x_hub_signature_256" => {
            let other = vector.text("alternative_secret").unwrap_or_default();
            ("instagram", own(&[]), own(&[("instagram.app_secret", &secret), ("meta.app_secret", &other)]))
        }
        "meta_hub_challenge" => ("messenger", own(&[]), own(&[("meta.verify_token", &secret)])),
        "telegram_secret_token" => ("telegram", own(&[("hook_secret", &secret)]), own(&[])),
        "line_x_line_signature" => ("line", own(&[("channel_secret", &secret)]), own(&[])),
        "twilio_x_twilio_signature_sharedkey" => ("twilio", own(&[("auth_token", "another"), ("shared_key", &secret)]), own(&[])),
        "twilio_x_twilio_signature_form" | "twilio_x_twilio_signature_json" => ("twilio", own(&[("auth_token", &secret)]), own(&[])),
        "x_crc" | "x_twitter_webhooks_signature" => ("x", own(&[("consumer_secret", &secret)]), own(&[])),
        "bandwidth_basic_auth" => {
            let (user, password) = (vector.text("secret.user")?, vector.text("secret.password")?);
            ("bandwidth", own(&[("hook_user", &user), ("hook_password", &password)]), own(&[]))
        }
        _ => return None,
    })
}

fn call(vector: &Value, variant: &Value) -> RawCall {
    let pick = |key: &str| if variant.get(key).is_some() { variant.at(key).clone() } else { vector.at(key).clone() };
    let text = |key: &str| pick(key).as_str().map(ToOwned::to_owned);
    let request = text("request");
    let mut raw = RawCall { method: if request.is_some() { "GET" } else { "POST" }.into(), ..RawCall::default() };
    raw.body = if request.is_some() { Vec::new() } else { text("body").unwrap_or_default().into_bytes() };
    raw.url = text("url").unwrap_or_else(|| "https://inbox.example.com/hooks/x".into());
    raw.query = request.map_or_else(
        || raw.url.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default(),
        |request| request.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default(),
    );
    if let (Some(header), Some(signature)) = (text("header"), text("signature")) {
        raw.headers.insert(header.to_ascii_lowercase(), signature);
    }
    raw.headers.insert("content-type".into(), text("content_type").unwrap_or_else(|| "application/json".into()));
    for (name, value) in pick("extra_header").as_object().into_iter().flatten() {
        raw.headers.insert(name.to_ascii_lowercase(), value.as_str().unwrap_or_default().to_owned());
    }
    raw
}

fn judged(channel: &dyn Channel, secrets: &Settings, app: &Settings, raw: &RawCall) -> Result<Verdict, Rejected> {
    let mut verdict = Err(Rejected::unknown("not asked"));
    with_link(|link| verdict = channel.verify(&Link { secrets, app, ..*link }, raw));
    verdict
}

#[test]
fn fixtures_of_signatures() {
    let given = std::env::var_os("RECADO_FIXTURES").map(|folder| std::path::PathBuf::from(folder).join("signatures.json"));
    let bytes = match given {
        Some(path) if path.exists() => std::fs::read(path).unwrap(),
        _ => include_bytes!("signatures.json").to_vec(),
    };
    let file: Value = serde_json::from_slice(&bytes).unwrap();
    let mut wrong = Vec::new();
    for vector in file.list("vectors") {
        let scheme = vector.text("scheme").unwrap_or_default();
        if scheme == "meta_appsecret_proof" {
            let proof = proof::sign_hex(&vector.text("secret").unwrap(), vector.text("body").unwrap().as_bytes());
            assert_eq!(Some(proof), vector.text("signature"));
            continue;
        }
        let Some((kind, secrets, app)) = setup(&scheme, vector) else {
            println!("skip {scheme}: nothing of ours makes or takes it");
            continue;
        };
        let Some(channel) = find(kind) else {
            wrong.push(format!("{scheme}: no channel {kind}"));
            continue;
        };
        let good = std::iter::once(vector).chain(vector.list("also_valid"));
        for variant in good {
            match (judged(channel, &secrets, &app, &call(vector, variant)), vector.text("response.body"), vector.get("response")) {
                (Ok(Verdict::Proven(_)), _, None) => {}
                (Ok(Verdict::Answer { status: 200, content_type, body }), wanted, Some(response)) => {
                    let same = wanted.is_some_and(|wanted| wanted == body)
                        || serde_json::from_str::<Value>(&body).is_ok_and(|json| json == *response.at("json"));
                    if !same || response.text("content_type").as_deref() != Some(content_type) {
                        wrong.push(format!("{scheme}: answered {content_type} {body}"));
                    }
                }
                (other, ..) => wrong.push(format!("{scheme} ({}): {other:?}", variant.text("what").unwrap_or_default())),
            }
        }
        for corrupt in vector.list("corrupt") {
            let what = corrupt.text("what").unwrap_or_default();
            match judged(channel, &secrets, &app, &call(vector, corrupt)) {
                Err(Rejected { status: 400 | 401 | 403, .. }) => {}
                // A challenge answered as plain text reflects nothing.
                Ok(Verdict::Answer { content_type: "text/plain", .. }) if what.contains("markup") => {}
                // The answer to a CRC is ours: the corrupt form must be another.
                Ok(Verdict::Answer { body, .. }) if corrupt.get("response_token").is_some() => {
                    let ours: Value = serde_json::from_str(&body).unwrap();
                    assert_ne!(ours.at("response_token"), corrupt.at("response_token"), "{scheme}: {what}");
                }
                other => wrong.push(format!("{scheme}, {what}: {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
