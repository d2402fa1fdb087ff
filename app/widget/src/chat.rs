//! The state of one visitor's chat, and how its session begins, changes hands and ends.
//! What leaves goes through `outbox`, what arrives through `stream`; nothing here draws.

use crate::host::{Hello, Host};
use crate::keep::{self, Kept};
use crate::pulse::{Pulse, pause};
use crate::thread::{Pending, Row, rows};
use crate::{colour, outbox, stream, wire};
use kit::i18n::Locale;
use kit::time::local_day;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use model::*;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

/// How far the chat is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Asking the server.
    #[default]
    Loading,
    /// It can be used.
    Ready,
    /// The server wants nothing to do with it.
    Refused(FaultBody),
}

/// One visitor's chat; a bundle of handles, copied freely.
#[derive(Clone, Copy, Debug)]
pub struct Chat {
    /// The page's language.
    pub locale: Locale,
    /// How far it is.
    pub phase: RwSignal<Phase>,
    /// The inbox's settings.
    pub config: RwSignal<Option<WidgetConfig>>,
    /// What is stored, by id.
    pub messages: RwSignal<Vec<VisitorMessage>>,
    /// What is on its way.
    pub outbox: RwSignal<Vec<Pending>>,
    /// Whether older messages exist.
    pub more: RwSignal<bool>,
    /// Whether older messages are being loaded.
    pub loading: RwSignal<bool>,
    /// Whether the chat stands open.
    pub opened: RwSignal<bool>,
    /// Whether its page is in front.
    pub visible: RwSignal<bool>,
    /// Agents' messages not read.
    pub unread: RwSignal<i64>,
    /// The agent who types.
    pub typing: RwSignal<Option<String>>,
    /// Whether the conversation was resolved.
    pub resolved: RwSignal<bool>,
    /// Whether the connection has been gone long enough to say so.
    pub lost: RwSignal<bool>,
    /// What is known of the visitor.
    pub known: RwSignal<BTreeMap<String, String>>,
    /// What they have answered in the form so far.
    pub answers: RwSignal<BTreeMap<String, String>>,
    /// What is wrong with the answers.
    pub wrong: RwSignal<Vec<(String, Violation)>>,
    /// The text not yet sent.
    pub draft: RwSignal<String>,
    /// The file that is going up, and how many hundredths are through.
    pub progress: RwSignal<Option<(AttachmentId, u8)>>,
    /// Where the visitor reads on a phone: the chat is the screen and the keyboard does not open by itself.
    pub touch: RwSignal<bool>,
    pub(crate) inbox: StoredValue<String>,
    pub(crate) token: StoredValue<Option<String>>,
    pub(crate) page: StoredValue<Option<String>>,
    pub(crate) seq: StoredValue<Seq>,
    pub(crate) files: StoredValue<HashMap<AttachmentId, web_sys::File>, LocalStorage>,
    pub(crate) connection: StoredValue<(u32, Option<web_sys::AbortController>), LocalStorage>,
    pub(crate) trouble: StoredValue<Option<TimeoutHandle>>,
    pub(crate) typing_ends: StoredValue<Option<TimeoutHandle>>,
    pub(crate) retry: Pulse,
    pub(crate) reconnect: Pulse,
    pub(crate) sending: StoredValue<bool>,
    asking: Pulse,
    host: StoredValue<Option<Host>>,
    identity: StoredValue<Option<IdentityClaim>>,
    signed: StoredValue<bool>,
    round: StoredValue<u32>,
    begun: StoredValue<bool>,
    kept: StoredValue<Kept>,
}

impl Chat {
    /// The chat of an inbox, before anything is known.
    #[must_use]
    pub fn new(inbox: String, locale: Locale) -> Self {
        Self {
            locale,
            phase: RwSignal::default(),
            config: RwSignal::new(None),
            messages: RwSignal::default(),
            outbox: RwSignal::default(),
            more: RwSignal::new(false),
            loading: RwSignal::new(false),
            opened: RwSignal::new(false),
            visible: RwSignal::new(!document().hidden()),
            unread: RwSignal::new(0),
            typing: RwSignal::new(None),
            resolved: RwSignal::new(false),
            lost: RwSignal::new(false),
            known: RwSignal::default(),
            answers: RwSignal::default(),
            wrong: RwSignal::default(),
            draft: RwSignal::default(),
            progress: RwSignal::new(None),
            touch: RwSignal::new(matches("(pointer: coarse)")),
            inbox: StoredValue::new(inbox),
            token: StoredValue::new(None),
            page: StoredValue::new(None),
            seq: StoredValue::default(),
            files: StoredValue::new_local(HashMap::new()),
            connection: StoredValue::new_local((0, None)),
            trouble: StoredValue::new(None),
            typing_ends: StoredValue::new(None),
            retry: Pulse::new(),
            asking: Pulse::new(),
            reconnect: Pulse::new(),
            sending: StoredValue::new(false),
            host: StoredValue::new(None),
            identity: StoredValue::new(None),
            signed: StoredValue::new(false),
            round: StoredValue::new(0),
            begun: StoredValue::new(false),
            kept: StoredValue::default(),
        }
    }

    /// The chat of this page.
    #[must_use]
    pub fn current() -> Self {
        expect_context()
    }

    /// The page around, once it was looked for.
    pub fn host(self) -> Option<Host> {
        self.host.get_value()
    }

    /// Whether a page around shows and hides the chat.
    pub fn framed(self) -> bool {
        self.host().is_some_and(|host| host.framed)
    }

    pub(crate) fn set_host(self, host: Host) {
        self.host.set_value(Some(host));
    }

    pub(crate) fn tell(self, kind: &str, rest: serde_json::Value) {
        if let Some(host) = self.host() {
            host.say(kind, rest);
        }
    }

    /// Changes what is kept, here and with the page around.
    pub fn keep(self, change: impl FnOnce(&mut Kept)) {
        let before = self.kept.get_value();
        self.kept.update_value(change);
        let now = self.kept.get_value();
        if now != before {
            let packed = keep::pack(&now);
            self.inbox.with_value(|inbox| keep::set_kept(inbox, packed.as_deref()));
            self.tell("keep", json!({ "value": packed }));
        }
    }

    fn keep_token(self, token: Option<&str>) {
        self.inbox.with_value(|inbox| keep::set_token(inbox, token));
        self.tell("token", json!({ "token": token }));
        // Whoever the last key was given for, this one has to say so itself.
        self.keep(|kept| kept.user.clear());
    }

    fn forget(self) {
        self.inbox.with_value(|inbox| {
            keep::set_token(inbox, None);
            keep::set_kept(inbox, None);
        });
        self.kept.set_value(Kept::default());
    }

    /// Whether somebody is reading now.
    #[must_use]
    pub fn attended(self) -> bool {
        self.opened.get() && self.visible.get()
    }

    /// The lines of the conversation.
    #[must_use]
    pub fn rows(self) -> Memo<Vec<Row>> {
        Memo::new(move |_| self.messages.with(|messages| self.outbox.with(|outbox| rows(messages, outbox, local_day))))
    }

    /// Whether nothing has been said yet.
    #[must_use]
    pub fn blank(self) -> bool {
        self.messages.with(Vec::is_empty) && self.outbox.with(Vec::is_empty)
    }

    /// The questions still to be asked before the first message.
    #[must_use]
    pub fn questions(self) -> Vec<PreChatField> {
        let form = self.config.with(|config| config.as_ref().map(|c| c.pre_chat.clone())).unwrap_or_default();
        if !form.enabled || !self.blank() {
            return Vec::new();
        }
        self.known.with(|known| form.fields.into_iter().filter(|f| f.enabled && !known.contains_key(&f.key)).collect())
    }

    /// Begins with what the page around knows; a second hello, after a reset of ours, begins again.
    pub fn greeted(self, hello: Hello) {
        if hello.reset {
            let forgotten = self.inbox.with_value(|inbox| keep::token(inbox));
            self.forget();
            spawn_local(self.goodbye(forgotten));
        }
        if hello.mobile {
            self.touch.set(true);
        }
        if let Some(page) = hello.page {
            self.page.set_value(Some(page));
        }
        self.start(hello.token, hello.user, hello.kept);
    }

    /// Begins with what the page has kept or, failing that, our own copies.
    pub fn start(self, token: Option<String>, user: Option<IdentityClaim>, kept: Option<String>) {
        let theirs = token.is_some();
        if let Some(token) = token.or_else(|| self.inbox.with_value(|inbox| keep::token(inbox))) {
            if !theirs {
                self.tell("token", json!({ "token": token }));
            }
            self.token.set_value(Some(token));
        }
        self.identity.set_value(user.or_else(|| self.identity.get_value()));
        if !self.begun.get_value() {
            self.begun.set_value(true);
            let kept = kept.or_else(|| self.inbox.with_value(|inbox| keep::kept(inbox))).map(|text| keep::unpack(&text)).unwrap_or_default();
            self.kept.set_value(kept.clone());
            self.outbox.set(kept.queue);
            self.draft.update(|draft| {
                // Somebody quick has begun to write already.
                if draft.is_empty() {
                    *draft = kept.draft;
                }
            });
        }
        spawn_local(self.begin());
    }

    /// The site says who the visitor is.
    pub fn identify(self, claim: IdentityClaim) {
        self.signed.set_value(false);
        self.identity.set_value(Some(claim));
        spawn_local(self.begin());
    }

    /// Asks for the session, as often as it takes; a newer asking replaces an older one.
    pub async fn begin(self) {
        let round = self.round.get_value() + 1;
        self.round.set_value(round);
        let mut tries = 0;
        loop {
            let token = self.token.get_value();
            // A site names its visitor on every page; the server need hear it only when something changed.
            let proven = |claim: &IdentityClaim| token.is_some() && self.kept.with_value(|kept| kept.user == keep::mark(claim));
            let identity = self.identity.get_value().filter(|claim| !proven(claim));
            let hello = VisitorHello {
                inbox: self.inbox.get_value(),
                identity: identity.clone(),
                page: self.page.get_value(),
                language: Some(self.locale.now().tag().to_owned()),
            };
            let answer = wire::post("/widget/v1/session", token.as_deref(), &hello).await;
            if self.round.get_value() != round {
                return;
            }
            match answer {
                Ok(session) => return self.take(session),
                Err(fault) if fault.code == FaultCode::Offline || fault.retry_after.is_some() => {
                    self.lost.set(true);
                    let asked = fault.retry_after.map_or(0, |seconds| i32::try_from(seconds).unwrap_or(60).saturating_mul(1000));
                    self.asking.wait(pause(tries, js_sys::Math::random()).max(asked)).await;
                    tries += 1;
                    if self.round.get_value() != round {
                        return;
                    }
                }
                Err(fault) if identity.is_some() && matches!(fault.code, FaultCode::Forbidden | FaultCode::Invalid) => {
                    // Whoever the site said this is, they could not prove it: go on as nobody in particular.
                    self.report("identity");
                    self.identity.set_value(None);
                }
                Err(fault) => {
                    self.report("session");
                    return self.phase.set(Phase::Refused(fault));
                }
            }
        }
    }

    fn report(self, reason: &str) {
        if let Some(host) = self.host() {
            host.event("error", json!({ "reason": reason }));
        }
    }

    fn take(self, session: VisitorSession) {
        let claim = self.identity.get_value();
        if let Some(token) = session.token {
            self.signed.set_value(true);
            self.adopt(token);
            self.keep(|kept| kept.user = claim.as_ref().map(keep::mark).unwrap_or_default());
        }
        let mut known = session.known;
        for (key, value) in claim.iter().flat_map(|c| [("name", &c.name), ("email", &c.email), ("phone", &c.phone)]) {
            if let Some(value) = value {
                known.entry(key.to_owned()).or_insert_with(|| value.clone());
            }
        }
        paint(&session.config.colour);
        let thread = session.thread.unwrap_or(VisitorThread { messages: Vec::new(), more: false, unread: 0 });
        self.known.set(known);
        self.config.set(Some(session.config));
        self.messages.set(thread.messages);
        self.more.set(thread.more);
        self.unread.set(thread.unread);
        self.seq.set_value(session.seq);
        self.lost.set(false);
        self.phase.set(Phase::Ready);
        stream::follow(self);
        outbox::pump(self);
    }

    /// Takes the visitor's key: from now on there is something to keep.
    pub(crate) fn adopt(self, token: String) {
        self.keep_token(Some(&token));
        self.token.set_value(Some(token));
    }

    /// The first message made the session: follow it, and say who the site says this is.
    pub(crate) fn joined(self, token: String, seq: Seq) {
        self.adopt(token);
        self.seq.set_value(seq);
        if self.identity.with_value(Option::is_some) && !self.signed.get_value() {
            spawn_local(self.begin());
        } else {
            stream::follow(self);
        }
    }

    /// The key no longer opens anything.
    pub(crate) fn expired(self) {
        self.token.set_value(None);
        self.keep_token(None);
        spawn_local(self.begin());
    }

    /// Loads older messages.
    pub fn older(self) {
        let before = self.messages.with_untracked(|messages| messages.first().map(|m| m.id));
        let (Some(before), true, false) = (before, self.more.get_untracked(), self.loading.get_untracked()) else { return };
        self.loading.set(true);
        spawn_local(async move {
            let inbox = js_sys::encode_uri_component(&self.inbox.get_value());
            let path = format!("/widget/v1/messages?inbox={inbox}&before={before}");
            let token = self.token.get_value();
            if let Ok(page) = wire::get::<Page<VisitorMessage>>(&path, token.as_deref()).await {
                self.messages.update(|messages| page.rows.into_iter().for_each(|message| crate::thread::merge(messages, message)));
                self.more.set(page.more);
            }
            self.loading.set(false);
        });
    }

    /// The visitor signed out of the site: the next one must find nothing. Starting over is the document's own business.
    pub fn reset(self) {
        let token = self.token.get_value();
        self.forget();
        self.begun.set_value(false);
        spawn_local(async move {
            self.goodbye(token).await;
            let _ = window().location().reload();
        });
    }

    /// Unreachable servers end the session by its age; this browser has forgotten it either way.
    async fn goodbye(self, token: Option<String>) {
        if token.is_some() {
            let _ = wire::tell("/widget/v1/goodbye", token.as_deref(), json!({ "inbox": self.inbox.get_value() })).await;
        }
    }

    /// Whether something may be kept in this browser: only once the visitor has written or is known.
    #[must_use]
    pub fn may_keep(self) -> bool {
        self.begun.get_value() && (self.token.with_value(Option::is_some) || self.outbox.with_untracked(|outbox| !outbox.is_empty()))
    }

    /// Wakes everything that waits for better times.
    pub fn wake(self) {
        self.asking.wake();
        self.retry.wake();
        self.reconnect.wake();
    }
}

/// Whether a media query holds.
#[must_use]
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Paints the document in the inbox's colour.
fn paint(colour: &str) {
    let (colour, ink) = colour::readable(colour);
    if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
        kit::browser::set_property(&root, "--brand", colour);
        kit::browser::set_property(&root, "--on-brand", ink);
    }
}
