//! The reply field: it grows, keeps drafts, knows the channel's limit, and sends by the person's own key.
//! How a message leaves and what becomes of it is the store's business.

use super::attach::{AttachButton, AttachList, Attachments};
use crate::store::{Me, Store};
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, t, text};
use kit::time::present;
use kit::{act, attr, effect, live};
use leptos::prelude::*;
use leptos::{ev, html};
use model::{ConversationId, StatusKind, Timestamp};
use std::time::Duration;

/// How often typing is repeated while it goes on.
const REPEAT_MS: i64 = 3_000;
/// Silence after which typing has stopped.
const STOPPED: Duration = Duration::from_secs(5);
/// Share of the limit from which the characters left are counted.
const NEAR: f64 = 0.9;

/// The composer of one conversation.
#[component]
pub fn Composer(
    /// Which conversation.
    conversation: ConversationId,
    /// With whom.
    #[prop(into)]
    name: Signal<String>,
    /// Called when something has been sent.
    sent: Callback<()>,
) -> impl IntoView {
    let (store, me, locale) = (Store::current(), Me::current(), Locale::current());
    let node = NodeRef::<html::Textarea>::new();
    let words = RwSignal::new(store.known_draft(conversation));
    effect(move || {
        // What this browser kept is newer than what the server knew.
        let kept = store.draft(conversation);
        if words.with_untracked(|words| *words != kept) {
            words.set(kept);
        }
    });
    kit::bind_value(node, words);
    let may = Memo::new(move |_| {
        let inbox = store.row(conversation).map(|row| row.with(|row| row.conversation.inbox));
        inbox.and_then(|inbox| store.inbox(inbox)).map(|inbox| inbox.capabilities)
    });
    let limit = Memo::new(move |_| may.with(|may| may.as_ref().map_or(0, |may| may.text_limit)));
    let files = Attachments::new();
    let left = Memo::new(move |_| {
        let limit = i64::from(limit.get());
        let length = words.with(|words| i64::try_from(words.chars().count()).unwrap_or(i64::MAX));
        #[expect(clippy::cast_precision_loss, reason = "a share of a limit")]
        let near = limit > 0 && length as f64 >= limit as f64 * NEAR;
        near.then_some(limit - length)
    });
    let resolved = Memo::new(move |_| {
        store.row(conversation).is_some_and(|row| row.with(|row| row.conversation.status.kind() == StatusKind::Resolved))
    });
    let shows_typing = move || {
        let inbox = store.row(conversation).map(|row| row.with_untracked(|row| row.conversation.inbox));
        inbox.is_some_and(|inbox| store.inboxes.with_untracked(|all| all.iter().any(|view| view.id == inbox && view.capabilities.typing)))
    };
    let typing = StoredValue::new((None::<Timestamp>, None::<TimeoutHandle>));
    let stop_typing = move || {
        let (said, timer) = typing.try_update_value(std::mem::take).unwrap_or_default();
        if let Some(timer) = timer {
            timer.clear();
        }
        if said.is_some() {
            store.say_typing(conversation, false);
        }
    };
    let typed = move || {
        if !shows_typing() {
            return;
        }
        typing.update_value(|(said, timer)| {
            let now = present();
            if said.is_none_or(|said| now.since(said) >= REPEAT_MS) {
                *said = Some(now);
                store.say_typing(conversation, true);
            }
            if let Some(timer) = timer.take() {
                timer.clear();
            }
            *timer = set_timeout_with_handle(stop_typing, STOPPED).ok();
        });
    };
    on_cleanup(move || {
        if typing.try_with_value(|(said, _)| said.is_some()) == Some(true) {
            stop_typing();
        }
    });
    let send = move || {
        let draft = words.get_untracked();
        let draft = draft.trim();
        let nothing = draft.is_empty() && !untrack(move || files.any());
        if nothing || untrack(move || files.busy()) || left.get_untracked().is_some_and(|left| left < 0) {
            return;
        }
        store.send(conversation, draft.to_owned(), files.take());
        words.set(String::new());
        store.drop_draft(conversation);
        stop_typing();
        sent.run(());
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() != "Enter" || event.is_composing() || event.key_code() == 229 {
            return; // An input method uses Enter for itself.
        }
        let command = event.ctrl_key() || event.meta_key();
        if command || (me.enter_sends() && !event.shift_key() && !event.alt_key()) {
            event.prevent_default();
            send();
        }
    };
    let pasted = move |event: ev::ClipboardEvent| {
        let (Some(data), Some(may)) = (event.clipboard_data(), may.get_untracked()) else { return };
        let Some(list) = data.files().filter(|list| list.length() > 0) else { return };
        event.prevent_default();
        for file in (0..list.length()).filter_map(|at| list.get(at)) {
            files.add(file, &may);
        }
    };
    let placeholder = move || locale.say_with(text::COMPOSER_PLACEHOLDER, &[("name", &name.get())]);
    let hint = move || {
        let enter = me.read(|session| session.send_key) == model::SendKey::Enter;
        if enter { text::COMPOSER_HINT_ENTER } else { text::COMPOSER_HINT_CTRL }
    };
    view! {
        <form
            class="composer"
            aria-label=t(text::COMPOSER_REGION)
            on:submit=act(move |event: ev::SubmitEvent| {
                event.prevent_default();
                send();
            })
        >
            <div class="composer__sheet">
                <div class="composer__grow" data-words=attr(move || words.get())>
                    <textarea
                        class="composer__field"
                        id="reply"
                        rows="1"
                        aria-label=t(text::COMPOSER_LABEL)
                        aria-describedby="reply-note"
                        placeholder=placeholder
                        node_ref=node
                        on:input=act(move |event| {
                            let value = event_target_value(&event);
                            store.keep_draft(conversation, &value);
                            words.set(value);
                            typed();
                        })
                        on:keydown=keys
                        on:paste=pasted
                    ></textarea>
                </div>
                <AttachList files=files/>
                <div class="composer__bar">
                    <AttachButton files=files may=may/>
                    <p
                        class="composer__note"
                        id="reply-note"
                        data-hint=attr(move || left.get().is_none().to_string())
                        data-over=attr(move || left.get().is_some_and(|left| left < 0).to_string())
                    >
                        {live(move || match left.get() {
                            Some(left) if left < 0 => locale.count(text::COMPOSER_OVER, -left),
                            Some(left) => locale.count(text::COMPOSER_LEFT, left),
                            None if resolved.get() => locale.say(text::COMPOSER_RESOLVED).to_owned(),
                            None => locale.say(hint()).to_owned(),
                        })}
                    </p>
                    <button
                        type="submit"
                        class="button"
                        data-kind="primary"
                        aria-disabled=attr(move || {
                            let nothing = words.with(|words| words.trim().is_empty());
                            (files.busy() || nothing && !files.any()).to_string()
                        })
                    >
                        <span>{t(text::COMPOSER_SEND)}</span>
                        {Icon::SEND_HORIZONTAL.view()}
                    </button>
                </div>
            </div>
        </form>
    }
    .any()
}
