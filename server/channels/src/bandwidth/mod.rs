//! Bandwidth: SMS and MMS by the Messaging API v2. Calls come with a name and a password, the only proof Bandwidth offers.
//!
//! Limits: 2,048 characters; MMS of about 3.75 MB, fetched by Bandwidth from our address. 202 means accepted; what became of it comes later.
//! There is no key against sending twice, but our key comes back as the tag.

mod inbound;
mod outbound;
mod settings;
#[cfg(test)]
mod tests;

use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities};

/// The Bandwidth channel.
#[derive(Debug)]
pub struct Bandwidth;

/// Most bytes of a file: 3.75 MB.
const MMS: i64 = 15 * 1024 * 1024 / 4;

#[async_trait]
impl Channel for Bandwidth {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 2048,
            image: MMS,
            video: MMS,
            audio: MMS,
            document: MMS / 5,
            files: 10,
            delivered: true,
            read: false,
            typing: false,
            reply_window_hours: None,
            more: Abilities { starts: true, ..Abilities::default() },
        }
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("phone").cloned()
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
        Ok(settings::by_hand(link))
    }
}
