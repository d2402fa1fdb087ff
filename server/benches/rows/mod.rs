//! One file per benchmark: what is done, against what, and the targets. How loads are made and figures shown is above.

pub mod bytes;
pub mod fanout;
pub mod hooks;
pub mod idle;
pub mod keys;
pub mod list;
pub mod mail;
pub mod memory;
pub mod moving;
pub mod outgoing;
pub mod page;
pub mod reply;
pub mod scale;
pub mod search;
pub mod start;
pub mod thread;
pub mod website;
