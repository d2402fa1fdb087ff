//! Messages out: one call with words and addresses of files; our key goes along as the tag.

use crate::pick::Pick;
use crate::{Call, Fetched, Link, Outbound, Reason, RemoteFile, Reply, SendError, Sent, marks};
use model::TextUnit;
use serde_json::{Value, json};

const TEXT: usize = 2048;

pub(super) fn address(link: &Link<'_>, rest: &str) -> String {
    let account = link.setting("account_id").unwrap_or_default();
    format!("{}/api/v2/users/{account}{rest}", link.base("bandwidth.api_base"))
}

pub(super) fn dressed<'c>(link: &Link<'_>, call: Call<'c>) -> Call<'c> {
    call.basic(link.setting("api_user").unwrap_or_default(), link.secret("api_secret").unwrap_or_default())
}

/// Sorts an answer: the status decides, the description is for people.
pub(super) fn judge(reply: &Reply) -> Result<Value, SendError> {
    let body = reply.json();
    if reply.ok() {
        return Ok(body);
    }
    let field = body.list("fieldErrors").first().and_then(|error| error.text("description"));
    let words = field.or_else(|| body.text("description")).unwrap_or_else(|| format!("HTTP {}", reply.status));
    let lower = words.to_ascii_lowercase();
    Err(match reply.status {
        401 | 403 => SendError::disconnected(words),
        429 | 500.. => SendError::Retry { why: words, after: reply.retry_after() },
        _ if lower.contains("'to'") || lower.contains("destination") => SendError::said(Reason::NoSuchPerson, words),
        _ if lower.contains("media") => SendError::said(Reason::FileFailed, words),
        _ => SendError::said(Reason::Other, words),
    })
}

pub(super) async fn send(link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
    let mut pieces = marks::cut(&marks::plain(&message.text), TEXT, TextUnit::Chars);
    let media: Vec<&str> = message.files.iter().map(|file| file.link.as_str()).collect();
    if pieces.is_empty() {
        if media.is_empty() {
            return Err(SendError::refused(Reason::Empty, "nothing to send"));
        }
        pieces.push(String::new());
    }
    let to: Vec<&str> = message.peer.split(',').collect();
    let last = pieces.len() - 1;
    let mut sent = Sent::default();
    for (index, text) in pieces.into_iter().enumerate() {
        let mut body = json!({
            "applicationId": link.setting("application_id"),
            "to": to,
            "from": link.setting("phone"),
            "text": text,
            "tag": if index == 0 { message.key.clone() } else { format!("{}#{index}", message.key) },
        });
        if index == last && !media.is_empty() {
            body["media"] = json!(media);
        }
        let answer = match dressed(link, link.http.post(&address(link, "/messages")).json(&body)).send().await {
            Ok(reply) => judge(&reply),
            Err(error) => Err(error.into()),
        };
        let answer = answer.map_err(|error| error.after(&sent.sources))?;
        let id = answer.text("id").ok_or_else(|| SendError::Unknown { why: "an answer without an id".into() }.after(&sent.sources))?;
        sent.sources.push(id);
    }
    Ok(sent)
}

/// Media stand at Bandwidth behind our credentials, which go to no other host.
pub(super) async fn fetch(link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
    let call = link.http.get(&file.id_or_url).cap(crate::FETCH_LIMIT);
    let host = crate::host(&file.id_or_url);
    let own =
        host.is_some() && (host == crate::host(link.base("bandwidth.api_base")) || host.as_deref() == Some("messaging.bandwidth.com"));
    let call = if own { dressed(link, call) } else { call };
    crate::outbound::fetched(call.send().await?)
}
