//! A button that opens a short list of things to do or choose: arrow keys, type-ahead, Esc, and the focus returns.
//! It knows nothing of what is chosen.

use crate::Icon;
use crate::live::Draw;
use crate::live::{act, attr, effect, live};
use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::JsCast;

/// A menu under its button.
#[component]
pub fn Menu(
    /// The button's accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What the button shows.
    #[prop(into)]
    trigger: ViewFn,
    /// Class of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// Where it opens: `below`, `below-end`, `above`.
    #[prop(default = "below")]
    place: &'static str,
    /// The items, made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    effect(move || {
        if !open.get() {
            return;
        }
        let handle = window_event_listener(ev::pointerdown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if root.get_untracked().is_some_and(|root| !root.contains(target.as_ref())) {
                open.set(false);
            }
        });
        on_cleanup(move || handle.remove());
        request_animation_frame(move || {
            let Some(list) = list.get_untracked() else { return };
            // Whoever was faster than the frame has chosen already.
            if list.matches(":focus-within").unwrap_or(false) {
                return;
            }
            let chosen = list
                .query_selector("[aria-checked=true]")
                .ok()
                .flatten()
                .or_else(|| list.query_selector("[role^=menuitem]").ok().flatten());
            if let Some(item) = chosen.and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = item.focus();
            }
        });
    });
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        if !open.get_untracked() {
            return;
        }
        let handled = match event.key().as_str() {
            "Escape" => {
                close();
                true
            }
            "Tab" => {
                open.set(false);
                false
            }
            "ArrowDown" => step(list, |at, count| (at + 1) % count),
            "ArrowUp" => step(list, |at, count| (at + count - 1) % count),
            "Home" => step(list, |_, _| 0),
            "End" => step(list, |_, count| count - 1),
            key if key.chars().count() == 1 && !event.ctrl_key() && !event.meta_key() && key != " " => seek(list, key),
            _ => false,
        };
        if handled {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let children = StoredValue::new(children);
    view! {
        <div class="menu" node_ref=root on:keydown=keys>
            <button
                type="button"
                class=class
                node_ref=button
                aria-haspopup="menu"
                aria-expanded=attr(move || open.get().to_string())
                aria-label=attr(move || label.get())
                on:click=act(move |_| open.update(|open| *open = !*open))
            >
                {live(move || trigger.run())}
            </button>
            {live(move || {
                open.get().then(|| {
                    // Here and not above: a component has no context of its own, and of several menus side by side the last would answer for all.
                    provide_context(MenuState(open));
                    view! {
                        <div class="menu__sheet" role="menu" node_ref=list aria-label=attr(move || label.get()) data-place=place>
                            {children.with_value(|children| children())}
                        </div>
                    }
                })
            })}
        </div>
    }
    .any()
}

#[derive(Clone, Copy)]
struct MenuState(RwSignal<bool>);

fn items(list: NodeRef<html::Div>) -> Vec<web_sys::HtmlElement> {
    let Some(found) = list.get_untracked().and_then(|list| list.query_selector_all("[role^=menuitem]").ok()) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

fn step(list: NodeRef<html::Div>, to: impl Fn(usize, usize) -> usize) -> bool {
    let items = items(list);
    let active = document().active_element();
    let at = items.iter().position(|item| active.as_ref().is_some_and(|active| item.is_same_node(Some(active)))).unwrap_or(0);
    items.get(to(at, items.len().max(1))).is_some_and(|item| item.focus().is_ok())
}

fn seek(list: NodeRef<html::Div>, letter: &str) -> bool {
    let letter = crate::lower(letter);
    let found = items(list).into_iter().find(|item| crate::lower(item.text_content().unwrap_or_default().trim()).starts_with(&letter));
    found.is_some_and(|item| item.focus().is_ok())
}

/// An item that does or chooses something.
#[component]
pub fn MenuChoice(
    /// Whether it is the one chosen now; none for an action.
    #[prop(optional, into)]
    chosen: Option<Signal<bool>>,
    /// What it does; the menu closes first.
    run: Callback<()>,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let state = use_context::<MenuState>();
    let choose = move |_| {
        if let Some(MenuState(open)) = state {
            open.set(false);
        }
        run.run(());
    };
    view! {
        <button
            type="button"
            class="menu__item"
            role=if chosen.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=attr(move || chosen.map(|chosen| chosen.get().to_string()))
            tabindex="-1"
            on:click=choose
        >
            {children()}
            {live(move || chosen.is_some_and(|chosen| chosen.get()).then(|| view! {
                <span class="menu__check">{Icon::CHECK.view()}</span>
            }))}
        </button>
    }
    .any()
}

/// An item that leads somewhere.
#[component]
pub fn MenuLink(
    /// Where.
    #[prop(into)]
    href: String,
    /// Whether the page is loaded from the server.
    #[prop(optional)]
    external: bool,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let state = use_context::<MenuState>();
    let close = move |_| {
        if let Some(MenuState(open)) = state {
            // After the click has been followed, or the link would be gone before it is.
            request_animation_frame(move || open.set(false));
        }
    };
    view! {
        <a class="menu__item" role="menuitem" tabindex="-1" href=href rel=external.then_some("external") on:click=close>
            {children()}
        </a>
    }
    .any()
}
