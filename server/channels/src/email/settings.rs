//! What an e-mail inbox is told by its form, read into servers, logins and the addresses that are ours. It connects nowhere.

use super::{
    consent, imap,
    kind::Own,
    presets::{self, Tls},
    smtp::{self, Login, Relay},
};
use crate::form::{both, name_field, optional, secret};
use crate::{Descriptor, Link, Settings};
use model::{Bilingual, Field, FieldInput};
use std::sync::LazyLock;

fn protection(key: &'static str, label: Bilingual) -> Field {
    Field {
        input: FieldInput::Choice(vec![
            ("tls".into(), both("TLS", "TLS")),
            ("starttls".into(), both("STARTTLS", "STARTTLS")),
            ("none".into(), both("None (this machine only)", "Nenhuma (só nesta máquina)")),
        ]),
        initial: both("tls", "tls"),
        ..optional(
            key,
            label,
            "",
            both("Port 993 and 465 speak TLS, 143 and 587 STARTTLS.", "As portas 993 e 465 usam TLS; 143 e 587, STARTTLS."),
        )
    }
}

fn password(key: &'static str, label: Bilingual, help: Bilingual) -> Field {
    Field { required: false, ..secret(key, label, help) }
}

fn servers() -> Vec<Field> {
    vec![
        optional(
            "imap_host",
            both("IMAP server", "Servidor IMAP"),
            "imap.acme.com",
            both(
                "Where mail is read; found by itself for known providers.",
                "De onde se lê; descoberto sozinho nos provedores conhecidos.",
            ),
        ),
        optional(
            "imap_port",
            both("IMAP port", "Porta IMAP"),
            "993",
            both("993 unless your provider says otherwise.", "993, salvo indicação do provedor."),
        ),
        protection("imap_security", both("IMAP protection", "Proteção do IMAP")),
        optional(
            "imap_login",
            both("IMAP login", "Login IMAP"),
            "support@acme.com",
            both("The address, if left empty.", "O endereço, se ficar vazio."),
        ),
        password(
            "imap_password",
            both("Password", "Senha"),
            both(
                "Of the mailbox; Gmail, Yahoo and iCloud want an app password.",
                "Da caixa de e-mail; Gmail, Yahoo e iCloud pedem uma senha de app.",
            ),
        ),
        optional(
            "smtp_host",
            both("SMTP server", "Servidor SMTP"),
            "smtp.acme.com",
            both(
                "Where mail is sent; found by itself for known providers.",
                "Por onde se envia; descoberto sozinho nos provedores conhecidos.",
            ),
        ),
        optional("smtp_port", both("SMTP port", "Porta SMTP"), "465", both("465 or 587.", "465 ou 587.")),
        protection("smtp_security", both("SMTP protection", "Proteção do SMTP")),
        optional(
            "smtp_login",
            both("SMTP login", "Login SMTP"),
            "support@acme.com",
            both("The IMAP login, if left empty.", "O login IMAP, se ficar vazio."),
        ),
        password(
            "smtp_password",
            both("SMTP password", "Senha SMTP"),
            both("Only if it is another than the mailbox's.", "Só se for diferente da senha da caixa."),
        ),
    ]
}

fn form() -> Vec<Field> {
    let switch = |key, label, help| Field { input: FieldInput::Switch, initial: both("false", "false"), ..optional(key, label, "", help) };
    let mut form = vec![
        name_field("Support", "Suporte"),
        Field {
            required: true,
            max: 254,
            ..optional(
                "address",
                both("E-mail address", "Endereço de e-mail"),
                "support@acme.com",
                both("Customers write to it, and answers come from it.", "Os clientes escrevem para ele, e as respostas saem dele."),
            )
        },
        Field {
            input: FieldInput::Choice(vec![
                ("mailbox".into(), both("Read the mailbox (IMAP)", "Ler a caixa de e-mail (IMAP)")),
                ("forward".into(), both("Mail is forwarded to us", "Os e-mails são encaminhados")),
            ]),
            initial: both("mailbox", "mailbox"),
            ..optional(
                "mode",
                both("How mail comes in", "Como os e-mails chegam"),
                "",
                both(
                    "Forwarded mail is posted to this inbox's own address by your mail server.",
                    "Os e-mails encaminhados são entregues pelo seu servidor no endereço próprio desta caixa.",
                ),
            )
        },
    ];
    form.extend(servers());
    form.extend([
        optional(
            "business",
            both("Sender's name", "Nome do remetente"),
            "Acme",
            both(
                "What customers see beside the address; the inbox's name if empty.",
                "O que o cliente vê ao lado do endereço; se vazio, o nome da caixa.",
            ),
        ),
        Field {
            input: FieldInput::Choice(vec![
                ("business".into(), both("Acme", "Acme")),
                ("agent".into(), both("Ana from Acme", "Ana da Acme")),
            ]),
            initial: both("business", "business"),
            ..optional(
                "display",
                both("Name style", "Estilo do nome"),
                "",
                both("Whether customers see who answers.", "Se o cliente vê quem responde."),
            )
        },
        Field {
            input: FieldInput::Text,
            max: 2_000,
            ..optional(
                "signature",
                both("Signature", "Assinatura"),
                "{{agent.name}}\nAcme",
                both("Below what a person writes; {{agent.name}} is who it is.", "Abaixo do que uma pessoa escreve; {{agent.name}} é quem escreve."),
            )
        },
        optional(
            "aliases",
            both("Further addresses", "Outros endereços"),
            "sales@acme.com, help@acme.com",
            both("Also yours and in this mailbox; never copied on answers.", "Também seus e nesta caixa; nunca copiados nas respostas."),
        ),
        Field {
            max: 5,
            ..switch(
                "plus",
                both("Plus-addresses work", "Endereços com + funcionam"),
                both(
                    "Mail to support+anything@ reaches this mailbox; answers then find their conversation in every case.",
                    "E-mails para suporte+algo@ chegam a esta caixa; as respostas então sempre encontram sua conversa.",
                ),
            )
        },
        optional(
            "voucher",
            both("Server that vouches for senders", "Servidor que confere remetentes"),
            "mx.acme.com",
            both(
                "The first word of Authentication-Results in mail that arrives here. With it, agents may answer notices by mail.",
                "A primeira palavra de Authentication-Results nos e-mails que chegam aqui. Com ela, atendentes podem responder avisos por e-mail.",
            ),
        ),
        Field {
            required: false,
            ..secret(
                "hook_password",
                both("Password for posted mail", "Senha para e-mails entregues"),
                both(
                    "Your mail server must say it (Basic or Bearer) when it posts mail here.",
                    "Seu servidor deve informá-la (Basic ou Bearer) ao entregar e-mails aqui.",
                ),
            )
        },
        Field {
            input: FieldInput::Choice(vec![
                ("password".into(), both("Password", "Senha")),
                ("google".into(), both("Google", "Google")),
                ("microsoft".into(), both("Microsoft", "Microsoft")),
            ]),
            initial: both("password", "password"),
            ..optional(
                "login",
                both("Signs in with", "Entra com"),
                "",
                both("Set by itself when you sign in at the provider.", "Definido sozinho quando você entra pelo provedor."),
            )
        },
        password(
            "refresh_token",
            both("Consent of the provider", "Autorização do provedor"),
            both("Comes by itself when you sign in there; never typed.", "Vem sozinha quando você entra por lá; não se digita."),
        ),
        Field {
            input: FieldInput::Text,
            max: 20_000,
            ..optional(
                "authority",
                both("Own certificate authority", "Autoridade certificadora própria"),
                "-----BEGIN CERTIFICATE-----",
                both(
                    "PEM, for mail servers of a company that is its own authority.",
                    "PEM, para servidores de empresas com autoridade própria.",
                ),
            )
        },
    ]);
    form
}

/// What the grid and the form show.
pub(super) static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "email",
    name: both("Email", "E-mail"),
    needs: both("A mailbox of yours", "Uma caixa de e-mail sua"),
    guide: both(
        "Address and password are enough at most providers. Gmail, Yahoo and iCloud want an app password, made in the account's security settings.",
        "Na maioria dos provedores bastam o endereço e a senha. Gmail, Yahoo e iCloud pedem uma senha de app, criada nas configurações de segurança da conta.",
    ),
    icon: r#"<rect width="20" height="16" x="2" y="4" rx="2"/><path d="m22 7-8.97 5.7a1.94 1.94 0 0 1-2.06 0L2 7"/>"#,
    form: form(),
});

/// A server of the form, or of the provider that the address belongs to.
pub(super) struct Place {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
}

fn tls(word: &str) -> Tls {
    match word {
        "starttls" => Tls::StartTls,
        "none" => Tls::None,
        _ => Tls::Implicit,
    }
}

/// The word of the form for a protection.
pub(super) const fn word(tls: Tls) -> &'static str {
    match tls {
        Tls::Implicit => "tls",
        Tls::StartTls => "starttls",
        Tls::None => "none",
    }
}

fn said<'s>(settings: &'s Settings, key: &str) -> Option<&'s str> {
    settings.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// Where one of the two protocols is spoken; none where neither the form nor a known provider says.
pub(super) fn place(settings: &Settings, protocol: &str) -> Option<Place> {
    let own = |what: &str| said(settings, &format!("{protocol}_{what}"));
    if let Some(host) = own("host") {
        let tls = tls(own("security").unwrap_or_default());
        let usual = match (protocol, tls) {
            ("imap", Tls::Implicit) => 993,
            ("imap", _) => 143,
            (_, Tls::Implicit) => 465,
            (_, _) => 587,
        };
        return Some(Place { host: host.to_owned(), port: own("port").and_then(|port| port.parse().ok()).unwrap_or(usual), tls });
    }
    let email = address(settings);
    let preset = presets::of(&email, &[])?;
    let server = if protocol == "imap" { preset.imap } else { preset.smtp };
    Some(Place { host: presets::host(server, &email), port: server.port, tls: server.tls })
}

fn address(settings: &Settings) -> String {
    said(settings, "address").unwrap_or_default().to_lowercase()
}

/// The domain our identifiers are made in.
#[must_use]
pub fn domain(settings: &Settings) -> String {
    address(settings).rsplit_once('@').map_or_else(|| "invalid".to_owned(), |(_, domain)| domain.to_owned())
}

/// The address customers write to, in lower case.
#[must_use]
pub fn sender(settings: &Settings) -> String {
    address(settings)
}

/// The server whose word on senders is believed (RFC 8601): the operator's, else that of the provider where the mailbox lies.
#[must_use]
pub fn voucher(settings: &Settings) -> Option<&str> {
    let google = || said(settings, "login") == Some("google") || said(settings, "imap_host") == Some("imap.gmail.com");
    said(settings, "voucher").or_else(|| (google() || address(settings).ends_with("@gmail.com")).then_some("mx.google.com"))
}

/// Whether the inbox reads a mailbox; else mail is posted to it.
#[must_use]
pub fn is_mailbox(settings: &Settings) -> bool {
    said(settings, "mode") != Some("forward")
}

/// Every address that is the inbox's own.
#[must_use]
pub fn own(settings: &Settings) -> Own {
    let aliases = said(settings, "aliases").unwrap_or_default().split([',', ';', ' ', '\n']).map(|a| a.trim().to_lowercase());
    let addresses: Vec<String> = std::iter::once(address(settings)).chain(aliases).filter(|a| a.contains('@')).collect();
    Own { domains: vec![domain(settings)], addresses }
}

/// The inbox's address with a mark behind a plus, where that works and stays within the 64 characters of RFC 5321 section 4.5.3.1.1.
#[must_use]
pub fn plus_address(settings: &Settings, signed: &str) -> Option<String> {
    if said(settings, "plus") != Some("true") {
        return None;
    }
    let address = address(settings);
    let (local, domain) = address.rsplit_once('@')?;
    let mark = signed.strip_prefix("reply+")?.rsplit_once('@')?.0;
    let marked = format!("{local}+conv-{mark}");
    (marked.len() <= 64).then(|| format!("{marked}@{domain}"))
}

fn login(link: &Link<'_>, protocol: &str) -> Option<Login> {
    let user = link.setting(&format!("{protocol}_login")).or_else(|| link.setting("imap_login")).map(str::to_owned);
    if consent::provider(link.settings).is_some() {
        let token = link.secret(consent::ACCESS)?.to_owned();
        return Some(Login::Token { user: user.unwrap_or_else(|| address(link.settings)), token });
    }
    let password = link.secret(&format!("{protocol}_password")).or_else(|| link.secret("imap_password"))?;
    Some(Login::Password { user: user.unwrap_or_else(|| address(link.settings)), password: password.to_owned() })
}

fn authority(link: &Link<'_>) -> Option<Vec<u8>> {
    link.setting("authority").map(|pem| pem.as_bytes().to_vec())
}

/// The mailbox to read, if the inbox reads one and says where.
#[must_use]
pub fn account(link: &Link<'_>) -> Option<imap::Account> {
    let Place { host, port, tls } = place(link.settings, "imap").filter(|_| is_mailbox(link.settings))?;
    Some(imap::Account { host, port, tls, login: login(link, "imap")?, authority: authority(link) })
}

/// The relay to send through, where one is known.
#[must_use]
pub fn relay(link: &Link<'_>) -> Option<Relay> {
    let Place { host, port, tls } = place(link.settings, "smtp")?;
    Some(smtp::Relay { host, port, tls, login: login(link, "smtp"), authority: authority(link), hello: domain(link.settings) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_known_provider_needs_no_servers_and_a_form_outranks_it() {
        let gmail = settings(&[("address", "Loja@Gmail.com")]);
        let found = place(&gmail, "imap").expect("a preset");
        assert_eq!((found.host.as_str(), found.port), ("imap.gmail.com", 993));
        let own = settings(&[("address", "loja@gmail.com"), ("smtp_host", "mail.loja.example"), ("smtp_security", "starttls")]);
        let found = place(&own, "smtp").expect("the form's");
        assert_eq!((found.host.as_str(), found.port, found.tls), ("mail.loja.example", 587, Tls::StartTls));
        assert!(place(&settings(&[("address", "loja@loja.example")]), "imap").is_none());
    }

    #[test]
    fn a_marked_address_never_grows_too_long() {
        let on = |address: &str| settings(&[("address", address), ("plus", "true")]);
        let signed = "reply+1-2.abcdefghijklmnop@loja.example";
        assert_eq!(plus_address(&on("oi@loja.example"), signed).as_deref(), Some("oi+conv-1-2.abcdefghijklmnop@loja.example"));
        assert_eq!(plus_address(&on(&format!("{}@loja.example", "x".repeat(50))), signed), None);
        assert_eq!(plus_address(&settings(&[("address", "oi@loja.example")]), signed), None);
    }
}
