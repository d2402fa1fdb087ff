//! Builds the two browser bundles and packs them for the binary: named by content, compressed, listed in a manifest.
//! It compiles nothing itself (cargo-leptos does) and does not judge sizes (see `sizes`).

use crate::place::Place;
use crate::run::{Result, Steps, command};
use crate::{sizes, styles, tools};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The cargo-leptos projects, as in `Cargo.toml`.
const PROJECTS: [&str; 2] = ["inbox", "widget"];
/// Everything a bundle is made of.
const INPUTS: [&str; 9] =
    ["app", "src", "style", "public", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "xtask/src/front.rs", "xtask/src/styles.rs"];

/// Builds what changed and checks the budgets.
pub fn front(place: &Place) -> Result<()> {
    tools::for_build(place)?;
    bundles(place)?;
    sizes::check(place)
}

/// Builds and packs, unless the inputs are what they were.
pub fn bundles(place: &Place) -> Result<()> {
    let stamp_file = place.target.join("site/embed.stamp"); // beside what is embedded, not in it
    // Taken before the build: whatever changes meanwhile is built next time.
    let stamp = stamp(place)?;
    let mut steps = Steps::new(place, PROJECTS.len() + 1);
    if place.embed().join("manifest.json").is_file() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        for project in PROJECTS {
            steps.skip(&format!("Bundle {project}"));
        }
        steps.skip("Pack the assets");
        return Ok(());
    }
    for project in PROJECTS {
        let mut leptos = command(place, "cargo");
        leptos.args(["leptos", "build", "--release", "--frontend-only", "--precompress", "--project", project]);
        if project == "inbox" {
            leptos.arg("--split"); // pages that a first visit does not need become files of their own
        }
        leptos.env("LEPTOS_SITE_ROOT", site(place, project));
        steps.run(&format!("Bundle {project}"), &mut leptos)?;
    }
    steps.work("Pack the assets", || {
        styles::part(&site(place, "inbox").join("pkg"))?;
        pack(place)?;
        write(&stamp_file, stamp.as_bytes())
    })
}

/// Where cargo-leptos leaves a bundle.
pub fn site(place: &Place, project: &str) -> PathBuf {
    place.target.join("site").join(project)
}

fn pack(place: &Place) -> Result<()> {
    let embed = place.embed();
    if embed.exists() {
        fs::remove_dir_all(&embed).map_err(|e| format!("{}: {e}", embed.display()))?;
    }
    let mut manifest = Map::new();
    for project in PROJECTS {
        let package = site(place, project).join("pkg");
        let list = files(&package)?;
        // The files of a bundle name each other, so they keep their names in a folder that is named by all their content.
        let mut sum = Sha256::new();
        for file in &list {
            sum.update(Sha256::digest(read(file)?));
        }
        let folder = &hex(&sum.finalize())[..12];
        for file in list {
            add(&embed, &mut manifest, project, &package, &file, Some(folder))?;
        }
    }
    // cargo-leptos copies public/ beside the inbox's bundle, compressed like it. These names are known outside and stay.
    let public = site(place, "inbox");
    for file in files(&public)?.into_iter().filter(|file| !file.starts_with(public.join("pkg"))) {
        add(&embed, &mut manifest, "public", &public, &file, None)?;
    }
    let text = serde_json::to_string_pretty(&Value::Object(manifest)).map_err(|e| e.to_string())?;
    write(&embed.join("manifest.json"), text.as_bytes())
}

/// Copies a file and its compressed twins, and lists them. What lies in a folder of its own never changes under its name.
fn add(embed: &Path, manifest: &mut Map<String, Value>, group: &str, base: &Path, file: &Path, folder: Option<&str>) -> Result<()> {
    let relative = file.strip_prefix(base).map_err(|e| e.to_string())?.to_string_lossy().replace('\\', "/");
    let bytes = read(file)?;
    let name = format!("{group}/{relative}");
    let path = folder.map_or_else(|| name.clone(), |folder| format!("{group}/{folder}/{relative}"));
    write(&embed.join(&path), &bytes)?;
    let mut entry = json!({ "path": path, "size": bytes.len(), "immutable": folder.is_some() });
    for twin in ["br", "gz"] {
        let compressed = read(&PathBuf::from(format!("{}.{twin}", file.display())))?;
        // Pictures and fonts are compressed already; a twin that saves nothing only fattens the binary.
        if compressed.len() * 20 < bytes.len() * 19 {
            write(&embed.join(format!("{path}.{twin}")), &compressed)?;
            entry[twin] = json!(compressed.len());
        }
    }
    manifest.insert(name, entry);
    Ok(())
}

/// Every file below a folder but compressed twins and TypeScript's declarations, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = walk(folder)?;
    all.retain(|file| !file.extension().is_some_and(|ending| ending == "br" || ending == "gz" || ending == "ts"));
    Ok(all)
}

fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() { all.extend(walk(&path)?) } else { all.push(path) }
    }
    all.sort();
    Ok(all)
}

fn stamp(place: &Place) -> Result<String> {
    let mut sum = Sha256::new();
    for input in INPUTS {
        let path = place.root.join(input);
        let list = if path.is_dir() { walk(&path)? } else { vec![path] };
        for file in list {
            sum.update(file.strip_prefix(&place.root).unwrap_or(&file).to_string_lossy().as_bytes());
            sum.update(Sha256::digest(read(&file)?));
        }
    }
    Ok(hex(&sum.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}
