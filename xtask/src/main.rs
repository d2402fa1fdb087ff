//! `cargo xtask`: fetches what a fresh machine lacks, then calls the standard tools in the right order.
//! It is not part of the product; nothing it does cannot be done by hand with cargo, cargo-leptos and npm.

mod bench;
mod browser;
mod front;
mod place;
mod postgres;
mod release;
mod run;
mod serve;
mod sizes;
mod styles;
mod test;
mod tools;

use place::Place;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  serve            build what changed and run Recado here, data in ./data; with --sandbox beside pretended providers, to try every messenger
  dev              the same with live reload, for work on the inbox
  test             everything: format, lints, tests on SQLite and PostgreSQL, the release build, its sizes, browser tests
  browser [ARGS]   only the browser tests against the release build; ARGS go to Playwright
  bench [ARGS]     the benchmarks, each beside its baseline
  build --release  one self-contained binary
  front            only the two browser bundles, packed for the binary
  tools            only fetch the tools a build needs

What is missing is installed first, under the user's cache folder.";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = Place::find().and_then(|place| match command.as_str() {
        "serve" => serve::serve(&place, &rest).map(done),
        "dev" => serve::dev(&place).map(done),
        "test" => test::test(&place),
        "browser" => browser::only(&place, &rest),
        "bench" => bench::bench(&place, &rest).map(done),
        "build" => release::build(&place).map(|_| true),
        "front" => front::front(&place).map(done),
        "tools" => tools::for_build(&place).map(done),
        "" | "help" | "--help" | "-h" => {
            run::say(USAGE);
            Ok(true)
        }
        other => Err(format!("There is no command \"{other}\".\n\n{USAGE}")),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE, // the tests have said why
        Err(problem) => {
            run::complain(&problem);
            ExitCode::FAILURE
        }
    }
}

const fn done((): ()) -> bool {
    true
}
