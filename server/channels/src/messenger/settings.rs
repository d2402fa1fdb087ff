//! What an operator enters for a page, and subscribing to it. The form is rendered elsewhere.

use super::{graph, page};
use crate::form::{both, line, name_field, secret};
use crate::meta::sending::sorted;
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, SendError, meta};
use model::Field;
use serde_json::json;
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "messenger",
    name: both("Messenger", "Messenger"),
    needs: both("A Facebook page", "Uma página do Facebook"),
    guide: both(
        "In Meta's developer console, under Messenger, API Settings: add the page and generate its token. The page's id is on its About page.",
        "No console de desenvolvedores da Meta, em Messenger, Configurações da API: adicione a página e gere o token dela. O id da página está na aba Sobre.",
    ),
    icon: r#"<path d="M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/>"#,
    form: vec![
        name_field("Acme's page", "Página da Acme"),
        line("page_id", both("Page ID", "ID da página"), "104927349127", both("Digits only.", "Só números.")),
        secret("token", both("Page access token", "Token de acesso da página"), both("One that does not expire.", "Um que não expira.")),
        Field {
            required: false,
            ..secret(
                "app_secret",
                both("App secret", "Chave secreta do aplicativo"),
                both(
                    "Under App settings, Basic. May stay empty where the installation has its own app.",
                    "Em Configurações do aplicativo, Básico. Pode ficar vazia se a instalação já tem um aplicativo.",
                ),
            )
        },
    ],
});

/// Everything we read.
const FIELDS: &str =
    "messages,message_deliveries,message_reads,message_echoes,message_reactions,message_edits,messaging_postbacks,messaging_referrals";

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let me = graph(link).get(page(link), &[("fields", "id,name")]).await.map_err(sorted)?;
    Ok(Health { name: me.text("name").unwrap_or_default(), warnings: meta::warnings(link), ..Health::default() })
}

pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let body = json!({"subscribed_fields": FIELDS});
    graph(link).post(&format!("{}/subscribed_apps", page(link)), &body).await.map_err(sorted)?;
    Ok(Connected { by_hand: meta::by_hand(link), ..Connected::default() })
}
