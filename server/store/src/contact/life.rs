//! Merging and erasing contacts, what hangs on them, and the lines agents keep about them. Their details stand above.

use super::*;

/// Locks a contact for the rest of the transaction, so that two writers do not both begin something with them.
///
/// # Errors
/// Those of the database.
pub async fn lock(tx: &Tx, account: AccountId, contact: ContactId) -> Result<(), Error> {
    if !tx.is_sqlite() {
        tx.one::<Id>("SELECT id FROM contact WHERE account_id = $1 AND id = $2 FOR UPDATE", vals![account.0, contact.0]).await?;
    }
    Ok(())
}

/// Marks what is unique about a contact as free, so that another may have it in the same write.
async fn release(tx: &Tx, account: AccountId, contact: ContactId) -> Result<(), Error> {
    let sql = "UPDATE contact SET email = NULL, phone = NULL, identifier = NULL WHERE account_id = $1 AND id = $2";
    tx.run(sql, vals![account.0, contact.0]).await?;
    Ok(())
}

/// Moves all of one contact to another, who is written as given, and removes the first; answers the conversations that moved.
///
/// # Errors
/// Those of the database.
pub async fn merge(tx: &Tx, account: AccountId, from: ContactId, into: &mut ContactView) -> Result<Vec<model::ConversationId>, Error> {
    let moved =
        tx.all::<Id>("SELECT id FROM conversation WHERE account_id = $1 AND contact_id = $2 ORDER BY id", vals![account.0, from.0]).await?;
    for sql in [
        "UPDATE message SET author_id = $1 WHERE account_id = $2 AND author_kind = 'contact' AND author_id = $3 AND conversation_id IN \
         (SELECT id FROM conversation WHERE account_id = $2 AND contact_id = $3)",
        "UPDATE conversation SET contact_id = $1 WHERE account_id = $2 AND contact_id = $3",
        "UPDATE contact_inbox SET contact_id = $1 WHERE account_id = $2 AND contact_id = $3",
        "UPDATE webhook_body SET contact_id = $1 WHERE account_id = $2 AND contact_id = $3",
        "UPDATE contact_note SET contact_id = $1 WHERE account_id = $2 AND contact_id = $3",
    ] {
        tx.run(sql, vals![into.id.0, account.0, from.0]).await?;
    }
    release(tx, account, from).await?;
    update(tx, account, into).await?;
    let labels = into.labels.clone();
    crate::label::put_contact(tx, account, into, &labels).await?;
    erase(tx, account, from).await?;
    Ok(moved.into_iter().map(|r| model::ConversationId(r.id)).collect())
}

/// Removes a contact with notes, labels and addresses; their conversations must be gone, or somebody else's, before.
///
/// # Errors
/// Those of the database.
pub async fn erase(tx: &Tx, account: AccountId, contact: ContactId) -> Result<(), Error> {
    let addresses = "(SELECT id FROM contact_inbox WHERE account_id = $1 AND contact_id = $2)";
    for sql in [
        "DELETE FROM contact_note WHERE account_id = $1 AND contact_id = $2".to_owned(),
        "DELETE FROM contact_label WHERE account_id = $1 AND contact_id = $2".to_owned(),
        format!("DELETE FROM visitor_session WHERE account_id = $1 AND contact_inbox_id IN {addresses}"),
        format!("DELETE FROM contact_alias WHERE account_id = $1 AND contact_inbox_id IN {addresses}"),
        "DELETE FROM contact_inbox WHERE account_id = $1 AND contact_id = $2".to_owned(),
        "DELETE FROM contact WHERE account_id = $1 AND id = $2".to_owned(),
    ] {
        tx.run(&sql, vals![account.0, contact.0]).await?;
    }
    if tx.is_sqlite() {
        tx.run("DELETE FROM contact_fts WHERE rowid = $1", vals![contact.0]).await?;
    }
    Ok(())
}

/// Every conversation of a contact, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn conversations_of(c: &impl Sql, account: AccountId, contact: ContactId) -> Result<Vec<model::ConversationId>, Error> {
    let sql = "SELECT id FROM conversation WHERE account_id = $1 AND contact_id = $2 ORDER BY id";
    Ok(c.all::<Id>(sql, vals![account.0, contact.0]).await?.into_iter().map(|r| model::ConversationId(r.id)).collect())
}

/// The inbox of the contact's last conversation among these.
///
/// # Errors
/// Those of the database.
pub async fn last_inbox(c: &impl Sql, account: AccountId, contact: ContactId) -> Result<Option<InboxId>, Error> {
    let sql = "SELECT inbox_id AS id FROM conversation WHERE account_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT 1";
    Ok(c.one::<Id>(sql, vals![account.0, contact.0]).await?.map(|r| InboxId(r.id)))
}

/// The lines kept about a contact, newest first.
///
/// # Errors
/// Those of the database.
pub async fn notes(c: &impl Sql, account: AccountId, contact: ContactId) -> Result<Vec<ContactNoteView>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        user_id: i64,
        text: String,
        at: i64,
    }
    let sql = "SELECT id, user_id, text, at FROM contact_note WHERE account_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT 200";
    let view = |r: Row| ContactNoteView { id: NoteId(r.id), author: model::UserId(r.user_id), text: r.text, at: Timestamp(r.at) };
    Ok(c.all::<Row>(sql, vals![account.0, contact.0]).await?.into_iter().map(view).collect())
}

/// Keeps a line about a contact.
///
/// # Errors
/// Those of the database.
pub async fn add_note(
    tx: &Tx,
    account: AccountId,
    contact: ContactId,
    by: model::UserId,
    text: &str,
    at: Timestamp,
) -> Result<NoteId, Error> {
    let sql = "INSERT INTO contact_note (account_id, contact_id, user_id, text, at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    Ok(NoteId(tx.inserted(sql, vals![account.0, contact.0, by.0, text, at.0]).await?))
}

/// Removes a line; false when there is none of this contact.
///
/// # Errors
/// Those of the database.
pub async fn delete_note(tx: &Tx, account: AccountId, contact: ContactId, note: NoteId) -> Result<bool, Error> {
    let sql = "DELETE FROM contact_note WHERE account_id = $1 AND contact_id = $2 AND id = $3";
    Ok(tx.run(sql, vals![account.0, contact.0, note.0]).await? > 0)
}
