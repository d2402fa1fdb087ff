//! What a site says about its visitor and their conversation beside who they are: attributes and labels. It names and proves nobody, and a
//! label it makes up comes to nothing.

use super::Visitor;
use crate::limits::Limit;
use crate::rest_given::{remember, texts};
use crate::{Error, Result, Service, Tenant, actions};
use model::*;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::contact::{self, ContactInbox};
use store::conversation::{self, Conversation};
use store::platform::{self, Bearer};
use store::{Audience, Tx, label, saved};

/// Most attributes of a contact, and of a conversation.
const MOST: usize = 50;
/// Most characters of an attribute's value.
const LONGEST: usize = 500;

/// What a site says; an attribute that is null is taken off, and so is a label that is false.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct VisitorAbout {
    /// Attributes of the person.
    #[serde(default)]
    pub contact: Map<String, Value>,
    /// Attributes of their newest conversation.
    #[serde(default)]
    pub conversation: Map<String, Value>,
    /// Labels of their newest conversation, by title.
    #[serde(default)]
    pub labels: BTreeMap<String, bool>,
}

impl Service {
    /// Takes what the site says. Before the first message there is no conversation to say anything about: that part is dropped then, and the
    /// widget keeps it until there is one.
    ///
    /// # Errors
    /// `Invalid` for more than anybody means, `TooMany`.
    pub async fn visitor_about(&self, visitor: &Visitor, about: VisitorAbout) -> Result<()> {
        self.0.limits.take(Limit::VisitorMessage, &visitor.address.id.to_string())?;
        let long = |given: &Map<String, Value>| {
            given.len() > MOST
                || given
                    .iter()
                    .any(|(key, value)| key.is_empty() || key.chars().count() > 60 || value.to_string().chars().count() > LONGEST)
        };
        if long(&about.contact) || long(&about.conversation) || about.labels.len() > MOST {
            return Err(Error::field("about", Violation::Malformed));
        }
        let (address, now) = (visitor.address.clone(), self.now());
        let take = async move |tx: &mut Tx, t: &Tenant| {
            let defined = saved::attributes(tx, t.account).await?;
            let said = fitting(&about.contact, Entity::Contact, &defined);
            if !said.is_empty() {
                contact_says(tx, t, &address, &said, now).await?;
            }
            let said = fitting(&about.conversation, Entity::Conversation, &defined);
            if said.is_empty() && about.labels.is_empty() {
                return Ok(());
            }
            let Some(last) = conversation::last_of(tx, t.account, address.id).await? else { return Ok(()) };
            let mut last = t.conversation(tx, last.view.id).await?;
            let mut kept = conversation::attributes(tx, t.account, last.view.id).await?;
            if merge(&mut kept, &said) {
                conversation::set_attributes(tx, t.account, last.view.id, &kept).await?;
                typed(tx, t, Bearer::Conversation, last.view.id.0, &said).await?;
                conversation::save(tx, t.account, Some(last.view.placement()), &last, now).await?;
            }
            sort(tx, t, &mut last, &about.labels, now).await
        };
        self.own(visitor.address.account).write(take).await
    }
}

async fn contact_says(tx: &mut Tx, t: &Tenant, address: &ContactInbox, given: &Map<String, Value>, now: Timestamp) -> Result<()> {
    let mut found = contact::load(tx, t.account, address.contact).await?.ok_or_else(Error::missing)?;
    if !merge(&mut found.attributes, given) {
        return Ok(());
    }
    contact::update(tx, t.account, &found).await?;
    typed(tx, t, Bearer::Contact, found.id.0, given).await?;
    tx.note(t.account, now, Audience::of(address.inbox), Change::Contact { contact: Box::new(found) });
    Ok(())
}

/// Labels come and go by the one runner of actions, so that the thread tells of it; only labels of the account do.
async fn sort(tx: &mut Tx, t: &Tenant, found: &mut Conversation, given: &BTreeMap<String, bool>, now: Timestamp) -> Result<()> {
    if given.is_empty() {
        return Ok(());
    }
    let all = label::all(tx, t.account).await?;
    let named = |on: bool| -> Vec<LabelId> {
        let wanted = |title: &str| given.iter().any(|(name, yes)| *yes == on && name.trim().to_lowercase() == title);
        all.iter().filter(|l| wanted(&l.title)).map(|l| l.id).collect()
    };
    let steps = [Action::AddLabels(named(true)), Action::RemoveLabels(named(false))];
    actions::run(tx, t, found, &steps, None, now).await
}

/// Keeps the kinds of values that are no texts, as the REST API answers them.
async fn typed(tx: &mut Tx, t: &Tenant, of: Bearer, id: i64, given: &Map<String, Value>) -> Result<()> {
    let kept = platform::extras(tx, t.account, of, &[id]).await?.remove(&id);
    let mut extra: Map<String, Value> = kept.and_then(|k| serde_json::from_str(&k).ok()).unwrap_or_default();
    remember(&mut extra, given);
    platform::set_extra(tx, t.account, of, id, &Value::Object(extra).to_string()).await?;
    Ok(())
}

/// What the account's definitions allow; nobody names themselves anew this way.
fn fitting(given: &Map<String, Value>, entity: Entity, defined: &[AttributeView]) -> Map<String, Value> {
    let own = |key: &str| entity == Entity::Contact && (matches!(key, "name" | "email" | "phone") || key.starts_with("claimed_"));
    let mut kept = Map::new();
    for (key, text) in texts(given) {
        let definition = defined.iter().find(|a| a.draft.entity == entity && a.draft.key == key);
        if !own(&key) && definition.is_none_or(|a| a.draft.accepts(&text)) {
            let value = given.get(&key).cloned().unwrap_or_default();
            kept.insert(key, value);
        }
    }
    kept
}

/// Whether anything changed.
fn merge(kept: &mut BTreeMap<String, String>, given: &Map<String, Value>) -> bool {
    let before = kept.clone();
    for (key, value) in texts(given) {
        if value.is_empty() {
            kept.remove(&key);
        } else if kept.contains_key(&key) || kept.len() < MOST {
            kept.insert(key, value);
        }
    }
    *kept != before
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attributes_come_change_and_go() {
        let mut kept = BTreeMap::from([("plan".to_owned(), "silver".to_owned()), ("old".to_owned(), "x".to_owned())]);
        let given = |value: Value| if let Value::Object(map) = value { map } else { Map::new() };
        assert!(merge(&mut kept, &given(json!({ "plan": "gold", "old": null, "visits": 3 }))));
        assert_eq!(kept, BTreeMap::from([("plan".to_owned(), "gold".to_owned()), ("visits".to_owned(), "3".to_owned())]));
        assert!(!merge(&mut kept, &given(json!({ "plan": "gold", "none": null }))));
    }
}
