//! What every screen is made of: texts, times, icons, controls, dialogs, long lists. It knows no domain word.
//! Panes, pages and everything that talks to a server live above it.

mod avatar;
pub mod browser;
mod copy;
mod dialog;
mod empty;
mod form;
pub mod i18n;
mod icon;
mod list;
mod live;
mod menu;
mod rest;
pub mod time;
mod toast;

pub use avatar::{Avatar, hue, initials};
pub use copy::{Code, CopyButton};
pub use dialog::Dialog;
pub use empty::{Empty, Skeleton};
pub use form::{AreaField, Failure, Segments, SelectField, Submit, SwitchField, TextField, bind_value};
pub use icon::{Icon, drawing};
pub use list::VirtualList;
pub use live::{AttrWords, Draw, act, attr, each, effect, live, spawn};
pub use menu::{Menu, MenuChoice, MenuLink};
pub use model::{lower, upper};
pub use rest::Rest;
pub use toast::{Toaster, Toasts};
