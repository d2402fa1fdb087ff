//! The byte budgets: what a visitor and an agent download, compressed as it is served.
//! It reads the manifest of the packed assets and measures nothing by itself.

use crate::place::Place;
use crate::run::{Result, say};
use serde_json::Value;

/// What is downloaded together, how many bytes of brotli it is meant to be, and how many it may be today. Where the two differ, the
/// second is set just above what was last measured and only shrinks between features; the difference is a debt (ARCHITECTURE.md, "Debts").
const BUDGETS: [(&str, &[&str], u64, u64); 3] = [
    ("loader (every page of the customer's site)", &["public/embed/recado.js"], 5_000, 5_000),
    ("widget, opened", &["widget/recado.js", "widget/recado.wasm", "widget/recado.css"], 90_000, 90_000),
    (
        "inbox, first route",
        &["inbox/recado.js", "inbox/__wasm_split.______________________.js", "inbox/recado.wasm", "inbox/recado.css"],
        350_000,
        350_000,
    ),
];

/// Prints the table; an error if anything is over.
pub fn check(place: &Place) -> Result<()> {
    let file = place.embed().join("manifest.json");
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let manifest: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    say(&format!("\n{:<44} {:>9} {:>9} {:>9}", "bytes, brotli", "ours", "goal", "allowed"));
    let mut over = Vec::new();
    for (what, names, goal, allowed) in BUDGETS {
        let mut sum = 0;
        for name in names {
            let entry = &manifest[*name];
            sum += entry["br"].as_u64().or(entry["size"].as_u64()).ok_or(format!("{name} is not among the assets"))?;
        }
        let verdict = match sum {
            _ if sum > allowed => "  OVER",
            _ if sum > goal => "  over its goal",
            _ => "",
        };
        say(&format!("{what:<44} {sum:>9} {goal:>9} {allowed:>9}{verdict}"));
        if sum > allowed {
            over.push(what);
        }
    }
    say("");
    if over.is_empty() { Ok(()) } else { Err(format!("Over the byte budget: {}.", over.join(", "))) }
}
