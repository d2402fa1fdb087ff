//! Twilio: SMS and MMS, or WhatsApp with Content templates, by the Messages API of 2010. One number or one messaging service each.
//!
//! Limits: 1,600 characters; MMS of 5 MB in all and ten files, WhatsApp one file of 16 MB (pictures 5 MB), all fetched by Twilio from our
//! address. Free words on WhatsApp within 24 hours. There is no key against sending twice.

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

/// The Twilio channel.
#[derive(Debug)]
pub struct Twilio;

const MB: i64 = 1024 * 1024;

/// Whether these settings are of a WhatsApp sender.
fn whatsapp(settings: &Settings) -> bool {
    settings.get("medium").is_some_and(|medium| medium == "whatsapp")
}

#[async_trait]
impl Channel for Twilio {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, settings: &Settings) -> Capabilities {
        if whatsapp(settings) {
            return Capabilities {
                text_limit: 1600,
                image: 5 * MB,
                video: 16 * MB,
                audio: 16 * MB,
                document: 16 * MB,
                files: 10,
                delivered: true,
                read: true,
                typing: true,
                reply_window_hours: Some(24),
                more: Abilities {
                    bold: true,
                    italic: true,
                    strike: true,
                    code: true,
                    location: true,
                    templates: true,
                    starts: true,
                    ..Abilities::default()
                },
            };
        }
        Capabilities {
            text_limit: 1600,
            image: 5 * MB,
            video: 5 * MB,
            audio: 5 * MB,
            document: MB / 2,
            files: 10,
            delivered: true,
            read: false,
            typing: false,
            reply_window_hours: None,
            more: Abilities { starts: true, ..Abilities::default() },
        }
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        let medium = if whatsapp(settings) { "whatsapp" } else { "sms" };
        let own = ["phone", "messaging_service_sid"].into_iter().filter_map(|key| settings.get(key)).find(|value| !value.is_empty())?;
        Some(format!("{medium}:{own}"))
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        inbound::verify(link, call)
    }

    /// Anything but empty TwiML would be sent to the customer as a message.
    fn answer(&self) -> (&'static str, &'static str) {
        ("text/xml", "<Response/>")
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        Ok(inbound::read(call))
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

    async fn templates(&self, link: &Link<'_>) -> Result<Vec<Template>, SendError> {
        if whatsapp(link.settings) { template::list(link).await } else { Ok(Vec::new()) }
    }

    async fn typing(&self, link: &Link<'_>, _: &str, on: bool, latest: Option<&Quote>) -> Result<(), SendError> {
        match latest {
            Some(latest) if on && whatsapp(link.settings) => outbound::typing(link, &latest.id).await,
            _ => Ok(()),
        }
    }
}
