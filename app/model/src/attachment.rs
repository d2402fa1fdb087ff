//! Files on messages.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// How a file is shown; decided by the server from the file's content, never from its name or header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A raster picture with known width and height.
    Image,
    /// Plays inline with controls.
    Video,
    /// Plays inline.
    Audio,
    /// Anything else: name, size, download.
    Document,
}

/// A file on a message. The agents' page fetches it from `/files/{account}/{id}/{name}` (session cookie, scope checked each time).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentView {
    /// Its id within the account.
    pub id: AttachmentId,
    /// How to show it.
    pub kind: AttachmentKind,
    /// The cleaned file name.
    pub name: String,
    /// The media type found in the content.
    pub mime: String,
    /// Size in bytes.
    pub size: i64,
    /// Pixels, for images, so that the box is reserved before loading.
    pub width: Option<i64>,
    /// Pixels, for images.
    pub height: Option<i64>,
    /// A signed link of short life, where the reader has no session (the widget).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What an upload answers: the key to name in a message draft, and what was found in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadView {
    /// Random key; valid for its uploader and one message.
    pub key: String,
    /// The file as it will appear.
    pub name: String,
    /// How it will be shown.
    pub kind: AttachmentKind,
    /// Size in bytes.
    pub size: i64,
}
