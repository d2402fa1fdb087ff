//! What nobody may read who has only the database or a backup of it: secrets, sealed with a key that lies elsewhere. A sealed value is
//! `sealed:1:<key id>:<base64url(nonce ‖ ciphertext ‖ tag)>`, XChaCha20-Poly1305 with a random nonce of 24 bytes, bound to its place by the
//! associated data, so that a value moved to another row does not open. Values written before there was a key stand in clear and are read as they are.

use crate::Error;
use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{Key as Bytes, XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// What every sealed value begins with.
pub(crate) const MARK: &str = "sealed:1:";

/// Where the keys come from: 32 bytes each, as 64 hexadecimal digits.
#[derive(Clone)]
pub enum Keys {
    /// A file with one key a line, made at the first start. The first seals; the others still open what they sealed.
    File(PathBuf),
    /// The keys themselves, separated by commas, in the same order.
    Given(String),
    /// Nothing is sealed.
    Absent,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Given(_) => write!(f, "Given(********)"),
            Self::Absent => write!(f, "Absent"),
        }
    }
}

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// Seals and opens; clones share the keys.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    keys: Keys,
    ring: RwLock<Vec<Key>>,
}

impl Vault {
    /// Reads the keys; none yet where the file is not there.
    pub(crate) fn load(keys: Keys) -> Result<Self, Error> {
        let ring = read(&keys)?;
        Ok(Self(Arc::new(Inner { keys, ring: RwLock::new(ring) })))
    }

    /// One that seals nothing.
    pub(crate) fn absent() -> Self {
        Self(Arc::new(Inner { keys: Keys::Absent, ring: RwLock::default() }))
    }

    /// Whether it has, or will make, a key.
    pub(crate) fn seals(&self) -> bool {
        !matches!(self.0.keys, Keys::Absent)
    }

    /// Seals a value for its place, such as `inbox.secrets w8K…`; answers it as it is where nothing is sealed.
    ///
    /// # Errors
    /// [`Error::Key`] before there is a key.
    pub fn seal(&self, place: &str, clear: &str) -> Result<String, Error> {
        if !self.seals() {
            return Ok(clear.to_owned());
        }
        let ring = self.0.ring.read().unwrap_or_else(PoisonError::into_inner);
        let key = ring.first().ok_or_else(|| Error::Key("there is no key to seal secrets with".into()))?;
        let nonce = XNonce::generate();
        let payload = Payload { msg: clear.as_bytes(), aad: place.as_bytes() };
        let sealed = key.cipher.encrypt(&nonce, payload).map_err(|_| Error::Key("a secret is too long to be sealed".into()))?;
        Ok(format!("{MARK}{}:{}", key.id, BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat())))
    }

    /// Opens what was sealed for this place; a value in clear is answered as it is.
    ///
    /// # Errors
    /// [`Error::Key`] when its key is not here, [`Error::Corrupt`] when it was changed or moved.
    pub fn open(&self, place: &str, kept: &str) -> Result<String, Error> {
        let Some((id, text)) = kept.strip_prefix(MARK).and_then(|rest| rest.split_once(':')) else { return Ok(kept.to_owned()) };
        if let Some(clear) = self.with(id, |key| unseal(key, place, text)) {
            return clear;
        }
        // Another node may have changed the key.
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = read(&self.0.keys)?;
        self.with(id, |key| unseal(key, place, text)).unwrap_or_else(|| Err(Error::Key(self.lacks(id))))
    }

    fn with<T>(&self, id: &str, open: impl FnOnce(&Key) -> T) -> Option<T> {
        let ring = self.0.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.iter().find(|key| key.id == id).map(open)
    }

    fn lacks(&self, id: &str) -> String {
        let place = match &self.0.keys {
            Keys::File(path) => format!("{} does not hold", path.display()),
            Keys::Given(_) | Keys::Absent => "the setting secrets.key does not name".to_owned(),
        };
        format!(
            "the secrets here are sealed with the key {id}, which {place}; put that key back, or give them up with `recado rotate-key --lost`"
        )
    }

    /// Makes the first key unless there is one.
    pub(crate) fn begin(&self) -> Result<(), Error> {
        if self.0.ring.read().unwrap_or_else(PoisonError::into_inner).is_empty() {
            let Keys::File(path) = &self.0.keys else { return Err(Error::Key("the setting secrets.key names no key".into())) };
            write(path, &format!("{COMMENT}\n{}\n", fresh()), false)?;
            *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = read(&self.0.keys)?;
        }
        Ok(())
    }

    /// Puts a new key before the others in the file; keys that were given are changed by whoever gives them.
    pub(crate) fn renew(&self) -> Result<(), Error> {
        if let Keys::File(path) = &self.0.keys {
            let old = text(path)?.unwrap_or_default();
            let old: Vec<&str> = old.lines().filter(|line| is_key(line)).collect();
            write(path, &format!("{COMMENT}\n{}\n{}\n", fresh(), old.join("\n")), true)?;
        }
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = read(&self.0.keys)?;
        Ok(())
    }

    /// Takes every key but the first out of the file: backups from before do not open any more.
    pub(crate) fn forget(&self) -> Result<(), Error> {
        if let Keys::File(path) = &self.0.keys {
            let kept = text(path)?.unwrap_or_default();
            let first = kept.lines().find(|line| is_key(line)).unwrap_or_default();
            write(path, &format!("{COMMENT}\n{first}\n"), true)?;
        }
        Ok(())
    }

    /// What can be said of the keys: where they are, and the id of the one that seals.
    #[must_use]
    pub fn summary(&self) -> String {
        let place = match &self.0.keys {
            Keys::File(path) => path.display().to_string(),
            Keys::Given(_) => "from the settings".to_owned(),
            Keys::Absent => return "not sealed: name a key in secrets.key on every machine".to_owned(),
        };
        let ring = self.0.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.first().map_or_else(|| format!("{place}, made at the first start"), |key| format!("key {}, {place}", key.id))
    }
}

const COMMENT: &str = "# Recado: the key that opens the secrets in the database. Keep a copy apart from backups, and show it to nobody.";

fn unseal(key: &Key, place: &str, text: &str) -> Result<String, Error> {
    let broken = || Error::Corrupt(format!("what is sealed at {} does not open", place.split(' ').next().unwrap_or_default()));
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| broken())?;
    let (nonce, sealed) = bytes.split_first_chunk::<24>().ok_or_else(broken)?;
    let clear = key.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() }).map_err(|_| broken())?;
    String::from_utf8(clear).map_err(|_| broken())
}

fn is_key(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn fresh() -> String {
    HEXLOWER.encode(&Bytes::generate())
}

fn text(path: &Path) -> Result<Option<String>, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path)(error)),
    }
}

fn read(keys: &Keys) -> Result<Vec<Key>, Error> {
    let (text, lines) = match keys {
        Keys::File(path) => (text(path)?.unwrap_or_default(), '\n'),
        Keys::Given(text) => (text.clone(), ','),
        Keys::Absent => return Ok(Vec::new()),
    };
    text.split(lines).filter(|line| is_key(line)).map(|line| key(line.trim())).collect()
}

fn key(text: &str) -> Result<Key, Error> {
    let wrong = || Error::Key("a key that seals secrets is 64 hexadecimal digits, such as `openssl rand -hex 32` makes".into());
    let bytes: [u8; 32] = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().and_then(|b| b.try_into().ok()).ok_or_else(wrong)?;
    let id = HEXLOWER.encode(&Sha256::digest([b"recado key ".as_slice(), &bytes].concat())[..4]);
    Ok(Key { id, cipher: XChaCha20Poly1305::new(&Bytes::from(bytes)) })
}

/// Writes a file of keys whole or not at all, for its owner's eyes; unless it may replace one, one that is there stays.
fn write(path: &Path, text: &str, replace: bool) -> Result<(), Error> {
    use std::os::unix::fs::OpenOptionsExt;
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = || {
        let _left = std::fs::remove_file(&part);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if replace {
            std::fs::rename(&part, path)?;
        } else {
            match std::fs::hard_link(&part, path) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
                _ => std::fs::remove_file(&part)?,
            }
        }
        std::fs::File::open(folder)?.sync_all()
    };
    written().map_err(Error::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(keys: &[&str]) -> Vault {
        Vault::load(Keys::Given(keys.join(","))).expect("keys")
    }

    const A: &str = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";
    const B: &str = "B2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2";

    #[test]
    fn what_is_sealed_opens_at_its_place_only_and_with_its_key_only() {
        let sealed = vault(&[A]).seal("inbox.secrets 1", "tök").expect("sealed");
        assert!(!sealed.contains("tök"));
        assert_ne!(sealed, vault(&[A]).seal("inbox.secrets 1", "tök").expect("sealed"));
        assert_eq!(vault(&[B, A]).open("inbox.secrets 1", &sealed).expect("open"), "tök");
        assert!(matches!(vault(&[A]).open("inbox.secrets 2", &sealed), Err(Error::Corrupt(_))));
        assert!(matches!(vault(&[B]).open("inbox.secrets 1", &sealed), Err(Error::Key(_))));
        let (head, last) = sealed.split_at(sealed.len() - 1);
        let changed = format!("{head}{}", if last == "A" { "E" } else { "A" });
        assert!(vault(&[A]).open("inbox.secrets 1", &changed).is_err());
        assert_eq!(vault(&[A]).open("anywhere", "{\"in\":\"clear\"}").expect("open"), "{\"in\":\"clear\"}");
    }

    #[test]
    fn a_key_is_thirty_two_bytes() {
        for wrong in ["a1", &A[1..], "z1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"] {
            assert!(matches!(Vault::load(Keys::Given(wrong.to_owned())), Err(Error::Key(_))), "{wrong}");
        }
    }
}
