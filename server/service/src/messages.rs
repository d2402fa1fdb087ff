//! Messages of agents: reading on, sending once, trying again, drafts.

use crate::conversations::WINDOW;
use crate::dispatch::deliver_job;
use crate::notices::News;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::conversation::Conversation;
use store::message::{self, NewMessage};
use store::{Reader, Tx, attachment, conversation, inbox, journal};

/// Most characters of a note.
const NOTE: usize = 150_000;

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

    /// Sends a reply the agent may give, at once or held. The same key of the same author answers the same message, however often it is called.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `NotOnThisChannel`; `Conflict` when somebody else answered since the author looked.
    pub async fn send_reply(&self, scope: &Scope, draft: ReplyDraft) -> Result<MessageView> {
        let now = self.now();
        let held = match (draft.send_at, draft.hold_seconds) {
            (Some(at), _) if at <= now || at > now.plus(366 * 86_400_000) => return Err(Error::field("send_at", Violation::Malformed)),
            (Some(at), _) => Some(at),
            (None, Some(seconds)) if seconds > 0 => Some(now.plus(i64::from(seconds.min(30)) * 1000)),
            (None, _) => None,
        };
        let write = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = t.conversation(tx, draft.conversation).await?;
            let author = Author::User { id: t.user };
            if let Some(sent) = message::by_key(tx, t.account, &author, draft.key).await? {
                return if sent.conversation == draft.conversation { Ok(sent) } else { Err(Error::Fault(FaultCode::Conflict)) };
            }
            if let Some(seen) = draft.seen
                && message::answered_since(tx, t.account, draft.conversation, seen, t.user).await?
            {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            let says = Says {
                text: draft.text,
                key: Some(draft.key),
                files: draft.files,
                quote: draft.quote,
                detail: draft.template.map(Detail::Template).or(draft.mail.map(Detail::Mail)),
                held,
                unless_answered: draft.unless_answered && held.is_some(),
                bot: None,
            };
            let sent = send(tx, t, &mut found, says, now).await?;
            crate::crash::point("send.before_commit");
            Ok(sent)
        };
        let sent = self.enter(scope, Permission::Reply)?.write(write).await?;
        crate::crash::point("send.after_commit");
        Ok(sent)
    }

    /// Writes to colleagues only. Whoever is mentioned is told, and follows the conversation.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn add_note(&self, scope: &Scope, draft: NoteDraft) -> Result<MessageView> {
        let text = draft.text.replace('\0', "").trim().to_owned();
        if text.chars().count() > NOTE {
            return Err(Error::field("text", Violation::TooLong(NOTE as u32)));
        }
        if text.is_empty() && draft.files.is_empty() {
            return Err(Error::field("text", Violation::Required));
        }
        let now = self.now();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, draft.conversation).await?;
            let author = Author::User { id: t.user };
            if let Some(known) = message::by_key(tx, t.account, &author, draft.key).await? {
                return if known.conversation == draft.conversation { Ok(known) } else { Err(Error::Fault(FaultCode::Conflict)) };
            }
            let files = uploaded(tx, t, &draft.files).await?;
            let new = NewMessage { kind: MessageKind::Note, author, key: Some(draft.key), text, files, ..NewMessage::default() };
            let note = message::add(tx, t.account, &found, new, now).await?;
            conversation::set_draft(tx, t.account, &found, t.user, DraftMode::Note, String::new(), now).await?;
            mention(tx, t, &found, &draft.users, &draft.teams, &note, now).await?;
            Ok(note)
        };
        self.enter(scope, Permission::Reply)?.write(write).await
    }

    /// Takes a message's words and files away for good; a mark that something stood here remains.
    ///
    /// # Errors
    /// `Missing`; `Forbidden` for a colleague's, unless an administrator does it; `Conflict` for the product's own lines.
    pub async fn delete_message(&self, scope: &Scope, id: MessageId) -> Result<MessageView> {
        let (now, any) = (self.now(), scope.role().may(Permission::Delete));
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            let first = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.conversation).await?;
            let mut gone = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            if gone.kind == MessageKind::Activity || gone.is_held() {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            if !any && gone.author != (Author::User { id: t.user }) {
                return Err(Error::Fault(FaultCode::Forbidden));
            }
            if gone.deleted_at.is_some() {
                return Ok((gone, Vec::new()));
            }
            gone.deleted_by = Some(t.user);
            let paths = message::empty(tx, t.account, &found, &mut gone, now).await?;
            if found.view.preview.as_ref().is_some_and(|p| p.message == id) {
                let was = found.view.placement();
                found.view.preview = Some(crate::thread::preview_of(&gone));
                conversation::save(tx, t.account, Some(was), &found, now).await?;
            }
            Ok((gone, paths))
        };
        let (gone, paths) = self.enter(scope, Permission::Reply)?.write(delete).await?;
        self.remove_files(paths).await;
        Ok(gone)
    }

    /// A mail's cleaned HTML.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn message_html(&self, scope: &Scope, id: MessageId) -> Result<String> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = message::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            conversation::load(c, t.account, &t.inboxes, found.conversation).await?.ok_or_else(Error::missing)?;
            message::html(c, t.account, id).await?.ok_or_else(Error::missing)
        };
        self.enter(scope, Permission::Read)?.read(look).await
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
            let waited = again.state == (MessageState::Failed { reason: FailureReason::Answered });
            message::set_state(tx, t.account, &mut found, &mut again, MessageState::Queued, None, now).await?;
            if waited {
                // It never stood in the customer's thread: it takes its place there now.
                crate::held::let_go(tx, t.account, &mut found, &mut again, now).await?;
            } else {
                tx.enqueue(deliver_job(t.account, again.conversation, id, now)).await?;
            }
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

/// What is to be said to a customer.
#[derive(Default)]
pub(crate) struct Says {
    /// The text.
    pub text: String,
    /// The author's key.
    pub key: Option<ClientKey>,
    /// Keys of uploads.
    pub files: Vec<String>,
    /// The message it answers.
    pub quote: Option<MessageId>,
    /// What it is beside text and files.
    pub detail: Option<Detail>,
    /// Until when it is held.
    pub held: Option<Timestamp>,
    /// Does not leave if the customer writes first.
    pub unless_answered: bool,
    /// The bot that says it, and its name.
    pub bot: Option<(i64, String)>,
}

/// Says something to a customer in the caller's name: kept, counted, queued for its channel, or held.
pub(crate) async fn send(tx: &mut Tx, t: &Tenant, found: &mut Conversation, says: Says, now: Timestamp) -> Result<MessageView> {
    let author = if t.user.0 == 0 { Author::System } else { Author::User { id: t.user } };
    if let Some(key) = says.key
        && let Some(sent) = message::by_key(tx, t.account, &author, key).await?
    {
        return Ok(sent);
    }
    let files = uploaded(tx, t, &says.files).await?;
    let inbox = inbox::load(tx, t.account, found.view.inbox).await?.ok_or_else(Error::missing)?;
    let can = crate::inboxes::view_of(&inbox).capabilities;
    let template = matches!(says.detail, Some(Detail::Template(_)));
    if template && !can.more.templates {
        return Err(Error::Fault(FaultCode::NotOnThisChannel));
    }
    // An approved text needs no open window, and no words of one's own.
    let window = if template { None } else { can.reply_window_hours };
    let can = Capabilities { reply_window_hours: window, ..can };
    let rich = says.detail.as_ref().filter(|detail| detail.is_rich());
    let text = if template && says.text.trim().is_empty() && files.is_empty() {
        String::new()
    } else if let Some(rich) = rich {
        // It may need no words of its own; what leaves where there is only text has to fit.
        permit(&can, &crate::rich::spoken(&says.text, Some(rich)), &files, found.view.last_incoming_at, now)?;
        says.text.replace('\0', "").trim().to_owned()
    } else {
        permit(&can, &says.text, &files, found.view.last_incoming_at, now)?
    };
    let quote = match says.quote {
        Some(id) => Some(quoted(tx, t, found, id).await?),
        None => None,
    };
    if let Some(Detail::Mail(head)) = &says.detail {
        if !can.more.subject {
            return Err(Error::Fault(FaultCode::NotOnThisChannel));
        }
        crate::mail::check_head(head)?;
    }
    if let Some(Detail::Mail(head)) = &says.detail
        && found.view.subject.is_none()
        && !head.subject.trim().is_empty()
    {
        let was = found.view.placement();
        found.view.subject = Some(head.subject.trim().chars().take(500).collect());
        conversation::save(tx, t.account, Some(was), found, now).await?;
    }
    let new = NewMessage {
        kind: MessageKind::Outgoing,
        author,
        key: says.key,
        text,
        state: MessageState::Queued,
        files,
        quote,
        detail: says.detail,
        send_at: says.held,
        unless_answered: says.unless_answered,
        bot: says.bot.as_ref().map(|(_, name)| name.clone()),
        ..NewMessage::default()
    };
    let sent = if let Some(at) = says.held {
        let held = message::add(tx, t.account, found, new, now).await?;
        tx.enqueue(crate::held::release_job(t.account, held.id, at)).await?;
        held
    } else {
        let was = found.view.placement();
        let sent = crate::thread::add_public(tx, t.account, found, Some(was), new, now).await?;
        tx.enqueue(deliver_job(t.account, found.view.id, sent.id, now)).await?;
        sent
    };
    if let Some((bot, _)) = says.bot {
        store::bot::part::spoke(tx, t.account, found, bot, now).await?;
    }
    if t.user.0 != 0 {
        // Whoever answers has read what stands above the answer.
        conversation::set_seen(tx, t.account, found, t.user, found.view.incoming, false, now).await?;
        // What was sent is no draft any more, on any device.
        conversation::set_draft(tx, t.account, found, t.user, DraftMode::Reply, String::new(), now).await?;
        crate::desk::tick(tx, t.account, now, |list| list.reply = true).await?;
    }
    Ok(sent)
}

async fn uploaded(tx: &Tx, t: &Tenant, keys: &[String]) -> Result<Vec<attachment::Attachment>> {
    let files = attachment::uploads(tx, t.account, &format!("u{}", t.user), keys).await?;
    if files.len() == keys.len() { Ok(files) } else { Err(Error::field("files", Violation::Malformed)) }
}

/// The message an answer quotes, as it is now; it must stand in the same thread.
pub(crate) async fn quoted(tx: &Tx, t: &Tenant, found: &Conversation, id: MessageId) -> Result<Box<Quote>> {
    let quoted = message::load(tx, t.account, id).await?.filter(|m| m.conversation == found.view.id);
    let quoted = quoted.filter(|m| matches!(m.kind, MessageKind::Incoming | MessageKind::Outgoing) && !m.is_held());
    let m = quoted.ok_or_else(|| Error::field("quote", Violation::Malformed))?;
    let file = m.files.first().map(|f| f.kind);
    Ok(Box::new(Quote { message: m.id, text: crate::thread::first_words(&m.text), author: m.author, file }))
}

/// Tells whom a note names, and lets them follow; only who can see the conversation can be named.
async fn mention(
    tx: &mut Tx,
    t: &Tenant,
    found: &Conversation,
    users: &[UserId],
    teams: &[TeamId],
    note: &MessageView,
    now: Timestamp,
) -> Result<()> {
    let mut named = users.to_vec();
    if !teams.is_empty() {
        let known = store::team::all(tx, t.account).await?;
        named.extend(known.iter().filter(|team| teams.contains(&team.id)).flat_map(|team| team.members.iter().copied()));
    }
    named.sort_unstable();
    named.dedup();
    let news = News { message: Some(note.id), by: Some(t.user), text: crate::thread::first_words(&note.text), new: false };
    for user in named {
        let sees = store::person::sight_of(tx, t.account, user).await?.is_some_and(|(_, sight)| sight.admits_view(&found.view));
        if sees {
            conversation::set_participant(tx, t.account, found.view.id, user, true).await?;
            crate::notices::tell(tx, t.account, found, user, NotificationKind::Mentioned, &news, now).await?;
        } else if users.contains(&user) {
            return Err(Error::field("users", Violation::Malformed));
        }
    }
    Ok(())
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
    if can.more.unit.count(&text) > can.text_limit as usize {
        return Err(Error::field("text", Violation::TooLong(can.text_limit)));
    }
    if files.len() > can.files as usize {
        return Err(Error::field("files", Violation::TooLong(can.files)));
    }
    if files.iter().any(|f| f.view.size > can.limit(f.view.kind)) {
        return Err(Error::Fault(FaultCode::NotOnThisChannel));
    }
    if let Some(hours) = can.person_window() {
        let open = last_incoming.is_some_and(|at| now.since(at) < i64::from(hours) * 3_600_000);
        if !open {
            return Err(Error::Fault(FaultCode::NotOnThisChannel));
        }
    }
    Ok(text)
}
