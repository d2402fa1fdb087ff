//! Who is told what: assignments, mentions, and messages in what one has or follows. Where it is shown is the interface's business.

use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde::{Deserialize, Serialize};
use store::conversation::{self, Conversation};
use store::notification::{self, Which};
use store::{Reader, Tx};

/// A piece of news that waits to be told beside the screen.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Told {
    pub account: AccountId,
    pub user: UserId,
    pub notification: NotificationId,
}

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

/// Tells one person in the ways they want to be told of such things: in the app now, by browser and mail once they had time to see it there.
pub(crate) async fn tell(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    user: UserId,
    kind: NotificationKind,
    news: &News,
    at: Timestamp,
) -> Result<()> {
    if news.by == Some(user) {
        return Ok(());
    }
    let (message, by, text) = (news.message, news.by, news.text.clone());
    reach(tx, account, notification::News { user, kind, conversation: of.view.id, message, by, text, silent: false }, true, at).await
}

/// Tells every administrator that an endpoint is switched off; by mail only where the installation sends any.
pub(crate) async fn of_webhook(tx: &mut Tx, account: AccountId, name: &str, mails: bool, at: Timestamp) -> Result<()> {
    for agent in store::person::agents(tx, account, None).await?.iter().filter(|a| a.role.may(Permission::ManageInboxes)) {
        let (kind, conversation, text) = (NotificationKind::Webhook, ConversationId(0), name.to_owned());
        let told = notification::News { user: agent.id, kind, conversation, message: None, by: None, text, silent: false };
        reach(tx, account, told, mails, at).await?;
    }
    Ok(())
}

async fn reach(tx: &mut Tx, account: AccountId, mut told: notification::News, mails: bool, at: Timestamp) -> Result<()> {
    let (user, ways) = (told.user, notification::preferences(tx, account, told.user).await?.of(told.kind));
    if !(ways.app || ways.push || ways.mail) {
        return Ok(());
    }
    told.silent = !ways.app;
    let id = notification::tell(tx, account, &told, at).await?.id;
    let told = Told { account, user, notification: id };
    if ways.push {
        crate::push::later(tx, told, at).await?;
    }
    if ways.mail && mails {
        crate::told::later(tx, told, at).await?;
    }
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

/// News as somebody reads it: who it is with, what happened in few words, and where it leads, under our own address.
pub(crate) struct Worded {
    pub title: String,
    pub text: String,
    pub path: String,
    /// Of which conversation, if it is of one.
    pub conversation: Option<ConversationId>,
}

impl Worded {
    pub(crate) fn new(account: AccountId, of: &NotificationView, by: Option<&str>, language: Language) -> Self {
        let portuguese = language == Language::Portuguese;
        if of.kind == NotificationKind::Webhook {
            let (title, text) = if portuguese {
                ("Webhook desligado", "não recebe mais nada até ser ligado de novo.")
            } else {
                ("Webhook switched off", "is told nothing more until it is switched on again.")
            };
            let path = format!("/app/accounts/{account}/settings/webhooks");
            return Self { title: title.to_owned(), text: format!("{} {text}", of.text), path, conversation: None };
        }
        let by = by.unwrap_or(if portuguese { "Alguém" } else { "Somebody" });
        let what = match (of.kind, portuguese) {
            (NotificationKind::Created, true) => "Nova conversa".to_owned(),
            (NotificationKind::Created, false) => "New conversation".to_owned(),
            (NotificationKind::Assigned, true) => "Conversa atribuída a você".to_owned(),
            (NotificationKind::Assigned, false) => "Conversation assigned to you".to_owned(),
            (NotificationKind::Mentioned, true) => format!("{by} mencionou você"),
            (NotificationKind::Mentioned, false) => format!("{by} mentioned you"),
            (NotificationKind::AssignedMessage | NotificationKind::ParticipatingMessage | NotificationKind::Webhook, _) => String::new(),
        };
        let text = match (what.is_empty(), of.text.is_empty()) {
            (true, true) if portuguese => "Nova mensagem".to_owned(),
            (true, true) => "New message".to_owned(),
            (true, false) => of.text.clone(),
            (false, true) => what,
            (false, false) => format!("{what}: {}", of.text),
        };
        let title = if of.contact.is_empty() { format!("#{}", of.number) } else { of.contact.clone() };
        let place = format!("/app/accounts/{account}/conversations/{}", of.number);
        let path = of.message.map_or_else(|| place.clone(), |message| format!("{place}?message={message}"));
        Self { title, text, path, conversation: Some(of.conversation) }
    }
}

impl Service {
    /// A piece of news as its person reads it: none once it is read, not theirs to see any more, or they are gone.
    pub(crate) async fn worded(&self, told: Told) -> Result<Option<(Worded, SessionView)>> {
        let scope = match self.scope_of(told.user, told.account).await {
            Ok(scope) => scope,
            Err(Error::Fault(FaultCode::Missing)) => return Ok(None),
            Err(other) => return Err(other),
        };
        let look = async move |c: &Reader, t: &Tenant| {
            let found = notification::unread_one(c, t.account, &t.inboxes, t.user, told.notification).await?;
            let (Some(found), Some(person)) = (found, store::person::session_view(c, t.user).await?) else { return Ok(None) };
            let by = match found.by {
                Some(user) => store::person::session_view(c, user).await?.map(|by| by.name),
                None => None,
            };
            Ok(Some((Worded::new(t.account, &found, by.as_deref(), person.language), person)))
        };
        self.enter(&scope, Permission::Read)?.read(look).await
    }

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
    /// `Missing`, and those of the store.
    pub async fn mark_notification(&self, scope: &Scope, id: Option<NotificationId>, read: bool) -> Result<()> {
        let now = self.now();
        let which = id.map_or(Which::All, Which::One);
        if id.is_none() && !read {
            return Err(Error::field("read", Violation::Malformed));
        }
        let mark = async move |tx: &mut Tx, t: &Tenant| {
            if let Some(id) = id
                && !notification::is_of(tx, t.account, t.user, id).await?
            {
                return Err(Error::missing());
            }
            Ok(notification::mark(tx, t.account, t.user, which, read, now).await?)
        };
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
