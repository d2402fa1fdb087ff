//! The vocabulary that browser and server share: ids, states, events, permissions, views and drafts, with their pure rules.
//! It does no I/O, reads no clock and depends on nothing but serde and uuid.

mod access;
mod action;
mod attachment;
mod channel;
mod contact;
mod conversation;
mod desk;
mod detail;
mod event;
mod fault;
mod filter;
mod id;
mod inbox;
mod labels;
mod message;
mod notify;
mod page;
mod people;
mod phone;
mod search;
mod time;
mod visitor;

pub use access::*;
pub use action::*;
pub use attachment::*;
pub use channel::*;
pub use contact::*;
pub use conversation::*;
pub use desk::*;
pub use detail::*;
pub use event::*;
pub use fault::*;
pub use filter::*;
pub use id::*;
pub use inbox::*;
pub use labels::*;
pub use message::*;
pub use notify::*;
pub use page::*;
pub use people::*;
pub use phone::*;
pub use search::*;
pub use time::*;
pub use visitor::*;
