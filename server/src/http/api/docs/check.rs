//! Requests held against the table before they are answered: what no operation stands for is told so, and what is of no understandable form is
//! refused by its name. It looks at forms only; what is required, known or allowed is the routes' and services' business.

use super::super::call::{Call, Verb, truth};
use super::super::problem::Problem;
use super::index::{Known, find};
use super::notation::{Field, Kind, Type};
use super::shapes::{LARGEST, fields};
use super::table::{LATER, LATER_OUTSIDE, Path};
use http::{HeaderValue, Method, StatusCode, header};
use model::Violation;
use serde_json::{Map, Value};

/// What a request asks for: its verb, and the operation it found in the table; none for what is named only to be refused.
#[derive(Clone, Copy)]
pub struct Asked {
    /// What is done.
    pub verb: Verb,
    known: Option<&'static Known>,
}

/// A verb as the table writes it.
const fn method(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    }
}

/// The name of what is missing, by the segments below an account; all below them is.
pub fn later(rest: &[&str]) -> Option<&'static str> {
    LATER.iter().find(|(roots, _)| rest.first().is_some_and(|first| roots.contains(first))).map(|(_, words)| *words)
}

/// The same of a whole path.
pub fn later_outside(path: &[&str]) -> Option<&'static str> {
    let begins = |names: &[&str]| path.len() >= names.len() && names.iter().zip(path).all(|(name, given)| *name == "*" || name == given);
    LATER_OUTSIDE.iter().find(|(names, _)| begins(names)).map(|(_, words)| *words)
}

fn below<'p>(path: &'p [&'p str]) -> &'p [&'p str] {
    match path {
        ["accounts", _, rest @ ..] | ["api", "v1" | "v2", "accounts", _, rest @ ..] => rest,
        _ => &[],
    }
}

/// The methods of a path, as a refusal of others names them.
pub fn allowed(path: &Path) -> HeaderValue {
    let mut all: Vec<_> = path.deeds.iter().map(|d| d.method.to_uppercase()).collect();
    if all.iter().any(|m| m == "PATCH") {
        all.push("PUT".to_owned());
    }
    if all.iter().any(|m| m == "GET") {
        all.push("HEAD".to_owned());
    }
    HeaderValue::from_str(&all.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// Finds what a request asks for, and refuses what the table does not know: 404 for a path, 405 with what is allowed for a method.
///
/// # Errors
/// `Missing`, or the refusal of a method.
pub fn reachable(path: &[&str], asked: &Method) -> Result<Asked, Problem> {
    let verb = Verb::of(asked);
    let Some(entry) = find(path) else {
        return if later(below(path)).or_else(|| later_outside(path)).is_some() {
            Ok(Asked { verb: verb?, known: None })
        } else {
            Err(Problem::missing())
        };
    };
    if let Ok(verb) = verb
        && let Some(known) = entry.deeds.iter().find(|deed| deed.method == method(verb))
    {
        return Ok(Asked { verb, known: Some(known) });
    }
    Err(Problem::With(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed".to_owned(), (header::ALLOW, allowed(entry.path))))
}

impl Asked {
    /// Refuses what is of no understandable form.
    ///
    /// # Errors
    /// `Invalid`, by the field's name.
    pub fn given(self, call: &Call) -> Result<(), Problem> {
        let Some(known) = self.known else { return Ok(()) };
        let found = strange(&known.asks, &call.params).or_else(|| wrong(known.takes, &call.params));
        match found.or_else(|| wrong(&known.asks, &call.params)) {
            Some(name) => Err(Problem::field(&name, Violation::Malformed)),
            None => long(known.takes, &call.params).map_or(Ok(()), |(name, most)| Err(Problem::field(name, Violation::TooLong(most)))),
        }
    }
}

/// The first field with more characters than it may have. Fewer is the routes' business: blank is absent.
fn long(fields: &[Field], map: &Map<String, Value>) -> Option<(&'static str, u32)> {
    fields.iter().find_map(|field| {
        let given = map.get(field.name)?.as_str()?;
        let most = field.kind.0.iter().find_map(|kind| if let Kind::Text(Some((_, most))) = kind { Some(*most) } else { None })?;
        (given.chars().nth(most as usize).is_some()).then_some((field.name, most))
    })
}

/// The first field of a query with a word nobody knows; numbers stand for words in bodies only.
fn strange(asked: &[Field], map: &Map<String, Value>) -> Option<String> {
    let known = |field: &Field, given: &str| given.trim().is_empty() || field.kind.words().is_none_or(|words| words.contains(&given));
    asked.iter().find(|f| map.get(f.name).and_then(Value::as_str).is_some_and(|given| !known(f, given))).map(|f| f.name.to_owned())
}

/// The first field that is of no understandable form.
fn wrong(fields: &[Field], map: &Map<String, Value>) -> Option<String> {
    fields.iter().find_map(|field| {
        let value = map.get(field.name)?;
        if !understood(&field.kind, value) {
            return Some(field.name.to_owned());
        }
        // What is wrong inside an object is named in it.
        inner(&field.kind).zip(value.as_object()).and_then(|(fields, map)| wrong(fields, map)).map(|name| format!("{}.{name}", field.name))
    })
}

fn inner(kind: &Type) -> Option<&[Field]> {
    kind.0.iter().find_map(|k| match k {
        Kind::Inline(fields) => Some(fields.as_slice()),
        Kind::Ref(name) => Some(fields(name)),
        _ => None,
    })
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether a value can be read as a type: as it is, or in the spellings forms have.
fn understood(kind: &Type, value: &Value) -> bool {
    // Null is absent, and so is a blank where forms send every field.
    if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return true;
    }
    kind.0.iter().any(|kind| match kind {
        Kind::Any => true,
        Kind::Null => false,
        Kind::Id => whole(value).is_some_and(|n| (0..=LARGEST).contains(&n)),
        Kind::Int(bounds) => whole(value).is_some_and(|n| bounds.map_or(-LARGEST..=LARGEST, |(low, high)| low..=high).contains(&n)),
        Kind::Float => value.is_number() || value.as_str().is_some_and(|t| t.trim().parse::<f64>().is_ok()),
        Kind::Text(_) => value.is_string() || value.is_number(),
        Kind::Email | Kind::Uri | Kind::File => value.is_string(),
        Kind::Time => value.is_string() || value.is_i64(),
        Kind::Bool => truth(value).is_some(),
        // Older clients send the numbers the ecosystem's server keeps; the routes know them.
        Kind::Word(word) => value.as_str() == Some(word) || (kind_of_words(value)),
        Kind::List(inner) => match value {
            Value::Array(all) => all.iter().all(|one| !one.is_null() && understood(inner, one) && rows(inner, one)),
            Value::String(text) if inner.0.contains(&Kind::Id) => text.split(',').all(|part| part.trim().parse::<i64>().is_ok()),
            one => !one.is_object() && understood(inner, one),
        },
        Kind::Object | Kind::Ref(_) | Kind::Inline(_) => match value {
            Value::Object(_) => true,
            // One language's empty map is another's empty list.
            Value::Array(all) => all.is_empty(),
            Value::String(text) => matches!(serde_json::from_str(text), Ok(Value::Object(_))),
            _ => false,
        },
    })
}

fn kind_of_words(value: &Value) -> bool {
    whole(value).is_some_and(|n| (0..=9).contains(&n))
}

fn rows(kind: &Type, value: &Value) -> bool {
    match (inner(kind), value.as_object()) {
        (Some(fields), Some(map)) => wrong(fields, map).is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_forms_and_older_clients_send_is_understood_and_nonsense_is_not() {
        let says = |kind: &'static str, value: Value| understood(&Type::read(kind), &value);
        for (kind, value) in [
            ("id", json!("7")),
            ("id", json!(null)),
            ("id", json!("")),
            ("bool", json!("true")),
            ("text", json!(5511987654321_i64)),
            ("[text]", json!("a,b")),
            ("[id]", json!("1, 2")),
            ("[id]", json!(1)),
            ("object", json!([])),
            ("object", json!("{\"a\":1}")),
            ("'open' | 'resolved'", json!("1")),
            ("time", json!(1_780_000_000)),
        ] {
            assert!(says(kind, value.clone()), "{kind} {value}");
        }
        for (kind, value) in [
            ("id", json!("x")),
            ("id", json!(1.5)),
            ("id", json!([1])),
            ("bool", json!("perhaps")),
            ("text", json!({})),
            ("text", json!(true)),
            ("[text]", json!({})),
            ("[id]", json!(["x"])),
            ("[id]", json!([null])),
            ("id", json!(i64::MAX)),
            ("object", json!("x")),
            ("object", json!([1])),
            ("'open' | 'resolved'", json!("ajar")),
            ("{status?: 'open'}", json!(3)),
        ] {
            assert!(!says(kind, value.clone()), "{kind} {value}");
        }
        for (name, body, wants) in [
            ("ContactDraft", json!({ "custom_attributes": [1] }), "custom_attributes"),
            ("LabelDraft", json!({ "show_on_sidebar": "x" }), "show_on_sidebar"),
        ] {
            assert_eq!(wrong(fields(name), body.as_object().unwrap()).as_deref(), Some(wants), "{:?}", fields(name));
        }
        let fields = Field::lines("fields?: {status?: 'open'}\nids: [id]");
        assert_eq!(wrong(&fields, json!({ "fields": { "status": "ajar" } }).as_object().unwrap()).as_deref(), Some("fields.status"));
    }
}
