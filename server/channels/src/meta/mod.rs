//! What WhatsApp, Messenger and Instagram share because Meta runs them: the signature, the handshake, the Graph API's calls and its error
//! envelope. It is no channel; what the codes mean is each channel's own business.

pub(crate) mod login;
pub(crate) mod messaging;
pub(crate) mod sending;

use crate::form::both;
use crate::pick::Pick;
use crate::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// The address of the operator's own app, common to the three channels.
pub(crate) const SHARED: &str = "meta";

/// Judges a call: the handshake by its token, anything else by `X-Hub-Signature-256` over the raw bytes. Any of the secrets may have signed.
pub(crate) fn verify(link: &Link<'_>, call: &RawCall, secrets: &[Option<&str>]) -> Result<Verdict, Rejected> {
    if call.method == "GET" {
        return handshake(link, call);
    }
    if call.method != "POST" {
        return Err(Rejected::unknown("Meta gets and posts"));
    }
    let Some(header) = call.header("x-hub-signature-256").filter(|header| !header.is_empty()) else {
        return Err(Rejected::missing("no X-Hub-Signature-256"));
    };
    let Some(signature) = header.strip_prefix("sha256=") else { return Err(Rejected::wrong("a signature of another kind")) };
    if secrets.iter().flatten().any(|secret| proof::hmac_hex(secret, &call.body, signature)) {
        Ok(Verdict::Proven(call.proven()))
    } else {
        Err(Rejected::wrong("the signature is of another secret or another body"))
    }
}

/// What Meta must say when it first calls: kept, else the installation's, else made from a secret only Meta's console and we know.
pub(crate) fn verify_token(link: &Link<'_>) -> Option<String> {
    let made = || {
        link.secret("app_secret").or_else(|| link.secret("token")).map(|secret| proof::sign_hex(secret, b"meta webhook")[..32].to_owned())
    };
    link.secret("verify_token").map(ToOwned::to_owned).or_else(made)
}

/// The challenge goes back as plain text: as a page it would be a way to write into ours.
fn handshake(link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
    let (mode, token, challenge) = (call.parameter("hub.mode"), call.parameter("hub.verify_token"), call.parameter("hub.challenge"));
    let given = token.ok_or(Rejected::missing("no verify token"))?;
    let own = verify_token(link);
    let known =
        [own.as_deref(), link.app("meta.verify_token")].into_iter().flatten().any(|known| proof::same(known.as_bytes(), given.as_bytes()));
    match (mode.as_deref(), challenge) {
        (Some("subscribe"), Some(body)) if known => Ok(Verdict::Answer { status: 200, content_type: "text/plain", body }),
        _ => Err(Rejected::wrong("another verify token or mode")),
    }
}

/// The accounts an unproven shared call names, where its `object` is this channel's.
pub(crate) fn recipient(call: &RawCall, object: &str, accounts: fn(&Value) -> Vec<Option<String>>) -> Recipient {
    if call.method == "GET" {
        return Recipient::Accounts(Vec::new());
    }
    let Ok(body) = serde_json::from_slice::<Value>(&call.body) else { return Recipient::Other };
    if body.text("object").as_deref() != Some(object) {
        return Recipient::Other;
    }
    let mut seen = BTreeSet::new();
    let mut all: Vec<String> = body.list("entry").iter().flat_map(accounts).flatten().collect();
    all.retain(|account| seen.insert(account.clone()));
    Recipient::Accounts(all)
}

/// One of Meta's hosts with a token for it.
#[derive(Clone, Copy)]
pub(crate) struct Graph<'g> {
    pub(crate) link: &'g Link<'g>,
    pub(crate) base: &'static str,
    pub(crate) token: &'g str,
    /// Signs the token along, where it is of an app whose secret we have.
    pub(crate) app_secret: Option<&'g str>,
}

impl Graph<'_> {
    fn address(&self, path: &str) -> String {
        format!("{}/{}/{path}", self.link.base(self.base), self.link.app("meta.version").unwrap_or_default())
    }

    fn dressed<'c>(&self, call: Call<'c>) -> Call<'c> {
        let call = call.bearer(self.token);
        match self.app_secret {
            Some(secret) => call.query("appsecret_proof", &proof::sign_hex(secret, self.token.as_bytes())),
            None => call,
        }
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, GraphError> {
        let mut call = self.link.http.get(&self.address(path));
        for (key, value) in query {
            call = call.query(key, value);
        }
        GraphError::judge(&self.dressed(call).send().await?)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, GraphError> {
        GraphError::judge(&self.dressed(self.link.http.post(&self.address(path)).json(body)).send().await?)
    }

    pub(crate) async fn upload(&self, path: &str, parts: Parts) -> Result<Value, GraphError> {
        GraphError::judge(&self.dressed(self.link.http.post(&self.address(path)).parts(parts)).patient().send().await?)
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, GraphError> {
        GraphError::judge(&self.dressed(self.link.http.delete(&self.address(path))).send().await?)
    }
}

/// `{"error":{"message","code","error_subcode","is_transient",…}}`, or a failure before any answer.
#[derive(Debug)]
pub(crate) enum GraphError {
    /// Meta's own.
    Said { status: u16, code: i64, subcode: i64, words: String, transient: bool, after: Option<i64> },
    /// There was no answer.
    Http(HttpError),
    /// A 200 that is no JSON: it may have been taken.
    Unreadable,
}

impl From<HttpError> for GraphError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

/// An answer of a call made without a `Graph`.
pub(crate) fn judge(reply: &Reply) -> Result<Value, GraphError> {
    GraphError::judge(reply)
}

/// What a person must paste into the app's console, where the app is the inbox's own; the operator's app has its address already.
pub(crate) fn by_hand(link: &Link<'_>) -> Vec<Paste> {
    if link.secret("app_secret").is_none() && link.app("meta.app_secret").is_some() {
        return Vec::new();
    }
    vec![
        Paste { label: both("Callback URL", "URL de callback"), value: link.hook_url.to_owned() },
        Paste { label: both("Verify token", "Token de verificação"), value: verify_token(link).unwrap_or_default() },
    ]
}

/// What keeps customers' messages from being taken.
pub(crate) fn warnings(link: &Link<'_>) -> Vec<model::Bilingual> {
    let known = [link.secret("app_secret"), link.app("meta.app_secret"), link.app("instagram.app_secret")];
    if known.iter().any(Option::is_some) {
        return Vec::new();
    }
    vec![both(
        "Without the app secret no incoming message can be proven genuine.",
        "Sem a chave secreta do aplicativo não dá para provar que as mensagens recebidas são verdadeiras.",
    )]
}

impl GraphError {
    fn judge(reply: &Reply) -> Result<Value, Self> {
        let body = reply.json();
        if reply.ok() && !body.has("error") {
            return if body.is_null() { Err(Self::Unreadable) } else { Ok(body) };
        }
        let error = body.at("error");
        let words = error.text("error_data.details").or_else(|| error.text("message"));
        Err(Self::Said {
            status: reply.status,
            code: error.whole("code").unwrap_or(-1),
            subcode: error.whole("error_subcode").unwrap_or(0),
            words: words.unwrap_or_else(|| format!("HTTP {}", reply.status)),
            transient: error.yes("is_transient"),
            after: reply.retry_after().or_else(|| regain(reply)),
        })
    }

    /// As a `SendError`, by the channel's own table of codes.
    pub(crate) fn sorted(self, table: fn(i64, i64, String) -> Option<SendError>) -> SendError {
        match self {
            Self::Http(error) => error.into(),
            Self::Unreadable => SendError::Unknown { why: "an answer that is none".to_owned() },
            Self::Said { status, code, subcode, words, transient, after } => {
                let told = format!("{words} ({code}/{subcode})");
                match table(code, subcode, words) {
                    Some(SendError::Retry { why, .. }) => SendError::Retry { why, after },
                    Some(error) => error,
                    None if transient || status >= 500 || status == 429 => SendError::Retry { why: told, after },
                    None if status == 401 => SendError::disconnected(told),
                    None => SendError::said(Reason::Other, told),
                }
            }
        }
    }
}

/// `X-Business-Use-Case-Usage` tells minutes until calls are allowed again.
fn regain(reply: &Reply) -> Option<i64> {
    let usage: Value = serde_json::from_str(reply.header("x-business-use-case-usage")?).ok()?;
    let uses = usage.as_object()?.values().flat_map(|uses| uses.as_array().into_iter().flatten());
    let minutes = uses.filter_map(|usage| usage.whole("estimated_time_to_regain_access")).max().filter(|minutes| *minutes > 0)?;
    Some(minutes.min(1_440) * 60_000)
}
