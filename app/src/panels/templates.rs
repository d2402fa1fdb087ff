//! Choosing an approved text where a free reply may not leave: found, filled in, looked at, sent.
//! Which texts there are is the provider's business; the server asks it.

use super::Panels;
use crate::store::{Parcel, Store, Terms, ask};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::{Dialog, Icon, TextField};
use kit::{act, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use model::{AttachmentKind, ConversationId, TemplateUse, TemplateView};

/// The dialog.
#[component]
pub fn Templates(
    /// Where it is sent.
    conversation: ConversationId,
) -> impl IntoView {
    let panels = Panels::current();
    let open = RwSignal::new(true);
    effect(move || {
        if !open.get() {
            panels.0.set(None);
        }
    });
    view! { <Dialog open=open title=said(text::TEMPLATES_TITLE)><Choice conversation=conversation open=open/></Dialog> }.any()
}

#[component]
fn Choice(conversation: ConversationId, open: RwSignal<bool>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let Some(row) = store.row(conversation) else { return ().any() };
    let inbox = row.with_untracked(|row| row.conversation.inbox);
    let found = RwSignal::new(None::<Result<Vec<TemplateView>, String>>);
    let chosen = RwSignal::new(None::<TemplateView>);
    let typed = RwSignal::new(String::new());
    effect(move || {
        spawn(async move {
            let answer = ask(api::Templates { account: store.account, inbox }).await;
            found.set(Some(answer.map_err(|fault| fault_text(locale.now(), &fault.0))));
        });
    });
    live(move || match chosen.get() {
        Some(template) => view! { <Fill conversation=conversation template=template chosen=chosen open=open/> }.any(),
        None => view! {
            <TextField name="template-search" label=said(text::COMMON_SEARCH) value=typed/>
            {live(move || match found.get() {
                None => view! { <p class="card__line" role="status">{t(text::COMMON_LOADING)}</p> }.any(),
                Some(Err(why)) => view! { <p class="failure__text" role="alert">{Icon::CIRCLE_ALERT.view()} <span>{why}</span></p> }.any(),
                Some(Ok(all)) if all.is_empty() => view! { <p class="card__line">{t(text::TEMPLATES_NONE)}</p> }.any(),
                Some(Ok(all)) => {
                    let words = kit::lower(&typed.get());
                    let fits = move |one: &TemplateView| kit::lower(&format!("{} {} {}", one.title, one.name, one.body)).contains(&words);
                    let rows = all.into_iter().filter(fits).map(|one| {
                        let title = if one.title.is_empty() { one.name.clone() } else { one.title.clone() };
                        let (body, language) = (one.body.clone(), one.language.clone());
                        view! {
                            <li>
                                <button type="button" class="choice template" on:click=act(move |_| chosen.set(Some(one.clone())))>
                                    <span class="create__who"><b>{title}</b> <span class="create__hint">{body}</span></span>
                                    <span class="choice__note">{language}</span>
                                </button>
                            </li>
                        }
                        .any()
                    });
                    view! { <ul class="choices" role="list">{rows.collect::<Vec<_>>()}</ul> }.any()
                }
            })}
        }
        .any(),
    })
}

/// The values of one template, its picture where it wants one, and how it will look.
#[component]
fn Fill(
    conversation: ConversationId,
    template: TemplateView,
    chosen: RwSignal<Option<TemplateView>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let store = Store::current();
    let values: Vec<(String, RwSignal<String>)> = template.params.iter().map(|key| (key.clone(), RwSignal::new(String::new()))).collect();
    let media = RwSignal::new(String::new());
    let TemplateView { name, language, header, body, footer, buttons, media: kind, .. } = template;
    let preview = {
        let (values, body) = (values.clone(), body.clone());
        move || {
            values.iter().fold(body.clone(), |words, (key, value)| {
                let value = value.get();
                if value.is_empty() { words } else { words.replace(&format!("{{{{{key}}}}}"), &value) }
            })
        }
    };
    let ready = {
        let values = values.clone();
        move || {
            values.iter().all(|(_, value)| value.with(|value| !value.trim().is_empty()))
                && (kind.is_none() || media.with(|media| media.starts_with("https://")))
        }
    };
    let submit = {
        let (values, preview, ready) = (values.clone(), preview.clone(), ready.clone());
        move |event: ev::SubmitEvent| {
            event.prevent_default();
            if !untrack(&ready) {
                return;
            }
            let params = values.iter().map(|(key, value)| (key.clone(), value.get_untracked())).collect();
            let media = kind.map(|_| media.get_untracked());
            let used = TemplateUse { name: name.clone(), language: language.clone(), params, media, media_kind: kind };
            let with = Terms { template: Some(used), ..Terms::default() };
            store.send(conversation, Parcel { text: untrack(&preview), with, ..Parcel::default() });
            open.set(false);
        }
    };
    let fields = values.into_iter().map(|(key, value)| {
        let words = key.clone();
        view! { <TextField name=format!("template-{key}") label=Signal::derive(move || words.clone()) value=value required=true max=1000/> }
            .any()
    });
    let fields = fields.collect::<Vec<_>>();
    let picture = match kind {
        Some(AttachmentKind::Image) => Some(text::TEMPLATES_IMAGE),
        Some(AttachmentKind::Video) => Some(text::TEMPLATES_VIDEO),
        Some(_) => Some(text::TEMPLATES_DOCUMENT),
        None => None,
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            {picture.map(|label| view! { <TextField name="template-media" kind="url" label=said(label) hint=said(text::TEMPLATES_MEDIA_HINT) value=media/> })}
            {fields}
            <div class="template__preview" aria-label=t(text::TEMPLATES_PREVIEW) role="group">
                {(!header.is_empty()).then(|| view! { <b>{header}</b> })}
                <p>{live(preview)}</p>
                {(!footer.is_empty()).then(|| view! { <small>{footer}</small> })}
                {buttons.into_iter().map(|words| view! { <span class="bubble__choice">{words}</span> }.any()).collect::<Vec<_>>()}
            </div>
            <div class="form__end">
                <button type="button" class="button" on:click=act(move |_| chosen.set(None))>{t(text::COMMON_BACK)}</button>
                <button type="submit" class="button" data-kind="primary" disabled=move || !ready()>
                    <span>{t(text::COMPOSER_SEND)}</span> {Icon::SEND_HORIZONTAL.view()}
                </button>
            </div>
        </form>
    }
    .any()
}
