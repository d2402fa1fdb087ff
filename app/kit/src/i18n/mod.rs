//! Texts in the reader's language: typed keys, placeholders, plurals, and a signal that switches them all at once.
//! Dates are the business of [`crate::time`]; which language somebody prefers is decided elsewhere and set here.

mod fault;
mod number;
mod plural;

pub use fault::{fault_text, violation_text};
pub use model::Language;
pub use number::{integer, phone, size};
pub use plural::{Category, category};

use leptos::prelude::*;

/// Every text of every locale, generated from `app/locales`; what nobody names the linker drops.
pub mod text {
    use super::{Plural, Text};
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

/// A text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    pt: &'static str,
}

impl Text {
    /// A text by its two wordings.
    #[must_use]
    pub const fn new(en: &'static str, pt: &'static str) -> Self {
        Self { en, pt }
    }

    /// Its wording in this language.
    #[must_use]
    pub const fn in_(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Portuguese => self.pt,
        }
    }

    /// Its wording with `{name}` placeholders filled.
    #[must_use]
    pub fn with(self, language: Language, values: &[(&str, &str)]) -> String {
        fill(self.in_(language), values)
    }
}

/// A text that changes with a count; the placeholder `{count}` is the number as the language writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plural {
    en: [&'static str; 2],
    pt: [&'static str; 3],
}

impl Plural {
    /// A plural by its forms: English one and other; Portuguese one, many and other.
    #[must_use]
    pub const fn new(en: [&'static str; 2], pt: [&'static str; 3]) -> Self {
        Self { en, pt }
    }

    /// The form for `count`, filled.
    #[must_use]
    pub fn count(self, language: Language, count: i64) -> String {
        self.count_with(language, count, &[])
    }

    /// The form for `count`, with further placeholders filled.
    #[must_use]
    pub fn count_with(self, language: Language, count: i64, values: &[(&str, &str)]) -> String {
        #[expect(clippy::cast_precision_loss, reason = "plural categories repeat long before an f64 loses units")]
        let form = match (language, category(language, count as f64)) {
            (Language::English, Category::One) => self.en[0],
            (Language::English, _) => self.en[1],
            (Language::Portuguese, Category::One) => self.pt[0],
            (Language::Portuguese, Category::Many) => self.pt[1],
            (Language::Portuguese, Category::Other) => self.pt[2],
        };
        let number = integer(language, count);
        let mut all = vec![("count", number.as_str())];
        all.extend_from_slice(values);
        fill(form, &all)
    }
}

fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        out.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The language of the page, as a signal in context; setting it changes every text without a reload.
#[derive(Clone, Copy, Debug)]
pub struct Locale(RwSignal<Language>);

impl Locale {
    /// Puts a locale into the context of the current owner.
    pub fn provide(language: Language) -> Self {
        let locale = Self(RwSignal::new(language));
        provide_context(locale);
        locale
    }

    /// The page's locale. Call it while a component is made, not in an event handler.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Language::default())))
    }

    /// The language, tracked.
    #[must_use]
    pub fn language(self) -> Language {
        // On the server a view may be walked once more after its page has been sent.
        self.0.try_get().unwrap_or_default()
    }

    /// The language, untracked: for event handlers.
    #[must_use]
    pub fn now(self) -> Language {
        self.0.get_untracked()
    }

    /// Switches the language of the whole page.
    pub fn set(self, language: Language) {
        if self.now() != language {
            self.0.set(language);
        }
    }

    /// A text's wording, tracked.
    #[must_use]
    pub fn say(self, text: Text) -> &'static str {
        text.in_(self.language())
    }

    /// A text's wording with placeholders filled, tracked.
    #[must_use]
    pub fn say_with(self, text: Text, values: &[(&str, &str)]) -> String {
        text.with(self.language(), values)
    }

    /// A plural's form, tracked.
    #[must_use]
    pub fn count(self, plural: Plural, count: i64) -> String {
        plural.count(self.language(), count)
    }
}

/// A text as a reactive view: `{t(text::LOGIN_TITLE)}`.
pub fn t(text: Text) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let locale = Locale::current();
    move || locale.say(text)
}

/// A text as a signal, for components that take their words as a property.
#[must_use]
pub fn said(text: Text) -> Signal<String> {
    let locale = Locale::current();
    Signal::derive(move || locale.say(text).to_owned())
}

/// A text with placeholders as a reactive view: `{t_with(text::X, [("name", name)])}`.
pub fn t_with<const N: usize>(text: Text, values: [(&'static str, String); N]) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let locale = Locale::current();
    move || {
        let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        locale.say_with(text, &values)
    }
}

/// A plural as a reactive view: `{t_count(text::X, n)}`.
pub fn t_count(plural: Plural, count: i64) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let locale = Locale::current();
    move || locale.count(plural, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: Text = Text::new("Hi {name}, {missing}{", "Oi {name}");
    const ROWS: Plural = Plural::new(["{count} row", "{count} rows"], ["{count} linha", "{count} de linhas", "{count} linhas"]);

    #[test]
    fn placeholders_are_filled_and_unknown_ones_vanish() {
        assert_eq!(HELLO.with(Language::English, &[("name", "Ana")]), "Hi Ana, {");
        assert_eq!(HELLO.with(Language::Portuguese, &[("name", "{name}")]), "Oi {name}");
    }

    #[test]
    fn plurals_follow_the_language() {
        let say = |language, n| ROWS.count(language, n);
        assert_eq!(say(Language::Portuguese, 0), "0 linha");
        assert_eq!(say(Language::Portuguese, 2), "2 linhas");
        assert_eq!(say(Language::Portuguese, 1_000_000), "1.000.000 de linhas");
        assert_eq!(say(Language::English, 0), "0 rows");
        assert_eq!(say(Language::English, 1), "1 row");
        assert_eq!(say(Language::English, 1_000_000), "1,000,000 rows");
    }
}
