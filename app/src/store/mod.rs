//! The one client store: the plain desk wrapped in signals per conversation and per list, and who is signed in.
//! Panes read it and call its verbs; only `feed` and `expect` change what it knows.

mod ask;
mod desk;
mod drafts;
mod expect;
mod feed;
mod habits;
mod me;
mod operation;
mod thread;
mod wire;

pub use ask::{Text, ask, ask_text, loaded, read, shown};
pub use desk::{Link, Start, Store};
pub use drafts::{Attached, Desktop, Progress};
pub use expect::{Expectation, Parcel, Terms, fresh_key};
pub use feed::follow;
pub use habits::{habit, set_habit, undo_seconds};
pub use me::Me;
pub use operation::{pause, watch};
pub use thread::{Bubble, BubbleKey, Thread};
