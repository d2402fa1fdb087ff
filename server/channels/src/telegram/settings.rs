//! What an operator enters, and arranging the webhook by it. The form is rendered elsewhere.

use super::wire;
use crate::form::{both, name_field, optional, secret};
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, SendError, Settings, proof};
use serde_json::json;
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "telegram",
    name: both("Telegram", "Telegram"),
    needs: both("A bot and its token", "Um bot e o token dele"),
    guide: both(
        "In Telegram, write /newbot to @BotFather and follow it; at the end it shows the token. The webhook is arranged for you.",
        "No Telegram, escreva /newbot para o @BotFather e siga os passos; no fim ele mostra o token. O webhook é configurado sozinho.",
    ),
    icon: r#"<path d="m22 2-7 20-4-9-9-4Z"/><path d="M22 2 11 13"/>"#,
    form: vec![
        name_field("Acme on Telegram", "Acme no Telegram"),
        secret(
            "token",
            both("Bot token", "Token do bot"),
            both("Digits, a colon and 35 characters, from @BotFather.", "Números, dois-pontos e 35 caracteres, do @BotFather."),
        ),
        optional(
            "api_base",
            both("Bot API server", "Servidor da Bot API"),
            "https://api.telegram.org",
            both("Only for a Bot API server of your own.", "Só para um servidor próprio da Bot API."),
        ),
    ],
});

/// Every kind of update we read; reactions come only when asked for by name.
const UPDATES: [&str; 9] = [
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
];

/// What Telegram must say with every call: kept, or made from the token, which only Telegram and we know.
pub(super) fn hook_secret(link: &Link<'_>) -> Option<String> {
    if let Some(kept) = link.secret("hook_secret") {
        return Some(kept.to_owned());
    }
    link.secret("token").map(|token| proof::sign_hex(token, b"telegram webhook"))
}

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let me = wire::call(link, "getMe", &json!({})).await?;
    let username = me.text("username").unwrap_or_default();
    let mut health = Health {
        name: me.text("first_name").unwrap_or_else(|| username.clone()),
        facts: vec![(both("Bot", "Bot"), format!("@{username}"))],
        learnt: Settings::from([("bot_id".to_owned(), me.text("id").unwrap_or_default()), ("username".to_owned(), username)]),
        warnings: Vec::new(),
    };
    if let Ok(hook) = wire::call(link, "getWebhookInfo", &json!({})).await {
        if hook.text("url").is_some_and(|url| url != link.hook_url) {
            health.warnings.push(both("The bot delivers to another address.", "O bot entrega em outro endereço."));
        }
        if let Some(waiting) = hook.whole("pending_update_count").filter(|n| *n > 0) {
            health.facts.push((both("Waiting at Telegram", "Aguardando no Telegram"), waiting.to_string()));
        }
        if let Some(error) = hook.text("last_error_message") {
            health.facts.push((both("Telegram's last error", "Último erro do Telegram"), error));
        }
    }
    Ok(health)
}

pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let body = json!({
        "url": link.hook_url,
        "secret_token": hook_secret(link),
        "allowed_updates": UPDATES,
        "max_connections": 40,
    });
    wire::call(link, "setWebhook", &body).await?;
    Ok(Connected::default())
}
