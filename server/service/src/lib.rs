//! What the product does: access, conversations, the website's visitors, live updates, dispatch and jobs. It knows no axum and no Leptos.
//!
//! [`Service`] is the one door. Every method that touches an account begins by entering it with a [`Scope`], the proof of who asks.

mod access;
mod account;
mod actions;
mod allot;
mod blanks;
mod bots;
mod clock;
mod connect;
mod contacts;
mod conversations;
mod crash;
mod csv;
mod demo;
mod desk;
mod dispatch;
mod error;
mod files;
mod held;
mod help;
mod hours;
mod import;
mod inboxes;
mod intake;
mod jobs;
mod limits;
mod links;
mod live;
mod mail;
mod messages;
mod notices;
mod operations;
mod people;
mod plain;
mod platform;
mod profile;
mod push;
mod rest_client;
mod rest_contacts;
mod rest_conversations;
mod rest_events;
mod rest_filter;
mod rest_given;
mod rest_inboxes;
mod rest_messages;
mod rest_reports;
mod rest_shape;
mod rest_time;
mod rest_world;
mod rich;
mod saved;
mod search;
mod secret;
mod session;
mod start;
mod thread;
mod tokens;
mod told;
mod uploads;
mod visitors;
mod voice;
mod webhooks;
mod website;

pub use access::{Scope, Tenant};
pub use bots::BotDraft;
pub use channels::line::{STILL as LINE_STILL, STILL_PATH as LINE_STILL_PATH};
pub use channels::{Allow, RawCall, escape};
pub use clock::{Clock, SystemClock, TestClock};
pub use connect::{Landing, login_page};
pub use demo::{Demo, DemoSize};
pub use error::{Error, Result};
pub use files::{BucketPlace, FilePlace, backup as file_backup};
pub use help::help;
pub use import::{Blobs, ImportError, ImportFrom, ImportReport, Left as ImportLeft};
pub use intake::Hooked;
pub use live::{Frame, Stream as EventStream, VisitorStream};
pub use mail::{MailPage, SystemMail, from_base64};
pub use people::NewAccount;
pub use platform::PersonDraft;
pub use rest_client::{Claim, Client, ClientMessage};
pub use rest_contacts::Person;
pub use rest_conversations::{Ask, Begin};
pub use rest_messages::{Slice, Write};
pub use rest_time::{iso, moment};
pub use store::{Error as StoreError, Keys, Rotation, Settings as StoreSettings, Store};
pub use tokens::Bearer;
pub use uploads::{Download, FileBytes, MAX_FILE};
pub use visitors::{Visitor, VisitorAbout};
pub use webhooks::{Opened, WebhookDraft};

use model::UploadView;

use std::sync::Arc;

/// Who may make an account by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody.
    Open,
    /// Only the first person of the installation.
    #[default]
    First,
    /// Nobody; accounts are made on the command line.
    Closed,
}

/// What the service needs to know of its installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address people reach us at, without a slash at its end; links begin with it.
    pub public_url: String,
    /// Who may make an account.
    pub sign_up: SignUp,
    /// Where uploaded files lie.
    pub files: FilePlace,
    /// What the installation says of the channels' providers: base addresses and its own apps, by keys such as `telegram.api_base`.
    pub providers: std::collections::BTreeMap<String, String>,
    /// Private addresses that may be called.
    pub allow: Allow,
    /// The relay for the installation's own mail; none where invitations and links are handed over by hand.
    pub mail: Option<SystemMail>,
    /// The name server asked about sending domains; the machine's own where none is named.
    pub resolver: Option<std::net::SocketAddr>,
    /// How long the journal is kept, in milliseconds; an older stream starts afresh.
    pub journal_keep: i64,
}

/// The product. Cloning it is cheap.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    store: store::Store,
    clock: Arc<dyn Clock>,
    settings: std::sync::RwLock<Arc<Settings>>,
    hub: live::Hub,
    limits: limits::Limits,
    files: Arc<dyn object_store::ObjectStore>,
    links: links::Signer,
    mail: channels::email::thread::Signer,
    vapid: push::Vapid,
    /// What bots' tokens and the secrets of callbacks are derived from.
    door: String,
    http: channels::Http,
    app: Arc<channels::Settings>,
}

impl Service {
    /// Puts the product on an opened and migrated store.
    ///
    /// # Errors
    /// When the folder of files cannot be made, or the store refuses.
    pub async fn new(store: store::Store, clock: Arc<dyn Clock>, settings: Settings) -> Result<Self> {
        let files = settings.files.open(&clock)?;
        let links = links::Signer::load(&store).await?;
        let mail = mail::signer(&store).await?;
        let vapid = push::Vapid::load(&store).await?;
        let door = tokens::load(&store).await?;
        let hub = live::Hub::new(store.clone());
        let limits = limits::Limits::new(&clock);
        let http = channels::Http::new(settings.allow.clone(), std::time::Duration::from_secs(30));
        let http = http.map_err(|error| Error::Unexpected(error.to_string()))?;
        let app = Arc::new(settings.providers.clone());
        let settings = std::sync::RwLock::new(Arc::new(settings));
        Ok(Self(Arc::new(Inner { store, clock, settings, hub, limits, files, links, mail, vapid, door, http, app })))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> model::Timestamp {
        self.0.clock.now()
    }

    /// The installation's settings.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        match self.0.settings.read() {
            Ok(settings) => settings.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Sets the public address once the listener's own is known, where the configuration names none.
    pub fn set_public_url(&self, url: String) {
        if let Ok(mut settings) = self.0.settings.write() {
            let mut changed = (**settings).clone();
            changed.public_url = url;
            *settings = Arc::new(changed);
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<()> {
        Ok(self.0.store.ping().await?)
    }

    /// Jobs waiting and jobs given up, for metrics.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn queue(&self) -> Result<(i64, i64)> {
        let look = async move |c: &store::Reader| Ok((store::queue::pending(c).await?, store::queue::parked(c).await?.len() as i64));
        self.0.store.read(look).await
    }

    /// How many streams are open on this node.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.0.hub.streams()
    }

    /// Tells every stream of this node to reconnect elsewhere; the first act of a graceful stop.
    pub fn dismiss_streams(&self) {
        self.0.hub.dismiss();
    }
}
