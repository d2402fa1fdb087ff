//! Long work that its owner watches: actions on many conversations, taking them back, and contacts from a file. A part at a time, as a job,
//! so that a crash repeats one part at most and nobody waits for the whole.

use crate::actions::{check, run};
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde::{Deserialize, Serialize};
use store::conversation::Conversation;
use store::{Audience, Lease, NewJob, Reader, Tx, contact, conversation, operation};

/// The kind of job.
pub(crate) const OPERATE: &str = "operate";
/// Conversations or rows of one part.
const PART: usize = 25;
/// Most conversations of one operation.
const MOST: i64 = 100_000;
/// Most rows of one file.
const ROWS: usize = 50_000;

#[derive(Serialize, Deserialize)]
struct Job {
    account: AccountId,
    operation: OperationId,
}

/// What an operation is to do.
#[derive(Serialize, Deserialize)]
enum Work {
    Bulk { ids: Vec<ConversationId>, actions: Vec<Action> },
    Undo { steps: Vec<String> },
    Import { rows: Vec<Vec<String>>, columns: Vec<String>, labels: Vec<LabelId>, first: i64 },
}

/// Where a conversation stood before and after, to be taken back where nobody changed it since.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Snapshot {
    status: Status,
    assignee: Option<UserId>,
    team: Option<TeamId>,
    priority: Option<Priority>,
    labels: Vec<LabelId>,
    muted: bool,
}

#[derive(Serialize, Deserialize)]
struct Step {
    id: ConversationId,
    before: Snapshot,
    after: Snapshot,
}

impl Snapshot {
    fn of(c: &Conversation) -> Self {
        let v = &c.view;
        Self { status: v.status, assignee: v.assignee, team: v.team, priority: v.priority, labels: v.labels.clone(), muted: v.muted }
    }
}

impl Step {
    /// The actions that lead back, as far as nobody went on since.
    fn back(&self, now: &Snapshot) -> Vec<Action> {
        let (b, a) = (&self.before, &self.after);
        let mut actions = Vec::new();
        if b.muted != a.muted && now.muted == a.muted {
            actions.push(Action::Mute(b.muted));
        }
        if b.status != a.status && now.status == a.status {
            actions.push(Action::Status(b.status));
        }
        if b.team != a.team && now.team == a.team {
            actions.push(Action::AssignTeam(b.team));
        }
        if b.assignee != a.assignee && now.assignee == a.assignee {
            actions.push(Action::Assign(b.assignee));
        }
        if b.priority != a.priority && now.priority == a.priority {
            actions.push(Action::Priority(b.priority));
        }
        let came: Vec<_> = a.labels.iter().filter(|l| !b.labels.contains(l)).copied().collect();
        let went: Vec<_> = b.labels.iter().filter(|l| !a.labels.contains(l)).copied().collect();
        if !came.is_empty() {
            actions.push(Action::RemoveLabels(came));
        }
        if !went.is_empty() {
            actions.push(Action::AddLabels(went));
        }
        actions
    }
}

/// Why a part could not be done, in a word the interface knows.
fn why(error: &Error) -> Option<String> {
    match error {
        Error::Fault(code) => Some(format!("{code:?}").to_lowercase()),
        Error::Invalid(fields) => Some(fields.iter().map(|(f, v)| format!("{f}: {v:?}").to_lowercase()).collect::<Vec<_>>().join(", ")),
        _ => None,
    }
}

impl Service {
    async fn begin(&self, tenant: Tenant, kind: OperationKind, work: Work, total: i64) -> Result<OperationView> {
        let now = self.now();
        let body = serde_json::to_string(&work).map_err(|error| Error::Unexpected(error.to_string()))?;
        let begin = async move |tx: &mut Tx, t: &Tenant| {
            let view = operation::begin(tx, t.account, t.user, kind, &body, total, now).await?;
            tx.enqueue(NewJob {
                lane: format!("operations {} {}", t.account, t.user),
                kind: OPERATE,
                key: Some(format!("operation {} {}", t.account, view.id)),
                body: serde_json::to_string(&Job { account: t.account, operation: view.id }).unwrap_or_default(),
                run_at: now,
            })
            .await?;
            Ok(view)
        };
        tenant.write(begin).await
    }

    /// Does actions to many conversations, as work one can watch and take back once. Only what the caller sees is touched.
    ///
    /// # Errors
    /// `Invalid`; `TooLarge` for more than a hundred thousand.
    pub async fn bulk(&self, scope: &Scope, target: Target, actions: Vec<Action>) -> Result<OperationView> {
        check(&actions)?;
        if actions.iter().any(|a| matches!(a, Action::Send(_))) {
            return Err(Error::field("actions", Violation::Malformed));
        }
        let tenant = self.enter(scope, Permission::Triage)?;
        let now = self.now();
        let find = async move |c: &Reader, t: &Tenant| match target {
            Target::Ids(ids) => Ok(ids),
            Target::List(filter) => {
                let query = conversation::ListQuery {
                    account: t.account,
                    sight: &t.inboxes,
                    viewer: t.user,
                    filter,
                    below: None,
                    now,
                    limit: MOST,
                };
                Ok(conversation::list(c, &query).await?.rows.into_iter().map(|r| r.conversation.id).collect())
            }
            Target::Matching(filter) if filter.is_sound(Entity::Conversation) => {
                Ok(conversation::matching(c, t.account, &t.inboxes, t.user, &filter, now, MOST + 1).await?)
            }
            Target::Matching(_) => Err(Error::field("target", Violation::Malformed)),
        };
        let mut ids: Vec<ConversationId> = tenant.read(find).await?;
        ids.sort_unstable();
        ids.dedup();
        if ids.len() as i64 > MOST {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let total = ids.len() as i64;
        self.begin(tenant, OperationKind::Bulk, Work::Bulk { ids, actions }, total).await
    }

    /// Takes back what an operation of the caller's changed, where nobody changed it since; once.
    ///
    /// # Errors
    /// `Missing` when there is nothing to take back.
    pub async fn undo_operation(&self, scope: &Scope, id: OperationId) -> Result<OperationView> {
        let tenant = self.enter(scope, Permission::Triage)?;
        let take = async move |tx: &mut Tx, t: &Tenant| Ok(operation::take_undo(tx, t.account, t.user, id).await?);
        let steps = tenant.write(take).await?.ok_or_else(Error::missing)?;
        let total = steps.len() as i64;
        self.begin(tenant, OperationKind::Undo, Work::Undo { steps }, total).await
    }

    /// How far an operation of the caller's is.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn operation(&self, scope: &Scope, id: OperationId) -> Result<OperationView> {
        let look = async move |c: &Reader, t: &Tenant| {
            operation::load(c, t.account, id).await?.filter(|found| found.user == t.user).map(|found| found.view).ok_or_else(Error::missing)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Takes contacts from a file: whoever is known by identifier, e-mail or phone is completed, the others are made.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`; `TooLarge` for more than fifty thousand rows.
    pub async fn import_contacts(&self, scope: &Scope, draft: ImportDraft) -> Result<OperationView> {
        let tenant = self.enter(scope, Permission::Delete)?;
        let ways = ["email", "phone", "identifier"];
        if !draft.columns.iter().any(|c| ways.contains(&c.as_str())) {
            return Err(Error::field("columns", Violation::Required));
        }
        let mut rows = csv_rows(&draft.text);
        let first = if draft.heading && !rows.is_empty() {
            rows.remove(0);
            2
        } else {
            1
        };
        if rows.is_empty() {
            return Err(Error::field("text", Violation::Required));
        }
        if rows.len() > ROWS {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let total = rows.len() as i64;
        let work = Work::Import { rows, columns: draft.columns, labels: draft.labels, first };
        self.begin(tenant, OperationKind::Import, work, total).await
    }

    /// Does one operation's job, part by part; each part commits with how far it got.
    pub(crate) async fn operate(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Job>(&lease.body) else {
            return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, "unreadable body").await?)).await;
        };
        let look = async move |c: &Reader| Ok::<_, Error>(operation::load(c, job.account, job.operation).await?);
        let Some(found) = self.0.store.read(look).await? else {
            return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.complete(&lease).await?)).await;
        };
        // The owner's rights as they are now: whoever left the account changes nothing more.
        let tenant = match self.scope_of(found.user, job.account).await.and_then(|scope| self.enter(&scope, Permission::Triage)) {
            Ok(tenant) => tenant,
            Err(error) => {
                tracing::info!(%error, operation = %job.operation, "an operation's owner may no longer do it");
                return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, "its owner left").await?)).await;
            }
        };
        if lease.attempts > 5 {
            tracing::error!(operation = %job.operation, "an operation broke off again and again; it is left for a person");
            return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, "broke off").await?)).await;
        }
        let Ok(work) = serde_json::from_str::<Work>(&found.body) else {
            return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, "unreadable work").await?)).await;
        };
        let work = std::sync::Arc::new(work);
        loop {
            let (work, lease, now) = (work.clone(), lease.clone(), self.now());
            let part = async move |tx: &mut Tx, t: &Tenant| {
                let mut found = operation::load(tx, t.account, job.operation).await?.ok_or_else(Error::missing)?;
                let mut changed = Vec::new();
                let from = found.view.done as usize;
                let to = (from + PART).min(found.view.total as usize);
                for at in from..to {
                    match one(tx, t, &work, at, now).await {
                        Ok(step) => changed.extend(step),
                        Err(error) => {
                            // Only what was refused before anything was written may be passed over; the rest undoes the part.
                            let Some(words) = why(&error) else { return Err(error) };
                            found.view.failed += 1;
                            if found.view.report.len() < 100 {
                                found.view.report.push((place(&work, at), words));
                            }
                        }
                    }
                }
                found.view.done = to as i64;
                found.view.finished = found.view.done >= found.view.total;
                operation::advance(tx, t.account, &mut found, &changed, now).await?;
                if found.view.finished {
                    tx.complete(&lease).await?;
                } else {
                    tx.extend(&lease, now.plus(60_000)).await?;
                }
                Ok(found.view.finished)
            };
            if tenant.write(part).await? {
                return Ok(());
            }
        }
    }
}

/// How a failed piece is named to its owner: a file's row, or a conversation's id.
fn place(work: &Work, at: usize) -> i64 {
    match work {
        Work::Bulk { ids, .. } => ids.get(at).map_or(0, |id| id.0),
        Work::Undo { .. } => at as i64 + 1,
        Work::Import { first, .. } => at as i64 + first,
    }
}

/// Does one piece; answers how to take it back.
async fn one(tx: &mut Tx, t: &Tenant, work: &Work, at: usize, now: Timestamp) -> Result<Option<String>> {
    match work {
        Work::Bulk { ids, actions } => {
            let Some(id) = ids.get(at) else { return Ok(None) };
            let mut found = t.conversation(tx, *id).await?;
            let before = Snapshot::of(&found);
            run(tx, t, &mut found, actions, None, now).await?;
            let after = Snapshot::of(&found);
            let step = Step { id: *id, before, after };
            Ok((step.before != step.after).then(|| serde_json::to_string(&step).unwrap_or_default()))
        }
        Work::Undo { steps } => {
            let step = steps.get(at).and_then(|step| serde_json::from_str::<Step>(step).ok());
            let Some(step) = step else { return Ok(None) };
            let mut found = t.conversation(tx, step.id).await?;
            let mut actions = step.back(&Snapshot::of(&found));
            // A moment that has passed meanwhile cannot be waited for again.
            for action in &mut actions {
                if matches!(action, Action::Status(Status::Snoozed { until: Some(until) }) if *until <= now) {
                    *action = Action::Status(Status::Open);
                }
            }
            if !actions.is_empty() {
                run(tx, t, &mut found, &actions, None, now).await?;
            }
            Ok(None)
        }
        Work::Import { rows, columns, labels, .. } => {
            if let Some(row) = rows.get(at) {
                import(tx, t, row, columns, labels, now).await?;
            }
            Ok(None)
        }
    }
}

async fn import(tx: &mut Tx, t: &Tenant, row: &[String], columns: &[String], labels: &[LabelId], now: Timestamp) -> Result<()> {
    let language = crate::inboxes::language(tx, t.account).await?;
    let mut draft = ContactDraft::default();
    for (column, value) in columns.iter().zip(row) {
        let value = value.trim().to_owned();
        match column.as_str() {
            _ if value.is_empty() => {}
            "" => {}
            "name" => draft.name = Some(value),
            "email" => draft.email = Some(value),
            "phone" => draft.phone = Some(dialled(&value, language)),
            "identifier" => draft.identifier = Some(value),
            key => drop(draft.attributes.insert(key.to_owned(), value)),
        }
    }
    let blank = ContactView { created_at: now, ..ContactView::default() };
    let wanted = crate::contacts::details(blank, draft.clone())?;
    if wanted.email.is_none() && wanted.phone.is_none() && wanted.identifier.is_none() {
        return Err(Error::field("row", Violation::Required));
    }
    let mut kept = match crate::start::same_person(tx, t.account, &wanted).await? {
        Some(known) => {
            let changed = crate::contacts::details(known.clone(), draft)?;
            crate::contacts::check_attributes(tx, t.account, &known, &changed).await?;
            for (way, taken) in [("email", &changed.email), ("phone", &changed.phone), ("identifier", &changed.identifier)] {
                let Some(value) = taken else { continue };
                let other = match way {
                    "email" => contact::by_email(tx, t.account, value).await?,
                    "phone" => contact::by_phone(tx, t.account, value).await?,
                    _ => contact::by_identifier(tx, t.account, value).await?,
                };
                if other.is_some_and(|other| other.id != known.id) {
                    return Err(Error::field(way, Violation::Taken));
                }
            }
            contact::update(tx, t.account, &changed).await?;
            changed
        }
        None => {
            crate::contacts::check_attributes(tx, t.account, &ContactView::default(), &wanted).await?;
            let mut made = wanted;
            made.id = contact::insert(tx, t.account, &made).await?;
            made
        }
    };
    if !labels.is_empty() {
        let all: Vec<_> = kept.labels.iter().chain(labels).copied().collect();
        store::label::put_contact(tx, t.account, &mut kept, &all).await?;
    }
    tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(kept) });
    Ok(())
}
