//! One line of a thread: a message in its bubble, or what the product says.
//! Where it stands among its neighbours is decided by the thread.

use super::files::Files;
use super::people::agent_photo;
use super::{MailWords, Ticks, activity_line, person_name};
use crate::panels::{Panel, Panels};
use crate::panes::Quoting;
use crate::store::{Bubble, Expectation, Store};
use kit::Draw;
use kit::i18n::{Locale, Text, fault_text, said, t, text};
use kit::time::{Moment, Wording};
use kit::{Avatar, Icon, Menu, MenuChoice, Toasts};
use kit::{act, attr, browser, live};
use leptos::prelude::*;
use model::{
    Author, Choice, ContactBrief, Detail, FailureReason, FaultBody, FaultCode, MessageKind, MessageState, Permission, Span, Timestamp,
    UserId,
};

/// A bubble's place in its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Joint {
    /// Whether it is the first of its group.
    pub first: bool,
    /// Whether it is the last.
    pub last: bool,
}

/// Draws one message.
#[component]
pub fn BubbleView(
    /// The message.
    bubble: ArcRwSignal<Bubble>,
    /// The contact of the thread.
    contact: ContactBrief,
    /// Its place in its group.
    #[prop(into)]
    joint: Signal<Joint>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let first = bubble.get_untracked().message;
    if first.kind == MessageKind::Activity {
        // What came from another product tells itself in its own words.
        let (activity, words) = (first.activity.clone(), first.text.clone());
        let line = move || activity.as_ref().map_or_else(|| words.clone(), |activity| activity_line(store, locale.language(), activity));
        return view! { <p class="activity"><span>{line}</span> <Moment at=first.at wording=Wording::Hour/></p> }.any();
    }
    let kind = match first.kind {
        MessageKind::Incoming => "incoming",
        MessageKind::Note => "note",
        MessageKind::Outgoing | MessageKind::Activity => "outgoing",
    };
    let author = first.author.clone();
    let incoming = first.kind == MessageKind::Incoming;
    let name = {
        let (author, contact, bot) = (author.clone(), contact.clone(), first.bot.clone());
        Signal::derive(move || bot.clone().unwrap_or_else(|| person_name(store, locale.language(), &author, &contact)))
    };
    let face = {
        let author = author.clone();
        Signal::derive(move || match author {
            Author::User { id } => store.agent(id).map(|agent| agent.name).unwrap_or_default(),
            Author::Contact { .. } | Author::System => name.get(),
        })
    };
    let photo = Signal::derive(move || match author {
        Author::User { id } => store.agent(id).as_ref().and_then(agent_photo),
        Author::Contact { .. } | Author::System => None,
    });
    let ours = matches!(first.author, Author::User { id } if id == store.me);
    let expected = {
        let bubble = bubble.clone();
        Memo::new(move |_| bubble.with(|bubble| bubble.expected))
    };
    let state = {
        let bubble = bubble.clone();
        Memo::new(move |_| bubble.with(|bubble| (bubble.message.state.clone(), bubble.expected)))
    };
    let at = {
        let bubble = bubble.clone();
        Memo::new(move |_| bubble.with(|bubble| bubble.message.at))
    };
    let body = {
        let bubble = bubble.clone();
        Memo::new(move |_| {
            bubble.with(|bubble| {
                let m = &bubble.message;
                (m.text.clone(), m.files.clone(), m.quote.clone(), m.detail.clone(), m.deleted_at.map(|at| (at, m.deleted_by)))
            })
        })
    };
    let marks = {
        let bubble = bubble.clone();
        Memo::new(move |_| bubble.with(|bubble| (bubble.message.reactions.clone(), bubble.message.edited_at, bubble.message.by_phone)))
    };
    let quoting = Quoting::current();
    let answerable = {
        let bubble = bubble.clone();
        let inbox = store.row(first.conversation).map(|row| row.with_untracked(|row| row.conversation.inbox));
        Memo::new(move |_| {
            let can = inbox.and_then(|inbox| store.inbox(inbox)).is_some_and(|inbox| inbox.capabilities.more.reply_to);
            can && kind != "note" && bubble.with(|bubble| bubble.expected.is_none() && bubble.message.deleted_at.is_none())
        })
    };
    let stands_there = {
        let bubble = bubble.clone();
        Memo::new(move |_| {
            bubble.with(|bubble| bubble.expected.is_none() && bubble.message.deleted_at.is_none() && !bubble.message.is_held())
        })
    };
    let (answered, deeds) = (bubble.clone(), bubble.clone());
    let id = first.id;
    let stands = move || match expected.get() {
        Some(Expectation::Sending) => Some("sending"),
        Some(Expectation::Waiting) => Some("waiting"),
        Some(Expectation::Failed(_)) => Some("failed"),
        None => None,
    };
    view! {
        <div
            class="bubble"
            data-kind=kind
            data-first=attr(move || joint.get().first.to_string())
            data-last=attr(move || joint.get().last.to_string())
            data-expected=stands
        >
            <div class="bubble__face">
                {live(move || joint.get().first.then(|| view! { <Avatar name=face photo=photo size="small"/> }))}
            </div>
            <div class="bubble__column">
                {live(move || (joint.get().first && !ours && !incoming).then(|| view! {
                    <span class="bubble__author" aria-hidden="true">{name}</span>
                }))}
                <div class="bubble__sheet">
                    {(kind == "note").then(|| Icon::LOCK.view())}
                    <span class="visually-hidden">{live(move || format!("{}: ", name.get()))}</span>
                    {live(move || {
                        let (words, files, quote, detail, deleted) = body.get();
                        if let Some((at, by)) = deleted {
                            return tombstone(store, locale, at, by);
                        }
                        let mail = if let Some(Detail::Mail(head)) = &detail { Some((**head).clone()) } else { None };
                        let alone = matches!(detail, Some(Detail::Unsupported { .. } | Detail::Location(_) | Detail::Contacts(_)));
                        // What is asked stands below the words that ask it; what a message is otherwise, above.
                        let below = detail.as_ref().is_some_and(Detail::is_rich);
                        let drawn = detail.map(|detail| detail_view(locale, detail));
                        let (above, below) = if below { (None, drawn) } else { (drawn, None) };
                        view! {
                            {quote.map(|quote| {
                                let author = quote.author.clone();
                                let to = contact.clone();
                                view! {
                                    <a class="bubble__quote" href=format!("?message={}", quote.message)>
                                        <b>{live(move || person_name(store, locale.language(), &author, &to))}</b>
                                        <span>{if quote.text.is_empty() { t(text::BUBBLE_FILE)().to_owned() } else { quote.text.clone() }}</span>
                                    </a>
                                }
                            })}
                            {above}
                            {(!files.is_empty()).then(|| view! { <Files files=files/> })}
                            {match mail {
                                Some(head) => view! { <MailWords conversation=first.conversation message=id head=head words=words incoming=incoming/> }.any(),
                                None => (!words.is_empty() && !alone).then(|| view! { <p class="bubble__text" dir="auto">{marked(model::marks(&words))}</p> }).any(),
                            }}
                            {below}
                        }
                        .any()
                    })}
                    <span class="bubble__deeds">
                        {live(move || answerable.get().then(|| {
                            let answered = answered.clone();
                            view! {
                                <button
                                    type="button"
                                    class="icon-button"
                                    aria-label=t(text::BUBBLE_ANSWER)
                                    title=t(text::BUBBLE_ANSWER)
                                    on:click=act(move |_| quoting.answer(&answered.get_untracked().message))
                                >
                                    {Icon::REPLY.view()}
                                </button>
                            }
                        }))}
                        {live(move || stands_there.get().then(|| view! { <More bubble=deeds.clone()/> }))}
                    </span>
                    {live(move || marks.with(|(reactions, ..)| (!reactions.is_empty()).then(|| {
                        let all = reactions.iter().map(|reaction| view! { <span class="bubble__reaction">{reaction.emoji.clone()}</span> }.any());
                        view! { <span class="bubble__reactions" aria-label=t(text::BUBBLE_REACTIONS)>{all.collect::<Vec<_>>()}</span> }.any()
                    })))}
                    <span class="bubble__meta">
                        {live(move || marks.with(|(_, edited, phone)| view! {
                            {edited.is_some().then(|| view! { <span>{t(text::BUBBLE_EDITED)}</span> })}
                            {phone.then(|| view! { <span>{t(text::BUBBLE_BY_PHONE)}</span> })}
                        }))}
                        {live(move || view! { <Moment at=at.get() wording=Wording::Hour/> })}
                        {live(move || (!incoming).then(|| {
                            let (state, expected) = state.get();
                            view! { <Ticks state=state expected=expected/> }
                        }))}
                    </span>
                </div>
                <Held bubble=bubble.clone()/>
                <Trouble bubble=bubble/>
            </div>
        </div>
    }
    .any()
}

/// What is left of a deleted message: that it was one, and who took it away when.
fn tombstone(store: Store, locale: Locale, at: Timestamp, by: Option<UserId>) -> AnyView {
    let words = move || match by.and_then(|user| store.agent(user)) {
        Some(agent) => locale.say_with(text::BUBBLE_DELETED_BY, &[("name", &agent.name)]),
        None => locale.say(text::BUBBLE_DELETED).to_owned(),
    };
    view! { <p class="bubble__gone">{Icon::BAN.view()} <span>{live(words)} " · " <Moment at=at wording=Wording::Hour/></span></p> }.any()
}

/// What else can be done to a message.
#[component]
fn More(bubble: ArcRwSignal<Bubble>) -> impl IntoView {
    let (store, locale, panels) = (Store::current(), Locale::current(), use_context::<Panels>());
    let (id, conversation, ours) = bubble.with_untracked(|bubble| {
        let m = &bubble.message;
        (m.id, m.conversation, matches!(m.author, Author::User { id } if id == store.me))
    });
    let toasts = Toasts::current();
    let panels = panels.filter(|_| ours || store.may(Permission::Delete));
    let copy = Callback::new(move |()| {
        if browser::copy(&bubble.with_untracked(|bubble| bubble.message.text.clone())) {
            toasts.say(locale.say(text::COMMON_COPIED));
        }
    });
    view! {
        <Menu label=said(text::BUBBLE_MORE) trigger=move || Icon::ELLIPSIS.view() class="icon-button" place="below-end">
            <MenuChoice run=copy>{Icon::COPY.view()} {t(text::BUBBLE_COPY)}</MenuChoice>
            {panels.map(|panels| view! {
                <MenuChoice run=Callback::new(move |()| panels.open(Panel::Erase(conversation, id)))>
                    {Icon::TRASH_2.view()} {t(text::BUBBLE_DELETE)}
                </MenuChoice>
            })}
        </Menu>
    }
    .any()
}

/// What a message is beside text and files.
fn detail_view(locale: Locale, detail: Detail) -> AnyView {
    let line = |icon: Icon, words: AnyView| view! { <p class="bubble__detail">{icon.view()} <span>{words}</span></p> }.any();
    match detail {
        Detail::Location(place) => {
            let href = format!("https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=16/{0}/{1}", place.latitude, place.longitude);
            let words = [place.name, place.address].into_iter().flatten().collect::<Vec<_>>().join(", ");
            let words = if words.is_empty() { format!("{}, {}", place.latitude, place.longitude) } else { words };
            line(Icon::MAP_PIN, view! { <a href=href target="_blank" rel="noopener noreferrer external">{words}</a> }.any())
        }
        Detail::Contacts(cards) => cards
            .into_iter()
            .map(|card| {
                let more = card.phones.into_iter().chain(card.emails).collect::<Vec<_>>().join(" · ");
                line(Icon::USER_ROUND, view! { <b>{card.name}</b> " " {more} }.any())
            })
            .collect::<Vec<_>>()
            .any(),
        Detail::Story { url, reply } => {
            let words = t(if reply { text::BUBBLE_STORY_REPLY } else { text::BUBBLE_STORY_MENTION });
            line(Icon::IMAGE, outside(url, move || words().to_owned()))
        }
        Detail::Share { url } => line(Icon::LINK, outside(url, move || t(text::BUBBLE_SHARE)().to_owned())),
        Detail::Referral(from) => {
            let words = [from.title, from.text].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            line(Icon::LINK, outside(from.url, move || locale.say_with(text::BUBBLE_REFERRAL, &[("from", &words)])))
        }
        Detail::Unsupported { .. } => line(Icon::INFO, live(t(text::BUBBLE_UNSUPPORTED))),
        Detail::Template(used) => line(Icon::FILE_TEXT, locale.say_with(text::BUBBLE_TEMPLATE, &[("name", &used.name)]).any()),
        Detail::Mail(head) => view! {
            <div class="bubble__mail">
                <b>{head.subject}</b>
                <span>{head.from} " → " {head.to.join(", ")}</span>
                {(!head.cc.is_empty()).then(|| view! { <span>"Cc: " {head.cc.join(", ")}</span> })}
            </div>
        }
        .any(),
        Detail::Choices(choices) => offered(choices),
        Detail::Cards(cards) | Detail::Articles(cards) => cards
            .into_iter()
            .map(|card| {
                view! { <div class="bubble__card"><b>{card.title}</b> <span>{card.text}</span> {offered(card.choices)}</div> }.any()
            })
            .collect::<Vec<_>>()
            .any(),
        Detail::Form(questions) => questions
            .into_iter()
            .map(|question| {
                let answer = question.answer.unwrap_or_else(|| "…".to_owned());
                let said = question.options.into_iter().find(|option| option.value == answer).map_or(answer, |option| option.title);
                line(Icon::SQUARE_PEN, view! { <b>{question.label}</b> " " {said} }.any())
            })
            .collect::<Vec<_>>()
            .any(),
        Detail::Call { missed, .. } => line(Icon::PHONE, live(t(if missed { text::BUBBLE_CALL_MISSED } else { text::BUBBLE_CALL }))),
        Detail::Sticker | Detail::Chosen { .. } => ().any(),
    }
}

/// What a customer could press, and what they did.
fn offered(choices: Vec<Choice>) -> AnyView {
    choices
        .into_iter()
        .map(|choice| view! { <span class="bubble__choice" data-chosen=choice.chosen.then_some("")>{choice.title}</span> }.any())
        .collect::<Vec<_>>()
        .any()
}

/// Words that lead out, where there is somewhere to go.
fn outside(url: Option<String>, words: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    match url.filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
        Some(url) => view! { <a href=url target="_blank" rel="noopener noreferrer nofollow external">{live(words)}</a> }.any(),
        None => live(words),
    }
}

/// That it is still held, and the way to take it back.
#[component]
fn Held(bubble: ArcRwSignal<Bubble>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let until = {
        let bubble = bubble.clone();
        Memo::new(move |_| bubble.with(|bubble| bubble.message.send_at.filter(|_| bubble.message.is_held() && bubble.expected.is_none())))
    };
    live(move || {
        let bubble = bubble.clone();
        until.get().map(|until| {
            let now = kit::time::present();
            let soon = until.since(now) < 12 * 3_600_000;
            let (words, wording) = if soon { (text::BUBBLE_HELD, Wording::Hour) } else { (text::BUBBLE_LATER, Wording::Full) };
            let time = kit::time::word(locale.language(), until, now, wording);
            view! {
                <p class="bubble__held">
                    {Icon::CLOCK.view()}
                    <span>{locale.say_with(words, &[("time", &time)])}</span>
                    <button type="button" class="link-button" on:click=act(move |_| store.take_back(&bubble.get_untracked().message))>
                        {t(text::BUBBLE_UNDO)}
                    </button>
                </p>
            }
        })
    })
}

/// Why it did not leave, and the way to try again.
#[component]
fn Trouble(bubble: ArcRwSignal<Bubble>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let why = {
        let bubble = bubble.clone();
        Memo::new(move |_| {
            let language = locale.language();
            let plain = |text: Text| text.in_(language).to_owned();
            bubble.with(|bubble| match (&bubble.expected, &bubble.message.state) {
                (Some(Expectation::Failed(Some(FaultCode::Conflict))), _) => Some(plain(text::REASON_OVERTAKEN)),
                (Some(Expectation::Failed(Some(code))), _) => Some(fault_text(language, &FaultBody::of(*code))),
                (Some(Expectation::Failed(None)), _) => Some(plain(text::REASON_DEADLINE)),
                (Some(_), _) => None,
                (None, MessageState::Unconfirmed) => Some(plain(text::STATE_UNCONFIRMED)),
                // What it means for an agent, then what the provider said.
                (None, MessageState::Failed { reason }) => Some(plain(match reason {
                    FailureReason::Refused => text::REASON_REFUSED,
                    FailureReason::TooLarge => text::REASON_TOO_LARGE,
                    FailureReason::NotAllowed => text::REASON_NOT_ALLOWED,
                    FailureReason::BadAddress => text::REASON_BAD_ADDRESS,
                    FailureReason::Blocked => text::REASON_BLOCKED,
                    FailureReason::Partly => text::REASON_PARTLY,
                    FailureReason::Answered => text::REASON_REFUSED,
                    FailureReason::Unreachable => text::REASON_UNREACHABLE,
                    FailureReason::Disconnected => text::REASON_DISCONNECTED,
                    FailureReason::WindowClosed => text::REASON_WINDOW_CLOSED,
                }))
                .map(|meaning| match &bubble.message.reason {
                    Some(said) => format!("{meaning} {said}"),
                    None => meaning,
                }),
                _ => None,
            })
        })
    };
    let panels = use_context::<Panels>();
    move || {
        let bubble = bubble.clone();
        let (edited, dropped) = (bubble.clone(), bubble.clone());
        let (ours, overtaken, doubt, template) = bubble.with(|bubble| {
            let late = bubble.expected.is_none() && bubble.message.state == MessageState::Failed { reason: FailureReason::WindowClosed };
            let inbox = store.row(bubble.message.conversation).map(|row| row.with(|row| row.conversation.inbox));
            let templates = || inbox.and_then(|inbox| store.inbox(inbox)).is_some_and(|inbox| inbox.capabilities.more.templates);
            (
                matches!(bubble.expected, Some(Expectation::Failed(_))),
                bubble.expected == Some(Expectation::Failed(Some(FaultCode::Conflict))),
                bubble.expected.is_none() && bubble.message.state == MessageState::Unconfirmed,
                panels.filter(|_| late && templates()).map(|panels| (panels, bubble.message.conversation)),
            )
        });
        why.get().map(|why| {
            view! {
                <p class="bubble__trouble">
                    <span>{(!doubt).then(|| view! { {t(text::STATE_FAILED)} ". " })} {why}</span>
                    // The same words would be refused again: what may leave now is a template.
                    {match template {
                        Some((panels, conversation)) => view! {
                            <button type="button" class="link-button" on:click=act(move |_| panels.open(Panel::Templates(conversation)))>
                                {Icon::FILE_TEXT.view()}
                                {t(text::TEMPLATES_OPEN)}
                            </button>
                        }.any(),
                        None => view! {
                            <button type="button" class="link-button" on:click=act(move |_| store.try_again(&bubble.get_untracked()))>
                                {Icon::ROTATE_CCW.view()}
                                {t(if overtaken { text::REASON_SEND_ANYWAY } else { text::COMMON_RETRY })}
                            </button>
                        }.any(),
                    }}
                    {ours.then(|| view! {
                        <button type="button" class="link-button" on:click=act(move |_| store.give_up(&edited.get_untracked(), true))>
                            {t(text::COMMON_EDIT)}
                        </button>
                        <button type="button" class="link-button" on:click=act(move |_| store.give_up(&dropped.get_untracked(), false))>
                            {t(text::COMMON_DISCARD)}
                        </button>
                    })}
                </p>
            }
        })
    }
}

/// A text as its marks say.
fn marked(spans: Vec<Span>) -> AnyView {
    let one = |span| match span {
        Span::Text(words) => linked(&words),
        Span::Code(code) => view! { <code class="bubble__code">{code}</code> }.any(),
        Span::Block(code) => view! { <code class="bubble__code bubble__code--block">{code}</code> }.any(),
        Span::Bold(inside) => view! { <strong>{marked(inside)}</strong> }.any(),
        Span::Italic(inside) => view! { <em class="bubble__slanted">{marked(inside)}</em> }.any(),
        Span::Strike(inside) => view! { <s>{marked(inside)}</s> }.any(),
        Span::Link(words, address) => leading(address, words),
    };
    spans.into_iter().map(one).collect::<Vec<_>>().any()
}

fn leading(address: String, words: String) -> AnyView {
    view! { <a href=address target="_blank" rel="noopener noreferrer nofollow external">{words}</a> }.any()
}

/// Text with its web addresses as links; nothing else is interpreted.
pub(super) fn linked(words: &str) -> AnyView {
    let mut parts = Vec::new();
    let mut plain = String::new();
    for piece in words.split_inclusive(char::is_whitespace) {
        let address = piece.trim_end();
        let address = address.trim_end_matches(['.', ',', ';', ')', '!', '?']);
        if (address.starts_with("https://") || address.starts_with("http://")) && address.len() > 10 {
            if !plain.is_empty() {
                parts.push(std::mem::take(&mut plain).any());
            }
            let rest = piece[address.len()..].to_owned();
            let address = address.to_owned();
            parts.push(leading(address.clone(), address));
            plain.push_str(&rest);
        } else {
            plain.push_str(piece);
        }
    }
    if !plain.is_empty() {
        parts.push(plain.any());
    }
    parts.any()
}
