//! Conversations: their state, their row in the list, and how the list is asked for.

use crate::*;
use serde::{Deserialize, Serialize};

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for the team.
    Open,
    /// A bot holds it.
    Pending,
    /// Sleeps until a moment, or until the customer writes.
    Snoozed {
        /// When it wakes by itself.
        until: Option<Timestamp>,
    },
    /// Done; a new message of the customer opens it again.
    Resolved,
}

/// A status without its details, for filters and tallies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusKind {
    /// See [`Status::Open`].
    Open,
    /// See [`Status::Pending`].
    Pending,
    /// See [`Status::Snoozed`].
    Snoozed,
    /// See [`Status::Resolved`].
    Resolved,
}

impl Status {
    /// The status without its details.
    #[must_use]
    pub const fn kind(self) -> StatusKind {
        match self {
            Self::Open => StatusKind::Open,
            Self::Pending => StatusKind::Pending,
            Self::Snoozed { .. } => StatusKind::Snoozed,
            Self::Resolved => StatusKind::Resolved,
        }
    }

    /// What an incoming message makes of it, or none when it stays. A muted (blocked) contact moves nothing.
    #[must_use]
    pub const fn on_incoming(self, muted: bool, bot: bool) -> Option<Self> {
        match self {
            _ if muted => None,
            Self::Snoozed { .. } => Some(Self::Open),
            Self::Resolved if bot => Some(Self::Pending),
            Self::Resolved => Some(Self::Open),
            Self::Open | Self::Pending => None,
        }
    }

    /// What an agent's public reply makes of it, or none when it stays: a reply takes over from a bot.
    #[must_use]
    pub const fn on_reply(self) -> Option<Self> {
        match self {
            Self::Pending | Self::Snoozed { .. } => Some(Self::Open),
            Self::Open | Self::Resolved => None,
        }
    }
}

/// How much a conversation presses; none is no priority at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    Medium,
    /// Before others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// All, from the least pressing.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Urgent];

    /// The public API's number (`low` 0 to `urgent` 3), also stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The priority of a stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.number() == number)
    }
}

impl StatusKind {
    /// All, in the order of the filter.
    pub const ALL: [Self; 4] = [Self::Open, Self::Pending, Self::Snoozed, Self::Resolved];

    /// The public API's number (`open` 0, `resolved` 1, `pending` 2, `snoozed` 3), also stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Resolved => 1,
            Self::Pending => 2,
            Self::Snoozed => 3,
        }
    }

    /// The status of a stored number.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Open),
            1 => Some(Self::Resolved),
            2 => Some(Self::Pending),
            3 => Some(Self::Snoozed),
            _ => None,
        }
    }
}

/// What decides in which lists and tallies a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Placement {
    /// Its inbox.
    pub inbox: InboxId,
    /// Its status.
    pub status: StatusKind,
    /// Who has it.
    pub assignee: Option<UserId>,
    /// Which team has it; tallies do not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
}

impl Placement {
    /// Whether both are counted in one cell of the tallies.
    #[must_use]
    pub fn counts_as(&self, other: &Self) -> bool {
        (self.inbox, self.status, self.assignee) == (other.inbox, other.status, other.assignee)
    }
}

/// The last thing said, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Who said it.
    pub author: Author,
    /// The first characters, on one line; may be empty when there is only a file.
    pub text: String,
    /// The kind of the first file, if any.
    pub file: Option<AttachmentKind>,
    /// State of the message, for the failed hint and ticks.
    pub state: MessageState,
    /// Which message it is.
    pub message: MessageId,
}

/// A conversation as the list and the thread's header show it; the same for every viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationView {
    /// Its id; commands name it.
    pub id: ConversationId,
    /// Its number within the account; people and URLs name it.
    pub number: i64,
    /// Which inbox it came through.
    pub inbox: InboxId,
    /// With whom.
    pub contact: ContactBrief,
    /// Where it stands.
    pub status: Status,
    /// Who has it.
    pub assignee: Option<UserId>,
    /// The last public message.
    pub preview: Option<Preview>,
    /// Sort key of the list: time of the last public message, else of creation.
    pub last_message_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// How many incoming messages it has ever had; unread = this less the viewer's own mark.
    pub incoming: i64,
    /// Since when the customer waits for a person's answer.
    pub waiting_since: Option<Timestamp>,
    /// Until when the customer has seen it.
    pub contact_seen_at: Option<Timestamp>,
    /// Time of the last incoming message; the reply window counts from it.
    pub last_incoming_at: Option<Timestamp>,
    /// Browser, page and language, as the website channel reports them.
    #[serde(default)]
    pub origin: Origin,
    /// How much it presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Its labels, in the order of their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelId>,
    /// Which team has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Messages of the customer neither open it nor are announced.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub muted: bool,
    /// What it is about, where the channel has subjects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Who started it and has said nothing yet: until the first message it is in their list alone, and in no tally.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starter: Option<UserId>,
}

impl ConversationView {
    /// Where it stands in lists and tallies.
    #[must_use]
    pub const fn placement(&self) -> Placement {
        Placement { inbox: self.inbox, status: self.status.kind(), assignee: self.assignee, team: self.team }
    }
}

/// Where a conversation came from, as far as the channel knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The page the customer wrote from.
    pub page: Option<String>,
    /// The browser's name and version.
    pub browser: Option<String>,
    /// The operating system.
    pub system: Option<String>,
    /// The customer's language.
    pub language: Option<String>,
}

/// The tabs above the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Assigned to me.
    #[default]
    Mine,
    /// Assigned to nobody.
    Unassigned,
    /// All of them.
    All,
}

/// Which conversations the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListFilter {
    /// By assignee.
    pub tab: Tab,
    /// By status; none shows every status.
    pub status: Option<StatusKind>,
    /// Only this inbox; none shows every inbox the viewer may see.
    pub inbox: Option<InboxId>,
    /// Only what this team has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Only what carries this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    /// In which order.
    #[serde(default)]
    pub order: ListOrder,
}

impl Default for ListFilter {
    fn default() -> Self {
        Self { tab: Tab::All, status: Some(StatusKind::Open), inbox: None, team: None, label: None, order: ListOrder::Newest }
    }
}

/// In which order a list comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListOrder {
    /// The latest message first.
    #[default]
    Newest,
    /// The latest message last.
    Oldest,
    /// The latest beginning first.
    LastCreated,
    /// The latest beginning last.
    FirstCreated,
    /// The most pressing first, then the latest message.
    Priority,
    /// Whoever waits longest first; who does not wait comes last.
    LongestWaiting,
}

impl ListOrder {
    /// Where a row stands in this order; smaller keys come first, and no two rows share one.
    #[must_use]
    pub fn key(self, row: &ConversationView) -> (i64, i64, i64) {
        let (newest, id) = (-row.last_message_at.0, row.id.0);
        match self {
            Self::Newest => (newest, -id, 0),
            Self::Oldest => (-newest, id, 0),
            Self::LastCreated => (-row.number, 0, 0),
            Self::FirstCreated => (row.number, 0, 0),
            Self::Priority => (-row.priority.map_or(-1, Priority::number), newest, -id),
            Self::LongestWaiting => (row.waiting_since.map_or(i64::MAX, |t| t.0), id, 0),
        }
    }
}

impl ListFilter {
    /// Whether a conversation belongs to this list, for this viewer.
    #[must_use]
    pub fn admits(&self, row: &ConversationView, viewer: UserId) -> bool {
        let tab = match self.tab {
            Tab::Mine => row.assignee == Some(viewer),
            Tab::Unassigned => row.assignee.is_none(),
            Tab::All => true,
        };
        tab && self.status.is_none_or(|status| status == row.status.kind())
            && self.inbox.is_none_or(|inbox| inbox == row.inbox)
            && self.team.is_none_or(|team| Some(team) == row.team)
            && self.label.is_none_or(|label| row.labels.contains(&label))
    }
}

/// Position in the list: the next page lies strictly beyond this row's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListCursor(pub i64, pub i64, pub i64);

impl ListCursor {
    /// The position of a row in a list of this order.
    #[must_use]
    pub fn of(row: &ConversationView, order: ListOrder) -> Self {
        let (a, b, c) = order.key(row);
        Self(a, b, c)
    }
}

/// How many conversations stand in one cell of inbox × status, for one viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Assigned to the viewer.
    pub mine: i64,
    /// Assigned to nobody.
    pub unassigned: i64,
    /// All.
    pub all: i64,
}

/// The tallies of every inbox × status the viewer may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallies(pub Vec<(InboxId, StatusKind, Tally)>);

impl Tallies {
    /// The sums a filter's tabs show.
    #[must_use]
    pub fn of(&self, status: Option<StatusKind>, inbox: Option<InboxId>) -> Tally {
        let cells = self.0.iter().filter(|(i, s, _)| inbox.is_none_or(|x| x == *i) && status.is_none_or(|x| x == *s));
        cells.fold(Tally::default(), |sum, (_, _, cell)| Tally {
            mine: sum.mine + cell.mine,
            unassigned: sum.unassigned + cell.unassigned,
            all: sum.all + cell.all,
        })
    }

    /// Adds (`by` = 1) or takes away (−1) one conversation.
    pub fn shift(&mut self, place: &Placement, viewer: UserId, by: i64) {
        let at = self.0.iter().position(|(i, s, _)| *i == place.inbox && *s == place.status);
        let at = at.unwrap_or_else(|| {
            self.0.push((place.inbox, place.status, Tally::default()));
            self.0.len() - 1
        });
        let cell = &mut self.0[at].2;
        cell.all += by;
        match place.assignee {
            None => cell.unassigned += by,
            Some(user) if user == viewer => cell.mine += by,
            Some(_) => {}
        }
    }
}
