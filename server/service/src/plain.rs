//! A reply from a page whose program has not arrived: a form, posted once or twice, without a key of its own.

use crate::{Result, Scope, Service, secret};
use model::*;

impl Service {
    /// Replies in the conversation of this number. The same words after the same message are one reply, however often they are posted;
    /// words that could not be sent become the draft.
    ///
    /// # Errors
    /// Those of [`Service::send_reply`].
    pub async fn reply_plainly(&self, scope: &Scope, number: i64, text: String, seen: Option<MessageId>) -> Result<()> {
        let conversation = self.thread(scope, number, ThreadWindow::Latest).await?.data.row.conversation.id;
        let key = secret::key_of(&format!("plain {} {conversation} {} {text}", scope.user(), seen.map_or(0, |seen| seen.0)));
        let draft = ReplyDraft { seen, ..ReplyDraft::of(conversation, key, text.clone()) };
        let sent = self.send_reply(scope, draft).await;
        if sent.is_err() {
            self.save_draft(scope, conversation, DraftMode::Reply, text).await?;
        }
        sent.map(drop)
    }
}
