//! A short way to write down what a JSON object looks like: `name?: type = example -- words`, one field a line. It is read into a tree from
//! which schemas, examples, the reference page and the check of requests are made; it knows nothing of any particular object.
//!
//! Types are `id int float text bool any null email uri time object file`, `'a word'`, `[of]` for lists, `{field; field}`, `Name` for another
//! shape, and `|` between alternatives. `text(1..255)` and `int(1..10)` are bounded.

use serde_json::{Map, Value, json};

/// One alternative of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number that names something.
    Id,
    /// A whole number, between these.
    Int(Option<(i64, i64)>),
    /// Any number.
    Float,
    /// A text of so many characters.
    Text(Option<(u32, u32)>),
    /// True or false.
    Bool,
    /// Whatever.
    Any,
    /// Nothing.
    Null,
    /// An address of mail.
    Email,
    /// An address of the web.
    Uri,
    /// A moment, RFC 3339 in UTC.
    Time,
    /// An object of the client's own making.
    Object,
    /// A file, in multipart bodies.
    File,
    /// This word.
    Word(&'static str),
    /// Another shape.
    Ref(&'static str),
    /// A list.
    List(Box<Type>),
    /// An object that has no name of its own.
    Inline(Vec<Field>),
}

/// What a value may be: one of these.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Type(pub Vec<Kind>);

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it may be absent.
    pub optional: bool,
    /// What it may be.
    pub kind: Type,
    /// A value it may have.
    pub example: Option<Value>,
    /// What it means.
    pub words: &'static str,
}

/// Splits at a character outside of brackets and quotes.
fn apart(text: &'static str, at: char) -> Vec<&'static str> {
    let (mut depth, mut quoted, mut from, mut parts) = (0_i32, None, 0, Vec::new());
    for (place, c) in text.char_indices() {
        match (quoted, c) {
            (Some(mark), _) if c == mark => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(c),
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => depth -= 1,
            (None, _) if c == at && depth == 0 => {
                parts.push(&text[from..place]);
                from = place + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn bounds<T: std::str::FromStr>(text: &str) -> Option<(T, T)> {
    let (low, high) = text.split_once('(')?.1.strip_suffix(')')?.split_once("..")?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

fn kind(text: &'static str) -> Kind {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return Kind::List(Box::new(Type::read(inner)));
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        return Kind::Inline(apart(inner, ';').into_iter().filter(|f| !f.trim().is_empty()).map(Field::read).collect());
    }
    if let Some(word) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        return Kind::Word(word);
    }
    match text.split('(').next().unwrap_or_default() {
        "id" => Kind::Id,
        "int" => Kind::Int(bounds(text)),
        "float" => Kind::Float,
        "text" => Kind::Text(bounds(text)),
        "bool" => Kind::Bool,
        "null" => Kind::Null,
        "email" => Kind::Email,
        "uri" => Kind::Uri,
        "time" => Kind::Time,
        "object" => Kind::Object,
        "file" => Kind::File,
        name if name.starts_with(|c: char| c.is_ascii_uppercase()) => Kind::Ref(name),
        _ => Kind::Any,
    }
}

impl Type {
    /// Reads a type.
    pub fn read(text: &'static str) -> Self {
        Self(apart(text, '|').into_iter().map(kind).collect())
    }

    /// Whether nothing may stand there.
    pub fn nullable(&self) -> bool {
        self.0.contains(&Kind::Null)
    }

    /// The words it is made of, where it is made of words alone.
    pub fn words(&self) -> Option<Vec<&'static str>> {
        let all: Vec<_> = self.0.iter().filter(|k| **k != Kind::Null).collect();
        let words: Vec<_> = all.iter().filter_map(|k| if let Kind::Word(word) = k { Some(*word) } else { None }).collect();
        (!words.is_empty() && words.len() == all.len()).then_some(words)
    }
}

impl Field {
    /// Reads a line.
    pub fn read(line: &'static str) -> Self {
        let (line, words) = line.split_once(" -- ").unwrap_or((line, ""));
        let (line, example) = line.split_once(" = ").map_or((line, None), |(l, e)| (l, Some(e)));
        let (name, kind) = line.split_once(':').unwrap_or((line, "any"));
        let name = name.trim();
        let kind = Type::read(kind);
        // What is text is given without quotes, even where it looks like a number.
        let plain = matches!(kind.0.first(), Some(Kind::Text(_) | Kind::Word(_) | Kind::Email | Kind::Uri | Kind::Time));
        let example = example.map(str::trim).map(|text| match serde_json::from_str(text) {
            Ok(Value::Number(_)) | Err(_) if plain => Value::from(text),
            Ok(value) => value,
            Err(_) => Value::from(text),
        });
        Self { name: name.trim_end_matches('?'), optional: name.ends_with('?'), kind, example, words: words.trim() }
    }

    /// Reads a line of a query: what must be there has an exclamation mark.
    pub fn asked(line: &'static str) -> Self {
        let read = Self::read(line);
        Self { name: read.name.trim_end_matches('!'), optional: !read.name.ends_with('!'), ..read }
    }

    /// Reads lines.
    pub fn lines(text: &'static str) -> Vec<Self> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Self::read).collect()
    }
}

/// A value of a type; `of` knows the other shapes.
pub fn example(kind: &Type, of: &dyn Fn(&str) -> &'static [Field]) -> Value {
    match kind.0.first() {
        Some(Kind::Id | Kind::Int(None)) => json!(1),
        Some(Kind::Int(Some((low, _)))) => json!(low),
        Some(Kind::Float) => json!(1.5),
        Some(Kind::Text(_)) => json!("text"),
        Some(Kind::Bool) => json!(true),
        Some(Kind::Email) => json!("ana@example.com"),
        Some(Kind::Uri) => json!("https://example.com/recado"),
        Some(Kind::Time) => json!("2026-03-02T12:00:00.000Z"),
        Some(Kind::Any | Kind::Object) => json!({}),
        Some(Kind::File) => json!("contents of a file"),
        Some(Kind::Word(word)) => json!(word),
        Some(Kind::Ref(name)) => examples(of(name), of),
        Some(Kind::List(inner)) => json!([example(inner, of)]),
        Some(Kind::Inline(fields)) => examples(fields, of),
        Some(Kind::Null) | None => Value::Null,
    }
}

/// An object of these fields; files are left to those who have some.
pub fn examples(fields: &[Field], of: &dyn Fn(&str) -> &'static [Field]) -> Value {
    let own = |f: &Field| (f.name.to_owned(), f.example.clone().unwrap_or_else(|| example(&f.kind, of)));
    Value::Object(fields.iter().filter(|f| !is_file(&f.kind) || f.kind.0.len() > 1).map(own).collect::<Map<_, _>>())
}

/// Whether only multipart bodies carry it.
pub fn is_file(kind: &Type) -> bool {
    kind.0.iter().any(|k| matches!(k, Kind::File) || matches!(k, Kind::List(inner) if is_file(inner)))
}

/// A type as people read it.
pub fn written(kind: &Type) -> String {
    let one = |kind: &Kind| match kind {
        Kind::Id => "id".to_owned(),
        Kind::Int(None) => "int".to_owned(),
        Kind::Int(Some((low, high))) => format!("int {low}–{high}"),
        Kind::Float => "number".to_owned(),
        Kind::Text(None) => "text".to_owned(),
        Kind::Text(Some((low, high))) => format!("text {low}–{high}"),
        Kind::Bool => "bool".to_owned(),
        Kind::Any => "any".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Email => "email".to_owned(),
        Kind::Uri => "uri".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Object => "object".to_owned(),
        Kind::File => "file".to_owned(),
        Kind::Word(word) => format!("\"{word}\""),
        Kind::Ref(name) => (*name).to_owned(),
        Kind::List(inner) => format!("[{}]", written(inner)),
        Kind::Inline(fields) => {
            let all: Vec<_> =
                fields.iter().map(|f| format!("{}{}: {}", f.name, if f.optional { "?" } else { "" }, written(&f.kind))).collect();
            format!("{{ {} }}", all.join(", "))
        }
    };
    kind.0.iter().map(one).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_written() {
        let field = Field::read("status?: 'open' | 'a; b' | null = \"open\" -- where it stands");
        assert!(field.optional && field.name == "status" && field.words == "where it stands");
        assert_eq!(field.kind.words(), Some(vec!["open", "a; b"]));
        assert_eq!(field.example, Some(json!("open")));
        let nested = Type::read("{payload: [{id: id; at?: int(1..9)}]; meta: Counts} | null");
        assert_eq!(written(&nested), "{ payload: [{ id: id, at?: int 1–9 }], meta: Counts } | null");
        let of = |_: &str| &*Field::lines("all: int = 3").leak();
        assert_eq!(example(&nested, &of), json!({ "payload": [{ "id": 1, "at": 1 }], "meta": { "all": 3 } }));
    }
}
