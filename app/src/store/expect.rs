//! What was sent and is not yet known to have arrived: drawn at once, kept over a reload, sent again by itself after a break.
//! One key sends once, however often it is asked; the event with the same key makes the bubble real.

use super::Store;
use crate::json;
use crate::store::ask;
use api::Fault;
use futures::future::{Either, select};
use kit::browser;
use kit::spawn;
use kit::time::present;
use leptos::prelude::*;
use model::{
    ClientKey, ConversationId, DraftMode, FaultCode, MailHead, MessageId, MessageView, NoteDraft, Quote, ReplyDraft, TeamId, TemplateUse,
    Timestamp, UploadView, UserId,
};
use serde::{Deserialize, Serialize};
use std::pin::pin;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// How long a send may go unanswered before the agent is asked.
const DEADLINE_MS: i32 = 20_000;
/// Longest pause between two attempts while the server is out of reach.
const LONGEST_PAUSE: u32 = 30;

/// How an expected message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expectation {
    /// On its way.
    Sending,
    /// The server is out of reach; it leaves by itself.
    Waiting,
    /// It did not leave; none when nobody answered in time.
    Failed(Option<FaultCode>),
}

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Its key.
    pub key: ClientKey,
    /// Where to.
    pub conversation: ConversationId,
    /// What it says.
    pub text: String,
    /// Its files, uploaded already.
    #[serde(default)]
    pub files: Vec<UploadView>,
    /// Whether it is for colleagues only.
    #[serde(default)]
    pub note: bool,
    /// The message it answers.
    #[serde(default)]
    pub quote: Option<Box<Quote>>,
    /// What goes with it: a template, a mail's head, the moment it is sent.
    #[serde(default)]
    pub with: Terms,
    /// When it was written.
    pub at: Timestamp,
    /// How it stands.
    pub state: Expectation,
}

/// What may go with a message beside text and files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// An approved text.
    pub template: Option<TemplateUse>,
    /// Recipients and subject.
    pub mail: Option<Box<MailHead>>,
    /// Seconds it is held so that it can be taken back.
    pub hold_seconds: Option<u8>,
    /// When it is sent.
    pub send_at: Option<Timestamp>,
    /// Not if the customer writes first.
    pub unless_answered: bool,
    /// The last message on the screen when it was sent: what a colleague answered after it stops this one.
    pub seen: Option<MessageId>,
}

/// What is about to be sent.
#[derive(Clone, Debug, Default)]
pub struct Parcel {
    /// Its words.
    pub text: String,
    /// Its files, uploaded already.
    pub files: Vec<UploadView>,
    /// Whether it is for colleagues only.
    pub note: bool,
    /// The message it answers.
    pub quote: Option<Box<Quote>>,
    /// What goes with it.
    pub with: Terms,
}

/// The queue of one store.
#[derive(Clone, Copy, Debug)]
pub struct Outbox {
    pub(super) queue: StoredValue<Vec<Outgoing>>,
    pub(super) waiting: RwSignal<usize>,
    pumping: StoredValue<bool>,
    pause: StoredValue<u32>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            queue: StoredValue::new(Vec::new()),
            waiting: RwSignal::new(0),
            pumping: StoredValue::new(false),
            pause: StoredValue::new(1),
        }
    }

    pub(super) fn of(&self, conversation: ConversationId) -> Vec<Outgoing> {
        self.queue.with_value(|queue| queue.iter().filter(|entry| entry.conversation == conversation).cloned().collect())
    }
}

/// A fresh key from the wall clock and the browser's randomness.
#[must_use]
pub fn fresh_key() -> ClientKey {
    let mut random = [0_u8; 10];
    if let Ok(crypto) = window().crypto() {
        // Fails only for more than 65,536 bytes.
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    ClientKey::new(present().0.unsigned_abs(), &random)
}

impl Store {
    /// Sends a reply: the bubble stands at once, the server hears of it in a moment.
    pub fn send(self, conversation: ConversationId, parcel: Parcel) {
        let Parcel { text, files, note, quote, with } = parcel;
        let (key, at, state) = (fresh_key(), present(), Expectation::Sending);
        let outgoing = Outgoing { key, conversation, text, files, note, quote, with, at, state };
        self.outbox.queue.update_value(|queue| queue.push(outgoing));
        self.outbox_changed(conversation);
        self.pump();
    }

    /// Sends a message again because a person asked: an expected one with its old key, a stored one by its id.
    pub fn try_again(self, bubble: &super::Bubble) {
        if bubble.expected.is_some() {
            if let Some(key) = bubble.message.key {
                // Whoever asks has seen what stands there now.
                self.outbox.queue.update_value(|queue| {
                    if let Some(entry) = queue.iter_mut().find(|entry| entry.key == key) {
                        entry.with.seen = None;
                    }
                });
                self.mark(key, Expectation::Sending);
                self.pump();
            }
            return;
        }
        let (account, message) = (self.account, bubble.message.id);
        let toasts = self.toasts;
        let locale = self.locale;
        spawn(async move {
            match ask(api::RetryMessage { account, message }).await {
                Ok(message) => self.settle(message),
                Err(fault) => toasts.fail(kit::i18n::fault_text(locale.now(), &fault.0)),
            }
        });
    }

    /// Takes an expected message that did not leave out of the line; with `edit`, its words stand in the composer again.
    pub fn give_up(self, bubble: &super::Bubble, edit: bool) {
        let Some(key) = bubble.message.key.filter(|_| bubble.expected.is_some()) else { return };
        let take = |queue: &mut Vec<Outgoing>| queue.iter().position(|entry| entry.key == key).map(|at| queue.remove(at));
        let Some(entry) = self.outbox.queue.try_update_value(take).flatten() else { return };
        self.outbox_changed(entry.conversation);
        if edit {
            let mode = if entry.note { DraftMode::Note } else { DraftMode::Reply };
            self.give_back(entry.conversation, mode, &entry.text, entry.files);
        }
    }

    /// Brings back what a reload interrupted. Called once, in the browser.
    pub(super) fn restore_outbox(self) {
        let kept = browser::stored(&self.outbox_name()).unwrap_or_default();
        let mut kept: Vec<Outgoing> = json::read(&kept).unwrap_or_default();
        for entry in kept.iter_mut().filter(|entry| entry.state == Expectation::Sending) {
            entry.state = Expectation::Waiting;
        }
        let places: Vec<_> = kept.iter().map(|entry| entry.conversation).collect();
        self.outbox.queue.set_value(kept);
        for conversation in places {
            self.outbox_changed(conversation);
        }
        self.pump();
    }

    /// Sends what waits, in order, one at a time; harmless when it runs already.
    pub(super) fn pump(self) {
        if self.outbox.pumping.get_value() {
            return;
        }
        self.outbox.pumping.set_value(true);
        spawn(async move {
            while let Some(next) = self.next_outgoing() {
                self.mark(next.key, Expectation::Sending);
                let files = next.files.into_iter().map(|file| file.key).collect();
                let Terms { template, mail, hold_seconds, send_at, unless_answered, seen } = next.with;
                let mode = if next.note { DraftMode::Note } else { DraftMode::Reply };
                let draft = ReplyDraft {
                    conversation: next.conversation,
                    key: next.key,
                    text: next.text,
                    files,
                    quote: next.quote.map(|quote| quote.message),
                    template,
                    mail,
                    hold_seconds,
                    send_at,
                    unless_answered,
                    seen,
                };
                let account = self.account;
                let call = async move {
                    if mode == DraftMode::Note {
                        let ReplyDraft { conversation, key, text, files, .. } = draft;
                        let (users, teams) = self.mentioned(&text);
                        ask(api::AddNote { account, draft: NoteDraft { conversation, key, text, files, users, teams } }).await
                    } else {
                        ask(api::SendReply { account, draft }).await
                    }
                };
                match before_deadline(call).await {
                    Some(Ok(message)) => {
                        self.outbox.pause.set_value(1);
                        self.settle(message);
                        self.settle_draft(next.conversation, mode);
                    }
                    Some(Err(fault)) if fault.code() == FaultCode::Offline => {
                        self.mark(next.key, Expectation::Waiting);
                        self.pump_later();
                        break;
                    }
                    Some(Err(fault)) => self.mark(next.key, Expectation::Failed(Some(fault.code()))),
                    None => self.mark(next.key, Expectation::Failed(None)),
                }
            }
            self.outbox.pumping.set_value(false);
        });
    }

    /// The colleagues and teams a note names after an `@`.
    fn mentioned(self, text: &str) -> (Vec<UserId>, Vec<TeamId>) {
        let named = |name: &str| text.contains(&format!("@{name}"));
        let users = self.agents.with_untracked(|all| all.iter().filter(|agent| named(&agent.name)).map(|agent| agent.id).collect());
        let teams = self.teams.with_untracked(|all| all.iter().filter(|team| named(&team.name)).map(|team| team.id).collect());
        (users, teams)
    }

    fn pump_later(self) {
        let pause = self.outbox.pause.get_value();
        self.outbox.pause.set_value((pause * 2).min(LONGEST_PAUSE));
        set_timeout(move || self.pump(), Duration::from_secs(u64::from(pause)));
    }

    fn next_outgoing(self) -> Option<Outgoing> {
        self.outbox.queue.with_value(|queue| queue.iter().find(|entry| !matches!(entry.state, Expectation::Failed(_))).cloned())
    }

    fn mark(self, key: ClientKey, state: Expectation) {
        let place = self.outbox.queue.try_update_value(|queue| {
            let entry = queue.iter_mut().find(|entry| entry.key == key)?;
            entry.state = state;
            Some(entry.conversation)
        });
        if let Some(Some(conversation)) = place {
            self.outbox_changed(conversation);
        }
    }

    /// A message has become real: by its event, or by the answer to its send.
    pub(super) fn arrived(self, message: &MessageView) {
        let Some(key) = message.key else { return };
        let known = self.outbox.queue.try_update_value(|queue| {
            let before = queue.len();
            queue.retain(|entry| entry.key != key);
            queue.len() != before
        });
        if known == Some(true) {
            self.outbox_changed(message.conversation);
        }
    }

    fn outbox_changed(self, conversation: ConversationId) {
        let waiting = self.outbox.queue.with_value(|queue| {
            let kept = if queue.is_empty() { None } else { json::write(queue) };
            browser::store(&self.outbox_name(), kept.as_deref());
            queue.iter().filter(|entry| entry.state == Expectation::Waiting).count()
        });
        if self.outbox.waiting.get_untracked() != waiting {
            self.outbox.waiting.set(waiting);
        }
        self.draw_thread(conversation);
    }

    fn outbox_name(self) -> String {
        format!("recado-outbox-{}-{}", self.me, self.account)
    }
}

async fn before_deadline<T>(call: impl Future<Output = Result<T, Fault>>) -> Option<Result<T, Fault>> {
    let timer = js_sys::Promise::new(&mut |resolve, _| {
        // Without a timer the call simply has no deadline.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, DEADLINE_MS);
    });
    match select(pin!(call), pin!(JsFuture::from(timer))).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}
