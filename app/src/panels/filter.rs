//! The dialog that puts a filter together: conditions and groups of them joined by AND or OR, how much they find, and the folder they are kept in.
//! What a condition looks like is said in `condition`; what passes is the server's judgement.

use super::Panels;
use super::condition::{Row, RowFields};
use super::sheet::{Close, Sheet};
use crate::json;
use crate::pages::Trip;
use crate::routes::{Place, Sought, query_of_sought};
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, integer, said, t, text};
use kit::{Failure, Icon, Rest, Segments, SelectField, SwitchField, TextField};
use kit::{act, attr, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{
    AttributeView, Condition, Entity, Filter, FilterField, FilterValue, FolderDraft, FolderId, ListFilter, ListOrder, Operator, Permission,
    Tab,
};
use std::time::Duration;

/// How long a change rests before it is counted.
const REST: Duration = Duration::from_millis(250);

/// A condition, or several joined the other way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    Row(Row),
    Group { number: u64, any: RwSignal<bool>, rows: RwSignal<Vec<Row>> },
}

impl Piece {
    const fn number(&self) -> u64 {
        match self {
            Self::Row(row) => row.number,
            Self::Group { number, .. } => *number,
        }
    }
}

/// The whole filter as the dialog holds it.
#[derive(Clone, Copy)]
struct Draft {
    any: RwSignal<bool>,
    pieces: RwSignal<Vec<Piece>>,
    counter: StoredValue<u64>,
}

fn joined(any: bool, all: Vec<Filter>) -> Filter {
    if any { Filter::Any(all) } else { Filter::All(all) }
}

impl Draft {
    fn new() -> Self {
        Self { any: RwSignal::new(false), pieces: RwSignal::new(Vec::new()), counter: StoredValue::new(0) }
    }

    fn next(self) -> u64 {
        self.counter.update_value(|counter| *counter += 1);
        self.counter.get_value()
    }

    fn add(self) {
        let row = Row::new(self.next());
        self.pieces.update(|pieces| pieces.push(Piece::Row(row)));
    }

    fn add_group(self) {
        let rows = vec![Row::new(self.next()), Row::new(self.next())];
        let group = Piece::Group { number: self.next(), any: RwSignal::new(!self.any.get_untracked()), rows: RwSignal::new(rows) };
        self.pieces.update(|pieces| pieces.push(group));
    }

    /// Takes over a filter; says whether it could be shown whole.
    fn fill(self, filter: &Filter) -> bool {
        let (any, parts) = match filter {
            Filter::All(parts) => (false, parts.clone()),
            Filter::Any(parts) => (true, parts.clone()),
            single => (false, vec![single.clone()]),
        };
        let mut whole = true;
        let mut pieces = Vec::new();
        for part in &parts {
            match part {
                Filter::Is(condition) if condition.values.len() <= 1 => pieces.push(Piece::Row(Row::of(self.next(), condition))),
                other => match self.group(other) {
                    Some(group) => pieces.push(group),
                    None => whole = false,
                },
            }
        }
        self.any.set(any);
        self.pieces.set(pieces);
        whole
    }

    fn group(self, part: &Filter) -> Option<Piece> {
        let (any, conditions): (bool, Vec<Condition>) = match part {
            // One of several values is the same as one condition or the other.
            Filter::Is(Condition { field, op, values }) => {
                let single = |value: &FilterValue| Condition { field: field.clone(), op: *op, values: vec![value.clone()] };
                (*op == Operator::Equal, values.iter().map(single).collect())
            }
            Filter::All(parts) | Filter::Any(parts) => {
                let single = |part: &Filter| match part {
                    Filter::Is(condition) if condition.values.len() <= 1 => Some(condition.clone()),
                    _ => None,
                };
                (matches!(part, Filter::Any(_)), parts.iter().map(single).collect::<Option<_>>()?)
            }
            Filter::Not(_) => return None,
        };
        let rows = conditions.iter().map(|condition| Row::of(self.next(), condition)).collect();
        Some(Piece::Group { number: self.next(), any: RwSignal::new(any), rows: RwSignal::new(rows) })
    }

    /// The filter, where every condition is complete and there is one; tracked.
    fn filter(self) -> Option<Filter> {
        let one = |row: &Row| row.condition().map(Filter::Is);
        let parts = self.pieces.get().into_iter().map(|piece| match piece {
            Piece::Row(row) => one(&row),
            Piece::Group { any, rows, .. } => {
                let rows: Vec<Filter> = rows.get().iter().map(one).collect::<Option<_>>()?;
                (!rows.is_empty()).then(|| joined(any.get(), rows))
            }
        });
        let parts: Vec<Filter> = parts.collect::<Option<_>>()?;
        (!parts.is_empty()).then(|| joined(self.any.get(), parts))
    }
}

/// The filter that says what a plain list shows.
pub fn of_list(list: &ListFilter) -> Filter {
    let number = |field, value: i64| Filter::one(field, Operator::Equal, Some(FilterValue::Number(value)));
    let mut parts = Vec::new();
    parts.extend(list.status.map(|status| number(FilterField::Status, status.number())));
    parts.extend(match list.tab {
        Tab::Mine => Some(Filter::one(FilterField::Assignee, Operator::Equal, Some(FilterValue::Me))),
        Tab::Unassigned => Some(Filter::one(FilterField::Assignee, Operator::Absent, None)),
        Tab::All => None,
    });
    parts.extend(list.inbox.map(|id| number(FilterField::Inbox, id.0)));
    parts.extend(list.team.map(|id| number(FilterField::Team, id.0)));
    parts.extend(list.label.map(|id| number(FilterField::Label, id.0)));
    Filter::All(parts)
}

/// The dialog.
#[component]
pub fn FilterPanel(
    /// The folder to change.
    #[prop(optional)]
    folder: Option<FolderId>,
    /// Whether it begins empty, whatever the list shows.
    #[prop(optional)]
    fresh: bool,
) -> impl IntoView {
    let title = if folder.is_some() { text::FOLDERS_CHANGE } else { text::FILTER_OPEN };
    view! { <Sheet title=title><Builder folder=folder fresh=fresh/></Sheet> }.any()
}

#[component]
fn Builder(folder: Option<FolderId>, fresh: bool) -> impl IntoView {
    let (store, locale, panels) = (Store::current(), Locale::current(), Panels::current());
    let Close(open) = expect_context();
    let navigate = StoredValue::new(use_navigate());
    let account = store.account;
    let draft = Draft::new();
    let known = folder.and_then(|id| store.folders.with_untracked(|all| all.as_ref()?.iter().find(|one| one.id == id).cloned()));
    let shown = store.found.get_untracked().filter(|_| !fresh);
    let text_of = match (&known, &shown) {
        (Some(known), _) => Some(known.filter().to_owned()),
        (None, Some(found)) => found.filter.clone(),
        (None, None) => None,
    };
    let begun = text_of.and_then(|text| json::read::<Filter>(&text)).unwrap_or_else(|| of_list(&store.filter()));
    let whole = draft.fill(&begun);
    if draft.pieces.with_untracked(Vec::is_empty) && whole {
        draft.add();
    }
    let order = known.as_ref().map(|known| known.order()).or(shown.map(|found| found.order)).unwrap_or_default();
    let name = RwSignal::new(known.as_ref().map(|known| known.name.clone()).unwrap_or_default());
    let shared = RwSignal::new(known.as_ref().is_some_and(|known| known.shared));
    let defined = RwSignal::new(Vec::<AttributeView>::new());
    effect(move || {
        spawn(async move {
            if let Ok(all) = ask(api::Attributes { account }).await {
                // The dialog may be gone by now.
                let _ = defined.try_set(all);
            }
        });
    });

    // How much it finds, counted again once typing rests.
    let filter = Memo::new(move |_| draft.filter());
    let count = RwSignal::new(None::<i64>);
    let rest = Rest::new();
    effect(move || {
        let now = filter.get();
        count.set(None);
        rest.stop();
        let Some(now) = now else { return };
        let ask_on = move || {
            spawn(async move {
                let answer = ask(api::CountFiltered { account, filters: vec![now.clone()] }).await;
                if filter.try_get_untracked() == Some(Some(now)) {
                    count.set(answer.ok().and_then(|counts| counts.first().copied()));
                }
            });
        };
        rest.then(REST, ask_on);
    });
    let words = move || match (filter.with(Option::is_some), count.get()) {
        (false, _) => locale.say(text::FILTER_INCOMPLETE).to_owned(),
        (true, Some(count)) if count >= 1000 => locale.say_with(text::FILTER_MANY, &[("count", &integer(locale.language(), 1000))]),
        (true, Some(count)) => locale.count(text::FILTER_FOUND, count),
        (true, None) => locale.say(text::FILTER_COUNTING).to_owned(),
    };

    let go = move |sought: Sought| {
        open.set(false);
        panels.0.set(None);
        let address = format!("{}{}", Place::list().href(account), query_of_sought(&sought));
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    let apply = move || {
        let Some(filter) = filter.get_untracked() else { return };
        let text = json::write(&filter).unwrap_or_default();
        go(Sought { folder: None, filter: Some(text), order: Some(order).filter(|order| *order != ListOrder::default()) });
    };
    let trip = Trip::new();
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(filter) = filter.get_untracked() else { return };
        let draft = FolderDraft { name: name.get_untracked(), entity: Entity::Conversation, shared: shared.get_untracked(), filter, order };
        trip.send(ask(api::SaveFolder { account, id: folder, draft }), move |id| {
            store.load_folders();
            go(Sought { folder: Some(id), filter: None, order: None });
        });
    };
    let farewell = Trip::new();
    let sure = RwSignal::new(false);
    let delete = move || {
        let Some(id) = folder else { return };
        farewell.send(ask(api::DeleteFolder { account, id }), move |()| {
            store.load_folders();
            open.set(false);
            panels.0.set(None);
            navigate.with_value(|navigate| navigate(&Place::list().href(account), NavigateOptions::default()));
        });
    };
    view! {
        <form class="form filter" novalidate on:submit=save>
            <Failure message=trip.message()/>
            <Failure message=farewell.message()/>
            {(!whole).then(|| view! { <p class="guide">{Icon::INFO.view()} <span>{t(text::FILTER_NOT_WHOLE)}</span></p> })}
            <Join name="join" any=draft.any/>
            <div class="filter__rows">
                <For each=move || draft.pieces.get() key=|piece| piece.number() children=move |piece| view! { <Part piece=piece draft=draft defined=defined/> }/>
            </div>
            <div class="filter__add">
                <button type="button" class="button" on:click=act(move |_| draft.add())>{Icon::PLUS.view()} <span>{t(text::FILTER_ADD)}</span></button>
                <button type="button" class="button" on:click=act(move |_| draft.add_group())>{Icon::PLUS.view()} <span>{t(text::FILTER_GROUP)}</span></button>
                <p class="filter__count" role="status">{live(words)}</p>
            </div>
            <fieldset class="create__new">
                <legend class="create__legend">{t(text::FOLDERS_SAVE)}</legend>
                <TextField name="folder-name" label=said(text::FOLDERS_NAME) value=name error=trip.field("name") max=80/>
                {store.may(Permission::ManageDesk).then(|| view! {
                    <SwitchField label=said(text::FOLDERS_SHARED) value=shared change=Callback::new(move |on| shared.set(on))/>
                })}
                <div class="form__end">
                    <button
                        type="submit"
                        class="button"
                        data-kind=attr(move || if folder.is_some() { "primary" } else { "plain" })
                        disabled=move || filter.with(Option::is_none) || name.with(|name| name.trim().is_empty())
                        aria-busy=attr(move || trip.busy.get().to_string())
                    >
                        {t(text::FOLDERS_SUBMIT)}
                    </button>
                </div>
            </fieldset>
            <div class="form__end">
                {folder.map(|_| live(move || if sure.get() {
                    let name = name.get_untracked();
                    view! {
                        <button type="button" class="button" data-kind="danger" on:click=act(move |_| delete())>
                            {Icon::TRASH_2.view()} <span>{locale.say_with(text::SHELF_DELETE_OF, &[("name", &name)])}</span>
                        </button>
                    }
                    .any()
                } else {
                    view! {
                        <button type="button" class="button" data-kind="danger" on:click=act(move |_| sure.set(true))>
                            {Icon::TRASH_2.view()} <span>{t(text::FOLDERS_DELETE)}</span>
                        </button>
                    }
                    .any()
                }))}
                <button
                    type="button"
                    class="button"
                    data-kind=attr(move || if folder.is_some() { "plain" } else { "primary" })
                    disabled=move || filter.with(Option::is_none)
                    on:click=act(move |_| apply())
                >
                    {Icon::FUNNEL.view()} <span>{t(text::FILTER_APPLY)}</span>
                </button>
            </div>
        </form>
    }
    .any()
}

/// Whether all hold, or one of them.
#[component]
fn Join(#[prop(into)] name: String, any: RwSignal<bool>) -> impl IntoView {
    let locale = Locale::current();
    let words = move |any: bool, words: Text| (if any { "any" } else { "all" }.to_owned(), locale.say(words).to_owned());
    view! {
        <Segments
            name=name
            label=said(text::FILTER_JOIN)
            options=Signal::derive(move || vec![words(false, text::FILTER_ALL), words(true, text::FILTER_ANY)])
            value=Signal::derive(move || if any.get() { "any" } else { "all" }.to_owned())
            change=Callback::new(move |next: String| any.set(next == "any"))
        />
    }
    .any()
}

#[component]
fn Part(piece: Piece, draft: Draft, defined: RwSignal<Vec<AttributeView>>) -> impl IntoView {
    let locale = Locale::current();
    let number = piece.number();
    let drop_piece = move || draft.pieces.update(|pieces| pieces.retain(|piece| piece.number() != number));
    let remove = move |run: Callback<()>| {
        view! {
            <button type="button" class="icon-button" aria-label=t(text::FILTER_REMOVE) on:click=act(move |_| run.run(()))>{Icon::X.view()}</button>
        }
        .any()
    };
    match piece {
        Piece::Row(row) => view! {
            <div class="condition">
                <RowFields row=row defined=defined/>
                {remove(Callback::new(move |()| drop_piece()))}
            </div>
        }
        .any(),
        Piece::Group { any, rows, .. } => {
            let options = Signal::derive(move || {
                vec![
                    ("all".to_owned(), locale.say(text::FILTER_ALL).to_owned()),
                    ("any".to_owned(), locale.say(text::FILTER_ANY).to_owned()),
                ]
            });
            view! {
                <fieldset class="condition condition--group">
                    <legend class="visually-hidden">{t(text::FILTER_GROUP)}</legend>
                    <div class="condition__head">
                        <SelectField
                            name=format!("join-{number}")
                            label=said(text::FILTER_JOIN)
                            bare=true
                            options=options
                            value=Signal::derive(move || if any.get() { "any" } else { "all" }.to_owned())
                            change=Callback::new(move |next: String| any.set(next == "any"))
                        />
                        <button type="button" class="link-button" on:click=act(move |_| {
                            let row = Row::new(draft.next());
                            rows.update(|rows| rows.push(row));
                        })>{Icon::PLUS.view()} {t(text::FILTER_ADD)}</button>
                        {remove(Callback::new(move |()| drop_piece()))}
                    </div>
                    <For each=move || rows.get() key=|row| row.number children=move |row| view! {
                        <div class="condition">
                            <RowFields row=row defined=defined/>
                            {remove(Callback::new(move |()| rows.update(|rows| rows.retain(|other| other.number != row.number))))}
                        </div>
                    }/>
                </fieldset>
            }
            .any()
        }
    }
}
