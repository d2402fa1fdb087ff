//! Contacts as API clients list, find, make and change them. The rules are those of `contacts` and `start`; only words differ here.

use crate::rest_given::{remember, texts};
use crate::rest_shape::ADDITIONAL;
use crate::rest_world::World;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde_json::{Map, Value, json};
use store::contact::{self, ContactInbox, ListQuery};
use store::platform::{self, Bearer};
use store::{Reader, Sql, Tx, inbox};

/// Contacts of one page.
const PAGE: i64 = 15;
/// Where counting by a search or filter ends.
const COUNTED: i64 = 10_000;

/// A contact as a client writes it; absent parts stay.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Name, e-mail, phone and identifier.
    pub draft: ContactDraft,
    /// Whether their messages open nothing.
    pub blocked: Option<bool>,
    /// City, country, company and whatever else the client keeps.
    pub additional: Map<String, Value>,
    /// Attributes; null removes one.
    pub custom: Map<String, Value>,
}

impl Person {
    fn draft(&self) -> ContactDraft {
        let mut draft = self.draft.clone();
        draft.attributes.extend(texts(&self.custom));
        for (theirs, ours) in ADDITIONAL {
            if let Some(text) = self.additional.get(theirs).and_then(Value::as_str) {
                draft.attributes.insert(ours.to_owned(), text.chars().take(1000).collect());
            }
        }
        draft
    }

    fn rest(&self) -> Map<String, Value> {
        self.additional
            .iter()
            .filter(|(k, _)| !ADDITIONAL.iter().any(|(theirs, _)| theirs == k))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    }
}

/// Gives a contact an address in an inbox: the source id given, else what the channel reaches people by, else a random one.
pub(crate) async fn connect(
    tx: &Tx,
    t: &Tenant,
    contact: ContactId,
    inbox: InboxId,
    source: Option<&str>,
    now: Timestamp,
) -> Result<ContactInbox> {
    let found = contact::load(tx, t.account, contact).await?.ok_or_else(Error::missing)?;
    let place = inbox::load(tx, t.account, t.inbox(inbox)?).await?.ok_or_else(Error::missing)?;
    let source = source.map(str::trim).filter(|s| !s.is_empty());
    if source.is_some_and(|s| s.chars().count() > 500 || s.chars().any(char::is_control)) {
        return Err(Error::field("source_id", Violation::Malformed));
    }
    if source.is_none() {
        let known = contact::addresses_of(tx, t.account, contact).await?.into_iter().rfind(|a| a.inbox == inbox);
        if let Some(known) = known {
            return Ok(known);
        }
    }
    let source = match (source, crate::inboxes::view_of(&place).capabilities.more.reach) {
        (Some(source), _) => source.to_owned(),
        (None, Reach::Phone) => found
            .phone
            .as_ref()
            .map(|p| p.trim_start_matches('+').to_owned())
            .ok_or_else(|| Error::field("phone_number", Violation::Required))?,
        (None, Reach::Email) => found.email.clone().ok_or_else(|| Error::field("email", Violation::Required))?,
        (None, Reach::Existing) if matches!(place.kind.as_str(), "api" | "website") => uuid::Uuid::new_v4().to_string(),
        (None, Reach::Existing) => return Err(Error::field("source_id", Violation::Required)),
    };
    match contact::address(tx, t.account, inbox, &source).await? {
        Some(known) if known.contact != contact => Err(Error::Fault(FaultCode::Conflict)),
        Some(known) => Ok(known),
        None => Ok(contact::add_address(tx, t.account, inbox, contact, &source, now).await?),
    }
}

impl World {
    async fn contacts(&self, c: &impl Sql, t: &Tenant, rows: Vec<ContactView>, addresses: bool) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(rows.len());
        for who in self.who(c, rows).await? {
            let known = contact::addresses_of(c, t.account, who.contact.id).await?;
            let seen: Vec<_> = known.into_iter().filter(|a| t.inboxes.contains(a.inbox)).map(|a| (a.source, a.inbox)).collect();
            values.push(self.contact(&who, addresses.then_some(seen.as_slice())));
        }
        Ok(values)
    }
}

impl Service {
    /// A page of contacts, and how many there are.
    ///
    /// # Errors
    /// `Invalid` for a filter that cannot be asked.
    pub async fn rest_contacts(
        &self,
        scope: &Scope,
        search: &str,
        filter: Filter,
        order: ContactOrder,
        page: i64,
    ) -> Result<(i64, Vec<Value>)> {
        if !filter.is_sound(Entity::Contact) {
            return Err(Error::field("payload", Violation::Malformed));
        }
        let (service, now) = (self.clone(), self.now());
        let search: String = search.chars().take(200).collect();
        let look = async move |c: &Reader, t: &Tenant| {
            let world = World::load(&service, c, t.account).await?;
            let end = page.clamp(1, 1000) * PAGE;
            let bare = search.trim().is_empty() && filter == Filter::everything();
            let limit = if bare { end } else { COUNTED.max(end) };
            let mut rows = contact::list(c, &ListQuery { account: t.account, search, filter, order, after: None, limit, now }).await?.rows;
            let count = if bare { platform::contacts(c, t.account).await? } else { rows.len() as i64 };
            rows = rows.into_iter().skip((end - PAGE) as usize).take(PAGE as usize).collect();
            Ok((count, world.contacts(c, t, rows, true).await?))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// One contact.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_contact(&self, scope: &Scope, id: ContactId) -> Result<Value> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let found = contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            world.contacts(c, t, vec![found], true).await?.pop().ok_or_else(Error::missing)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Makes a contact, with an address in an inbox where one is named; answers both. Unlike in the interface a contact may have no way to be
    /// reached, for its address is the way; one whose e-mail, phone or identifier is known is refused.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn rest_create_contact(
        &self,
        scope: &Scope,
        person: Person,
        place: Option<(InboxId, Option<String>)>,
    ) -> Result<(Value, Option<Value>)> {
        let now = self.now();
        let service = self.clone();
        let mut extra = person.rest();
        remember(&mut extra, &person.custom);
        let extra = Value::Object(extra).to_string();
        if extra.len() > 64 * 1024 {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let blank = ContactView { created_at: now, ..ContactView::default() };
        let wanted = ContactView { blocked: person.blocked.unwrap_or(false), ..crate::contacts::details(blank, person.draft())? };
        let make = async move |tx: &mut Tx, t: &Tenant| {
            for (field, taken) in [
                (
                    "email",
                    match &wanted.email {
                        Some(v) => contact::by_email(tx, t.account, v).await?.is_some(),
                        None => false,
                    },
                ),
                (
                    "phone_number",
                    match &wanted.phone {
                        Some(v) => contact::by_phone(tx, t.account, v).await?.is_some(),
                        None => false,
                    },
                ),
                (
                    "identifier",
                    match &wanted.identifier {
                        Some(v) => contact::by_identifier(tx, t.account, v).await?.is_some(),
                        None => false,
                    },
                ),
            ] {
                if taken {
                    return Err(Error::field(field, Violation::Taken));
                }
            }
            crate::contacts::check_attributes(tx, t.account, &ContactView::default(), &wanted).await?;
            let mut made = wanted;
            made.id = contact::insert(tx, t.account, &made).await?;
            if extra != "{}" {
                platform::set_extra(tx, t.account, Bearer::Contact, made.id.0, &extra).await?;
            }
            let address = match place {
                Some((inbox, source)) => Some(connect(tx, t, made.id, inbox, source.as_deref(), now).await?),
                None => None,
            };
            let change = Change::Contact { contact: Box::new(made.clone()) };
            tx.note(t.account, now, store::Audience::everybody(), change);
            let world = World::load(&service, tx, t.account).await?;
            let value = world.contacts(tx, t, vec![made], true).await?.pop().ok_or_else(Error::missing)?;
            let address = address.and_then(|a| {
                let inbox = world.inboxes.get(&a.inbox)?;
                Some(json!({ "inbox": world.inbox(inbox, false), "inbox_id": a.inbox, "source_id": a.source }))
            });
            Ok((value, address))
        };
        self.enter(scope, Permission::EditContacts)?.write(make).await
    }

    /// Changes a contact; absent parts stay.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn rest_update_contact(&self, scope: &Scope, id: ContactId, person: Person) -> Result<Value> {
        self.update_contact(scope, id, person.draft()).await?;
        if let Some(on) = person.blocked {
            self.block_contact(scope, id, on).await?;
        }
        let (more, custom) = (person.rest(), person.custom.clone());
        if !more.is_empty() || !custom.is_empty() {
            let attach = async move |tx: &mut Tx, t: &Tenant| {
                let known = platform::extras(tx, t.account, Bearer::Contact, &[id.0]).await?.remove(&id.0);
                let mut kept: Map<String, Value> = known.and_then(|k| serde_json::from_str(&k).ok()).unwrap_or_default();
                kept.extend(more);
                remember(&mut kept, &custom);
                let text = Value::Object(kept).to_string();
                if text.len() > 64 * 1024 {
                    return Err(Error::Fault(FaultCode::TooLarge));
                }
                Ok(platform::set_extra(tx, t.account, Bearer::Contact, id.0, &text).await?)
            };
            self.enter(scope, Permission::EditContacts)?.write(attach).await?;
        }
        self.rest_contact(scope, id).await
    }

    /// Gives a contact an address in an inbox.
    ///
    /// # Errors
    /// `Missing`, `Invalid`; `Conflict` when the source id is somebody else's.
    pub async fn rest_connect(&self, scope: &Scope, id: ContactId, inbox: InboxId, source: Option<String>) -> Result<Value> {
        let (service, now) = (self.clone(), self.now());
        let add = async move |tx: &mut Tx, t: &Tenant| {
            let address = connect(tx, t, id, inbox, source.as_deref(), now).await?;
            let world = World::load(&service, tx, t.account).await?;
            let inbox = world.inboxes.get(&address.inbox).ok_or_else(Error::missing)?;
            Ok(json!({ "source_id": address.source, "inbox": crate::rest_shape::bare(world.inbox_brief(inbox)) }))
        };
        self.enter(scope, Permission::EditContacts)?.write(add).await
    }

    /// Through which inboxes a contact can be written to, with the address each would use.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_contactable(&self, scope: &Scope, id: ContactId) -> Result<Vec<Value>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let found = contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            let known = contact::addresses_of(c, t.account, id).await?;
            let mut all = Vec::new();
            for inbox in world.inboxes.values().filter(|i| t.inboxes.contains(i.id)) {
                let address = known.iter().rfind(|a| a.inbox == inbox.id).map(|a| a.source.clone());
                let source = match (address, crate::inboxes::view_of(inbox).capabilities.more.reach) {
                    (Some(source), _) => Some(source),
                    (None, Reach::Phone) => found.phone.as_ref().map(|p| p.trim_start_matches('+').to_owned()),
                    (None, Reach::Email) => found.email.clone(),
                    (None, Reach::Existing) if inbox.kind == "api" => Some(uuid::Uuid::new_v4().to_string()),
                    (None, Reach::Existing) => None,
                };
                if let Some(source) = source {
                    all.push(json!({ "source_id": source, "inbox": world.inbox_brief(inbox) }));
                }
            }
            Ok(all)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// A contact's labels by title.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_contact_labels(&self, scope: &Scope, id: ContactId) -> Result<Vec<String>> {
        let labels = self.contact(scope, id).await?.0.labels;
        self.rest_titles(scope, labels).await
    }
}
