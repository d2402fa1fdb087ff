//! What somebody set for this browser alone: their keys, sounds, and how long a reply can be taken back.
//! What follows a person to every device is kept by the server instead.

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

/// Sets a habit, or returns to the usual. Only in a browser.
pub fn set_habit(name: &str, value: Option<&str>) {
    let mut all = all();
    match value {
        Some(value) => drop(all.insert(name.to_owned(), value.to_owned())),
        None => drop(all.remove(name)),
    }
    browser::store(PLACE, Some(&json::write(&all).unwrap_or_default()));
}

/// Seconds a reply can be taken back: one's own, else the account's.
#[must_use]
pub fn undo_seconds(usual: u8) -> u8 {
    habit("undo").and_then(|text| text.parse().ok()).unwrap_or(usual).min(30)
}
