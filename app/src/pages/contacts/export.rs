//! Handing data out: the contacts of a search as CSV, and any text as a file of the browser's.
//! What goes into it is decided by the server.

use crate::store::ask;
use api::Fault;
use leptos::prelude::*;
use model::{AccountId, Filter};
use wasm_bindgen::{JsCast, JsValue};

/// All contacts a search finds, as CSV.
///
/// # Errors
/// What the server refused.
pub async fn all(account: AccountId, search: String) -> Result<String, Fault> {
    // Spreadsheets take a file for what it is by this mark.
    let mut text = "\u{feff}".to_owned();
    let mut after = None;
    loop {
        let page = ask(api::ExportContacts { account, search: search.clone(), filter: Filter::everything(), after }).await?;
        text.push_str(&page.text);
        if page.next.is_none() {
            return Ok(text);
        }
        after = page.next;
    }
}

/// Saves a text as a file.
pub fn download(name: &str, mime: &str, text: &str) {
    // A browser that refuses says so itself.
    drop(attempt(name, mime, text));
}

fn attempt(name: &str, mime: &str, text: &str) -> Result<(), JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(mime);
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options)?;
    let address = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link = document().create_element("a")?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", name)?;
    link.unchecked_ref::<web_sys::HtmlElement>().click();
    set_timeout(move || drop(web_sys::Url::revoke_object_url(&address)), std::time::Duration::from_secs(10));
    Ok(())
}
