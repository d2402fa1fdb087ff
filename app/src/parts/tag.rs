//! Labels as people see them: a dot of their colour and their title. Which labels something has is said by the page.

use kit::Draw;
use kit::effect;
use leptos::html;
use leptos::prelude::*;
use model::LabelView;
use wasm_bindgen::JsCast;

/// A dot of a colour; without one, of the text's own.
#[component]
pub fn Swatch(
    /// `#rrggbb`.
    colour: String,
) -> impl IntoView {
    let node = NodeRef::<html::Span>::new();
    effect(move || {
        if let Some(span) = node.get() {
            let element: &web_sys::HtmlElement = span.unchecked_ref();
            // A colour that is none leaves the dot in the text's own.
            drop(element.style().set_property("--tag", &colour));
        }
    });
    view! { <span class="swatch" aria-hidden="true" node_ref=node></span> }.any()
}

/// A label.
#[component]
pub fn Tag(
    /// Which.
    label: LabelView,
) -> impl IntoView {
    view! { <span class="tag"><Swatch colour=label.colour/>{label.title}</span> }.any()
}
