//! A bucket behind `object_store`: its calls, and what their answers mean. Written here because object_store's own speaks HTTP/2 and reads the
//! machine's certificates, and would have made every other client and the server do so too.

use super::parts::Parts;
use super::sign::{Asked, Signer, digest, escaped};
use super::{BucketPlace, xml};
use crate::Clock;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::*;
use reqwest::{Method, Response, StatusCode, header};
use std::sync::Arc;
use std::time::Duration;

/// How often a call is made before it counts as failed.
const TRIES: u32 = 4;

type Result<T, E = Error> = std::result::Result<T, E>;

/// A bucket; clones share its connections.
#[derive(Clone)]
pub(super) struct Bucket(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    base: String,
    root: String,
    host: String,
    prefix: String,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Bucket").field(&self.0.base).finish()
    }
}

impl std::fmt::Display for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.base)
    }
}

/// A call to be made.
#[derive(Clone, Default)]
pub(super) struct Call {
    pub method: Method,
    /// The object's place; none for the bucket itself.
    pub at: Option<Path>,
    /// Parameters, in any order.
    pub query: Vec<(&'static str, String)>,
    /// Further headers, in small letters.
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

pub(super) fn failed(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Generic { store: "bucket", source: why.into() }
}

fn sent(error: reqwest::Error) -> Error {
    // The outermost words name the address, which logs need not know; the innermost say why.
    let mut inner: &dyn std::error::Error = &error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    failed(format!("the bucket was not reached: {inner}"))
}

impl Bucket {
    pub fn open(place: &BucketPlace, clock: &Arc<dyn Clock>) -> Result<Self> {
        // The operator named this address; no proxy and no redirect is followed with its keys.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30))
            .build()
            .map_err(sent)?;
        let (url, base) = (&place.base, place.base.as_str().trim_end_matches('/').to_owned());
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let root = url.path().trim_end_matches('/').to_owned();
        let (prefix, signer) = (place.prefix.clone(), place.signer.clone());
        Ok(Self(Arc::new(Inner { http, base, root, host, prefix, signer, clock: clock.clone() })))
    }

    fn key(&self, path: &Path) -> String {
        format!("{}{path}", self.0.prefix)
    }

    async fn once(&self, call: &Call) -> Result<Response> {
        let Inner { http, base, root, host, signer, .. } = &*self.0;
        let tail = format!("/{}", call.at.as_ref().map(|path| escaped(&self.key(path), true)).unwrap_or_default());
        let mut query: Vec<String> =
            call.query.iter().map(|(key, value)| format!("{}={}", escaped(key, false), escaped(value, false))).collect();
        query.sort();
        let query = query.join("&");
        let now = self.0.clock.now().0;
        let at = DateTime::from_timestamp_millis(now).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string();
        let sum = digest(&call.body);
        let mut headers: Vec<(&str, &str)> = call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.extend([("host", host.as_str()), ("x-amz-content-sha256", &sum), ("x-amz-date", &at)]);
        headers.sort_unstable();
        let path = format!("{root}{tail}");
        let signed = Asked { method: call.method.as_str(), path: &path, query: &query, headers: &headers, digest: &sum, at: &at };
        let mark = if query.is_empty() { "" } else { "?" };
        let mut request = http.request(call.method.clone(), format!("{base}{tail}{mark}{query}"));
        for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(*name, *value);
        }
        request = request.header(header::AUTHORIZATION, signer.authorization(&signed));
        if !matches!(call.method, Method::GET | Method::HEAD | Method::DELETE) {
            request = request.header(header::CONTENT_LENGTH, call.body.len()).body(call.body.clone());
        }
        request.send().await.map_err(sent)
    }

    /// Makes a call until it is answered with yes or no; all of ours may be made twice.
    pub async fn call(&self, call: Call) -> Result<Response> {
        let mut tried = 1;
        loop {
            let answer = self.once(&call).await;
            let busy = match &answer {
                Ok(answer) => answer.status().is_server_error() || answer.status() == StatusCode::TOO_MANY_REQUESTS,
                Err(_) => true,
            };
            if !busy || tried == TRIES {
                let answer = answer?;
                return if answer.status().is_success() { Ok(answer) } else { Err(refusal(call.at.as_ref(), answer).await) };
            }
            tokio::time::sleep(Duration::from_millis(100 << tried)).await;
            tried += 1;
        }
    }

    /// [`Bucket::call`] for calls whose answer may be an error under a status that says yes, as documented for those that take long.
    pub async fn told(&self, call: Call) -> Result<String> {
        let text = self.call(call).await?.text().await.map_err(sent)?;
        match xml::text(&text, "Code").filter(|_| text.contains("<Error>")) {
            Some(code) => Err(failed(format!("{code}: {}", xml::text(&text, "Message").unwrap_or_default()))),
            None => Ok(text),
        }
    }

    async fn page(&self, prefix: &str, from: Option<String>) -> Result<(Vec<ObjectMeta>, Option<String>)> {
        let mut query = vec![("list-type", "2".to_owned()), ("prefix", prefix.to_owned())];
        query.extend(from.map(|from| ("continuation-token", from)));
        let text = self.told(Call { query, ..Call::default() }).await?;
        let read = |entry: &str| {
            let location = Path::parse(xml::text(entry, "Key")?.strip_prefix(self.0.prefix.as_str())?).ok()?;
            let last_modified = DateTime::parse_from_rfc3339(&xml::text(entry, "LastModified")?).ok()?.to_utc();
            let size = xml::text(entry, "Size")?.parse().ok()?;
            Some(ObjectMeta { location, last_modified, size, e_tag: None, version: None })
        };
        let more = xml::text(&text, "IsTruncated").is_some_and(|more| more == "true");
        let next = if more {
            Some(xml::text(&text, "NextContinuationToken").ok_or_else(|| failed("a list without its next page"))?)
        } else {
            None
        };
        Ok((xml::all(&text, "Contents").filter_map(read).collect(), next))
    }
}

/// What a refusal means. Its words are the bucket's own.
async fn refusal(at: Option<&Path>, answer: Response) -> Error {
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    let code = xml::text(&text, "Code").unwrap_or_else(|| status.to_string());
    let source = format!("{code}: {}", xml::text(&text, "Message").unwrap_or_default()).into();
    let path = at.map(ToString::to_string).unwrap_or_default();
    match status {
        StatusCode::NOT_FOUND if code != "NoSuchBucket" => Error::NotFound { path, source },
        StatusCode::FORBIDDEN => Error::PermissionDenied { path, source },
        StatusCode::UNAUTHORIZED => Error::Unauthenticated { path, source },
        StatusCode::PRECONDITION_FAILED => Error::Precondition { path, source },
        _ => failed(source),
    }
}

fn bytes_of(answer: Response) -> BoxStream<'static, Result<Bytes>> {
    stream::try_unfold(answer, async |mut answer: Response| Ok(answer.chunk().await.map_err(sent)?.map(|bytes| (bytes, answer)))).boxed()
}

#[async_trait]
impl ObjectStore for Bucket {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        if opts.mode != PutMode::Overwrite {
            return Err(Error::NotImplemented);
        }
        let at = Some(location.clone());
        self.call(Call { method: Method::PUT, at, body: payload.into(), ..Call::default() }).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(&self, location: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Parts::new(self.clone(), location.clone())))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if options.if_match.is_some() || options.if_none_match.is_some() || options.version.is_some() {
            return Err(Error::NotImplemented);
        }
        let headers = options.range.as_ref().map(|range| ("range", range.to_string())).into_iter().collect();
        let method = if options.head { Method::HEAD } else { Method::GET };
        let answer = self.call(Call { method, at: Some(location.clone()), headers, ..Call::default() }).await?;
        let told = |name: header::HeaderName| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let length: u64 =
            told(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()).ok_or_else(|| failed("an answer without length"))?;
        let (range, size) = match options.range {
            None => (0..length, length),
            // Whoever passes over the range sends other bytes than were asked for.
            Some(_) => told(header::CONTENT_RANGE)
                .filter(|_| answer.status() == StatusCode::PARTIAL_CONTENT)
                .and_then(|told| part_of(&told))
                .filter(|(range, _)| range.end - range.start == length)
                .ok_or_else(|| failed("a part was asked for, and something else came"))?,
        };
        let changed = told(header::LAST_MODIFIED).and_then(|at| DateTime::parse_from_rfc2822(&at).ok());
        let last_modified = changed.map_or(DateTime::<Utc>::UNIX_EPOCH, |at| at.to_utc());
        let meta = ObjectMeta { location: location.clone(), last_modified, size, e_tag: told(header::ETAG), version: None };
        Ok(GetResult { payload: GetResultPayload::Stream(bytes_of(answer)), meta, range, attributes: Attributes::new() })
    }

    async fn delete(&self, location: &Path) -> Result<()> {
        self.call(Call { method: Method::DELETE, at: Some(location.clone()), ..Call::default() }).await?;
        Ok(())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (bucket, prefix) = (self.clone(), prefix.map_or_else(|| self.0.prefix.clone(), |prefix| format!("{}/", self.key(prefix))));
        let pages = stream::try_unfold(Some(None), move |from: Option<Option<String>>| {
            let (bucket, prefix) = (bucket.clone(), prefix.clone());
            async move {
                let Some(from) = from else { return Ok::<_, Error>(None) };
                let (found, next) = bucket.page(&prefix, from).await?;
                Ok(Some((stream::iter(found.into_iter().map(Ok::<_, Error>)), next.map(Some))))
            }
        });
        pages.try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(Error::NotImplemented)
    }

    async fn copy(&self, _: &Path, _: &Path) -> Result<()> {
        Err(Error::NotImplemented)
    }

    async fn copy_if_not_exists(&self, _: &Path, _: &Path) -> Result<()> {
        Err(Error::NotImplemented)
    }
}

/// `bytes 0-9/100`.
fn part_of(told: &str) -> Option<(std::ops::Range<u64>, u64)> {
    let (range, size) = told.strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = range.split_once('-')?;
    let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to).then_some((from..to.checked_add(1)?, size.parse().ok()?))
}
