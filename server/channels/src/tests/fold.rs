//! A memory in small, as the service keeps it at large: what was seen is not seen twice, statuses only rise, echoes of our own sends are
//! known. It turns `Inbound` values into the fixtures' neutral form.

use crate::pick::Pick;
use crate::{Detail, Inbound, Kind, Message, Peer, Receipt, ReceiptState, RemoteFile, Signal, What};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What was made of a case's calls.
#[derive(Default)]
pub struct Fold {
    pub messages: Vec<Value>,
    pub statuses: Vec<Value>,
    pub events: Vec<Value>,
    /// The highest status by id.
    pub reached: BTreeMap<String, ReceiptState>,
    /// The contact by every id it is known by, as a running number.
    contacts: BTreeMap<String, usize>,
    /// The contact of a message.
    pub owners: BTreeMap<String, usize>,
    seen: BTreeSet<(String, String)>,
    own: BTreeSet<String>,
    pending: BTreeSet<String>,
    own_app: Option<String>,
    sent: Vec<(String, i64)>,
}

impl Fold {
    /// With the state a case gives.
    pub fn new(given: &Value) -> Self {
        let texts = |key: &str| given.list(key).iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
        let sent: Vec<_> = given.list("outgoing").iter().filter_map(|m| Some((m.text("external_id")?, m.whole("timestamp")?))).collect();
        let reached = sent.iter().map(|(id, _)| (id.clone(), ReceiptState::Sent)).collect();
        let mut own: BTreeSet<String> = texts("known_outgoing_ids");
        own.extend(sent.iter().map(|(id, _)| id.clone()));
        Self { own, pending: texts("pending_outgoing_metadata"), own_app: given.text("own_app_id"), sent, reached, ..Self::default() }
    }

    pub fn add(&mut self, inbound: Inbound) {
        let Inbound { inbox, peer, at, what } = inbound;
        let at = at.map(|at| at.0);
        match what {
            What::Message(message) => self.message(inbox, &peer, at, &message),
            What::Reaction { target, emoji, external, outgoing } => {
                let removed = emoji.is_none();
                self.act(
                    "reaction",
                    inbox,
                    &peer,
                    at,
                    json!({"external_id": external, "target_id": target, "text": emoji, "removed": removed, "out": outgoing}),
                );
            }
            What::Edit { target, text, external, outgoing } => {
                self.act("edit", inbox, &peer, at, json!({"external_id": external, "target_id": target, "text": text, "out": outgoing}));
            }
            What::Delete { target, external, outgoing } => {
                self.act("delete", inbox, &peer, at, json!({"external_id": external, "target_id": target, "out": outgoing}));
            }
            What::Receipt(receipt) => self.receipt(&peer, at, &receipt),
            What::Signal(signal) => self.signal(&peer, at, signal),
        }
    }

    fn contact(&mut self, peer: &Peer) -> usize {
        let ids: Vec<_> = std::iter::once(&peer.id).chain(&peer.alt).filter(|id| !id.is_empty()).cloned().collect();
        let known = ids.iter().find_map(|id| self.contacts.get(id)).copied().unwrap_or(self.contacts.len());
        self.contacts.extend(ids.into_iter().map(|id| (id, known)));
        known
    }

    fn new_to_us(&mut self, inbox: Option<&String>, id: Option<&String>) -> bool {
        let Some(id) = id else { return true };
        self.seen.insert((inbox.cloned().unwrap_or_default(), id.clone()))
    }

    fn message(&mut self, inbox: Option<String>, peer: &Peer, at: Option<i64>, m: &Message) {
        let ours = m.external.as_ref().is_some_and(|id| self.own.contains(id))
            || m.ours.as_ref().is_some_and(|key| self.pending.contains(key))
            || (m.app.is_some() && m.app == self.own_app);
        if (m.outgoing && ours) || !self.new_to_us(inbox.as_ref(), m.external.as_ref()) {
            return;
        }
        let who = self.contact(peer);
        if let Some(id) = &m.external {
            self.owners.insert(id.clone(), who);
        }
        let mut out = subject(&inbox, peer, at);
        out.insert("external_id".into(), json!(m.external));
        if m.outgoing {
            let by = m.by.as_deref().cloned().unwrap_or_default();
            out.insert("sender_id".into(), json!(by.id));
            out.insert("sender_name".into(), json!(by.name));
            out.insert("direction".into(), "out".into());
            out.insert("recipient_id".into(), json!(peer.id));
        }
        out.insert("kind".into(), kind(m.kind));
        out.insert("text".into(), json!(m.text));
        out.insert("attachments".into(), m.files.iter().map(attachment).collect());
        out.insert("reply_to".into(), json!(m.reply_to));
        out.insert("group_id".into(), json!(m.group));
        out.insert("group".into(), json!(m.album));
        out.insert("quote_token".into(), json!(m.attributes.get("quote_token")));
        if let Some(detail) = &m.detail {
            detailed(detail, &mut out);
        }
        self.messages.push(out.into());
    }

    fn act(&mut self, kind: &str, inbox: Option<String>, peer: &Peer, at: Option<i64>, more: Value) {
        if !self.new_to_us(inbox.as_ref(), more.text("external_id").as_ref()) {
            return;
        }
        self.contact(peer);
        let mut out = subject(&inbox, peer, at);
        out.insert("kind".into(), kind.into());
        if more.yes("out") {
            out.insert("direction".into(), "out".into());
            out.insert("recipient_id".into(), json!(peer.id));
        }
        if let Value::Object(more) = more {
            out.extend(more);
        }
        self.messages.push(out.into());
    }

    fn receipt(&mut self, peer: &Peer, at: Option<i64>, r: &Receipt) {
        let state = match r.state {
            ReceiptState::Queued => "queued",
            ReceiptState::Sent => "sent",
            ReceiptState::Failed => "failed",
            ReceiptState::Delivered => "delivered",
            ReceiptState::Read => "read",
        };
        let error = r.error.as_ref().map(|error| json!({"code": error.code, "message": error.message}));
        self.statuses.push(json!({
            "external_id": r.external, "status": state, "recipient_id": Some(&peer.id).filter(|id| !id.is_empty()),
            "timestamp": at, "error": error, "watermark": r.watermark.map(|w| w.0),
        }));
        let limit = r.watermark.map(|w| w.0).or_else(|| {
            let named = r.external.as_ref().filter(|_| r.older_too)?;
            self.sent.iter().find(|(id, _)| id == named).map(|(_, at)| *at)
        });
        let older = self.sent.iter().filter(|(_, at)| limit.is_some_and(|limit| *at <= limit)).map(|(id, _)| id.clone());
        for id in older.chain(r.external.clone()).collect::<Vec<_>>() {
            let reached = self.reached.entry(id).or_insert(r.state);
            *reached = r.state.max(*reached);
        }
    }

    fn signal(&mut self, peer: &Peer, at: Option<i64>, signal: Signal) {
        let mut out = json!({"subject_id": peer.id, "timestamp": at});
        let kind = match signal {
            Signal::Blocked => "blocked",
            Signal::Unblocked => "unblocked",
            Signal::Followed => "followed",
            Signal::OptOut => "opt_out",
            Signal::OptIn => "opt_in",
            Signal::Typing(_) => "typing",
            Signal::Referral(referral) => {
                out["ref"] = json!(referral.reference);
                "referral"
            }
            Signal::IdentifierChanged { from, to } => {
                if let Some(who) = self.contacts.get(&from).copied() {
                    self.contacts.insert(to.clone(), who);
                }
                out = json!({"old_id": from, "new_id": to, "timestamp": at});
                "identifier_changed"
            }
            Signal::Reauthorise(who) => {
                out["subject_id"] = who.into();
                "reauthorise"
            }
            Signal::Notice(_) => return,
        };
        out["kind"] = kind.into();
        self.events.push(out);
    }
}

fn subject(inbox: &Option<String>, peer: &Peer, at: Option<i64>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("inbox".into(), json!(inbox));
    out.insert("sender_id".into(), json!(Some(&peer.id).filter(|id| !id.is_empty())));
    out.insert("sender_name".into(), json!(peer.name));
    out.insert("alt_ids".into(), json!(peer.alt));
    out.insert("timestamp".into(), json!(at));
    out
}

fn kind(kind: Kind) -> Value {
    serde_json::to_value(kind).unwrap()
}

fn attachment(file: &RemoteFile) -> Value {
    json!({"kind": file.kind, "id_or_url": file.id_or_url, "mime": file.mime, "name": file.name})
}

fn detailed(detail: &Detail, out: &mut Map<String, Value>) {
    if let Some(place) = &detail.location {
        let (latitude, longitude) = (place.latitude, place.longitude);
        out.insert("location".into(), json!({"latitude": latitude, "longitude": longitude, "name": place.name, "address": place.address}));
    }
    if !detail.contacts.is_empty() {
        let cards = detail.contacts.iter().map(|card| json!({"name": card.name, "phones": card.phones}));
        out.insert("contacts".into(), cards.collect());
    }
    if let Some(r) = &detail.referral {
        let said = json!({"source_type": r.source, "source": r.source, "source_id": r.id, "headline": r.title, "ref": r.reference,
            "body": r.text, "source_url": r.url, "ad_id": r.id});
        out.insert("referral".into(), said);
    }
    out.insert("payload".into(), json!(detail.payload));
    out.insert("forwarded".into(), json!(detail.forwarded));
    out.insert("story_id".into(), json!(detail.story.as_ref().and_then(|story| story.id.clone())));
    out.insert("sticker".into(), json!(detail.sticker));
}
