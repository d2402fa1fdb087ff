//! A file on a message: pictures in a box that is there before they are, everything else by name and size.
//! Files on their way look the same and show how far they are.

use crate::chat::Chat;
use crate::dom::{append, el, icon, set_all, show, word};
use crate::icons;
use kit::i18n::{size, text};
use model::{AttachmentKind, AttachmentView};
use web_sys::HtmlElement;

/// Width of the widest picture, in pixels, and the greatest height.
const BOX: (i64, i64) = (240, 280);

/// Draws a file.
#[must_use]
pub fn file(chat: Chat, file: &AttachmentView) -> HtmlElement {
    let language = chat.language.get_untracked();
    let own = file.id.0 < 0;
    let link = file.link.as_deref().unwrap_or_default();
    let made = el("div", "file");
    match file.kind {
        AttachmentKind::Image if !link.is_empty() => {
            let label = text::WIDGET_FILE_PICTURE.with(language, &[("name", &file.name)]);
            let (width, height) = fit(file.width, file.height);
            let (around, image) = (el("a", "file__picture"), el("img", "file__image"));
            set_all(&around, &[("href", link), ("target", "_blank"), ("rel", "noopener"), ("aria-label", &label)]);
            set_all(&image, &[("src", link), ("width", &width), ("height", &height), ("alt", &file.name), ("decoding", "async")]);
            append(&around, &image);
            append(&made, &around);
        }
        AttachmentKind::Video | AttachmentKind::Audio if !own && !link.is_empty() => {
            let video = file.kind == AttachmentKind::Video;
            let player = if video { el("video", "file__image") } else { el("audio", "file__audio") };
            let preload = if video { "metadata" } else { "none" };
            set_all(&player, &[("src", link), ("controls", ""), ("preload", preload), ("aria-label", &file.name)]);
            append(&made, &player);
        }
        _ => {
            let given = !own && !link.is_empty();
            let row = el(if given { "a" } else { "span" }, "file__document");
            if given {
                set_all(&row, &[("href", link), ("download", &file.name), ("target", "_blank"), ("rel", "noopener")]);
                append(&row, &word("span", "visually-hidden", text::WIDGET_FILE_DOWNLOAD.in_(language)));
            }
            append(&row, &icon(icons::FILE_TEXT));
            append(&row, &word("span", "file__name", &file.name));
            append(&row, &word("span", "file__size", &size(language, file.size)));
            append(&made, &row);
        }
    }
    if own {
        let bar = el("progress", "file__progress");
        let label = text::WIDGET_FILE_PROGRESS.with(language, &[("name", &file.name)]);
        set_all(&bar, &[("max", "100"), ("data-file", &file.id.0.to_string()), ("aria-label", &label)]);
        show(&bar, false);
        append(&made, &bar);
    }
    made
}

/// The box of a picture, kept in proportion; pictures that do not say their size get a usual one.
fn fit(width: Option<i64>, height: Option<i64>) -> (String, String) {
    let (width, height) = match (width, height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
        _ => (BOX.0, BOX.0 * 3 / 4),
    };
    let (wide, high) = if width * BOX.1 >= height * BOX.0 {
        (width.min(BOX.0), height * width.min(BOX.0) / width)
    } else {
        (width * height.min(BOX.1) / height, height.min(BOX.1))
    };
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
