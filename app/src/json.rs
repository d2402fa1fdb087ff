//! JSON, read and written by the browser's own parser: serde's code for it is half the size of a parser's of our own, because an object
//! is asked for the fields it should have. The server, which renders the same pages, uses serde_json. Nothing else in the app names either.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a value; none for what is not one.
#[cfg(target_family = "wasm")]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_wasm_bindgen::from_value(js_sys::JSON::parse(text).ok()?).ok()
}

/// Writes a value; none for what JSON cannot hold.
#[cfg(target_family = "wasm")]
pub fn write<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let value = value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).ok()?;
    js_sys::JSON::stringify(&value).ok()?.as_string()
}

/// Reads a value; none for what is not one.
#[cfg(not(target_family = "wasm"))]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Writes a value; none for what JSON cannot hold.
#[cfg(not(target_family = "wasm"))]
pub fn write<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}
