//! Mail that came in: a ledger where each mail stands once, how far every mailbox was read, and who took part by mail. The raw mails lie in the object
//! store; what stands in them is the service's business.

use crate::sql::{Id, Sql, json, vals};
use crate::{Error, Tx};
use model::*;
use sea_orm::FromQueryResult;

/// A mail of the ledger.
#[derive(Clone, Debug)]
pub struct InboundMail {
    /// Its id.
    pub id: i64,
    /// The account.
    pub account: AccountId,
    /// The inbox it came to.
    pub inbox: InboxId,
    /// Where the raw mail lies.
    pub path: String,
    /// Its bytes at the server; more than lie here when it is not whole.
    pub size: i64,
    /// The recipients the mail server named.
    pub envelope: Vec<String>,
    /// Whether all of it was taken, or its headers only.
    pub whole: bool,
    /// `waiting`, `done`, `ignored` or `failed`.
    pub state: String,
    /// The message it became.
    pub message: Option<MessageId>,
    /// What an answer needs to know of it, in the service's own words.
    pub facts: Option<String>,
    /// When it was taken in by its server.
    pub at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    account_id: i64,
    inbox_id: i64,
    path: String,
    size: i64,
    envelope: String,
    whole: i64,
    state: String,
    message_id: Option<i64>,
    facts: Option<String>,
    at: i64,
}

const COLUMNS: &str = "id, account_id, inbox_id, path, size, envelope, whole, state, message_id, facts, at";

impl From<Row> for InboundMail {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            account: AccountId(r.account_id),
            inbox: InboxId(r.inbox_id),
            path: r.path,
            size: r.size,
            envelope: serde_json::from_str(&r.envelope).unwrap_or_default(),
            whole: r.whole != 0,
            state: r.state,
            message: r.message_id.map(MessageId),
            facts: r.facts,
            at: Timestamp(r.at),
        }
    }
}

/// A mail to be entered.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// The inbox it came to.
    pub inbox: InboxId,
    /// By which the same mail is known again.
    pub fingerprint: String,
    /// Where the raw mail lies.
    pub path: String,
    /// Its bytes at the server.
    pub size: i64,
    /// The recipients the mail server named.
    pub envelope: Vec<String>,
    /// Whether all of it was taken.
    pub whole: bool,
    /// When it was taken in by its server.
    pub at: Timestamp,
}

/// Enters a mail; none when this inbox had it before.
///
/// # Errors
/// Those of the database.
pub async fn enter(tx: &Tx, account: AccountId, mail: &NewMail) -> Result<Option<i64>, Error> {
    let sql = "INSERT INTO inbound_mail (account_id, inbox_id, fingerprint, path, size, envelope, whole, state, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8) ON CONFLICT (inbox_id, fingerprint) DO NOTHING RETURNING id";
    let values = vals![
        account.0,
        mail.inbox.0,
        mail.fingerprint.as_str(),
        mail.path.as_str(),
        mail.size,
        json(&mail.envelope),
        i64::from(mail.whole),
        mail.at.0
    ];
    Ok(tx.one::<Id>(sql, values).await?.map(|r| r.id))
}

/// Whether an inbox has had the mail of this fingerprint.
///
/// # Errors
/// Those of the database.
pub async fn knows(c: &impl Sql, account: AccountId, inbox: InboxId, fingerprint: &str) -> Result<bool, Error> {
    let sql = "SELECT id FROM inbound_mail WHERE inbox_id = $1 AND fingerprint = $2 AND account_id = $3";
    Ok(c.one::<Id>(sql, vals![inbox.0, fingerprint, account.0]).await?.is_some())
}

/// One mail of the ledger.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, mail: i64) -> Result<Option<InboundMail>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbound_mail WHERE account_id = $1 AND id = $2");
    Ok(c.one::<Row>(&sql, vals![account.0, mail]).await?.map(Into::into))
}

/// The mail that became this message.
///
/// # Errors
/// Those of the database.
pub async fn of_message(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<InboundMail>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbound_mail WHERE account_id = $1 AND message_id = $2 ORDER BY id DESC LIMIT 1");
    Ok(c.one::<Row>(&sql, vals![account.0, message.0]).await?.map(Into::into))
}

/// The last mail a customer wrote into a conversation; what machines answered does not count.
///
/// # Errors
/// Those of the database.
pub async fn last_of(c: &impl Sql, account: AccountId, conversation: ConversationId) -> Result<Option<InboundMail>, Error> {
    // By the messages' own conversation: two that were joined keep their mails.
    let sql = format!(
        "SELECT {COLUMNS} FROM inbound_mail WHERE account_id = $1 AND message_id = \
         (SELECT max(m.message_id) FROM message s JOIN inbound_mail m ON m.message_id = s.id \
         WHERE s.account_id = $1 AND s.conversation_id = $2 AND m.state = 'done') LIMIT 1"
    );
    Ok(c.one::<Row>(&sql, vals![account.0, conversation.0]).await?.map(Into::into))
}

/// The last mail of a conversation whose writer was taken for the sender, as its facts say.
///
/// # Errors
/// Those of the database.
pub async fn taken_of(c: &impl Sql, account: AccountId, conversation: ConversationId) -> Result<Option<InboundMail>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM inbound_mail WHERE account_id = $1 AND facts LIKE '%\"taken\":%' AND message_id IN \
         (SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2) ORDER BY id DESC LIMIT 1"
    );
    Ok(c.one::<Row>(&sql, vals![account.0, conversation.0]).await?.map(Into::into))
}

/// When the newest mail of an inbox came; where a mailbox is looked through again, it begins there.
///
/// # Errors
/// Those of the database.
pub async fn newest(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Option<Timestamp>, Error> {
    #[derive(FromQueryResult)]
    struct At {
        at: Option<i64>,
    }
    let sql = "SELECT max(at) AS at FROM inbound_mail WHERE account_id = $1 AND inbox_id = $2";
    Ok(c.one::<At>(sql, vals![account.0, inbox.0]).await?.and_then(|r| r.at).map(Timestamp))
}

/// What a mail came to.
#[derive(Clone, Debug, Default)]
pub struct Became {
    /// `done`, `ignored` or `failed`.
    pub state: &'static str,
    /// Why, where it became no message.
    pub reason: Option<String>,
    /// The conversation it stands in.
    pub conversation: Option<ConversationId>,
    /// The message it became.
    pub message: Option<MessageId>,
    /// What an answer needs to know of it.
    pub facts: Option<String>,
}

/// Notes what became of a mail.
///
/// # Errors
/// Those of the database.
pub async fn settle(tx: &Tx, account: AccountId, mail: i64, became: &Became) -> Result<(), Error> {
    let sql = "UPDATE inbound_mail SET state = $1, reason = $2, conversation_id = $3, message_id = $4, facts = $5 WHERE account_id = $6 AND id = $7";
    let (conversation, message) = (became.conversation.map(|c| c.0), became.message.map(|m| m.0));
    let values = vals![became.state, became.reason.as_deref(), conversation, message, became.facts.as_deref(), account.0, mail];
    tx.run(sql, values).await?;
    Ok(())
}

/// Changes what an answer needs to know of a mail.
///
/// # Errors
/// Those of the database.
pub async fn set_facts(tx: &Tx, account: AccountId, mail: i64, facts: &str) -> Result<(), Error> {
    tx.run("UPDATE inbound_mail SET facts = $1 WHERE account_id = $2 AND id = $3", vals![facts, account.0, mail]).await?;
    Ok(())
}

/// When a mail came to an inbox that became no message for this very reason, among the newest of the installation; a test is looked for soon after it left.
///
/// # Errors
/// Those of the database.
pub async fn ignored_for(c: &impl Sql, account: AccountId, inbox: InboxId, reason: &str) -> Result<Option<(Timestamp, String)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        at: i64,
        reason: String,
    }
    // By the primary key: a ledger is long, and has no order by reason. PostgreSQL counts letters in plain integers.
    let sql = "SELECT at, reason FROM inbound_mail WHERE id > (SELECT coalesce(max(id), 0) FROM inbound_mail) - 5000 \
               AND account_id = $1 AND inbox_id = $2 AND state = 'ignored' AND (reason = $3 OR substr(reason, 1, CAST($4 AS INTEGER)) = $5) ORDER BY id LIMIT 1";
    let start = format!("{reason} ");
    let values = vals![account.0, inbox.0, reason, start.len() as i64, start.as_str()];
    Ok(c.one::<Row>(sql, values).await?.map(|r| (Timestamp(r.at), r.reason)))
}

/// Adds people who take part in a conversation by mail, by their addresses in lower case.
///
/// # Errors
/// Those of the database.
pub async fn add_participants(tx: &Tx, account: AccountId, conversation: ConversationId, emails: &[String]) -> Result<(), Error> {
    for email in emails {
        let sql = "INSERT INTO mail_participant (account_id, conversation_id, email) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        tx.run(sql, vals![account.0, conversation.0, email.as_str()]).await?;
    }
    Ok(())
}

/// Who takes part in a conversation by mail.
///
/// # Errors
/// Those of the database.
pub async fn participants(c: &impl Sql, account: AccountId, conversation: ConversationId) -> Result<Vec<String>, Error> {
    #[derive(FromQueryResult)]
    struct Email {
        email: String,
    }
    let sql = "SELECT email FROM mail_participant WHERE account_id = $1 AND conversation_id = $2 ORDER BY email";
    Ok(c.all::<Email>(sql, vals![account.0, conversation.0]).await?.into_iter().map(|r| r.email).collect())
}

/// How far a mailbox was read: the folder's UIDVALIDITY and the highest UID taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// UIDVALIDITY.
    pub validity: i64,
    /// The highest UID.
    pub last: i64,
}

/// Takes the right to read a mailbox, or keeps it: one node reads it at a time. False while another holds it.
///
/// # Errors
/// Those of the database.
pub async fn hold(tx: &Tx, account: AccountId, inbox: InboxId, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, Error> {
    // SQLite has one process: whoever held it before is gone.
    let free = if tx.is_sqlite() { "1 = 1 OR" } else { "" };
    let sql = format!(
        "INSERT INTO mailbox (inbox_id, account_id, holder, held_until) VALUES ($1, $2, $3, $4) ON CONFLICT (inbox_id) DO UPDATE SET \
         holder = excluded.holder, held_until = excluded.held_until WHERE {free} mailbox.holder = excluded.holder OR mailbox.holder IS NULL OR mailbox.held_until < $5"
    );
    Ok(tx.run(&sql, vals![inbox.0, account.0, holder, until.0, now.0]).await? > 0)
}

/// Gives the right to read a mailbox back.
///
/// # Errors
/// Those of the database.
pub async fn release(tx: &Tx, account: AccountId, inbox: InboxId, holder: &str) -> Result<(), Error> {
    let sql = "UPDATE mailbox SET holder = NULL, held_until = 0 WHERE account_id = $1 AND inbox_id = $2 AND holder = $3";
    tx.run(sql, vals![account.0, inbox.0, holder]).await?;
    Ok(())
}

/// How far a mailbox was read; none before the first time.
///
/// # Errors
/// Those of the database.
pub async fn cursor(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Option<Cursor>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        validity: Option<i64>,
        last_uid: Option<i64>,
    }
    let sql = "SELECT validity, last_uid FROM mailbox WHERE account_id = $1 AND inbox_id = $2";
    let row = c.one::<Row>(sql, vals![account.0, inbox.0]).await?;
    Ok(row.and_then(|r| r.validity.zip(r.last_uid)).map(|(validity, last)| Cursor { validity, last }))
}

/// Moves the cursor; false when the mailbox is somebody else's by now, and then nothing of this write may stay.
///
/// # Errors
/// Those of the database.
pub async fn advance(tx: &Tx, account: AccountId, inbox: InboxId, holder: &str, cursor: Cursor) -> Result<bool, Error> {
    let sql = "UPDATE mailbox SET validity = $1, last_uid = $2 WHERE account_id = $3 AND inbox_id = $4 AND holder = $5";
    Ok(tx.run(sql, vals![cursor.validity, cursor.last, account.0, inbox.0, holder]).await? > 0)
}

/// Forgets the mails of an inbox that goes; answers where they lie.
///
/// # Errors
/// Those of the database.
pub(crate) async fn delete_inbox(tx: &Tx, account: AccountId, inbox: InboxId) -> Result<Vec<String>, Error> {
    #[derive(FromQueryResult)]
    struct Path {
        path: String,
    }
    let both = vals![account.0, inbox.0];
    let paths = tx.all::<Path>("SELECT path FROM inbound_mail WHERE account_id = $1 AND inbox_id = $2", both.clone()).await?;
    for sql in [
        "DELETE FROM mail_participant WHERE account_id = $1 AND conversation_id IN (SELECT id FROM conversation WHERE account_id = $1 AND inbox_id = $2)",
        "DELETE FROM inbound_mail WHERE account_id = $1 AND inbox_id = $2",
        "DELETE FROM mailbox WHERE account_id = $1 AND inbox_id = $2",
    ] {
        tx.run(sql, both.clone()).await?;
    }
    Ok(paths.into_iter().map(|p| p.path).collect())
}
