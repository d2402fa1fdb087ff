//! Messages out: one form per message; SMS carries up to ten files at once, WhatsApp one. Twilio fetches files from our address.

use super::errors;
use crate::pick::Pick;
use crate::{Call, Fetched, Link, Outbound, Reason, RemoteFile, Reply, SendError, Sent, marks};
use model::TextUnit;
use serde_json::Value;

const TEXT: usize = 1600;

/// By the API key where there is one, else by the account's own token.
pub(super) fn dressed<'c>(link: &Link<'_>, call: Call<'c>) -> Call<'c> {
    match (link.setting("api_key_sid"), link.secret("api_key_secret")) {
        (Some(key), Some(secret)) => call.basic(key, secret),
        _ => call.basic(link.setting("account_sid").unwrap_or_default(), link.secret("auth_token").unwrap_or_default()),
    }
}

/// An address of the account's own resources.
pub(super) fn address(link: &Link<'_>, rest: &str) -> String {
    let account = link.setting("account_sid").unwrap_or_default();
    format!("{}/2010-04-01/Accounts/{account}{rest}", link.base("twilio.api_base"))
}

/// Sorts an answer by the code in its body, and by the status where there is none.
pub(super) fn judge(reply: &Reply) -> Result<Value, SendError> {
    let body = reply.json();
    if reply.ok() {
        return if body.is_null() { Err(SendError::Unknown { why: "an answer that is none".into() }) } else { Ok(body) };
    }
    let words = body.text("message").unwrap_or_else(|| format!("HTTP {}", reply.status));
    let code = body.whole("code").unwrap_or_default();
    Err(match errors::sort(code, &words) {
        Some(SendError::Retry { why, .. }) => SendError::Retry { why, after: reply.retry_after() },
        Some(error) => error,
        None if reply.status == 401 => SendError::disconnected(words),
        None if reply.status == 429 || reply.status >= 500 => SendError::Retry { why: words, after: reply.retry_after() },
        None => SendError::said(Reason::Other, format!("{words} ({code})")),
    })
}

pub(super) async fn send(link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
    let forms = forms(link, message);
    if forms.is_empty() {
        return Err(SendError::refused(Reason::Empty, "nothing to send"));
    }
    let mut sent = Sent::default();
    for form in forms {
        let call = dressed(link, link.http.post(&address(link, "/Messages.json")).form(form));
        let answer = match call.send().await {
            Ok(reply) => judge(&reply),
            Err(error) => Err(error.into()),
        };
        let answer = answer.map_err(|error| error.after(&sent.sources))?;
        let id = answer.text("sid").ok_or_else(|| SendError::Unknown { why: "an answer without an id".into() }.after(&sent.sources))?;
        sent.sources.push(id);
    }
    Ok(sent)
}

type Form = Vec<(String, String)>;

/// The calls that one message takes, in order.
fn forms(link: &Link<'_>, message: &Outbound) -> Vec<Form> {
    let whatsapp = super::whatsapp(link.settings);
    let form = |fields: Vec<(&str, String)>| -> Form {
        let mut all: Form = vec![("To".into(), message.peer.clone())];
        if let Some(service) = link.setting("messaging_service_sid") {
            all.push(("MessagingServiceSid".into(), service.to_owned()));
        }
        if let Some(phone) = link.setting("phone") {
            all.push(("From".into(), if whatsapp { format!("whatsapp:{phone}") } else { phone.to_owned() }));
        }
        all.push(("StatusCallback".into(), link.hook_url.to_owned()));
        all.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        all
    };
    if let Some(using) = &message.template {
        let values: serde_json::Map<String, Value> = using.params.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
        let mut fields = vec![("ContentSid", using.name.clone())];
        if !values.is_empty() {
            fields.push(("ContentVariables", Value::Object(values).to_string()));
        }
        return vec![form(fields)];
    }
    let text = if whatsapp { marks::whatsapp(&message.text) } else { marks::plain(&message.text) };
    let mut pieces = marks::cut(&text, TEXT, TextUnit::Chars);
    let mut all = Vec::new();
    // The last piece of the words goes along with the first files.
    let last = if message.files.is_empty() { None } else { pieces.pop() };
    all.extend(pieces.into_iter().map(|piece| form(vec![("Body", piece)])));
    let batch = if whatsapp { 1 } else { 10 };
    for (index, files) in message.files.chunks(batch).enumerate() {
        let mut fields: Vec<_> = last.iter().filter(|_| index == 0).map(|body| ("Body", body.clone())).collect();
        fields.extend(files.iter().map(|file| ("MediaUrl", file.link.clone())));
        all.push(form(fields));
    }
    if let Some(place) = message.location.as_ref().filter(|_| whatsapp) {
        let label = place.name.clone().or_else(|| place.address.clone()).unwrap_or_else(|| "📍".into());
        let action = format!("geo:{},{}|{}", place.latitude, place.longitude, label.replace('|', " "));
        all.push(form(vec![("Body", label), ("PersistentAction", action)]));
    }
    all
}

/// Shown for 25 seconds; it marks the message as read, too.
pub(super) async fn typing(link: &Link<'_>, external: &str) -> Result<(), SendError> {
    let base = link.app("twilio.messaging_base").unwrap_or_default();
    let form = vec![("messageId".to_owned(), external.to_owned()), ("channel".to_owned(), "whatsapp".to_owned())];
    let call = link.http.post(&format!("{base}/v2/Indicators/Typing.json")).form(form);
    judge(&dressed(link, call).send().await?).map(drop)
}

/// Media stand at Twilio behind our credentials, then at a signed address elsewhere, which gets none.
pub(super) async fn fetch(link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
    let call = link.http.get(&file.id_or_url).cap(crate::FETCH_LIMIT);
    let host = crate::host(&file.id_or_url);
    let own = host.is_some() && (host == crate::host(link.base("twilio.api_base")) || host.as_deref() == Some("api.twilio.com"));
    let call = if own { dressed(link, call) } else { call };
    crate::outbound::fetched(call.send().await?)
}
