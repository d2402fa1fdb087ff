//! Builds the one self-contained binary: bundles first, then the server that embeds them.
//! There is no debug twin of this; `dev` serves from disk.

use crate::place::Place;
use crate::run::{Result, Steps, command, say};
use crate::{front, sizes, tools};
use std::path::PathBuf;

/// Builds everything, checks the budgets and answers where the binary is.
pub fn build(place: &Place) -> Result<PathBuf> {
    tools::for_build(place)?;
    front::bundles(place)?;
    server(place)?;
    sizes::check(place)?;
    say(&format!("{}", place.binary().display()));
    Ok(place.binary())
}

/// Builds the server around the packed assets.
pub fn server(place: &Place) -> Result<()> {
    let mut cargo = command(place, "cargo");
    cargo.args(["build", "--release", "--package", "server", "--features", "embed"]).env("RECADO_EMBED_DIR", place.embed());
    Steps::new(place, 1).run("Server", &mut cargo).map(drop)
}
