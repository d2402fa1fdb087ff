//! The variables of prepared texts, `{{contact.name}}` and its like, filled with what is known. What nobody knows becomes nothing: a
//! customer never reads a variable. The composer fills them before sending and asks for what is missing; here it happens for macros.

use crate::{Result, Tenant};
use store::conversation::Conversation;
use store::{Sql, contact, person};

/// The text with its variables filled.
///
/// # Errors
/// Those of the store.
pub(crate) async fn fill(c: &impl Sql, t: &Tenant, found: &Conversation, text: &str) -> Result<String> {
    if model::blank(text).is_none() {
        return Ok(text.to_owned());
    }
    let contact = contact::load(c, t.account, found.view.contact.id).await?;
    let agent = person::agents(c, t.account, Some(t.user)).await?.into_iter().next();
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let number = found.view.number.to_string();
    let value = |name: &str| match (name, &contact, &agent) {
        ("contact.name", Some(contact), _) => contact.name.clone(),
        ("contact.first_name", Some(contact), _) => first(&contact.name),
        ("contact.email", Some(contact), _) => contact.email.clone().unwrap_or_default(),
        ("contact.phone", Some(contact), _) => contact.phone.clone().unwrap_or_default(),
        ("agent.name", _, Some(agent)) => agent.name.clone(),
        ("agent.first_name", _, Some(agent)) => first(&agent.name),
        ("conversation.id", ..) => number.clone(),
        (other, Some(contact), _) => {
            other.strip_prefix("contact.custom_attribute.").and_then(|key| contact.attributes.get(key)).cloned().unwrap_or_default()
        }
        _ => String::new(),
    };
    Ok(model::fill(text, |name| Some(value(name))))
}
