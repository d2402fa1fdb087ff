//! The trait every channel implements, and what it is given to work with. Stateless: everything a channel needs arrives as arguments, so
//! that a test can stand in for the provider.

use crate::{
    Connected, Fetched, Health, Http, Inbound, Malformed, Outbound, Profile, RawCall, Reason, Recipient, Rejected, RemoteFile, SendError,
    Sent, Template, Verdict, Verified,
};
use async_trait::async_trait;
use model::{Bilingual, Capabilities, Field, Timestamp};
use std::collections::BTreeMap;

/// What the interface may know of a channel before any inbox exists.
#[derive(Debug)]
pub struct Descriptor {
    /// The stable name, such as `website`.
    pub kind: &'static str,
    /// Its name as people know it.
    pub name: Bilingual,
    /// One line: what it needs.
    pub needs: Bilingual,
    /// Where the values of the form are found, in a sentence or two.
    pub guide: Bilingual,
    /// SVG paths on 24×24.
    pub icon: &'static str,
    /// The form of its settings, in order; the first field is always `name`.
    pub form: Vec<Field>,
}

/// An inbox's settings by field key.
pub type Settings = BTreeMap<String, String>;

/// What a channel may use while it works.
#[derive(Clone, Copy, Debug)]
pub struct Link<'l> {
    /// The inbox's settings.
    pub settings: &'l Settings,
    /// What never goes to a browser: the form's secret fields, and what `connect` added.
    pub secrets: &'l Settings,
    /// What holds for the whole installation: base addresses and the operator's own apps, by the keys of [`crate::APP`].
    pub app: &'l Settings,
    /// The only way out.
    pub http: &'l Http,
    /// Our own address without a final slash.
    pub public_url: &'l str,
    /// Where this inbox's calls come in.
    pub hook_url: &'l str,
    /// The time, turned by tests.
    pub now: Timestamp,
}

impl<'l> Link<'l> {
    /// A setting, or nothing where it is empty.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&'l str> {
        self.settings.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A secret, or nothing where it is empty.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&'l str> {
        self.secrets.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// An installation-wide value: the operator's, else the default of [`crate::APP`]; nothing where both are empty.
    #[must_use]
    pub fn app(&self, key: &str) -> Option<&'l str> {
        let default = || crate::APP.iter().find(|entry| entry.key == key).map(|entry| entry.default);
        self.app.get(key).map(String::as_str).filter(|value| !value.is_empty()).or_else(default).filter(|value| !value.is_empty())
    }

    /// A base address without a final slash: the inbox's own, else the installation's.
    #[must_use]
    pub fn base(&self, key: &str) -> &'l str {
        self.setting("api_base").or_else(|| self.app(key)).unwrap_or_default().trim_end_matches('/')
    }
}

/// An installation-wide value that a channel reads.
#[derive(Clone, Copy, Debug)]
pub struct AppKey {
    /// Its key, such as `telegram.api_base`.
    pub key: &'static str,
    /// What it is when the operator says nothing.
    pub default: &'static str,
    /// Whether it must stay out of logs and pages.
    pub secret: bool,
}

/// How a channel carries what a message offers to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choices {
    /// Said in words.
    Words,
    /// So many as buttons of the provider's own; more are said in words.
    Buttons(usize),
    /// As they were given: what stands behind it reads them.
    AsGiven,
}

/// One way for customers to reach an account.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Name, icon and settings form: all the interface ever asks.
    fn descriptor(&self) -> &'static Descriptor;

    /// What an inbox with these settings can carry.
    fn capabilities(&self, settings: &Settings) -> Capabilities;

    /// The last part of the address where calls for several inboxes come in (`meta` for `/hooks/meta`), if the provider has such.
    fn shared(&self) -> Option<&'static str> {
        None
    }

    /// Whom a call is for; asked only of calls on the `shared` address. Reads an unproven call: good for looking up, for nothing else.
    fn recipient(&self, _: &RawCall) -> Recipient {
        Recipient::InPath
    }

    /// The provider's own id of this inbox, by which shared calls find it; two inboxes of one channel may not have the same.
    fn account(&self, _: &Settings) -> Option<String> {
        None
    }

    /// Proves that the provider made this call; also answers its handshakes.
    ///
    /// # Errors
    /// `Rejected` with the status to answer; nothing of the call may be used.
    fn verify(&self, _: &Link<'_>, _: &RawCall) -> Result<Verdict, Rejected> {
        Err(Rejected::unknown("this channel takes no calls"))
    }

    /// The media type and body of the ordinary 200 to a proven call.
    fn answer(&self) -> (&'static str, &'static str) {
        ("text/plain", "")
    }

    /// Parses and normalises a proven call. Pure: no I/O, no clock; one bad element never loses its neighbours.
    ///
    /// # Errors
    /// `Malformed` where the whole body is not what the provider sends.
    fn read(&self, _: &Link<'_>, _: &Verified) -> Result<Vec<Inbound>, Malformed> {
        Ok(Vec::new())
    }

    /// Whether handing the same message over twice is harmless; else an attempt begun but not finished becomes `Unconfirmed`.
    fn repeatable(&self) -> bool {
        false
    }

    /// Whether the journal itself is the channel, so that there is nothing to hand over.
    fn is_journal(&self) -> bool {
        false
    }

    /// How it carries what a message offers to choose from.
    fn choices(&self) -> Choices {
        Choices::Words
    }

    /// Hands one message to the provider; the error says whether trying again can help.
    async fn send(&self, link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError>;

    /// Opens a file that a customer sent. As it stands: an address that needs no credentials.
    async fn fetch(&self, link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
        crate::outbound::fetch_plain(link, file).await
    }

    /// Asks the provider whether these credentials work.
    async fn check(&self, _: &Link<'_>) -> Result<Health, SendError> {
        Ok(Health::default())
    }

    /// Where a person logs in so that the form need not be filled in by hand; none where the provider or the operator's app offers no such
    /// thing. `state` comes back to `redirect` unchanged.
    fn login(&self, _: &Link<'_>, _redirect: &str, _state: &str) -> Option<String> {
        None
    }

    /// What a login's code opens: accounts to choose from, each with the values of its form.
    async fn redeem(&self, _: &Link<'_>, _redirect: &str, _code: &str) -> Result<Vec<crate::Account>, SendError> {
        Err(SendError::refused(Reason::NotSupported, "this channel has no login"))
    }

    /// Arranges deliveries with the provider when an inbox is saved, or says what a person must paste where. Safe to repeat.
    async fn connect(&self, _: &Link<'_>) -> Result<Connected, SendError> {
        Ok(Connected::default())
    }

    /// Takes back what `connect` arranged.
    async fn disconnect(&self, _: &Link<'_>) -> Result<(), SendError> {
        Ok(())
    }

    /// Renews credentials that run out; asked daily. What it gives is kept before anything else is done.
    async fn renew(&self, _: &Link<'_>) -> Result<Option<Connected>, SendError> {
        Ok(None)
    }

    /// The templates that may leave when the window is closed, approved or not.
    async fn templates(&self, _: &Link<'_>) -> Result<Vec<Template>, SendError> {
        Ok(Vec::new())
    }

    /// Shows or hides that somebody types. `latest` is the customer's newest message with its attributes, where one is known.
    async fn typing(&self, _: &Link<'_>, _peer: &str, _on: bool, _latest: Option<&crate::Quote>) -> Result<(), SendError> {
        Ok(())
    }

    /// Says that the customer's messages up to this one were seen. Telegram's button presses (`cb:…`) are acknowledged this way.
    async fn seen(&self, _: &Link<'_>, _peer: &str, _latest: &crate::Quote) -> Result<(), SendError> {
        Ok(())
    }

    /// Name and photo, where the provider tells them on request.
    async fn profile(&self, _: &Link<'_>, _peer: &str) -> Result<Option<Profile>, SendError> {
        Ok(None)
    }

    /// Reacts to a message, theirs or ours; no emoji takes the reaction back.
    async fn react(&self, _: &Link<'_>, _peer: &str, _external: &str, _emoji: Option<&str>) -> Result<(), SendError> {
        Err(SendError::refused(Reason::NotSupported, "this channel has no reactions"))
    }

    /// Changes the text of a message we sent.
    async fn edit(&self, _: &Link<'_>, _peer: &str, _external: &str, _text: &str) -> Result<(), SendError> {
        Err(SendError::refused(Reason::NotSupported, "this channel cannot change a message"))
    }

    /// Takes back a message we sent.
    async fn delete(&self, _: &Link<'_>, _peer: &str, _external: &str) -> Result<(), SendError> {
        Err(SendError::refused(Reason::NotSupported, "this channel cannot take a message back"))
    }
}
