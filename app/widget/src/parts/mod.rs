//! What the chat is drawn with, one file per part. Parts read the chat and call its verbs; none talks to the server.

mod composer;
mod emoji;
mod file;
mod frame;
mod line;
mod log;
mod questions;
mod rich;

pub use composer::composer;
pub use frame::{branding, header, refused};
pub use log::log;
