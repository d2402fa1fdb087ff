//! One node's hub: per account with listeners, a feed of journal rows and of whispers, things true only now.
//! It stores nothing; what a listener misses, it reads from the journal.

use model::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{JournalRow, Reader, Replay, Ring, Store, journal};
use tokio::sync::broadcast;

/// Items a slow listener may fall behind before it must start afresh (FAULTS 29).
const BEHIND: usize = 1000;
/// How often the hub looks by itself, should a ring be lost.
const LOOK: Duration = Duration::from_secs(3);

/// What nodes say to each other when sessions end.
const RECHECK: &str = "recheck";

/// Something true only now, as nodes tell each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is")]
pub enum Whisper {
    /// Somebody types, or stopped.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// How it stands, which says who may see it.
        place: Placement,
        /// Whose thread it is.
        address: ContactInboxId,
        /// Who.
        author: Author,
        /// Their name, for the customer.
        name: String,
        /// Whether they type now.
        on: bool,
    },
    /// A colleague looks at a conversation, or no longer.
    Viewing {
        /// Where.
        conversation: ConversationId,
        /// How it stands, which says who may see it.
        place: Placement,
        /// Who.
        user: UserId,
        /// Whether they look now.
        on: bool,
    },
    /// Agents have seen a visitor's messages.
    Seen {
        /// Whose thread it is.
        address: ContactInboxId,
        /// The last one seen.
        up_to: MessageId,
    },
    /// A colleague came or went, on some node.
    Presence {
        /// Who.
        user: UserId,
        /// Whether they are here.
        here: bool,
    },
}

/// A journal row with its text for agents made once.
pub(crate) struct Item {
    pub row: JournalRow,
    pub frame: Arc<str>,
}

#[derive(Clone)]
pub(crate) enum News {
    Row(Arc<Item>),
    Whisper(Arc<Whisper>),
    /// Look again whether you may be here: sessions or rights changed.
    Recheck,
    /// The node stops.
    Bye,
}

struct Feed {
    news: broadcast::Sender<News>,
    /// The last row told; rows above it are still to come.
    seq: Seq,
}

#[derive(Default)]
struct State {
    feeds: HashMap<AccountId, Feed>,
    /// Streams open on this node by person, and people whom other nodes reported.
    here: BTreeMap<(AccountId, UserId), usize>,
    streams: usize,
    closing: bool,
}

/// One node's hub. Cloning it is cheap.
#[derive(Clone)]
pub struct Hub {
    store: Store,
    state: Arc<Mutex<State>>,
}

#[derive(Serialize, Deserialize)]
struct Signed {
    account: AccountId,
    whisper: Whisper,
}

impl Hub {
    /// A hub on this store; its listening task ends with the store.
    pub fn new(store: Store) -> Self {
        let hub = Self { store, state: Arc::default() };
        let weak = Arc::downgrade(&hub.state);
        let store = hub.store.clone();
        let mut rings = store.bell().subscribe();
        #[expect(clippy::disallowed_methods, reason = "the hub's one task lives as long as the hub, whose state it holds only weakly")]
        tokio::spawn(async move {
            loop {
                let ring = tokio::time::timeout(LOOK, rings.next()).await;
                let Some(state) = weak.upgrade() else { return };
                let hub = Self { store: store.clone(), state };
                match ring {
                    Ok(Some(Ring::Account(account))) => hub.look(account).await,
                    Ok(Some(Ring::Signal(text))) => hub.hear(&text),
                    Ok(Some(Ring::Jobs)) => {}
                    Ok(Some(Ring::Lost)) => {
                        // A recheck may be among what was lost.
                        hub.recheck_here();
                        hub.look_everywhere().await;
                    }
                    Err(_) => hub.look_everywhere().await,
                    Ok(None) => return,
                }
            }
        });
        hub
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins an account's feed; answers what follows and the position it follows from.
    pub(crate) async fn join(&self, account: AccountId) -> crate::Result<(broadcast::Receiver<News>, Seq)> {
        if let Some(feed) = self.state().feeds.get(&account) {
            return Ok((feed.news.subscribe(), feed.seq));
        }
        let head = self.store.read(async move |c: &Reader| Ok::<_, crate::Error>(journal::head(c, account).await?)).await?;
        let mut state = self.state();
        let feed = state.feeds.entry(account).or_insert_with(|| Feed { news: broadcast::Sender::new(BEHIND), seq: head });
        Ok((feed.news.subscribe(), feed.seq))
    }

    async fn look_everywhere(&self) {
        let accounts: Vec<_> = {
            let mut state = self.state();
            state.feeds.retain(|_, feed| feed.news.receiver_count() > 0);
            state.feeds.keys().copied().collect()
        };
        for account in accounts {
            self.look(account).await;
        }
    }

    /// Reads what is new in an account's journal and tells it.
    async fn look(&self, account: AccountId) {
        loop {
            let Some(seq) = self.state().feeds.get(&account).map(|f| f.seq) else { return };
            let rows = self.store.read(async move |c: &Reader| Ok::<_, store::Error>(journal::after(c, account, seq, 500).await?)).await;
            let rows = match rows {
                Ok(Replay::Rows(rows)) => rows,
                Ok(Replay::TooOld) => {
                    // Nobody listened for longer than the journal is kept; whoever listens now starts from a new feed.
                    self.state().feeds.remove(&account);
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, %account, "the journal could not be read; the hub looks again soon");
                    return;
                }
            };
            let full = rows.len() == 500;
            let mut state = self.state();
            let Some(feed) = state.feeds.get_mut(&account) else { return };
            for row in rows {
                if row.seq <= feed.seq {
                    continue;
                }
                feed.seq = row.seq;
                let frame = super::stream::event_frame(&row);
                // Without a listener there is nobody to miss it.
                let _unheard = feed.news.send(News::Row(Arc::new(Item { row, frame })));
            }
            if !full {
                return;
            }
        }
    }

    /// Tells every node something true only now.
    pub fn whisper(&self, account: AccountId, whisper: Whisper) {
        if let Ok(text) = serde_json::to_string(&Signed { account, whisper }) {
            self.store.bell().signal(text);
        }
    }

    fn hear(&self, text: &str) {
        if text == RECHECK {
            self.recheck_here();
            return;
        }
        let Ok(Signed { account, whisper }) = serde_json::from_str(text) else { return };
        let state = self.state();
        if let Some(feed) = state.feeds.get(&account) {
            let _unheard = feed.news.send(News::Whisper(Arc::new(whisper)));
        }
    }

    /// Makes every agent's stream, on every node, look again whether it may still be open.
    pub fn recheck(&self) {
        self.store.bell().signal(RECHECK.to_owned());
    }

    fn recheck_here(&self) {
        for feed in self.state().feeds.values() {
            let _unheard = feed.news.send(News::Recheck);
        }
    }

    /// Tells every stream to reconnect elsewhere.
    pub fn dismiss(&self) {
        let mut state = self.state();
        state.closing = true;
        for feed in state.feeds.values() {
            let _unheard = feed.news.send(News::Bye);
        }
    }

    pub(crate) fn closing(&self) -> bool {
        self.state().closing
    }

    /// Who of an account has a stream open on this node.
    pub fn here(&self, account: AccountId) -> Vec<UserId> {
        self.state().here.keys().filter(|(a, _)| *a == account).map(|(_, user)| *user).collect()
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.state().streams
    }

    pub(crate) fn arrive(&self, who: Option<(AccountId, UserId)>) {
        let first = {
            let mut state = self.state();
            state.streams += 1;
            who.is_some_and(|who| {
                let count = state.here.entry(who).or_default();
                *count += 1;
                *count == 1
            })
        };
        if let (true, Some((account, user))) = (first, who) {
            self.whisper(account, Whisper::Presence { user, here: true });
        }
    }

    pub(crate) fn depart(&self, who: Option<(AccountId, UserId)>) {
        let last = {
            let mut state = self.state();
            state.streams = state.streams.saturating_sub(1);
            who.is_some_and(|who| {
                let left = state.here.get(&who).copied().unwrap_or_default();
                if left <= 1 { state.here.remove(&who).is_some() } else { state.here.insert(who, left - 1).is_none() }
            })
        };
        if let (true, Some((account, user))) = (last, who) {
            self.whisper(account, Whisper::Presence { user, here: false });
        }
    }
}
