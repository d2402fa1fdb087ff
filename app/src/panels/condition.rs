//! One condition of a filter as fields: what is looked at, how, and with what. It offers only what the model takes.
//! How conditions are joined is the dialog's business.

use crate::json;
use crate::parts::{priority_text, status_one_text};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{Locale, Text, said, text};
use kit::{SelectField, act, attr, live};
use leptos::prelude::*;
use model::{
    AttributeDraft, AttributeKind, AttributeView, Condition, Entity, Filter, FilterField, FilterValue, Operator, Priority, StatusKind,
};

/// A condition on its way to be written. Field and operator are kept as the JSON that names them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Tells rows apart.
    pub number: u64,
    field: RwSignal<String>,
    op: RwSignal<String>,
    value: RwSignal<String>,
}

fn key<T: serde::Serialize>(value: &T) -> String {
    json::write(value).unwrap_or_default()
}

const OPERATORS: [(Operator, Text); 10] = [
    (Operator::Equal, text::OP_EQUAL),
    (Operator::NotEqual, text::OP_NOT_EQUAL),
    (Operator::Contains, text::OP_CONTAINS),
    (Operator::Lacks, text::OP_LACKS),
    (Operator::Begins, text::OP_BEGINS),
    (Operator::Greater, text::OP_GREATER),
    (Operator::Less, text::OP_LESS),
    (Operator::OlderThanDays, text::OP_OLDER),
    (Operator::Present, text::OP_PRESENT),
    (Operator::Absent, text::OP_ABSENT),
];

const FIELDS: [(FilterField, Text); 23] = [
    (FilterField::Status, text::BY_STATUS),
    (FilterField::Assignee, text::BY_ASSIGNEE),
    (FilterField::Team, text::BY_TEAM),
    (FilterField::Inbox, text::BY_INBOX),
    (FilterField::Label, text::BY_LABEL),
    (FilterField::Priority, text::BY_PRIORITY),
    (FilterField::Unread, text::BY_UNREAD),
    (FilterField::Unattended, text::BY_UNATTENDED),
    (FilterField::Participant, text::BY_PARTICIPANT),
    (FilterField::Mentioned, text::BY_MENTIONED),
    (FilterField::Created, text::BY_CREATED),
    (FilterField::Active, text::BY_ACTIVE),
    (FilterField::Waiting, text::BY_WAITING),
    (FilterField::Number, text::BY_NUMBER),
    (FilterField::Subject, text::BY_SUBJECT),
    (FilterField::Language, text::BY_LANGUAGE),
    (FilterField::Page, text::BY_PAGE),
    (FilterField::Has, text::BY_HAS),
    (FilterField::Name, text::BY_NAME),
    (FilterField::Email, text::BY_EMAIL),
    (FilterField::Phone, text::BY_PHONE),
    (FilterField::Identifier, text::BY_IDENTIFIER),
    (FilterField::Blocked, text::BY_BLOCKED),
];

/// How the value of a condition is written.
#[derive(Clone, PartialEq)]
enum Input {
    None,
    Choice(Vec<(String, String)>),
    Kind(&'static str),
}

fn takes(field: &FilterField, op: Operator) -> bool {
    match field {
        // There either is such a file or there is none.
        FilterField::Has => matches!(op, Operator::Equal | Operator::NotEqual),
        field => field.takes(op),
    }
}

impl Row {
    /// A first condition: open conversations.
    pub fn new(number: u64) -> Self {
        Self::with(number, &FilterField::Status, Operator::Equal, StatusKind::Open.number().to_string())
    }

    fn with(number: u64, field: &FilterField, op: Operator, value: String) -> Self {
        Self { number, field: RwSignal::new(key(field)), op: RwSignal::new(key(&op)), value: RwSignal::new(value) }
    }

    /// The row of a condition with at most one value.
    pub fn of(number: u64, condition: &Condition) -> Self {
        let value = match condition.values.first() {
            Some(FilterValue::Number(at)) if moment(&condition.field) && condition.op != Operator::OlderThanDays => day(*at),
            Some(FilterValue::Number(number)) => number.to_string(),
            Some(FilterValue::Text(text)) => text.clone(),
            Some(FilterValue::Me) => "me".to_owned(),
            None => String::new(),
        };
        Self::with(number, &condition.field, condition.op, value)
    }

    /// The condition, where its value makes one; tracked.
    pub fn condition(self) -> Option<Condition> {
        let field: FilterField = json::read(&self.field.get())?;
        let op: Operator = json::read(&self.op.get())?;
        let value = self.value.get().trim().to_owned();
        let values = if matches!(op, Operator::Present | Operator::Absent) {
            Vec::new()
        } else if value == "me" {
            vec![FilterValue::Me]
        } else if moment(&field) && op != Operator::OlderThanDays {
            vec![FilterValue::Number(at(&value)?)]
        } else if takes(&field, Operator::Contains) || field == FilterField::Has {
            vec![FilterValue::Text(value)]
        } else {
            vec![FilterValue::Number(value.parse().ok()?)]
        };
        let condition = Condition { field, op, values };
        Filter::Is(condition.clone()).is_sound(Entity::Conversation).then_some(condition)
    }
}

fn moment(field: &FilterField) -> bool {
    matches!(field, FilterField::Created | FilterField::Active | FilterField::Waiting)
}

/// The reader's own day of a moment, as a date field holds it.
fn day(at: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a date")]
    let date = js_sys::Date::new(&(at as f64).into());
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// The first moment of a day, where the reader is.
fn at(day: &str) -> Option<i64> {
    let parsed = js_sys::Date::parse(&format!("{day}T00:00:00"));
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
    parsed.is_finite().then_some(parsed as i64)
}

/// The fields of a row.
#[component]
pub fn RowFields(
    /// The row.
    row: Row,
    /// The custom attributes of the account.
    defined: RwSignal<Vec<AttributeView>>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let Row { number, field, op, value } = row;
    let chosen = Memo::new(move |_| json::read::<FilterField>(&field.get()));
    let definition = move |wanted: &FilterField| {
        defined.with(|all| {
            let fits = |one: &&AttributeView| match wanted {
                FilterField::Attribute(key) => one.draft.entity == Entity::Conversation && one.draft.key == *key,
                FilterField::ContactAttribute(key) => one.draft.entity == Entity::Contact && one.draft.key == *key,
                _ => false,
            };
            all.iter().find(fits).cloned()
        })
    };
    let fields = Signal::derive(move || {
        let named = FIELDS.iter().map(|(field, words)| (key(field), locale.say(*words).to_owned()));
        let custom = defined.get().into_iter().map(|one| match one.draft.entity {
            Entity::Conversation => (key(&FilterField::Attribute(one.draft.key)), one.draft.label),
            Entity::Contact => {
                let words = format!("{} ({})", one.draft.label, locale.say(text::BY_CONTACT));
                (key(&FilterField::ContactAttribute(one.draft.key)), words)
            }
        });
        let mut all: Vec<_> = named.chain(custom).collect();
        if let Some(field @ (FilterField::Attribute(name) | FilterField::ContactAttribute(name))) = &chosen.get()
            && !all.iter().any(|(known, _)| *known == key(field))
        {
            all.push((key(field), name.clone()));
        }
        all
    });
    let operators = Signal::derive(move || {
        let Some(field) = chosen.get() else { return Vec::new() };
        let flag = !takes(&field, Operator::Equal) && !moment(&field);
        let words = |op: Operator, usual: Text| match op {
            Operator::Present if flag => text::OP_YES,
            Operator::Absent if flag => text::OP_NO,
            Operator::Greater if moment(&field) => text::OP_AFTER,
            Operator::Less if moment(&field) => text::OP_BEFORE,
            _ => usual,
        };
        OPERATORS
            .iter()
            .filter(|(op, _)| takes(&field, *op))
            .map(|(op, usual)| (key(op), locale.say(words(*op, *usual)).to_owned()))
            .collect::<Vec<_>>()
    });
    let input = Memo::new(move |_| {
        let (Some(field), Some(op)) = (chosen.get(), json::read::<Operator>(&op.get())) else { return Input::None };
        if matches!(op, Operator::Present | Operator::Absent) {
            return Input::None;
        }
        let say = |words: Text| locale.say(words).to_owned();
        let people = || {
            let all = store.agents.get().into_iter().map(|agent| (agent.id.to_string(), agent.name));
            std::iter::once(("me".to_owned(), say(text::BY_ME))).chain(all).collect::<Vec<_>>()
        };
        match &field {
            FilterField::Status => {
                Input::Choice(StatusKind::ALL.iter().map(|kind| (kind.number().to_string(), say(status_one_text(*kind)))).collect())
            }
            FilterField::Priority => {
                Input::Choice(Priority::ALL.iter().map(|one| (one.number().to_string(), say(priority_text(Some(*one))))).collect())
            }
            FilterField::Assignee | FilterField::Participant | FilterField::Mentioned => Input::Choice(people()),
            FilterField::Inbox => Input::Choice(store.inboxes.get().into_iter().map(|one| (one.id.to_string(), one.name)).collect()),
            FilterField::Team => Input::Choice(store.teams.get().into_iter().map(|one| (one.id.to_string(), one.name)).collect()),
            FilterField::Label => Input::Choice(store.labels.get().into_iter().map(|one| (one.id.to_string(), one.title)).collect()),
            FilterField::Has => Input::Choice(vec![
                ("file".to_owned(), say(text::HAS_FILE)),
                ("audio".to_owned(), say(text::HAS_AUDIO)),
                ("link".to_owned(), say(text::HAS_LINK)),
            ]),
            field if moment(field) && op != Operator::OlderThanDays => Input::Kind("date"),
            FilterField::Number | FilterField::Created | FilterField::Active | FilterField::Waiting => Input::Kind("number"),
            field => match definition(field).map(|one| one.draft) {
                Some(AttributeDraft { kind: AttributeKind::List, options, .. }) if matches!(op, Operator::Equal | Operator::NotEqual) => {
                    Input::Choice(options.into_iter().map(|word| (word.clone(), word)).collect())
                }
                Some(AttributeDraft { kind: AttributeKind::Checkbox, .. }) => {
                    Input::Choice(vec![("true".to_owned(), say(text::OP_YES)), ("false".to_owned(), say(text::OP_NO))])
                }
                Some(AttributeDraft { kind: AttributeKind::Date, .. }) => Input::Kind("date"),
                _ => Input::Kind("text"),
            },
        }
    });
    let choose = Callback::new(move |next: String| {
        value.set(String::new());
        field.set(next);
        // The operator stays where the new field takes it.
        let options = operators.get_untracked();
        if !options.iter().any(|(known, _)| *known == op.get_untracked()) {
            op.set(options.first().map(|(first, _)| first.clone()).unwrap_or_default());
        }
    });
    view! {
        <div class="condition__fields">
            <SelectField name=format!("by-{number}") label=said(text::FILTER_FIELD) bare=true options=fields value=field change=choose/>
            <SelectField
                name=format!("op-{number}")
                label=said(text::FILTER_OP)
                bare=true
                options=operators
                value=op
                change=Callback::new(move |next| op.set(next))
            />
            {live(move || match input.get() {
                Input::None => ().any(),
                Input::Choice(options) => {
                    if value.with_untracked(|value| !options.iter().any(|(known, _)| known == value)) {
                        value.set(options.first().map(|(first, _)| first.clone()).unwrap_or_default());
                    }
                    view! {
                        <SelectField
                            name=format!("value-{number}")
                            label=said(text::FILTER_VALUE)
                            bare=true
                            options=Signal::derive(move || options.clone())
                            value=value
                            change=Callback::new(move |next| value.set(next))
                        />
                    }
                    .any()
                }
                Input::Kind(kind) => view! {
                    <input
                        class="field__input"
                        type=kind
                        min=(kind == "number").then_some("1")
                        aria-label=attr(move || locale.say(text::FILTER_VALUE))
                        prop:value=move || value.get()
                        on:input=act(move |event| value.set(event_target_value(&event)))
                    />
                }
                .any(),
            })}
        </div>
    }
    .any()
}
