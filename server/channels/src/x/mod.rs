//! Direct messages on X by the X Activity API and API v2, for an account whose owner runs a paid developer app. What moved to XChat is
//! encrypted end to end and comes as a placeholder only.
//!
//! Limits: 10,000 characters; one file a message, pictures 5 MB, films 512 MB; 15 messages in 15 minutes. No audio, documents, quotes or
//! reactions, no delivery; seen is reported. There is no key against sending twice.

mod inbound;
mod oauth;
mod outbound;
mod settings;
#[cfg(test)]
mod tests;

use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities};

/// The X channel.
#[derive(Debug)]
pub struct X;

const MB: i64 = 1024 * 1024;

#[async_trait]
impl Channel for X {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 10_000,
            image: 5 * MB,
            video: 100 * MB,
            audio: 0,
            document: 0,
            files: 4,
            delivered: false,
            read: true,
            typing: false,
            reply_window_hours: None,
            more: Abilities { starts: true, ..Abilities::default() },
        }
    }

    fn shared(&self) -> Option<&'static str> {
        Some("x")
    }

    fn recipient(&self, call: &RawCall) -> Recipient {
        inbound::recipient(call)
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("user_id").cloned()
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        inbound::verify(link, call)
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        inbound::read(call)
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

    async fn profile(&self, link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
        outbound::profile(link, peer).await
    }
}
