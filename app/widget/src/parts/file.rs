//! A file on a message: pictures in a box that is there before they are, everything else by name and size.
//! Files on their way look the same and show how far they are.

use crate::chat::Chat;
use kit::Icon;
use kit::i18n::{size, t, text};
use leptos::prelude::*;
use model::{AttachmentKind, AttachmentView};

/// Width of the widest picture, in pixels, and the greatest height.
const BOX: (i64, i64) = (240, 280);

/// Draws a file.
pub fn file(chat: Chat, file: AttachmentView) -> AnyView {
    let locale = chat.locale;
    let own = file.id.0 < 0;
    let (id, name, link) = (file.id, file.name.clone(), file.link.clone());
    let shown = match file.kind {
        AttachmentKind::Image if link.is_some() => {
            let (width, height) = fit(file.width, file.height);
            let label = text::WIDGET_FILE_PICTURE.with(locale.language(), &[("name", &name)]);
            view! {
                <a class="file__picture" href=link.clone() target="_blank" rel="noopener" aria-label=label>
                    <img class="file__image" src=link.clone() width=width height=height alt=name.clone() decoding="async"/>
                </a>
            }
            .into_any()
        }
        AttachmentKind::Video if !own && link.is_some() => {
            view! { <video class="file__image" src=link controls=true preload="metadata" aria-label=name.clone()></video> }.into_any()
        }
        AttachmentKind::Audio if !own && link.is_some() => {
            view! { <audio class="file__audio" src=link controls=true preload="none" aria-label=name.clone()></audio> }.into_any()
        }
        _ => {
            let size = size(locale.language(), file.size);
            let body = view! {
                {Icon::FILE_TEXT.view()}
                <span class="file__name">{name.clone()}</span>
                <span class="file__size">{size}</span>
            };
            let what = t(text::WIDGET_FILE_DOWNLOAD);
            match link {
                Some(link) => view! { <a class="file__document" href=link download=name.clone() target="_blank" rel="noopener"><span class="visually-hidden">{what}</span>{body}</a> }.into_any(),
                None => view! { <span class="file__document">{body}</span> }.into_any(),
            }
        }
    };
    let part = move || chat.progress.get().filter(|(at, _)| *at == id).map(|(_, part)| part);
    let bar = move || {
        let name = name.clone();
        part().map(|part| {
            let label = text::WIDGET_FILE_PROGRESS.with(locale.language(), &[("name", &name)]);
            view! { <progress class="file__progress" max="100" value=part.to_string() aria-label=label></progress> }
        })
    };
    view! { <div class="file">{shown}{own.then_some(bar)}</div> }.into_any()
}

/// The box of a picture, kept in proportion; pictures that do not say their size get a usual one.
fn fit(width: Option<i64>, height: Option<i64>) -> (String, String) {
    let (width, height) = match (width, height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
        _ => (BOX.0, BOX.0 * 3 / 4),
    };
    let (wide, high) = if width * BOX.1 >= height * BOX.0 { (width.min(BOX.0), height * width.min(BOX.0) / width) } else { (width * height.min(BOX.1) / height, height.min(BOX.1)) };
    (wide.max(1).to_string(), high.max(1).to_string())
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn pictures_keep_their_shape_inside_the_box() {
        let of = |w, h| fit(Some(w), Some(h));
        assert_eq!(of(2400, 1200), ("240".into(), "120".into()));
        assert_eq!(of(1000, 2800), ("100".into(), "280".into()));
        assert_eq!(of(16, 16), ("16".into(), "16".into()));
        assert_eq!(of(10_000, 1), ("240".into(), "1".into()));
        assert_eq!(fit(None, Some(3)), ("240".into(), "180".into()));
    }
}
