//! Takes over the inbox that the server has rendered.

/// Hydrates the page; called by the script the shell prints.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
