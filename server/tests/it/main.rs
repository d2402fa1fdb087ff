//! The server as its callers see it: the real router on a real socket, a real store, a clock turned by hand.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test's tasks end with its runtime, and a broken step is its failure"
)]

mod access;
mod crash;
mod docs;
mod edges;
mod files;
mod flows;
mod import;
mod nodes;
mod process;
mod rest;
mod rich;
mod secrets;
mod strangers;
mod walls;
mod world;
