//! The dialog that most panels are: it closes its panel, and gives its content the way to close it.
//! What it asks is its content's business.

use super::Panels;
use kit::Dialog;
use kit::Draw;
use kit::effect;
use kit::i18n::{Text, said};
use leptos::prelude::*;

/// A dialog that closes its panel.
#[component]
pub fn Sheet(title: Text, children: ChildrenFn) -> impl IntoView {
    let panels = Panels::current();
    let mine = panels.0.get_untracked();
    let open = RwSignal::new(true);
    effect(move || {
        // Another panel may have been opened from this one meanwhile.
        if !open.get() && panels.0.get_untracked() == mine {
            panels.0.set(None);
        }
    });
    provide_context(Close(open));
    let children = StoredValue::new(children);
    view! { <Dialog open=open title=said(title)>{children.with_value(|children| children())}</Dialog> }.any()
}

/// How the content of a [`Sheet`] closes it.
#[derive(Clone, Copy)]
pub struct Close(pub RwSignal<bool>);
