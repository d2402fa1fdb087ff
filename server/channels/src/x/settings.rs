//! What an operator enters for an account on X, and arranging webhook and subscriptions. The form is rendered elsewhere.

use super::oauth;
use super::outbound::{judge, post};
use crate::form::{both, line, name_field, secret};
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, Paste, SendError, Settings};
use model::Field;
use serde_json::json;
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "x",
    name: both("X", "X"),
    needs: both(
        "A developer app with paid credits. Encrypted chats cannot leave X; without credits, use the API channel",
        "Um aplicativo de desenvolvedor com créditos pagos. Chats criptografados não saem do X; sem créditos, use o canal API",
    ),
    guide: both(
        "In X's developer console, open your app, Keys and tokens: all five. X charges for each message in and out, and shows end-to-end encrypted chats to nobody but its own apps; for anything else use the API channel.",
        "No console de desenvolvedores do X, abra o seu aplicativo, Keys and tokens: os cinco valores. O X cobra por mensagem recebida e enviada, e chats criptografados só aparecem nos aplicativos do X; para o resto, use o canal API.",
    ),
    icon: r#"<path d="M4 4l11.733 16h4.267l-11.733 -16z"/><path d="M4 20l6.768 -6.768m2.46 -2.46l6.772 -6.772"/>"#,
    form: vec![
        name_field("@acme", "@acme"),
        line("consumer_key", both("API key", "Chave da API"), "", both("Also called consumer key.", "Também chamada de consumer key.")),
        secret(
            "consumer_secret",
            both("API key secret", "Segredo da chave da API"),
            both("Also proves that calls come from X.", "Também prova que as chamadas vêm do X."),
        ),
        secret(
            "token",
            both("Access token", "Token de acesso"),
            both("With the right to read and write direct messages.", "Com direito de ler e escrever mensagens diretas."),
        ),
        secret(
            "token_secret",
            both("Access token secret", "Segredo do token de acesso"),
            both("Belongs to the access token.", "Pertence ao token de acesso."),
        ),
        Field {
            required: false,
            ..secret(
                "bearer",
                both("Bearer token", "Token bearer"),
                both("Without it you arrange the webhook yourself.", "Sem ele, você mesmo configura o webhook."),
            )
        },
    ],
});

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let url = format!("{}/2/users/me", link.base("x.api_base"));
    let me = judge(link, &oauth::dressed(link, link.http.get(&url), "GET", &url, "check").send().await?)?;
    let (id, username) = (me.text("data.id").unwrap_or_default(), me.text("data.username").unwrap_or_default());
    Ok(Health {
        name: me.text("data.name").unwrap_or_else(|| username.clone()),
        facts: vec![(both("Account", "Conta"), format!("@{username}"))],
        learnt: Settings::from([("user_id".to_owned(), id), ("username".to_owned(), username)]),
        warnings: vec![both(
            "Conversations that moved to encrypted chat can be read only on X.",
            "Conversas que passaram para o chat criptografado só podem ser lidas no X.",
        )],
    })
}

/// The kinds of event we read.
const EVENTS: [&str; 5] = ["dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received"];

/// Registers our address, which X tries at once, and subscribes this account. Without the app's token a person does it.
pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let by_hand = || Connected {
        by_hand: vec![Paste { label: both("Webhook URL", "URL do webhook"), value: link.hook_url.to_owned() }],
        ..Connected::default()
    };
    let (Some(bearer), Some(user)) = (link.secret("bearer"), link.setting("user_id")) else { return Ok(by_hand()) };
    let address = format!("{}/2/webhooks", link.base("x.api_base"));
    let known = judge(link, &link.http.get(&address).bearer(bearer).send().await?)?;
    let ours = known.list("data").iter().find(|hook| hook.text("url").as_deref() == Some(link.hook_url)).and_then(|hook| hook.text("id"));
    let webhook = match ours {
        Some(id) => id,
        None => match judge(link, &link.http.post(&address).bearer(bearer).json(&json!({"url": link.hook_url})).send().await?) {
            Ok(made) => made.text("data.id").or_else(|| made.text("id")).unwrap_or_default(),
            Err(SendError::Refused { .. }) => return Ok(by_hand()),
            Err(error) => return Err(error),
        },
    };
    for event in EVENTS {
        let body = json!({"event_type": event, "filter": {"user_id": user}, "tag": "recado", "webhook_id": webhook});
        match post(link, "/2/activity/subscriptions", &body, event).await {
            // Subscribed before, or an event this app may not have.
            Ok(_) | Err(SendError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let settings = Settings::from([("webhook_id".to_owned(), webhook)]);
    Ok(Connected { settings, ..Connected::default() })
}
