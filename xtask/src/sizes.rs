//! The byte budgets: what a visitor and an agent download, compressed as it is served.
//! It reads the manifest of the packed assets and measures nothing by itself.

use crate::place::Place;
use crate::run::{Result, say};
use serde_json::Value;

/// What is downloaded together, and how many bytes of brotli it may be.
const BUDGETS: [(&str, &[&str], u64); 3] = [
    ("loader (every page of the customer's site)", &["public/embed/recado.js"], 5_000),
    ("widget, opened", &["widget/recado.js", "widget/recado.wasm", "widget/recado.css"], 90_000),
    ("inbox, first route", &["inbox/recado.js", "inbox/recado.wasm", "inbox/recado.css"], 350_000),
];

/// Prints the table; an error if anything is over.
pub fn check(place: &Place) -> Result<()> {
    let file = place.embed().join("manifest.json");
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let manifest: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    say(&format!("\n{:<44} {:>9} {:>9}", "bytes, brotli", "ours", "budget"));
    let mut over = Vec::new();
    for (what, names, budget) in BUDGETS {
        let mut sum = 0;
        for name in names {
            let entry = &manifest[*name];
            sum += entry["br"].as_u64().or(entry["size"].as_u64()).ok_or(format!("{name} is not among the assets"))?;
        }
        let verdict = if sum > budget { "  OVER" } else { "" };
        say(&format!("{what:<44} {sum:>9} {budget:>9}{verdict}"));
        if sum > budget {
            over.push(what);
        }
    }
    say("");
    if over.is_empty() { Ok(()) } else { Err(format!("Over the byte budget: {}.", over.join(", "))) }
}
