//! The pages: each answers an address and loads what it shows.
//! The regions inside them are panes, and what several panes use are parts.

mod account;
mod auth;
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
pub use forgot::{Forgot, Reset};
pub use home::Home;
pub use invite::Invite;
pub use login::Login;
pub use missing::{NotFound, Trouble};
pub use signup::SignUp;
