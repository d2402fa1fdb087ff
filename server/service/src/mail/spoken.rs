//! Answering a notice from one's own mail program: the address that notices carry, and the proof that what comes to it is the agent's own words. What does
//! not prove itself is a customer's mail like any other.

use super::KIND;
use super::digest::Digest;
use crate::{Error, Result, Service, Tenant, secret};
use channels::email;
use channels::email::thread::{Candidate, Purpose, speaks_for_agent};
use model::*;
use store::inbox;
use store::mailbox::{Became, InboundMail};
use store::{Reader, person};

/// What a notice's address carries: whose answer it would be, and where.
fn key(account: AccountId, conversation: ConversationId, user: UserId) -> String {
    format!("{account}-{conversation}-{user}")
}

/// Conversation and agent of such a key, if it is of this account.
fn read_key(account: AccountId, key: &str) -> Option<(ConversationId, UserId)> {
    let mut parts = key.split('-').map(str::parse::<i64>);
    let found = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    (parts.next().is_none() && found.0 == account.0).then_some((ConversationId(found.1), UserId(found.2)))
}

impl Service {
    /// Where an agent's answer to a notice would come to: a mailbox of the account that takes marked addresses, and whose server vouches for senders.
    pub(crate) async fn notice_address(&self, account: AccountId, conversation: ConversationId, user: UserId) -> Result<Option<String>> {
        let all = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::all(c, account).await?)).await?;
        let takes =
            all.iter().filter(|inbox| inbox.kind == KIND && inbox.state.is_connected() && email::voucher(&inbox.settings).is_some());
        let key = key(account, conversation, user);
        let address = |inbox: &inbox::Inbox| {
            let signed = self.0.mail.reply_address(Purpose::Agent, &key, &email::domain(&inbox.settings));
            email::plus_address(&inbox.settings, &signed)
        };
        Ok(takes.into_iter().find_map(address))
    }

    /// What a mail to a notice's address became, where it truly is that agent's; none where it is anybody else's.
    pub(super) async fn spoken(&self, tenant: &Tenant, mail: &InboundMail, read: &Digest) -> Result<Option<Became>> {
        let token = read.candidates.iter().find_map(|candidate| match candidate {
            Candidate::Token(token) if token.signed == Some(Purpose::Agent) => Some(token),
            _ => None,
        });
        let Some((token, (conversation, user))) = token.and_then(|token| Some((token, read_key(tenant.account, &token.key)?))) else {
            return Ok(None);
        };
        let known = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(person::session_view(c, user).await?)).await?;
        if !known.is_some_and(|agent| speaks_for_agent(token, &read.facts.from, &agent.email, read.aligned)) {
            return Ok(None);
        }
        let ignored = |reason: &str| Became { state: "ignored", reason: Some(reason.to_owned()), ..Became::default() };
        if read.kind.automatic_reply {
            return Ok(Some(ignored("an automatic answer to a notice")));
        }
        let scope = match self.scope_of(user, tenant.account).await {
            Err(Error::Fault(FaultCode::Missing)) => return Ok(Some(ignored("its author is no agent any more"))),
            found => found?,
        };
        // What they quote is the notice.
        let own = read.head.quoted_from.map_or(usize::MAX, |at| at as usize);
        let text = read.text.chars().take(own).collect::<String>().trim().to_owned();
        // The same mail gives the same key, so that it becomes one reply however often it is read.
        let key = secret::key_of(&format!("spoken {} {}", mail.account, mail.id));
        let draft = ReplyDraft::of(conversation, key, text);
        match self.send_reply(&scope, draft).await {
            Ok(sent) => Ok(Some(Became { state: "done", conversation: Some(conversation), message: Some(sent.id), ..Became::default() })),
            Err(error @ (Error::Fault(_) | Error::Invalid(_))) => {
                tracing::info!(mail = mail.id, %error, "an agent's answer by mail could not be sent");
                Ok(Some(Became { state: "failed", reason: Some(format!("an agent's answer: {error}")), ..Became::default() }))
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_own_account_only() {
        let written = key(AccountId(7), ConversationId(42), UserId(3));
        assert_eq!(read_key(AccountId(7), &written), Some((ConversationId(42), UserId(3))));
        assert_eq!(read_key(AccountId(8), &written), None);
        for odd in ["7-42", "7-42-3-1", "7-x-3", ""] {
            assert_eq!(read_key(AccountId(7), odd), None, "{odd}");
        }
    }
}
