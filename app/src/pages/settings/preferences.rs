//! What a person is told and where, how it sounds, their keys, how long a reply can be taken back, and whether they count as here.
//! All of it follows the person; only whether news come to this browser with its tab closed is the browser's own, and stands in `push`.

use super::Head;
use super::push::Browser;
use crate::pages::tool;
use crate::panels::Tool;
use crate::parts::{Command, availability_text, is_off, key_of};
use crate::store::{Me, Store, ask, habit, set_habit};
use api::Fault;
use kit::Draw;
use kit::i18n::{Locale, Text, fault_text, said, t, text};
use kit::{Icon, Segments, SelectField, SwitchField, Toasts};
use kit::{act, attr, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use model::{AccountSettings, Availability, NotificationKind, Permission, Preferences, ProfileDraft, Ways};

/// The page.
#[component]
pub fn PreferencesPage() -> impl IntoView {
    view! {
        <Head title=said(text::SETTINGS_PREFERENCES) lead=said(text::PREFS_LEAD)/>
        <Told/>
        <Browser/>
        <Here/>
        <Sending/>
        <Keys/>
    }
    .any()
}

const fn kind_text(kind: NotificationKind) -> Text {
    match kind {
        NotificationKind::Created => text::PREFS_CREATED,
        NotificationKind::Assigned => text::PREFS_ASSIGNED,
        NotificationKind::AssignedMessage => text::PREFS_ASSIGNED_MESSAGE,
        NotificationKind::ParticipatingMessage => text::PREFS_PARTICIPATING,
        NotificationKind::Mentioned => text::PREFS_MENTIONED,
        NotificationKind::Webhook => text::PREFS_WEBHOOK,
    }
}

/// One way of being told: its words, and how it is read and set.
type Way = (Text, fn(&Ways) -> bool, fn(&mut Ways, bool));

/// A change of what is kept: the preferences, and whether one counts as away without a screen.
type Edit = Box<dyn FnOnce(&mut (Preferences, bool))>;

/// The ways that reach somebody, the last where this installation sends mail.
const WAYS: [Way; 3] = [
    (text::PREFS_APP, |ways| ways.app, |ways, on| ways.app = on),
    (text::PREFS_PUSH, |ways| ways.push, |ways, on| ways.push = on),
    (text::PREFS_MAIL, |ways| ways.mail, |ways, on| ways.mail = on),
];

/// Changes what follows the person to every device.
#[derive(Clone, Copy)]
struct Hands {
    me: Me,
    locale: Locale,
    toasts: Toasts,
}

impl Hands {
    fn current() -> Self {
        Self { me: Me::current(), locale: Locale::current(), toasts: Toasts::current() }
    }

    fn keep(self, name: &str, value: Option<&str>) {
        let draft = ProfileDraft { habits: Some(set_habit(name, value)), ..ProfileDraft::default() };
        spawn(async move {
            match self.me.change(draft).await {
                Ok(()) => self.toasts.say(text::COMMON_SAVED.in_(self.locale.now())),
                Err(fault) => self.toasts.fail(fault_text(self.locale.now(), &fault.0)),
            }
        });
    }
}

/// What one is told, and where.
#[component]
fn Told() -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let account = store.account;
    let kept = RwSignal::new(None::<(Preferences, bool)>);
    let failed = RwSignal::new(None::<Fault>);
    effect(move || {
        spawn(async move {
            match ask(api::MyPreferences { account }).await {
                Ok(found) => drop(kept.try_set(Some(found))),
                Err(fault) => drop(failed.try_set(Some(fault))),
            }
        });
    });
    let change = move |edit: Edit| {
        let Some(before) = kept.get_untracked() else { return };
        let mut next = before.clone();
        edit(&mut next);
        kept.set(Some(next.clone()));
        spawn(async move {
            match ask(api::SetPreferences { account, wanted: next.0, auto_offline: next.1 }).await {
                Ok(()) => toasts.say(text::COMMON_SAVED.in_(locale.now())),
                Err(fault) => {
                    kept.set(Some(before));
                    toasts.fail(fault_text(locale.now(), &fault.0));
                }
            }
        });
    };
    let hands = Hands::current();
    // Webhooks are administrators' to look after.
    let administrates = Store::current().may(Permission::ManageInboxes);
    let mailed = RwSignal::new(false);
    effect(move || {
        spawn(async move {
            if let Ok(mails) = ask(api::SendsMail {}).await {
                mailed.try_set(mails);
            }
        });
    });
    let ways = move || WAYS.into_iter().take(if mailed.get() { 3 } else { 2 });
    let sound = RwSignal::new(true);
    effect(move || sound.set(habit("sound").is_none()));
    let heard = RwSignal::new(0_u32);
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::NOTICES_TITLE)}</h2>
            {live(move || failed.get().map(|fault| view! { <crate::pages::Trouble fault=fault/> }))}
            <div class="matrix__scroll">
                <table class="matrix">
                    <thead>
                        <tr>
                            <th scope="col">{t(text::PREFS_WHEN)}</th>
                            {live(move || ways().map(|(words, ..)| view! { <th scope="col">{t(words)}</th> }.any()).collect::<Vec<_>>())}
                        </tr>
                    </thead>
                    <tbody>
                        {NotificationKind::ALL.into_iter().filter(|kind| kind.of_conversation() || administrates).map(|kind| view! {
                            <tr>
                                <th scope="row">{t(kind_text(kind))}</th>
                                {live(move || ways().map(|(words, read, set)| {
                                    let on = move || kept.with(|kept| kept.as_ref().is_some_and(|(wanted, _)| read(&wanted.of(kind))));
                                    let name = move || format!("{}: {}", locale.say(kind_text(kind)), locale.say(words));
                                    view! {
                                        <td>
                                            <input
                                                class="check"
                                                type="checkbox"
                                                aria-label=attr(name)
                                                disabled=move || kept.with(Option::is_none)
                                                prop:checked=on
                                                on:change=act(move |event: ev::Event| {
                                                    let on = event_target_checked(&event);
                                                    change(Box::new(move |(wanted, _)| {
                                                        let mut ways = wanted.of(kind);
                                                        set(&mut ways, on);
                                                        wanted.0.insert(kind, ways);
                                                    }));
                                                })
                                            />
                                        </td>
                                    }
                                    .any()
                                }).collect::<Vec<_>>())}
                            </tr>
                        }.any()).collect::<Vec<_>>()}
                    </tbody>
                </table>
            </div>
            <div class="form prefs__more">
                <div class="prefs__line">
                    <SwitchField
                        label=said(text::PREFS_SOUND)
                        value=sound
                        change=Callback::new(move |on: bool| {
                            hands.keep("sound", (!on).then_some("off"));
                            sound.set(on);
                        })
                    />
                    <button type="button" class="button" on:click=act(move |_| heard.update(|heard| *heard += 1))>
                        {Icon::VOLUME_2.view()} <span>{t(text::PREFS_LISTEN)}</span>
                    </button>
                </div>
                {live(move || (heard.get() > 0).then(|| tool(Tool::Chime)))}
                <SwitchField
                    label=said(text::PREFS_AUTO_OFFLINE)
                    value=Signal::derive(move || kept.with(|kept| kept.as_ref().is_some_and(|(_, auto)| *auto)))
                    change=Callback::new(move |on: bool| change(Box::new(move |(_, auto)| *auto = on)))
                />
            </div>
        </section>
    }
    .any()
}

/// Whether one takes conversations now.
#[component]
fn Here() -> impl IntoView {
    let (store, me, locale, toasts) = (Store::current(), Me::current(), Locale::current(), Toasts::current());
    let account = store.account;
    let all = [(Availability::Online, "online"), (Availability::Busy, "busy"), (Availability::Offline, "offline")];
    let now = move || me.membership(account).map(|member| member.availability).unwrap_or_default();
    let choose = move |name: String| {
        let Some((availability, _)) = all.into_iter().find(|(_, known)| *known == name) else { return };
        let before = untrack(now);
        me.set_availability(account, availability);
        spawn(async move {
            if let Err(fault) = ask(api::SetAvailability { account, availability }).await {
                me.set_availability(account, before);
                toasts.fail(fault_text(locale.now(), &fault.0));
            }
        });
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::AVAILABILITY_LABEL)}</h2>
            <p class="card__line">{t(text::PREFS_HERE)}</p>
            <Segments
                name="availability"
                label=said(text::AVAILABILITY_LABEL)
                options=Signal::derive(move || all.map(|(one, name)| (name.to_owned(), locale.say(availability_text(one)).to_owned())).to_vec())
                value=Signal::derive(move || all.into_iter().find(|(one, _)| *one == now()).map_or("online", |(_, name)| name).to_owned())
                change=Callback::new(choose)
            />
        </section>
    }
    .any()
}

/// How long a reply can be taken back.
#[component]
fn Sending() -> impl IntoView {
    let (store, locale, hands) = (Store::current(), Locale::current(), Hands::current());
    let own = RwSignal::new(String::new());
    effect(move || own.set(habit("undo").unwrap_or_default()));
    let options = Signal::derive(move || {
        let usual = match store.settings.get().undo_seconds {
            Some(seconds) => locale.count(text::PREFS_SECONDS, i64::from(seconds)),
            None => locale.count(text::PREFS_UNDO_CHANNEL, i64::from(AccountSettings::UNDO_SECONDS)),
        };
        let usual = locale.say_with(text::PREFS_UNDO_USUAL, &[("time", &usual)]);
        std::iter::once((String::new(), usual))
            .chain([0, 5, 10, 15, 20, 30].map(|seconds: i64| (seconds.to_string(), locale.count(text::PREFS_SECONDS, seconds))))
            .collect::<Vec<_>>()
    });
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PREFS_UNDO)}</h2>
            <p class="card__line">{t(text::PREFS_UNDO_TEXT)}</p>
            <SelectField
                name="undo-seconds"
                label=said(text::PREFS_UNDO_LABEL)
                options=options
                value=own
                change=Callback::new(move |seconds: String| {
                    hands.keep("undo", Some(seconds.as_str()).filter(|seconds| !seconds.is_empty()));
                    own.set(seconds);
                })
            />
        </section>
    }
    .any()
}

/// The single-letter shortcuts.
#[component]
fn Keys() -> impl IntoView {
    let (locale, hands) = (Locale::current(), Hands::current());
    let on = RwSignal::new(true);
    // Changed keys are read again from where they are kept.
    let turn = RwSignal::new(0_u32);
    effect(move || {
        on.set(!is_off());
        turn.set(1);
    });
    let wrong = RwSignal::new(None::<(&'static str, String)>);
    let set = move |name: &'static str, usual: &'static str, key: String| {
        let taken = Command::ALL.iter().find(|(_, other, theirs, _)| *other != name && key_of(other, theirs) == key);
        if let Some((.., words)) = taken {
            wrong.set(Some((name, locale.say_with(text::PREFS_KEY_TAKEN, &[("key", &key), ("command", locale.say(*words))]))));
        } else {
            hands.keep(&format!("key.{name}"), (key != usual).then_some(key.as_str()));
            wrong.set(None);
        }
        turn.update(|turn| *turn += 1);
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::KEYS_TITLE)}</h2>
            <p class="card__line">{t(text::PREFS_KEYS_TEXT)}</p>
            <SwitchField
                label=said(text::PREFS_KEYS_ON)
                value=on
                change=Callback::new(move |now: bool| {
                    hands.keep("keys", (!now).then_some("off"));
                    on.set(now);
                })
            />
            <div class="failure" role="alert">
                {live(move || wrong.get().map(|(_, words)| view! { <p class="failure__text">{Icon::CIRCLE_ALERT.view()} <span>{words}</span></p> }))}
            </div>
            <ul class="prefs__keys" role="list" data-off=attr(move || (!on.get()).to_string())>
                {Command::ALL.map(|(_, name, usual, words)| {
                    let shown = move || if turn.get() == 0 { usual.to_owned() } else { key_of(name, usual) };
                    view! {
                        <li class="prefs__key">
                            <span>{t(words)}</span>
                            <input
                                class="field__input"
                                aria-label=t(words)
                                autocomplete="off"
                                maxlength="1"
                                disabled=move || !on.get()
                                aria-invalid=attr(move || wrong.with(|wrong| wrong.as_ref().is_some_and(|(place, _)| *place == name)).to_string())
                                prop:value=shown
                                // One key is all that is asked: pressing it is the answer.
                                on:keydown=act(move |event: ev::KeyboardEvent| {
                                    let key = event.key();
                                    if key.chars().count() == 1 && key != " " && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
                                        event.prevent_default();
                                        set(name, usual, key);
                                    }
                                })
                            />
                        </li>
                    }
                    .any()
                }).into_iter().collect::<Vec<_>>()}
            </ul>
            <button type="button" class="button" on:click=act(move |_| {
                // Each answers all of them: only the last is sent.
                let last = Command::ALL.len() - 1;
                for (at, (_, name, ..)) in Command::ALL.into_iter().enumerate() {
                    let place = format!("key.{name}");
                    if at == last { hands.keep(&place, None) } else { drop(set_habit(&place, None)) }
                }
                wrong.set(None);
                turn.update(|turn| *turn += 1);
            })>{Icon::ROTATE_CCW.view()} <span>{t(text::PREFS_KEYS_RESET)}</span></button>
        </section>
    }
    .any()
}
