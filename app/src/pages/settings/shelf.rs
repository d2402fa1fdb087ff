//! The settings pages that are a list of small things with a form each: labels, teams, saved replies, macros.
//! What each thing is stands in its own file; this one draws the list, the dialog and the question before deleting.

use super::Head;
use crate::pages::Trip;
use crate::parts::Swatch;
use api::Fault;
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{Dialog, Empty, Failure, Icon, Skeleton, Submit};
use kit::{act, live};
use leptos::ev;
use leptos::prelude::*;
use std::pin::Pin;
use std::sync::Arc;

/// One thing as the list shows it.
#[derive(Clone, PartialEq)]
pub struct Item {
    /// What names it.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// A line below.
    pub note: String,
    /// `#rrggbb`, for what has a colour.
    pub colour: Option<String>,
    /// Whether the viewer may change it.
    pub mine: bool,
}

/// A call to the server.
pub type Call = Pin<Box<dyn Future<Output = Result<(), Fault>>>>;

/// What a shelf is made of.
#[derive(Clone)]
pub struct Shelf {
    /// Title of the page.
    pub title: Text,
    /// One line below it.
    pub lead: Text,
    /// The button that adds one.
    pub add: Text,
    /// What stands there while there is none.
    pub empty: Text,
    /// The picture of the empty page.
    pub icon: Icon,
    /// The things, tracked.
    pub items: Signal<Vec<Item>>,
    /// Whether they are known.
    pub known: Signal<bool>,
    /// Prepares the form for a new one (none) or one that exists.
    pub begin: Callback<Option<i64>>,
    /// The fields of the form.
    pub fields: Arc<dyn Fn(Trip) -> AnyView + Send + Sync>,
    /// Sends what the form holds.
    pub save: Arc<dyn Fn(Option<i64>) -> Call + Send + Sync>,
    /// Deletes one.
    pub delete: Arc<dyn Fn(i64) -> Call + Send + Sync>,
    /// Called after a change, to load again what is not live.
    pub changed: Callback<()>,
}

impl Shelf {
    /// The whole page.
    pub fn view(self) -> AnyView {
        let locale = Locale::current();
        let Self { title, lead, add, empty, icon, items, known, begin, fields, save, delete, changed } = self;
        let editing = RwSignal::new(None::<Option<i64>>);
        let open = RwSignal::new(false);
        let doomed = RwSignal::new(None::<Item>);
        let sure = RwSignal::new(false);
        let (trip, farewell) = (Trip::new(), Trip::new());
        let start = move |id: Option<i64>| {
            begin.run(id);
            trip.forget();
            editing.set(Some(id));
            open.set(true);
        };
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            let call = save(editing.get_untracked().flatten());
            trip.send(call, move |()| {
                open.set(false);
                changed.run(());
            });
        };
        let remove = move |event: ev::SubmitEvent| {
            event.prevent_default();
            let Some(item) = doomed.get_untracked() else { return };
            farewell.send(delete(item.id), move |()| {
                sure.set(false);
                changed.run(());
            });
        };
        let (submit, remove) = (StoredValue::new(submit), StoredValue::new(remove));
        let row = move |item: Item| {
            let (id, name, doom) = (item.id, item.title.clone(), item.clone());
            let again = name.clone();
            view! {
                <li class="shelf__row">
                    {item.colour.map(|colour| view! { <Swatch colour=colour/> })}
                    <span class="shelf__words">
                        <b>{item.title}</b>
                        <span class="shelf__note">{item.note}</span>
                    </span>
                    {item.mine.then(|| view! {
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=kit::attr(move || locale.say_with(text::SHELF_EDIT, &[("name", &name)]))
                            on:click=act(move |_| start(Some(id)))
                        >
                            {Icon::SQUARE_PEN.view()}
                        </button>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=kit::attr(move || locale.say_with(text::SHELF_DELETE_OF, &[("name", &again)]))
                            on:click=act(move |_| {
                                doomed.set(Some(doom.clone()));
                                farewell.forget();
                                sure.set(true);
                            })
                        >
                            {Icon::TRASH_2.view()}
                        </button>
                    })}
                </li>
            }
            .any()
        };
        let adder = move || {
            view! {
                <button type="button" class="button" data-kind="primary" on:click=act(move |_| start(None))>
                    {Icon::PLUS.view()} <span>{t(add)}</span>
                </button>
            }
            .any()
        };
        let dialog_title = Signal::derive(move || match editing.get() {
            Some(Some(_)) => locale.say(text::SHELF_CHANGE).to_owned(),
            _ => locale.say(add).to_owned(),
        });
        view! {
            // What adds stands where the eye is: in the empty place, else beside the title.
            <Head title=said(title) lead=said(lead)>{live(move || (!known.get() || !items.with(Vec::is_empty)).then(adder))}</Head>
            {live(move || {
                let all = items.get();
                if !known.get() {
                    view! { <section class="card"><Skeleton rows=2 shape="line"/></section> }.any()
                } else if all.is_empty() {
                    view! { <section class="card"><Empty icon=icon title=said(empty) line=Signal::stored(String::new())>{adder()}</Empty></section> }.any()
                } else {
                    view! { <section class="card card--list"><ul class="shelf" role="list">{all.into_iter().map(row).collect::<Vec<_>>()}</ul></section> }.any()
                }
            })}
            <Dialog open=open title=dialog_title>
                <form class="form" novalidate on:submit=move |event| submit.with_value(|submit| submit(event))>
                    <Failure message=trip.message()/>
                    {fields(trip)}
                    <div class="form__end">
                        <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                        <Submit label=said(text::COMMON_SAVE) busy=trip.busy/>
                    </div>
                </form>
            </Dialog>
            <Dialog open=sure title=said(text::SHELF_DELETE)>
                <form class="form" novalidate on:submit=move |event| remove.with_value(|remove| remove(event))>
                    <Failure message=farewell.message()/>
                    <p>{live(move || doomed.get().map(|item| locale.say_with(text::SHELF_DELETE_SURE, &[("name", &item.title)])))}</p>
                    <div class="form__end" data-danger="true">
                        <button type="button" class="button" on:click=act(move |_| sure.set(false))>{t(text::COMMON_CANCEL)}</button>
                        <Submit label=said(text::SHELF_DELETE) busy=farewell.busy/>
                    </div>
                </form>
            </Dialog>
        }
        .any()
    }
}
