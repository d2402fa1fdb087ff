//! Messages of agents: reading on, sending once, trying again, drafts.

use crate::conversations::WINDOW;
use crate::dispatch::deliver_job;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::message::{self, NewMessage};
use store::{Reader, Tx, attachment, conversation, inbox, journal};

impl Service {
    /// More messages of a thread.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn messages(&self, scope: &Scope, id: ConversationId, window: ThreadWindow) -> Result<Stamped<Page<MessageView>>> {
        let look = async move |c: &Reader, t: &Tenant| {
            let seq = journal::head(c, t.account).await?;
            conversation::load(c, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?;
            Ok(Stamped { seq, data: message::window(c, t.account, id, window, WINDOW, message::Reader::Agent).await? })
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Sends a reply the agent may give. The same key of the same author answers the same message, however often it is called.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `NotOnThisChannel`.
    pub async fn send_reply(&self, scope: &Scope, draft: ReplyDraft) -> Result<MessageView> {
        let now = self.now();
        let send = async move |tx: &mut Tx, t: &Tenant| {
            let author = Author::User { id: t.user };
            let mut found = t.conversation(tx, draft.conversation).await?;
            if let Some(sent) = message::by_key(tx, t.account, &author, draft.key).await? {
                return if sent.conversation == draft.conversation { Ok(sent) } else { Err(Error::Fault(FaultCode::Conflict)) };
            }
            let uploader = format!("u{}", t.user);
            let files = attachment::uploads(tx, t.account, &uploader, &draft.files).await?;
            if files.len() != draft.files.len() {
                return Err(Error::field("files", Violation::Malformed));
            }
            let inbox = inbox::load(tx, t.account, found.view.inbox).await?.ok_or_else(Error::missing)?;
            let text = permit(&crate::inboxes::view_of(&inbox).capabilities, &draft.text, &files, found.view.last_incoming_at, now)?;
            let was = found.view.placement();
            let new = NewMessage {
                kind: MessageKind::Outgoing,
                author,
                key: Some(draft.key),
                text,
                state: MessageState::Queued,
                activity: None,
                files,
                source: None,
            };
            let sent = crate::thread::add_public(tx, t.account, &mut found, Some(was), new, now).await?;
            // Whoever answers has read what stands above the answer.
            let incoming = found.view.incoming;
            conversation::set_seen(tx, t.account, &found, t.user, incoming, false, now).await?;
            // What was sent is no draft any more, on any device.
            conversation::set_draft(tx, t.account, &found, t.user, DraftMode::Reply, String::new(), now).await?;
            tx.enqueue(deliver_job(t.account, found.view.id, sent.id, now)).await?;
            crate::desk::tick(tx, t.account, now, |list| list.reply = true).await?;
            crate::crash::point("send.before_commit");
            Ok(sent)
        };
        let sent = self.enter(scope, Permission::Reply)?.write(send).await?;
        crate::crash::point("send.after_commit");
        Ok(sent)
    }

    /// Sends a failed or unconfirmed message again, because a person decided so.
    ///
    /// # Errors
    /// `Missing`; `Conflict` when it is on its way or has arrived.
    pub async fn retry_message(&self, scope: &Scope, id: MessageId) -> Result<MessageView> {
        let now = self.now();
        let retry = async move |tx: &mut Tx, t: &Tenant| {
            let first = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.conversation).await?;
            let mut again = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            if !matches!(again.state, MessageState::Failed { .. } | MessageState::Unconfirmed) || again.kind != MessageKind::Outgoing {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            message::set_state(tx, t.account, &mut found, &mut again, MessageState::Queued, None, now).await?;
            tx.enqueue(deliver_job(t.account, again.conversation, id, now)).await?;
            Ok(again)
        };
        self.enter(scope, Permission::Reply)?.write(retry).await
    }

    /// Keeps the caller's unsent text; empty text removes it.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn save_draft(&self, scope: &Scope, id: ConversationId, mode: DraftMode, text: String) -> Result<()> {
        if text.chars().count() > 150_000 {
            return Err(Error::field("text", Violation::TooLong(150_000)));
        }
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, id).await?;
            Ok(conversation::set_draft(tx, t.account, &found, t.user, mode, text, now).await?)
        };
        self.enter(scope, Permission::Reply)?.write(save).await
    }
}

/// Checks a message against what the channel carries; answers the text as it is kept.
pub(crate) fn permit(
    can: &Capabilities,
    text: &str,
    files: &[attachment::Attachment],
    last_incoming: Option<Timestamp>,
    now: Timestamp,
) -> Result<String> {
    // Zero bytes cannot be stored on PostgreSQL, and nobody types them.
    let text = text.replace('\0', "").trim().to_owned();
    if text.is_empty() && files.is_empty() {
        return Err(Error::field("text", Violation::Required));
    }
    if text.chars().count() > can.text_limit as usize {
        return Err(Error::field("text", Violation::TooLong(can.text_limit)));
    }
    if files.len() > can.files as usize {
        return Err(Error::field("files", Violation::TooLong(can.files)));
    }
    if files.iter().any(|f| f.view.size > can.limit(f.view.kind)) {
        return Err(Error::Fault(FaultCode::NotOnThisChannel));
    }
    if let Some(hours) = can.reply_window_hours {
        let open = last_incoming.is_some_and(|at| now.since(at) < i64::from(hours) * 3_600_000);
        if !open {
            return Err(Error::Fault(FaultCode::NotOnThisChannel));
        }
    }
    Ok(text)
}
