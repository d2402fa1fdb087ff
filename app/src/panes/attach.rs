//! The files an agent adds to a reply: uploaded while the text is still being written, removable until it is sent.
//! What a channel carries is said by its capabilities; what a file really is, by the server.

use crate::json;
use crate::store::{Attached, Progress, Store};
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, Text, fault_text, size, t, text};
use kit::spawn;
use kit::{act, attr};
use leptos::prelude::*;
use leptos::{ev, html};
use model::{AttachmentKind, Capabilities, ConversationId, DraftMode, FaultBody, FaultCode, UploadView};
use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The files of one composer: those of the conversation and of the tab that is open. They belong to the store and outlive it.
#[derive(Clone, Copy, Debug)]
pub struct Attachments {
    conversation: ConversationId,
    mode: RwSignal<DraftMode>,
    // The server draws none; what this tab kept shows once the page is taken over.
    awake: RwSignal<bool>,
    store: Store,
    locale: Locale,
}

impl Attachments {
    /// The files of a conversation's composer.
    pub fn new(conversation: ConversationId, mode: RwSignal<DraftMode>) -> Self {
        let awake = RwSignal::new(false);
        kit::effect(move || awake.set(true));
        Self { conversation, mode, awake, store: Store::current(), locale: Locale::current() }
    }

    /// The files of the tab that is open, tracked.
    pub fn all(self) -> Vec<Attached> {
        if self.awake.get() { self.store.files(self.conversation, self.mode.get()).get() } else { Vec::new() }
    }

    fn change(self, mode: DraftMode, change: impl FnOnce(&mut Vec<Attached>)) {
        self.store.change_files(self.conversation, mode, change);
    }

    /// Whether any is still on its way, tracked.
    pub fn busy(self) -> bool {
        self.all().iter().any(|item| item.progress == Progress::Leaving)
    }

    /// Whether there is one to send, tracked.
    pub fn any(self) -> bool {
        self.all().iter().any(|item| matches!(item.progress, Progress::Done(_)))
    }

    /// Whether any could not go up, tracked.
    pub fn failed(self) -> bool {
        self.all().iter().any(|item| matches!(item.progress, Progress::Failed(_)))
    }

    /// Takes what has been uploaded.
    pub fn take(self) -> Vec<UploadView> {
        let mut items = Vec::new();
        self.change(self.mode.get_untracked(), |all| items = std::mem::take(all));
        for item in &items {
            self.forget_thumb(item.number);
        }
        let done = |item: Attached| match item.progress {
            Progress::Done(upload) => Some(upload),
            _ => None,
        };
        items.into_iter().filter_map(done).collect()
    }

    /// The address of a picture's thumbnail; a file kept over a reload has none.
    fn thumb(self, number: u64) -> Option<String> {
        THUMBS.with_borrow(|all| all.get(&(self.conversation, self.mode.get_untracked(), number)).cloned())
    }

    fn forget_thumb(self, number: u64) {
        let gone = THUMBS.with_borrow_mut(|all| all.remove(&(self.conversation, self.mode.get_untracked(), number)));
        if let Some(address) = gone {
            // Revoking an address of our own cannot fail.
            let _ = web_sys::Url::revoke_object_url(&address);
        }
    }

    /// Puts a file in line and uploads it, unless it is refused already.
    fn enter(
        self,
        name: String,
        size: i64,
        refusal: Option<String>,
        thumb: Option<String>,
        leave: impl FnOnce() -> Leaving,
        done: Option<Box<dyn FnOnce()>>,
    ) {
        let mode = self.mode.get_untracked();
        let refused = refusal.is_some();
        let mut number = 0;
        self.change(mode, |items| {
            number = items.iter().map(|item| item.number).max().unwrap_or(0) + 1;
            if let Some(address) = thumb {
                THUMBS.with_borrow_mut(|all| all.insert((self.conversation, mode, number), address));
            }
            items.push(Attached { number, name, size, progress: refusal.map_or(Progress::Leaving, Progress::Failed) });
        });
        if refused {
            return;
        }
        let work = leave();
        spawn(async move {
            let answer = work.await;
            let good = answer.is_ok();
            let progress = match answer {
                Ok(view) => Progress::Done(view),
                Err(code) => Progress::Failed(fault_text(self.locale.now(), &FaultBody::of(code))),
            };
            // It may have been removed meanwhile.
            self.change(mode, |items| {
                if let Some(item) = items.iter_mut().find(|item| item.number == number) {
                    item.progress = progress;
                }
            });
            if let Some(done) = done.filter(|_| good) {
                done();
            }
        });
    }

    /// Uploads a recording; when it is there, `done` is called.
    pub fn add_voice(self, sound: send_wrapper::SendWrapper<web_sys::Blob>, bars: Vec<u8>, done: Box<dyn FnOnce()>) {
        #[expect(clippy::cast_possible_truncation, reason = "no recording is larger than an i64")]
        let size = sound.size() as i64;
        let name = text::RECORDER_LABEL.in_(self.locale.now()).to_owned();
        let store = self.store;
        self.enter(
            name,
            size,
            None,
            None,
            move || Box::pin(async move { upload(store, &sound, "audio.webm", Some(bars)).await }),
            Some(done),
        );
    }

    /// Begins to upload a file, unless the channel would refuse it.
    pub fn add(self, file: web_sys::File, may: &Capabilities) {
        #[expect(clippy::cast_possible_truncation, reason = "no file is larger than an i64")]
        let bytes = file.size() as i64;
        let kind = match file.type_().split('/').next() {
            Some("image") => AttachmentKind::Image,
            Some("video") => AttachmentKind::Video,
            Some("audio") => AttachmentKind::Audio,
            _ => AttachmentKind::Document,
        };
        let language = self.locale.now();
        let limit = may.limit(kind);
        let count = self.store.files(self.conversation, self.mode.get_untracked()).with_untracked(Vec::len);
        let refusal = if limit == 0 {
            Some(text::ATTACH_KIND.in_(language).to_owned())
        } else if bytes > limit {
            Some(text::ATTACH_LARGE.with(language, &[("size", &size(language, limit))]))
        } else if count >= usize::try_from(may.files).unwrap_or(usize::MAX) {
            Some(text::ATTACH_MANY.count(language, i64::from(may.files)))
        } else {
            None
        };
        let thumb = (kind == AttachmentKind::Image).then(|| web_sys::Url::create_object_url_with_blob(&file).ok()).flatten();
        let (store, name) = (self.store, file.name());
        self.enter(
            name.clone(),
            bytes,
            refusal,
            thumb,
            move || {
                let work = async move { upload(store, &file, &name, None).await };
                Box::pin(work)
            },
            None,
        );
    }
}

/// Whose thumbnail: of which conversation, which tab, which file.
type ThumbKey = (ConversationId, DraftMode, u64);

thread_local! {
    /// Addresses of pictures that this tab still holds itself.
    static THUMBS: RefCell<HashMap<ThumbKey, String>> = RefCell::default();
}

/// An upload under way.
type Leaving = Pin<Box<dyn Future<Output = Result<UploadView, FaultCode>>>>;

/// Sends a file to the server, to be named by its key later.
///
/// # Errors
/// What the server refused, or `Offline`.
pub async fn upload(store: Store, file: &web_sys::Blob, name: &str, voice: Option<Vec<u8>>) -> Result<UploadView, FaultCode> {
    let name = crate::routes::escaped(name).replace('/', "%2F");
    let options = web_sys::RequestInit::new();
    options.set_method("POST");
    options.set_body(file);
    let voice = voice.map(|bars| format!("&voice={}", bars.iter().map(|bar| format!("{bar:02x}")).collect::<String>()));
    let address = format!("/uploads/{}?name={name}{}", store.account, voice.unwrap_or_default());
    let answer = JsFuture::from(window().fetch_with_str_and_init(&address, &options)).await.map_err(|_| FaultCode::Offline)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(|_| FaultCode::Internal)?;
    let body = answer.text().map_err(|_| FaultCode::Internal)?;
    let body = JsFuture::from(body).await.ok().and_then(|body| body.as_string()).unwrap_or_default();
    if answer.ok() {
        return json::read(&body).ok_or(FaultCode::Internal);
    }
    Err(json::read::<FaultBody>(&body).map_or(FaultCode::Internal, |fault| fault.code))
}

fn is_heic(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("heic") || ending.eq_ignore_ascii_case("heif"))
}

/// The button that picks files.
#[component]
pub fn AttachButton(
    /// Where they go.
    files: Attachments,
    /// What the channel carries.
    #[prop(into)]
    may: Signal<Option<Capabilities>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let picked = move |_| {
        let (Some(input), Some(may)) = (node.get_untracked(), may.get_untracked()) else { return };
        let Some(list) = input.files() else { return };
        for file in (0..list.length()).filter_map(|at| list.get(at)) {
            files.add(file, &may);
        }
        input.set_value("");
    };
    move || {
        may.with(|may| may.as_ref().is_some_and(|may| may.files > 0)).then(|| {
            view! {
                <label class="icon-button attach" title=t(text::ATTACH_LABEL)>
                    {Icon::PAPERCLIP.view()}
                    <input
                        class="attach__input"
                        type="file"
                        multiple=true
                        aria-label=t(text::ATTACH_LABEL)
                        node_ref=node
                        on:change=picked
                    />
                </label>
            }
        })
    }
}

/// The files picked, above the button that sends.
#[component]
pub fn AttachList(
    /// The files.
    files: Attachments,
) -> impl IntoView {
    let locale = Locale::current();
    let remove = move |number: u64| {
        files.forget_thumb(number);
        files.change(files.mode.get_untracked(), |items| items.retain(|item| item.number != number));
    };
    let held = StoredValue::new(None::<u64>);
    // One file takes the place of another, and those between them move up.
    let put = move |from: u64, to: u64| {
        files.change(files.mode.get_untracked(), |items| {
            let place = |number| items.iter().position(|item| item.number == number);
            if let (Some(from), Some(to)) = (place(from), place(to)) {
                let item = items.remove(from);
                items.insert(to, item);
            }
        });
    };
    let step = move |icon: Icon, words: Text, name: String, number: u64, to: Option<u64>| {
        to.map(|to| {
            view! {
                <button
                    type="button"
                    class="icon-button attached__step"
                    aria-label=attr(move || locale.say_with(words, &[("name", &name)]))
                    on:click=act(move |_| put(number, to))
                >
                    {icon.view()}
                </button>
            }
            .any()
        })
    };
    let line = move |(item, before, after): (Attached, Option<u64>, Option<u64>)| {
        let (number, name) = (item.number, item.name.clone());
        let state = match item.progress {
            Progress::Leaving => "leaving",
            Progress::Done(_) => "done",
            Progress::Failed(_) => "failed",
        };
        let note = match item.progress {
            Progress::Failed(why) => why,
            // No browser but one shows such a picture: it goes as what it is.
            Progress::Done(ref upload) if upload.kind == AttachmentKind::Document && is_heic(&upload.name) => {
                format!("{} · {}", size(locale.now(), item.size), text::ATTACH_HEIC.in_(locale.now()))
            }
            _ => size(locale.now(), item.size),
        };
        view! {
            <li
                class="attached"
                data-state=state
                draggable="true"
                on:dragstart=act(move |event: ev::DragEvent| {
                    held.set_value(Some(number));
                    if let Some(data) = event.data_transfer() {
                        // Firefox drags nothing that carries nothing.
                        let _ = data.set_data("text/plain", "");
                    }
                })
                on:dragover=act(move |event: ev::DragEvent| if held.get_value().is_some() { event.prevent_default() })
                on:drop=act(move |event: ev::DragEvent| {
                    if let Some(from) = held.get_value() {
                        event.prevent_default();
                        event.stop_propagation();
                        put(from, number);
                    }
                })
                on:dragend=act(move |_| held.set_value(None))
            >
                {match files.thumb(number) {
                    Some(address) => view! { <img class="attached__thumb" src=address alt=""/> }.any(),
                    None => Icon::FILE_TEXT.view(),
                }}
                <span class="attached__name">{name.clone()}</span>
                <span class="attached__note">{note}</span>
                {step(Icon::CHEVRON_LEFT, text::ATTACH_EARLIER, name.clone(), number, before)}
                {step(Icon::CHEVRON_RIGHT, text::ATTACH_LATER, name.clone(), number, after)}
                <button
                    type="button"
                    class="icon-button"
                    aria-label=attr(move || locale.say_with(text::AGENTS_REMOVE_OF, &[("name", &name)]))
                    on:click=act(move |_| remove(number))
                >
                    {Icon::X.view()}
                </button>
            </li>
        }
    };
    move || {
        let items = files.all();
        let numbers: Vec<u64> = items.iter().map(|item| item.number).collect();
        let beside = |at: usize| (at.checked_sub(1).and_then(|at| numbers.get(at).copied()), numbers.get(at + 1).copied());
        let lines = items.into_iter().enumerate().map(|(at, item)| line((item, beside(at).0, beside(at).1))).collect_view();
        (!numbers.is_empty()).then(|| view! { <ul class="attached-list" role="list">{lines}</ul> })
    }
}
