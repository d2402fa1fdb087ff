//! What is done to a conversation as a whole: sleeping, labels, macros, merging. Each says at once what it did and how to take it back.

use super::moments::Moments;
use super::sheet::{Close, Sheet};
use crate::pages::Trip;
use crate::parts::Tag;
use crate::store::{Store, ask, fresh_key};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{Failure, Icon, TextField};
use kit::{act, attr, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use model::{Action, ConversationId, LabelId, ListRow, MacroView, Status, Timestamp};

pub(super) const HOUR: i64 = 3_600_000;

/// The moment of a local hour so many days from now.
pub(super) fn local(days: u32, hour: u32) -> Timestamp {
    let now = js_sys::Date::new_0();
    let date = js_sys::Date::new_with_year_month_day_hr_min(
        now.get_full_year(),
        i32::try_from(now.get_month()).unwrap_or(0),
        i32::try_from(now.get_date() + days).unwrap_or(1),
        i32::try_from(hour).unwrap_or(9),
        0,
    );
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
    Timestamp(date.get_time() as i64)
}

/// Days until the next Monday, at least one.
pub(super) fn to_monday() -> u32 {
    (8 - js_sys::Date::new_0().get_day()) % 7 + if js_sys::Date::new_0().get_day() == 1 { 7 } else { 0 }
}

/// Until when a conversation sleeps.
#[component]
pub fn Snooze(
    /// Which.
    conversation: ConversationId,
) -> impl IntoView {
    view! { <Sheet title=text::SNOOZE_TITLE><Times conversation=conversation/></Sheet> }.any()
}

#[component]
fn Times(conversation: ConversationId) -> impl IntoView {
    let store = Store::current();
    let Close(open) = expect_context();
    let sleep = move |until: Option<Timestamp>| {
        open.set(false);
        store.set_status(conversation, Status::Snoozed { until });
    };
    view! {
        <Moments choose=Callback::new(move |until| sleep(Some(until))) submit=text::SNOOZE_TITLE>
            <li>
                <button type="button" class="choice" on:click=act(move |_| sleep(None))><span>{t(text::SNOOZE_REPLY)}</span></button>
            </li>
        </Moments>
    }
    .any()
}

/// The labels of a conversation.
#[component]
pub fn Labels(
    /// Which.
    conversation: ConversationId,
) -> impl IntoView {
    view! { <Sheet title=text::LABELS_TITLE><LabelChoices conversation=conversation/></Sheet> }.any()
}

#[component]
fn LabelChoices(conversation: ConversationId) -> impl IntoView {
    let store = Store::current();
    let typed = RwSignal::new(String::new());
    let Some(row) = store.row(conversation) else { return ().any() };
    let has = Memo::new(move |_| row.with(|row: &ListRow| row.conversation.labels.clone()));
    let turn = move |label: LabelId| {
        let on = has.with_untracked(|has| has.contains(&label));
        let action = if on { Action::RemoveLabels(vec![label]) } else { Action::AddLabels(vec![label]) };
        store.run(conversation, vec![action]);
    };
    view! {
        <TextField name="label-search" label=said(text::COMMON_SEARCH) value=typed/>
        <ul class="choices" role="list">
            {live(move || {
                let words = kit::lower(typed.get().trim());
                store.labels.get().into_iter().filter(|label| label.title.contains(&words)).map(|label| {
                    let id = label.id;
                    view! {
                        <li>
                            <button
                                type="button"
                                class="choice"
                                role="checkbox"
                                aria-checked=attr(move || has.with(|has| has.contains(&id)).to_string())
                                on:click=act(move |_| turn(id))
                            >
                                <Tag label=label/>
                                {live(move || has.with(|has| has.contains(&id)).then(|| Icon::CHECK.view()))}
                            </button>
                        </li>
                    }
                    .any()
                }).collect::<Vec<_>>()
            })}
        </ul>
        {live(move || store.labels.with(Vec::is_empty).then(|| view! { <p class="card__line">{t(text::LABELS_NONE)}</p> }))}
    }
    .any()
}

/// The macros one may run.
#[component]
pub fn Macros(
    /// On which conversation.
    conversation: ConversationId,
) -> impl IntoView {
    view! { <Sheet title=text::MACROS_TITLE><MacroChoices conversation=conversation/></Sheet> }.any()
}

#[component]
fn MacroChoices(conversation: ConversationId) -> impl IntoView {
    let store = Store::current();
    let Close(open) = expect_context();
    let found = RwSignal::new(None::<Vec<MacroView>>);
    let trip = Trip::new();
    effect(move || {
        spawn(async move {
            let answer = ask(api::Macros { account: store.account }).await;
            found.set(Some(answer.unwrap_or_default()));
        });
    });
    let run = move |id| {
        trip.send(ask(api::RunMacro { account: store.account, id, conversation, key: fresh_key() }), move |()| open.set(false));
    };
    view! {
        <Failure message=trip.message()/>
        <ul class="choices" role="list">
            {live(move || found.get().map(|all| all.into_iter().map(|one| {
                let id = one.id;
                let steps = one.actions.len();
                view! {
                    <li>
                        <button type="button" class="choice" on:click=act(move |_| run(id))>
                            {Icon::ZAP.view()}
                            <span>{one.name}</span>
                            <span class="choice__note">{live(move || Locale::current().count(text::MACROS_STEPS, i64::try_from(steps).unwrap_or(0)))}</span>
                        </button>
                    </li>
                }
                .any()
            }).collect::<Vec<_>>()))}
        </ul>
        {live(move || found.with(|found| found.as_ref().is_some_and(Vec::is_empty)).then(|| view! { <p class="card__line">{t(text::MACROS_NONE)}</p> }))}
    }
    .any()
}

/// Which conversation is merged into this one.
#[component]
pub fn Merge(
    /// The one that stays.
    conversation: ConversationId,
) -> impl IntoView {
    view! { <Sheet title=text::MERGE_TITLE><MergeForm conversation=conversation/></Sheet> }.any()
}

#[component]
fn MergeForm(conversation: ConversationId) -> impl IntoView {
    let store = Store::current();
    let Close(open) = expect_context();
    let number = RwSignal::new(String::new());
    let trip = Trip::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Ok(other) = number.get_untracked().trim().trim_start_matches('#').parse::<i64>() else { return };
        let call = async move {
            let from = match store.by_number(other) {
                Some(known) => known,
                None => store.open(other).await?,
            };
            ask(api::MergeConversations { account: store.account, from, into: conversation }).await
        };
        trip.send(call, move |()| open.set(false));
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p class="card__line">{t(text::MERGE_LINE)}</p>
            <TextField name="merge-number" label=said(text::MERGE_NUMBER) value=number error=trip.field("from")/>
            <div class="form__end"><button type="submit" class="button" data-kind="primary" aria-busy=attr(move || trip.busy.get().to_string())>{t(text::MERGE_SUBMIT)}</button></div>
        </form>
    }
    .any()
}
