//! The few things asked of the browser itself: storage, clipboard, focus. Every one is a no-op where it is refused.
//! Nothing here may be called while a page is first drawn, because the server has none of it.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// A kept text, or none where nothing is kept or storage is refused.
#[must_use]
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a text, or forgets it when it is none.
pub fn store(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    // A full or refused storage costs convenience, never data: the server has what matters.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// A text kept for as long as this tab lives.
#[must_use]
pub fn visited(key: &str) -> Option<String> {
    web_sys::window()?.session_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Keeps a text for as long as this tab lives, or forgets it.
pub fn visit_keep(key: &str, value: Option<&str>) {
    let Some(storage) = web_sys::window().and_then(|window| window.session_storage().ok().flatten()) else { return };
    // As with what is stored for longer: refused storage costs convenience only.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// Waits a moment.
pub async fn pause(millis: i32) {
    let timer = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            // Without a timer nothing is waited for.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        }
    });
    // A timer is never refused.
    let _ = wasm_bindgen_futures::JsFuture::from(timer).await;
}

/// Puts the focus on the first element that matches.
pub fn focus(selector: &str) -> bool {
    found(selector).is_some_and(|element| element.focus().is_ok())
}

/// Presses the first element that matches, as a pointer would; false where there is none.
pub fn press(selector: &str) -> bool {
    found(selector).map(|element| element.click()).is_some()
}

fn found(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten().and_then(|found| found.dyn_into().ok())
}

/// Puts the focus on the first element that matches as soon as there is one; a second is waited for it at most.
pub fn focus_soon(selector: &'static str) {
    fn look(selector: &'static str, left: u32) {
        if !focus(selector) && left > 0 {
            request_animation_frame(move || look(selector, left - 1));
        }
    }
    request_animation_frame(move || look(selector, 60));
}

/// Whether this machine is touched.
#[must_use]
pub fn has_fingers() -> bool {
    window().match_media("(any-pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// How much larger than usual this person reads; what is measured in pixels follows it.
#[must_use]
pub fn scale() -> f64 {
    let style = document().document_element().and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok()).unwrap_or_default();
    size.split(['.', 'p']).next().and_then(|size| size.parse::<u32>().ok()).map_or(1.0, |size| f64::from(size) / 16.0)
}

/// Puts the focus on the first element that matches, made focusable for it, if what had it has gone with its page.
pub fn land(selector: &'static str) {
    fn look(selector: &'static str, left: u32) {
        if document().active_element().is_some_and(|element| element.tag_name() != "BODY") {
            return;
        }
        match document().query_selector(selector).ok().flatten() {
            Some(found) => {
                // The attribute's name is valid, so this cannot fail.
                let _ = found.set_attribute("tabindex", "-1");
                focus(selector);
            }
            None if left > 0 => request_animation_frame(move || look(selector, left - 1)),
            None => {}
        }
    }
    // The old page leaves within a frame.
    request_animation_frame(move || request_animation_frame(move || look(selector, 120)));
}

/// Whether what has the focus takes text, so that single letters belong to it.
#[must_use]
pub fn writing() -> bool {
    document().active_element().is_some_and(|element| {
        let pressed =
            || matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "button" | "submit" | "file" | "color"));
        match element.tag_name().as_str() {
            "INPUT" => !pressed(),
            "TEXTAREA" | "SELECT" => true,
            _ => element.has_attribute("contenteditable"),
        }
    })
}

/// Whether the page is in front and has the focus: only then does somebody read it.
#[must_use]
pub fn attended() -> bool {
    let document = document();
    !document.hidden() && document.has_focus().unwrap_or(true)
}

/// Sets a custom property on an element; the way geometry moves without inline styles.
pub fn set_property(element: &web_sys::HtmlElement, name: &str, value: &str) {
    // An unknown value is ignored by the browser.
    let _ = element.style().set_property(name, value);
}

/// Leaves this page for another, loading it from the server.
pub fn visit(address: &str) {
    let _ = window().location().assign(address);
}

/// Copies a text; where the page may not use the clipboard (plain HTTP), through a selection.
pub fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).unwrap_or(JsValue::UNDEFINED);
    let write = js_sys::Reflect::get(&clipboard, &"writeText".into()).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    match write {
        Some(write) => write.call1(&clipboard, &text.into()).is_ok(),
        None => copy_by_selection(text).unwrap_or(false),
    }
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let area = document.create_element("textarea").ok()?.dyn_into::<web_sys::HtmlTextAreaElement>().ok()?;
    area.set_value(text);
    area.set_class_name("visually-hidden");
    document.body()?.append_child(&area).ok()?;
    area.select();
    let command = js_sys::Reflect::get(&document, &"execCommand".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let done = command.call1(&document, &"copy".into()).is_ok_and(|done| done.is_truthy());
    area.remove();
    Some(done)
}
