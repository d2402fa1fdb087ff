//! Whoever wrote a forwarded mail becomes the customer, because an agent says so: the conversation is theirs from then on, and the next reply goes to them.
//! What somebody said around the forward stays between them and us.

use super::{Facts, KIND, Original, own, place, shown};
use crate::thread::add_activity;
use crate::{Error, Result, Scope, Service, Tenant};
use channels::email::forward::{forwarded, is_house};
use channels::email::{Address, Mail};
use model::*;
use object_store::{ObjectStore, path::Path};
use store::{Reader, Tx, contact, conversation, inbox, mailbox, message, person};

impl Service {
    /// Takes the writer of the mail that a message passes on for the sender. Asked twice, it is done once.
    ///
    /// # Errors
    /// `Missing` where the message passes nothing on.
    pub async fn take_original_sender(&self, scope: &Scope, id: MessageId) -> Result<()> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = message::load(c, t.account, id).await?.filter(|found| found.deleted_at.is_none()).ok_or_else(Error::missing)?;
            let thread = conversation::load(c, t.account, &t.inboxes, found.conversation).await?.ok_or_else(Error::missing)?;
            let inbox =
                inbox::load(c, t.account, thread.view.inbox).await?.filter(|inbox| inbox.kind == KIND).ok_or_else(Error::missing)?;
            let mail = mailbox::of_message(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let agents = person::agents(c, t.account, None).await?.into_iter().map(|agent| agent.email.to_lowercase()).collect::<Vec<_>>();
            Ok((found, inbox, mail, own(c, t.account).await?, agents))
        };
        let tenant = self.enter(scope, Permission::Triage)?;
        let (found, inbox, mail, own, agents) = tenant.read(look).await?;
        let Some(Detail::Mail(head)) = found.detail else { return Err(Error::missing()) };
        let Some(wanted) = head.forwarded else {
            let facts: Option<Facts> = mail.facts.as_deref().and_then(|facts| serde_json::from_str(facts).ok());
            return if facts.is_some_and(|facts| facts.original.is_some()) { Ok(()) } else { Err(Error::missing()) };
        };
        let conversation = found.conversation;
        let raw = self.0.files.get(&Path::from(mail.path.as_str())).await?.bytes().await?;
        let now = self.now();
        let reading = tokio::task::spawn_blocking(move || {
            let read = Mail::read(&raw);
            // Whom the agent saw, and nobody else, whatever became of our addresses since.
            let found = forwarded(&read, &raw, &own).into_iter().find(|one| shown(&one.from) == wanted);
            (read, found, own)
        });
        let (read, found, own) = reading.await.map_err(|error| Error::Unexpected(error.to_string()))?;
        let found = found.ok_or_else(Error::missing)?;
        let take = async move |tx: &mut Tx, t: &Tenant| {
            let thread = t.conversation(tx, conversation).await?;
            let row = mailbox::load(tx, t.account, mail.id).await?.ok_or_else(Error::missing)?;
            let mut facts: Facts = row.facts.as_deref().and_then(|facts| serde_json::from_str(facts).ok()).unwrap_or_default();
            if facts.original.is_some() {
                return Ok(());
            }
            let sender = found.from;
            // Somebody outside who passed it on asked for something, and hears of it; a colleague did their part.
            let outside = |by: &Address| !own.holds(&by.email) && !is_house(by, &own) && !agents.contains(&by.email);
            let by = read.from.filter(|by| outside(by) && by.email != sender.email);
            facts.from = sender.clone();
            facts.to = vec![sender.clone()];
            facts.cc = by.into_iter().collect();
            facts.subject = found.subject.chars().take(500).collect();
            facts.message_id = found.message_id;
            facts.references = found.references;
            facts.date = found.date.unwrap_or_default();
            facts.original = Some(Original { text: found.text, when: found.when, taken: now.0 });
            mailbox::set_facts(tx, t.account, mail.id, &serde_json::to_string(&facts).unwrap_or_default()).await?;
            mailbox::add_participants(tx, t.account, conversation, std::slice::from_ref(&sender.email)).await?;

            let address = place::address(tx, &inbox, &sender, now).await?;
            let was = thread.view.placement();
            let thread = if address.id == thread.contact_inbox { thread } else { conversation::give(tx, &thread, &address).await? };
            if let Some(mut told) = message::load(tx, t.account, id).await?
                && let Some(Detail::Mail(head)) = &mut told.detail
            {
                head.forwarded = None;
                message::save(tx, t.account, &thread, &told, now).await?;
            }
            add_activity(tx, t.account, &thread, Activity::Sender { by: t.user, to: shown(&sender) }, now).await?;
            conversation::save(tx, t.account, Some(was), &thread, now).await?;
            if let Some(known) = contact::load(tx, t.account, address.contact).await? {
                tx.note(t.account, now, thread.audience(), Change::Contact { contact: Box::new(known) });
            }
            Ok(())
        };
        tenant.write(take).await
    }
}
