//! What changes on a page, in as few types as possible: closures are boxed before the framework sees them,
//! so that its machinery is compiled once instead of once per closure. It halves the WASM and changes nothing else.

use leptos::prelude::*;
use std::sync::Arc;

/// What can be drawn, brought to one of very few types first.
pub trait Draw {
    /// It as a view of no particular type.
    fn any(self) -> AnyView;
}

impl<T: RenderHtml + Send + 'static> Draw for View<T> {
    fn any(self) -> AnyView {
        self.into_inner().into_any()
    }
}

impl<D: Draw> Draw for Option<D> {
    fn any(self) -> AnyView {
        self.map(Draw::any).into_any()
    }
}

impl<D: Draw> Draw for Vec<D> {
    fn any(self) -> AnyView {
        self.into_iter().map(Draw::any).collect::<Vec<_>>().into_any()
    }
}

impl Draw for AnyView {
    fn any(self) -> AnyView {
        self
    }
}

impl Draw for String {
    fn any(self) -> AnyView {
        self.into_any()
    }
}

impl Draw for &'static str {
    fn any(self) -> AnyView {
        self.to_owned().into_any()
    }
}

impl Draw for () {
    fn any(self) -> AnyView {
        self.into_any()
    }
}

/// A part of the page that is drawn again when what it reads changes.
pub fn live<V: Draw>(draw: impl Fn() -> V + Send + Sync + 'static) -> AnyView {
    live_boxed(Box::new(move || draw().any()))
}

fn live_boxed(draw: Box<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    (move || draw()).into_any()
}

/// A short list, drawn anew when it changes; long ones that must keep their rows use a keyed list.
pub fn each<T: 'static, V: Draw>(
    rows: impl Fn() -> Vec<T> + Send + Sync + 'static,
    draw: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView {
    live(move || rows().into_iter().map(|row| draw(row).any()).collect::<Vec<AnyView>>())
}

/// The value of an attribute that changes; none takes the attribute away.
pub fn attr<V: AttrWords>(read: impl Fn() -> V + Send + Sync + 'static) -> Arc<dyn Fn() -> Option<String> + Send + Sync> {
    Arc::new(move || read().words())
}

/// What an attribute may be made of.
pub trait AttrWords {
    /// The attribute's value, or none.
    fn words(self) -> Option<String>;
}

impl AttrWords for String {
    fn words(self) -> Option<String> {
        Some(self)
    }
}

impl AttrWords for &'static str {
    fn words(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl<V: AttrWords> AttrWords for Option<V> {
    fn words(self) -> Option<String> {
        self.and_then(AttrWords::words)
    }
}

/// What happens on an event of the page.
pub fn act<E>(run: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(run)
}

/// Runs when the page is there, and again when what it reads changes. Only in a browser.
pub fn effect(run: impl FnMut() + 'static) {
    effect_boxed(Box::new(run));
}

fn effect_boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}

/// Waits for something in the background of the page.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    leptos::task::spawn_local(Box::into_pin(Box::new(work) as Box<dyn Future<Output = ()>>));
}
