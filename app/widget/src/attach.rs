//! What may be attached: kinds and sizes as the inbox says, refused with a sentence before anything is uploaded.
//! The server judges again, by content; this only spares the visitor the wait.

use crate::chat::Chat;
use crate::field::Field;
use kit::i18n::{Language, size, text};
use model::{AttachmentId, AttachmentKind, AttachmentView, Capabilities, WidgetFeatures};

/// The kind a browser takes a file for.
#[must_use]
pub fn kind(mime: &str) -> AttachmentKind {
    match mime.split_once('/') {
        Some(("image", "png" | "jpeg" | "gif" | "webp" | "avif" | "bmp")) => AttachmentKind::Image,
        Some(("video", _)) => AttachmentKind::Video,
        Some(("audio", _)) => AttachmentKind::Audio,
        _ => AttachmentKind::Document,
    }
}

/// What a file chooser should offer.
#[must_use]
pub fn accept(can: &Capabilities, features: WidgetFeatures) -> Option<&'static str> {
    let media = (features.video && can.video > 0, features.audio && can.audio > 0);
    // Documents are too many to list; without media only those are named that would be refused otherwise.
    (media == (false, false)).then_some("image/*,application/*,text/*,.csv,.md,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt,.ods,.pdf,.zip")
}

/// Why a file cannot be attached, in words; none when it can.
#[must_use]
pub fn objection(language: Language, can: &Capabilities, features: WidgetFeatures, name: &str, mime: &str, bytes: i64) -> Option<String> {
    let kind = kind(mime);
    let on = match kind {
        AttachmentKind::Video => features.video,
        AttachmentKind::Audio => features.audio,
        AttachmentKind::Image | AttachmentKind::Document => features.attachments,
    };
    let limit = can.limit(kind);
    let named = |pattern: kit::i18n::Text| Some(pattern.with(language, &[("name", name)]));
    if !on || limit <= 0 {
        named(text::WIDGET_FILE_REFUSED)
    } else if bytes == 0 {
        named(text::WIDGET_FILE_EMPTY)
    } else if bytes > limit {
        Some(
            text::WIDGET_FILE_TOO_LARGE
                .with(language, &[("name", name), ("size", &size(language, bytes)), ("limit", &size(language, limit))]),
        )
    } else {
        None
    }
}

/// Takes files that were chosen, pasted or dropped; answers what was wrong with those it did not take.
pub fn take(chat: Chat, chosen: &Field<Vec<AttachmentView>>, list: &web_sys::FileList) -> Option<String> {
    let language = chat.language.get_untracked();
    let (can, features) = chat.config.with_untracked(|config| config.as_ref().map(|c| (c.capabilities.clone(), c.features)))?;
    let mut wrong = None;
    for file in (0..list.length()).filter_map(|at| list.get(at)) {
        #[expect(clippy::cast_possible_truncation, reason = "file sizes are whole numbers far below 2^53")]
        let (name, mime, bytes) = (file.name(), file.type_(), file.size() as i64);
        if chosen.with_untracked(Vec::len) >= can.files as usize {
            wrong = Some(text::WIDGET_FILE_TOO_MANY.count(language, i64::from(can.files)));
            break;
        }
        if let Some(objection) = objection(language, &can, features, &name, &mime, bytes) {
            wrong = Some(objection);
            continue;
        }
        let kind = kind(&mime);
        let link = if kind == AttachmentKind::Image { web_sys::Url::create_object_url_with_blob(&file).ok() } else { None };
        // Own files count downwards, so that none is taken for a stored one.
        let id = AttachmentId(chat.files.with(|all| all.iter().map(|(id, _)| id.0).min().unwrap_or(0)) - 1);
        chat.files.update(|all| all.push((id, file)));
        chosen.update(|all| all.push(AttachmentView { id, kind, name, mime, size: bytes, link, ..AttachmentView::default() }));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(mime: &str, bytes: i64) -> Option<String> {
        let can = Capabilities {
            text_limit: 10,
            image: 1_000_000,
            video: 0,
            audio: 1_000_000,
            document: 2_000_000,
            files: 3,
            delivered: true,
            read: true,
            typing: true,
            reply_window_hours: None,
            more: Default::default(),
        };
        objection(Language::English, &can, WidgetFeatures::default(), "a", mime, bytes)
    }

    #[test]
    fn files_are_refused_before_they_travel() {
        assert_eq!(objects("image/png", 1_000_000), None);
        assert_eq!(objects("image/svg+xml", 2_000_000), None, "drawings are documents: they are never shown inline");
        assert_eq!(objects("", 10), None);
        assert_eq!(objects("image/png", 1_200_000).as_deref(), Some("a has 1.2 MB; the limit is 1 MB."));
        assert_eq!(objects("video/mp4", 10).as_deref(), Some("a cannot be sent here."));
        assert_eq!(objects("audio/mpeg", 10).as_deref(), Some("a cannot be sent here."), "switched off");
        assert_eq!(objects("text/plain", 0).as_deref(), Some("a is empty."));
    }
}
