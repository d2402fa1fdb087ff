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

/// Fetches the part of the program that this address needs, before its page is taken over. What cannot be fetched is said on the page.
pub async fn prepare(path: &str) {
    if let Some(chunk) = pages::Chunk::of(path) {
        drop(chunk.fetch().await);
    }
}

#[cfg(feature = "ssr")]
pub use shell::shell;
