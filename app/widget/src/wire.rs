//! The calls to the server: JSON with a bearer token, and files with their progress. No cookie is sent, none is taken.
//! When to call, and what a refusal means, is decided elsewhere.

use crate::chat::Chat;
use crate::json::Json;
use crate::words;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use model::{AttachmentId, ClientKey, FaultBody, FaultCode};
use std::pin::Pin;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, ReadableStreamDefaultReader, RequestInit, Response};

/// After this many milliseconds without an answer the server counts as unreachable.
const PATIENCE: u32 = 30_000;

/// What a call answers, in a box: one machine waits for all of them.
type Answer = Pin<Box<dyn Future<Output = Result<Json, FaultBody>>>>;

/// Posts a body.
pub fn post(path: &str, token: Option<String>, body: &Json) -> Answer {
    Box::pin(call("POST", path.to_owned(), token, Some(body.write())))
}

/// Reads.
pub fn get(path: String, token: Option<String>) -> Answer {
    Box::pin(call("GET", path, token, None))
}

/// An answer that could not be understood is the server's fault, too.
pub fn understood<T>(read: Option<T>) -> Result<T, FaultBody> {
    read.ok_or(internal())
}

const fn internal() -> FaultBody {
    FaultBody::of(FaultCode::Internal)
}

async fn call(method: &'static str, path: String, token: Option<String>, body: Option<String>) -> Result<Json, FaultBody> {
    let response = fetch(method, &path, token.as_deref(), body, &AbortSignal::timeout_with_u32(PATIENCE)).await?;
    let text = JsFuture::from(response.text().map_err(|_| internal())?).await;
    let text = text.ok().and_then(|text| text.as_string()).ok_or(FaultBody::of(FaultCode::Offline))?;
    if response.ok() { Ok(Json::parse(&text).unwrap_or_default()) } else { Err(fault(response.status(), &text)) }
}

async fn fetch(method: &str, path: &str, token: Option<&str>, body: Option<String>, signal: &AbortSignal) -> Result<Response, FaultBody> {
    let headers = Headers::new().map_err(|_| internal())?;
    // Setting a header fails only for names and values that are none; a damaged token is then simply not sent.
    if let Some(token) = token {
        let _ = headers.set("Authorization", &["Bearer ", token].concat());
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(signal));
    if let Some(body) = body {
        let _ = headers.set("Content-Type", "application/json");
        init.set_body(&body.into());
    }
    init.set_headers(&headers);
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await;
    answer.ok().and_then(|answer| answer.dyn_into().ok()).ok_or(FaultBody::of(FaultCode::Offline))
}

/// The server's own words, or, where something between us answered, what its status means.
fn fault(status: u16, text: &str) -> FaultBody {
    Json::parse(text).as_ref().and_then(words::fault).unwrap_or_else(|| {
        FaultBody::of(match status {
            401 => FaultCode::SignedOut,
            404 => FaultCode::Missing,
            413 => FaultCode::TooLarge,
            429 => FaultCode::TooMany,
            502..=504 => FaultCode::Offline,
            _ => FaultCode::Internal,
        })
    })
}

/// Opens a stream of bytes, to be ended by the signal.
///
/// # Errors
/// What the server said, or `Offline`.
pub async fn stream(path: &str, token: &str, signal: &AbortSignal) -> Result<ReadableStreamDefaultReader, FaultBody> {
    let response = fetch("GET", path, Some(token), None, signal).await?;
    if !response.ok() {
        let text = response.text().map(JsFuture::from).map_err(|_| internal())?.await;
        return Err(fault(response.status(), &text.ok().and_then(|text| text.as_string()).unwrap_or_default()));
    }
    let body = response.body().ok_or(internal())?;
    Ok(body.get_reader().unchecked_into())
}

/// The next bytes of a stream; none once it is over or broken.
pub async fn chunk(reader: &ReadableStreamDefaultReader) -> Option<Vec<u8>> {
    let step = JsFuture::from(reader.read()).await.ok()?;
    let value = Reflect::get(&step, &"value".into()).ok()?;
    value.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())
}

/// Uploads a file for the message with this key, telling the chat how far it is; answers the upload's key.
///
/// # Errors
/// What the server said, or `Offline`.
pub async fn upload(
    chat: Chat,
    token: Option<&str>,
    draft: ClientKey,
    id: AttachmentId,
    file: &web_sys::File,
) -> Result<String, FaultBody> {
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    let path = ["/widget/v1/files?inbox=", &encode(&chat.inbox), "&draft=", &draft.to_string(), "&name=", &encode(&file.name())].concat();
    chat.progress.set(Some((id.0, 0)));
    let request = web_sys::XmlHttpRequest::new().map_err(|_| internal())?;
    request.open("POST", &path).map_err(|_| internal())?;
    if let Some(token) = token {
        let _ = request.set_request_header("Authorization", &["Bearer ", token].concat());
    }
    let advance = Closure::<dyn Fn(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a hundredth is between 0 and 100")]
        chat.progress.set(Some((id.0, (event.loaded() / event.total().max(1.0) * 100.0) as u8)));
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(advance.as_ref().unchecked_ref()));
    }
    let mut send = |resolve: Function, _| {
        request.set_onloadend(Some(&resolve));
        // What cannot even begin ends with status 0, like what breaks on the way.
        let _ = request.send_with_opt_blob(Some(file));
    };
    let _ = JsFuture::from(Promise::new(&mut send)).await;
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match request.status().unwrap_or_default() {
        0 => Err(FaultBody::of(FaultCode::Offline)),
        200..=299 => understood(Json::parse(&text).and_then(|answer| answer.maybe("key"))),
        status => Err(fault(status, &text)),
    }
}

/// Ten random bytes.
#[must_use]
pub fn random() -> [u8; 10] {
    let mut bytes = [0; 10];
    // Every browser that runs this has the generator; the clock in the key would still keep keys apart.
    if let Ok(crypto) = Reflect::get(&window(), &JsValue::from("crypto")) {
        let _ = crypto.unchecked_into::<web_sys::Crypto>().get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_servers_word_or_the_status() {
        let said = r#"{"code":"invalid","fields":[["email","malformed"]]}"#;
        assert_eq!(fault(422, said).fields.len(), 1);
        for (status, code) in [(502, FaultCode::Offline), (413, FaultCode::TooLarge), (418, FaultCode::Internal)] {
            assert_eq!(fault(status, "<html>").code, code);
        }
    }
}
