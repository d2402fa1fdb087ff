//! The macros: several steps under one name, put together from a list of what can be done. Running one is the desk's business.

use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::parts::{priority_text, status_one_text};
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{AreaField, Icon, SelectField, SwitchField, TextField};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use model::{Action as Step, MacroDraft, MacroId, MacroView, Permission, Priority, Status, StatusKind, TeamId, UserId};
use std::sync::Arc;

/// What a step can be, and what it is called.
const KINDS: [(&str, Text); 10] = [
    ("assign_me", text::STEP_ASSIGN_ME),
    ("assign", text::STEP_ASSIGN),
    ("team", text::STEP_TEAM),
    ("status", text::STEP_STATUS),
    ("snooze", text::STEP_SNOOZE),
    ("priority", text::STEP_PRIORITY),
    ("label", text::STEP_LABEL),
    ("mute", text::STEP_MUTE),
    ("send", text::STEP_SEND),
    ("note", text::STEP_NOTE),
];

const HOUR: i64 = 3_600_000;

/// A step on its way to be written: its kind and its value as the fields hold them.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    number: u64,
    kind: RwSignal<String>,
    value: RwSignal<String>,
}

impl Draft {
    fn new(number: u64, kind: &str, value: String) -> Self {
        Self { number, kind: RwSignal::new(kind.to_owned()), value: RwSignal::new(value) }
    }

    fn of(number: u64, step: &Step) -> Self {
        let (kind, value) = match step {
            Step::Assign(user) => ("assign", user.map(|user| user.0.to_string()).unwrap_or_default()),
            Step::AssignMe => ("assign_me", String::new()),
            Step::AssignTeam(team) => ("team", team.map(|team| team.0.to_string()).unwrap_or_default()),
            Step::Status(status) => ("status", status.kind().number().to_string()),
            Step::SnoozeFor(ms) => ("snooze", (ms / HOUR).to_string()),
            Step::Priority(priority) => ("priority", priority.map(|p| p.number().to_string()).unwrap_or_default()),
            Step::AddLabels(labels) => ("label", labels.first().map(|label| label.0.to_string()).unwrap_or_default()),
            Step::RemoveLabels(_) | Step::AddParticipant(_) => ("label", String::new()),
            Step::Mute(on) => ("mute", on.to_string()),
            Step::Send(words) => ("send", words.clone()),
            Step::Note(words) => ("note", words.clone()),
        };
        Self::new(number, kind, value)
    }

    /// The step, where its value makes one.
    fn step(&self) -> Option<Step> {
        let value = self.value.get_untracked();
        let id = || value.parse::<i64>().ok();
        Some(match self.kind.get_untracked().as_str() {
            "assign_me" => Step::AssignMe,
            "assign" => Step::Assign(id().map(UserId)),
            "team" => Step::AssignTeam(id().map(TeamId)),
            "status" => Step::Status(match StatusKind::from_number(id()?)? {
                StatusKind::Open => Status::Open,
                StatusKind::Pending => Status::Pending,
                StatusKind::Snoozed => Status::Snoozed { until: None },
                StatusKind::Resolved => Status::Resolved,
            }),
            "snooze" => Step::SnoozeFor(id()?.clamp(1, 24 * 365) * HOUR),
            "priority" => Step::Priority(id().and_then(Priority::from_number)),
            "label" => Step::AddLabels(vec![model::LabelId(id()?)]),
            "mute" => Step::Mute(value != "false"),
            "send" => Step::Send(Some(value).filter(|value| !value.trim().is_empty())?),
            "note" => Step::Note(Some(value).filter(|value| !value.trim().is_empty())?),
            _ => return None,
        })
    }
}

/// The page.
#[component]
pub fn Macros() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let administers = store.may(Permission::ManageDesk);
    let (name, shared) = (RwSignal::new(String::new()), RwSignal::new(administers));
    let steps = RwSignal::new(Vec::<Draft>::new());
    let counter = StoredValue::new(0_u64);
    let fresh = move || {
        counter.update_value(|counter| *counter += 1);
        counter.get_value()
    };
    let all = RwSignal::new(Vec::<MacroView>::new());
    let known = RwSignal::new(false);
    let load = move || {
        spawn(async move {
            if let Ok(found) = ask(api::Macros { account: store.account }).await {
                all.set(found);
                known.set(true);
            }
        });
    };
    effect(load);
    let items = Signal::derive(move || {
        let each = |one: MacroView| Item {
            id: one.id.0,
            mine: administers || one.by == store.me,
            note: locale.count(text::MACROS_STEPS, i64::try_from(one.actions.len()).unwrap_or(0)),
            title: one.name,
            colour: None,
        };
        all.get().into_iter().map(each).collect()
    });
    Shelf {
        title: text::MACROS_TITLE,
        lead: text::MACROS_LEAD,
        add: text::MACROS_ADD,
        empty: text::MACROS_EMPTY,
        icon: Icon::ZAP,
        items,
        known: known.into(),
        begin: Callback::new(move |id: Option<i64>| {
            let known = id.and_then(|id| all.with_untracked(|all| all.iter().find(|one| one.id.0 == id).cloned()));
            name.set(known.as_ref().map(|one| one.name.clone()).unwrap_or_default());
            shared.set(known.as_ref().map_or(administers, |one| one.shared));
            steps.set(match known {
                Some(one) => one.actions.iter().map(|step| Draft::of(fresh(), step)).collect(),
                None => vec![Draft::new(fresh(), "assign_me", String::new())],
            });
        }),
        fields: Arc::new(move |trip: Trip| {
            view! {
                <TextField name="macro-name" label=said(text::MACROS_NAME) value=name error=trip.field("name") required=true max=100/>
                {administers.then(|| view! {
                    <SwitchField label=said(text::MACROS_SHARED) value=shared change=Callback::new(move |on| shared.set(on))/>
                })}
                <fieldset class="moves">
                    <legend class="field__label">{t(text::MACROS_DOES)}</legend>
                    <For each=move || steps.get() key=|draft| draft.number children=move |draft| {
                        let number = draft.number;
                        view! {
                            <div class="moves__one">
                                <StepFields draft=draft/>
                                <button
                                    type="button"
                                    class="icon-button"
                                    aria-label=t(text::MACROS_STEP_REMOVE)
                                    on:click=act(move |_| steps.update(|steps| steps.retain(|step| step.number != number)))
                                >
                                    {Icon::X.view()}
                                </button>
                            </div>
                        }
                    }/>
                    <button type="button" class="button" on:click=act(move |_| {
                        let draft = Draft::new(fresh(), "send", String::new());
                        steps.update(|steps| steps.push(draft));
                    })>
                        {Icon::PLUS.view()} <span>{t(text::MACROS_STEP_ADD)}</span>
                    </button>
                </fieldset>
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let draft = MacroDraft {
                name: name.get_untracked(),
                shared: shared.get_untracked(),
                actions: steps.with_untracked(|steps| steps.iter().filter_map(Draft::step).collect()),
            };
            let (account, id) = (store.account, id.map(MacroId));
            Box::pin(async move { ask(api::SaveMacro { account, id, draft }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteMacro { account, id: MacroId(id) }).await })
        }),
        changed: Callback::new(move |()| load()),
    }
    .view()
}

/// What a step is, and the value it needs.
#[component]
fn StepFields(draft: Draft) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let Draft { number, kind, value } = draft;
    let kinds =
        Signal::derive(move || KINDS.iter().map(|(key, words)| ((*key).to_owned(), locale.say(*words).to_owned())).collect::<Vec<_>>());
    let pick = move |options: Vec<(String, String)>| {
        if value.with_untracked(|value| !options.iter().any(|(key, _)| key == value)) {
            value.set(options.first().map(|(key, _)| key.clone()).unwrap_or_default());
        }
        view! {
            <SelectField
                name=format!("step-value-{number}")
                label=said(text::MACROS_DOES)
                bare=true
                options=Signal::derive(move || options.clone())
                value=value
                change=Callback::new(move |chosen| value.set(chosen))
            />
        }
        .any()
    };
    view! {
        <div class="moves__fields">
            <SelectField
                name=format!("step-{number}")
                label=said(text::MACROS_DOES)
                bare=true
                options=kinds
                value=kind
                change=Callback::new(move |chosen| {
                    value.set(String::new());
                    kind.set(chosen);
                })
            />
            {live(move || {
                let language = locale.language();
                match kind.get().as_str() {
                    "assign" => pick(store.agents.get().into_iter().map(|agent| (agent.id.0.to_string(), agent.name)).collect()),
                    "team" => pick(store.teams.get().into_iter().map(|team| (team.id.0.to_string(), team.name)).collect()),
                    "status" => {
                        pick(StatusKind::ALL.iter().map(|kind| (kind.number().to_string(), status_one_text(*kind).in_(language).to_owned())).collect())
                    }
                    "snooze" => pick([1, 4, 24, 72, 168].into_iter().map(|hours: i64| (hours.to_string(), locale.count(text::STEP_HOURS, hours))).collect()),
                    "priority" => {
                        let all = [Priority::Urgent, Priority::High, Priority::Medium, Priority::Low];
                        pick(all.into_iter().map(|p| (p.number().to_string(), priority_text(Some(p)).in_(language).to_owned())).collect())
                    }
                    "label" => pick(store.labels.get().into_iter().map(|label| (label.id.0.to_string(), label.title)).collect()),
                    "send" | "note" => view! {
                        <AreaField name=format!("step-words-{number}") label=said(text::CANNED_TEXT) value=value rows=3 max=10_000/>
                    }
                    .any(),
                    _ => ().any(),
                }
            })}
        </div>
    }
    .any()
}
