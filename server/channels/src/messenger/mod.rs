//! Facebook Messenger for a page (Graph v23 and later). A day for free words, a week for a person's own answer under HUMAN_AGENT.
//!
//! Limits: 2,000 characters, files of 25 MB, words and files as calls of their own. Seen and delivered come as watermarks. There is no key
//! against sending twice, but our key comes back with the echo.

mod settings;
#[cfg(test)]
mod tests;

use crate::meta::sending::{self, Dialect};
use crate::meta::{self, Graph, login, messaging};
use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities, TextUnit};

/// The Messenger channel.
#[derive(Debug)]
pub struct Messenger;

const MB: i64 = 1024 * 1024;

fn graph<'g>(link: &'g Link<'g>) -> Graph<'g> {
    let app_secret = link.secret("app_secret").or_else(|| link.app("meta.app_secret"));
    Graph { link, base: "meta.graph_base", token: link.secret("token").unwrap_or_default(), app_secret }
}

fn page<'l>(link: &Link<'l>) -> &'l str {
    link.setting("page_id").unwrap_or("me")
}

/// Any file may go; what is no picture, film or sound goes as a file.
fn shape(file: &OutFile) -> Option<&'static str> {
    Some(match (file.kind, file.mime.split('/').next()) {
        (FileKind::Image | FileKind::Sticker, Some("image")) if file.mime != "image/svg+xml" => "image",
        (FileKind::Video, Some("video")) => "video",
        (FileKind::Audio | FileKind::Voice, Some("audio")) => "audio",
        _ => "file",
    })
}

#[async_trait]
impl Channel for Messenger {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 2000,
            image: 25 * MB,
            video: 25 * MB,
            audio: 25 * MB,
            document: 25 * MB,
            files: 10,
            delivered: true,
            read: true,
            typing: true,
            reply_window_hours: Some(24),
            more: Abilities { reply_to: true, reactions: true, mark_seen: true, human_window_hours: Some(168), ..Abilities::default() },
        }
    }

    fn shared(&self) -> Option<&'static str> {
        Some(meta::SHARED)
    }

    fn recipient(&self, call: &RawCall) -> Recipient {
        meta::recipient(call, "page", messaging::account)
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("page_id").cloned()
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        meta::verify(link, call, &[link.secret("app_secret"), link.app("meta.app_secret")])
    }

    fn answer(&self) -> (&'static str, &'static str) {
        ("text/plain", "EVENT_RECEIVED")
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        messaging::read(call, "page")
    }

    // Quick replies.
    fn choices(&self) -> Choices {
        Choices::Buttons(13)
    }

    async fn send(&self, link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
        let dialect = Dialect { limit: 2000, unit: TextUnit::Chars, messenger: true, shape };
        sending::send(&graph(link), page(link), dialect, message).await
    }

    async fn check(&self, link: &Link<'_>) -> Result<Health, SendError> {
        settings::check(link).await
    }

    fn login(&self, link: &Link<'_>, redirect: &str, state: &str) -> Option<String> {
        login::facebook(link, redirect, state)
    }

    async fn redeem(&self, link: &Link<'_>, redirect: &str, code: &str) -> Result<Vec<Account>, SendError> {
        login::pages(link, redirect, code).await
    }

    async fn connect(&self, link: &Link<'_>) -> Result<Connected, SendError> {
        settings::connect(link).await
    }

    async fn disconnect(&self, link: &Link<'_>) -> Result<(), SendError> {
        graph(link).delete(&format!("{}/subscribed_apps", page(link))).await.map(drop).map_err(sending::sorted)
    }

    async fn typing(&self, link: &Link<'_>, peer: &str, on: bool, _: Option<&Quote>) -> Result<(), SendError> {
        sending::act(&graph(link), page(link), peer, if on { "typing_on" } else { "typing_off" }).await
    }

    async fn seen(&self, link: &Link<'_>, peer: &str, _: &Quote) -> Result<(), SendError> {
        sending::act(&graph(link), page(link), peer, "mark_seen").await
    }

    async fn profile(&self, link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
        sending::profile(&graph(link), peer, "first_name,last_name,name,profile_pic").await
    }

    async fn react(&self, link: &Link<'_>, peer: &str, external: &str, emoji: Option<&str>) -> Result<(), SendError> {
        sending::react(&graph(link), page(link), peer, external, emoji).await
    }
}
