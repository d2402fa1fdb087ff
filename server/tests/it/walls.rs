//! The walls of the house, read from `cargo metadata`: who may know whom, and what never reaches a browser.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Every arrow between our packages, normal dependencies only.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("kit", &["model"]),
    ("store", &["model"]),
    ("channels", &["model"]),
    ("service", &["channels", "model", "store"]),
    ("api", &["model", "service"]),
    ("app", &["api", "kit", "model"]),
    ("widget", &["kit", "model"]),
    ("web", &["app", "widget"]),
    ("server", &["api", "app", "model", "service"]),
    ("xtask", &[]),
];

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")).no_deps();
    command.other_options(["--offline".to_owned(), "--locked".to_owned()]);
    command.exec().unwrap()
}

#[test]
fn packages_know_only_whom_they_may() {
    let all = metadata();
    let ours: BTreeMap<_, _> = all.workspace_packages().into_iter().map(|p| (p.name.to_string(), p)).collect();
    let known: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known, ours.keys().cloned().collect(), "a new package needs its arrows here and in ARCHITECTURE.md");
    for (name, allowed) in ARROWS {
        let used = ours[*name]
            .dependencies
            .iter()
            .filter(|d| d.kind == DependencyKind::Normal && ours.contains_key(&d.name))
            .map(|d| d.name.as_str());
        let used: BTreeSet<_> = used.collect();
        assert_eq!(used, allowed.iter().copied().collect(), "arrows of {name}");
    }
}

#[test]
fn the_vocabulary_depends_on_serde_and_uuid_alone() {
    let all = metadata();
    let model = all.workspace_packages().into_iter().find(|p| p.name.as_str() == "model").unwrap();
    let normal = || model.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
    let names: BTreeSet<_> = normal().filter(|d| d.target.is_none()).map(|d| d.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["serde", "uuid"]));
    // In a browser letters change their case by its tables; everywhere else by Rust's.
    let there: BTreeSet<_> = normal().filter(|d| d.target.is_some()).map(|d| d.name.as_str()).collect();
    assert_eq!(there, BTreeSet::from(["js-sys"]));
}

/// Everything a bundle is built of. Features are unified over the workspace in `cargo metadata`, so the tree is asked of cargo itself.
fn tree(feature: &str) -> BTreeSet<String> {
    let output = std::process::Command::new(env!("CARGO"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["tree", "--offline", "--locked", "--package", "web", "--features", feature, "--target", "wasm32-unknown-unknown"])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().filter_map(|l| l.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn no_browser_carries_the_server() {
    for (feature, banned) in [("inbox", &["widget"][..]), ("widget", &["app", "api", "leptos_router", "chrono"][..])] {
        let names = tree(feature);
        assert!(names.contains("leptos"), "the tree of {feature} was read");
        for server in ["sea-orm", "axum", "reqwest", "tokio", "rusqlite", "service", "store", "channels", "server"].iter().chain(banned) {
            assert!(!names.contains(*server), "{feature} carries {server}");
        }
    }
}

#[test]
fn sources_keep_the_house_rules() {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut wrong = Vec::new();
    for top in ["app", "server", "src"] {
        look(&root.join(top), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn look(folder: &std::path::Path, wrong: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, wrong);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let shown = path.display();
            if !text.starts_with("//!") {
                wrong.push(format!("{shown}: opens without saying what it is"));
            }
            if path.file_stem().is_some_and(|s| ["utils", "util", "helpers", "helper"].iter().any(|n| s == *n)) {
                wrong.push(format!("{shown}: a name that says nothing"));
            }
            if text.contains(concat!("sty", "le=\"")) {
                wrong.push(format!("{shown}: an inline style"));
            }
            if text.contains(concat!("#[", "allow(")) {
                wrong.push(format!("{shown}: allow, where expect with a reason belongs"));
            }
        }
    }
}
