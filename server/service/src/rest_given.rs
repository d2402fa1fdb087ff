//! What API clients give, as the product keeps it: rich content as details, attribute values as texts with their types remembered beside.
//! The other way stands in `rest_shape`.

use model::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Rich content as clients give it, as the product keeps it; none for what is plain text or of no known form.
pub(crate) fn detail_of(content_type: &str, attributes: &Map<String, Value>) -> Option<Detail> {
    let items = attributes.get("items")?.as_array()?;
    let text = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().chars().take(1000).collect::<String>();
    let link = |item: &Value, key: &str| Some(text(item, key)).filter(|u| u.starts_with("https://") || u.starts_with("http://"));
    let items = items.iter().take(20);
    Some(match content_type {
        "input_select" => Detail::Choices(items.map(|i| Choice { title: text(i, "title"), value: text(i, "value"), url: None }).collect()),
        "cards" => Detail::Cards(
            items
                .map(|i| Card {
                    title: text(i, "title"),
                    text: text(i, "description"),
                    picture: link(i, "media_url"),
                    url: None,
                    choices: i
                        .get("actions")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .take(10)
                        .map(|a| Choice { title: text(a, "text"), value: text(a, "payload"), url: link(a, "uri") })
                        .collect(),
                })
                .collect(),
        ),
        "article" => Detail::Articles(
            items
                .map(|i| Card { title: text(i, "title"), text: text(i, "description"), url: link(i, "link"), ..Card::default() })
                .collect(),
        ),
        "form" => Detail::Form(
            items
                .map(|i| FormQuestion {
                    name: text(i, "name"),
                    label: text(i, "label"),
                    kind: text(i, "type"),
                    options: i
                        .get("options")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .map(|o| Choice { title: text(o, "label"), value: text(o, "value"), url: None })
                        .collect(),
                    answer: None,
                })
                .collect(),
        ),
        _ => return None,
    })
}

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
