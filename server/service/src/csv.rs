//! Writing cells of comma-separated values that no spreadsheet takes for a formula; reading them is `model`'s. It knows no column.

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
    use model::csv_rows as rows;

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
