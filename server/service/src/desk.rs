//! What an agent's screen starts from, and the first-run checklist.

use crate::inboxes::view_of;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::{Audience, Reader, Tx, account, conversation, journal, person};

/// Moves the checklist and tells everybody, if anything changed.
pub(crate) async fn tick(tx: &mut Tx, account: AccountId, at: Timestamp, change: impl FnOnce(&mut Checklist)) -> Result<()> {
    let was = account::checklist(tx, account).await?;
    let mut now = was;
    change(&mut now);
    if now != was {
        account::set_checklist(tx, account, &now).await?;
        tx.note(account, at, Audience::everybody(), Change::Checklist { checklist: now });
    }
    Ok(())
}

impl Service {
    /// What the agent's screen starts from, stamped with the journal's position.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn desk(&self, scope: &Scope) -> Result<Stamped<DeskView>> {
        let role = scope.role();
        let here = self.0.hub.here(scope.account());
        let look = async move |c: &Reader, t: &Tenant| {
            let seq = journal::head(c, t.account).await?;
            let account = account::load(c, t.account).await?.ok_or_else(Error::missing)?;
            let inboxes = store::inbox::all(c, t.account).await?;
            let data = DeskView {
                account: t.account,
                account_name: account.name,
                me: t.user,
                role,
                inboxes: inboxes.iter().filter(|i| t.inboxes.contains(i.id)).map(view_of).collect(),
                agents: person::agents(c, t.account, None).await?,
                here,
                tallies: conversation::tallies(c, t.account, &t.inboxes, t.user).await?,
                labels: store::label::all(c, t.account).await?,
                teams: store::team::all(c, t.account).await?,
                settings: account.settings,
                unread: store::notification::unread(c, t.account, t.user).await?,
                checklist: account::checklist(c, t.account).await?,
            };
            Ok(Stamped { seq, data })
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// A page of 25 rows of the list.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn conversations(&self, scope: &Scope, filter: ListFilter, below: Option<ListCursor>) -> Result<Stamped<Page<ListRow>>> {
        let now = self.now();
        let look = async move |c: &Reader, t: &Tenant| {
            let seq = journal::head(c, t.account).await?;
            let query = conversation::ListQuery { account: t.account, sight: &t.inboxes, viewer: t.user, filter, below, now, limit: 25 };
            Ok(Stamped { seq, data: conversation::list(c, &query).await? })
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }
}
