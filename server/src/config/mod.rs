//! Settings: Leptos.toml compiled in, a file over it, the environment over both; one struct per section. Unknown keys stop the start.

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The defaults, with their meanings.
const DEFAULTS: &str = include_str!("../../../Leptos.toml");

/// What is in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Listening and edges.
    pub server: Server,
    /// Where the data is.
    pub database: Database,
    /// What seals secrets in it.
    pub secrets: Secrets,
    /// Who may sign up.
    pub accounts: Accounts,
    /// Uploaded files.
    pub files: Files,
    /// What this server may call.
    pub egress: Egress,
    /// Providers' addresses and the installation's own apps there, by provider and key; the keys are those of Leptos.toml.
    pub channels: Providers,
    /// The installation's own mail.
    pub mail: SystemMail,
    /// The journal of changes.
    pub journal: Journal,
    /// What is logged.
    pub log: Log,
}

/// Listening and edges.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// How people reach us; empty for the address listened on.
    pub public_url: String,
    /// Proxies whose forwarded headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// What this process does.
    pub roles: Vec<Role>,
    /// Whether /metrics answers.
    pub metrics: bool,
    /// Folder of the browser bundles, when they are not inside.
    pub site: String,
}

/// An address or a network of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let one = text.parse::<std::net::IpAddr>().map(IpNet::from);
        one.or_else(|_| text.parse()).map(Self).map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers requests.
    Web,
    /// Does the queued work.
    Worker,
}

/// Where the data is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Which database.
    pub url: String,
    /// PostgreSQL connections.
    pub pool: u32,
    /// SQLite reader threads.
    pub readers: u32,
}

/// Who may sign up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// The policy.
    pub sign_up: SignUp,
}

/// What seals secrets in the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The keys themselves; empty where a file holds them.
    pub key: Words,
    /// Their file; empty for the usual one.
    pub file: PathBuf,
}

/// Who may sign up by themselves.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Anybody.
    Open,
    /// The first person of the installation.
    First,
    /// Nobody.
    Closed,
}

/// Uploaded files.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Their folder.
    pub path: PathBuf,
    /// The bucket they lie in instead; empty for the folder.
    pub url: String,
    /// The name of the bucket's key.
    pub access_key: Words,
    /// The bucket's key.
    pub secret_key: Words,
}

/// What this server may call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Egress {
    /// Private networks that may be called all the same.
    pub allow: Vec<Network>,
}

/// Settings of the channels' providers: values by provider and key.
pub type Providers = BTreeMap<String, BTreeMap<String, Words>>;

/// A text, even where the environment makes it look like a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "figment::value::Value", into = "String")]
pub struct Words(pub String);

impl From<figment::value::Value> for Words {
    fn from(value: figment::value::Value) -> Self {
        use figment::value::Value;
        Self(match value {
            Value::String(_, text) => text,
            Value::Num(_, number) => number.to_i128().map_or_else(
                || number.to_u128().map(|n| n.to_string()).or_else(|| number.to_f64().map(|n| n.to_string())).unwrap_or_default(),
                |n| n.to_string(),
            ),
            Value::Bool(_, on) => on.to_string(),
            Value::Char(_, one) => one.to_string(),
            Value::Empty(..) | Value::Dict(..) | Value::Array(..) => String::new(),
        })
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

/// The installation's own mail: invitations and links to set a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemMail {
    /// Whom it comes from.
    pub from: String,
    /// The relay it leaves through; empty for none.
    pub smtp: String,
    /// The name server that is asked about sending domains; empty for the machine's own.
    pub resolver: String,
    /// Where mail is taken by LMTP or SMTP; empty for nowhere.
    pub listen: String,
}

impl SystemMail {
    /// Where mail is taken, if anywhere.
    #[must_use]
    pub fn place(&self) -> Option<std::net::SocketAddr> {
        self.listen.trim().parse().ok()
    }
}

/// The journal of changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// Hours it is kept.
    pub keep_hours: u32,
}

/// What is logged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A level or a filter.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Config {
    /// Reads defaults, file and environment, in this order.
    ///
    /// # Errors
    /// A sentence naming the key that is unknown or does not fit, and where it stands.
    pub fn load(file: Option<&Path>) -> Result<Self, String> {
        let mut layers = Figment::from(Toml::string(DEFAULTS));
        match file {
            Some(path) if !path.is_file() => return Err(format!("the configuration file {} is not there", path.display())),
            Some(path) => layers = layers.merge(Toml::file_exact(path)),
            None if Path::new("recado.toml").is_file() => layers = layers.merge(Toml::file_exact("recado.toml")),
            None => {}
        }
        // Variables without a section (RECADO_BIN, say) are other tools' business.
        let environment = Env::prefixed("RECADO_").filter(|key| key.as_str().contains("__")).split("__");
        let config: Self = layers.merge(environment).extract().map_err(|error| error.to_string())?;
        config.known_providers()?;
        config.mail()?;
        config.resolver()?;
        config.file_place()?;
        if config.mail.place().is_none() && !config.mail.listen.trim().is_empty() {
            return Err("mail.listen is no address and port, such as 127.0.0.1:2424".to_owned());
        }
        Ok(config)
    }

    /// Refuses a provider's key that Leptos.toml does not list.
    fn known_providers(&self) -> Result<(), String> {
        let known: Self = Figment::from(Toml::string(DEFAULTS)).extract().map_err(|error| error.to_string())?;
        for (provider, keys) in &self.channels {
            let listed = known.channels.get(provider).ok_or_else(|| format!("unknown section: found `channels.{provider}`"))?;
            if let Some(key) = keys.keys().find(|key| !listed.contains_key(*key)) {
                return Err(format!("unknown key: found `channels.{provider}.{key}`"));
            }
        }
        Ok(())
    }

    /// The settings as TOML, with the password of a database address masked.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut shown = self.clone();
        shown.database.url = mask(&self.database.url);
        shown.mail.smtp = mask(&self.mail.smtp);
        if !shown.secrets.key.0.is_empty() {
            shown.secrets.key.0 = "********".to_owned();
        }
        if !shown.files.secret_key.0.is_empty() {
            shown.files.secret_key.0 = "********".to_owned();
        }
        for keys in shown.channels.values_mut() {
            for (key, words) in keys {
                if (key.ends_with("secret") || key.ends_with("token")) && !words.0.is_empty() {
                    words.0 = "********".to_owned();
                }
            }
        }
        let value = figment::value::Value::serialize(&shown);
        value.map_or_else(|error| error.to_string(), |value| print(&value))
    }

    /// The relay of the installation's own mail, if one is named.
    fn mail(&self) -> Result<Option<service::SystemMail>, String> {
        let SystemMail { from, smtp, .. } = &self.mail;
        if smtp.trim().is_empty() { Ok(None) } else { service::SystemMail::read(from, smtp.trim()).map(Some) }
    }

    /// The name server asked about sending domains, if one is named.
    fn resolver(&self) -> Result<Option<std::net::SocketAddr>, String> {
        let named = self.mail.resolver.trim();
        let read = |_| "mail.resolver is no address and port, such as 9.9.9.9:53".to_owned();
        if named.is_empty() { Ok(None) } else { named.parse().map(Some).map_err(read) }
    }

    /// Where uploaded files lie.
    ///
    /// # Errors
    /// A sentence, when the bucket's address cannot be read or its keys are absent.
    pub fn file_place(&self) -> Result<service::FilePlace, String> {
        let Files { path, url, access_key, secret_key } = &self.files;
        if url.trim().is_empty() {
            return Ok(service::FilePlace::Folder(path.clone()));
        }
        service::BucketPlace::read(url.trim(), access_key.0.trim(), secret_key.0.trim()).map(service::FilePlace::Bucket)
    }

    /// What the store needs.
    #[must_use]
    pub fn store(&self) -> service::StoreSettings {
        let Secrets { key, file } = &self.secrets;
        let file = (!file.as_os_str().is_empty()).then(|| service::Keys::File(file.clone()));
        let keys = if key.0.trim().is_empty() { file } else { Some(service::Keys::Given(key.0.clone())) };
        service::StoreSettings { url: self.database.url.clone(), pool: self.database.pool, readers: self.database.readers, keys }
    }

    /// What may be called beyond the public internet: what the operator allows, and what the operator's own addresses name.
    fn allow(&self) -> service::Allow {
        let networks = self.egress.allow.iter().map(|network| network.0).collect();
        let mut allow = service::Allow { networks, ..service::Allow::default() };
        for (key, words) in self.channels.values().flatten() {
            if key.ends_with("_base") {
                allow.name(&words.0);
            }
        }
        allow
    }

    /// What the service needs.
    #[must_use]
    pub fn service(&self) -> service::Settings {
        service::Settings {
            public_url: self.server.public_url.trim_end_matches('/').to_owned(),
            sign_up: match self.accounts.sign_up {
                SignUp::Open => service::SignUp::Open,
                SignUp::First => service::SignUp::First,
                SignUp::Closed => service::SignUp::Closed,
            },
            // Read once already when the configuration was loaded.
            files: self.file_place().unwrap_or_else(|_| service::FilePlace::Folder(self.files.path.clone())),
            providers: self
                .channels
                .iter()
                .flat_map(|(provider, keys)| keys.iter().map(move |(key, words)| (format!("{provider}.{key}"), words.0.clone())))
                .collect(),
            allow: self.allow(),
            mail: self.mail().unwrap_or_default(),
            resolver: self.resolver().unwrap_or_default(),
            journal_keep: i64::from(self.journal.keep_hours) * 3_600_000,
        }
    }
}

fn mask(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((who, place)) => {
            let user = who.split(':').next().unwrap_or_default();
            let secret = if who.contains(':') { ":********" } else { "" };
            format!("{scheme}://{user}{secret}@{place}")
        }
        None => url.to_owned(),
    }
}

/// Sections and keys, as they would stand in a file.
fn print(value: &figment::value::Value) -> String {
    let mut text = String::new();
    for (section, keys) in value.as_dict().into_iter().flatten() {
        print_section(&mut text, section, keys);
    }
    text
}

fn print_section(text: &mut String, section: &str, keys: &figment::value::Value) {
    let (tables, plain): (Vec<_>, Vec<_>) = keys.as_dict().into_iter().flatten().partition(|(_, value)| value.as_dict().is_some());
    if !plain.is_empty() {
        text.push_str(&format!("[{section}]\n"));
        for (key, value) in plain {
            text.push_str(&format!("{key} = {}\n", serde_json::to_string(value).unwrap_or_default()));
        }
        text.push('\n');
    }
    for (name, table) in tables {
        print_section(text, &format!("{section}.{name}"), table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_defaults_are_whole() {
        let config: Config = Figment::from(Toml::string(DEFAULTS)).extract().unwrap();
        assert_eq!(config.server.listen.port(), 3100);
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let broken = Figment::from(Toml::string(DEFAULTS)).merge(Toml::string("[server]\nlissten = \"x\""));
        let error = broken.extract::<Config>().unwrap_err().to_string();
        assert!(error.contains("lissten"), "{error}");
    }

    #[test]
    fn a_provider_takes_listed_keys_and_any_text() {
        let over = |toml: &str| Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(toml)).extract::<Config>().unwrap();
        let config = over("[channels.meta]\napp_id = 90000000000000001\napp_secret = \"shh\"");
        assert_eq!(config.channels["meta"]["app_id"].0, "90000000000000001");
        assert!(config.known_providers().is_ok());
        assert!(!config.masked().contains("shh") && config.masked().contains("[channels.meta]"), "{}", config.masked());
        assert!(over("[channels.meta]\napp_sekret = \"x\"").known_providers().unwrap_err().contains("app_sekret"));
    }

    #[test]
    fn passwords_are_masked() {
        assert_eq!(mask("postgres://ana:segredo@db/recado"), "postgres://ana:********@db/recado");
        assert_eq!(mask("postgres://ana@db/recado"), "postgres://ana@db/recado");
        assert_eq!(mask("sqlite://data/recado.db"), "sqlite://data/recado.db");
    }
}
