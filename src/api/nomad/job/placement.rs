//! What a job, a group or a task says of the nodes it is placed on.

use serde::{Deserialize, Serialize};

use crate::api::wire::nullable;

/// A condition on nodes, or on where a job's allocations stand to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Constraint {
    /// The left side, such as `${attr.kernel.name}`.
    #[serde(rename = "LTarget", deserialize_with = "nullable")]
    pub left: String,
    /// The operator; `=` when empty.
    #[serde(rename = "Operand", deserialize_with = "nullable")]
    pub operand: String,
    /// The right side.
    #[serde(rename = "RTarget", deserialize_with = "nullable")]
    pub right: String,
}

/// A preference for nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Affinity {
    /// The left side.
    #[serde(rename = "LTarget", deserialize_with = "nullable")]
    pub left: String,
    /// The operator.
    #[serde(rename = "Operand", deserialize_with = "nullable")]
    pub operand: String,
    /// The right side.
    #[serde(rename = "RTarget", deserialize_with = "nullable")]
    pub right: String,
    /// -100 to 100.
    #[serde(rename = "Weight", deserialize_with = "nullable")]
    pub weight: i64,
}

/// How to spread over the values of a node's attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Spread {
    /// The attribute.
    #[serde(deserialize_with = "nullable")]
    pub attribute: String,
    /// 1 to 100.
    #[serde(deserialize_with = "nullable")]
    pub weight: i64,
    /// Wanted shares; even when empty.
    #[serde(rename = "SpreadTarget", deserialize_with = "nullable")]
    pub targets: Vec<SpreadTarget>,
}

/// A wanted share of a spread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SpreadTarget {
    /// The attribute's value.
    pub value: String,
    /// Its share.
    pub percent: u32,
}
