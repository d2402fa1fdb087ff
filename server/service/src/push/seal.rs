//! A push message's encryption: RFC 8291 over the `aes128gcm` coding of RFC 8188, one record. It knows no subscription's place and sends nothing.

use data_encoding::BASE64URL_NOPAD;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::SystemRandom;

/// Bytes of an uncompressed point of P-256.
const POINT: usize = 65;
/// Bytes of the shared secret (RFC 8291, 3.2).
const AUTH: usize = 16;
/// The record size we name: what every push service must take (RFC 8030, 7.2).
const RECORD: u32 = 4096;
/// Most bytes of a message: the record less header, tag and delimiter.
pub const MOST: usize = RECORD as usize - (16 + 4 + 1 + POINT) - 16 - 1;

/// What a browser gave to encrypt for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    key: [u8; POINT],
    auth: [u8; AUTH],
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

impl Reader {
    /// Reads `p256dh` and `auth` as browsers write them (base64url; some old ones pad it).
    pub fn read(p256dh: &str, auth: &str) -> Option<Self> {
        let bytes = |text: &str| BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok();
        let key: [u8; POINT] = bytes(p256dh)?.try_into().ok()?;
        let auth = bytes(auth)?.try_into().ok()?;
        (key[0] == 4).then_some(Self { key, auth })
    }

    /// Encrypts a message under a fresh key; none when the browser's key is no point of the curve, or the message is too long.
    pub fn seal(&self, message: &[u8]) -> Option<Vec<u8>> {
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
        let public: [u8; POINT] = own.compute_public_key().ok()?.as_ref().try_into().ok()?;
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).ok()?;
        let theirs = UnparsedPublicKey::new(&ECDH_P256, self.key);
        agree_ephemeral(own, &theirs, |secret| self.seal_with(secret, &public, &salt, message)).ok()?
    }

    fn seal_with(&self, secret: &[u8], public: &[u8; POINT], salt: &[u8; 16], message: &[u8]) -> Option<Vec<u8>> {
        if message.len() > MOST {
            return None;
        }
        // RFC 8291, 3.4: first the secret is bound to both keys, then the coding's own derivation follows.
        let mut key = [0; 32];
        let info: [&[u8]; 3] = [b"WebPush: info\0", &self.key, public];
        Salt::new(HKDF_SHA256, &self.auth).extract(secret).expand(&info, Bytes(32)).ok()?.fill(&mut key).ok()?;
        let derived = Salt::new(HKDF_SHA256, salt).extract(&key);
        let (mut content, mut nonce) = ([0; 16], [0; 12]);
        derived.expand(&[b"Content-Encoding: aes128gcm\0"], Bytes(16)).ok()?.fill(&mut content).ok()?;
        derived.expand(&[b"Content-Encoding: nonce\0"], Bytes(12)).ok()?.fill(&mut nonce).ok()?;
        // The last record ends with 2 (RFC 8188, 2); it is the only one, so its nonce needs no counting.
        let mut sealed = [message, &[2]].concat();
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content).ok()?);
        cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        Some([salt.as_slice(), &RECORD.to_be_bytes(), &[POINT as u8], public, &sealed].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        BASE64URL_NOPAD.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_standards_own_example_is_made_byte_for_byte() {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let reader = Reader::read(key, "BTBZMqHH6r4Tts7J_aSIgg").unwrap();
        let secret = bytes::<32>("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let public = bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let sealed = reader.seal_with(&secret, &public, &salt, b"When I grow up, I want to be a watermelon").unwrap();
        let body = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64URL_NOPAD.encode(&sealed), body);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        assert!(Reader::read(&point[..40], "BTBZMqHH6r4Tts7J_aSIgg").is_none());
        assert!(Reader::read(point, "curto").is_none());
        assert_eq!(Reader::read(&format!("{point}="), "BTBZMqHH6r4Tts7J_aSIgg=="), Reader::read(point, "BTBZMqHH6r4Tts7J_aSIgg"));
        // 65 bytes that begin as a point does and lie on no curve.
        let nowhere = BASE64URL_NOPAD.encode(&[&[4_u8][..], &[7; 64]].concat());
        assert_eq!(Reader::read(&nowhere, "BTBZMqHH6r4Tts7J_aSIgg").unwrap().seal(b"oi"), None);
        let reader = Reader::read(point, "BTBZMqHH6r4Tts7J_aSIgg").unwrap();
        assert_eq!(reader.seal(&[b'a'; MOST]).unwrap().len(), RECORD as usize);
        assert_eq!(reader.seal(&[b'a'; MOST + 1]), None);
    }
}
