//! E-mail: reading what arrives, knowing what it is and where it belongs, and writing what leaves. It talks to no store, and opens a connection only
//! in `smtp.rs`, `imap.rs` and `txt.rs`; `channel.rs` makes a channel of it.

mod address;
pub mod calendar;
mod channel;
#[cfg(any(test, feature = "checks"))]
pub mod checks;
pub mod clean;
pub mod compose;
pub mod consent;
pub mod decode;
pub mod dns;
pub mod forward;
pub mod header;
pub mod html;
pub mod imap;
pub mod kind;
pub mod markdown;
pub mod mime;
pub mod name;
pub mod oauth;
pub mod phrases;
pub mod plain;
pub mod presets;
pub mod quote;
mod read;
pub mod report;
mod settings;
pub mod smtp;
pub mod style;
pub mod thread;
pub mod tnef;
pub mod txt;
mod wire;

pub use address::{Address, addresses};
pub use channel::{Email, OutMail};
pub use read::{Attachment, Mail, Seal};
pub use settings::{account, domain, is_mailbox, own, plus_address, relay, sender, voucher};

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod properties;
