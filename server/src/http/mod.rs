//! HTTP over the services: the router and what stands in front of every route. What a request means is the service's business.

mod api;
mod assets;
mod connect;
mod edges;
mod events;
mod fault;
mod files;
mod forms;
mod handover;
mod health;
mod hooks;
mod mail;
mod pages;
mod session;
mod widget;

pub use assets::Assets;
pub use edges::{Caller, Edges};
pub use handover::{Carried, Door, Peer};
pub use session::write as write_cookie;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use service::Service;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Most bytes of an ordinary request.
const BODY: usize = 1024 * 1024;

/// What every handler may need.
#[derive(Clone)]
pub struct App {
    /// The product.
    pub service: Service,
    /// What stands in front of every route.
    pub edges: Arc<Edges>,
    /// The browser bundles.
    pub assets: Arc<Assets>,
}

impl FromRef<App> for Service {
    fn from_ref(app: &App) -> Self {
        app.service.clone()
    }
}

/// The whole server.
pub fn router(service: Service, edges: Edges, assets: Assets) -> Router {
    health::count();
    // Leptos runs what pages load on this runtime; a second router in one process (tests) finds it set.
    let _set = any_spawner::Executor::init_tokio();
    let app = App { service, edges: Arc::new(edges), assets: Arc::new(assets) };
    // What is compressed already, and streams, pass as they are.
    let worth = SizeAbove::new(860)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/wasm"))
        .and(NotForContentType::const_new("application/octet-stream"))
        .and(NotForContentType::const_new("font/"));
    Router::new()
        .route("/rpc/{*function}", post(pages::function))
        .route("/login", get(pages::page).post(forms::sign_in))
        .route("/signup", get(pages::page).post(forms::sign_up))
        .route("/forgot", get(pages::page).post(forms::forgot))
        .route("/app/accounts/{account}/conversations/{number}/reply", post(forms::reply))
        .route("/logout", post(forms::sign_out))
        .route("/profile/photo", post(files::set_photo).layer(DefaultBodyLimit::max(3 * BODY)))
        .route("/avatars/{version}", get(files::photo))
        .route("/uploads/{account}", post(files::upload).layer(DefaultBodyLimit::disable()))
        .route("/files/{account}/{file}/signed", get(files::signed))
        .route("/files/{account}/{file}/{name}", get(files::download))
        .route(service::LINE_STILL_PATH, get(hooks::still))
        .route("/hooks/email/{key}", post(mail::posted).layer(DefaultBodyLimit::max(mail::LARGEST)))
        .route("/mail/{account}/{message}/raw", get(mail::raw))
        .route("/mail/{account}/{message}/html", get(mail::page))
        .route("/mail/part/{account}/{file}", get(mail::part))
        .route("/mail/picture/{address}", get(mail::picture))
        .route("/hooks/{place}", get(hooks::shared).post(hooks::shared).layer(DefaultBodyLimit::max(hooks::BODY)))
        .route("/hooks/{place}/{key}", get(hooks::one).post(hooks::one).layer(DefaultBodyLimit::max(hooks::BODY)))
        .route("/hooks/{place}/{key}/{*rest}", get(hooks::below).post(hooks::below).layer(DefaultBodyLimit::max(hooks::BODY)))
        .route("/connect/{kind}", get(connect::back))
        .route("/events/{account}", get(events::agent))
        .route("/events/{account}/page", get(events::page))
        .merge(api::router())
        .nest("/widget", widget::router())
        .route("/test/{inbox}", get(widget::test_page))
        .route("/assets/{*path}", get(assets::hashed))
        .route("/release", get(assets::release))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(pages::page)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(app.clone(), edges::guard))
        .layer(CompressionLayer::new().compress_when(worth))
        .layer(CatchPanicLayer::custom(fault::panicked))
        .with_state(app)
}
