//! What belongs to one viewer of a conversation: how far they read, their drafts, whether they follow it. What everybody sees stands above.

use super::*;

/// How far each agent has read a conversation.
///
/// # Errors
/// Those of the database.
pub async fn marks_of(c: &impl Sql, account: AccountId, id: ConversationId) -> Result<Vec<ViewerMark>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: i64,
        seen: i64,
        draft: i64,
    }
    let sql = "SELECT user_id, seen, CASE WHEN reply_draft <> '' OR note_draft <> '' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS draft \
               FROM mark WHERE account_id = $1 AND conversation_id = $2 ORDER BY user_id";
    let rows = c.all::<Row>(sql, vals![account.0, id.0]).await?;
    Ok(rows.into_iter().map(|r| ViewerMark { user: UserId(r.user_id), seen: r.seen, draft: r.draft != 0 }).collect())
}

/// Moves one person's mark and notes it; a mark only rises, unless `lower` allows.
///
/// # Errors
/// Those of the database.
pub async fn set_seen(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    user: UserId,
    seen: i64,
    lower: bool,
    at: Timestamp,
) -> Result<bool, Error> {
    let raise = if lower { "<>" } else { "<" };
    let sql = format!(
        "INSERT INTO mark (account_id, conversation_id, user_id, seen) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET seen = excluded.seen WHERE mark.seen {raise} excluded.seen"
    );
    if tx.run(&sql, vals![account.0, of.view.id.0, user.0, seen]).await? == 0 {
        return Ok(false);
    }
    let audience = Audience { only_user: Some(user), ..of.audience() };
    tx.note(account, at, audience, Change::Read { user, conversation: of.view.id, seen });
    Ok(true)
}

/// Keeps one person's unsent text and notes it; empty text removes it.
///
/// # Errors
/// Those of the database.
pub async fn set_draft(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    user: UserId,
    mode: DraftMode,
    text: String,
    at: Timestamp,
) -> Result<(), Error> {
    let column = draft_column(mode);
    let sql = format!(
        "INSERT INTO mark (account_id, conversation_id, user_id, {column}) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET {column} = excluded.{column} WHERE mark.{column} <> excluded.{column}"
    );
    if tx.run(&sql, vals![account.0, of.view.id.0, user.0, text.as_str()]).await? > 0 {
        let audience = Audience { only_user: Some(user), ..of.audience() };
        tx.note(account, at, audience, Change::Draft { user, conversation: of.view.id, mode, text });
    }
    Ok(())
}

const fn draft_column(mode: DraftMode) -> &'static str {
    match mode {
        DraftMode::Reply => "reply_draft",
        DraftMode::Note => "note_draft",
    }
}

/// One person's unsent texts in a conversation.
///
/// # Errors
/// Those of the database.
pub async fn drafts(c: &impl Sql, account: AccountId, id: ConversationId, user: UserId) -> Result<Vec<(DraftMode, String)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        reply_draft: String,
        note_draft: String,
    }
    let sql = "SELECT reply_draft, note_draft FROM mark WHERE account_id = $1 AND conversation_id = $2 AND user_id = $3";
    let Some(row) = c.one::<Row>(sql, vals![account.0, id.0, user.0]).await? else { return Ok(Vec::new()) };
    let both = [(DraftMode::Reply, row.reply_draft), (DraftMode::Note, row.note_draft)];
    Ok(both.into_iter().filter(|(_, text)| !text.is_empty()).collect())
}

/// The colleagues who follow a conversation.
///
/// # Errors
/// Those of the database.
pub async fn participants(c: &impl Sql, account: AccountId, id: ConversationId) -> Result<Vec<UserId>, Error> {
    let sql = "SELECT user_id AS id FROM participant WHERE account_id = $1 AND conversation_id = $2 ORDER BY user_id";
    Ok(c.all::<Id>(sql, vals![account.0, id.0]).await?.into_iter().map(|r| UserId(r.id)).collect())
}

/// Lets a colleague follow a conversation, or no longer; true when that changed.
///
/// # Errors
/// Those of the database.
pub async fn set_participant(tx: &Tx, account: AccountId, id: ConversationId, user: UserId, on: bool) -> Result<bool, Error> {
    let sql = if on {
        "INSERT INTO participant (account_id, conversation_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM participant WHERE account_id = $1 AND conversation_id = $2 AND user_id = $3"
    };
    Ok(tx.run(sql, vals![account.0, id.0, user.0]).await? > 0)
}
