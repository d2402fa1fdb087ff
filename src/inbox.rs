//! Takes over the inbox that the server has rendered.

/// Hydrates the page once the code of its address is here; called by the script the shell prints.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    let path = leptos::prelude::location().pathname().unwrap_or_default();
    app::prepare(&path).await;
    leptos::mount::hydrate_body(app::App);
}
