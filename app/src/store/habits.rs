//! What somebody set for their own hands: keys, sounds, and how long a reply can be taken back. It follows the person; a copy is kept in the browser,
//! because keys are asked for before the session is read.

use crate::json;
use kit::browser;
use std::collections::BTreeMap;

const PLACE: &str = "recado-habits";

fn all() -> BTreeMap<String, String> {
    browser::stored(PLACE).and_then(|text| json::read(&text)).unwrap_or_default()
}

/// A habit, where it is not the usual. Only in a browser.
#[must_use]
pub fn habit(name: &str) -> Option<String> {
    all().remove(name)
}

/// Takes over what the server keeps of this person; who never set anything there keeps what this browser knows.
pub(super) fn keep_habits(text: &str) {
    if !text.is_empty() {
        browser::store(PLACE, Some(text));
    }
}

/// Sets a habit here, or returns to the usual; answers all of them, for the server to keep. Only in a browser.
#[must_use]
pub fn set_habit(name: &str, value: Option<&str>) -> String {
    let mut all = all();
    match value {
        Some(value) => drop(all.insert(name.to_owned(), value.to_owned())),
        None => drop(all.remove(name)),
    }
    let text = json::write(&all).unwrap_or_default();
    browser::store(PLACE, Some(&text));
    text
}

/// Seconds a reply can be taken back: one's own, else the usual.
#[must_use]
pub fn undo_seconds(usual: u8) -> u8 {
    habit("undo").and_then(|text| text.parse().ok()).unwrap_or(usual).min(30)
}
