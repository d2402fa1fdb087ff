//! Refusals as HTTP answers: the status of the code's one table, and the body everybody parses.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use model::{FaultBody, FaultCode};
use serde::de::DeserializeOwned;

/// A refusal on its way to a caller.
pub struct Refusal(FaultBody);

impl<E: Into<service::Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into().into_fault())
    }
}

impl Refusal {
    /// A refusal of this code.
    pub const fn of(code: FaultCode) -> Self {
        Self(FaultBody::of(code))
    }

    /// Its code.
    pub const fn code(&self) -> FaultCode {
        self.0.code
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        respond(self.0)
    }
}

/// A JSON body, refused as everything here is refused when it cannot be read.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Refusal::of(FaultCode::TooLarge)),
            Err(_) => Err(Refusal::of(FaultCode::Invalid)),
        }
    }
}

/// The answer to a refusal.
pub fn respond(body: FaultBody) -> Response {
    let status = StatusCode::from_u16(body.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let wait = body.retry_after;
    let mut response = (status, axum::Json(body)).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

/// A panic in one request is that request's alone (FAULTS 9).
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response<Body> {
    let what = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
    service::Error::Unexpected(format!("a handler panicked: {}", what.unwrap_or_default())).into_refusal().into_response()
}

trait IntoRefusal {
    fn into_refusal(self) -> Refusal;
}

impl IntoRefusal for service::Error {
    fn into_refusal(self) -> Refusal {
        Refusal(self.into_fault())
    }
}

#[cfg(test)]
mod tests {
    use super::panicked;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::{Request, StatusCode};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    #[tokio::test]
    async fn a_panic_is_one_requests_own() {
        let router = Router::new()
            .route(
                "/bad",
                get(|| async {
                    if true {
                        panic!("the secret of the house")
                    }
                }),
            )
            .route("/good", get(|| async { "here" }))
            .layer(CatchPanicLayer::custom(panicked));
        let ask = |path: &str| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let bad = ask("/bad").await.unwrap();
        assert_eq!(bad.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let said = axum::body::to_bytes(bad.into_body(), 4096).await.unwrap();
        assert!(!String::from_utf8_lossy(&said).contains("secret"), "the inside is for the log");
        assert_eq!(ask("/good").await.unwrap().status(), StatusCode::OK);
    }
}
