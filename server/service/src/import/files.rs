//! Files' bytes: from a folder of the source's storage or from an address, once the rows are here. One that cannot be had stays a file that is
//! not available, and is named; a later run with the folder or the address at hand brings those that are still missing.

use super::{ImportError, ImportFrom, Place, Result, Watch, keep, rows};
use crate::{Error, Service};
use bytes::Bytes;
use channels::Http;
use model::*;
use object_store::{ObjectStore, path::Path};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;
use store::import::Absent;
use store::{Reader, Tx};

/// Where files' bytes are.
#[derive(Clone, Debug, Default)]
pub enum Blobs {
    /// Nowhere at hand.
    #[default]
    Nowhere,
    /// A folder as Rails' Active Storage keeps it on a disk: `ab/cd/abcd…`, or the files beside each other.
    Folder(PathBuf),
    /// An address under which each lies by its key, such as a bucket's.
    Web(String),
}

/// Files of one write.
const PIECE: i64 = 20;

/// Where a file's bytes were, as its row remembers it.
#[derive(Serialize, Deserialize)]
struct Remote {
    active_storage: String,
}

pub(super) fn remote(key: &str) -> String {
    serde_json::to_string(&Remote { active_storage: key.to_owned() }).unwrap_or_default()
}

/// The key, if it could be one: it becomes part of a path.
fn key(remote: &str) -> Option<String> {
    let key = serde_json::from_str::<Remote>(remote).ok()?.active_storage;
    let fits = (4..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    fits.then_some(key)
}

/// A file's bytes, or why they are not to be had.
async fn bytes(blobs: &Blobs, http: Option<&Http>, key: &str) -> Result<Bytes, String> {
    let folders = format!("{}/{}/{key}", &key[..2], &key[2..4]);
    match (blobs, http) {
        (Blobs::Folder(folder), _) => {
            let mut why = String::new();
            for path in [folder.join(&folders), folder.join(key)] {
                match tokio::fs::read(&path).await {
                    Ok(bytes) => return Ok(bytes.into()),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => "not in the folder".clone_into(&mut why),
                    Err(error) => why = error.to_string(),
                }
            }
            Err(why)
        }
        (Blobs::Web(base), Some(http)) => {
            let mut why = String::new();
            for place in [key, folders.as_str()] {
                match http.get(&format!("{}/{place}", base.trim_end_matches('/'))).cap(100 << 20).send().await {
                    Ok(reply) if reply.status == 200 => return Ok(reply.body),
                    Ok(reply) => why = format!("the address answered {}", reply.status),
                    Err(error) => why = error.to_string(),
                }
            }
            Err(why)
        }
        _ => Err("neither --attachments-dir nor --attachments-url was given".to_owned()),
    }
}

impl Service {
    /// Fetches the bytes of imported files that are not here.
    pub(super) async fn fetch_blobs(&self, from: &ImportFrom, place: &mut Place, watch: &mut Watch<'_>) -> Result<()> {
        let blobs = &from.blobs;
        let total = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(rows::absences(c).await?)).await?;
        // What an earlier run could not have may be had by this one.
        place.report.left.retain(|left| left.what != "files' bytes");
        let http = match blobs {
            Blobs::Web(base) => {
                let mut allow = self.settings().allow.clone();
                allow.name(base);
                Some(Http::new(allow, Duration::from_secs(60)).map_err(|e| Error::Unexpected(e.to_string()))?)
            }
            _ => None,
        };
        let (mut after, mut done) = (0, 0_u64);
        loop {
            let page = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(rows::absent(c, after, PIECE).await?)).await?;
            let Some(last) = page.last().map(|a| a.id) else { break };
            let count = page.len() as u64;
            let mut here = Vec::new();
            for absent in page {
                match self.bring(from, http.as_ref(), &absent).await? {
                    Ok(file) => here.push((absent.account_id, file)),
                    Err(why) => {
                        let on = absent.message_id.unwrap_or_default();
                        place.report.left("files' bytes", &why, format!("{} (message {on})", absent.name));
                    }
                }
            }
            place.report.came("files' bytes", here.len() as i64);
            let kept = place.clone();
            let write = async move |tx: &mut Tx| {
                for (account, (view, path)) in here {
                    store::attachment::settle(tx, AccountId(account), &view, &path).await?;
                }
                keep(tx, &kept).await
            };
            self.0.store.write(write).await?;
            (after, done) = (last, done + count);
            watch("files", done, total.max(0) as u64);
        }
        let kept = place.clone();
        self.0.store.write(async move |tx: &mut Tx| keep(tx, &kept).await).await.map_err(ImportError::Ours)
    }

    /// One file: its bytes in our store, described by what they are; or why not.
    async fn bring(&self, from: &ImportFrom, http: Option<&Http>, absent: &Absent) -> Result<Result<(AttachmentView, String), String>> {
        let Some(key) = key(&absent.remote) else { return Ok(Err("its key is none".to_owned())) };
        let bytes = match bytes(&from.blobs, http, &key).await {
            Ok(bytes) => bytes,
            Err(why) => return Ok(Err(why)),
        };
        let (mut view, bytes) = crate::uploads::described(&absent.name, bytes, absent.voice != 0);
        (view.id, view.state, view.content_id) = (AttachmentId(absent.id), FileState::Ready, absent.content_id.clone());
        // Named by the source's key: a run that ended before its write finds the same place again.
        let path = format!("{}/{}/import-{key}", absent.account_id, &key[..2]);
        if !from.dry {
            self.0.files.put(&Path::from(path.as_str()), bytes.into()).await.map_err(Error::from)?;
        }
        Ok(Ok((view, path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_leads_out_of_its_folder() {
        assert_eq!(key(&remote("abcd1234")), Some("abcd1234".to_owned()));
        for bad in ["../../etc/passwd", "ab", "a/b/c/d", "abcd\0", "abçd"] {
            assert_eq!(key(&remote(bad)), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_folder_is_looked_through_in_both_forms() {
        let folder = std::env::temp_dir().join(format!("recado-blobs-{}", crate::secret::reference()));
        std::fs::create_dir_all(folder.join("ab/cd")).unwrap();
        std::fs::write(folder.join("ab/cd/abcd1234"), b"one").unwrap();
        std::fs::write(folder.join("efgh5678"), b"two").unwrap();
        let blobs = Blobs::Folder(folder.clone());
        assert_eq!(bytes(&blobs, None, "abcd1234").await.unwrap().as_ref(), b"one");
        assert_eq!(bytes(&blobs, None, "efgh5678").await.unwrap().as_ref(), b"two");
        assert!(bytes(&blobs, None, "gone0000").await.is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
