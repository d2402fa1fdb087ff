//! Labels, and what carries them. The row of a conversation or contact repeats its labels, so that lists need no second look.

use crate::conversation::Conversation;
use crate::sql::{Id, Sql, json, vals};
use crate::{Error, Tx};
use model::{AccountId, ContactView, ConversationId, LabelDraft, LabelId, LabelView, Timestamp};
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    title: String,
    colour: String,
    description: String,
    sidebar: i64,
}

/// Every label of the account, by title.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<LabelView>, Error> {
    let sql = "SELECT id, title, colour, description, sidebar FROM label WHERE account_id = $1 ORDER BY title, id";
    Ok(c.all::<Row>(sql, vals![account.0])
        .await?
        .into_iter()
        .map(|r| LabelView { id: LabelId(r.id), title: r.title, colour: r.colour, description: r.description, sidebar: r.sidebar != 0 })
        .collect())
}

/// Makes a label. `Taken` when the title is.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, account: AccountId, label: &LabelDraft, at: Timestamp) -> Result<LabelId, Error> {
    let sql =
        "INSERT INTO label (account_id, title, colour, description, sidebar, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let values = vals![account.0, label.title.as_str(), label.colour.as_str(), label.description.as_str(), i64::from(label.sidebar), at.0];
    Ok(LabelId(tx.inserted(sql, values).await?))
}

/// Changes a label; false when there is none. `Taken` when the title is another's.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, account: AccountId, id: LabelId, label: &LabelDraft) -> Result<bool, Error> {
    let sql = "UPDATE label SET title = $1, colour = $2, description = $3, sidebar = $4 WHERE account_id = $5 AND id = $6";
    let values = vals![label.title.as_str(), label.colour.as_str(), label.description.as_str(), i64::from(label.sidebar), account.0, id.0];
    Ok(tx.run(sql, values).await? > 0)
}

/// Removes a label from everything; false when there is none.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: AccountId, id: LabelId) -> Result<bool, Error> {
    for (carrier, link, column) in [("conversation", "conversation_label", "conversation_id"), ("contact", "contact_label", "contact_id")] {
        let sql = format!("SELECT {column} AS id FROM {link} WHERE account_id = $1 AND label_id = $2");
        for row in tx.all::<Id>(&sql, vals![account.0, id.0]).await? {
            tx.run(
                &format!("DELETE FROM {link} WHERE account_id = $1 AND label_id = $2 AND {column} = $3"),
                vals![account.0, id.0, row.id],
            )
            .await?;
            let left = tx
                .all::<Id>(
                    &format!("SELECT label_id AS id FROM {link} WHERE account_id = $1 AND {column} = $2 ORDER BY label_id"),
                    vals![account.0, row.id],
                )
                .await?;
            let left: Vec<_> = left.into_iter().map(|r| LabelId(r.id)).collect();
            let text = (!left.is_empty()).then(|| json(&left));
            tx.run(&format!("UPDATE {carrier} SET labels = $1 WHERE account_id = $2 AND id = $3"), vals![text, account.0, row.id]).await?;
        }
    }
    Ok(tx.run("DELETE FROM label WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await? > 0)
}

/// Sets a conversation's labels to those of the account among these; the row is written by [`crate::conversation::save`].
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &Tx, account: AccountId, of: &mut Conversation, labels: &[LabelId]) -> Result<(), Error> {
    of.view.labels = set(tx, account, "conversation_label", "conversation_id", of.view.id.0, labels).await?;
    Ok(())
}

/// Sets a contact's labels to those of the account among these, row included.
///
/// # Errors
/// Those of the database.
pub async fn put_contact(tx: &Tx, account: AccountId, of: &mut ContactView, labels: &[LabelId]) -> Result<(), Error> {
    of.labels = set(tx, account, "contact_label", "contact_id", of.id.0, labels).await?;
    let text = (!of.labels.is_empty()).then(|| json(&of.labels));
    tx.run("UPDATE contact SET labels = $1 WHERE account_id = $2 AND id = $3", vals![text, account.0, of.id.0]).await?;
    Ok(())
}

async fn set(tx: &Tx, account: AccountId, link: &str, column: &str, id: i64, labels: &[LabelId]) -> Result<Vec<LabelId>, Error> {
    tx.run(&format!("DELETE FROM {link} WHERE account_id = $1 AND {column} = $2"), vals![account.0, id]).await?;
    let mut sorted = labels.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut kept = Vec::new();
    for label in sorted {
        let sql = format!(
            "INSERT INTO {link} (account_id, label_id, {column}) SELECT account_id, id, CAST($1 AS BIGINT) FROM label WHERE account_id = $2 AND id = $3"
        );
        if tx.run(&sql, vals![id, account.0, label.0]).await? > 0 {
            kept.push(label);
        }
    }
    Ok(kept)
}

/// Conversations that carry a label, at most a thousand.
///
/// # Errors
/// Those of the database.
pub async fn uses(c: &impl Sql, account: AccountId, label: LabelId) -> Result<Vec<ConversationId>, Error> {
    let sql = "SELECT conversation_id AS id FROM conversation_label WHERE account_id = $1 AND label_id = $2 LIMIT 1000";
    Ok(c.all::<Id>(sql, vals![account.0, label.0]).await?.into_iter().map(|r| ConversationId(r.id)).collect())
}
