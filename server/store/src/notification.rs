//! What people were told, and what they want to be told. One row stands for all unread news of a kind in a conversation.

use crate::sql::{Id, Sql, json, vals, word};
use crate::{Audience, Error, Tx};
use model::*;
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    kind: String,
    conversation_id: i64,
    number: i64,
    contact: String,
    message_id: Option<i64>,
    by_id: Option<i64>,
    text: String,
    count: i64,
    at: i64,
    read_at: Option<i64>,
}

const FROM: &str = "SELECT n.id, n.kind, n.conversation_id, COALESCE(v.number, 0) AS number, COALESCE(k.name, '') AS contact, n.message_id, n.by_id, n.text, n.count, n.at, n.read_at \
     FROM notification n LEFT JOIN conversation v ON v.id = n.conversation_id LEFT JOIN contact k ON k.id = v.contact_id WHERE n.account_id = $1";
/// What is shown in the inbox of notifications; the rest is told by other ways only.
const SHOWN: &str = " AND n.silent = 0";

/// Being told once is no right to look for ever: what one no longer sees is left out. What is of no conversation is for whoever was told.
fn seen(sight: &crate::Sight) -> String {
    format!(" AND (n.conversation_id = 0 OR (v.id IS NOT NULL{}))", sight.condition("v"))
}

impl From<Row> for NotificationView {
    fn from(r: Row) -> Self {
        Self {
            id: NotificationId(r.id),
            kind: kind(&r.kind),
            conversation: ConversationId(r.conversation_id),
            number: r.number,
            contact: r.contact,
            message: r.message_id.map(MessageId),
            by: r.by_id.map(UserId),
            text: r.text,
            count: r.count,
            at: Timestamp(r.at),
            read_at: r.read_at.map(Timestamp),
        }
    }
}

fn kind(text: &str) -> NotificationKind {
    NotificationKind::ALL.into_iter().find(|k| word(k) == text).unwrap_or(NotificationKind::Assigned)
}

/// A piece of news for one person.
#[derive(Clone, Debug)]
pub struct News {
    /// Who is told.
    pub user: UserId,
    /// Why.
    pub kind: NotificationKind,
    /// Where.
    pub conversation: ConversationId,
    /// Which message.
    pub message: Option<MessageId>,
    /// The colleague behind it.
    pub by: Option<UserId>,
    /// The first words.
    pub text: String,
    /// Whether it is not for the inbox of notifications, only for browser or mail.
    pub silent: bool,
}

/// Tells one person something, and notes it where it is for the app.
///
/// # Errors
/// Those of the database.
pub async fn tell(tx: &mut Tx, account: AccountId, news: &News, at: Timestamp) -> Result<NotificationView, Error> {
    let silent = i64::from(news.silent);
    let known =
        "SELECT id FROM notification WHERE account_id = $1 AND user_id = $2 AND conversation_id = $3 AND kind = $4 AND read_at IS NULL";
    let values = vals![account.0, news.user.0, news.conversation.0, word(&news.kind)];
    let (message, by) = (news.message.map(|m| m.0), news.by.map(|u| u.0));
    let id = match tx.one::<Id>(known, values).await? {
        Some(known) => {
            let sql =
                "UPDATE notification SET message_id = $1, by_id = $2, text = $3, count = count + 1, at = $4, silent = $6 WHERE id = $5";
            tx.run(sql, vals![message, by, news.text.as_str(), at.0, known.id, silent]).await?;
            known.id
        }
        None => {
            let sql = "INSERT INTO notification (account_id, user_id, kind, conversation_id, message_id, by_id, text, at, silent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
            tx.inserted(
                sql,
                vals![account.0, news.user.0, word(&news.kind), news.conversation.0, message, by, news.text.as_str(), at.0, silent],
            )
            .await?
        }
    };
    let row = tx.one::<Row>(&format!("{FROM} AND n.id = $2"), vals![account.0, id]).await?;
    let view: NotificationView = row.ok_or_else(|| Error::Corrupt("a notification just made".into()))?.into();
    if !news.silent {
        let unread = unread(tx, account, news.user).await?;
        tx.note(account, at, Audience::only(news.user), Change::Notified { notification: Some(Box::new(view.clone())), unread });
    }
    Ok(view)
}

/// How many notifications a person has not read.
///
/// # Errors
/// Those of the database.
pub async fn unread(c: &impl Sql, account: AccountId, user: UserId) -> Result<i64, Error> {
    let sql =
        "SELECT CAST(count(*) AS BIGINT) AS id FROM notification WHERE account_id = $1 AND user_id = $2 AND read_at IS NULL AND silent = 0";
    Ok(c.one::<Id>(sql, vals![account.0, user.0]).await?.map_or(0, |r| r.id))
}

/// A person's notifications, newest first, below one of them.
///
/// # Errors
/// Those of the database.
pub async fn list(
    c: &impl Sql,
    account: AccountId,
    sight: &crate::Sight,
    user: UserId,
    below: Option<NotificationId>,
    limit: i64,
) -> Result<Page<NotificationView>, Error> {
    let seen = seen(sight);
    let sql = format!("{FROM} AND n.user_id = $2 AND n.id < $3{SHOWN}{seen} ORDER BY n.id DESC LIMIT $4");
    let rows = c.all::<Row>(&sql, vals![account.0, user.0, below.map_or(i64::MAX, |n| n.0), limit + 1]).await?;
    let mut rows: Vec<NotificationView> = rows.into_iter().map(Into::into).collect();
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Page { rows, more })
}

/// What a person was told and has not read yet, for the ways beside the screen; none once it is read, or no longer theirs to see.
///
/// # Errors
/// Those of the database.
pub async fn unread_one(
    c: &impl Sql,
    account: AccountId,
    sight: &crate::Sight,
    user: UserId,
    id: NotificationId,
) -> Result<Option<NotificationView>, Error> {
    let seen = seen(sight);
    let sql = format!("{FROM} AND n.user_id = $2 AND n.id = $3 AND n.read_at IS NULL{seen}");
    Ok(c.one::<Row>(&sql, vals![account.0, user.0, id.0]).await?.map(Into::into))
}

/// Which notifications are read, or not again.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// This one.
    One(NotificationId),
    /// Those of a conversation.
    Of(ConversationId),
    /// All.
    All,
}

/// Whether a person has such a notification.
///
/// # Errors
/// Those of the database.
pub async fn is_of(c: &impl Sql, account: AccountId, user: UserId, id: NotificationId) -> Result<bool, Error> {
    let sql = "SELECT id FROM notification WHERE account_id = $1 AND user_id = $2 AND id = $3";
    Ok(c.one::<Id>(sql, vals![account.0, user.0, id.0]).await?.is_some())
}

/// Marks a person's notifications as read, or one as unread again, and notes it when that changed anything.
///
/// # Errors
/// Those of the database.
pub async fn mark(tx: &mut Tx, account: AccountId, user: UserId, which: Which, read: bool, at: Timestamp) -> Result<(), Error> {
    let (condition, id) = match which {
        Which::One(id) => ("id = $4", id.0),
        Which::Of(id) => ("conversation_id = $4", id.0),
        Which::All => ("0 = $4", 0),
    };
    let (value, was) = if read { (Some(at.0), "IS NULL") } else { (None, "IS NOT NULL") };
    let sql = format!("UPDATE notification SET read_at = $1 WHERE account_id = $2 AND user_id = $3 AND {condition} AND read_at {was}");
    if tx.run(&sql, vals![value, account.0, user.0, id]).await? > 0 {
        let unread = unread(tx, account, user).await?;
        tx.note(account, at, Audience::only(user), Change::Notified { notification: None, unread });
    }
    Ok(())
}

/// Forgets what was told before a moment.
///
/// # Errors
/// Those of the database.
pub async fn prune(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    tx.run("DELETE FROM notification WHERE at < $1", vals![before.0]).await
}

/// The members of an inbox who asked to be told of beginnings.
///
/// # Errors
/// Those of the database.
pub async fn want_beginnings(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Vec<UserId>, Error> {
    let sql = "SELECT m.user_id AS id FROM inbox_member i JOIN membership m ON m.account_id = i.account_id AND m.user_id = i.user_id \
               WHERE i.account_id = $1 AND i.inbox_id = $2 AND m.preferences LIKE '%\"created\"%'";
    Ok(c.all::<Id>(sql, vals![account.0, inbox.0]).await?.into_iter().map(|r| UserId(r.id)).collect())
}

/// What a person wants to be told.
///
/// # Errors
/// Those of the database.
pub async fn preferences(c: &impl Sql, account: AccountId, user: UserId) -> Result<Preferences, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        preferences: String,
    }
    let sql = "SELECT preferences FROM membership WHERE account_id = $1 AND user_id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, user.0]).await?.map(|r| from_text(&r.preferences)).unwrap_or_default())
}

fn from_text(text: &str) -> Preferences {
    serde_json::from_str(text).unwrap_or_default()
}

/// Writes what a person wants to be told.
///
/// # Errors
/// Those of the database.
pub async fn set_preferences(tx: &Tx, account: AccountId, user: UserId, preferences: &Preferences) -> Result<(), Error> {
    tx.run("UPDATE membership SET preferences = $1 WHERE account_id = $2 AND user_id = $3", vals![json(preferences), account.0, user.0])
        .await?;
    Ok(())
}

/// Whether a person counts as away when no screen of theirs is open.
///
/// # Errors
/// Those of the database.
pub async fn auto_offline(c: &impl Sql, account: AccountId, user: UserId) -> Result<bool, Error> {
    let sql = "SELECT auto_offline AS id FROM membership WHERE account_id = $1 AND user_id = $2";
    Ok(c.one::<Id>(sql, vals![account.0, user.0]).await?.is_none_or(|r| r.id != 0))
}

/// Sets whether a person counts as away when no screen of theirs is open.
///
/// # Errors
/// Those of the database.
pub async fn set_auto_offline(tx: &Tx, account: AccountId, user: UserId, on: bool) -> Result<(), Error> {
    let sql = "UPDATE membership SET auto_offline = $1 WHERE account_id = $2 AND user_id = $3";
    tx.run(sql, vals![i64::from(on), account.0, user.0]).await?;
    Ok(())
}
