//! The form before the first message. It has no button of its own: the answers leave with the message.
//! What is already known is not asked.

use crate::chat::Chat;
use kit::i18n::{t, text, violation_text};
use leptos::prelude::*;
use model::{PreChatField, Violation};

/// The questions still open, if any.
#[component]
pub fn Questions() -> impl IntoView {
    let chat = Chat::current();
    let fields = Memo::new(move |_| chat.questions());
    let sentence = move || chat.config.with(|c| c.as_ref().map(|c| c.pre_chat.message.clone())).filter(|m| !m.is_empty());
    view! {
        <Show when=move || fields.with(|fields| !fields.is_empty())>
            <section class="questions" aria-label=t(text::WIDGET_FORM)>
                {move || sentence().map(|sentence| view! { <p class="questions__sentence" dir="auto">{sentence}</p> })}
                <For each=move || fields.get() key=|field| field.key.clone() children=move |field| question(chat, field)/>
            </section>
        </Show>
    }
}

fn question(chat: Chat, field: PreChatField) -> impl IntoView {
    let locale = chat.locale;
    let (key, required) = (field.key.clone(), field.required);
    let (kind, complete) = match field.key.as_str() {
        "email" => ("email", "email"),
        "phone" => ("tel", "tel"),
        "name" => ("text", "name"),
        _ => ("text", "off"),
    };
    let label = move || match (field.label.as_str(), field.key.as_str()) {
        ("", "name") => locale.say(text::WIDGET_NAME).to_owned(),
        ("", "email") => locale.say(text::WIDGET_EMAIL).to_owned(),
        ("", "phone") => locale.say(text::WIDGET_PHONE).to_owned(),
        ("", key) => key.to_owned(),
        (label, _) => label.to_owned(),
    };
    let wrong = {
        let key = key.clone();
        Memo::new(move |_| chat.wrong.with(|wrong| wrong.iter().find(|(field, _)| *field == key).map(|(_, violation)| *violation)))
    };
    let (id, error) = (format!("answer-{key}"), format!("answer-{key}-error"));
    let value = {
        let key = key.clone();
        move || chat.answers.with(|answers| answers.get(&key).cloned().unwrap_or_default())
    };
    let typed = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        chat.wrong.update(|wrong| wrong.retain(|(field, _)| *field != key));
        chat.answers.update(|answers| drop(answers.insert(key.clone(), value)));
    };
    view! {
        <div class="question">
            <label class="question__label" for=id.clone()>
                {label}
                {(!required).then(|| view! { <span class="question__optional">{t(text::WIDGET_OPTIONAL)}</span> })}
            </label>
            <input
                class="question__input"
                id=id
                type=kind
                autocomplete=complete
                required=required
                dir="auto"
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                aria-describedby=error.clone()
                prop:value=value
                on:input=typed
            />
            <p class="question__error" id=error aria-live="polite">{move || wrong.get().map(|violation| violation_text(locale.language(), violation))}</p>
        </div>
    }
}

/// The answers to send with the first message; false when something must be corrected first.
pub fn answered(chat: Chat) -> Option<std::collections::BTreeMap<String, String>> {
    let fields = untrack(move || chat.questions());
    if fields.is_empty() {
        return Some(Default::default());
    }
    let mut answers = chat.answers.get_untracked();
    answers.retain(|_, answer| !answer.trim().is_empty());
    let missing: Vec<_> = fields.iter().filter(|f| f.required && !answers.contains_key(&f.key)).map(|f| (f.key.clone(), Violation::Required)).collect();
    if let Some((first, _)) = missing.first() {
        kit::browser::focus(&format!("#answer-{first}"));
        chat.wrong.set(missing);
        return None;
    }
    chat.wrong.set(Vec::new());
    // The server checks the form whole: what was known is said again.
    if !answers.is_empty() {
        let form = chat.config.with_untracked(|config| config.as_ref().map(|c| c.pre_chat.fields.clone())).unwrap_or_default();
        for field in form.into_iter().filter(|f| f.enabled) {
            if let Some(known) = chat.known.with_untracked(|known| known.get(&field.key).cloned()) {
                answers.entry(field.key).or_insert(known);
            }
        }
    }
    Some(answers)
}
