//! Whose turn it is: what waits for somebody, who of an inbox may be given it, and when each was given something last. It gives nothing itself.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::*;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// Inboxes in which something open waits for somebody and may be handed out: their own switch says so, or that of a team it was given to.
///
/// # Errors
/// Those of the database.
pub async fn waiting(c: &impl Sql) -> Result<Vec<(AccountId, InboxId)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        account_id: i64,
        inbox_id: i64,
    }
    let open = StatusKind::Open.number();
    // Counter rows say what waits in an inbox; they know no team, whose few rows have an index of their own.
    let sql = format!(
        "SELECT i.account_id AS account_id, i.id AS inbox_id FROM inbox i JOIN tally t ON t.account_id = i.account_id AND t.inbox_id = i.id \
         WHERE i.auto_assign = 1 AND t.status = {open} AND t.assignee_id = 0 AND t.count > 0 \
         UNION SELECT v.account_id, v.inbox_id FROM conversation v JOIN team m ON m.id = v.team_id AND m.auto_assign = 1 \
         WHERE v.team_id IS NOT NULL AND v.assignee_id IS NULL AND v.status = {open}"
    );
    Ok(c.all::<Row>(&sql, vals![]).await?.into_iter().map(|r| (AccountId(r.account_id), InboxId(r.inbox_id))).collect())
}

/// The rule of an inbox.
///
/// # Errors
/// Those of the database.
pub async fn rule(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Allotment, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        auto_assign: i64,
        most_open: Option<i64>,
    }
    let sql = "SELECT auto_assign, most_open FROM inbox WHERE account_id = $1 AND id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, inbox.0])
        .await?
        .map(|r| Allotment { on: r.auto_assign != 0, most: r.most_open })
        .unwrap_or_default())
}

/// The rules of all inboxes of an account.
///
/// # Errors
/// Those of the database.
pub async fn rules(c: &impl Sql, account: AccountId) -> Result<BTreeMap<InboxId, Allotment>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        auto_assign: i64,
        most_open: Option<i64>,
    }
    let rows = c.all::<Row>("SELECT id, auto_assign, most_open FROM inbox WHERE account_id = $1", vals![account.0]).await?;
    Ok(rows.into_iter().map(|r| (InboxId(r.id), Allotment { on: r.auto_assign != 0, most: r.most_open })).collect())
}

/// Sets the rule of an inbox.
///
/// # Errors
/// Those of the database.
pub async fn set_rule(tx: &Tx, account: AccountId, inbox: InboxId, rule: Allotment) -> Result<(), Error> {
    let sql = "UPDATE inbox SET auto_assign = $1, most_open = $2 WHERE account_id = $3 AND id = $4";
    tx.run(sql, vals![i64::from(rule.on), rule.most, account.0, inbox.0]).await?;
    Ok(())
}

/// A member who may be given something, if they are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub user: UserId,
    /// Whether they must have a screen open to count as here.
    pub only_here: bool,
    /// What they have open in this inbox.
    pub open: i64,
    /// When it was their turn last, as a number that grows.
    pub picked: i64,
}

/// The members of an inbox who say they take conversations now, whose turn it is first.
///
/// # Errors
/// Those of the database.
pub async fn candidates(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Vec<Candidate>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: i64,
        auto_offline: i64,
        open: i64,
        picked_at: i64,
    }
    let sql = format!(
        "SELECT m.user_id, m.auto_offline, i.picked_at, CAST((SELECT count(*) FROM conversation v WHERE v.account_id = m.account_id AND v.assignee_id = m.user_id \
         AND v.status = {} AND v.inbox_id = i.inbox_id) AS BIGINT) AS open FROM inbox_member i JOIN membership m ON m.account_id = i.account_id AND m.user_id = i.user_id \
         WHERE i.account_id = $1 AND i.inbox_id = $2 AND m.confirmed = 1 AND m.availability = 'online' ORDER BY i.picked_at, m.user_id",
        StatusKind::Open.number()
    );
    let candidate = |r: Row| Candidate { user: UserId(r.user_id), only_here: r.auto_offline != 0, open: r.open, picked: r.picked_at };
    Ok(c.all::<Row>(&sql, vals![account.0, inbox.0]).await?.into_iter().map(candidate).collect())
}

/// What waits in an inbox for somebody, who waited longest first; where the inbox hands out nothing itself, only what a team has.
///
/// # Errors
/// Those of the database.
pub async fn queue(c: &impl Sql, account: AccountId, inbox: InboxId, rule: Allotment, limit: i64) -> Result<Vec<ConversationId>, Error> {
    let teams = "v.team_id IN (SELECT id FROM team WHERE account_id = $1 AND auto_assign = 1)";
    let which = if rule.on { format!("(v.team_id IS NULL OR {teams})") } else { format!("v.team_id IS NOT NULL AND {teams}") };
    let sql = format!(
        "SELECT v.id FROM conversation v WHERE v.account_id = $1 AND v.inbox_id = $2 AND v.status = {} AND v.assignee_id IS NULL AND v.muted = 0 \
         AND v.starter_id IS NULL AND {which} ORDER BY COALESCE(v.waiting_since, v.created_at), v.id LIMIT $3",
        StatusKind::Open.number()
    );
    Ok(c.all::<Id>(&sql, vals![account.0, inbox.0, limit]).await?.into_iter().map(|r| ConversationId(r.id)).collect())
}

/// It was somebody's turn: they go to the end of the line.
///
/// # Errors
/// Those of the database.
pub async fn picked(tx: &Tx, account: AccountId, inbox: InboxId, user: UserId, turn: i64) -> Result<(), Error> {
    let sql = "UPDATE inbox_member SET picked_at = $1 WHERE account_id = $2 AND inbox_id = $3 AND user_id = $4";
    tx.run(sql, vals![turn, account.0, inbox.0, user.0]).await?;
    Ok(())
}
