//! Recording a voice message: permission, level, time, pause, listening to it, then sending or discarding.
//! What the recording becomes on its way out is the server's business.

use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, t, text};
use kit::{act, attr, live, spawn};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AnalyserNode, AudioContext, Blob, BlobEvent, MediaRecorder, MediaStream, MediaStreamConstraints};

/// How often the level is looked at.
const TICK: Duration = Duration::from_millis(100);
/// Longest recording.
const MOST_MS: f64 = 15.0 * 60_000.0;
/// Bars of the level.
const BARS: usize = 32;

/// What takes a recording: the sound and the bars of its waveform; nothing when it was discarded.
pub type Taken = Callback<Option<(SendWrapper<Blob>, Vec<u8>)>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asking,
    Refused,
    Recording,
    Paused,
    Done,
}

/// Everything of the browser's that a recording holds.
struct Works {
    recorder: MediaRecorder,
    stream: MediaStream,
    context: AudioContext,
    analyser: AnalyserNode,
    parts: js_sys::Array,
    _heard: Closure<dyn FnMut(BlobEvent)>,
    _ended: Closure<dyn FnMut()>,
}

impl Works {
    fn close(&self) {
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<web_sys::MediaStreamTrack>().stop();
        }
        // Closing a context twice is refused, which harms nothing.
        drop(self.context.close());
    }
}

/// The recorder.
#[component]
pub fn Recorder(
    /// Takes the recording.
    taken: Taken,
) -> impl IntoView {
    let locale = Locale::current();
    let stage = RwSignal::new(Stage::Asking);
    let works = StoredValue::new_local(None::<Works>);
    let levels = RwSignal::new(Vec::<u8>::new());
    let spent = RwSignal::new(0.0_f64);
    let sound = RwSignal::new(None::<(SendWrapper<Blob>, String)>);
    let send_at_end = StoredValue::new(false);

    let finish = move || {
        let blob = works.with_value(|works| {
            let works = works.as_ref()?;
            works.close();
            let options = web_sys::BlobPropertyBag::new();
            options.set_type(&works.recorder.mime_type());
            Blob::new_with_blob_sequence_and_options(&works.parts, &options).ok()
        });
        // Not before this call has returned: it comes from a closure that the works hold.
        set_timeout(move || works.try_update_value(|works| *works = None).unwrap_or_default(), Duration::ZERO);
        let Some(blob) = blob else { return };
        if send_at_end.get_value() {
            taken.run(Some((SendWrapper::new(blob), bars(&levels.get_untracked()))));
            return;
        }
        let address = web_sys::Url::create_object_url_with_blob(&blob).unwrap_or_default();
        sound.set(Some((SendWrapper::new(blob), address)));
        stage.set(Stage::Done);
    };
    kit::effect(move || {
        spawn(async move {
            match open(finish).await {
                Ok(opened) => {
                    // One piece a second, so that a crash of the tab loses no more than that of what is in memory.
                    let begun = opened.recorder.start_with_time_slice(1000).is_ok();
                    works.set_value(Some(opened));
                    stage.set(if begun { Stage::Recording } else { Stage::Refused });
                }
                Err(_) => stage.set(Stage::Refused),
            }
        });
    });
    let ticking = set_interval_with_handle(
        move || {
            if stage.try_get_untracked() != Some(Stage::Recording) {
                return;
            }
            let level = works.with_value(|works| works.as_ref().map_or(0, |works| loudness(&works.analyser)));
            levels.update(|levels| levels.push(level));
            spent.update(|spent| *spent += TICK.as_secs_f64() * 1000.0);
            if spent.get_untracked() >= MOST_MS {
                stop(works);
            }
        },
        TICK,
    )
    .ok();
    on_cleanup(move || {
        if let Some(ticking) = ticking {
            ticking.clear();
        }
        works.try_with_value(|works| {
            if let Some(works) = works {
                works.close();
            }
        });
        if let Some(Some((_, address))) = sound.try_get_untracked() {
            // An address that is gone already harms nothing.
            drop(web_sys::Url::revoke_object_url(&address));
        }
    });
    let pause = move |_| {
        let paused = stage.get_untracked() == Stage::Paused;
        works.with_value(|works| {
            if let Some(works) = works {
                // Pausing what has just ended is refused, and ends in the same place.
                drop(if paused { works.recorder.resume() } else { works.recorder.pause() });
            }
        });
        stage.set(if paused { Stage::Recording } else { Stage::Paused });
    };
    let send = move |_| match sound.get_untracked() {
        Some((blob, _)) => taken.run(Some((blob, bars(&levels.get_untracked())))),
        None => {
            send_at_end.set_value(true);
            stop(works);
        }
    };
    let clock = move || {
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a recording")]
        let seconds = (spent.get() / 1000.0) as i64;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    let recording = move || matches!(stage.get(), Stage::Recording | Stage::Paused);
    view! {
        <div class="recorder" role="group" aria-label=t(text::RECORDER_LABEL) data-stage=attr(move || format!("{:?}", stage.get()).to_ascii_lowercase())>
            {live(move || match stage.get() {
                Stage::Asking => view! { <p class="recorder__line" role="status">{t(text::RECORDER_ASKING)}</p> }.any(),
                Stage::Refused => view! { <p class="recorder__line" role="alert">{Icon::CIRCLE_ALERT.view()} {t(text::RECORDER_REFUSED)}</p> }.any(),
                Stage::Done => {
                    let address = sound.get().map(|(_, address)| address);
                    view! { <audio class="recorder__player" controls src=address aria-label=t(text::RECORDER_LISTEN)></audio> }.any()
                }
                Stage::Recording | Stage::Paused => view! {
                    <span class="recorder__dot" aria-hidden="true"></span>
                    <span class="recorder__time" role="timer">{live(clock)}</span>
                    <span class="recorder__bars" aria-hidden="true">
                        {live(move || levels.with(|levels| {
                            let from = levels.len().saturating_sub(BARS);
                            levels[from..].iter().map(|level| bar(*level)).collect::<Vec<_>>()
                        }))}
                    </span>
                }
                .any(),
            })}
            <button type="button" class="icon-button" aria-label=t(text::RECORDER_DISCARD) title=t(text::RECORDER_DISCARD) on:click=act(move |_| taken.run(None))>
                {Icon::TRASH_2.view()}
            </button>
            {live(move || recording().then(|| view! {
                <button
                    type="button"
                    class="icon-button"
                    aria-label=attr(move || locale.say(if stage.get() == Stage::Paused { text::RECORDER_RESUME } else { text::RECORDER_PAUSE }).to_owned())
                    on:click=act(pause)
                >
                    {live(move || if stage.get() == Stage::Paused { Icon::MIC.view() } else { Icon::PAUSE.view() })}
                </button>
                <button type="button" class="button" on:click=act(move |_| stop(works))>{Icon::SQUARE.view()} <span>{t(text::RECORDER_STOP)}</span></button>
            }))}
            {live(move || (recording() || stage.get() == Stage::Done).then(|| view! {
                <button type="button" class="button" data-kind="primary" on:click=act(send)>
                    <span>{t(text::COMPOSER_SEND)}</span> {Icon::SEND_HORIZONTAL.view()}
                </button>
            }))}
        </div>
    }
    .any()
}

fn stop(works: StoredValue<Option<Works>, LocalStorage>) {
    works.with_value(|works| {
        if let Some(works) = works {
            // Stopping what has just ended is refused, and ends in the same place.
            drop(works.recorder.stop());
        }
    });
}

/// Asks for the microphone and sets everything up.
async fn open(finish: impl Fn() + 'static) -> Result<Works, JsValue> {
    let wish = MediaStreamConstraints::new();
    wish.set_audio(&JsValue::TRUE);
    let stream: MediaStream =
        JsFuture::from(window().navigator().media_devices()?.get_user_media_with_constraints(&wish)?).await?.dyn_into()?;
    let context = AudioContext::new()?;
    let analyser = context.create_analyser()?;
    analyser.set_fft_size(512);
    context.create_media_stream_source(&stream)?.connect_with_audio_node(&analyser)?;
    let options = web_sys::MediaRecorderOptions::new();
    if let Some(kind) =
        ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"].into_iter().find(|kind| MediaRecorder::is_type_supported(kind))
    {
        options.set_mime_type(kind);
    }
    options.set_audio_bits_per_second(32_000);
    let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
    let parts = js_sys::Array::new();
    let heard = {
        let parts = parts.clone();
        Closure::<dyn FnMut(BlobEvent)>::new(move |event: BlobEvent| {
            if let Some(blob) = event.data().filter(|blob| blob.size() > 0.0) {
                parts.push(&blob);
            }
        })
    };
    recorder.set_ondataavailable(Some(heard.as_ref().unchecked_ref()));
    let ended = Closure::<dyn FnMut()>::new(finish);
    recorder.set_onstop(Some(ended.as_ref().unchecked_ref()));
    Ok(Works { recorder, stream, context, analyser, parts, _heard: heard, _ended: ended })
}

/// How loud it is now, from 0 to 255.
fn loudness(analyser: &AnalyserNode) -> u8 {
    let mut wave = vec![0_u8; 512];
    analyser.get_byte_time_domain_data(&mut wave);
    wave.iter().map(|point| point.abs_diff(128)).max().unwrap_or(0).saturating_mul(2)
}

/// The waveform in few bars.
fn bars(levels: &[u8]) -> Vec<u8> {
    const MOST: usize = 48;
    if levels.is_empty() {
        return Vec::new();
    }
    let count = levels.len().min(MOST);
    (0..count)
        .map(|bar| {
            let (from, to) = (bar * levels.len() / count, ((bar + 1) * levels.len() / count).max(bar * levels.len() / count + 1));
            levels[from..to].iter().copied().max().unwrap_or(0)
        })
        .collect()
}

/// One bar; its height is one of nine classes, because styles stand in stylesheets.
fn bar(level: u8) -> AnyView {
    view! { <i data-level=(level / 29).to_string()></i> }.any()
}
