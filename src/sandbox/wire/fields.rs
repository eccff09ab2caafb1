//! Two ways to serialise a struct that derive does not have: without its empty fields, and one field of it alone.
//!
//! Nomad leaves every empty field of allocations, evaluations, networks and ports out (`nomad-api.md §0`), yet its
//! filters see them. So the structs here name all their fields, and these serialisers choose among them.

use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde_json::Value;

type Never<S> = Impossible<<S as Serializer>::Ok, <S as Serializer>::Error>;

/// Serialises a struct without the fields that are empty in Go's sense: 0, "", false, nil, an empty list, map or struct.
#[derive(Debug, Clone, Copy)]
pub struct OmitEmpty<T>(pub T);

impl<T: Serialize> Serialize for OmitEmpty<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Omitting(s))
    }
}

/// One field of a struct, as JSON; none when it has no such field.
pub fn pick(row: &impl Serialize, name: &str) -> Option<Value> {
    row.serialize(Picking { name, picked: None }).ok().flatten()
}

macro_rules! refuse {
    ($($method:ident($($arg:ty),*);)*) => { $(
        fn $method(self, $(_: $arg),*) -> Result<Self::Ok, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
    )* };
}

macro_rules! only_structs {
    ($never:ty) => {
        type SerializeSeq = $never;
        type SerializeTuple = $never;
        type SerializeTupleStruct = $never;
        type SerializeTupleVariant = $never;
        type SerializeMap = $never;
        type SerializeStructVariant = $never;
        refuse! {
            serialize_bool(bool); serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64);
            serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64);
            serialize_f32(f32); serialize_f64(f64); serialize_char(char); serialize_str(&str);
            serialize_bytes(&[u8]); serialize_none(); serialize_unit(); serialize_unit_struct(&'static str);
            serialize_unit_variant(&'static str, u32, &'static str);
        }
        fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Self::Ok, Self::Error> {
            value.serialize(self)
        }
        fn serialize_newtype_struct<T: ?Sized + Serialize>(
            self,
            _: &'static str,
            value: &T,
        ) -> Result<Self::Ok, Self::Error> {
            value.serialize(self)
        }
        fn serialize_newtype_variant<T: ?Sized + Serialize>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<Self::Ok, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
        fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
        fn serialize_tuple_struct(
            self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
        fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Self::Error> {
            Err(ser::Error::custom("only structs have fields"))
        }
    };
}

struct Omitting<S>(S);

impl<S: Serializer> Serializer for Omitting<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeStruct = OmittingStruct<S::SerializeStruct>;
    only_structs!(Never<S>);

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, len).map(OmittingStruct)
    }
}

struct OmittingStruct<S>(S);

impl<S: SerializeStruct> SerializeStruct for OmittingStruct<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if value.serialize(Emptiness { so_far: true }).unwrap_or(false) {
            return Ok(());
        }
        self.0.serialize_field(key, value)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

struct Picking<'n> {
    name: &'n str,
    picked: Option<Value>,
}

impl Serializer for Picking<'_> {
    type Ok = Option<Value>;
    type Error = serde_json::Error;
    type SerializeStruct = Self;
    only_structs!(Never<Self>);

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, serde_json::Error> {
        Ok(self)
    }
}

impl SerializeStruct for Picking<'_> {
    type Ok = Option<Value>;
    type Error = serde_json::Error;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        if key == self.name {
            self.picked = Some(serde_json::to_value(value)?);
        }
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, serde_json::Error> {
        Ok(self.picked)
    }
}

/// Whether a value is empty.
#[derive(Clone, Copy)]
struct Emptiness {
    so_far: bool,
}

macro_rules! empty_if {
    ($($method:ident($arg:ty) $test:expr;)*) => { $(
        fn $method(self, value: $arg) -> Result<bool, serde_json::Error> {
            let test: fn($arg) -> bool = $test;
            Ok(test(value))
        }
    )* };
}

impl Serializer for Emptiness {
    type Ok = bool;
    type Error = serde_json::Error;
    type SerializeSeq = Self;
    type SerializeTuple = Never<Self>;
    type SerializeTupleStruct = Never<Self>;
    type SerializeTupleVariant = Never<Self>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Never<Self>;

    empty_if! {
        serialize_bool(bool) |v| !v; serialize_i8(i8) |v| v == 0; serialize_i16(i16) |v| v == 0;
        serialize_i32(i32) |v| v == 0; serialize_i64(i64) |v| v == 0; serialize_u8(u8) |v| v == 0;
        serialize_u16(u16) |v| v == 0; serialize_u32(u32) |v| v == 0; serialize_u64(u64) |v| v == 0;
        serialize_f32(f32) |v| v == 0.0; serialize_f64(f64) |v| v == 0.0; serialize_char(char) |_| false;
        serialize_str(&str) str::is_empty; serialize_bytes(&[u8]) <[u8]>::is_empty;
        serialize_unit_struct(&'static str) |_| true;
    }

    fn serialize_none(self) -> Result<bool, serde_json::Error> {
        Ok(true)
    }
    fn serialize_unit(self) -> Result<bool, serde_json::Error> {
        Ok(true)
    }
    fn serialize_some<T: ?Sized + Serialize>(self, _: &T) -> Result<bool, serde_json::Error> {
        // A pointer that is not nil is not empty, whatever it points to.
        Ok(false)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<bool, serde_json::Error> {
        Ok(false)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, serde_json::Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, serde_json::Error> {
        Ok(false)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self, serde_json::Error> {
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, serde_json::Error> {
        Err(ser::Error::custom("tuples are not used"))
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, serde_json::Error> {
        Err(ser::Error::custom("tuples are not used"))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, serde_json::Error> {
        Err(ser::Error::custom("tuples are not used"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self, serde_json::Error> {
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, serde_json::Error> {
        Ok(self)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, serde_json::Error> {
        Err(ser::Error::custom("variants are not used"))
    }
}

impl SerializeSeq for Emptiness {
    type Ok = bool;
    type Error = serde_json::Error;
    fn serialize_element<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), serde_json::Error> {
        self.so_far = false;
        Ok(())
    }
    fn end(self) -> Result<bool, serde_json::Error> {
        Ok(self.so_far)
    }
}

impl SerializeMap for Emptiness {
    type Ok = bool;
    type Error = serde_json::Error;
    fn serialize_key<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), serde_json::Error> {
        self.so_far = false;
        Ok(())
    }
    fn serialize_value<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), serde_json::Error> {
        Ok(())
    }
    fn end(self) -> Result<bool, serde_json::Error> {
        Ok(self.so_far)
    }
}

impl SerializeStruct for Emptiness {
    type Ok = bool;
    type Error = serde_json::Error;
    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        _: &'static str,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        self.so_far &= value.serialize(Emptiness { so_far: true })?;
        Ok(())
    }
    fn end(self) -> Result<bool, serde_json::Error> {
        Ok(self.so_far)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize, Default)]
    struct Inner {
        flag: Option<bool>,
    }

    #[derive(Serialize, Default)]
    struct Row {
        text: &'static str,
        number: u64,
        list: Vec<u8>,
        map: BTreeMap<String, String>,
        inner: Inner,
        maybe: Option<Inner>,
        float: f64,
    }

    #[test]
    fn empty_fields_are_left_out() {
        assert_eq!(serde_json::to_string(&OmitEmpty(Row::default())).unwrap(), "{}");
        let full = Row {
            text: "a",
            number: 1,
            list: vec![0],
            inner: Inner { flag: Some(false) },
            maybe: Some(Inner::default()),
            ..Row::default()
        };
        assert_eq!(
            serde_json::to_string(&OmitEmpty(full)).unwrap(),
            r#"{"text":"a","number":1,"list":[0],"inner":{"flag":false},"maybe":{"flag":null}}"#
        );
    }

    #[test]
    fn one_field_is_picked_empty_or_not() {
        let row = Row { number: 3, ..Row::default() };
        assert_eq!(pick(&row, "number"), Some(Value::from(3)));
        assert_eq!(pick(&row, "text"), Some(Value::from("")));
        assert_eq!(pick(&row, "none"), None);
    }
}
