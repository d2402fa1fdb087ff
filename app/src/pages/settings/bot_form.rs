//! The fields of a bot's menu: what it says, its choices, and when people are there.
//! Where it answers and how it is saved is the page's business.

use crate::pages::Trip;
use kit::i18n::{Language, Locale, Text, said, t, text};
use kit::{AreaField, Draw, Icon, SelectField, SwitchField, TextField};
use kit::{act, live};
use leptos::prelude::*;
use model::{BotChoice, BotHours, BotRules, BotStep};

/// What can follow an answer, and what it is called.
const STEPS: [(BotStep, &str, Text); 4] = [
    (BotStep::Stay, "stay", text::BOTS_THEN_STAY),
    (BotStep::HandOver, "hand_over", text::BOTS_THEN_HAND_OVER),
    (BotStep::AskEmail, "ask_email", text::BOTS_THEN_ASK_EMAIL),
    (BotStep::Resolve, "resolve", text::BOTS_THEN_RESOLVE),
];

/// The days of a week, Monday first.
pub const DAYS: [Text; 7] =
    [text::BOTS_DAY_1, text::BOTS_DAY_2, text::BOTS_DAY_3, text::BOTS_DAY_4, text::BOTS_DAY_5, text::BOTS_DAY_6, text::BOTS_DAY_7];

/// Most messages it may fail to understand.
const MOST_TRIES: i64 = 5;

type Words = RwSignal<String>;

fn words(text: &str) -> Words {
    RwSignal::new(text.to_owned())
}

/// A choice on its way to be written.
#[derive(Clone, Copy)]
struct Choice {
    number: u64,
    title: Words,
    keywords: Words,
    answer: Words,
    then: Words,
}

impl Choice {
    fn new(number: u64, choice: &BotChoice) -> Self {
        let then = STEPS.iter().find(|(step, ..)| *step == choice.then).map_or("stay", |(_, key, _)| key);
        Self {
            number,
            title: words(&choice.title),
            keywords: words(&choice.keywords.join(", ")),
            answer: words(&choice.answer),
            then: words(then),
        }
    }

    fn written(self) -> BotChoice {
        let then = self.then.get_untracked();
        BotChoice {
            title: self.title.get_untracked().trim().to_owned(),
            keywords: self
                .keywords
                .with_untracked(|all| all.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()),
            answer: self.answer.get_untracked().trim().to_owned(),
            then: STEPS.iter().find(|(_, key, _)| *key == then).map(|(step, ..)| *step).unwrap_or_default(),
        }
    }
}

/// The form of a menu.
#[derive(Clone, Copy)]
pub struct Menu {
    greeting: Words,
    unknown: Words,
    handover: Words,
    closed: Words,
    tries: Words,
    choices: RwSignal<Vec<Choice>>,
    counter: StoredValue<u64>,
    hours: RwSignal<bool>,
    zone: Words,
    days: RwSignal<[bool; 7]>,
    from: Words,
    to: Words,
}

impl Menu {
    /// An empty one.
    pub fn new() -> Self {
        let empty = || words("");
        Self {
            greeting: empty(),
            unknown: empty(),
            handover: empty(),
            closed: empty(),
            tries: empty(),
            choices: RwSignal::new(Vec::new()),
            counter: StoredValue::new(0),
            hours: RwSignal::new(false),
            zone: empty(),
            days: RwSignal::new([true, true, true, true, true, false, false]),
            from: empty(),
            to: empty(),
        }
    }

    fn fresh(self) -> u64 {
        self.counter.update_value(|counter| *counter += 1);
        self.counter.get_value()
    }

    /// Shows rules, or the beginning of new ones.
    pub fn show(self, rules: Option<&BotRules>, language: Language) {
        let say = |text: Text| text.in_(language).to_owned();
        let new = BotRules {
            greeting: say(text::BOTS_FIRST_GREETING),
            choices: vec![BotChoice {
                title: say(text::BOTS_FIRST_CHOICE),
                keywords: vec![say(text::BOTS_FIRST_KEYWORDS)],
                answer: String::new(),
                then: BotStep::HandOver,
            }],
            unknown: say(text::BOTS_FIRST_UNKNOWN),
            tries: 2,
            handover: say(text::BOTS_FIRST_HANDOVER),
            closed: say(text::BOTS_FIRST_CLOSED),
            hours: None,
        };
        let rules = rules.unwrap_or(&new);
        self.greeting.set(rules.greeting.clone());
        self.unknown.set(rules.unknown.clone());
        self.handover.set(rules.handover.clone());
        self.closed.set(rules.closed.clone());
        self.tries.set(rules.tries.to_string());
        self.choices.set(rules.choices.iter().map(|choice| Choice::new(self.fresh(), choice)).collect());
        self.hours.set(rules.hours.is_some());
        let hours = rules.hours.clone().unwrap_or_else(|| BotHours {
            zone: kit::time::zone(),
            days: [true, true, true, true, true, false, false],
            from: 9 * 60,
            to: 18 * 60,
        });
        self.zone.set(hours.zone);
        self.days.set(hours.days);
        self.from.set(clock(hours.from));
        self.to.set(clock(hours.to));
    }

    /// The rules as they stand in the form.
    pub fn rules(self) -> BotRules {
        BotRules {
            greeting: self.greeting.get_untracked(),
            choices: self.choices.with_untracked(|all| all.iter().map(|choice| choice.written()).collect()),
            unknown: self.unknown.get_untracked(),
            tries: self.tries.with_untracked(|tries| tries.parse().unwrap_or(2)),
            handover: self.handover.get_untracked(),
            closed: self.closed.get_untracked(),
            hours: self.hours.get_untracked().then(|| BotHours {
                zone: self.zone.get_untracked().trim().to_owned(),
                days: self.days.get_untracked(),
                from: self.from.with_untracked(|at| minutes(at)),
                to: self.to.with_untracked(|at| minutes(at)),
            }),
        }
    }

    /// The fields.
    pub fn view(self, trip: Trip) -> AnyView {
        let locale = Locale::current();
        let tries = Signal::derive(move || {
            (1..=MOST_TRIES).map(|count| (count.to_string(), locale.count(text::BOTS_TRIES_MANY, count))).collect::<Vec<_>>()
        });
        let area = move |name: &'static str, label: Text, value: Words| {
            view! { <AreaField name=format!("bot-{name}") label=said(label) value=value error=trip.field(name) rows=2 max=2_000/> }.any()
        };
        view! {
            <AreaField
                name="bot-greeting"
                label=said(text::BOTS_GREETING)
                hint=said(text::BOTS_GREETING_HINT)
                value=self.greeting
                error=trip.field("greeting")
                rows=2
                max=2_000
            />
            <fieldset class="moves">
                <legend class="field__label">{t(text::BOTS_CHOICES)}</legend>
                <For each=move || self.choices.get() key=|choice| choice.number children=move |choice| self.choice(choice, trip)/>
                <button type="button" class="button" on:click=act(move |_| {
                    let choice = Choice::new(self.fresh(), &BotChoice::default());
                    self.choices.update(|all| all.push(choice));
                })>
                    {Icon::PLUS.view()} <span>{t(text::BOTS_CHOICE_ADD)}</span>
                </button>
            </fieldset>
            {area("unknown", text::BOTS_UNKNOWN, self.unknown)}
            <SelectField
                name="bot-tries"
                label=said(text::BOTS_TRIES)
                options=tries
                value=self.tries
                change=Callback::new(move |chosen| self.tries.set(chosen))
            />
            {area("handover", text::BOTS_HANDOVER, self.handover)}
            <SwitchField label=said(text::BOTS_HOURS) value=self.hours change=Callback::new(move |on| self.hours.set(on))/>
            {live(move || self.hours.get().then(|| view! {
                {part(text::BOTS_DAYS, self.week())}
                <div class="bot-hours">
                    <TextField name="bot-from" label=said(text::BOTS_FROM) value=self.from kind="time" error=trip.field("hours")/>
                    <TextField name="bot-to" label=said(text::BOTS_TO) value=self.to kind="time"/>
                    <TextField name="bot-zone" label=said(text::BOTS_ZONE) value=self.zone hint=said(text::BOTS_ZONE_HINT) error=trip.field("zone") max=64/>
                </div>
                {area("closed", text::BOTS_CLOSED, self.closed)}
            }))}
        }
        .any()
    }

    fn week(self) -> AnyView {
        let day = move |(at, name): (usize, &Text)| {
            view! {
                <label class="team-set__one">
                    <input
                        type="checkbox"
                        prop:checked=move || self.days.with(|days| days[at])
                        on:change=act(move |event| self.days.update(|days| days[at] = event_target_checked(&event)))
                    />
                    <span>{t(*name)}</span>
                </label>
            }
            .any()
        };
        view! { <div class="bot-days">{DAYS.iter().enumerate().map(day).collect::<Vec<_>>()}</div> }.any()
    }

    fn choice(self, choice: Choice, trip: Trip) -> AnyView {
        let locale = Locale::current();
        let number = choice.number;
        let place = Memo::new(move |_| self.choices.with(|all| all.iter().position(|one| one.number == number).unwrap_or_default()));
        // What is wrong is said of the choice's place in the menu.
        let wrong = move |part: &'static str| Signal::derive(move || trip.wrong(&format!("{part}{}", place.get())));
        let steps = Signal::derive(move || {
            STEPS.iter().map(|(_, key, words)| ((*key).to_owned(), locale.say(*words).to_owned())).collect::<Vec<_>>()
        });
        view! {
            <div class="moves__one">
                <b class="bot-number" aria-hidden="true">{live(move || (place.get() + 1).to_string())}</b>
                <div class="moves__fields">
                    <TextField name=format!("bot-title-{number}") label=said(text::BOTS_CHOICE_TITLE) value=choice.title error=wrong("title") max=100/>
                    <TextField
                        name=format!("bot-keywords-{number}")
                        label=said(text::BOTS_KEYWORDS)
                        hint=said(text::BOTS_KEYWORDS_HINT)
                        value=choice.keywords
                        max=500
                    />
                    <AreaField name=format!("bot-answer-{number}") label=said(text::BOTS_ANSWER) value=choice.answer error=wrong("answer") rows=2 max=2_000/>
                    <SelectField
                        name=format!("bot-then-{number}")
                        label=said(text::BOTS_THEN)
                        options=steps
                        value=choice.then
                        change=Callback::new(move |chosen| choice.then.set(chosen))
                    />
                </div>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t(text::BOTS_CHOICE_REMOVE)
                    on:click=act(move |_| self.choices.update(|all| all.retain(|one| one.number != number)))
                >
                    {Icon::X.view()}
                </button>
            </div>
        }
        .any()
    }
}

/// A few boxes under one name.
pub fn part(name: Text, inner: AnyView) -> AnyView {
    view! {
        <fieldset class="team-set">
            <legend class="field__label">{t(name)}</legend>
            {inner}
        </fieldset>
    }
    .any()
}

/// A minute of the day as a time field writes it.
pub fn clock(minutes: u32) -> String {
    // The field ends one minute before the day does.
    let minutes = minutes.min(24 * 60 - 1);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What a time field holds, in minutes of the day; its last minute means the day's end.
pub fn minutes(clock: &str) -> u32 {
    let part = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
    let mut parts = clock.split(':');
    match part(parts.next()) * 60 + part(parts.next()) {
        1_439 => 1_440,
        minutes => minutes,
    }
}
