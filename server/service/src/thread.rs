//! The rules every message keeps, whoever sends it: how a conversation moves when something is said in it, and who is told.

use crate::Result;
use crate::notices::{self, News};
use model::*;
use store::Tx;
use store::conversation::{self, Conversation};
use store::message::{self, NewMessage};

/// The longest preview, in characters.
const PREVIEW: usize = 140;
/// A conversation goes on while somebody of ours said something so lately, in milliseconds.
const GOES_ON: i64 = 5 * 60_000;

/// The first characters of a text, on one line.
pub(crate) fn first_words(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(PREVIEW).collect()
}

/// What a message says, where its words alone say nothing.
fn words_of(message: &MessageView) -> String {
    let rich = message.detail.as_ref().filter(|detail| detail.is_rich() && message.text.is_empty());
    crate::rich::spoken(&message.text, rich)
}

/// A message as the list previews it.
pub(crate) fn preview_of(message: &MessageView) -> Preview {
    Preview {
        author: message.author.clone(),
        text: first_words(&words_of(message)),
        file: message.files.first().map(|f| f.kind),
        state: message.state.clone(),
        message: message.id,
    }
}

/// Adds a line of the product's own.
pub(crate) async fn add_activity(tx: &mut Tx, account: AccountId, to: &Conversation, activity: Activity, at: Timestamp) -> Result<()> {
    message::add(tx, account, to, NewMessage { activity: Some(activity), ..NewMessage::default() }, at).await?;
    Ok(())
}

/// Adds a public message and moves its conversation: newest on top, counted, opened or taken over as the rules say.
/// `was` is where the conversation stood; none when it was made in this write.
pub(crate) async fn add_public(
    tx: &mut Tx,
    account: AccountId,
    to: &mut Conversation,
    was: Option<Placement>,
    new: NewMessage,
    at: Timestamp,
) -> Result<MessageView> {
    // What was only begun is everybody's before its first message is told.
    let begun = to.view.starter.take().is_some();
    let message = message::add(tx, account, to, new, at).await?;
    said(tx, account, to, if begun { None } else { was }, begun, &message, at).await?;
    if message.kind == MessageKind::Incoming {
        Box::pin(answer_by_itself(tx, account, to, at)).await?;
    }
    Ok(message)
}

/// What an inbox says by itself to who wrote: that nobody is there, once a day and not into a conversation that goes on; else its greeting, once.
async fn answer_by_itself(tx: &mut Tx, account: AccountId, to: &mut Conversation, at: Timestamp) -> Result<()> {
    // A bot says what it says itself.
    if to.blocked || to.view.muted || to.view.status == Status::Pending {
        return Ok(());
    }
    let Some(settings) = store::inbox::says_by_itself(tx, account, to.view.inbox).await? else { return Ok(()) };
    let hours = crate::hours::of(&settings);
    let greeting = settings.get("greeting").filter(|_| settings.get("greeting_enabled").is_some_and(|on| on == "true"));
    let text = if !hours.closed.is_empty() && !crate::hours::open(&hours, at) {
        let today = crate::hours::midnight(&hours, at).unwrap_or(at);
        let (by_itself, any) = message::told_last(tx, account, to.view.id).await?;
        let silent = by_itself.is_none_or(|last| last < today) && any.is_none_or(|last| at.since(last) >= GOES_ON);
        silent.then_some(hours.closed)
    } else {
        None
    };
    let first = to.view.incoming == 1 && to.first_reply_at.is_none();
    let Some(text) = text.or_else(|| greeting.filter(|_| first).cloned()).filter(|text| !text.is_empty()) else { return Ok(()) };
    let new =
        NewMessage { kind: MessageKind::Outgoing, author: Author::System, text, state: MessageState::Queued, ..NewMessage::default() };
    let was = to.view.placement();
    let sent = add_public(tx, account, to, Some(was), new, at).await?;
    tx.enqueue(crate::dispatch::deliver_job(account, to.view.id, sent.id, at)).await?;
    Ok(())
}

/// Lets a held message go, and moves its conversation as if it had been written now.
pub(crate) async fn release(
    tx: &mut Tx,
    account: AccountId,
    to: &mut Conversation,
    message: &mut MessageView,
    at: Timestamp,
) -> Result<()> {
    let was = to.view.placement();
    let begun = to.view.starter.take().is_some();
    message::release(tx, account, to, message, at).await?;
    said(tx, account, to, if begun { None } else { Some(was) }, begun, message, at).await
}

async fn said(
    tx: &mut Tx,
    account: AccountId,
    to: &mut Conversation,
    was: Option<Placement>,
    begun: bool,
    message: &MessageView,
    at: Timestamp,
) -> Result<()> {
    let incoming = message.kind == MessageKind::Incoming;
    let by = if let Author::User { id } = message.author { Some(id) } else { None };
    let quiet = to.blocked || to.view.muted;
    let moved = if incoming {
        to.view.status.on_incoming(quiet, store::bot::answers_in(tx, to.view.inbox).await?)
    } else {
        // Only a person takes over: a bot goes on holding what it answers.
        by.and(to.view.status.on_reply())
    };
    let view = &mut to.view;
    view.preview = Some(preview_of(message));
    view.last_message_at = view.last_message_at.max(at);
    if incoming {
        view.incoming += 1;
        view.last_incoming_at = Some(at);
        view.waiting_since = view.waiting_since.or(Some(at));
        hold_back(tx, account, to, at).await?;
    } else if by.is_some() {
        view.waiting_since = None;
        to.first_reply_at = to.first_reply_at.or(Some(at));
    }
    if let Some(status) = moved {
        to.view.status = status;
        add_activity(tx, account, to, Activity::Status { by, to: status.kind() }, at).await?;
    }
    if incoming && !quiet && to.view.status == Status::Pending && crate::bots::has_rules(tx, account, to.view.inbox).await? {
        tx.enqueue(crate::bots::answer_job(account, to.view.id, message.id, moved.is_some(), at)).await?;
    }
    if begun {
        conversation::count(tx, account, to).await?;
    }
    conversation::save(tx, account, was, to, at).await?;
    if !(incoming && quiet) {
        let news =
            News { message: Some(message.id), by, text: first_words(&words_of(message)), new: was.is_none() && to.view.incoming == 1 };
        notices::of_message(tx, account, to, incoming, &news, at).await?;
    }
    Ok(())
}

/// The customer wrote: what waits "unless they answer" does not leave; its author may still send it.
async fn hold_back(tx: &mut Tx, account: AccountId, to: &mut Conversation, at: Timestamp) -> Result<()> {
    for mut waiting in message::held(tx, account, to.view.id).await? {
        if waiting.unless_answered {
            let state = MessageState::Failed { reason: FailureReason::Answered };
            message::set_state(tx, account, to, &mut waiting, state, None, at).await?;
            (waiting.send_at, waiting.unless_answered) = (None, false);
            message::save(tx, account, to, &waiting, at).await?;
            let by = if let Author::User { id } = waiting.author { Some(id) } else { None };
            add_activity(tx, account, to, Activity::NotSent { by }, at).await?;
        }
    }
    Ok(())
}
