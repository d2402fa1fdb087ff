//! A channel is a folder and a line: nobody else knows its name. Held for one of them, which stands for all.

use std::path::{Path, PathBuf};

/// Every source file below a folder that has this word in it.
fn naming(word: &str, folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_str().unwrap();
        if entry.is_dir() {
            if !["target", "node_modules", "tests"].contains(&name) {
                naming(word, &entry, found);
            }
        } else if [".rs", ".css", ".json", ".ts"].iter().any(|ending| name.ends_with(ending))
            && std::fs::read_to_string(&entry).is_ok_and(|text| text.to_lowercase().contains(word))
        {
            found.push(entry);
        }
    }
}

#[test]
fn a_channel_is_a_folder_and_a_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["app", "style", "server/src", "server/service", "server/store", "server/channels/src"] {
        naming("bandwidth", &root.join(folder), &mut found);
    }
    let own = root.join("server/channels/src/bandwidth");
    found.retain(|path| !path.starts_with(&own));
    let mut names: Vec<_> = found.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap()).collect();
    names.sort_unstable();
    // The registry; and the REST API and the database of the ecosystem, which have names of their own for channels.
    let importing = "server/service/src/import/forms.rs";
    assert_eq!(names, ["server/channels/src/lib.rs", importing, "server/service/src/rest_inboxes.rs", "server/service/src/rest_shape.rs"]);
}
