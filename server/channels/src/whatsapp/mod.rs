//! WhatsApp by Meta's Cloud API (Graph v23 and later). Free words for 24 hours after the customer's last message, approved templates always.
//!
//! Limits: 4,096 characters, 1,024 a caption; pictures 5 MB, films and audio 16 MB, documents 100 MB. 200 means accepted: failures, the
//! closed window among them, often come later as a status. There is no key against sending twice; our key comes back with statuses.

mod errors;
mod inbound;
mod outbound;
mod settings;
mod template;
#[cfg(test)]
mod tests;

use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities};

/// The WhatsApp channel.
#[derive(Debug)]
pub struct WhatsApp;

const MB: i64 = 1024 * 1024;

#[async_trait]
impl Channel for WhatsApp {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 4096,
            image: 5 * MB,
            video: 16 * MB,
            audio: 16 * MB,
            document: 100 * MB,
            files: 10,
            delivered: true,
            read: true,
            typing: true,
            reply_window_hours: Some(24),
            more: Abilities {
                caption_limit: 1024,
                bold: true,
                italic: true,
                strike: true,
                code: true,
                voice: true,
                location: true,
                reply_to: true,
                reactions: true,
                templates: true,
                mark_seen: true,
                starts: true,
                ..Abilities::default()
            },
        }
    }

    fn shared(&self) -> Option<&'static str> {
        Some(meta::SHARED)
    }

    fn recipient(&self, call: &RawCall) -> Recipient {
        meta::recipient(call, "whatsapp_business_account", inbound::numbers)
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("phone_number_id").cloned()
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        meta::verify(link, call, &[link.secret("app_secret"), link.app("meta.app_secret")])
    }

    fn answer(&self) -> (&'static str, &'static str) {
        ("text/plain", "EVENT_RECEIVED")
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        inbound::read(call)
    }

    // Rows of an interactive list.
    fn choices(&self) -> Choices {
        Choices::Buttons(10)
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

    async fn disconnect(&self, link: &Link<'_>) -> Result<(), SendError> {
        settings::disconnect(link).await
    }

    async fn templates(&self, link: &Link<'_>) -> Result<Vec<Template>, SendError> {
        template::list(link).await
    }

    async fn typing(&self, link: &Link<'_>, _: &str, on: bool, latest: Option<&Quote>) -> Result<(), SendError> {
        match latest {
            Some(latest) if on => outbound::seen(link, &latest.id, true).await,
            _ => Ok(()),
        }
    }

    async fn seen(&self, link: &Link<'_>, _: &str, latest: &Quote) -> Result<(), SendError> {
        outbound::seen(link, &latest.id, false).await
    }

    async fn react(&self, link: &Link<'_>, peer: &str, external: &str, emoji: Option<&str>) -> Result<(), SendError> {
        outbound::react(link, peer, external, emoji).await
    }
}
