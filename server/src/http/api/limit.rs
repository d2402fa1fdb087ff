//! How often a caller may ask: counted per token, or per address without one, in windows of a minute. In memory and per node; what is
//! costly or dangerous has limits of its own in the service.

use model::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Requests of one caller in a window.
const MOST: u32 = 3000;
/// Wrong tokens of one network in a window.
const WRONG: u32 = 60;
/// A window, in milliseconds.
const WINDOW: i64 = 60_000;
/// Callers remembered at once; beyond, those of older windows go.
const CALLERS: usize = 50_000;

/// What is left to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// In a window.
    pub most: u32,
    /// In this one.
    pub left: u32,
    /// When the next begins, in seconds since 1970.
    pub reset: i64,
    /// Seconds to wait, when there is nothing left.
    pub wait: Option<u32>,
}

/// The counters of this node.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<String, (i64, u32)>>);

impl Limits {
    fn count(&self, key: &str, now: Timestamp) -> (u32, i64) {
        let window = now.0.div_euclid(WINDOW);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > CALLERS {
            all.retain(|_, (of, _)| *of == window);
        }
        let entry = all.entry(key.to_owned()).or_insert((window, 0));
        if entry.0 != window {
            *entry = (window, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        (entry.1, (window + 1) * WINDOW)
    }

    /// Counts one request.
    pub fn take(&self, caller: &str, now: Timestamp) -> Allowance {
        let (count, end) = self.count(caller, now);
        let wait = (count > MOST).then(|| wait(end, now));
        Allowance { most: MOST, left: MOST.saturating_sub(count), reset: end / 1000, wait }
    }

    /// Counts a wrong token; seconds to wait when there were too many.
    pub fn wrong(&self, network: &str, now: Timestamp) -> Option<u32> {
        let (count, end) = self.count(&format!("wrong {network}"), now);
        (count > WRONG).then(|| wait(end, now))
    }
}

fn wait(end: i64, now: Timestamp) -> u32 {
    u32::try_from((end - now.0).max(0) / 1000 + 1).unwrap_or(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_window_and_callers_do_not_share_it() {
        let limits = Limits::default();
        let now = Timestamp(1_780_000_000_000);
        for _ in 0..MOST {
            assert_eq!(limits.take("a", now).wait, None);
        }
        assert!(limits.take("a", now).wait.is_some_and(|s| (1..=61).contains(&s)));
        assert_eq!(limits.take("b", now).wait, None);
        assert_eq!(limits.take("a", now.plus(WINDOW)).left, MOST - 1);
    }
}
