//! A small set of emojis, reachable with the arrow keys. Systems that have a picker of their own have the rest.

use crate::chat::Chat;
use kit::i18n::{t, text};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Per row of the grid; the style sheet agrees.
const ROW: i32 = 8;
const EMOJIS: &str = "😀 😃 😄 😁 😅 😂 🤣 😊 😇 🙂 😉 😍 🥰 😘 😋 😜 🤪 😎 🤩 🥳 🤗 🤔 🤫 😐 🙄 😬 😌 😴 😷 🤒 🤯 😕 😟 🙁 😮 😳 🥺 😢 😭 😱 😤 😡 🤝 👍 👎 👏 🙌 🙏 👋 👌 🤞 💪 👀 ❤️ 🧡 💛 💚 💙 💜 💔 ✨ ⭐ 🔥 🎉 🎁 🎂 ☕ 🍕 🌹 🌞 🌧️ 🚚 📦 🛒 💳 💰 📞 📍 📎 ✅ ❌ ❓ ❗ ⏰";

/// The grid; calls back with what was picked.
#[component]
pub fn Emojis(
    /// What was picked.
    pick: impl Fn(&str) + Copy + 'static,
    /// Closes it.
    close: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let chat = Chat::current();
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        // On touch the keyboard would jump; with keys the first one is where the arrows start.
        if node.get().is_some() && !chat.touch.get_untracked() {
            focus(node, 0);
        }
    });
    let keys = move |event: ev::KeyboardEvent| {
        let Some(at) = position(node) else { return };
        let to = match event.key().as_str() {
            "ArrowRight" => at + 1,
            "ArrowLeft" => at - 1,
            "ArrowDown" => at + ROW,
            "ArrowUp" => at - ROW,
            "Home" => 0,
            "End" => i32::MAX,
            "Escape" => {
                event.prevent_default();
                return close();
            }
            _ => return,
        };
        event.prevent_default();
        focus(node, to);
    };
    let clicked = move |event: ev::MouseEvent| {
        let button = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()).filter(|target| target.tag_name() == "BUTTON");
        if let Some(emoji) = button.and_then(|button| button.text_content()) {
            pick(&emoji);
        }
    };
    let one = |(at, emoji): (usize, &'static str)| view! { <button type="button" class="emojis__one" tabindex=if at == 0 { "0" } else { "-1" }>{emoji}</button> };
    view! {
        <div class="emojis" role="group" aria-label=t(text::WIDGET_EMOJIS) node_ref=node on:keydown=keys on:click=clicked>
            {EMOJIS.split(' ').enumerate().map(one).collect_view()}
        </div>
    }
}

fn position(node: NodeRef<html::Div>) -> Option<i32> {
    let active = document().active_element()?;
    let all = node.get_untracked()?.children();
    (0..all.length()).find(|at| all.item(*at).as_ref() == Some(&active)).and_then(|at| i32::try_from(at).ok())
}

fn focus(node: NodeRef<html::Div>, to: i32) {
    let Some(all) = node.get_untracked().map(|node| node.children()) else { return };
    let last = i32::try_from(all.length()).unwrap_or_default() - 1;
    let to = u32::try_from(to.clamp(0, last.max(0))).unwrap_or_default();
    if let Some(button) = all.item(to).and_then(|one| one.dyn_into::<HtmlElement>().ok()) {
        // An element of ours that is on the page takes the focus.
        let _ = button.focus();
    }
}
