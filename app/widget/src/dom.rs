//! Elements, made and bound by plain functions: a page this small cannot afford a type for every piece of it.
//! Nothing here knows what a chat is.

use crate::field::effect;
use js_sys::Function;
use leptos::prelude::document;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, HtmlElement};

/// An element of this tag and class.
#[must_use]
pub fn el(tag: &str, class: &str) -> HtmlElement {
    let made = document().create_element(tag).map(JsCast::unchecked_into::<HtmlElement>);
    // Only a tag that is no name is refused, and all are written out in these files.
    let Ok(made) = made else { return JsValue::NULL.unchecked_into() };
    if !class.is_empty() {
        made.set_class_name(class);
    }
    made
}

/// An element with children.
#[must_use]
pub fn tree(tag: &str, class: &str, children: &[&HtmlElement]) -> HtmlElement {
    let made = el(tag, class);
    for child in children {
        append(&made, child);
    }
    made
}

/// An element with an unchanging text.
#[must_use]
pub fn word(tag: &str, class: &str, text: &str) -> HtmlElement {
    let made = el(tag, class);
    made.set_text_content(Some(text));
    made
}

/// Puts a child at the end.
pub fn append(parent: &Element, child: &Element) {
    // Refused only where the child holds the parent.
    let _ = parent.append_child(child);
}

/// Sets an attribute, or removes it; what is so already is left alone.
pub fn set(element: &Element, name: &str, value: Option<&str>) {
    if element.get_attribute(name).as_deref() != value {
        // Names are written out in these files.
        let _ = match value {
            Some(value) => element.set_attribute(name, value),
            None => element.remove_attribute(name),
        };
    }
}

/// Sets several attributes.
pub fn set_all(element: &Element, all: &[(&str, &str)]) {
    for (name, value) in all {
        set(element, name, Some(value));
    }
}

/// Sets the text; what is so already is left alone, so that nothing is announced twice.
pub fn write(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Shows or hides.
pub fn show(element: &Element, on: bool) {
    set(element, "hidden", if on { None } else { Some("") });
}

/// Keeps a text as a function of the fields it reads.
pub fn bind_text(element: &HtmlElement, text: impl Fn() -> String + 'static) {
    let element = element.clone();
    effect(move || write(&element, &text()));
}

/// Keeps an attribute as a function of the fields it reads.
pub fn bind(element: &HtmlElement, name: &'static str, value: impl Fn() -> Option<String> + 'static) {
    let element = element.clone();
    effect(move || set(&element, name, value().as_deref()));
}

/// Keeps an element shown or hidden.
pub fn bind_shown(element: &HtmlElement, on: impl Fn() -> bool + 'static) {
    let element = element.clone();
    effect(move || show(&element, on()));
}

/// Listens, for as long as the target lives.
pub fn on(target: &EventTarget, name: &str, heard: impl Fn(Event) + 'static) {
    listen(target, name, Box::new(heard));
}

fn listen(target: &EventTarget, name: &str, heard: Box<dyn Fn(Event)>) {
    let heard: Function = Closure::<dyn Fn(Event)>::wrap(heard).into_js_value().unchecked_into();
    // Adding a listener is never refused.
    let _ = target.add_event_listener_with_callback(name, &heard);
}

/// An icon: Lucide's paths (ISC licence), hidden from screen readers.
#[must_use]
pub fn icon(paths: &str) -> HtmlElement {
    let holder = el("span", "glyph");
    // Drawings compiled into the product, never anybody's text.
    holder.set_inner_html(&["<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">", paths, "</svg>"].concat());
    holder
}

/// The first letter of the first and of the last word; the style sheet capitalises, which spares the page Unicode's tables of cases.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_ascii_alphanumeric() || !c.is_ascii()));
    let (first, last) = (letters.next(), letters.next_back());
    first.into_iter().chain(last).collect()
}

/// A person's picture or initials; decoration, because the name stands beside it.
#[must_use]
pub fn avatar(name: &str, photo: Option<&str>, size: &str) -> HtmlElement {
    let made = el("span", "avatar");
    set_all(&made, &[("aria-hidden", "true"), ("data-size", size), ("data-hue", &kit::hue(name).to_string())]);
    match photo {
        Some(address) => {
            let image = el("img", "avatar__photo");
            set_all(&image, &[("alt", ""), ("src", address)]);
            append(&made, &image);
        }
        None => made.set_text_content(Some(&initials(name))),
    }
    made
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(["Maria da Silva", "(émile)", "  ", "Ana"].map(initials), ["MS", "é", "", "A"]);
    }
}
