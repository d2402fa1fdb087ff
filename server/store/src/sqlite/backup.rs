//! A copy of the database taken while it is written to, sealed so that one flipped bit is noticed. It copies no files customers sent.

use super::{beside, lock, path_of};
use crate::Error;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

/// What follows the database in a backup: this mark and the SHA-256 of all before it. SQLite ignores both, should one open the file.
const MARK: &[u8; 8] = b"RECADO01";
const SEAL: u64 = 8 + 32;

/// Pages per step: small enough to report often, large enough to cost nothing.
const STEP: i32 = 512;

/// Copies what is committed now to `to`, which must not exist, checks the copy and seals it.
pub(crate) fn backup(from: &Path, to: &Path, mut progress: impl FnMut(usize, usize)) -> Result<(), Error> {
    if to.exists() {
        return Err(Error::Occupied(to.to_owned()));
    }
    let part = beside(to, ".part");
    remove(&part)?;
    let source = super::connect(from)?;
    // An open snapshot pins what is copied; without it every commit of the writer would begin the copy again.
    source.execute_batch("PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM sqlite_master")?;
    let mut copy = Connection::open(&part)?;
    {
        let backup = Backup::new(&source, &mut copy)?;
        loop {
            let step = backup.step(STEP)?;
            let seen = backup.progress();
            let total = usize::try_from(seen.pagecount).unwrap_or_default();
            progress(total - usize::try_from(seen.remaining).unwrap_or_default().min(total), total);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
    // One file, not three: a backup has no log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    check(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    seal(&part)?;
    std::fs::rename(&part, to).map_err(Error::file(to))?;
    sync_folder(to)
}

/// Proves that a backup is whole: the seal first, then SQLite's own check of the copy.
pub(crate) fn verify(path: &Path) -> Result<(), Error> {
    let mut file = File::open(path).map_err(Error::file(path))?;
    sealed(&mut file, path)?;
    let name = path.to_str().ok_or_else(|| Error::Address("the path is not UTF-8".into()))?;
    // Immutable: nothing is locked and nothing is written beside the backup.
    let name = format!("file:{}?immutable=1", name.replace('%', "%25").replace('?', "%3f").replace('#', "%23"));
    check(&Connection::open_with_flags(name, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)?)
}

/// Puts a verified backup where `url` points. What is there is replaced only when `force` says so.
pub(crate) fn restore(from: &Path, url: &str, force: bool) -> Result<(), Error> {
    let to = path_of(url)?;
    verify(from)?;
    if let Some(folder) = to.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let _held = lock(&to)?;
    if !force && to.metadata().is_ok_and(|m| m.len() > 0) {
        return Err(Error::Occupied(to));
    }
    let part = beside(&to, ".part");
    let mut source = File::open(from).map_err(Error::file(from))?;
    let length = sealed(&mut source, from)?;
    source.seek(SeekFrom::Start(0)).map_err(Error::file(from))?;
    let mut copy = File::create(&part).map_err(Error::file(&part))?;
    std::io::copy(&mut source.take(length), &mut copy).map_err(Error::file(&part))?;
    copy.sync_all().map_err(Error::file(&part))?;
    // The old log must go first: beside the new file it would be replayed into it.
    remove(&beside(&to, "-wal"))?;
    remove(&beside(&to, "-shm"))?;
    std::fs::rename(&part, &to).map_err(Error::file(&to))?;
    sync_folder(&to)
}

fn check(connection: &Connection) -> Result<(), Error> {
    let answer: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(Error::Corrupt(answer)) }
}

fn seal(path: &Path) -> Result<(), Error> {
    let mut file = File::options().read(true).write(true).open(path).map_err(Error::file(path))?;
    let length = file.metadata().map_err(Error::file(path))?.len();
    let digest = digest(&mut file, length).map_err(Error::file(path))?;
    file.write_all(MARK).and_then(|()| file.write_all(&digest)).and_then(|()| file.sync_all()).map_err(Error::file(path))
}

/// The length of the database within a backup, once its seal has been found true.
fn sealed(file: &mut File, path: &Path) -> Result<u64, Error> {
    let broken = || Error::Corrupt(format!("{} is not a whole backup", path.display()));
    let length = file.metadata().map_err(Error::file(path))?.len().checked_sub(SEAL).ok_or_else(broken)?;
    let found = digest(file, length).map_err(Error::file(path))?;
    let mut seal = Vec::with_capacity(SEAL as usize);
    file.read_to_end(&mut seal).map_err(Error::file(path))?;
    if seal.strip_prefix(MARK) == Some(found.as_slice()) { Ok(length) } else { Err(broken()) }
}

/// Hashes the first `length` bytes and leaves the file just behind them.
fn digest(file: &mut File, length: u64) -> std::io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut left = length;
    let mut buffer = vec![0; 1 << 16];
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = file.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        hash.update(&buffer[..read]);
        left -= read as u64;
    }
    Ok(hash.finalize().into())
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(path)(error)),
        _ => Ok(()),
    }
}

/// Makes a rename durable: it lives in the folder, not in the file.
fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(Error::file(folder))
}
