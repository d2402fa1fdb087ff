//! What agents do to a conversation: open it, assign it, resolve and reopen it, read it, type in it.

use crate::live::Whisper;
use crate::thread::add_activity;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use std::collections::BTreeMap;
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
            let participants = conversation::participants(c, t.account, id).await?;
            let attributes = conversation::attributes(c, t.account, id).await?;
            Ok(Stamped { seq, data: ThreadView { row, contact, messages, drafts, participants, attributes } })
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Gives a conversation to somebody who can see its inbox, or to nobody.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn assign(&self, scope: &Scope, id: ConversationId, to: Option<UserId>) -> Result<()> {
        self.act(scope, id, vec![Action::Assign(to)]).await
    }

    /// Resolves, reopens or snoozes a conversation.
    ///
    /// # Errors
    /// `Missing`; `Invalid` for a moment that has passed.
    pub async fn set_status(&self, scope: &Scope, id: ConversationId, status: Status) -> Result<()> {
        self.act(scope, id, vec![Action::Status(status)]).await
    }

    /// Lets a colleague follow a conversation, or no longer.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn set_participant(&self, scope: &Scope, id: ConversationId, user: UserId, on: bool) -> Result<Vec<UserId>> {
        let set = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, id).await?;
            if on && !person::sight_of(tx, t.account, user).await?.is_some_and(|(_, sight)| sight.admits_view(&found.view)) {
                return Err(Error::field("user", Violation::Malformed));
            }
            conversation::set_participant(tx, t.account, id, user, on).await?;
            Ok(conversation::participants(tx, t.account, id).await?)
        };
        self.enter(scope, Permission::Triage)?.write(set).await
    }

    /// Sets attributes of a conversation, as they are defined; an empty value removes one, those not named stay.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn set_attributes(
        &self,
        scope: &Scope,
        id: ConversationId,
        values: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        let set = async move |tx: &mut Tx, t: &Tenant| {
            t.conversation(tx, id).await?;
            let defined = store::saved::attributes(tx, t.account).await?;
            let mut kept = conversation::attributes(tx, t.account, id).await?;
            for (key, value) in values {
                let definition = defined.iter().find(|a| a.draft.entity == Entity::Conversation && a.draft.key == key);
                if !definition.is_some_and(|a| a.draft.accepts(&value)) {
                    return Err(Error::field(&key, Violation::Malformed));
                }
                if value.is_empty() {
                    kept.remove(&key)
                } else {
                    kept.insert(key, value)
                };
            }
            conversation::set_attributes(tx, t.account, id, &kept).await?;
            Ok(kept)
        };
        self.enter(scope, Permission::Triage)?.write(set).await
    }

    /// Marks a conversation as unread for the caller from one incoming message on.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn mark_unread(&self, scope: &Scope, id: ConversationId, from: MessageId) -> Result<()> {
        let now = self.now();
        let mark = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, id).await?;
            let seen = message::incoming_before(tx, t.account, id, from).await?;
            conversation::set_seen(tx, t.account, &found, t.user, seen, true, now).await?;
            Ok(())
        };
        self.enter(scope, Permission::Reply)?.write(mark).await
    }

    /// Tells colleagues that the caller looks at a conversation, or no longer. Nothing is stored.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn viewing(&self, scope: &Scope, id: ConversationId, on: bool) -> Result<()> {
        let look = async move |c: &Reader, t: &Tenant| {
            Ok(conversation::load(c, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?.view.placement())
        };
        let place = self.enter(scope, Permission::Read)?.read(look).await?;
        self.0.hub.whisper(scope.account(), Whisper::Viewing { conversation: id, place, user: scope.user(), on });
        Ok(())
    }

    /// Deletes a conversation with all that was said in it.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn delete_conversation(&self, scope: &Scope, id: ConversationId) -> Result<()> {
        let now = self.now();
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, id).await?;
            Ok(conversation::delete(tx, t.account, &found, now).await?)
        };
        let paths = self.enter(scope, Permission::Delete)?.write(delete).await?;
        self.remove_files(paths).await;
        Ok(())
    }

    /// Merges a conversation into another of the same contact; drafts of everybody stay, on the one that remains.
    ///
    /// # Errors
    /// `Missing`; `Invalid` when they are one, or of different contacts.
    pub async fn merge_conversations(&self, scope: &Scope, from: ConversationId, into: ConversationId) -> Result<()> {
        let now = self.now();
        let merge = async move |tx: &mut Tx, t: &Tenant| {
            // Locked in the order of their ids, so that two merges cannot wait for each other.
            conversation::lock(tx, t.account, from.min(into)).await?;
            let gone = t.conversation(tx, from).await?;
            let mut stays = t.conversation(tx, into).await?;
            if from == into || gone.view.contact.id != stays.view.contact.id {
                return Err(Error::field("into", Violation::Malformed));
            }
            let was = stays.view.placement();
            let moved = message::ids_of(tx, t.account, from, None).await?;
            conversation::merge(tx, t.account, &gone, &mut stays, now).await?;
            message::tell_again(tx, t.account, &stays, &moved, now).await?;
            add_activity(tx, t.account, &stays, Activity::Merged { by: t.user, number: gone.view.number }, now).await?;
            Ok(conversation::save(tx, t.account, Some(was), &stays, now).await?)
        };
        self.enter(scope, Permission::Triage)?.write(merge).await
    }

    /// A page of 25 rows of what a filter finds.
    ///
    /// # Errors
    /// `Invalid` for a filter that cannot be asked.
    pub async fn filtered(
        &self,
        scope: &Scope,
        filter: Filter,
        order: ListOrder,
        below: Option<ListCursor>,
    ) -> Result<Stamped<Page<ListRow>>> {
        if !filter.is_sound(Entity::Conversation) {
            return Err(Error::field("filter", Violation::Malformed));
        }
        let now = self.now();
        let look = async move |c: &Reader, t: &Tenant| {
            let seq = journal::head(c, t.account).await?;
            let asked = ListFilter { order, ..ListFilter::default() };
            let query =
                conversation::ListQuery { account: t.account, sight: &t.inboxes, viewer: t.user, filter: asked, below, now, limit: 25 };
            Ok(Stamped { seq, data: conversation::filtered(c, &query, &filter).await? })
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// How much filters find for the caller, each counted up to a thousand.
    ///
    /// # Errors
    /// `Invalid` for a filter that cannot be asked.
    pub async fn count_filtered(&self, scope: &Scope, filters: Vec<Filter>) -> Result<Vec<i64>> {
        if filters.len() > 20 || filters.iter().any(|f| !f.is_sound(Entity::Conversation)) {
            return Err(Error::field("filters", Violation::Malformed));
        }
        let now = self.now();
        let count = async move |c: &Reader, t: &Tenant| {
            let mut counts = Vec::new();
            for filter in &filters {
                counts.push(conversation::matching(c, t.account, &t.inboxes, t.user, filter, now, 1000).await?.len() as i64);
            }
            Ok(counts)
        };
        self.enter(scope, Permission::Read)?.read(count).await
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
            if !unread {
                let which = store::notification::Which::Of(id);
                store::notification::mark(tx, t.account, t.user, which, true, now).await?;
            }
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
            self.show_seen(&tenant, id).await;
        }
        Ok(())
    }

    /// Tells the customer and the colleagues that the caller types, or stopped; of a private note only whoever listens by webhook. Nothing is
    /// stored.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn typing(&self, scope: &Scope, id: ConversationId, on: bool, private: bool) -> Result<()> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::load(c, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?;
            let name = person::load(c, t.user).await?.map(|p| p.name).unwrap_or_default();
            Ok((found, name))
        };
        let tenant = self.enter(scope, Permission::Reply)?;
        let (found, name) = tenant.read(look).await?;
        let whisper = Whisper::Typing {
            conversation: id,
            place: found.view.placement(),
            address: found.contact_inbox,
            author: Author::User { id: scope.user() },
            name,
            on,
        };
        if private {
            self.hook_typing(scope.account(), whisper, true).await;
            return Ok(());
        }
        self.whisper_typing(scope.account(), whisper).await;
        self.show_typing(&tenant, id, on).await;
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
                add_activity(tx, t.account, &found, Activity::Moved { to: StatusKind::Open, cause: Cause::Woke }, now).await?;
                Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
            };
            self.own(account).write(wake).await?;
        }
        Ok(count)
    }
}
