//! The table laid out to be looked up in: its paths by where they begin and how long they are, its fields read. What a request is refused for
//! stands in `check`.

use super::notation::Field;
use super::shapes::fields;
use super::table::{Deed, PATHS, Path};
use std::collections::HashMap;
use std::sync::LazyLock;

/// An operation with its fields read.
pub struct Known {
    /// Its method, in lower case.
    pub method: &'static str,
    /// Fields of the query.
    pub asks: Vec<Field>,
    /// Fields of the body.
    pub takes: &'static [Field],
}

/// A path of the table.
pub struct Entry {
    /// As it stands there.
    pub path: &'static Path,
    /// What can be done there.
    pub deeds: Vec<Known>,
    /// Its segments; none for one that has a name and takes anything.
    parts: Vec<Option<&'static str>>,
}

/// By whether they are from the root and how many segments they have, then by the first of these, which is always written out.
type Places = HashMap<(bool, usize), HashMap<&'static str, Vec<Entry>>>;

static INDEX: LazyLock<Places> = LazyLock::new(|| {
    let mut all = Places::new();
    for path in PATHS {
        let written = |part: &'static str| (!part.starts_with('{')).then_some(part);
        let parts: Vec<_> = path.path.split('/').filter(|part| !part.is_empty()).map(written).collect();
        let deed = |d: &Deed| Known {
            method: d.method,
            asks: d.asks.iter().map(|line| Field::asked(line)).collect(),
            takes: d.takes.map_or(&[], fields),
        };
        let first = parts.first().copied().flatten().unwrap_or_default();
        let place = all.entry((path.rooted(), parts.len())).or_default().entry(first).or_default();
        place.push(Entry { path, deeds: path.deeds.iter().map(deed).collect(), parts });
    }
    // `/contacts/search` before `/contacts/{id}`.
    for entries in all.values_mut().flat_map(HashMap::values_mut) {
        entries.sort_by_key(|entry| entry.parts.iter().filter(|part| part.is_none()).count());
    }
    all
});

/// The entry of a path, written ones before those with names; of the segments below an account, or of all of them elsewhere.
pub fn find(path: &[&str]) -> Option<&'static Entry> {
    let rest: Vec<&str>;
    let (rooted, given): (bool, &[&str]) = match path {
        // Reports answer under both versions, as two clients ask.
        ["accounts", account, "reports", tail @ ..] | ["api", "v1" | "v2", "accounts", account, "reports", tail @ ..] => {
            rest = ["api", "v2", "accounts", account, "reports"].iter().chain(tail).copied().collect();
            (true, &rest)
        }
        ["accounts", _, tail @ ..] | ["api", "v1" | "v2", "accounts", _, tail @ ..] => (false, tail),
        whole => (true, whole),
    };
    let fits = |entry: &&Entry| entry.parts.iter().zip(given).all(|(part, given)| part.is_none_or(|part| part == *given));
    INDEX.get(&(rooted, given.len()))?.get(given.first().copied().unwrap_or_default())?.iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::super::table::ACCOUNT;
    use super::*;

    #[test]
    fn a_path_is_found_in_all_its_spellings() {
        let at = |path: &[&str]| find(path).map(|entry| entry.path.whole());
        assert_eq!(at(&["api", "v1", "accounts", "7", "contacts", "search"]).unwrap(), format!("{ACCOUNT}/contacts/search"));
        assert_eq!(at(&["accounts", "7", "contacts", "9"]).unwrap(), format!("{ACCOUNT}/contacts/{{id}}"));
        assert_eq!(at(&["api", "v1", "accounts", "7"]).unwrap(), ACCOUNT);
        assert_eq!(at(&["api", "v1", "accounts", "7", "reports", "summary"]), at(&["api", "v2", "accounts", "7", "reports", "summary"]));
        assert_eq!(at(&["api", "v1", "accounts", "7", "nothing"]), None);
        assert_eq!(at(&["public", "api", "v1", "inboxes", "x"]).unwrap(), "/public/api/v1/inboxes/{inbox_identifier}");
    }

    #[test]
    fn every_path_is_found_as_itself() {
        for path in PATHS {
            let whole = path.whole();
            let asked: Vec<_> = whole.split('/').filter(|part| !part.is_empty()).collect();
            assert!(find(&asked).is_some_and(|entry| entry.path.path == path.path), "{whole}");
        }
    }
}
