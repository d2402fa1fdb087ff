//! The parts bots take in conversations, a row for each stretch: written with what happens, so that figures are counted from few rows.
//! It decides nothing: where a conversation stands is its own business.

use crate::conversation::Conversation;
use crate::sql::{Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, BotFigures, InboxId, StatusKind, Timestamp};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// What is said within a day of a bot's part belongs to it still.
const TOGETHER: i64 = 86_400_000;

/// A conversation now waits for the bot of its inbox, where there is one; a part that goes on goes on.
///
/// # Errors
/// Those of the database.
pub async fn begin(tx: &Tx, account: AccountId, of: &Conversation, at: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO bot_part (account_id, conversation_id, bot_id, inbox_id, began_at, last_at, state) \
               SELECT account_id, CAST($1 AS BIGINT), bot_id, inbox_id, CAST($2 AS BIGINT), CAST($2 AS BIGINT), 'held' FROM bot_inbox \
               WHERE inbox_id = $3 AND account_id = $4 AND NOT EXISTS (SELECT 1 FROM bot_part WHERE conversation_id = $1 AND state = 'held')";
    tx.run(sql, vals![of.view.id.0, at.0, of.view.inbox.0, account.0]).await?;
    Ok(())
}

/// A conversation moved: what a bot held is resolved by it or goes to people. What nobody answered is a bot's resolution too.
///
/// # Errors
/// Those of the database.
pub async fn moved(tx: &Tx, account: AccountId, of: &Conversation, was: StatusKind, at: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE bot_part SET state = $1, last_at = $2 WHERE conversation_id = $3 AND state = $4";
    let (from, to) = match (was, of.view.status.kind()) {
        (StatusKind::Pending, StatusKind::Resolved) => ("held", "resolved"),
        (StatusKind::Pending, _) => ("held", "handed"),
        (_, StatusKind::Pending) => return begin(tx, account, of, at).await,
        (_, StatusKind::Resolved) if of.first_reply_at.is_none() => ("beside", "resolved"),
        _ => return Ok(()),
    };
    tx.run(sql, vals![to, at.0, of.view.id.0, from]).await?;
    Ok(())
}

/// A bot said something to the customer: in its part, or beside people where it has none.
///
/// # Errors
/// Those of the database.
pub async fn spoke(tx: &Tx, account: AccountId, of: &Conversation, bot: i64, at: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE bot_part SET messages = messages + 1, last_at = $1 WHERE id = (SELECT id FROM bot_part \
               WHERE conversation_id = $2 AND bot_id = $3 AND (state = 'held' OR last_at > $4) ORDER BY id DESC LIMIT 1)";
    if tx.run(sql, vals![at.0, of.view.id.0, bot, at.0 - TOGETHER]).await? > 0 {
        return Ok(());
    }
    let state = if of.view.status.kind() == StatusKind::Pending { "held" } else { "beside" };
    let sql = "INSERT INTO bot_part (account_id, conversation_id, bot_id, inbox_id, began_at, last_at, messages, state) VALUES ($1, $2, $3, $4, $5, $5, 1, $6)";
    tx.run(sql, vals![account.0, of.view.id.0, bot, of.view.inbox.0, at.0, state]).await?;
    Ok(())
}

/// Which parts are counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Begun from this moment on.
    pub since: Timestamp,
    /// Begun until this moment.
    pub until: Timestamp,
    /// Of one inbox only.
    pub inbox: Option<InboxId>,
    /// Of one bot only.
    pub bot: Option<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    bot_id: i64,
    conversations: i64,
    messages: i64,
    resolved: i64,
    handed: i64,
}

impl Row {
    const fn figures(&self) -> BotFigures {
        BotFigures { conversations: self.conversations, messages: self.messages, resolved: self.resolved, handed: self.handed }
    }
}

/// The figures of all bots together, where a conversation counts once, and of each. All of them speak of the conversations in which a
/// bot's part began in the time; what went to people in it was not resolved by the bot, whatever else it did.
///
/// # Errors
/// Those of the database.
pub async fn figures(c: &impl Sql, account: AccountId, of: Counted) -> Result<(BotFigures, BTreeMap<i64, BotFigures>), Error> {
    let mut only = String::new();
    if let Some(inbox) = of.inbox {
        only.push_str(&format!(" AND inbox_id = {inbox}"));
    }
    if let Some(bot) = of.bot {
        only.push_str(&format!(" AND bot_id = {bot}"));
    }
    let counted = |bot: &str| {
        format!(
            "SELECT bot_id, count(*) AS conversations, CAST(SUM(said) AS BIGINT) AS messages, CAST(SUM(handed) AS BIGINT) AS handed, \
             CAST(SUM(CASE WHEN handed = 0 THEN resolved ELSE 0 END) AS BIGINT) AS resolved FROM (SELECT {bot} AS bot_id, SUM(messages) AS said, \
             MAX(CASE WHEN state = 'handed' THEN 1 ELSE 0 END) AS handed, MAX(CASE WHEN state = 'resolved' THEN 1 ELSE 0 END) AS resolved \
             FROM bot_part WHERE account_id = $1 AND began_at >= $2 AND began_at <= $3{only} GROUP BY {bot}, conversation_id) part GROUP BY bot_id"
        )
    };
    let values = || vals![account.0, of.since.0, of.until.0];
    let each: BTreeMap<_, _> = c.all::<Row>(&counted("bot_id"), values()).await?.iter().map(|row| (row.bot_id, row.figures())).collect();
    let whole = match each.len() {
        0 | 1 => each.values().next().copied().unwrap_or_default(),
        // Two bots may have had a part in one conversation.
        _ => c.one::<Row>(&counted("account_id"), values()).await?.map(|row| row.figures()).unwrap_or_default(),
    };
    Ok((whole, each))
}
