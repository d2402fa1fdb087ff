//! Runs Recado from the checkout: as it will be in production, or with live reload.
//! Both stay in the foreground and end with the server.

use crate::place::Place;
use crate::run::{Result, Steps, command, say};
use crate::{front, release, tools};
use serde_json::Value;
use std::io::{BufRead, BufReader};

/// Builds what changed, then runs the binary; its data lies in `./data`, its address is the last line it prints.
pub fn serve(place: &Place, args: &[String]) -> Result<()> {
    let sandbox = args.iter().any(|arg| arg == "--sandbox");
    let binary = release::build(place)?;
    let mut server = command(place, &binary.to_string_lossy());
    server.arg("serve").args(args.iter().filter(|arg| *arg != "--sandbox"));
    if !sandbox {
        return foreground(&mut server);
    }
    let mut providers = Sandbox::start(place, &["--port", "4777", "--meta-callback", "http://127.0.0.1:3100/hooks/meta"])?;
    for (key, address) in &providers.settings {
        server.env(key, address);
    }
    say(&format!("Phones of pretended customers, and the credentials of the sandbox: {}", providers.page));
    let outcome = foreground(&mut server);
    providers.stop();
    outcome
}

/// The providers' simulators beside the server.
pub struct Sandbox {
    process: std::process::Child,
    /// Where the phones are.
    pub page: String,
    settings: Vec<(String, String)>,
}

impl Sandbox {
    /// Starts them, and learns where each provider answers.
    pub fn start(place: &Place, options: &[&str]) -> Result<Self> {
        tools::node(place)?;
        let mut node = command(place, "node");
        node.arg("end2end/simulators/main.mjs").args(options);
        let mut process = node.stdout(std::process::Stdio::piped()).spawn().map_err(|e| format!("The simulators do not start: {e}"))?;
        let mut line = String::new();
        let out = process.stdout.take().ok_or("The simulators have no output")?;
        BufReader::new(out).read_line(&mut line).map_err(|e| format!("The simulators say nothing: {e}"))?;
        let said: Value = serde_json::from_str(&line).map_err(|e| format!("The simulators say something else: {e}"))?;
        let base = |name: &str| said["bases"][name].as_str().unwrap_or_default().to_owned();
        let settings = [
            ("TELEGRAM__API_BASE", base("telegram")),
            ("META__GRAPH_BASE", base("graph")),
            ("META__INSTAGRAM_BASE", base("instagram")),
            ("META__APP_ID", "900000000000001".to_owned()),
            ("META__APP_SECRET", "sandbox-meta-app-secret-0123456789ab".to_owned()),
            ("META__VERIFY_TOKEN", "sandbox-verify-token".to_owned()),
            ("META__DIALOG_BASE", base("facebook")),
            ("INSTAGRAM__APP_ID", "900000000000002".to_owned()),
            ("INSTAGRAM__APP_SECRET", "sandbox-instagram-app-secret".to_owned()),
            ("INSTAGRAM__DIALOG_BASE", base("instagram-login")),
            ("INSTAGRAM__TOKEN_BASE", base("instagram-login")),
            ("LINE__API_BASE", base("line")),
            ("LINE__DATA_BASE", base("line-data")),
            ("TWILIO__API_BASE", base("twilio")),
            ("TWILIO__MESSAGING_BASE", base("twilio-messaging")),
            ("TWILIO__CONTENT_BASE", base("twilio-content")),
            ("BANDWIDTH__API_BASE", base("bandwidth")),
            ("X__API_BASE", base("x")),
        ];
        let settings = settings.into_iter().map(|(key, value)| (format!("RECADO_CHANNELS__{key}"), value));
        // Customers' files lie on this machine too.
        let settings = settings.chain([("RECADO_EGRESS__ALLOW".to_owned(), "[\"127.0.0.0/8\"]".to_owned())]).collect();
        let page = said["page"].as_str().unwrap_or_default().to_owned();
        Ok(Self { process, page, settings })
    }

    /// Ends them.
    pub fn stop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
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
