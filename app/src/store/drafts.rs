//! Unsent texts: kept in this browser at every key and on the server a moment later, per person and conversation.
//! Nothing but typing and sending ever changes one.

use super::Store;
use crate::json;
use crate::store::ask;
use kit::browser;
use kit::spawn;
use leptos::prelude::*;
use model::{ConversationId, DraftMode, UploadView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;

/// How long after the last key the server hears of a draft.
const SETTLE: Duration = Duration::from_millis(1200);

/// How far a file has come on its way to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Progress {
    /// On its way.
    Leaving,
    /// There, under a key to name when sending.
    Done(UploadView),
    /// Refused, and why.
    Failed(String),
}

/// A file beside a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// What tells it from the others.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// How far it has come.
    pub progress: Progress,
}

/// The files beside one draft; they outlive the composer that shows them.
pub type Files = ArcRwSignal<Vec<Attached>>;

/// Where an agent was when they left a conversation: which tab, and the caret in it, in UTF-16 units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Desktop {
    /// The tab.
    pub mode: DraftMode,
    /// The caret in it.
    pub caret: Option<u32>,
}

/// The drafts of one store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drafts {
    /// As the server knows them, for the threads opened so far.
    pub(super) known: StoredValue<HashMap<(ConversationId, DraftMode), String>>,
    timers: StoredValue<HashMap<(ConversationId, DraftMode), TimeoutHandle>>,
    files: StoredValue<HashMap<(ConversationId, DraftMode), Files>>,
    left: StoredValue<HashMap<ConversationId, Desktop>>,
}

impl Drafts {
    pub(super) fn new() -> Self {
        Self {
            known: StoredValue::new(HashMap::new()),
            timers: StoredValue::new(HashMap::new()),
            files: StoredValue::new(HashMap::new()),
            left: StoredValue::new(HashMap::new()),
        }
    }
}

impl Store {
    /// The draft as the server knows it, for the first drawing.
    #[must_use]
    pub fn known_draft(self, conversation: ConversationId, mode: DraftMode) -> String {
        self.drafts.known.with_value(|known| known.get(&(conversation, mode)).cloned()).unwrap_or_default()
    }

    /// The draft with what this browser kept; only in a browser.
    #[must_use]
    pub fn draft(self, conversation: ConversationId, mode: DraftMode) -> String {
        browser::stored(&self.draft_name(conversation, mode)).unwrap_or_else(|| self.known_draft(conversation, mode))
    }

    /// Keeps a draft: here at once, on the server when the typing rests.
    pub fn keep_draft(self, conversation: ConversationId, mode: DraftMode, text: &str) {
        browser::store(&self.draft_name(conversation, mode), Some(text));
        let text = text.to_owned();
        let timer = set_timeout_with_handle(move || self.save_draft(conversation, mode, text), SETTLE).ok();
        self.drafts.timers.update_value(|timers| {
            let old = match timer {
                Some(timer) => timers.insert((conversation, mode), timer),
                None => timers.remove(&(conversation, mode)),
            };
            if let Some(old) = old {
                old.clear();
            }
        });
    }

    /// Forgets a draft that has been sent; the server drops its copy with the message.
    pub fn drop_draft(self, conversation: ConversationId, mode: DraftMode) {
        let known = self.drafts.known.try_update_value(|known| known.remove(&(conversation, mode))).flatten();
        if let Some(Some(timer)) = self.drafts.timers.try_update_value(|timers| timers.remove(&(conversation, mode))) {
            timer.clear();
        }
        browser::store(&self.draft_name(conversation, mode), None);
        if known.is_some_and(|known| !known.is_empty()) {
            self.save_draft(conversation, mode, String::new());
        }
    }

    /// After a send has arrived: the server's copy goes too, should it have been out of reach when the draft was dropped.
    pub(super) fn settle_draft(self, conversation: ConversationId, mode: DraftMode) {
        let left = self.row(conversation).is_some_and(|row| row.with_untracked(|row| row.draft));
        if left && browser::stored(&self.draft_name(conversation, mode)).is_none() {
            let account = self.account;
            // Should this fail as well, the draft shows again and can be sent or cleared.
            spawn(async move {
                drop(ask(api::SaveDraft { account, conversation, mode, text: String::new() }).await);
            });
        }
    }

    fn save_draft(self, conversation: ConversationId, mode: DraftMode, text: String) {
        let account = self.account;
        let known = self.known_draft(conversation, mode);
        if known == text {
            return;
        }
        self.drafts.known.update_value(|all| {
            all.insert((conversation, mode), text.clone());
        });
        spawn(async move {
            let saved = ask(api::SaveDraft { account, conversation, mode, text: text.clone() }).await.is_ok();
            // This browser's copy is needed only until the server has one.
            let name = self.draft_name(conversation, mode);
            if saved && browser::stored(&name).is_some_and(|kept| kept == text) {
                browser::store(&name, None);
            } else if !saved {
                self.drafts.known.update_value(|all| {
                    all.remove(&(conversation, mode));
                });
            }
        });
    }

    /// The files beside a draft. In a browser, those of this tab's last visit come back.
    #[must_use]
    pub fn files(self, conversation: ConversationId, mode: DraftMode) -> Files {
        let name = format!("files-{}", self.draft_name(conversation, mode));
        let find = |all: &mut HashMap<_, Files>| {
            all.entry((conversation, mode))
                .or_insert_with(|| ArcRwSignal::new(browser::visited(&name).and_then(|kept| json::read(&kept)).unwrap_or_default()))
                .clone()
        };
        self.drafts.files.try_update_value(find).unwrap_or_default()
    }

    /// Changes the files beside a draft, and keeps those that have arrived for as long as the tab lives.
    pub fn change_files(self, conversation: ConversationId, mode: DraftMode, change: impl FnOnce(&mut Vec<Attached>)) {
        let files = self.files(conversation, mode);
        files.update(change);
        let arrived: Vec<Attached> =
            files.with_untracked(|files| files.iter().filter(|file| matches!(file.progress, Progress::Done(_))).cloned().collect());
        let kept = if arrived.is_empty() { None } else { json::write(&arrived) };
        browser::visit_keep(&format!("files-{}", self.draft_name(conversation, mode)), kept.as_deref());
    }

    /// A message that did not leave stands in its own draft again, words and files, before what has been written since.
    pub(super) fn give_back(self, conversation: ConversationId, mode: DraftMode, text: &str, files: Vec<UploadView>) {
        let since = self.draft(conversation, mode);
        let text = match (text, since.as_str()) {
            ("", _) => since,
            // The server writes it into its draft as it takes it back, and that news may have been here first.
            (text, since) if since.is_empty() || since == text => text.to_owned(),
            (text, since) => format!("{text}\n{since}"),
        };
        self.keep_draft(conversation, mode, &text);
        self.change_files(conversation, mode, |all| {
            for file in files {
                let number = all.iter().map(|file| file.number).max().unwrap_or(0) + 1;
                all.push(Attached { number, name: file.name.clone(), size: file.size, progress: Progress::Done(file) });
            }
        });
        self.taken_back.set(Some((conversation, mode)));
    }

    /// Where the agent was when they left this conversation.
    #[must_use]
    pub fn left_at(self, conversation: ConversationId) -> Desktop {
        self.drafts.left.with_value(|left| left.get(&conversation).copied()).unwrap_or_default()
    }

    /// Remembers where the agent is.
    pub fn leave_at(self, conversation: ConversationId, place: Desktop) {
        self.drafts.left.try_update_value(|left| left.insert(conversation, place));
    }

    fn draft_name(self, conversation: ConversationId, mode: DraftMode) -> String {
        let kind = if mode == DraftMode::Note { "note" } else { "draft" };
        format!("recado-{kind}-{}-{}-{conversation}", self.me, self.account)
    }
}
