//! What a visitor is asked before the first message.
//! How the widget asks it is the widget's business.

use super::inbox::Save;
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{AreaField, Failure, Submit, SwitchField};
use leptos::prelude::*;
use model::{InboxChange, PreChat, PreChatField};

/// The pre-chat form.
#[component]
pub fn PreChatTab(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    let locale = Locale::current();
    let now = save.detail.with_untracked(|detail| detail.website.as_ref().map(|website| website.pre_chat.clone())).unwrap_or_default();
    let enabled = RwSignal::new(now.enabled);
    let message = RwSignal::new(now.message);
    let fields = RwSignal::new(with_standard(now.fields));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let pre_chat = PreChat { enabled: enabled.get_untracked(), message: message.get_untracked(), fields: fields.get_untracked() };
        save.run(InboxChange { pre_chat: Some(pre_chat), ..InboxChange::default() });
    };
    let words = move |field: &PreChatField| match field.key.as_str() {
        _ if !field.label.is_empty() => field.label.clone(),
        "name" => locale.say(text::PRECHAT_NAME).to_owned(),
        "email" => locale.say(text::PRECHAT_EMAIL).to_owned(),
        "phone" => locale.say(text::PRECHAT_PHONE).to_owned(),
        other => other.to_owned(),
    };
    let count = fields.with_untracked(Vec::len);
    let line = move |at: usize| {
        let field = move || fields.with(|fields| fields.get(at).cloned());
        let name = move || field().map(|field| words(&field)).unwrap_or_default();
        let change = move |edit: fn(&mut PreChatField, bool), on: bool| {
            fields.update(|fields| {
                if let Some(field) = fields.get_mut(at) {
                    edit(field, on);
                }
            });
        };
        view! {
            <li class="plain__line">
                <span class="plain__words"><b>{name}</b></span>
                <SwitchField
                    label=said(text::PRECHAT_ASK)
                    name=Signal::derive(move || Some(locale.say_with(text::PRECHAT_ASK_OF, &[("field", &name())])))
                    value=Signal::derive(move || field().is_some_and(|field| field.enabled))
                    change=Callback::new(move |on| change(|field, on| field.enabled = on, on))
                />
                <SwitchField
                    label=said(text::PRECHAT_REQUIRED)
                    name=Signal::derive(move || Some(locale.say_with(text::PRECHAT_REQUIRED_OF, &[("field", &name())])))
                    value=Signal::derive(move || field().is_some_and(|field| field.required))
                    change=Callback::new(move |on| change(|field, on| field.required = on, on))
                />
            </li>
        }
    };
    view! {
        <section class="card">
            <form class="form" novalidate on:submit=submit>
                <Failure message=save.trip.message()/>
                <SwitchField label=said(text::PRECHAT_ENABLED) value=enabled change=Callback::new(move |on| enabled.set(on))/>
                <AreaField
                    name="prechat-message"
                    label=said(text::PRECHAT_MESSAGE)
                    value=message
                    error=save.trip.field("message")
                    rows=2
                    max=500
                />
                <fieldset class="group">
                    <legend class="field__label">{t(text::PRECHAT_FIELDS)}</legend>
                    <ul class="plain" role="list">{(0..count).map(line).collect_view()}</ul>
                </fieldset>
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=save.trip.busy/></div>
            </form>
        </section>
    }
    .any()
}

/// The three standard questions stand in the list even while none is stored.
fn with_standard(mut fields: Vec<PreChatField>) -> Vec<PreChatField> {
    for key in ["name", "email", "phone"] {
        if !fields.iter().any(|field| field.key == key) {
            fields.push(PreChatField { key: key.to_owned(), label: String::new(), required: false, enabled: key != "phone" });
        }
    }
    fields
}
