//! A foreign row's fields, read gently: what is absent, empty or of another shape is simply not there. It knows no table.

use model::Timestamp;
use serde_json::{Map, Value};

/// A row as the source's database words it.
#[derive(Clone, Debug, Default)]
pub(super) struct Row(pub Map<String, Value>);

impl Row {
    /// Its key.
    pub fn id(&self) -> i64 {
        self.int("id").unwrap_or_default()
    }

    /// A whole number, also where it is written as text.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.0.get(key)? {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A whole number that is a reference to something: never zero.
    pub fn refers(&self, key: &str) -> Option<i64> {
        self.int(key).filter(|id| *id > 0)
    }

    /// A text that says something, without the sign no database of ours takes.
    pub fn text(&self, key: &str) -> Option<String> {
        text(self.0.get(key)?)
    }

    /// A text, empty where there is none.
    pub fn words(&self, key: &str) -> String {
        self.text(key).unwrap_or_default()
    }

    /// A switch; off where there is none.
    pub fn on(&self, key: &str) -> bool {
        match self.0.get(key) {
            Some(Value::Bool(on)) => *on,
            Some(Value::String(text)) => matches!(text.as_str(), "t" | "true" | "1"),
            _ => false,
        }
    }

    /// A moment; the source keeps UTC without saying so.
    pub fn at(&self, key: &str) -> Option<Timestamp> {
        crate::rest_time::moment(self.0.get(key)?.as_str()?)
    }

    /// When it was made; the beginning of time where nobody knows.
    pub fn made(&self) -> Timestamp {
        self.at("created_at").unwrap_or(Timestamp(0))
    }

    /// An object. Some columns hold theirs as text within the JSON.
    pub fn object(&self, key: &str) -> Row {
        Row(object(self.0.get(key)))
    }

    /// A list.
    pub fn list(&self, key: &str) -> Vec<Value> {
        match self.0.get(key) {
            Some(Value::Array(list)) => list.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

/// A text of a value, if it says something.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.replace('\0', ""),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map.clone(),
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(value: Value) -> Row {
        Row(object(Some(&value)))
    }

    #[test]
    fn objects_are_found_where_they_are_kept_as_text() {
        let row = row(json!({ "content_attributes": "{\"in_reply_to\": 7}", "other": { "a": 1 } }));
        assert_eq!(row.object("content_attributes").int("in_reply_to"), Some(7));
        assert_eq!((row.object("other").int("a"), row.object("absent").0.len()), (Some(1), 0));
    }

    #[test]
    fn moments_without_a_zone_are_utc() {
        let row = row(json!({ "created_at": "2025-08-16T04:46:39.123456", "last": null }));
        assert_eq!((row.made(), row.at("last")), (Timestamp(1_755_319_599_123), None));
    }

    #[test]
    fn nothing_and_blanks_say_nothing() {
        let row = row(json!({ "a": "", "b": "  ", "c": null, "d": "x\u{0}y", "team_id": 0 }));
        assert_eq!((row.text("a"), row.text("b"), row.text("c"), row.text("d")), (None, None, None, Some("xy".to_owned())));
        assert_eq!((row.refers("team_id"), row.on("c")), (None, false));
    }
}
