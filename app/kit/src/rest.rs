//! What happens once somebody has rested: after a pause since the last keystroke, and not at all when the place it belongs to is gone.

use leptos::prelude::*;
use std::time::Duration;

/// One thing that waits; asking for another drops it, and so does the end of its owner.
#[derive(Clone, Copy, Debug)]
pub struct Rest(StoredValue<Option<TimeoutHandle>>);

impl Rest {
    /// Nothing waits yet.
    #[must_use]
    pub fn new() -> Self {
        let rest = Self(StoredValue::new(None));
        on_cleanup(move || rest.stop());
        rest
    }

    /// Runs after the pause, instead of what waited. Only in a browser.
    pub fn then(self, pause: Duration, run: impl FnOnce() + 'static) {
        self.stop();
        self.0.try_update_value(|waiting| *waiting = set_timeout_with_handle(run, pause).ok());
    }

    /// Drops what waits.
    pub fn stop(self) {
        if let Some(waiting) = self.0.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    }
}

impl Default for Rest {
    fn default() -> Self {
        Self::new()
    }
}
