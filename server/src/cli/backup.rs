//! `recado backup` and `recado restore`: the database and, where they lie in a folder, the files, in one file that is proven whole. The key that
//! opens the secrets is never in it.

use super::{Outcome, bar, say};
use crate::config::Config;
use indicatif::ProgressBar;
use service::{FilePlace, Store, file_backup};
use std::path::{Path, PathBuf};

fn moved(bar: &ProgressBar) -> impl FnMut(u64, u64) {
    move |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".database");
    PathBuf::from(name)
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

pub(super) async fn backup(config: &Config, file: &Path) -> Outcome {
    let place = config.file_place()?;
    if file.exists() {
        return Err(format!("{} is there already", file.display()));
    }
    // The database first: a file that comes meanwhile is one too many, and none is missing.
    let copy = if matches!(place, FilePlace::Folder(_)) { beside(file) } else { file.to_owned() };
    let pages = bar(0, "pages");
    let mut report = |done: usize, total: usize| moved(&pages)(done as u64, total as u64);
    Store::backup_file(&config.database.url, &copy, &mut report).await.map_err(|e| e.to_string())?;
    pages.finish_and_clear();
    let files = match &place {
        FilePlace::Folder(folder) => {
            let bytes = bar(0, "bytes of files");
            let packed = file_backup::pack(&copy, folder, file, &mut moved(&bytes)).map_err(at(file));
            // Whether or not that went well, its content is not needed here any more.
            let gone = std::fs::remove_file(&copy).map_err(at(&copy));
            let count = packed?;
            gone?;
            file_backup::packed(file, &mut moved(&bytes)).map_err(at(file))?;
            bytes.finish_and_clear();
            format!("{count} files are in it.")
        }
        FilePlace::Bucket(_) => format!("Files on messages are not in it: they lie at {place}, to be copied by its own means."),
    };
    say(&format!(
        "{} is written and proven whole. {files} The key that opens its secrets is not: keep a copy of that apart.",
        file.display()
    ));
    Ok(())
}

pub(super) fn restore(config: &Config, file: &Path, force: bool) -> Outcome {
    let url = &config.database.url;
    let bytes = bar(0, "bytes");
    let Some(packed) = file_backup::packed(file, &mut moved(&bytes)).map_err(at(file))? else {
        bytes.finish_and_clear();
        Store::restore(file, url, force).map_err(|e| e.to_string())?;
        say("The backup is whole and in place. It holds no files.");
        return Ok(());
    };
    let FilePlace::Folder(folder) = config.file_place()? else {
        return Err(
            "the backup holds files, and files.url names a bucket: restore without files.url, then copy the folder into the bucket"
                .to_owned(),
        );
    };
    if !force && !file_backup::is_empty(&folder).map_err(at(&folder))? {
        return Err(format!("{} holds files: --force adds the backup's to them", folder.display()));
    }
    let copy = beside(file);
    let put = packed.database(&copy).map_err(at(&copy)).and_then(|()| Store::restore(&copy, url, force).map_err(|e| e.to_string()));
    let gone = std::fs::remove_file(&copy).map_err(at(&copy));
    put?;
    gone?;
    packed
        .files(&folder, &mut moved(&bytes))
        .map_err(|error| format!("the database is in place, its files are not all ({error}): run it again with --force"))?;
    bytes.finish_and_clear();
    say(&format!("The backup is whole and in place, with {} files.", packed.count));
    Ok(())
}
