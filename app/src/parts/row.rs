//! A conversation's row in the list, and the sentence a screen reader hears for it.
//! Selecting and sorting are the list's business.

use super::people::agent_photo;
use super::{ChannelGlyph, Tag, Window, contact_name, priority_text, status_one_text};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{Language, Locale, integer, t, text};
use kit::time::{Clock, Moment, Wording};
use kit::{Avatar, Icon};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::{AttachmentKind, Author, ConversationId, DraftMode, ListRow, MessageState, Preview, StatusKind};

/// How many labels a row names.
const TAGS: usize = 2;

/// One row.
#[component]
pub fn Row(
    /// Which conversation.
    id: ConversationId,
    /// Its address.
    href: Signal<String>,
    /// Whether it is the one open.
    #[prop(into)]
    open: Signal<bool>,
    /// Whether the list's one tab stop is here.
    #[prop(into)]
    stop: Signal<bool>,
    /// Called when the row takes the focus.
    focused: Callback<()>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let Some(row) = store.row(id) else { return ().any() };
    let read = move || row.get();
    let row = Memo::new(move |_| read());
    let name = Signal::derive(move || {
        row.with(|row| contact_name(locale.language(), row.conversation.contact.id, &row.conversation.contact.name))
    });
    let inbox = Signal::derive(move || row.with(|row| row.conversation.inbox));
    let at = Memo::new(move |_| row.with(|row| row.conversation.last_message_at));
    let unread = Memo::new(move |_| row.with(ListRow::unread));
    let typing = Memo::new(move |_| {
        store.typing.with(|all| all.iter().any(|(place, who, _)| *place == id && matches!(who, Author::Contact { .. })))
    });
    let assignee = Memo::new(move |_| row.with(|row| row.conversation.assignee).and_then(|user| store.agent(user)));
    let status = Memo::new(move |_| row.with(|row| row.conversation.status.kind()));
    let picked = Memo::new(move |_| store.all_picked.get() || store.picked.with(|picked| picked.contains(&id)));
    let labels = Memo::new(move |_| row.with(|row| row.conversation.labels.clone()));
    let clock = Clock::current();
    let window = Memo::new(move |_| {
        let now = clock.now()?;
        row.with(|row| Window::of(store, row, now)).filter(|window| window.closes_soon())
    });
    // What was written is known where the conversation was open; elsewhere the last message stands behind the word.
    let draft = move |any: bool| {
        let known = |mode| Some(store.known_draft(id, mode)).filter(|words| !words.is_empty());
        any.then(|| known(DraftMode::Reply).or_else(|| known(DraftMode::Note))).flatten()
    };
    let assigned = move || {
        let language = locale.language();
        match assignee.get() {
            Some(agent) if agent.id == store.me => text::LIST_ASSIGNED_YOU.in_(language).to_owned(),
            Some(agent) => text::LIST_ASSIGNED_TO.with(language, &[("name", &agent.name)]),
            None => text::LIST_UNASSIGNED_ONE.in_(language).to_owned(),
        }
    };
    view! {
        <li
            class="row"
            data-unread=attr(move || (unread.get() > 0).to_string())
            data-status=attr(move || format!("{:?}", status.get()).to_ascii_lowercase())
            data-picked=attr(move || picked.get().to_string())
        >
            <input
                class="row__pick"
                type="checkbox"
                aria-label=attr(move || locale.say_with(text::BULK_PICK, &[("name", &name.get())]))
                tabindex=attr(move || if stop.get() { "0" } else { "-1" })
                prop:checked=move || picked.get()
                on:click=act(move |event: leptos::ev::MouseEvent| store.pick(id, event.shift_key()))
            />
            <a
                class="row__link"
                href=href
                data-conversation=id.to_string()
                aria-current=attr(move || open.get().then_some("true"))
                tabindex=attr(move || if stop.get() { "0" } else { "-1" })
                on:focus=act(move |_| focused.run(()))
            >
                <span class="row__face">
                    <Avatar name=name/>
                    <ChannelGlyph inbox=inbox/>
                    // What is only drawn is said in words beside it; nothing drawn in words is said twice.
                    <span class="visually-hidden">{live(move || store.inbox(inbox.get()).map(|inbox| format!("{}, ", inbox.name)))}</span>
                </span>
                <span class="row__first">
                    <span class="row__name">{name}</span>
                    {live(move || (status.get() != StatusKind::Open).then(|| view! {
                        <span class="row__status">{t(status_one_text(status.get()))}</span>
                    }))}
                    {live(move || row.with(|row| row.conversation.priority).map(|priority| view! {
                        <span class="flag row__flag" data-priority=format!("{priority:?}").to_ascii_lowercase() title=t(priority_text(Some(priority)))>
                            {Icon::FLAG.view()}
                            <span class="visually-hidden">{t(priority_text(Some(priority)))}</span>
                        </span>
                    }))}
                    {live(move || window.get().zip(clock.now()).map(|(window, now)| view! {
                        <span class="row__window" title=window.sentence(locale.language(), now)>{Icon::CLOCK.view()} {window.left(locale.language())}</span>
                    }))}
                    {live(move || view! { <Moment class="row__time" at=at.get() wording=Wording::Brief/> })}
                </span>
                <span class="row__second">
                    <span class="row__preview" dir="auto">
                        {live(move || {
                            if typing.get() {
                                return view! { <em class="row__typing">{t(text::LIST_TYPING)}</em> }.any();
                            }
                            row.with(|row| view! {
                                {row.draft.then(|| view! { <b class="row__draft">{t(text::LIST_DRAFT)}</b> " " })}
                                {match (draft(row.draft), &row.conversation.preview) {
                                    (Some(words), _) => words.any(),
                                    (None, Some(preview)) => preview_view(store, locale.language(), preview),
                                    (None, None) => locale.say(text::LIST_SILENT).any(),
                                }}
                            }.any())
                        })}
                    </span>
                    {live(move || assignee.get().map(|agent| {
                        let photo = agent_photo(&agent);
                        view! {
                            <span class="row__assignee" title=agent.name.clone()>
                                <Avatar name=agent.name.clone() photo=photo size="tiny"/>
                            </span>
                        }
                    }))}
                    <span class="visually-hidden">{live(move || format!(", {}", assigned()))}</span>
                    {live(move || (unread.get() > 0).then(|| view! {
                        <span class="count" data-kind="unread" aria-hidden="true">{live(move || integer(locale.language(), unread.get()))}</span>
                        <span class="visually-hidden">{live(move || format!(", {}", text::LIST_UNREAD.count(locale.language(), unread.get())))}</span>
                    }))}
                </span>
                {live(move || {
                    let all = labels.get();
                    let more = all.len().saturating_sub(TAGS);
                    (!all.is_empty()).then(|| view! {
                        <span class="row__third">
                            {all.into_iter().take(TAGS).filter_map(|label| store.label(label)).map(|label| view! { <Tag label=label/> }.any()).collect::<Vec<_>>()}
                            {(more > 0).then(|| view! {
                                <span class="row__more" aria-hidden="true">{format!("+{more}")}</span>
                                <span class="visually-hidden">{locale.say_with(text::LIST_MORE_LABELS, &[("count", &more.to_string())])}</span>
                            })}
                        </span>
                    })
                })}
            </a>
        </li>
    }
    .any()
}

const fn file_icon(kind: AttachmentKind) -> Icon {
    match kind {
        AttachmentKind::Image => Icon::IMAGE,
        AttachmentKind::Video => Icon::VIDEO,
        AttachmentKind::Audio => Icon::MIC,
        AttachmentKind::Document => Icon::FILE_TEXT,
    }
}

const fn file_text(kind: AttachmentKind) -> kit::i18n::Text {
    match kind {
        AttachmentKind::Image => text::FILE_IMAGE,
        AttachmentKind::Video => text::FILE_VIDEO,
        AttachmentKind::Audio => text::FILE_AUDIO,
        AttachmentKind::Document => text::FILE_DOCUMENT,
    }
}

fn prefix(store: Store, language: Language, author: &Author) -> Option<String> {
    match author {
        Author::Contact { .. } | Author::System => None,
        Author::User { id } if *id == store.me => Some(text::LIST_YOU_PREFIX.in_(language).to_owned()),
        Author::User { id } => store.agent(*id).map(|agent| format!("{}: ", agent.name.split(' ').next().unwrap_or_default())),
    }
}

fn preview_line(store: Store, language: Language, preview: &Preview) -> String {
    let words = match (preview.text.is_empty(), preview.file) {
        (true, Some(kind)) => file_text(kind).in_(language),
        _ => &preview.text,
    };
    format!("{}{words}", prefix(store, language, &preview.author).unwrap_or_default())
}

fn preview_view(store: Store, language: Language, preview: &Preview) -> AnyView {
    let failed = matches!(preview.state, MessageState::Failed { .. });
    view! {
        {failed.then(|| view! { <span class="row__failed">{Icon::CIRCLE_ALERT.view()}</span> })}
        {preview.file.map(|kind| file_icon(kind).view())}
        {preview_line(store, language, preview)}
    }
    .any()
}
