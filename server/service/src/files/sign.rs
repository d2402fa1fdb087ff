//! How a call to a bucket is proven: AWS Signature Version 4, in headers. It knows no bucket and sends nothing.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Who calls, and where.
#[derive(Clone)]
pub struct Signer {
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// The region the bucket is in; also what a key is bound to.
    pub region: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// What is signed of a call.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its path, escaped.
    pub path: &'a str,
    /// Its parameters, escaped and sorted.
    pub query: &'a str,
    /// Its headers, in small letters and sorted; `host` and every `x-amz-…` must be among them.
    pub headers: &'a [(&'a str, &'a str)],
    /// The digest of its body.
    pub digest: &'a str,
    /// When it is made, such as 20130524T000000Z.
    pub at: &'a str,
}

/// The digest of a body, as calls name it.
pub fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key fits");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

impl Signer {
    /// The header `authorization`.
    pub fn authorization(&self, asked: &Asked<'_>) -> String {
        let day = asked.at.get(..8).unwrap_or_default();
        let names: Vec<&str> = asked.headers.iter().map(|(name, _)| *name).collect();
        let (names, lines) =
            (names.join(";"), asked.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect::<String>());
        let whole = format!("{}\n{}\n{}\n{lines}\n{names}\n{}", asked.method, asked.path, asked.query, asked.digest);
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", asked.at, digest(whole.as_bytes()));
        let key = [self.region.as_str(), "s3", "aws4_request"]
            .iter()
            .fold(mac(format!("AWS4{}", self.secret_key).as_bytes(), day), |key, part| mac(&key, part));
        let signature = HEXLOWER.encode(&mac(&key, &text));
        format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.access_key)
    }
}

/// Everything but unreserved characters (RFC 3986, 2.3).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// A part of a path or a query as it is signed; in a path slashes stand as they are.
pub fn escaped(text: &str, path: bool) -> String {
    utf8_percent_encode(text, if path { PATH } else { QUERY }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of AWS's own documentation ("Signature Calculations: Transferring Payload in a Single Chunk").
    #[test]
    fn the_published_examples_are_signed_alike() {
        let signer = Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            region: "us-east-1".into(),
        };
        let (host, at, none) = (("host", "examplebucket.s3.amazonaws.com"), "20130524T000000Z", digest(b""));
        let (time, sum) = (("x-amz-date", at), ("x-amz-content-sha256", none.as_str()));
        let get =
            Asked { method: "GET", path: "/test.txt", query: "", headers: &[host, ("range", "bytes=0-9"), sum, time], digest: &none, at };
        let signed = signer.authorization(&get);
        assert!(signed.ends_with("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"), "{signed}");
        let list = Asked { path: "/", query: "max-keys=2&prefix=J", headers: &[host, sum, time], ..get };
        let signed = signer.authorization(&list);
        assert!(signed.ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"), "{signed}");
        assert_eq!(escaped("test$file.text", true), "test%24file.text");
    }
}
