//! What agents do to a conversation: open it, assign it, resolve and reopen it, read it, type in it.

use crate::live::Whisper;
use crate::thread::add_activity;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::{Reader, Tx, contact, conversation, journal, message, person};

/// Messages of one window.
pub(crate) const WINDOW: i64 = 50;

impl Service {
    /// Opens a thread by the number people see.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn thread(&self, scope: &Scope, number: i64, window: ThreadWindow) -> Result<Stamped<ThreadView>> {
        let look = async move |c: &Reader, t: &Tenant| {
            let seq = journal::head(c, t.account).await?;
            let found = conversation::by_number(c, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let id = found.view.id;
            let messages = message::window(c, t.account, id, window, WINDOW, message::Reader::Agent).await?;
            let contact = contact::load(c, t.account, found.view.contact.id).await?.ok_or_else(Error::missing)?;
            let drafts = conversation::drafts(c, t.account, id, t.user).await?;
            let row = conversation::row(c, t.account, t.user, found).await?;
            Ok(Stamped { seq, data: ThreadView { row, contact, messages, drafts } })
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Gives a conversation to somebody who can see its inbox, or to nobody.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn assign(&self, scope: &Scope, id: ConversationId, to: Option<UserId>) -> Result<()> {
        let now = self.now();
        let assign = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = t.conversation(tx, id).await?;
            if found.view.assignee == to {
                return Ok(());
            }
            if let Some(user) = to {
                let role = person::role_in(tx, t.account, user).await?;
                let sees = match role {
                    Some(Role::Administrator) => true,
                    Some(Role::Agent) => person::inboxes_of(tx, t.account, user).await?.contains(&found.view.inbox),
                    None => false,
                };
                if !sees {
                    return Err(Error::field("to", Violation::Malformed));
                }
            }
            let was = found.view.placement();
            found.view.assignee = to;
            add_activity(tx, t.account, &found, Activity::Assigned { by: t.user, to }, now).await?;
            Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
        };
        self.enter(scope, Permission::Triage)?.write(assign).await
    }

    /// Resolves, reopens or snoozes a conversation.
    ///
    /// # Errors
    /// `Missing`; `Invalid` for a moment that has passed.
    pub async fn set_status(&self, scope: &Scope, id: ConversationId, status: Status) -> Result<()> {
        let now = self.now();
        if let Status::Snoozed { until: Some(until) } = status
            && until <= now
        {
            return Err(Error::field("until", Violation::Malformed));
        }
        let set = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = t.conversation(tx, id).await?;
            if found.view.status == status {
                return Ok(());
            }
            let was = found.view.placement();
            found.view.status = status;
            add_activity(tx, t.account, &found, Activity::Status { by: Some(t.user), to: status.kind() }, now).await?;
            Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
        };
        self.enter(scope, Permission::Triage)?.write(set).await
    }

    /// Marks the first `seen` incoming messages as read by the caller, and lets the visitor know how far we have read.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn mark_read(&self, scope: &Scope, id: ConversationId, seen: i64, unread: bool) -> Result<()> {
        let now = self.now();
        let mark = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, id).await?;
            let seen = seen.clamp(0, found.view.incoming);
            if !conversation::set_seen(tx, t.account, &found, t.user, seen, unread, now).await? || unread {
                return Ok(None);
            }
            if seen < found.view.incoming {
                return Ok(None);
            }
            let last = message::last_of_kind(tx, t.account, id, MessageKind::Incoming).await?;
            Ok(last.map(|up_to| (found.contact_inbox, up_to)))
        };
        let tenant = self.enter(scope, Permission::Reply)?;
        if let Some((address, up_to)) = tenant.write(mark).await? {
            self.0.hub.whisper(scope.account(), Whisper::Seen { address, up_to });
        }
        Ok(())
    }

    /// Tells the customer and the colleagues that the caller types, or stopped. Nothing is stored.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn typing(&self, scope: &Scope, id: ConversationId, on: bool) -> Result<()> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::load(c, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?;
            let name = person::load(c, t.user).await?.map(|p| p.name).unwrap_or_default();
            Ok((found, name))
        };
        let (found, name) = self.enter(scope, Permission::Reply)?.read(look).await?;
        let whisper = Whisper::Typing {
            conversation: id,
            inbox: found.view.inbox,
            address: found.contact_inbox,
            author: Author::User { id: scope.user() },
            name,
            on,
        };
        self.0.hub.whisper(scope.account(), whisper);
        Ok(())
    }

    /// Wakes every snoozed conversation whose time has come; answers how many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn wake_snoozed(&self) -> Result<usize> {
        let now = self.now();
        let due = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(conversation::due(c, now).await?)).await?;
        let count = due.len();
        for (account, id) in due {
            let wake = async move |tx: &mut Tx, t: &Tenant| {
                let mut found = t.conversation(tx, id).await?;
                // Somebody may have moved it since the look above.
                if !matches!(found.view.status, Status::Snoozed { until: Some(until) } if until <= now) {
                    return Ok(());
                }
                let was = found.view.placement();
                found.view.status = Status::Open;
                add_activity(tx, t.account, &found, Activity::Status { by: None, to: StatusKind::Open }, now).await?;
                Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
            };
            self.own(account).write(wake).await?;
        }
        Ok(count)
    }
}
