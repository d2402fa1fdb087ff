//! The rules every message keeps, whoever sends it: how a conversation moves when something is said in it.

use crate::Result;
use model::*;
use store::Tx;
use store::conversation::{self, Conversation};
use store::message::{self, NewMessage};

/// The longest preview, in characters.
const PREVIEW: usize = 140;

fn preview_of(message: &MessageView) -> Preview {
    let line: String = message.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Preview {
        author: message.author.clone(),
        text: line.chars().take(PREVIEW).collect(),
        file: message.files.first().map(|f| f.kind),
        state: message.state.clone(),
        message: message.id,
    }
}

/// Adds a line of the product's own.
pub(crate) async fn add_activity(tx: &mut Tx, account: AccountId, to: &Conversation, activity: Activity, at: Timestamp) -> Result<()> {
    let new = NewMessage {
        kind: MessageKind::Activity,
        author: Author::System,
        key: None,
        text: String::new(),
        state: MessageState::Sent,
        activity: Some(activity),
        files: Vec::new(),
        source: None,
    };
    message::add(tx, account, to, new, at).await?;
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
    let incoming = new.kind == MessageKind::Incoming;
    let by_person = matches!(new.author, Author::User { .. });
    let before = to.view.status;
    let moved = if incoming { before.on_incoming(to.blocked, false) } else { before.on_reply() };
    let message = message::add(tx, account, to, new, at).await?;
    let view = &mut to.view;
    view.preview = Some(preview_of(&message));
    view.last_message_at = view.last_message_at.max(at);
    if incoming {
        view.incoming += 1;
        view.last_incoming_at = Some(at);
        view.waiting_since = view.waiting_since.or(Some(at));
    } else if by_person {
        view.waiting_since = None;
        to.first_reply_at = to.first_reply_at.or(Some(at));
    }
    if let Some(status) = moved {
        view.status = status;
        let by = match message.author {
            Author::User { id } => Some(id),
            Author::Contact { .. } | Author::System => None,
        };
        let activity = Activity::Status { by, to: status.kind() };
        add_activity(tx, account, to, activity, at).await?;
    }
    conversation::save(tx, account, was, to, at).await?;
    Ok(message)
}
