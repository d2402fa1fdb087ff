//! E-mail as the desk lives with it: mail is taken in once, becomes a message where it belongs, and answers leave with the head that keeps the thread
//! together. How mail is written and read is the channel's business.

mod apply;
mod continuity;
mod digest;
mod domain;
mod fresh;
mod original;
mod out;
mod place;
mod report;
mod show;
mod spoken;
mod system;
mod take;
mod transcript;
mod trial;
mod watch;

pub(crate) use apply::MAIL;
pub(crate) use continuity::CONTINUE;
pub(crate) use out::check_head;
pub use show::{MailPage, from_base64};
pub use system::SystemMail;
pub(crate) use system::{Notice, SYSTEM, invitation};

use crate::{Error, Result};
use channels::email::kind::Own;
use channels::email::thread::Signer;
use channels::email::{self, Address};
use model::*;
use serde::{Deserialize, Serialize};
use store::Sql;
use store::inbox::{self, Inbox};

/// The channel this is all about.
const KIND: &str = "email";

/// What an answer needs to know of a mail; kept in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    /// Who wrote it.
    from: Address,
    /// Who an answer to all goes to.
    to: Vec<Address>,
    /// Who gets a copy of it.
    cc: Vec<Address>,
    /// Its subject.
    subject: String,
    /// Its identifier.
    message_id: Option<String>,
    /// The References of an answer.
    references: Vec<String>,
    /// When it was written, in milliseconds since 1970.
    date: i64,
    /// The mail within it that an answer is to: set when its writer was taken for the sender.
    original: Option<Original>,
}

/// What is quoted of a forwarded mail, so that nothing said around it leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Original {
    /// Its words.
    text: String,
    /// When it was written, as the forward says it; empty where `Facts::date` does.
    when: String,
    /// When its writer was taken for the sender: whatever came before is not what the next reply answers.
    taken: i64,
}

/// The signer of our marks, with the installation's own key.
pub(crate) async fn signer(store: &store::Store) -> Result<Signer> {
    let key = store.write(async move |tx| Ok::<_, Error>(store::account::keep_secret(tx, "mail_key", &crate::secret::token()).await?));
    Ok(Signer::new(key.await?.as_bytes()))
}

/// Every address that is ours: those of all the account's mail inboxes.
async fn own(c: &impl Sql, account: AccountId) -> Result<Own> {
    let mut all = Own::default();
    for inbox in inbox::all(c, account).await?.into_iter().filter(|inbox| inbox.kind == KIND) {
        let own = email::own(&inbox.settings);
        all.addresses.extend(own.addresses);
        all.domains.extend(own.domains);
    }
    Ok(all)
}

/// What our reply addresses carry; signed, so it need not be secret.
fn reply_key(account: AccountId, conversation: ConversationId) -> String {
    format!("{account}-{conversation}")
}

/// The conversation of such a key, if it is of this account.
fn read_reply_key(account: AccountId, key: &str) -> Option<ConversationId> {
    let (of, conversation) = key.split_once('-')?;
    (of == account.to_string()).then_some(())?;
    conversation.parse().ok().map(ConversationId)
}

/// An address as heads show it.
fn shown(address: &Address) -> String {
    match &address.name {
        Some(name) => format!("{name} <{}>", address.email),
        None => address.email.clone(),
    }
}

/// The name an inbox's mail carries.
fn business(inbox: &Inbox) -> String {
    inbox.settings.get("business").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| inbox.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_key_opens_its_own_account_only() {
        let key = reply_key(AccountId(7), ConversationId(42));
        assert_eq!(read_reply_key(AccountId(7), &key), Some(ConversationId(42)));
        assert_eq!(read_reply_key(AccountId(8), &key), None);
        assert_eq!(read_reply_key(AccountId(7), "7"), None);
    }
}
