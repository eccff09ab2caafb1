//! The shape of a job: every block and field, its name in HCL and in JSON, and whether it may be missing.
//!
//! There are two forms. The API's (what `jobs/parse` answers and clients register) leaves unset fields `null`; the
//! server's (what `GET /v1/job` shows) has a value for nearly everything.

pub(crate) mod connect;
pub(crate) mod job;
pub(crate) mod service;
pub(crate) mod task;

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

/// A Go struct.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// A field of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    /// The name of the argument or block; empty when it cannot be written in HCL.
    pub(crate) hcl: &'static str,
    /// The name in the API's JSON.
    pub(crate) json: &'static str,
    /// The name in the server's JSON where it differs.
    server_json: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) api: Presence,
    pub(crate) server: Presence,
    /// Whether it is the block's label.
    pub(crate) label: bool,
    /// Whether the argument must be written.
    pub(crate) required: bool,
    /// Whether the API's JSON leaves it out when unset.
    omitted: bool,
}

/// Whether a form has the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Not at all.
    Absent,
    /// Always with a value.
    Plain,
    /// With a value or `null`.
    Pointer,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Whole,
    Flag,
    Duration,
    Bytes,
    Texts,
    Wholes,
    TextMap,
    TextsMap,
    AnyMap,
    One(&'static Struct),
    Many(&'static Struct),
    /// By the block's label.
    ByName(&'static Struct),
}

impl Kind {
    /// Whether HCL writes it as a block.
    pub(crate) fn is_block(self) -> bool {
        use Kind::{AnyMap, ByName, Many, One, TextMap, TextsMap};
        matches!(self, One(_) | Many(_) | ByName(_) | TextMap | TextsMap | AnyMap)
    }

    /// The struct of the block.
    pub(crate) fn block(self) -> Option<&'static Struct> {
        match self {
            Kind::One(s) | Kind::Many(s) | Kind::ByName(s) => Some(s),
            _ => None,
        }
    }

    /// Go's zero value; lists and maps are nil.
    pub(crate) fn zero(self) -> Value {
        match self {
            Kind::Text => json!(""),
            Kind::Whole | Kind::Duration => json!(0),
            Kind::Flag => json!(false),
            _ => Value::Null,
        }
    }
}

impl Struct {
    const fn new(name: &'static str, fields: &'static [Field]) -> Struct {
        Struct { name, fields }
    }

    /// An API object with nothing set.
    pub(crate) fn empty(&self) -> Map<String, Value> {
        let fields = self.fields.iter().filter(|f| f.api != Presence::Absent && !f.omitted);
        fields.map(|f| (f.json.to_owned(), f.unset(f.api))).collect()
    }

    /// An API object as Go decodes it: names matched without case, unknown ones dropped, missing ones unset. The path
    /// leads to the object, for errors.
    pub(crate) fn decode(&self, value: &Value, path: &str) -> Result<Value, String> {
        let Some(given) = value.as_object() else { return Ok(Value::Null) };
        let mut object = self.empty();
        for (name, value) in given {
            let exact = self.fields.iter().find(|f| f.json == name);
            let field = exact.or_else(|| self.fields.iter().find(|f| f.json.eq_ignore_ascii_case(name)));
            let Some(field) = field.filter(|f| f.api != Presence::Absent && !value.is_null()) else {
                continue;
            };
            let decoded = field.decode(value, self.name, &format!("{path}.{}", field.json))?;
            object.insert(field.json.to_owned(), decoded);
        }
        Ok(Value::Object(object))
    }

    /// An API object of these fields; for what the server makes itself.
    pub(crate) fn complete(&self, value: &Value) -> Value {
        self.decode(value, "").unwrap_or(Value::Null)
    }

    /// The server's form of an API object.
    pub(crate) fn to_server(&self, value: &Value) -> Value {
        let mut object = Map::new();
        for field in self.fields.iter().filter(|f| f.server != Presence::Absent) {
            let given = value.get(field.json).filter(|v| !v.is_null());
            let converted = match given {
                Some(given) => field.kind.to_server(given),
                None => field.unset(field.server),
            };
            object.insert(field.server_name().to_owned(), converted);
        }
        Value::Object(object)
    }
}

impl Field {
    /// What a whole number may be, by its type in Go.
    pub(crate) fn range(&self) -> RangeInclusive<i64> {
        match self.json {
            "Weight" => i64::from(i8::MIN)..=i64::from(i8::MAX),
            "Percent" => 0..=i64::from(u8::MAX),
            _ => i64::MIN..=i64::MAX,
        }
    }

    /// The name in the server's JSON.
    pub(crate) fn server_name(&self) -> &'static str {
        self.server_json.unwrap_or(self.json)
    }

    fn unset(&self, presence: Presence) -> Value {
        if presence == Presence::Plain { self.kind.zero() } else { Value::Null }
    }

    const fn omitted(mut self) -> Field {
        self.omitted = true;
        self
    }

    const fn api_only(mut self) -> Field {
        self.server = Presence::Absent;
        self
    }

    const fn required(mut self) -> Field {
        self.required = true;
        self
    }
}

impl Field {
    fn decode(&self, value: &Value, of: &str, path: &str) -> Result<Value, String> {
        let wrong = |value: &Value, wanted: &str| {
            let numeric = wanted.contains("int") && !wanted.contains("interface");
            let found =
                if numeric { found(value) } else { found(value).split(' ').next().unwrap_or("").to_owned() };
            Err(format!("json: cannot unmarshal {found} into Go struct field {of}.{path} of type {wanted}"))
        };
        match (self.kind, value) {
            (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Kind::Bytes, Value::String(_) | Value::Array(_)) => Ok(value.clone()),
            (Kind::Whole | Kind::Duration, Value::Number(number)) if self.fits(number) => Ok(value.clone()),
            (Kind::Texts, Value::Array(list)) => match list.iter().find(|item| !item.is_string()) {
                Some(item) => wrong(item, "string"),
                None => Ok(value.clone()),
            },
            (Kind::Wholes, Value::Array(list)) => match list.iter().find(|item| !item.is_u64()) {
                Some(item) => wrong(item, "uint16"),
                None => Ok(value.clone()),
            },
            (Kind::TextMap, Value::Object(map)) => match map.values().find(|item| !item.is_string()) {
                Some(item) => wrong(item, "string"),
                None => Ok(value.clone()),
            },
            (Kind::TextsMap, Value::Object(map)) => match map.values().find(|item| !item.is_array()) {
                Some(item) => wrong(item, "[]string"),
                None => Ok(value.clone()),
            },
            (Kind::AnyMap, Value::Object(_)) => Ok(value.clone()),
            (Kind::One(shape), Value::Object(_)) => shape.decode(value, path),
            (Kind::Many(shape), Value::Array(list)) => {
                if let Some(item) = list.iter().find(|item| !item.is_object() && !item.is_null()) {
                    return wrong(item, &format!("api.{}", shape.name));
                }
                list.iter().map(|item| shape.decode(item, path)).collect()
            }
            (Kind::ByName(shape), Value::Object(map)) => {
                map.iter().map(|(name, item)| Ok((name.clone(), shape.decode(item, path)?))).collect()
            }
            _ => wrong(value, &self.go_type()),
        }
    }

    fn fits(&self, number: &serde_json::Number) -> bool {
        let range = match self.json {
            "Weight" => -128..=127,
            "Percent" => 0..=255,
            _ => i64::MIN..=i64::MAX,
        };
        number.as_i64().map_or_else(|| number.is_u64(), |n| range.contains(&n))
    }

    fn go_type(&self) -> String {
        let items = |shape: &Struct| {
            let pointer = if matches!(shape.name, "Port" | "ServiceCheck") { "" } else { "*" };
            format!("[]{pointer}api.{}", shape.name)
        };
        match self.kind {
            Kind::Text => "string".to_owned(),
            Kind::Flag => "bool".to_owned(),
            Kind::Duration => "time.Duration".to_owned(),
            Kind::Bytes => "[]uint8".to_owned(),
            Kind::Texts => "[]string".to_owned(),
            Kind::Wholes => "[]uint16".to_owned(),
            Kind::TextMap => "map[string]string".to_owned(),
            Kind::TextsMap => "map[string][]string".to_owned(),
            Kind::AnyMap => "map[string]interface {}".to_owned(),
            Kind::One(shape) => format!("api.{}", shape.name),
            Kind::Many(shape) => items(shape),
            Kind::ByName(shape) => format!("map[string]*api.{}", shape.name),
            Kind::Whole => match self.json {
                "Weight" => "int8",
                "Percent" => "uint8",
                "Version" | "CreateIndex" | "ModifyIndex" | "JobModifyIndex" => "uint64",
                "SubmitTime" | "Min" | "Max" | "TaggedTime" => "int64",
                _ => "int",
            }
            .to_owned(),
        }
    }
}

/// What was found instead, as Go's decoder names it: numbers that do not fit with their digits.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) => format!("number {number}"),
        Value::String(_) => "string".to_owned(),
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
    }
}

impl Kind {
    fn to_server(self, value: &Value) -> Value {
        match (self, value) {
            (Kind::One(s), value) => s.to_server(value),
            (Kind::Many(s), Value::Array(list)) => list.iter().map(|item| s.to_server(item)).collect(),
            (Kind::ByName(s), Value::Object(map)) => {
                map.iter().map(|(name, item)| (name.clone(), s.to_server(item))).collect()
            }
            (_, value) => value.clone(),
        }
    }
}

const fn field(hcl: &'static str, json: &'static str, kind: Kind, api: Presence, server: Presence) -> Field {
    Field { hcl, json, server_json: None, kind, api, server, label: false, required: false, omitted: false }
}

/// Always with a value in both forms.
const fn plain(hcl: &'static str, json: &'static str, kind: Kind) -> Field {
    field(hcl, json, kind, Presence::Plain, Presence::Plain)
}

/// `null` when unset in the API's form only.
const fn ptr(hcl: &'static str, json: &'static str, kind: Kind) -> Field {
    field(hcl, json, kind, Presence::Pointer, Presence::Plain)
}

/// `null` when unset in both forms.
const fn both(hcl: &'static str, json: &'static str, kind: Kind) -> Field {
    field(hcl, json, kind, Presence::Pointer, Presence::Pointer)
}

/// In the API's form only, always with a value.
const fn api(hcl: &'static str, json: &'static str, kind: Kind) -> Field {
    field(hcl, json, kind, Presence::Plain, Presence::Absent)
}

/// In the API's form only, `null` when unset.
const fn api_ptr(hcl: &'static str, json: &'static str, kind: Kind) -> Field {
    field(hcl, json, kind, Presence::Pointer, Presence::Absent)
}

/// In the server's form only.
const fn server(json: &'static str, kind: Kind, pointer: bool) -> Field {
    let presence = if pointer { Presence::Pointer } else { Presence::Plain };
    field("", json, kind, Presence::Absent, presence)
}

/// Named otherwise in the server's JSON.
const fn renamed(hcl: &'static str, json: &'static str, server_json: &'static str, kind: Kind) -> Field {
    let mut field = plain(hcl, json, kind);
    field.server_json = Some(server_json);
    field
}

/// The block's label.
const fn label(hcl: &'static str, json: &'static str, pointer: bool) -> Field {
    let mut field = if pointer { ptr(hcl, json, Kind::Text) } else { plain(hcl, json, Kind::Text) };
    field.label = true;
    field
}
