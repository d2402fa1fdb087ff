//! Contacts, as agents look them up, correct, merge and erase them. Making one stands in `start`, many from a file in `operations`.

use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::{Audience, Reader, Sql, Tx, contact, conversation, message, saved};

/// A contact with the changes of a draft that need no look into the store.
pub(crate) fn details(mut found: ContactView, draft: ContactDraft) -> Result<ContactView> {
    let some = |text: String| if text.trim().is_empty() { None } else { Some(text) };
    if let Some(name) = draft.name {
        found.name = name.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    }
    if let Some(email) = draft.email {
        found.email = some(email).map(|e| crate::session::email(&e)).transpose()?;
    }
    if let Some(given) = draft.phone {
        found.phone = some(given).map(|p| phone(&p)).transpose()?;
    }
    if let Some(identifier) = draft.identifier {
        found.identifier = some(identifier).map(|i| i.trim().chars().filter(|c| !c.is_control()).take(200).collect());
    }
    for (key, value) in draft.attributes {
        if key.is_empty() || key.chars().count() > 60 || value.chars().count() > 1000 {
            return Err(Error::field(&key, Violation::Malformed));
        }
        if value.is_empty() {
            found.attributes.remove(&key);
        } else {
            found.attributes.insert(key, value.chars().filter(|c| !c.is_control()).collect());
        }
    }
    if found.attributes.len() > 100 {
        return Err(Error::Fault(FaultCode::TooLarge));
    }
    Ok(found)
}

/// Refuses values that do not fit their definitions; attributes without one are free texts.
pub(crate) async fn check_attributes(c: &impl Sql, account: AccountId, before: &ContactView, after: &ContactView) -> Result<()> {
    let changed: Vec<_> = after.attributes.iter().filter(|(key, value)| before.attributes.get(*key) != Some(value)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    for defined in saved::attributes(c, account).await?.iter().filter(|a| a.draft.entity == Entity::Contact) {
        if changed.iter().any(|(key, value)| **key == defined.draft.key && !defined.draft.accepts(value)) {
            return Err(Error::field(&defined.draft.key, Violation::Malformed));
        }
    }
    Ok(())
}

impl Service {
    /// Contacts whose words contain the search and for whom the filter holds, 25 a page.
    ///
    /// # Errors
    /// `Invalid` for a filter that cannot be asked.
    pub async fn contacts(
        &self,
        scope: &Scope,
        search: &str,
        filter: Filter,
        order: ContactOrder,
        after: Option<ContactId>,
    ) -> Result<Page<ContactView>> {
        if !filter.is_sound(Entity::Contact) {
            return Err(Error::field("filter", Violation::Malformed));
        }
        let search = search.chars().take(200).collect();
        let query = contact::ListQuery { account: scope.account(), search, filter, order, after, limit: 25, now: self.now() };
        let list = async move |c: &Reader, _: &Tenant| Ok(contact::list(c, &query).await?);
        self.enter(scope, Permission::Read)?.read(list).await
    }

    /// One contact with the conversations the caller may see.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn contact(&self, scope: &Scope, id: ContactId) -> Result<(ContactView, Vec<ListRow>)> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            Ok((found, conversation::of_contact(c, t.account, &t.inboxes, t.user, id).await?))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Changes a contact's details.
    ///
    /// # Errors
    /// `Missing`, `Invalid` (an e-mail or phone of another contact is `Taken`).
    pub async fn update_contact(&self, scope: &Scope, id: ContactId, draft: ContactDraft) -> Result<ContactView> {
        let now = self.now();
        let change = async move |tx: &mut Tx, t: &Tenant| {
            let before = contact::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let labels = draft.labels.clone();
            let mut found = details(before.clone(), draft)?;
            check_attributes(tx, t.account, &before, &found).await?;
            if let Some(email) = &found.email
                && contact::email_taken(tx, t.account, email, id).await?
            {
                return Err(Error::field("email", Violation::Taken));
            }
            if let Some(phone) = &found.phone
                && contact::phone_taken(tx, t.account, phone, id).await?
            {
                return Err(Error::field("phone", Violation::Taken));
            }
            if let Some(identifier) = &found.identifier
                && contact::by_identifier(tx, t.account, identifier).await?.is_some_and(|other| other.id != id)
            {
                return Err(Error::field("identifier", Violation::Taken));
            }
            contact::update(tx, t.account, &found).await?;
            if let Some(labels) = labels {
                store::label::put_contact(tx, t.account, &mut found, &labels).await?;
            }
            tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(found.clone()) });
            Ok(found)
        };
        self.enter(scope, Permission::EditContacts)?.write(change).await
    }

    /// Blocks a contact, or no longer: a blocked one's messages open nothing and announce nothing.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn block_contact(&self, scope: &Scope, id: ContactId, on: bool) -> Result<ContactView> {
        let now = self.now();
        let block = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = contact::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            found.blocked = on;
            contact::update(tx, t.account, &found).await?;
            tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(found.clone()) });
            Ok(found)
        };
        self.enter(scope, Permission::EditContacts)?.write(block).await
    }

    /// The lines kept about a contact, newest first.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn contact_notes(&self, scope: &Scope, id: ContactId) -> Result<Vec<ContactNoteView>> {
        let look = async move |c: &Reader, t: &Tenant| {
            contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            Ok(contact::notes(c, t.account, id).await?)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Keeps a line about a contact.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn add_contact_note(&self, scope: &Scope, id: ContactId, text: &str) -> Result<ContactNoteView> {
        let text = text.replace('\0', "").trim().to_owned();
        if text.is_empty() {
            return Err(Error::field("text", Violation::Required));
        }
        if text.chars().count() > 10_000 {
            return Err(Error::field("text", Violation::TooLong(10_000)));
        }
        let now = self.now();
        let add = async move |tx: &mut Tx, t: &Tenant| {
            contact::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let note = contact::add_note(tx, t.account, id, t.user, &text, now).await?;
            Ok(ContactNoteView { id: note, author: t.user, text, at: now })
        };
        self.enter(scope, Permission::EditContacts)?.write(add).await
    }

    /// Removes a line about a contact.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn delete_contact_note(&self, scope: &Scope, id: ContactId, note: NoteId) -> Result<()> {
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            if contact::delete_note(tx, t.account, id, note).await? { Ok(()) } else { Err(Error::missing()) }
        };
        self.enter(scope, Permission::EditContacts)?.write(delete).await
    }

    /// What merging one contact into another would leave.
    ///
    /// # Errors
    /// `Missing`; `Invalid` when they are one.
    pub async fn preview_merge(&self, scope: &Scope, from: ContactId, into: ContactId) -> Result<MergePreview> {
        let look = async move |c: &Reader, t: &Tenant| merged(c, t.account, from, into).await;
        self.enter(scope, Permission::EditContacts)?.read(look).await
    }

    /// Merges one contact into another: what the second lacks it gets, conversations, notes and addresses move, the first is gone.
    ///
    /// # Errors
    /// `Missing`; `Invalid` when they are one.
    pub async fn merge_contacts(&self, scope: &Scope, from: ContactId, into: ContactId) -> Result<ContactView> {
        let now = self.now();
        let merge = async move |tx: &mut Tx, t: &Tenant| {
            let mut result = merged(tx, t.account, from, into).await?.result;
            let moved = contact::merge(tx, t.account, from, &mut result).await?;
            tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(result.clone()) });
            for id in moved {
                let found = conversation::load(tx, t.account, &store::Sight::everything(), id).await?.ok_or_else(Error::missing)?;
                conversation::save(tx, t.account, Some(found.view.placement()), &found, now).await?;
                let theirs = message::ids_of(tx, t.account, id, Some(into)).await?;
                message::tell_again(tx, t.account, &found, &theirs, now).await?;
            }
            tx.note(t.account, now, Audience::everybody(), Change::ContactGone { contact: from });
            Ok(result)
        };
        self.enter(scope, Permission::EditContacts)?.write(merge).await
    }

    /// Erases a contact with all their conversations, files and the journal's memory of them (LGPD, article 18).
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn erase_contact(&self, scope: &Scope, id: ContactId) -> Result<()> {
        let now = self.now();
        let erase = async move |tx: &mut Tx, t: &Tenant| {
            contact::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let mut paths = Vec::new();
            let conversations = contact::conversations_of(tx, t.account, id).await?;
            for conversation in &conversations {
                let found = t.conversation(tx, *conversation).await?;
                paths.extend(conversation::delete(tx, t.account, &found, now).await?);
            }
            contact::erase(tx, t.account, id).await?;
            store::webhook::forget(tx, t.account, id).await?;
            store::scrub::ask(tx, now).await?;
            store::journal::forget(tx, t.account, id, &conversations).await?;
            tx.note(t.account, now, Audience::everybody(), Change::ContactGone { contact: id });
            Ok(paths)
        };
        let paths = self.enter(scope, Permission::Delete)?.write(erase).await?;
        self.remove_files(paths).await;
        Ok(())
    }

    /// All that is kept of one person, as JSON for them to read: details, notes, conversations with messages and file names (LGPD, article 18).
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn export_contact(&self, scope: &Scope, id: ContactId) -> Result<String> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = contact::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let notes = contact::notes(c, t.account, id).await?;
            let mut conversations = Vec::new();
            for id in contact::conversations_of(c, t.account, id).await? {
                let Some(thread) = conversation::load(c, t.account, &t.inboxes, id).await? else { continue };
                let mut messages = Vec::new();
                let mut after = MessageId(0);
                loop {
                    let page = message::window(c, t.account, id, ThreadWindow::After(after), 500, message::Reader::Agent).await?;
                    let Some(last) = page.rows.last() else { break };
                    after = last.id;
                    let more = page.more;
                    messages.extend(page.rows);
                    if !more {
                        break;
                    }
                }
                conversations.push(serde_json::json!({ "conversation": thread.view, "messages": messages }));
            }
            let whole = serde_json::json!({ "contact": found, "notes": notes, "conversations": conversations });
            serde_json::to_string_pretty(&whole).map_err(|error| Error::Unexpected(error.to_string()))
        };
        self.enter(scope, Permission::Delete)?.read(look).await
    }

    /// The contacts a search and filter find as CSV (RFC 4180), a page of 500 rows at a time; the first carries the heading.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`.
    pub async fn export_contacts(&self, scope: &Scope, search: &str, filter: Filter, after: Option<ContactId>) -> Result<ExportPage> {
        if !filter.is_sound(Entity::Contact) {
            return Err(Error::field("filter", Violation::Malformed));
        }
        let search = search.chars().take(200).collect();
        let query = contact::ListQuery {
            account: scope.account(),
            search,
            filter,
            order: ContactOrder::Newest,
            after,
            limit: 500,
            now: self.now(),
        };
        let first = after.is_none();
        let look = async move |c: &Reader, _: &Tenant| {
            let page = contact::list(c, &query).await?;
            let mut text =
                if first { "id,name,email,phone,identifier,company,city,blocked,created_at\r\n".to_owned() } else { String::new() };
            for k in &page.rows {
                let attribute = |key: &str| k.attributes.get(key).map_or("", String::as_str);
                let (id, blocked, created) = (k.id.to_string(), k.blocked.to_string(), k.created_at.0.to_string());
                let cells = [
                    id.as_str(),
                    &k.name,
                    k.email.as_deref().unwrap_or_default(),
                    k.phone.as_deref().unwrap_or_default(),
                    k.identifier.as_deref().unwrap_or_default(),
                    attribute("company"),
                    attribute("city"),
                    &blocked,
                    &created,
                ];
                let line: Vec<_> = cells.iter().map(|cell| crate::csv::cell(cell)).collect();
                text.push_str(&line.join(","));
                text.push_str("\r\n");
            }
            Ok(ExportPage { text, next: page.more.then(|| page.rows.last().map(|k| k.id)).flatten() })
        };
        self.enter(scope, Permission::Delete)?.read(look).await
    }
}

/// One contact with what it lacks taken from another, and what of the other finds no place.
async fn merged(c: &impl Sql, account: AccountId, from: ContactId, into: ContactId) -> Result<MergePreview> {
    if from == into {
        return Err(Error::field("into", Violation::Malformed));
    }
    let gone = contact::load(c, account, from).await?.ok_or_else(Error::missing)?;
    let mut result = contact::load(c, account, into).await?.ok_or_else(Error::missing)?;
    let mut lost = Vec::new();
    let fields = [
        ("email", &mut result.email, gone.email),
        ("phone", &mut result.phone, gone.phone),
        ("identifier", &mut result.identifier, gone.identifier),
    ];
    for (field, here, there) in fields {
        match (here.as_ref(), there) {
            (None, there) => *here = there,
            (Some(kept), Some(there)) if *kept != there => lost.push((field.to_owned(), there)),
            _ => {}
        }
    }
    if result.name.is_empty() {
        result.name = gone.name;
    } else if !gone.name.is_empty() && gone.name != result.name {
        lost.push(("name".to_owned(), gone.name));
    }
    for (key, value) in gone.attributes {
        match result.attributes.get(&key) {
            None => drop(result.attributes.insert(key, value)),
            Some(kept) if *kept != value => lost.push((key, value)),
            Some(_) => {}
        }
    }
    result.labels.extend(gone.labels);
    result.labels.sort_unstable();
    result.labels.dedup();
    result.verified |= gone.verified && result.identifier.is_some();
    result.last_activity_at = result.last_activity_at.max(gone.last_activity_at);
    result.created_at = result.created_at.min(gone.created_at);
    let conversations = contact::conversations_of(c, account, from).await?.len() as i64;
    Ok(MergePreview { result, conversations, lost })
}

/// An international number as E.164.
pub(crate) fn phone(text: &str) -> Result<String> {
    e164(text).ok_or_else(|| Error::field("phone", Violation::Malformed))
}
