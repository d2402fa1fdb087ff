//! Moving in from Chatwoot: its PostgreSQL database becomes ours, ids and numbers as clients know them. It tells nobody and calls no provider;
//! inboxes of providers wait until somebody connects them here.
//!
//! Ids are the source's own for everything clients name: accounts, people, inboxes, contacts, addresses, conversations, messages, files, labels,
//! teams and saved things. Both products draw each of these from one growing key, so that nothing had to give way. Conversations keep their
//! number in the account, which is what the API calls their id.
//!
//! Every batch is committed together with where it ended (the setting `import`): killed at any moment, the next run goes on there. The source's
//! schema is that of <https://github.com/chatwoot/chatwoot/blob/develop/db/schema.rb>; what another version has not is left out and said.

mod bots;
mod boxes;
mod field;
mod files;
mod filters;
mod forms;
mod lines;
mod people;
mod report;
mod talks;

pub use files::Blobs;
pub use report::{ImportReport, Left};

use crate::{Error, Service, secret};
use field::Row;
use model::*;
use serde::{Deserialize, Serialize};
use store::import::{self as rows, Known, Source};
use store::{Reader, Tx};

/// The setting that remembers an import.
const KEEP: &str = "import";

/// What is imported, and how.
#[derive(Clone, Debug)]
pub struct ImportFrom {
    /// The source's database.
    pub url: String,
    /// Where its files' bytes are.
    pub blobs: Blobs,
    /// Most rows of one write.
    pub piece: i64,
    /// Whether all of it is thrown away afterwards, so that files' bytes need only be looked at.
    pub dry: bool,
}

/// Why an import did not begin or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There are accounts here that did not come from there.
    #[error("this database holds accounts already; an import needs an empty one, or one that an import of the same source left half done")]
    Occupied,
    /// Half of another database is here.
    #[error("a half-done import of another database is here; finish that one, or begin with an empty database")]
    Another,
    /// The source is no Chatwoot.
    #[error("the source has no table `{0}`: this is no Chatwoot database, or its schema is not on the search path")]
    Foreign(&'static str),
    /// The source could not be read.
    #[error("the source could not be read: {0}")]
    Source(store::Error),
    /// Ours could not be written, or read.
    #[error(transparent)]
    Ours(#[from] Error),
}

impl From<store::Error> for ImportError {
    fn from(error: store::Error) -> Self {
        Self::Ours(error.into())
    }
}

type Result<T, E = ImportError> = std::result::Result<T, E>;

/// What of the source is read one after the other, and in what pieces.
const STAGES: [(&str, &str, i64); 22] = [
    ("accounts", "accounts", 100),
    ("people", "users", 200),
    ("memberships", "account_users", 500),
    ("API tokens", "access_tokens", 500),
    ("labels", "labels", 500),
    ("teams", "teams", 500),
    ("team members", "team_members", 1000),
    ("canned responses", "canned_responses", 500),
    ("attribute definitions", "custom_attribute_definitions", 500),
    ("inboxes", "inboxes", 50),
    ("webhooks", "webhooks", 200),
    ("macros", "macros", 200),
    ("agent bots", "agent_bots", 200),
    ("bots' inboxes", "agent_bot_inboxes", 500),
    ("saved filters", "custom_filters", 200),
    ("contacts", "contacts", 1000),
    ("contact addresses", "contact_inboxes", 1000),
    ("conversations", "conversations", 500),
    ("messages", "messages", 1000),
    ("contact notes", "notes", 500),
    ("conversations settled", "conversations", 400),
    ("counters", "accounts", 1),
];

/// Which of them brings messages.
const MESSAGES: usize = 18;

/// Columns without which a version of the source differs enough to say so.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("users", &["encrypted_password", "confirmed_at", "ui_settings"]),
    ("account_users", &["role", "availability", "auto_offline"]),
    ("inboxes", &["channel_type", "greeting_enabled", "enable_auto_assignment", "lock_to_single_conversation"]),
    ("contacts", &["additional_attributes", "custom_attributes", "identifier", "last_activity_at", "blocked"]),
    (
        "conversations",
        &["display_id", "uuid", "contact_inbox_id", "team_id", "priority", "snoozed_until", "custom_attributes", "waiting_since"],
    ),
    ("messages", &["content_type", "content_attributes", "sender_type", "sender_id", "source_id", "private", "status"]),
    ("channel_api", &["identifier", "hmac_token"]),
    ("channel_web_widgets", &["website_token", "hmac_token"]),
];

/// Tables of what has no place here yet, and why.
const ELSEWHERE: [(&str, &str, &str); 15] = [
    ("platform_apps", "platform apps", "make them again with `recado admin create-platform-app`"),
    ("integrations_hooks", "third-party integrations", "not offered here"),
    ("automation_rules", "automation rules", "not offered here yet"),
    ("campaigns", "campaigns", "not offered here yet"),
    ("csat_survey_responses", "satisfaction answers", "not offered here yet; the survey's message came"),
    ("articles", "help center articles", "not offered here yet"),
    ("sla_policies", "service level policies", "not offered here yet"),
    ("custom_roles", "custom roles", "not offered here: their people came as agents"),
    ("dashboard_apps", "dashboard apps", "not offered here yet"),
    ("email_templates", "e-mail templates", "not offered here"),
    ("notification_settings", "notification settings", "everybody begins with ours"),
    ("notifications", "notifications", "news of then; everybody begins with none"),
    ("reporting_events", "report events", "reports count what came"),
    ("audits", "audit entries", "not offered here"),
    ("captain_assistants", "assistants", "not offered here"),
];

/// Where an import stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    source: String,
    stage: usize,
    last: i64,
    done: bool,
    report: ImportReport,
}

/// So many rows of the source: up to which id, and how many.
struct Piece {
    last: i64,
    count: i64,
    rows: Rows,
}

/// Rows as they came, or in our words already. Messages are nearly all there is: only for them is it worth to be one piece ahead.
enum Rows {
    Theirs(Vec<Row>),
    Ours(Vec<store::import::Line>),
}

/// An import, as far as everything that reads and maps needs it.
struct Move<'m> {
    service: &'m Service,
    source: Source,
    known: Known,
    place: Place,
}

/// Hears of progress: what, how many, of how many.
pub type Watch<'w> = dyn FnMut(&str, u64, u64) + Send + 'w;

impl Service {
    /// Brings everything of a Chatwoot database here, or goes on where a run before ended.
    ///
    /// # Errors
    /// See [`ImportError`]; what was committed until then stays, and the next run goes on behind it.
    pub async fn import_chatwoot(&self, from: &ImportFrom, watch: &mut Watch<'_>) -> Result<ImportReport> {
        let source = Source::open(&from.url).await.map_err(ImportError::Source)?;
        for table in ["accounts", "users", "account_users", "inboxes", "contacts", "conversations", "messages"] {
            if !source.has(table) {
                return Err(ImportError::Foreign(table));
            }
        }
        let name = fingerprint(&source).await?;
        let mut moving = Move { service: self, source, known: Known::default(), place: self.import_place(&name).await? };
        if !moving.place.done {
            moving.write(async |tx: &mut Tx| Ok(rows::begin(tx).await?)).await?;
            if moving.place.stage == 0 && moving.place.last == 0 {
                moving.survey().await?;
            }
            moving.tables(from.piece, watch).await?;
        }
        self.fetch_blobs(from, &mut moving.place, watch).await?;
        Ok(moving.place.report)
    }

    /// Where an import of this source stands; nowhere yet in an empty database.
    async fn import_place(&self, source: &str) -> Result<Place> {
        let look = async move |c: &Reader| {
            Ok::<_, Error>((
                store::account::setting(c, KEEP).await?,
                store::account::all(c).await?.is_empty(),
                store::person::anybody(c).await?,
            ))
        };
        let (kept, empty, anybody) = self.0.store.read(look).await?;
        let kept: Option<Place> = kept.and_then(|text| serde_json::from_str(&text).ok());
        match kept {
            Some(place) if place.source == source => Ok(place),
            Some(_) => Err(ImportError::Another),
            None if empty && !anybody => Ok(Place { source: source.to_owned(), ..Place::default() }),
            None => Err(ImportError::Occupied),
        }
    }

    async fn known_here(&self) -> Result<Known> {
        Ok(self.0.store.read(async move |c: &Reader| Ok::<_, Error>(rows::known(c).await?)).await?)
    }
}

/// Names an installation by who was there first, so that a restored copy of it is the same one.
async fn fingerprint(source: &Source) -> Result<String> {
    let mut words = String::new();
    for table in ["accounts", "users"] {
        let first = source.page(table, 0, 1).await.map_err(ImportError::Source)?.pop().map(Row).unwrap_or_default();
        words.push_str(&format!("{table} {} {} ", first.id(), first.words("created_at")));
    }
    Ok(secret::hash(&words))
}

/// Keeps where an import stands; part of the write that got there.
async fn keep(tx: &Tx, place: &Place) -> Result<(), Error> {
    let text = serde_json::to_string(place).map_err(|error| Error::Unexpected(error.to_string()))?;
    Ok(store::account::set_setting(tx, KEEP, &text).await?)
}

impl Move<'_> {
    /// What the source has that has no place here, and what it has not.
    async fn survey(&mut self) -> Result<()> {
        for (table, what, why) in ELSEWHERE {
            let count = self.source.count(table, 0).await.map_err(ImportError::Source)?;
            if count > 0 {
                self.place.report.count(what, why, count);
            }
        }
        for (kind, what) in [("User", "people's photos"), ("Contact", "contacts' photos"), ("Inbox", "inboxes' pictures")] {
            let of = (("record_type", kind), ("name", "avatar"));
            let count = self.source.count_of("active_storage_attachments", of.0, of.1).await.map_err(ImportError::Source)?;
            if count > 0 {
                self.place.report.count(what, "not brought", count);
            }
        }
        for (table, columns) in COLUMNS {
            let lacks = self.source.lacks(table, columns);
            if !self.source.has(table) {
                self.place.report.absent.push(table.to_owned());
            } else {
                self.place.report.absent.extend(lacks.iter().map(|column| format!("{table}.{column}")));
            }
        }
        let absent = STAGES.iter().map(|(_, table, _)| *table).filter(|table| !self.source.has(table));
        self.place.report.absent.extend(absent.map(str::to_owned));
        Ok(())
    }

    /// Everything but files' bytes, stage by stage and piece by piece.
    async fn tables(&mut self, most: i64, watch: &mut Watch<'_>) -> Result<()> {
        while self.place.stage < STAGES.len() {
            let (what, table, whole) = STAGES[self.place.stage];
            self.known = self.service.known_here().await?;
            let mut piece = whole.min(most.max(1));
            let done = self.source.count(table, 0).await.map_err(ImportError::Source)?;
            let mut left = self.source.count(table, self.place.last).await.map_err(ImportError::Source)?;
            watch(what, (done - left).max(0) as u64, done as u64);
            let mut next = self.piece(table, self.place.last, piece).await;
            loop {
                let Some(Piece { last, count, rows }) = next? else { break };
                // While one piece is written, the next is read and put into our words.
                let (written, ahead) = futures::join!(self.step(rows, last), self.piece(table, last, piece));
                match written {
                    Ok(place) => self.place = place,
                    // A slow disk or very long rows: smaller pieces fit between two deadlines.
                    Err(ImportError::Ours(Error::Store(store::Error::Deadline))) if piece > 1 => {
                        piece = (piece / 4).max(1);
                        next = self.piece(table, self.place.last, piece).await;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
                next = ahead;
                left -= count;
                watch(what, (done - left).max(0) as u64, done as u64);
            }
            let next = Place { stage: self.place.stage + 1, last: 0, done: self.place.stage + 1 == STAGES.len(), ..self.place.clone() };
            let kept = next.clone();
            self.write(async move |tx: &mut Tx| keep(tx, &kept).await).await?;
            self.place = next;
        }
        Ok(())
    }

    async fn write<T, F>(&self, closure: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        Ok(self.service.0.store.write(closure).await?)
    }

    /// The next piece of this stage's table, ready to be written; none at its end.
    async fn piece(&self, table: &str, after: i64, most: i64) -> Result<Option<Piece>> {
        let page = self.source.page(table, after, most).await.map_err(ImportError::Source)?;
        let page: Vec<Row> = page.into_iter().map(Row).collect();
        let Some(last) = page.last().map(Row::id) else { return Ok(None) };
        let count = page.len() as i64;
        let rows = if self.place.stage == MESSAGES { Rows::Ours(self.read_lines(page).await?) } else { Rows::Theirs(page) };
        Ok(Some(Piece { last, count, rows }))
    }

    /// Writes one piece of a stage; answers where that leaves the import.
    async fn step(&self, rows: Rows, last: i64) -> Result<Place> {
        let place = Place { last, ..self.place.clone() };
        let page = match rows {
            Rows::Ours(lines) => return self.lines(lines, place).await,
            Rows::Theirs(page) => page,
        };
        match self.place.stage {
            0..=8 => self.people(page, place).await,
            9 => self.boxes(page, place).await,
            10 => self.webhooks(page, place).await,
            11 => self.macros(page, place).await,
            12 => self.bots(page, place).await,
            13 => self.bots_inboxes(page, place).await,
            14 => self.filters(page, place).await,
            15 => self.contacts(page, place).await,
            16 => self.addresses(page, place).await,
            17 => self.talks(page, place).await,
            19 => self.notes(page, place).await,
            20 => self.settle(page, place).await,
            _ => self.counters(page, place).await,
        }
    }

    /// The titles of what is tagged, by the tagged thing's id.
    async fn tags(&self, kind: &str, ids: &[i64]) -> Result<std::collections::BTreeMap<i64, Vec<String>>> {
        let from = ImportError::Source;
        let taggings = self.source.of_kind("taggings", ("taggable_type", kind), "taggable_id", ids).await.map_err(from)?;
        let taggings: Vec<Row> = taggings.into_iter().map(Row).filter(|t| t.text("context").is_none_or(|c| c == "labels")).collect();
        let mut wanted: Vec<i64> = taggings.iter().filter_map(|t| t.refers("tag_id")).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let tags = self.source.of("tags", "id", &wanted).await.map_err(ImportError::Source)?.into_iter().map(Row);
        let names: std::collections::BTreeMap<i64, String> = tags.map(|t| (t.id(), t.words("name"))).collect();
        let mut found: std::collections::BTreeMap<i64, Vec<String>> = std::collections::BTreeMap::new();
        for tagging in &taggings {
            if let (Some(id), Some(name)) = (tagging.refers("taggable_id"), tagging.refers("tag_id").and_then(|t| names.get(&t))) {
                found.entry(id).or_default().push(name.clone());
            }
        }
        Ok(found)
    }

    /// The labels of these titles; a title nobody has made a label of is counted.
    fn labels(&self, account: i64, titles: Option<&Vec<String>>, report: &mut ImportReport) -> Vec<LabelId> {
        let mut found = Vec::new();
        for title in titles.into_iter().flatten() {
            match self.known.labels.get(&(account, title.clone())) {
                Some(id) => found.push(LabelId(*id)),
                None => report.left("tags", "no label of the account has this title", title),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
