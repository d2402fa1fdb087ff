//! Who a site says its visitor is. Only a signature proves it; an unsigned claim merges into nobody and reveals nothing.

use super::{Proven, VISITOR_LIFE};
use crate::{Error, Result, Service, Tenant, secret, website};
use model::*;
use std::collections::BTreeMap;
use store::contact;
use store::inbox::Inbox;
use store::{Audience, Tx};

impl Service {
    /// Takes a claim. A signed one answers the token of the identified visitor's new session, and what they wrote anonymously comes along;
    /// an unsigned one is only noted on an existing session.
    pub(super) async fn identify(&self, inbox: &Inbox, claim: &IdentityClaim, proven: Option<&Proven>) -> Result<Option<String>> {
        let identifier = claim.identifier.trim();
        if identifier.is_empty() || identifier.chars().count() > 255 {
            return Err(Error::field("identifier", Violation::Malformed));
        }
        let signed = match claim.hash.as_deref().filter(|h| !h.is_empty()) {
            // A wrong signature is never taken for a missing one.
            Some(hash) if !secret::proves(&website::identity_key(inbox), identifier, hash) => {
                return Err(Error::Fault(FaultCode::Forbidden));
            }
            Some(_) => true,
            None if website::identity_required(inbox) => return Err(Error::Fault(FaultCode::Forbidden)),
            None => false,
        };
        let details = details(claim);
        if !signed {
            if let Some(proven) = proven {
                let (address, now) = (proven.address.clone(), self.now());
                let note = async move |tx: &mut Tx, t: &Tenant| {
                    let known = contact::load(tx, t.account, address.contact).await?;
                    // A proven contact's details change only with proof.
                    if known.is_some_and(|k| !k.verified) {
                        super::send::take_answers(tx, t, &address, &details, now).await?;
                    }
                    Ok(())
                };
                self.own(inbox.account).write(note).await?;
            }
            return Ok(None);
        }
        let token = secret::token();
        let (hash, now, inbox_id) = (secret::hash(&token), self.now(), inbox.id);
        let (identifier, anonymous) = (identifier.to_owned(), proven.map(|p| (p.address.clone(), p.hash.clone())));
        let settle = async move |tx: &mut Tx, t: &Tenant| {
            let person = match contact::by_identifier(tx, t.account, &identifier).await? {
                Some(known) => known.id,
                None => {
                    let fresh = ContactView {
                        id: ContactId(0),
                        name: String::new(),
                        email: None,
                        phone: None,
                        identifier: Some(identifier.clone()),
                        verified: true,
                        blocked: false,
                        attributes: BTreeMap::new(),
                        created_at: now,
                        last_activity_at: Some(now),
                        labels: Vec::new(),
                    };
                    contact::insert(tx, t.account, &fresh).await?
                }
            };
            let source = format!("user {identifier}");
            let address = match contact::address(tx, t.account, inbox_id, &source).await? {
                Some(known) => known,
                None => contact::add_address(tx, t.account, inbox_id, person, &source, now).await?,
            };
            if let Some((old, old_hash)) = anonymous
                && old.id != address.id
            {
                // Another identified person's session on a shared machine ends here; only an anonymous thread comes along.
                contact::close_visitor(tx, &old_hash).await?;
                let was_anonymous = contact::load(tx, t.account, old.contact).await?.is_some_and(|c| !c.verified && c.identifier.is_none());
                if was_anonymous {
                    contact::merge_address(tx, &old, &address).await?;
                    contact::remove_bare(tx, t.account, old.contact).await?;
                }
            }
            if let Some(mut known) = contact::load(tx, t.account, person).await?
                && !known.verified
            {
                known.verified = true;
                contact::update(tx, t.account, &known).await?;
            }
            super::send::take_answers(tx, t, &address, &details, now).await?;
            contact::open_visitor(tx, &address, &hash, now, now.plus(VISITOR_LIFE)).await?;
            if let Some(last) = store::conversation::last_of(tx, t.account, address.id).await? {
                // The row now names the person.
                let was = last.view.placement();
                store::conversation::save(tx, t.account, Some(was), &last, now).await?;
            }
            if let Some(known) = contact::load(tx, t.account, person).await? {
                tx.note(t.account, now, Audience::of(inbox_id), Change::Contact { contact: Box::new(known) });
            }
            Ok(())
        };
        self.own(inbox.account).write(settle).await?;
        Ok(Some(token))
    }

    /// Ends a visitor's session: the site's own sign-out.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn visitor_goodbye(&self, inbox: &str, token: Option<&str>) -> Result<()> {
        let inbox = self.website(inbox).await?;
        if let Some(proven) = self.prove(&inbox, token).await? {
            let close = async move |tx: &mut Tx| Ok::<_, Error>(contact::close_visitor(tx, &proven.hash).await?);
            self.0.store.write(close).await?;
        }
        Ok(())
    }
}

/// What the claim says beside the identifier, in the keys of the pre-chat answers; what is malformed is left out.
fn details(claim: &IdentityClaim) -> BTreeMap<String, String> {
    let mut details: BTreeMap<_, _> = claim
        .attributes
        .iter()
        .take(30)
        .filter(|(key, _)| !matches!(key.as_str(), "name" | "email" | "phone") && !key.starts_with("claimed_"))
        .map(|(key, value)| (key.chars().take(40).collect::<String>(), value.chars().take(500).collect::<String>()))
        .collect();
    if let Some(name) = claim.name.as_deref().and_then(|n| crate::session::name("name", n).ok()) {
        details.insert("name".into(), name);
    }
    if let Some(email) = claim.email.as_deref().and_then(|e| crate::session::email(e).ok()) {
        details.insert("email".into(), email);
    }
    if let Some(phone) = claim.phone.as_deref().and_then(|p| crate::contacts::phone(p).ok()) {
        details.insert("phone".into(), phone);
    }
    details
}
