//! People, their memberships, sessions and links: the global door, beside the accounts' own.

use crate::sql::{Id, Sql, from_word, vals, word};
use crate::{Error, Inboxes, Sight, Tx};
use model::{
    AccountId, AccountSettings, AgentView, Availability, InboxId, Language, MembershipView, ProfileDraft, Role, SendKey, SessionView,
    Theme, Timestamp, UserId, Visibility,
};
use sea_orm::FromQueryResult;

/// Someone who can sign in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// Lower-case e-mail.
    pub email: String,
    /// The password's PHC string; none before an invitation is accepted.
    pub password: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    name: String,
    email: String,
    password: Option<String>,
}

impl From<Row> for Person {
    fn from(r: Row) -> Self {
        Self { id: UserId(r.id), name: r.name, email: r.email, password: r.password }
    }
}

/// Makes a person. `Taken` when the e-mail is known.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, name: &str, email: &str, password: Option<&str>, language: Language, now: Timestamp) -> Result<UserId, Error> {
    let sql = "INSERT INTO person (name, email, password, language, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    Ok(UserId(tx.inserted(sql, vals![name, email, password, language.tag(), now.0]).await?))
}

/// The person with this e-mail.
///
/// # Errors
/// Those of the database.
pub async fn by_email(c: &impl Sql, email: &str) -> Result<Option<Person>, Error> {
    Ok(c.one::<Row>("SELECT id, name, email, password FROM person WHERE email = $1", vals![email]).await?.map(Into::into))
}

/// A person.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, user: UserId) -> Result<Option<Person>, Error> {
    Ok(c.one::<Row>("SELECT id, name, email, password FROM person WHERE id = $1", vals![user.0]).await?.map(Into::into))
}

/// Whether anybody exists at all.
///
/// # Errors
/// Those of the database.
pub async fn anybody(c: &impl Sql) -> Result<bool, Error> {
    Ok(c.one::<Id>("SELECT id FROM person LIMIT 1", vals![]).await?.is_some())
}

/// The number of the lock whoever wants to be the first person takes.
const FIRST: i64 = 0x7265_6361_646f_0004;

/// Whether anybody exists, asked by who would be the first: whoever asks at the same moment waits until that is settled.
///
/// # Errors
/// Those of the database.
pub async fn anybody_before(tx: &Tx) -> Result<bool, Error> {
    if !tx.is_sqlite() {
        tx.run("SELECT pg_advisory_xact_lock($1)", vals![FIRST]).await?;
    }
    anybody(tx).await
}

/// Sets the password's PHC string.
///
/// # Errors
/// Those of the database.
pub async fn set_password(tx: &Tx, user: UserId, password: &str) -> Result<(), Error> {
    tx.run("UPDATE person SET password = $1 WHERE id = $2", vals![password, user.0]).await?;
    Ok(())
}

/// Puts another PHC string in place of this very one; false when the password was changed meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn replace_password(tx: &Tx, user: UserId, old: &str, new: &str) -> Result<bool, Error> {
    Ok(tx.run("UPDATE person SET password = $1 WHERE id = $2 AND password = $3", vals![new, user.0, old]).await? > 0)
}

/// Sets the photo's version; none removes it.
///
/// # Errors
/// Those of the database.
pub async fn set_photo(tx: &Tx, user: UserId, photo: Option<&str>) -> Result<(), Error> {
    tx.run("UPDATE person SET photo = $1 WHERE id = $2", vals![photo, user.0]).await?;
    Ok(())
}

/// The photo's version.
///
/// # Errors
/// Those of the database.
pub async fn photo(c: &impl Sql, user: UserId) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        photo: Option<String>,
    }
    Ok(c.one::<Row>("SELECT photo FROM person WHERE id = $1", vals![user.0]).await?.and_then(|r| r.photo))
}

/// Writes what a person changed about themselves.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, user: UserId, draft: &ProfileDraft) -> Result<(), Error> {
    let sql = "UPDATE person SET name = COALESCE($1, name), language = COALESCE($2, language), theme = COALESCE($3, theme), \
               send_key = COALESCE($4, send_key), compact = COALESCE($5, compact), habits = COALESCE($7, habits) WHERE id = $6";
    let values = vals![
        draft.name.as_deref(),
        draft.language.map(Language::tag),
        draft.theme.as_ref().map(word),
        draft.send_key.as_ref().map(word),
        draft.compact.map(i64::from),
        user.0,
        draft.habits.as_deref()
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// What the interface knows of the signed-in person.
///
/// # Errors
/// Those of the database.
pub async fn session_view(c: &impl Sql, user: UserId) -> Result<Option<SessionView>, Error> {
    #[derive(FromQueryResult)]
    struct Own {
        name: String,
        email: String,
        photo: Option<String>,
        language: String,
        theme: String,
        send_key: String,
        compact: i64,
        habits: String,
        last_account: Option<i64>,
    }
    #[derive(FromQueryResult)]
    struct Member {
        account_id: i64,
        name: String,
        role: String,
        availability: String,
    }
    let sql = "SELECT name, email, photo, language, theme, send_key, compact, habits, last_account FROM person WHERE id = $1";
    let Some(own) = c.one::<Own>(sql, vals![user.0]).await? else { return Ok(None) };
    let sql = "SELECT m.account_id, a.name, m.role, m.availability FROM membership m JOIN account a ON a.id = m.account_id \
               WHERE m.user_id = $1 AND m.confirmed = 1 ORDER BY a.name, a.id";
    let mut accounts: Vec<_> = c
        .all::<Member>(sql, vals![user.0])
        .await?
        .into_iter()
        .map(|m| MembershipView {
            account: AccountId(m.account_id),
            name: m.name,
            role: role(&m.role),
            availability: from_word::<Availability>(&m.availability),
        })
        .collect();
    accounts.sort_by_key(|m| Some(m.account.0) != own.last_account);
    Ok(Some(SessionView {
        user,
        name: own.name,
        email: own.email,
        photo: own.photo,
        language: Language::from_tag(&own.language).unwrap_or_default(),
        theme: from_word::<Theme>(&own.theme),
        send_key: from_word::<SendKey>(&own.send_key),
        compact: own.compact != 0,
        habits: own.habits,
        accounts,
    }))
}

fn role(name: &str) -> Role {
    if name == Role::Administrator.name() { Role::Administrator } else { Role::Agent }
}

/// Remembers the account a person works in, to open it first next time.
///
/// # Errors
/// Those of the database.
pub async fn set_last_account(tx: &Tx, user: UserId, account: AccountId) -> Result<(), Error> {
    tx.run("UPDATE person SET last_account = $1 WHERE id = $2 AND (last_account IS NULL OR last_account <> $1)", vals![account.0, user.0])
        .await?;
    Ok(())
}

/// Adds a person to an account. `Taken` when they are in it.
///
/// # Errors
/// Those of the database.
pub async fn join(tx: &Tx, account: AccountId, user: UserId, role: Role, confirmed: bool, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO membership (account_id, user_id, role, confirmed, created_at) VALUES ($1, $2, $3, $4, $5)";
    tx.run(sql, vals![account.0, user.0, role.name(), i64::from(confirmed), now.0]).await?;
    Ok(())
}

/// Marks an invitation as accepted.
///
/// # Errors
/// Those of the database.
pub async fn confirm(tx: &Tx, account: AccountId, user: UserId) -> Result<(), Error> {
    tx.run("UPDATE membership SET confirmed = 1 WHERE account_id = $1 AND user_id = $2", vals![account.0, user.0]).await?;
    Ok(())
}

/// A person's standing in an account, once confirmed.
///
/// # Errors
/// Those of the database.
pub async fn role_in(c: &impl Sql, account: AccountId, user: UserId) -> Result<Option<Role>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        role: String,
    }
    let sql = "SELECT role FROM membership WHERE account_id = $1 AND user_id = $2 AND confirmed = 1";
    Ok(c.one::<Row>(sql, vals![account.0, user.0]).await?.map(|r| role(&r.role)))
}

/// Changes a person's standing.
///
/// # Errors
/// Those of the database.
pub async fn set_role(tx: &Tx, account: AccountId, user: UserId, role: Role) -> Result<bool, Error> {
    let sql = "UPDATE membership SET role = $1 WHERE account_id = $2 AND user_id = $3";
    Ok(tx.run(sql, vals![role.name(), account.0, user.0]).await? > 0)
}

/// Sets a person's availability in an account.
///
/// # Errors
/// Those of the database.
pub async fn set_availability(tx: &Tx, account: AccountId, user: UserId, availability: Availability) -> Result<(), Error> {
    let sql = "UPDATE membership SET availability = $1 WHERE account_id = $2 AND user_id = $3";
    tx.run(sql, vals![word(&availability), account.0, user.0]).await?;
    Ok(())
}

/// Takes a person out of an account and of its inboxes.
///
/// # Errors
/// Those of the database.
pub async fn leave(tx: &Tx, account: AccountId, user: UserId) -> Result<bool, Error> {
    for table in ["inbox_member", "team_member", "participant", "notification"] {
        tx.run(&format!("DELETE FROM {table} WHERE account_id = $1 AND user_id = $2"), vals![account.0, user.0]).await?;
    }
    tx.run("DELETE FROM one_time WHERE account_id = $1 AND user_id = $2", vals![account.0, user.0]).await?;
    Ok(tx.run("DELETE FROM membership WHERE account_id = $1 AND user_id = $2", vals![account.0, user.0]).await? > 0)
}

/// Everybody in the account, by name; or only one of them.
///
/// # Errors
/// Those of the database.
pub async fn agents(c: &impl Sql, account: AccountId, only: Option<UserId>) -> Result<Vec<AgentView>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        name: String,
        email: String,
        photo: Option<String>,
        role: String,
        availability: String,
        confirmed: i64,
        auto_offline: i64,
    }
    let sql = "SELECT p.id, p.name, p.email, p.photo, m.role, m.availability, m.confirmed, m.auto_offline FROM membership m JOIN person p ON p.id = m.user_id \
               WHERE m.account_id = $1 AND ($2 = 0 OR m.user_id = $2) ORDER BY lower(p.name), p.id";
    let rows = c.all::<Row>(sql, vals![account.0, only.map_or(0, |u| u.0)]).await?;
    Ok(rows
        .into_iter()
        .map(|r| AgentView {
            id: UserId(r.id),
            name: r.name,
            email: r.email,
            role: role(&r.role),
            availability: from_word(&r.availability),
            photo: r.photo,
            confirmed: r.confirmed != 0,
            auto_offline: r.auto_offline != 0,
        })
        .collect())
}

/// The accounts a person belongs to.
///
/// # Errors
/// Those of the database.
pub async fn accounts_of(c: &impl Sql, user: UserId) -> Result<Vec<AccountId>, Error> {
    let rows = c.all::<Id>("SELECT account_id AS id FROM membership WHERE user_id = $1", vals![user.0]).await?;
    Ok(rows.into_iter().map(|r| AccountId(r.id)).collect())
}

/// The inboxes a person is a member of.
///
/// # Errors
/// Those of the database.
pub async fn inboxes_of(c: &impl Sql, account: AccountId, user: UserId) -> Result<Vec<InboxId>, Error> {
    let sql = "SELECT inbox_id AS id FROM inbox_member WHERE account_id = $1 AND user_id = $2 ORDER BY inbox_id";
    Ok(c.all::<Id>(sql, vals![account.0, user.0]).await?.into_iter().map(|r| InboxId(r.id)).collect())
}

/// Opens a session under the hash of its token.
///
/// # Errors
/// Those of the database.
pub async fn open_session(tx: &Tx, user: UserId, token_hash: &str, now: Timestamp, expires: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO session (user_id, token_hash, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)";
    tx.run(sql, vals![user.0, token_hash, now.0, expires.0]).await?;
    Ok(())
}

/// A session's person with their standing in an account, all a request needs to know of who asks.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whose session it is.
    pub user: UserId,
    /// When it was last prolonged.
    pub seen: Timestamp,
    /// Their role and what they may see; none when they are not of that account.
    pub role: Option<(Role, Sight)>,
}

/// Whose session it is and what they may do in an account, in one read; expired sessions are nobody's.
///
/// # Errors
/// Those of the database.
pub async fn standing(c: &impl Sql, token_hash: &str, account: AccountId, now: Timestamp) -> Result<Option<Standing>, Error> {
    let Some((user, seen)) = session(c, token_hash, now).await? else { return Ok(None) };
    Ok(Some(Standing { user, seen, role: sight_of(c, account, user).await? }))
}

/// A person's role in an account and what they may see there; none when they are not of it.
///
/// # Errors
/// Those of the database.
pub async fn sight_of(c: &impl Sql, account: AccountId, user: UserId) -> Result<Option<(Role, Sight)>, Error> {
    sight(c, account, user, true).await
}

/// As [`sight_of`], for giving somebody work: who was invited and has not come yet may be given some already.
///
/// # Errors
/// Those of the database.
pub async fn sight_to_come(c: &impl Sql, account: AccountId, user: UserId) -> Result<Option<(Role, Sight)>, Error> {
    sight(c, account, user, false).await
}

async fn sight(c: &impl Sql, account: AccountId, user: UserId, confirmed: bool) -> Result<Option<(Role, Sight)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        role: String,
        settings: String,
    }
    let sql = "SELECT m.role, a.settings FROM membership m JOIN account a ON a.id = m.account_id \
               WHERE m.account_id = $1 AND m.user_id = $2 AND m.confirmed >= $3";
    let Some(row) = c.one::<Row>(sql, vals![account.0, user.0, i64::from(confirmed)]).await? else { return Ok(None) };
    let role = role(&row.role);
    if role == Role::Administrator {
        return Ok(Some((role, Sight { user, ..Sight::everything() })));
    }
    let settings: AccountSettings = serde_json::from_str(&row.settings).unwrap_or_default();
    let rule = settings.agents_see;
    let inboxes = if rule == Visibility::All { Inboxes::All } else { Inboxes::Only(inboxes_of(c, account, user).await?) };
    let teams = if rule == Visibility::Team { crate::team::of_person(c, account, user).await? } else { Vec::new() };
    Ok(Some((role, Sight { inboxes, rule, user, teams })))
}

/// Whose session it is, and when it was last prolonged; expired ones are nobody's.
///
/// # Errors
/// Those of the database.
pub async fn session(c: &impl Sql, token_hash: &str, now: Timestamp) -> Result<Option<(UserId, Timestamp)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: i64,
        seen_at: i64,
    }
    let sql = "SELECT user_id, seen_at FROM session WHERE token_hash = $1 AND expires_at > $2";
    Ok(c.one::<Row>(sql, vals![token_hash, now.0]).await?.map(|r| (UserId(r.user_id), Timestamp(r.seen_at))))
}

/// Prolongs a session that is in use.
///
/// # Errors
/// Those of the database.
pub async fn prolong_session(tx: &Tx, token_hash: &str, now: Timestamp, expires: Timestamp) -> Result<(), Error> {
    tx.run("UPDATE session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3", vals![now.0, expires.0, token_hash]).await?;
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// Those of the database.
pub async fn close_session(tx: &Tx, token_hash: &str) -> Result<(), Error> {
    tx.run("DELETE FROM session WHERE token_hash = $1", vals![token_hash]).await?;
    Ok(())
}

/// Ends every session of a person but, where one is given, this one.
///
/// # Errors
/// Those of the database.
pub async fn close_sessions(tx: &Tx, user: UserId, but: Option<&str>) -> Result<(), Error> {
    tx.run("DELETE FROM session WHERE user_id = $1 AND token_hash <> $2", vals![user.0, but.unwrap_or_default()]).await?;
    Ok(())
}

/// What a one-time link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Sets a new password.
    Reset,
    /// Accepts an invitation.
    Invitation,
}

impl LinkKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Invitation => "invitation",
        }
    }
}

/// Keeps a one-time link under the hash of its token; older ones of the same kind, person and account die.
///
/// # Errors
/// Those of the database.
pub async fn open_link(
    tx: &Tx,
    kind: LinkKind,
    token_hash: &str,
    user: UserId,
    account: Option<AccountId>,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), Error> {
    let account = account.map_or(0, |a| a.0);
    tx.run("DELETE FROM one_time WHERE kind = $1 AND user_id = $2 AND account_id = $3", vals![kind.name(), user.0, account]).await?;
    let sql = "INSERT INTO one_time (kind, token_hash, user_id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, vals![kind.name(), token_hash, user.0, account, now.0, expires.0]).await?;
    Ok(())
}

/// Whom a one-time link concerns; expired ones nobody.
///
/// # Errors
/// Those of the database.
pub async fn link(c: &impl Sql, kind: LinkKind, token_hash: &str, now: Timestamp) -> Result<Option<(UserId, AccountId)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: i64,
        account_id: i64,
    }
    let sql = "SELECT user_id, account_id FROM one_time WHERE kind = $1 AND token_hash = $2 AND expires_at > $3";
    Ok(c.one::<Row>(sql, vals![kind.name(), token_hash, now.0]).await?.map(|r| (UserId(r.user_id), AccountId(r.account_id))))
}

/// Uses a one-time link up; false when somebody was faster.
///
/// # Errors
/// Those of the database.
pub async fn use_link(tx: &Tx, token_hash: &str) -> Result<bool, Error> {
    Ok(tx.run("DELETE FROM one_time WHERE token_hash = $1", vals![token_hash]).await? > 0)
}

/// Keeps an API token under its hash.
///
/// # Errors
/// Those of the database.
pub async fn add_api_token(tx: &Tx, user: UserId, token_hash: &str, now: Timestamp) -> Result<(), Error> {
    tx.run("INSERT INTO api_token (user_id, token_hash, created_at) VALUES ($1, $2, $3)", vals![user.0, token_hash, now.0]).await?;
    Ok(())
}

/// Since when a person has an API token, the newest of several; none without one.
///
/// # Errors
/// Those of the database.
pub async fn api_token_since(c: &impl Sql, user: UserId) -> Result<Option<Timestamp>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        at: Option<i64>,
    }
    let found = c.one::<Row>("SELECT MAX(created_at) AS at FROM api_token WHERE user_id = $1", vals![user.0]).await?;
    Ok(found.and_then(|row| row.at).map(Timestamp))
}

/// Takes every API token of a person back.
///
/// # Errors
/// Those of the database.
pub async fn drop_api_tokens(tx: &Tx, user: UserId) -> Result<(), Error> {
    tx.run("DELETE FROM api_token WHERE user_id = $1", vals![user.0]).await?;
    Ok(())
}

/// Drops what has expired: sessions and one-time links.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &Tx, now: Timestamp) -> Result<(), Error> {
    tx.run("DELETE FROM session WHERE expires_at <= $1", vals![now.0]).await?;
    tx.run("DELETE FROM one_time WHERE expires_at <= $1", vals![now.0]).await?;
    tx.run("DELETE FROM visitor_session WHERE expires_at <= $1", vals![now.0]).await?;
    Ok(())
}
