//! Moments on the page: `<time>` elements that the server prints as ISO and the browser words with its own `Intl`.
//! No clock runs before hydration has finished, so that both sides draw the same first page.

use crate::i18n::{Locale, text};
use crate::live::effect;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use model::{Language, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::JsValue;

/// The present, once the page is hydrated; it moves on every half minute.
#[derive(Clone, Copy, Debug)]
pub struct Clock(RwSignal<Option<Timestamp>>);

impl Clock {
    /// Puts a clock into context; it starts when effects run, that is, only in a browser.
    pub fn provide() -> Self {
        let clock = Self(RwSignal::new(None));
        provide_context(clock);
        effect(move || {
            clock.0.set(Some(present()));
            set_interval(move || clock.0.set(Some(present())), std::time::Duration::from_secs(30));
        });
        clock
    }

    /// The page's clock. Call it while a component is made.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(None)))
    }

    /// The present, tracked; none until the page is hydrated.
    #[must_use]
    pub fn now(self) -> Option<Timestamp> {
        self.0.try_get().flatten()
    }
}

/// The browser's wall clock. Only in a browser.
#[must_use]
pub fn present() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64")]
    Timestamp(Date::now() as i64)
}

/// How a moment is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wording {
    /// `14:05`.
    Hour,
    /// What a list needs: the hour today, the weekday within a week, else the date.
    Brief,
    /// `há 5 min`.
    Ago,
    /// `Hoje`, `Ontem`, the weekday within seven days, else the date in words.
    Day,
    /// `31/12/2026 14:05`.
    Full,
    /// `31 de dezembro de 2026`.
    Date,
}

/// A moment as text, tracked: empty until the page is hydrated.
pub fn worded(at: Timestamp, wording: Wording) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let (clock, locale) = (Clock::current(), Locale::current());
    move || clock.now().map(|now| word(locale.language(), at, now, wording)).unwrap_or_default()
}

/// A moment as a `<time>` element with the full date as its tooltip.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
    /// How it is worded.
    wording: Wording,
    /// Class beside `moment`.
    #[prop(default = "")]
    class: &'static str,
) -> impl IntoView {
    let text = worded(at, wording);
    let full = worded(at, Wording::Full);
    let title = move || Some(full()).filter(|title| !title.is_empty());
    view! { <time class=format!("moment {class}") data-wording=format!("{wording:?}") datetime=iso(at) title=title>{text}</time> }
}

/// Words a moment. Only in a browser.
#[must_use]
pub fn word(language: Language, at: Timestamp, now: Timestamp, wording: Wording) -> String {
    let days = local_day(now) - local_day(at);
    match wording {
        Wording::Hour if language == Language::English => format(language, at, &[("hour", "numeric"), ("minute", "2-digit")]),
        Wording::Hour => format(language, at, &[("hour", "2-digit"), ("minute", "2-digit")]),
        Wording::Full => format(
            language,
            at,
            &[
                ("day", "2-digit"),
                ("month", "2-digit"),
                ("year", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("timeZoneName", "short"),
            ],
        ),
        Wording::Date => format(language, at, &[("day", "numeric"), ("month", "long"), ("year", "numeric")]),
        Wording::Brief if days == 0 => word(language, at, now, Wording::Hour),
        Wording::Brief if days == 1 => lower(text::THREAD_YESTERDAY.in_(language)),
        Wording::Brief if (0..7).contains(&days) => format(language, at, &[("weekday", "short")]),
        Wording::Brief => format(language, at, &[("day", "2-digit"), ("month", "2-digit"), ("year", "2-digit")]),
        Wording::Day if days == 0 => text::THREAD_TODAY.in_(language).to_owned(),
        Wording::Day if days == 1 => text::THREAD_YESTERDAY.in_(language).to_owned(),
        Wording::Day if (0..7).contains(&days) => format(language, at, &[("weekday", "long")]),
        Wording::Day if year(at) == year(now) => format(language, at, &[("day", "numeric"), ("month", "long")]),
        Wording::Day => word(language, at, now, Wording::Date),
        Wording::Ago => ago(language, at, now),
    }
}

fn lower(word: &str) -> String {
    crate::lower(word)
}

fn ago(language: Language, at: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(at) / 1000;
    let (unit, size) = match seconds {
        ..60 => return text::COMMON_JUST_NOW.in_(language).to_owned(),
        60..3600 => ("minute", 60),
        3600..86_400 => ("hour", 3600),
        86_400..2_592_000 => ("day", 86_400),
        _ => return word(language, at, now, Wording::Brief),
    };
    let options = object(&[("style", "short"), ("numeric", "auto")]);
    let format = Intl::RelativeTimeFormat::new(&Array::of1(&language.tag().into()), &options);
    #[expect(clippy::cast_precision_loss, reason = "a count of days at most")]
    String::from(format.format(-((seconds / size) as f64), unit))
}

/// The number of a moment's day in the browser's time zone. Only in a browser.
#[must_use]
pub fn local_day(at: Timestamp) -> i64 {
    let date = date(at);
    #[expect(clippy::cast_possible_truncation, reason = "time-zone offsets are minutes")]
    let offset = date.get_timezone_offset() as i64;
    (at.0 - offset * 60_000).div_euclid(86_400_000)
}

fn year(at: Timestamp) -> u32 {
    date(at).get_full_year()
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in an f64")]
    Date::new(&JsValue::from_f64(at.0 as f64))
}

thread_local! {
    /// Making a formatter costs fifty times what using it does.
    static FORMATTERS: RefCell<HashMap<String, Function>> = RefCell::default();
}

fn format(language: Language, at: Timestamp, options: &[(&str, &str)]) -> String {
    let key = options.iter().fold(language.tag().to_owned(), |key, (name, value)| key + name + value);
    let function = FORMATTERS.with_borrow_mut(|all| {
        let make = || Intl::DateTimeFormat::new(&Array::of1(&language.tag().into()), &object(options)).format();
        all.entry(key).or_insert_with(make).clone()
    });
    function.call1(&JsValue::UNDEFINED, &date(at)).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn object(entries: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a property on a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &(*key).into(), &(*value).into());
    }
    object
}

/// A moment as ISO 8601 in UTC, for `datetime` attributes; plain arithmetic, so that the server can do it too.
#[must_use]
pub fn iso(at: Timestamp) -> String {
    let (days, millis) = (at.0.div_euclid(86_400_000), at.0.rem_euclid(86_400_000));
    // Howard Hinnant's civil calendar: eras of 400 years beginning in March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The browser's time zone by its IANA name; empty where there is no browser.
#[must_use]
pub fn zone() -> String {
    if cfg!(not(target_family = "wasm")) {
        return String::new();
    }
    let options = Intl::DateTimeFormat::default().resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_dates_know_the_calendar() {
        assert_eq!(iso(Timestamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(iso(Timestamp(951_782_400_000)), "2000-02-29T00:00:00Z");
        assert_eq!(iso(Timestamp(1_798_725_900_000)), "2026-12-31T14:05:00Z");
        assert_eq!(iso(Timestamp(-1)), "1969-12-31T23:59:59Z");
    }
}
