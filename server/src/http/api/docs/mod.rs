//! The API's own description: one table of operations with the shapes of what is given and told, from which the OpenAPI document, the page to
//! read it and the check of requests are made. What the operations do stands in the routes.

mod check;
mod given;
mod index;
mod kept;
mod notation;
mod openapi;
mod page;
mod shapes;
mod table;
mod told;

pub use check::{Asked, later, later_outside, reachable};

use super::super::App;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, header};
use kept::Kept;
use model::Language;
use std::sync::Arc;

/// What is given out, made when somebody first asks for it: the document, and the page in each language.
#[derive(Default)]
struct Shelf {
    document: Kept,
    portuguese: Kept,
    english: Kept,
}

/// The routes of the page and the document.
pub fn router() -> Router<App> {
    let shelf = Arc::new(Shelf::default());
    let for_document = shelf.clone();
    let page = move |State(app): State<App>, headers: HeaderMap| {
        let shelf = shelf.clone();
        async move { shelf.page(&app, &headers).await }
    };
    let document = move |State(app): State<App>, headers: HeaderMap| {
        let shelf = for_document.clone();
        async move { shelf.document(&app, &headers).await }
    };
    Router::new().route("/api/docs", get(page)).route("/api/docs/openapi.json", get(document))
}

impl Shelf {
    async fn document(&self, app: &App, headers: &HeaderMap) -> Response {
        let address = app.service.settings().public_url.clone();
        self.document.give("application/json", headers, move || openapi::whole(&address).to_string()).await
    }

    async fn page(&self, app: &App, headers: &HeaderMap) -> Response {
        let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::negotiate).unwrap_or_default();
        let kept = match language {
            Language::Portuguese => &self.portuguese,
            Language::English => &self.english,
        };
        let address = app.service.settings().public_url.clone();
        let mut response = kept.give("text/html; charset=utf-8", headers, move || page::whole(language, &address)).await;
        let out = response.headers_mut();
        out.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'",
            ),
        );
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
        response
    }
}
