//! What stands below a message's words: choices, cards, articles, a form. The server says it as a tree of elements and texts, never as markup;
//! here it is only put up, and what is handed in goes back.

use crate::chat::Chat;
use crate::dom::{append, set, word};
use crate::json::{Json, map};
use crate::outbox;
use kit::i18n::{fault_text, text, violation_text};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement};

/// Puts up elements and what is in them.
pub fn draw(chat: Chat, all: &Json, into: &HtmlElement) {
    for one in all.list() {
        let own = one.string("text");
        let words = match one.get("word").text() {
            Some("send") => chat.say(text::WIDGET_SEND),
            Some("email") => chat.say(text::WIDGET_EMAIL),
            Some(_) => chat.say(text::WIDGET_OPTIONAL),
            None => own,
        };
        let made = word(&one.string("tag"), &one.string("class"), &words);
        for (name, value) in one.get("set").members() {
            set(&made, name, value.text());
        }
        draw(chat, one.get("in"), &made);
        append(into, &made);
    }
}

/// Hands in what a form of a message holds; a refusal is told beside it.
pub fn hand_in(chat: Chat, message: &str, event: &Event, refusal: HtmlElement) {
    event.prevent_default();
    let Some(fields) = event.target().and_then(|form| form.unchecked_into::<HtmlElement>().query_selector_all("[name]").ok()) else {
        return;
    };
    let fields = (0..fields.length()).filter_map(|at| fields.item(at)).map(JsCast::unchecked_into::<HtmlInputElement>);
    let values = fields.map(|field| map([("name", field.name().as_str().into()), ("value", field.value().as_str().into())]));
    outbox::answer(chat, Json::Number(message.to_owned()), Json::List(values.collect()), move |fault| {
        let language = chat.language.get_untracked();
        let why = fault.fields.first().map_or_else(|| fault_text(language, &fault), |(_, why)| violation_text(language, *why));
        refusal.set_text_content(Some(&why));
        crate::dom::show(&refusal, true);
    });
}
