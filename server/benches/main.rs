//! The benchmarks: the real binary beside a bare baseline in the same run, alternating, the median of several, one table at the end.
//! Nothing here is a test: a missed target is printed, not an error; only a benchmark that cannot be carried out fails the run.
//!
//! `cargo xtask bench [--quick] [NAME…]`, names being those of [`NAMES`].

mod baseline;
mod chart;
mod ground;
mod load;
mod process;
mod rows;
mod table;
mod wire;

use ground::Ground;
use mimalloc::MiMalloc;
use std::process::ExitCode;
use table::Row;

/// The product's own, so that a baseline that runs in this executable has the same.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What went wrong, as a sentence on standard error.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Every benchmark, in the order they run.
const NAMES: [&str; 17] = [
    "bytes", "start", "website", "hooks", "outgoing", "mail", "reply", "fanout", "idle", "list", "page", "memory", "scale", "thread",
    "search", "moving", "keys",
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(128).enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| match args.split_first() {
        // This executable started by itself, as a baseline.
        Some((first, rest)) if first == baseline::FLAG => runtime.block_on(baseline::serve(rest)).map(|()| true),
        _ => runtime.block_on(all(&args)),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            table::progress(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for; whether all of it could be carried out.
async fn all(args: &[String]) -> Outcome<bool> {
    // `cargo bench` adds `--bench` by itself.
    let asked: Vec<&str> = args.iter().map(String::as_str).filter(|a| !a.starts_with("--")).collect();
    if let Some(unknown) = args.iter().find(|a| a.starts_with("--") && !["--bench", "--quick"].contains(&a.as_str())) {
        return Err(format!("{unknown} is not known: [--quick] [NAME…], names being {}", NAMES.join(", ")).into());
    }
    let names: Vec<&str> = NAMES.into_iter().filter(|name| asked.is_empty() || asked.iter().any(|a| name.contains(a))).collect();
    if names.is_empty() {
        return Err(format!("no benchmark is called so: {}", NAMES.join(", ")).into());
    }
    let ground = Ground::prepare(args.iter().any(|a| a == "--quick"))?;
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        table::progress(&format!("[{}/{}] {name} …", at + 1, names.len()));
        // Told to stop, we drop what runs, and with it the servers and folders.
        let done = tokio::select! { done = one(name, &ground) => done, () = process::told_to_stop() => return Err("stopped".into()) };
        match done {
            Ok(more) => {
                more.iter().for_each(|row| table::progress(&format!("      {}", row.line())));
                rows.extend(more);
            }
            Err(error) => broken.push(format!("{name}: {error}")),
        }
    }
    table::report(&rows, &broken, &ground)?;
    chart::write(&rows, &ground.target.join("bench.svg"))?;
    Ok(broken.is_empty())
}

async fn one(name: &str, ground: &Ground) -> Outcome<Vec<Row>> {
    match name {
        "bytes" => rows::bytes::run(ground),
        "start" => rows::start::run(ground).await,
        "website" => rows::website::run(ground).await,
        "hooks" => rows::hooks::run(ground).await,
        "outgoing" => rows::outgoing::run(ground).await,
        "moving" => rows::moving::run(ground).await,
        "mail" => rows::mail::run(ground).await,
        "reply" => rows::reply::run(ground).await,
        "fanout" => rows::fanout::run(ground).await,
        "idle" => rows::idle::run(ground).await,
        "list" => rows::list::run(ground).await,
        "page" => rows::page::run(ground).await,
        "scale" => rows::scale::run(ground).await,
        "thread" => rows::thread::run(ground).await,
        "search" => rows::search::run(ground).await,
        "keys" => rows::keys::run(ground).await,
        _ => rows::memory::run(ground).await,
    }
}
