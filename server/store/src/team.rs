//! Teams and their members. What a team may see is judged in `sight`.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, TeamDraft, TeamId, TeamView, Timestamp, UserId};
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    name: String,
    description: String,
    auto_assign: i64,
}

#[derive(FromQueryResult)]
struct Member {
    team_id: i64,
    user_id: i64,
}

/// Every team of the account, by name.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<TeamView>, Error> {
    let rows = c
        .all::<Row>("SELECT id, name, description, auto_assign FROM team WHERE account_id = $1 ORDER BY lower(name), id", vals![account.0])
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let members =
        c.all::<Member>("SELECT team_id, user_id FROM team_member WHERE account_id = $1 ORDER BY user_id", vals![account.0]).await?;
    let of = |team: i64| members.iter().filter(|m| m.team_id == team).map(|m| UserId(m.user_id)).collect();
    Ok(rows
        .into_iter()
        .map(|r| TeamView {
            members: of(r.id),
            id: TeamId(r.id),
            name: r.name,
            description: r.description,
            auto_assign: r.auto_assign != 0,
        })
        .collect())
}

/// Makes a team. `Taken` when the name is.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, account: AccountId, team: &TeamDraft, at: Timestamp) -> Result<TeamId, Error> {
    let sql = "INSERT INTO team (account_id, name, description, auto_assign, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let values = vals![account.0, team.name.as_str(), team.description.as_str(), i64::from(team.auto_assign), at.0];
    let id = TeamId(tx.inserted(sql, values).await?);
    set_members(tx, account, id, &team.members).await?;
    Ok(id)
}

/// Changes a team; false when there is none. `Taken` when the name is another's.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, account: AccountId, id: TeamId, team: &TeamDraft) -> Result<bool, Error> {
    let sql = "UPDATE team SET name = $1, description = $2, auto_assign = $3 WHERE account_id = $4 AND id = $5";
    let values = vals![team.name.as_str(), team.description.as_str(), i64::from(team.auto_assign), account.0, id.0];
    let there = tx.run(sql, values).await? > 0;
    if there {
        set_members(tx, account, id, &team.members).await?;
    }
    Ok(there)
}

async fn set_members(tx: &Tx, account: AccountId, team: TeamId, members: &[UserId]) -> Result<(), Error> {
    tx.run("DELETE FROM team_member WHERE account_id = $1 AND team_id = $2", vals![account.0, team.0]).await?;
    for user in members {
        let sql = "INSERT INTO team_member (account_id, team_id, user_id) SELECT account_id, CAST($1 AS BIGINT), user_id FROM membership \
                   WHERE account_id = $2 AND user_id = $3 ON CONFLICT DO NOTHING";
        tx.run(sql, vals![team.0, account.0, user.0]).await?;
    }
    Ok(())
}

/// Removes a team; what it had belongs to no team. False when there is none.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: AccountId, id: TeamId) -> Result<bool, Error> {
    tx.run("UPDATE conversation SET team_id = NULL WHERE account_id = $1 AND team_id = $2", vals![account.0, id.0]).await?;
    tx.run("DELETE FROM team_member WHERE account_id = $1 AND team_id = $2", vals![account.0, id.0]).await?;
    Ok(tx.run("DELETE FROM team WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await? > 0)
}

/// The teams a person is in.
///
/// # Errors
/// Those of the database.
pub async fn of_person(c: &impl Sql, account: AccountId, user: UserId) -> Result<Vec<TeamId>, Error> {
    let sql = "SELECT team_id AS id FROM team_member WHERE account_id = $1 AND user_id = $2 ORDER BY team_id";
    Ok(c.all::<Id>(sql, vals![account.0, user.0]).await?.into_iter().map(|r| TeamId(r.id)).collect())
}
