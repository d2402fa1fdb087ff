//! A provider's answer, whatever its status. What it means is each channel's business.

use bytes::Bytes;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// A provider's answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    headers: HeaderMap,
    /// The body, within the cap.
    pub body: Bytes,
}

impl Reply {
    pub(super) const fn new(status: u16, headers: HeaderMap) -> Self {
        Self { status, headers, body: Bytes::new() }
    }

    /// Whether the status is one of the 200s.
    #[must_use]
    pub const fn ok(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The delay that `Retry-After` asks for in seconds, in milliseconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<i64> {
        let seconds: i64 = self.header(RETRY_AFTER.as_str())?.trim().parse().ok()?;
        (0..=86_400).contains(&seconds).then_some(seconds * 1000)
    }

    /// The media type without its parameters.
    #[must_use]
    pub fn mime(&self) -> Option<String> {
        let value = self.header(CONTENT_TYPE.as_str())?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()).filter(|mime| !mime.is_empty())
    }

    /// The file's name by `Content-Disposition`.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let value = self.header(CONTENT_DISPOSITION.as_str())?;
        let name = value.split(';').find_map(|part| part.trim().strip_prefix("filename="))?.trim_matches('"');
        (!name.is_empty()).then(|| name.to_owned())
    }
}
