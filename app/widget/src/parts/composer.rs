//! Where the visitor writes: text, emojis, files. Enter sends, Shift+Enter breaks the line, and an input method keeps its own Enter.
//! It hands a finished message over and remembers nothing but the draft.

use super::emoji::Emojis;
use super::questions::answered;
use crate::attach;
use crate::attend::Typing;
use crate::chat::{Chat, Phase};
use crate::keep::MOST;
use crate::outbox;
use kit::Icon;
use kit::i18n::{size, t, text};
use leptos::prelude::*;
use leptos::{ev, html};
use model::{AttachmentKind, AttachmentView};
use wasm_bindgen::JsCast;

/// The limit is spoken of when fewer characters than this are left.
const NEAR: i64 = 200;

/// The lower part of the chat.
#[component]
pub fn Composer() -> impl IntoView {
    let chat = Chat::current();
    let locale = chat.locale;
    let field = NodeRef::<html::Textarea>::new();
    let chooser = NodeRef::<html::Input>::new();
    let chosen = RwSignal::new(Vec::<AttachmentView>::new());
    let problem = RwSignal::new(None::<String>);
    let picking = RwSignal::new(false);
    // Enter was pressed before the server had answered: it counts as soon as it has.
    let eager = RwSignal::new(false);
    let typing = Typing::new(chat);
    let limit = Memo::new(move |_| chat.config.with(|c| c.as_ref().map_or(10_000, |c| i64::from(c.capabilities.text_limit))));
    let left = Memo::new(move |_| limit.get() - chat.draft.with(|draft| i64::try_from(draft.trim().chars().count()).unwrap_or(i64::MAX)));
    let feature = move |read: fn(&model::WidgetFeatures) -> bool| chat.config.with(|c| c.as_ref().is_some_and(|c| read(&c.features)));
    let can_attach = move || feature(|f| f.attachments || f.video || f.audio);
    let sendable = move || (chat.draft.with(|draft| !draft.trim().is_empty()) || chosen.with(|c| !c.is_empty())) && left.get() >= 0;
    let send = move || {
        let text = chat.draft.with_untracked(|draft| draft.trim().to_owned());
        if !untrack(sendable) {
            return;
        }
        if chat.phase.with_untracked(|phase| *phase != Phase::Ready) {
            return eager.set(true);
        }
        if chat.outbox.with_untracked(Vec::len) >= MOST {
            return problem.set(Some(text::WIDGET_FULL.in_(locale.now()).to_owned()));
        }
        let Some(answers) = answered(chat) else { return };
        typing.stop();
        problem.set(None);
        picking.set(false);
        let files = chosen.try_update(std::mem::take).unwrap_or_default();
        outbox::send(chat, text, files, answers);
        chat.draft.set(String::new());
        refocus(field);
    };
    Effect::new(move |_| {
        if eager.get() && chat.phase.with(|phase| *phase == Phase::Ready) {
            eager.set(false);
            untrack(send);
        }
    });
    let keys = move |event: ev::KeyboardEvent| {
        // 229 is what browsers report for keys an input method has taken, where `isComposing` comes too late.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != 229 {
            event.prevent_default();
            send();
        }
    };
    let typed = move |event: ev::Event| {
        chat.draft.set(event_target_value(&event));
        problem.set(None);
        eager.set(false);
        typing.key();
    };
    let take = move |list: Option<web_sys::FileList>| {
        if let Some(list) = list.filter(|list| list.length() > 0) {
            problem.set(attach::take(chat, chosen, &list));
            refocus(field);
        }
    };
    let pasted = move |event: ev::ClipboardEvent| {
        let files = event.clipboard_data().and_then(|data| data.files()).filter(|files| files.length() > 0);
        if files.is_some() && untrack(can_attach) {
            event.prevent_default();
            take(files);
        }
    };
    let picked = move |emoji: &str| {
        let Some(field) = field.get_untracked() else { return };
        insert(&field, emoji);
        chat.draft.set(field.value());
        typing.key();
    };
    let chosen_by_hand = move |_| {
        if let Some(input) = chooser.get_untracked() {
            take(input.files());
            // The same file may be chosen again.
            input.set_value("");
        }
    };
    let dropping = drops(can_attach, take);
    focus_on_open(chat, field);
    let describe = move || match left.get() {
        left if left < 0 => Some(locale.count(text::WIDGET_OVER, -left)),
        left if left < NEAR.min(limit.get() / 4) => Some(locale.count(text::WIDGET_LEFT, left)),
        _ => None,
    };
    let accept = move || chat.config.with(|c| c.as_ref().and_then(|c| attach::accept(&c.capabilities, c.features)));
    let close_emojis = move || {
        picking.set(false);
        refocus(field);
    };
    view! {
        <form class="composer" on:submit=move |event: ev::SubmitEvent| { event.prevent_default(); send(); }>
            <Show when=move || picking.get()><Emojis pick=picked close=close_emojis/></Show>
            <p class="composer__problem" role="alert">{move || problem.get()}</p>
            <Show when=move || chosen.with(|all| !all.is_empty())>
                <ul class="composer__files" aria-label=t(text::WIDGET_ATTACHED)>
                    <For each=move || chosen.get() key=|file| file.id children=move |file| chip(chat, chosen, file)/>
                </ul>
            </Show>
            <div class="composer__sheet">
                // The twin behind the field gives it the height of its text without a style of its own.
                <div class="composer__grow" data-text=move || chat.draft.get()>
                    <textarea
                        class="composer__field"
                        node_ref=field
                        rows="1"
                        dir="auto"
                        aria-label=t(text::WIDGET_FIELD)
                        placeholder=t(text::WIDGET_FIELD)
                        aria-describedby="composer-left"
                        enterkeyhint="send"
                        prop:value=move || chat.draft.get()
                        on:input=typed
                        on:keydown=keys
                        on:paste=pasted
                    ></textarea>
                </div>
                <div class="composer__tools">
                    <Show when=move || feature(|f| f.emoji)>
                        <button
                            type="button"
                            class="composer__tool"
                            aria-label=t(text::WIDGET_EMOJI)
                            aria-expanded=move || picking.get().to_string()
                            on:click=move |_| picking.update(|on| *on = !*on)
                        >
                            {Icon::SMILE.view()}
                        </button>
                    </Show>
                    <Show when=can_attach>
                        <button
                            type="button"
                            class="composer__tool"
                            aria-label=t(text::WIDGET_ATTACH)
                            on:click=move |_| if let Some(input) = chooser.get_untracked() { input.click() }
                        >
                            {Icon::PAPERCLIP.view()}
                        </button>
                        <input type="file" class="composer__chooser" node_ref=chooser multiple=true accept=accept tabindex="-1" aria-hidden="true" on:change=chosen_by_hand/>
                    </Show>
                    <p class="composer__left" id="composer-left" data-over=move || (left.get() < 0).to_string()>{describe}</p>
                    <button type="submit" class="composer__send" aria-label=t(text::WIDGET_SEND) aria-disabled=move || (!sendable()).to_string()>
                        {Icon::SEND_HORIZONTAL.view()}
                    </button>
                </div>
            </div>
        </form>
        <div class="drop" data-on=move || dropping.get().to_string() aria-hidden="true">{t(text::WIDGET_DROP)}</div>
    }
}

fn refocus(field: NodeRef<html::Textarea>) {
    if let Some(field) = field.get_untracked() {
        // A field of ours that is on the page takes the focus.
        let _ = field.focus();
    }
}

/// Opening the chat puts the cursor where one writes; on touch screens that would only raise the keyboard over the conversation.
fn focus_on_open(chat: Chat, field: NodeRef<html::Textarea>) {
    Effect::new(move |_| {
        if chat.opened.get() && field.get().is_some() && !chat.touch.get_untracked() {
            let question = untrack(move || chat.questions()).into_iter().next();
            match question {
                Some(question) if kit::browser::focus(&format!("#answer-{}", question.key)) => {}
                _ => refocus(field),
            }
        }
    });
}

/// Puts a text where the cursor is, and the cursor behind it.
fn insert(field: &web_sys::HtmlTextAreaElement, text: &str) {
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    if field.set_range_text(text).is_err() {
        return;
    }
    let after = start + u32::try_from(text.encode_utf16().count()).unwrap_or_default();
    // Both ends lie inside the text just written.
    let _ = field.set_selection_range(after, after);
}

fn chip(chat: Chat, chosen: RwSignal<Vec<AttachmentView>>, file: AttachmentView) -> impl IntoView {
    let (id, name) = (file.id, file.name.clone());
    let label = {
        let name = name.clone();
        move || chat.locale.say_with(text::WIDGET_DETACH, &[("name", &name)])
    };
    let measured = move |event: ev::Event| {
        // Known now, so that the bubble has its box before the server has seen the picture.
        let Some(image) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlImageElement>().ok()) else { return };
        let (width, height) = (i64::from(image.natural_width()), i64::from(image.natural_height()));
        chosen.update(|all| all.iter_mut().filter(|one| one.id == id).for_each(|one| (one.width, one.height) = (Some(width), Some(height))));
    };
    let remove = move |_| {
        chosen.update(|all| all.retain(|one| one.id != id));
        chat.files.update_value(|all| drop(all.remove(&id)));
    };
    let face = match (file.kind, file.link) {
        (AttachmentKind::Image, Some(link)) => view! { <img class="chip__image" src=link alt="" on:load=measured/> }.into_any(),
        _ => Icon::FILE_TEXT.view(),
    };
    view! {
        <li class="chip">
            {face}
            <span class="chip__name">{name}</span>
            <span class="chip__size">{move || size(chat.locale.language(), file.size)}</span>
            <button type="button" class="chip__remove" aria-label=label on:click=remove>{Icon::X.view()}</button>
        </li>
    }
}

/// Files dragged anywhere over the chat.
fn drops(allowed: impl Fn() -> bool + Copy + 'static, take: impl Fn(Option<web_sys::FileList>) + Copy + 'static) -> RwSignal<bool> {
    let over = RwSignal::new(false);
    let _ = window_event_listener(ev::dragover, move |event| {
        // Also where files are not taken: else the browser would open them in place of the chat.
        event.prevent_default();
        if untrack(allowed) && !over.get_untracked() {
            over.set(true);
        }
    });
    let _ = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    let _ = window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        over.set(false);
        if untrack(allowed) {
            take(event.data_transfer().and_then(|data| data.files()));
        }
    });
    over
}
