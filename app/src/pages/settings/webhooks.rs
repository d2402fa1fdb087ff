//! The endpoints of the account: how each is, what it hears, its form, a test and its log.
//! Callbacks of inboxes and addresses of bots stand here too, to be looked after; they are set where they belong.

use super::Head;
use super::hook_log::{Log, Sent};
use super::secret::Signing;
use crate::pages::{Trip, Trouble};
use crate::store::{Store, ask};
use api::Fault;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{Dialog, Draw, Empty, Failure, Icon, SelectField, Submit, TextField};
use kit::{act, attr, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use model::{DeliveryDetail, DeliveryState, HOOK_EVENTS, HookEdit, HookOff, HookOwner, HookView, InboxId, SecretOf, SecretView};

/// What an event is called.
pub fn event_text(event: &str) -> Text {
    match event {
        "conversation_created" => text::WEBHOOKS_CONVERSATION_CREATED,
        "conversation_status_changed" | "conversation_opened" | "conversation_resolved" => text::WEBHOOKS_CONVERSATION_STATUS_CHANGED,
        "message_created" => text::WEBHOOKS_MESSAGE_CREATED,
        "message_updated" => text::WEBHOOKS_MESSAGE_UPDATED,
        "webwidget_triggered" => text::WEBHOOKS_WEBWIDGET_TRIGGERED,
        "contact_created" => text::WEBHOOKS_CONTACT_CREATED,
        "contact_updated" => text::WEBHOOKS_CONTACT_UPDATED,
        "inbox_created" => text::WEBHOOKS_INBOX_CREATED,
        "inbox_updated" => text::WEBHOOKS_INBOX_UPDATED,
        "conversation_typing_on" => text::WEBHOOKS_CONVERSATION_TYPING_ON,
        "conversation_typing_off" => text::WEBHOOKS_CONVERSATION_TYPING_OFF,
        "webhook_test" => text::WEBHOOKS_WEBHOOK_TEST,
        _ => text::WEBHOOKS_CONVERSATION_UPDATED,
    }
}

/// The form of an endpoint, and which one it is of.
#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    trip: Trip,
    id: RwSignal<Option<i64>>,
    name: RwSignal<String>,
    url: RwSignal<String>,
    inbox: RwSignal<String>,
    events: RwSignal<Vec<String>>,
    secret: RwSignal<SecretView>,
}

impl Form {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            open: RwSignal::new(false),
            trip: Trip::new(),
            id: RwSignal::new(None),
            name: empty(),
            url: empty(),
            inbox: empty(),
            events: RwSignal::new(Vec::new()),
            secret: RwSignal::new(SecretView::default()),
        }
    }

    fn begin(self, of: Option<&HookView>) {
        self.trip.forget();
        self.id.set(of.map(|hook| hook.id));
        self.name.set(of.map(|hook| hook.name.clone()).unwrap_or_default());
        self.url.set(of.map(|hook| hook.url.clone()).unwrap_or_default());
        self.inbox.set(of.and_then(|hook| hook.inbox).map(|inbox| inbox.to_string()).unwrap_or_default());
        self.events.set(of.map_or_else(|| vec!["message_created".to_owned()], |hook| hook.events.clone()));
        self.secret.set(of.map(|hook| hook.secret.clone()).unwrap_or_default());
        self.open.set(true);
    }
}

/// The page.
#[component]
pub fn Webhooks() -> impl IntoView {
    let store = Store::current();
    let found = RwSignal::new(None::<Result<Vec<HookView>, Fault>>);
    let load = move || {
        spawn(async move {
            let told = ask(api::Webhooks { account: store.account }).await;
            found.try_set(Some(told));
        });
    };
    effect(load);
    let form = Form::new();
    let (doomed, sure, farewell) = (RwSignal::new(None::<(i64, String)>), RwSignal::new(false), Trip::new());
    let adder = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=act(move |_| form.begin(None))>
                {Icon::PLUS.view()} <span>{t(text::WEBHOOKS_ADD)}</span>
            </button>
        }
        .any()
    };
    let changed = Callback::new(move |()| load());
    let doom = Callback::new(move |which: (i64, String)| {
        farewell.forget();
        doomed.set(Some(which));
        sure.set(true);
    });
    let any = move || found.with(|found| matches!(found, Some(Ok(all)) if !all.is_empty()));
    view! {
        <Head title=said(text::WEBHOOKS_TITLE) lead=said(text::WEBHOOKS_LEAD)>{live(move || any().then(adder))}</Head>
        {live(move || match found.get() {
            None => view! { <p class="card__line" role="status">{t(text::COMMON_LOADING)}</p> }.any(),
            Some(Err(fault)) => view! { <Trouble fault=fault/> }.any(),
            Some(Ok(all)) if all.is_empty() => view! {
                <section class="card">
                    <Empty icon=Icon::LINK title=said(text::WEBHOOKS_EMPTY) line=said(text::WEBHOOKS_EMPTY_LINE)>{adder()}</Empty>
                </section>
            }
            .any(),
            Some(Ok(all)) => all
                .into_iter()
                .map(|hook| view! { <One hook=hook form=form changed=changed doom=doom/> }.any())
                .collect::<Vec<_>>()
                .any(),
        })}
        <Edit form=form changed=changed/>
        <Delete doomed=doomed sure=sure trip=farewell changed=changed/>
    }
    .any()
}

/// One endpoint.
#[component]
fn One(hook: HookView, form: Form, changed: Callback<()>, doom: Callback<(i64, String)>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let id = hook.id;
    let place = hook.inbox.and_then(|inbox| store.inboxes.with_untracked(|all| all.iter().find(|i| i.id == inbox).map(|i| i.name.clone())));
    let own = hook.owner == HookOwner::Account;
    let name = match &hook.owner {
        HookOwner::Bot(name) => name.clone(),
        HookOwner::Inbox => place.clone().unwrap_or_default(),
        HookOwner::Account if hook.name.is_empty() => {
            hook.url.split("//").last().unwrap_or_default().split('/').next().unwrap_or_default().to_owned()
        }
        HookOwner::Account => hook.name.clone(),
    };
    let hears = {
        let (owner, events, place) = (hook.owner.clone(), i64::try_from(hook.events.len()).unwrap_or(0), place);
        move || {
            let where_ = place.clone().unwrap_or_else(|| locale.say(text::WEBHOOKS_EVERYWHERE).to_owned());
            match &owner {
                HookOwner::Account => format!("{} · {where_}", locale.count(text::WEBHOOKS_HEARS, events)),
                HookOwner::Inbox => locale.say(text::WEBHOOKS_HEARS_INBOX).to_owned(),
                HookOwner::Bot(name) => format!("{} · {where_}", locale.say_with(text::WEBHOOKS_HEARS_BOT, &[("name", name)])),
            }
        }
    };
    let (log, round) = (RwSignal::new(false), RwSignal::new(0_u32));
    let (trip, resume) = (Trip::new(), Trip::new());
    let tested = RwSignal::new(None::<DeliveryDetail>);
    let test = move |_| {
        tested.set(None);
        trip.send(ask(api::TestWebhook { account: store.account, id }), move |detail| {
            tested.set(Some(detail));
            round.update(|round| *round += 1);
        });
    };
    let off = hook.off;
    let state = match (off, hook.failing_since) {
        (Some(off), _) => Some(view! {
            <div class="connection hook__off" data-state="bad" role="alert">
                {Icon::TRIANGLE_ALERT.view()}
                <span>
                    {t(if off == HookOff::Gone { text::WEBHOOKS_OFF_GONE } else { text::WEBHOOKS_OFF_DEAD })} " " {t(text::WEBHOOKS_OFF_LOST)}
                </span>
                <button
                    type="button"
                    class="button"
                    aria-busy=attr(move || resume.busy.get().to_string())
                    on:click=act(move |_| resume.send(ask(api::ResumeWebhook { account: store.account, id }), move |()| changed.run(())))
                >
                    {t(text::WEBHOOKS_ON_AGAIN)}
                </button>
            </div>
        }
        .any()),
        (None, Some(_)) => Some(view! {
            <p class="connection" data-state="weak">{Icon::REFRESH_CW.view()} <span>{t(text::WEBHOOKS_FAILING)}</span></p>
        }
        .any()),
        (None, None) => None,
    };
    let (edited, deleted) = (hook.clone(), name.clone());
    let named = move |words: Text, name: &str| {
        let name = name.to_owned();
        attr(move || locale.say_with(words, &[("name", &name)]))
    };
    view! {
        <section class="card hook" aria-label=name.clone()>
            <div class="hook__head">
                <div class="shelf__words">
                    <h2 class="card__title">{name.clone()}</h2>
                    <span class="shelf__note">{hook.url.clone()}</span>
                    <span class="shelf__note">{live(hears)}</span>
                </div>
                {own.then(|| view! {
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=named(text::SHELF_EDIT, &name)
                        on:click=act(move |_| form.begin(Some(&edited)))
                    >
                        {Icon::SQUARE_PEN.view()}
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=named(text::SHELF_DELETE_OF, &name)
                        on:click=act(move |_| doom.run((id, deleted.clone())))
                    >
                        {Icon::TRASH_2.view()}
                    </button>
                })}
            </div>
            {state}
            <Failure message=resume.message()/>
            <div class="hook__acts">
                <button
                    type="button"
                    class="button"
                    aria-label=named(text::WEBHOOKS_TEST_OF, &name)
                    aria-busy=attr(move || trip.busy.get().to_string())
                    on:click=act(test)
                >
                    {Icon::SEND.view()} <span>{t(text::WEBHOOKS_TEST)}</span>
                </button>
                <button
                    type="button"
                    class="button"
                    aria-label=named(text::WEBHOOKS_LOG_OF, &name)
                    aria-expanded=attr(move || log.get().to_string())
                    on:click=act(move |_| log.update(|log| *log = !*log))
                >
                    {Icon::LIST_CHECKS.view()} <span>{t(text::WEBHOOKS_LOG)}</span>
                </button>
            </div>
            <Failure message=trip.message()/>
            <div role="status">{live(move || tested.get().map(|detail| verdict(locale, detail)))}</div>
            {live(move || log.get().then(|| view! { <Log hook=id off=off.is_some() round=round/> }))}
        </section>
    }
    .any()
}

/// What came of a test, and all of it to look at.
fn verdict(locale: Locale, detail: DeliveryDetail) -> AnyView {
    let good = detail.line.state == DeliveryState::Done;
    let words = match (good, detail.line.status) {
        (true, Some(status)) => locale.say_with(text::WEBHOOKS_TEST_GOOD, &[("status", &status.to_string())]),
        (_, Some(status)) => locale.say_with(text::WEBHOOKS_TEST_BAD, &[("status", &status.to_string())]),
        (_, None) => locale.say_with(text::WEBHOOKS_TEST_SILENT, &[("answer", detail.answer.as_deref().unwrap_or_default())]),
    };
    let (state, icon) = if good { ("good", Icon::CIRCLE_CHECK) } else { ("bad", Icon::CIRCLE_ALERT) };
    view! {
        <p class="connection" data-state=state>{icon.view()} <span>{words}</span></p>
        <details class="connection__more hook__sent">
            <summary>{t(text::WEBHOOKS_REQUEST)}</summary>
            <Sent detail=detail/>
        </details>
    }
    .any()
}

/// The dialog that makes or changes one.
#[component]
fn Edit(form: Form, changed: Callback<()>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let Form { open, trip, id, name, url, inbox, events, secret } = form;
    let places = Signal::derive(move || {
        let each = store.inboxes.get().into_iter().map(|inbox| (inbox.id.to_string(), inbox.name));
        std::iter::once((String::new(), locale.say(text::WEBHOOKS_EVERYWHERE).to_owned())).chain(each).collect::<Vec<_>>()
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let edit = HookEdit {
            name: name.get_untracked(),
            url: url.get_untracked(),
            events: events.get_untracked(),
            inbox: inbox.with_untracked(|inbox| inbox.parse().ok().map(InboxId)),
        };
        trip.send(ask(api::SaveWebhook { account: store.account, id: id.get_untracked(), edit }), move |_| {
            open.set(false);
            changed.run(());
        });
    };
    let one = move |event: &'static str| {
        view! {
            <label class="team-set__one">
                <input
                    type="checkbox"
                    prop:checked=move || events.with(|all| all.iter().any(|one| one == event))
                    on:change=act(move |input| {
                        let on = event_target_checked(&input);
                        events.update(|all| {
                            all.retain(|one| one != event);
                            if on {
                                all.push(event.to_owned());
                            }
                        });
                    })
                />
                <span>{t(event_text(event))}</span>
            </label>
        }
        .any()
    };
    let title = Signal::derive(move || locale.say(if id.get().is_some() { text::WEBHOOKS_CHANGE } else { text::WEBHOOKS_ADD }).to_owned());
    view! {
        <Dialog open=open title=title>
            <form class="form" novalidate on:submit=save>
                <Failure message=trip.message()/>
                <TextField name="hook-name" label=said(text::WEBHOOKS_NAME) value=name example=said(text::WEBHOOKS_NAME_EXAMPLE) max=100/>
                <TextField name="hook-url" label=said(text::WEBHOOKS_URL) value=url error=trip.field("url") example=Signal::stored("https://".to_owned()) required=true max=2_048/>
                <SelectField name="hook-inbox" label=said(text::WEBHOOKS_WHERE) options=places value=inbox change=Callback::new(move |chosen| inbox.set(chosen))/>
                <fieldset class="hook-events">
                    <legend class="field__label">{t(text::WEBHOOKS_EVENTS)}</legend>
                    {HOOK_EVENTS.map(one).into_iter().collect::<Vec<_>>()}
                    <div role="status">{live(move || trip.wrong("subscriptions").map(|_| view! {
                        <span class="field__error">{Icon::CIRCLE_ALERT.view()} {t(text::WEBHOOKS_NONE_CHOSEN)}</span>
                    }))}</div>
                </fieldset>
                {live(move || id.get().map(|id| view! {
                    <div class="field">
                        <span class="field__label">{t(text::WEBHOOKS_SECRET)}</span>
                        <p class="field__hint">{t(text::WEBHOOKS_SECRET_LEAD)}</p>
                        <Signing of=SecretOf::Webhook(id) value=secret/>
                    </div>
                }))}
                <div class="form__end">
                    <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                    <Submit label=said(text::COMMON_SAVE) busy=trip.busy/>
                </div>
            </form>
        </Dialog>
    }
    .any()
}

/// The question before one goes.
#[component]
fn Delete(doomed: RwSignal<Option<(i64, String)>>, sure: RwSignal<bool>, trip: Trip, changed: Callback<()>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let remove = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some((id, _)) = doomed.get_untracked() else { return };
        trip.send(ask(api::DeleteWebhook { account: store.account, id }), move |()| {
            sure.set(false);
            changed.run(());
        });
    };
    view! {
        <Dialog open=sure title=said(text::SHELF_DELETE)>
            <form class="form" novalidate on:submit=remove>
                <Failure message=trip.message()/>
                <p>{live(move || doomed.get().map(|(_, name)| locale.say_with(text::WEBHOOKS_DELETE_SURE, &[("name", &name)])))}</p>
                <div class="form__end" data-danger="true">
                    <button type="button" class="button" on:click=act(move |_| sure.set(false))>{t(text::COMMON_CANCEL)}</button>
                    <Submit label=said(text::SHELF_DELETE) busy=trip.busy/>
                </div>
            </form>
        </Dialog>
    }
    .any()
}
