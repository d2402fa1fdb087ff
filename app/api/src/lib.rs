//! The server functions, one file per area, and [`Fault`], the only error that crosses the wire.
//! In the browser each is an HTTP call under `/rpc`; on the server it is one call into `service`. No logic lives here.

#![expect(missing_docs, reason = "the server macro makes a public struct of each function's arguments, which are documented there")]

mod actions;
mod bots;
mod conversations;
mod fault;
mod inboxes;
mod messages;
mod notices;
mod people;
mod saved;
mod session;
mod start;
mod webhooks;

pub use actions::*;
pub use bots::*;
pub use conversations::*;
pub use fault::Fault;
pub use inboxes::*;
pub use messages::*;
pub use notices::*;
pub use people::*;
pub use saved::*;
pub use session::*;
pub use start::*;
pub use webhooks::*;

#[cfg(feature = "ssr")]
mod caller;
#[cfg(feature = "ssr")]
pub use caller::{Caller, SessionCookie};
