//! The website channel: a chat on the customer's own pages, carried by our own widget. There is no provider: its `send` is the journal
//! itself, which the widget follows, so handing a message over twice is harmless.
//!
//! Limits: 10,000 characters a message; files of 40 MB by the reference product's own limit, pictures and documents only unless the inbox
//! switches video and audio on (the mission's table of channels).

mod settings;

use crate::{Channel, Descriptor, Link, Outbound, SendError, Sent, Settings};
use async_trait::async_trait;
use model::{Abilities, Capabilities, WidgetFeatures};

pub use settings::*;

/// The website channel.
#[derive(Debug)]
pub struct Website;

/// Most bytes of one file.
const FILE: i64 = 40 * 1024 * 1024;

#[async_trait]
impl Channel for Website {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn capabilities(&self, settings: &Settings) -> Capabilities {
        let features: WidgetFeatures = features(settings);
        let files = |on: bool| if on { FILE } else { 0 };
        Capabilities {
            text_limit: 10_000,
            image: files(features.attachments),
            video: files(features.attachments && features.video),
            audio: files(features.attachments && features.audio),
            document: files(features.attachments),
            files: 10,
            delivered: true,
            read: true,
            typing: true,
            reply_window_hours: None,
            more: Abilities { starts: true, live: true, ..Abilities::default() },
        }
    }

    fn repeatable(&self) -> bool {
        true
    }

    fn is_journal(&self) -> bool {
        true
    }

    async fn send(&self, _: &Link<'_>, _: &Outbound) -> Result<Sent, SendError> {
        Ok(Sent::default())
    }
}
