//! Chance and what hides behind it: tokens, their hashes, passwords, keyed signatures. Tokens are stored as hashes only.

use crate::{Error, Result};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use subtle::ConstantTimeEq;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without the system's randomness no secret can be made, and nothing sensible can go on.
    getrandom::fill(&mut bytes).expect("the system gives randomness");
    bytes
}

/// A token of 256 random bits, safe in URLs.
pub fn token() -> String {
    BASE64URL_NOPAD.encode(&random::<32>())
}

/// A key of 128 random bits that is public but not guessable.
pub fn public_key() -> String {
    BASE64URL_NOPAD.encode(&random::<16>())
}

/// Characters of such a key.
pub const PUBLIC_KEY: usize = 22;

/// A token under a mask (the hex of 32 bytes), or the token out of it: the same again takes it off.
pub fn masked(mask: &str, token: &str) -> Option<String> {
    let (mask, token) = (HEXLOWER.decode(mask.as_bytes()).ok()?, BASE64URL_NOPAD.decode(token.as_bytes()).ok()?);
    let mixed: Vec<_> = mask.iter().zip(&token).map(|(a, b)| a ^ b).collect();
    (mask.len() == token.len()).then(|| BASE64URL_NOPAD.encode(&mixed))
}

/// Names a line of the log.
pub fn reference() -> String {
    HEXLOWER.encode(&random::<6>())
}

/// The hash under which a token is stored. Tokens are random, so a fast hash is enough.
pub fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// A client's key that the same words give again, so that what they say is done once.
pub fn key_of(words: &str) -> model::ClientKey {
    let sum: [u8; 32] = Sha256::digest(words.as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sum[..16]);
    model::ClientKey(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Lower-case hex HMAC-SHA256.
pub fn sign(key: &str, text: &str) -> String {
    HEXLOWER.encode(&mac(key, text).finalize().into_bytes())
}

fn mac(key: &str, text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac
}

/// Whether this is the signature of the text, in constant time. A key that is not there proves nothing.
pub fn proves(key: &str, text: &str, signature: &str) -> bool {
    !key.is_empty() && sign(key, text).as_bytes().ct_eq(signature.as_bytes()).into()
}

/// The PHC string of a password (Argon2id, the crate's defaults: 19 MiB, two passes). Slow on purpose, so it runs off the async threads.
pub async fn hash_password(password: &str) -> Result<String> {
    let password = password.to_owned();
    let made = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&random::<16>()).map_err(|e| e.to_string())?;
        argon2::Argon2::default().hash_password(password.as_bytes(), &salt).map(|h| h.to_string()).map_err(|e| e.to_string())
    });
    made.await.map_err(|e| Error::Unexpected(e.to_string()))?.map_err(Error::Unexpected)
}

/// What unknown people are checked against, so that their answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let salt = SaltString::encode_b64(&[7; 16]).expect("sixteen bytes are a salt");
    argon2::Argon2::default().hash_password(b"nobody", &salt).map(|h| h.to_string()).unwrap_or_default()
});

/// Whether a password's hash is one of those that people bring from elsewhere (bcrypt, in the crypt form `$2…$`). Whoever signs in with it
/// gets one of ours; until then a wrong password takes as long as theirs does, which tells such people from others.
pub fn is_bcrypt(phc: &str) -> bool {
    phc.starts_with("$2")
}

/// Whether the password belongs to the PHC string, or to a bcrypt hash from elsewhere; takes as long where there is none.
pub async fn check_password(password: &str, phc: Option<String>) -> bool {
    let password = password.to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| NOBODY.clone());
        if is_bcrypt(&phc) {
            return bcrypt::verify(password, &phc).unwrap_or(false);
        }
        let fits = PasswordHash::new(&phc).is_ok_and(|hash| argon2::Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && fits
    });
    checked.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_vector_of_the_channel_notes() {
        let signature = "93051e567a65376aeb11af1c337fed3a8301647026eae52b5c1103a2681f0d11";
        assert!(proves("inbox-hmac-token", "user-4411", signature));
        assert!(!proves("inbox-hmac-token", "user-4412", signature));
        assert!(!proves("inbox-hmac-token", "user-4411", &signature.to_uppercase()));
        assert!(!proves("inbox-hmac-token", "user-4411", ""));
    }

    #[test]
    fn a_mask_hides_a_token_and_gives_it_back() {
        let (token, mask) = (token(), sign("key", "nonce"));
        let hidden = masked(&mask, &token).unwrap();
        assert_ne!(hidden, token);
        assert_eq!(masked(&mask, &hidden), Some(token));
        assert_eq!(public_key().len(), PUBLIC_KEY);
        assert!(masked(&mask, "short").is_none() && masked("ab", &hidden).is_none());
    }

    #[test]
    fn the_same_words_are_the_same_key() {
        assert_eq!(key_of("7 a"), key_of("7 a"));
        assert_ne!(key_of("7 a"), key_of("7 b"));
        assert_eq!(key_of("x").0.get_version_num(), 8);
    }

    #[tokio::test]
    async fn a_hash_from_elsewhere_fits_its_password_alone() {
        // The vector of Openwall's crypt_blowfish, as Ruby's library repeats it.
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned();
        assert!(is_bcrypt(&hash));
        assert!(check_password("U*U", Some(hash.clone())).await);
        assert!(!check_password("U*U*", Some(hash.clone())).await);
        assert!(!check_password("U*U", Some(hash[..40].to_owned())).await);
    }

    #[tokio::test]
    async fn an_empty_or_missing_hash_fits_no_password() {
        assert!(!check_password("", None).await);
        assert!(!check_password("nobody", None).await);
        assert!(!check_password("", Some(String::new())).await);
        let phc = hash_password("correct horse").await.unwrap();
        assert!(check_password("correct horse", Some(phc.clone())).await);
        assert!(!check_password("correct horse ", Some(phc)).await);
    }
}
