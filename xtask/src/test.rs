//! `cargo xtask test`: everything that must hold before a change is taken, in the order of the cheapest answer.
//! It goes on after a failure, so that one run tells all; the tests themselves are elsewhere.

use crate::browser::Count;
use crate::place::Place;
use crate::postgres::Cluster;
use crate::run::{Result, Steps, command, say};
use crate::serve::Sandbox;
use crate::{browser, front, release, sizes, tools};

/// Runs it all; the last line is `N passed, N failed`. Answers whether everything holds.
pub fn test(place: &Place) -> Result<bool> {
    tools::for_build(place)?;
    let mut all = All { steps: Steps::new(place, 11), place, count: Count::default(), said: Vec::new() };

    all.one("Format", &["fmt", "--all", "--check"]);
    all.one("Lints", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    for bundle in ["inbox", "widget"] {
        let wasm = ["--target", "wasm32-unknown-unknown", "--package", "web", "--features", bundle];
        all.one(&format!("Lints of the {bundle} bundle"), &[&["clippy"], &wasm[..], &["--", "-D", "warnings"]].concat());
    }
    if let Err(problem) = tools::mail_servers(place) {
        all.failed(&problem);
    }
    match all.steps.work("A private PostgreSQL", || Cluster::start(place, false)) {
        Ok(cluster) => match Sandbox::start(place, &["--port", "0"]) {
            Ok(mut providers) => {
                all.cargo_tests(&cluster, providers.page.trim_end_matches('/'));
                providers.stop();
            }
            Err(problem) => all.failed(&problem),
        },
        Err(problem) => {
            all.failed(&problem);
            all.steps.skip("Tests");
            all.steps.skip("Flows on PostgreSQL");
            all.steps.skip("Tests in the documentation");
        }
    }
    all.simulators();
    let built = front::bundles(place).and_then(|()| release::server(place));
    all.judge(built.and_then(|()| sizes::check(place)));
    if place.binary().is_file() {
        match browser::run(place, &mut all.steps, &[]) {
            Ok((count, output)) => all.add(count, &output),
            Err(problem) => all.failed(&problem),
        }
    } else {
        all.failed("No binary, so no browser tests.");
    }
    all.end()
}

struct All<'a> {
    place: &'a Place,
    steps: Steps<'a>,
    count: Count,
    said: Vec<String>,
}

impl All<'_> {
    /// A cargo command that counts as one test.
    fn one(&mut self, title: &str, args: &[&str]) {
        let mut cargo = command(self.place, "cargo");
        let outcome = self.steps.run(title, cargo.args(args));
        self.judge(outcome.map(drop));
    }

    /// Every test on both databases, and against the pretended providers. Benchmarks are targets too, hence the list instead of `--all-targets`.
    fn cargo_tests(&mut self, cluster: &Cluster, providers: &str) {
        let tests: &[&str] = &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests", "--", "--include-ignored"];
        // The server's own suite runs on SQLite among all others, and once more with every world on PostgreSQL.
        // The storms, a kill in a burst of thousands, are about the process and run once.
        let flows =
            ["test", "--package", "server", "--test", "it", "--no-fail-fast", "--", "access", "edges", "flows", "--include-ignored"];
        let flows = &[&flows[..], &["--skip", "storm"]].concat();
        let documentation: &[&str] = &["test", "--workspace", "--no-fail-fast", "--doc"];
        for (title, args, on) in [
            ("Tests", tests, "sqlite"),
            ("Flows on PostgreSQL", flows, "postgres"),
            ("Tests in the documentation", documentation, "sqlite"),
        ] {
            let mut cargo = command(self.place, "cargo");
            cargo.args(args).env("RECADO_TEST_POSTGRES", cluster.url()).env("RECADO_TEST_FLOWS_ON", on).env("RECADO_SIMULATORS", providers);
            match self.steps.observe(title, &mut cargo) {
                Ok((ok, output)) => {
                    let mut count = results(&output);
                    if !ok && count.failed == 0 {
                        count.failed = 1; // it did not compile, or a test took the process with it
                    }
                    self.add(count, &output);
                }
                Err(problem) => self.failed(&problem),
            }
        }
    }

    /// The pretended providers' own tests.
    fn simulators(&mut self) {
        let ready = tools::node(self.place).and_then(|()| tools::python(self.place));
        let mut node = command(self.place, "node");
        node.args(["--test", "--test-reporter=tap", "end2end/simulators/tests/"]);
        match ready.and_then(|()| self.steps.observe("Simulators", &mut node)) {
            Ok((ok, output)) => {
                let number = |word: &str| output.lines().find_map(|line| line.strip_prefix(word)?.trim().parse().ok()).unwrap_or(0);
                let mut count = Count { passed: number("# pass "), failed: number("# fail ") };
                if !ok && count.failed == 0 {
                    count.failed = 1;
                }
                self.add(count, &output);
            }
            Err(problem) => self.failed(&problem),
        }
    }

    fn add(&mut self, count: Count, output: &str) {
        self.count.passed += count.passed;
        self.count.failed += count.failed;
        if count.failed > 0 {
            self.said.push(failures(output));
        }
    }

    fn judge(&mut self, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.count.passed += 1,
            Err(problem) => self.failed(&problem),
        }
    }

    fn failed(&mut self, problem: &str) {
        self.count.failed += 1;
        self.said.push(problem.to_owned());
    }

    fn end(self) -> Result<bool> {
        for problem in &self.said {
            say(&format!("\n{problem}"));
        }
        say(&format!("\n{} passed, {} failed", self.count.passed, self.count.failed));
        Ok(self.count.failed == 0)
    }
}

/// Sums lines like `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
fn results(output: &str) -> Count {
    let mut count = Count::default();
    for line in output.lines().filter(|line| line.trim_start().starts_with("test result:")) {
        let number =
            |word: &str| line.split(['.', ';']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse::<u64>().ok()).unwrap_or(0);
        count.passed += number("passed");
        count.failed += number("failed");
    }
    count
}

/// What is worth reading of a long output: not the tests that passed, not what compiled.
fn failures(output: &str) -> String {
    let dull = |line: &&str| {
        let line = line.trim_start();
        (line.starts_with("test ") && line.ends_with("... ok"))
            || ["Compiling", "Running", "running", "Doc-tests"].iter().any(|word| line.starts_with(word))
    };
    let lines: Vec<&str> = output.lines().filter(|line| !dull(line)).collect();
    lines[lines.len().saturating_sub(400)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_binaries_are_summed() {
        let count = results(
            "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\ntest result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured",
        );
        assert_eq!((count.passed, count.failed), (15, 2));
    }

    #[test]
    fn what_passed_is_left_out_of_the_story() {
        assert_eq!(failures("   Compiling x\ntest a ... ok\ntest b ... FAILED"), "test b ... FAILED");
    }
}
