//! Conversations as API clients list, find, begin and change them. The rules are those of `actions` and `thread`; only words differ here.

use crate::rest_given::{remember, texts};
use crate::rest_world::{Thread, World};
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde_json::{Map, Value, json};
use store::conversation::{self, ListQuery};
use store::platform::{self, Bearer};
use store::{Reader, Tx, contact, inbox};

/// Conversations of one page.
pub const PAGE: i64 = 25;
/// Where counting by a filter ends.
const COUNTED: i64 = 10_000;

/// What a list of conversations asks.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// By status; none for all.
    pub status: Option<StatusKind>,
    /// `me`, `unassigned`, `assigned` or `all`.
    pub assignee: String,
    /// Of this inbox.
    pub inbox: Option<InboxId>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// With all of these labels, by title.
    pub labels: Vec<String>,
    /// With a message in which this stands.
    pub text: String,
    /// In which order.
    pub order: ListOrder,
    /// Which page, from 1.
    pub page: i64,
}

/// A conversation to begin.
#[derive(Clone, Debug, Default)]
pub struct Begin {
    /// With whom; else whoever has the source id.
    pub contact: Option<ContactId>,
    /// Through which inbox.
    pub inbox: Option<InboxId>,
    /// The contact's address there.
    pub source: Option<String>,
    /// Where it stands.
    pub status: Option<Status>,
    /// Who has it.
    pub assignee: Option<UserId>,
    /// Which team has it.
    pub team: Option<TeamId>,
    /// What the client says of it.
    pub additional: Map<String, Value>,
    /// Its own attributes.
    pub custom: Map<String, Value>,
}

fn filter_of(ask: &Ask, labels: &[LabelId], viewer: UserId, assignee: &str) -> Filter {
    let one = |field, op, value: i64| Filter::one(field, op, Some(FilterValue::Number(value)));
    let mut all = Vec::new();
    if let Some(status) = ask.status {
        all.push(one(FilterField::Status, Operator::Equal, status.number()));
    }
    match assignee {
        "me" => all.push(one(FilterField::Assignee, Operator::Equal, viewer.0)),
        "unassigned" => all.push(Filter::one(FilterField::Assignee, Operator::Absent, None)),
        "assigned" => all.push(Filter::one(FilterField::Assignee, Operator::Present, None)),
        _ => {}
    }
    if let Some(inbox) = ask.inbox {
        all.push(one(FilterField::Inbox, Operator::Equal, inbox.0));
    }
    if let Some(team) = ask.team {
        all.push(one(FilterField::Team, Operator::Equal, team.0));
    }
    all.extend(labels.iter().map(|label| one(FilterField::Label, Operator::Equal, label.0)));
    Filter::All(all)
}

async fn counts(c: &Reader, t: &Tenant, ask: &Ask, labels: &[LabelId], now: Timestamp) -> Result<Value> {
    if ask.team.is_none() && ask.labels.is_empty() {
        let all = conversation::tallies(c, t.account, &t.inboxes, t.user).await?.of(ask.status, ask.inbox);
        return Ok(json!({
            "mine_count": all.mine, "assigned_count": all.all - all.unassigned, "unassigned_count": all.unassigned, "all_count": all.all
        }));
    }
    let mut counts = Map::new();
    for (key, assignee) in [("mine_count", "me"), ("assigned_count", "assigned"), ("unassigned_count", "unassigned"), ("all_count", "all")]
    {
        let filter = filter_of(ask, labels, t.user, assignee);
        let found = conversation::matching(c, t.account, &t.inboxes, t.user, &filter, now, COUNTED).await?;
        counts.insert(key.to_owned(), found.len().into());
    }
    Ok(Value::Object(counts))
}

/// The rows of a page of what a filter finds; pages are counted through, as the ecosystem asks by number.
async fn page(c: &Reader, t: &Tenant, filter: &Filter, order: ListOrder, page: i64, now: Timestamp) -> Result<Vec<ConversationId>> {
    let end = page.clamp(1, 400) * PAGE;
    let asked = ListFilter { order, ..ListFilter::default() };
    let query = ListQuery { account: t.account, sight: &t.inboxes, viewer: t.user, filter: asked, below: None, now, limit: end };
    let rows = conversation::filtered(c, &query, filter).await?.rows;
    Ok(rows.into_iter().skip((end - PAGE) as usize).map(|r| r.conversation.id).collect())
}

impl World {
    pub(crate) async fn conversations(&self, c: &impl store::Sql, sight: &store::Sight, ids: &[ConversationId]) -> Result<Vec<Value>> {
        Ok(self.threads(c, sight, ids).await?.iter().map(|thread| self.conversation(thread)).collect())
    }

    pub(crate) async fn thread(&self, c: &impl store::Sql, sight: &store::Sight, id: ConversationId) -> Result<Thread> {
        self.threads(c, sight, &[id]).await?.pop().ok_or_else(Error::missing)
    }
}

impl Service {
    /// A page of conversations with the counts of its tabs.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rest_conversations(&self, scope: &Scope, ask: Ask) -> Result<(Value, Vec<Value>)> {
        let found = if ask.text.trim().is_empty() { None } else { Some(self.search(scope, &ask.text, None).await?) };
        let (service, now) = (self.clone(), self.now());
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let labels = world.labels_of(&ask.labels);
            let counted = counts(c, t, &ask, &labels, now).await?;
            if labels.len() < ask.labels.len() {
                return Ok((counted, Vec::new()));
            }
            let filter = filter_of(&ask, &labels, t.user, &ask.assignee);
            let simple = matches!(ask.assignee.as_str(), "me" | "unassigned" | "all" | "") && labels.len() < 2;
            let ids = if let Some(found) = found {
                let mut ids: Vec<_> = found.messages.iter().map(|hit| hit.conversation).collect();
                ids.dedup();
                let mut seen = std::collections::BTreeSet::new();
                ids.retain(|id| seen.insert(*id));
                ids.into_iter().skip(((ask.page.max(1) - 1) * PAGE) as usize).take(PAGE as usize).collect()
            } else if simple && ask.page <= 1 {
                let tab = match ask.assignee.as_str() {
                    "me" => Tab::Mine,
                    "unassigned" => Tab::Unassigned,
                    _ => Tab::All,
                };
                let filter = ListFilter {
                    tab,
                    status: ask.status,
                    inbox: ask.inbox,
                    team: ask.team,
                    label: labels.first().copied(),
                    order: ask.order,
                };
                let query = ListQuery { account: t.account, sight: &t.inboxes, viewer: t.user, filter, below: None, now, limit: PAGE };
                conversation::list(c, &query).await?.rows.into_iter().map(|r| r.conversation.id).collect()
            } else {
                page(c, t, &filter, ask.order, ask.page, now).await?
            };
            Ok((counted, world.conversations(c, &t.inboxes, &ids).await?))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// A page of what a filter finds, with counts.
    ///
    /// # Errors
    /// `Invalid` for a filter that cannot be asked.
    pub async fn rest_filtered(&self, scope: &Scope, filter: Filter, at: i64) -> Result<(Value, Vec<Value>)> {
        if !filter.is_sound(Entity::Conversation) {
            return Err(Error::field("payload", Violation::Malformed));
        }
        let (service, now) = (self.clone(), self.now());
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let also =
                |field, op, value: Option<i64>| Filter::All(vec![filter.clone(), Filter::one(field, op, value.map(FilterValue::Number))]);
            let mine = also(FilterField::Assignee, Operator::Equal, Some(t.user.0));
            let free = also(FilterField::Assignee, Operator::Absent, None);
            let mut counted = Map::new();
            for (key, filter) in [("mine_count", &mine), ("unassigned_count", &free), ("all_count", &filter)] {
                let found = conversation::matching(c, t.account, &t.inboxes, t.user, filter, now, COUNTED).await?;
                counted.insert(key.to_owned(), found.len().into());
            }
            let ids = page(c, t, &filter, ListOrder::Newest, at, now).await?;
            Ok((Value::Object(counted), world.conversations(c, &t.inboxes, &ids).await?))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// The id of a conversation by the number people see.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_id(&self, scope: &Scope, number: i64) -> Result<ConversationView> {
        let look = async move |c: &Reader, t: &Tenant| {
            Ok(conversation::by_number(c, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?.view)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// One conversation.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_conversation(&self, scope: &Scope, id: ConversationId) -> Result<Value> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            Ok(world.conversation(&world.thread(c, &t.inboxes, id).await?))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// A contact's conversations that the caller may see.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_conversations_of(&self, scope: &Scope, id: ContactId) -> Result<Vec<Value>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            let rows = conversation::of_contact(c, t.account, &t.inboxes, t.user, id).await?;
            let ids: Vec<_> = rows.into_iter().take(20).map(|r| r.conversation.id).collect();
            world.conversations(c, &t.inboxes, &ids).await
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Begins a conversation of a contact in an inbox. An inbox that keeps one conversation per contact answers the last one instead.
    ///
    /// # Errors
    /// `Missing`, `Invalid`; `Conflict` when the source id is somebody else's.
    pub async fn rest_begin(&self, scope: &Scope, draft: Begin) -> Result<ConversationId> {
        let now = self.now();
        let mut extra = draft.additional.clone();
        remember(&mut extra, &draft.custom);
        let additional = Value::Object(extra).to_string();
        if additional.len() > 64 * 1024 || Value::Object(draft.custom.clone()).to_string().len() > 64 * 1024 {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let begin = async move |tx: &mut Tx, t: &Tenant| {
            let address = address_for(tx, t, &draft, now).await?;
            let found = inbox::load(tx, t.account, t.inbox(address.inbox)?).await?.ok_or_else(Error::missing)?;
            if found.kind == "api"
                && found.settings.get("lock_to_single_conversation").is_some_and(|v| v == "true")
                && let Some(last) = conversation::last_of(tx, t.account, address.id).await?
            {
                return Ok(last.view.id);
            }
            let text = |key: &str| draft.additional.get(key).and_then(Value::as_str).map(|s| s.chars().take(2000).collect::<String>());
            let origin = Origin { page: text("referer"), language: text("browser_language"), ..Origin::default() };
            let uuid = uuid::Uuid::new_v4().to_string();
            let mut made = conversation::insert(tx, &address, Status::Open, &origin, &uuid, now).await?;
            let started = made.view.placement();
            if let Some(status) = draft.status {
                made.view.status = status;
            } else if made.blocked {
                made.view.status = Status::Resolved;
            }
            made.view.subject = text("mail_subject").map(|s| s.chars().take(500).collect());
            if let Some(user) = draft.assignee {
                let sees = store::person::sight_to_come(tx, t.account, user).await?.is_some_and(|(_, sight)| sight.contains(address.inbox));
                if !sees {
                    return Err(Error::field("assignee_id", Violation::Malformed));
                }
                made.view.assignee = Some(user);
            }
            if let Some(team) = draft.team {
                if !store::team::all(tx, t.account).await?.iter().any(|known| known.id == team) {
                    return Err(Error::field("team_id", Violation::Malformed));
                }
                made.view.team = Some(team);
            }
            platform::recount(tx, t.account, &started, &made.view.placement()).await?;
            conversation::save(tx, t.account, None, &made, now).await?;
            if !draft.custom.is_empty() {
                conversation::set_attributes(tx, t.account, made.view.id, &texts(&draft.custom)).await?;
            }
            if additional != "{}" {
                platform::set_extra(tx, t.account, Bearer::Conversation, made.view.id.0, &additional).await?;
            }
            Ok(made.view.id)
        };
        self.enter(scope, Permission::Reply)?.write(begin).await
    }

    /// Replaces a conversation's own attributes; defined ones must fit their definitions.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn rest_set_attributes(&self, scope: &Scope, id: ConversationId, given: Map<String, Value>) -> Result<()> {
        let typed = given.clone();
        let given = texts(&given);
        if given.len() > 100 || given.iter().any(|(k, v)| k.is_empty() || k.chars().count() > 60 || v.chars().count() > 5000) {
            return Err(Error::field("custom_attributes", Violation::Malformed));
        }
        let now = self.now();
        let set = async move |tx: &mut Tx, t: &Tenant| {
            let found = t.conversation(tx, id).await?;
            let defined = store::saved::attributes(tx, t.account).await?;
            for (key, value) in &given {
                let definition = defined.iter().find(|a| a.draft.entity == Entity::Conversation && a.draft.key == *key);
                if definition.is_some_and(|a| !a.draft.accepts(value)) {
                    return Err(Error::field(key, Violation::Malformed));
                }
            }
            conversation::set_attributes(tx, t.account, id, &given.into_iter().filter(|(_, v)| !v.is_empty()).collect()).await?;
            let kept = platform::extras(tx, t.account, Bearer::Conversation, &[id.0]).await?.remove(&id.0);
            let mut extra: Map<String, Value> = kept.and_then(|k| serde_json::from_str(&k).ok()).unwrap_or_default();
            remember(&mut extra, &typed);
            platform::set_extra(tx, t.account, Bearer::Conversation, id.0, &Value::Object(extra).to_string()).await?;
            Ok(conversation::save(tx, t.account, Some(found.view.placement()), &found, now).await?)
        };
        self.enter(scope, Permission::Triage)?.write(set).await
    }

    /// Replaces a conversation's labels, by title; unknown titles are made where the caller may, else left out.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn rest_set_labels(&self, scope: &Scope, id: ConversationId, titles: &[String]) -> Result<Vec<String>> {
        let wanted = self.rest_labels(scope, titles).await?;
        let current = {
            let look = async move |c: &Reader, t: &Tenant| {
                Ok(conversation::load(c, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?.view.labels)
            };
            self.enter(scope, Permission::Read)?.read(look).await?
        };
        let gone: Vec<_> = current.iter().filter(|l| !wanted.contains(l)).copied().collect();
        let come: Vec<_> = wanted.iter().filter(|l| !current.contains(l)).copied().collect();
        let mut actions = Vec::new();
        if !gone.is_empty() {
            actions.push(Action::RemoveLabels(gone));
        }
        if !come.is_empty() {
            actions.push(Action::AddLabels(come));
        }
        if !actions.is_empty() {
            self.act(scope, id, actions).await?;
        }
        self.rest_titles(scope, wanted).await
    }

    /// The labels of these titles; unknown ones are made where the caller may configure, else left out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rest_labels(&self, scope: &Scope, titles: &[String]) -> Result<Vec<LabelId>> {
        let look = async move |c: &Reader, t: &Tenant| Ok(store::label::all(c, t.account).await?);
        let known: Vec<LabelView> = self.enter(scope, Permission::Read)?.read(look).await?;
        let mut wanted = Vec::new();
        for title in titles.iter().take(50) {
            let draft = LabelDraft { title: title.clone(), colour: "#1f93ff".to_owned(), description: String::new(), sidebar: true };
            let Some(clean) = draft.clean_title() else { continue };
            match known.iter().find(|l| l.title == clean) {
                Some(label) => wanted.push(label.id),
                None if scope.role().may(Permission::ManageDesk) => wanted.push(self.save_label(scope, None, draft).await?.id),
                None => {}
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        Ok(wanted)
    }

    /// The titles of these labels.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rest_titles(&self, scope: &Scope, labels: Vec<LabelId>) -> Result<Vec<String>> {
        let look = async move |c: &Reader, t: &Tenant| {
            let all = store::label::all(c, t.account).await?;
            Ok(all.into_iter().filter(|l| labels.contains(&l.id)).map(|l| l.title).collect())
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }
}

/// The address a new conversation belongs to: the one of the source id, else the contact's own in that inbox, else a new one.
async fn address_for(tx: &Tx, t: &Tenant, draft: &Begin, now: Timestamp) -> Result<contact::ContactInbox> {
    if let (Some(source), Some(inbox)) = (draft.source.as_deref().filter(|s| !s.is_empty()), draft.inbox) {
        t.inbox(inbox)?;
        if let Some(known) = contact::address(tx, t.account, inbox, source).await? {
            return match draft.contact {
                Some(contact) if known.contact != contact => Err(Error::Fault(FaultCode::Conflict)),
                _ => Ok(known),
            };
        }
    }
    let contact = draft.contact.ok_or_else(|| Error::field("contact_id", Violation::Required))?;
    let inbox = draft.inbox.ok_or_else(|| Error::field("inbox_id", Violation::Required))?;
    crate::rest_contacts::connect(tx, t, contact, inbox, draft.source.as_deref(), now).await
}
