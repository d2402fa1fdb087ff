//! A small set of emojis, reachable with the arrow keys. Systems that have a picker of their own have the rest.

use crate::chat::Chat;
use crate::dom::{append, bind, el, on, set, set_all, word};
use kit::i18n::text;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Per row of the grid; the style sheet agrees.
const ROW: i32 = 8;
const EMOJIS: &str = "😀 😃 😄 😁 😅 😂 🤣 😊 😇 🙂 😉 😍 🥰 😘 😋 😜 🤪 😎 🤩 🥳 🤗 🤔 🤫 😐 🙄 😬 😌 😴 😷 🤒 🤯 😕 😟 🙁 😮 😳 🥺 😢 😭 😱 😤 😡 🤝 👍 👎 👏 🙌 🙏 👋 👌 🤞 💪 👀 ❤️ 🧡 💛 💚 💙 💜 💔 ✨ ⭐ 🔥 🎉 🎁 🎂 ☕ 🍕 🌹 🌞 🌧️ 🚚 📦 🛒 💳 💰 📞 📍 📎 ✅ ❌ ❓ ❗ ⏰";

/// The grid; tells what was picked, and when it is to be closed.
#[must_use]
pub fn emojis(chat: Chat, pick: impl Fn(&str) + 'static, close: impl Fn() + 'static) -> HtmlElement {
    let grid = el("div", "emojis");
    set(&grid, "role", Some("group"));
    bind(&grid, "aria-label", move || Some(chat.say(text::WIDGET_EMOJIS)));
    for emoji in EMOJIS.split(' ') {
        let one = word("button", "emojis__one", emoji);
        set_all(&one, &[("type", "button"), ("tabindex", if grid.has_child_nodes() { "-1" } else { "0" })]);
        append(&grid, &one);
    }
    on(&grid, "click", move |event| {
        let button = event.target().map(JsCast::unchecked_into::<Element>).filter(|target| target.tag_name() == "BUTTON");
        if let Some(emoji) = button.and_then(|button| button.text_content()) {
            pick(&emoji);
        }
    });
    let all = grid.children();
    on(&grid, "keydown", move |event| {
        let active = document().active_element();
        let at = (0..all.length()).find(|at| all.item(*at) == active).and_then(|at| i32::try_from(at).ok()).unwrap_or_default();
        let to = match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
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
        let last = i32::try_from(all.length()).unwrap_or_default() - 1;
        if let Some(one) = u32::try_from(to.clamp(0, last.max(0))).ok().and_then(|to| all.item(to)) {
            focus(&one);
        }
    });
    grid
}

/// Puts the focus on an element of ours.
pub fn focus(element: &Element) {
    // An element that is on the page takes it.
    let _ = element.unchecked_ref::<HtmlElement>().focus();
}
