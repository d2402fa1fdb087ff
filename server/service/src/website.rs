//! What a website inbox hands to the site's owner, and what its widget starts from.

use crate::inboxes::{DOMAINS, IDENTITY_KEY, IDENTITY_REQUIRED, PRE_CHAT};
use crate::{Error, Result};
use channels::website;
use model::*;
use store::inbox::Inbox;

/// The form before the first message.
pub(crate) fn pre_chat(inbox: &Inbox) -> PreChat {
    let kept = inbox.settings.get(PRE_CHAT).and_then(|text| serde_json::from_str(text).ok());
    kept.unwrap_or_else(|| PreChat {
        enabled: false,
        message: String::new(),
        fields: ["name", "email", "phone"]
            .into_iter()
            .map(|key| PreChatField { key: key.to_owned(), label: String::new(), required: key != "phone", enabled: key != "phone" })
            .collect(),
    })
}

/// Hosts that may frame the widget; empty allows any.
pub(crate) fn domains(inbox: &Inbox) -> Vec<String> {
    inbox.settings.get(DOMAINS).map(|list| list.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

pub(crate) fn identity_key(inbox: &Inbox) -> String {
    inbox.secrets.get(IDENTITY_KEY).cloned().unwrap_or_default()
}

pub(crate) fn identity_required(inbox: &Inbox) -> bool {
    inbox.settings.get(IDENTITY_REQUIRED).is_some_and(|on| on == "true")
}

/// What to paste, and the rest of the configuration.
pub(crate) fn detail(inbox: &Inbox, public_url: &str) -> WebsiteDetail {
    let token = &inbox.public_key;
    WebsiteDetail {
        snippet: format!("<script async src=\"{public_url}/embed/recado.js\" data-token=\"{token}\"></script>"),
        csp: format!("script-src {public_url}; frame-src {public_url}; connect-src {public_url}"),
        identity_key: identity_key(inbox),
        identity_required: identity_required(inbox),
        allowed_domains: domains(inbox),
        test_page: format!("{public_url}/test/{token}"),
        pre_chat: pre_chat(inbox),
        features: website::features(&inbox.settings),
        token: token.clone(),
    }
}

/// Refuses what is no host name, port and leading `*.` allowed.
pub(crate) fn check_domains(domains: &[String]) -> Result<()> {
    let fits = |domain: &str| {
        let (host, port) = domain.rsplit_once(':').map_or((domain, None), |(host, port)| (host, Some(port)));
        let host = host.strip_prefix("*.").unwrap_or(host);
        port.is_none_or(|p| p.parse::<u16>().is_ok())
            && !host.is_empty()
            && host.len() <= 253
            && host.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    };
    if domains.len() <= 50 && domains.iter().all(|d| fits(d)) { Ok(()) } else { Err(Error::field("allowed_domains", Violation::Malformed)) }
}

/// Refuses a form no visitor could fill in.
pub(crate) fn check_pre_chat(form: &PreChat) -> Result<()> {
    if form.message.chars().count() > 500 {
        return Err(Error::field("message", Violation::TooLong(500)));
    }
    let fits = |key: &str| (1..=40).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let unique = form.fields.iter().enumerate().all(|(at, f)| form.fields[..at].iter().all(|other| other.key != f.key));
    if form.fields.len() <= 20 && unique && form.fields.iter().all(|f| fits(&f.key) && f.label.chars().count() <= 100) {
        Ok(())
    } else {
        Err(Error::field("fields", Violation::Malformed))
    }
}

/// What the widget starts from; `theirs` is the visitor's language.
pub(crate) fn config(
    inbox: &Inbox,
    (language, theirs): (Language, Language),
    team: &[AgentView],
    online: bool,
    now: Timestamp,
) -> WidgetConfig {
    let text = |key: &str| inbox.settings.get(key).cloned().unwrap_or_default();
    let hours = crate::hours::of(&inbox.settings);
    let capabilities = channels::find(&inbox.kind).map(|c| c.capabilities(&inbox.settings));
    WidgetConfig {
        name: inbox.name.clone(),
        colour: text("colour"),
        heading: text("heading"),
        tagline: text("tagline"),
        // Whoever comes when nobody is there is told when somebody is.
        reply_time: crate::hours::back_words(&hours, theirs, now).unwrap_or_else(|| text("reply_time")),
        language,
        team: team.iter().take(3).map(|a| (a.name.clone(), a.photo.as_ref().map(|p| format!("/avatars/{p}")))).collect(),
        online: online && crate::hours::open(&hours, now),
        pre_chat: pre_chat(inbox),
        features: website::features(&inbox.settings),
        capabilities: capabilities.unwrap_or_else(|| crate::inboxes::view_of(inbox).capabilities),
    }
}

/// The `frame-ancestors` sources of the widget's frame.
pub(crate) fn frame_ancestors(inbox: &Inbox, own: &str) -> String {
    let domains = domains(inbox);
    if domains.is_empty() {
        return "*".to_owned();
    }
    // Our own origin is always among them: the built-in test page stands there.
    // A domain named without a port means the site on any port: people try things out on 8080.
    let any = |d: &str| if d.contains(':') { d.to_owned() } else { format!("{d}:*") };
    let hosts = domains.iter().flat_map(|d| [format!("https://{}", any(d)), format!("http://{}", any(d))]);
    std::iter::once(own.to_owned()).chain(hosts).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_hosts_and_nothing_that_could_end_a_header() {
        let one = |d: &str| check_domains(&[d.to_owned()]);
        for good in ["acme.com.br", "*.acme.com", "localhost:3000", "127.0.0.1"] {
            assert!(one(good).is_ok(), "{good}");
        }
        for bad in ["", "*", "https://acme.com", "acme.com; script-src *", "acme .com", "acme.com:99999", "a..b", "acme.com\r\nX: y"] {
            assert!(one(bad).is_err(), "{bad}");
        }
    }
}
