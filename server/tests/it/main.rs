//! The server as its callers see it: the real router on a real socket, a real store, a clock turned by hand.

mod access;
mod crash;
mod edges;
mod flows;
mod nodes;
mod process;
mod walls;
mod world;
