//! One line of a thread: a message in its bubble, or what the product says.
//! Where it stands among its neighbours is decided by the thread.

use super::files::Files;
use super::people::agent_photo;
use super::{Ticks, activity_line, person_name};
use crate::store::{Bubble, Expectation, Store};
use kit::Draw;
use kit::i18n::{Locale, Text, fault_text, t, text};
use kit::time::{Moment, Wording};
use kit::{Avatar, Icon};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::{Author, ContactBrief, FailureReason, FaultBody, MessageKind, MessageState};

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
        let activity = first.activity.clone();
        let line = move || activity.as_ref().map(|activity| activity_line(store, locale.language(), activity));
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
        let (author, contact) = (author.clone(), contact);
        Signal::derive(move || person_name(store, locale.language(), &author, &contact))
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
        Memo::new(move |_| bubble.with(|bubble| (bubble.message.text.clone(), bubble.message.files.clone())))
    };
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
                        let (words, files) = body.get();
                        view! {
                            {(!files.is_empty()).then(|| view! { <Files files=files/> })}
                            {(!words.is_empty()).then(|| view! { <p class="bubble__text">{linked(&words)}</p> })}
                        }
                    })}
                    <span class="bubble__meta">
                        {live(move || view! { <Moment at=at.get() wording=Wording::Hour/> })}
                        {live(move || (!incoming).then(|| {
                            let (state, expected) = state.get();
                            view! { <Ticks state=state expected=expected/> }
                        }))}
                    </span>
                </div>
                <Trouble bubble=bubble/>
            </div>
        </div>
    }
    .any()
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
                (Some(Expectation::Failed(Some(code))), _) => Some(fault_text(language, &FaultBody::of(*code))),
                (Some(Expectation::Failed(None)), _) => Some(plain(text::REASON_DEADLINE)),
                (Some(_), _) => None,
                (None, MessageState::Unconfirmed) => Some(plain(text::STATE_UNCONFIRMED)),
                (None, MessageState::Failed { reason }) => Some(plain(match reason {
                    FailureReason::Refused => text::REASON_REFUSED,
                    FailureReason::Unreachable => text::REASON_UNREACHABLE,
                    FailureReason::Disconnected => text::REASON_DISCONNECTED,
                    FailureReason::WindowClosed => text::REASON_WINDOW_CLOSED,
                })),
                _ => None,
            })
        })
    };
    move || {
        let bubble = bubble.clone();
        why.get().map(|why| {
            view! {
                <p class="bubble__trouble">
                    <span>{t(text::STATE_FAILED)} ". " {why}</span>
                    <button type="button" class="link-button" on:click=act(move |_| store.try_again(&bubble.get_untracked()))>
                        {Icon::ROTATE_CCW.view()}
                        {t(text::COMMON_RETRY)}
                    </button>
                </p>
            }
        })
    }
}

/// Text with its web addresses as links; nothing else is interpreted.
fn linked(words: &str) -> AnyView {
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
            parts.push(
                view! { <a href=address.clone() target="_blank" rel="noopener noreferrer nofollow external">{address.clone()}</a> }.any(),
            );
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
