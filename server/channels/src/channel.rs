//! The trait every channel implements, and what passes through it. Stateless: everything a channel needs arrives as arguments.

use async_trait::async_trait;
use model::{Bilingual, Capabilities, Field, MessageView};
use std::collections::BTreeMap;

/// What the interface may know of a channel before any inbox exists.
#[derive(Debug)]
pub struct Descriptor {
    /// The stable name, such as `website`.
    pub kind: &'static str,
    /// Its name as people know it.
    pub name: Bilingual,
    /// One line: what it needs.
    pub needs: Bilingual,
    /// SVG paths on 24×24.
    pub icon: &'static str,
    /// The form of its settings, in order; the first field is always `name`.
    pub form: Vec<Field>,
}

/// An inbox's settings by field key.
pub type Settings = BTreeMap<String, String>;

/// What a channel may use while it works: the inbox's settings and secrets.
#[derive(Clone, Copy, Debug)]
pub struct Link<'l> {
    /// The settings.
    pub settings: &'l Settings,
    /// What never goes to a browser.
    pub secrets: &'l Settings,
}

/// What a provider said of a message it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id of the message, by which receipts find it.
    pub source: Option<String>,
}

/// Why a message did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Trying again can help.
    #[error("try again: {why}")]
    Retry {
        /// For the log.
        why: String,
        /// The provider's own delay in milliseconds.
        after: Option<i64>,
    },
    /// It will never be taken.
    #[error("refused: {why}")]
    Refused {
        /// For the log.
        why: String,
    },
    /// The inbox must be connected again.
    #[error("disconnected: {why}")]
    Disconnected {
        /// For the log.
        why: String,
    },
}

/// One way for customers to reach an account.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Name, icon and settings form: all the interface ever asks.
    fn descriptor(&self) -> &'static Descriptor;

    /// What an inbox with these settings can carry.
    fn capabilities(&self, settings: &Settings) -> Capabilities;

    /// Whether handing the same message over twice is harmless; else an attempt begun but not finished becomes `Unconfirmed`.
    fn repeatable(&self) -> bool {
        false
    }

    /// Hands one message to the provider; the error says whether trying again can help.
    async fn send(&self, link: &Link<'_>, message: &MessageView) -> Result<Sent, SendError>;
}
