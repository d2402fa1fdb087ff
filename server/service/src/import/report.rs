//! What an import says when it ends: how much came of each kind, and what could not, by name, number and reason.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names listed of one reason; the count goes on.
const NAMES: usize = 50;

/// How much came, and what did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows made, by kind.
    pub came: BTreeMap<String, i64>,
    /// What did not come, or not whole.
    pub left: Vec<Left>,
    /// Tables and columns this version of the source has not.
    pub absent: Vec<String>,
}

/// One reason why something did not come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// What.
    pub what: String,
    /// Why, and what to do.
    pub why: String,
    /// How many.
    pub count: i64,
    /// Which, as far as they are listed.
    pub names: Vec<String>,
}

impl ImportReport {
    /// Counts what came.
    pub(super) fn came(&mut self, what: &str, count: i64) {
        if count > 0 {
            *self.came.entry(what.to_owned()).or_default() += count;
        }
    }

    /// Counts one that did not.
    pub(super) fn left(&mut self, what: &str, why: &str, name: impl std::fmt::Display) {
        self.count(what, why, 1);
        let name = name.to_string();
        let same = |l: &&mut Left| l.what == what && l.why == why && l.names.len() < NAMES;
        if let Some(left) = self.left.iter_mut().find(same).filter(|l| !l.names.contains(&name)) {
            left.names.push(name);
        }
    }

    /// Counts several that nobody needs to see by name.
    pub(super) fn count(&mut self, what: &str, why: &str, count: i64) {
        match self.left.iter_mut().find(|l| l.what == what && l.why == why) {
            Some(left) => left.count += count,
            None => self.left.push(Left { what: what.to_owned(), why: why.to_owned(), count, names: Vec::new() }),
        }
    }

    /// The report as lines to read.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = vec!["Came:".to_owned()];
        lines.extend(self.came.iter().map(|(what, count)| format!("  {count:>9}  {what}")));
        if !self.left.is_empty() {
            lines.push("Did not come, or not whole:".to_owned());
        }
        for left in &self.left {
            lines.push(format!("  {:>9}  {}: {}", left.count, left.what, left.why));
            if !left.names.is_empty() {
                let more = if left.count > left.names.len() as i64 { " …" } else { "" };
                lines.push(format!("             {}{more}", left.names.join(", ")));
            }
        }
        if !self.absent.is_empty() {
            lines.push(format!("Not in this version of the source: {}", self.absent.join(", ")));
        }
        lines.join("\n")
    }
}
