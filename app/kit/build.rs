//! Turns the locale files into typed constants, so that a missing text does not compile.
//! It checks that every locale has the same keys and placeholders; it translates nothing and knows no component.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One flattened entry of a locale file.
enum Entry {
    Text(String),
    Plural(BTreeMap<String, String>),
}

fn main() {
    // Asked when it runs, not when it was compiled: a kept target directory may serve another checkout.
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR")).join("../locales");
    println!("cargo::rerun-if-changed={}", folder.display());
    let english = locale(&folder, "en.json");
    let portuguese = locale(&folder, "pt-BR.json");
    let mut faults = Vec::new();
    for key in english.keys().chain(portuguese.keys()).collect::<BTreeSet<_>>() {
        match (english.get(key), portuguese.get(key)) {
            (Some(en), Some(pt)) => faults.extend(compare(key, en, pt)),
            (None, _) => faults.push(format!("`{key}` is missing in en.json")),
            (_, None) => faults.push(format!("`{key}` is missing in pt-BR.json")),
        }
    }
    assert!(faults.is_empty(), "the locale files differ:\n  {}", faults.join("\n  "));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("text.rs");
    std::fs::write(out, constants(&english, &portuguese)).expect("OUT_DIR is writable");
}

/// Reads `locales/NAME` and, under the key `widget`, `locales/widget/NAME`.
fn locale(folder: &Path, name: &str) -> BTreeMap<String, Entry> {
    let mut entries = BTreeMap::new();
    for (path, prefix) in [(folder.join(name), ""), (folder.join("widget").join(name), "WIDGET")] {
        println!("cargo::rerun-if-changed={}", path.display());
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        flatten(prefix, &value, &mut entries);
    }
    entries
}

fn flatten(prefix: &str, value: &Value, entries: &mut BTreeMap<String, Entry>) {
    match value {
        Value::String(text) => {
            entries.insert(prefix.to_owned(), Entry::Text(text.clone()));
        }
        Value::Object(map) if map.contains_key("other") && map.keys().all(|key| ["one", "many", "other"].contains(&key.as_str())) => {
            let forms = map.iter().map(|(key, form)| (key.clone(), form.as_str().expect("plural forms are strings").to_owned()));
            entries.insert(prefix.to_owned(), Entry::Plural(forms.collect()));
        }
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.to_uppercase().replace('-', "_");
                let name = if prefix.is_empty() { key } else { format!("{prefix}_{key}") };
                flatten(&name, value, entries);
            }
        }
        other => panic!("`{prefix}` is neither a text nor an object: {other}"),
    }
}

fn compare(key: &str, en: &Entry, pt: &Entry) -> Option<String> {
    let (en, pt) = match (en, pt) {
        (Entry::Text(en), Entry::Text(pt)) => (vec![en], vec![pt]),
        (Entry::Plural(en), Entry::Plural(pt)) => {
            for form in ["one", "other"] {
                if !en.contains_key(form) || !pt.contains_key(form) {
                    return Some(format!("`{key}` has no form `{form}`"));
                }
            }
            (vec![&en["other"]], vec![&pt["other"]])
        }
        _ => return Some(format!("`{key}` is a plural in one locale only")),
    };
    let (a, b) = (placeholders(en[0]), placeholders(pt[0]));
    (a != b).then(|| format!("`{key}` has other placeholders: {a:?}, {b:?}"))
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn constants(english: &BTreeMap<String, Entry>, portuguese: &BTreeMap<String, Entry>) -> String {
    let mut out = String::new();
    for (key, en) in english {
        match (en, &portuguese[key]) {
            (Entry::Text(en), Entry::Text(pt)) => {
                let _ = writeln!(
                    out,
                    "/// {}\npub const {key}: Text = Text::new({en:?}, {pt:?});",
                    en.replace(['\n', '[', ']', '<', '>'], " ")
                );
            }
            (Entry::Plural(en), Entry::Plural(pt)) => {
                let many = pt.get("many").unwrap_or(&pt["other"]);
                let _ = writeln!(
                    out,
                    "/// {}\npub const {key}: Plural = Plural::new([{:?}, {:?}], [{:?}, {many:?}, {:?}]);",
                    en["other"].replace(['\n', '[', ']', '<', '>'], " "),
                    en["one"],
                    en["other"],
                    pt["one"],
                    pt["other"]
                );
            }
            _ => unreachable!("compared before"),
        }
    }
    out
}
