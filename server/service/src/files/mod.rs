//! Where uploaded files lie: a folder, or a bucket that speaks S3. Both stand behind `object_store`; nobody else knows which it is.

pub mod backup;
mod bucket;
mod parts;
mod sign;
pub(crate) mod strip;
mod sweep;
mod xml;

use crate::{Clock, Error, Result};
use bucket::Bucket;
use object_store::{ObjectStore, local::LocalFileSystem, path::Path};
use percent_encoding::percent_decode_str;
use sign::Signer;
use std::path::PathBuf;
use std::sync::Arc;

/// Where uploaded files lie.
#[derive(Clone, Debug)]
pub enum FilePlace {
    /// A folder, made where it is absent.
    Folder(PathBuf),
    /// A bucket that speaks S3.
    Bucket(BucketPlace),
}

/// A bucket and how it is reached.
#[derive(Clone, Debug)]
pub struct BucketPlace {
    /// The address of the bucket itself, without a slash at its end.
    base: reqwest::Url,
    /// What every key begins with; empty, or with a slash at its end.
    prefix: String,
    signer: Signer,
}

impl BucketPlace {
    /// Reads `s3://bucket/prefix?endpoint=https://…&region=…&style=path|host`. Without an endpoint it is Amazon's.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(url: &str, access_key: &str, secret_key: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("files.url: {why}, as in s3://bucket/prefix?endpoint=https://s3.example.com&region=us-east-1");
        let read = reqwest::Url::parse(url).map_err(|_| wrong("it is no address"))?;
        if read.scheme() != "s3" {
            return Err(wrong("only s3:// is known"));
        }
        if !read.username().is_empty() || read.password().is_some() {
            return Err("files.url: keys do not belong in the address, but in files.access_key and files.secret_key".to_owned());
        }
        let bucket = read.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("it names no bucket"))?.to_owned();
        if access_key.is_empty() || secret_key.is_empty() {
            return Err("files.url names a bucket: files.access_key and files.secret_key must be set".to_owned());
        }
        let (mut endpoint, mut region, mut style) = (None, "us-east-1".to_owned(), None);
        for (key, value) in read.query_pairs() {
            match key.as_ref() {
                "endpoint" => endpoint = Some(value.into_owned()),
                "region" if !value.is_empty() => region = value.into_owned(),
                "style" if matches!(value.as_ref(), "path" | "host") => style = Some(value == "path"),
                other => return Err(wrong(&format!("`{other}` is not known there, or its value is not"))),
            }
        }
        // Amazon wants the bucket as a host, whose certificate covers no further dot; others take paths everywhere.
        let by_path = style.unwrap_or(endpoint.is_some() || bucket.contains('.'));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let mut base = reqwest::Url::parse(&endpoint).map_err(|_| wrong("the endpoint is no address"))?;
        if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || !base.username().is_empty() {
            return Err(wrong("the endpoint is no plain http(s) address"));
        }
        if by_path {
            let path = format!("{}/{bucket}", base.path().trim_end_matches('/'));
            base.set_path(&path);
        } else {
            let host = format!("{bucket}.{}", base.host_str().unwrap_or_default());
            base.set_host(Some(&host)).map_err(|_| wrong("the bucket is no host's name: add style=path"))?;
        }
        let prefix = match percent_decode_str(read.path().trim_matches('/')).decode_utf8_lossy().as_ref() {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        let signer = Signer { access_key: access_key.to_owned(), secret_key: secret_key.to_owned(), region };
        Ok(Self { base, prefix, signer })
    }
}

impl std::fmt::Display for FilePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(place) => write!(f, "{}/{}", place.base.as_str().trim_end_matches('/'), place.prefix),
        }
    }
}

impl FilePlace {
    pub(crate) fn open(&self, clock: &Arc<dyn Clock>) -> Result<Arc<dyn ObjectStore>> {
        match self {
            Self::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(Error::Files)?;
                Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?))
            }
            Self::Bucket(place) => Ok(Arc::new(Bucket::open(place, clock)?)),
        }
    }

    /// Whether files can be written, read and removed there: tried with one of a few bytes.
    ///
    /// # Errors
    /// A sentence that says what was refused.
    pub async fn prove(&self, clock: Arc<dyn Clock>) -> Result<(), String> {
        let probe = async {
            let (files, path) = (self.open(&clock)?, Path::from(format!("probe-{}", crate::secret::reference())));
            files.put(&path, "probe".into()).await?;
            let same = files.get(&path).await?.bytes().await? == "probe";
            files.delete(&path).await?;
            if same { Ok(()) } else { Err(Error::Unexpected("what was written was not read".to_owned())) }
        };
        probe.await.map_err(|error: Error| format!("{self}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_bucket_prefix_and_endpoint() {
        let read = |url: &str| BucketPlace::read(url, "a", "s").map(|place| FilePlace::Bucket(place).to_string());
        assert_eq!(read("s3://desk").unwrap(), "https://desk.s3.us-east-1.amazonaws.com/");
        assert_eq!(read("s3://my.desk/x?region=sa-east-1").unwrap(), "https://s3.sa-east-1.amazonaws.com/my.desk/x/");
        assert_eq!(read("s3://desk/a/b/?endpoint=http://127.0.0.1:9000").unwrap(), "http://127.0.0.1:9000/desk/a/b/");
        assert_eq!(read("s3://desk?endpoint=https://o.example&style=host").unwrap(), "https://desk.o.example/");
        for bad in ["desk", "gs://desk", "s3:///x", "s3://k:s@desk", "s3://desk?endpoint=ftp://x", "s3://desk?regoin=x", "s3://d?style=y"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(BucketPlace::read("s3://desk", "a", "").unwrap_err().contains("files.secret_key"));
        let place = BucketPlace::read("s3://desk", "a", "shh").unwrap();
        assert!(!format!("{place:?}").contains("shh"));
    }
}
