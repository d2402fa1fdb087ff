//! The value of a custom attribute as a field that fits its kind.
//! Whether a value fits is checked by the server, by the same rule as the model's.

use kit::Draw;
use kit::i18n::{Locale, text};
use kit::{SelectField, SwitchField, TextField};
use leptos::prelude::*;
use model::{AttributeDraft, AttributeKind};

/// The field.
#[component]
pub fn AttributeField(
    /// What it is.
    draft: AttributeDraft,
    /// Its value; empty for none.
    value: RwSignal<String>,
    /// What is wrong with it.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let locale = Locale::current();
    let AttributeDraft { key, label, kind, options, description, .. } = draft;
    let name = format!("attribute-{key}");
    let label = Signal::derive(move || label.clone());
    let hint = (!description.is_empty()).then_some(description);
    let line = move |kind: &'static str| {
        view! { <TextField name=name.clone() kind=kind label=label hint=hint.clone() value=value error=error max=1000/> }.any()
    };
    match kind {
        AttributeKind::Text => line("text"),
        AttributeKind::Number => line("number"),
        AttributeKind::Link => line("url"),
        AttributeKind::Date => line("date"),
        AttributeKind::List => view! {
            <SelectField
                name=format!("attribute-{key}")
                label=label
                options=Signal::derive(move || {
                    let none = (String::new(), locale.say(text::PANE_NONE).to_owned());
                    std::iter::once(none).chain(options.iter().map(|word| (word.clone(), word.clone()))).collect::<Vec<_>>()
                })
                value=value
                change=Callback::new(move |next| value.set(next))
            />
        }
        .any(),
        AttributeKind::Checkbox => view! {
            <SwitchField
                label=label
                value=Signal::derive(move || value.get() == "true")
                change=Callback::new(move |on: bool| value.set(on.to_string()))
            />
        }
        .any(),
    }
}
