//! Conversations: rows, lists, tallies and each viewer's mark. Every list and count is answered from an index or a counter row.

use crate::sql::{Id, Sql, json, vals};
use crate::{Audience, Error, Tx};
use model::*;
use sea_orm::FromQueryResult;

/// Which inboxes a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inboxes {
    /// Every one of the account.
    All,
    /// These.
    Only(Vec<InboxId>),
}

impl Inboxes {
    /// Whether this inbox is among them.
    #[must_use]
    pub fn contains(&self, inbox: InboxId) -> bool {
        match self {
            Self::All => true,
            Self::Only(list) => list.contains(&inbox),
        }
    }

    /// The condition on a column; ids are numbers, so nothing can be injected.
    fn condition(&self, column: &str) -> String {
        match self {
            Self::All => String::new(),
            Self::Only(list) if list.is_empty() => " AND 1 = 0".to_owned(),
            Self::Only(list) => {
                let ids: Vec<_> = list.iter().map(|i| i.0.to_string()).collect();
                format!(" AND {column} IN ({})", ids.join(","))
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    number: i64,
    inbox_id: i64,
    contact_id: i64,
    contact_inbox_id: i64,
    contact_name: String,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    blocked: i64,
    status: i64,
    snoozed_until: Option<i64>,
    assignee_id: Option<i64>,
    last_message_at: i64,
    last_incoming_at: Option<i64>,
    created_at: i64,
    incoming: i64,
    waiting_since: Option<i64>,
    contact_seen_at: Option<i64>,
    first_reply_at: Option<i64>,
    preview: Option<String>,
    origin: String,
}

const COLUMNS: &str = "v.id, v.number, v.inbox_id, v.contact_id, v.contact_inbox_id, k.name AS contact_name, k.email AS contact_email, \
    k.phone AS contact_phone, k.blocked, v.status, v.snoozed_until, v.assignee_id, v.last_message_at, v.last_incoming_at, v.created_at, v.incoming, \
    v.waiting_since, v.contact_seen_at, v.first_reply_at, v.preview, v.origin";

/// A conversation with what only the server needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// What everybody sees.
    pub view: ConversationView,
    /// The address it belongs to.
    pub contact_inbox: ContactInboxId,
    /// When a person first replied.
    pub first_reply_at: Option<Timestamp>,
    /// Whether the contact is blocked.
    pub blocked: bool,
}

impl From<Row> for Conversation {
    fn from(r: Row) -> Self {
        let status = match StatusKind::from_number(r.status).unwrap_or(StatusKind::Open) {
            StatusKind::Open => Status::Open,
            StatusKind::Pending => Status::Pending,
            StatusKind::Snoozed => Status::Snoozed { until: r.snoozed_until.map(Timestamp) },
            StatusKind::Resolved => Status::Resolved,
        };
        let view = ConversationView {
            id: ConversationId(r.id),
            number: r.number,
            inbox: InboxId(r.inbox_id),
            contact: ContactBrief { id: ContactId(r.contact_id), name: r.contact_name, hint: r.contact_email.or(r.contact_phone) },
            status,
            assignee: r.assignee_id.map(UserId),
            preview: r.preview.and_then(|p| serde_json::from_str(&p).ok()),
            last_message_at: Timestamp(r.last_message_at),
            created_at: Timestamp(r.created_at),
            incoming: r.incoming,
            waiting_since: r.waiting_since.map(Timestamp),
            contact_seen_at: r.contact_seen_at.map(Timestamp),
            last_incoming_at: r.last_incoming_at.map(Timestamp),
            origin: serde_json::from_str(&r.origin).unwrap_or_default(),
        };
        Self {
            view,
            contact_inbox: ContactInboxId(r.contact_inbox_id),
            first_reply_at: r.first_reply_at.map(Timestamp),
            blocked: r.blocked != 0,
        }
    }
}

/// Makes a conversation of an address; number, tally and the rest are settled by [`save`].
///
/// # Errors
/// Those of the database.
pub async fn insert(
    tx: &Tx,
    address: &crate::contact::ContactInbox,
    status: Status,
    origin: &Origin,
    uuid: &str,
    now: Timestamp,
) -> Result<Conversation, Error> {
    let number = crate::account::next_number(tx, address.account).await?;
    let sql = "INSERT INTO conversation (account_id, number, uuid, inbox_id, contact_id, contact_inbox_id, status, last_message_at, created_at, origin) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING id";
    let values = vals![
        address.account.0,
        number,
        uuid,
        address.inbox.0,
        address.contact.0,
        address.id.0,
        status.kind().number(),
        now.0,
        json(origin)
    ];
    let id = ConversationId(tx.inserted(sql, values).await?);
    let made = load(tx, address.account, &Inboxes::All, id).await?.ok_or_else(|| Error::Corrupt("a conversation just made".into()))?;
    shift(tx, address.account, &made.view.placement(), 1).await?;
    Ok(made)
}

/// One conversation of the account, if its inbox is among the caller's.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, inboxes: &Inboxes, id: ConversationId) -> Result<Option<Conversation>, Error> {
    find(c, account, inboxes, "v.id", id.0).await
}

/// One conversation by the number people see.
///
/// # Errors
/// Those of the database.
pub async fn by_number(c: &impl Sql, account: AccountId, inboxes: &Inboxes, number: i64) -> Result<Option<Conversation>, Error> {
    find(c, account, inboxes, "v.number", number).await
}

async fn find(c: &impl Sql, account: AccountId, inboxes: &Inboxes, column: &str, value: i64) -> Result<Option<Conversation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation v JOIN contact k ON k.id = v.contact_id WHERE v.account_id = $1 AND {column} = $2{}",
        inboxes.condition("v.inbox_id")
    );
    Ok(c.one::<Row>(&sql, vals![account.0, value]).await?.map(Into::into))
}

/// Locks a conversation for the rest of the transaction, so that two writers do not both start from the same state.
///
/// # Errors
/// Those of the database.
pub async fn lock(tx: &Tx, account: AccountId, id: ConversationId) -> Result<(), Error> {
    if !tx.is_sqlite() {
        tx.one::<Id>("SELECT id FROM conversation WHERE account_id = $1 AND id = $2 FOR UPDATE", vals![account.0, id.0]).await?;
    }
    Ok(())
}

/// The last conversation of an address: a visitor's thread.
///
/// # Errors
/// Those of the database.
pub async fn last_of(c: &impl Sql, account: AccountId, address: ContactInboxId) -> Result<Option<Conversation>, Error> {
    let sql = "SELECT id FROM conversation WHERE contact_inbox_id = $1 ORDER BY id DESC LIMIT 1";
    match c.one::<Id>(sql, vals![address.0]).await? {
        Some(row) => load(c, account, &Inboxes::All, ConversationId(row.id)).await,
        None => Ok(None),
    }
}

/// A contact's conversations that the caller may see, newest first.
///
/// # Errors
/// Those of the database.
pub async fn of_contact(
    c: &impl Sql,
    account: AccountId,
    inboxes: &Inboxes,
    viewer: UserId,
    contact: ContactId,
) -> Result<Vec<ListRow>, Error> {
    rows(c, inboxes, "v.account_id = $2 AND v.contact_id = $3", "v.id DESC", vals![viewer.0, account.0, contact.0], 50).await
}

/// What a caller's list asks.
#[derive(Clone, Debug)]
pub struct ListQuery<'q> {
    /// Which account.
    pub account: AccountId,
    /// Which inboxes the caller may see.
    pub inboxes: &'q Inboxes,
    /// Who asks.
    pub viewer: UserId,
    /// Which rows.
    pub filter: ListFilter,
    /// Strictly below this position.
    pub below: Option<ListCursor>,
    /// At most so many.
    pub limit: i64,
}

/// A page of the list, newest message first.
///
/// # Errors
/// Those of the database.
pub async fn list(c: &impl Sql, query: &ListQuery<'_>) -> Result<Page<ListRow>, Error> {
    let mut values = vals![query.viewer.0, query.account.0];
    let mut condition = "v.account_id = $2".to_owned();
    let mut with = |condition: &mut String, text: &str, value: i64| {
        values.push(value.into());
        condition.push_str(&text.replace('#', &format!("${}", values.len())));
    };
    if let Some(status) = query.filter.status {
        with(&mut condition, " AND v.status = #", status.number());
    }
    if let Some(inbox) = query.filter.inbox {
        with(&mut condition, " AND v.inbox_id = #", inbox.0);
    }
    match query.filter.tab {
        Tab::Mine => with(&mut condition, " AND v.assignee_id = #", query.viewer.0),
        Tab::Unassigned => condition.push_str(" AND v.assignee_id IS NULL"),
        Tab::All => {}
    }
    if let Some(below) = query.below {
        with(&mut condition, " AND (v.last_message_at, v.id) < (#", below.at.0);
        with(&mut condition, ", #)", below.id.0);
    }
    let mut rows = rows(c, query.inboxes, &condition, "v.last_message_at DESC, v.id DESC", values, query.limit + 1).await?;
    let more = rows.len() as i64 > query.limit;
    rows.truncate(query.limit as usize);
    Ok(Page { rows, more })
}

/// One row with the viewer's own mark.
///
/// # Errors
/// Those of the database.
pub async fn row(c: &impl Sql, account: AccountId, viewer: UserId, conversation: Conversation) -> Result<ListRow, Error> {
    let marks = marks(c, account, conversation.view.id).await?;
    let mark = marks.iter().find(|m| m.user == viewer);
    Ok(ListRow { conversation: conversation.view, seen: mark.map_or(0, |m| m.seen), draft: mark.is_some_and(|m| m.draft) })
}

async fn rows(
    c: &impl Sql,
    inboxes: &Inboxes,
    condition: &str,
    order: &str,
    values: Vec<sea_orm::Value>,
    limit: i64,
) -> Result<Vec<ListRow>, Error> {
    #[derive(FromQueryResult)]
    struct Listed {
        #[sea_orm(nested)]
        row: Row,
        seen: Option<i64>,
        draft: Option<i64>,
    }
    let sql = format!(
        "SELECT {COLUMNS}, m.seen, CASE WHEN m.reply_draft <> '' OR m.note_draft <> '' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS draft \
         FROM conversation v JOIN contact k ON k.id = v.contact_id \
         LEFT JOIN mark m ON m.account_id = v.account_id AND m.conversation_id = v.id AND m.user_id = $1 \
         WHERE {condition}{} ORDER BY {order} LIMIT {limit}",
        inboxes.condition("v.inbox_id")
    );
    let rows = c.all::<Listed>(&sql, values).await?;
    Ok(rows
        .into_iter()
        .map(|r| ListRow { conversation: Conversation::from(r.row).view, seen: r.seen.unwrap_or(0), draft: r.draft.unwrap_or(0) != 0 })
        .collect())
}

/// Writes a conversation back, keeps the tallies, and notes the change. `was` is where it stood when it was read; none when it is new.
///
/// # Errors
/// Those of the database.
pub async fn save(tx: &mut Tx, account: AccountId, was: Option<Placement>, now: &Conversation, at: Timestamp) -> Result<(), Error> {
    let v = &now.view;
    let until = if let Status::Snoozed { until } = v.status { until } else { None };
    let sql = "UPDATE conversation SET status = $1, snoozed_until = $2, assignee_id = $3, last_message_at = $4, last_incoming_at = $5, incoming = $6, \
               waiting_since = $7, contact_seen_at = $8, first_reply_at = $9, preview = $10, origin = $11 WHERE account_id = $12 AND id = $13";
    let values = vals![
        v.status.kind().number(),
        until.map(|t| t.0),
        v.assignee.map(|u| u.0),
        v.last_message_at.0,
        v.last_incoming_at.map(|t| t.0),
        v.incoming,
        v.waiting_since.map(|t| t.0),
        v.contact_seen_at.map(|t| t.0),
        now.first_reply_at.map(|t| t.0),
        v.preview.as_ref().map(json),
        json(&v.origin),
        account.0,
        v.id.0
    ];
    tx.run(sql, values).await?;
    let place = v.placement();
    if let Some(was) = was
        && was != place
    {
        shift(tx, account, &was, -1).await?;
        shift(tx, account, &place, 1).await?;
    }
    let marks = marks(tx, account, v.id).await?;
    let audience = Audience { inbox: Some(v.inbox), contact_inbox: Some(now.contact_inbox), only_user: None };
    tx.note(account, at, audience, Change::Conversation { was, now: Box::new(v.clone()), marks });
    Ok(())
}

async fn shift(tx: &Tx, account: AccountId, place: &Placement, by: i64) -> Result<(), Error> {
    let sql = "INSERT INTO tally (account_id, inbox_id, status, assignee_id, count) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (account_id, inbox_id, status, assignee_id) DO UPDATE SET count = tally.count + excluded.count";
    tx.run(sql, vals![account.0, place.inbox.0, place.status.number(), place.assignee.map_or(0, |u| u.0), by]).await?;
    Ok(())
}

/// How many conversations stand where, for one viewer; read from counter rows, not from the conversations.
///
/// # Errors
/// Those of the database.
pub async fn tallies(c: &impl Sql, account: AccountId, inboxes: &Inboxes, viewer: UserId) -> Result<Tallies, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        inbox_id: i64,
        status: i64,
        assignee_id: i64,
        count: i64,
    }
    let sql = format!(
        "SELECT inbox_id, status, assignee_id, count FROM tally WHERE account_id = $1{} ORDER BY inbox_id, status",
        inboxes.condition("inbox_id")
    );
    let mut cells: std::collections::BTreeMap<(i64, i64), Tally> = std::collections::BTreeMap::new();
    for row in c.all::<Row>(&sql, vals![account.0]).await? {
        let cell = cells.entry((row.inbox_id, row.status)).or_default();
        cell.all += row.count;
        match row.assignee_id {
            0 => cell.unassigned += row.count,
            id if id == viewer.0 => cell.mine += row.count,
            _ => {}
        }
    }
    let cells = cells.into_iter().filter_map(|((inbox, status), tally)| Some((InboxId(inbox), StatusKind::from_number(status)?, tally)));
    Ok(Tallies(cells.collect()))
}

/// Takes every conversation from a person who leaves; answers them, for the caller to save.
///
/// # Errors
/// Those of the database.
pub async fn assigned_to(c: &impl Sql, account: AccountId, user: UserId) -> Result<Vec<ConversationId>, Error> {
    let sql = "SELECT id FROM conversation WHERE account_id = $1 AND assignee_id = $2";
    Ok(c.all::<Id>(sql, vals![account.0, user.0]).await?.into_iter().map(|r| ConversationId(r.id)).collect())
}

/// Snoozed conversations whose time has come, of every account; no lower bound, so no outage leaves one asleep.
///
/// # Errors
/// Those of the database.
pub async fn due(c: &impl Sql, now: Timestamp) -> Result<Vec<(AccountId, ConversationId)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        account_id: i64,
    }
    let sql = "SELECT id, account_id FROM conversation WHERE snoozed_until <= $1 ORDER BY snoozed_until LIMIT 200";
    Ok(c.all::<Row>(sql, vals![now.0]).await?.into_iter().map(|r| (AccountId(r.account_id), ConversationId(r.id))).collect())
}

/// How far each agent has read a conversation.
///
/// # Errors
/// Those of the database.
pub async fn marks(c: &impl Sql, account: AccountId, id: ConversationId) -> Result<Vec<ViewerMark>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: i64,
        seen: i64,
        draft: i64,
    }
    let sql = "SELECT user_id, seen, CASE WHEN reply_draft <> '' OR note_draft <> '' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS draft \
               FROM mark WHERE account_id = $1 AND conversation_id = $2 ORDER BY user_id";
    let rows = c.all::<Row>(sql, vals![account.0, id.0]).await?;
    Ok(rows.into_iter().map(|r| ViewerMark { user: UserId(r.user_id), seen: r.seen, draft: r.draft != 0 }).collect())
}

/// Moves one person's mark and notes it; a mark only rises, unless `lower` allows.
///
/// # Errors
/// Those of the database.
pub async fn set_seen(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    user: UserId,
    seen: i64,
    lower: bool,
    at: Timestamp,
) -> Result<bool, Error> {
    let raise = if lower { "<>" } else { "<" };
    let sql = format!(
        "INSERT INTO mark (account_id, conversation_id, user_id, seen) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET seen = excluded.seen WHERE mark.seen {raise} excluded.seen"
    );
    if tx.run(&sql, vals![account.0, of.view.id.0, user.0, seen]).await? == 0 {
        return Ok(false);
    }
    let audience = Audience { inbox: Some(of.view.inbox), contact_inbox: None, only_user: Some(user) };
    tx.note(account, at, audience, Change::Read { user, conversation: of.view.id, seen });
    Ok(true)
}

/// Keeps one person's unsent text and notes it; empty text removes it.
///
/// # Errors
/// Those of the database.
pub async fn set_draft(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    user: UserId,
    mode: DraftMode,
    text: String,
    at: Timestamp,
) -> Result<(), Error> {
    let column = draft_column(mode);
    let sql = format!(
        "INSERT INTO mark (account_id, conversation_id, user_id, {column}) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET {column} = excluded.{column} WHERE mark.{column} <> excluded.{column}"
    );
    if tx.run(&sql, vals![account.0, of.view.id.0, user.0, text.as_str()]).await? > 0 {
        let audience = Audience { inbox: Some(of.view.inbox), contact_inbox: None, only_user: Some(user) };
        tx.note(account, at, audience, Change::Draft { user, conversation: of.view.id, mode, text });
    }
    Ok(())
}

const fn draft_column(mode: DraftMode) -> &'static str {
    match mode {
        DraftMode::Reply => "reply_draft",
        DraftMode::Note => "note_draft",
    }
}

/// One person's unsent texts in a conversation.
///
/// # Errors
/// Those of the database.
pub async fn drafts(c: &impl Sql, account: AccountId, id: ConversationId, user: UserId) -> Result<Vec<(DraftMode, String)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        reply_draft: String,
        note_draft: String,
    }
    let sql = "SELECT reply_draft, note_draft FROM mark WHERE account_id = $1 AND conversation_id = $2 AND user_id = $3";
    let Some(row) = c.one::<Row>(sql, vals![account.0, id.0, user.0]).await? else { return Ok(Vec::new()) };
    let both = [(DraftMode::Reply, row.reply_draft), (DraftMode::Note, row.note_draft)];
    Ok(both.into_iter().filter(|(_, text)| !text.is_empty()).collect())
}
