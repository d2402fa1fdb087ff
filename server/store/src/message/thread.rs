//! Reading a thread in windows, as agents and as visitors see it. Nothing here writes.

use super::*;

/// Who sees a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Everything.
    Agent,
    /// No notes, no activities.
    Visitor,
}

/// A window of a thread, oldest first; `more` tells whether more lie on the far side (older ones, for `After` newer ones).
///
/// # Errors
/// Those of the database.
pub async fn window(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    window: ThreadWindow,
    limit: i64,
    reader: Reader,
) -> Result<Page<MessageView>, Error> {
    match window {
        ThreadWindow::Latest => older(c, account, conversation, MessageId(i64::MAX), limit, reader).await,
        ThreadWindow::Before(id) => older(c, account, conversation, id, limit, reader).await,
        ThreadWindow::After(id) => newer(c, account, conversation, id, limit, reader).await,
        ThreadWindow::Around(id) => {
            let mut page = older(c, account, conversation, MessageId(id.0.saturating_add(1)), limit / 2, reader).await?;
            // Everything newer comes along, so that a deep link's thread is whole down to its end.
            let after = newer(c, account, conversation, id, 1000, reader).await?;
            page.rows.extend(after.rows);
            Ok(page)
        }
    }
}

const fn public(reader: Reader) -> &'static str {
    match reader {
        Reader::Agent => "",
        // What is held, or did not leave, is not the customer's.
        Reader::Visitor => " AND kind IN ('incoming', 'outgoing') AND state <> 'failed' AND (send_at IS NULL OR state <> 'queued')",
    }
}

async fn older(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    before: MessageId,
    limit: i64,
    reader: Reader,
) -> Result<Page<MessageView>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE account_id = $1 AND conversation_id = $2 AND id < $3{} ORDER BY id DESC LIMIT {}",
        public(reader),
        limit + 1
    );
    let mut rows = c.all::<Row>(&sql, vals![account.0, conversation.0, before.0]).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    rows.reverse();
    Ok(Page { rows: with_files(c, account, rows).await?, more })
}

async fn newer(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    after: MessageId,
    limit: i64,
    reader: Reader,
) -> Result<Page<MessageView>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE account_id = $1 AND conversation_id = $2 AND id > $3{} ORDER BY id LIMIT {}",
        public(reader),
        limit + 1
    );
    let mut rows = c.all::<Row>(&sql, vals![account.0, conversation.0, after.0]).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Page { rows: with_files(c, account, rows).await?, more })
}
