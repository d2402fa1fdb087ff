//! Whether mail to an inbox's address truly comes in: one mail leaves for it with a mark of its own, and is looked for in the ledger. It becomes no message,
//! by whatever way and to whichever inbox it comes.

use super::digest::Digest;
use super::{KIND, business, report};
use crate::limits::Limit;
use crate::{Error, Result, Scope, Service, Tenant};
use channels::SendError;
use channels::email::compose::{Automatic, Outgoing};
use channels::email::report::Outcome;
use channels::email::thread::{Candidate, Signer};
use channels::email::{self, Address, Email};
use model::*;
use store::Reader;
use store::inbox::{self, Inbox};
use store::mailbox::{self, Became};

/// How the marks of such mails begin; no message of ours is called so.
const MARK: &str = "test-";

/// The mark of a mail to this inbox, which it carries in two places: some relays write identifiers anew.
fn mark(account: AccountId, inbox: InboxId, at: Timestamp) -> String {
    format!("{MARK}{account}-{inbox}-{}-{}", at.0, crate::secret::public_key().to_lowercase())
}

/// When the mail of this mark left, if it left for this inbox.
fn left(mark: &str, account: AccountId, inbox: InboxId) -> Option<Timestamp> {
    let rest = mark.strip_prefix(&format!("{MARK}{account}-{inbox}-"))?;
    rest.split_once('-')?.0.parse().ok().map(Timestamp)
}

/// The mark of a mail that is such a test: its identifier or its loop header, as only we can have signed them.
pub(super) fn marked(message_id: Option<&str>, looped: Option<&str>, signer: &Signer) -> Option<String> {
    let named = message_id.and_then(|id| signer.read_message_id(id)).map(|(mark, _)| mark);
    named.or_else(|| looped.map(str::to_owned)).filter(|mark| mark.starts_with(MARK))
}

/// What becomes of a test that arrived, or of the report that it did not.
pub(super) fn became(read: &Digest) -> Option<Became> {
    let reason = match &read.kind.report {
        Some(found) if found.outcome == Outcome::Failed => {
            let about = read.candidates.iter().find_map(|candidate| match candidate {
                Candidate::Ours { message, .. } if message.starts_with(MARK) => Some(message),
                _ => None,
            })?;
            format!("{about} {}", report::words(found).unwrap_or_default())
        }
        Some(_) => return None,
        None => read.test.clone()?,
    };
    Some(Became { state: "ignored", reason: Some(reason), ..Became::default() })
}

impl Service {
    /// Sends a mail to the inbox's own address, through its own relay or else the installation's; what comes of it is asked for by [`Service::mail_trial`].
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `TooMany`; `Provider` with what the relay said, or where there is none.
    pub async fn try_mail(&self, scope: &Scope, id: InboxId) -> Result<MailTrial> {
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let look = async move |c: &Reader, t: &Tenant| {
            let found = inbox::load(c, t.account, t.inbox(id)?).await?.filter(|found| found.kind == KIND).ok_or_else(Error::missing)?;
            let language = store::account::load(c, t.account).await?.ok_or_else(Error::missing)?.language;
            Ok((found, language))
        };
        let (found, language) = tenant.read(look).await?;
        let (to, now) = (email::sender(&found.settings), self.now());
        self.0.limits.take(Limit::MailTrial, &format!("{} {id}", tenant.account))?;
        let mark = mark(tenant.account, id, now);
        let (subject, words) = self::words(language);
        let outgoing = Outgoing {
            from: Address { name: Some(business(&found)), email: to.clone() },
            to: vec![Address::bare(&to)],
            subject: subject.to_owned(),
            message_id: self.0.mail.message_id(&mark, "0", &email::domain(&found.settings)),
            date: now.0,
            markdown: words.to_owned(),
            automatic: Some(Automatic::Generated),
            loop_mark: Some(self.0.mail.loop_mark(&mark)),
            ..Outgoing::default()
        };
        self.post(&found, outgoing).await.map_err(crate::inboxes::refused)?;
        Ok(MailTrial { mark, to, at: now })
    }

    async fn post(&self, inbox: &Inbox, mut mail: Outgoing) -> Result<(), SendError> {
        let fresh = self.freshened(inbox).await?;
        let wiring = self.wiring(&fresh.kind, &fresh.public_key);
        let link = self.link_of(&wiring, &fresh);
        if email::relay(&link).is_some() {
            return Email::post(&link, &mail).await;
        }
        let Some(system) = self.settings().mail.clone() else {
            return Err(SendError::refused(channels::Reason::SenderSetup, "SMTP: the server is missing"));
        };
        mail.from = system.sender().clone();
        let written = mail.write().map_err(|error| SendError::refused(channels::Reason::Other, error.to_string()))?;
        self.0.http.relays().sender(system.relay().clone()).await.send(&written).await.map(drop).map_err(SendError::from)
    }

    /// What has come of such a mail by now.
    ///
    /// # Errors
    /// `Forbidden`; `Missing` for a mark that is not of this inbox.
    pub async fn mail_trial(&self, scope: &Scope, id: InboxId, mark: String) -> Result<TrialState> {
        let look = async move |c: &Reader, t: &Tenant| {
            let left = left(&mark, t.account, t.inbox(id)?).ok_or_else(Error::missing)?;
            Ok(match mailbox::ignored_for(c, t.account, id, &mark).await? {
                None => TrialState::Waiting,
                Some((_, reason)) if reason.len() > mark.len() => TrialState::Refused { words: reason[mark.len()..].trim().to_owned() },
                // A mailbox says when its server took it, by that server's clock and in whole seconds.
                Some((at, _)) => TrialState::Arrived { seconds: ((at.since(left) + 999) / 1000).max(1) },
            })
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }
}

/// Subject and words, for whoever finds it in a mailbox.
fn words(language: Language) -> (&'static str, &'static str) {
    if language == Language::Portuguese {
        (
            "Teste de encaminhamento",
            "Este e-mail testa se as mensagens para este endereço chegam à caixa de entrada da equipe. Pode ser apagado.",
        )
    } else {
        ("Forwarding test", "This email tests whether mail to this address arrives in the team's inbox. It can be deleted.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_its_inbox_and_only_ours() {
        let signer = Signer::new(b"k");
        let mark = mark(AccountId(7), InboxId(42), Timestamp(1_780_000_000_000));
        assert_eq!(left(&mark, AccountId(7), InboxId(42)), Some(Timestamp(1_780_000_000_000)));
        assert_eq!((left(&mark, AccountId(7), InboxId(4)), left(&mark, AccountId(8), InboxId(42))), (None, None));
        let id = signer.message_id(&mark, "0", "loja.example");
        assert_eq!(marked(Some(&id), None, &signer).as_deref(), Some(mark.as_str()));
        assert_eq!(marked(Some("x@y"), Some(&mark), &signer).as_deref(), Some(mark.as_str()));
        assert_eq!(marked(Some(&id), None, &Signer::new(b"another")), None);
        assert_eq!(marked(Some(&signer.message_id("12", "3", "loja.example")), Some("4"), &signer), None);
    }
}
