//! Long work one can watch and take back: how far it is, what failed, and what it changed. What the work is, is the service's business.

use crate::sql::{Sql, json, vals};
use crate::{Audience, Error, Tx};
use model::{AccountId, Change, OperationId, OperationKind, OperationView, Timestamp, UserId};
use sea_orm::FromQueryResult;

/// An operation with what its runner needs.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What its owner sees.
    pub view: OperationView,
    /// Whose it is.
    pub user: UserId,
    /// What is to be done, as its runner wrote it.
    pub body: String,
    /// What it changed so far, one line of JSON each.
    pub undo: Vec<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    user_id: i64,
    kind: String,
    body: String,
    state: String,
    total: i64,
    done: i64,
    failed: i64,
    report: String,
    undo: Option<String>,
}

impl From<Row> for Operation {
    fn from(r: Row) -> Self {
        let undo: Vec<String> = r.undo.map(|u| u.lines().map(str::to_owned).collect()).unwrap_or_default();
        let kind = match r.kind.as_str() {
            "undo" => OperationKind::Undo,
            "import" => OperationKind::Import,
            _ => OperationKind::Bulk,
        };
        let view = OperationView {
            id: OperationId(r.id),
            kind,
            total: r.total,
            done: r.done,
            failed: r.failed,
            finished: r.state == "finished",
            undoable: r.state == "finished" && kind == OperationKind::Bulk && !undo.is_empty(),
            report: serde_json::from_str(&r.report).unwrap_or_default(),
        };
        Self { view, user: UserId(r.user_id), body: r.body, undo }
    }
}

/// Begins an operation.
///
/// # Errors
/// Those of the database.
pub async fn begin(
    tx: &mut Tx,
    account: AccountId,
    user: UserId,
    kind: OperationKind,
    body: &str,
    total: i64,
    at: Timestamp,
) -> Result<OperationView, Error> {
    let sql = "INSERT INTO operation (account_id, user_id, kind, body, state, total, created_at) VALUES ($1, $2, $3, $4, 'running', $5, $6) RETURNING id";
    let id = OperationId(tx.inserted(sql, vals![account.0, user.0, crate::sql::word(&kind), body, total, at.0]).await?);
    let view = OperationView { id, kind, total, done: 0, failed: 0, finished: false, undoable: false, report: Vec::new() };
    tx.note(account, at, Audience::only(user), Change::Operation { operation: Box::new(view.clone()) });
    Ok(view)
}

/// One operation of the account.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, id: OperationId) -> Result<Option<Operation>, Error> {
    let sql = "SELECT id, user_id, kind, body, state, total, done, failed, report, undo FROM operation WHERE account_id = $1 AND id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, id.0]).await?.map(Into::into))
}

/// Writes how far an operation is and what it changed since, and tells its owner. What was to be done is forgotten at its end: a file of
/// contacts is not kept twice.
///
/// # Errors
/// Those of the database.
pub async fn advance(tx: &mut Tx, account: AccountId, of: &mut Operation, changed: &[String], at: Timestamp) -> Result<(), Error> {
    let more: String = changed.iter().map(|line| format!("{line}\n")).collect();
    of.undo.extend_from_slice(changed);
    let v = &mut of.view;
    v.report.truncate(100);
    v.undoable = v.finished && v.kind == OperationKind::Bulk && !of.undo.is_empty();
    let (state, finished) = if v.finished { ("finished", Some(at.0)) } else { ("running", None) };
    let sql = "UPDATE operation SET state = $1, total = $2, done = $3, failed = $4, report = $5, undo = COALESCE(undo, '') || $6, finished_at = $7, \
               body = CASE WHEN $1 = 'finished' THEN '' ELSE body END WHERE account_id = $8 AND id = $9";
    tx.run(sql, vals![state, v.total, v.done, v.failed, json(&v.report), more, finished, account.0, v.id.0]).await?;
    tx.note(account, at, Audience::only(of.user), Change::Operation { operation: Box::new(v.clone()) });
    Ok(())
}

/// Uses an operation's undo up; answers what it changed, or none when that was done before or nothing can be.
///
/// # Errors
/// Those of the database.
pub async fn take_undo(tx: &Tx, account: AccountId, user: UserId, id: OperationId) -> Result<Option<Vec<String>>, Error> {
    let Some(found) = load(tx, account, id).await? else { return Ok(None) };
    if found.user != user || !found.view.undoable {
        return Ok(None);
    }
    let sql = "UPDATE operation SET undo = NULL WHERE account_id = $1 AND id = $2 AND undo IS NOT NULL";
    Ok((tx.run(sql, vals![account.0, id.0]).await? > 0).then_some(found.undo))
}

/// Forgets operations begun before a moment.
///
/// # Errors
/// Those of the database.
pub async fn prune(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    tx.run("DELETE FROM operation WHERE created_at < $1", vals![before.0]).await
}
