//! The words of a mail in its bubble: what it quotes is folded away, and its own look opens in a frame that can do nothing.
//! Who wrote it and to whom is said by the bubble.

use super::bubble::linked;
use crate::panels::{Panel, Panels};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{t, text};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::{ConversationId, MailHead, MessageId};

/// What the frame may do: links open a tab, nothing else. The page it shows says the same of itself.
const SANDBOX: &str = "allow-popups allow-popups-to-escape-sandbox";

/// Draws the words of one mail.
#[component]
pub fn MailWords(
    /// The conversation it stands in.
    conversation: ConversationId,
    /// The message.
    message: MessageId,
    /// Its head.
    head: MailHead,
    /// All its words, the quoted ones included.
    words: String,
    /// Whether it came in, and so lies here as it came.
    incoming: bool,
) -> impl IntoView {
    let account = Store::current().account;
    let (unfolded, framed, pictures) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (own, quoted) = split(&words, head.quoted_from);
    let toggle = |signal: RwSignal<bool>| act(move |_| signal.update(|on| *on = !*on));
    view! {
        {(!own.is_empty()).then(|| view! { <p class="bubble__text" dir="auto">{linked(own)}</p> })}
        {(!quoted.is_empty()).then(|| {
            let quoted = quoted.to_owned();
            view! {
                <button
                    type="button"
                    class="mail__fold"
                    aria-expanded=attr(move || unfolded.get().to_string())
                    aria-label=t(text::MAIL_QUOTED)
                    title=t(text::MAIL_QUOTED)
                    on:click=toggle(unfolded)
                >
                    "…"
                </button>
                {live(move || unfolded.get().then(|| view! { <p class="mail__quoted">{linked(&quoted)}</p> }))}
            }
        })}
        {(incoming && message.0 != 0).then(|| view! {
            <p class="mail__actions">
                {head.html.then(|| view! {
                    <button type="button" class="link-button" aria-expanded=attr(move || framed.get().to_string()) on:click=toggle(framed)>
                        {t(text::MAIL_ORIGINAL)}
                    </button>
                })}
                {live(move || (framed.get() && !pictures.get()).then(|| view! {
                    <button type="button" class="link-button" on:click=act(move |_| pictures.set(true))>{t(text::MAIL_PICTURES)}</button>
                }))}
                {head.forwarded.is_some().then(use_context::<Panels>).flatten().map(|panels| view! {
                    <button type="button" class="link-button" on:click=act(move |_| panels.open(Panel::Original(conversation, message)))>
                        {t(text::MAIL_TAKE)}
                    </button>
                })}
                <a class="link-button" href=format!("/mail/{account}/{message}/raw") download="" rel="external">{t(text::MAIL_RAW)}</a>
            </p>
        })}
        {live(move || framed.get().then(|| {
            let shown = if pictures.get() { "?pictures=1" } else { "" };
            view! {
                <iframe
                    class="mail__frame"
                    sandbox=SANDBOX
                    referrerpolicy="no-referrer"
                    title=t(text::MAIL_ORIGINAL)
                    src=format!("/mail/{account}/{message}/html{shown}")
                ></iframe>
            }
        }))}
    }
    .any()
}

/// The words of its own, and those it quotes.
fn split(words: &str, at: Option<u32>) -> (&str, &str) {
    let at = at.and_then(|at| words.char_indices().nth(at as usize)).map_or(words.len(), |(at, _)| at);
    let (own, quoted) = words.split_at(at);
    (own.trim_end(), quoted.trim())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_fold_is_counted_in_characters() {
        assert_eq!(split("Até já.\n\n> Olá", Some(7)), ("Até já.", "> Olá"));
        assert_eq!(split("Olá", None), ("Olá", ""));
        assert_eq!(split("Olá", Some(99)), ("Olá", ""));
    }
}
