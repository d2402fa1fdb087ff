//! The website widget's side: its frame, its calls, its stream. Callers are visitors, proven by a bearer token and nothing else.

use super::events;
use super::fault::{self, Refusal};
use super::handover::Way;
use super::{App, Caller};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::*;
use serde::{Deserialize, Serialize};
use service::{Opened, Visitor, VisitorAbout, escape};

/// The routes below `/widget`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(webview))
        .route("/frame", get(frame))
        .route("/v1/launcher", get(launcher))
        .route("/v1/session", post(session))
        .route("/v1/messages", get(older).post(send))
        .route("/v1/answer", post(answer))
        .route("/v1/seen", post(seen))
        .route("/v1/typing", post(typing))
        .route("/v1/opened", post(opened))
        .route("/v1/about", post(about))
        .route("/v1/files", post(upload).layer(DefaultBodyLimit::disable()))
        .route("/v1/goodbye", post(goodbye))
        .route("/v1/code", post(code))
        .route("/v1/popped", post(popped))
        .route("/v1/events", get(stream))
}

/// Which inbox.
#[derive(Deserialize)]
pub struct Of {
    inbox: String,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    before: Option<i64>,
    #[serde(default)]
    after: Option<i64>,
    #[serde(default)]
    draft: Option<uuid::Uuid>,
    #[serde(default)]
    name: Option<String>,
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

async fn visitor(app: &App, inbox: &str, headers: &HeaderMap) -> Result<Visitor, Refusal> {
    Ok(app.service.visitor(inbox, bearer(headers)).await?)
}

/// What the launcher draws itself with.
#[derive(Serialize)]
struct Launcher {
    colour: String,
    position: &'static str,
    locale: &'static str,
}

/// Public, for any site: it says nothing but colour and language.
async fn launcher(State(app): State<App>, Query(of): Query<Of>) -> Response {
    let mut response = match app.service.launcher(&of.inbox).await {
        Ok((colour, language)) => {
            let fresh = [(header::CACHE_CONTROL, "public, max-age=60")];
            (fresh, Json(Launcher { colour, position: "right", locale: language.tag() })).into_response()
        }
        Err(error) => Refusal::from(error).into_response(),
    };
    // Refusals too: a page that cannot read why would take an unknown inbox for a bad connection.
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// The frame's document: a static shell that the WASM fills. Framed by the inbox's domains only.
async fn frame(State(app): State<App>, Query(of): Query<Of>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (name, ancestors) = app.service.frame(&of.inbox).await?;
    let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::negotiate).unwrap_or_default();
    let language = of.locale.as_deref().and_then(Language::from_tag).unwrap_or(preferred);
    let (css, js, wasm) =
        (app.assets.address("widget/recado.css"), app.assets.address("widget/recado.js"), app.assets.address("widget/recado.wasm"));
    let nonce = leptos::nonce::Nonce::new();
    let page = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1, \
         viewport-fit=cover, interactive-widget=resizes-content\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{css}\"><link rel=\"modulepreload\" href=\"{js}\"><link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
         </head><body><script type=\"module\" nonce=\"{nonce}\">import init, {{ mount }} from \"{js}\"; init({{ module_or_path: \"{wasm}\" }}).then(() => mount());</script></body></html>",
        lang = language.tag(),
        title = escape(&name),
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}"
    );
    let mut response = Html(page).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).map_err(|_| Refusal::of(FaultCode::Internal))?);
    // The frame and its opener are of different sites by design.
    out.insert("cross-origin-opener-policy", HeaderValue::from_static("unsafe-none"));
    out.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// What apps and the window that pops out ask with, in the names their clients use. They send the visitor's key along, too
/// (`cw_conversation`): the page's own script takes it from its address.
#[derive(Deserialize)]
struct Asked {
    website_token: String,
    #[serde(default)]
    locale: Option<String>,
}

/// The chat as a page of its own: the same frame, and around it a script that speaks the language of apps' WebViews.
async fn webview(State(app): State<App>, Query(of): Query<Asked>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (name, ancestors) = app.service.frame(&of.website_token).await?;
    let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::negotiate).unwrap_or_default();
    let language = of.locale.as_deref().and_then(Language::from_tag).unwrap_or(preferred);
    let nonce = leptos::nonce::Nonce::new();
    let page = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1, \
         viewport-fit=cover, interactive-widget=resizes-content\"><meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title></head><body><script nonce=\"{nonce}\" src=\"/embed/webview.js\"></script></body></html>",
        lang = language.tag(),
        title = escape(&name),
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; object-src 'none'; \
         frame-ancestors {ancestors}"
    );
    let mut response = Html(page).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).map_err(|_| Refusal::of(FaultCode::Internal))?);
    // A window that pops out talks to the page it came from; the address may carry a key and is told to nobody.
    out.insert("cross-origin-opener-policy", HeaderValue::from_static("unsafe-none"));
    out.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    out.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

async fn session(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    fault::Json(hello): fault::Json<VisitorHello>,
) -> Result<Json<VisitorSession>, Refusal> {
    Ok(Json(app.service.hello(hello, bearer(&headers), caller.address).await?))
}

async fn send(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    fault::Json(draft): fault::Json<VisitorDraft>,
) -> Result<Json<VisitorSent>, Refusal> {
    let browser = browser(headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default());
    Ok(Json(app.service.visitor_send(draft, bearer(&headers), browser, caller.address).await?))
}

/// Name and system out of a user-agent line, as far as an agent cares. The order matters: most names contain others'.
fn browser(agent: &str) -> Origin {
    let version = |mark: &str| {
        let after = agent.split_once(mark)?.1;
        Some(after.chars().take_while(char::is_ascii_digit).collect::<String>()).filter(|v| !v.is_empty())
    };
    let names = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    Origin {
        browser: names.into_iter().find_map(|(mark, name)| version(mark).map(|v| format!("{name} {v}"))),
        system: systems.into_iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| name.to_owned()),
        ..Origin::default()
    }
}

async fn older(State(app): State<App>, Query(of): Query<Of>, headers: HeaderMap) -> Result<Json<Page<VisitorMessage>>, Refusal> {
    let visitor = visitor(&app, &of.inbox, &headers).await?;
    Ok(Json(app.service.visitor_older(&visitor, MessageId(of.before.unwrap_or(i64::MAX))).await?))
}

async fn answer(
    State(app): State<App>,
    headers: HeaderMap,
    fault::Json(answer): fault::Json<VisitorAnswer>,
) -> Result<Json<VisitorMessage>, Refusal> {
    let visitor = visitor(&app, &answer.inbox, &headers).await?;
    Ok(Json(app.service.visitor_answer(&visitor, answer).await?))
}

/// How far the visitor's browser is.
#[derive(Deserialize)]
struct Seen {
    inbox: String,
    up_to: MessageId,
    read: bool,
}

async fn seen(State(app): State<App>, headers: HeaderMap, fault::Json(seen): fault::Json<Seen>) -> Result<StatusCode, Refusal> {
    let visitor = visitor(&app, &seen.inbox, &headers).await?;
    app.service.visitor_received(&visitor, seen.up_to, seen.read).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the visitor types.
#[derive(Deserialize)]
struct Typing {
    inbox: String,
    on: bool,
}

async fn typing(State(app): State<App>, headers: HeaderMap, fault::Json(typing): fault::Json<Typing>) -> Result<StatusCode, Refusal> {
    let visitor = visitor(&app, &typing.inbox, &headers).await?;
    app.service.visitor_typing(&visitor, typing.on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The visitor opened the chat: whoever listens by webhook hears of it.
async fn opened(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    fault::Json(hello): fault::Json<VisitorHello>,
) -> Result<StatusCode, Refusal> {
    let said = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let known = app.service.visitor(&hello.inbox, bearer(&headers)).await.ok();
    let language =
        said(header::ACCEPT_LANGUAGE).and_then(|all| all.split([',', ';']).next()).map(|first| first.trim().chars().take(20).collect());
    let page = hello.page.map(|page| page.chars().take(2_048).collect());
    let origin = Origin { page, language, ..browser(said(header::USER_AGENT).unwrap_or_default()) };
    app.service.visitor_opened(&hello.inbox, known, Opened { origin, language: hello.language }, caller.address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the site says about its visitor.
#[derive(Deserialize)]
struct About {
    inbox: String,
    about: VisitorAbout,
}

async fn about(State(app): State<App>, headers: HeaderMap, fault::Json(said): fault::Json<About>) -> Result<StatusCode, Refusal> {
    let visitor = visitor(&app, &said.inbox, &headers).await?;
    app.service.visitor_about(&visitor, said.about).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn upload(
    State(app): State<App>,
    caller: Caller,
    Query(of): Query<Of>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<UploadView>, Refusal> {
    let draft = ClientKey(of.draft.ok_or(Refusal::of(FaultCode::Invalid))?);
    let name = of.name.unwrap_or_default();
    let bytes = body.into_data_stream();
    Ok(Json(app.service.visitor_upload(&of.inbox, bearer(&headers), draft, &name, bytes, caller.address).await?))
}

/// Which inbox to leave.
#[derive(Deserialize)]
struct Goodbye {
    inbox: String,
}

async fn goodbye(State(app): State<App>, headers: HeaderMap, fault::Json(goodbye): fault::Json<Goodbye>) -> Result<StatusCode, Refusal> {
    app.service.visitor_goodbye(&goodbye.inbox, bearer(&headers)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the page around a chat asks for a code, from its own origin.
pub const CODE: &str = "/widget/v1/code";

/// Whose window pops out.
#[derive(Deserialize)]
struct Pops {
    inbox: String,
    token: String,
}

/// A code that is good once.
#[derive(Serialize)]
struct Code {
    code: String,
}

/// Asked by the site's own page, which has the key; its body is plain text, so that no browser asks first. No cookie is looked at.
async fn code(State(app): State<App>, caller: Caller, body: String) -> Response {
    let made = match serde_json::from_str::<Pops>(&body) {
        Ok(pops) => app.service.popout_code(&pops.inbox, &pops.token, caller.address).await,
        Err(_) => Err(service::Error::Fault(FaultCode::Invalid)),
    };
    let mut response = made.map_or_else(|error| Refusal::from(error).into_response(), |code| Json(Code { code }).into_response());
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// The window that popped out, with its code.
#[derive(Deserialize)]
struct Popped {
    inbox: String,
    code: String,
}

/// The key a code stood for.
#[derive(Serialize)]
struct Key {
    token: String,
}

async fn popped(State(app): State<App>, caller: Caller, fault::Json(popped): fault::Json<Popped>) -> Result<Json<Key>, Refusal> {
    Ok(Json(Key { token: app.service.popout_token(&popped.inbox, &popped.code, caller.address).await? }))
}

async fn stream(State(app): State<App>, Query(of): Query<Of>, Way(line): Way, headers: HeaderMap) -> Result<Response, Refusal> {
    let visitor = visitor(&app, &of.inbox, &headers).await?;
    let from = events::position(&headers, of.after);
    Ok(events::answer(app.service.follow_visitor(visitor, from).await?, line))
}

/// A page with the snippet on it, for whoever has no site at hand.
pub async fn test_page(State(app): State<App>, Path(inbox): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (name, _) = app.service.frame(&inbox).await?;
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::negotiate).unwrap_or_default();
    let (title, hint, slogan, menu, goods) = match language {
        Language::Portuguese => (
            "Página de teste",
            "Ela faz as vezes do seu site. Abra o chat no canto e envie uma mensagem.",
            "Feito para durar, entregue em casa",
            ["Novidades", "Coleções", "Sobre nós"],
            [
                ("Caderno pautado", "R$ 38,00"),
                ("Caneca de argila", "R$ 64,00"),
                ("Luminária de mesa", "R$ 189,00"),
                ("Bandeja de madeira", "R$ 112,00"),
            ],
        ),
        Language::English => (
            "Test page",
            "It stands in for your site. Open the chat in the corner and send a message.",
            "Made to last, brought to your door",
            ["New", "Collections", "About us"],
            [("Ruled notebook", "$ 9.00"), ("Clay mug", "$ 16.00"), ("Desk lamp", "$ 48.00"), ("Wooden tray", "$ 27.00")],
        ),
    };
    let nonce = leptos::nonce::Nonce::new();
    let name = escape(&name);
    let menu = menu.map(|word| format!("<li>{word}</li>")).concat();
    let goods = goods.map(|(thing, price)| format!("<li class=\"shop__good\"><i></i><b>{thing}</b><span>{price}</span></li>")).concat();
    let page = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\"><title>{name} · {title}</title><link rel=\"icon\" href=\"/favicon.svg\">\
         <link rel=\"stylesheet\" href=\"/test-page.css\"></head><body><p class=\"told\" role=\"note\"><b>{title}</b> {hint}</p>\
         <main class=\"shop\"><header class=\"shop__head\"><h1>{name}</h1><ul>{menu}</ul></header><div class=\"shop__front\"><p>{slogan}</p></div>\
         <ul class=\"shop__goods\">{goods}</ul></main>\
         <script async nonce=\"{nonce}\" src=\"/embed/recado.js\" data-token=\"{token}\"></script></body></html>",
        lang = language.tag(),
        token = escape(&inbox),
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(page).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).map_err(|_| Refusal::of(FaultCode::Internal))?);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_by_their_own_name() {
        let edge = browser(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
        );
        assert_eq!((edge.browser.as_deref(), edge.system.as_deref()), (Some("Edge 126"), Some("Windows")));
        let phone =
            browser("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1");
        assert_eq!((phone.browser.as_deref(), phone.system.as_deref()), (Some("Safari 17"), Some("iOS")));
        assert_eq!(browser("curl/8.0").browser, None);
    }
}
