//! Conversations: rows, lists, tallies and each viewer's mark. Every list and count is answered from an index or a counter row.

mod life;
mod list;
mod viewer;
pub use life::*;
pub use list::*;
pub use viewer::*;

pub use crate::sight::{Inboxes, Sight};
use crate::sql::{Id, Sql, json, vals};
use crate::{Audience, Error, Tx};
use model::*;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

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
    priority: Option<i64>,
    labels: Option<String>,
    team_id: Option<i64>,
    muted: i64,
    subject: Option<String>,
    starter_id: Option<i64>,
}

const COLUMNS: &str = "v.id, v.number, v.inbox_id, v.contact_id, v.contact_inbox_id, k.name AS contact_name, k.email AS contact_email, \
    k.phone AS contact_phone, k.blocked, v.status, v.snoozed_until, v.assignee_id, v.last_message_at, v.last_incoming_at, v.created_at, v.incoming, \
    v.waiting_since, v.contact_seen_at, v.first_reply_at, v.preview, v.origin, v.priority, v.labels, v.team_id, v.muted, v.subject, v.starter_id";

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

impl Conversation {
    /// Whom its changes concern, the customer aside: everybody who sees its inbox, or its starter alone while nothing was said in it.
    #[must_use]
    pub fn audience(&self) -> Audience {
        let v = &self.view;
        Audience { inbox: Some(v.inbox), contact_inbox: None, only_user: v.starter, assignee: v.assignee, team: v.team }
    }
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
            priority: r.priority.and_then(Priority::from_number),
            labels: r.labels.and_then(|l| serde_json::from_str(&l).ok()).unwrap_or_default(),
            team: r.team_id.map(TeamId),
            muted: r.muted != 0,
            subject: r.subject,
            starter: r.starter_id.map(UserId),
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
    // Where a bot answers, it is asked first.
    let status = if status == Status::Open && crate::bot::answers_in(tx, address.inbox).await? { Status::Pending } else { status };
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
    let made =
        load(tx, address.account, &Sight::everything(), id).await?.ok_or_else(|| Error::Corrupt("a conversation just made".into()))?;
    shift(tx, address.account, &made.view.placement(), 1).await?;
    Ok(made)
}

/// One conversation of the account, if its inbox is among the caller's.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, sight: &Sight, id: ConversationId) -> Result<Option<Conversation>, Error> {
    find(c, account, sight, "v.id", id.0).await
}

/// One conversation by the number people see.
///
/// # Errors
/// Those of the database.
pub async fn by_number(c: &impl Sql, account: AccountId, sight: &Sight, number: i64) -> Result<Option<Conversation>, Error> {
    find(c, account, sight, "v.number", number).await
}

async fn find(c: &impl Sql, account: AccountId, sight: &Sight, column: &str, value: i64) -> Result<Option<Conversation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation v JOIN contact k ON k.id = v.contact_id WHERE v.account_id = $1 AND {column} = $2{}",
        sight.condition("v")
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
        Some(row) => load(c, account, &Sight::everything(), ConversationId(row.id)).await,
        None => Ok(None),
    }
}

/// Writes a conversation back, keeps the tallies, and notes the change. `was` is where it stood when it was read; none when it is new.
///
/// # Errors
/// Those of the database.
pub async fn save(tx: &mut Tx, account: AccountId, was: Option<Placement>, now: &Conversation, at: Timestamp) -> Result<(), Error> {
    let v = &now.view;
    let until = if let Status::Snoozed { until } = v.status { until } else { None };
    let sql = "UPDATE conversation SET status = $1, snoozed_until = $2, assignee_id = $3, last_message_at = $4, last_incoming_at = $5, incoming = $6, \
               waiting_since = $7, contact_seen_at = $8, first_reply_at = $9, preview = $10, origin = $11, priority = $12, labels = $13, team_id = $14, \
               muted = $15, subject = $16, starter_id = $17 WHERE account_id = $18 AND id = $19";
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
        v.priority.map(Priority::number),
        (!v.labels.is_empty()).then(|| json(&v.labels)),
        v.team.map(|t| t.0),
        i64::from(v.muted),
        v.subject.as_deref(),
        v.starter.map(|u| u.0),
        account.0,
        v.id.0
    ];
    tx.run(sql, values).await?;
    let place = v.placement();
    let was = was.filter(|_| v.starter.is_none());
    match was {
        Some(was) if was.status != place.status => crate::bot::part::moved(tx, account, now, was.status, at).await?,
        None if place.status == StatusKind::Pending && v.starter.is_none() => crate::bot::part::begin(tx, account, now, at).await?,
        _ => {}
    }
    match was {
        // Counted since its beginning by `insert`, or not counted at all yet.
        None => {}
        Some(was) if was.counts_as(&place) => {}
        Some(was) => {
            shift(tx, account, &was, -1).await?;
            shift(tx, account, &place, 1).await?;
        }
    }
    let marks = marks_of(tx, account, v.id).await?;
    // A conversation only begun is its starter's alone; the customer hears of it with its first message.
    let audience = Audience { contact_inbox: v.starter.is_none().then_some(now.contact_inbox), ..now.audience() };
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
pub async fn tallies(c: &impl Sql, account: AccountId, sight: &Sight, viewer: UserId) -> Result<Tallies, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        inbox_id: i64,
        status: i64,
        assignee_id: i64,
        count: i64,
    }
    let sql = if sight.rule == Visibility::Team {
        // Counter rows know no team: whoever sees only their teams' share has few enough to count.
        format!(
            "SELECT v.inbox_id, v.status, COALESCE(v.assignee_id, 0) AS assignee_id, CAST(count(*) AS BIGINT) AS count FROM conversation v \
             WHERE v.account_id = $1 AND v.starter_id IS NULL{} GROUP BY v.inbox_id, v.status, COALESCE(v.assignee_id, 0)",
            sight.condition("v")
        )
    } else {
        let mine = if sight.is_narrow() { format!(" AND assignee_id = {viewer}") } else { String::new() };
        let inboxes = sight.inbox_condition("inbox_id");
        format!("SELECT inbox_id, status, assignee_id, count FROM tally WHERE account_id = $1{inboxes}{mine} ORDER BY inbox_id, status")
    };
    let mut cells: BTreeMap<(i64, i64), Tally> = BTreeMap::new();
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
