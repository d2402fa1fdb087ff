//! The two flows of the design, through the router: a message comes in, a reply goes out. And the feed that carries both.

mod allot;
mod bot;
mod canned;
mod channels;
mod desk;
mod erasure;
mod feed;
mod hooks;
mod hours;
mod keys;
mod mail;
mod mail_chat;
mod mail_forward;
mod mail_head;
mod mail_login;
mod mail_notice;
mod mail_real;
mod mail_system;
mod messengers;
mod people;
mod popout;
mod rest;
mod sign_up;
mod told;
mod website;

pub use rest::{Api, Ear, Heard, neighbourly, sign};
