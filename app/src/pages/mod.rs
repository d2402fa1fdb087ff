//! The pages: each answers an address and loads what it shows.
//! The regions inside them are panes, and what several panes use are parts.

mod account;
mod auth;
mod chunk;
mod contacts;
mod conversations;
mod forgot;
mod home;
mod invite;
mod login;
mod missing;
mod settings;
mod signup;

pub use account::{Account, AccountHome};
pub use auth::{Mark, Trip};
pub use chunk::{Chunk, Door, clipping, door, panel, tool};
use forgot::{Forgot, Reset};
use home::Home;
use invite::Invite;
use login::Login;
pub use missing::{NotFound, Trouble};
use signup::SignUp;
