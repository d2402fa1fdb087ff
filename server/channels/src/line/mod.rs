//! LINE by the Messaging API. Anyone who added the account may be written to, as far as the monthly quota reaches; there are no receipts.
//!
//! Limits: 5,000 UTF-16 units a text, five messages a call; pictures of 10 MB, films and audio of 200 MB, all fetched by LINE from our
//! address; no documents out. Pushes carry a retry key, so a message may be handed over twice. The free reply call takes no such key and is
//! therefore not used.

mod inbound;
mod outbound;
mod settings;
#[cfg(test)]
mod tests;

use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities, TextUnit};

/// The picture that stands for a film until it plays: LINE wants one, and we make none from films.
pub const STILL: &[u8] = include_bytes!("still.png");
/// Where the server shows [`STILL`], after our public address.
pub const STILL_PATH: &str = "/hooks/line/still.png";

/// The LINE channel.
#[derive(Debug)]
pub struct Line;

const MB: i64 = 1024 * 1024;

#[async_trait]
impl Channel for Line {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 5000,
            image: 10 * MB,
            video: 200 * MB,
            audio: 200 * MB,
            document: 0,
            files: 10,
            delivered: false,
            read: false,
            typing: true,
            reply_window_hours: None,
            more: Abilities {
                unit: TextUnit::Utf16,
                location: true,
                reply_to: true,
                mark_seen: true,
                starts: true,
                ..Abilities::default()
            },
        }
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("bot_user_id").cloned()
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        inbound::verify(link, call)
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        inbound::read(call)
    }

    fn repeatable(&self) -> bool {
        true
    }

    // Quick reply buttons.
    fn choices(&self) -> Choices {
        Choices::Buttons(13)
    }

    async fn send(&self, link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
        outbound::send(link, message).await
    }

    async fn fetch(&self, link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
        outbound::fetch(link, file).await
    }

    async fn check(&self, link: &Link<'_>) -> Result<Health, SendError> {
        settings::check(link).await
    }

    async fn connect(&self, link: &Link<'_>) -> Result<Connected, SendError> {
        settings::connect(link).await
    }

    async fn typing(&self, link: &Link<'_>, peer: &str, on: bool, _: Option<&Quote>) -> Result<(), SendError> {
        if on { outbound::typing(link, peer).await } else { Ok(()) }
    }

    async fn seen(&self, link: &Link<'_>, _: &str, latest: &Quote) -> Result<(), SendError> {
        outbound::seen(link, latest).await
    }

    async fn profile(&self, link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
        outbound::profile(link, peer).await
    }
}
