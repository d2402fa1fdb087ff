//! The regions of the inbox: rail, scopes, list, thread, composer, contact.
//! Each reads the store; which of them stand side by side is the page's business.

mod attach;
mod composer;
mod contact;
mod format;
mod grip;
mod grouping;
mod list;
mod mail_rows;
mod rail;
mod scopes;
mod start;
mod stretches;
mod suggest;
mod thread;
mod thread_head;
mod thread_keys;

pub use attach::upload;
pub use composer::Quoting;
pub use contact::ContactPane;
pub use grip::Grip;
pub use list::ListPane;
pub use rail::Rail;
pub use scopes::Scopes;
pub use start::StartPane;
pub use thread::ThreadPane;

use leptos::prelude::*;

/// Where this browser keeps whether the contact pane shows.
const PANE: &str = "recado-contact-pane";
/// From this width on the contact pane shows by itself, as `style/pages/frame.css` says.
const WIDE: f64 = 1400.0;

/// Brings back the contact pane as it was left. Only in a browser.
pub fn restore(pane: RwSignal<Option<bool>>) {
    if let Some(kept) = kit::browser::stored(PANE) {
        pane.set(Some(kept == "open"));
    }
}

/// Shows or hides the contact pane, and remembers it.
pub fn toggle(pane: RwSignal<Option<bool>>) {
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    let open = !pane.get_untracked().unwrap_or(width >= WIDE);
    kit::browser::store(PANE, Some(if open { "open" } else { "closed" }));
    pane.set(Some(open));
}
