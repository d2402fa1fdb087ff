//! What an operator enters for a number, and what they paste at Bandwidth. The form is rendered elsewhere.

use super::outbound::{address, dressed, judge};
use crate::form::{both, line, name_field, secret};
use crate::{Connected, Descriptor, Health, Link, Paste, SendError, proof};
use std::sync::LazyLock;

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "bandwidth",
    name: both("SMS (Bandwidth)", "SMS (Bandwidth)"),
    needs: both("A number at Bandwidth", "Um número na Bandwidth"),
    guide: both(
        "In the Bandwidth dashboard: the account ID, an API user with its secret, and under Applications the messaging application of the number.",
        "No painel da Bandwidth: o ID da conta, um usuário de API com seu segredo e, em Applications, a aplicação de mensagens do número.",
    ),
    icon: r#"<rect width="14" height="20" x="5" y="2" rx="2"/><path d="M12 18h.01"/>"#,
    form: vec![
        name_field("Acme by SMS", "Acme por SMS"),
        line("account_id", both("Account ID", "ID da conta"), "5000000", both("Digits only.", "Só números.")),
        line(
            "application_id",
            both("Application ID", "ID da aplicação"),
            "93de2206-9669-4e07-948d-329f4b722ee2",
            both("Of the messaging application.", "Da aplicação de mensagens."),
        ),
        line(
            "phone",
            both("Phone number", "Número de telefone"),
            "+12025550100",
            both("With + and the country's code.", "Com + e o código do país."),
        ),
        line("api_user", both("API user", "Usuário da API"), "", both("Or the API token.", "Ou o token da API.")),
        secret("api_secret", both("API secret", "Segredo da API"), both("Of that user.", "Desse usuário.")),
    ],
});

/// Name and password of Bandwidth's calls: kept, or made from the secret that only Bandwidth and we know.
pub(super) fn hook(link: &Link<'_>) -> Option<(String, String)> {
    if let (Some(user), Some(password)) = (link.secret("hook_user"), link.secret("hook_password")) {
        return Some((user.to_owned(), password.to_owned()));
    }
    let made = proof::sign_hex(link.secret("api_secret")?, b"bandwidth webhook");
    Some(("recado".to_owned(), made[..32].to_owned()))
}

pub(super) async fn check(link: &Link<'_>) -> Result<Health, SendError> {
    judge(&dressed(link, link.http.get(&address(link, "/media"))).send().await?)?;
    let phone = link.setting("phone").unwrap_or_default().to_owned();
    Ok(Health { name: phone.clone(), facts: vec![(both("Number", "Número"), phone)], ..Health::default() })
}

/// The dashboard alone sets addresses.
pub(super) fn by_hand(link: &Link<'_>) -> Connected {
    let (user, password) = hook(link).unwrap_or_default();
    let paste = |label, value: &str| Paste { label, value: value.to_owned() };
    Connected {
        by_hand: vec![
            paste(both("Inbound callback URL", "URL de callback de entrada"), link.hook_url),
            paste(both("Status callback URL", "URL de callback de status"), link.hook_url),
            paste(both("Callback user", "Usuário do callback"), &user),
            paste(both("Callback password", "Senha do callback"), &password),
        ],
        ..Connected::default()
    }
}
