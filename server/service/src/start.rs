//! Starting a conversation: finding or making the client, which inboxes reach them, and the empty thread, once however often it is asked.

use crate::contacts::details;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::contact::{self, ContactInbox};
use store::inbox::Inbox;
use store::{Audience, Reader, Sql, Tx, conversation, inbox};

/// Why this inbox cannot reach the contact; none when it can. Capabilities decide, never the kind.
fn hindrance(inbox: &Inbox, can: &Capabilities, contact: &ContactView, known: bool) -> Option<Unreachable> {
    if !inbox.state.is_connected() {
        return Some(Unreachable::Disconnected);
    }
    let more = &can.more;
    match more.reach {
        _ if known => None,
        Reach::Phone if more.starts => contact.phone.is_none().then_some(Unreachable::NeedsPhone),
        Reach::Email if more.starts => contact.email.is_none().then_some(Unreachable::NeedsEmail),
        Reach::Existing | Reach::Phone | Reach::Email => Some(Unreachable::WritesFirst),
    }
}

async fn reach(c: &impl Sql, t: &Tenant, contact: &ContactView) -> Result<(ReachView, Vec<ContactInbox>)> {
    let addresses = contact::addresses_of(c, t.account, contact.id).await?;
    let last = contact::last_inbox(c, t.account, contact.id).await?;
    let mut view = ReachView::default();
    let inboxes = inbox::all(c, t.account).await?;
    let mine: Vec<_> = inboxes.iter().filter(|i| t.inboxes.contains(i.id)).collect();
    if mine.is_empty() {
        view.why_not.push(Unreachable::NoInbox);
    }
    if contact.blocked {
        view.why_not.push(Unreachable::Blocked);
        return Ok((view, addresses));
    }
    for inbox in mine {
        let known = addresses.iter().any(|a| a.inbox == inbox.id);
        match hindrance(inbox, &crate::inboxes::view_of(inbox).capabilities, contact, known) {
            None => view.inboxes.push(inbox.id),
            Some(why) if !view.why_not.contains(&why) => view.why_not.push(why),
            Some(_) => {}
        }
    }
    view.inboxes.sort_by_key(|id| (Some(*id) != last, *id));
    view.why_not.sort_unstable();
    Ok((view, addresses))
}

/// The id a channel knows a person by who has not written to it: the digits of the number, or the address.
fn source_of(can: &Capabilities, contact: &ContactView) -> Option<String> {
    match can.more.reach {
        Reach::Phone => contact.phone.as_ref().map(|p| p.trim_start_matches('+').to_owned()),
        Reach::Email => contact.email.clone(),
        Reach::Existing => None,
    }
}

impl Service {
    /// Contacts for the client selector: at most 20, the lately active first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_clients(&self, scope: &Scope, search: &str) -> Result<Vec<ContactView>> {
        let query = contact::ListQuery {
            account: scope.account(),
            search: search.chars().take(200).collect(),
            filter: Filter::everything(),
            order: ContactOrder::Active,
            after: None,
            limit: 20,
            now: self.now(),
        };
        let look = async move |c: &Reader, _: &Tenant| Ok(contact::list(c, &query).await?.rows);
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Makes a contact, who can be reached in at least one way; one with the same e-mail, phone or identifier is answered instead.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn create_contact(&self, scope: &Scope, draft: ContactDraft) -> Result<MadeContact> {
        let now = self.now();
        let labels = draft.labels.clone().unwrap_or_default();
        let wanted = details(ContactView { created_at: now, ..ContactView::default() }, draft)?;
        if wanted.email.is_none() && wanted.phone.is_none() && wanted.identifier.is_none() {
            return Err(Error::Invalid(vec![("phone".to_owned(), Violation::Required), ("email".to_owned(), Violation::Required)]));
        }
        let make = async move |tx: &mut Tx, t: &Tenant| {
            if let Some(known) = same_person(tx, t.account, &wanted).await? {
                return Ok(MadeContact { contact: known, existed: true });
            }
            crate::contacts::check_attributes(tx, t.account, &ContactView::default(), &wanted).await?;
            let mut contact = wanted;
            contact.id = contact::insert(tx, t.account, &contact).await?;
            store::label::put_contact(tx, t.account, &mut contact, &labels).await?;
            tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(contact.clone()) });
            Ok(MadeContact { contact, existed: false })
        };
        self.enter(scope, Permission::EditContacts)?.write(make).await
    }

    /// Through which of the caller's inboxes a contact can be written to, and why not through the others.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn reach(&self, scope: &Scope, id: ContactId) -> Result<ReachView> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            Ok(reach(c, t, &found).await?.0)
        };
        self.enter(scope, Permission::Reply)?.read(look).await
    }

    /// Begins a conversation with a contact through an inbox. One key begins one, and an empty one of the caller's there is taken up again.
    ///
    /// # Errors
    /// `Missing`; `NotOnThisChannel` where the inbox cannot reach them.
    pub async fn start_conversation(&self, scope: &Scope, id: ContactId, inbox: InboxId, key: ClientKey) -> Result<ConversationView> {
        let now = self.now();
        let start = async move |tx: &mut Tx, t: &Tenant| {
            let key = format!("{} {key}", t.user);
            contact::lock(tx, t.account, id).await?;
            if let Some(known) = conversation::by_start_key(tx, t.account, &key).await? {
                return Ok(known.view);
            }
            let found = contact::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let inbox = inbox::load(tx, t.account, t.inbox(inbox)?).await?.ok_or_else(Error::missing)?;
            let (view, addresses) = reach(tx, t, &found).await?;
            if !view.inboxes.contains(&inbox.id) {
                return Err(Error::Fault(FaultCode::NotOnThisChannel));
            }
            let address = match addresses.into_iter().rfind(|a| a.inbox == inbox.id) {
                Some(address) => address,
                None => {
                    let can = crate::inboxes::view_of(&inbox).capabilities;
                    let source = source_of(&can, &found).ok_or(Error::Fault(FaultCode::NotOnThisChannel))?;
                    match contact::address(tx, t.account, inbox.id, &source).await? {
                        // Somebody else's by now: the numbers of two contacts are one line.
                        Some(known) if known.contact != found.id => return Err(Error::Fault(FaultCode::Conflict)),
                        Some(known) => known,
                        None => contact::add_address(tx, t.account, inbox.id, found.id, &source, now).await?,
                    }
                }
            };
            if let Some(last) = conversation::last_of(tx, t.account, address.id).await?
                && last.view.starter == Some(t.user)
            {
                return Ok(last.view);
            }
            let uuid = uuid::Uuid::new_v4().to_string();
            Ok(conversation::begin(tx, &address, t.user, &key, &uuid, now).await?.view)
        };
        self.enter(scope, Permission::Reply)?.write(start).await
    }
}

/// The contact that has one of these ways already.
pub(crate) async fn same_person(c: &impl Sql, account: AccountId, wanted: &ContactView) -> Result<Option<ContactView>> {
    if let Some(identifier) = &wanted.identifier
        && let Some(found) = contact::by_identifier(c, account, identifier).await?
    {
        return Ok(Some(found));
    }
    if let Some(email) = &wanted.email
        && let Some(found) = contact::by_email(c, account, email).await?
    {
        return Ok(Some(found));
    }
    match &wanted.phone {
        Some(phone) => Ok(contact::by_phone(c, account, phone).await?),
        None => Ok(None),
    }
}
