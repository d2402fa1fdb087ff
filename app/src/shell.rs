//! The document around every page, and the root component inside it.
//! Which page an address means is said in [`crate::routes`].

use crate::pages;
use crate::routes::Place;
use crate::store::Me;
use kit::Draw;
#[cfg(feature = "ssr")]
use kit::Icon;
use kit::effect;
use kit::i18n::{Language, Locale, t, text};
use kit::time::Clock;
use kit::{Toaster, Toasts};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;
use model::Theme;
use std::sync::Arc;

/// What the server knows when it prints the document; also given as context, for the first language.
#[derive(Clone, Debug, Default)]
pub struct ShellOptions {
    /// Address of the stylesheet.
    pub css: String,
    /// Address of the stylesheet of what is fetched later; none where the first holds everything.
    pub later: Option<String>,
    /// Whether this page needs that one from the start.
    pub now: bool,
    /// Address of the script that loads the WASM.
    pub js: String,
    /// Address of the WASM.
    pub wasm: String,
    /// The session's language, else what the browser prefers.
    pub language: Language,
    /// The session's theme.
    pub theme: Theme,
    /// Whether nobody has signed up on this server yet.
    pub fresh: bool,
    /// Names these bundles; another name from `/release` means that this page is out of date.
    pub release: String,
}

/// Sets the status of the answer while a page is rendered; given as context by the server, absent in a browser.
#[derive(Clone)]
pub struct Answer(pub Arc<dyn Fn(u16) + Send + Sync>);

impl Answer {
    /// Sets the status, where there is an answer to set it on.
    pub(crate) fn status(status: u16) {
        if let Some(Self(set)) = use_context() {
            set(status);
        }
    }
}

/// The name of a theme in `<html data-theme>`.
#[must_use]
pub const fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// The title of a page. The server takes the words at once: it prints the head when the page's signals may be gone already.
pub(crate) fn title(words: impl Fn() -> String + Send + Sync + 'static) -> TextProp {
    if cfg!(feature = "ssr") { untrack(words).into() } else { words.into() }
}

/// Puts the panes as this browser left them before anything is drawn, so that nothing moves afterwards (panes/rail.rs, panes/grip.rs).
#[cfg(feature = "ssr")]
const ARRANGE: &str = "try { const root = document.documentElement, list = localStorage.getItem('recado-list'); \
    if (list) root.style.setProperty('--list', `${list}px`); \
    if (localStorage.getItem('recado-scopes')) root.toggleAttribute('data-folded', true); } catch {}";

/// Asks now and then whether the server speaks of other bundles than this page runs on, whose parts it could not fetch any more, and says so. A script
/// of the document's own: it must work where the program does not. Reloading is left to a person, who may put it off for an hour; what they wrote is kept.
#[cfg(feature = "ssr")]
const RELEASE: &str = "const old = document.getElementById('outdated'), { release } = document.documentElement.dataset; let asked = Date.now(); \
    const ask = async () => { \
      if (document.hidden || !old.hidden || Date.now() - asked < 2e4) return; \
      asked = Date.now(); \
      try { const answer = await fetch('/release', { cache: 'no-store' }); \
        if (answer.ok && await answer.text() !== release) old.hidden = false; } catch {} }; \
    for (const event of ['focus', 'online', 'click']) addEventListener(event, ask); \
    document.addEventListener('visibilitychange', ask); setInterval(ask, 6e4); \
    const [update, later] = old.querySelectorAll('button'); \
    update.addEventListener('click', () => location.reload()); \
    later.addEventListener('click', () => { old.hidden = true; asked = Date.now() + 36e5; });";

/// The document. Scripts carry the request's nonce; the page is hydrated by the module script at its end.
#[cfg(feature = "ssr")]
pub fn shell(options: ShellOptions) -> impl IntoView {
    use leptos::nonce::use_nonce;
    use leptos_meta::MetaTags;
    let start = format!(
        // A program that has stopped answers nothing any more: the page says so, as nothing else can.
        "addEventListener('error', (event) => {{ if (event.error instanceof WebAssembly.RuntimeError) document.getElementById('stopped').hidden = false; }}); \
         document.getElementById('stopped').querySelector('button').addEventListener('click', () => location.reload()); \
         for (const name of ['dragover', 'drop']) addEventListener(name, (event) => {{ \
           if (event.dataTransfer?.types.includes('Files') && !event.target.closest?.('input[type=file]')) event.preventDefault(); }}); \
         import init, {{ hydrate }} from {:?}; await init({{ module_or_path: {:?} }}); await hydrate(); \
         document.documentElement.dataset.hydrated = ''; \
         const later = document.getElementById('later'); if (later) later.media = 'all';",
        options.js, options.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang=options.language.tag() data-theme=theme_name(options.theme) data-release=options.release.clone()>
            <head>
                <meta charset="utf-8"/>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href=format!("/recado.{}.webmanifest", options.language.tag())/>
                <link rel="apple-touch-icon" href="/icon-maskable.png"/>
                <link rel="preload" href="/fonts/inter.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <script nonce=use_nonce() inner_html=ARRANGE></script>
                <link rel="stylesheet" href=options.css.clone()/>
                // A sheet for no medium is fetched without keeping the page waiting.
                {options.later.clone().map(|later| view! {
                    <link id="later" rel="stylesheet" href=later media=if options.now { "all" } else { "not all" }/>
                })}
                <link rel="modulepreload" href=options.js.clone() nonce=use_nonce()/>
                <link rel="preload" href=options.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" nonce=use_nonce() inner_html=start></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <div id="stopped" class="stopped" role="alert" hidden>
                    <span>{text::COMMON_STOPPED.in_(options.language)}</span>
                    <button type="button" class="button">{text::ERROR_RELOAD.in_(options.language)}</button>
                </div>
                <div id="outdated" class="stopped stopped--old" role="status" hidden>
                    <span>{text::COMMON_OUTDATED.in_(options.language)}</span>
                    <button type="button" class="button">{text::COMMON_UPDATE.in_(options.language)}</button>
                    <button type="button" class="icon-button" aria-label=text::COMMON_CLOSE.in_(options.language)>{Icon::X.view()}</button>
                </div>
                <script type="module" nonce=use_nonce() inner_html=RELEASE></script>
            </body>
        </html>
    }
    .any()
}

/// The language of the first drawing: the server's choice, which the browser reads back from the document.
fn first_language() -> Language {
    if let Some(options) = use_context::<ShellOptions>() {
        return options.language;
    }
    if cfg!(feature = "ssr") {
        return Language::default();
    }
    document().document_element().and_then(|html| html.get_attribute("lang")).and_then(|tag| Language::from_tag(&tag)).unwrap_or_default()
}

/// The root component.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let locale = Locale::provide(first_language());
    Clock::provide();
    Toasts::provide();
    Me::provide();
    effect(move || {
        if let Some(html) = document().document_element() {
            // The attribute's name is valid, so this cannot fail.
            let _ = html.set_attribute("lang", locale.language().tag());
        }
    });
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Recado".to_owned() } else { title }/>
        <Router>
            <a class="skip" href="#content">{t(text::COMMON_SKIP)}</a>
            <FlatRoutes fallback=|| view! { <pages::NotFound/> }>
                <Route path=path!("/") view=|| pages::door(pages::Door::Home) ssr=SsrMode::Async/>
                <Route path=path!("/login") view=|| pages::door(pages::Door::Login) ssr=SsrMode::Async/>
                <Route path=path!("/signup") view=|| pages::door(pages::Door::SignUp) ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view=|| pages::door(pages::Door::Forgot) ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=|| pages::door(pages::Door::Reset) ssr=SsrMode::Async/>
                <Route path=path!("/invite/:token") view=|| pages::door(pages::Door::Invite) ssr=SsrMode::Async/>
                <Route path=path!("/app/accounts/:account") view=pages::AccountHome ssr=SsrMode::Async/>
                <Route path=path!("/app/accounts/:account/*rest") view=pages::Account ssr=SsrMode::Async/>
            </FlatRoutes>
            <Toaster/>
        </Router>
    }
    .any()
}

/// Where somebody with this session begins.
pub(crate) fn start_of(session: &model::SessionView) -> String {
    session.accounts.first().map_or_else(|| "/login".to_owned(), |member| Place::list().href(member.account))
}
