//! Contacts, their addresses in inboxes, and the sessions of website visitors.

mod address;
mod life;
mod list;
pub use address::*;
pub use life::*;
pub use list::*;

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, ContactId, ContactInboxId, ContactNoteView, ContactOrder, ContactView, Filter, InboxId, NoteId, Page, Timestamp};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    identifier: Option<String>,
    verified: i64,
    blocked: i64,
    attributes: String,
    created_at: i64,
    last_activity_at: Option<i64>,
    labels: Option<String>,
}

impl From<Row> for ContactView {
    fn from(r: Row) -> Self {
        Self {
            id: ContactId(r.id),
            name: r.name,
            email: r.email,
            phone: r.phone,
            identifier: r.identifier,
            verified: r.verified != 0,
            blocked: r.blocked != 0,
            attributes: serde_json::from_str(&r.attributes).unwrap_or_default(),
            created_at: Timestamp(r.created_at),
            last_activity_at: r.last_activity_at.map(Timestamp),
            labels: r.labels.and_then(|l| serde_json::from_str(&l).ok()).unwrap_or_default(),
        }
    }
}

const COLUMNS: &str = "id, name, email, phone, identifier, verified, blocked, attributes, created_at, last_activity_at, labels";

/// Lower-case letters without accents: how names are searched.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(model::bare).collect()
}

pub(crate) fn words(contact: &ContactView) -> String {
    let digits: String = contact.phone.iter().flat_map(|p| p.chars()).filter(char::is_ascii_digit).collect();
    let company = contact.attributes.get("company").map_or("", String::as_str);
    fold(&format!(
        "{} {} {} {} {}",
        contact.name,
        contact.email.as_deref().unwrap_or_default(),
        digits,
        contact.identifier.as_deref().unwrap_or_default(),
        company
    ))
}

/// Makes a contact; its id is drawn here. `Taken` when e-mail, phone or identifier belong to another.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, account: AccountId, contact: &ContactView) -> Result<ContactId, Error> {
    let sql = "INSERT INTO contact (account_id, name, email, phone, identifier, verified, blocked, attributes, words, created_at, last_activity_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id";
    let values = vals![
        account.0,
        contact.name.as_str(),
        contact.email.as_deref(),
        contact.phone.as_deref(),
        contact.identifier.as_deref(),
        i64::from(contact.verified),
        i64::from(contact.blocked),
        crate::sql::json(&contact.attributes),
        words(contact),
        contact.created_at.0,
        contact.last_activity_at.map(|t| t.0)
    ];
    let id = ContactId(tx.inserted(sql, values).await?);
    index(tx, id, &words(contact), false).await?;
    Ok(id)
}

/// Puts a contact's words into SQLite's own search index; PostgreSQL reads the column.
async fn index(tx: &Tx, id: ContactId, words: &str, known: bool) -> Result<(), Error> {
    if !tx.is_sqlite() {
        return Ok(());
    }
    if known {
        tx.run("DELETE FROM contact_fts WHERE rowid = $1", vals![id.0]).await?;
    }
    tx.run("INSERT INTO contact_fts (rowid, words) VALUES ($1, $2)", vals![id.0, words]).await?;
    Ok(())
}

/// Writes a contact's details. `Taken` when e-mail, phone or identifier belong to another.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, account: AccountId, contact: &ContactView) -> Result<(), Error> {
    let sql = "UPDATE contact SET name = $1, email = $2, phone = $3, identifier = $4, verified = $5, blocked = $6, attributes = $7, words = $8, \
               last_activity_at = $9 WHERE account_id = $10 AND id = $11";
    let values = vals![
        contact.name.as_str(),
        contact.email.as_deref(),
        contact.phone.as_deref(),
        contact.identifier.as_deref(),
        i64::from(contact.verified),
        i64::from(contact.blocked),
        crate::sql::json(&contact.attributes),
        words(contact),
        contact.last_activity_at.map(|t| t.0),
        account.0,
        contact.id.0
    ];
    tx.run(sql, values).await?;
    index(tx, contact.id, &words(contact), true).await
}

/// One contact of the account.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, contact: ContactId) -> Result<Option<ContactView>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE account_id = $1 AND id = $2");
    Ok(c.one::<Row>(&sql, vals![account.0, contact.0]).await?.map(Into::into))
}

/// The contact with this identifier of the site's own.
///
/// # Errors
/// Those of the database.
pub async fn by_identifier(c: &impl Sql, account: AccountId, identifier: &str) -> Result<Option<ContactView>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE account_id = $1 AND identifier = $2");
    Ok(c.one::<Row>(&sql, vals![account.0, identifier]).await?.map(Into::into))
}

/// The contact with this e-mail, given in lower case.
///
/// # Errors
/// Those of the database.
pub async fn by_email(c: &impl Sql, account: AccountId, email: &str) -> Result<Option<ContactView>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE account_id = $1 AND email = $2");
    Ok(c.one::<Row>(&sql, vals![account.0, email]).await?.map(Into::into))
}

/// The contact with this number, in whichever form it was kept (see [`model::phone_forms`]).
///
/// # Errors
/// Those of the database.
pub async fn by_phone(c: &impl Sql, account: AccountId, phone: &str) -> Result<Option<ContactView>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE account_id = $1 AND phone = $2");
    for form in model::phone_forms(phone) {
        if let Some(found) = c.one::<Row>(&sql, vals![account.0, form]).await? {
            return Ok(Some(found.into()));
        }
    }
    Ok(None)
}

/// Whether another contact of the account has this e-mail.
///
/// # Errors
/// Those of the database.
pub async fn email_taken(c: &impl Sql, account: AccountId, email: &str, but: ContactId) -> Result<bool, Error> {
    let sql = "SELECT id FROM contact WHERE account_id = $1 AND email = $2 AND id <> $3";
    Ok(c.one::<Id>(sql, vals![account.0, email, but.0]).await?.is_some())
}

/// Whether another contact of the account has this phone, in whichever form.
///
/// # Errors
/// Those of the database.
pub async fn phone_taken(c: &impl Sql, account: AccountId, phone: &str, but: ContactId) -> Result<bool, Error> {
    Ok(by_phone(c, account, phone).await?.is_some_and(|found| found.id != but))
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folding_drops_case_and_accents() {
        assert_eq!(fold("São João da Bênção"), "sao joao da bencao");
    }
}
