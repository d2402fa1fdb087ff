//! Where things are: the checkout, Cargo's target directory wherever it is set, and the folder that keeps our tools.
//! It only looks; nothing is created here.

use crate::run::Result;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders every step works in.
pub struct Place {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target directory, from `CARGO_TARGET_DIR` or Cargo's configuration.
    pub target: PathBuf,
    /// Tools we install; outside the target directory, so that `cargo clean` does not cost a quarter of an hour.
    pub tools: PathBuf,
}

impl Place {
    /// Asks Cargo, whose configuration may set the target directory in four ways.
    pub fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let output = Command::new("cargo")
            .args(["metadata", "--format-version=1", "--no-deps", "--manifest-path"])
            .arg(&manifest)
            .output()
            .map_err(|e| format!("cargo does not start: {e}"))?;
        if !output.status.success() {
            return Err(format!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr)));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata answered no JSON: {e}"))?;
        let folder = |key: &str| metadata[key].as_str().map(PathBuf::from).ok_or(format!("cargo metadata has no {key}"));
        let target = folder("target_directory")?;
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
            .unwrap_or_else(|| target.clone());
        Ok(Self { root: folder("workspace_root")?, tools: cache.join("recado/tools"), target })
    }

    /// The finished binary.
    pub fn binary(&self) -> PathBuf {
        self.target.join("release/recado")
    }

    /// The packed assets the binary embeds.
    pub fn embed(&self) -> PathBuf {
        self.target.join("site/embed")
    }

    /// The version of a package in `Cargo.lock`.
    pub fn locked(&self, package: &str) -> Result<String> {
        let lock = std::fs::read_to_string(self.root.join("Cargo.lock")).map_err(|e| format!("Cargo.lock: {e}"))?;
        lock.split("[[package]]")
            .find(|entry| entry.contains(&format!("\nname = \"{package}\"\n")))
            .and_then(|entry| entry.split("version = \"").nth(1)?.split('"').next())
            .map(str::to_owned)
            .ok_or(format!("Cargo.lock has no {package}"))
    }
}
