//! Mounts the customer's chat inside its frame.

/// Mounts the chat; called by the frame's own script.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn mount() {
    leptos::mount::mount_to_body(widget::Widget);
}
