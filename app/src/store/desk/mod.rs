//! The store: one plain desk, changed by events alone, and the signals that tell panes what an event touched.
//! It makes no guess at state: what is only hoped for lives in `expect`.

mod apply;
mod found;
mod load;
mod picks;

pub use found::{Folder, Found};

use super::drafts::Drafts;
use super::expect::Outbox;
use super::thread::Thread;
use crate::routes::Sought;
use crate::store::{Text, ask_text, read};
use api::Fault;
use kit::Toasts;
use kit::i18n::Locale;
use leptos::prelude::*;
use model::*;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};

/// Events kept to bring late answers up to date.
const RECENT: usize = 400;

/// What a page begins with, loaded in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The desk.
    pub desk: Stamped<DeskView>,
    /// The filter of the list.
    pub filter: ListFilter,
    /// Its first page.
    pub list: Stamped<Page<ListRow>>,
    /// The filter beyond that list, where the address has one.
    pub sought: Option<Sought>,
    /// The thread the address names, if any.
    pub thread: Option<(i64, Result<Stamped<ThreadView>, Fault>)>,
}

impl Start {
    /// Reads the answers a page was loaded with.
    ///
    /// # Errors
    /// What the server refused.
    pub fn read(desk: Text, filter: ListFilter, list: Text, thread: Option<(i64, Text)>) -> Result<Self, Fault> {
        Ok(Self {
            desk: read(desk)?,
            filter,
            list: read(list)?,
            sought: None,
            thread: thread.map(|(number, thread)| (number, read(thread))),
        })
    }

    /// Loads what a list needs.
    ///
    /// # Errors
    /// What the server refused.
    pub async fn load(account: AccountId, filter: ListFilter) -> Result<Self, Fault> {
        let desk = ask_text(api::Desk { account }).await;
        let list = ask_text(api::Conversations { account, filter, below: None }).await;
        Self::read(desk, filter, list, None)
    }
}

/// How the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// Live.
    #[default]
    Up,
    /// Lost; it is being made again.
    Reconnecting,
    /// The browser itself is offline.
    Offline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Loaded {
    bottom: Option<ListCursor>,
    more: bool,
}

/// The client store of one account.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// Which account.
    pub account: AccountId,
    /// Whose desk it is.
    pub me: UserId,
    desk: StoredValue<Desk>,
    recent: StoredValue<VecDeque<Event>>,
    rows: StoredValue<HashMap<ConversationId, ArcRwSignal<ListRow>>>,
    threads: StoredValue<HashMap<ConversationId, Thread>>,
    lists: StoredValue<HashMap<ListFilter, Loaded>>,
    numbers: StoredValue<HashMap<i64, ConversationId>>,
    filter: RwSignal<ListFilter>,
    /// The rows of the list now shown.
    pub order: RwSignal<Vec<ConversationId>>,
    /// Whether the list goes on beyond the last row.
    pub more: RwSignal<bool>,
    /// Whether rows are on their way.
    pub list_loading: RwSignal<bool>,
    /// The inboxes, by name.
    pub inboxes: RwSignal<Vec<InboxView>>,
    /// Everybody in the account, by name.
    pub agents: RwSignal<Vec<AgentView>>,
    /// The account's labels, by title.
    pub labels: RwSignal<Vec<LabelView>>,
    /// The account's teams, by name.
    pub teams: RwSignal<Vec<TeamView>>,
    /// What the account has settled.
    pub settings: RwSignal<AccountSettings>,
    /// How many notifications wait to be read.
    pub told: RwSignal<i64>,
    /// Which draft a message has just come back into, for its composer.
    pub taken_back: RwSignal<Option<(ConversationId, DraftMode)>>,
    /// Rises when notifications or long work changed.
    pub news: RwSignal<u32>,
    /// Which colleague looks at which conversation, and until when that is believed.
    pub viewing: RwSignal<Vec<(ConversationId, UserId, Timestamp)>>,
    /// Who is here now.
    pub here: RwSignal<Vec<UserId>>,
    /// How many conversations stand where.
    pub tallies: RwSignal<Tallies>,
    /// The first-run checklist.
    pub checklist: RwSignal<Checklist>,
    /// Whether the first reply ever was given just now, in this browser.
    pub first_reply: RwSignal<bool>,
    /// Who types where, and until when that is believed.
    pub typing: RwSignal<Vec<(ConversationId, Author, Timestamp)>>,
    /// The connection.
    pub link: RwSignal<Link>,
    /// Conversations with something unread among the rows known.
    pub unread: RwSignal<usize>,
    /// How often everything was loaded afresh.
    pub epoch: RwSignal<u32>,
    /// What a filter found, while the list is one of those.
    pub found: RwSignal<Option<Found>>,
    /// The folders, once loaded.
    pub folders: RwSignal<Option<Vec<Folder>>>,
    /// What is being done to many, and how far it is.
    pub work: RwSignal<Option<OperationView>>,
    /// The rows picked for many at once, in the order they were picked.
    pub picked: RwSignal<Vec<ConversationId>>,
    /// Whether all of this list are meant, those beyond the loaded rows too.
    pub all_picked: RwSignal<bool>,
    pick_anchor: StoredValue<Option<ConversationId>>,
    undo: StoredValue<Option<picks::Undo>>,
    stirred: StoredValue<bool>,
    pub(super) outbox: Outbox,
    pub(super) parting: StoredValue<Option<(ConversationId, ConversationId, Timestamp)>>,
    pointed: StoredValue<Timestamp>,
    sorting: StoredValue<bool>,
    pub(super) drafts: Drafts,
    pub(super) toasts: Toasts,
    pub(super) locale: Locale,
}

impl Store {
    /// A store from what a page began with.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let Start { desk, filter, list, sought, thread } = start;
        let view = desk.data.clone();
        let store = Self {
            account: view.account,
            me: view.me,
            desk: StoredValue::new(Desk::new(desk)),
            recent: StoredValue::new(VecDeque::new()),
            rows: StoredValue::new(HashMap::new()),
            threads: StoredValue::new(HashMap::new()),
            lists: StoredValue::new(HashMap::new()),
            numbers: StoredValue::new(HashMap::new()),
            filter: RwSignal::new(filter),
            order: RwSignal::new(Vec::new()),
            more: RwSignal::new(false),
            list_loading: RwSignal::new(sought.is_some()),
            inboxes: RwSignal::new(view.inboxes),
            agents: RwSignal::new(view.agents),
            labels: RwSignal::new(view.labels),
            teams: RwSignal::new(view.teams),
            settings: RwSignal::new(view.settings),
            told: RwSignal::new(view.unread),
            taken_back: RwSignal::new(None),
            news: RwSignal::new(0),
            viewing: RwSignal::new(Vec::new()),
            here: RwSignal::new(view.here),
            tallies: RwSignal::new(view.tallies),
            checklist: RwSignal::new(view.checklist),
            first_reply: RwSignal::new(false),
            typing: RwSignal::new(Vec::new()),
            link: RwSignal::new(Link::Up),
            unread: RwSignal::new(0),
            epoch: RwSignal::new(0),
            found: RwSignal::new(sought.map(Found::nothing)),
            folders: RwSignal::new(None),
            work: RwSignal::new(None),
            picked: RwSignal::new(Vec::new()),
            all_picked: RwSignal::new(false),
            pick_anchor: StoredValue::new(None),
            undo: StoredValue::new(None),
            stirred: StoredValue::new(false),
            outbox: Outbox::new(),
            parting: StoredValue::new(None),
            pointed: StoredValue::new(Timestamp(0)),
            sorting: StoredValue::new(false),
            drafts: Drafts::new(),
            toasts: Toasts::current(),
            locale: Locale::current(),
        };
        store.add_page(filter, None, list);
        if let Some((_, Ok(thread))) = thread {
            store.add_thread(thread);
        }
        store
    }

    /// The store of this page. Call it while a component is made, below the account.
    #[must_use]
    pub fn current() -> Self {
        expect_context()
    }

    /// Whether the viewer may do something, by the same rule the server asks.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self.desk.with_value(|desk| desk.view.role.may(permission))
    }

    /// The position up to which events have been applied.
    #[must_use]
    pub fn seq(self) -> Seq {
        self.desk.with_value(|desk| desk.seq)
    }

    /// A conversation's row, if it is known.
    #[must_use]
    pub fn row(self, conversation: ConversationId) -> Option<ArcRwSignal<ListRow>> {
        self.rows.with_value(|rows| rows.get(&conversation).cloned())
    }

    /// The conversation of a number, if it is known.
    #[must_use]
    pub fn by_number(self, number: i64) -> Option<ConversationId> {
        self.numbers.with_value(|numbers| numbers.get(&number).copied())
    }

    /// A thread, if it has been loaded.
    #[must_use]
    pub fn thread(self, conversation: ConversationId) -> Option<Thread> {
        self.threads.with_value(|threads| threads.get(&conversation).cloned())
    }

    /// A colleague, tracked.
    #[must_use]
    pub fn agent(self, user: UserId) -> Option<AgentView> {
        self.agents.with(|agents| agents.iter().find(|agent| agent.id == user).cloned())
    }

    /// An inbox, tracked.
    #[must_use]
    pub fn inbox(self, inbox: InboxId) -> Option<InboxView> {
        self.inboxes.with(|inboxes| inboxes.iter().find(|view| view.id == inbox).cloned())
    }

    /// A label, tracked.
    #[must_use]
    pub fn label(self, label: LabelId) -> Option<LabelView> {
        self.labels.with(|labels| labels.iter().find(|view| view.id == label).cloned())
    }

    /// A team, tracked.
    #[must_use]
    pub fn team(self, team: TeamId) -> Option<TeamView> {
        self.teams.with(|teams| teams.iter().find(|view| view.id == team).cloned())
    }

    /// A folder, tracked.
    #[must_use]
    pub fn folder(self, folder: FolderId) -> Option<Folder> {
        self.folders.with(|folders| folders.as_ref()?.iter().find(|view| view.id == folder).cloned())
    }

    /// The filter of the list now shown, tracked.
    #[must_use]
    pub fn filter(self) -> ListFilter {
        self.filter.get()
    }

    /// How many messages wait for the connection, tracked.
    #[must_use]
    pub fn waiting(self) -> usize {
        self.outbox.waiting.get()
    }
}
