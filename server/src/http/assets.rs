//! The browser bundles: inside the binary (feature `embed`) or in a folder while developing. Hashed names are cached for ever.

use super::App;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[cfg(feature = "embed")]
static INSIDE: include_dir::Dir<'static> = include_dir::include_dir!("$RECADO_EMBED_DIR");

/// One file of the manifest `cargo xtask build` writes.
#[derive(Clone, Debug, Deserialize)]
struct Entry {
    path: String,
    #[serde(default)]
    immutable: bool,
    #[serde(default)]
    br: Option<u64>,
    #[serde(default)]
    gz: Option<u64>,
}

/// Where the bundles are.
pub struct Assets {
    manifest: BTreeMap<String, Entry>,
    /// A folder with `inbox`, `widget` as cargo-leptos leaves them; none when they are inside.
    folder: Option<PathBuf>,
    release: String,
}

impl Assets {
    /// Finds the bundles: in the folder named, else inside.
    ///
    /// # Errors
    /// A sentence, when a folder is named that is not there.
    pub fn load(folder: &str) -> Result<Self, String> {
        if folder.is_empty() {
            let manifest = inside_manifest()?;
            // Hashed names tell bundles apart.
            let names: Vec<&str> = manifest.values().map(|entry| entry.path.as_str()).collect();
            let release = format!("{:x}", sum(names.join("\n").as_bytes()));
            return Ok(Self { manifest, folder: None, release });
        }
        let folder = PathBuf::from(folder);
        if folder.is_dir() {
            Ok(Self { manifest: BTreeMap::new(), folder: Some(folder), release: "development".to_owned() })
        } else {
            Err(format!("the folder of browser bundles {} is not there (server.site)", folder.display()))
        }
    }

    /// Nothing at all, for tests that open no page in a browser.
    #[must_use]
    pub const fn none() -> Self {
        Self { manifest: BTreeMap::new(), folder: None, release: String::new() }
    }

    /// Where a browser finds a file of a bundle, such as `inbox/recado.js`.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        self.manifest.get(name).map_or_else(|| format!("/assets/{name}"), |entry| format!("/assets/{}", entry.path))
    }

    /// Names these bundles. While developing they have one name, whatever changes in them.
    #[must_use]
    pub fn release(&self) -> &str {
        &self.release
    }

    /// Where a browser finds a file that only packing makes; none while developing.
    #[must_use]
    pub fn packed(&self, name: &str) -> Option<String> {
        self.manifest.get(name).map(|entry| format!("/assets/{}", entry.path))
    }

    /// A file of `public/`, which keeps its name at the root.
    pub fn root(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let name = path.strip_prefix('/')?;
        if name.is_empty() || name.contains("..") {
            return None;
        }
        match &self.folder {
            Some(folder) => read(&folder.join("inbox").join(name)).map(|bytes| plain(name, bytes, false, headers)),
            None => {
                let entry = self.manifest.get(&format!("public/{name}"))?;
                self.give(entry, headers)
            }
        }
    }

    fn give(&self, entry: &Entry, headers: &HeaderMap) -> Option<Response> {
        let coding = if entry.br.is_some() && takes(headers, "br") {
            Some("br")
        } else if entry.gz.is_some() && takes(headers, "gzip") {
            Some("gzip")
        } else {
            None
        };
        let ending = coding.map_or("", |c| if c == "br" { ".br" } else { ".gz" });
        let bytes = inside(&format!("{}{ending}", entry.path))?;
        let mut response = plain(&entry.path, bytes.to_vec(), entry.immutable, headers);
        if let Some(coding) = coding
            && response.status() == StatusCode::OK
        {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        Some(response)
    }
}

/// Whether who asks takes a coding.
pub(super) fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| part.split(';').next().is_some_and(|c| c.trim() == coding) && !part.trim_end().ends_with("q=0"))
}

#[cfg(feature = "embed")]
fn inside(path: &str) -> Option<&'static [u8]> {
    INSIDE.get_file(path).map(include_dir::File::contents)
}

#[cfg(not(feature = "embed"))]
const fn inside(_: &str) -> Option<&'static [u8]> {
    None
}

#[cfg(feature = "embed")]
fn inside_manifest() -> Result<BTreeMap<String, Entry>, String> {
    let text = inside("manifest.json").ok_or("the binary was built without its manifest of bundles")?;
    serde_json::from_slice(text).map_err(|e| format!("the manifest of bundles is unreadable: {e}"))
}

#[cfg(not(feature = "embed"))]
fn inside_manifest() -> Result<BTreeMap<String, Entry>, String> {
    Err("this binary carries no browser bundles: build it with `cargo xtask build --release`, or name their folder in server.site"
        .to_owned())
}

fn read(path: &std::path::Path) -> Option<Vec<u8>> {
    if path.is_file() { std::fs::read(path).ok() } else { None }
}

fn plain(name: &str, bytes: Vec<u8>, immutable: bool, headers: &HeaderMap) -> Response {
    let tag = format!("\"{:x}-{:x}\"", bytes.len(), sum(&bytes));
    let cache = if immutable { "public, max-age=31536000, immutable" } else { "public, max-age=300, must-revalidate" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(Body::from(bytes)) };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime(name)));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    // Fonts and the loader are fetched from other origins' pages too.
    out.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    response
}

/// FNV-1a, enough to tell two versions of our own file apart.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// The name of the bundles, for pages that ask whether theirs are still the ones.
pub async fn release(State(app): State<App>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], app.assets.release.clone())
}

/// A file of a bundle.
pub async fn hashed(State(app): State<App>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    let missing = || super::fault::respond(model::FaultBody::of(model::FaultCode::Missing));
    if path.contains("..") {
        return missing();
    }
    match &app.assets.folder {
        Some(folder) => {
            let file = path.split_once('/').map(|(project, file)| folder.join(project).join("pkg").join(file));
            file.and_then(|f| read(&f)).map_or_else(missing, |bytes| plain(&path, bytes, false, &headers))
        }
        None => {
            let entry = app.assets.manifest.values().find(|e| e.path == path);
            entry.and_then(|e| app.assets.give(e, &headers)).unwrap_or_else(missing)
        }
    }
}
