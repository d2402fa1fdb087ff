//! What people keep for later use: canned responses, custom attributes' definitions, macros and folders. Rows in, rows out; who may see which
//! stands in each query.

use crate::sql::{Sql, from_word, json, vals, word};
use crate::{Error, Tx};
use model::*;
use sea_orm::FromQueryResult;

/// Canned responses by fitness for what was typed: code begins with it, code contains it, text contains it; at most 50.
///
/// # Errors
/// Those of the database.
pub async fn canned(c: &impl Sql, account: AccountId, search: &str) -> Result<Vec<CannedView>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        short_code: String,
        text: String,
    }
    let typed = search.trim().to_lowercase().replace(['%', '_', '\\'], "");
    let sql = "SELECT id, short_code, text FROM canned WHERE account_id = $1 AND (lower(short_code) LIKE $2 OR lower(text) LIKE $2) \
               ORDER BY CASE WHEN lower(short_code) LIKE $3 THEN 0 WHEN lower(short_code) LIKE $2 THEN 1 ELSE 2 END, short_code, id LIMIT 50";
    let rows = c.all::<Row>(sql, vals![account.0, format!("%{typed}%"), format!("{typed}%")]).await?;
    let ids: Vec<_> = rows.iter().map(|r| CannedId(r.id)).collect();
    let mut files = crate::attachment::of_canned(c, account, &ids).await?;
    let mut take = |id: i64| {
        let (of, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut files).into_iter().partition(|(canned, _)| canned.0 == id);
        files = rest;
        of.into_iter().map(|(_, file)| file.view).collect()
    };
    Ok(rows.into_iter().map(|r| CannedView { files: take(r.id), id: CannedId(r.id), code: r.short_code, text: r.text }).collect())
}

/// Keeps a canned response, or changes one. `Taken` when the code is another's; none when there is none to change.
///
/// # Errors
/// Those of the database.
pub async fn put_canned(
    tx: &Tx,
    account: AccountId,
    id: Option<CannedId>,
    code: &str,
    text: &str,
    at: Timestamp,
) -> Result<Option<CannedId>, Error> {
    let Some(id) = id else {
        let sql = "INSERT INTO canned (account_id, short_code, text, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
        return Ok(Some(CannedId(tx.inserted(sql, vals![account.0, code, text, at.0]).await?)));
    };
    let sql = "UPDATE canned SET short_code = $1, text = $2 WHERE account_id = $3 AND id = $4";
    Ok((tx.run(sql, vals![code, text, account.0, id.0]).await? > 0).then_some(id))
}

/// Removes a canned response; false when there is none.
///
/// # Errors
/// Those of the database.
pub async fn delete_canned(tx: &Tx, account: AccountId, id: CannedId) -> Result<bool, Error> {
    Ok(tx.run("DELETE FROM canned WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await? > 0)
}

/// The custom attributes' definitions, by their names.
///
/// # Errors
/// Those of the database.
pub async fn attributes(c: &impl Sql, account: AccountId) -> Result<Vec<AttributeView>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        entity: String,
        key: String,
        label: String,
        kind: String,
        options: String,
        description: String,
    }
    let sql = "SELECT id, entity, key, label, kind, options, description FROM attribute WHERE account_id = $1 ORDER BY label, id";
    let rows = c.all::<Row>(sql, vals![account.0]).await?;
    let view = |r: Row| AttributeView {
        id: AttributeId(r.id),
        draft: AttributeDraft {
            entity: from_word(&r.entity),
            key: r.key,
            label: r.label,
            kind: from_word(&r.kind),
            options: serde_json::from_str(&r.options).unwrap_or_default(),
            description: r.description,
        },
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Defines an attribute, or changes name, words and description of one. `Taken` when the key is.
///
/// # Errors
/// Those of the database.
pub async fn put_attribute(
    tx: &Tx,
    account: AccountId,
    id: Option<AttributeId>,
    draft: &AttributeDraft,
    at: Timestamp,
) -> Result<Option<AttributeId>, Error> {
    let (label, options, description) = (draft.label.as_str(), json(&draft.options), draft.description.as_str());
    let Some(id) = id else {
        let sql = "INSERT INTO attribute (account_id, entity, key, label, kind, options, description, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
        let values = vals![account.0, word(&draft.entity), draft.key.as_str(), label, word(&draft.kind), options, description, at.0];
        return Ok(Some(AttributeId(tx.inserted(sql, values).await?)));
    };
    let sql = "UPDATE attribute SET label = $1, options = $2, description = $3 WHERE account_id = $4 AND id = $5";
    Ok((tx.run(sql, vals![label, options, description, account.0, id.0]).await? > 0).then_some(id))
}

/// Removes a definition; values stay where they are. False when there is none.
///
/// # Errors
/// Those of the database.
pub async fn delete_attribute(tx: &Tx, account: AccountId, id: AttributeId) -> Result<bool, Error> {
    Ok(tx.run("DELETE FROM attribute WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await? > 0)
}

/// The macros a person may run: the shared ones and their own, by name.
///
/// # Errors
/// Those of the database, and [`Error::Corrupt`] for actions nobody can read.
pub async fn macros(c: &impl Sql, account: AccountId, user: UserId) -> Result<Vec<MacroView>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        name: String,
        shared: i64,
        created_by: i64,
        actions: String,
    }
    let sql = "SELECT id, name, shared, created_by, actions FROM macro WHERE account_id = $1 AND (shared <> 0 OR created_by = $2) ORDER BY name, id";
    let view = |r: Row| {
        let actions = serde_json::from_str(&r.actions).map_err(|e| Error::Corrupt(format!("macro {}: {e}", r.id)))?;
        Ok(MacroView { id: MacroId(r.id), name: r.name, shared: r.shared != 0, by: UserId(r.created_by), actions })
    };
    c.all::<Row>(sql, vals![account.0, user.0]).await?.into_iter().map(view).collect()
}

/// Keeps a macro, or changes one of the caller's (any shared one, where they may).
///
/// # Errors
/// Those of the database.
pub async fn put_macro(
    tx: &Tx,
    account: AccountId,
    user: UserId,
    id: Option<MacroId>,
    draft: &MacroDraft,
    at: Timestamp,
) -> Result<MacroId, Error> {
    let (name, shared, actions) = (draft.name.as_str(), i64::from(draft.shared), json(&draft.actions));
    let Some(id) = id else {
        let sql =
            "INSERT INTO macro (account_id, name, shared, created_by, actions, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
        return Ok(MacroId(tx.inserted(sql, vals![account.0, name, shared, user.0, actions, at.0]).await?));
    };
    let sql = "UPDATE macro SET name = $1, shared = $2, actions = $3 WHERE account_id = $4 AND id = $5";
    tx.run(sql, vals![name, shared, actions, account.0, id.0]).await?;
    Ok(id)
}

/// Removes a macro.
///
/// # Errors
/// Those of the database.
pub async fn delete_macro(tx: &Tx, account: AccountId, id: MacroId) -> Result<bool, Error> {
    Ok(tx.run("DELETE FROM macro WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await? > 0)
}

/// The folders a person sees: the shared ones and their own, by name.
///
/// # Errors
/// Those of the database.
pub async fn folders(c: &impl Sql, account: AccountId, user: UserId) -> Result<Vec<FolderView>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        created_by: i64,
        filter: String,
    }
    let sql = "SELECT id, created_by, filter FROM folder WHERE account_id = $1 AND (shared <> 0 OR created_by = $2) ORDER BY name, id";
    let view = |r: Row| {
        let draft = serde_json::from_str(&r.filter).map_err(|e| Error::Corrupt(format!("folder {}: {e}", r.id)))?;
        Ok(FolderView { id: FolderId(r.id), draft, by: UserId(r.created_by), count: None })
    };
    c.all::<Row>(sql, vals![account.0, user.0]).await?.into_iter().map(view).collect()
}

/// Keeps a folder, or changes one.
///
/// # Errors
/// Those of the database.
pub async fn put_folder(
    tx: &Tx,
    account: AccountId,
    user: UserId,
    id: Option<FolderId>,
    draft: &FolderDraft,
    at: Timestamp,
) -> Result<FolderId, Error> {
    let (name, shared, whole) = (draft.name.as_str(), i64::from(draft.shared), json(draft));
    let Some(id) = id else {
        let sql = "INSERT INTO folder (account_id, entity, name, shared, created_by, filter, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
        return Ok(FolderId(tx.inserted(sql, vals![account.0, word(&draft.entity), name, shared, user.0, whole, at.0]).await?));
    };
    let sql = "UPDATE folder SET name = $1, shared = $2, filter = $3 WHERE account_id = $4 AND id = $5";
    tx.run(sql, vals![name, shared, whole, account.0, id.0]).await?;
    Ok(id)
}

/// Removes a folder.
///
/// # Errors
/// Those of the database.
pub async fn delete_folder(tx: &Tx, account: AccountId, id: FolderId) -> Result<bool, Error> {
    Ok(tx.run("DELETE FROM folder WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await? > 0)
}
