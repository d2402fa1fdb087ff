//! Customers' files and faces at the provider: fetched after the message is stored, each by a job of its own, so that one that fails
//! takes nothing with it. What a file is, its content decides.

use crate::{Error, Result, Service, Tenant};
use channels::{FileKind, RemoteFile, SendError};
use model::*;
use object_store::{ObjectStore, path::Path};
use serde::{Deserialize, Serialize};
use store::attachment::{self, Attachment};
use store::conversation::Conversation;
use store::{Audience, Lease, NewJob, Reader, Tx, contact, inbox, message};

/// The kind of job that fetches a file.
pub(crate) const FETCH: &str = "fetch";
/// The kind of job that asks who somebody is.
pub(crate) const PROFILE: &str = "profile";
/// Attempts before a file is given up.
const ATTEMPTS: i64 = 6;

#[derive(Serialize, Deserialize)]
struct Fetch {
    account: AccountId,
    inbox: InboxId,
    message: MessageId,
    file: AttachmentId,
}

#[derive(Serialize, Deserialize)]
struct Who {
    account: AccountId,
    inbox: InboxId,
    address: ContactInboxId,
}

pub(super) fn job(account: AccountId, inbox: InboxId, message: MessageId, file: AttachmentId, at: Timestamp) -> NewJob {
    NewJob {
        // A lane of its own: a large film does not hold up the next picture.
        lane: format!("fetch {file}"),
        kind: FETCH,
        key: Some(format!("fetch {account} {file}")),
        body: serde_json::to_string(&Fetch { account, inbox, message, file }).unwrap_or_default(),
        run_at: at,
    }
}

pub(super) fn profile_job(account: AccountId, inbox: InboxId, address: ContactInboxId, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("profile {address}"),
        kind: PROFILE,
        key: Some(format!("profile {account} {address}")),
        body: serde_json::to_string(&Who { account, inbox, address }).unwrap_or_default(),
        run_at: at,
    }
}

/// Keeps the place of a file that is still at the provider.
pub(super) async fn expect(tx: &Tx, account: AccountId, file: &RemoteFile, at: Timestamp) -> Result<Attachment> {
    let kind = match file.kind {
        FileKind::Image | FileKind::Sticker | FileKind::Story => AttachmentKind::Image,
        FileKind::Video => AttachmentKind::Video,
        FileKind::Audio | FileKind::Voice => AttachmentKind::Audio,
        FileKind::Document | FileKind::Share => AttachmentKind::Document,
    };
    let view = AttachmentView {
        kind,
        name: crate::uploads::clean_name(file.name.as_deref().unwrap_or_default()),
        mime: file.mime.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
        size: file.size.unwrap_or_default(),
        voice: file.kind == FileKind::Voice,
        state: FileState::Pending,
        ..AttachmentView::default()
    };
    let remote = serde_json::to_string(file).map_err(|e| Error::Unexpected(e.to_string()))?;
    Ok(attachment::keep(tx, account, view, "", Some(remote), at).await?)
}

/// Takes a message's content away because its author took it back; that it was there stays visible.
pub(super) async fn erase(tx: &mut Tx, account: AccountId, thread: &mut Conversation, mut gone: MessageView, at: Timestamp) -> Result<()> {
    // The bytes are swept later: a rollback must not have removed them.
    attachment::remove_of(tx, account, gone.id).await?;
    gone.text = String::new();
    gone.files = Vec::new();
    gone.detail = None;
    gone.deleted_at = Some(at);
    message::save(tx, account, thread, &gone, at).await?;
    if let Some(preview) = thread.view.preview.as_mut().filter(|preview| preview.message == gone.id) {
        (preview.text, preview.file) = (String::new(), None);
        let place = thread.view.placement();
        store::conversation::save(tx, account, Some(place), thread, at).await?;
    }
    Ok(())
}

impl Service {
    /// Does one fetch job.
    pub(crate) async fn fetch_file(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Fetch>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let tenant = self.own(job.account);
        let look = async move |c: &Reader, t: &Tenant| {
            Ok((attachment::load(c, t.account, job.file).await?, inbox::load(c, t.account, job.inbox).await?))
        };
        let (Some(file), Some(inbox)) = tenant.read(look).await? else { return self.done(&tenant, lease).await };
        let remote = file.remote.as_deref().and_then(|remote| serde_json::from_str::<RemoteFile>(remote).ok());
        let (Some(remote), Some(channel)) = (remote, channels::find(&inbox.kind)) else { return self.done(&tenant, lease).await };
        if file.view.state == FileState::Ready {
            return self.done(&tenant, lease).await;
        }
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        let settled = match channel.fetch(&self.link_of(&wiring, &inbox), &remote).await {
            Ok(fetched) => {
                let name = remote.name.as_deref().or(fetched.name.as_deref()).unwrap_or_default();
                let (mut view, bytes) = crate::uploads::described(name, fetched.bytes, file.view.voice);
                (view.id, view.voice, view.content_id) = (file.view.id, file.view.voice, file.view.content_id);
                if remote.name.is_none() && fetched.name.is_none() {
                    view.name = named(&view);
                }
                let key = crate::secret::public_key();
                let path = format!("{}/{}/{key}", tenant.account, &key[..2]);
                self.0.files.put(&Path::from(path.as_str()), bytes.into()).await?;
                (view, path)
            }
            Err(SendError::Retry { why, after }) if lease.attempts < ATTEMPTS => {
                let at = self.now().plus(after.unwrap_or_else(|| crate::dispatch::delay(lease.attempts, lease.job.0)));
                return tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.retry(&lease, at, &why).await?)).await;
            }
            Err(error) => {
                tracing::warn!(file = %file.view.id, %error, "a customer's file will not come");
                (AttachmentView { state: FileState::Failed, ..file.view }, String::new())
            }
        };
        let now = self.now();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            let (view, path) = settled;
            tx.complete(&lease).await?;
            attachment::settle(tx, t.account, &view, &path).await?;
            if let Some(found) = message::load(tx, t.account, job.message).await? {
                let mut thread = t.conversation(tx, found.conversation).await?;
                let first = found.files.first().map(|file| file.kind);
                message::save(tx, t.account, &thread, &found, now).await?;
                if let Some(preview) = thread.view.preview.as_mut().filter(|p| p.message == found.id && p.file != first) {
                    preview.file = first;
                    let place = thread.view.placement();
                    store::conversation::save(tx, t.account, Some(place), &thread, now).await?;
                }
            }
            Ok(())
        };
        tenant.write(write).await
    }

    /// Does one profile job: name once, where nobody has given one.
    pub(crate) async fn fetch_profile(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Who>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let tenant = self.own(job.account);
        let look = async move |c: &Reader, t: &Tenant| {
            Ok((inbox::load(c, t.account, job.inbox).await?, contact::address_by_id(c, t.account, job.address).await?))
        };
        let (Some(inbox), Some(address)) = tenant.read(look).await? else { return self.done(&tenant, lease).await };
        let Some(channel) = channels::find(&inbox.kind) else { return self.done(&tenant, lease).await };
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        let profile = match channel.profile(&self.link_of(&wiring, &inbox), &address.source).await {
            Ok(profile) => profile,
            Err(SendError::Retry { why, after }) if lease.attempts < ATTEMPTS => {
                let at = self.now().plus(after.unwrap_or_else(|| crate::dispatch::delay(lease.attempts, lease.job.0)));
                return tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.retry(&lease, at, &why).await?)).await;
            }
            Err(error) => {
                tracing::info!(address = %address.id, %error, "a profile was not given");
                None
            }
        };
        let now = self.now();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            let name = profile.and_then(|profile| profile.name.or(profile.username));
            let Some(name) = name.filter(|name| !name.trim().is_empty()) else { return Ok(()) };
            let Some(mut known) = contact::load(tx, t.account, address.contact).await? else { return Ok(()) };
            if known.name.is_empty() {
                known.name = name.trim().chars().take(200).collect();
                contact::update(tx, t.account, &known).await?;
                tx.note(t.account, now, Audience::of(inbox.id), Change::Contact { contact: Box::new(known) });
            }
            Ok(())
        };
        tenant.write(write).await
    }
}

/// A name for a file that came without one: what it is.
fn named(file: &AttachmentView) -> String {
    let ending = file.mime.rsplit('/').next().unwrap_or("bin").trim_start_matches("x-");
    let ending = if ending == "octet-stream" { "bin" } else { ending };
    let what = match file.kind {
        AttachmentKind::Image => "imagem",
        AttachmentKind::Video => "video",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Document => "arquivo",
    };
    format!("{what}.{ending}")
}
