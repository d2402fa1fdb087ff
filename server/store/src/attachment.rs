//! Files on messages: their rows. The bytes lie in the object store, under `path`.

use crate::sql::{Sql, from_word, json, vals, word};
use crate::{Error, Tx};
use model::*;
use sea_orm::FromQueryResult;

/// A file with what only the server needs of it.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What is shown.
    pub view: AttachmentView,
    /// Where the bytes lie; empty until they are here.
    pub path: String,
    /// How the provider names a file that is not here yet, in the channel's own words.
    pub remote: Option<String>,
    /// The inbox it belongs to, once it is on a message.
    pub inbox: Option<InboxId>,
    /// The message, once it is on one.
    pub message: Option<MessageId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    message_id: Option<i64>,
    inbox_id: Option<i64>,
    kind: String,
    name: String,
    mime: String,
    size: i64,
    width: Option<i64>,
    height: Option<i64>,
    path: String,
    voice: i64,
    duration: Option<i64>,
    peaks: Option<String>,
    state: String,
    content_id: Option<String>,
    remote: Option<String>,
    canned_id: Option<i64>,
}

impl From<Row> for Attachment {
    fn from(r: Row) -> Self {
        let view = AttachmentView {
            id: AttachmentId(r.id),
            kind: match r.kind.as_str() {
                "image" => AttachmentKind::Image,
                "video" => AttachmentKind::Video,
                "audio" => AttachmentKind::Audio,
                _ => AttachmentKind::Document,
            },
            name: r.name,
            mime: r.mime,
            size: r.size,
            width: r.width,
            height: r.height,
            link: None,
            voice: r.voice != 0,
            duration: r.duration,
            peaks: r.peaks.and_then(|p| serde_json::from_str(&p).ok()).unwrap_or_default(),
            state: from_word(&r.state),
            content_id: r.content_id,
        };
        Self { view, path: r.path, remote: r.remote, inbox: r.inbox_id.map(InboxId), message: r.message_id.map(MessageId) }
    }
}

const COLUMNS: &str =
    "id, message_id, inbox_id, kind, name, mime, size, width, height, path, voice, duration, peaks, state, content_id, remote, canned_id";

/// Keeps an upload until it is put on a message. `uploader` names whose it is (`u7` a user, `c9` a visitor's address, `n…` a new visitor).
///
/// # Errors
/// Those of the database.
pub async fn keep_upload(
    tx: &Tx,
    account: AccountId,
    uploader: &str,
    key: &str,
    file: &AttachmentView,
    path: &str,
    at: Timestamp,
) -> Result<(), Error> {
    insert(tx, account, Some(key), uploader, file, path, None, at).await?;
    Ok(())
}

/// Keeps a file of a provider's before it is put on a message: its bytes under `path`, or `remote`, by which they are fetched later.
///
/// # Errors
/// Those of the database.
pub async fn keep(
    tx: &Tx,
    account: AccountId,
    file: AttachmentView,
    path: &str,
    remote: Option<String>,
    at: Timestamp,
) -> Result<Attachment, Error> {
    let id = insert(tx, account, None, "provider", &file, path, remote.as_deref(), at).await?;
    let view = AttachmentView { id: AttachmentId(id), ..file };
    Ok(Attachment { view, path: path.to_owned(), remote, inbox: None, message: None })
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row, from two callers")]
async fn insert(
    tx: &Tx,
    account: AccountId,
    key: Option<&str>,
    uploader: &str,
    file: &AttachmentView,
    path: &str,
    remote: Option<&str>,
    at: Timestamp,
) -> Result<i64, Error> {
    let sql = "INSERT INTO attachment (account_id, upload_key, uploader, kind, name, mime, size, width, height, path, created_at, voice, duration, peaks, state, content_id, remote) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id";
    let values = vals![
        account.0,
        key,
        uploader,
        word(&file.kind),
        file.name.as_str(),
        file.mime.as_str(),
        file.size,
        file.width,
        file.height,
        path,
        at.0,
        i64::from(file.voice),
        file.duration,
        (!file.peaks.is_empty()).then(|| json(&file.peaks)),
        word(&file.state),
        file.content_id.as_deref(),
        remote
    ];
    tx.inserted(sql, values).await
}

/// Writes what became of a file: its bytes are here under `path`, or will not come.
///
/// # Errors
/// Those of the database.
pub async fn settle(tx: &Tx, account: AccountId, file: &AttachmentView, path: &str) -> Result<(), Error> {
    let sql = "UPDATE attachment SET kind = $1, name = $2, mime = $3, size = $4, width = $5, height = $6, path = $7, voice = $8, duration = $9, peaks = $10, \
               state = $11, remote = CASE WHEN $11 = 'ready' THEN NULL ELSE remote END WHERE account_id = $12 AND id = $13";
    let values = vals![
        word(&file.kind),
        file.name.as_str(),
        file.mime.as_str(),
        file.size,
        file.width,
        file.height,
        path,
        i64::from(file.voice),
        file.duration,
        (!file.peaks.is_empty()).then(|| json(&file.peaks)),
        word(&file.state),
        account.0,
        file.id.0
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// Takes a message's files away; answers where their bytes lie.
///
/// # Errors
/// Those of the database.
pub async fn remove_of(tx: &Tx, account: AccountId, message: MessageId) -> Result<Vec<String>, Error> {
    let sql = format!("DELETE FROM attachment WHERE account_id = $1 AND message_id = $2 RETURNING {COLUMNS}");
    let rows = tx.all::<Row>(&sql, vals![account.0, message.0]).await?;
    Ok(rows.into_iter().map(|r| r.path).filter(|p| !p.is_empty()).collect())
}

/// The uploads with these keys that belong to this uploader and are on no message yet, in the order of the keys.
///
/// # Errors
/// Those of the database.
pub async fn uploads(c: &impl Sql, account: AccountId, uploader: &str, keys: &[String]) -> Result<Vec<Attachment>, Error> {
    let mut found = Vec::new();
    for key in keys {
        let sql =
            format!("SELECT {COLUMNS} FROM attachment WHERE upload_key = $1 AND account_id = $2 AND uploader = $3 AND message_id IS NULL");
        found.extend(c.one::<Row>(&sql, vals![key.as_str(), account.0, uploader]).await?.map(Attachment::from));
    }
    Ok(found)
}

pub(crate) async fn bind(tx: &Tx, account: AccountId, inbox: InboxId, message: MessageId, files: &[Attachment]) -> Result<(), Error> {
    // As the person who sends them put them, not as they happened to arrive.
    for (place, file) in (0_i64..).zip(files) {
        let sql = "UPDATE attachment SET message_id = $1, inbox_id = $2, place = $3, upload_key = NULL WHERE account_id = $4 AND id = $5";
        tx.run(sql, vals![message.0, inbox.0, place, account.0, file.view.id.0]).await?;
    }
    Ok(())
}

pub(crate) async fn of_messages(
    c: &impl Sql,
    account: AccountId,
    messages: &[MessageId],
) -> Result<Vec<(MessageId, AttachmentView)>, Error> {
    let ids: Vec<_> = messages.iter().map(|m| m.0.to_string()).collect();
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE account_id = $1 AND message_id IN ({}) ORDER BY place, id", ids.join(","));
    let rows = c.all::<Row>(&sql, vals![account.0]).await?;
    Ok(rows.into_iter().map(Attachment::from).filter_map(|a| Some((a.message?, a.view))).collect())
}

/// Puts uploads beside a saved text, where they stay.
///
/// # Errors
/// Those of the database.
pub async fn bind_canned(tx: &Tx, account: AccountId, canned: CannedId, files: &[Attachment]) -> Result<(), Error> {
    for file in files {
        let sql = "UPDATE attachment SET canned_id = $1, upload_key = NULL WHERE account_id = $2 AND id = $3";
        tx.run(sql, vals![canned.0, account.0, file.view.id.0]).await?;
    }
    Ok(())
}

/// The files beside saved texts, in the order they came.
///
/// # Errors
/// Those of the database.
pub async fn of_canned(c: &impl Sql, account: AccountId, canned: &[CannedId]) -> Result<Vec<(CannedId, Attachment)>, Error> {
    if canned.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = canned.iter().map(|c| c.0.to_string()).collect();
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE account_id = $1 AND canned_id IN ({}) ORDER BY id", ids.join(","));
    let rows = c.all::<Row>(&sql, vals![account.0]).await?;
    Ok(rows.into_iter().filter_map(|r| Some((CannedId(r.canned_id?), r.into()))).collect())
}

/// Takes files of a saved text away, all of them where none is named; answers where their bytes lie.
///
/// # Errors
/// Those of the database.
pub async fn remove_of_canned(tx: &Tx, account: AccountId, canned: CannedId, only: Option<&[AttachmentId]>) -> Result<Vec<String>, Error> {
    let which = match only {
        Some([]) => return Ok(Vec::new()),
        Some(ids) => format!(" AND id IN ({})", crate::sight::numbers(ids.iter().map(|id| id.0))),
        None => String::new(),
    };
    let sql = format!("DELETE FROM attachment WHERE account_id = $1 AND canned_id = $2{which} RETURNING {COLUMNS}");
    let rows = tx.all::<Row>(&sql, vals![account.0, canned.0]).await?;
    Ok(rows.into_iter().map(|r| r.path).filter(|p| !p.is_empty()).collect())
}

/// One file of the account.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, id: AttachmentId) -> Result<Option<Attachment>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE account_id = $1 AND id = $2");
    Ok(c.one::<Row>(&sql, vals![account.0, id.0]).await?.map(Into::into))
}

/// Takes uploads that were never put on a message out of the table; answers where their bytes lie.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &Tx, before: Timestamp) -> Result<Vec<String>, Error> {
    let sql = format!("DELETE FROM attachment WHERE message_id IS NULL AND canned_id IS NULL AND created_at < $1 RETURNING {COLUMNS}");
    Ok(tx.all::<Row>(&sql, vals![before.0]).await?.into_iter().map(|r| r.path).collect())
}

/// Of these places, those that no row names: no file, no mail, no photo.
///
/// # Errors
/// Those of the database.
pub async fn unknown_paths(c: &impl Sql, mut paths: Vec<String>) -> Result<Vec<String>, Error> {
    #[derive(FromQueryResult)]
    struct Known {
        path: String,
    }
    // The first says what its index is said to hold.
    let tables = [
        "SELECT path FROM attachment WHERE path <> '' AND path",
        "SELECT path FROM inbound_mail WHERE path",
        "SELECT 'avatars/' || photo AS path FROM person WHERE 'avatars/' || photo",
    ];
    for table in tables {
        let marks: Vec<_> = (1..=paths.len()).map(|n| format!("${n}")).collect();
        let sql = format!("{table} IN ({})", marks.join(", "));
        let values: Vec<sea_orm::Value> = paths.iter().map(|path| path.as_str().into()).collect();
        let known: std::collections::HashSet<_> = c.all::<Known>(&sql, values).await?.into_iter().map(|row| row.path).collect();
        paths.retain(|path| !known.contains(path));
        if paths.is_empty() {
            break;
        }
    }
    Ok(paths)
}
