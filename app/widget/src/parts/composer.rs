//! Where the visitor writes: text, emojis, files. Enter sends, Shift+Enter breaks the line, and an input method keeps its own Enter.
//! It hands a finished message over and remembers nothing but the draft.

use super::emoji::{emojis, focus};
use super::questions::answered;
use crate::attach;
use crate::attend::Typing;
use crate::chat::{Chat, Phase};
use crate::dom::{append, bind, bind_shown, bind_text, el, icon, on, set, set_all, tree, word};
use crate::field::{Field, effect};
use crate::icons;
use crate::keep::MOST;
use crate::outbox;
use kit::i18n::{Text, size, text};
use leptos::prelude::{untrack, window};
use model::{AttachmentKind, AttachmentView, WidgetFeatures};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DragEvent, Event, FileList, HtmlElement, HtmlImageElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
};

/// The limit is spoken of when fewer characters than this are left.
const NEAR: i64 = 200;

/// What the lower part of the chat knows beside the draft.
struct Composer {
    chat: Chat,
    field: HtmlTextAreaElement,
    typing: Typing,
    chosen: Field<Vec<AttachmentView>>,
    problem: Field<String>,
    picking: Field<bool>,
    /// Enter was pressed before the server had answered: it counts as soon as it has.
    eager: Field<bool>,
}

/// Draws the lower part of the chat into its parent.
pub fn composer(chat: Chat, parent: &HtmlElement) {
    let field: HtmlTextAreaElement = el("textarea", "composer__field").unchecked_into();
    let typing = Typing::new(chat);
    let this = Rc::new(Composer {
        chat,
        field,
        typing,
        chosen: Field::default(),
        problem: Field::default(),
        picking: Field::default(),
        eager: Field::default(),
    });
    let form = tree("form", "composer", &[&this.picker(), &this.complaint(), &this.chips(), &this.sheet()]);
    {
        let this = this.clone();
        on(&form, "submit", move |event| {
            event.prevent_default();
            this.send();
        });
    }
    append(parent, &form);
    append(parent, &this.drop_zone());
    this.follow();
}

impl Composer {
    fn left(&self) -> i64 {
        self.limit() - self.chat.draft.with(|draft| i64::try_from(draft.trim().chars().count()).unwrap_or(i64::MAX))
    }

    fn limit(&self) -> i64 {
        self.chat.config.with(|config| config.as_ref().map_or(10_000, |c| i64::from(c.capabilities.text_limit)))
    }

    fn feature(&self, read: fn(&WidgetFeatures) -> bool) -> bool {
        self.chat.config.with(|config| config.as_ref().is_some_and(|c| read(&c.features)))
    }

    fn can_attach(&self) -> bool {
        self.feature(|f| f.attachments || f.video || f.audio)
    }

    fn sendable(&self) -> bool {
        let any = self.chat.draft.with(|draft| !draft.trim().is_empty()) | self.chosen.with(|chosen| !chosen.is_empty());
        any & (self.left() >= 0)
    }

    fn send(&self) {
        let chat = self.chat;
        if !untrack(|| self.sendable()) {
            return;
        }
        if chat.phase.with_untracked(|phase| *phase != Phase::Ready) {
            return self.eager.set(true);
        }
        if chat.outbox.with_untracked(Vec::len) >= MOST {
            return self.problem.set(text::WIDGET_FULL.in_(chat.language.get_untracked()).to_owned());
        }
        let Some(answers) = answered(chat) else { return };
        self.typing.stop();
        self.problem.set(String::new());
        self.picking.set(false);
        let (text, files) = (chat.draft.with_untracked(|draft| draft.trim().to_owned()), self.chosen.get_untracked());
        self.chosen.put(Vec::new());
        chat.draft.set(String::new());
        outbox::send(chat, text, files, answers);
        focus(&self.field);
    }

    fn take(&self, list: Option<FileList>) -> bool {
        let Some(list) = list.filter(|list| list.length() > 0 && untrack(|| self.can_attach())) else { return false };
        self.problem.set(attach::take(self.chat, &self.chosen, &list).unwrap_or_default());
        focus(&self.field);
        true
    }

    /// What the fields change without anybody pressing anything.
    fn follow(self: Rc<Self>) {
        let this = self.clone();
        effect(move || {
            let draft = this.chat.draft.get();
            if this.field.value() != draft {
                this.field.set_value(&draft);
            }
        });
        let this = self.clone();
        effect(move || {
            if this.eager.get() & (this.chat.phase.get() == Phase::Ready) {
                this.eager.set(false);
                untrack(|| this.send());
            }
        });
        effect(move || {
            // Opening puts the cursor where one writes; on touch screens that would only raise the keyboard over the conversation.
            if self.chat.opened.get() && !self.chat.touch.get() {
                let question = untrack(|| self.chat.questions()).into_iter().next();
                if !question.is_some_and(|question| kit::browser::focus(&["#answer-", &question.key].concat())) {
                    focus(&self.field);
                }
            }
        });
    }

    fn picker(self: &Rc<Self>) -> HtmlElement {
        let (this, picked) = (self.clone(), self.clone());
        let close = move || {
            this.picking.set(false);
            focus(&this.field);
        };
        let pick = move |emoji: &str| {
            insert(&picked.field, emoji);
            picked.typed();
        };
        let grid = emojis(self.chat, pick, close);
        let (this, shown) = (self.clone(), grid.clone());
        effect(move || {
            let on = this.picking.get();
            crate::dom::show(&shown, on);
            // With keys the first one is where the arrows start; on touch the keyboard would jump.
            if let Some(first) = shown.first_element_child().filter(|_| on && !this.chat.touch.get()) {
                focus(&first);
            }
        });
        grid
    }

    fn typed(&self) {
        self.chat.draft.set(self.field.value());
        self.problem.set(String::new());
        self.eager.set(false);
        self.typing.key();
    }

    fn complaint(self: &Rc<Self>) -> HtmlElement {
        let line = el("p", "composer__problem");
        set(&line, "role", Some("alert"));
        let this = self.clone();
        bind_text(&line, move || this.problem.get());
        line
    }

    fn sheet(self: &Rc<Self>) -> HtmlElement {
        let chat = self.chat;
        let field: &HtmlElement = &self.field;
        set_all(field, &[("rows", "1"), ("dir", "auto"), ("aria-describedby", "composer-left"), ("enterkeyhint", "send")]);
        for name in ["aria-label", "placeholder"] {
            bind(field, name, move || Some(chat.say(text::WIDGET_FIELD)));
        }
        let this = self.clone();
        on(field, "input", move |_| this.typed());
        let this = self.clone();
        on(field, "keydown", move |event| {
            let key = event.unchecked_ref::<KeyboardEvent>();
            // 229 is what browsers report for keys an input method has taken, where `isComposing` comes too late.
            if key.key() == "Enter" && !key.shift_key() && !key.is_composing() && key.key_code() != 229 {
                event.prevent_default();
                this.send();
            }
        });
        let this = self.clone();
        on(field, "paste", move |event| {
            if this.take(event.unchecked_ref::<ClipboardEvent>().clipboard_data().and_then(|data| data.files())) {
                event.prevent_default();
            }
        });
        // The twin behind the field gives it the height of its text without a style of its own.
        let grow = tree("div", "composer__grow", &[field]);
        bind(&grow, "data-text", move || Some(chat.draft.get()));

        let (emoji, clip, send) = (
            self.tool("composer__tool", icons::SMILE, text::WIDGET_EMOJI),
            self.tool("composer__tool", icons::PAPERCLIP, text::WIDGET_ATTACH),
            self.tool("composer__send", icons::SEND, text::WIDGET_SEND),
        );
        let this = self.clone();
        bind_shown(&emoji, move || this.feature(|f| f.emoji));
        let this = self.clone();
        bind(&emoji, "aria-expanded", move || Some(if this.picking.get() { "true" } else { "false" }.to_owned()));
        let this = self.clone();
        on(&emoji, "click", move |_| this.picking.update(|on| *on = !*on));
        let this = self.clone();
        bind_shown(&clip, move || this.can_attach());
        let chooser = self.chooser();
        {
            let chooser = chooser.clone();
            on(&clip, "click", move |_| chooser.click());
        }
        set(&send, "type", Some("submit"));
        let this = self.clone();
        bind(&send, "aria-disabled", move || Some(if this.sendable() { "false" } else { "true" }.to_owned()));
        let left = el("p", "composer__left");
        set(&left, "id", Some("composer-left"));
        let this = self.clone();
        bind(&left, "data-over", move || (this.left() < 0).then(|| "true".to_owned()));
        let this = self.clone();
        bind_text(&left, move || {
            let language = this.chat.language.get();
            match this.left() {
                left if left < 0 => text::WIDGET_OVER.count(language, -left),
                left if left < NEAR.min(this.limit() / 4) => text::WIDGET_LEFT.count(language, left),
                _ => String::new(),
            }
        });
        tree("div", "composer__sheet", &[&grow, &tree("div", "composer__tools", &[&emoji, &clip, &chooser, &left, &send])])
    }

    fn tool(&self, class: &str, drawing: &str, label: Text) -> HtmlElement {
        let chat = self.chat;
        let button = tree("button", class, &[&icon(drawing)]);
        set(&button, "type", Some("button"));
        bind(&button, "aria-label", move || Some(chat.say(label)));
        button
    }

    fn chooser(self: &Rc<Self>) -> HtmlElement {
        let input = el("input", "composer__chooser");
        set_all(&input, &[("type", "file"), ("multiple", ""), ("tabindex", "-1"), ("aria-hidden", "true")]);
        let chat = self.chat;
        bind(&input, "accept", move || {
            chat.config.with(|config| config.as_ref().and_then(|c| attach::accept(&c.capabilities, c.features)).map(str::to_owned))
        });
        let (this, own) = (self.clone(), input.clone());
        on(&input, "change", move |_| {
            let own = own.unchecked_ref::<HtmlInputElement>();
            this.take(own.files());
            // The same file may be chosen again.
            own.set_value("");
        });
        input
    }

    fn chips(self: &Rc<Self>) -> HtmlElement {
        let chat = self.chat;
        let list = el("ul", "composer__files");
        bind(&list, "aria-label", move || Some(chat.say(text::WIDGET_ATTACHED)));
        let (this, shown) = (self.clone(), list.clone());
        let mut drawn: Vec<(i64, HtmlElement)> = Vec::new();
        effect(move || {
            let chosen = this.chosen.get();
            drawn.retain(|(id, chip)| {
                let stays = chosen.iter().any(|file| file.id.0 == *id);
                if !stays {
                    chip.remove();
                }
                stays
            });
            for file in &chosen {
                if !drawn.iter().any(|(id, _)| *id == file.id.0) {
                    let chip = this.chip(file);
                    append(&shown, &chip);
                    drawn.push((file.id.0, chip));
                }
            }
            crate::dom::show(&shown, !drawn.is_empty());
        });
        list
    }

    fn chip(self: &Rc<Self>, file: &AttachmentView) -> HtmlElement {
        let (chat, id, language) = (self.chat, file.id, self.chat.language.get_untracked());
        let face = match (file.kind, &file.link) {
            (AttachmentKind::Image, Some(link)) => {
                let image = el("img", "chip__image");
                set_all(&image, &[("alt", ""), ("src", link)]);
                let (this, own) = (self.clone(), image.clone());
                on(&image, "load", move |_| {
                    // Known now, so that the bubble has its box before the server has seen the picture.
                    let own = own.unchecked_ref::<HtmlImageElement>();
                    let (width, height) = (Some(i64::from(own.natural_width())), Some(i64::from(own.natural_height())));
                    this.chosen
                        .update(|all| all.iter_mut().filter(|one| one.id == id).for_each(|one| (one.width, one.height) = (width, height)));
                });
                image
            }
            _ => icon(icons::FILE_TEXT),
        };
        let remove = tree("button", "chip__remove", &[&icon(icons::X)]);
        set_all(&remove, &[("type", "button"), ("aria-label", &text::WIDGET_DETACH.with(language, &[("name", &file.name)]))]);
        let this = self.clone();
        on(&remove, "click", move |_| {
            this.chosen.update(|all| all.retain(|one| one.id != id));
            chat.files.update(|all| all.retain(|(one, _)| *one != id));
            focus(&this.field);
        });
        tree(
            "li",
            "chip",
            &[&face, &word("span", "chip__name", &file.name), &word("span", "chip__size", &size(language, file.size)), &remove],
        )
    }

    /// Files dragged anywhere over the chat.
    fn drop_zone(self: &Rc<Self>) -> HtmlElement {
        let chat = self.chat;
        let zone = el("div", "drop");
        set(&zone, "aria-hidden", Some("true"));
        bind_text(&zone, move || chat.say(text::WIDGET_DROP));
        let over = |zone: &HtmlElement, on: bool| set(zone, "data-on", on.then_some("true"));
        let (this, shown) = (self.clone(), zone.clone());
        on(&window(), "dragover", move |event| {
            // Also where files are not taken: else the browser would open them in place of the chat.
            event.prevent_default();
            over(&shown, untrack(|| this.can_attach()));
        });
        let shown = zone.clone();
        on(&window(), "dragleave", move |event: Event| {
            if event.unchecked_ref::<DragEvent>().related_target().is_none() {
                over(&shown, false);
            }
        });
        let (this, shown) = (self.clone(), zone.clone());
        on(&window(), "drop", move |event| {
            event.prevent_default();
            over(&shown, false);
            this.take(event.unchecked_ref::<DragEvent>().data_transfer().and_then(|data| data.files()));
        });
        zone
    }
}

/// Puts a text where the cursor is, and the cursor behind it.
fn insert(field: &HtmlTextAreaElement, text: &str) {
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    if field.set_range_text(text).is_err() {
        return;
    }
    let after = start + u32::try_from(text.encode_utf16().count()).unwrap_or_default();
    // Both ends lie inside the text just written.
    let _ = field.set_selection_range(after, after);
}
