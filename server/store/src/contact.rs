//! Contacts, their addresses in inboxes, and the sessions of website visitors.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, ContactId, ContactInboxId, ContactView, InboxId, Page, Timestamp};
use sea_orm::FromQueryResult;

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
        }
    }
}

const COLUMNS: &str = "id, name, email, phone, identifier, verified, blocked, attributes, created_at, last_activity_at";

/// Lower-case letters without accents: how names are searched.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            other => other,
        })
        .collect()
}

fn words(contact: &ContactView) -> String {
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
    Ok(ContactId(tx.inserted(sql, values).await?))
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
    Ok(())
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

/// Whether another contact of the account has this e-mail.
///
/// # Errors
/// Those of the database.
pub async fn email_taken(c: &impl Sql, account: AccountId, email: &str, but: ContactId) -> Result<bool, Error> {
    let sql = "SELECT id FROM contact WHERE account_id = $1 AND email = $2 AND id <> $3";
    Ok(c.one::<Id>(sql, vals![account.0, email, but.0]).await?.is_some())
}

/// Whether another contact of the account has this phone.
///
/// # Errors
/// Those of the database.
pub async fn phone_taken(c: &impl Sql, account: AccountId, phone: &str, but: ContactId) -> Result<bool, Error> {
    let sql = "SELECT id FROM contact WHERE account_id = $1 AND phone = $2 AND id <> $3";
    Ok(c.one::<Id>(sql, vals![account.0, phone, but.0]).await?.is_some())
}

/// Contacts by id, newest first, whose words contain every word of the search; at most `limit`, below `after`.
///
/// # Errors
/// Those of the database.
pub async fn list(
    c: &impl Sql,
    account: AccountId,
    search: &str,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Page<ContactView>, Error> {
    let mut sql = format!("SELECT {COLUMNS} FROM contact WHERE account_id = $1 AND id < $2");
    let mut values = vals![account.0, after.map_or(i64::MAX, |c| c.0)];
    for word in fold(search).split_whitespace().take(8) {
        values.push(format!("%{}%", word.replace(['%', '_', '\\'], "")).into());
        sql.push_str(&format!(" AND words LIKE ${}", values.len()));
    }
    values.push((limit + 1).into());
    sql.push_str(&format!(" ORDER BY id DESC LIMIT ${}", values.len()));
    let mut rows: Vec<ContactView> = c.all::<Row>(&sql, values).await?.into_iter().map(Into::into).collect();
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Page { rows, more })
}

/// A contact's address in an inbox.
#[derive(Clone, Debug)]
pub struct ContactInbox {
    /// Its id.
    pub id: ContactInboxId,
    /// The account.
    pub account: AccountId,
    /// The inbox.
    pub inbox: InboxId,
    /// The contact.
    pub contact: ContactId,
}

#[derive(FromQueryResult)]
struct AddressRow {
    id: i64,
    account_id: i64,
    inbox_id: i64,
    contact_id: i64,
}

impl From<AddressRow> for ContactInbox {
    fn from(r: AddressRow) -> Self {
        Self { id: ContactInboxId(r.id), account: AccountId(r.account_id), inbox: InboxId(r.inbox_id), contact: ContactId(r.contact_id) }
    }
}

/// Gives a contact an address in an inbox. `Taken` when the address exists.
///
/// # Errors
/// Those of the database.
pub async fn add_address(
    tx: &Tx,
    account: AccountId,
    inbox: InboxId,
    contact: ContactId,
    source: &str,
    now: Timestamp,
) -> Result<ContactInbox, Error> {
    let sql =
        "INSERT INTO contact_inbox (account_id, inbox_id, contact_id, source_id, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let id = ContactInboxId(tx.inserted(sql, vals![account.0, inbox.0, contact.0, source, now.0]).await?);
    Ok(ContactInbox { id, account, inbox, contact })
}

/// The address with this source id.
///
/// # Errors
/// Those of the database.
pub async fn address(c: &impl Sql, account: AccountId, inbox: InboxId, source: &str) -> Result<Option<ContactInbox>, Error> {
    let sql = "SELECT id, account_id, inbox_id, contact_id FROM contact_inbox WHERE account_id = $1 AND inbox_id = $2 AND source_id = $3";
    Ok(c.one::<AddressRow>(sql, vals![account.0, inbox.0, source]).await?.map(Into::into))
}

/// Moves what an anonymous visitor wrote to the address of the person they turned out to be; the anonymous address goes.
///
/// # Errors
/// Those of the database.
pub async fn merge_address(tx: &Tx, from: &ContactInbox, to: &ContactInbox) -> Result<(), Error> {
    let sql = "UPDATE message SET author_id = $1 WHERE account_id = $2 AND author_kind = 'contact' AND conversation_id IN \
               (SELECT id FROM conversation WHERE account_id = $2 AND contact_inbox_id = $3)";
    tx.run(sql, vals![to.contact.0, from.account.0, from.id.0]).await?;
    let sql = "UPDATE conversation SET contact_id = $1, contact_inbox_id = $2 WHERE account_id = $3 AND contact_inbox_id = $4";
    tx.run(sql, vals![to.contact.0, to.id.0, from.account.0, from.id.0]).await?;
    tx.run("DELETE FROM visitor_session WHERE contact_inbox_id = $1", vals![from.id.0]).await?;
    tx.run("DELETE FROM contact_inbox WHERE account_id = $1 AND id = $2", vals![from.account.0, from.id.0]).await?;
    Ok(())
}

/// Removes a contact that has no address left.
///
/// # Errors
/// Those of the database.
pub async fn remove_bare(tx: &Tx, account: AccountId, contact: ContactId) -> Result<bool, Error> {
    let sql = "DELETE FROM contact WHERE account_id = $1 AND id = $2 AND NOT EXISTS \
               (SELECT 1 FROM contact_inbox WHERE account_id = $1 AND contact_id = $2)";
    Ok(tx.run(sql, vals![account.0, contact.0]).await? > 0)
}

/// Opens a visitor's session under the hash of its token.
///
/// # Errors
/// Those of the database.
pub async fn open_visitor(tx: &Tx, address: &ContactInbox, token_hash: &str, now: Timestamp, expires: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO visitor_session (account_id, inbox_id, contact_inbox_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, vals![address.account.0, address.inbox.0, address.id.0, token_hash, now.0, expires.0]).await?;
    Ok(())
}

/// The address of a visitor's session in this inbox, and when it expires; the token's hash is what proves it.
///
/// # Errors
/// Those of the database.
pub async fn visitor(c: &impl Sql, inbox: InboxId, token_hash: &str, now: Timestamp) -> Result<Option<(ContactInbox, Timestamp)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        account_id: i64,
        inbox_id: i64,
        contact_id: i64,
        expires_at: i64,
    }
    let sql = "SELECT ci.id, ci.account_id, ci.inbox_id, ci.contact_id, v.expires_at FROM visitor_session v JOIN contact_inbox ci ON ci.id = v.contact_inbox_id \
               WHERE v.token_hash = $1 AND v.inbox_id = $2 AND v.expires_at > $3";
    Ok(c.one::<Row>(sql, vals![token_hash, inbox.0, now.0]).await?.map(|r| {
        let address = ContactInbox {
            id: ContactInboxId(r.id),
            account: AccountId(r.account_id),
            inbox: InboxId(r.inbox_id),
            contact: ContactId(r.contact_id),
        };
        (address, Timestamp(r.expires_at))
    }))
}

/// Prolongs a visitor's session.
///
/// # Errors
/// Those of the database.
pub async fn prolong_visitor(tx: &Tx, token_hash: &str, expires: Timestamp) -> Result<(), Error> {
    tx.run("UPDATE visitor_session SET expires_at = $1 WHERE token_hash = $2", vals![expires.0, token_hash]).await?;
    Ok(())
}

/// Ends a visitor's session.
///
/// # Errors
/// Those of the database.
pub async fn close_visitor(tx: &Tx, token_hash: &str) -> Result<(), Error> {
    tx.run("DELETE FROM visitor_session WHERE token_hash = $1", vals![token_hash]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folding_drops_case_and_accents() {
        assert_eq!(fold("São João da Bênção"), "sao joao da bencao");
    }
}
