//! Telegram by a bot of the account's own (Bot API 10). Customers press Start once; after that there is no window, and no receipts either.
//!
//! Limits: 4,096 UTF-16 units a text, 1,024 a caption; uploads of 50 MB, photos of 10 MB; customers' files of 20 MB. One message a second and
//! chat; a 429 says how long to wait. There is no key against sending twice, so an unknown outcome stays unknown.

mod inbound;
mod outbound;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities, TextUnit};

/// The Telegram channel.
#[derive(Debug)]
pub struct Telegram;

const MB: i64 = 1024 * 1024;

#[async_trait]
impl Channel for Telegram {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 4096,
            image: 10 * MB,
            video: 50 * MB,
            audio: 50 * MB,
            document: 50 * MB,
            files: 10,
            delivered: false,
            read: false,
            typing: true,
            reply_window_hours: None,
            more: Abilities {
                unit: TextUnit::Utf16,
                caption_limit: 1024,
                bold: true,
                italic: true,
                strike: true,
                code: true,
                link: true,
                voice: true,
                location: true,
                reply_to: true,
                reactions: true,
                edit: true,
                delete: true,
                ..Abilities::default()
            },
        }
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("bot_id").cloned()
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        inbound::verify(link, call)
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        inbound::read(call)
    }

    // Buttons of an inline keyboard.
    fn choices(&self) -> Choices {
        Choices::Buttons(100)
    }

    async fn send(&self, link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
        outbound::send(link, message).await
    }

    async fn fetch(&self, link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
        wire::download(link, &file.id_or_url).await
    }

    async fn check(&self, link: &Link<'_>) -> Result<Health, SendError> {
        settings::check(link).await
    }

    async fn connect(&self, link: &Link<'_>) -> Result<Connected, SendError> {
        settings::connect(link).await
    }

    async fn disconnect(&self, link: &Link<'_>) -> Result<(), SendError> {
        wire::call(link, "deleteWebhook", &serde_json::json!({})).await.map(drop)
    }

    async fn typing(&self, link: &Link<'_>, peer: &str, on: bool, _: Option<&Quote>) -> Result<(), SendError> {
        if on { outbound::typing(link, peer).await } else { Ok(()) }
    }

    async fn seen(&self, link: &Link<'_>, peer: &str, latest: &Quote) -> Result<(), SendError> {
        outbound::seen(link, peer, &latest.id).await
    }

    async fn profile(&self, link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
        outbound::profile(link, peer).await
    }

    async fn react(&self, link: &Link<'_>, peer: &str, external: &str, emoji: Option<&str>) -> Result<(), SendError> {
        outbound::react(link, peer, external, emoji).await
    }

    async fn edit(&self, link: &Link<'_>, peer: &str, external: &str, text: &str) -> Result<(), SendError> {
        outbound::edit(link, peer, external, text).await
    }

    async fn delete(&self, link: &Link<'_>, peer: &str, external: &str) -> Result<(), SendError> {
        outbound::delete(link, peer, external).await
    }
}
