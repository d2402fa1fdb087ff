//! serde's reader over what the browser's parser made. It says only that something is not what it should be, never what or where:
//! sentences about JSON that nobody reads, and the formatting of numbers within them, were a twelfth of the program.
//! It knows JSON alone; dates, maps and bytes of JavaScript's own do not come through a parser.

use js_sys::{Array, JSON, Object, Reflect};
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess, Unexpected, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The name by which a value asks for its text instead of its parts (see [`super::Raw`]).
pub const TEXT: &str = "json::Raw";

/// The largest whole number that JSON's numbers hold exactly, 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What was read is not what was asked for.
#[derive(Debug)]
pub struct Unlike;

impl fmt::Display for Unlike {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("unlike")
    }
}

impl std::error::Error for Unlike {}

// Every one of serde's sentences is answered here, so that none is linked.
impl Error for Unlike {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// Reads what `JSON.parse` returned.
pub fn read<'de, T: Deserialize<'de>>(value: JsValue) -> Result<T, Unlike> {
    T::deserialize(Value(value))
}

struct Value(JsValue);

impl Value {
    fn is_nothing(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    fn whole(&self) -> Option<i64> {
        let number = self.0.as_f64().filter(|number| number.abs() <= EXACT)?;
        #[expect(clippy::cast_possible_truncation, reason = "within 2^53, and compared with itself")]
        let whole = number as i64;
        #[expect(clippy::cast_precision_loss, reason = "within 2^53")]
        let same = whole as f64;
        #[expect(clippy::float_cmp, reason = "whole or not")]
        (same == number).then_some(whole)
    }

    fn list(self) -> Result<Array, Unlike> {
        self.0.dyn_into().map_err(|_| Unlike)
    }

    /// The entries of an object, as pairs.
    fn entries(&self) -> Result<Array, Unlike> {
        if self.0.is_object() && !Array::is_array(&self.0) { Ok(Object::entries(self.0.unchecked_ref())) } else { Err(Unlike) }
    }

    fn pairs<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_map(MapDeserializer::new(self.entries()?.iter().map(pair)))
    }
}

fn pair(entry: JsValue) -> (Value, Value) {
    let entry = entry.unchecked_into::<Array>();
    (Value(entry.get(0)), Value(entry.get(1)))
}

impl IntoDeserializer<'_, Unlike> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Unlike;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        if self.is_nothing() {
            visitor.visit_unit()
        } else if let Some(yes) = self.0.as_bool() {
            visitor.visit_bool(yes)
        } else if let Some(whole) = self.whole() {
            visitor.visit_i64(whole)
        } else if let Some(number) = self.0.as_f64() {
            visitor.visit_f64(number)
        } else if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if Array::is_array(&self.0) {
            self.deserialize_seq(visitor)
        } else {
            self.pairs(visitor)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unlike)?)
    }

    // One way for all whole numbers: serde checks that they fit.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_i64(self.whole().ok_or(Unlike)?)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_f64(self.0.as_f64().ok_or(Unlike)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_string(self.0.as_string().ok_or(Unlike)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        if self.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        if self.is_nothing() { visitor.visit_unit() } else { Err(Unlike) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Unlike> {
        if name == TEXT {
            let text = JSON::stringify(&self.0).ok().and_then(|text| text.as_string());
            return visitor.visit_string(text.ok_or(Unlike)?);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_seq(SeqDeserializer::new(self.list()?.iter().map(Self)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        self.pairs(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Unlike> {
        if !self.0.is_object() {
            return Err(Unlike);
        }
        visitor.visit_map(Fields { object: self.0, names: fields, keys: keys(fields), at: 0, value: JsValue::UNDEFINED })
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unlike> {
        if self.0.is_string() {
            return visitor.visit_enum(Tagged { tag: self, content: Self(JsValue::UNDEFINED) });
        }
        let entries = self.entries()?;
        if entries.length() != 1 {
            return Err(Unlike);
        }
        let (tag, content) = pair(entries.get(0));
        visitor.visit_enum(Tagged { tag, content })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { char bytes byte_buf unit_struct }
}

type Keys = Rc<[JsValue]>;

thread_local! {
    /// The names of each struct's fields as the browser's own strings: making one costs more than finding it here.
    static KEYS: RefCell<HashMap<(usize, usize), Keys>> = RefCell::default();
}

fn keys(fields: &'static [&'static str]) -> Keys {
    KEYS.with_borrow_mut(|known| {
        let made = || fields.iter().map(|name| JsValue::from_str(name)).collect();
        Rc::clone(known.entry((fields.as_ptr().addr(), fields.len())).or_insert_with(made))
    })
}

/// The fields that a struct has, each asked for by its name.
struct Fields {
    object: JsValue,
    names: &'static [&'static str],
    keys: Keys,
    at: usize,
    value: JsValue,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unlike;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unlike> {
        while let (Some(name), Some(key)) = (self.names.get(self.at), self.keys.get(self.at)) {
            self.at += 1;
            self.value = Reflect::get(&self.object, key).unwrap_or_default();
            if !self.value.is_undefined() {
                return seed.deserialize(StrDeserializer::new(name)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unlike> {
        seed.deserialize(Value(std::mem::take(&mut self.value)))
    }
}

/// A variant's name and what it carries, as serde's external tags have them.
struct Tagged {
    tag: Value,
    content: Value,
}

impl<'de> EnumAccess<'de> for Tagged {
    type Error = Unlike;
    type Variant = Value;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Value), Unlike> {
        Ok((seed.deserialize(self.tag)?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Value {
    type Error = Unlike;

    fn unit_variant(self) -> Result<(), Unlike> {
        if self.is_nothing() { Ok(()) } else { Err(Unlike) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unlike> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Unlike> {
        self.deserialize_struct("", fields, visitor)
    }
}
