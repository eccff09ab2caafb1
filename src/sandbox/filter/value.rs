//! Values as the filter library sees them: JSON, and the Go types behind it as far as they show.

use std::borrow::Cow;

use serde_json::Value;

/// Objects that are maps; every other object is a struct.
const MAPS: &[&str] = &[
    "Attributes",
    "CSIControllerPlugins",
    "CSINodePlugins",
    "ClassEligibility",
    "ClassExhausted",
    "ClassFiltered",
    "Config",
    "ConstraintFiltered",
    "Details",
    "DimensionExhausted",
    "Drivers",
    "Env",
    "FailedTGAllocs",
    "GetterHeaders",
    "GetterOptions",
    "HostNetworks",
    "HostVolumes",
    "Links",
    "Meta",
    "NodesAvailable",
    "Options",
    "QueuedAllocations",
    "ResourcesExhausted",
    "Scores",
    "TaskGroups",
    "TaskLifecycles",
    "TaskResources",
    "TaskStates",
    "Tasks",
    "Volumes",
];

/// Lists, which may be null.
const LISTS: &[&str] = &[
    "Affinities",
    "AllocStates",
    "Args",
    "Artifacts",
    "CanaryTags",
    "Checks",
    "Constraints",
    "Datacenters",
    "Devices",
    "DynamicPorts",
    "Events",
    "Identities",
    "Networks",
    "NodeNetworks",
    "Payload",
    "PlacedCanaries",
    "Policies",
    "Ports",
    "PreemptedAllocations",
    "QuotaExhausted",
    "RelatedEvals",
    "ReservableCpuCores",
    "ReservedPorts",
    "Roles",
    "ScoreMetaData",
    "Services",
    "SpreadTarget",
    "Spreads",
    "Tags",
    "Templates",
    "VolumeMounts",
];

/// Times, which are structs although JSON shows a text.
const TIMES: &[&str] = &[
    "FinishedAt",
    "ForceDeadline",
    "LastRestart",
    "RequireProgressBy",
    "StartedAt",
    "Time",
    "Timestamp",
    "UpdateTime",
    "UpdatedAt",
    "WaitUntil",
];

/// A value and the field it is in.
#[derive(Debug, Clone)]
pub(super) struct Datum<'a> {
    pub(super) json: Cow<'a, Value>,
    pub(super) kind: Kind,
    name: String,
}

/// Go's kinds, as errors name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Map,
    Slice,
    Struct,
    String,
    Bool,
    Int,
    Int64,
    Uint64,
    Float64,
    /// Behind a nil pointer.
    Invalid,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kind::Map => "map",
            Kind::Slice => "slice",
            Kind::Struct => "struct",
            Kind::String => "string",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Int64 => "int64",
            Kind::Uint64 => "uint64",
            Kind::Float64 => "float64",
            Kind::Invalid => "invalid",
        })
    }
}

impl<'a> Datum<'a> {
    /// The value of the field of that name.
    pub(super) fn of_field(name: &str, json: Cow<'a, Value>) -> Datum<'a> {
        let kind = match &*json {
            Value::Null if MAPS.contains(&name) => Kind::Map,
            Value::Null if LISTS.contains(&name) => Kind::Slice,
            Value::Null | Value::String(_) if TIMES.contains(&name) => Kind::Struct,
            Value::Null => Kind::Invalid,
            Value::Bool(_) => Kind::Bool,
            Value::Number(number) if number.is_f64() => Kind::Float64,
            Value::Number(_) => integer(name),
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Slice,
            Value::Object(_) if MAPS.contains(&name) => Kind::Map,
            Value::Object(_) => Kind::Struct,
        };
        Datum { json, kind, name: name.to_owned() }
    }

    /// A value that stands for itself: the key of a map, the position in a list.
    pub(super) fn plain(json: Value, kind: Kind) -> Datum<'static> {
        Datum { json: Cow::Owned(json), kind, name: String::new() }
    }

    /// Whether it is a nil map, list or pointer.
    pub(super) fn is_null(&self) -> bool {
        self.json.is_null()
    }

    /// How many elements a map or list has, or bytes a text.
    pub(super) fn len(&self) -> usize {
        match &*self.json {
            Value::Array(list) => list.len(),
            Value::Object(map) => map.len(),
            Value::String(text) => text.len(),
            _ => 0,
        }
    }

    /// One step down.
    pub(super) fn step(&self, part: &str) -> Result<Datum<'a>, Missing> {
        match self.kind {
            Kind::Map => {
                let value = self.child(|json| json.get(part)).ok_or_else(|| Missing::key(part))?;
                // The values of a map are not fields; in free-form configuration every object is a map again.
                let name = if self.name == "Config" { "Config" } else { "" };
                Ok(Datum::of_field(name, value))
            }
            Kind::Slice => {
                let at: i64 = part.parse().map_err(|_| Missing::not_a_number(part))?;
                let value = usize::try_from(at).ok().and_then(|at| self.child(|json| json.get(at)));
                let value = value.ok_or_else(|| Missing::out_of_range(at, self.len()))?;
                Ok(Datum::of_field("", value))
            }
            Kind::Struct => {
                let value = self.child(|json| json.get(part)).ok_or_else(|| Missing::field(part))?;
                Ok(Datum::of_field(part, value))
            }
            kind => Err(Missing { found: true, text: format!("invalid value kind: {kind}") }),
        }
    }

    fn child(&self, get: impl Fn(&Value) -> Option<&Value>) -> Option<Cow<'a, Value>> {
        match &self.json {
            Cow::Borrowed(json) => get(json).map(Cow::Borrowed),
            Cow::Owned(json) => get(json).cloned().map(Cow::Owned),
        }
    }
}

/// Why a step leads nowhere.
#[derive(Debug)]
pub(super) struct Missing {
    /// Whether it is more than an absent key.
    pub(super) found: bool,
    pub(super) text: String,
}

impl Missing {
    fn key(part: &str) -> Missing {
        Missing { found: false, text: format!("couldn't find key {part:?}") }
    }

    pub(super) fn field(part: &str) -> Missing {
        Missing { found: false, text: format!("couldn't find key: struct field with name {part:?}") }
    }

    fn not_a_number(part: &str) -> Missing {
        Missing { found: true, text: format!("couldn't convert value {part:?} to type int") }
    }

    fn out_of_range(at: i64, length: usize) -> Missing {
        Missing { found: true, text: format!("index {at} is out of range (length = {length})") }
    }
}

/// The Go type of a whole number, by what its field is called.
fn integer(name: &str) -> Kind {
    let unsigned = name.ends_with("Index") || name.ends_with("Version") || name == "Restarts";
    let long = ["Time", "Delay", "Deadline", "Interval", "At", "Timeout", "TTL", "MB", "Shares"];
    if unsigned {
        Kind::Uint64
    } else if long.iter().any(|suffix| name.ends_with(suffix)) {
        Kind::Int64
    } else {
        Kind::Int
    }
}
