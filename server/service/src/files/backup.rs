//! Files of a folder in one backup with the database: its own sealed copy first, then each file under its place, then a seal over all. It knows no
//! bucket, which has ways of its own.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

/// What follows the files: this mark, the length of the database's copy, how many files there are, and the SHA-256 of all before it.
const MARK: &[u8; 8] = b"RECADO02";
const SEAL: u64 = 8 + 8 + 8 + 32;
/// Most bytes of a file's place.
const PLACE: usize = 4096;

/// Told bytes done, of bytes in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// A backup that holds files beside the database, its seal found true.
#[derive(Debug)]
pub struct Packed {
    from: PathBuf,
    database: u64,
    end: u64,
    /// How many files there are.
    pub count: u64,
}

/// Hashes what passes, and counts it.
struct Hashed<T> {
    inner: T,
    hash: Sha256,
    count: u64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), count: 0 }
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn broken() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the backup is not whole")
}

/// The files under a folder with their sizes; links and uploads that are still under way are none.
fn listed(folder: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let (mut found, mut open) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(within) = open.pop() {
        let entries = match std::fs::read_dir(folder.join(&within)) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let (kind, place) = (entry.file_type()?, within.join(entry.file_name()));
            if kind.is_dir() {
                open.push(place);
            } else if kind.is_file()
                && let Some(name) = place.to_str()
                && !name.contains('#')
                && name.len() <= PLACE
            {
                match entry.metadata() {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    known => found.push((place, known?.len())),
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Puts a database's sealed copy and a folder's files into a new file; answers how many.
///
/// # Errors
/// What the disk says; nothing is left then.
pub fn pack(database: &Path, folder: &Path, to: &Path, told: Progress<'_>) -> io::Result<u64> {
    let packed = write(database, folder, to, told);
    if packed.is_err() {
        // What is left of it is told of by the failure itself.
        let _ = std::fs::remove_file(to);
    }
    packed
}

fn write(database: &Path, folder: &Path, to: &Path, told: Progress<'_>) -> io::Result<u64> {
    let files = listed(folder)?;
    let all: u64 = files.iter().map(|(_, size)| size).sum();
    let mut out = Hashed::new(BufWriter::new(File::create_new(to)?));
    let (length, mut count, mut done) = (io::copy(&mut File::open(database)?, &mut out)?, 0_u64, 0);
    for (place, _) in files {
        let mut file = match File::open(folder.join(&place)) {
            // It was removed meanwhile, as its row is.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            file => file?,
        };
        let size = file.metadata()?.len();
        let name = place.to_str().ok_or_else(broken)?.as_bytes();
        out.write_all(&(name.len() as u64).to_be_bytes())?;
        out.write_all(&size.to_be_bytes())?;
        out.write_all(name)?;
        if io::copy(&mut (&mut file).take(size), &mut out)? != size {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, format!("{} became shorter", place.display())));
        }
        (count, done) = (count + 1, done + size);
        told(done, all);
    }
    out.write_all(MARK)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&count.to_be_bytes())?;
    let Hashed { mut inner, hash, .. } = out;
    inner.write_all(&hash.finalize())?;
    inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(count)
}

/// Looks into a backup: none if it is one of a database alone.
///
/// # Errors
/// `InvalidData` for one that is not whole, to the bit; what the disk says.
pub fn packed(from: &Path, told: Progress<'_>) -> io::Result<Option<Packed>> {
    let mut file = File::open(from)?;
    let all = file.metadata()?.len();
    let Some(end) = all.checked_sub(SEAL) else { return Ok(None) };
    file.seek(SeekFrom::Start(end))?;
    let mut seal = [0; SEAL as usize];
    file.read_exact(&mut seal)?;
    if !seal.starts_with(MARK) {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    let (mut buffer, mut done) = (vec![0; 1 << 16], 0);
    while done < all - 32 {
        let most = usize::try_from(all - 32 - done).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = file.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(broken());
        }
        hash.update(&buffer[..count]);
        done += count as u64;
        told(done, all);
    }
    let number = |at: usize| seal[at..at + 8].iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let (database, count) = (number(8), number(16));
    if hash.finalize()[..] != seal[24..] || database > end {
        return Err(broken());
    }
    Ok(Some(Packed { from: from.to_owned(), database, end, count }))
}

/// Whether a folder holds no files.
///
/// # Errors
/// What the disk says.
pub fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(listed(folder)?.is_empty())
}

impl Packed {
    /// Writes the database's own sealed copy to a new file.
    ///
    /// # Errors
    /// What the disk says.
    pub fn database(&self, to: &Path) -> io::Result<()> {
        let mut out = File::create(to)?;
        io::copy(&mut File::open(&self.from)?.take(self.database), &mut out)?;
        out.sync_all()
    }

    /// Puts its files into a folder, over those of the same place.
    ///
    /// # Errors
    /// What the disk says; `InvalidData` for a place outside of the folder.
    pub fn files(&self, folder: &Path, told: Progress<'_>) -> io::Result<()> {
        let mut file = BufReader::new(File::open(&self.from)?);
        file.seek(SeekFrom::Start(self.database))?;
        let number = |file: &mut BufReader<File>| {
            let mut bytes = [0; 8];
            file.read_exact(&mut bytes).map(|()| u64::from_be_bytes(bytes))
        };
        for _ in 0..self.count {
            let (name, size) = (number(&mut file)?, number(&mut file)?);
            let mut place = vec![0; usize::try_from(name).ok().filter(|name| *name <= PLACE).ok_or_else(broken)?];
            file.read_exact(&mut place)?;
            let place = PathBuf::from(String::from_utf8(place).map_err(|_| broken())?);
            if !place.components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(broken());
            }
            let to = folder.join(&place);
            std::fs::create_dir_all(to.parent().unwrap_or(folder))?;
            let part = to.with_extension("#restored");
            let mut out = File::create(&part)?;
            if io::copy(&mut (&mut file).take(size), &mut out)? != size {
                return Err(broken());
            }
            out.sync_all()?;
            std::fs::rename(&part, &to)?;
            told(file.stream_position()? - self.database, self.end - self.database);
        }
        Ok(())
    }
}
