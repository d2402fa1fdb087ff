//! The edge of the list, which can be dragged and moved by the arrow keys; this browser keeps where it was left.
//! What stands on either side of it is the stylesheet's business.

use kit::Draw;
use kit::i18n::{t, text};
use kit::{act, browser, effect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Where this browser keeps the width; the document's first script reads it too.
const KEPT: &str = "recado-list";

/// The edge. A range field as tall as the list: dragging and keys are the browser's own.
#[component]
pub fn Grip() -> impl IntoView {
    let width = RwSignal::new("368".to_owned());
    effect(move || {
        if let Some(kept) = browser::stored(KEPT) {
            width.set(kept);
        }
    });
    let moved = move |event: leptos::ev::Event| {
        let to = event_target_value(&event);
        browser::store(KEPT, Some(&to));
        if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
            browser::set_property(&root, "--list", &format!("{to}px"));
        }
    };
    view! { <input class="grip" type="range" min="320" max="420" step="4" aria-label=t(text::LIST_WIDTH) prop:value=move || width.get() on:input=act(moved)/> }
        .any()
}
