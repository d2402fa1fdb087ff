//! JSON, read and written by the browser's own parser: serde's code for it is half the size of a parser's of our own, because an object
//! is asked for the fields it should have. The server, which renders the same pages, uses serde_json. Nothing else in the app names either.

#[cfg(target_family = "wasm")]
mod value;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// Reads a value; none for what is not one.
#[cfg(target_family = "wasm")]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    value::read(js_sys::JSON::parse(text).ok()?).ok()
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

/// A value that is carried and never read: its text as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw(pub String);

impl<'de> Deserialize<'de> for Raw {
    #[cfg(target_family = "wasm")]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_newtype_struct(value::TEXT, RawVisitor)
    }

    #[cfg(not(target_family = "wasm"))]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Box::<serde_json::value::RawValue>::deserialize(from).map(|value| Self(value.get().to_owned()))
    }
}

#[cfg(target_family = "wasm")]
struct RawVisitor;

#[cfg(target_family = "wasm")]
impl serde::de::Visitor<'_> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw(text.to_owned()))
    }
}
