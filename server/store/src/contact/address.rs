//! A contact's addresses in inboxes, with their aliases, and the sessions of website visitors. Whom they belong to stands above.

use super::*;

/// A contact's address in an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactInbox {
    /// Its id.
    pub id: ContactInboxId,
    /// The account.
    pub account: AccountId,
    /// The inbox.
    pub inbox: InboxId,
    /// The contact.
    pub contact: ContactId,
    /// The provider's id of the person there; what messages are sent to.
    pub source: String,
    /// What the channel keeps about it, such as quote tokens.
    pub attributes: BTreeMap<String, String>,
}

#[derive(FromQueryResult)]
struct AddressRow {
    id: i64,
    account_id: i64,
    inbox_id: i64,
    contact_id: i64,
    source_id: String,
    attributes: String,
}

const ADDRESS: &str = "ci.id, ci.account_id, ci.inbox_id, ci.contact_id, ci.source_id, ci.attributes";

impl From<AddressRow> for ContactInbox {
    fn from(r: AddressRow) -> Self {
        Self {
            id: ContactInboxId(r.id),
            account: AccountId(r.account_id),
            inbox: InboxId(r.inbox_id),
            contact: ContactId(r.contact_id),
            source: r.source_id,
            attributes: serde_json::from_str(&r.attributes).unwrap_or_default(),
        }
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
    Ok(ContactInbox { id, account, inbox, contact, source: source.to_owned(), attributes: BTreeMap::new() })
}

/// The address with this source id, or with another id it is known by.
///
/// # Errors
/// Those of the database.
pub async fn address(c: &impl Sql, account: AccountId, inbox: InboxId, source: &str) -> Result<Option<ContactInbox>, Error> {
    let sql = format!("SELECT {ADDRESS} FROM contact_inbox ci WHERE ci.account_id = $1 AND ci.inbox_id = $2 AND ci.source_id = $3");
    if let Some(found) = c.one::<AddressRow>(&sql, vals![account.0, inbox.0, source]).await? {
        return Ok(Some(found.into()));
    }
    let sql = format!(
        "SELECT {ADDRESS} FROM contact_alias a JOIN contact_inbox ci ON ci.id = a.contact_inbox_id \
         WHERE a.account_id = $1 AND a.inbox_id = $2 AND a.source_id = $3"
    );
    Ok(c.one::<AddressRow>(&sql, vals![account.0, inbox.0, source]).await?.map(Into::into))
}

/// One address of the account.
///
/// # Errors
/// Those of the database.
pub async fn address_by_id(c: &impl Sql, account: AccountId, id: ContactInboxId) -> Result<Option<ContactInbox>, Error> {
    let sql = format!("SELECT {ADDRESS} FROM contact_inbox ci WHERE ci.account_id = $1 AND ci.id = $2");
    Ok(c.one::<AddressRow>(&sql, vals![account.0, id.0]).await?.map(Into::into))
}

/// Where a contact can be reached already: their addresses, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn addresses_of(c: &impl Sql, account: AccountId, contact: ContactId) -> Result<Vec<ContactInbox>, Error> {
    let sql = format!("SELECT {ADDRESS} FROM contact_inbox ci WHERE ci.account_id = $1 AND ci.contact_id = $2 ORDER BY ci.id");
    Ok(c.all::<AddressRow>(&sql, vals![account.0, contact.0]).await?.into_iter().map(Into::into).collect())
}

/// Adds another id an address is known by; one that is an address or an alias already stays whose it is.
///
/// # Errors
/// Those of the database.
pub async fn add_alias(tx: &Tx, address: &ContactInbox, source: &str) -> Result<(), Error> {
    if source.is_empty() || source == address.source {
        return Ok(());
    }
    let sql =
        "INSERT INTO contact_alias (account_id, inbox_id, source_id, contact_inbox_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.run(sql, vals![address.account.0, address.inbox.0, source, address.id.0]).await?;
    Ok(())
}

/// Changes the id messages are sent to, when the provider renamed the person; the old one stays as an alias. False when the new one is taken.
///
/// # Errors
/// Those of the database.
pub async fn rename_address(tx: &Tx, address: &mut ContactInbox, source: &str) -> Result<bool, Error> {
    let free = "NOT EXISTS (SELECT 1 FROM contact_inbox o WHERE o.inbox_id = $3 AND o.source_id = $1)";
    let sql = format!("UPDATE contact_inbox SET source_id = $1 WHERE account_id = $2 AND inbox_id = $3 AND id = $4 AND {free}");
    if tx.run(&sql, vals![source, address.account.0, address.inbox.0, address.id.0]).await? == 0 {
        return Ok(false);
    }
    tx.run("DELETE FROM contact_alias WHERE inbox_id = $1 AND source_id = $2", vals![address.inbox.0, source]).await?;
    let old = std::mem::replace(&mut address.source, source.to_owned());
    add_alias(tx, address, &old).await?;
    Ok(true)
}

/// Keeps what the channel knows about an address.
///
/// # Errors
/// Those of the database.
pub async fn set_address_attributes(tx: &Tx, address: &ContactInbox) -> Result<(), Error> {
    let sql = "UPDATE contact_inbox SET attributes = $1 WHERE account_id = $2 AND id = $3";
    tx.run(sql, vals![crate::sql::json(&address.attributes), address.account.0, address.id.0]).await?;
    Ok(())
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
    tx.run("UPDATE contact_alias SET contact_inbox_id = $1 WHERE contact_inbox_id = $2", vals![to.id.0, from.id.0]).await?;
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
    let gone = tx.run(sql, vals![account.0, contact.0]).await? > 0;
    if gone && tx.is_sqlite() {
        tx.run("DELETE FROM contact_fts WHERE rowid = $1", vals![contact.0]).await?;
    }
    Ok(gone)
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
        #[sea_orm(nested)]
        address: AddressRow,
        expires_at: i64,
    }
    let sql = format!(
        "SELECT {ADDRESS}, v.expires_at FROM visitor_session v JOIN contact_inbox ci ON ci.id = v.contact_inbox_id \
         WHERE v.token_hash = $1 AND v.inbox_id = $2 AND v.expires_at > $3"
    );
    let row = c.one::<Row>(&sql, vals![token_hash, inbox.0, now.0]).await?;
    Ok(row.map(|r| (r.address.into(), Timestamp(r.expires_at))))
}

/// Prolongs a visitor's session.
///
/// # Errors
/// Those of the database.
pub async fn prolong_visitor(tx: &Tx, token_hash: &str, expires: Timestamp) -> Result<(), Error> {
    tx.run("UPDATE visitor_session SET expires_at = $1 WHERE token_hash = $2", vals![expires.0, token_hash]).await?;
    Ok(())
}

/// Ends a visitor's session that has not ended by itself; whether there was one, which only one caller hears.
///
/// # Errors
/// Those of the database.
pub async fn spend_visitor(tx: &Tx, inbox: InboxId, token_hash: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "DELETE FROM visitor_session WHERE token_hash = $1 AND inbox_id = $2 AND expires_at > $3";
    Ok(tx.run(sql, vals![token_hash, inbox.0, now.0]).await? > 0)
}

/// Ends a visitor's session.
///
/// # Errors
/// Those of the database.
pub async fn close_visitor(tx: &Tx, token_hash: &str) -> Result<(), Error> {
    tx.run("DELETE FROM visitor_session WHERE token_hash = $1", vals![token_hash]).await?;
    Ok(())
}
