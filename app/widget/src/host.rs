//! What the frame and the page around it say to each other, and to whom: the first valid hello pins the page's origin.
//! It decides nothing about the chat. Without a page around (a link, a WebView) everything said here goes nowhere.

use crate::field::Slot;
use crate::json::{Json, map};
use crate::words::Claim;
use leptos::prelude::window;
use std::rc::Rc;
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
    User(Claim),
    /// The site says something about the visitor or their conversation.
    About(Json),
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
    pub user: Option<Claim>,
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
pub fn heard(said: &Json) -> Option<Heard> {
    if said.get("recado").whole() != Some(1) {
        return None;
    }
    Some(match said.get("type").text()? {
        "hello" => Heard::Hello(Hello {
            token: text(said, "token"),
            kept: text(said, "kept"),
            user: claim(said.get("user")),
            page: text(said, "page"),
            locale: text(said, "locale"),
            scheme: text(said, "scheme"),
            mobile: said.get("mobile").yes(),
            reset: said.get("reset").yes(),
        }),
        "open" => Heard::Open,
        "close" => Heard::Close,
        "set-user" => Heard::User(claim(said)?),
        "about" => Heard::About(said.get("about").clone()),
        "set-locale" => Heard::Locale(text(said, "locale")?),
        "set-scheme" => Heard::Scheme(text(said, "scheme")),
        "page" => Heard::Page(text(said, "url")?),
        "reset" => Heard::Reset,
        _ => return None,
    })
}

/// A site's own code fills these in: numbers and switches count as their text, what is neither is left out.
fn claim(said: &Json) -> Option<Claim> {
    text(said, "identifier")?;
    let some = |of: &Json, key: &str| Some((key.to_owned(), text(of, key)?));
    let attributes = said.get("attributes");
    Some(Claim {
        about: ["identifier", "hash", "name", "email", "phone"].iter().filter_map(|key| some(said, key)).collect(),
        attributes: attributes.members().iter().filter_map(|(key, _)| some(attributes, key)).collect(),
    })
}

fn text(said: &Json, key: &str) -> Option<String> {
    match said.get(key) {
        Json::Text(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.clone()),
        Json::Bool(on) => Some(if *on { "true" } else { "false" }.to_owned()),
        _ => None,
    }
}

/// The page around the frame.
#[derive(Clone, Debug)]
pub struct Host {
    origin: Rc<Slot<Option<String>>>,
    /// Whether there is a page around at all.
    pub framed: bool,
}

impl Host {
    /// Looks for a page around and tells it that the chat is ready to listen.
    pub fn find(listener: impl Fn(Heard) + 'static) -> Self {
        let host = Self { origin: Rc::default(), framed: parent().is_some() };
        let heard = host.clone();
        // The chat lives as long as its document: the listener is never taken off.
        crate::dom::on(&window(), "message", move |event| {
            if let Some(said) = heard.admit(event.unchecked_ref()) {
                listener(said);
            }
        });
        if let Some(parent) = parent() {
            // The one word that goes to anybody, because nobody is known yet; it tells nothing.
            let _ = parent.post_message(&object(&map([("recado", 1.into()), ("type", "ready".into())])), "*");
        }
        host
    }

    /// Only the parent speaks, and after its first hello only from the origin that said it.
    fn admit(&self, event: &web_sys::MessageEvent) -> Option<Heard> {
        let parent = JsValue::from(parent()?);
        if event.source().map(JsValue::from)? != parent {
            return None;
        }
        let said: String = js_sys::JSON::stringify(&event.data()).ok()?.into();
        let said = heard(&Json::parse(&said)?)?;
        match self.origin.get() {
            Some(origin) => (origin == event.origin()).then_some(said),
            None if matches!(said, Heard::Hello(_)) => {
                self.origin.set(Some(event.origin()));
                Some(said)
            }
            None => None,
        }
    }

    /// Says something to the page, if one has introduced itself.
    pub fn say<const N: usize>(&self, kind: &str, rest: [(&str, Json); N]) {
        self.post(kind, map(rest));
    }

    fn post(&self, kind: &str, mut said: Json) {
        let (Some(parent), Some(origin)) = (parent(), self.origin.get()) else { return };
        if let Json::Map(members) = &mut said {
            members.push(("recado".into(), 1.into()));
            members.push(("type".into(), kind.into()));
        }
        // A page of an opaque origin (a file, a sandbox) cannot be addressed; it then hears nothing.
        let _ = parent.post_message(&object(&said), &origin);
    }

    /// Raises an event of the site's own interface.
    pub fn event<const N: usize>(&self, name: &str, detail: [(&str, Json); N]) {
        self.say("event", [("name", name.into()), ("detail", map(detail))]);
    }
}

fn parent() -> Option<web_sys::Window> {
    let window = window();
    window.parent().ok().flatten().filter(|parent| JsValue::from(parent) != JsValue::from(&window))
}

fn object(said: &Json) -> JsValue {
    js_sys::JSON::parse(&said.write()).unwrap_or(JsValue::NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> Option<Heard> {
        heard(&Json::parse(said).unwrap())
    }

    #[test]
    fn foreign_and_unknown_messages_are_nothing() {
        for said in [r#""hello""#, r#"{"type":"open"}"#, r#"{"recado":2,"type":"open"}"#, r#"{"recado":1,"type":"toggle"}"#, "null"] {
            assert_eq!(read(said), None, "{said}");
        }
        assert_eq!(read(r#"{"recado":1,"type":"open","new":1}"#), Some(Heard::Open));
    }

    #[test]
    fn what_a_site_says_about_its_visitor_passes_as_it_is() {
        let about = r#"{"contact":{"plan":null,"visits":3},"labels":{"vip":true}}"#;
        let said = [r#"{"recado":1,"type":"about","about":"#, about, "}"].concat();
        assert_eq!(read(&said), Some(Heard::About(Json::parse(about).unwrap())));
    }

    #[test]
    fn a_hello_may_lack_anything() {
        assert_eq!(read(r#"{"recado":1,"type":"hello","token":null,"mobile":"yes"}"#), Some(Heard::Hello(Hello::default())));
    }

    #[test]
    fn an_identity_takes_what_sites_write() {
        let said = r#"{"recado":1,"type":"set-user","identifier":4411,"name":"Rui","email":"","attributes":{"plan":"gold","vip":true,"cart":[1]}}"#;
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let claim = Claim {
            about: vec![pair("identifier", "4411"), pair("name", "Rui")],
            attributes: vec![pair("plan", "gold"), pair("vip", "true")],
        };
        assert_eq!(read(said), Some(Heard::User(claim)));
        assert_eq!(read(r#"{"recado":1,"type":"set-user","name":"Rui"}"#), None);
    }
}
