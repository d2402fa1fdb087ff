//! Form controls: label, field, hint and error in one, announced together. They keep what was typed before hydration.
//! Checking values and sending them is the page's business.

use crate::Icon;
use crate::i18n::{t, text};
use crate::live::Draw;
use crate::live::{act, attr, live};
use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::JsCast;

/// Ties a signal to an input or textarea: what was typed before hydration goes into the signal, later changes of the signal into the field.
pub fn bind_value<E>(node: NodeRef<E>, value: RwSignal<String>)
where
    E: html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    Effect::new(move |earlier: Option<bool>| {
        let wanted = value.get();
        let Some(element) = node.get() else { return earlier.unwrap_or(false) };
        let element: &wasm_bindgen::JsValue = element.as_ref();
        let shown = js_sys::Reflect::get(element, &"value".into()).ok().and_then(|shown| shown.as_string()).unwrap_or_default();
        if !earlier.unwrap_or(false) && !shown.is_empty() && shown != wanted {
            value.set(shown);
        } else if shown != wanted {
            // Setting a string property on an input cannot fail.
            let _ = js_sys::Reflect::set(element, &"value".into(), &wanted.into());
        }
        true
    });
}

/// One line of text.
#[component]
pub fn TextField(
    /// Name in the form and root of the element's id.
    #[prop(into)]
    name: String,
    /// Visible label.
    #[prop(into)]
    label: Signal<String>,
    /// Its value.
    value: RwSignal<String>,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A line under the field.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// An example inside the empty field.
    #[prop(optional, into)]
    example: MaybeProp<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Whether it may not be empty.
    #[prop(optional)]
    required: bool,
    /// Most characters.
    #[prop(optional)]
    max: Option<u32>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    bind_value(node, value);
    let id = format!("field-{name}");
    let notes = Notes { id: id.clone(), hint, error };
    let shown = RwSignal::new(false);
    let secret = kind == "password";
    let kind = move || if secret && shown.get() { "text" } else { kind };
    view! {
        <div class="field" data-invalid=attr(move || error.get().is_some().to_string())>
            <label class="field__label" for=id.clone()>{live(move || label.get())}</label>
            <div class="field__box">
                <input
                    class="field__input"
                    id=id
                    name=name
                    type=kind
                    node_ref=node
                    value=value.get_untracked()
                    autocomplete=autocomplete
                    placeholder=attr(move || example.get())
                    required=required
                    maxlength=max.map(|max| max.to_string())
                    aria-invalid=attr(move || error.get().is_some().to_string())
                    aria-describedby=notes.described_by()
                    on:input=act(move |event| value.set(event_target_value(&event)))
                />
                {secret.then(|| view! {
                    <button
                        type="button"
                        class="icon-button field__eye"
                        aria-label=t(text::FIELD_SHOW_PASSWORD)
                        aria-pressed=attr(move || shown.get().to_string())
                        on:click=act(move |_| shown.update(|shown| *shown = !*shown))
                    >
                        {live(move || if shown.get() { Icon::EYE_OFF.view() } else { Icon::EYE.view() })}
                    </button>
                })}
            </div>
            {notes.view()}
        </div>
    }
    .any()
}

/// Several lines of text.
#[component]
pub fn AreaField(
    /// Name in the form and root of the element's id.
    #[prop(into)]
    name: String,
    /// Visible label.
    #[prop(into)]
    label: Signal<String>,
    /// Its value.
    value: RwSignal<String>,
    /// A line under the field.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// An example inside the empty field.
    #[prop(optional, into)]
    example: MaybeProp<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Rows at rest.
    #[prop(default = 3)]
    rows: u32,
    /// Most characters.
    #[prop(optional)]
    max: Option<u32>,
) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    bind_value(node, value);
    let id = format!("field-{name}");
    let notes = Notes { id: id.clone(), hint, error };
    view! {
        <div class="field" data-invalid=attr(move || error.get().is_some().to_string())>
            <label class="field__label" for=id.clone()>{live(move || label.get())}</label>
            <textarea
                class="field__input field__area"
                id=id
                name=name
                rows=rows.to_string()
                node_ref=node
                placeholder=attr(move || example.get())
                maxlength=max.map(|max| max.to_string())
                aria-invalid=attr(move || error.get().is_some().to_string())
                aria-describedby=notes.described_by()
                on:input=act(move |event| value.set(event_target_value(&event)))
            ></textarea>
            {notes.view()}
        </div>
    }
    .any()
}

/// The hint and the error under a field.
#[derive(Clone)]
struct Notes {
    id: String,
    hint: MaybeProp<String>,
    error: MaybeProp<String>,
}

impl Notes {
    fn described_by(&self) -> impl Fn() -> Option<String> + Send + Sync + 'static + use<> {
        let (id, hint, error) = (self.id.clone(), self.hint, self.error);
        move || (hint.get().is_some() || error.get().is_some()).then(|| format!("{id}-note"))
    }

    fn view(self) -> AnyView {
        let Self { id, hint, error } = self;
        view! {
            <div class="field__note" id=format!("{id}-note") role="status">
                {live(move || match (error.get(), hint.get()) {
                    (Some(error), _) => view! { <span class="field__error">{Icon::CIRCLE_ALERT.view()}{error}</span> }.any(),
                    (None, Some(hint)) => view! { <span class="field__hint">{hint}</span> }.any(),
                    (None, None) => ().any(),
                })}
            </div>
        }
        .any()
    }
}

/// One of a few values, as the platform's own list.
#[component]
pub fn SelectField(
    /// Root of the element's id.
    #[prop(into)]
    name: String,
    /// Visible label, or only an accessible one where `bare`.
    #[prop(into)]
    label: Signal<String>,
    /// Values and their words.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Called with a newly chosen value.
    change: Callback<String>,
    /// Draws only the control.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let id = format!("field-{name}");
    let control = {
        let id = id.clone();
        view! {
            <span class="select">
                <select
                    class="select__box"
                    id=id
                    aria-label=attr(move || bare.then(|| label.get()))
                    on:change=act(move |event| change.run(event_target_value(&event)))
                >
                    {live(move || {
                        let chosen = value.get();
                        options.get().into_iter().map(|(key, words)| {
                            let selected = key == chosen;
                            view! { <option value=key selected=selected>{words}</option> }
                        }).collect_view()
                    })}
                </select>
                {Icon::CHEVRON_DOWN.view()}
            </span>
        }
    };
    if bare {
        control.any()
    } else {
        view! {
            <div class="field">
                <label class="field__label" for=id>{live(move || label.get())}</label>
                {control}
            </div>
        }
        .any()
    }
}

/// On or off.
#[component]
pub fn SwitchField(
    /// Visible label.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is on.
    #[prop(into)]
    value: Signal<bool>,
    /// Called with the new state.
    change: Callback<bool>,
    /// An accessible name where the visible words do not say enough alone.
    #[prop(optional, into)]
    name: MaybeProp<String>,
) -> impl IntoView {
    view! {
        <label class="switch">
            <input
                class="switch__input"
                type="checkbox"
                role="switch"
                aria-label=attr(move || name.get())
                prop:checked=move || value.get()
                checked=value.get_untracked()
                on:change=act(move |event| change.run(event_target_checked(&event)))
            />
            <span class="switch__track" aria-hidden="true"></span>
            <span class="switch__label">{live(move || label.get())}</span>
        </label>
    }
    .any()
}

/// A few values side by side, one chosen.
#[component]
pub fn Segments(
    /// Root of the radio group's name.
    #[prop(into)]
    name: String,
    /// Visible label of the group.
    #[prop(into)]
    label: Signal<String>,
    /// Values and their words.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Called with a newly chosen value.
    change: Callback<String>,
) -> impl IntoView {
    view! {
        <fieldset class="segments">
            <legend class="field__label">{live(move || label.get())}</legend>
            <div class="segments__track">
                {live(move || options.get().into_iter().map(|(key, words)| {
                    let (mine, picked) = (key.clone(), key.clone());
                    view! {
                        <label class="segments__item">
                            <input
                                type="radio"
                                name=name.clone()
                                value=key
                                checked=value.get_untracked() == mine
                                prop:checked=move || value.get() == mine
                                on:change=act(move |_| change.run(picked.clone()))
                            />
                            <span>{words}</span>
                        </label>
                    }
                }).collect_view())}
            </div>
        </fieldset>
    }
    .any()
}

/// The button that sends a form; while busy it keeps its width and cannot be pressed twice.
#[component]
pub fn Submit(
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the form is on its way.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    let guard = move |event: ev::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button type="submit" class="button" data-kind="primary" aria-busy=attr(move || busy.get().to_string()) on:click=guard>
            <span class="button__label">{live(move || label.get())}</span>
            <span class="button__spinner" aria-hidden="true"></span>
        </button>
    }
    .any()
}

/// What went wrong with a whole form, announced at once.
#[component]
pub fn Failure(
    /// The sentence, if anything went wrong.
    #[prop(into)]
    message: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="failure" role="alert">
            {live(move || message.get().map(|message| view! {
                <p class="failure__text">{Icon::CIRCLE_ALERT.view()}<span>{message}</span></p>
            }))}
        </div>
    }
    .any()
}
