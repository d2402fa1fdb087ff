//! Taking mail in: the raw mail goes to the object store, a row to the ledger, and the cursor moves, all in one write. Nothing is understood here.

use super::KIND;
use super::apply::job;
use crate::{Error, Result, Service, Tenant, secret};
use bytes::Bytes;
use channels::email::{Mail, thread};
use model::*;
use object_store::{ObjectStore, path::Path};
use store::inbox::{self, Inbox};
use store::mailbox::{self, Cursor, NewMail};
use store::{Reader, Tx};
use subtle::ConstantTimeEq;

/// Most bytes of a mail; of a larger one only the head is read.
pub(super) const LARGEST: u64 = 40 << 20;

/// A mail on its way in.
#[derive(Clone, Debug, Default)]
pub(super) struct Incoming {
    pub raw: Bytes,
    /// Its bytes at the server.
    pub size: i64,
    /// Whether `raw` is all of it.
    pub whole: bool,
    /// The recipients the mail server named.
    pub envelope: Vec<String>,
    /// When the server took it.
    pub received: Option<Timestamp>,
}

impl Service {
    /// Takes mails in, each once, and moves the mailbox's cursor in the same write; `held` is who reads it. Answers how many were new.
    pub(super) async fn take_mails(&self, inbox: &Inbox, mails: Vec<Incoming>, held: Option<(String, Cursor)>) -> Result<usize> {
        let (now, tenant, id) = (self.now(), self.own(inbox.account), inbox.id);
        let mut new = Vec::new();
        for mail in mails {
            let fingerprint = thread::fingerprint(&Mail::read(&mail.raw), &mail.raw);
            let print = fingerprint.clone();
            if tenant.read(async move |c: &Reader, t: &Tenant| Ok(mailbox::knows(c, t.account, id, &print).await?)).await? {
                continue;
            }
            let key = secret::public_key();
            let path = format!("{}/mail/{}/{key}", tenant.account, &key[..2]);
            self.0.files.put(&Path::from(path.as_str()), mail.raw.into()).await?;
            // A server's clock may run ahead of ours; nothing happened in the future.
            let at = mail.received.map_or(now, |at| at.min(now));
            new.push(NewMail { inbox: id, fingerprint, path, size: mail.size, envelope: mail.envelope, whole: mail.whole, at });
        }
        let paths: Vec<String> = new.iter().map(|mail| mail.path.clone()).collect();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            let (mut entered, mut twice) = (0, Vec::new());
            for mail in new {
                match mailbox::enter(tx, t.account, &mail).await? {
                    Some(row) => {
                        tx.enqueue(job(t.account, id, row, now)).await?;
                        entered += 1;
                    }
                    None => twice.push(mail.path),
                }
            }
            if let Some((holder, cursor)) = held
                && !mailbox::advance(tx, t.account, id, &holder, cursor).await?
            {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            inbox::saw(tx, t.account, id, inbox::Seen::In, now).await?;
            Ok((entered, twice))
        };
        match tenant.write(write).await {
            Ok((entered, twice)) => {
                self.remove_files(twice).await;
                Ok(entered)
            }
            Err(error) => {
                self.remove_files(paths).await;
                Err(error)
            }
        }
    }

    /// Takes a raw mail that a mail server posts to an inbox's own address. `proof` is what it says for itself, where the inbox wants a password.
    ///
    /// # Errors
    /// `Missing` where no inbox has the key, `Forbidden` for a wrong password, `Invalid` for an empty mail, `TooLarge`.
    pub async fn take_posted_mail(&self, key: &str, proof: Option<&str>, envelope: Vec<String>, raw: Bytes) -> Result<()> {
        let key = key.to_owned();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::by_public_key(c, &key).await?)).await?;
        let inbox = found.filter(|inbox| inbox.kind == KIND).ok_or_else(Error::missing)?;
        if let Some(password) = inbox.secrets.get("hook_password").filter(|password| !password.is_empty()) {
            let said = proof.unwrap_or_default();
            if !bool::from(said.as_bytes().ct_eq(password.as_bytes())) {
                return Err(Error::Fault(FaultCode::Forbidden));
            }
        }
        self.take_whole(&inbox, envelope, raw).await
    }

    /// Whether an inbox of this key takes mail that is handed over.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn takes_mail(&self, key: &str) -> Result<bool> {
        if key.is_empty() || key.len() > 64 {
            return Ok(false);
        }
        let key = key.to_owned();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::by_public_key(c, &key).await?)).await?;
        Ok(found.is_some_and(|inbox| inbox.kind == KIND))
    }

    /// Takes a raw mail that a mail server of the operator's own hands over.
    ///
    /// # Errors
    /// `Missing` where no inbox has the key, `Invalid` for an empty mail, `TooLarge`.
    pub async fn take_local_mail(&self, key: &str, envelope: Vec<String>, raw: Bytes) -> Result<()> {
        let key = key.to_owned();
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(inbox::by_public_key(c, &key).await?)).await?;
        let inbox = found.filter(|inbox| inbox.kind == KIND).ok_or_else(Error::missing)?;
        self.take_whole(&inbox, envelope, raw).await
    }

    async fn take_whole(&self, inbox: &Inbox, envelope: Vec<String>, raw: Bytes) -> Result<()> {
        if raw.is_empty() {
            return Err(Error::field("mail", Violation::Required));
        }
        if raw.len() as u64 > LARGEST {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let mail = Incoming { size: raw.len() as i64, raw, whole: true, envelope, received: None };
        self.take_mails(inbox, vec![mail], None).await?;
        Ok(())
    }
}
