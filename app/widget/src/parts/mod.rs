//! What the chat is drawn with, one file per part. Parts read the chat and call its verbs; none talks to the server.

mod branding;
mod bubble;
mod composer;
mod emoji;
mod file;
mod header;
mod log;
mod questions;

pub use branding::Branding;
pub use composer::Composer;
pub use header::Header;
pub use log::Log;
