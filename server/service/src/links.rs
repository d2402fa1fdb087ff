//! Signed links of short life to files, for readers without a session (the widget). The key is the installation's own.

use crate::{Error, Result, secret};
use model::{AccountId, AttachmentId, AttachmentView, Timestamp};

/// How long a link works, in milliseconds.
const LIFE: i64 = 15 * 60 * 1000;

/// Signs and checks links.
pub struct Signer {
    key: String,
}

impl Signer {
    /// Reads the installation's key, making it first where there is none.
    pub async fn load(store: &store::Store) -> Result<Self> {
        let key =
            store.write(async move |tx| Ok::<_, Error>(store::account::keep_setting(tx, "link_key", &secret::token()).await?)).await?;
        Ok(Self { key })
    }

    fn text(account: AccountId, file: AttachmentId, until: i64) -> String {
        format!("{account}/{file}/{until}")
    }

    /// The file with a link that works for a quarter of an hour.
    pub fn with_link(&self, account: AccountId, mut file: AttachmentView, now: Timestamp) -> AttachmentView {
        let until = now.0 + LIFE;
        let signature = secret::sign(&self.key, &Self::text(account, file.id, until));
        file.link = Some(format!("/files/{account}/{}/signed?until={until}&by={signature}", file.id));
        file
    }

    /// Whether a link is ours and still works.
    pub fn check(&self, account: AccountId, file: AttachmentId, until: i64, signature: &str, now: Timestamp) -> bool {
        until > now.0 && secret::proves(&self.key, &Self::text(account, file, until), signature)
    }
}
