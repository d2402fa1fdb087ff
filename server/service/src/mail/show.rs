//! A mail as it came: the raw bytes to take away, and its HTML for a frame that can do nothing. Remote pictures come through us, and only when asked for.

use super::digest::FOLD;
use crate::{Error, Result, Scope, Service, Tenant};
use bytes::Bytes;
use channels::email::clean::{FRAME_POLICY, FRAME_SANDBOX, show};
use model::*;
use object_store::{ObjectStore, path::Path};
use store::{Reader, conversation, mailbox, message};

/// Most bytes of a remote picture.
const PICTURE: usize = 5 << 20;

/// A mail's HTML for its frame.
#[derive(Clone, Debug)]
pub struct MailPage {
    /// The whole page.
    pub html: String,
    /// Its Content-Security-Policy, the sandbox within.
    pub policy: String,
    /// Remote pictures that were held back.
    pub blocked: usize,
}

impl Service {
    /// A mail as it came, byte for byte.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn raw_mail(&self, scope: &Scope, id: MessageId) -> Result<Bytes> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = message::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            conversation::load(c, t.account, &t.inboxes, found.conversation).await?.ok_or_else(Error::missing)?;
            // Whoever took a message back did not mean its copy to stay.
            if found.deleted_at.is_some() {
                return Err(Error::missing());
            }
            mailbox::of_message(c, t.account, id).await?.ok_or_else(Error::missing)
        };
        let mail = self.enter(scope, Permission::Read)?.read(look).await?;
        Ok(self.0.files.get(&Path::from(mail.path.as_str())).await?.bytes().await?)
    }

    /// A mail's HTML as a page of its own; `pictures` lets the remote ones in.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn mail_page(&self, scope: &Scope, id: MessageId, pictures: bool) -> Result<MailPage> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = message::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            conversation::load(c, t.account, &t.inboxes, found.conversation).await?.ok_or_else(Error::missing)?;
            let html = message::html(c, t.account, id).await?.ok_or_else(Error::missing)?;
            let language = store::account::load(c, t.account).await?.ok_or_else(Error::missing)?.language;
            Ok((found, html, language))
        };
        let (found, html, language) = self.enter(scope, Permission::Read)?.read(look).await?;
        let (now, account) = (self.now(), scope.account());
        let part = |cid: &str| {
            let file = found.files.iter().find(|file| file.content_id.as_deref() == Some(cid))?;
            Some(self.0.links.mail_part(account, file.id, now))
        };
        let proxy = |address: &str| self.0.links.picture(address, now);
        let remote: Option<&dyn Fn(&str) -> String> = if pictures { Some(&proxy) } else { None };
        let (own, quoted) = html.split_once(FOLD).unwrap_or((&html, ""));
        let (own, quoted) = (show(own, part, remote), show(quoted, part, remote));
        let more = if language == Language::Portuguese { "Mensagem anterior" } else { "Earlier mail" };
        let fold = if quoted.html.trim().is_empty() {
            String::new()
        } else {
            format!("<details><summary title=\"{more}\">…</summary>{}</details>", quoted.html)
        };
        let html = format!(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>{STYLE}</style></head><body>{}{fold}</body></html>",
            own.html
        );
        let policy = FRAME_POLICY.replace("{proxy}", &self.settings().public_url);
        let policy = format!("{policy}; frame-ancestors 'self'; sandbox {FRAME_SANDBOX}");
        Ok(MailPage { html, policy, blocked: own.blocked + quoted.blocked })
    }

    /// A remote picture of a mail, fetched by us so that its sender learns nothing of the reader. Only links that we made work.
    ///
    /// # Errors
    /// `LinkExpired`, `Missing` where there is no picture.
    pub async fn remote_picture(&self, address: &str, until: i64, signature: &str) -> Result<(Bytes, &'static str)> {
        if !self.0.links.check_picture(address, until, signature, self.now()) {
            return Err(Error::Fault(FaultCode::LinkExpired));
        }
        let reply = self.0.http.get(address).cap(PICTURE).send().await.map_err(|_| Error::missing())?;
        let mime = infer::get(&reply.body).map(|found| found.mime_type());
        match mime {
            Some(mime @ ("image/png" | "image/jpeg" | "image/gif" | "image/webp")) if reply.status == 200 => Ok((reply.body, mime)),
            _ => Err(Error::missing()),
        }
    }
}

/// Mail is written for a white page, and reads best in the reader's own type.
const STYLE: &str = "html{color-scheme:light;background:#fff}body{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif;color:#1a1a1a;overflow-wrap:anywhere}\
img{max-width:100%;height:auto}pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #ccc}\
summary{display:inline-block;list-style:none;cursor:pointer;padding:0 8px;margin:8px 0;border-radius:8px;background:#eee;line-height:1.2}";

/// Bytes out of base64, of either alphabet, padded or not.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text
        .trim_end_matches('=')
        .chars()
        .map(|c| {
            if c == '+' {
                '-'
            } else if c == '/' {
                '_'
            } else {
                c
            }
        })
        .collect();
    data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}
