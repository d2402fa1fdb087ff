//! Files that are nobody's: stored, but their row was never written (a crash between the two, an upload that broke off) or is gone. They are
//! removed a day after they were written, when no row can follow any more: every file gets a place of its own and its row soon after.

use crate::{Error, Result, Service, secret};
use futures::TryStreamExt;
use model::Timestamp;
use object_store::path::Path;
use object_store::{Error as Objects, ObjectMeta, ObjectStore};
use store::{Reader, attachment};

/// How old a file is at least before it counts as nobody's, in milliseconds.
const DAY: i64 = 24 * 3_600_000;
/// Files asked about at once.
const PIECE: usize = 500;
/// Names the installation that may remove files here.
const OWNER: &str = "owner";

/// Whether a place is one of ours: the folder may be shared with things that are not files of messages.
fn ours(place: &Path) -> bool {
    let parts: Vec<_> = place.parts().collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let key = |part: &str| part.len() >= secret::PUBLIC_KEY && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    match parts.as_slice() {
        [account, folder, name] => number(account) && folder.len() == 2 && key(name),
        [account, "mail", folder, name] => number(account) && folder.len() == 2 && key(name),
        ["avatars", name] => key(name),
        _ => false,
    }
}

impl Service {
    /// Removes files that are nobody's; answers how many.
    ///
    /// # Errors
    /// Those of the store and of the store of files.
    pub async fn sweep_files(&self) -> Result<usize> {
        if !self.owns_files().await? {
            return Ok(0);
        }
        let before = self.now().plus(-DAY);
        let old = |file: &ObjectMeta| ours(&file.location) && Timestamp(file.last_modified.timestamp_millis()) < before;
        let found = self.0.files.list(None).try_filter_map(|file| futures::future::ok(old(&file).then(|| file.location.to_string())));
        let mut pieces = found.try_chunks(PIECE);
        let mut gone = 0;
        loop {
            // A file that goes meanwhile breaks a folder's list off; the next hour has it whole.
            let piece = match pieces.try_next().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => return Err(error.1.into()),
            };
            let nobodys = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(attachment::unknown_paths(c, piece).await?)).await?;
            gone += nobodys.len();
            self.remove_files(nobodys).await;
        }
        if gone > 0 {
            tracing::info!(gone, "files that were nobody's are removed");
        }
        Ok(gone)
    }

    /// Whether the files here are this installation's: another one's rows are not known here, and its files must not go.
    async fn owns_files(&self) -> Result<bool> {
        let own =
            async move |tx: &mut store::Tx| Ok::<_, Error>(store::account::keep_setting(tx, "files_owner", &secret::public_key()).await?);
        let (own, mark) = (self.0.store.write(own).await?, Path::from(OWNER));
        match self.0.files.get(&mark).await {
            Ok(found) => {
                let same = found.bytes().await? == own;
                if !same {
                    tracing::warn!("files are kept where another installation keeps its own (see `{OWNER}` there); none is removed");
                }
                Ok(same)
            }
            Err(Objects::NotFound { .. }) => {
                self.0.files.put(&mark, own.into()).await?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_ours_are_swept() {
        let key = secret::public_key();
        for place in [format!("1/{}/{key}", &key[..2]), format!("12/mail/ab/{key}"), format!("avatars/{key}"), format!("1/ab/import-{key}")]
        {
            assert!(ours(&Path::from(place.as_str())), "{place}");
        }
        for place in ["owner", "avatars/logo.png", "1/ab/nota.txt", "photos/ab/0123456789012345678901", "1/abc/0123456789012345678901"] {
            assert!(!ours(&Path::from(place)), "{place}");
        }
    }
}
