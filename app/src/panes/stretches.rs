//! A long thread in stretches: only those near what is read are in the document, the others keep their place by their height.
//! What a line looks like is the thread's.

use crate::store::BubbleKey;
use kit::{Draw, effect, live};
use leptos::html::Div;
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// Messages in a stretch.
const LENGTH: usize = 30;
/// Within this distance of what shows, in CSS pixels, a stretch is drawn.
const NEAR: f64 = 1_500.0;
/// A scroller is asked again after this many pixels.
const STEP: i32 = 300;

/// How one line is drawn.
pub type Line = Arc<dyn Fn(BubbleKey) -> AnyView + Send + Sync>;

/// What the stretches of one thread look at.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// The box that scrolls. It grows upwards from its end.
    pub scroller: NodeRef<Div>,
    /// A bubble that is to be drawn wherever it is.
    pub wanted: RwSignal<Option<BubbleKey>>,
    at: RwSignal<i32>,
}

impl Sight {
    /// The sight of a thread that has just opened.
    #[must_use]
    pub fn new() -> Self {
        Self { scroller: NodeRef::new(), wanted: RwSignal::new(None), at: RwSignal::new(0) }
    }

    /// Tells that it was scrolled to here.
    pub fn scrolled(self, top: i32) {
        if self.at.get_untracked() != top / STEP {
            self.at.set(top / STEP);
        }
    }
}

/// The stretches a thread divides into, by the bubble each starts with; `starts` remembers them, so that none of what is drawn changes
/// hands when older messages come in above and new ones below.
fn divide(order: &[BubbleKey], starts: &mut HashSet<BubbleKey>) -> Vec<(BubbleKey, Vec<BubbleKey>)> {
    let mut cuts: Vec<usize> = (0..order.len()).filter(|at| starts.contains(&order[*at])).collect();
    let first = cuts.first().copied().unwrap_or(order.len());
    let mut above: Vec<usize> = (0..first).rev().skip(LENGTH - 1).step_by(LENGTH).collect();
    if first > 0 && above.last() != Some(&0) {
        above.push(0);
    }
    above.reverse();
    cuts.splice(..0, above);
    // The newest stretch grows until it is two.
    while let Some(last) = cuts.last().copied().filter(|last| order.len() - last > 2 * LENGTH) {
        cuts.push(last + LENGTH);
    }
    *starts = cuts.iter().map(|at| order[*at]).collect();
    let ends = cuts.iter().skip(1).copied().chain([order.len()]);
    cuts.iter().zip(ends).map(|(from, to)| (order[*from], order[*from..to].to_vec())).collect()
}

/// The lines of a thread.
pub fn stretches(order: ArcRwSignal<Vec<BubbleKey>>, sight: Sight, line: Line) -> AnyView {
    let starts = StoredValue::new(HashSet::new());
    let all = Memo::new(move |_| {
        let mut known = starts.get_value();
        let all = order.with(|order| divide(order, &mut known));
        starts.set_value(known);
        all
    });
    let keys = Memo::new(move |_| all.with(|all| all.iter().cloned().collect::<HashMap<_, _>>()));
    let newest = Memo::new(move |_| all.with(|all| all.last().map(|(start, _)| *start)));
    let names = move || all.with(|all| all.iter().map(|(start, _)| *start).collect::<Vec<_>>());
    let draw = move |start: BubbleKey| {
        let own = Memo::new(move |_| keys.with(|keys| keys.get(&start).cloned().unwrap_or_default()));
        stretch(own, Memo::new(move |_| newest.get() == Some(start)), sight, line.clone())
    };
    view! { <For each=names key=|start| *start children=draw/> }.any()
}

/// One stretch. The newest is always drawn: it grows.
fn stretch(keys: Memo<Vec<BubbleKey>>, newest: Memo<bool>, sight: Sight, line: Line) -> AnyView {
    let node = NodeRef::<Div>::new();
    let height = RwSignal::new(None::<f64>);
    effect(move || {
        sight.at.track();
        let wanted = sight.wanted.get().is_some_and(|wanted| keys.with(|keys| keys.contains(&wanted)));
        let needed = newest.get() || wanted;
        let (Some(node), Some(scroller)) = (node.get_untracked(), sight.scroller.get_untracked()) else { return };
        let (own, frame) = (node.get_bounding_client_rect(), scroller.get_bounding_client_rect());
        let near = needed || (own.bottom() > frame.top() - NEAR && own.top() < frame.bottom() + NEAR);
        match height.get_untracked() {
            Some(before) if near => {
                height.set(None);
                // The width or the words have changed meanwhile: what is read above it stays where it is.
                request_animation_frame(move || {
                    let grown = node.get_bounding_client_rect().height() - before;
                    if grown.abs() >= 1.0 && own.top() > frame.top() {
                        #[expect(clippy::cast_possible_truncation, reason = "pixel positions")]
                        scroller.set_scroll_top(scroller.scroll_top() - grown as i32);
                    }
                });
            }
            // The cursor stays where it is, and what plays there plays on.
            None if !near && !node.contains(document().active_element().as_ref().map(JsCast::unchecked_ref)) => {
                height.set(Some(own.height()));
            }
            _ => {}
        }
    });
    view! {
        <div class="stretch" node_ref=node style:block-size=move || height.get().map(|height| format!("{height}px"))>
            {live(move || {
                let line = line.clone();
                height.get().is_none().then(|| view! { <For each=move || keys.get() key=|key| *key children=move |key| line(key)/> })
            })}
        </div>
    }
    .any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MessageId;

    fn keys(range: std::ops::Range<i64>) -> Vec<BubbleKey> {
        range.map(|id| BubbleKey::Message(MessageId(id))).collect()
    }

    #[test]
    fn nothing_drawn_changes_hands_when_messages_come_in_at_both_ends() {
        let mut starts = HashSet::new();
        let mut before = divide(&keys(1000..1050), &mut starts);
        assert_eq!(before.iter().map(|(_, keys)| keys.len()).collect::<Vec<_>>(), [20, 30]);
        for step in 1..20 {
            let order = keys(1000 - step * 50..1050 + step * 7);
            let now = divide(&order, &mut starts);
            assert_eq!(now.iter().flat_map(|(_, keys)| keys.clone()).collect::<Vec<_>>(), order, "every message once, in order");
            for (start, keys) in &now {
                assert_eq!(keys.first(), Some(start));
                assert!(keys.len() <= 2 * LENGTH, "{}", keys.len());
            }
            for (start, old) in &before[..before.len() - 1] {
                assert!(now.contains(&(*start, old.clone())), "a stretch that was there is there as it was");
            }
            before = now;
        }
    }

    #[test]
    fn an_empty_thread_has_no_stretch_and_a_lost_start_is_found_again() {
        let mut starts = HashSet::new();
        assert!(divide(&[], &mut starts).is_empty());
        divide(&keys(0..40), &mut starts);
        let now = divide(&keys(1..40), &mut starts);
        assert_eq!(now.iter().map(|(_, keys)| keys.len()).sum::<usize>(), 39);
    }
}
