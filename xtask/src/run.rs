//! Runs one step at a time: shows what it is doing and for how long, keeps its output in a log, and shows the end of it on failure.
//! The only file that prints; it decides nothing about what is run.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on the terminal, and only here")]

use crate::place::Place;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What a step answers; the error is a sentence for a person.
pub type Result<T> = std::result::Result<T, String>;

/// Lines shown of a failed step; the whole is in its log.
const TAIL: usize = 120;
/// Where nobody watches a spinner, a sign of life this often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// Prints a line.
pub fn say(text: &str) {
    println!("{text}");
}

/// Prints why nothing more is done.
pub fn complain(text: &str) {
    eprintln!("\n{text}");
}

/// A numbered row of steps.
pub struct Steps<'a> {
    place: &'a Place,
    of: usize,
    at: usize,
}

impl<'a> Steps<'a> {
    /// Announces how many steps there will be.
    pub fn new(place: &'a Place, of: usize) -> Self {
        Self { place, of, at: 0 }
    }

    /// Runs a command to its end; answers its output, or its last lines if it failed.
    pub fn run(&mut self, title: &str, command: &mut Command) -> Result<String> {
        let (ok, output) = self.observe(title, command)?;
        if ok {
            return Ok(output);
        }
        let lines: Vec<&str> = output.lines().collect();
        Err(format!("{}\n\n{title}: failed.", lines[lines.len().saturating_sub(TAIL)..].join("\n")))
    }

    /// Runs a command to its end, whatever that is; answers whether it succeeded, and its output.
    pub fn observe(&mut self, title: &str, command: &mut Command) -> Result<(bool, String)> {
        let started = self.begin();
        let bar = spinner(&self.label(title));
        let log = self.place.target.join("xtask").join(format!("{}.log", slug(title)));
        let answer = follow(command, &log, &bar, &self.label(title));
        bar.finish_and_clear();
        let took = lasted(Instant::now() - started);
        match &answer {
            Ok((true, _)) => say(&format!("{}  {took}", self.label(title))),
            Ok((false, _)) => say(&format!("{}  failed after {took}, see {}", self.label(title), log.display())),
            Err(_) => {}
        }
        answer
    }

    /// Does something of our own as a step.
    pub fn work<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let started = self.begin();
        let bar = spinner(&self.label(title));
        let answer = work();
        bar.finish_and_clear();
        let end = if answer.is_ok() { "" } else { "failed after " };
        say(&format!("{}  {end}{}", self.label(title), lasted(Instant::now() - started)));
        answer
    }

    /// Counts a step that need not be done.
    pub fn skip(&mut self, title: &str) {
        self.begin();
        say(&format!("{}  already done", self.label(title)));
    }

    fn begin(&mut self) -> Instant {
        self.at += 1;
        Instant::now()
    }

    fn label(&self, title: &str) -> String {
        format!("[{}/{}] {title}", self.at, self.of)
    }
}

/// A command that starts in the checkout, with our tools found first and nothing of *our* package in its environment:
/// some build scripts watch those variables and would compile again at each change of caller.
pub fn command(place: &Place, program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&place.root).env("PATH", path(place));
    for (key, _) in std::env::vars_os() {
        if key.to_str().is_some_and(|key| key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(key);
        }
    }
    // Would replace the flags of .cargo/config.toml and rebuild the world.
    command.env_remove("CARGO").env_remove("RUSTFLAGS");
    command
}

/// `PATH` with our tools first.
pub fn path(place: &Place) -> std::ffi::OsString {
    let ours = [place.tools.join("bin"), place.tools.join("node_modules/.bin")];
    let theirs = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&theirs))).unwrap_or(theirs)
}

/// What a command prints when asked something short; none if it is not there or refuses.
pub fn ask(place: &Place, program: &str, args: &[&str]) -> Option<String> {
    let output = command(place, program).args(args).stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn follow(command: &mut Command, log: &std::path::Path, bar: &ProgressBar, label: &str) -> Result<(bool, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let mut file = File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{name} does not start: {e}"))?;
    let (lines, incoming) = mpsc::channel();
    for pipe in [child.stdout.take().map(boxed), child.stderr.take().map(boxed)].into_iter().flatten() {
        let lines = lines.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(std::result::Result::ok) {
                if lines.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
            }
        });
    }
    drop(lines);
    let mut output = VecDeque::new();
    let mut shown = Instant::now();
    loop {
        match incoming.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                writeln!(file, "{line}").map_err(|e| format!("{}: {e}", log.display()))?;
                bar.set_message(line.trim().chars().take(90).collect::<String>());
                output.push_back(line);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
        if bar.is_hidden() && Instant::now() - shown > SIGN_OF_LIFE {
            shown = Instant::now();
            say(&format!("{label} … {}", output.back().map_or("", |line| line.trim())));
        }
    }
    let status = child.wait().map_err(|e| format!("{name}: {e}"))?;
    Ok((status.success(), output.make_contiguous().join("\n")))
}

fn boxed(pipe: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(pipe)
}

fn spinner(label: &str) -> ProgressBar {
    if !std::io::stdout().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {elapsed}  {wide_msg:.dim}") {
        bar.set_style(style);
    }
    bar.set_prefix(label.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn lasted(time: Duration) -> String {
    match time.as_secs() {
        0..=9 => format!("{:.1} s", time.as_secs_f32()),
        10..=119 => format!("{} s", time.as_secs()),
        more => format!("{} min {:02} s", more / 60, more % 60),
    }
}

fn slug(title: &str) -> String {
    let letters: String = title.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    letters.split('-').filter(|part| !part.is_empty()).take(5).collect::<Vec<_>>().join("-")
}
