//! The inbox's pages and server functions: what Leptos renders and calls, with the caller and the service as context.

use super::{App, edges, session};
use api::SessionCookie;
use app::ShellOptions;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use model::{FaultBody, FaultCode, Language, Theme};
use std::sync::Arc;

/// What every rendering and every function finds in its context.
fn provide(app: &App, request: &Request) -> impl Fn() + Clone + Send + Sync + 'static {
    let caller = request.extensions().get::<edges::Caller>().copied();
    let secure = caller.is_some_and(|c| c.secure);
    let cookie = SessionCookie {
        token: session::token(request.headers(), secure),
        write: session::write,
        secure,
        address: caller.map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |c| c.address),
    };
    let service = app.service.clone();
    move || {
        provide_context(service.clone());
        provide_context(cookie.clone());
    }
}

/// A server function.
pub async fn function(State(app): State<App>, request: Request) -> Response {
    let provide = provide(&app, &request);
    let response = leptos_axum::handle_server_fns_with_context(provide, request).await.into_response();
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    // Leptos answers 500 to a body it cannot read; the fault it wrote knows better.
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 64 * 1024).await.unwrap_or_default();
    if let Ok(fault) = serde_json::from_slice::<FaultBody>(&bytes)
        && let Ok(status) = StatusCode::from_u16(fault.code.status())
    {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// A page of the inbox, or a file of `public/` that lies at the root.
pub async fn page(State(app): State<App>, request: Request) -> Response {
    if let Some(file) = app.assets.root(request.uri().path(), request.headers()) {
        return file;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return super::fault::respond(FaultBody::of(FaultCode::Missing));
    }
    let secure = request.extensions().get::<edges::Caller>().is_some_and(|c| c.secure);
    let token = session::token(request.headers(), secure);
    let preferred =
        request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::negotiate).unwrap_or_default();
    let provide = provide(&app, &request);
    // A page can be shown without knowing who asks; whatever it loads asks again and says what is wrong.
    let known = app.service.session(token.as_deref()).await.ok().flatten();
    let fresh = known.is_none() && app.service.untouched().await.unwrap_or(false);
    let options = ShellOptions {
        css: app.assets.address("inbox/recado.css"),
        later: app.assets.packed("inbox/later.css"),
        now: app::is_later(request.uri().path()),
        js: app.assets.address("inbox/recado.js"),
        wasm: app.assets.address("inbox/recado.wasm"),
        language: known.as_ref().map_or(preferred, |s| s.language),
        theme: known.as_ref().map_or(Theme::System, |s| s.theme),
        fresh,
        release: app.assets.release().to_owned(),
    };
    let shown = options.clone();
    let context = move || {
        provide();
        provide_context(shown.clone());
        if let Some(response) = use_context::<ResponseOptions>() {
            secure_page(&response);
            let answer = response.clone();
            provide_context(app::Answer(Arc::new(move |status| {
                if let Ok(status) = StatusCode::from_u16(status) {
                    answer.set_status(status);
                }
            })));
        }
    };
    let render = leptos_axum::render_app_async_with_context(context, move || app::shell(options.clone()));
    render(request.map(|_| Body::empty())).await
}

/// The page's policy: scripts by nonce only, WASM allowed, everything else from here, framed by nobody.
fn secure_page(response: &ResponseOptions) {
    let nonce = leptos::nonce::use_nonce().map(|n| n.to_string()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
    response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
