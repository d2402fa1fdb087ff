//! What is known of mail providers, so that setting up asks for an address and a password: servers, ports, and what to do first. It connects nowhere.

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (IMAP 993, SMTP 465).
    Implicit,
    /// By STARTTLS, which is demanded: without it nothing is sent (SMTP 587).
    StartTls,
    /// Not at all: allowed towards this machine only.
    None,
}

/// One server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name; `{domain}` stands for the address's own domain.
    pub host: &'static str,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
}

/// How a provider lets programs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// With the mailbox's password.
    Password,
    /// With a password made for one program.
    AppPassword,
    /// Through Google's consent page, or with an app password.
    Google,
    /// Through Microsoft's consent page only.
    Microsoft,
}

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name as people know it.
    pub name: &'static str,
    /// Domains of its public mailboxes.
    pub domains: &'static [&'static str],
    /// Parts of the MX hosts of domains it serves.
    pub exchanges: &'static [&'static str],
    /// Where mail is read.
    pub imap: Server,
    /// Where mail is sent.
    pub smtp: Server,
    /// How to sign in.
    pub sign_in: SignIn,
    /// What to do first, in English.
    pub help_en: &'static str,
    /// What to do first, in Brazilian Portuguese.
    pub help_pt: &'static str,
}

const fn implicit(host: &'static str, port: u16) -> Server {
    Server { host, port, tls: Tls::Implicit }
}

const fn starttls(host: &'static str) -> Server {
    Server { host, port: 587, tls: Tls::StartTls }
}

const PASSWORD_EN: &str = "Use the mailbox's own address and password.";
const PASSWORD_PT: &str = "Use o endereço e a senha da própria caixa de e-mail.";
const PANEL_EN: &str = "Use the mailbox's full address and its password, not the one of the hosting panel.";
const PANEL_PT: &str = "Use o endereço completo e a senha da caixa de e-mail, não a do painel de hospedagem.";
const ENABLE_EN: &str = "First allow access by mail programs (IMAP) in the settings of the webmail, then use the address and password.";
const ENABLE_PT: &str =
    "Primeiro permita o acesso por programas de e-mail (IMAP) nas configurações do webmail; depois use o endereço e a senha.";

/// Every provider, the commonest of our customers first.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "Gmail",
        domains: &["gmail.com", "googlemail.com"],
        exchanges: &["google.com", "googlemail.com"],
        imap: implicit("imap.gmail.com", 993),
        smtp: implicit("smtp.gmail.com", 465),
        sign_in: SignIn::Google,
        help_en: "Sign in with Google; or turn on 2-Step Verification and create an app password at myaccount.google.com/apppasswords.",
        help_pt: "Entre com o Google; ou ative a verificação em duas etapas e crie uma senha de app em myaccount.google.com/apppasswords.",
    },
    Preset {
        name: "Outlook",
        domains: &["outlook.com", "outlook.com.br", "hotmail.com", "hotmail.com.br", "live.com", "msn.com", "windowslive.com"],
        exchanges: &["mail.protection.outlook.com", "outlook.com"],
        imap: implicit("outlook.office365.com", 993),
        smtp: starttls("smtp-mail.outlook.com"),
        sign_in: SignIn::Microsoft,
        help_en: "Sign in with Microsoft: passwords no longer work for mail programs.",
        help_pt: "Entre com a Microsoft: senhas já não funcionam para programas de e-mail.",
    },
    Preset {
        name: "Yahoo",
        domains: &["yahoo.com", "yahoo.com.br", "ymail.com", "rocketmail.com", "myyahoo.com"],
        exchanges: &["yahoodns.net"],
        imap: implicit("imap.mail.yahoo.com", 993),
        smtp: implicit("smtp.mail.yahoo.com", 465),
        sign_in: SignIn::AppPassword,
        help_en: "Under Account security, create an app password and use it here.",
        help_pt: "Em Segurança da conta, crie uma senha de app e use-a aqui.",
    },
    Preset {
        name: "iCloud",
        domains: &["icloud.com", "me.com", "mac.com"],
        exchanges: &["mail.icloud.com"],
        imap: implicit("imap.mail.me.com", 993),
        smtp: starttls("smtp.mail.me.com"),
        sign_in: SignIn::AppPassword,
        help_en: "At account.apple.com, create an app-specific password and use it here.",
        help_pt: "Em account.apple.com, crie uma senha específica de app e use-a aqui.",
    },
    Preset {
        name: "UOL",
        domains: &["uol.com.br"],
        exchanges: &["uol.com.br"],
        imap: implicit("imap.uol.com.br", 993),
        smtp: starttls("smtps.uol.com.br"),
        sign_in: SignIn::Password,
        help_en: ENABLE_EN,
        help_pt: ENABLE_PT,
    },
    Preset {
        name: "BOL",
        domains: &["bol.com.br"],
        exchanges: &["bol.com.br"],
        imap: implicit("imap.bol.com.br", 993),
        smtp: starttls("smtps.bol.com.br"),
        sign_in: SignIn::Password,
        help_en: ENABLE_EN,
        help_pt: ENABLE_PT,
    },
    Preset {
        name: "Terra",
        domains: &["terra.com.br"],
        exchanges: &["terra.com"],
        imap: implicit("imap.terra.com.br", 993),
        smtp: starttls("smtp.terra.com.br"),
        sign_in: SignIn::Password,
        help_en: PASSWORD_EN,
        help_pt: PASSWORD_PT,
    },
    Preset {
        name: "iG",
        domains: &["ig.com.br"],
        exchanges: &["ig.com.br"],
        imap: implicit("imap.ig.com.br", 993),
        smtp: implicit("smtp.ig.com.br", 465),
        sign_in: SignIn::Password,
        help_en: PASSWORD_EN,
        help_pt: PASSWORD_PT,
    },
    Preset {
        name: "Locaweb",
        domains: &[],
        exchanges: &["locaweb.com.br", "email.locaweb.com.br"],
        imap: implicit("email-ssl.com.br", 993),
        smtp: implicit("email-ssl.com.br", 465),
        sign_in: SignIn::Password,
        help_en: PANEL_EN,
        help_pt: PANEL_PT,
    },
    Preset {
        name: "KingHost",
        domains: &[],
        exchanges: &["kinghost.net"],
        imap: implicit("imap.kinghost.net", 993),
        smtp: implicit("smtp.kinghost.net", 465),
        sign_in: SignIn::Password,
        help_en: PANEL_EN,
        help_pt: PANEL_PT,
    },
    Preset {
        name: "HostGator",
        domains: &[],
        exchanges: &["hostgator.com.br", "hostgator.com", "websitewelcome.com"],
        imap: implicit("mail.{domain}", 993),
        smtp: implicit("mail.{domain}", 465),
        sign_in: SignIn::Password,
        help_en: PANEL_EN,
        help_pt: PANEL_PT,
    },
    Preset {
        name: "Titan",
        domains: &[],
        exchanges: &["titan.email"],
        imap: implicit("imap.titan.email", 993),
        smtp: implicit("smtp.titan.email", 465),
        sign_in: SignIn::Password,
        help_en: "In Titan's settings, turn on access for other apps; then use the address and its password.",
        help_pt: "Nas configurações do Titan, ative o acesso para outros aplicativos; depois use o endereço e a senha.",
    },
    Preset {
        name: "Hostinger",
        domains: &[],
        exchanges: &["hostinger.com"],
        imap: implicit("imap.hostinger.com", 993),
        smtp: implicit("smtp.hostinger.com", 465),
        sign_in: SignIn::Password,
        help_en: PANEL_EN,
        help_pt: PANEL_PT,
    },
    Preset {
        name: "UmblerMail",
        domains: &[],
        exchanges: &["umbler.com"],
        imap: implicit("imap.umbler.com", 993),
        smtp: starttls("smtp.umbler.com"),
        sign_in: SignIn::Password,
        help_en: PANEL_EN,
        help_pt: PANEL_PT,
    },
    Preset {
        name: "Zoho",
        domains: &["zoho.com", "zohomail.com"],
        exchanges: &["zoho.com", "zoho.eu"],
        imap: implicit("imappro.zoho.com", 993),
        smtp: implicit("smtppro.zoho.com", 465),
        sign_in: SignIn::AppPassword,
        help_en: "In Zoho Mail's settings turn on IMAP, and with two-factor sign-in create an application password.",
        help_pt: "Nas configurações do Zoho Mail ative o IMAP e, com a verificação em duas etapas, crie uma senha de aplicativo.",
    },
    Preset {
        name: "Fastmail",
        domains: &["fastmail.com", "fastmail.fm"],
        exchanges: &["messagingengine.com"],
        imap: implicit("imap.fastmail.com", 993),
        smtp: implicit("smtp.fastmail.com", 465),
        sign_in: SignIn::AppPassword,
        help_en: "Under Privacy & Security, create an app password with access to mail.",
        help_pt: "Em Privacidade e segurança, crie uma senha de app com acesso ao e-mail.",
    },
    Preset {
        name: "GMX",
        domains: &["gmx.com", "gmx.net", "gmx.de"],
        exchanges: &["gmx.net"],
        imap: implicit("imap.gmx.com", 993),
        smtp: starttls("mail.gmx.com"),
        sign_in: SignIn::Password,
        help_en: ENABLE_EN,
        help_pt: ENABLE_PT,
    },
    Preset {
        name: "Proton",
        domains: &["proton.me", "protonmail.com", "pm.me"],
        exchanges: &["protonmail.ch"],
        imap: Server { host: "127.0.0.1", port: 1143, tls: Tls::StartTls },
        smtp: Server { host: "127.0.0.1", port: 1025, tls: Tls::StartTls },
        sign_in: SignIn::Password,
        help_en: "Proton has no open IMAP: run Proton Bridge beside this server and use the password it shows, or forward the mail here.",
        help_pt: "O Proton não oferece IMAP aberto: execute o Proton Bridge junto deste servidor e use a senha que ele mostra, ou encaminhe os e-mails para cá.",
    },
];

/// What Microsoft 365 uses for domains of companies, where the public mailboxes use another host for sending.
pub const OFFICE_365_SMTP: Server = starttls("smtp.office365.com");

/// The provider of a public mailbox, by its domain.
#[must_use]
pub fn public(domain: &str) -> Option<&'static Preset> {
    let domain = domain.to_lowercase();
    PRESETS.iter().find(|preset| preset.domains.contains(&domain.as_str()))
}

/// The provider of an address: by its domain, or by the mail exchanges a domain of one's own names.
#[must_use]
pub fn of(email: &str, exchanges: &[String]) -> Option<&'static Preset> {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain)?;
    public(domain).or_else(|| {
        let served = |preset: &&Preset| {
            exchanges.iter().any(|host| {
                let host = host.trim_end_matches('.').to_lowercase();
                preset.exchanges.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
            })
        };
        PRESETS.iter().find(served)
    })
}

/// A server's name for an address.
#[must_use]
pub fn host(server: Server, email: &str) -> String {
    server.host.replace("{domain}", email.rsplit_once('@').map_or("", |(_, domain)| domain))
}

/// Where to try when nothing is known of a domain, in order.
#[must_use]
pub fn guesses(domain: &str) -> [(String, String); 3] {
    [
        (format!("imap.{domain}"), format!("smtp.{domain}")),
        (format!("mail.{domain}"), format!("mail.{domain}")),
        (domain.to_owned(), domain.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_find_their_provider() {
        let name =
            |email: &str, mx: &[&str]| of(email, &mx.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()).map(|preset| preset.name);
        assert_eq!(name("ana@Hotmail.com", &[]), Some("Outlook"));
        assert_eq!(name("ana@padaria.com.br", &["mx.a.locaweb.com.br."]), Some("Locaweb"));
        assert_eq!(name("ana@padaria.com.br", &["aspmx.l.google.com"]), Some("Gmail"));
        assert_eq!(name("ana@padaria.com.br", &["notgoogle.com"]), None);
        assert_eq!(name("ana", &[]), None);
    }

    #[test]
    fn every_preset_is_protected_and_explains_itself() {
        for preset in PRESETS {
            assert!(preset.imap.tls != Tls::None && preset.smtp.tls != Tls::None, "{}", preset.name);
            assert!(!preset.help_en.is_empty() && !preset.help_pt.is_empty() && preset.help_en != preset.help_pt, "{}", preset.name);
            assert!(!preset.domains.is_empty() || !preset.exchanges.is_empty(), "{}", preset.name);
        }
        let gator = PRESETS.iter().find(|preset| preset.name == "HostGator").expect("a preset");
        assert_eq!(host(gator.imap, "ana@padaria.com.br"), "mail.padaria.com.br");
    }
}
