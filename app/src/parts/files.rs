//! The files of a message: pictures in a box reserved by their size, sounds and films with controls, the rest as links.
//! They are fetched from the server, which asks for the session each time.

use crate::store::Store;
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, size, text};
use kit::live;
use leptos::prelude::*;
use model::{AttachmentKind, AttachmentView};

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
    let AttachmentView { id, kind, name, size: bytes, width, height, .. } = file;
    let address = format!("/files/{}/{id}/{}", store.account, crate::routes::escaped(&name).replace('/', "%2F"));
    match kind {
        AttachmentKind::Image => {
            let label = {
                let name = name.clone();
                move || locale.say_with(text::FILE_OPEN, &[("name", &name)])
            };
            view! {
                <a class="picture" href=address.clone() target="_blank" rel="noopener external" aria-label=label>
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
