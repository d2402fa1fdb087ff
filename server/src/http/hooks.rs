//! Where providers call: the raw call goes to the service as it came. What it means, and whether it is believed, is decided there.

use super::App;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use service::{Hooked, RawCall};
use std::collections::BTreeMap;

/// Most bytes of a call; providers' batches stay far below.
pub const BODY: usize = 8 * 1024 * 1024;

/// `/hooks/{place}`: one address for all inboxes of a provider.
pub async fn shared(State(app): State<App>, Path(place): Path<String>, call: Parts) -> Response {
    call.take(app, &place, "", "").await
}

/// `/hooks/{place}/{key}`: the address of one inbox.
pub async fn one(State(app): State<App>, Path((place, key)): Path<(String, String)>, call: Parts) -> Response {
    call.take(app, &place, &key, "").await
}

/// A still picture for LINE's films, which LINE fetches from our address.
pub async fn still() -> Response {
    ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")], service::LINE_STILL).into_response()
}

/// `/hooks/{place}/{key}/…`: the same with a part of the provider's or our own behind it.
pub async fn below(State(app): State<App>, Path((place, key, rest)): Path<(String, String, String)>, call: Parts) -> Response {
    call.take(app, &place, &key, &rest).await
}

/// A call as it came.
pub struct Parts {
    method: Method,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
}

impl axum::extract::FromRequest<App> for Parts {
    type Rejection = Response;

    async fn from_request(request: axum::extract::Request, app: &App) -> Result<Self, Response> {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let uri = OriginalUri(request.extensions().get::<OriginalUri>().map_or_else(|| request.uri().clone(), |uri| uri.0.clone()));
        let body = Bytes::from_request(request, app).await.map_err(IntoResponse::into_response)?;
        Ok(Self { method, uri, headers, body })
    }
}

impl Parts {
    async fn take(self, app: App, place: &str, key: &str, rest: &str) -> Response {
        let path = self.uri.path_and_query().map_or("", |path| path.as_str());
        let headers: BTreeMap<String, String> =
            self.headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect();
        let call = RawCall {
            method: self.method.to_string(),
            path: rest.to_owned(),
            query: self.uri.query().unwrap_or_default().to_owned(),
            headers,
            body: self.body.to_vec(),
            url: format!("{}{path}", app.service.settings().public_url),
        };
        match app.service.take_call(place, key, call).await {
            Ok(Hooked { status, content_type, body }) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                let mut answer = (status, body).into_response();
                answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
                answer
            }
            Err(error) => super::fault::respond(error.into_fault()),
        }
    }
}
