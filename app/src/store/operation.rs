//! Watching long work of the server's until it is over.
//! What is shown meanwhile is the page's business.

use super::ask;
use api::Fault;
use leptos::prelude::*;
use model::{AccountId, OperationView};
use std::time::Duration;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Looks at an operation until it is over; `tell` hears of every look before that.
///
/// # Errors
/// What the server refused.
pub async fn watch(account: AccountId, mut view: OperationView, tell: impl Fn(&OperationView)) -> Result<OperationView, Fault> {
    while !view.finished {
        tell(&view);
        pause(LOOK).await;
        view = ask(api::Operation { account, operation: view.id }).await?;
    }
    Ok(view)
}

/// Waits that long, without holding anything up.
pub async fn pause(pause: Duration) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                // Resolving a promise cannot fail.
                let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
            },
            pause,
        );
    });
    // Nor can waiting for one that only resolves.
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
