//! Runs Recado from the checkout: as it will be in production, or with live reload.
//! Both stay in the foreground and end with the server.

use crate::place::Place;
use crate::run::{Result, Steps, command, say};
use crate::{front, release, tools};

/// Builds what changed, then runs the binary; its data lies in `./data`, its address is the last line it prints.
pub fn serve(place: &Place, args: &[String]) -> Result<()> {
    let binary = release::build(place)?;
    foreground(command(place, &binary.to_string_lossy()).arg("serve").args(args))
}

/// cargo-leptos rebuilds and reloads the inbox on every change; the widget is built once, at the start.
pub fn dev(place: &Place) -> Result<()> {
    tools::for_build(place)?;
    let mut widget = command(place, "cargo");
    widget.args(["leptos", "build", "--frontend-only", "--project", "widget"]).env("LEPTOS_SITE_ROOT", front::site(place, "widget"));
    Steps::new(place, 1).run("Bundle widget (unoptimised)", &mut widget)?;
    say("Recado will be at http://127.0.0.1:3100");
    let mut watch = command(place, "cargo");
    watch.args(["leptos", "watch", "--project", "inbox"]);
    watch
        .env("LEPTOS_SITE_ROOT", front::site(place, "inbox"))
        .env("RECADO_SERVER__LISTEN", "127.0.0.1:3100")
        .env("RECADO_SERVER__SITE", place.target.join("site"));
    foreground(&mut watch)
}

fn foreground(command: &mut std::process::Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|e| format!("{name} does not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name}: {status}")) }
}
