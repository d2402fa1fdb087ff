//! The shapes by name, and their schemas: what is told exactly as it is, what is taken in every spelling that is understood (digits for a
//! number, one for a list of one, null for what is absent), so that the document refuses nothing that the server takes.

use super::given::GIVEN;
use super::notation::{Field, Kind, Type, is_file};
use super::told::TOLD;
use std::collections::HashMap;
use std::sync::LazyLock;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, SchemaFormat, SchemaType};
use utoipa::openapi::{KnownFormat, Object, Ref, RefOr, Type as Json};

/// Largest whole number that every client keeps (RFC 8259 §6).
pub const LARGEST: i64 = 9_007_199_254_740_991;
/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In an answer.
    Told,
    /// In a body.
    Given,
    /// In a query or path, where everything is text.
    Asked,
}

/// A shape, read.
pub struct Shape {
    /// What it is.
    pub words: &'static str,
    /// What it has.
    pub fields: Vec<Field>,
}

/// Every shape by its name, read once.
static SHAPES: LazyLock<HashMap<&'static str, Shape>> = LazyLock::new(|| {
    let read = |(name, words, lines): &(&'static str, &'static str, &'static str)| (*name, Shape { words, fields: Field::lines(lines) });
    TOLD.iter().chain(GIVEN).map(read).collect()
});

/// A shape by its name.
pub fn shape(name: &str) -> Option<&'static Shape> {
    SHAPES.get(name)
}

/// The fields of a shape; none of one nobody wrote down.
pub fn fields(name: &str) -> &'static [Field] {
    shape(name).map_or(&[], |shape| &shape.fields)
}

fn scalar(kind: &Kind, side: Side) -> Object {
    let given = side == Side::Given;
    let of = |types: &[Json]| {
        let kind = if let [one] = types { SchemaType::Type(one.clone()) } else { SchemaType::Array(types.to_vec()) };
        ObjectBuilder::new().schema_type(kind)
    };
    let whole = |low: i64, high: i64, pattern: &str| match side {
        Side::Told => of(&[Json::Integer]),
        Side::Given => of(&[Json::Integer, Json::String]).minimum(Some(low)).maximum(Some(high)).pattern(Some(pattern)),
        Side::Asked => of(&[Json::Integer]).minimum(Some(low)).maximum(Some(high)),
    };
    match kind {
        Kind::Id => whole(0, LARGEST, "^[0-9]{1,15}$"),
        Kind::Int(None) => whole(-LARGEST, LARGEST, "^-?[0-9]{1,15}$"),
        Kind::Int(Some((low, high))) => whole(*low, *high, "^[0-9]{1,15}$"),
        Kind::Float => of(&[Json::Number]),
        Kind::Text(bounds) => {
            let made = if given { of(&[Json::String, Json::Number]) } else { of(&[Json::String]) };
            let (low, high) = bounds.filter(|_| side != Side::Told).unzip();
            // Blank is absent where something may be.
            made.min_length(low.filter(|l| *l > 0).map(|l| l as usize)).max_length(high.map(|h| h as usize))
        }
        Kind::Bool if given => of(&[Json::Boolean, Json::String, Json::Integer]).enum_values(Some([
            true.into(),
            false.into(),
            serde_json::Value::from("true"),
            "false".into(),
            "on".into(),
            "off".into(),
            "1".into(),
            "0".into(),
            1.into(),
            0.into(),
        ])),
        Kind::Bool => of(&[Json::Boolean]),
        Kind::Null => of(&[Json::Null]),
        Kind::Email => of(&[Json::String]).format(Some(SchemaFormat::KnownFormat(KnownFormat::Email))),
        Kind::Uri => of(&[Json::String]).format(Some(SchemaFormat::Custom("uri".to_owned()))),
        Kind::Time if side == Side::Told => of(&[Json::String]).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
        Kind::Time => of(&[Json::String, Json::Integer])
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .minimum(Some(0_i64))
            .maximum(Some(LAST_SECOND)),
        Kind::File => of(&[Json::String]).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))),
        Kind::Object => of(&[Json::Object]).additional_properties(Some(AdditionalProperties::FreeForm(true))),
        Kind::Word(word) => of(&[Json::String]).enum_values(Some([*word])),
        Kind::Any | Kind::Ref(_) | Kind::List(_) | Kind::Inline(_) => ObjectBuilder::new().schema_type(SchemaType::AnyValue),
    }
    .build()
}

fn one(kind: &Kind, side: Side) -> RefOr<Schema> {
    match kind {
        Kind::Ref(name) => RefOr::Ref(Ref::from_schema_name(*name)),
        Kind::Inline(fields) => RefOr::T(Schema::Object(object(fields, side, ""))),
        Kind::List(inner) => {
            let list = RefOr::T(Schema::Array(ArrayBuilder::new().items(schema(inner, side, false)).build()));
            let alone = inner.0.iter().all(|k| !matches!(k, Kind::Ref(_) | Kind::Inline(_) | Kind::List(_) | Kind::File | Kind::Any));
            if side == Side::Given && alone { either(vec![list, schema(inner, side, false)]) } else { list }
        }
        plain => RefOr::T(Schema::Object(scalar(plain, side))),
    }
}

fn either(all: Vec<RefOr<Schema>>) -> RefOr<Schema> {
    let mut made = AnyOfBuilder::new();
    for one in all {
        made = made.item(one);
    }
    RefOr::T(Schema::AnyOf(made.build()))
}

/// The schema of a type; `absent` says that null may stand there besides.
pub fn schema(kind: &Type, side: Side, absent: bool) -> RefOr<Schema> {
    let null = (absent && side == Side::Given) || kind.nullable();
    if kind.0 == [Kind::Any] {
        return one(&Kind::Any, side);
    }
    if let Some(words) = kind.words() {
        let mut values: Vec<serde_json::Value> = words.into_iter().map(Into::into).collect();
        let mut types = vec![Json::String];
        if null {
            values.push(serde_json::Value::Null);
            types.push(Json::Null);
        }
        let types = if null { SchemaType::Array(types) } else { SchemaType::Type(Json::String) };
        return RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(types).enum_values(Some(values)).build()));
    }
    let mut all: Vec<_> = kind.0.iter().filter(|k| **k != Kind::Null).map(|k| one(k, side)).collect();
    if let ([RefOr::T(Schema::Object(object))], true) = (all.as_mut_slice(), null) {
        let types = match &object.schema_type {
            SchemaType::Type(one) => vec![one.clone()],
            SchemaType::Array(all) => all.clone(),
            SchemaType::AnyValue => Vec::new(),
        };
        if !types.is_empty() {
            object.schema_type = SchemaType::Array(types.into_iter().chain([Json::Null]).collect());
            if let Some(values) = &mut object.enum_values {
                values.push(serde_json::Value::Null);
            }
        }
    } else if null {
        all.push(one(&Kind::Null, side));
    }
    if all.len() == 1 { all.swap_remove(0) } else { either(all) }
}

/// The schema of an object; files are left to multipart bodies.
pub fn object(fields: &[Field], side: Side, words: &str) -> Object {
    let mut made = ObjectBuilder::new().schema_type(SchemaType::Type(Json::Object));
    for field in fields.iter().filter(|f| side != Side::Given || !is_file(&f.kind) || f.kind.0.len() > 1) {
        let kinds = Type(field.kind.0.iter().filter(|k| side != Side::Given || **k != Kind::File).cloned().collect());
        made = made.property(field.name, described(schema(&kinds, side, field.optional), field.words));
        if !field.optional {
            made = made.required(field.name);
        }
    }
    if !words.is_empty() {
        made = made.description(Some(words));
    }
    made.build()
}

/// A schema with words of its own.
pub fn described(mut schema: RefOr<Schema>, words: &str) -> RefOr<Schema> {
    if words.is_empty() {
        return schema;
    }
    match &mut schema {
        RefOr::Ref(to) => to.description = words.to_owned(),
        RefOr::T(Schema::Object(object)) => object.description = Some(words.to_owned()),
        RefOr::T(Schema::Array(list)) => list.description = Some(words.to_owned()),
        RefOr::T(Schema::AnyOf(any)) => any.description = Some(words.to_owned()),
        RefOr::T(_) => {}
    }
    schema
}
