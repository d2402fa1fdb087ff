//! A mail of the ledger becomes a message, or a reason why not: one job each, in their order, done once. A mail that breaks the work is put aside and
//! holds up none behind it.

use super::digest::{Digest, digest};
use super::place::{self, Place};
use super::{Facts, KIND, own, report, trial};
use crate::thread::{add_public, preview_of};
use crate::{Error, Result, Service, Tenant, secret};
use channels::email::Address;
use model::*;
use object_store::{ObjectStore, path::Path};
use serde::{Deserialize, Serialize};
use store::conversation::{self, Conversation};
use store::inbox::{self, Inbox};
use store::mailbox::{self, Became, InboundMail};
use store::message::{self, NewMessage};
use store::{Lease, NewJob, Reader, Tx, attachment, contact};

/// The kind of job.
pub(crate) const MAIL: &str = "mail";
/// Attempts before a mail is put aside for a person.
const ATTEMPTS: i64 = 5;

#[derive(Serialize, Deserialize)]
struct Waiting {
    account: AccountId,
    mail: i64,
}

pub(super) fn job(account: AccountId, inbox: InboxId, mail: i64, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("mail {inbox}"),
        kind: MAIL,
        key: Some(format!("mail {account} {mail}")),
        body: serde_json::to_string(&Waiting { account, mail }).unwrap_or_default(),
        run_at: at,
    }
}

/// A file of a mail whose bytes lie in the object store.
type Stored = (AttachmentView, String);

impl Service {
    /// Does one mail job.
    pub(crate) async fn read_mail(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Waiting>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let tenant = self.own(job.account);
        let look = async move |c: &Reader, t: &Tenant| {
            let Some(mail) = mailbox::load(c, t.account, job.mail).await?.filter(|mail| mail.state == "waiting") else { return Ok(None) };
            let Some(inbox) = inbox::load(c, t.account, mail.inbox).await?.filter(|inbox| inbox.kind == KIND) else { return Ok(None) };
            let language = store::account::load(c, t.account).await?.ok_or_else(Error::missing)?.language;
            Ok(Some((mail, inbox, own(c, t.account).await?, language)))
        };
        let Some((mail, inbox, own, language)) = tenant.read(look).await? else { return self.done(&tenant, lease).await };
        if lease.attempts > ATTEMPTS {
            tracing::error!(mail = mail.id, inbox = %inbox.id, "a mail is put aside: it could not be read");
            let became = Became { state: "failed", reason: Some("it could not be applied".to_owned()), ..Became::default() };
            return self.settle_mail(&tenant, lease, mail.id, became).await;
        }
        let raw = self.0.files.get(&Path::from(mail.path.as_str())).await?.bytes().await?;
        let (signer, envelope, whole) = (self.0.mail.clone(), mail.envelope.clone(), mail.whole);
        let voucher = channels::email::voucher(&inbox.settings).map(str::to_owned);
        let reading = tokio::task::spawn_blocking(move || digest(&raw, whole, &envelope, &own, &signer, language, voucher.as_deref()));
        let mut read = reading.await.map_err(|error| Error::Unexpected(error.to_string()))?;
        if let Some(became) = trial::became(&read) {
            return self.settle_mail(&tenant, lease, mail.id, became).await;
        }
        if let Some(found) = read.kind.report.clone() {
            let (at, candidates) = (mail.at, std::mem::take(&mut read.candidates));
            let apply = async move |tx: &mut Tx, t: &Tenant| {
                tx.complete(&lease).await?;
                let about = report::apply(tx, t, &inbox, &found, &candidates, at).await?;
                let reason = if about.is_some() { "a report" } else { "a report of no mail of ours" };
                let became = Became { state: "ignored", reason: Some(reason.to_owned()), ..Became::default() };
                Ok(mailbox::settle(tx, t.account, mail.id, &became).await?)
            };
            return tenant.write(apply).await;
        }
        let ignored = |reason: &str| Became { state: "ignored", reason: Some(reason.to_owned()), ..Became::default() };
        if read.kind.own || read.looped.is_some() {
            return self.settle_mail(&tenant, lease, mail.id, ignored("our own mail")).await;
        }
        if let Some(became) = self.spoken(&tenant, &mail, &read).await? {
            return self.settle_mail(&tenant, lease, mail.id, became).await;
        }
        let Some(sender) = read.kind.contact.clone() else {
            return self.settle_mail(&tenant, lease, mail.id, ignored("nobody wrote it")).await;
        };
        let mut files: Vec<Stored> = Vec::new();
        for (view, bytes) in std::mem::take(&mut read.files) {
            let key = secret::public_key();
            let path = format!("{}/{}/{key}", tenant.account, &key[..2]);
            self.0.files.put(&Path::from(path.as_str()), bytes.into()).await?;
            files.push((view, path));
        }
        let paths: Vec<String> = files.iter().map(|(_, path)| path.clone()).collect();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            let became = keep(tx, t, &inbox, &mail, &sender, read, files).await?;
            mailbox::settle(tx, t.account, mail.id, &became).await?;
            crate::crash::point("mail.before_commit");
            Ok(became.message.is_some())
        };
        match tenant.write(write).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.remove_files(paths).await;
                Ok(())
            }
            Err(error) => {
                self.remove_files(paths).await;
                Err(error)
            }
        }
    }

    async fn settle_mail(&self, tenant: &Tenant, lease: Lease, mail: i64, became: Became) -> Result<()> {
        let settle = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            Ok(mailbox::settle(tx, t.account, mail, &became).await?)
        };
        tenant.write(settle).await
    }
}

/// Puts a mail where it belongs.
async fn keep(
    tx: &mut Tx,
    t: &Tenant,
    inbox: &Inbox,
    mail: &InboundMail,
    sender: &Address,
    read: Digest,
    files: Vec<Stored>,
) -> Result<Became> {
    let at = mail.at;
    let ignored = |reason: &str| Became { state: "ignored", reason: Some(reason.to_owned()), ..Became::default() };
    let (mut thread, was, author) = match place::find(tx, t, inbox, sender, &read).await? {
        Place::Known => return Ok(ignored("it came to another inbox too")),
        Place::New if read.kind.automatic_reply => return Ok(ignored("an automatic answer to nothing of ours")),
        Place::New => {
            let address = place::address(tx, inbox, sender, at).await?;
            let blocked = contact::load(tx, t.account, address.contact).await?.is_some_and(|contact| contact.blocked);
            let status = if blocked || read.kind.spam { Status::Resolved } else { Status::Open };
            let uuid = uuid::Uuid::new_v4().to_string();
            let mut made = conversation::insert(tx, &address, status, &Origin::default(), &uuid, at).await?;
            made.view.subject = Some(read.head.subject.clone()).filter(|subject| !subject.is_empty());
            (made, None, address.contact)
        }
        Place::In(found) => {
            let was = found.view.placement();
            (*found, Some(was), place::person(tx, inbox, sender, at).await?)
        }
    };
    let mut kept = Vec::with_capacity(files.len());
    for (view, path) in files {
        kept.push(attachment::keep(tx, t.account, view, &path, None, at).await?);
    }
    let (mut text, mut head) = (read.text, read.head);
    if thread.view.inbox != inbox.id && inbox::load(tx, t.account, thread.view.inbox).await?.is_some_and(|of| of.kind != KIND) {
        // A chat shows no folds, for what it quotes stands above already; and it is nobody's but its visitor's.
        if let Some(at) = head.quoted_from.take() {
            text = text.chars().take(at as usize).collect();
        }
        head.forwarded = None;
    }
    let source = match &read.facts.message_id {
        // Broken senders give different mails one identifier.
        Some(id) if message::by_source(tx, t.account, thread.view.inbox, id).await?.is_none() => Some(id.clone()),
        _ => None,
    };
    let new = NewMessage {
        kind: MessageKind::Incoming,
        author: Author::Contact { id: author },
        text,
        files: kept,
        source,
        detail: Some(Detail::Mail(Box::new(head))),
        ..NewMessage::default()
    };
    // What a machine answered wakes nobody, and what was called spam waits where it is looked for.
    let quiet = read.kind.automatic_reply || (was.is_none() && read.kind.spam);
    let stored = if quiet {
        quietly(tx, t.account, &mut thread, was, new, at).await?
    } else {
        add_public(tx, t.account, &mut thread, was, new, at).await?
    };
    if let Some(html) = &read.html {
        message::set_html(tx, t.account, stored.id, html).await?;
    }
    mailbox::add_participants(tx, t.account, thread.view.id, &read.people).await?;
    if !quiet {
        crate::desk::tick(tx, t.account, at, |list| list.message = true).await?;
    }
    Ok(Became {
        state: if read.kind.automatic_reply { "ignored" } else { "done" },
        reason: read.kind.automatic_reply.then(|| "an automatic answer".to_owned()),
        conversation: Some(thread.view.id),
        message: Some(stored.id),
        facts: facts(&read.facts),
    })
}

/// Adds a message that moves nothing and wakes nobody; a conversation made for it gets its preview all the same.
async fn quietly(
    tx: &mut Tx,
    account: AccountId,
    thread: &mut Conversation,
    was: Option<Placement>,
    new: NewMessage,
    at: Timestamp,
) -> Result<MessageView> {
    let message = message::add(tx, account, thread, new, at).await?;
    if was.is_none() {
        thread.view.preview = Some(preview_of(&message));
        thread.view.last_message_at = at;
        thread.view.incoming += 1;
        thread.view.last_incoming_at = Some(at);
        conversation::save(tx, account, None, thread, at).await?;
    }
    Ok(message)
}

fn facts(facts: &Facts) -> Option<String> {
    serde_json::to_string(facts).ok()
}
