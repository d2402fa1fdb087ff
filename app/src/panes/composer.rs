//! Where agents write: a reply to the customer or a note to colleagues. It grows, keeps a draft of each, knows the channel's limits, and
//! sends by the person's own key. How a message leaves and what becomes of it is the store's business.

use super::attach::{AttachButton, AttachList, Attachments};
use super::format::{self, Mark};
use super::mail_rows::MailRows;
use super::suggest::Suggestions;
use crate::pages::{clipping, tool};
use crate::panels::{Panel, Panels, Tool};
use crate::parts::Window;
use crate::store::{Desktop, Me, Parcel, Store, Terms, undo_seconds};
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, Text, t, text};
use kit::time::{Clock, present};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use leptos::{ev, html};
use model::{Capabilities, ConversationId, DraftMode, MessageView, Quote, StatusKind, Timestamp};
use std::time::Duration;

/// How often typing is repeated while it goes on.
const REPEAT_MS: i64 = 3_000;
/// Silence after which typing has stopped.
const STOPPED: Duration = Duration::from_secs(5);
/// Share of the limit from which the characters left are counted.
const NEAR: f64 = 0.9;

/// Most characters of a note.
const NOTE_LIMIT: u32 = 10_000;

/// The message the next reply answers. Given as context by the thread.
#[derive(Clone, Copy, Debug)]
pub struct Quoting(pub RwSignal<Option<Box<Quote>>>);

impl Quoting {
    /// Provides the state for one thread.
    pub fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }

    /// The state of this thread.
    #[must_use]
    pub fn current() -> Self {
        expect_context()
    }

    /// Answers this message.
    pub fn answer(self, message: &MessageView) {
        self.0.set(Some(Box::new(Quote {
            message: message.id,
            author: message.author.clone(),
            text: message.text.chars().take(140).collect(),
            file: message.files.first().map(|file| file.kind),
        })));
        kit::browser::focus_soon("#reply");
    }
}

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
    let place = store.left_at(conversation);
    let mode = RwSignal::new(place.mode);
    let noting = move || mode.get() == DraftMode::Note;
    let words = RwSignal::new(store.known_draft(conversation, place.mode));
    effect(move || {
        // What this browser kept is newer than what the server knew; each mode has its own.
        let kept = store.draft(conversation, mode.get());
        if words.with_untracked(|words| *words != kept) {
            words.set(kept);
        }
    });
    let quote = Quoting::current();
    let panels = Panels::current();
    let suggest = Suggestions::new(conversation, words, mode);
    let picking = RwSignal::new(false);
    let recording = RwSignal::new(false);
    let formatting = RwSignal::new(false);
    let scheduling = RwSignal::new(false);
    // Sending was asked for while a file was still on its way: it happens once the file has arrived, unless something changes first.
    let eager = RwSignal::new(false);
    kit::bind_value(node, words);
    let may = Memo::new(move |_| {
        let inbox = store.row(conversation).map(|row| row.with(|row| row.conversation.inbox));
        inbox.and_then(|inbox| store.inbox(inbox)).map(|inbox| inbox.capabilities)
    });
    let mail = MailRows::new(conversation, mode, may);
    let limit = Memo::new(move |_| if noting() { NOTE_LIMIT } else { may.with(|may| may.as_ref().map_or(0, |may| may.text_limit)) });
    let clock = Clock::current();
    let closed = Memo::new(move |_| {
        let hours = may.with(|may| may.as_ref().and_then(Capabilities::person_window))?;
        let last = store.row(conversation).and_then(|row| row.with(|row| row.conversation.last_incoming_at));
        let now = clock.now()?;
        let open = last.is_some_and(|last| now.since(last) < i64::from(hours) * 3_600_000);
        (!open && mode.get() == DraftMode::Reply).then_some(hours)
    });
    let window = Memo::new(move |_| {
        let now = clock.now()?;
        store.row(conversation)?.with(|row| Window::of(store, row, now)).filter(|_| !noting())
    });
    let files = Attachments::new(conversation, mode);
    let left = Memo::new(move |_| {
        let limit = i64::from(limit.get());
        let unit = may.with(|may| may.as_ref().map(|may| may.more.unit)).unwrap_or_default();
        let length = words.with(|words| i64::try_from(unit.count(words)).unwrap_or(i64::MAX));
        #[expect(clippy::cast_precision_loss, reason = "a share of a limit")]
        let near = limit > 0 && length as f64 >= limit as f64 * NEAR;
        near.then_some(limit - length)
    });
    // A variable that nobody could fill in never reaches a customer.
    let blank = Memo::new(move |_| {
        if noting() {
            return None;
        }
        words.with(|words| model::blank(words).map(str::to_owned))
    });
    // What a reply does to the conversation, where it is not what one expects.
    let told = Memo::new(move |_| match store.row(conversation)?.with(|row| row.conversation.status.kind()) {
        StatusKind::Resolved => Some(text::COMPOSER_RESOLVED),
        StatusKind::Pending if !noting() => Some(text::COMPOSER_PENDING),
        _ => None,
    });
    let shows_typing = move || {
        let inbox = store.row(conversation).map(|row| row.with_untracked(|row| row.conversation.inbox));
        inbox.is_some_and(|inbox| store.inboxes.with_untracked(|all| all.iter().any(|view| view.id == inbox && view.capabilities.typing)))
    };
    // When it was said last and whether of a note, and what says that it is over.
    let typing = StoredValue::new((None::<(Timestamp, bool)>, None::<TimeoutHandle>));
    let stop_typing = move || {
        let (said, timer) = typing.try_update_value(std::mem::take).unwrap_or_default();
        if let Some(timer) = timer {
            timer.clear();
        }
        if let Some((_, note)) = said {
            store.say_typing(conversation, false, note);
        }
    };
    let typed = move || {
        let note = mode.get_untracked() == DraftMode::Note;
        if typing.with_value(|(said, _)| said.is_some_and(|(_, before)| before != note)) {
            stop_typing();
        }
        if !note && !shows_typing() {
            return;
        }
        typing.update_value(|(said, timer)| {
            let now = present();
            if said.is_none_or(|(said, _)| now.since(said) >= REPEAT_MS) {
                *said = Some((now, note));
                store.say_typing(conversation, true, note);
            }
            if let Some(timer) = timer.take() {
                timer.clear();
            }
            *timer = set_timeout_with_handle(stop_typing, STOPPED).ok();
        });
    };
    // Coming back finds the caret where it stood.
    effect(move || {
        if let (Some(field), Some(caret)) = (node.get(), place.caret) {
            // A place beyond the text is its end.
            let _ = field.set_selection_range(caret, caret);
        }
    });
    let remember = move || {
        let caret = node.get_untracked().and_then(|field| field.selection_start().ok().flatten());
        store.leave_at(conversation, Desktop { mode: mode.get_untracked(), caret });
    };
    on_cleanup(move || {
        if typing.try_with_value(|(said, _)| said.is_some()) == Some(true) {
            stop_typing();
        }
    });
    let dispatch = move |later: Option<(Timestamp, bool)>| {
        let draft = words.get_untracked();
        let draft = draft.trim();
        let (any, busy) = untrack(move || (files.any(), files.busy()));
        if (draft.is_empty() && !any && !busy)
            || blank.get_untracked().is_some()
            || left.get_untracked().is_some_and(|left| left < 0)
            || closed.get_untracked().is_some()
        {
            return;
        }
        if mail.refuses() {
            return;
        }
        if busy {
            return eager.set(later.is_none());
        }
        let mode = mode.get_untracked();
        let note = mode == DraftMode::Note;
        let quote = if note { None } else { quote.0.try_update(Option::take).flatten() };
        let hold =
            undo_seconds(store.settings.get_untracked().hold(may.with_untracked(|may| may.as_ref().is_some_and(|may| may.more.live))));
        let seen = if note { None } else { store.last_message(conversation) };
        let with = Terms {
            hold_seconds: (hold > 0 && !note).then_some(hold),
            send_at: later.map(|(at, _)| at),
            unless_answered: later.is_some_and(|(_, unless)| unless),
            mail: mail.take(),
            seen,
            ..Terms::default()
        };
        store.send(conversation, Parcel { text: draft.to_owned(), files: files.take(), note, quote, with });
        words.set(String::new());
        store.drop_draft(conversation, mode);
        stop_typing();
        scheduling.set(false);
        sent.run(());
    };
    let send = move || dispatch(None);
    effect(move || {
        if eager.get() && !files.busy() {
            eager.set(false);
            // What could not go up is looked at first.
            if !untrack(move || files.failed()) {
                send();
            }
        }
    });
    let scheduled = Callback::new(move |chosen: Option<(Timestamp, bool)>| {
        // With nothing to send yet, the choice stays open.
        match chosen {
            Some(_) => dispatch(chosen),
            None => scheduling.set(false),
        }
        kit::browser::focus_soon("#reply");
    });
    let mark = Callback::new(move |mark: Mark| {
        let Some(field) = node.get_untracked() else { return };
        let place = |at: Result<Option<u32>, _>| at.ok().flatten().unwrap_or(u32::MAX) as usize;
        let (value, from, to) = mark.set(&words.get_untracked(), place(field.selection_start()), place(field.selection_end()));
        store.keep_draft(conversation, mode.get_untracked(), &value);
        field.set_value(&value);
        words.set(value);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        // Both places are within the text, and a field that is drawn takes the focus.
        let _ = field.set_selection_range(place(from), place(to));
        let _ = field.focus();
    });
    // Ctrl+Shift+V asks for the words alone; not every browser hides the rest by itself.
    let bare = StoredValue::new(false);
    let keys = move |event: ev::KeyboardEvent| {
        bare.set_value(event.shift_key() && event.key().eq_ignore_ascii_case("v"));
        if suggest.key(&event) {
            return;
        }
        let commands = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
        if let Some(set) = Mark::of_key(&event.key()).filter(|_| commands) {
            event.prevent_default();
            return mark.run(set);
        }
        if event.key() != "Enter" || event.is_composing() || event.key_code() == 229 {
            return; // An input method uses Enter for itself.
        }
        let command = event.ctrl_key() || event.meta_key();
        if command || (me.enter_sends() && !event.shift_key() && !event.alt_key()) {
            event.prevent_default();
            send();
        }
    };
    let dragged = RwSignal::new(false);
    let dropped = move |event: web_sys::DragEvent| {
        let Some(list) = event.data_transfer().and_then(|data| data.files()) else { return };
        let Some(may) = may.get_untracked() else { return };
        for file in (0..list.length()).filter_map(|at| list.get(at)) {
            files.add(file, &may);
        }
        kit::browser::focus_soon("#reply");
    };
    drag_target(dragged, dropped);
    let pasted = move |event: ev::ClipboardEvent| {
        let (Some(data), Some(may)) = (event.clipboard_data(), may.get_untracked()) else { return };
        let words = data.get_data("text").unwrap_or_default();
        if !words.is_empty() {
            // A sheet brings a picture of itself along; its words are what is meant.
            let html = data.get_data("text/html").unwrap_or_default();
            if !html.is_empty() && !bare.get_value() {
                event.prevent_default();
                spawn(async move {
                    let marked = clipping(html).await.unwrap_or(words);
                    if let Some(field) = node.try_get_untracked().flatten() {
                        format::type_in(&field, &marked);
                    }
                });
            }
            return;
        }
        let Some(list) = data.files().filter(|list| list.length() > 0) else { return };
        event.prevent_default();
        for file in (0..list.length()).filter_map(|at| list.get(at)) {
            files.add(file, &may);
        }
    };
    effect(move || {
        let Some((_, back)) = store.taken_back.get().filter(|(place, _)| *place == conversation) else { return };
        store.taken_back.set(None);
        mode.set(back);
        words.set(store.draft(conversation, back));
        kit::browser::focus_soon("#reply");
    });
    let placeholder = move || {
        if noting() {
            locale.say(text::NOTE_PLACEHOLDER).to_owned()
        } else {
            locale.say_with(text::COMPOSER_PLACEHOLDER, &[("name", &name.get())])
        }
    };
    let insert = Callback::new(move |piece: String| {
        picking.set(false);
        if let Some(field) = node.get_untracked() {
            format::type_in(&field, &piece);
        }
    });
    let recorded = Callback::new(move |sound: Option<_>| {
        recording.set(false);
        if let Some((sound, bars)) = sound {
            files.add_voice(sound, bars, Box::new(send));
        }
        kit::browser::focus_soon("#reply");
    });
    let tab = move |to: DraftMode, words: Text| {
        view! {
            <button
                type="button"
                class="composer__tab"
                role="tab"
                data-mode=if to == DraftMode::Note { "note" } else { "reply" }
                aria-selected=attr(move || (mode.get() == to).to_string())
                on:click=act(move |_| {
                    mode.set(to);
                    eager.set(false);
                    remember();
                    kit::browser::focus_soon("#reply");
                })
            >
                {t(words)}
            </button>
        }
    };
    // Before the page is taken over the form goes its own way.
    let number = store.row(conversation).map(|row| row.with_untracked(|row| row.conversation.number)).unwrap_or_default();
    let plain = format!("/app/accounts/{}/conversations/{number}/reply", store.account);
    let hint = move || {
        let enter = me.read(|session| session.send_key) == model::SendKey::Enter;
        if enter { text::COMPOSER_HINT_ENTER } else { text::COMPOSER_HINT_CTRL }
    };
    view! {
        <form
            class="composer"
            data-mode=attr(move || if noting() { "note" } else { "reply" })
            aria-label=t(text::COMPOSER_REGION)
            method="post"
            action=plain
            on:submit=act(move |event: ev::SubmitEvent| {
                event.prevent_default();
                send();
            })
        >
            <input type="hidden" name="seen" value=store.last_message(conversation).map(|seen| seen.to_string())/>
            {live(move || dragged.get().then(|| view! {
                <div class="composer__drop" aria-hidden="true">
                    {Icon::PAPERCLIP.view()} <span>{t(if noting() { text::ATTACH_DROP_NOTE } else { text::ATTACH_DROP })}</span>
                </div>
            }))}
            <div class="composer__sheet">
                <div class="composer__tabs" role="tablist" aria-label=t(text::COMPOSER_REGION)>
                    {tab(DraftMode::Reply, text::COMPOSER_LABEL)}
                    {tab(DraftMode::Note, text::NOTE_TAB)}
                </div>
                {live(move || quote.0.get().filter(|_| !noting()).map(|quoted| view! {
                    <div class="composer__quote">
                        {Icon::REPLY.view()}
                        <span>{quoted.text.clone()}</span>
                        <button type="button" class="icon-button" aria-label=t(text::COMPOSER_UNQUOTE) on:click=act(move |_| quote.0.set(None))>
                            {Icon::X.view()}
                        </button>
                    </div>
                }))}
                {live(move || closed.get().map(|hours| {
                    let channel = store.row(conversation).map(|row| row.with(|row| row.conversation.inbox)).and_then(|inbox| store.inbox(inbox));
                    let templates = channel.as_ref().is_some_and(|inbox| inbox.capabilities.more.templates);
                    let name = channel.map(|inbox| inbox.name).unwrap_or_default();
                    view! {
                        <div class="composer__closed" role="status">
                            {Icon::CLOCK.view()}
                            <span>
                                {locale.say_with(text::WINDOW_CLOSED, &[("channel", &name), ("hours", &hours.to_string())])}
                                " "
                                {templates.then(|| t(text::WINDOW_CLOSED_TEMPLATE)())}
                            </span>
                            {templates.then(|| view! {
                                <button type="button" class="button" data-kind="primary" on:click=act(move |_| panels.open(Panel::Templates(conversation)))>
                                    {Icon::FILE_TEXT.view()} <span>{t(text::TEMPLATES_OPEN)}</span>
                                </button>
                            })}
                        </div>
                    }
                }))}
                {live(move || window.get().zip(clock.now()).map(|(window, now)| view! {
                    <p class="composer__window" data-soon=window.closes_soon().to_string()>
                        {Icon::CLOCK.view()} <span>{window.sentence(locale.language(), now)}</span>
                    </p>
                }))}
                {mail.view()}
                {live(move || recording.get().then(|| tool(Tool::Recorder(recorded))))}
                {live(move || picking.get().then(|| tool(Tool::Emoji(insert))))}
                {live(move || (scheduling.get() && !noting()).then(|| tool(Tool::Schedule(scheduled))))}
                {suggest.view()}
                <div class="composer__grow" hidden=move || closed.get().is_some() data-words=attr(move || words.get())>
                    <textarea
                        class="composer__field"
                        id="reply"
                        name="text"
                        rows="1"
                        aria-label=attr(move || locale.say(if noting() { text::NOTE_TAB } else { text::COMPOSER_LABEL }).to_owned())
                        aria-describedby="reply-note"
                        placeholder=placeholder
                        node_ref=node
                        on:input=act(move |event| {
                            let value = event_target_value(&event);
                            store.keep_draft(conversation, mode.get_untracked(), &value);
                            words.set(value);
                            eager.set(false);
                            suggest.look();
                            typed();
                        })
                        on:keydown=keys
                        on:keyup=act(move |_: ev::KeyboardEvent| {
                            bare.set_value(false);
                            remember();
                        })
                        on:pointerup=act(move |_: ev::PointerEvent| remember())
                        on:blur=act(move |_: ev::FocusEvent| remember())
                        on:paste=pasted
                    ></textarea>
                </div>
                {mail.signature()}
                <AttachList files=files/>
                {live(move || formatting.get().then(|| format::bar(mark)))}
                <div class="composer__bar">
                    <AttachButton files=files may=may/>
                    {toggle(Icon::TYPE, text::FORMAT_OPEN, formatting)}
                    {toggle(Icon::SMILE, text::EMOJI_OPEN, picking)}
                    {live(move || (!noting() && may.with(|may| may.as_ref().is_some_and(|may| may.audio > 0))).then(|| toggle(Icon::MIC, text::RECORDER_OPEN, recording)))}
                    <p
                        class="composer__note"
                        id="reply-note"
                        data-hint=attr(move || (left.get().is_none() && blank.get().is_none() && !eager.get() && told.get().is_none()).to_string())
                        data-over=attr(move || (blank.get().is_some() || left.get().is_some_and(|left| left < 0)).to_string())
                    >
                        {live(move || match left.get() {
                            _ if blank.get().is_some() => {
                                locale.say_with(text::COMPOSER_BLANK, &[("blank", &blank.get().unwrap_or_default())])
                            }
                            Some(left) if left < 0 => locale.count(text::COMPOSER_OVER, -left),
                            Some(left) => locale.count(text::COMPOSER_LEFT, left),
                            None if eager.get() => locale.say(text::COMPOSER_EAGER).to_owned(),
                            None => locale.say(told.get().unwrap_or_else(hint)).to_owned(),
                        })}
                    </p>
                    {live(move || (!noting()).then(|| toggle(Icon::CLOCK, text::SCHEDULE_OPEN, scheduling)))}
                    <button
                        type="submit"
                        class="button"
                        data-kind="primary"
                        aria-disabled=attr(move || {
                            let nothing = words.with(|words| words.trim().is_empty());
                            (blank.get().is_some() || nothing && !files.any() && !files.busy()).to_string()
                        })
                    >
                        <span>{live(move || locale.say(if noting() { text::NOTE_ADD } else { text::COMPOSER_SEND }))}</span>
                        {live(move || if noting() { Icon::STICKY_NOTE.view() } else { Icon::SEND_HORIZONTAL.view() })}
                    </button>
                </div>
            </div>
        </form>
    }
    .any()
}

/// A button that opens one of the composer's tools and closes it again.
fn toggle(icon: Icon, name: Text, open: RwSignal<bool>) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=t(name)
            title=t(name)
            aria-expanded=attr(move || open.get().to_string())
            on:click=act(move |_| open.update(|open| *open = !*open))
        >
            {icon.view()}
        </button>
    }
    .any()
}

/// Takes files dropped anywhere on the page, and says while some hang over it.
fn drag_target(over: RwSignal<bool>, take: impl Fn(web_sys::DragEvent) + Send + Sync + 'static) {
    let carries = |event: &web_sys::DragEvent| event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0));
    let take = StoredValue::new(take);
    effect(move || {
        let handles = [
            window_event_listener(ev::dragover, move |event| {
                if carries(&event) {
                    event.prevent_default();
                    over.set(true);
                }
            }),
            window_event_listener(ev::dragleave, move |event| {
                if event.related_target().is_none() {
                    over.set(false);
                }
            }),
            window_event_listener(ev::drop, move |event| {
                if carries(&event) {
                    event.prevent_default();
                    over.set(false);
                    take.with_value(|take| take(event));
                }
            }),
        ];
        on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
    });
}
