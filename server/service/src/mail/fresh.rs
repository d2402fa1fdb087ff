//! Mailboxes opened by consent: their access tokens live an hour, so they are renewed a little before they end, by whoever is about to use one. What
//! comes is kept before it is used.

use super::KIND;
use crate::{Error, Service};
use channels::SendError;
use channels::email::consent;
use store::inbox::{self, Inbox};
use store::{Reader, Tx};

impl Service {
    /// The inbox with credentials that are good for a while.
    ///
    /// # Errors
    /// `Disconnected` where a person must give consent again; `Retry` where the provider or the store stumbles.
    pub(crate) async fn freshened(&self, inbox: &Inbox) -> Result<Inbox, SendError> {
        if inbox.kind != KIND || !consent::due(&inbox.settings, self.now()) {
            return Ok(inbox.clone());
        }
        // Somebody else may have renewed them meanwhile.
        let (account, id) = (inbox.account, inbox.id);
        let look = async move |c: &Reader| Ok::<_, Error>(inbox::load(c, account, id).await?);
        let mut kept = self.0.store.read(look).await.map_err(stumbled)?.ok_or_else(|| SendError::disconnected("the inbox is gone"))?;
        let Some(channel) = channels::find(&kept.kind) else { return Ok(kept) };
        let renewed = {
            let wiring = self.wiring(&kept.kind, &kept.public_key);
            channel.renew(&self.link_of(&wiring, &kept)).await?
        };
        let Some(renewed) = renewed else { return Ok(kept) };
        kept.settings.extend(renewed.settings.clone());
        kept.secrets.extend(renewed.secrets.clone());
        let keep = async move |tx: &mut Tx| {
            let Some(mut row) = inbox::load(tx, account, id).await? else { return Ok(()) };
            row.settings.extend(renewed.settings);
            row.secrets.extend(renewed.secrets);
            Ok::<_, Error>(inbox::update(tx, &row).await?)
        };
        self.0.store.write(keep).await.map_err(stumbled)?;
        Ok(kept)
    }
}

fn stumbled(error: Error) -> SendError {
    SendError::retry(error.to_string(), None)
}
