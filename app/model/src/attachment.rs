//! Files on messages.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// How a file is shown; decided by the server from the file's content, never from its name or header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A raster picture with known width and height.
    Image,
    /// Plays inline with controls.
    Video,
    /// Plays inline.
    Audio,
    /// Anything else: name, size, download.
    #[default]
    Document,
}

/// Whether a file's bytes are here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// They are.
    #[default]
    Ready,
    /// They are being fetched from the provider.
    Pending,
    /// The provider did not give them.
    Failed,
}

impl FileState {
    /// Whether the file can be opened.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }
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
    /// Recorded to be heard as a voice message.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub voice: bool,
    /// Milliseconds, for audio and video where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// Loudness along a recording, at most 64 steps of 0 to 255; empty when unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peaks: Vec<u8>,
    /// Whether the bytes are here.
    #[serde(default, skip_serializing_if = "FileState::is_ready")]
    pub state: FileState,
    /// The name by which a mail's HTML shows it in place (RFC 2392).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
}

impl Default for AttachmentView {
    fn default() -> Self {
        Self {
            id: AttachmentId(0),
            kind: AttachmentKind::Document,
            name: String::new(),
            mime: String::new(),
            size: 0,
            width: None,
            height: None,
            link: None,
            voice: false,
            duration: None,
            peaks: Vec::new(),
            state: FileState::Ready,
            content_id: None,
        }
    }
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
