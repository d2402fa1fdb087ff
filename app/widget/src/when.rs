//! Moments in the reader's words, by the browser's own `Intl`: the hour under a message, the day above it.
//! The inbox words more kinds of moments (`kit::time`); two are all a chat needs, and all it has room for.

use js_sys::{Date, JSON, Object};
use kit::i18n::text;
use kit::time::{local_day, present};
use model::{Language, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

/// The moment as the browser's own date.
#[must_use]
pub fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in an f64")]
    Date::new(&JsValue::from_f64(at.0 as f64))
}

fn words(at: Timestamp, language: Language, options: &str) -> String {
    let options: Object = JSON::parse(options).unwrap_or_default().unchecked_into();
    date(at).to_locale_string(language.tag(), &options).into()
}

/// `14:05`.
#[must_use]
pub fn hour(at: Timestamp, language: Language) -> String {
    words(at, language, r#"{"hour":"2-digit","minute":"2-digit"}"#)
}

/// `Hoje`, `Ontem`, the weekday within seven days, else the date.
#[must_use]
pub fn day(at: Timestamp, language: Language) -> String {
    match local_day(present()) - local_day(at) {
        0 => text::THREAD_TODAY.in_(language).to_owned(),
        1 => text::THREAD_YESTERDAY.in_(language).to_owned(),
        2..7 => words(at, language, r#"{"weekday":"long"}"#),
        _ => words(at, language, r#"{"day":"numeric","month":"long","year":"numeric"}"#),
    }
}
