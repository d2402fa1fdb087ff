//! The two WASM entry points: the agents' inbox and the customers' widget. No logic lives here.

#[cfg(feature = "inbox")]
mod inbox;
#[cfg(feature = "widget")]
mod widget;
