//! Many rows at once, for data to look at and to measure on. No news is written: nobody watches while it is made.

use crate::sql::{Id, Sql, json, vals};
use crate::{Error, Tx};
use model::*;
use sea_orm::Value;

/// One conversation to be made, with everything in it.
#[derive(Clone, Debug)]
pub struct DemoConversation {
    /// The contact's name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// Their phone.
    pub phone: String,
    /// Where it came through.
    pub inbox: InboxId,
    /// Where it stands; a snoozed one sleeps until the customer writes.
    pub status: StatusKind,
    /// Who has it.
    pub assignee: Option<UserId>,
    /// Where it came from.
    pub origin: Origin,
    /// What was said, oldest first: by an agent or by the customer.
    pub messages: Vec<(Option<UserId>, String, Timestamp)>,
    /// Who has read how much of it.
    pub seen: Vec<(UserId, i64)>,
}

/// So many rows of so many columns in one statement; answers the new ids in order, where there are any.
pub(crate) async fn many(tx: &Tx, table: &str, columns: &str, rows: Vec<Vec<Value>>, ids: bool) -> Result<Vec<i64>, Error> {
    let width = columns.split(',').count();
    let mut made = Vec::with_capacity(rows.len());
    let sqlite = tx.is_sqlite();
    // Short statements, prepared once, do as well as long ones on SQLite. PostgreSQL answers each, so that few long ones do better there.
    let most = (if sqlite { 96 } else { 900 } / width).max(1);
    let statement = |rows: usize| {
        // A named place, such as $12, is looked for among all before it whenever something is bound; one without a name is not.
        let place = |at: usize| if sqlite { "?".to_owned() } else { format!("${at}") };
        let row = |at: usize| (1..=width).map(|c| place(at * width + c)).collect::<Vec<_>>().join(",");
        let places = (0..rows).map(|at| format!("({})", row(at))).collect::<Vec<_>>().join(",");
        format!("INSERT INTO {table} ({columns}) VALUES {places}{}", if ids { " RETURNING id" } else { "" })
    };
    let full = statement(most);
    for some in rows.chunks(most) {
        let last;
        let sql = if some.len() == most {
            &full
        } else {
            last = statement(some.len());
            &last
        };
        let values = some.iter().flatten().cloned().collect();
        if ids {
            made.extend(tx.all::<Id>(sql, values).await?.into_iter().map(|r| r.id));
        } else {
            tx.run(sql, values).await?;
        }
    }
    made.sort_unstable();
    Ok(made)
}

/// Makes conversations with their contacts, messages, marks, tallies and search rows.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, account: AccountId, all: &[DemoConversation]) -> Result<(), Error> {
    let first = |c: &DemoConversation| c.messages.first().map_or(0, |m| m.2.0);
    let last = |c: &DemoConversation| c.messages.last().map_or(0, |m| m.2.0);
    let contact = |c: &DemoConversation| {
        let digits: String = c.phone.chars().filter(char::is_ascii_digit).collect();
        let words = crate::contact::fold(&format!("{} {} {digits}", c.name, c.email));
        vals![account.0, c.name.as_str(), c.email.as_str(), c.phone.as_str(), words, first(c), last(c)]
    };
    let contacts =
        many(tx, "contact", "account_id, name, email, phone, words, created_at, last_activity_at", all.iter().map(contact).collect(), true)
            .await?;
    if tx.is_sqlite() {
        let list: Vec<_> = contacts.iter().map(i64::to_string).collect();
        for some in list.chunks(10_000) {
            let ids = some.join(",");
            tx.run(&format!("INSERT INTO contact_fts (rowid, words) SELECT id, words FROM contact WHERE id IN ({ids})"), vals![]).await?;
        }
    }
    let address = |(c, id): (&DemoConversation, &i64)| vals![account.0, c.inbox.0, *id, format!("demo {id}"), first(c)];
    let rows = all.iter().zip(&contacts).map(address).collect();
    let addresses = many(tx, "contact_inbox", "account_id, inbox_id, contact_id, source_id, created_at", rows, true).await?;
    let taken = tx
        .inserted("UPDATE account SET numbers = numbers + $1 WHERE id = $2 RETURNING numbers AS id", vals![all.len() as i64, account.0])
        .await?;
    let conversation = |(at, c): (usize, &DemoConversation)| {
        let incoming: Vec<_> = c.messages.iter().filter(|m| m.0.is_none()).collect();
        let waiting = c.messages.last().filter(|m| m.0.is_none()).map(|m| m.2.0);
        let reply = c.messages.iter().find(|m| m.0.is_some()).map(|m| m.2.0);
        let number = taken - all.len() as i64 + at as i64 + 1;
        vals![
            account.0,
            number,
            format!("demo-{account}-{number}"),
            c.inbox.0,
            contacts[at],
            addresses[at],
            c.status.number(),
            c.assignee.map(|u| u.0),
            last(c),
            incoming.last().map(|m| m.2.0),
            first(c),
            incoming.len() as i64,
            waiting,
            reply,
            json(&c.origin)
        ]
    };
    let columns = "account_id, number, uuid, inbox_id, contact_id, contact_inbox_id, status, assignee_id, last_message_at, last_incoming_at, created_at, \
                   incoming, waiting_since, first_reply_at, origin";
    let conversations = many(tx, "conversation", columns, all.iter().enumerate().map(conversation).collect(), true).await?;
    messages(tx, account, all, &contacts, &conversations).await?;
    let marks =
        all.iter().zip(&conversations).flat_map(|(c, id)| c.seen.iter().map(move |(user, seen)| vals![account.0, *id, user.0, *seen]));
    many(tx, "mark", "account_id, conversation_id, user_id, seen", marks.collect(), false).await?;
    for c in all {
        let sql = "INSERT INTO tally (account_id, inbox_id, status, assignee_id, count) VALUES ($1, $2, $3, $4, 1) \
                   ON CONFLICT (account_id, inbox_id, status, assignee_id) DO UPDATE SET count = tally.count + 1";
        tx.run(sql, vals![account.0, c.inbox.0, c.status.number(), c.assignee.map_or(0, |u| u.0)]).await?;
    }
    Ok(())
}

async fn messages(tx: &Tx, account: AccountId, all: &[DemoConversation], contacts: &[i64], conversations: &[i64]) -> Result<(), Error> {
    let mut rows = Vec::new();
    let mut ends = Vec::new();
    for ((c, contact), conversation) in all.iter().zip(contacts).zip(conversations) {
        for (by, text, at) in &c.messages {
            let (kind, author, id, state) = by.map_or(("incoming", "contact", *contact, "sent"), |u| ("outgoing", "user", u.0, "read"));
            rows.push(vals![account.0, *conversation, c.inbox.0, kind, author, id, text.as_str(), state, at.0]);
        }
        ends.push(rows.len());
    }
    let texts: Vec<_> = all.iter().flat_map(|c| c.messages.iter().map(move |m| (c.inbox, m.1.clone()))).collect();
    let columns = "account_id, conversation_id, inbox_id, kind, author_kind, author_id, text, state, at";
    let ids = many(tx, "message", columns, rows, true).await?;
    let folded = !tx.is_sqlite();
    let words = |text: &str, inbox: InboxId| {
        let words = format!("a{account} i{inbox} {text}");
        if folded { crate::contact::fold(&words) } else { words }
    };
    let (table, value) = if tx.is_sqlite() { ("message_fts", "rowid, words") } else { ("message_fts", "message_id, words") };
    for (some, texts) in ids.chunks(500).zip(texts.chunks(500)) {
        let place = |at: usize| {
            let (id, words) = (2 * at + 1, 2 * at + 2);
            if tx.is_sqlite() { format!("(${id}, ${words})") } else { format!("(${id}, to_tsvector('simple', ${words}))") }
        };
        let places = (0..some.len()).map(place).collect::<Vec<_>>().join(",");
        let values = some.iter().zip(texts).flat_map(|(id, (inbox, text))| vals![*id, words(text, *inbox)]).collect();
        tx.run(&format!("INSERT INTO {table} ({value}) VALUES {places}"), values).await?;
    }
    for (at, c) in all.iter().enumerate() {
        let Some((by, text, _)) = c.messages.last() else { continue };
        let author = by.map_or(Author::Contact { id: ContactId(contacts[at]) }, |id| Author::User { id });
        let state = if by.is_some() { MessageState::Read } else { MessageState::Sent };
        let preview = Preview { author, text: text.chars().take(140).collect(), file: None, state, message: MessageId(ids[ends[at] - 1]) };
        tx.run(
            "UPDATE conversation SET preview = $1 WHERE account_id = $2 AND id = $3",
            vals![json(&preview), account.0, conversations[at]],
        )
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::sql::word;
    use model::MessageKind;

    #[test]
    fn kinds_are_stored_under_the_words_used_above() {
        assert_eq!((word(&MessageKind::Incoming), word(&MessageKind::Outgoing)), ("incoming".to_owned(), "outgoing".to_owned()));
    }
}
