//! What an operator enters for a number or a service, and arranging its webhook. The form is rendered elsewhere.

use super::outbound::{address, dressed, judge};
use crate::form::{both, line, name_field, optional, secret};
use crate::pick::Pick;
use crate::{Connected, Descriptor, Health, Link, Paste, SendError, Settings};
use model::{Field, FieldInput};
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "twilio",
    name: both("SMS and WhatsApp (Twilio)", "SMS e WhatsApp (Twilio)"),
    needs: both("A number or sender at Twilio", "Um número ou remetente na Twilio"),
    guide: both(
        "The Twilio console shows the account SID and the auth token on its first page, and numbers and messaging services under Messaging.",
        "O console da Twilio mostra o SID da conta e o token na primeira página, e os números e serviços de mensagens em Messaging.",
    ),
    icon: r#"<rect width="14" height="20" x="5" y="2" rx="2"/><path d="M12 18h.01"/>"#,
    form: vec![
        name_field("Acme by SMS", "Acme por SMS"),
        Field {
            input: FieldInput::Choice(vec![
                ("sms".into(), both("SMS and MMS", "SMS e MMS")),
                ("whatsapp".into(), both("WhatsApp", "WhatsApp")),
            ]),
            initial: both("sms", "sms"),
            ..line("medium", both("Medium", "Meio"), "", both("What this number carries.", "O que este número carrega."))
        },
        line(
            "account_sid",
            both("Account SID", "SID da conta"),
            "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            both("AC and 32 more characters.", "AC e mais 32 caracteres."),
        ),
        secret(
            "auth_token",
            both("Auth token", "Token de autenticação"),
            both("Also proves that calls come from Twilio.", "Também prova que as chamadas vêm da Twilio."),
        ),
        optional(
            "phone",
            both("Phone number", "Número de telefone"),
            "+5511912345678",
            both(
                "With + and the country's code. Or a messaging service below.",
                "Com + e o código do país. Ou um serviço de mensagens abaixo.",
            ),
        ),
        optional(
            "messaging_service_sid",
            both("Messaging service SID", "SID do serviço de mensagens"),
            "MGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            both("Instead of a number, or beside it.", "No lugar de um número, ou junto com ele."),
        ),
        optional(
            "api_key_sid",
            both("API key SID", "SID da chave de API"),
            "SKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            both("Only if you send with an API key.", "Só se você envia com uma chave de API."),
        ),
        Field {
            required: false,
            ..secret(
                "api_key_secret",
                both("API key secret", "Segredo da chave de API"),
                both("Belongs to the API key.", "Pertence à chave de API."),
            )
        },
        Field {
            required: false,
            ..secret(
                "shared_key",
                both("Webhook shared key", "Chave compartilhada do webhook"),
                both("Only if Twilio signs with HMAC-SHA256.", "Só se a Twilio assina com HMAC-SHA256."),
            )
        },
    ],
});

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    let account = judge(&dressed(link, link.http.get(&address(link, ".json"))).send().await?);
    let (name, status) = match account {
        Ok(account) => (account.text("friendly_name").unwrap_or_default(), account.text("status").unwrap_or_default()),
        // A restricted key may not look at the account, but at messages.
        Err(SendError::Disconnected { .. } | SendError::Refused { .. }) if link.setting("api_key_sid").is_some() => {
            judge(&dressed(link, link.http.get(&address(link, "/Messages.json?PageSize=1"))).send().await?)?;
            (String::new(), String::new())
        }
        Err(error) => return Err(error),
    };
    let sender = link.setting("phone").or_else(|| link.setting("messaging_service_sid")).unwrap_or_default().to_owned();
    let mut health = Health { name, facts: vec![(both("Sender", "Remetente"), sender.clone())], ..Health::default() };
    if sender.is_empty() {
        health.warnings.push(both("Neither a number nor a messaging service is set.", "Falta um número ou um serviço de mensagens."));
    }
    if matches!(status.as_str(), "suspended" | "closed") {
        return Err(SendError::disconnected(format!("the account is {status}")));
    }
    Ok(health)
}

/// Numbers and services take our address by call; WhatsApp senders are set in the console.
pub(super) async fn connect(link: &Link<'_>) -> Result<Connected, SendError> {
    let by_hand = || {
        let label = both("When a message comes in (POST)", "Quando uma mensagem chega (POST)");
        let settings = Settings::new();
        Connected { by_hand: vec![Paste { label, value: link.hook_url.to_owned() }], settings, ..Connected::default() }
    };
    if super::whatsapp(link.settings) {
        return Ok(by_hand());
    }
    let set = match (link.setting("messaging_service_sid"), link.setting("phone")) {
        (Some(service), _) => service_hook(link, service).await,
        (None, Some(phone)) => number_hook(link, phone).await,
        (None, None) => return Ok(by_hand()),
    };
    match set {
        Ok(true) => Ok(Connected::default()),
        Ok(false) | Err(SendError::Refused { .. }) => Ok(by_hand()),
        Err(error) => Err(error),
    }
}

async fn service_hook(link: &Link<'_>, service: &str) -> Result<bool, SendError> {
    let base = link.app("twilio.messaging_base").unwrap_or_default();
    let form = [("InboundRequestUrl", link.hook_url), ("InboundMethod", "POST"), ("UseInboundWebhookOnNumber", "false")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    judge(&dressed(link, link.http.post(&format!("{base}/v1/Services/{service}")).form(form)).send().await?).map(|_| true)
}

/// Whether the number was found and set.
async fn number_hook(link: &Link<'_>, phone: &str) -> Result<bool, SendError> {
    let call = link.http.get(&address(link, "/IncomingPhoneNumbers.json")).query("PhoneNumber", phone);
    let found = judge(&dressed(link, call).send().await?)?;
    let Some(sid) = found.list("incoming_phone_numbers").first().and_then(|number| number.text("sid")) else { return Ok(false) };
    let form = [("SmsUrl", link.hook_url), ("SmsMethod", "POST")].map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let call = link.http.post(&address(link, &format!("/IncomingPhoneNumbers/{sid}.json"))).form(form);
    judge(&dressed(link, call).send().await?).map(|_| true)
}
