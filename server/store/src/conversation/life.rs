//! A conversation's beginning by an agent, its random names and attributes, its merging and its end. What is said in it stands in `message`.

use super::*;

#[derive(FromQueryResult)]
struct Attributes {
    attributes: String,
}

/// A conversation's own attributes.
///
/// # Errors
/// Those of the database.
pub async fn attributes(c: &impl Sql, account: AccountId, id: ConversationId) -> Result<BTreeMap<String, String>, Error> {
    let row = c.one::<Attributes>("SELECT attributes FROM conversation WHERE account_id = $1 AND id = $2", vals![account.0, id.0]).await?;
    Ok(row.and_then(|r| serde_json::from_str(&r.attributes).ok()).unwrap_or_default())
}

/// Writes a conversation's own attributes.
///
/// # Errors
/// Those of the database.
pub async fn set_attributes(tx: &Tx, account: AccountId, id: ConversationId, attributes: &BTreeMap<String, String>) -> Result<(), Error> {
    tx.run("UPDATE conversation SET attributes = $1 WHERE account_id = $2 AND id = $3", vals![json(attributes), account.0, id.0]).await?;
    Ok(())
}

/// The random name mail addresses and surveys know a conversation by.
///
/// # Errors
/// Those of the database.
pub async fn uuid_of(c: &impl Sql, account: AccountId, id: ConversationId) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        uuid: String,
    }
    let sql = "SELECT uuid FROM conversation WHERE account_id = $1 AND id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, id.0]).await?.map(|r| r.uuid))
}

/// The conversation with this random name; the name is what proves that its bearer may reach it.
///
/// # Errors
/// Those of the database.
pub async fn by_uuid(c: &impl Sql, account: AccountId, uuid: &str) -> Result<Option<Conversation>, Error> {
    let row = c.one::<Id>("SELECT id FROM conversation WHERE account_id = $1 AND uuid = $2", vals![account.0, uuid]).await?;
    match row {
        Some(row) => load(c, account, &Sight::everything(), ConversationId(row.id)).await,
        None => Ok(None),
    }
}

/// The conversation somebody started under this key.
///
/// # Errors
/// Those of the database.
pub async fn by_start_key(c: &impl Sql, account: AccountId, key: &str) -> Result<Option<Conversation>, Error> {
    let row = c.one::<Id>("SELECT id FROM conversation WHERE account_id = $1 AND start_key = $2", vals![account.0, key]).await?;
    match row {
        Some(row) => load(c, account, &Sight::everything(), ConversationId(row.id)).await,
        None => Ok(None),
    }
}

/// Makes a conversation an agent starts: it stands in no tally, and in nobody's list but theirs, until something is said in it.
///
/// # Errors
/// Those of the database.
pub async fn begin(
    tx: &mut Tx,
    address: &crate::contact::ContactInbox,
    starter: UserId,
    key: &str,
    uuid: &str,
    now: Timestamp,
) -> Result<Conversation, Error> {
    let mut made = insert(tx, address, Status::Open, &Origin::default(), uuid, now).await?;
    shift(tx, address.account, &made.view.placement(), -1).await?;
    tx.run("UPDATE conversation SET start_key = $1 WHERE account_id = $2 AND id = $3", vals![key, address.account.0, made.view.id.0])
        .await?;
    made.view.starter = Some(starter);
    made.view.assignee = Some(starter);
    save(tx, address.account, None, &made, now).await?;
    Ok(made)
}

/// Gives a conversation to another address of its inbox, and so to that address's contact. The caller saves it; who wrote what stays as it was.
///
/// # Errors
/// Those of the database.
pub async fn give(tx: &Tx, of: &Conversation, to: &crate::contact::ContactInbox) -> Result<Conversation, Error> {
    let sql = "UPDATE conversation SET contact_id = $1, contact_inbox_id = $2 WHERE account_id = $3 AND id = $4";
    tx.run(sql, vals![to.contact.0, to.id.0, to.account.0, of.view.id.0]).await?;
    load(tx, to.account, &Sight::everything(), of.view.id).await?.ok_or_else(|| Error::Corrupt("a conversation just given away".into()))
}

/// Counts a conversation that was only begun until now; the caller saves it, with no place before.
///
/// # Errors
/// Those of the database.
pub async fn count(tx: &Tx, account: AccountId, conversation: &Conversation) -> Result<(), Error> {
    shift(tx, account, &conversation.view.placement(), 1).await
}

/// Removes a conversation with all that was said in it, and notes it; answers where its files lie.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &mut Tx, account: AccountId, of: &Conversation, at: Timestamp) -> Result<Vec<String>, Error> {
    #[derive(FromQueryResult)]
    struct Path {
        path: String,
    }
    let id = of.view.id.0;
    let messages = "(SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2)";
    let paths = format!(
        "SELECT path FROM attachment WHERE account_id = $1 AND message_id IN {messages} \
         UNION ALL SELECT path FROM inbound_mail WHERE account_id = $1 AND message_id IN {messages}"
    );
    let paths = tx.all::<Path>(&paths, vals![account.0, id]).await?;
    let search = if tx.is_sqlite() { "rowid" } else { "message_id" };
    for sql in [
        format!("DELETE FROM message_fts WHERE {search} IN {messages}"),
        format!("DELETE FROM message_html WHERE account_id = $1 AND message_id IN {messages}"),
        format!("DELETE FROM message_part WHERE account_id = $1 AND message_id IN {messages}"),
        format!("DELETE FROM attachment WHERE account_id = $1 AND message_id IN {messages}"),
        format!("DELETE FROM webhook_told WHERE account_id = $1 AND kind = 'm' AND id IN {messages}"),
        // Its fingerprint stays, so that the same mail is not taken in again.
        format!(
            "UPDATE inbound_mail SET path = '', envelope = '[]', facts = NULL, conversation_id = NULL, message_id = NULL \
             WHERE account_id = $1 AND message_id IN {messages}"
        ),
        "DELETE FROM message WHERE account_id = $1 AND conversation_id = $2".to_owned(),
        "DELETE FROM webhook_told WHERE account_id = $1 AND kind = 'v' AND id = $2".to_owned(),
        "DELETE FROM mail_participant WHERE account_id = $1 AND conversation_id = $2".to_owned(),
        "DELETE FROM mark WHERE account_id = $1 AND conversation_id = $2".to_owned(),
        "DELETE FROM conversation_label WHERE account_id = $1 AND conversation_id = $2".to_owned(),
        "DELETE FROM participant WHERE account_id = $1 AND conversation_id = $2".to_owned(),
        "DELETE FROM notification WHERE account_id = $1 AND conversation_id = $2".to_owned(),
        "DELETE FROM conversation WHERE account_id = $1 AND id = $2".to_owned(),
    ] {
        tx.run(&sql, vals![account.0, id]).await?;
    }
    let counted = of.view.starter.is_none();
    if counted {
        shift(tx, account, &of.view.placement(), -1).await?;
    }
    let was = counted.then(|| of.view.placement());
    tx.note(account, at, of.audience(), Change::ConversationGone { conversation: of.view.id, was });
    Ok(paths.into_iter().map(|p| p.path).filter(|p| !p.is_empty()).collect())
}

/// Moves what was said in one conversation, drafts and followers included, into another of the same account; the emptied one is removed.
///
/// # Errors
/// Those of the database.
pub async fn merge(tx: &mut Tx, account: AccountId, from: &Conversation, into: &mut Conversation, at: Timestamp) -> Result<(), Error> {
    let (f, i) = (from.view.id.0, into.view.id.0);
    tx.run(
        "UPDATE message SET conversation_id = $1, inbox_id = $2 WHERE account_id = $3 AND conversation_id = $4",
        vals![i, into.view.inbox.0, account.0, f],
    )
    .await?;
    // A draft stays where there is none on the surviving side; else it is put behind it.
    let joined = |column: &str| {
        format!(
            "CASE WHEN excluded.{column} = '' THEN mark.{column} WHEN mark.{column} = '' THEN excluded.{column} ELSE mark.{column} || ' ' || excluded.{column} END"
        )
    };
    let sql = format!(
        "INSERT INTO mark (account_id, conversation_id, user_id, seen, reply_draft, note_draft)          SELECT account_id, CAST($1 AS BIGINT), user_id, seen, reply_draft, note_draft FROM mark WHERE account_id = $2 AND conversation_id = $3          ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET seen = mark.seen + excluded.seen, reply_draft = {}, note_draft = {}",
        joined("reply_draft"),
        joined("note_draft")
    );
    tx.run(&sql, vals![i, account.0, f]).await?;
    let sql = "INSERT INTO participant (account_id, conversation_id, user_id) SELECT account_id, CAST($1 AS BIGINT), user_id FROM participant                WHERE account_id = $2 AND conversation_id = $3 ON CONFLICT DO NOTHING";
    tx.run(sql, vals![i, account.0, f]).await?;
    tx.run("UPDATE notification SET conversation_id = $1 WHERE account_id = $2 AND conversation_id = $3", vals![i, account.0, f]).await?;
    tx.run("UPDATE bot_part SET conversation_id = $1 WHERE account_id = $2 AND conversation_id = $3", vals![i, account.0, f]).await?;
    if from.view.inbox != into.view.inbox {
        tx.run("UPDATE attachment SET inbox_id = $1 WHERE account_id = $2 AND message_id IN (SELECT id FROM message WHERE account_id = $2 AND conversation_id = $3)",
            vals![into.view.inbox.0, account.0, i]).await?;
        crate::message::reindex(tx, account, into).await?;
    }
    let (a, b) = (&from.view, &mut into.view);
    b.incoming += a.incoming;
    b.last_incoming_at = b.last_incoming_at.max(a.last_incoming_at);
    if a.last_message_at > b.last_message_at {
        b.last_message_at = a.last_message_at;
        b.preview.clone_from(&a.preview);
    }
    b.waiting_since = match (a.waiting_since, b.waiting_since) {
        (Some(x), Some(y)) => Some(x.min(y)),
        (x, y) => x.or(y),
    };
    into.first_reply_at = match (from.first_reply_at, into.first_reply_at) {
        (Some(x), Some(y)) => Some(x.min(y)),
        (x, y) => x.or(y),
    };
    let labels: Vec<_> = a.labels.iter().chain(&b.labels).copied().collect();
    crate::label::put(tx, account, into, &labels).await?;
    for mark in marks_of(tx, account, into.view.id).await?.into_iter().filter(|mark| mark.draft) {
        for (mode, text) in drafts(tx, account, into.view.id, mark.user).await? {
            let audience = Audience { only_user: Some(mark.user), ..into.audience() };
            tx.note(account, at, audience, Change::Draft { user: mark.user, conversation: into.view.id, mode, text });
        }
    }
    delete(tx, account, from, at).await?;
    Ok(())
}
