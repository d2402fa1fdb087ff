//! A figure with its baseline and its targets, the table they are printed in, and the same as JSON. It measures nothing.

use crate::Outcome;
use crate::ground::Ground;
use serde::Serialize;

/// What a figure must keep.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
    /// So many times the baseline or more.
    TimesAtLeast(f64),
    /// So many times the baseline or less.
    TimesAtMost(f64),
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Events a second.
    PerSecond,
    /// Milliseconds.
    Ms,
    /// Mebibytes.
    MiB,
    /// Kibibytes.
    KiB,
    /// Thousands of bytes, as byte budgets are given.
    KB,
    /// How many.
    Count,
}

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What is measured.
    pub what: String,
    /// What it counts.
    pub unit: Unit,
    /// The product's figure: the median of its rounds.
    pub ours: f64,
    /// The baseline's, likewise.
    pub bare: Option<f64>,
    /// What must be kept.
    pub goals: Vec<Goal>,
    /// What the baseline is, or what else must be known.
    pub note: String,
    /// Whether the baseline's own rounds lay within a quarter of their median; otherwise the ratio says little.
    pub steady: bool,
}

/// The rounds of one side.
#[derive(Clone, Debug, Default)]
pub struct Rounds(pub Vec<f64>);

impl Rounds {
    /// The middle one.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => sorted[n / 2],
            n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        }
    }

    fn steady(&self) -> bool {
        let middle = self.median();
        self.0.iter().all(|x| (x - middle).abs() <= middle * 0.25)
    }
}

impl Row {
    /// A figure without a baseline.
    pub fn alone(what: impl Into<String>, unit: Unit, ours: f64) -> Self {
        Self { what: what.into(), unit, ours, bare: None, goals: Vec::new(), note: String::new(), steady: true }
    }

    /// A figure of several rounds beside its baseline's.
    pub fn beside(what: impl Into<String>, unit: Unit, ours: &Rounds, bare: &Rounds) -> Self {
        Self { bare: Some(bare.median()), steady: bare.steady(), ..Self::alone(what, unit, ours.median()) }
    }

    /// The same with a target.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.goals.push(goal);
        self
    }

    /// The same with a remark.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// How many times the baseline.
    pub fn ratio(&self) -> Option<f64> {
        self.bare.filter(|b| *b > 0.0).map(|b| self.ours / b)
    }

    /// Whether every target is kept; none where there is no target.
    pub fn kept(&self) -> Option<bool> {
        let keeps = |goal: &Goal| match *goal {
            Goal::AtLeast(x) => self.ours >= x,
            Goal::AtMost(x) => self.ours <= x,
            Goal::TimesAtLeast(x) => self.ratio().is_some_and(|r| r >= x),
            Goal::TimesAtMost(x) => self.ratio().is_some_and(|r| r <= x),
        };
        (!self.goals.is_empty()).then(|| self.goals.iter().all(keeps))
    }

    /// The figure in one line, while others are still to come.
    pub fn line(&self) -> String {
        let [what, ours, bare, ratio, _, verdict] = cells(self);
        format!("{what}: {ours} {bare} {ratio} {verdict}")
    }

    /// The word of the last column.
    pub fn verdict(&self) -> &'static str {
        match self.kept() {
            Some(true) => "kept",
            Some(false) => "MISSED",
            None => "–",
        }
    }
}

impl Unit {
    /// A figure with its unit, as people read it.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", grouped(value)),
            Self::Ms => format!("{value:.*} ms", usize::from(value < 100.0) * 2),
            Self::MiB => format!("{value:.1} MiB"),
            Self::KiB => format!("{value:.1} KiB"),
            Self::KB => format!("{value:.1} KB"),
            Self::Count => grouped(value),
        }
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Says on standard error what is being done, so that standard output is the table alone.
#[expect(clippy::print_stderr, reason = "a benchmark speaks on the terminal, and only here")]
pub fn progress(text: &str) {
    eprintln!("{text}");
}

/// Prints the table and keeps it as `target/bench.json`.
#[expect(clippy::print_stdout, reason = "the table is what was asked for")]
pub fn report(rows: &[Row], broken: &[String], ground: &Ground) -> Outcome<()> {
    let head = ["what", "ours", "baseline", "ratio", "target", "verdict"].map(str::to_owned);
    let cells: Vec<[String; 6]> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..6).map(width).collect();
    println!();
    for (at, [what, ours, bare, ratio, target, verdict]) in cells.iter().enumerate() {
        let [a, b, c, d, e] = [widths[0], widths[1], widths[2], widths[3], widths[4]];
        println!("{what:<a$}  {ours:>b$}  {bare:>c$}  {ratio:>d$}  {target:<e$}  {verdict}");
        if at == 0 {
            println!("{}", "─".repeat(widths.iter().sum::<usize>() + 10));
        }
    }
    println!("\n{}", ground.conditions());
    if rows.iter().any(|r| !r.steady) {
        println!("~ the baseline's own rounds lie more than a quarter apart: that ratio says little.");
    }
    for row in rows.iter().filter(|r| !r.note.is_empty()) {
        println!("  {}: {}", row.what, row.note);
    }
    for line in broken {
        println!("FAILED {line}");
    }
    let kept =
        serde_json::json!({ "conditions": ground.conditions(), "rows": rows.iter().map(json).collect::<Vec<_>>(), "failed": broken });
    std::fs::write(ground.target.join("bench.json"), serde_json::to_vec_pretty(&kept)?)?;
    Ok(())
}

fn json(row: &Row) -> serde_json::Value {
    let mut value = serde_json::json!(row);
    value["ratio"] = serde_json::json!(row.ratio());
    value["kept"] = serde_json::json!(row.kept());
    value
}

fn cells(row: &Row) -> [String; 6] {
    let unsteady = if row.steady { "" } else { "~" };
    let goal = |goal: &Goal| match *goal {
        Goal::AtLeast(x) => format!("≥ {}", row.unit.show(x)),
        Goal::AtMost(x) => format!("≤ {}", row.unit.show(x)),
        Goal::TimesAtLeast(x) => format!("≥ {x}×"),
        Goal::TimesAtMost(x) => format!("≤ {x}×"),
    };
    [
        row.what.clone(),
        row.unit.show(row.ours),
        row.bare.map_or_else(String::new, |b| row.unit.show(b)),
        row.ratio().map_or_else(String::new, |r| format!("{unsteady}{r:.2}×")),
        row.goals.iter().map(goal).collect::<Vec<_>>().join(", "),
        row.verdict().to_owned(),
    ]
}
