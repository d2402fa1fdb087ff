//! The agents' inbox: its pages, panes and parts over one client store, rendered by the server and taken over by the browser.
//! It talks to the server through `api` alone, and knows no channel by name.

mod json;
mod pages;
mod panels;
mod panes;
mod parts;
mod routes;
mod shell;
mod store;

pub use shell::{Answer, App, ShellOptions};

/// Whether an address needs a part of the program, and the styles, that a first visit to the conversations does not.
#[must_use]
pub fn is_later(path: &str) -> bool {
    pages::Chunk::of(path).is_some()
}

/// Fetches the part of the program that this address needs, before its page is taken over. What cannot be fetched is said on the page.
pub async fn prepare(path: &str) {
    if let Some(chunk) = pages::Chunk::of(path) {
        drop(chunk.fetch().await);
    }
}

#[cfg(feature = "ssr")]
pub use shell::shell;
