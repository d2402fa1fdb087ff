//! A modal dialog on the browser's own element: it keeps the focus, closes on Esc and gives the focus back.
//! What it asks and what happens then is its content's business.

use crate::Icon;
use crate::i18n::{t, text};
use crate::live::Draw;
use crate::live::{act, attr, effect, live};
use leptos::html;
use leptos::prelude::*;

/// A dialog that shows while `open` is true.
#[component]
pub fn Dialog(
    /// Whether it shows; closing sets it to false.
    open: RwSignal<bool>,
    /// Its title: the verb of what it does.
    #[prop(into)]
    title: Signal<String>,
    /// Its content, made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only for an element outside the document.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let dismiss = move |event: leptos::ev::MouseEvent| {
        // A click on the dialog itself, not on its sheet, is a click on the backdrop.
        if event.target() == node.get().map(|dialog| wasm_bindgen::JsCast::unchecked_into(web_sys::Element::from(dialog))) {
            open.set(false);
        }
    };
    let children = StoredValue::new(children);
    view! {
        <dialog class="dialog" node_ref=node aria-label=attr(move || title.get()) on:close=act(move |_| open.set(false)) on:click=dismiss>
            <div class="dialog__sheet">
                <header class="dialog__head">
                    <h2 class="dialog__title">{live(move || title.get())}</h2>
                    <button type="button" class="icon-button" aria-label=t(text::COMMON_CLOSE) on:click=act(move |_| open.set(false))>
                        {Icon::X.view()}
                    </button>
                </header>
                <div class="dialog__body">{live(move || open.get().then(|| children.with_value(|children| children())))}</div>
            </div>
        </dialog>
    }
    .any()
}
