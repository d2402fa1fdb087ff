//! Comma-separated values (RFC 4180): reading them, and writing cells that no spreadsheet takes for a formula. It knows no column.

/// The rows of a text. The separator is the one its first line has most of: comma, semicolon or tab.
pub(crate) fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let by = [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(',');
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            c if quoted => cell.push(c),
            '"' if cell.is_empty() => quoted = true,
            c if c == by => row.push(std::mem::take(&mut cell)),
            '\r' => {}
            '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

/// A cell as it is written. One that a spreadsheet would run gets an apostrophe in front (CWE-1236); a telephone number stays.
pub(crate) fn cell(text: &str) -> String {
    let number = text.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', ';', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_breaks_and_separators_are_read() {
        assert_eq!(rows("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\r\n"), [["a", "b"], ["x, \"y\"\nz", "2"]]);
        assert_eq!(rows("\u{feff}nome;e-mail\nZé;ze@a.example"), [["nome", "e-mail"], ["Zé", "ze@a.example"]]);
        assert!(rows(" \n").is_empty());
    }

    #[test]
    fn formulas_are_disarmed() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1,B1)"), "\"'@SUM(A1,B1)\"");
        assert_eq!(cell("+5511912345678"), "+5511912345678");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["plain", "a \"b\", c", "two\nlines", "ação; x"] {
            assert_eq!(rows(&format!("{},x", cell(text))), [[text, "x"]]);
        }
    }
}
