//! What an operator enters, and arranging the webhook. The form is rendered elsewhere.

use super::outbound::{get, judge};
use crate::form::{both, name_field, secret};
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, Paste, SendError, Settings};
use serde_json::json;
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "line",
    name: both("LINE", "LINE"),
    needs: both("A Messaging API channel", "Um canal da Messaging API"),
    guide: both(
        "In the LINE Developers console, open the channel: the secret is under Basic settings, the long-lived token under Messaging API. Switch webhooks on there, and automatic replies off.",
        "No console LINE Developers, abra o canal: a chave secreta está em Basic settings e o token de longa duração em Messaging API. Ative ali os webhooks e desative as respostas automáticas.",
    ),
    icon: r#"<path d="M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/>"#,
    form: vec![
        name_field("Acme on LINE", "Acme no LINE"),
        secret(
            "channel_secret",
            both("Channel secret", "Chave secreta do canal"),
            both("It proves that calls come from LINE.", "Com ela se prova que as chamadas vêm do LINE."),
        ),
        secret("token", both("Channel access token", "Token de acesso do canal"), both("The long-lived one.", "O de longa duração.")),
    ],
});

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let me = get(link, "/v2/bot/info").await?;
    let mut health = Health {
        name: me.text("displayName").unwrap_or_default(),
        facts: vec![(both("Account", "Conta"), me.text("basicId").unwrap_or_default())],
        learnt: Settings::from([("bot_user_id".to_owned(), me.text("userId").unwrap_or_default())]),
        warnings: Vec::new(),
    };
    if me.text("chatMode").as_deref() == Some("chat") {
        health.warnings.push(both(
            "Staff can also answer in LINE's own app; those answers are not shown here.",
            "A equipe também pode responder no aplicativo do LINE; essas respostas não aparecem aqui.",
        ));
    }
    if let Ok(hook) = get(link, "/v2/bot/channel/webhook/endpoint").await {
        if !hook.yes("active") {
            health.warnings.push(both("\"Use webhook\" is off in the console.", "\"Use webhook\" está desligado no console."));
        }
        if hook.text("endpoint").is_some_and(|endpoint| endpoint != link.hook_url) {
            health.warnings.push(both("The channel delivers to another address.", "O canal entrega em outro endereço."));
        }
    }
    if let (Ok(quota), Ok(used)) = (get(link, "/v2/bot/message/quota").await, get(link, "/v2/bot/message/quota/consumption").await)
        && let (Some(most), Some(used)) = (quota.whole("value"), used.whole("totalUsage"))
    {
        health.facts.push((both("Messages this month", "Mensagens neste mês"), format!("{used} / {most}")));
    }
    Ok(health)
}

/// The address can be set by call; the switch "Use webhook" cannot.
pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let address = format!("{}/v2/bot/channel/webhook/endpoint", link.base("line.api_base"));
    let token = link.secret("token").unwrap_or_default();
    let set = judge(&link.http.put(&address).bearer(token).json(&json!({"endpoint": link.hook_url})).send().await?);
    let by_hand = match set {
        Err(SendError::Refused { .. }) => vec![Paste { label: both("Webhook URL", "URL do webhook"), value: link.hook_url.to_owned() }],
        Err(error) => return Err(error),
        Ok(_) => match get(link, "/v2/bot/channel/webhook/endpoint").await {
            Ok(hook) if hook.yes("active") => Vec::new(),
            _ => vec![Paste {
                label: both("In the console, switch \"Use webhook\" on for", "No console, ative \"Use webhook\" para"),
                value: link.hook_url.to_owned(),
            }],
        },
    };
    Ok(Connected { by_hand, ..Connected::default() })
}
