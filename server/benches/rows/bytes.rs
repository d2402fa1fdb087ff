//! What a browser downloads, in brotli, from the manifest of the packed bundles. Beside it what others publish or ship.

use crate::Outcome;
use crate::ground::Ground;
use crate::table::{Goal, Row, Unit};
use serde_json::Value;

type Budget = (&'static str, &'static [&'static str], f64, f64, &'static str);

const BUDGETS: [Budget; 3] = [
    ("bytes: loader", &["public/embed/recado.js"], 5.0, 40.0, "Chatwoot's budget for its sdk.js, gzip"),
    (
        "bytes: widget opened",
        &["widget/recado.js", "widget/recado.wasm", "widget/recado.css"],
        90.0,
        215.0,
        "Live Helper Chat's build, gzip",
    ),
    (
        "bytes: inbox, first route",
        &["inbox/recado.js", "inbox/recado.wasm", "inbox/recado.css"],
        350.0,
        340.0,
        "Chatwoot's budget for its widget, gzip",
    ),
];

/// Reads the manifest of the last `cargo xtask build`.
pub fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let file = ground.target.join("site/embed/manifest.json");
    let text = std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let manifest: Value = serde_json::from_slice(&text)?;
    let mut rows = Vec::new();
    for (what, names, budget, other, note) in BUDGETS {
        let sizes = names.iter().map(|name| manifest[*name]["br"].as_f64().or(manifest[*name]["size"].as_f64()));
        let sum: f64 = sizes.sum::<Option<f64>>().ok_or_else(|| format!("{what}: not in the manifest"))?;
        let row = Row { bare: Some(other), ..Row::alone(what, Unit::KB, sum / 1000.0) };
        rows.push(row.goal(Goal::AtMost(budget)).note(note));
    }
    Ok(rows)
}
