//! The table as a picture: for each figure a bar of ours above a bar of its baseline. A plain SVG file, with nothing to install.

use crate::Outcome;
use crate::table::Row;
use service::escape;
use std::fmt::Write;
use std::path::Path;

const LINE: usize = 46;
const LEFT: usize = 380;
const LENGTH: f64 = 420.0;

/// Draws the figures that have a baseline.
pub fn write(rows: &[Row], file: &Path) -> Outcome<()> {
    let shown: Vec<(&Row, f64)> = rows.iter().filter_map(|row| Some((row, row.bare?))).collect();
    let height = 70 + shown.len() * LINE;
    let mut svg = String::new();
    write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1040 {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\
         <rect width=\"1040\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text x=\"20\" y=\"32\" font-size=\"18\" font-weight=\"600\" fill=\"#1b1b1f\">Recado beside its baselines</text>\
         <rect x=\"640\" y=\"20\" width=\"14\" height=\"12\" fill=\"#3b6ef5\"/><text x=\"660\" y=\"31\" fill=\"#44474f\">Recado</text>\
         <rect x=\"740\" y=\"20\" width=\"14\" height=\"12\" fill=\"#b9bec9\"/><text x=\"760\" y=\"31\" fill=\"#44474f\">baseline of the same run</text>"
    )?;
    for (at, (row, bare)) in shown.into_iter().enumerate() {
        let top = 56 + at * LINE;
        let most = row.ours.max(bare).max(f64::MIN_POSITIVE);
        let mark = if row.kept() == Some(false) { " ✗" } else { "" };
        write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#1b1b1f\">{}{mark}</text>",
            LEFT - 12,
            top + 22,
            escape(&row.what)
        )?;
        for (down, value, colour) in [(4, row.ours, "#3b6ef5"), (20, bare, "#b9bec9")] {
            let long = (value / most * LENGTH).max(1.0);
            let (y, end) = (top + down, LEFT as f64 + long + 8.0);
            write!(svg, "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{long:.1}\" height=\"13\" rx=\"2\" fill=\"{colour}\"/>")?;
            write!(svg, "<text x=\"{end:.1}\" y=\"{}\" fill=\"#44474f\">{}</text>", y + 11, row.unit.show(value))?;
        }
    }
    svg.push_str("</svg>\n");
    Ok(std::fs::write(file, svg)?)
}
