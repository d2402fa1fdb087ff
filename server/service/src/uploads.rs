//! Files: taking them in, deciding what they are by their content, and giving them out. They are kept inert: nothing here runs or renders one.

use crate::files::strip::{self, Kept, Seen};
use crate::limits::Limit;
use crate::{Error, Result, Scope, Service, Tenant, secret};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use model::*;
use object_store::{GetOptions, GetRange, ObjectStore, WriteMultipart, path::Path};
use std::ops::Range;
use std::sync::Arc;
use store::attachment::{self, Attachment};
use store::{Reader, Tx};

/// Most bytes of any file.
pub const MAX_FILE: i64 = 40 * 1024 * 1024;
/// Most pixels of a picture that is shown; a larger one is kept as a document.
const MAX_PIXELS: u64 = 50_000_000;

/// A file on its way out.
pub struct Download {
    /// What it is.
    pub file: AttachmentView,
    path: Path,
    files: Arc<dyn ObjectStore>,
}

/// The bytes of a file as they come.
pub type FileBytes = futures::stream::BoxStream<'static, std::result::Result<Bytes, object_store::Error>>;

impl Download {
    /// Its bytes, or only those from a position up to another.
    ///
    /// # Errors
    /// Those of the store of files.
    pub async fn bytes(&self, part: Option<Range<u64>>) -> Result<FileBytes> {
        let options = GetOptions { range: part.map(GetRange::Bounded), ..GetOptions::default() };
        Ok(self.files.get_opts(&self.path, options).await?.into_stream())
    }
}

/// What the content says a file is. Anything unknown, and anything a browser could run, is a document of opaque bytes.
fn sniff(head: &[u8]) -> (AttachmentKind, &'static str) {
    let found = infer::get(head).map_or("application/octet-stream", |t| t.mime_type());
    match found {
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" => (AttachmentKind::Image, found),
        "video/mp4" | "video/webm" | "video/quicktime" => (AttachmentKind::Video, found),
        "audio/mpeg" | "audio/ogg" | "audio/mp4" | "audio/aac" | "audio/amr" => (AttachmentKind::Audio, found),
        // The names that providers' lists have (RFC 4337, RFC 2361); under the customary ones recordings are refused.
        "audio/m4a" => (AttachmentKind::Audio, "audio/mp4"),
        "audio/x-wav" => (AttachmentKind::Audio, "audio/wav"),
        // The container is what players and providers go by.
        "audio/opus" => (AttachmentKind::Audio, "audio/ogg"),
        "application/pdf" | "application/zip" | "application/gzip" => (AttachmentKind::Document, found),
        other if other.starts_with("application/vnd.openxmlformats") || other.starts_with("application/vnd.oasis") => {
            (AttachmentKind::Document, other)
        }
        _ => (AttachmentKind::Document, "application/octet-stream"),
    }
}

/// The name without paths, control and direction-changing characters, at most 120 characters with its ending kept.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '"' | '<' | '>')
        })
        .collect();
    let kept = kept.trim().trim_matches('.').to_owned();
    if kept.is_empty() {
        return "arquivo".to_owned();
    }
    let count = kept.chars().count();
    if count <= 120 {
        return kept;
    }
    let ending = kept.rsplit_once('.').map(|(_, e)| e).filter(|e| e.len() <= 10).map(|e| format!(".{e}")).unwrap_or_default();
    let stem: String = kept.chars().take(120 - ending.chars().count()).collect();
    stem + &ending
}

impl Service {
    /// Takes a file of an agent, to be put on a message later.
    ///
    /// # Errors
    /// `TooLarge`, `TooMany`.
    pub async fn upload<E: std::fmt::Display>(
        &self,
        scope: &Scope,
        name: &str,
        bytes: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    ) -> Result<UploadView> {
        let tenant = self.enter(scope, Permission::Reply)?;
        self.0.limits.take(Limit::Upload, &format!("u{}", scope.user()))?;
        self.keep(&tenant, format!("u{}", scope.user()), name, bytes, MAX_FILE).await
    }

    /// Takes a voice recording of an agent: kept once, in a form that channels carry.
    ///
    /// # Errors
    /// `TooMany`; `Invalid` for what is no sound.
    pub async fn upload_voice(&self, scope: &Scope, name: &str, bars: Vec<u8>, bytes: Bytes) -> Result<UploadView> {
        let tenant = self.enter(scope, Permission::Reply)?;
        let uploader = format!("u{}", scope.user());
        self.0.limits.take(Limit::Upload, &uploader)?;
        let (mut file, bytes) = described(name, bytes, true);
        if file.kind != AttachmentKind::Audio {
            return Err(Error::field("file", Violation::Malformed));
        }
        file.peaks = bars.into_iter().take(64).collect();
        let key = secret::public_key();
        let path = format!("{}/{}/{key}", tenant.account, &key[..2]);
        self.0.files.put(&Path::from(path.as_str()), bytes.into()).await?;
        let (row, now, kept) = (file.clone(), self.now(), key.clone());
        let write =
            async move |tx: &mut Tx, t: &Tenant| Ok(attachment::keep_upload(tx, t.account, &uploader, &kept, &row, &path, now).await?);
        tenant.write(write).await?;
        Ok(UploadView { key, name: file.name, kind: file.kind, size: file.size })
    }

    pub(crate) async fn keep<E: std::fmt::Display>(
        &self,
        tenant: &Tenant,
        uploader: String,
        name: &str,
        bytes: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
        most: i64,
    ) -> Result<UploadView> {
        let key = secret::public_key();
        let path = format!("{}/{}/{key}", tenant.account, &key[..2]);
        let target = Path::from(path.as_str());
        let mut stored = Kept::new(WriteMultipart::new(self.0.files.put_multipart(&target).await?));
        let seen = match strip::pass(bytes, most, &mut stored).await {
            Ok(_) if stored.size == 0 => Err(Error::field("file", Violation::Required)),
            seen => seen,
        };
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                stored.writer.abort().await?;
                return Err(error);
            }
        };
        stored.writer.finish().await?;
        let (size, file) = (stored.size, turned(describe(name, stored.size, &stored.head), seen));
        let (row, now, kept) = (file.clone(), self.now(), key.clone());
        let write =
            async move |tx: &mut Tx, t: &Tenant| Ok(attachment::keep_upload(tx, t.account, &uploader, &kept, &row, &path, now).await?);
        if let Err(error) = tenant.write(write).await {
            self.remove_files(vec![target.to_string()]).await;
            return Err(error);
        }
        Ok(UploadView { key, name: file.name, kind: file.kind, size })
    }

    /// A file that is kept, once more as a fresh upload of the caller's.
    pub(crate) async fn copy_upload(&self, tenant: &Tenant, of: Attachment) -> Result<UploadView> {
        let key = secret::public_key();
        let path = format!("{}/{}/{key}", tenant.account, &key[..2]);
        // Not the store's own copy: in a folder that is the same file once more, as old as the first, and the sweep goes by age.
        let mut bytes = self.0.files.get(&Path::from(of.path.as_str())).await?.into_stream();
        let mut writer = WriteMultipart::new(self.0.files.put_multipart(&Path::from(path.as_str())).await?);
        while let Some(chunk) = bytes.next().await {
            writer.wait_for_capacity(4).await?;
            writer.put(chunk?);
        }
        writer.finish().await?;
        let (file, now, kept, at) = (of.view.clone(), self.now(), key.clone(), path.clone());
        let write = async move |tx: &mut Tx, t: &Tenant| {
            Ok(attachment::keep_upload(tx, t.account, &format!("u{}", t.user), &kept, &file, &at, now).await?)
        };
        if let Err(error) = tenant.write(write).await {
            self.remove_files(vec![path]).await;
            return Err(error);
        }
        Ok(UploadView { key, name: of.view.name, kind: of.view.kind, size: of.view.size })
    }

    /// Removes files whose rows are gone; what fails is left to [`Service::sweep_files`].
    pub(crate) async fn remove_files(&self, paths: Vec<String>) {
        for path in paths {
            if let Err(error) = self.0.files.delete(&Path::from(path.as_str())).await {
                tracing::warn!(%error, "a file could not be removed");
            }
        }
    }

    /// A file on a message of an inbox the caller may see.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn file(&self, scope: &Scope, id: AttachmentId) -> Result<Download> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = attachment::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            t.inbox(found.inbox.ok_or_else(Error::missing)?)?;
            Ok(found)
        };
        let found = self.enter(scope, Permission::Read)?.read(look).await?;
        Ok(self.open(found))
    }

    /// A file by a signed link.
    ///
    /// # Errors
    /// `Missing`; `LinkExpired` for a link that is old or not ours.
    pub async fn linked_file(&self, account: AccountId, id: AttachmentId, until: i64, signature: &str) -> Result<Download> {
        if !self.0.links.check(account, id, until, signature, self.now()) {
            return Err(Error::Fault(FaultCode::LinkExpired));
        }
        let look = async move |c: &Reader, t: &Tenant| Ok(attachment::load(c, t.account, id).await?.ok_or_else(Error::missing)?);
        Ok(self.open(self.own(account).read(look).await?))
    }

    fn open(&self, found: Attachment) -> Download {
        Download { path: Path::from(found.path.as_str()), file: found.view, files: self.0.files.clone() }
    }

    /// Sets a person's photo: a small picture, found so by its content.
    ///
    /// # Errors
    /// `Invalid` for what is no picture, `TooLarge` above 2 MB.
    pub async fn set_photo(&self, user: UserId, bytes: Bytes) -> Result<SessionView> {
        if bytes.len() > 2 * 1024 * 1024 {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let file = describe("", bytes.len() as i64, &bytes);
        if file.kind != AttachmentKind::Image {
            return Err(Error::field("photo", Violation::Malformed));
        }
        let (version, now) = (secret::public_key(), self.now());
        let clean = strip::whole(&bytes).map_or(bytes, |(clean, _)| clean);
        self.0.files.put(&Path::from(format!("avatars/{version}")), clean.into()).await?;
        let set = async move |tx: &mut Tx| {
            let old: Option<String> = store::person::photo(tx, user).await?;
            store::person::set_photo(tx, user, Some(&version)).await?;
            for account in store::person::accounts_of(tx, user).await? {
                crate::people::note_agent(tx, account, user, now).await?;
            }
            let view = store::person::session_view(tx, user).await?.ok_or_else(Error::missing)?;
            Ok::<_, Error>((old, view))
        };
        let (old, view) = self.0.store.write(set).await?;
        if let Some(old) = old {
            self.remove_files(vec![format!("avatars/{old}")]).await;
        }
        Ok(view)
    }

    /// A person's photo by its random version; knowing that is enough, since customers see it too.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn photo(&self, version: &str) -> Result<(Bytes, &'static str)> {
        if version.len() != 22 || !version.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            return Err(Error::missing());
        }
        let got = self.0.files.get(&Path::from(format!("avatars/{version}"))).await.map_err(|_| Error::missing())?;
        let bytes = got.bytes().await?;
        let mime = sniff(&bytes).1;
        Ok((bytes, mime))
    }
}

/// A whole file as it is kept, and what it is. A HEIC that cannot be read stays as it came: nobody shows it. A voice recording in WebM becomes OGG, the form that channels carry.
pub(crate) fn described(name: &str, bytes: Bytes, voice: bool) -> (AttachmentView, Bytes) {
    if voice && let Some(recording) = crate::voice::ogg_of_webm(&bytes) {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut view = describe(&format!("{stem}.ogg"), recording.ogg.len() as i64, &recording.ogg);
        (view.voice, view.duration) = (true, Some(recording.duration));
        return (view, recording.ogg.into());
    }
    let (bytes, seen) = strip::whole(&bytes).unwrap_or((bytes, Seen::default()));
    let view = turned(describe(name, bytes.len() as i64, &bytes[..bytes.len().min(strip::HEAD)]), seen);
    (AttachmentView { voice: voice && view.kind == AttachmentKind::Audio, ..view }, bytes)
}

/// Width and height as they are shown.
fn turned(view: AttachmentView, seen: Seen) -> AttachmentView {
    if seen.turned { AttachmentView { width: view.height, height: view.width, ..view } } else { view }
}

fn describe(name: &str, size: i64, head: &[u8]) -> AttachmentView {
    let (mut kind, mut mime) = sniff(head);
    let mut pixels = None;
    if kind == AttachmentKind::Image {
        pixels = imagesize::blob_size(head).ok().map(|s| (s.width as u64, s.height as u64));
        if pixels.is_none_or(|(w, h)| w == 0 || h == 0 || w.saturating_mul(h) > MAX_PIXELS) {
            (kind, mime, pixels) = (AttachmentKind::Document, "application/octet-stream", None);
        }
    }
    AttachmentView {
        id: AttachmentId(0),
        kind,
        name: clean_name(name),
        mime: mime.to_owned(),
        size,
        width: pixels.and_then(|p| p.0.try_into().ok()),
        height: pixels.and_then(|p| p.1.try_into().ok()),
        ..AttachmentView::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_paths_and_tricks() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\x\\nota\u{202e}fdp.exe"), "notafdp.exe");
        assert_eq!(clean_name("a\r\nSet-Cookie: b.pdf"), "aSet-Cookie: b.pdf");
        assert_eq!(clean_name(".."), "arquivo");
        let long = clean_name(&format!("{}.pdf", "x".repeat(4096)));
        assert_eq!((long.len(), long.ends_with(".pdf")), (120, true));
    }

    #[test]
    fn what_a_browser_could_run_is_opaque() {
        for bytes in
            [&b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>"[..], b"<!doctype html><script>", b"GIF89", b"#!/bin/sh", b""]
        {
            let file = describe("x.png", 1, bytes);
            assert_eq!((file.kind, file.mime.as_str()), (AttachmentKind::Document, "application/octet-stream"), "{bytes:?}");
        }
    }

    #[test]
    fn an_opus_recording_is_sound_in_ogg() {
        let mut page = b"OggS\0\x02\0\0\0\0\0\0\0\0".to_vec();
        page.extend([0; 12]);
        page.extend([1, 19]);
        page.extend(b"OpusHead\x01\x01");
        let file = describe("audio.ogg", 100, &page);
        assert_eq!((file.kind, file.mime.as_str()), (AttachmentKind::Audio, "audio/ogg"));
    }

    #[test]
    fn recordings_go_by_the_names_that_providers_know() {
        let m4a = describe("som.m4a", 100, b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0");
        assert_eq!((m4a.kind, m4a.mime.as_str()), (AttachmentKind::Audio, "audio/mp4"));
        let wave = describe("som.wav", 100, b"RIFF\x24\0\0\0WAVEfmt ");
        assert_eq!((wave.kind, wave.mime.as_str()), (AttachmentKind::Audio, "audio/wav"));
    }

    #[test]
    fn a_flood_of_pixels_is_no_picture() {
        // The header of a PNG that claims 30,000 × 30,000.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(30_000_u32.to_be_bytes());
        png.extend(30_000_u32.to_be_bytes());
        png.extend([8, 2, 0, 0, 0]);
        assert_eq!(describe("flood.png", 100, &png).kind, AttachmentKind::Document);
    }
}
