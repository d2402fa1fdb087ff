//! The server: configuration, command line, start and stop, and HTTP over the services. It decides nothing about conversations.

pub mod boot;
pub mod cli;
pub mod config;
pub mod http;
pub mod listener;
