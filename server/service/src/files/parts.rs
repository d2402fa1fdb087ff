//! A file that goes into a bucket in parts. One of a single part, as most are, goes as it is.

use super::bucket::{Bucket, Call, failed};
use super::xml;
use async_trait::async_trait;
use futures::FutureExt;
use object_store::path::Path;
use object_store::{Error, MultipartUpload, PutPayload, PutResult, Result, UploadPart};
use reqwest::{Method, header};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// An upload under way.
#[derive(Debug)]
pub(super) struct Parts(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bucket: Bucket,
    at: Path,
    /// The bucket's name for the upload, once there are two parts.
    upload: OnceCell<String>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The first part, held until there is a second or the end.
    first: Option<PutPayload>,
    given: usize,
    /// The bucket's mark of each part that is there.
    marks: BTreeMap<usize, String>,
}

impl Parts {
    pub fn new(bucket: Bucket, at: Path) -> Self {
        Self(Arc::new(Shared { bucket, at, upload: OnceCell::new(), state: Mutex::default() }))
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self, method: Method, query: Vec<(&'static str, String)>) -> Call {
        Call { method, at: Some(self.at.clone()), query, ..Call::default() }
    }

    async fn begin(&self) -> Result<&String> {
        let begin = async {
            let text = self.bucket.told(self.call(Method::POST, vec![("uploads", String::new())])).await?;
            xml::text(&text, "UploadId").ok_or_else(|| failed("an upload without a name"))
        };
        self.upload.get_or_try_init(|| begin).await
    }

    async fn put(&self, number: usize, data: PutPayload) -> Result<()> {
        let upload = self.begin().await?.clone();
        let query = vec![("partNumber", number.to_string()), ("uploadId", upload)];
        let answer = self.bucket.call(Call { body: data.into(), ..self.call(Method::PUT, query) }).await?;
        let mark = answer.headers().get(header::ETAG).and_then(|mark| mark.to_str().ok());
        let mark = mark.ok_or_else(|| failed("a part without a mark"))?.to_owned();
        self.state().marks.insert(number, mark);
        Ok(())
    }
}

#[async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (number, first) = {
            let mut state = self.0.state();
            state.given += 1;
            if state.given == 1 {
                state.first = Some(data);
                return futures::future::ready(Ok(())).boxed();
            }
            (state.given, state.first.take())
        };
        let shared = self.0.clone();
        async move {
            let held = async {
                match first {
                    Some(first) => shared.put(1, first).await,
                    None => Ok(()),
                }
            };
            futures::future::try_join(held, shared.put(number, data)).await?;
            Ok(())
        }
        .boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let shared = &self.0;
        let (first, given, marks) = {
            let mut state = shared.state();
            (state.first.take(), state.given, std::mem::take(&mut state.marks))
        };
        if given <= 1 {
            let body = first.unwrap_or_default().into();
            shared.bucket.call(Call { body, ..shared.call(Method::PUT, Vec::new()) }).await?;
            return Ok(PutResult { e_tag: None, version: None });
        }
        let upload = shared.upload.get().filter(|_| marks.len() == given).ok_or_else(|| failed("a part is missing"))?;
        let list: String = marks
            .iter()
            .map(|(number, mark)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", xml::escaped(mark)))
            .collect();
        let body = format!("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{list}</CompleteMultipartUpload>");
        let call = shared.call(Method::POST, vec![("uploadId", upload.clone())]);
        shared.bucket.told(Call { body: body.into(), ..call }).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn abort(&mut self) -> Result<()> {
        let Some(upload) = self.0.upload.get() else { return Ok(()) };
        match self.0.bucket.call(self.0.call(Method::DELETE, vec![("uploadId", upload.clone())])).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
