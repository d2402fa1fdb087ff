//! Proofs that a provider made a call: keyed digests and comparisons in constant time. It knows no provider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};

/// Whether two secrets are equal, without telling by time how much of them is.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"comparison");
    hmac::verify(&key, a, hmac::sign(&key, b).as_ref()).is_ok()
}

/// Whether `signature` is the hexadecimal HMAC-SHA256 of these bytes, in lower case as providers write it.
#[must_use]
pub fn hmac_hex(secret: &str, bytes: &[u8], signature: &str) -> bool {
    let Some(tag) = from_hex(signature) else { return false };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), bytes, &tag).is_ok()
}

/// Whether `signature` is the Base64 HMAC-SHA256 of these bytes.
#[must_use]
pub fn hmac_base64(secret: &str, bytes: &[u8], signature: &str) -> bool {
    let Ok(tag) = STANDARD.decode(signature) else { return false };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), bytes, &tag).is_ok()
}

/// Whether `signature` is the Base64 HMAC-SHA1 of these bytes, which Twilio still uses.
#[must_use]
pub fn hmac_sha1_base64(secret: &str, bytes: &[u8], signature: &str) -> bool {
    let Ok(tag) = STANDARD.decode(signature) else { return false };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes()), bytes, &tag).is_ok()
}

/// The HMAC-SHA256 of these bytes in Base64.
#[must_use]
pub fn sign_base64(secret: &str, bytes: &[u8]) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), bytes))
}

/// The HMAC-SHA1 of these bytes in Base64, which OAuth 1.0a wants.
#[must_use]
pub fn sign_sha1_base64(secret: &str, bytes: &[u8]) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes()), bytes))
}

/// The HMAC-SHA256 of these bytes in lower-case hexadecimal.
#[must_use]
pub fn sign_hex(secret: &str, bytes: &[u8]) -> String {
    to_hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), bytes).as_ref())
}

/// The SHA-256 of these bytes in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Whether `sum` is the SHA-256 of these bytes, in hexadecimal of either case or in Base64.
#[must_use]
pub fn is_sha256(bytes: &[u8], sum: &str) -> bool {
    let digest = digest::digest(&digest::SHA256, bytes);
    sum.eq_ignore_ascii_case(&to_hex(digest.as_ref()))
        || STANDARD.encode(digest.as_ref()).trim_end_matches('=') == sum.trim_end_matches('=')
}

/// The value of a `Basic` authorisation header.
#[must_use]
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_means_equal() {
        assert!(same(b"secret", b"secret"));
        assert!(!same(b"secret", b"secres") && !same(b"secret", b"") && !same(b"", b"s"));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_published_vector_holds() {
        let tag = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(hmac_hex("Jefe", b"what do ya want for nothing?", tag));
        assert_eq!(sign_hex("Jefe", b"what do ya want for nothing?"), tag);
        for bad in ["", &tag[1..], &tag.to_uppercase(), &format!("{tag}0"), &tag.replace('5', "g")] {
            assert!(!hmac_hex("Jefe", b"what do ya want for nothing?", bad), "{bad}");
        }
    }
}
