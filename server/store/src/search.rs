//! Finding messages: FTS5 on SQLite, a stored vector on PostgreSQL. The account and the inboxes ride inside the match; the rest of what a
//! reader may see is a condition on the conversation.

use crate::contact::fold;
use crate::sql::{Sql, vals};
use crate::{Error, Inboxes, Sight};
use model::*;
use sea_orm::FromQueryResult;

/// What is looked for, after names were turned into ids.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words, phrases, and words that must be absent.
    pub query: Query,
    /// Only these inboxes.
    pub inboxes: Option<Vec<InboxId>>,
    /// Only conversations with this label.
    pub label: Option<LabelId>,
    /// Only conversations this person has.
    pub assignee: Option<UserId>,
    /// Only messages below this one.
    pub below: Option<MessageId>,
}

/// The account and the inboxes as terms of the match on SQLite.
fn within(account: AccountId, inboxes: Option<&[InboxId]>) -> Vec<String> {
    let mut parts = vec![format!("\"a{account}\"")];
    if let Some(list) = inboxes {
        parts.push(format!("({})", list.iter().map(|i| format!("\"i{i}\"")).collect::<Vec<_>>().join(" OR ")));
    }
    parts
}

/// Every message that holds the words, whoever's it is, where few do; none where many may.
///
/// The account's term stands in every row: FTS5 steps back through it to the hit, a millisecond for each million newer messages. So what
/// few rows hold is looked up by its words alone, and account and inbox are conditions on the message.
async fn few(c: &impl Sql, query: &Query, below: Option<MessageId>) -> Result<Option<Vec<i64>>, Error> {
    const FEW: usize = 500;
    #[derive(FromQueryResult)]
    struct Found {
        id: i64,
    }
    let words = fts5(&[], query);
    let sql = "SELECT rowid AS id FROM message_fts WHERE words MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3";
    let values = vals![words, below.map_or(i64::MAX, |m| m.0), FEW as i64 + 1];
    let found: Vec<i64> = c.all::<Found>(sql, values).await?.into_iter().map(|f| f.id).collect();
    Ok((found.len() <= FEW).then_some(found))
}

fn only_in(sql: &mut String, inboxes: Option<&[InboxId]>) {
    if let Some(list) = inboxes {
        sql.push_str(&format!(" AND m.inbox_id IN ({})", crate::sight::numbers(list.iter().map(|i| i.0))));
    }
}

/// The match on SQLite: every word quoted, so that nothing typed is syntax; the last typed word may be a beginning.
fn fts5(within: &[String], query: &Query) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', " "));
    let mut parts = within.to_vec();
    let words: Vec<_> = query.words.iter().filter(|w| has_letters(w)).collect();
    for (at, word) in words.iter().enumerate() {
        let last = at + 1 == words.len();
        parts.push(if last { format!("{}*", quoted(word)) } else { quoted(word) });
    }
    parts.extend(query.phrases.iter().filter(|p| has_letters(p)).map(|p| quoted(p)));
    let mut text = parts.join(" AND ");
    for word in query.without.iter().filter(|w| has_letters(w)) {
        text.push_str(&format!(" NOT {}", quoted(word)));
    }
    text
}

/// The same for PostgreSQL's `to_tsquery`: only letters and digits survive, joined by its operators.
fn tsquery(account: AccountId, inboxes: Option<&[InboxId]>, query: &Query) -> String {
    let pieces = |text: &str| -> Vec<String> {
        fold(text).split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).map(str::to_owned).collect()
    };
    let mut parts = vec![format!("a{account}")];
    if let Some(list) = inboxes {
        parts.push(format!("({})", list.iter().map(|i| format!("i{i}")).collect::<Vec<_>>().join(" | ")));
    }
    let words: Vec<_> = query.words.iter().flat_map(|w| pieces(w)).collect();
    for (at, word) in words.iter().enumerate() {
        parts.push(if at + 1 == words.len() { format!("{word}:*") } else { word.clone() });
    }
    for phrase in &query.phrases {
        let words = pieces(phrase);
        if !words.is_empty() {
            parts.push(format!("({})", words.join(" <-> ")));
        }
    }
    for word in &query.without {
        let words = pieces(word);
        if !words.is_empty() {
            parts.push(format!("!({})", words.join(" & ")));
        }
    }
    parts.join(" & ")
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    kind: String,
    author_kind: String,
    author_id: i64,
    text: String,
    at: i64,
    conversation_id: i64,
    number: i64,
    inbox_id: i64,
    contact_id: i64,
    name: String,
    email: Option<String>,
    phone: Option<String>,
}

/// Messages and notes that hold what is wanted, newest first.
///
/// # Errors
/// Those of the database.
pub async fn messages(
    c: &impl Sql,
    account: AccountId,
    sight: &Sight,
    viewer: UserId,
    wanted: &Wanted,
    limit: i64,
) -> Result<Page<MessageHit>, Error> {
    let query = &wanted.query;
    let visible: Option<Vec<InboxId>> = match (&sight.inboxes, &wanted.inboxes) {
        (Inboxes::All, only) => only.clone(),
        (Inboxes::Only(list), None) => Some(list.clone()),
        (Inboxes::Only(list), Some(only)) => Some(only.iter().filter(|i| list.contains(i)).copied().collect()),
    };
    if visible.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page { rows: Vec::new(), more: false });
    }
    let texts = query.words.iter().chain(&query.phrases).any(|w| has_letters(w));
    let mut values = vals![account.0, wanted.below.map_or(i64::MAX, |m| m.0), limit + 1];
    let mut sql = String::from(
        "SELECT m.id, m.kind, m.author_kind, m.author_id, m.text, m.at, m.conversation_id, v.number, v.inbox_id, v.contact_id, k.name, k.email, k.phone FROM ",
    );
    let mut put = |value: sea_orm::Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let few = if texts && c.is_sqlite() { few(c, query, wanted.below).await? } else { None };
    if let Some(ids) = &few {
        let place = put(format!("[{}]", crate::sight::numbers(ids.iter().copied())).into());
        sql.push_str(&format!(
            "message m JOIN conversation v ON v.id = m.conversation_id JOIN contact k ON k.id = v.contact_id \
                               WHERE m.id IN (SELECT value FROM json_each({place})) AND m.id < $2 AND m.account_id = $1"
        ));
        only_in(&mut sql, visible.as_deref());
    } else if texts && c.is_sqlite() {
        let place = put(fts5(&within(account, visible.as_deref()), query).into());
        sql.push_str(&format!("message_fts f CROSS JOIN message m ON m.id = f.rowid JOIN conversation v ON v.id = m.conversation_id JOIN contact k ON k.id = v.contact_id \
                               WHERE f.words MATCH {place} AND f.rowid < $2 AND m.account_id = $1"));
    } else if texts {
        let place = put(tsquery(account, visible.as_deref(), query).into());
        sql.push_str(&format!("message_fts f JOIN message m ON m.id = f.message_id JOIN conversation v ON v.id = m.conversation_id JOIN contact k ON k.id = v.contact_id \
                               WHERE f.words @@ to_tsquery('simple', {place}) AND f.message_id < $2 AND m.account_id = $1"));
    } else {
        sql.push_str(
            "message m JOIN conversation v ON v.id = m.conversation_id JOIN contact k ON k.id = v.contact_id WHERE m.account_id = $1 AND m.id < $2 AND m.kind <> 'activity'",
        );
        only_in(&mut sql, visible.as_deref());
    }
    sql.push_str(" AND (m.send_at IS NULL OR m.kind <> 'activity')");
    sql.push_str(&sight.condition("v"));
    if let Some(status) = query.status {
        sql.push_str(&format!(" AND v.status = {}", status.number()));
    }
    if let Some(assignee) = wanted.assignee {
        sql.push_str(&format!(" AND v.assignee_id = {assignee}"));
    }
    if let Some(label) = wanted.label {
        sql.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM conversation_label l WHERE l.account_id = $1 AND l.label_id = {label} AND l.conversation_id = v.id)"
        ));
    }
    for (name, outgoing) in [(&query.from, false), (&query.to, true)] {
        let Some(name) = name else { continue };
        let pattern = put(format!("%{}%", fold(name).replace(['%', '_', '\\'], "")).into());
        let person = put(format!("%{}%", name.to_lowercase().replace(['%', '_', '\\'], "")).into());
        if outgoing {
            sql.push_str(&format!(" AND m.kind = 'outgoing' AND k.words LIKE {pattern} AND {person} = {person}"));
        } else {
            sql.push_str(&format!(
                " AND ((m.author_kind = 'contact' AND k.words LIKE {pattern}) OR (m.author_kind = 'user' AND EXISTS \
                 (SELECT 1 FROM person p WHERE p.id = m.author_id AND (lower(p.name) LIKE {person} OR p.email LIKE {person}))))"
            ));
        }
    }
    const DAY: i64 = 86_400_000;
    if let Some(day) = query.before {
        sql.push_str(&format!(" AND m.at < {}", day * DAY));
    }
    if let Some(day) = query.after {
        sql.push_str(&format!(" AND m.at >= {}", (day + 1) * DAY));
    }
    match query.has {
        Some(Has::File) => sql.push_str(" AND m.files > 0"),
        Some(Has::Link) => sql.push_str(" AND (m.text LIKE '%http://%' OR m.text LIKE '%https://%')"),
        Some(Has::Audio) => {
            sql.push_str(" AND m.files > 0 AND EXISTS (SELECT 1 FROM attachment x WHERE x.account_id = $1 AND x.message_id = m.id AND x.kind = 'audio')");
        }
        None => {}
    }
    if query.unread {
        sql.push_str(&format!(
            " AND v.incoming > COALESCE((SELECT s.seen FROM mark s WHERE s.account_id = $1 AND s.conversation_id = v.id AND s.user_id = {viewer}), 0)"
        ));
    }
    let order = if texts && c.is_sqlite() && few.is_none() { "f.rowid" } else { "m.id" };
    sql.push_str(&format!(" ORDER BY {order} DESC LIMIT $3"));
    let mut rows: Vec<_> = c.all::<Row>(&sql, values).await?.into_iter().map(|r| hit(r, query)).collect();
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Page { rows, more })
}

fn hit(r: Row, query: &Query) -> MessageHit {
    MessageHit {
        conversation: ConversationId(r.conversation_id),
        number: r.number,
        contact: ContactBrief { id: ContactId(r.contact_id), name: r.name, hint: r.email.or(r.phone) },
        inbox: InboxId(r.inbox_id),
        message: MessageId(r.id),
        kind: crate::message::kind_of(&r.kind),
        author: crate::message::author_of(&r.author_kind, r.author_id),
        text: around(&r.text, query),
        at: Timestamp(r.at),
    }
}

/// A part of the text around the first word found, on one line.
fn around(text: &str, query: &Query) -> String {
    const BEFORE: usize = 40;
    const LENGTH: usize = 160;
    let line: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let folded: String = line.iter().map(|c| fold(&c.to_string()).chars().next().unwrap_or(*c)).collect();
    let found = query.words.iter().chain(&query.phrases).filter_map(|w| folded.find(&fold(w))).min();
    let at = found.map_or(0, |byte| folded[..byte].chars().count());
    let start = at.saturating_sub(BEFORE);
    let mut part: String = line.iter().skip(start).take(LENGTH).collect();
    if start > 0 {
        part.insert(0, '…');
    }
    if line.len() > start + LENGTH {
        part.push('…');
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_is_syntax() {
        let query = Query::parse(r#"a" OR * NEAR( -"b" (c"#);
        let text = fts5(&within(AccountId(1), None), &query);
        assert_eq!(text.matches('"').count() % 2, 0, "{text}");
        let text = tsquery(AccountId(1), Some(&[InboxId(2)]), &Query::parse("a & ! | (b) 'c' <->"));
        assert_eq!(text, "a1 & (i2) & a & b & c:*");
    }

    #[test]
    fn the_part_shown_holds_what_was_found() {
        let text = format!("{} açúcar mascavo {}", "x ".repeat(200), "y ".repeat(200));
        let part = around(&text, &Query::parse("acucar"));
        assert!(part.contains("açúcar") && part.starts_with('…') && part.ends_with('…'), "{part}");
    }
}
