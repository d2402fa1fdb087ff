//! A long list of rows of one height: only those near the viewport exist, and the row on top stays where it is when others move.
//! It knows neither what a row shows nor where more of them come from.

use crate::browser::set_property;
use crate::live::Draw;
use crate::live::{attr, effect};
use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::hash::Hash;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Rows kept beyond each edge of the viewport.
const MARGIN: usize = 8;
/// Rows drawn before the viewport has been measured, on the server too.
const FIRST: usize = 30;

/// A virtual list.
#[component]
pub fn VirtualList<K, R, V>(
    /// The rows' keys, in order.
    #[prop(into)]
    rows: Signal<Vec<K>>,
    /// Height of one row in pixels, as the stylesheet draws it.
    #[prop(into)]
    height: Signal<f64>,
    /// Accessible name of the list.
    #[prop(into)]
    label: Signal<String>,
    /// Draws a row; its root is an `li`.
    row: R,
    /// Called when the last rows come into view.
    on_end: Callback<()>,
    /// The scrolling element, for whoever moves to a row.
    node: NodeRef<html::Div>,
    /// What stands below the last row.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    R: Fn(K) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let list = NodeRef::<html::Ul>::new();
    let window = RwSignal::new((0_usize, FIRST));
    let measure = move || {
        let Some(scroller) = node.get_untracked() else { return };
        let row = height.get_untracked().max(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel positions are small and clamped at zero")]
        let first = (f64::from(scroller.scroll_top()).max(0.0) / row) as usize;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a viewport holds few rows")]
        let visible = (f64::from(scroller.client_height()) / row) as usize + 1;
        let next = (first.saturating_sub(MARGIN), first + visible + MARGIN);
        if window.get_untracked() != next {
            window.set(next);
        }
        if first + visible + MARGIN >= rows.with_untracked(Vec::len) {
            on_end.run(());
        }
    };
    // Room above and below, and the anchor: when rows move above the viewport, the scroll position moves with them.
    let anchor = StoredValue::new(None::<(K, f64)>);
    effect(move || {
        let row = height.get();
        let (from, to) = window.get();
        let (Some(list), Some(scroller)) = (list.get(), node.get()) else { return };
        let count = rows.with(Vec::len);
        let to = to.min(count);
        // Whole pixels: formatting a fraction would bring ten kilobytes of code along.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row is some tens of pixels high")]
        let pixels = row as usize;
        let (before, after) = (from.min(count) * pixels, (count - to.max(from.min(count))) * pixels);
        set_property(&list, "--before", &format!("{before}px"));
        set_property(&list, "--after", &format!("{after}px"));
        let top = f64::from(scroller.scroll_top());
        anchor.update_value(|anchor| {
            if let Some((key, offset)) = anchor.take()
                && top > row / 2.0
                && let Some(at) = rows.with(|rows| rows.iter().position(|row| *row == key))
            {
                #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "pixel positions")]
                scroller.set_scroll_top((at as f64 * row + offset) as i32);
            }
            let top = f64::from(scroller.scroll_top());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel positions are small and clamped at zero")]
            let at = (top.max(0.0) / row) as usize;
            #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
            let offset = top - at as f64 * row;
            *anchor = rows.with(|rows| rows.get(at).cloned()).map(|key| (key, offset));
        });
    });
    let scrolled = move |_| {
        measure();
        let Some(scroller) = node.get_untracked() else { return };
        let (top, row) = (f64::from(scroller.scroll_top()), height.get_untracked().max(1.0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel positions are small and clamped at zero")]
        let at = (top.max(0.0) / row) as usize;
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let offset = top - at as f64 * row;
        anchor.set_value(rows.with_untracked(|rows| rows.get(at).cloned()).map(|key| (key, offset)));
    };
    effect(move || {
        let Some(scroller) = node.get() else { return };
        let callback = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&scroller);
            let watch = SendWrapper::new((observer, callback));
            on_cleanup(move || watch.take().0.disconnect());
        }
    });
    let shown = Memo::new(move |_| {
        let (from, to) = window.get();
        rows.with(|rows| rows.iter().skip(from).take(to.saturating_sub(from)).cloned().collect::<Vec<_>>())
    });
    let row = Arc::new(row);
    view! {
        <div class="virtual" node_ref=node on:scroll=scrolled>
            <ul class="virtual__rows" role="list" node_ref=list aria-label=attr(move || label.get())>
                <For each=move || shown.get() key=|key| key.clone() children=move |key| row(key)/>
            </ul>
            {children.map(|children| children())}
        </div>
    }
    .any()
}
