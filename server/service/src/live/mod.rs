//! Live updates: the hub reads each account's new events once per node, and streams give them to whoever may see them.
//! How a stream travels over HTTP is the server's business.

mod hub;
mod stream;

pub use hub::{Hub, Whisper};
pub use stream::{Frame, Stream, VisitorStream};
