//! What API clients give, as the product keeps it: attribute values as texts with their types remembered beside.
//! The other way stands in `rest_shape`; rich content has `rich`.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where, among what a client attached, the types of its attributes stand: the product keeps texts.
pub(crate) const TYPED: &str = "__typed";

/// Remembers the values that are no texts beside what a client attached, for these attributes.
pub(crate) fn remember(extra: &mut Map<String, Value>, given: &Map<String, Value>) {
    let mut kept = extra.remove(TYPED).and_then(|v| if let Value::Object(map) = v { Some(map) } else { None }).unwrap_or_default();
    for (key, value) in given {
        if value.is_string() || value.is_null() {
            kept.remove(key);
        } else {
            kept.insert(key.clone(), value.clone());
        }
    }
    if !kept.is_empty() {
        extra.insert(TYPED.to_owned(), Value::Object(kept));
    }
}

/// Attribute values as the product keeps them: texts, with objects and lists as their JSON; null empties one.
pub(crate) fn texts(given: &Map<String, Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    given.iter().map(|(key, value)| (key.clone(), text(value))).collect()
}
