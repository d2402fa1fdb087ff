//! The files of a message: pictures in a box reserved by their size, sounds and films with controls, the rest as links.
//! They are fetched from the server, which asks for the session each time.

use crate::panels::{Panel, Panels};
use crate::store::Store;
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, size, t, text};
use kit::{act, attr, live};
use leptos::prelude::*;
use leptos::{ev, html};
use model::{AttachmentKind, AttachmentView, FileState};

/// Draws the files of one message.
#[component]
pub fn Files(
    /// The files.
    files: Vec<AttachmentView>,
) -> impl IntoView {
    files.into_iter().map(|file| view! { <File file=file/> }).collect_view()
}

#[component]
fn File(file: AttachmentView) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    if file.state != FileState::Ready {
        let words = if file.state == FileState::Failed { text::FILE_FAILED } else { text::FILE_COMING };
        return view! {
            <span class="document" data-state=format!("{:?}", file.state).to_ascii_lowercase() role="status">
                <span class="document__icon">{Icon::FILE_TEXT.view()}</span>
                <span class="document__name">{file.name}</span>
                <span class="document__size">{t(words)}</span>
            </span>
        }
        .any();
    }
    let panels = use_context::<Panels>();
    let AttachmentView { id, kind, name, size: bytes, width, height, voice, duration, peaks, .. } = file;
    let address = format!("/files/{}/{id}/{}", store.account, crate::routes::escaped(&name).replace('/', "%2F"));
    match kind {
        AttachmentKind::Image => {
            let label = {
                let name = name.clone();
                move || locale.say_with(text::FILE_OPEN, &[("name", &name)])
            };
            view! {
                <a
                    class="picture"
                    href=address.clone()
                    target="_blank"
                    rel="noopener external"
                    aria-label=label
                    data-picture=id.to_string()
                    on:click=act(move |event: ev::MouseEvent| {
                        // Whoever asks for a tab of its own gets it.
                        if let Some(panels) = panels.filter(|_| !(event.ctrl_key() || event.meta_key() || event.shift_key())) {
                            event.prevent_default();
                            panels.open(Panel::Picture(id));
                        }
                    })
                >
                    <img
                        class="picture__image"
                        src=address.clone()
                        alt=name.clone()
                        width=width.map(|width| width.to_string())
                        height=height.map(|height| height.to_string())
                        loading="lazy"
                        decoding="async"
                    />
                </a>
            }
            .any()
        }
        AttachmentKind::Video => view! { <video class="film" src=address controls=true preload="metadata" aria-label=name></video> }.any(),
        AttachmentKind::Audio if voice => view! { <Voice address=address name=name duration=duration peaks=peaks/> }.any(),
        AttachmentKind::Audio => view! { <audio class="sound" src=address controls=true preload="metadata" aria-label=name></audio> }.any(),
        AttachmentKind::Document if id.0 == 0 => view! {
            <span class="document">
                <span class="document__icon">{Icon::FILE_TEXT.view()}</span>
                <span class="document__name">{name.clone()}</span>
                <span class="document__size">{live(move || size(locale.language(), bytes))}</span>
            </span>
        }
        .any(),
        AttachmentKind::Document => {
            let label = {
                let name = name.clone();
                move || locale.say_with(text::FILE_DOWNLOAD, &[("name", &name), ("size", &size(locale.language(), bytes))])
            };
            view! {
                <a class="document" href=address download=name.clone() rel="external" aria-label=label>
                    <span class="document__icon">{Icon::FILE_TEXT.view()}</span>
                    <span class="document__name">{name.clone()}</span>
                    <span class="document__size">{live(move || size(locale.language(), bytes))}</span>
                    {Icon::DOWNLOAD.view()}
                </a>
            }
            .any()
        }
    }
}

/// How fast a voice message may be heard.
const SPEEDS: [f64; 3] = [1.0, 1.5, 2.0];

/// A voice message: its waveform is where one seeks, and it plays faster on request.
#[component]
fn Voice(address: String, name: String, duration: Option<i64>, peaks: Vec<u8>) -> impl IntoView {
    let locale = Locale::current();
    let node = NodeRef::<html::Audio>::new();
    let (playing, at, speed) = (RwSignal::new(false), RwSignal::new(0.0_f64), RwSignal::new(0_usize));
    #[expect(clippy::cast_precision_loss, reason = "seconds of a recording")]
    let known = duration.map_or(0.0, |ms| ms as f64 / 1000.0);
    let length = move || {
        let told = node.get_untracked().map_or(f64::NAN, |audio| audio.duration());
        if told.is_finite() && told > 0.0 { told } else { known }
    };
    let turn = move |_| {
        let Some(audio) = node.get_untracked() else { return };
        if audio.paused() {
            // What cannot be played says so itself.
            drop(audio.play());
        } else {
            // Pausing what is paused harms nothing.
            drop(audio.pause());
        }
    };
    let faster = move |_| {
        speed.update(|speed| *speed = (*speed + 1) % SPEEDS.len());
        if let Some(audio) = node.get_untracked() {
            audio.set_playback_rate(SPEEDS[speed.get_untracked()]);
        }
    };
    let seek = move |event: ev::Event| {
        if let (Some(audio), Ok(share)) = (node.get_untracked(), event_target_value(&event).parse::<f64>()) {
            audio.set_current_time(length() * share / 100.0);
        }
    };
    let clock = move || {
        let shown = if at.get() > 0.0 { at.get() } else { length() };
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a recording")]
        let seconds = shown as i64;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    let share = move || {
        let whole = length();
        if whole > 0.0 { at.get() * 100.0 / whole } else { 0.0 }
    };
    let bars = peaks.into_iter().map(|peak| view! { <i data-level=(peak / 29).to_string()></i> }.any()).collect::<Vec<_>>();
    view! {
        <div class="voice" role="group" aria-label=name>
            <button
                type="button"
                class="icon-button"
                aria-label=attr(move || locale.say(if playing.get() { text::RECORDER_PAUSE } else { text::VOICE_PLAY }).to_owned())
                on:click=act(turn)
            >
                {live(move || if playing.get() { Icon::PAUSE.view() } else { Icon::PLAY.view() })}
            </button>
            <span class="voice__wave">
                <span class="voice__bars" aria-hidden="true">{bars}</span>
                <input
                    class="voice__seek"
                    type="range"
                    min="0"
                    max="100"
                    aria-label=t(text::VOICE_SEEK)
                    prop:value=share
                    on:input=act(seek)
                />
            </span>
            <span class="voice__time">{live(clock)}</span>
            <button type="button" class="voice__speed" aria-label=t(text::VOICE_SPEED) on:click=act(faster)>
                {live(move || format!("{}×", SPEEDS[speed.get()]))}
            </button>
            <audio
                src=address
                preload="metadata"
                node_ref=node
                on:play=act(move |_| playing.set(true))
                on:pause=act(move |_| playing.set(false))
                on:timeupdate=act(move |_| at.set(node.get_untracked().map_or(0.0, |audio| audio.current_time())))
            ></audio>
        </div>
    }
    .any()
}
