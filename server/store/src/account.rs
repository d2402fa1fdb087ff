//! Accounts: a tenant's own row, its counters and its checklist. Who belongs to one stands in `person`.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, AccountSettings, Checklist, Language, Timestamp};
use sea_orm::FromQueryResult;

/// An account's own row.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The language of what it says to customers.
    pub language: Language,
    /// What it has settled about its desk.
    pub settings: AccountSettings,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    name: String,
    language: String,
    settings: String,
}

/// Makes an account.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, name: &str, language: Language, now: Timestamp) -> Result<AccountId, Error> {
    let sql = "INSERT INTO account (name, language, created_at) VALUES ($1, $2, $3) RETURNING id";
    Ok(AccountId(tx.inserted(sql, vals![name, language.tag(), now.0]).await?))
}

/// The account's own row.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId) -> Result<Option<Account>, Error> {
    let row = c.one::<Row>("SELECT id, name, language, settings FROM account WHERE id = $1", vals![account.0]).await?;
    Ok(row.map(|r| Account {
        id: AccountId(r.id),
        name: r.name,
        language: Language::from_tag(&r.language).unwrap_or_default(),
        settings: serde_json::from_str(&r.settings).unwrap_or_default(),
    }))
}

/// Writes an account's name, language and settings.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, account: &Account) -> Result<(), Error> {
    let sql = "UPDATE account SET name = $1, language = $2, settings = $3 WHERE id = $4";
    tx.run(sql, vals![account.name.as_str(), account.language.tag(), crate::sql::json(&account.settings), account.id.0]).await?;
    Ok(())
}

/// Every account's id, for work that goes through all of them.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql) -> Result<Vec<AccountId>, Error> {
    Ok(c.all::<Id>("SELECT id FROM account ORDER BY id", vals![]).await?.into_iter().map(|r| AccountId(r.id)).collect())
}

/// Draws the next conversation number; the account's numbers have no gaps but those of refused writes.
///
/// # Errors
/// Those of the database.
pub async fn next_number(tx: &Tx, account: AccountId) -> Result<i64, Error> {
    tx.inserted("UPDATE account SET numbers = numbers + 1 WHERE id = $1 RETURNING numbers AS id", vals![account.0]).await
}

/// The first-run checklist.
///
/// # Errors
/// Those of the database.
pub async fn checklist(c: &impl Sql, account: AccountId) -> Result<Checklist, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        checklist: String,
    }
    let row = c.one::<Row>("SELECT checklist FROM account WHERE id = $1", vals![account.0]).await?;
    Ok(row.and_then(|r| serde_json::from_str(&r.checklist).ok()).unwrap_or_default())
}

/// Writes the first-run checklist.
///
/// # Errors
/// Those of the database.
pub async fn set_checklist(tx: &Tx, account: AccountId, checklist: &Checklist) -> Result<(), Error> {
    tx.run("UPDATE account SET checklist = $1 WHERE id = $2", vals![crate::sql::json(checklist), account.0]).await?;
    Ok(())
}

/// A value of the installation; none before it was first written.
///
/// # Errors
/// Those of the database.
pub async fn setting(c: &impl Sql, name: &str) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        value: String,
    }
    Ok(c.one::<Row>("SELECT value FROM setting WHERE name = $1", vals![name]).await?.map(|r| r.value))
}

/// Where a value of the installation is sealed to.
fn secret_place(name: &str) -> String {
    format!("setting.value {name}")
}

/// A sealed value of the installation, such as the key that signs links; none before it was first written.
///
/// # Errors
/// Those of the database, and of the vault.
pub async fn secret(c: &impl Sql, name: &str) -> Result<Option<String>, Error> {
    let kept = setting(c, name).await?;
    kept.map(|value| c.vault().open(&secret_place(name), &value)).transpose()
}

/// Writes a value of the installation unless one is there; answers the one that stands.
///
/// # Errors
/// Those of the database.
pub async fn keep_setting(tx: &Tx, name: &str, value: &str) -> Result<String, Error> {
    tx.run("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", vals![name, value]).await?;
    Ok(setting(tx, name).await?.unwrap_or_default())
}

/// [`keep_setting`], sealed.
///
/// # Errors
/// Those of the database, and of the vault.
pub async fn keep_secret(tx: &Tx, name: &str, value: &str) -> Result<String, Error> {
    let place = secret_place(name);
    let stands = keep_setting(tx, name, &tx.vault().seal(&place, value)?).await?;
    tx.vault().open(&place, &stands)
}

/// Seals a value of the installation, whatever was there.
///
/// # Errors
/// Those of the database, and of the vault.
pub async fn set_secret(tx: &Tx, name: &str, value: &str) -> Result<(), Error> {
    set_setting(tx, name, &tx.vault().seal(&secret_place(name), value)?).await
}

/// Writes a value of the installation, whatever was there.
///
/// # Errors
/// Those of the database.
pub async fn set_setting(tx: &Tx, name: &str, value: &str) -> Result<(), Error> {
    let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.run(sql, vals![name, value]).await?;
    Ok(())
}

/// Takes a value of the installation away; false when somebody was faster.
///
/// # Errors
/// Those of the database.
pub async fn drop_setting(tx: &Tx, name: &str) -> Result<bool, Error> {
    Ok(tx.run("DELETE FROM setting WHERE name = $1", vals![name]).await? > 0)
}
