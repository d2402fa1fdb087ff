//! `cargo xtask bench`: builds the release binary and runs the benchmarks of `server/benches` against it, with a private PostgreSQL that
//! really writes to disk.
//! What is measured, and against what, is written there.

use crate::place::Place;
use crate::postgres::Cluster;
use crate::release;
use crate::run::{Result, Steps, command};
use std::path::Path;

/// Builds the release binary and runs every benchmark against it; arguments go to the benchmarks.
pub fn bench(place: &Place, args: &[String]) -> Result<()> {
    let binary = release::build(place)?;
    // `cargo bench` builds the binary for itself, without the bundles, and leaves it in the same place: ours steps aside meanwhile.
    let aside = place.target.join("bench/recado");
    copy(&binary, &aside)?;
    let cluster = Steps::new(place, 1).work("A private PostgreSQL", || Cluster::start(place, true))?;
    let mut cargo = command(place, "cargo");
    cargo.args(["bench", "--package", "server", "--bench", "bench", "--"]).args(args);
    cargo.env("RECADO_BIN", &aside).env("RECADO_TEST_POSTGRES", cluster.url());
    let status = cargo.status().map_err(|e| format!("cargo does not start: {e}"));
    // Removed first: what cargo left there is one file with the one it keeps.
    std::fs::remove_file(&binary).map_err(|e| format!("{}: {e}", binary.display()))?;
    copy(&aside, &binary)?;
    let status = status?;
    if status.success() { Ok(()) } else { Err(format!("Benchmarks: {status}")) }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    std::fs::copy(from, to).map(drop).map_err(|e| format!("{}: {e}", to.display()))
}
