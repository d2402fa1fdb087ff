//! One line of the conversation: day, author, bubble, and how far the visitor's own message got.
//! Its elements stay while the message travels from "waiting" to "read", so that nothing is announced twice.

use super::file::file;
use super::rich;
use crate::chat::Chat;
use crate::dom::{append, avatar, el, icon, on, set, set_all, show, tree, word, write};
use crate::icons;
use crate::json::Json;
use crate::links::{Piece, pieces};
use crate::outbox;
use crate::thread::{Progress, Row, Standing};
use crate::when;
use crate::words::key;
use kit::i18n::{Text, fault_text, text};
use leptos::prelude::document;
use web_sys::HtmlElement;

/// A line on the page, and what it showed last.
pub struct Line {
    /// Its element.
    pub root: HtmlElement,
    /// The row it shows.
    pub row: Row,
    chat: Chat,
    day: HtmlElement,
    article: HtmlElement,
    author: HtmlElement,
    files: HtmlElement,
    rich: HtmlElement,
    time: HtmlElement,
    tick: HtmlElement,
    refusal: HtmlElement,
}

impl Line {
    /// Draws a row for the first time.
    #[must_use]
    pub fn new(chat: Chat, row: Row) -> Self {
        let [day, author, files, rich, time, tick, refusal] =
            [("p", "day"), ("p", ""), ("div", "line__files"), ("div", "rich"), ("time", ""), ("span", "tick"), ("div", "refusal")]
                .map(|(tag, class)| el(tag, class));
        let body = tree("div", "line__body", &[&author, &files]);
        if !row.text.is_empty() {
            append(&body, &bubble(&row.text));
        }
        append(&body, &rich);
        append(&body, &tree("p", "line__meta", &[&time, &tick]));
        append(&body, &refusal);
        let article = el("article", "line");
        set(&article, "data-mine", Some(if row.mine() { "true" } else { "false" }));
        if !row.mine() {
            let name = row.author.clone().unwrap_or_else(|| house(chat));
            append(&article, &tree("div", "line__face", &[&avatar(&name, row.photo.as_deref(), "small")]));
        }
        append(&article, &body);
        set(&time, "datetime", Some(&String::from(when::date(row.at).to_iso_string())));
        set(&refusal, "role", Some("alert"));
        if row.rich.is_some() {
            set(&rich, "tabindex", Some("-1"));
            // The key of a stored line of theirs is its number behind a letter.
            let (key, refusal) = (row.key.clone(), refusal.clone());
            on(&rich, "submit", move |event| rich::hand_in(chat, key.trim_start_matches('m'), &event, refusal.clone()));
        }
        show(&refusal, false);
        let root = tree("div", "entry", &[&day, &article]);
        let line = Self { root, row, chat, day, article, author, files, rich, time, tick, refusal };
        line.draw_files();
        line.draw_rich();
        line.draw();
        line.draw_standing();
        line
    }

    /// Draws what changed. The words may be of another language now.
    pub fn update(&mut self, row: Row, translate: bool) {
        let before = std::mem::replace(&mut self.row, row);
        self.draw();
        if translate || before.files != self.row.files {
            self.draw_files();
        }
        if translate || before.rich != self.row.rich {
            self.draw_rich();
        }
        if translate || before.standing != self.row.standing {
            self.draw_standing();
        }
    }

    fn draw(&self) {
        let (row, language) = (&self.row, self.chat.language.get_untracked());
        let flag = |on: bool| Some(if on { "true" } else { "false" });
        show(&self.day, row.day);
        if row.day {
            write(&self.day, &when::day(row.at, language));
        }
        set(&self.article, "data-first", flag(row.first));
        set(&self.article, "data-last", flag(row.last));
        let name = match (&row.author, row.mine()) {
            (_, true) => text::WIDGET_YOU.in_(language).to_owned(),
            (Some(name), _) => name.clone(),
            (None, _) => house(self.chat),
        };
        write(&self.author, &name);
        set(&self.author, "class", Some(if row.mine() || !row.first { "visually-hidden" } else { "line__author" }));
        write(&self.time, &when::hour(row.at, language));
    }

    fn draw_files(&self) {
        self.files.set_text_content(None);
        for one in &self.row.files {
            append(&self.files, &file(self.chat, one));
        }
        show(&self.files, !self.row.files.is_empty());
    }

    fn draw_rich(&self) {
        // Whoever answered by keyboard stays where the answer now stands.
        let within = self.rich.contains(document().active_element().as_deref());
        self.rich.set_text_content(None);
        show(&self.refusal, false);
        if let Some(said) = self.row.rich.as_deref().and_then(Json::parse) {
            rich::draw(self.chat, &said, &self.rich);
        }
        if within {
            let _ = self.rich.focus();
        }
    }

    fn draw_standing(&self) {
        // Icon, words, whether they are read by eyes too.
        let (word_of, drawing, label, shown): (_, _, Text, _) = match &self.row.standing {
            Standing::Theirs => return,
            Standing::Pending(Progress::Waiting) => ("waiting", icons::CLOCK, text::WIDGET_WAITING, true),
            Standing::Pending(Progress::Sending) => ("sending", icons::CLOCK, text::WIDGET_SENDING, false),
            Standing::Pending(Progress::Failed(_)) => ("failed", icons::CIRCLE_ALERT, text::WIDGET_FAILED, true),
            Standing::Sent => ("sent", icons::CHECK, text::WIDGET_SENT, false),
            Standing::Read => ("read", icons::CHECK_CHECK, text::WIDGET_READ, false),
        };
        let language = self.chat.language.get_untracked();
        set(&self.article, "data-standing", Some(word_of));
        self.tick.set_text_content(None);
        append(&self.tick, &icon(drawing));
        append(&self.tick, &word("span", if shown { "" } else { "visually-hidden" }, label.in_(language)));
        self.refusal.set_text_content(None);
        if let Standing::Pending(Progress::Failed(fault)) = &self.row.standing {
            append(&self.refusal, &word("p", "", &fault_text(language, fault)));
            self.choice(text::WIDGET_AGAIN, "refusal__again", outbox::again);
            self.choice(text::WIDGET_DISCARD, "refusal__discard", outbox::discard);
        }
        show(&self.refusal, self.refusal.has_child_nodes());
    }

    fn choice(&self, label: Text, class: &str, act: fn(Chat, model::ClientKey)) {
        let chat = self.chat;
        let Some(own) = key(&self.row.key) else { return };
        let button = word("button", class, label.in_(chat.language.get_untracked()));
        set(&button, "type", Some("button"));
        on(&button, "click", move |_| act(chat, own));
        append(&self.refusal, &button);
    }
}

/// Who speaks where no person does.
fn house(chat: Chat) -> String {
    chat.config.with_untracked(|config| config.as_ref().map_or_else(String::new, |c| c.name.clone()))
}

fn bubble(text: &str) -> HtmlElement {
    let made = el("p", "line__text");
    set(&made, "dir", Some("auto"));
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => {
                // Text is never refused.
                let _ = made.append_with_str_1(text);
            }
            Piece::Link(link) => {
                let anchor = word("a", "", link);
                set_all(&anchor, &[("href", link), ("target", "_blank"), ("rel", "noopener noreferrer nofollow")]);
                append(&made, &anchor);
            }
        }
    }
    made
}
