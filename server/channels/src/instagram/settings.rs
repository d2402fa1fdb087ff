//! What an operator enters for an account, subscribing to it, and renewing its token. The form is rendered elsewhere.

use super::{by_page, from, graph};
use crate::form::{both, line, name_field, optional, secret};
use crate::meta::sending::sorted;
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, Reason, SendError, Settings, meta};
use model::{Field, FieldInput};
use serde_json::json;
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "instagram",
    name: both("Instagram", "Instagram"),
    needs: both("A professional account", "Uma conta profissional"),
    guide: both(
        "In Meta's developer console, under Instagram, API setup: add the account and generate its token. In the Instagram app, allow access to messages.",
        "No console de desenvolvedores da Meta, em Instagram, Configuração da API: adicione a conta e gere o token dela. No aplicativo do Instagram, permita o acesso às mensagens.",
    ),
    icon: r#"<rect width="20" height="20" x="2" y="2" rx="5"/><path d="M16 11.37A4 4 0 1 1 12.63 8 4 4 0 0 1 16 11.37z"/><path d="M17.5 6.5h.01"/>"#,
    form: vec![
        name_field("@acme", "@acme"),
        Field {
            input: FieldInput::Choice(vec![
                ("instagram".into(), both("Instagram's own login", "Login do Instagram")),
                ("page".into(), both("The Facebook page", "A página do Facebook")),
            ]),
            initial: both("instagram", "instagram"),
            ..line("login", both("Connected by", "Conectado por"), "", both("Which kind of token it is.", "De que tipo é o token."))
        },
        secret("token", both("Access token", "Token de acesso"), both("Of the account, or of the page.", "Da conta, ou da página.")),
        optional(
            "page_id",
            both("Page ID", "ID da página"),
            "104927349127",
            both("Only by the Facebook page.", "Só pela página do Facebook."),
        ),
        Field {
            required: false,
            ..secret(
                "app_secret",
                both("App secret", "Chave secreta do aplicativo"),
                both(
                    "Instagram's or Meta's. May stay empty where the installation has its own app.",
                    "Do Instagram ou da Meta. Pode ficar vazia se a instalação já tem um aplicativo.",
                ),
            )
        },
    ],
});

/// `id` of `/me` is the app's own; webhooks carry `user_id`.
pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let (account, me) = if by_page(link) {
        let found = graph(link).get(from(link), &[("fields", "instagram_business_account{id,username,name}")]).await.map_err(sorted)?;
        let me = found.at("instagram_business_account").clone();
        (me.text("id"), me)
    } else {
        let me = graph(link).get("me", &[("fields", "id,user_id,username,name,account_type")]).await.map_err(sorted)?;
        (me.text("user_id"), me)
    };
    let account = account.ok_or_else(|| SendError::refused(Reason::SenderSetup, "no professional account is linked"))?;
    let username = me.text("username").unwrap_or_default();
    Ok(Health {
        name: me.text("name").unwrap_or_else(|| username.clone()),
        facts: vec![(both("Account", "Conta"), format!("@{username}"))],
        learnt: Settings::from([("account_id".to_owned(), account), ("username".to_owned(), username)]),
        warnings: meta::warnings(link),
    })
}

const FIELDS: &str = "messages,message_reactions,messaging_seen,messaging_postbacks,messaging_referral,message_edit";

/// On a page any field switches Instagram's deliveries on.
pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let fields = if by_page(link) { "messages" } else { FIELDS };
    graph(link).post(&format!("{}/subscribed_apps", from(link)), &json!({"subscribed_fields": fields})).await.map_err(sorted)?;
    Ok(Connected { by_hand: meta::by_hand(link), ..Connected::default() })
}

/// Another sixty days; a token must be a day old for it.
pub(super) async fn renew(link: &Link<'_>) -> Result<Option<Connected>, SendError> {
    let token = link.secret("token").unwrap_or_default();
    let address = format!("{}/refresh_access_token", link.base("meta.instagram_base"));
    let call = link.http.get(&address).confidential().query("grant_type", "ig_refresh_token").query("access_token", token);
    let found = meta::judge(&call.send().await?).map_err(sorted)?;
    let Some(token) = found.text("access_token") else { return Ok(None) };
    let until = link.now.plus(found.whole("expires_in").unwrap_or(0) * 1000);
    let settings = Settings::from([("token_until".to_owned(), until.0.to_string())]);
    Ok(Some(Connected { secrets: Settings::from([("token".to_owned(), token)]), settings, ..Connected::default() }))
}
