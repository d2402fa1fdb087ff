//! What the product does: access, conversations, the website's visitors, live updates, dispatch and jobs. It knows no axum and no Leptos.
//!
//! [`Service`] is the one door. Every method that touches an account begins by entering it with a [`Scope`], the proof of who asks.

mod access;
mod clock;
mod contacts;
mod conversations;
mod crash;
mod demo;
mod desk;
mod dispatch;
mod error;
mod inboxes;
mod jobs;
mod limits;
mod links;
mod live;
mod messages;
mod people;
mod profile;
mod secret;
mod session;
mod thread;
mod uploads;
mod visitors;
mod website;

pub use access::{Scope, Tenant};
pub use clock::{Clock, SystemClock, TestClock};
pub use demo::{Demo, DemoSize};
pub use error::{Error, Result};
pub use live::{Frame, Stream as EventStream, VisitorStream};
pub use people::NewAccount;
pub use store::{Error as StoreError, Settings as StoreSettings, Store};
pub use uploads::{Download, MAX_FILE};
pub use visitors::Visitor;

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
    /// Folder of uploaded files.
    pub files: std::path::PathBuf,
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
}

impl Service {
    /// Puts the product on an opened and migrated store.
    ///
    /// # Errors
    /// When the folder of files cannot be made, or the store refuses.
    pub async fn new(store: store::Store, clock: Arc<dyn Clock>, settings: Settings) -> Result<Self> {
        std::fs::create_dir_all(&settings.files).map_err(Error::Files)?;
        let files = object_store::local::LocalFileSystem::new_with_prefix(&settings.files).map_err(Error::Objects)?;
        let links = links::Signer::load(&store).await?;
        let hub = live::Hub::new(store.clone());
        let limits = limits::Limits::new(&clock);
        let settings = std::sync::RwLock::new(Arc::new(settings));
        Ok(Self(Arc::new(Inner { store, clock, settings, hub, limits, files: Arc::new(files), links })))
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
