//! Checks what was filled in against a channel's form. What the values mean is the channel's business.

use crate::Settings;
use model::{Bilingual, Field, FieldInput, Language, Violation};
use std::borrow::Cow;

/// A text in both languages the product speaks.
pub(crate) const fn both(en: &'static str, pt: &'static str) -> Bilingual {
    Bilingual { en: Cow::Borrowed(en), pt: Cow::Borrowed(pt) }
}

/// The first field of every channel: how agents call the inbox.
pub(crate) fn name_field(en: &'static str, pt: &'static str) -> Field {
    Field {
        key: "name".into(),
        label: both("Inbox name", "Nome da caixa"),
        example: both(en, pt),
        input: FieldInput::Line,
        required: true,
        max: 100,
        initial: both("", ""),
        help: both("Only agents see it.", "Só os atendentes veem."),
    }
}

/// A required line with a label, an example and a sentence of help.
pub(crate) fn line(key: &'static str, label: Bilingual, example: &'static str, help: Bilingual) -> Field {
    Field {
        key: key.into(),
        label,
        example: both(example, example),
        input: FieldInput::Line,
        required: true,
        max: 500,
        initial: both("", ""),
        help,
    }
}

/// As `line`, but it may stay empty.
pub(crate) fn optional(key: &'static str, label: Bilingual, example: &'static str, help: Bilingual) -> Field {
    Field { required: false, ..line(key, label, example, help) }
}

/// As `line`, kept with the secrets and never shown again.
pub(crate) fn secret(key: &'static str, label: Bilingual, help: Bilingual) -> Field {
    Field { input: FieldInput::Secret, max: 2_000, ..line(key, label, "", help) }
}

/// The values as they are kept: trimmed, known keys only, initial values in the account's language for absent ones. `start` holds what is
/// kept already.
///
/// # Errors
/// Each field that is not acceptable, with what is wrong.
pub fn accept(form: &[Field], language: Language, start: &Settings, given: &Settings) -> Result<Settings, Vec<(String, Violation)>> {
    let mut kept = start.clone();
    let mut wrong = Vec::new();
    for field in form {
        let key = field.key.as_ref();
        let Some(value) = given.get(key).map(|v| v.trim()) else {
            if !kept.contains_key(key) {
                let initial = field.initial.in_(language);
                if field.required && initial.is_empty() {
                    wrong.push((key.to_owned(), Violation::Required));
                }
                kept.insert(key.to_owned(), initial.to_owned());
            }
            continue;
        };
        if let Some(violation) = check(field, value) {
            wrong.push((key.to_owned(), violation));
        }
        kept.insert(key.to_owned(), value.to_owned());
    }
    if wrong.is_empty() { Ok(kept) } else { Err(wrong) }
}

fn check(field: &Field, value: &str) -> Option<Violation> {
    if value.is_empty() {
        return field.required.then_some(Violation::Required);
    }
    if value.chars().count() > field.max as usize {
        return Some(Violation::TooLong(field.max));
    }
    let fits = match &field.input {
        FieldInput::Line => !value.chars().any(char::is_control),
        FieldInput::Text | FieldInput::Secret => true,
        FieldInput::Colour => value.len() == 7 && value.starts_with('#') && value[1..].bytes().all(|b| b.is_ascii_hexdigit()),
        FieldInput::Switch => matches!(value, "true" | "false"),
        FieldInput::Choice(choices) => choices.iter().any(|(key, _)| key == value),
    };
    (!fits).then_some(Violation::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::all;

    fn values(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn every_channel_wants_a_name() {
        for channel in all() {
            let wrong = accept(&channel.descriptor().form, Language::English, &Settings::new(), &values(&[("name", "  ")])).unwrap_err();
            assert!(wrong.contains(&("name".to_owned(), Violation::Required)), "{}", channel.descriptor().kind);
        }
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        let form = &all()[0].descriptor().form;
        let given = |colour| values(&[("name", "Loja"), ("domain", "loja.example"), ("colour", colour)]);
        assert!(accept(form, Language::Portuguese, &Settings::new(), &given("#1f93ff")).is_ok());
        for bad in ["red", "#fff", "#1f93fg", "#1f93f€", "url(x)"] {
            assert_eq!(
                accept(form, Language::Portuguese, &Settings::new(), &given(bad)),
                Err(vec![("colour".to_owned(), Violation::Malformed)]),
                "{bad}"
            );
        }
    }

    #[test]
    fn unknown_keys_are_dropped_and_absent_ones_stay() {
        let form = &all()[0].descriptor().form;
        let first = accept(
            form,
            Language::Portuguese,
            &Settings::new(),
            &values(&[("name", "Loja"), ("domain", "loja.example"), ("role", "admin")]),
        )
        .unwrap();
        assert!(!first.contains_key("role"));
        assert_eq!(first["heading"], "Olá, tudo bem?", "what is not said is said in the account's language");
        let second = accept(form, Language::Portuguese, &first, &values(&[("heading", "Oi")])).unwrap();
        assert_eq!((second["name"].as_str(), second["heading"].as_str()), ("Loja", "Oi"));
    }
}
