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
        let key = store.write(async move |tx| Ok::<_, Error>(store::account::keep_secret(tx, "link_key", &secret::token()).await?)).await?;
        Ok(Self { key })
    }

    fn text(account: AccountId, file: AttachmentId, until: i64) -> String {
        format!("{account}/{file}/{until}")
    }

    /// The file with a link that works for a quarter of an hour.
    pub fn with_link(&self, account: AccountId, mut file: AttachmentView, now: Timestamp) -> AttachmentView {
        file.link = Some(self.path(account, file.id, now.0 + LIFE));
        file
    }

    /// A path that works for an hour, for providers that fetch what we send.
    pub fn for_provider(&self, account: AccountId, file: AttachmentId, now: Timestamp) -> String {
        self.path(account, file, now.0 + 4 * LIFE)
    }

    /// Where a mail's own picture is shown from, for a frame without a session.
    pub fn mail_part(&self, account: AccountId, file: AttachmentId, now: Timestamp) -> String {
        let until = now.0 + LIFE;
        let signature = secret::sign(&self.key, &Self::text(account, file, until));
        format!("/mail/part/{account}/{file}?until={until}&by={signature}")
    }

    /// Where a mail's remote picture is shown from: through us.
    pub fn picture(&self, address: &str, now: Timestamp) -> String {
        let until = now.0 + LIFE;
        let signature = secret::sign(&self.key, &Self::picture_text(address, until));
        let address = data_encoding::BASE64URL_NOPAD.encode(address.as_bytes());
        format!("/mail/picture/{address}?until={until}&by={signature}")
    }

    /// Whether we made such a link, and it still works.
    pub fn check_picture(&self, address: &str, until: i64, signature: &str, now: Timestamp) -> bool {
        until > now.0 && secret::proves(&self.key, &Self::picture_text(address, until), signature)
    }

    fn picture_text(address: &str, until: i64) -> String {
        format!("picture {until} {address}")
    }

    fn path(&self, account: AccountId, file: AttachmentId, until: i64) -> String {
        let signature = secret::sign(&self.key, &Self::text(account, file, until));
        format!("/files/{account}/{file}/signed?until={until}&by={signature}")
    }

    /// Whether a link is ours and still works.
    pub fn check(&self, account: AccountId, file: AttachmentId, until: i64, signature: &str, now: Timestamp) -> bool {
        until > now.0 && secret::proves(&self.key, &Self::text(account, file, until), signature)
    }
}
