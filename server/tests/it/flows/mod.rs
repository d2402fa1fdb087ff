//! The two flows of the design, through the router: a message comes in, a reply goes out. And the feed that carries both.

mod feed;
mod people;
mod website;
