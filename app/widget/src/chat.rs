//! The state of one visitor's chat, and how its session begins, changes hands and ends.
//! What leaves goes through `outbox`, what arrives through `stream`; nothing here draws.

use crate::field::{Field, Slot};
use crate::host::{Hello, Host};
use crate::json::{Json, map};
use crate::keep::{self, Kept};
use crate::pulse::{Pulse, Timer, pause};
use crate::thread::{Pending, merge};
use crate::words::{self, Claim, Pairs, Session};
use crate::{colour, outbox, stream, wire};
use kit::i18n::Text;
use leptos::prelude::{document, window};
use model::*;
use std::ops::Deref;
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

/// Everything the chat knows. It lives as long as its document.
#[derive(Debug, Default)]
pub struct State {
    /// The language spoken.
    pub language: Field<Language>,
    /// How far it is.
    pub phase: Field<Phase>,
    /// The inbox's settings.
    pub config: Field<Option<WidgetConfig>>,
    /// What is stored, by id.
    pub messages: Field<Vec<VisitorMessage>>,
    /// What is on its way.
    pub outbox: Field<Vec<Pending>>,
    /// Whether older messages exist.
    pub more: Slot<bool>,
    /// Whether older messages are being loaded.
    pub loading: Field<bool>,
    /// Whether the chat stands open.
    pub opened: Field<bool>,
    /// Whether its page is in front.
    pub visible: Field<bool>,
    /// Agents' messages not read.
    pub unread: Field<i64>,
    /// The agent who types; empty when none does.
    pub typing: Field<String>,
    /// Whether the conversation was resolved.
    pub resolved: Field<bool>,
    /// Whether the connection has been gone long enough to say so.
    pub lost: Field<bool>,
    /// What is known of the visitor.
    pub known: Field<Pairs>,
    /// What they have answered in the form so far.
    pub answers: Slot<Pairs>,
    /// What is wrong with the answers.
    pub wrong: Field<Vec<(String, Violation)>>,
    /// The text not yet sent.
    pub draft: Field<String>,
    /// The file that is going up, and how many hundredths are through.
    pub progress: Field<Option<(i64, u8)>>,
    /// Where the chat is used by touch: the keyboard does not open by itself.
    pub touch: Slot<bool>,
    pub(crate) inbox: String,
    pub(crate) token: Slot<Option<String>>,
    pub(crate) page: Slot<Option<String>>,
    pub(crate) seq: Slot<Seq>,
    pub(crate) files: Slot<Vec<(AttachmentId, web_sys::File)>>,
    pub(crate) connection: Slot<(u32, Option<web_sys::AbortController>)>,
    pub(crate) trouble: Timer,
    pub(crate) typing_ends: Timer,
    pub(crate) retry: Pulse,
    pub(crate) reconnect: Pulse,
    pub(crate) sending: Slot<bool>,
    /// What the site said about the visitor and the server has not heard.
    pub(crate) about: Slot<Vec<Json>>,
    asking: Pulse,
    host: Slot<Option<Host>>,
    identity: Slot<Option<Claim>>,
    signed: Slot<bool>,
    round: Slot<u32>,
    begun: Slot<bool>,
    kept: Slot<Kept>,
}

/// One visitor's chat, copied freely.
#[derive(Clone, Copy, Debug)]
pub struct Chat(&'static State);

impl Deref for Chat {
    type Target = State;

    fn deref(&self) -> &State {
        self.0
    }
}

impl Chat {
    /// The chat of an inbox, before anything is known.
    #[must_use]
    pub fn new(inbox: String, language: Language) -> Self {
        let state = State { inbox, language: Field::new(language), ..State::default() };
        state.visible.set(!document().hidden());
        state.touch.set(window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|list| list.matches()));
        Self(Box::leak(Box::new(state)))
    }

    /// A text in the language spoken.
    #[must_use]
    pub fn say(self, text: Text) -> String {
        text.in_(self.language.get()).to_owned()
    }

    /// Whether a page around shows and hides the chat.
    #[must_use]
    pub fn framed(self) -> bool {
        self.host.with(|host| host.as_ref().is_some_and(|host| host.framed))
    }

    pub(crate) fn meet(self, host: Host) {
        self.host.set(Some(host));
    }

    /// Says something to the page around.
    pub(crate) fn tell<const N: usize>(self, kind: &str, rest: [(&str, Json); N]) {
        if let Some(host) = self.host.get() {
            host.say(kind, rest);
        }
    }

    /// Raises an event of the site's own interface.
    pub(crate) fn raise<const N: usize>(self, name: &str, detail: [(&str, Json); N]) {
        if let Some(host) = self.host.get() {
            host.event(name, detail);
        }
    }

    /// Changes what is kept, here and with the page around.
    pub fn keep(self, change: impl FnOnce(&mut Kept)) {
        let before = self.kept.get();
        self.kept.update(change);
        if self.kept.with(|now| *now != before) {
            let packed = self.kept.with(keep::pack);
            keep::set_kept(&self.inbox, packed.as_deref());
            self.tell("keep", [("value", packed.as_deref().into())]);
        }
    }

    fn keep_token(self, token: Option<&str>) {
        keep::set_token(&self.inbox, token);
        self.tell("token", [("token", token.into())]);
        // Whoever the last key was given for, this one has to say so itself.
        self.keep(|kept| kept.user.clear());
    }

    fn forget(self) {
        keep::set_token(&self.inbox, None);
        keep::set_kept(&self.inbox, None);
        self.kept.set(Kept::default());
    }

    /// Whether somebody is reading now.
    #[must_use]
    pub fn attended(self) -> bool {
        self.opened.get() & self.visible.get()
    }

    /// The same, once.
    #[must_use]
    pub fn attended_now(self) -> bool {
        self.opened.get_untracked() && self.visible.get_untracked()
    }

    /// Whether nothing has been said yet.
    #[must_use]
    pub fn blank(self) -> bool {
        self.messages.with(Vec::is_empty) & self.outbox.with(Vec::is_empty)
    }

    /// The questions still to be asked before the first message.
    #[must_use]
    pub fn questions(self) -> Vec<PreChatField> {
        let form = self.config.with(|config| config.as_ref().map(|c| c.pre_chat.clone())).unwrap_or_default();
        if !form.enabled || !self.blank() {
            return Vec::new();
        }
        self.known.with(|known| form.fields.into_iter().filter(|f| f.enabled && !known.iter().any(|(key, _)| *key == f.key)).collect())
    }

    /// Begins with what the page around knows; a second hello, after a reset of ours, begins again.
    pub fn greeted(self, hello: Hello) {
        if hello.reset {
            let forgotten = keep::token(&self.inbox);
            self.forget();
            spawn_local(self.goodbye(forgotten));
        }
        if hello.mobile {
            self.touch.set(true);
        }
        if hello.page.is_some() {
            self.page.set(hello.page);
        }
        self.start(hello.token, hello.user, hello.kept);
    }

    /// Begins with what the page has kept or, failing that, our own copies.
    pub fn start(self, token: Option<String>, user: Option<Claim>, kept: Option<String>) {
        let theirs = token.is_some();
        if let Some(token) = token.or_else(|| keep::token(&self.inbox)) {
            if !theirs {
                self.tell("token", [("token", token.as_str().into())]);
            }
            self.token.set(Some(token));
        }
        if user.is_some() {
            self.identity.set(user);
        }
        if !self.begun.replace(true) {
            let kept = kept.or_else(|| keep::kept(&self.inbox)).map(|text| keep::unpack(&text)).unwrap_or_default();
            self.kept.set(kept.clone());
            self.outbox.put(kept.queue);
            // Somebody quick has begun to write already.
            if self.draft.with_untracked(String::is_empty) {
                self.draft.set(kept.draft);
            }
        }
        spawn_local(self.begin());
    }

    /// The site says who the visitor is.
    pub fn identify(self, claim: Claim) {
        self.signed.set(false);
        self.identity.set(Some(claim));
        spawn_local(self.begin());
    }

    /// Says that the visitor opened the chat, for whoever listens by webhook. What is lost is not missed.
    pub fn say_opened(self) {
        let hello = words::hello(&self.inbox, None, self.page.get().as_deref(), self.language.get_untracked().tag());
        let answer = wire::post("/widget/v1/opened", self.token.get(), &hello);
        spawn_local(async move { drop(answer.await) });
    }

    /// Asks for the session, as often as it takes; a newer asking replaces an older one.
    pub async fn begin(self) {
        let round = self.round.get() + 1;
        self.round.set(round);
        let mut tries = 0;
        loop {
            let token = self.token.get();
            // A site names its visitor on every page; the server need hear it only when something changed.
            let proven = |claim: &Claim| token.is_some() && self.kept.with(|kept| kept.user == keep::mark(claim));
            let identity = self.identity.get().filter(|claim| !proven(claim));
            let hello = words::hello(&self.inbox, identity.as_ref(), self.page.get().as_deref(), self.language.get_untracked().tag());
            let answer = wire::post("/widget/v1/session", token, &hello).await;
            if self.round.get() != round {
                return;
            }
            match answer.and_then(|json| wire::understood(words::session(&json))) {
                Ok(session) => return self.take(session),
                Err(fault) if fault.code == FaultCode::Offline || fault.retry_after.is_some() => {
                    self.lost.set(true);
                    let asked = fault.retry_after.map_or(0, |seconds| i32::try_from(seconds).unwrap_or(60).saturating_mul(1000));
                    self.asking.wait(pause(tries, js_sys::Math::random()).max(asked)).await;
                    tries += 1;
                    if self.round.get() != round {
                        return;
                    }
                }
                Err(fault) if identity.is_some() && matches!(fault.code, FaultCode::Forbidden | FaultCode::Invalid) => {
                    // Whoever the site said this is, they could not prove it: go on as nobody in particular.
                    self.raise("error", [("reason", "identity".into())]);
                    self.identity.set(None);
                }
                Err(fault) => {
                    self.raise("error", [("reason", "session".into())]);
                    return self.phase.set(Phase::Refused(fault));
                }
            }
        }
    }

    fn take(self, session: Session) {
        let claim = self.identity.get().unwrap_or_default();
        if let Some(token) = session.token {
            self.signed.set(true);
            self.adopt(token);
            self.keep(|kept| kept.user = keep::mark(&claim));
        }
        let mut known = session.known;
        for key in ["name", "email", "phone"] {
            if let Some(value) = claim.get(key).filter(|_| !known.iter().any(|(name, _)| name == key)) {
                known.push((key.to_owned(), value.to_owned()));
            }
        }
        paint(&session.config.colour);
        self.known.put(known);
        self.config.put(Some(session.config));
        self.messages.put(session.messages);
        self.more.set(session.more);
        self.unread.set(session.unread);
        self.resolved.set(session.resolved);
        self.seq.set(session.seq);
        self.lost.set(false);
        self.phase.set(Phase::Ready);
        stream::follow(self);
        outbox::pump(self);
        outbox::pass_on(self);
    }

    /// Takes the visitor's key: from now on there is something to keep.
    fn adopt(self, token: String) {
        self.keep_token(Some(&token));
        self.token.set(Some(token));
    }

    /// The first message made the session: follow it, and say who the site says this is.
    pub(crate) fn joined(self, token: String, seq: Seq) {
        self.adopt(token);
        self.seq.set(seq);
        if self.identity.with(Option::is_some) && !self.signed.get() {
            spawn_local(self.begin());
        } else {
            stream::follow(self);
        }
    }

    /// The key no longer opens anything.
    pub(crate) fn expired(self) {
        self.token.set(None);
        self.keep_token(None);
        spawn_local(self.begin());
    }

    /// Loads older messages.
    pub fn older(self) {
        let before = self.messages.with_untracked(|messages| messages.first().map(|m| m.id));
        let (Some(before), true, false) = (before, self.more.get(), self.loading.get_untracked()) else { return };
        self.loading.set(true);
        spawn_local(async move {
            let inbox = String::from(js_sys::encode_uri_component(&self.inbox));
            let path = ["/widget/v1/messages?inbox=", &inbox, "&before=", &before.0.to_string()].concat();
            if let Ok(page) = wire::get(path, self.token.get()).await {
                self.more.set(page.get("more").yes());
                self.messages
                    .update(|messages| page.get("rows").list().iter().filter_map(words::message).for_each(|one| merge(messages, one)));
            }
            self.loading.set(false);
        });
    }

    /// The visitor signed out of the site: the next one must find nothing. Starting over is the document's own business.
    pub fn reset(self) {
        let token = self.token.get();
        self.forget();
        self.begun.set(false);
        spawn_local(async move {
            self.goodbye(token).await;
            let _ = window().location().reload();
        });
    }

    /// Unreachable servers end the session by its age; this browser has forgotten it either way.
    async fn goodbye(self, token: Option<String>) {
        if token.is_some() {
            let _ = wire::post("/widget/v1/goodbye", token, &map([("inbox", self.inbox.as_str().into())])).await;
        }
    }

    /// Whether something may be kept in this browser: only once the visitor has written or is known.
    #[must_use]
    pub fn may_keep(self) -> bool {
        self.begun.get() && (self.token.with(Option::is_some) || self.outbox.with_untracked(|outbox| !outbox.is_empty()))
    }

    /// Wakes everything that waits for better times.
    pub fn wake(self) {
        self.asking.wake();
        self.retry.wake();
        self.reconnect.wake();
    }
}

/// Paints the document in the inbox's colour.
fn paint(colour: &str) {
    let (colour, ink) = colour::readable(colour);
    if let Some(root) = document().document_element() {
        let root = root.unchecked_into();
        kit::browser::set_property(&root, "--brand", colour);
        kit::browser::set_property(&root, "--on-brand", ink);
    }
}
