//! The form before the first message. It has no button of its own: the answers leave with the message.
//! What is already known is not asked.

use crate::chat::Chat;
use crate::dom::{append, bind, bind_text, el, on, set, set_all, show, tree, word, write};
use crate::field::{Slot, effect};
use crate::words::Pairs;
use kit::i18n::{text, violation_text};
use leptos::prelude::document;
use model::{PreChatField, Violation};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// The questions still open, if any.
#[must_use]
pub fn questions(chat: Chat) -> HtmlElement {
    let sentence = el("p", "questions__sentence");
    set(&sentence, "dir", Some("auto"));
    bind_text(&sentence, move || chat.config.with(|c| c.as_ref().map(|c| c.pre_chat.message.clone())).unwrap_or_default());
    let fields = el("div", "questions__fields");
    let form = tree("section", "questions", &[&sentence, &fields]);
    bind(&form, "aria-label", move || Some(chat.say(text::WIDGET_FORM)));
    let drawn = Slot::new(None);
    {
        let form = form.clone();
        effect(move || {
            let (open, language) = (chat.questions(), chat.language.get());
            show(&form, !open.is_empty());
            let now = Some((open, language));
            if drawn.with(|before| *before != now) {
                fields.set_text_content(None);
                for field in now.iter().flat_map(|(open, _)| open) {
                    append(&fields, &question(chat, field));
                }
                drawn.set(now);
                complain(chat);
            }
        });
    }
    effect(move || {
        chat.wrong.with(|_| ());
        complain(chat);
    });
    form
}

fn question(chat: Chat, field: &PreChatField) -> HtmlElement {
    let language = chat.language.get_untracked();
    let (kind, complete, usual) = match field.key.as_str() {
        "email" => ("email", "email", text::WIDGET_EMAIL.in_(language)),
        "phone" => ("tel", "tel", text::WIDGET_PHONE.in_(language)),
        "name" => ("text", "name", text::WIDGET_NAME.in_(language)),
        own => ("text", "off", own),
    };
    let id = ["answer-", &field.key].concat();
    let error_id = [&id, "-error"].concat();
    let label = word("label", "question__label", if field.label.is_empty() { usual } else { &field.label });
    set(&label, "for", Some(&id));
    if !field.required {
        append(&label, &word("span", "question__optional", text::WIDGET_OPTIONAL.in_(language)));
    }
    let input = el("input", "question__input");
    set_all(&input, &[("id", &id), ("type", kind), ("autocomplete", complete), ("dir", "auto"), ("aria-describedby", &error_id)]);
    if field.required {
        set(&input, "required", Some(""));
    }
    let known = chat.answers.with(|answers| answers.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value.clone()));
    input.unchecked_ref::<HtmlInputElement>().set_value(&known.unwrap_or_default());
    {
        let (key, input) = (field.key.clone(), input.clone());
        on(&input.clone(), "input", move |_| {
            let value = input.unchecked_ref::<HtmlInputElement>().value();
            chat.answers.update(|answers| {
                answers.retain(|(name, _)| *name != key);
                answers.push((key.clone(), value));
            });
            chat.wrong.update(|wrong| wrong.retain(|(name, _)| *name != key));
        });
    }
    let error = el("p", "question__error");
    set_all(&error, &[("id", &error_id), ("aria-live", "polite")]);
    tree("div", "question", &[&label, &input, &error])
}

/// Writes what is wrong next to where it was written.
fn complain(chat: Chat) {
    let wrong = chat.wrong.get_untracked();
    let Ok(inputs) = document().query_selector_all(".question__input") else { return };
    for input in (0..inputs.length()).filter_map(|at| inputs.item(at)).map(JsCast::unchecked_into::<HtmlElement>) {
        let id = input.id();
        let own = wrong.iter().find(|(field, _)| id.strip_prefix("answer-") == Some(field)).map(|(_, violation)| *violation);
        set(&input, "aria-invalid", own.map(|_| "true"));
        if let Some(error) = document().get_element_by_id(&[&id, "-error"].concat()) {
            write(&error, &own.map(|violation| violation_text(chat.language.get_untracked(), violation)).unwrap_or_default());
        }
    }
}

/// The answers to send with the first message; none when something must be corrected first.
pub fn answered(chat: Chat) -> Option<Pairs> {
    let fields = leptos::prelude::untrack(move || chat.questions());
    let mut answers = chat.answers.get();
    answers.retain(|(key, answer)| !answer.trim().is_empty() && fields.iter().any(|f| f.key == *key));
    let missing = |f: &&PreChatField| f.required && !answers.iter().any(|(key, _)| *key == f.key);
    let missing: Vec<_> = fields.iter().filter(missing).map(|f| (f.key.clone(), Violation::Required)).collect();
    if let Some((first, _)) = missing.first() {
        kit::browser::focus(&["#answer-", first].concat());
        chat.wrong.put(missing);
        return None;
    }
    // The server checks the form whole: what was known is said again.
    if !answers.is_empty() {
        let form = chat.config.with_untracked(|config| config.as_ref().map(|c| c.pre_chat.fields.clone())).unwrap_or_default();
        let known = chat.known.get_untracked();
        answers.extend(known.into_iter().filter(|(key, _)| form.iter().any(|f| f.enabled && f.key == *key)));
    }
    Some(answers)
}
