//! Calling the server: the functions of `api`, asked through one small client instead of one compiled per function.
//! Answers stay text until somebody needs the value, so that every page is loaded by the same few types.

use crate::json;
use api::Fault;
use kit::Draw;
use leptos::prelude::*;
use leptos::server::codee::string::FromToStringCodec;
use leptos::server_fn::ServerFn;
use model::{FaultBody, FaultCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::sync::Arc;

/// An answer as it came, not yet read. It travels from the server's rendering to the browser's as one string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub Result<String, Fault>);

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Ok(text) => write!(f, "+{text}"),
            Err(Fault(body)) => write!(f, "-{}", json::write(body).unwrap_or_default()),
        }
    }
}

impl std::str::FromStr for Text {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text.strip_prefix('+') {
            Some(text) => Ok(text.to_owned()),
            None => Err(Fault(json::read(text.get(1..).unwrap_or_default()).unwrap_or(FaultBody::of(FaultCode::Internal)))),
        }))
    }
}

/// What a page waits for.
pub type Loaded = Resource<Text, FromToStringCodec>;

/// A future that a page may wait for, on the server too.
type Wait<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Asks the server for something.
///
/// # Errors
/// What the server refused, or `Offline`.
pub async fn ask<F>(call: F) -> Result<F::Output, Fault>
where
    F: ServerFn<Error = Fault> + Serialize + 'static,
    F::Output: Serialize + DeserializeOwned,
{
    read(ask_text(call).await)
}

/// Asks the server for something, and leaves the answer as text.
pub fn ask_text<F>(call: F) -> Wait<Text>
where
    F: ServerFn<Error = Fault> + Serialize + 'static,
    F::Output: Serialize,
{
    #[cfg(feature = "ssr")]
    {
        Box::pin(async move { Text(call.run_body().await.and_then(|answer| json::write(&answer).ok_or(Fault::of(FaultCode::Internal)))) })
    }
    #[cfg(not(feature = "ssr"))]
    {
        match json::write(&call) {
            Some(body) => Box::pin(send_wrapper::SendWrapper::new(browser::post(F::PATH, body))),
            None => Box::pin(std::future::ready(Text(Err(Fault::of(FaultCode::Internal))))),
        }
    }
}

/// Posts a body that is JSON already, where a page holds a value only as text. In a browser only.
pub fn post(path: &'static str, body: String) -> Wait<Text> {
    #[cfg(feature = "ssr")]
    {
        let _ = (path, body);
        Box::pin(std::future::ready(Text(Err(Fault::of(FaultCode::Offline)))))
    }
    #[cfg(not(feature = "ssr"))]
    {
        Box::pin(send_wrapper::SendWrapper::new(browser::post(path, body)))
    }
}

/// Reads an answer.
///
/// # Errors
/// The fault it is, or `Internal` for what cannot be read.
pub fn read<T: DeserializeOwned>(text: Text) -> Result<T, Fault> {
    json::read(&text.0?).ok_or(Fault::of(FaultCode::Internal))
}

/// What a page begins with: loaded on the server, taken over by the browser, loaded again when the key changes.
pub fn loaded(key: impl Fn() -> String + Send + Sync + 'static, fetch: impl Fn() -> Wait<Text> + Send + Sync + 'static) -> Loaded {
    loaded_boxed(Box::new(key), Box::new(fetch))
}

fn loaded_boxed(key: Box<dyn Fn() -> String + Send + Sync>, fetch: Box<dyn Fn() -> Wait<Text> + Send + Sync>) -> Loaded {
    Resource::new_str_blocking(key, move |_| fetch())
}

/// Draws what has been loaded, and grey shapes until then.
pub fn shown<V: Draw>(
    waiting: impl Fn() -> V + Send + Sync + 'static,
    draw: impl Fn() -> Wait<AnyView> + Send + Sync + 'static,
) -> AnyView {
    shown_boxed(Arc::new(move || waiting().any()), Arc::new(draw))
}

fn shown_boxed(waiting: Arc<dyn Fn() -> AnyView + Send + Sync>, draw: Arc<dyn Fn() -> Wait<AnyView> + Send + Sync>) -> AnyView {
    view! {
        <Transition fallback=move || waiting()>
            {
                let draw = draw.clone();
                move || Suspend::new(draw())
            }
        </Transition>
    }
    .any()
}

/// Leaves for the door when a session has ended under somebody's hands, and comes back to the same place; what was written is kept.
pub(super) fn to_door() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    if path.starts_with("/app/") {
        let here = path + &location.search().unwrap_or_default();
        kit::browser::visit(&format!("/login?next={}", crate::routes::escaped(&here)));
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use super::Text;
    use api::Fault;
    use model::{FaultBody, FaultCode};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    /// Posts JSON and reads the answer; a refusal's body is a fault.
    pub async fn post(path: &'static str, body: String) -> Text {
        Text(match attempt(path, body).await {
            Ok((true, text)) => Ok(text),
            Ok((false, text)) => {
                let fault = crate::json::read(&text).unwrap_or(FaultBody::of(FaultCode::Internal));
                if fault.code == FaultCode::SignedOut {
                    super::to_door();
                }
                Err(Fault(fault))
            }
            Err(_) => Err(Fault::of(FaultCode::Offline)),
        })
    }

    async fn attempt(path: &str, body: String) -> Result<(bool, String), JsValue> {
        let headers = js_sys::Object::new();
        js_sys::Reflect::set(&headers, &"content-type".into(), &"application/json".into())?;
        let options = web_sys::RequestInit::new();
        options.set_method("POST");
        options.set_headers(&headers);
        options.set_body(&body.into());
        let answer = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(path, &options)).await?;
        let answer: web_sys::Response = answer.dyn_into()?;
        let text = JsFuture::from(answer.text()?).await?;
        Ok((answer.ok(), text.as_string().unwrap_or_default()))
    }
}
