//! Who is told what: assignments, mentions, and messages in what one has or follows. Where it is shown is the interface's business.

use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::conversation::{self, Conversation};
use store::notification::{self, Which};
use store::{Reader, Tx};

/// What somebody may be told.
pub(crate) struct News {
    /// Which message.
    pub message: Option<MessageId>,
    /// The colleague behind it.
    pub by: Option<UserId>,
    /// The first words.
    pub text: String,
    /// Whether the conversation began with it.
    pub new: bool,
}

/// Tells one person, if they want to be told of such things in the app.
pub(crate) async fn tell(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    user: UserId,
    kind: NotificationKind,
    news: &News,
    at: Timestamp,
) -> Result<()> {
    if news.by == Some(user) || !notification::preferences(tx, account, user).await?.of(kind).app {
        return Ok(());
    }
    let told = notification::News { user, kind, conversation: of.view.id, message: news.message, by: news.by, text: news.text.clone() };
    notification::tell(tx, account, &told, at).await?;
    Ok(())
}

/// Tells those whom a message concerns: whoever has the conversation, those who follow it, and of a new one those who asked for it.
pub(crate) async fn of_message(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    incoming: bool,
    news: &News,
    at: Timestamp,
) -> Result<()> {
    let assignee = of.view.assignee;
    if let Some(user) = assignee
        && incoming
    {
        tell(tx, account, of, user, NotificationKind::AssignedMessage, news, at).await?;
    }
    for user in conversation::participants(tx, account, of.view.id).await? {
        if Some(user) != assignee {
            tell(tx, account, of, user, NotificationKind::ParticipatingMessage, news, at).await?;
        }
    }
    if news.new && incoming && of.view.status != Status::Pending {
        for user in notification::want_beginnings(tx, account, of.view.inbox).await? {
            if Some(user) != assignee {
                tell(tx, account, of, user, NotificationKind::Created, news, at).await?;
            }
        }
    }
    Ok(())
}

impl Service {
    /// The caller's notifications, newest first, 25 a page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn notifications(&self, scope: &Scope, below: Option<NotificationId>) -> Result<Page<NotificationView>> {
        let look = async move |c: &Reader, t: &Tenant| Ok(notification::list(c, t.account, &t.inboxes, t.user, below, 25).await?);
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Marks one notification as read, or as unread again; without one, all are read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn mark_notification(&self, scope: &Scope, id: Option<NotificationId>, read: bool) -> Result<()> {
        let now = self.now();
        let which = id.map_or(Which::All, Which::One);
        if id.is_none() && !read {
            return Err(Error::field("read", Violation::Malformed));
        }
        let mark = async move |tx: &mut Tx, t: &Tenant| Ok(notification::mark(tx, t.account, t.user, which, read, now).await?);
        self.enter(scope, Permission::Read)?.write(mark).await
    }

    /// What the caller wants to be told, and whether they count as away without an open screen.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn preferences(&self, scope: &Scope) -> Result<(Preferences, bool)> {
        let look = async move |c: &Reader, t: &Tenant| {
            let wanted = notification::preferences(c, t.account, t.user).await?;
            Ok((wanted, notification::auto_offline(c, t.account, t.user).await?))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Sets what the caller wants to be told, and whether they count as away without an open screen.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn set_preferences(&self, scope: &Scope, wanted: Preferences, auto_offline: bool) -> Result<()> {
        let now = self.now();
        let set = async move |tx: &mut Tx, t: &Tenant| {
            notification::set_preferences(tx, t.account, t.user, &wanted).await?;
            notification::set_auto_offline(tx, t.account, t.user, auto_offline).await?;
            crate::people::note_agent(tx, t.account, t.user, now).await
        };
        self.enter(scope, Permission::Read)?.write(set).await
    }
}
