//! How the messages of a thread stand together: groups of one author, days, the unread divider, and runs of what was done that fold.
//! Drawing them is the thread's.

use crate::parts::Joint;
use crate::store::{Bubble, BubbleKey, Thread};
use kit::time::local_day;
use leptos::prelude::*;
use model::{MessageKind, Timestamp};
use std::collections::{HashMap, HashSet};

/// Messages of one author this close together form a group.
const GROUP_MS: i64 = 5 * 60_000;
/// This many lines in a row about what was done fold into one.
const FOLD: usize = 5;

/// What stands around a bubble.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Its place in its group.
    pub joint: Joint,
    /// The day that begins with it.
    pub day: Option<Timestamp>,
    /// Whether what is unread begins with it.
    pub unread: bool,
    /// How many lines this one stands for, and whether they show.
    pub fold: Option<(usize, bool)>,
    /// Whether it is behind such a one.
    pub hidden: bool,
}
/// The first of the last `unread` incoming messages.
pub fn first_unread(thread: &Thread, unread: i64) -> Option<BubbleKey> {
    let mut left = unread;
    let mut found = None;
    for key in thread.order.get_untracked().into_iter().rev() {
        if left <= 0 {
            break;
        }
        if thread.bubble(key).is_some_and(|bubble| bubble.with_untracked(|bubble| bubble.message.kind == MessageKind::Incoming)) {
            left -= 1;
            found = Some(key);
        }
    }
    found
}

/// Groups, days and the divider, from the messages in order. Days need the browser's time zone.
pub fn settings(
    thread: &Thread,
    order: &[BubbleKey],
    divider: Option<BubbleKey>,
    local: bool,
    unfolded: &HashSet<BubbleKey>,
) -> HashMap<BubbleKey, Setting> {
    let day = |at: Timestamp| if local { local_day(at) } else { at.0.div_euclid(86_400_000) };
    let mut all: HashMap<BubbleKey, Setting> = HashMap::with_capacity(order.len());
    let mut before: Option<(BubbleKey, ArcRwSignal<Bubble>)> = None;
    let mut run = Vec::new();
    for key in order {
        let Some(signal) = thread.bubble(*key) else { continue };
        let bubble = signal.read_untracked();
        let earlier = before.as_ref().map(|(_, earlier)| earlier.read_untracked());
        let unread = divider == Some(*key);
        let next_day = earlier.as_ref().is_none_or(|earlier| day(earlier.message.at) != day(bubble.message.at));
        let joined = !next_day && !unread && earlier.as_ref().is_some_and(|earlier| joins(earlier, &bubble));
        if joined && let Some(earlier) = before.as_ref().and_then(|(key, _)| all.get_mut(key)) {
            earlier.joint.last = false;
        }
        all.insert(
            *key,
            Setting {
                joint: Joint { first: !joined, last: true },
                day: next_day.then_some(bubble.message.at),
                unread,
                ..Setting::default()
            },
        );
        // A run ends with the day, at the divider and at anything that was said.
        let done = bubble.message.kind == MessageKind::Activity;
        if !done || next_day || unread {
            fold(&mut all, std::mem::take(&mut run), unfolded);
        }
        if done {
            run.push(*key);
        }
        drop((bubble, earlier));
        before = Some((*key, signal));
    }
    fold(&mut all, run, unfolded);
    all
}

/// Puts all but the last line of a long run behind one that counts them.
fn fold(all: &mut HashMap<BubbleKey, Setting>, run: Vec<BubbleKey>, unfolded: &HashSet<BubbleKey>) {
    let (Some(first), true) = (run.first().copied(), run.len() >= FOLD) else { return };
    let open = unfolded.contains(&first);
    for key in &run[..run.len() - 1] {
        if let Some(setting) = all.get_mut(key) {
            setting.hidden = !open && *key != first;
            setting.fold = (*key == first).then_some((run.len() - 1, open));
        }
    }
}

fn joins(earlier: &Bubble, later: &Bubble) -> bool {
    let (earlier, later) = (&earlier.message, &later.message);
    earlier.kind == later.kind
        && earlier.author == later.author
        && later.at.since(earlier.at) < GROUP_MS
        && later.kind != MessageKind::Activity
}
