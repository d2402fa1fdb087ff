//! A strict bucket: it proves every call by computing its signature anew from what arrived (AWS Signature Version 4), answers the documented XML
//! errors, and refuses what a real one refuses: small parts, wrong marks, parameters it does not know.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use model::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

pub const ACCESS: &str = "AKIDRECADO";
pub const SECRET: &str = "shh/that+is/secret";
const REGION: &str = "sa-east-1";
/// Objects on one page of a list.
const PAGE: usize = 3;

#[derive(Default)]
pub struct Held {
    /// Objects: their bytes and when they were written.
    pub objects: BTreeMap<String, (Vec<u8>, Timestamp)>,
    /// Uploads in parts that are neither whole nor given up.
    pub uploads: BTreeMap<String, (String, BTreeMap<usize, Vec<u8>>)>,
    /// Every call that was proven: method, key, parameters.
    pub calls: Vec<String>,
    /// Answers that the next calls get instead; 0 is none.
    pub trouble: VecDeque<u16>,
    pub now: Timestamp,
}

#[derive(Clone)]
pub struct Bucket {
    held: Arc<Mutex<Held>>,
    pub url: String,
    /// While it is closed, what was written is not answered.
    pub gate: Arc<tokio::sync::RwLock<()>>,
}

type Answer = Result<Response, (u16, &'static str)>;

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

fn xml(status: u16, body: String) -> Response {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    Response::builder().status(status).header("content-type", "application/xml").body(body.into()).unwrap()
}

fn instant(at: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(at.0).unwrap()
}

impl Bucket {
    pub async fn open(now: Timestamp) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("s3://desk/ar%20quivos?endpoint=http://{}&region={REGION}", listener.local_addr().unwrap());
        let bucket = Self { held: Arc::new(Mutex::new(Held { now, ..Held::default() })), url, gate: Arc::default() };
        let app = axum::Router::new().fallback(answer).with_state(bucket.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        bucket
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }
}

async fn answer(State(bucket): State<Bucket>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap().to_vec();
    let wrote = head.method == "PUT";
    let answer = take(&bucket, &head, body);
    if wrote {
        drop(bucket.gate.read().await);
    }
    answer
}

fn take(bucket: &Bucket, head: &http::request::Parts, body: Vec<u8>) -> Response {
    let mut held = bucket.held();
    proven(&held, head, &body).and_then(|()| obey(&mut held, head, body)).unwrap_or_else(|(status, code)| {
        let text = format!(
            "<Error><Code>{code}</Code><Message>The bucket says {code} &amp; no more.</Message><RequestId>4442587F</RequestId></Error>"
        );
        let text = if head.method == "HEAD" { String::new() } else { text };
        xml(status, text)
    })
}

/// Signature Version 4, from the other side.
fn proven(held: &Held, head: &http::request::Parts, body: &[u8]) -> Result<(), (u16, &'static str)> {
    let word = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let told = word("authorization");
    let told = told.strip_prefix("AWS4-HMAC-SHA256 ").ok_or((403, "AccessDenied"))?;
    let part = |name: &str| told.split(", ").find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default();
    let (at, sum) = (word("x-amz-date"), word("x-amz-content-sha256"));
    let scope: Vec<&str> = part("Credential").split('/').collect();
    let [access, day, REGION, "s3", "aws4_request"] = scope[..] else { return Err((400, "AuthorizationHeaderMalformed")) };
    if access != ACCESS {
        return Err((403, "InvalidAccessKeyId"));
    }
    let made = chrono::NaiveDateTime::parse_from_str(&at, "%Y%m%dT%H%M%SZ").map_err(|_| (403, "AccessDenied"))?.and_utc();
    if !at.starts_with(day) || (instant(held.now) - made).num_minutes().abs() > 15 {
        return Err((403, "RequestTimeTooSkewed"));
    }
    if sum != hex(Sha256::digest(body)) {
        return Err((400, "XAmzContentSHA256Mismatch"));
    }
    let names: Vec<&str> = part("SignedHeaders").split(';').collect();
    let must = |name: &str| name == "host" || name.starts_with("x-amz-");
    if !names.is_sorted()
        || !names.contains(&"host")
        || head.headers.keys().any(|name| must(name.as_str()) && !names.contains(&name.as_str()))
    {
        return Err((403, "AccessDenied"));
    }
    let lines: String = names.iter().map(|name| format!("{name}:{}\n", word(name))).collect();
    let mut query: Vec<&str> = head.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).collect();
    query.sort_unstable();
    let whole = format!("{}\n{}\n{}\n{lines}\n{}\n{sum}", head.method, head.uri.path(), query.join("&"), names.join(";"));
    let text = format!("AWS4-HMAC-SHA256\n{at}\n{}\n{}", scope[1..].join("/"), hex(Sha256::digest(whole)));
    let mac = |key: Vec<u8>, text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let key = scope[1..].iter().fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(key, part));
    if hex(mac(key, &text)) == part("Signature") { Ok(()) } else { Err((403, "SignatureDoesNotMatch")) }
}

fn obey(held: &mut Held, head: &http::request::Parts, body: Vec<u8>) -> Answer {
    let plain = |text: &str| http_percent(text);
    let path = plain(head.uri.path());
    let rest = path.strip_prefix("/desk/").ok_or((404, "NoSuchBucket"))?;
    let key = rest.to_owned();
    let query: BTreeMap<String, String> = head
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect();
    held.calls.push(format!("{} {key} {}", head.method, query.keys().cloned().collect::<Vec<_>>().join(",")));
    if let Some(status) = held.trouble.pop_front().filter(|status| *status != 0) {
        return Err((status, if status == 200 { "InternalError" } else { "SlowDown" }));
    }
    let given: Vec<&str> = query.keys().map(String::as_str).collect();
    let now = held.now;
    let empty = |status: u16| Response::builder().status(status).body(Body::empty()).unwrap();
    let mark = |bytes: &[u8]| format!("\"{}\"", &hex(Sha256::digest(bytes))[..32]);
    if head.method == "PUT" && !head.headers.contains_key("content-length") {
        return Err((411, "MissingContentLength"));
    }
    match (head.method.as_str(), given.as_slice()) {
        ("PUT", []) => {
            held.objects.insert(key, (body, now));
            Ok(empty(200))
        }
        ("GET" | "HEAD", []) if !key.is_empty() => {
            let (bytes, at) = held.objects.get(&key).ok_or((404, "NoSuchKey"))?;
            let size = bytes.len();
            let answer = Response::builder().header("last-modified", instant(*at).to_rfc2822().replace("+0000", "GMT"));
            let Some(range) = head.headers.get("range") else { return Ok(answer.body(bytes.clone().into()).unwrap()) };
            let range = range.to_str().unwrap().strip_prefix("bytes=").unwrap().split_once('-').unwrap();
            let (from, to): (usize, usize) = (range.0.parse().unwrap(), range.1.parse().unwrap_or(size - 1).min(size - 1));
            if from >= size {
                return Err((416, "InvalidRange"));
            }
            let told = format!("bytes {from}-{to}/{size}");
            Ok(answer.status(206).header("content-range", told).body(bytes[from..=to].to_vec().into()).unwrap())
        }
        ("DELETE", []) => {
            held.objects.remove(&key);
            Ok(empty(204))
        }
        ("POST", ["uploads"]) => {
            let upload = format!("up/load+{}=", held.calls.len());
            held.uploads.insert(upload.clone(), (key, BTreeMap::new()));
            Ok(xml(200, format!("<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>")))
        }
        ("PUT", ["partNumber", "uploadId"]) => {
            let (at, parts) = held.uploads.get_mut(&query["uploadId"]).ok_or((404, "NoSuchUpload"))?;
            assert_eq!(*at, key);
            let told = mark(&body);
            parts.insert(query["partNumber"].parse().unwrap(), body);
            Ok(Response::builder().header("etag", told).body(Body::empty()).unwrap())
        }
        ("POST", ["uploadId"]) => {
            let (at, parts) = held.uploads.get(&query["uploadId"]).ok_or((404, "NoSuchUpload"))?.clone();
            assert_eq!(at, key);
            let told: Vec<(usize, String)> = String::from_utf8(body)
                .unwrap()
                .split("<PartNumber>")
                .skip(1)
                .map(|part| {
                    let (number, rest) = part.split_once("</PartNumber><ETag>").expect("a number, then a mark");
                    (number.parse().unwrap(), rest.split_once("</ETag>").unwrap().0.replace("&quot;", "\""))
                })
                .collect();
            if !told.is_sorted() || told.is_empty() {
                return Err((400, "InvalidPartOrder"));
            }
            if told.iter().any(|(number, told)| parts.get(number).is_none_or(|bytes| mark(bytes) != *told)) {
                return Err((400, "InvalidPart"));
            }
            if told[..told.len() - 1].iter().any(|(number, _)| parts[number].len() < 5 << 20) {
                return Err((400, "EntityTooSmall"));
            }
            held.uploads.remove(&query["uploadId"]);
            held.objects.insert(key, (told.iter().flat_map(|(number, _)| parts[number].clone()).collect(), now));
            Ok(xml(200, "<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag></CompleteMultipartUploadResult>".into()))
        }
        ("DELETE", ["uploadId"]) => {
            held.uploads.remove(&query["uploadId"]).ok_or((404, "NoSuchUpload"))?;
            Ok(empty(204))
        }
        ("GET", ["list-type", "prefix"] | ["continuation-token", "list-type", "prefix"]) if key.is_empty() && query["list-type"] == "2" => {
            let after = query.get("continuation-token").map(|token| token.strip_prefix("after ").unwrap().to_owned()).unwrap_or_default();
            let mut found = held.objects.iter().filter(|(key, _)| key.starts_with(&query["prefix"]) && **key > after).collect::<Vec<_>>();
            let more = found.len() > PAGE;
            found.truncate(PAGE);
            let next = found.last().filter(|_| more).map(|(key, _)| format!("<NextContinuationToken>after {key}</NextContinuationToken>"));
            let entry = |(key, (bytes, at)): (&String, &(Vec<u8>, Timestamp))| {
                let at = instant(*at).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                let key = key.replace('&', "&amp;").replace('<', "&lt;");
                format!("<Contents><Key>{key}</Key><LastModified>{at}</LastModified><Size>{}</Size></Contents>", bytes.len())
            };
            let entries: String = found.into_iter().map(entry).collect();
            Ok(xml(
                200,
                format!("<ListBucketResult><IsTruncated>{more}</IsTruncated>{}{entries}</ListBucketResult>", next.unwrap_or_default()),
            ))
        }
        _ => Err((501, "NotImplemented")),
    }
}

fn http_percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
