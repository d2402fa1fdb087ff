//! What the frame and the page around it say to each other, and to whom: the first valid hello pins the page's origin.
//! It decides nothing about the chat. Without a page around (a link, a WebView) everything said here goes nowhere.

use leptos::prelude::*;
use model::IdentityClaim;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};

/// What the page says to the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The first word, and everything it knows.
    Hello(Hello),
    /// The chat was opened.
    Open,
    /// The chat was closed.
    Close,
    /// The site says who the visitor is.
    User(IdentityClaim),
    /// The language to speak.
    Locale(String),
    /// `light`, `dark` or whatever the device says.
    Scheme(Option<String>),
    /// The visitor went to another page of the site.
    Page(String),
    /// The visitor signed out: forget everything.
    Reset,
}

/// What the page knows when the frame is ready.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// The visitor's key, from the site's own storage.
    pub token: Option<String>,
    /// What else the page keeps for the chat.
    pub kept: Option<String>,
    /// Who the site says they are.
    pub user: Option<IdentityClaim>,
    /// The page's address.
    pub page: Option<String>,
    /// The language to speak.
    pub locale: Option<String>,
    /// The colour scheme.
    pub scheme: Option<String>,
    /// Whether the chat is the whole screen.
    pub mobile: bool,
    /// Whether the visitor signed out before the frame was there.
    pub reset: bool,
}

/// Reads a message of the loader; what is not one, or of a kind unknown here, is none.
#[must_use]
pub fn heard(said: &Value) -> Option<Heard> {
    if said.get("recado").and_then(Value::as_u64) != Some(1) {
        return None;
    }
    let flag = |key: &str| said.get(key).and_then(Value::as_bool).unwrap_or_default();
    Some(match said.get("type")?.as_str()? {
        "hello" => Heard::Hello(Hello {
            token: text(said, "token"),
            kept: text(said, "kept"),
            user: said.get("user").and_then(claim),
            page: text(said, "page"),
            locale: text(said, "locale"),
            scheme: text(said, "scheme"),
            mobile: flag("mobile"),
            reset: flag("reset"),
        }),
        "open" => Heard::Open,
        "close" => Heard::Close,
        "set-user" => Heard::User(claim(said)?),
        "set-locale" => Heard::Locale(text(said, "locale")?),
        "set-scheme" => Heard::Scheme(text(said, "scheme")),
        "page" => Heard::Page(text(said, "url")?),
        "reset" => Heard::Reset,
        _ => return None,
    })
}

/// A site's own code fills these in: numbers and switches count as their text, what is neither is left out.
fn claim(said: &Value) -> Option<IdentityClaim> {
    let attributes = said.get("attributes").and_then(Value::as_object);
    Some(IdentityClaim {
        identifier: text(said, "identifier")?,
        hash: text(said, "hash"),
        name: text(said, "name"),
        email: text(said, "email"),
        phone: text(said, "phone"),
        attributes: attributes.map_or_else(BTreeMap::new, |all| all.keys().filter_map(|key| Some((key.clone(), text(said.get("attributes")?, key)?))).collect()),
    })
}

fn text(said: &Value, key: &str) -> Option<String> {
    match said.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(on.to_string()),
        _ => None,
    }
}

/// The page around the frame.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    origin: StoredValue<Option<String>>,
    /// Whether there is a page around at all.
    pub framed: bool,
}

impl Host {
    /// Looks for a page around and tells it that the chat is ready to listen.
    pub fn find(listener: impl Fn(Heard) + 'static) -> Self {
        let host = Self { origin: StoredValue::new(None), framed: parent().is_some() };
        let heard = move |event: web_sys::Event| {
            if let Some(said) = host.admit(event.unchecked_ref()) {
                listener(said);
            }
        };
        // The chat lives as long as its document: the listener is never taken off.
        let _ = window_event_listener_untyped("message", heard);
        if let Some(parent) = parent() {
            // The one word that goes to anybody, because nobody is known yet; it tells nothing.
            let _ = parent.post_message(&object(json!({ "recado": 1, "type": "ready" })), "*");
        }
        host
    }

    /// Only the parent speaks, and after its first hello only from the origin that said it.
    fn admit(self, event: &web_sys::MessageEvent) -> Option<Heard> {
        let parent = JsValue::from(parent()?);
        if event.source().map(JsValue::from)? != parent {
            return None;
        }
        let said: String = js_sys::JSON::stringify(&event.data()).ok()?.into();
        let said = heard(&serde_json::from_str(&said).ok()?)?;
        match self.origin.get_value() {
            Some(origin) => (origin == event.origin()).then_some(said),
            None if matches!(said, Heard::Hello(_)) => {
                self.origin.set_value(Some(event.origin()));
                Some(said)
            }
            None => None,
        }
    }

    /// Says something to the page, if one has introduced itself.
    pub fn say(self, kind: &str, mut rest: Value) {
        let (Some(parent), Some(origin)) = (parent(), self.origin.get_value()) else { return };
        rest["recado"] = 1.into();
        rest["type"] = kind.into();
        // A page of an opaque origin (a file, a sandbox) cannot be addressed; it then hears nothing.
        let _ = parent.post_message(&object(rest), &origin);
    }

    /// Raises an event of the site's own interface.
    pub fn event(self, name: &str, detail: Value) {
        self.say("event", json!({ "name": name, "detail": detail }));
    }
}

fn parent() -> Option<web_sys::Window> {
    let window = window();
    window.parent().ok().flatten().filter(|parent| JsValue::from(parent) != JsValue::from(&window))
}

fn object(value: Value) -> JsValue {
    js_sys::JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_and_unknown_messages_are_nothing() {
        for said in [json!("hello"), json!({ "type": "open" }), json!({ "recado": 2, "type": "open" }), json!({ "recado": 1, "type": "toggle" }), json!(null)] {
            assert_eq!(heard(&said), None, "{said}");
        }
        assert_eq!(heard(&json!({ "recado": 1, "type": "open", "new": 1 })), Some(Heard::Open));
    }

    #[test]
    fn a_hello_may_lack_anything() {
        assert_eq!(heard(&json!({ "recado": 1, "type": "hello", "token": null, "mobile": "yes" })), Some(Heard::Hello(Hello::default())));
    }

    #[test]
    fn an_identity_takes_what_sites_write() {
        let said = json!({ "recado": 1, "type": "set-user", "identifier": 4411, "name": "Rui", "email": "", "attributes": { "plan": "gold", "vip": true, "cart": [1] } });
        let Some(Heard::User(claim)) = heard(&said) else { panic!("{said}") };
        assert_eq!((claim.identifier.as_str(), claim.name.as_deref(), claim.email), ("4411", Some("Rui"), None));
        assert_eq!(claim.attributes.into_iter().collect::<Vec<_>>(), [("plan".to_owned(), "gold".to_owned()), ("vip".to_owned(), "true".to_owned())]);
        assert_eq!(heard(&json!({ "recado": 1, "type": "set-user", "name": "Rui" })), None);
    }
}
