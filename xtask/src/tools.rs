//! Fetches the tools a fresh machine lacks, in the very versions this checkout needs.
//! A tool already on `PATH` in the right version is used as it is; nothing of the user's is ever replaced.

use crate::place::Place;
use crate::run::{Result, Steps, ask, command};
use std::process::Command;

/// 0.3.11 asks for a newer Rust than ours.
const CARGO_LEPTOS: &str = "0.3.10";
/// cargo-leptos downloads its own where it can; npm is reachable in more places, and Debian's is years old.
const BINARYEN: &str = "132.0.0";
/// Only where the system's Node is older than 20.
const NODE: &str = "22";
const WASM: &str = "wasm32-unknown-unknown";

/// Everything `build`, `serve`, `dev` and `front` need.
pub fn for_build(place: &Place) -> Result<()> {
    let bindgen = place.locked("wasm-bindgen")?;
    let mut steps = Steps::new(place, 4);

    if ask(place, "rustup", &["target", "list", "--installed"]).is_none_or(|list| list.lines().any(|line| line == WASM)) {
        steps.skip("Rust for WebAssembly");
    } else {
        steps.run("Rust for WebAssembly", command(place, "rustup").args(["target", "add", WASM]))?;
    }
    if ask(place, "cargo", &["leptos", "--version"]).is_some_and(|version| version.ends_with(CARGO_LEPTOS)) {
        steps.skip("cargo-leptos");
    } else {
        cargo_tool(place, &mut steps, "cargo-leptos (some ten minutes, once)", &format!("cargo-leptos@{CARGO_LEPTOS}"), true)?;
    }
    if ask(place, "wasm-bindgen", &["--version"]).is_some_and(|version| version.ends_with(&bindgen)) {
        steps.skip("wasm-bindgen");
    } else {
        // Its published lock file asks for packages that no longer build together, hence not locked.
        cargo_tool(place, &mut steps, "wasm-bindgen (some three minutes, once)", &format!("wasm-bindgen-cli@{bindgen}"), false)?;
    }
    if ask(place, "wasm-opt", &["--version"]).is_some_and(|version| newer(&version)) {
        steps.skip("wasm-opt");
    } else {
        node(place)?;
        steps.run("wasm-opt", &mut from_npm(place, &format!("binaryen@{BINARYEN}")))?;
    }
    Ok(())
}

/// Node and npm, no older than Playwright and binaryen ask for; where the system's is, npm itself brings another.
pub fn node(place: &Place) -> Result<()> {
    need(place, "npm", &["nodejs", "npm"])?;
    let version = ask(place, "node", &["--version"]).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    if major.is_some_and(|major| major >= 20) {
        return Ok(());
    }
    Steps::new(place, 1).run("Node", &mut from_npm(place, &format!("node@{NODE}"))).map(drop)
}

fn from_npm(place: &Place, package: &str) -> Command {
    let mut npm = command(place, "npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&place.tools).arg(package);
    npm
}

/// A program from the system: installs it where we may, else says in one line what is missing.
pub fn need(place: &Place, program: &str, packages: &[&str]) -> Result<()> {
    if found(place, program) {
        return Ok(());
    }
    apt(place, packages).map_err(|why| {
        format!("{program} is missing ({why}). Install it (Debian: apt-get install {}) and run this again.", packages.join(" "))
    })
}

/// The mail servers that tests start for themselves (`end2end/mail`).
pub fn mail_servers(place: &Place) -> Result<()> {
    need(place, "dovecot", &["dovecot-imapd", "dovecot-lmtpd", "dovecot-submissiond"])?;
    need(place, "openssl", &["openssl"])
}

/// A Python that can make environments, in which the providers' own clients are put to drive the pretended providers.
pub fn python(place: &Place) -> Result<()> {
    if ask(place, "python3", &["-c", "import ensurepip, venv"]).is_some() {
        return Ok(());
    }
    apt(place, &["python3", "python3-venv"]).map_err(|why| {
        format!("python3 with venv is missing ({why}). Install it (Debian: apt-get install python3 python3-venv) and run this again.")
    })
}

/// Whether a program is on `PATH`.
pub fn found(place: &Place, program: &str) -> bool {
    std::env::split_paths(&crate::run::path(place)).any(|folder| folder.join(program).is_file())
}

/// Debian packages, as root only.
pub fn apt(place: &Place, packages: &[&str]) -> Result<()> {
    if !found(place, "apt-get") {
        return Err("this is not a Debian".into());
    }
    if !is_root(place) {
        return Err("only root may install packages".into());
    }
    let quiet = |command: &mut Command| {
        command.env("DEBIAN_FRONTEND", "noninteractive");
    };
    let mut steps = Steps::new(place, 1);
    let mut install = command(place, "apt-get");
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    quiet(&mut install);
    let (done, _) = steps.observe(&format!("Install {}", packages.join(", ")), &mut install)?;
    if done {
        return Ok(());
    }
    // A fresh image has no package lists yet.
    let mut steps = Steps::new(place, 2);
    let mut update = command(place, "apt-get");
    update.arg("update");
    quiet(&mut update);
    steps.run("Read the package lists", &mut update)?;
    steps.run(&format!("Install {}", packages.join(", ")), &mut install).map(drop)
}

/// Whether we are root, who may install packages but may not run a PostgreSQL.
pub fn is_root(place: &Place) -> bool {
    ask(place, "id", &["-u"]).as_deref() == Some("0")
}

fn cargo_tool(place: &Place, steps: &mut Steps<'_>, title: &str, package: &str, locked: bool) -> Result<()> {
    if found(place, "cargo-binstall") {
        let mut binstall = command(place, "cargo");
        binstall.args(["binstall", "--no-confirm", "--force", "--root"]).arg(&place.tools).arg(package);
        if binstall.output().is_ok_and(|output| output.status.success()) {
            steps.skip(title);
            return Ok(());
        }
    }
    let mut install = command(place, "cargo");
    install.args(["install", package, "--force", "--root"]).arg(&place.tools).args(locked.then_some("--locked"));
    // Its own folder: our flags and target directory are not the tool's business.
    install.env("CARGO_TARGET_DIR", place.target.join("tools")).env("RUSTFLAGS", "");
    // A tool that runs for seconds does not earn its own twenty minutes of optimisation.
    install
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    steps.run(title, &mut install)?;
    std::fs::remove_dir_all(place.target.join("tools")).or(Ok(()))
}

/// `wasm-opt version 132 (…)`: any from 120 on knows what today's compiler emits.
fn newer(version: &str) -> bool {
    version.split_whitespace().filter_map(|word| word.parse::<u32>().ok()).any(|number| number >= 120)
}
