//! One line of the conversation: day, author, bubble, and how far the visitor's own message got.
//! Its element stays while the message travels from "waiting" to "read", so that nothing is announced twice.

use super::file::file;
use crate::chat::Chat;
use crate::links::{Piece, pieces};
use crate::outbox;
use crate::thread::{Progress, Row, Standing};
use kit::i18n::{Text, fault_text, t, text};
use kit::time::{Moment, Wording};
use kit::{Avatar, Icon};
use leptos::prelude::*;

/// The line with this key.
#[component]
pub fn Bubble(
    /// All lines.
    rows: Memo<Vec<Row>>,
    /// The line as it first appeared.
    row: Row,
) -> impl IntoView {
    let chat = Chat::current();
    let (key, first) = (row.key.clone(), row.clone());
    let now = Memo::new(move |_| rows.with(|rows| rows.iter().find(|r| r.key == key).cloned()).unwrap_or_else(|| first.clone()));
    let mine = row.mine();
    let (name, photo) = (row.author.clone(), row.photo.clone());
    let author = move || {
        let locale = chat.locale;
        match (mine, &name) {
            (true, _) => locale.say(text::WIDGET_YOU).to_owned(),
            (false, Some(name)) => name.clone(),
            (false, None) => chat.config.with(|c| c.as_ref().map_or_else(String::new, |c| c.name.clone())),
        }
    };
    let author = Signal::derive(author);
    let files = Memo::new(move |_| now.with(|row| row.files.clone()));
    view! {
        <Show when=move || now.with(|row| row.day)>
            <p class="day"><Moment at=row.at wording=Wording::Day/></p>
        </Show>
        <article
            class="line"
            data-mine=mine.to_string()
            data-first=move || now.with(|row| row.first.to_string())
            data-last=move || now.with(|row| row.last.to_string())
            data-standing=move || now.with(|row| word(&row.standing))
        >
            {(!mine).then(|| view! { <div class="line__face"><Avatar name=author photo=photo size="small"/></div> })}
            <div class="line__body">
                <p class=move || if mine || !now.with(|row| row.first) { "visually-hidden" } else { "line__author" }>{author}</p>
                {move || files.get().into_iter().map(|one| file(chat, one)).collect_view()}
                {(!row.text.is_empty()).then(|| view! { <p class="line__text" dir="auto">{linked(&row.text)}</p> })}
                <p class="line__meta">
                    <Moment at=row.at wording=Wording::Hour/>
                    {mine.then(|| move || standing(&now.with(|row| row.standing.clone())))}
                </p>
                {mine.then(|| move || now.with(|row| refusal(chat, row)))}
            </div>
        </article>
    }
}

const fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Theirs => "theirs",
        Standing::Pending(Progress::Waiting) => "waiting",
        Standing::Pending(Progress::Sending) => "sending",
        Standing::Pending(Progress::Failed(_)) => "failed",
        Standing::Sent => "sent",
        Standing::Read => "read",
    }
}

fn linked(text: &str) -> Vec<AnyView> {
    let draw = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned().into_any(),
        Piece::Link(link) => view! { <a href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow">{link.to_owned()}</a> }.into_any(),
    };
    pieces(text).into_iter().map(draw).collect()
}

fn standing(standing: &Standing) -> AnyView {
    let tick = |icon: Icon, label: Text| view! { <span class="tick">{icon.view()}<span class="visually-hidden">{t(label)}</span></span> }.into_any();
    match standing {
        Standing::Theirs => ().into_any(),
        Standing::Pending(Progress::Waiting) => view! { <span class="tick">{Icon::CLOCK.view()}{t(text::WIDGET_WAITING)}</span> }.into_any(),
        Standing::Pending(Progress::Sending) => tick(Icon::CLOCK, text::WIDGET_SENDING),
        Standing::Pending(Progress::Failed(_)) => view! { <span class="tick">{Icon::CIRCLE_ALERT.view()}{t(text::WIDGET_FAILED)}</span> }.into_any(),
        Standing::Sent => tick(Icon::CHECK, text::WIDGET_SENT),
        Standing::Read => tick(Icon::CHECK_CHECK, text::WIDGET_READ),
    }
}

fn refusal(chat: Chat, row: &Row) -> Option<AnyView> {
    let Standing::Pending(Progress::Failed(fault)) = &row.standing else { return None };
    let why = fault_text(chat.locale.language(), fault);
    let (again, discard) = (row.key.clone(), row.key.clone());
    Some(
        view! {
            <div class="refusal" role="alert">
                <p>{why}</p>
                <button type="button" class="refusal__again" on:click=move |_| outbox::again(chat, &again)>{t(text::WIDGET_AGAIN)}</button>
                <button type="button" class="refusal__discard" on:click=move |_| outbox::discard(chat, &discard)>{t(text::WIDGET_DISCARD)}</button>
            </div>
        }
        .into_any(),
    )
}
