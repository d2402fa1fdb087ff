//! The list of conversations: tabs with counts, a status filter, and the rows, newest message on top.
//! Instead of the tabs it shows what a filter found, where the address asks for that. Loading and order are the store's business.

use crate::pages::tool;
use crate::panels::{Panel, Panels, Tool};
use crate::parts::{Row, status_text};
use crate::routes::{ORDERS, Place, Sought, query_of, query_of_sought, sought_of, status_name, tab_name};
use crate::store::{Me, Store};
use kit::Draw;
use kit::i18n::{Locale, Text, integer, said, t, text};
use kit::{Empty, Icon, Menu, MenuChoice, Skeleton, VirtualList, browser};
use kit::{act, attr, effect, live, spawn};
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::{ConversationId, ListFilter, ListOrder, StatusKind, Tab};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Most pages loaded to come back to where the list stood.
const FARTHEST: usize = 60;
/// Height of a row in pixels, as `style/parts/row.css` draws it.
const HEIGHTS: (f64, f64) = (68.0, 52.0);

/// The list.
#[component]
pub fn ListPane(
    /// The number of the open conversation.
    #[prop(into)]
    open: Signal<Option<i64>>,
    /// The row that holds the list's tab stop.
    cursor: RwSignal<Option<ConversationId>>,
) -> impl IntoView {
    let (store, me, locale) = (Store::current(), Me::current(), Locale::current());
    let panels = Panels::current();
    let node = NodeRef::<html::Div>::new();
    let scale = RwSignal::new(1.0);
    effect(move || scale.set(browser::scale()));
    let height = Signal::derive(move || scale.get() * if me.read(|session| session.compact) { HEIGHTS.1 } else { HEIGHTS.0 });
    let title = move || {
        if let Some(folder) = store.found.with(|found| found.as_ref().map(|found| found.sought.folder)) {
            let name = folder.and_then(|id| store.folder(id)).map(|folder| folder.name);
            return name.unwrap_or_else(|| locale.say(text::FILTER_NAME).to_owned());
        }
        match store.filter().inbox {
            Some(inbox) => store.inbox(inbox).map(|inbox| inbox.name).unwrap_or_default(),
            None => locale.say(text::NAV_CONVERSATIONS).to_owned(),
        }
    };
    let query = use_query_map();
    let sought = Memo::new(move |_| query.with(|query| sought_of(|name| query.get(name))));
    effect(move || {
        // Folders come after the page: what one of them keeps is known only then.
        store.folders.track();
        store.seek(sought.get());
    });
    // The tab stop: the row moved to, else the open one, else the first.
    let stop = Memo::new(move |_| {
        let moved = cursor.get().filter(|id| store.order.with(|order| order.contains(id)));
        let opened = || open.get().and_then(|number| store.by_number(number));
        moved
            .or_else(|| opened().filter(|id| store.order.with(|order| order.contains(id))))
            .or_else(|| store.order.with(|order| order.first().copied()))
    });
    effect(move || {
        // Whoever moves the cursor by key wants to see and hear the row.
        let Some(id) = cursor.get() else { return };
        let (Some(scroller), Some(at)) =
            (node.get_untracked(), store.order.with_untracked(|order| order.iter().position(|row| *row == id)))
        else {
            return;
        };
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "pixel positions")]
        let (top, row) = ((at as f64 * height.get_untracked()) as i32, height.get_untracked() as i32);
        if top < scroller.scroll_top() {
            scroller.set_scroll_top(top);
        } else if top + row > scroller.scroll_top() + scroller.client_height() {
            scroller.set_scroll_top(top + row - scroller.client_height());
        }
        // A row that is drawn takes the focus at once: whoever types on within the same frame means that row.
        let row = format!("[data-conversation=\"{id}\"]");
        if !browser::focus(&row) {
            request_animation_frame(move || {
                browser::focus(&row);
            });
        }
    });
    // Where the list stood: after a reload, and when a phone comes back from a conversation.
    let place = move || format!("recado-list-{}", untrack(|| store.address(None)));
    effect(move || {
        let Some(scroller) = node.get() else { return };
        let kept = browser::visited(&place()).and_then(|kept| kept.parse().ok()).unwrap_or(0_i32);
        let back = scroller.clone();
        spawn(async move {
            for _ in 0..FARTHEST {
                let far = back.scroll_height() - back.client_height() >= kept;
                if far || !store.more.try_get_untracked().unwrap_or_default() {
                    break;
                }
                store.load_more();
                browser::pause(40).await;
            }
            if kept > 0 && back.scroll_top() == 0 {
                back.set_scroll_top(kept);
            }
        });
        let seen = scroller.clone();
        let keep = Closure::<dyn FnMut()>::new(move || {
            if seen.client_height() > 0 {
                browser::visit_keep(&place(), Some(&seen.scroll_top().to_string()));
            }
        });
        // Listening to a well-known event cannot fail.
        let _ = scroller.add_event_listener_with_callback("scroll", keep.as_ref().unchecked_ref());
        let keep = SendWrapper::new((scroller, keep));
        on_cleanup(move || {
            let (scroller, keep) = keep.take();
            let _ = scroller.remove_event_listener_with_callback("scroll", keep.as_ref().unchecked_ref());
        });
    });
    effect(move || {
        if open.get().is_some() {
            return;
        }
        request_animation_frame(move || {
            let kept = browser::visited(&place()).and_then(|kept| kept.parse().ok()).unwrap_or(0_i32);
            if let Some(scroller) = node.try_get_untracked().flatten().filter(|scroller| scroller.scroll_top() == 0) {
                scroller.set_scroll_top(kept);
            }
        });
    });
    let row = move |id: ConversationId| {
        let number = store.row(id).map(|row| row.with_untracked(|row| row.conversation.number)).unwrap_or_default();
        let href = Signal::derive(move || store.address(Some(number)));
        view! {
            <Row
                id=id
                href=href
                open=Signal::derive(move || open.get() == Some(number))
                stop=Signal::derive(move || stop.get() == Some(id))
                focused=Callback::new(move |()| if cursor.get_untracked() != Some(id) { cursor.set(Some(id)) })
            />
        }
    };
    let fingers = RwSignal::new(false);
    effect(move || fingers.set(browser::has_fingers()));
    let empty = move || store.order.with(Vec::is_empty);
    let bulk = Memo::new(move |_| !store.picked.with(Vec::is_empty) || store.work.with(Option::is_some));
    view! {
        <section
            class="list"
            data-density=attr(move || if me.read(|session| session.compact) { "compact" } else { "comfortable" })
            on:pointermove=act(move |event: leptos::ev::PointerEvent| if event.pointer_type() == "mouse" { store.point() })
            data-picking=attr(move || (!store.picked.with(Vec::is_empty)).to_string())
        >
            <div class="list__top">
            <header class="list__head">
                <h1 class="list__title">{title}</h1>
                <StatusMenu/>
                <button
                    type="button"
                    class="button list__create"
                    data-kind="primary"
                    aria-label=t(text::CREATE_OPEN)
                    title=t(text::CREATE_OPEN)
                    on:click=act(move |_| panels.open(Panel::Create))
                >
                    {Icon::SQUARE_PEN.view()}
                    <span class="list__create-words">{t(text::CREATE_OPEN)}</span>
                </button>
            </header>
            <div class="list__sift">
                {live(move || if store.found.with(Option::is_some) { view! { <FoundBar/> }.any() } else { view! { <Tabs/> }.any() })}
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t(text::FILTER_OPEN)
                    title=t(text::FILTER_OPEN)
                    aria-pressed=attr(move || store.found.with(Option::is_some).to_string())
                    on:click=act(move |_| panels.open(Panel::Filter))
                >
                    {Icon::LIST_FILTER.view()}
                </button>
            </div>
            // The bar stands over the head, so that no row moves when it comes.
            {live(move || bulk.get().then(|| tool(Tool::Bulk)))}
            </div>
            {live(move || fingers.get().then(|| tool(Tool::Swipes)))}
            <VirtualList
                rows=store.order
                height=height
                label=said(text::LIST_LABEL)
                row=row
                on_end=Callback::new(move |()| store.load_more())
                node=node
            >
                {live(move || (store.list_loading.get() && empty()).then(|| view! { <Skeleton rows=8/> }))}
                {live(move || (empty() && !store.list_loading.get()).then(|| view! { <Nothing/> }))}
            </VirtualList>
        </section>
    }
    .any()
}

/// The tabs by assignee, with what each holds.
#[component]
fn Tabs() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let tally = Memo::new(move |_| {
        let filter = store.filter();
        store.tallies.with(|tallies| tallies.of(filter.status, filter.inbox))
    });
    let tab = move |tab: Tab, words| {
        let count = move || {
            let tally = tally.get();
            match tab {
                Tab::Mine => tally.mine,
                Tab::Unassigned => tally.unassigned,
                Tab::All => tally.all,
            }
        };
        let href = move || {
            let filter = ListFilter { tab, ..store.filter() };
            format!("{}{}", Place::Conversations { inbox: filter.inbox, number: None }.href(store.account), query_of(&filter, None))
        };
        view! {
            <a
                class="tabs__tab"
                role="tab"
                href=href
                data-tab=tab_name(tab)
                aria-selected=attr(move || (store.filter().tab == tab).to_string())
            >
                {t(words)}
                " "
                <span class="tabs__count">{live(move || integer(locale.language(), count()))}</span>
            </a>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=t(text::LIST_TABS)>
            {tab(Tab::Mine, text::LIST_MINE)}
            {tab(Tab::Unassigned, text::LIST_UNASSIGNED)}
            {tab(Tab::All, text::LIST_ALL)}
        </div>
    }
    .any()
}

/// What stands instead of the tabs while a filter makes the list: how much it found, and the way back.
#[component]
fn FoundBar() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let count = Memo::new(move |_| store.found.with(|found| found.as_ref().and_then(|found| found.count)));
    let words = move || match count.get() {
        Some(count) if count >= 1000 => locale.say_with(text::FILTER_MANY, &[("count", &integer(locale.language(), 1000))]),
        Some(count) => locale.count(text::FILTER_FOUND, count),
        None => String::new(),
    };
    view! {
        <p class="list__found" role="status">
            <span>{live(words)}</span>
            <a class="link" href=Place::list().href(store.account)>{t(text::LIST_CLEAR)}</a>
        </p>
    }
    .any()
}

/// The filter by status.
#[component]
fn StatusMenu() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let navigate = use_navigate();
    let again = navigate.clone();
    let sifted = Memo::new(move |_| store.found.with(Option::is_some));
    let now = Memo::new(move |_| store.found.with(|found| found.as_ref().map(|found| found.order)).unwrap_or_else(|| store.filter().order));
    let label = Signal::derive(move || {
        if sifted.get() {
            return format!("{}: {}", locale.say(text::ORDER_TITLE), locale.say(order_text(now.get())));
        }
        let now = status_text(store.filter().status);
        format!("{}: {}", locale.say(text::LIST_STATUS), locale.say(now))
    });
    let choices: Vec<Option<StatusKind>> = StatusKind::ALL.into_iter().map(Some).chain([None]).collect();
    let trigger = move || {
        view! { {live(move || locale.say(if sifted.get() { text::ORDER_TITLE } else { status_text(store.filter().status) }))} {Icon::CHEVRON_DOWN.view()} }.any()
    };
    view! {
        <Menu label=label trigger=trigger class="button" place="below-end">
            {live(move || (!sifted.get()).then(|| view! { <p class="menu__title">{t(text::LIST_STATUS)}</p> }))}
            {choices.iter().copied().filter(|_| !sifted.get_untracked()).map(|status| {
                let navigate = navigate.clone();
                let run = Callback::new(move |()| {
                    let filter = ListFilter { status, ..store.filter() };
                    let place = Place::Conversations { inbox: filter.inbox, number: None };
                    navigate(&format!("{}{}", place.href(store.account), query_of(&filter, None)), Default::default());
                });
                view! {
                    <MenuChoice chosen=Signal::derive(move || store.filter().status == status) run=run>
                        <span class="state-dot" data-state=status.map_or("any", status_name)></span>
                        {t(status_text(status))}
                    </MenuChoice>
                }
            }).collect_view()}
            <p class="menu__title">{t(text::ORDER_TITLE)}</p>
            {ORDERS.into_iter().map(|(order, _)| {
                let navigate = again.clone();
                let run = Callback::new(move |()| {
                    let sought = store.found.with_untracked(|found| found.as_ref().map(|found| found.sought.clone()));
                    let filter = ListFilter { order, ..store.filter() };
                    let place = Place::Conversations { inbox: filter.inbox.filter(|_| sought.is_none()), number: None };
                    let query = sought.map_or_else(|| query_of(&filter, None), |sought| query_of_sought(&Sought { order: Some(order), ..sought }));
                    navigate(&format!("{}{query}", place.href(store.account)), Default::default());
                });
                view! {
                    <MenuChoice chosen=Signal::derive(move || now.get() == order) run=run>{t(order_text(order))}</MenuChoice>
                }
            }).collect_view()}
        </Menu>
    }
    .any()
}

const fn order_text(order: ListOrder) -> Text {
    match order {
        ListOrder::Newest => text::ORDER_NEWEST,
        ListOrder::Oldest => text::ORDER_OLDEST,
        ListOrder::LastCreated => text::ORDER_LAST_CREATED,
        ListOrder::FirstCreated => text::ORDER_FIRST_CREATED,
        ListOrder::Priority => text::ORDER_PRIORITY,
        ListOrder::LongestWaiting => text::ORDER_WAITING,
    }
}

/// An empty list: nothing at all, or nothing that fits.
#[component]
fn Nothing() -> impl IntoView {
    let store = Store::current();
    let hidden = Memo::new(move |_| {
        let filter = store.filter();
        let usual = ListFilter { inbox: filter.inbox, ..ListFilter::default() };
        (filter != usual || store.found.with(Option::is_some)) && store.tallies.with(|tallies| tallies.of(None, None).all > 0)
    });
    move || {
        if hidden.get() {
            view! {
                <Empty icon=Icon::FUNNEL title=said(text::LIST_HIDDEN_TITLE) line=said(text::LIST_HIDDEN)>
                    <a class="button" href=Place::list().href(store.account)>{t(text::LIST_CLEAR)}</a>
                </Empty>
            }
            .any()
        } else {
            view! { <Empty icon=Icon::INBOX title=said(text::LIST_EMPTY_TITLE) line=said(text::LIST_EMPTY)/> }.any()
        }
    }
}
