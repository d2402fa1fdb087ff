//! One file per benchmark: what is done, against what, and the targets. How loads are made and figures shown is above.

pub mod bytes;
pub mod fanout;
pub mod hooks;
pub mod idle;
pub mod list;
pub mod memory;
pub mod page;
pub mod reply;
pub mod start;
pub mod website;
