//! Small courtesies towards customers on their channels: that somebody types, that their message was seen. Nothing depends on them, so a
//! provider that refuses one is only noted. Credentials that run out are renewed here too.

use crate::{Error, Result, Service, Tenant};
use channels::{Channel, Quote};
use model::*;
use store::inbox::{self, Inbox};
use store::{Reader, Tx, contact, conversation, message};

/// How often a channel is asked to renew its credentials, in milliseconds.
const DAY: i64 = 24 * 3_600_000;
/// When they were last renewed.
const RENEWED: &str = "renewed_at";

/// Everything a courtesy needs.
struct Address {
    inbox: Inbox,
    channel: &'static dyn Channel,
    peer: String,
    latest: Option<Quote>,
}

impl Service {
    /// Shows the customer that an agent types, where their channel shows it.
    pub(crate) async fn show_typing(&self, tenant: &Tenant, id: ConversationId, on: bool) {
        self.courtesy(tenant, id, async |service, to| {
            let wiring = service.wiring(&to.inbox.kind, &to.inbox.public_key);
            to.channel.typing(&service.link_of(&wiring, &to.inbox), &to.peer, on, to.latest.as_ref()).await
        })
        .await;
    }

    /// Tells the customer that their messages were seen, where their channel has that.
    pub(crate) async fn show_seen(&self, tenant: &Tenant, id: ConversationId) {
        self.courtesy(tenant, id, async |service, to| {
            let Some(latest) = &to.latest else { return Ok(()) };
            let wiring = service.wiring(&to.inbox.kind, &to.inbox.public_key);
            to.channel.seen(&service.link_of(&wiring, &to.inbox), &to.peer, latest).await
        })
        .await;
    }

    async fn courtesy(
        &self,
        tenant: &Tenant,
        id: ConversationId,
        pay: impl AsyncFnOnce(&Self, &Address) -> Result<(), channels::SendError>,
    ) {
        match self.address(tenant, id).await {
            Ok(Some(to)) => {
                if let Err(error) = pay(self, &to).await {
                    tracing::debug!(inbox = %to.inbox.id, %error, "a courtesy was not taken");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "a courtesy found nobody"),
        }
    }

    async fn address(&self, tenant: &Tenant, id: ConversationId) -> Result<Option<Address>> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::load(c, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?;
            let inbox = inbox::load(c, t.account, found.view.inbox).await?.ok_or_else(Error::missing)?;
            let Some(channel) = channels::find(&inbox.kind).filter(|channel| !channel.is_journal()) else { return Ok(None) };
            let address = contact::address_by_id(c, t.account, found.contact_inbox).await?.ok_or_else(Error::missing)?;
            let last = message::last_of_kind(c, t.account, id, MessageKind::Incoming).await?;
            let named = match last {
                Some(last) => message::named(c, t.account, last).await?,
                None => None,
            };
            let peer = address.attributes.get(super::REPLY).unwrap_or(&address.source).clone();
            let latest = named.map(|(id, attributes)| Quote { id, attributes });
            Ok(Some(Address { inbox, channel, peer, latest }))
        };
        tenant.read(look).await
    }

    /// Renews what runs out, once a day for each inbox.
    pub(crate) async fn renew_credentials(&self) -> Result<()> {
        for kind in channels::all().iter().map(|channel| channel.descriptor().kind) {
            let inboxes: Vec<Inbox> = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::of_kind(c, kind).await?)).await?;
            for found in inboxes {
                let last = found.settings.get(RENEWED).and_then(|at| at.parse().ok()).unwrap_or(0);
                if self.now().since(Timestamp(last)) >= DAY && found.state.is_connected() {
                    self.renew(found).await?;
                }
            }
        }
        Ok(())
    }

    async fn renew(&self, found: Inbox) -> Result<()> {
        let Some(channel) = channels::find(&found.kind).filter(|channel| !channel.is_journal()) else { return Ok(()) };
        let wiring = self.wiring(&found.kind, &found.public_key);
        let renewed = match channel.renew(&self.link_of(&wiring, &found)).await {
            Ok(Some(renewed)) => renewed,
            // Nothing of this channel runs out.
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::warn!(inbox = %found.id, %error, "credentials were not renewed; it is tried again");
                return Ok(());
            }
        };
        let now = self.now();
        let keep = async move |tx: &mut Tx| {
            let Some(mut kept) = inbox::load(tx, found.account, found.id).await? else { return Ok(()) };
            kept.settings.extend(renewed.settings);
            kept.settings.insert(RENEWED.to_owned(), now.0.to_string());
            kept.secrets.extend(renewed.secrets);
            Ok::<_, Error>(inbox::update(tx, &kept).await?)
        };
        self.0.store.write(keep).await
    }
}
