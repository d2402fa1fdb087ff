//! Waiting that can be cut short: the pause between two tries, ended early when the network or the visitor comes back.
//! It also chooses how long the pause is.

use crate::field::Slot;
use js_sys::{Function, Promise};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::{set_timeout_with_handle, window};
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// A pause others may end.
#[derive(Debug, Default)]
pub struct Pulse(Slot<Option<Function>>);

impl Pulse {
    /// Waits so many milliseconds, or until woken.
    pub async fn wait(&self, millis: i32) {
        let mut begin = |resolve: Function, _| {
            // A refused timer leaves the waking to the network's own events.
            let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
            self.0.set(Some(resolve));
        };
        let promise = Promise::new(&mut begin);
        let _ = JsFuture::from(promise).await;
    }

    /// Ends the pause now.
    pub fn wake(&self) {
        if let Some(resolve) = self.0.replace(None) {
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    }
}

/// A timer others may stop; a new one in the same place replaces the old.
#[derive(Debug, Default)]
pub struct Timer(Slot<Option<TimeoutHandle>>);

impl Timer {
    /// Does something after a while, and nothing of what was to be done before.
    pub fn start(&self, time: Duration, then: impl FnOnce() + 'static) {
        self.start_boxed(time, Box::new(then));
    }

    fn start_boxed(&self, time: Duration, then: Box<dyn FnOnce()>) {
        self.stop();
        self.0.set(set_timeout_with_handle(then, time).ok());
    }

    /// Whether it was started and not stopped.
    pub fn started(&self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Stops it.
    pub fn stop(&self) {
        if let Some(handle) = self.0.replace(None) {
            handle.clear();
        }
    }
}

/// The pause before try number `tries` (from 0): doubling from one second to thirty, and up to half of it off by `chance` (0 to 1),
/// so that a restarted server is not met by everybody at once.
#[must_use]
pub fn pause(tries: u32, chance: f64) -> i32 {
    let full = 1000_i32.saturating_mul(1 << tries.min(5)).min(30_000);
    #[expect(clippy::cast_possible_truncation, reason = "below thirty thousand")]
    let off = (f64::from(full) * 0.5 * chance.clamp(0.0, 1.0)) as i32;
    full - off
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_double_to_half_a_minute_and_never_agree() {
        assert_eq!([0, 1, 2, 3, 4, 5, 60].map(|tries| pause(tries, 0.0)), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!(pause(60, 1.0), 15_000);
    }
}
