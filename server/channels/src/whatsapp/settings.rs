//! What an operator enters for a number, and arranging its webhook. The form is rendered elsewhere.

use super::outbound::{graph, sorted};
use crate::form::{both, line, name_field, secret};
use crate::meta::verify_token;
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, Paste, SendError, Settings};
use model::Field;
use serde_json::json;
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "whatsapp",
    name: both("WhatsApp", "WhatsApp"),
    needs: both("A WhatsApp Business number", "Um número do WhatsApp Business"),
    guide: both(
        "In Meta's developer console, under WhatsApp, API Setup: both ids. The token is of a system user who never expires, with the permissions whatsapp_business_messaging and whatsapp_business_management.",
        "No console de desenvolvedores da Meta, em WhatsApp, Configuração da API: os dois ids. O token é de um usuário do sistema que não expira, com as permissões whatsapp_business_messaging e whatsapp_business_management.",
    ),
    icon: r#"<path d="M7.9 20A9 9 0 1 0 4 16.1L2 22Z"/>"#,
    form: vec![
        name_field("Acme on WhatsApp", "Acme no WhatsApp"),
        line(
            "phone_number_id",
            both("Phone number ID", "ID do número de telefone"),
            "106540352242922",
            both("Not the number itself: the id below it.", "Não é o número: é o id que aparece abaixo dele."),
        ),
        line(
            "business_account_id",
            both("WhatsApp Business account ID", "ID da conta do WhatsApp Business"),
            "102290129340398",
            both("Templates belong to this account.", "Os modelos pertencem a esta conta."),
        ),
        secret(
            "token",
            both("Access token", "Token de acesso"),
            both("A permanent one, of a system user.", "Permanente, de um usuário do sistema."),
        ),
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

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let number = link.setting("phone_number_id").unwrap_or_default();
    let fields = [("fields", "id,display_phone_number,verified_name,quality_rating")];
    let me = graph(link).get(number, &fields).await.map_err(sorted)?;
    let account = link.setting("business_account_id").unwrap_or_default();
    graph(link).get(&format!("{account}/message_templates"), &[("limit", "1")]).await.map_err(sorted)?;
    let phone = me.text("display_phone_number").unwrap_or_default();
    let mut health = Health {
        name: me.text("verified_name").unwrap_or_else(|| phone.clone()),
        facts: vec![(both("Number", "Número"), phone.clone())],
        learnt: Settings::from([("phone".to_owned(), phone)]),
        warnings: Vec::new(),
    };
    match me.text("quality_rating").as_deref() {
        Some("RED" | "YELLOW") => {
            health.warnings.push(both("Meta rates this number's quality as low.", "A Meta avalia a qualidade deste número como baixa."))
        }
        Some(rating) => health.facts.push((both("Quality", "Qualidade"), rating.to_owned())),
        None => {}
    }
    health.warnings.extend(crate::meta::warnings(link));
    Ok(health)
}

/// Subscribes the app and gives this number our address; Meta shakes hands with us meanwhile. What Meta does not take is left to a person.
pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let account = link.setting("business_account_id").unwrap_or_default();
    let number = link.setting("phone_number_id").unwrap_or_default();
    graph(link).post(&format!("{account}/subscribed_apps"), &json!({})).await.map_err(sorted)?;
    let token = verify_token(link).unwrap_or_default();
    let wanted = json!({"webhook_configuration": {"override_callback_uri": link.hook_url, "verify_token": token}});
    let by_hand = match graph(link).post(number, &wanted).await.map_err(sorted) {
        Ok(_) => Vec::new(),
        Err(SendError::Disconnected { why }) => return Err(SendError::Disconnected { why }),
        Err(_) => vec![
            Paste { label: both("Callback URL", "URL de callback"), value: link.hook_url.to_owned() },
            Paste { label: both("Verify token", "Token de verificação"), value: token },
        ],
    };
    Ok(Connected { by_hand, ..Connected::default() })
}

pub(super) async fn disconnect(link: &Link<'_>) -> Result<(), SendError> {
    let number = link.setting("phone_number_id").unwrap_or_default();
    let nothing = json!({"webhook_configuration": {"override_callback_uri": ""}});
    graph(link).post(number, &nothing).await.map(drop).map_err(sorted)
}
