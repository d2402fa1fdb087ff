//! Channels that are announced in the grid but not built yet, said honestly. Each leaves this list when its folder arrives.

use model::{Bilingual, ChannelCard, ChannelKind};
use std::borrow::Cow;

const MAIL: &str = r#"<rect width="20" height="16" x="2" y="4" rx="2"/><path d="m22 7-8.97 5.7a1.94 1.94 0 0 1-2.06 0L2 7"/>"#;
const PHONE: &str = r#"<path d="M7.9 20A9 9 0 1 0 4 16.1L2 22Z"/>"#;
const CAMERA: &str = r#"<rect width="20" height="20" x="2" y="2" rx="5"/><path d="M16 11.37A4 4 0 1 1 12.63 8 4 4 0 0 1 16 11.37z"/><path d="M17.5 6.5h.01"/>"#;
const BUBBLE: &str = r#"<path d="M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/>"#;
const PLANE: &str = r#"<path d="m22 2-7 20-4-9-9-4Z"/><path d="M22 2 11 13"/>"#;
const TEXT: &str = r#"<rect width="14" height="20" x="5" y="2" rx="2"/><path d="M12 18h.01"/>"#;
const CODE: &str = r#"<path d="m16 18 6-6-6-6"/><path d="m8 6-6 6 6 6"/>"#;

/// Their cards, in the order of the grid.
#[must_use]
pub fn coming() -> Vec<ChannelCard> {
    let card =
        |kind: &'static str, en: &'static str, pt: &'static str, icon: &'static str, needs_en: &'static str, needs_pt: &'static str| {
            ChannelCard {
                kind: ChannelKind(Cow::Borrowed(kind)),
                name: Bilingual { en: en.into(), pt: pt.into() },
                needs: Bilingual { en: needs_en.into(), pt: needs_pt.into() },
                icon: icon.into(),
                available: false,
                connected: 0,
                form: Vec::new(),
            }
        };
    vec![
        card("whatsapp", "WhatsApp", "WhatsApp", PHONE, "A WhatsApp Business number", "Um número do WhatsApp Business"),
        card("instagram", "Instagram", "Instagram", CAMERA, "A professional account", "Uma conta profissional"),
        card("messenger", "Messenger", "Messenger", BUBBLE, "A Facebook page", "Uma página do Facebook"),
        card("telegram", "Telegram", "Telegram", PLANE, "A bot and its token", "Um bot e o token dele"),
        card("email", "Email", "E-mail", MAIL, "A mailbox of yours", "Uma caixa de e-mail sua"),
        card("line", "LINE", "LINE", BUBBLE, "A Messaging API channel", "Um canal da Messaging API"),
        card("sms", "SMS", "SMS", TEXT, "A number at a provider", "Um número em um provedor"),
        card("api", "API", "API", CODE, "Your own app", "O seu próprio aplicativo"),
    ]
}
