//! When people of an inbox are there, and what is said when they are not.
//! What follows from it is the server's business.

use super::bot_form::{DAYS, clock, minutes};
use super::inbox::Save;
use kit::i18n::{Locale, said, t, text};
use kit::{AreaField, Draw, Failure, SelectField, Submit, SwitchField, TextField};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::{DayHours, InboxChange};

/// The tab.
#[component]
pub fn HoursTab(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    let locale = Locale::current();
    let now = save.detail.with_untracked(|detail| detail.hours.clone());
    let (on, zone, closed) = (RwSignal::new(now.on), RwSignal::new(now.zone), RwSignal::new(now.closed));
    let days = RwSignal::new(now.days);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut hours = save.detail.with_untracked(|detail| detail.hours.clone());
        (hours.on, hours.days) = (on.get_untracked(), days.get_untracked());
        (hours.zone, hours.closed) = (zone.with_untracked(|zone| zone.trim().to_owned()), closed.get_untracked());
        save.run(InboxChange { hours: Some(hours), ..InboxChange::default() });
    };
    let kinds = Signal::derive(move || {
        let all = [("closed", text::HOURS_CLOSED), ("open", text::HOURS_OPEN), ("all", text::HOURS_ALL)];
        all.map(|(key, words)| (key.to_owned(), locale.say(words).to_owned())).to_vec()
    });
    let line = move |at: usize| {
        let day = Memo::new(move |_| days.with(|days| days[at]));
        let name = move || locale.say(DAYS[at]);
        // Kept apart from its times, or typing one would draw both anew.
        let kind = Memo::new(move |_| match day.get() {
            DayHours::Closed => "closed".to_owned(),
            DayHours::AllDay => "all".to_owned(),
            DayHours::Open { .. } => "open".to_owned(),
        });
        let put = move |day: DayHours| days.update(|days| days[at] = day);
        let choose = move |kind: String| {
            put(match kind.as_str() {
                "closed" => DayHours::Closed,
                "all" => DayHours::AllDay,
                _ => DayHours::Open { from: 9 * 60, to: 18 * 60 },
            });
        };
        let time = move |end: bool| {
            let edge = move || day.get_untracked().span().map(|(from, to)| clock(if end { to } else { from })).unwrap_or_default();
            let words = if end { text::HOURS_TO } else { text::HOURS_FROM };
            view! {
                <input
                    class="field__input"
                    type="time"
                    value=edge()
                    aria-label=attr(move || locale.say_with(words, &[("day", name())]))
                    aria-invalid=attr(move || save.trip.wrong(&format!("day{at}")).is_some().to_string())
                    on:input=act(move |event| {
                        let typed = minutes(&event_target_value(&event));
                        let (from, to) = day.get_untracked().span().unwrap_or_default();
                        put(if end { DayHours::Open { from, to: typed } } else { DayHours::Open { from: typed, to } });
                    })
                />
            }
            .any()
        };
        view! {
            <li class="hours__day">
                <span class="hours__name" aria-hidden="true">{t(DAYS[at])}</span>
                <SelectField
                    name=format!("hours-{at}")
                    label=Signal::derive(move || name().to_owned())
                    options=kinds
                    value=kind
                    change=Callback::new(choose)
                    bare=true
                />
                {live(move || kind.with(|kind| kind == "open").then(|| view! {
                    <span class="hours__span">{time(false)} <span>{t(text::HOURS_UNTIL)}</span> {time(true)}</span>
                }))}
                {live(move || save.trip.wrong(&format!("day{at}")).map(|_| view! {
                    <span class="field__error" role="alert">{t(text::HOURS_WRONG)}</span>
                }))}
            </li>
        }
        .any()
    };
    view! {
        <section class="card">
            <p class="card__line">{t(text::HOURS_LEAD)}</p>
            <form class="form" novalidate on:submit=submit>
                <Failure message=save.trip.message()/>
                <SwitchField label=said(text::HOURS_ON) value=on change=Callback::new(move |now| on.set(now))/>
                {live(move || on.get().then(|| view! {
                    <fieldset class="group">
                        <legend class="field__label">{t(text::HOURS_WEEK)}</legend>
                        <ul class="hours" role="list">{(0..7).map(line).collect::<Vec<_>>()}</ul>
                    </fieldset>
                    <TextField name="hours-zone" label=said(text::BOTS_ZONE) value=zone hint=said(text::BOTS_ZONE_HINT) error=save.trip.field("zone") max=64/>
                    <AreaField
                        name="hours-closed"
                        label=said(text::HOURS_SAY)
                        hint=said(text::HOURS_SAY_HINT)
                        value=closed
                        error=save.trip.field("closed")
                        rows=3
                        max=2_000
                    />
                }))}
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=save.trip.busy/></div>
            </form>
        </section>
    }
    .any()
}
