//! A reply from a page whose program has not arrived: a form, posted once or twice, without a key of its own.

use crate::{Result, Scope, Service};
use model::*;
use sha2::{Digest, Sha256};

impl Service {
    /// Replies in the conversation of this number. The same words after the same message are one reply, however often they are posted;
    /// words that could not be sent become the draft.
    ///
    /// # Errors
    /// Those of [`Service::send_reply`].
    pub async fn reply_plainly(&self, scope: &Scope, number: i64, text: String, seen: Option<MessageId>) -> Result<()> {
        let conversation = self.thread(scope, number, ThreadWindow::Latest).await?.data.row.conversation.id;
        let mut sum = Sha256::new();
        for part in [scope.user().0, conversation.0, seen.map_or(0, |seen| seen.0)] {
            sum.update(part.to_be_bytes());
        }
        let sum: [u8; 32] = sum.chain_update(&text).finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&sum[..16]);
        let draft = ReplyDraft {
            conversation,
            key: ClientKey(uuid::Builder::from_custom_bytes(bytes).into_uuid()),
            text: text.clone(),
            files: Vec::new(),
            quote: None,
            template: None,
            mail: None,
            hold_seconds: None,
            send_at: None,
            unless_answered: false,
            seen,
        };
        let sent = self.send_reply(scope, draft).await;
        if sent.is_err() {
            self.save_draft(scope, conversation, DraftMode::Reply, text).await?;
        }
        sent.map(drop)
    }
}
