//! The emoji picker: the ones support teams use, by group, with the arrow keys. Its list is short on purpose; the keyboard's own has them all.

use kit::Draw;
use kit::i18n::{Text, t, text};
use kit::{act, effect};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const GROUPS: [(Text, &str); 4] = [
    (text::EMOJI_FACES, "😀 😃 😄 😁 😅 😂 🙂 😉 😊 😍 🥰 😘 😜 🤗 🤔 😐 😬 🙄 😴 😷 🤒 😢 😭 😤 😡 😱 😳 🥳 😎 🤓 🙃 😇"),
    (text::EMOJI_HANDS, "👍 👎 👏 🙌 🙏 👋 🤝 ✌️ 👌 🤞 💪 ☝️ 👇 👉 👈 ✋ 🤙 👊 🤷 🤦 🙋 💁"),
    (text::EMOJI_THINGS, "📦 🚚 🛒 🛍️ 💳 💰 🧾 📄 📎 📅 ⏰ ⏳ 📞 📱 💻 📧 🔒 🔑 🔧 🎁 🏷️ 📍 🏠 🚀 💡 🔔 📣 📷 🎉 ☕"),
    (text::EMOJI_SIGNS, "❤️ 💙 💚 💛 🧡 💜 🖤 💔 ✨ ⭐ 🔥 💯 ✅ ❌ ⚠️ ❓ ❗ ➡️ ⬅️ 🔄 🆗 🆕 🟢 🟡 🔴 🇧🇷"),
];

/// How many stand in a row, for the arrow keys.
const ROW: i32 = 8;

/// The picker.
#[component]
pub fn Emoji(
    /// Takes the one picked.
    pick: Callback<String>,
) -> impl IntoView {
    effect(|| {
        kit::browser::focus(".emoji__one");
    });
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            pick.run(String::new()); // Nothing picked: the picker closes and writing goes on.
            return;
        }
        let by = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            "ArrowDown" => ROW,
            "ArrowUp" => -ROW,
            _ => return,
        };
        event.prevent_default();
        let Ok(all) = document().query_selector_all(".emoji__one") else { return };
        let count = i32::try_from(all.length()).unwrap_or(0);
        let here = document().active_element();
        let at =
            (0..all.length()).find(|at| all.item(*at).is_some_and(|node| here.as_ref().is_some_and(|here| here.is_same_node(Some(&node)))));
        let next = (at.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1) + by).clamp(0, count - 1);
        if let Some(node) = all.item(next.cast_unsigned()).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Focusing a button of the page cannot fail.
            let _ = node.focus();
        }
    };
    let groups = GROUPS.into_iter().map(|(title, list)| {
        let ones = list.split(' ').map(|one| {
            let value = one.to_owned();
            view! { <button type="button" class="emoji__one" on:click=act(move |_| pick.run(value.clone()))>{one}</button> }.any()
        });
        view! {
            <h3 class="emoji__title">{t(title)}</h3>
            <div class="emoji__row">{ones.collect::<Vec<_>>()}</div>
        }
        .any()
    });
    let groups = groups.collect::<Vec<_>>();
    view! { <div class="emoji" role="group" aria-label=t(text::EMOJI_LABEL) on:keydown=act(keys)>{groups}</div> }.any()
}
