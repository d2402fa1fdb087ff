//! The top of the chat: who answers and how soon. Before the first message it is a welcome, afterwards one quiet line.

use crate::chat::Chat;
use kit::i18n::{t, text};
use kit::{Avatar, Icon};
use leptos::prelude::*;

/// Faces shown at most.
const FACES: usize = 3;

/// Heading, team, expected answer time, and the way out.
#[component]
pub fn Header() -> impl IntoView {
    let chat = Chat::current();
    let locale = chat.locale;
    let config = move |read: fn(&model::WidgetConfig) -> String| chat.config.with(|config| config.as_ref().map(read).unwrap_or_default());
    let heading = move || config(|c| if c.heading.is_empty() { c.name.clone() } else { c.heading.clone() });
    let answer = move || {
        let text = match config(|c| c.reply_time.clone()).as_str() {
            "minutes" => text::WIDGET_MINUTES,
            "hours" => text::WIDGET_HOURS,
            "day" => text::WIDGET_DAY,
            _ => return "",
        };
        locale.say(text)
    };
    let online = move || chat.config.with(|config| config.as_ref().is_some_and(|c| c.online));
    let faces = move || {
        let team: Vec<_> = chat.config.with(|config| config.as_ref().map(|c| c.team.clone())).unwrap_or_default();
        let names = team.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        (!team.is_empty()).then(|| {
            view! {
                <div class="header__faces">
                    {team.iter().take(FACES).map(|(name, photo)| view! { <Avatar name=name.clone() photo=photo.clone()/> }).collect_view()}
                    <span class="visually-hidden">{locale.say_with(text::WIDGET_PEOPLE, &[("names", &names)])}</span>
                </div>
            }
        })
    };
    let close = move |_| chat.tell("close", serde_json::json!({}));
    view! {
        <header class="header" data-welcome=move || chat.blank().to_string()>
            <div class="header__bar">
                {faces}
                <div class="header__words">
                    <h1 class="header__heading" dir="auto">{heading}</h1>
                    <Show when=move || chat.blank() && !config(|c| c.tagline.clone()).is_empty()>
                        <p class="header__tagline" dir="auto">{move || config(|c| c.tagline.clone())}</p>
                    </Show>
                    <p class="header__answer">
                        <Show when=online fallback=move || answer>
                            <span class="header__online">{t(text::WIDGET_ONLINE)}</span>
                            <Show when=move || chat.blank()>
                                <span>{answer}</span>
                            </Show>
                        </Show>
                    </p>
                </div>
            </div>
            <Show when=move || chat.framed()>
                <button type="button" class="header__close" aria-label=t(text::WIDGET_CLOSE) on:click=close>{Icon::X.view()}</button>
            </Show>
        </header>
    }
}
