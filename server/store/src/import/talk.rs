//! Conversations and what was said in them, under ids that are known elsewhere. What follows from the messages (previews, counts) is settled
//! in `end`.

use super::{list, rows::accounts_of, taken};
use crate::attachment::Attachment;
use crate::demo::many;
use crate::message::{Extra, author_name, state_name};
use crate::sql::{Sql, json, vals, word};
use crate::{Error, Tx};
use model::*;
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};

/// A conversation to be made.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Where.
    pub account: AccountId,
    /// What everybody sees; times of messages are settled afterwards.
    pub view: ConversationView,
    /// The address it belongs to, where the source names one.
    pub address: Option<ContactInboxId>,
    /// Its random name.
    pub uuid: String,
    /// When a person first replied.
    pub first_reply_at: Option<Timestamp>,
    /// Its own attributes.
    pub attributes: BTreeMap<String, String>,
    /// What clients attached, as JSON.
    pub extra: Option<String>,
    /// Who follows it.
    pub participants: Vec<UserId>,
}

/// Makes conversations of contacts that are here, with labels and followers; answers the ids of those that could not be made.
///
/// # Errors
/// Those of the database.
pub async fn conversations(tx: &Tx, all: Vec<Talk>) -> Result<Vec<i64>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        contact_id: i64,
        inbox_id: i64,
    }
    let contacts = accounts_of(tx, "contact", all.iter().map(|t| t.view.contact.id.0)).await?;
    let sql = format!(
        "SELECT id, contact_id, inbox_id FROM contact_inbox WHERE contact_id IN ({}) ORDER BY id",
        list(all.iter().map(|t| t.view.contact.id.0))
    );
    let addresses = tx.all::<Row>(&sql, vals![]).await?;
    let (mut bad, mut rows, mut good) = (Vec::new(), Vec::new(), Vec::new());
    for mut talk in all {
        let v = &mut talk.view;
        if contacts.get(&v.contact.id.0) != Some(&talk.account.0) {
            bad.push(v.id.0);
            continue;
        }
        let fits = |row: &&Row| row.contact_id == v.contact.id.0 && row.inbox_id == v.inbox.0;
        let named = talk.address.and_then(|a| addresses.iter().filter(fits).find(|row| row.id == a.0));
        let address = match named.or_else(|| addresses.iter().rfind(fits)) {
            Some(row) => row.id,
            None => {
                // Older conversations name no address; one nobody can write to keeps them readable.
                let source = format!("imported {}", v.id);
                crate::contact::add_address(tx, talk.account, v.inbox, v.contact.id, &source, v.created_at).await?.id.0
            }
        };
        let until = if let Status::Snoozed { until } = v.status { until } else { None };
        v.labels.sort_unstable();
        v.labels.dedup();
        rows.push(vals![
            v.id.0,
            talk.account.0,
            v.number,
            talk.uuid.as_str(),
            v.inbox.0,
            v.contact.id.0,
            address,
            v.status.kind().number(),
            until.map(|t| t.0),
            v.assignee.map(|u| u.0),
            v.last_message_at.0,
            v.created_at.0,
            v.waiting_since.map(|t| t.0),
            v.contact_seen_at.map(|t| t.0),
            talk.first_reply_at.map(|t| t.0),
            json(&v.origin),
            v.priority.map(Priority::number),
            (!v.labels.is_empty()).then(|| json(&v.labels)),
            v.team.map(|t| t.0),
            v.subject.as_deref(),
            json(&talk.attributes)
        ]);
        good.push(talk);
    }
    let columns = "id, account_id, number, uuid, inbox_id, contact_id, contact_inbox_id, status, snoozed_until, assignee_id, last_message_at, created_at, \
                   waiting_since, contact_seen_at, first_reply_at, origin, priority, labels, team_id, subject, attributes";
    many(tx, "conversation", columns, rows, false).await?;
    let labels = good.iter().flat_map(|t| t.view.labels.iter().map(move |l| vals![t.account.0, l.0, t.view.id.0])).collect();
    many(tx, "conversation_label", "account_id, label_id, conversation_id", labels, false).await?;
    let people = good.iter().flat_map(|t| {
        let people: BTreeSet<i64> = t.participants.iter().map(|u| u.0).collect();
        people.into_iter().map(move |user| vals![t.account.0, t.view.id.0, user])
    });
    many(tx, "participant", "account_id, conversation_id, user_id", people.collect(), false).await?;
    let extras = good.iter().filter_map(|t| Some(vals![t.view.id.0, t.account.0, t.extra.clone()?])).collect();
    many(tx, "conversation_extra", "id, account_id, body", extras, false).await?;
    Ok(bad)
}

/// A message to be made.
#[derive(Clone, Debug)]
pub struct Line {
    /// What everybody sees; its author is the conversation's contact where it names contact 0.
    pub view: MessageView,
    /// The message it answers.
    pub answers: Option<i64>,
    /// The provider's id.
    pub source: Option<String>,
    /// What clients attached, as JSON.
    pub extra: Option<String>,
    /// A mail's cleaned HTML.
    pub html: Option<String>,
    /// Its files, with their ids.
    pub files: Vec<Attachment>,
}

/// What became of messages.
#[derive(Clone, Debug, Default)]
pub struct Became {
    /// How many were made.
    pub made: i64,
    /// How many files with them.
    pub files: i64,
    /// Those whose conversation is not here.
    pub orphans: Vec<i64>,
    /// Those whose provider's id another message of the inbox has; they came without it.
    pub doubled: Vec<i64>,
}

#[derive(FromQueryResult)]
struct Home {
    id: i64,
    account_id: i64,
    inbox_id: i64,
    contact_id: i64,
}

/// Makes messages of conversations that are here, with files, quotes, search rows and mails' HTML.
///
/// # Errors
/// Those of the database.
pub async fn messages(tx: &Tx, all: Vec<Line>) -> Result<Became, Error> {
    let mut became = Became::default();
    let wanted: BTreeSet<i64> = all.iter().map(|l| l.view.conversation.0).collect();
    let sql = format!("SELECT id, account_id, inbox_id, contact_id FROM conversation WHERE id IN ({})", list(wanted));
    let homes: BTreeMap<i64, Home> = tx.all::<Home>(&sql, vals![]).await?.into_iter().map(|h| (h.id, h)).collect();
    let mut lines = Vec::with_capacity(all.len());
    for mut line in all {
        let Some(home) = homes.get(&line.view.conversation.0) else {
            became.orphans.push(line.view.id.0);
            continue;
        };
        if line.view.author == (Author::Contact { id: ContactId(0) }) {
            line.view.author = Author::Contact { id: ContactId(home.contact_id) };
        }
        lines.push((home, line));
    }
    quote(tx, &mut lines).await?;
    for inbox in lines.iter().map(|(h, _)| h.inbox_id).collect::<BTreeSet<_>>() {
        let texts: Vec<String> = lines.iter().filter(|(h, _)| h.inbox_id == inbox).filter_map(|(_, l)| l.source.clone()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut seen = taken(tx, "message", "inbox_id", inbox, "source_id", &texts).await?;
        for (_, line) in lines.iter_mut().filter(|(h, _)| h.inbox_id == inbox) {
            if line.source.as_ref().is_some_and(|source| !seen.insert(source.clone())) {
                line.source = None;
                became.doubled.push(line.view.id.0);
            }
        }
    }
    let columns = "id, account_id, conversation_id, inbox_id, kind, author_kind, author_id, text, files, state, failure, source_id, at, extra, quote_id, reason";
    many(tx, "message", columns, lines.iter().map(|(home, line)| row(home, line)).collect(), false).await?;
    index(tx, &lines).await?;
    became.files = files(tx, &lines).await?;
    let extras = lines.iter().filter_map(|(h, l)| Some(vals![l.view.id.0, h.account_id, l.extra.clone()?])).collect();
    many(tx, "message_extra", "id, account_id, body", extras, false).await?;
    let html = lines.iter().filter_map(|(h, l)| Some(vals![l.view.id.0, h.account_id, l.html.clone()?])).collect();
    many(tx, "message_html", "message_id, account_id, html", html, false).await?;
    for (home, line) in &lines {
        let Some(Detail::Mail(head)) = &line.view.detail else { continue };
        // Who was on a mail may answer it; a reply of anybody else begins a conversation of its own.
        let people = std::iter::once(&head.from).chain(&head.to).chain(&head.cc).filter(|email| email.contains('@'));
        let people: Vec<String> = people.map(|email| email.trim().to_lowercase()).collect();
        crate::mailbox::add_participants(tx, AccountId(home.account_id), line.view.conversation, &people).await?;
    }
    became.made = lines.len() as i64;
    Ok(became)
}

fn row(home: &Home, line: &Line) -> Vec<sea_orm::Value> {
    let v = &line.view;
    let ((author_kind, author_id), (state, failure)) = (author_name(&v.author), state_name(&v.state));
    vals![
        v.id.0,
        home.account_id,
        home.id,
        home.inbox_id,
        word(&v.kind),
        author_kind,
        author_id,
        v.text.as_str(),
        line.files.len() as i64,
        state,
        failure,
        line.source.as_deref(),
        v.at.0,
        Extra::of(v).column(),
        v.quote.as_ref().map(|q| q.message.0),
        v.reason.as_deref()
    ]
}

/// Fills in what is quoted: a message of the same conversation that is in the same batch, or here already.
async fn quote(tx: &Tx, lines: &mut [(&Home, Line)]) -> Result<(), Error> {
    let brief = |id: i64, author: &Author, text: &str, file: Option<AttachmentKind>| Quote {
        message: MessageId(id),
        author: author.clone(),
        text: text.chars().take(140).collect(),
        file,
    };
    let wanted: BTreeSet<i64> = lines.iter().filter_map(|(_, l)| l.answers).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let near = lines.iter().filter(|(_, l)| wanted.contains(&l.view.id.0));
    let mut known: BTreeMap<i64, (i64, Quote)> = near
        .map(|(h, l)| (l.view.id.0, (h.id, brief(l.view.id.0, &l.view.author, &l.view.text, l.files.first().map(|f| f.view.kind)))))
        .collect();
    let far: Vec<i64> = wanted.iter().filter(|id| !known.contains_key(id)).copied().collect();
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        conversation_id: i64,
        author_kind: String,
        author_id: i64,
        text: String,
        file: Option<String>,
    }
    let sql = format!(
        "SELECT m.id, m.conversation_id, m.author_kind, m.author_id, m.text, \
         (SELECT MIN(a.kind) FROM attachment a WHERE a.account_id = m.account_id AND a.message_id = m.id) AS file FROM message m WHERE m.id IN ({})",
        list(far)
    );
    for r in tx.all::<Row>(&sql, vals![]).await? {
        let file = r.file.as_deref().map(crate::sql::from_word);
        let author = crate::message::author_of(&r.author_kind, r.author_id);
        known.insert(r.id, (r.conversation_id, brief(r.id, &author, &r.text, file)));
    }
    for (home, line) in lines {
        let found = line.answers.and_then(|id| known.get(&id)).filter(|(conversation, _)| *conversation == home.id);
        line.view.quote = found.map(|(_, quote)| Box::new(quote.clone()));
    }
    Ok(())
}

async fn index(tx: &Tx, lines: &[(&Home, Line)]) -> Result<(), Error> {
    let words = |(home, line): &&(&Home, Line)| {
        let mut words = format!("a{} i{} {}", home.account_id, home.inbox_id, line.view.text);
        for file in &line.files {
            words.push(' ');
            words.push_str(&file.view.name);
        }
        if let Some(Detail::Mail(head)) = &line.view.detail {
            words.push(' ');
            words.push_str(&head.subject);
        }
        if tx.is_sqlite() { words } else { crate::contact::fold(&words) }
    };
    let said: Vec<_> = lines.iter().filter(|(_, l)| l.view.kind != MessageKind::Activity).collect();
    if tx.is_sqlite() {
        let rows = said.iter().map(|l| vals![l.1.view.id.0, words(l)]).collect();
        many(tx, "message_fts", "rowid, words", rows, false).await?;
        return Ok(());
    }
    for some in said.chunks(300) {
        let places = (0..some.len()).map(|at| format!("(${}, to_tsvector('simple', ${}))", 2 * at + 1, 2 * at + 2)).collect::<Vec<_>>();
        let values = some.iter().flat_map(|l| vals![l.1.view.id.0, words(l)]).collect();
        tx.run(&format!("INSERT INTO message_fts (message_id, words) VALUES {}", places.join(",")), values).await?;
    }
    Ok(())
}

async fn files(tx: &Tx, lines: &[(&Home, Line)]) -> Result<i64, Error> {
    let mut rows = Vec::new();
    for (home, line) in lines {
        for (place, file) in (0_i64..).zip(&line.files) {
            let f = &file.view;
            rows.push(vals![
                f.id.0,
                home.account_id,
                home.inbox_id,
                line.view.id.0,
                "import",
                word(&f.kind),
                f.name.as_str(),
                f.mime.as_str(),
                f.size,
                f.width,
                f.height,
                file.path.as_str(),
                line.view.at.0,
                i64::from(f.voice),
                word(&f.state),
                file.remote.as_deref(),
                place
            ]);
        }
    }
    let count = rows.len() as i64;
    let columns = "id, account_id, inbox_id, message_id, uploader, kind, name, mime, size, width, height, path, created_at, voice, state, remote, place";
    many(tx, "attachment", columns, rows, false).await?;
    Ok(count)
}
