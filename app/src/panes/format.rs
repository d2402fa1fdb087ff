//! The marks an agent sets by button or key: they go around what is selected, or wait for words at the caret.
//! What marks mean is said in `model::marks`; the field and its draft are the composer's.

use kit::i18n::{Text, t, text};
use kit::{Draw, Icon, act};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What stands before and after the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Heavy.
    Bold,
    /// Slanted.
    Italic,
    /// Struck through.
    Strike,
    /// As a machine writes.
    Code,
    /// Leading somewhere.
    Link,
    /// One thing to a line.
    List,
}

impl Mark {
    const ALL: [(Self, Icon, Text); 6] = [
        (Self::Bold, Icon::BOLD, text::FORMAT_BOLD),
        (Self::Italic, Icon::ITALIC, text::FORMAT_ITALIC),
        (Self::Strike, Icon::STRIKETHROUGH, text::FORMAT_STRIKE),
        (Self::Code, Icon::CODE, text::FORMAT_CODE),
        (Self::Link, Icon::LINK, text::FORMAT_LINK),
        (Self::List, Icon::LIST, text::FORMAT_LIST),
    ];

    /// The mark of a key that is pressed with Ctrl or ⌘.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "b" | "B" => Some(Self::Bold),
            "i" | "I" => Some(Self::Italic),
            _ => None,
        }
    }

    /// Marks the words between two places (UTF-16 units, as a browser counts); answers the text and what is selected in it afterwards.
    pub fn set(self, words: &str, from: usize, to: usize) -> (String, usize, usize) {
        let wide: Vec<u16> = words.encode_utf16().collect();
        let to = to.min(wide.len());
        let from = from.min(to);
        let piece = |range: &[u16]| String::from_utf16_lossy(range);
        let length = |text: &str| text.encode_utf16().count();
        let (before, chosen, after) = (piece(&wide[..from]), piece(&wide[from..to]), piece(&wide[to..]));
        let sign = match self {
            Self::Bold => "*",
            Self::Italic => "_",
            Self::Strike => "~",
            Self::Code if chosen.contains('\n') => "```",
            Self::Code => "`",
            Self::Link => {
                let address = "https://";
                let begin = from + length(&chosen) + 3;
                return (format!("{before}[{chosen}]({address}){after}"), begin, begin + address.len());
            }
            Self::List => {
                let start = before.rfind('\n').map_or(0, |at| at + 1);
                let (rest, line) = before.split_at(start);
                let listed: Vec<_> = format!("{line}{chosen}").split('\n').map(|line| format!("- {line}")).collect();
                let text = format!("{rest}{}", listed.join("\n"));
                let end = length(&text);
                return (text + &after, end, end);
            }
        };
        let width = sign.len();
        // The same again takes it away.
        if before.ends_with(sign) && after.starts_with(sign) {
            let text = format!("{}{chosen}{}", &before[..before.len() - width], &after[width..]);
            return (text, from - width, to - width);
        }
        (format!("{before}{sign}{chosen}{sign}{after}"), from + width, to + width)
    }
}

/// Writes at the caret as a person would, so that the browser can take it back.
pub fn type_in(field: &web_sys::HtmlTextAreaElement, words: &str) {
    // A field that is drawn takes the focus.
    let _ = field.focus();
    // A caret that moves ends what was typed before: one way back takes these words alone. Both places are within the text.
    if let (Ok(Some(from)), Ok(Some(to))) = (field.selection_start(), field.selection_end()) {
        let _ = field.set_selection_range(0, 0).and_then(|()| field.set_selection_range(from, to));
    }
    let document = document();
    let command =
        js_sys::Reflect::get(&document, &"execCommand".into()).ok().and_then(|command| command.dyn_into::<js_sys::Function>().ok());
    let done = command.and_then(|command| command.call3(&document, &"insertText".into(), &false.into(), &words.into()).ok());
    if words.is_empty() || done.is_some_and(|done| done.is_truthy()) {
        return;
    }
    // A browser without that has no way back, but loses nothing.
    if field.set_range_text(words).is_ok()
        && let Ok(event) = web_sys::Event::new("input")
    {
        // An event of our own is never refused.
        let _ = field.dispatch_event(&event);
    }
}

/// The buttons.
pub fn bar(set: Callback<Mark>) -> AnyView {
    let button = |(mark, icon, name): (Mark, Icon, Text)| {
        view! {
            <button type="button" class="icon-button" aria-label=t(name) title=t(name) on:click=act(move |_| set.run(mark))>{icon.view()}</button>
        }
    };
    view! { <div class="composer__format" role="toolbar" aria-label=t(text::FORMAT_OPEN)>{Mark::ALL.map(button).into_iter().collect::<Vec<_>>()}</div> }
        .any()
}

#[cfg(test)]
mod tests {
    use super::Mark;

    #[test]
    fn marks_go_around_the_words_and_off_again() {
        assert_eq!(Mark::Bold.set("olá 👍 mundo", 4, 6), ("olá *👍* mundo".to_owned(), 5, 7));
        assert_eq!(Mark::Bold.set("olá *👍* mundo", 5, 7), ("olá 👍 mundo".to_owned(), 4, 6));
        assert_eq!(Mark::Italic.set("", 0, 0), ("__".to_owned(), 1, 1));
        assert_eq!(Mark::Link.set("loja", 0, 4), ("[loja](https://)".to_owned(), 7, 15));
        assert_eq!(Mark::List.set("a\nb\nc", 2, 5), ("a\n- b\n- c".to_owned(), 9, 9));
        assert_eq!(Mark::Code.set("a\nb", 0, 3).0, "```a\nb```");
        assert_eq!(Mark::Strike.set("x", 5, 9), ("x~~".to_owned(), 2, 2), "places beyond the text are its end");
    }
}
