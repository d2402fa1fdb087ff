//! What the tabs of one browser say to each other about the stream they share.
//! The server's own words are in `model`.

use super::Link;
use model::{Event, Seq};
use serde::{Deserialize, Serialize};

/// One word between tabs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Wire {
    /// The leader has received an event: its text as it came, so that no tab has to write one.
    Event(String),
    /// The leader has received a signal, likewise.
    Signal(String),
    /// The state of the leader's stream, with the last number it has seen; said every few seconds.
    Beat(Link, Seq),
    /// The server cannot resume: every tab loads afresh.
    Reset,
}

/// The answer to a request for missed events.
#[derive(Clone, Debug, Deserialize)]
pub struct Missed {
    /// Whether they are gone for good.
    pub reset: bool,
    /// The events, in order.
    pub events: Vec<Event>,
}
