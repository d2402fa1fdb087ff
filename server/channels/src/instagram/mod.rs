//! Instagram messages of a professional account, by Instagram's own login or by its Facebook page: two hosts and two kinds of token, one
//! webhook. A day for free words, a week for a person's own answer under HUMAN_AGENT.
//!
//! Limits: 1,000 bytes of text; pictures 8 MB, films and audio 25 MB, fetched by Meta from our address; no documents (the mission's table).
//! Seen is reported, delivered is not. A token by Instagram's login lives sixty days and is renewed.

mod settings;
#[cfg(test)]
mod tests;

use crate::meta::sending::{self, Dialect};
use crate::meta::{self, Graph, login, messaging};
use crate::*;
use async_trait::async_trait;
use model::{Abilities, Capabilities, TextUnit};

/// The Instagram channel.
#[derive(Debug)]
pub struct Instagram;

const MB: i64 = 1024 * 1024;

/// Whether these settings are of an account reached through its Facebook page.
fn by_page(link: &Link<'_>) -> bool {
    link.setting("login") == Some("page")
}

fn graph<'g>(link: &'g Link<'g>) -> Graph<'g> {
    let base = if by_page(link) { "meta.graph_base" } else { "meta.instagram_base" };
    Graph { link, base, token: link.secret("token").unwrap_or_default(), app_secret: None }
}

/// Who sends: the page, or the account itself.
fn from<'l>(link: &Link<'l>) -> &'l str {
    let own = if by_page(link) { link.setting("page_id") } else { link.setting("account_id") };
    own.unwrap_or("me")
}

fn shape(file: &OutFile) -> Option<&'static str> {
    match (file.kind, file.mime.as_str()) {
        (FileKind::Image | FileKind::Sticker, "image/jpeg" | "image/png" | "image/gif") => Some("image"),
        (FileKind::Video, "video/mp4" | "video/ogg" | "video/x-msvideo" | "video/quicktime" | "video/webm") => Some("video"),
        (FileKind::Audio | FileKind::Voice, "audio/aac" | "audio/mp4" | "audio/x-m4a" | "audio/wav" | "audio/x-wav") => Some("audio"),
        _ => None,
    }
}

#[async_trait]
impl Channel for Instagram {
    fn descriptor(&self) -> &'static Descriptor {
        &settings::DESCRIPTOR
    }

    fn capabilities(&self, _: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 1000,
            image: 8 * MB,
            video: 25 * MB,
            audio: 25 * MB,
            document: 0,
            files: 10,
            delivered: false,
            read: true,
            typing: true,
            reply_window_hours: Some(24),
            more: Abilities {
                unit: TextUnit::Bytes,
                reply_to: true,
                reactions: true,
                mark_seen: true,
                human_window_hours: Some(168),
                ..Abilities::default()
            },
        }
    }

    fn shared(&self) -> Option<&'static str> {
        Some(meta::SHARED)
    }

    fn recipient(&self, call: &RawCall) -> Recipient {
        meta::recipient(call, "instagram", messaging::account)
    }

    fn account(&self, settings: &Settings) -> Option<String> {
        settings.get("account_id").cloned()
    }

    fn verify(&self, link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
        meta::verify(link, call, &[link.secret("app_secret"), link.app("instagram.app_secret"), link.app("meta.app_secret")])
    }

    fn answer(&self) -> (&'static str, &'static str) {
        ("text/plain", "EVENT_RECEIVED")
    }

    fn read(&self, _: &Link<'_>, call: &Verified) -> Result<Vec<Inbound>, Malformed> {
        messaging::read(call, "instagram")
    }

    // Quick replies.
    fn choices(&self) -> Choices {
        Choices::Buttons(13)
    }

    async fn send(&self, link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
        let dialect = Dialect { limit: 1000, unit: TextUnit::Bytes, messenger: false, shape };
        sending::send(&graph(link), from(link), dialect, message).await
    }

    async fn check(&self, link: &Link<'_>) -> Result<Health, SendError> {
        settings::check(link).await
    }

    fn login(&self, link: &Link<'_>, redirect: &str, state: &str) -> Option<String> {
        login::instagram(link, redirect, state)
    }

    async fn redeem(&self, link: &Link<'_>, redirect: &str, code: &str) -> Result<Vec<Account>, SendError> {
        login::account(link, redirect, code).await
    }

    async fn connect(&self, link: &Link<'_>) -> Result<Connected, SendError> {
        settings::connect(link).await
    }

    async fn disconnect(&self, link: &Link<'_>) -> Result<(), SendError> {
        graph(link).delete(&format!("{}/subscribed_apps", from(link))).await.map(drop).map_err(sending::sorted)
    }

    async fn renew(&self, link: &Link<'_>) -> Result<Option<Connected>, SendError> {
        if by_page(link) { Ok(None) } else { settings::renew(link).await }
    }

    async fn typing(&self, link: &Link<'_>, peer: &str, on: bool, _: Option<&Quote>) -> Result<(), SendError> {
        sending::act(&graph(link), from(link), peer, if on { "typing_on" } else { "typing_off" }).await
    }

    async fn seen(&self, link: &Link<'_>, peer: &str, _: &Quote) -> Result<(), SendError> {
        sending::act(&graph(link), from(link), peer, "mark_seen").await
    }

    async fn profile(&self, link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
        sending::profile(&graph(link), peer, "name,username,profile_pic").await
    }

    async fn react(&self, link: &Link<'_>, peer: &str, external: &str, emoji: Option<&str>) -> Result<(), SendError> {
        sending::react(&graph(link), from(link), peer, external, emoji).await
    }
}
