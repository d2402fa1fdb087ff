//! Runs the browser tests of `end2end/` against the release binary, in the Chromium of the machine.
//! Playwright's own browser is never downloaded; what is tested is written in `end2end/`.

use crate::place::Place;
use crate::run::{Result, Steps, command, say};
use crate::{release, tools};
use serde_json::Value;

/// How many tests ended how.
#[derive(Clone, Copy, Default)]
pub struct Count {
    /// Did what they should.
    pub passed: u64,
    /// Did not.
    pub failed: u64,
}

/// Builds what changed and runs the browser tests alone; arguments go to Playwright. Answers whether all passed.
pub fn only(place: &Place, args: &[String]) -> Result<bool> {
    release::build(place)?;
    let mut steps = Steps::new(place, 2);
    let (count, output) = run(place, &mut steps, args)?;
    say(&output);
    say(&format!("{} passed, {} failed", count.passed, count.failed));
    Ok(count.failed == 0)
}

/// The two steps: Playwright itself, then the tests. Answers the counts and what was printed.
pub fn run(place: &Place, steps: &mut Steps<'_>, args: &[String]) -> Result<(Count, String)> {
    tools::node(place)?;
    let chromium = chromium(place)?;
    tools::mail_servers(place)?;
    let folder = place.root.join("end2end");
    if fresh(&folder) {
        steps.skip("Playwright");
    } else {
        let mut npm = command(place, "npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").current_dir(&folder);
        steps.run("Playwright", &mut npm)?;
    }
    let report = place.target.join("xtask/playwright.json");
    drop(std::fs::remove_file(&report));
    let mut playwright = command(place, "npx");
    playwright.args(["playwright", "test", "--reporter=list,json"]).args(args).current_dir(&folder);
    playwright.env("CHROMIUM", &chromium).env("RECADO_BIN", place.binary()).env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    let (_, output) = steps.observe("Browser tests", &mut playwright)?;
    Ok((count(&report, &output)?, output))
}

/// Whether what is installed is what the lock file says.
fn fresh(folder: &std::path::Path) -> bool {
    let changed = |file: &str| folder.join(file).metadata().and_then(|about| about.modified());
    matches!((changed("node_modules/.package-lock.json"), changed("package-lock.json")), (Ok(installed), Ok(lock)) if installed >= lock)
}

fn chromium(place: &Place) -> Result<String> {
    if let Ok(given) = std::env::var("CHROMIUM") {
        return Ok(given);
    }
    let look =
        || ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].into_iter().find(|name| tools::found(place, name));
    if look().is_none() {
        tools::need(place, "chromium", &["chromium"])?;
    }
    let name = look().ok_or("Chromium was installed, but is not on PATH.")?;
    std::env::split_paths(&crate::run::path(place))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .map(|file| file.to_string_lossy().into_owned())
        .ok_or("Chromium is not on PATH.".into())
}

fn count(report: &std::path::Path, output: &str) -> Result<Count> {
    let text = std::fs::read_to_string(report).map_err(|_| format!("{output}\n\nPlaywright left no report."))?;
    Ok(counted(&serde_json::from_str(&text).map_err(|e| format!("Playwright's report: {e}"))?))
}

/// A test that passes at the second attempt has failed once, unless it had shown all it should and only Chromium would not close its window.
fn counted(report: &Value) -> Count {
    let stat = |key: &str| report["stats"][key].as_u64().unwrap_or(0);
    let broken = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
    let hung = hung(&report["suites"]).min(stat("flaky"));
    Count { passed: stat("expected") + hung, failed: stat("unexpected") + stat("flaky") - hung + broken }
}

/// How many tests passed at the second attempt because the first ended in a window that would not close.
fn hung(suites: &Value) -> u64 {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let closing = |result: &Value| {
        let errors = list(&result["errors"]);
        !errors.is_empty() && errors.iter().all(|e| e["message"].as_str().is_some_and(|words| words.contains("Tearing down \"context\"")))
    };
    let one = |test: &Value| test["status"] == "flaky" && list(&test["results"]).iter().all(|r| r["status"] == "passed" || closing(r));
    let of = |suite: &Value| {
        let tests = list(&suite["specs"]).iter().flat_map(|spec| list(&spec["tests"])).filter(one).count() as u64;
        tests + hung(&suite["suites"])
    };
    list(suites).iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_second_attempt_counts_only_where_the_first_had_shown_all() {
        let flaky = |message: &str| {
            let results = json!([{ "status": "timedOut", "errors": [{ "message": message }] }, { "status": "passed", "errors": [] }]);
            json!({ "specs": [{ "tests": [{ "status": "flaky", "results": results }] }] })
        };
        let closing = "\u{1b}[31mTearing down \"context\" exceeded the test timeout of 45000ms.\u{1b}[39m";
        let of = |suites: Value| {
            let flaky = suites.as_array().unwrap().len();
            let count = counted(
                &json!({ "stats": { "expected": 5, "unexpected": 0, "flaky": flaky }, "errors": [], "suites": [{ "suites": suites }] }),
            );
            (count.passed, count.failed)
        };
        assert_eq!(of(json!([flaky(closing)])), (6, 0));
        assert_eq!(of(json!([flaky("expect(locator).toBeVisible() failed"), flaky(closing)])), (6, 1));
    }
}
