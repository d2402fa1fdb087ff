//! What hands feel, in Chromium: from a key to the paint after it, and a conversation of ten thousand messages. It is played by
//! `end2end/benches`, whose figures are read here. The baselines are a page load for each step, and the same messages all in the document.

use crate::Outcome;
use crate::ground::Ground;
use crate::table::{Goal, Row, Unit};
use serde::Deserialize;
use std::path::Path;
use std::process::{Command, Stdio};

#[derive(Deserialize)]
struct Figure {
    what: String,
    unit: String,
    ours: f64,
    #[serde(default)]
    bare: Option<f64>,
    #[serde(default)]
    at_most: Option<f64>,
    #[serde(default)]
    times_at_most: Option<f64>,
    #[serde(default)]
    note: String,
}

/// Plays them; without the browser tests' own tools it says so.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end");
    if !place.join("node_modules").is_dir() {
        return Err("the browser tests' tools are not installed: `npm ci` in end2end".into());
    }
    let folder = ground.folder()?;
    let out = folder.path().join("figures.json");
    let (binary, site) = ground.binary();
    let mut command = Command::new("npx");
    command.current_dir(&place).args(["playwright", "test", "--config", "bench.config.ts", "--reporter=line"]);
    command.arg("--output").arg(folder.path().join("played"));
    command.env("RECADO_BIN", binary).env("RECADO_BENCH_OUT", &out).env("RECADO_BENCH_MESSAGES_OF_ONE", ground.size("10000", "1000"));
    if let Some(site) = site {
        command.env("RECADO_SERVER__SITE", site);
    }
    let done = tokio::task::spawn_blocking(move || command.stdout(Stdio::null()).status()).await??;
    if !done.success() {
        return Err(format!("end2end/benches: {done}").into());
    }
    let text = std::fs::read_to_string(&out)?;
    text.lines().map(|line| row(serde_json::from_str(line)?)).collect()
}

fn row(figure: Figure) -> Outcome<Row> {
    let unit = match figure.unit.as_str() {
        "ms" => Unit::Ms,
        "MiB" => Unit::MiB,
        "count" => Unit::Count,
        other => return Err(format!("a figure in {other}").into()),
    };
    let mut row = Row::alone(figure.what, unit, figure.ours).note(figure.note);
    row.bare = figure.bare;
    row.goals.extend(figure.at_most.map(Goal::AtMost).into_iter().chain(figure.times_at_most.map(Goal::TimesAtMost)));
    Ok(row)
}
