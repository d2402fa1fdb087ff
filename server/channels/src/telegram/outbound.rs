//! Messages out: words as HTML, files uploaded, albums of what may stand together. A part that fails after another left says so.

use super::wire::{call, upload};
use crate::pick::Pick;
use crate::{FileKind, Place};
use crate::{Link, OutFile, Outbound, Parts, Profile, Reason, RemoteFile, SendError, Sent, marks};
use model::TextUnit;
use serde_json::{Map, Value, json};

const TEXT: usize = 4096;
const CAPTION: usize = 1024;

/// Where to: a chat, and the business connection behind `@`.
struct Address {
    chat: String,
    connection: Option<String>,
}

impl Address {
    fn of(peer: &str) -> Self {
        match peer.split_once('@') {
            Some((chat, connection)) => Self { chat: chat.to_owned(), connection: Some(connection.to_owned()) },
            None => Self { chat: peer.to_owned(), connection: None },
        }
    }

    fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("chat_id".into(), self.chat.clone().into());
        if let Some(connection) = &self.connection {
            body.insert("business_connection_id".into(), connection.clone().into());
        }
        body
    }
}

/// A message's number within its chat, from our `chat:message`.
fn number(external: &str) -> Option<i64> {
    external.rsplit(':').next()?.parse().ok()
}

pub(super) async fn send(link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
    let mut to = Address::of(&message.peer);
    match deliver(link, message, &to).await {
        Err(Failed { error: SendError::Refused { .. }, moved: Some(chat) }) => {
            to.chat = chat.clone();
            let sent = deliver(link, message, &to).await.map_err(|failed| failed.error)?;
            Ok(Sent { peer: Some(chat), ..sent })
        }
        other => other.map_err(|failed| failed.error),
    }
}

/// A failure, and where a group went that has become a supergroup.
struct Failed {
    error: SendError,
    moved: Option<String>,
}

impl From<SendError> for Failed {
    fn from(error: SendError) -> Self {
        Self { error, moved: None }
    }
}

async fn deliver(link: &Link<'_>, message: &Outbound, to: &Address) -> Result<Sent, Failed> {
    let mut sources = Vec::new();
    let batches = batches(&message.files);
    let as_caption = batches.first().is_some_and(|batch| batch[0].kind != FileKind::Sticker) && fits(&message.text, CAPTION);
    let mut quote = message.quote.as_ref().and_then(|quote| number(&quote.id));
    let mut take = |mut body: Map<String, Value>| {
        if let Some(number) = quote.take() {
            body.insert("reply_parameters".into(), json!({"message_id": number, "allow_sending_without_reply": true}));
        }
        body
    };
    if !as_caption {
        let pieces = marks::cut(&message.text, TEXT, TextUnit::Utf16);
        let last = pieces.len().saturating_sub(1);
        for (index, piece) in pieces.iter().enumerate() {
            let mut body = take(to.body());
            body.insert("text".into(), Value::Null);
            if index == last && !message.options.is_empty() {
                body.insert("reply_markup".into(), keyboard(message));
            }
            let result = worded(link, "sendMessage", body, "text", piece).await.map_err(|e| moved(e, &sources))?;
            sources.push(source(&result, to));
        }
    }
    for (index, batch) in batches.iter().enumerate() {
        let caption = if as_caption && index == 0 { message.text.as_str() } else { "" };
        let sent = files(link, take(to.body()), batch, caption).await.map_err(|e| moved(e, &sources))?;
        sources.extend(sent.iter().map(|result| source(result, to)));
    }
    if let Some(place) = &message.location {
        let result = located(link, take(to.body()), place).await.map_err(|e| moved(e, &sources))?;
        sources.push(source(&result, to));
    }
    if sources.is_empty() {
        Err(SendError::refused(Reason::Empty, "nothing to send").into())
    } else {
        Ok(Sent { sources, ..Sent::default() })
    }
}

/// Telegram names the new chat in its error; the words carry it here, see `wire::sort`.
fn moved(error: SendError, sources: &[String]) -> Failed {
    let moved = match &error {
        SendError::Refused { why, .. } if sources.is_empty() => why.split_once("migrate to ").map(|(_, chat)| chat.to_owned()),
        _ => None,
    };
    Failed { error: error.after(sources), moved }
}

fn source(result: &Value, to: &Address) -> String {
    let chat = result.text("chat.id").unwrap_or_else(|| to.chat.clone());
    format!("{chat}:{}", result.text("message_id").unwrap_or_default())
}

fn fits(text: &str, limit: usize) -> bool {
    TextUnit::Utf16.count(text) <= limit
}

fn keyboard(message: &Outbound) -> Value {
    // A button carries 64 bytes at most.
    let row = |option: &crate::Choice| {
        let payload = marks::cut(&option.payload, 64, TextUnit::Bytes).into_iter().next().unwrap_or_default();
        json!([{"text": option.title, "callback_data": payload}])
    };
    json!({"inline_keyboard": message.options.iter().map(row).collect::<Vec<_>>()})
}

/// Sends words as HTML, and bare when Telegram cannot read what we made of them.
async fn worded(link: &Link<'_>, method: &str, mut body: Map<String, Value>, key: &str, text: &str) -> Result<Value, SendError> {
    body.insert(key.to_owned(), marks::html(text).into());
    body.insert("parse_mode".into(), "HTML".into());
    match call(link, method, &Value::Object(body.clone())).await {
        Err(SendError::Refused { why, .. }) if why.contains("can't parse entities") => {
            body.insert(key.to_owned(), text.into());
            body.remove("parse_mode");
            call(link, method, &Value::Object(body)).await
        }
        other => other,
    }
}

/// What the file is sent as, and by which method: pictures over 10 MB and odd formats travel as documents.
fn shape(file: &OutFile) -> (&'static str, &'static str) {
    const PHOTO: usize = 10 * 1024 * 1024;
    match (file.kind, file.mime.as_str()) {
        (FileKind::Image | FileKind::Video, "image/gif") => ("sendAnimation", "animation"),
        (FileKind::Image, "image/jpeg" | "image/png" | "image/webp") if file.bytes.len() <= PHOTO => ("sendPhoto", "photo"),
        (FileKind::Video, "video/mp4" | "video/quicktime") => ("sendVideo", "video"),
        (FileKind::Voice, "audio/ogg" | "audio/mpeg" | "audio/mp4" | "audio/x-m4a") => ("sendVoice", "voice"),
        (FileKind::Audio, "audio/mpeg" | "audio/mp4" | "audio/x-m4a") => ("sendAudio", "audio"),
        (FileKind::Sticker, "image/webp" | "video/webm" | "application/x-tgsticker") => ("sendSticker", "sticker"),
        _ => ("sendDocument", "document"),
    }
}

/// Neighbours that may stand in one album: pictures with films, documents with documents, music with music; ten at most.
fn batches(files: &[OutFile]) -> Vec<Vec<&OutFile>> {
    let family = |file: &OutFile| match shape(file).1 {
        "photo" | "video" => 1,
        "document" => 2,
        "audio" => 3,
        _ => 0,
    };
    let mut batches: Vec<Vec<&OutFile>> = Vec::new();
    for file in files {
        match batches.last_mut() {
            Some(batch) if family(file) != 0 && family(batch[0]) == family(file) && batch.len() < 10 => batch.push(file),
            _ => batches.push(vec![file]),
        }
    }
    batches
}

async fn files(link: &Link<'_>, body: Map<String, Value>, batch: &[&OutFile], caption: &str) -> Result<Vec<Value>, SendError> {
    let (method, field) = shape(batch[0]);
    let build = |html: bool| {
        let words = if html { marks::html(caption) } else { caption.to_owned() };
        let mut parts = Parts::default();
        for (key, value) in &body {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            parts = parts.named(key, text);
        }
        if let [file] = batch {
            if !caption.is_empty() {
                parts = parts.field("caption", words);
                parts = if html { parts.field("parse_mode", "HTML") } else { parts };
            }
            return parts.file(field.to_owned(), &file.name, &file.mime, file.bytes.clone());
        }
        let media = batch.iter().enumerate().map(|(index, file)| {
            let mut one = json!({"type": shape(file).1, "media": format!("attach://file{index}")});
            if index == 0 && !caption.is_empty() {
                one["caption"] = words.clone().into();
                if html {
                    one["parse_mode"] = "HTML".into();
                }
            }
            one
        });
        parts = parts.field("media", Value::from(media.collect::<Vec<_>>()).to_string());
        for (index, file) in batch.iter().enumerate() {
            parts = parts.file(format!("file{index}"), &file.name, &file.mime, file.bytes.clone());
        }
        parts
    };
    let method = if batch.len() > 1 { "sendMediaGroup" } else { method };
    let result = match upload(link, method, build(true)).await {
        Err(SendError::Refused { why, .. }) if why.contains("can't parse entities") => upload(link, method, build(false)).await?,
        other => other?,
    };
    Ok(match result {
        Value::Array(results) => results,
        one => vec![one],
    })
}

async fn located(link: &Link<'_>, mut body: Map<String, Value>, place: &Place) -> Result<Value, SendError> {
    body.insert("latitude".into(), place.latitude.into());
    body.insert("longitude".into(), place.longitude.into());
    let (Some(name), Some(address)) = (&place.name, &place.address) else {
        return call(link, "sendLocation", &Value::Object(body)).await;
    };
    body.insert("title".into(), name.clone().into());
    body.insert("address".into(), address.clone().into());
    call(link, "sendVenue", &Value::Object(body)).await
}

pub(super) async fn typing(link: &Link<'_>, peer: &str) -> Result<(), SendError> {
    let mut body = Address::of(peer).body();
    body.insert("action".into(), "typing".into());
    call(link, "sendChatAction", &Value::Object(body)).await.map(drop)
}

/// A press of a button waits for its acknowledgement; a business chat can be marked as read. Anything else has no such thing.
pub(super) async fn seen(link: &Link<'_>, peer: &str, external: &str) -> Result<(), SendError> {
    if let Some(query) = external.strip_prefix("cb:") {
        return call(link, "answerCallbackQuery", &json!({"callback_query_id": query})).await.map(drop);
    }
    let to = Address::of(peer);
    let (Some(_), Some(number)) = (&to.connection, number(external)) else { return Ok(()) };
    let mut body = to.body();
    body.insert("message_id".into(), number.into());
    call(link, "readBusinessMessage", &Value::Object(body)).await.map(drop)
}

pub(super) async fn profile(link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
    let chat = Address::of(peer).chat;
    let found = call(link, "getUserProfilePhotos", &json!({"user_id": chat, "limit": 1})).await?;
    let sizes = found.list("photos").first().and_then(Value::as_array);
    let photo = sizes.and_then(|sizes| sizes.last()).and_then(|size| size.text("file_id"));
    let photo = photo.map(|id_or_url| RemoteFile { kind: FileKind::Image, id_or_url, ..RemoteFile::default() });
    Ok(Some(Profile { photo, ..Profile::default() }))
}

/// The target of a later change; a message of another channel's shape is refused before it travels.
fn target(peer: &str, external: &str) -> Result<Map<String, Value>, SendError> {
    let mut body = Address::of(peer).body();
    let number = number(external).ok_or_else(|| SendError::refused(Reason::NotSupported, "no message of Telegram"))?;
    body.insert("message_id".into(), number.into());
    Ok(body)
}

pub(super) async fn react(link: &Link<'_>, peer: &str, external: &str, emoji: Option<&str>) -> Result<(), SendError> {
    let mut body = target(peer, external)?;
    // The list knows the heart only without its variation selector.
    let wanted = emoji.map(|emoji| json!({"type": "emoji", "emoji": emoji.trim_end_matches('\u{fe0f}')}));
    body.insert("reaction".into(), Value::from(wanted.into_iter().collect::<Vec<_>>()));
    call(link, "setMessageReaction", &Value::Object(body)).await.map(drop)
}

pub(super) async fn edit(link: &Link<'_>, peer: &str, external: &str, text: &str) -> Result<(), SendError> {
    let body = target(peer, external)?;
    let done = match worded(link, "editMessageText", body.clone(), "text", text).await {
        Err(SendError::Refused { why, .. }) if why.contains("no text in the message") => {
            worded(link, "editMessageCaption", body, "caption", text).await
        }
        other => other,
    };
    match done {
        Err(SendError::Refused { why, .. }) if why.contains("message is not modified") => Ok(()),
        other => other.map(drop),
    }
}

pub(super) async fn delete(link: &Link<'_>, peer: &str, external: &str) -> Result<(), SendError> {
    let body = target(peer, external)?;
    match call(link, "deleteMessage", &Value::Object(body)).await {
        Err(SendError::Refused { why, .. }) if why.contains("message to delete not found") => Ok(()),
        other => other.map(drop),
    }
}
