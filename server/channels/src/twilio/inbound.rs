//! Webhooks in: one message or one status each, as form fields. The signature covers the address as Twilio called it, so it is judged by our
//! own public address and never by a proxy's word.

use super::errors;
use crate::pick::{bare, joined, phone};
use crate::*;
use std::collections::{BTreeMap, BTreeSet};

/// `X-Twilio-Signature`: HMAC-SHA1 with the auth token, or since 2026 HMAC-SHA256 with a shared key that a second header announces.
pub(super) fn verify(link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
    let Some(signature) = call.header("x-twilio-signature").filter(|s| !s.is_empty()) else {
        return Err(Rejected::missing("no signature"));
    };
    type Check = fn(&str, &[u8], &str) -> bool;
    let algorithm = call
        .header("x-twilio-webhooks-signature-settings")
        .map(|settings| settings.split(',').find_map(|part| part.trim().strip_prefix("algorithm=")).unwrap_or("unknown").to_owned());
    let (check, secret): (Check, _) = match algorithm.as_deref() {
        None | Some("HMAC_SHA1") => (proof::hmac_sha1_base64, link.secret("auth_token")),
        Some("HMAC_SHA256") => (proof::hmac_base64, link.secret("shared_key")),
        Some(_) => return Err(Rejected::wrong("an algorithm nobody knows")),
    };
    let Some(secret) = secret else { return Err(Rejected::wrong("this inbox has no secret for it")) };
    let parameters = match call.method.as_str() {
        "GET" => String::new(),
        "POST" if bare(call.header("content-type").unwrap_or_default()) == "application/x-www-form-urlencoded" => signed(&call.body),
        "POST" => {
            let sum = call.parameter("bodySHA256").unwrap_or_default();
            if !proof::same(sum.to_ascii_lowercase().as_bytes(), proof::sha256_hex(&call.body).as_bytes()) {
                return Err(Rejected::wrong("the body is not the one announced"));
            }
            String::new()
        }
        _ => return Err(Rejected::unknown("Twilio gets and posts")),
    };
    // All spellings are tried, whichever fits: time tells nothing of the secret.
    let fits = spellings(&call.url).into_iter().filter(|url| check(secret, format!("{url}{parameters}").as_bytes(), signature)).count();
    if fits == 0 {
        return Err(Rejected::wrong("another signature"));
    }
    let mut proven = call.proven();
    if call.method == "GET" {
        proven =
            Verified::stored(call.path.clone(), String::new(), "application/x-www-form-urlencoded".into(), call.query.clone().into_bytes());
    }
    Ok(Verdict::Proven(proven))
}

/// Names sorted by their bytes; of one name the distinct values, sorted, each with its name.
fn signed(body: &[u8]) -> String {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        fields.entry(name.into_owned()).or_default().insert(value.into_owned());
    }
    fields.iter().flat_map(|(name, values)| values.iter().flat_map(move |value| [name.as_str(), value.as_str()])).collect()
}

/// The address as it is, without its port, and with the default one: Twilio signs with either.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return all };
    let (authority, tail) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, port)| if port.bytes().all(|b| b.is_ascii_digit()) { host } else { authority });
    let port = if scheme == "https" { 443 } else { 80 };
    all.push(format!("{scheme}://{host}{tail}"));
    all.push(format!("{scheme}://{host}:{port}{tail}"));
    all
}

/// The form's fields; of several with one name, the first.
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    fn yes(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value == "true")
    }
}

pub(super) fn read(call: &Verified) -> Vec<Inbound> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(call.body()) {
        fields.entry(name.into_owned()).or_insert_with(|| value.replace('\0', ""));
    }
    let fields = Fields(fields);
    match fields.get("MessageStatus").or_else(|| fields.get("SmsStatus")).as_deref() {
        None | Some("received" | "receiving") => message(&fields),
        Some(status) => receipt(&fields, status).into_iter().collect(),
    }
}

fn person(f: &Fields) -> Option<Peer> {
    let id = f.get("From")?;
    let own = id.strip_prefix("whatsapp:").unwrap_or(&id);
    let scoped = ["ExternalUserId", "ParentExternalUserId"].into_iter().filter_map(|name| f.get(name)).filter(|other| other != own);
    Some(Peer {
        alt: scoped.map(|other| format!("whatsapp:{other}")).collect(),
        phone: own.starts_with('+').then(|| phone(own)).flatten().or_else(|| f.get("WaId").as_deref().and_then(phone)),
        name: f.get("ProfileName"),
        id,
        ..Peer::default()
    })
}

fn message(f: &Fields) -> Vec<Inbound> {
    let external = ["MessageSid", "SmsMessageSid", "SmsSid"].into_iter().find_map(|name| f.get(name));
    let (Some(external), Some(peer)) = (external, person(f)) else { return Vec::new() };
    let mut out = Message {
        external: Some(external),
        text: f.get("Body").unwrap_or_default(),
        reply_to: f.get("OriginalRepliedMessageSid"),
        files: (0..20).map_while(|n| file(f, n)).filter(|file| file.mime.as_deref() != Some("application/smil")).collect(),
        ..Message::default()
    };
    let mut detail = Detail { forwarded: f.yes("Forwarded") || f.yes("FrequentlyForwarded"), referral: referral(f), ..Detail::default() };
    let kind = f.get("MessageType").unwrap_or_default();
    if let (Some(latitude), Some(longitude)) = (number(f, "Latitude"), number(f, "Longitude")) {
        let (name, address) = (f.get("Label"), f.get("Address"));
        out.kind = Kind::Location;
        if out.text.is_empty() {
            out.text = joined(&[name.clone(), address.clone()]);
        }
        detail.location = Some(Place { latitude, longitude, name, address, url: None });
    } else if let Some(first) = out.files.first_mut() {
        if kind == "sticker" {
            first.kind = FileKind::Sticker;
        }
        out.kind = match (first.kind, kind.as_str()) {
            (_, "contacts") => Kind::Contacts,
            (FileKind::Sticker, _) => Kind::Sticker,
            (FileKind::Image, _) => Kind::Image,
            (FileKind::Video, _) => Kind::Video,
            (FileKind::Audio, _) => Kind::Audio,
            _ => Kind::Document,
        };
    } else if let Some(chosen) = ["ButtonPayload", "ListId", "ButtonText", "ListTitle"].into_iter().find_map(|name| f.get(name)) {
        out.kind = Kind::InteractiveReply;
        if let Some(title) = f.get("ButtonText").or_else(|| f.get("ListTitle")) {
            out.text = title;
        }
        detail.payload = f.get("ButtonPayload").or_else(|| f.get("ListId"));
        if out.text.is_empty() {
            out.text = chosen;
        }
    } else if out.text.is_empty() && !matches!(kind.as_str(), "" | "text") {
        out.kind = Kind::Unsupported;
        detail.unsupported = Some(kind);
    }
    let signal = opted(f, &peer, &out.text);
    if detail != Detail::default() {
        out.detail = Some(Box::new(detail));
    }
    let told = |what| Inbound { inbox: None, peer: peer.clone(), at: None, what };
    std::iter::once(told(What::Message(Box::new(out)))).chain(signal.map(|signal| told(What::Signal(signal)))).collect()
}

/// Twilio itself honours these words on SMS, whether or not it says so.
fn opted(f: &Fields, peer: &Peer, text: &str) -> Option<Signal> {
    match f.get("OptOutType").as_deref() {
        Some("STOP") => return Some(Signal::OptOut),
        Some("START") => return Some(Signal::OptIn),
        Some(_) => return None,
        None => {}
    }
    if peer.id.starts_with("whatsapp:") {
        return None;
    }
    crate::pick::opted(text)
}

fn file(f: &Fields, n: usize) -> Option<RemoteFile> {
    let id_or_url = f.get(&format!("MediaUrl{n}"))?;
    let mime = f.get(&format!("MediaContentType{n}")).map(|mime| bare(&mime));
    let kind = match mime.as_deref().and_then(|mime| mime.split('/').next()) {
        Some("image") => FileKind::Image,
        Some("video") => FileKind::Video,
        Some("audio") => FileKind::Audio,
        _ => FileKind::Document,
    };
    Some(RemoteFile { kind, id_or_url, mime, ..RemoteFile::default() })
}

fn number(f: &Fields, name: &str) -> Option<f64> {
    f.get(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn referral(f: &Fields) -> Option<Referral> {
    let found = Referral {
        source: f.get("ReferralSourceType"),
        id: f.get("ReferralSourceId"),
        reference: f.get("ReferralCtwaClid"),
        title: f.get("ReferralHeadline"),
        text: f.get("ReferralBody"),
        url: f.get("ReferralSourceUrl"),
    };
    (found != Referral::default()).then_some(found)
}

fn receipt(f: &Fields, status: &str) -> Option<Inbound> {
    let state = match status {
        "queued" | "accepted" | "scheduled" | "sending" => ReceiptState::Queued,
        "sent" | "partially_delivered" => ReceiptState::Sent,
        "delivered" => ReceiptState::Delivered,
        "read" => ReceiptState::Read,
        "undelivered" | "failed" | "canceled" => ReceiptState::Failed,
        _ => return None,
    };
    let error = f.get("ErrorCode").filter(|code| code != "0").map(|code| {
        let words = f.get("ErrorMessage").unwrap_or_default();
        let sorted = code.parse().ok().and_then(|number| errors::sort(number, &words));
        ReceiptError::sorted(code, words, sorted)
    });
    let external = Some(f.get("MessageSid").or_else(|| f.get("SmsSid"))?);
    let receipt = Receipt { external, ours: None, watermark: None, older_too: false, state, error };
    let peer = Peer { id: f.get("To").unwrap_or_default(), ..Peer::default() };
    Some(Inbound { inbox: None, peer, at: None, what: What::Receipt(receipt) })
}
