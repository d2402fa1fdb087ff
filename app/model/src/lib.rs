//! The vocabulary that browser and server share: ids, states, events, permissions, views and drafts, with their pure rules.
//! It does no I/O, reads no clock and depends on nothing but serde and uuid.

mod access;
mod attachment;
mod channel;
mod contact;
mod conversation;
mod desk;
mod event;
mod fault;
mod id;
mod inbox;
mod message;
mod page;
mod people;
mod time;
mod visitor;

pub use access::*;
pub use attachment::*;
pub use channel::*;
pub use contact::*;
pub use conversation::*;
pub use desk::*;
pub use event::*;
pub use fault::*;
pub use id::*;
pub use inbox::*;
pub use message::*;
pub use page::*;
pub use people::*;
pub use time::*;
pub use visitor::*;
