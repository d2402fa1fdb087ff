//! The source's channels in the words of our forms: which kind each becomes, and its settings and secrets by our fields' names. Whether a provider
//! takes them is found out when somebody connects the inbox.

use super::field::Row;
use crate::inboxes::{IDENTITY_KEY, IDENTITY_REQUIRED, PRE_CHAT};
use crate::secret;
use model::{PreChat, PreChatField};
use serde_json::Value;
use std::collections::BTreeMap;

/// The source's channel classes, the tables they lie in, and our kinds; none where there is no such channel here.
pub(super) const CHANNELS: [(&str, &str, Option<&str>); 12] = [
    ("Channel::WebWidget", "channel_web_widgets", Some("website")),
    ("Channel::Api", "channel_api", Some("api")),
    ("Channel::Email", "channel_email", Some("email")),
    ("Channel::Whatsapp", "channel_whatsapp", Some("whatsapp")),
    ("Channel::Telegram", "channel_telegram", Some("telegram")),
    ("Channel::Line", "channel_line", Some("line")),
    ("Channel::TwilioSms", "channel_twilio_sms", Some("twilio")),
    ("Channel::Sms", "channel_sms", Some("bandwidth")),
    ("Channel::FacebookPage", "channel_facebook_pages", Some("messenger")),
    ("Channel::Instagram", "channel_instagram", Some("instagram")),
    ("Channel::TwitterProfile", "channel_twitter_profiles", Some("x")),
    ("Channel::Voice", "channel_voice", None),
];

/// Settings and secrets of one channel, by our forms' keys.
#[derive(Default)]
pub(super) struct Form {
    pub settings: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, String>,
    /// What its installation had encrypted with a key of its own.
    pub sealed: Vec<&'static str>,
}

impl Form {
    fn set(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.settings.insert(key.to_owned(), value);
        }
    }

    fn secret(&mut self, key: &'static str, value: Option<String>) {
        match value {
            // Rails' Active Record Encryption writes an object with the payload under `p`.
            Some(value) if value.starts_with("{\"p\":") => self.sealed.push(key),
            Some(value) => drop(self.secrets.insert(key.to_owned(), value)),
            None => {}
        }
    }
}

/// Which kind a channel becomes here; `api` for what has no place of its own.
pub(super) fn kind_of(class: &str, channel: &Row) -> &'static str {
    let known = CHANNELS.iter().find(|(name, _, _)| *name == class).and_then(|(_, _, kind)| *kind);
    match known {
        // Another provider than Meta's own stands between (360dialog, bridges of one's own).
        Some("whatsapp") if channel.words("provider") != "whatsapp_cloud" => "api",
        Some(kind) => kind,
        None => "api",
    }
}

/// A channel's row as our form's values.
pub(super) fn form(kind: &str, channel: &Row) -> Form {
    let mut form = Form::default();
    let config = channel.object("provider_config");
    match kind {
        "website" => website(&mut form, channel),
        "api" => {
            form.set("webhook_url", channel.text("webhook_url"));
            form.set("reply_window", channel.object("additional_attributes").text("agent_reply_time_window"));
        }
        "email" => email(&mut form, channel, &config),
        "whatsapp" => {
            form.set("phone_number_id", config.text("phone_number_id"));
            form.set("business_account_id", config.text("business_account_id"));
            form.set("phone", channel.text("phone_number"));
            form.secret("token", config.text("api_key"));
        }
        "telegram" => {
            let token = channel.text("bot_token");
            form.set("bot_id", token.as_deref().and_then(|t| t.split(':').next()).map(str::to_owned));
            form.set("bot_name", channel.text("bot_name"));
            form.secret("token", token);
        }
        "line" => {
            form.set("channel_id", channel.text("line_channel_id"));
            form.secret("channel_secret", channel.text("line_channel_secret"));
            form.secret("token", channel.text("line_channel_token"));
        }
        "twilio" => {
            form.set("medium", Some(if channel.int("medium") == Some(1) { "whatsapp" } else { "sms" }.to_owned()));
            form.set("phone", channel.text("phone_number").map(|phone| phone.trim_start_matches("whatsapp:").to_owned()));
            form.set("account_sid", channel.text("account_sid"));
            form.set("messaging_service_sid", channel.text("messaging_service_sid"));
            form.set("api_key_sid", channel.text("api_key_sid"));
            // With an API key the column holds that key's secret.
            let secret = if channel.text("api_key_sid").is_some() { "api_key_secret" } else { "auth_token" };
            form.secret(secret, channel.text("auth_token"));
        }
        "bandwidth" => {
            form.set("phone", channel.text("phone_number"));
            form.set("account_id", config.text("account_id"));
            form.set("application_id", config.text("application_id"));
            form.set("api_user", config.text("api_key"));
            form.secret("api_secret", config.text("api_secret"));
        }
        "messenger" => {
            form.set("page_id", channel.text("page_id"));
            form.secret("token", channel.text("page_access_token"));
        }
        "instagram" => {
            form.set("login", Some("instagram".to_owned()));
            form.set("account_id", channel.text("instagram_id"));
            form.secret("token", channel.text("access_token"));
        }
        _ => {
            form.set("user_id", channel.text("profile_id"));
            form.secret("token", channel.text("twitter_access_token"));
            form.secret("token_secret", channel.text("twitter_access_token_secret"));
        }
    }
    form
}

fn website(form: &mut Form, channel: &Row) {
    let domain = channel.text("website_url").map(|url| {
        let bare = url.trim().trim_start_matches("https://").trim_start_matches("http://").to_owned();
        bare.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
    });
    form.set("domain", domain);
    let colour = channel.text("widget_color").map(|c| c.to_lowercase());
    form.set("colour", colour.filter(|c| c.len() == 7 && c.starts_with('#')));
    form.set("heading", channel.text("welcome_title"));
    form.set("tagline", channel.text("welcome_tagline"));
    form.set("reply_time", ["minutes", "hours", "day"].get(channel.int("reply_time").unwrap_or(0) as usize).map(|w| (*w).to_owned()));
    form.set("continuity", Some(channel.on("continuity_via_email").to_string()));
    if channel.on("pre_chat_form_enabled") {
        let options = channel.object("pre_chat_form_options");
        let field = |given: Value| {
            let given = Row(given.as_object()?.clone());
            let key = match given.text("name")?.as_str() {
                "emailAddress" => "email".to_owned(),
                "fullName" => "name".to_owned(),
                "phoneNumber" => "phone".to_owned(),
                other => other.to_lowercase(),
            };
            Some(PreChatField { key, label: given.words("label"), required: given.on("required"), enabled: given.on("enabled") })
        };
        let fields: Vec<PreChatField> = options.list("pre_chat_fields").into_iter().filter_map(field).take(20).collect();
        let form_before = PreChat { enabled: true, message: options.words("pre_chat_message"), fields };
        if crate::website::check_pre_chat(&form_before).is_ok() {
            form.set(PRE_CHAT, serde_json::to_string(&form_before).ok());
        }
    }
}

fn email(form: &mut Form, channel: &Row, config: &Row) {
    form.set("address", channel.text("email"));
    form.set("mode", Some(if channel.on("imap_enabled") { "mailbox" } else { "forward" }.to_owned()));
    for (protocol, secure, on) in [("imap", "imap_enable_ssl", "imap_enabled"), ("smtp", "smtp_enable_ssl_tls", "smtp_enabled")] {
        if !channel.on(on) {
            continue;
        }
        form.set(&format!("{protocol}_host"), channel.text(&format!("{protocol}_address")));
        form.set(
            &format!("{protocol}_port"),
            channel.int(&format!("{protocol}_port")).filter(|port| *port > 0).map(|port| port.to_string()),
        );
        form.set(&format!("{protocol}_login"), channel.text(&format!("{protocol}_login")));
        let security = match (channel.on(secure), protocol) {
            (true, _) => "tls",
            (false, "smtp") if !channel.on("smtp_enable_starttls_auto") => "none",
            _ => "starttls",
        };
        form.set(&format!("{protocol}_security"), Some(security.to_owned()));
    }
    form.secret("imap_password", channel.text("imap_password"));
    form.secret("smtp_password", channel.text("smtp_password"));
    let login = match channel.text("provider").as_deref() {
        Some("google") => Some("google"),
        Some("microsoft") => Some("microsoft"),
        _ => None,
    };
    form.set("login", login.map(str::to_owned));
    if login.is_some() {
        form.secret("refresh_token", config.text("refresh_token"));
    }
}

/// What stands beside every channel's form.
pub(super) fn beside(form: &mut Form, inbox: &Row, channel: &Row) {
    let settings = &mut form.settings;
    settings.insert("name".to_owned(), inbox.words("name"));
    for key in ["greeting_enabled", "lock_to_single_conversation"] {
        settings.insert(key.to_owned(), inbox.on(key).to_string());
    }
    for (theirs, ours) in
        [("greeting_message", "greeting"), ("business_name", "business_name"), ("out_of_office_message", "out_of_office_message")]
    {
        settings.extend(inbox.text(theirs).map(|words| (ours.to_owned(), words)));
    }
    if channel.on("hmac_mandatory") {
        settings.insert(IDENTITY_REQUIRED.to_owned(), "true".to_owned());
    }
    // Signatures that sites and apps make already must go on being right.
    form.secrets.insert(IDENTITY_KEY.to_owned(), channel.text("hmac_token").unwrap_or_else(secret::token));
}
