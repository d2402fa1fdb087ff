//! `cargo xtask bench`: runs the benchmarks of the packages that have some, with a private PostgreSQL that really writes to disk.
//! What is measured, and against what, is written beside the code it measures.

use crate::place::Place;
use crate::postgres::Cluster;
use crate::release;
use crate::run::{Result, Steps, command};

/// Builds the release binary and runs every benchmark against it; arguments go to the benchmarks.
pub fn bench(place: &Place, args: &[String]) -> Result<()> {
    let binary = release::build(place)?;
    let cluster = Steps::new(place, 1).work("A private PostgreSQL", || Cluster::start(place, true))?;
    let mut cargo = command(place, "cargo");
    cargo.args(["bench", "--workspace", "--benches", "--"]).args(args);
    cargo.env("RECADO_BIN", binary).env("RECADO_TEST_POSTGRES", cluster.url());
    let status = cargo.status().map_err(|e| format!("cargo does not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("Benchmarks: {status}")) }
}
