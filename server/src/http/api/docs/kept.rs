//! A long text of ours that is made once: kept compressed in both codings, given out with a tag, unpacked for the few who take neither. What it
//! says is its maker's business.

use super::super::super::assets::{sum, takes};
use super::super::super::fault;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::{FaultBody, FaultCode};
use std::io::{Read, Write};
use tokio::sync::OnceCell;

/// Brotli's middle: an eighth larger than its best, made in a thirtieth of the time.
const QUALITY: i32 = 6;

/// The text, once somebody has asked for it.
#[derive(Default)]
pub struct Kept(OnceCell<Packed>);

struct Packed {
    tag: HeaderValue,
    brotli: Bytes,
    gzip: Bytes,
}

impl Packed {
    fn of(text: &str) -> std::io::Result<Self> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes())?;
        let settings = brotli::enc::BrotliEncoderParams { quality: QUALITY, size_hint: text.len(), ..Default::default() };
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut text.as_bytes(), &mut packed, &settings)?;
        let tag = format!("\"{:x}-{:x}\"", text.len(), sum(text.as_bytes()));
        let tag = HeaderValue::from_str(&tag).map_err(std::io::Error::other)?;
        Ok(Self { tag, brotli: packed.into(), gzip: gzip.finish()?.into() })
    }

    fn plain(&self) -> std::io::Result<Vec<u8>> {
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(self.gzip.as_ref()).read_to_end(&mut text)?;
        Ok(text)
    }
}

impl Kept {
    /// The answer to who asks, in a coding they take, or 304 to those who have it; `make` is called by the first.
    pub async fn give(&self, kind: &'static str, headers: &HeaderMap, make: impl FnOnce() -> String + Send + 'static) -> Response {
        let made = self.0.get_or_try_init(|| async { tokio::task::spawn_blocking(|| Packed::of(&make())).await? }).await;
        let known = |packed: &Packed| headers.get(header::IF_NONE_MATCH).is_some_and(|given| names(given, &packed.tag));
        let body = made.and_then(|packed| {
            Ok(match () {
                () if known(packed) => (packed, None, Bytes::new()),
                () if takes(headers, "br") => (packed, Some("br"), packed.brotli.clone()),
                () if takes(headers, "gzip") => (packed, Some("gzip"), packed.gzip.clone()),
                () => (packed, None, packed.plain()?.into()),
            })
        });
        let (packed, coding, bytes) = match body {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(%error, "a text of our own could not be packed");
                return fault::respond(FaultBody::of(FaultCode::Internal));
            }
        };
        let mut response = if known(packed) { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(bytes).into_response() };
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        // The next version has the same address.
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        out.insert(header::ETAG, packed.tag.clone());
        if let Some(coding) = coding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

/// Whether a list of tags names one, weak or not: a proxy that packs anew weakens it (RFC 9110 section 13.1.2).
fn names(given: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(given), Ok(tag)) = (given.to_str(), tag.to_str()) else { return false };
    given.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}
