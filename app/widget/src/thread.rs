//! The lines of the conversation: what is stored and what still waits, in one order, grouped by who wrote when.
//! Pure: it knows neither the clock nor the page.

use crate::words::Pairs;
use model::*;

/// Messages of one author closer than this stand together, in milliseconds.
const TOGETHER: i64 = 5 * 60_000;

/// A message on its way: written, not yet known to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its key: however often it is tried, it is sent once.
    pub key: ClientKey,
    /// Plain text.
    pub text: String,
    /// Its files, with negative ids and links into the browser's own memory.
    pub files: Vec<AttachmentView>,
    /// Answers of the pre-chat form.
    pub answers: Pairs,
    /// When it was written.
    pub at: Timestamp,
    /// How it stands.
    pub progress: Progress,
}

/// How a message on its way stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// It leaves when there is a connection.
    #[default]
    Waiting,
    /// It is leaving now.
    Sending,
    /// It was refused; the visitor decides.
    Failed(FaultBody),
}

/// How a line stands, as the visitor is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Theirs, not ours to judge.
    Theirs,
    /// On its way.
    Pending(Progress),
    /// Stored.
    Sent,
    /// An agent has seen it.
    Read,
}

/// One line as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Stays the same from the first key press to the last tick.
    pub key: String,
    /// Whether a new day begins with it.
    pub day: bool,
    /// Whether it opens a group.
    pub first: bool,
    /// Whether it closes a group.
    pub last: bool,
    /// Name of the agent.
    pub author: Option<String>,
    /// Photo of the agent.
    pub photo: Option<String>,
    /// Plain text.
    pub text: String,
    /// Its files.
    pub files: Vec<AttachmentView>,
    /// What it asks or shows besides, as JSON.
    pub rich: Option<String>,
    /// When.
    pub at: Timestamp,
    /// How it stands.
    pub standing: Standing,
}

impl Row {
    /// Whether the visitor wrote it.
    #[must_use]
    pub fn mine(&self) -> bool {
        self.standing != Standing::Theirs
    }
}

/// Puts a message into the list by its id. A repeat never makes it less read and never reloads its pictures.
pub fn merge(messages: &mut Vec<VisitorMessage>, message: VisitorMessage) {
    match messages.binary_search_by_key(&message.id, |known| known.id) {
        Ok(at) => {
            let known = &mut messages[at];
            if let Some(further) = known.state.advance(message.state) {
                known.state = further;
            }
            known.text = message.text;
            known.rich = message.rich;
            if known.files.len() != message.files.len() {
                known.files = message.files;
            }
        }
        Err(at) => messages.insert(at, message),
    }
}

/// An agent has seen the visitor's messages up to this one.
pub fn seen(messages: &mut [VisitorMessage], up_to: MessageId) {
    for message in messages.iter_mut().filter(|m| m.mine && m.id <= up_to) {
        message.state = MessageState::Read;
    }
}

/// The lines, oldest first. `day` numbers the days where the reader is.
#[must_use]
pub fn rows(messages: &[VisitorMessage], outbox: &[Pending], day: impl Fn(Timestamp) -> i64) -> Vec<Row> {
    let stored = messages.iter().map(|m| Row {
        key: m.key.filter(|_| m.mine).map_or_else(|| format!("m{}", m.id), |key| key.to_string()),
        day: false,
        first: true,
        last: true,
        author: m.author.clone(),
        photo: m.photo.clone(),
        text: m.text.clone(),
        files: m.files.clone(),
        rich: m.rich.clone(),
        at: m.at,
        standing: match (m.mine, &m.state) {
            (false, _) => Standing::Theirs,
            (true, MessageState::Read) => Standing::Read,
            (true, _) => Standing::Sent,
        },
    });
    // The stream may be faster than the answer: what is stored no longer waits.
    let waiting = outbox.iter().filter(|p| !messages.iter().any(|m| m.mine && m.key == Some(p.key))).map(|p| Row {
        key: p.key.to_string(),
        day: false,
        first: true,
        last: true,
        author: None,
        photo: None,
        text: p.text.clone(),
        files: p.files.clone(),
        rich: None,
        at: p.at,
        standing: Standing::Pending(p.progress.clone()),
    });
    let mut rows: Vec<Row> = stored.chain(waiting).collect();
    let mut before: Option<(bool, Option<String>, Timestamp)> = None;
    for at in 0..rows.len() {
        let row = &rows[at];
        let own = (row.mine(), row.author.clone(), row.at);
        let new_day = before.as_ref().is_none_or(|(.., then)| day(*then) != day(own.2));
        let joins = !new_day
            && before.as_ref().is_some_and(|(mine, author, then)| *mine == own.0 && *author == own.1 && own.2.since(*then) < TOGETHER);
        rows[at].day = new_day;
        rows[at].first = !joins;
        if joins && at > 0 {
            rows[at - 1].last = false;
        }
        before = Some(own);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn key(n: u8) -> ClientKey {
        ClientKey::new(1, &[n; 10])
    }

    fn message(id: i64, author: Option<&str>, minute: i64) -> VisitorMessage {
        VisitorMessage {
            id: MessageId(id),
            key: author.is_none().then(|| key(id as u8)),
            mine: author.is_none(),
            author: author.map(str::to_owned),
            photo: None,
            text: format!("nº {id}"),
            files: Vec::new(),
            state: MessageState::Sent,
            at: Timestamp(minute * MINUTE),
            rich: None,
        }
    }

    fn pending(n: u8, minute: i64) -> Pending {
        let at = Timestamp(minute * MINUTE);
        Pending { key: key(n), text: "x".into(), files: Vec::new(), answers: Vec::new(), at, progress: Progress::Waiting }
    }

    fn day(at: Timestamp) -> i64 {
        at.0.div_euclid(1440 * MINUTE)
    }

    #[test]
    fn a_group_is_one_author_within_minutes_of_a_day() {
        let all = [
            message(1, Some("Ana"), 10),
            message(2, Some("Ana"), 12),
            message(3, Some("Rui"), 13),
            message(4, None, 14),
            message(5, None, 30),
            message(6, None, 1439),
            message(7, None, 1440),
        ];
        let shape: Vec<_> = rows(&all, &[pending(9, 1441)], day).iter().map(|r| (r.day, r.first, r.last)).collect();
        assert_eq!(
            shape,
            [
                (true, true, false),
                (false, false, true),
                (false, true, true),
                (false, true, true),
                (false, true, true),
                (false, true, true),
                (true, true, false),
                (false, false, true)
            ]
        );
    }

    #[test]
    fn a_stored_message_no_longer_waits_and_keeps_its_line() {
        let waiting = rows(&[], &[pending(4, 1)], day);
        let stored = rows(&[message(4, None, 1)], &[pending(4, 1)], day);
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].key, waiting[0].key);
        assert_eq!((&waiting[0].standing, &stored[0].standing), (&Standing::Pending(Progress::Waiting), &Standing::Sent));
    }

    #[test]
    fn repeats_and_receipts_only_advance() {
        let mut all = vec![message(1, None, 1), message(3, None, 3)];
        seen(&mut all, MessageId(1));
        merge(&mut all, message(1, None, 1));
        merge(&mut all, message(2, Some("Ana"), 2));
        let standings: Vec<_> = rows(&all, &[], day).into_iter().map(|r| r.standing).collect();
        assert_eq!(standings, [Standing::Read, Standing::Theirs, Standing::Sent]);
    }
}
