//! Providers' calls on their way in: proven, stored, answered; then read and applied by a job. What a provider says is the channel's business.

mod accept;
mod apply;
mod files;
mod manners;
mod receipts;
mod templates;
mod who;

pub use accept::Hooked;
pub(crate) use files::{FETCH, PROFILE};
pub(crate) use receipts::{apply_waiting, failure, whole};
pub(crate) use who::REPLY;

use crate::Service;
use channels::{Link, Settings};
use store::inbox::Inbox;

/// The kind of job that reads stored calls.
pub(crate) const INTAKE: &str = "intake";

/// What a [`Link`] borrows from.
pub(crate) struct Wiring {
    app: std::sync::Arc<Settings>,
    public_url: String,
    hook_url: String,
    now: model::Timestamp,
}

impl Service {
    /// What a channel is given to work for an inbox, apart from the inbox itself.
    pub(crate) fn wiring(&self, kind: &str, public_key: &str) -> Wiring {
        let public_url = self.settings().public_url.clone();
        let hook_url = format!("{public_url}/hooks/{kind}/{public_key}");
        Wiring { app: self.0.app.clone(), public_url, hook_url, now: self.now() }
    }

    /// The link of an inbox.
    pub(crate) fn link<'l>(&'l self, wiring: &'l Wiring, settings: &'l Settings, secrets: &'l Settings) -> Link<'l> {
        Link {
            settings,
            secrets,
            app: &wiring.app,
            http: &self.0.http,
            public_url: &wiring.public_url,
            hook_url: &wiring.hook_url,
            now: wiring.now,
        }
    }

    /// The link of a stored inbox.
    pub(crate) fn link_of<'l>(&'l self, wiring: &'l Wiring, inbox: &'l Inbox) -> Link<'l> {
        self.link(wiring, &inbox.settings, &inbox.secrets)
    }
}
