//! News to this browser with its tab closed: asked for by a click on what explains it, and never before. What is told is chosen in `preferences`.
//!
//! The browser's interfaces are called by name: their bindings would stand in the file every page loads.

use crate::json;
use crate::store::ask;
use kit::Draw;
use kit::i18n::{Locale, Text, fault_text, t, text};
use kit::{Icon, Toasts};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use model::PushDraft;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The worker that shows them; it lies at the root so that it may speak for every page.
const WORKER: &str = "/told.js";

/// How this browser stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not known yet.
    Looking,
    /// It knows no Web Push, or not here.
    Unable,
    /// Its owner refused.
    Refused,
    Off,
    On,
}

fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    js_sys::Reflect::get(of, &name.into())
}

fn call(of: &JsValue, name: &str, args: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: js_sys::Function = get(of, name)?.dyn_into()?;
    function.apply(of, &args.iter().collect())
}

async fn wait(of: &JsValue, name: &str, args: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(call(of, name, args)?.dyn_into::<js_sys::Promise>()?).await
}

fn workers() -> Option<JsValue> {
    let able = ["PushManager", "Notification"].iter().all(|name| get(&window(), name).is_ok_and(|found| found.is_truthy()));
    get(&window().navigator(), "serviceWorker").ok().filter(|found| able && found.is_truthy())
}

fn permission() -> String {
    get(&window(), "Notification").and_then(|found| get(&found, "permission")).ok().and_then(|found| found.as_string()).unwrap_or_default()
}

/// What this browser subscribed to, if anything.
async fn subscription() -> Result<Option<JsValue>, JsValue> {
    let Some(workers) = workers() else { return Ok(None) };
    let registration = wait(&workers, "getRegistration", &["/".into()]).await?;
    if !registration.is_truthy() {
        return Ok(None);
    }
    let found = wait(&get(&registration, "pushManager")?, "getSubscription", &[]).await?;
    Ok(found.is_truthy().then_some(found))
}

async fn look() -> State {
    if workers().is_none() {
        return State::Unable;
    }
    if permission() == "denied" {
        return State::Refused;
    }
    let endpoint = subscription().await.ok().flatten().and_then(|found| get(&found, "endpoint").ok()?.as_string());
    match endpoint {
        // The server may have let it go: with the session it was asked for in, or because its push service did.
        Some(endpoint) => match ask(api::PushKey { endpoint: Some(endpoint) }).await {
            Ok((_, true)) => State::On,
            Ok(_) | Err(_) => State::Off,
        },
        None => State::Off,
    }
}

/// As `PushSubscription.toJSON` gives it.
#[derive(Deserialize)]
struct Given {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// Subscribes with the server's key; a subscription from before goes first, because it may be bound to another.
async fn subscribe(key: &str) -> Result<Option<PushDraft>, JsValue> {
    let workers = workers().ok_or(JsValue::UNDEFINED)?;
    if let Some(old) = subscription().await? {
        wait(&old, "unsubscribe", &[]).await?;
    }
    wait(&workers, "register", &[WORKER.into()]).await?;
    let ready: js_sys::Promise = get(&workers, "ready")?.dyn_into()?;
    let registration = JsFuture::from(ready).await?;
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"userVisibleOnly".into(), &JsValue::TRUE)?;
    js_sys::Reflect::set(&options, &"applicationServerKey".into(), &key.into())?;
    let made = wait(&get(&registration, "pushManager")?, "subscribe", &[options.into()]).await?;
    let given = call(&made, "toJSON", &[])?;
    let text = js_sys::JSON::stringify(&given)?.as_string().unwrap_or_default();
    Ok(json::read::<Given>(&text).map(|given| PushDraft { endpoint: given.endpoint, p256dh: given.keys.p256dh, auth: given.keys.auth }))
}

/// Whether news come to this browser, with what explains it.
#[component]
pub fn Browser() -> impl IntoView {
    let (locale, toasts) = (Locale::current(), Toasts::current());
    let state = RwSignal::new(State::Looking);
    let busy = RwSignal::new(false);
    effect(move || {
        spawn(async move {
            state.try_set(look().await);
        })
    });
    let on = move || {
        busy.set(true);
        // Asked within the click, before anything is waited for: browsers show their question only then.
        let answer = get(&window(), "Notification").and_then(|found| call(&found, "requestPermission", &[]));
        spawn(async move {
            let allowed = match answer.and_then(|found| found.dyn_into::<js_sys::Promise>()) {
                Ok(answer) => JsFuture::from(answer).await.is_ok_and(|answer| answer.as_string().as_deref() == Some("granted")),
                Err(_) => false,
            };
            let now = if allowed {
                let made = match ask(api::PushKey { endpoint: None }).await {
                    Ok((key, _)) => match subscribe(&key).await.ok().flatten() {
                        Some(draft) => ask(api::SubscribePush { draft }).await.map(|()| true),
                        None => Ok(false),
                    },
                    Err(fault) => Err(fault),
                };
                match made {
                    Ok(true) => State::On,
                    Ok(false) => {
                        toasts.fail(text::PREFS_PUSH_FAILED.in_(locale.now()));
                        State::Off
                    }
                    Err(fault) => {
                        toasts.fail(fault_text(locale.now(), &fault.0));
                        State::Off
                    }
                }
            } else {
                look().await
            };
            state.try_set(now);
            busy.try_set(false);
        });
    };
    let off = move || {
        busy.set(true);
        spawn(async move {
            if let Ok(Some(found)) = subscription().await {
                let endpoint = get(&found, "endpoint").ok().and_then(|found| found.as_string()).unwrap_or_default();
                // The server first: what it no longer knows is told nothing, whatever the browser does.
                match ask(api::UnsubscribePush { endpoint }).await {
                    Ok(()) => drop(wait(&found, "unsubscribe", &[]).await),
                    Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
                }
            }
            state.try_set(look().await);
            busy.try_set(false);
        });
    };
    let words = move || -> Text {
        match state.get() {
            State::Looking => text::COMMON_LOADING,
            State::Unable => text::PREFS_PUSH_UNABLE,
            State::Refused => text::PREFS_PUSH_REFUSED,
            State::Off => text::PREFS_PUSH_OFF,
            State::On => text::PREFS_PUSH_ON,
        }
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PREFS_PUSH_TITLE)}</h2>
            <p class="card__line" role="status">{live(move || locale.say(words()))}</p>
            {live(move || match state.get() {
                State::Off => view! {
                    <button type="button" class="button button--primary" disabled=move || busy.get() on:click=act(move |_| on())>
                        {Icon::BELL.view()} <span>{t(text::PREFS_PUSH_TURN_ON)}</span>
                    </button>
                }.any(),
                State::On => view! {
                    <button type="button" class="button" disabled=move || busy.get() on:click=act(move |_| off())>
                        <span>{t(text::PREFS_PUSH_TURN_OFF)}</span>
                    </button>
                }.any(),
                State::Looking | State::Unable | State::Refused => ().any(),
            })}
        </section>
    }
    .any()
}
