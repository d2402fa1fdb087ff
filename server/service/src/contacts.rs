//! Contacts, as agents look them up and correct them.

use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::{Audience, Reader, Tx, contact, conversation};

impl Service {
    /// Contacts whose words contain the search, newest first, 25 a page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn contacts(&self, scope: &Scope, search: &str, after: Option<ContactId>) -> Result<Page<ContactView>> {
        let search = search.chars().take(200).collect::<String>();
        let list = async move |c: &Reader, t: &Tenant| Ok(contact::list(c, t.account, &search, after, 25).await?);
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
        let name = draft.name.map(|n| n.trim().chars().filter(|c| !c.is_control()).take(100).collect::<String>());
        let email = draft.email.map(|e| if e.trim().is_empty() { Ok(None) } else { crate::session::email(&e).map(Some) }).transpose()?;
        let phone = draft.phone.map(|p| if p.trim().is_empty() { Ok(None) } else { phone(&p).map(Some) }).transpose()?;
        let now = self.now();
        let change = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = contact::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            found.name = name.unwrap_or(found.name);
            found.email = email.unwrap_or(found.email);
            found.phone = phone.unwrap_or(found.phone);
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
            contact::update(tx, t.account, &found).await?;
            tx.note(t.account, now, Audience::everybody(), Change::Contact { contact: Box::new(found.clone()) });
            Ok(found)
        };
        self.enter(scope, Permission::EditContacts)?.write(change).await
    }
}

/// An international number as E.164 (ITU-T E.164: `+` and at most fifteen digits); people's spaces, dots, dashes and brackets are dropped.
pub(crate) fn phone(text: &str) -> Result<String> {
    let kept: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')' | '/')).collect();
    let digits = kept.strip_prefix('+').unwrap_or_default();
    if (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') {
        Ok(kept)
    } else {
        Err(Error::field("phone", Violation::Malformed))
    }
}

#[cfg(test)]
mod tests {
    use super::phone;

    #[test]
    fn numbers_are_kept_as_e164() {
        assert_eq!(phone("+55 (11) 91234-5678").unwrap(), "+5511912345678");
        for bad in ["11 91234-5678", "+", "+55abc", "+0551191234", "+12345678901234567"] {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }
}
