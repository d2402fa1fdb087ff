//! How long a channel still takes a free reply. What closes with it is the composer's business.

use crate::store::Store;
use kit::i18n::{Language, text};
use kit::time::{Wording, word};
use model::{Capabilities, ListRow, Timestamp};

/// The share of the window below which it is worth a word in the list.
const LAST: i64 = 4;

/// An open reply window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it closes.
    pub until: Timestamp,
    /// Milliseconds left, by the minute.
    left: i64,
    whole: i64,
}

impl Window {
    /// That of a conversation; none where the channel knows none, or none is open.
    pub fn of(store: Store, row: &ListRow, now: Timestamp) -> Option<Self> {
        const MINUTE: i64 = 60_000;
        let inbox = store.inbox(row.conversation.inbox)?;
        let whole = i64::from(Capabilities::person_window(&inbox.capabilities)?) * 60 * MINUTE;
        let until = row.conversation.last_incoming_at?.plus(whole);
        let left = until.since(now) / MINUTE * MINUTE;
        (until > now).then_some(Self { until, left, whole })
    }

    /// Whether less than a quarter of it is left.
    pub const fn closes_soon(self) -> bool {
        self.left * LAST < self.whole
    }

    /// `5 h 12 min`.
    pub fn left(self, language: Language) -> String {
        let minutes = self.left / 60_000;
        text::WINDOW_LEFT.with(language, &[("hours", &(minutes / 60).to_string()), ("minutes", &(minutes % 60).to_string())])
    }

    /// Until when, and how long that is.
    pub fn sentence(self, language: Language, now: Timestamp) -> String {
        let wording = if self.left < 86_400_000 { Wording::Hour } else { Wording::Full };
        text::WINDOW_OPEN.with(language, &[("time", &word(language, self.until, now, wording)), ("left", &self.left(language))])
    }
}
