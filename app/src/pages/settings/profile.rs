//! What a person sets about themselves: name, photo, language, theme, send key, density, password, sessions.
//! Choices are kept at once; texts when they are sent.

use super::Head;
use super::token::Token;
use crate::pages::Trip;
use crate::parts::photo_of;
use crate::shell::theme_name;
use crate::store::Me;
use crate::store::ask;
use api::Fault;
use kit::Draw;
use kit::act;
use kit::i18n::{Language, Locale, fault_text, said, t, text};
use kit::spawn;
use kit::{Avatar, Failure, Icon, Segments, SelectField, Submit, TextField, Toasts, browser};
use leptos::html;
use leptos::prelude::*;
use model::{FaultBody, FaultCode, ProfileDraft, SendKey, Theme};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The profile.
#[component]
pub fn Profile() -> impl IntoView {
    view! {
        <Head title=said(text::PROFILE_TITLE) lead=said(text::PROFILE_LEAD)/>
        <Identity/>
        <Preferences/>
        <Password/>
        <Token/>
        <Sessions/>
    }
    .any()
}

#[component]
fn Identity() -> impl IntoView {
    let (me, locale, toasts) = (Me::current(), Locale::current(), Toasts::current());
    let name = RwSignal::new(me.now().map(|session| session.name).unwrap_or_default());
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let draft = ProfileDraft { name: Some(name.get_untracked()), ..ProfileDraft::default() };
        trip.send(me.change(draft), move |()| toasts.say(text::COMMON_SAVED.in_(locale.now())));
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PROFILE_IDENTITY)}</h2>
            <Photo/>
            <form class="form" novalidate on:submit=submit>
                <Failure message=trip.message()/>
                <TextField
                    name="profile-name"
                    autocomplete="name"
                    label=said(text::FIELD_NAME)
                    value=name
                    error=trip.field("name")
                    required=true
                    max=80
                />
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=trip.busy/></div>
            </form>
        </section>
    }
    .any()
}

#[component]
fn Photo() -> impl IntoView {
    let (me, locale, toasts) = (Me::current(), Locale::current(), Toasts::current());
    let node = NodeRef::<html::Input>::new();
    let name = Signal::derive(move || me.read(|session| session.name.clone()));
    let photo = Signal::derive(move || me.read(|session| photo_of(session.user, session.photo.as_deref())));
    let picked = move |_| {
        let Some(file) = node.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
        spawn(async move {
            match upload(&file).await {
                Ok(()) => {
                    if let Ok(Some(session)) = ask(api::Session {}).await {
                        me.set(session);
                    }
                }
                Err(code) => toasts.fail(fault_text(locale.now(), &FaultBody::of(code))),
            }
        });
    };
    view! {
        <div class="photo">
            <Avatar name=name photo=photo size="large"/>
            <label class="button photo__label">
                {Icon::IMAGE.view()}
                <span>{t(text::PROFILE_PHOTO_CHANGE)}</span>
                <input
                    class="visually-hidden"
                    type="file"
                    name="photo"
                    accept="image/jpeg,image/png,image/webp"
                    node_ref=node
                    on:change=picked
                />
            </label>
            <span class="photo__hint">{t(text::PROFILE_PHOTO_HINT)}</span>
        </div>
    }
    .any()
}

async fn upload(file: &web_sys::File) -> Result<(), FaultCode> {
    let form = web_sys::FormData::new().map_err(|_| FaultCode::Internal)?;
    form.append_with_blob("photo", file).map_err(|_| FaultCode::Internal)?;
    let options = web_sys::RequestInit::new();
    options.set_method("POST");
    options.set_body(&form);
    let answer = JsFuture::from(window().fetch_with_str_and_init("/profile/photo", &options)).await.map_err(|_| FaultCode::Offline)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(|_| FaultCode::Internal)?;
    match answer.status() {
        200..300 => Ok(()),
        413 => Err(FaultCode::TooLarge),
        401 => Err(FaultCode::SignedOut),
        415 | 422 => Err(FaultCode::NotOnThisChannel),
        _ => Err(FaultCode::Internal),
    }
}

#[component]
fn Preferences() -> impl IntoView {
    let (me, locale, toasts) = (Me::current(), Locale::current(), Toasts::current());
    let keep = move |draft: ProfileDraft| {
        spawn(async move {
            match me.change(draft).await {
                Ok(()) => toasts.say(text::COMMON_SAVED.in_(locale.now())),
                Err(Fault(fault)) => toasts.fail(fault_text(locale.now(), &fault)),
            }
        });
    };
    let languages = Signal::derive(move || {
        vec![("pt-BR".to_owned(), locale.say(text::LANGUAGE_PT).to_owned()), ("en".to_owned(), locale.say(text::LANGUAGE_EN).to_owned())]
    });
    let themes = Signal::derive(move || {
        [(Theme::System, text::PROFILE_THEME_SYSTEM), (Theme::Light, text::PROFILE_THEME_LIGHT), (Theme::Dark, text::PROFILE_THEME_DARK)]
            .map(|(theme, words)| (theme_name(theme).to_owned(), locale.say(words).to_owned()))
            .to_vec()
    });
    let send_keys = Signal::derive(move || {
        vec![
            ("enter".to_owned(), locale.say(text::PROFILE_SEND_ENTER).to_owned()),
            ("ctrl".to_owned(), locale.say(text::PROFILE_SEND_CTRL).to_owned()),
        ]
    });
    let densities = Signal::derive(move || {
        vec![
            ("comfortable".to_owned(), locale.say(text::PROFILE_COMFORTABLE).to_owned()),
            ("compact".to_owned(), locale.say(text::PROFILE_COMPACT).to_owned()),
        ]
    });
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PROFILE_PREFERENCES)}</h2>
            <div class="form">
                <SelectField
                    name="language"
                    label=said(text::PROFILE_LANGUAGE)
                    options=languages
                    value=Signal::derive(move || locale.language().tag().to_owned())
                    change=Callback::new(move |tag: String| {
                        keep(ProfileDraft { language: Language::from_tag(&tag), ..ProfileDraft::default() });
                    })
                />
                <Segments
                    name="theme"
                    label=said(text::PROFILE_THEME)
                    options=themes
                    value=Signal::derive(move || me.read(|session| theme_name(session.theme).to_owned()))
                    change=Callback::new(move |name: String| {
                        let theme = [Theme::System, Theme::Light, Theme::Dark].into_iter().find(|theme| theme_name(*theme) == name);
                        keep(ProfileDraft { theme, ..ProfileDraft::default() });
                    })
                />
                <Segments
                    name="send-key"
                    label=said(text::PROFILE_SEND_KEY)
                    options=send_keys
                    value=Signal::derive(move || {
                        me.read(|session| if session.send_key == SendKey::Enter { "enter" } else { "ctrl" }.to_owned())
                    })
                    change=Callback::new(move |name: String| {
                        let send_key = if name == "ctrl" { SendKey::CtrlEnter } else { SendKey::Enter };
                        keep(ProfileDraft { send_key: Some(send_key), ..ProfileDraft::default() });
                    })
                />
                <Segments
                    name="density"
                    label=said(text::PROFILE_DENSITY)
                    options=densities
                    value=Signal::derive(move || me.read(|session| if session.compact { "compact" } else { "comfortable" }.to_owned()))
                    change=Callback::new(move |name: String| {
                        keep(ProfileDraft { compact: Some(name == "compact"), ..ProfileDraft::default() });
                    })
                />
            </div>
        </section>
    }
    .any()
}

#[component]
fn Password() -> impl IntoView {
    let (locale, toasts) = (Locale::current(), Toasts::current());
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::ChangePassword { current: current.get_untracked(), new: new.get_untracked() }), move |()| {
            current.set(String::new());
            new.set(String::new());
            toasts.say(text::PROFILE_PASSWORD_DONE.in_(locale.now()));
        });
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PROFILE_PASSWORD)}</h2>
            <form class="form" novalidate on:submit=submit>
                <Failure message=trip.message()/>
                <TextField
                    name="current-password"
                    kind="password"
                    autocomplete="current-password"
                    label=said(text::FIELD_CURRENT_PASSWORD)
                    value=current
                    error=trip.field("current")
                />
                <TextField
                    name="new-password"
                    kind="password"
                    autocomplete="new-password"
                    label=said(text::FIELD_NEW_PASSWORD)
                    hint=said(text::SIGNUP_PASSWORD_HINT)
                    value=new
                    error=trip.field("new")
                />
                <div class="form__end"><Submit label=said(text::PROFILE_PASSWORD_SUBMIT) busy=trip.busy/></div>
            </form>
        </section>
    }
    .any()
}

#[component]
fn Sessions() -> impl IntoView {
    let trip = Trip::new();
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PROFILE_SESSIONS)}</h2>
            <Failure message=trip.message()/>
            <p class="card__line">{t(text::PROFILE_SESSIONS_TEXT)}</p>
            <button
                type="button"
                class="button"
                data-kind="danger"
                on:click=act(move |_| trip.send(ask(api::SignOutEverywhere {}), |()| browser::visit("/login")))
            >
                {Icon::LOG_OUT.view()}
                <span>{t(text::PROFILE_EVERYWHERE)}</span>
            </button>
        </section>
    }
    .any()
}
