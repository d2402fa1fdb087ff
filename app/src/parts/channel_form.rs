//! A channel's form, drawn from its fields. No channel is known by name here.
//! Sending the values is the page's business.

use crate::pages::Trip;
use kit::Draw;
use kit::i18n::{Language, Locale, said, text};
use kit::{AreaField, SelectField, SwitchField, TextField};
use kit::{act, live};
use leptos::html;
use leptos::prelude::*;
use model::{Bilingual, Field, FieldInput};
use std::collections::BTreeMap;

/// A channel's text in the reader's language; English where it has none.
#[must_use]
pub fn said_in(language: Language, text: &Bilingual) -> String {
    text.in_(language).to_owned()
}

/// A signal per field: what is stored, else what a new inbox starts with.
#[must_use]
pub fn settings_of(form: &[Field], stored: Option<&BTreeMap<String, String>>, language: Language) -> Vec<(String, RwSignal<String>)> {
    form.iter()
        .map(|field| {
            let initial = || said_in(language, &field.initial);
            let value = match stored {
                Some(stored) => stored.get(field.key.as_ref()).cloned().unwrap_or_default(),
                None => initial(),
            };
            (field.key.to_string(), RwSignal::new(value))
        })
        .collect()
}

/// The fields of a form.
#[component]
pub fn ChannelForm(
    /// The fields.
    form: Vec<Field>,
    /// Their values, as [`settings_of`] made them.
    values: Vec<(String, RwSignal<String>)>,
    /// The trip whose refusals are shown beside the fields.
    trip: Trip,
) -> impl IntoView {
    form.into_iter()
        .filter_map(|field| {
            let value = values.iter().find(|(key, _)| *key == field.key)?.1;
            Some(view! { <OneField field=field value=value trip=trip/> })
        })
        .collect_view()
}

#[component]
fn OneField(field: Field, value: RwSignal<String>, trip: Trip) -> impl IntoView {
    let locale = Locale::current();
    let Field { key, label, example, input, required, max, help, .. } = field;
    let error = trip.field_named(key.to_string());
    let label = Signal::derive(move || said_in(locale.language(), &label));
    let example = Signal::derive(move || said_in(locale.language(), &example));
    let hint = (!required && matches!(input, FieldInput::Line)).then(|| said(text::COMMON_OPTIONAL));
    let hint = Signal::derive(move || match said_in(locale.language(), &help) {
        help if help.is_empty() => hint.map(|hint| hint.get()),
        help => Some(help),
    });
    let max = if max == 0 { None } else { Some(max) };
    match input {
        FieldInput::Line => view! {
            <TextField
                name=key.to_string()
                label=label
                value=value
                example=example
                hint=hint
                error=error
                required=required
                max=max.unwrap_or(500)
            />
        }
        .any(),
        FieldInput::Secret => view! {
            <TextField
                name=key.to_string()
                kind="password"
                autocomplete="off"
                label=label
                value=value
                example=example
                hint=hint
                error=error
                required=required
                max=max.unwrap_or(500)
            />
        }
        .any(),
        FieldInput::Text => view! {
            <AreaField name=key.to_string() label=label value=value example=example hint=hint error=error max=max.unwrap_or(5000)/>
        }
        .any(),
        FieldInput::Colour => view! { <ColourField name=key.to_string() label=label value=value/> }.any(),
        FieldInput::Switch => view! {
            <SwitchField
                label=label
                value=Signal::derive(move || value.get() == "true")
                change=Callback::new(move |on: bool| value.set(on.to_string()))
            />
        }
        .any(),
        FieldInput::Choice(choices) => {
            let options = Signal::derive(move || {
                let word = |(key, words): &(_, Bilingual)| (ToString::to_string(key), said_in(locale.language(), words));
                choices.iter().map(word).collect::<Vec<(String, String)>>()
            });
            view! {
                <SelectField
                    name=key.to_string()
                    label=label
                    options=options
                    value=value
                    change=Callback::new(move |chosen| value.set(chosen))
                />
            }
            .any()
        }
    }
}

/// A colour, picked or typed.
#[component]
fn ColourField(name: String, #[prop(into)] label: Signal<String>, value: RwSignal<String>) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    kit::bind_value(node, value);
    let id = format!("field-{name}");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{live(move || label.get())}</label>
            <span class="colour">
                <input
                    class="colour__well"
                    type="color"
                    id=id
                    name=name
                    node_ref=node
                    value=value.get_untracked()
                    on:input=act(move |event| value.set(event_target_value(&event)))
                />
                <span class="colour__code">{live(move || value.get())}</span>
            </span>
        </div>
    }
    .any()
}
