//! When the people of an inbox are there. What is said when they are not, and when they come back, is worked out by the server.

use serde::{Deserialize, Serialize};

/// When people are there, day by day, and what is said when they are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessHours {
    /// Whether they count; otherwise people are always there.
    pub on: bool,
    /// The time zone's name in the IANA database.
    pub zone: String,
    /// Days of the week, Monday first.
    pub days: [DayHours; 7],
    /// Said to whoever writes while nobody is there; empty for nothing.
    pub closed: String,
}

/// When people are there on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayHours {
    /// Not at all.
    Closed,
    /// From its beginning to its end.
    AllDay,
    /// Some of it.
    Open {
        /// From this minute of the day on.
        from: u32,
        /// Up to this minute of the day, without it; at most 1440.
        to: u32,
    },
}

impl DayHours {
    /// From which minute up to which, if at all.
    #[must_use]
    pub const fn span(self) -> Option<(u32, u32)> {
        match self {
            Self::Closed => None,
            Self::AllDay => Some((0, 1_440)),
            Self::Open { from, to } => Some((from, to)),
        }
    }
}

impl Default for BusinessHours {
    /// Monday to Friday from nine to five, not counted yet.
    fn default() -> Self {
        let work = DayHours::Open { from: 9 * 60, to: 17 * 60 };
        let days = [work, work, work, work, work, DayHours::Closed, DayHours::Closed];
        Self { on: false, zone: "America/Sao_Paulo".to_owned(), days, closed: String::new() }
    }
}
