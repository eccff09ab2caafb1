//! The two sides of a shift of traffic, their shares, and the words for what speaks against it: what every way of writing a split
//! uses.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fields::{plain, text};

/// All traffic, in hundredths of a percent: the unit of Consul's weights.
pub const ALL: i64 = 10_000;

/// A side that traffic goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "is", content = "name", rename_all = "lowercase")]
pub enum Side {
    /// A subset of the service's own instances.
    Subset(String),
    /// Another service.
    Service(String),
}

impl Side {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Side::Subset(name) | Side::Service(name) => name,
        }
    }

    /// The service its instances are of.
    #[must_use]
    pub fn service<'s>(&'s self, own: &'s str) -> &'s str {
        match self {
            Side::Subset(_) => own,
            Side::Service(name) => name,
        }
    }

    /// The subset its instances are in; empty for all of them.
    #[must_use]
    pub fn subset(&self) -> &str {
        match self {
            Side::Subset(name) => name,
            Side::Service(_) => "",
        }
    }

    /// Whether a split goes there.
    pub(super) fn is_of(&self, split: &Value, own: &str) -> bool {
        let service = match text(split, "Service") {
            "" => own,
            named => named,
        };
        service == self.service(own) && text(split, "ServiceSubset") == self.subset()
    }

    /// A split that sends this share there.
    pub(super) fn split(&self, weight: i64) -> Value {
        let place = match self {
            Side::Subset(name) => ("ServiceSubset", name),
            Side::Service(name) => ("Service", name),
        };
        json!({"Weight": percent(weight), place.0: place.1})
    }
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A weight as Consul writes it.
#[must_use]
pub fn percent(hundredths: i64) -> Value {
    if hundredths % 100 == 0 {
        return (hundredths / 100).into();
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 10,000")]
    let percent = hundredths as f64 / 100.0;
    json!(percent)
}

/// The shares of both sides, in hundredths of a percent of the service's traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Of the side that gives.
    pub from: i64,
    /// Of the side that takes.
    pub to: i64,
}

impl Shares {
    /// What both have together.
    #[must_use]
    pub fn pool(self) -> i64 {
        self.from + self.to
    }

    /// So much of what both have together, in hundredths of a percent of it, for the side that takes.
    #[must_use]
    pub fn at(self, step: i64) -> Shares {
        let to = (self.pool() * step + ALL / 2) / ALL;
        Shares { from: self.pool() - to, to }
    }
}

impl std::fmt::Display for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", percent(self.from), percent(self.to))
    }
}

/// Something that speaks against moving traffic, and has to be named to go on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Sessions change side with every request.
    SessionsMove,
    /// A side gets more traffic than its instances carried before.
    UnderCapacity,
    /// No gateway can be asked what it does.
    Unwitnessed,
    /// Config that cuts connections, now or later.
    CutConnections,
}

impl std::fmt::Display for Risk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Risk::SessionsMove => "sessions-move",
            Risk::UnderCapacity => "under-capacity",
            Risk::Unwitnessed => "unwitnessed",
            Risk::CutConnections => "cut-connections",
        })
    }
}

/// What speaks against a shift of traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The name under which it is accepted; none for what cannot be.
    pub risk: Option<Risk>,
    /// One sentence without a full stop.
    pub why: String,
}

impl Objection {
    /// One that nothing lifts.
    #[must_use]
    pub fn firm(why: impl Into<String>) -> Self {
        Objection { risk: None, why: why.into() }
    }

    /// One that is lifted by naming its risk.
    #[must_use]
    pub fn of(risk: Risk, why: impl Into<String>) -> Self {
        Objection { risk: Some(risk), why: why.into() }
    }
}

/// How sessions are kept on their side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Pin {
    /// By a cookie of fleet's own, which the split sets and routes know again.
    Cookie {
        /// Its name.
        name: String,
    },
}

/// Which gateways are in front of the service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFront {
    /// Ingress gateways, which ask its router.
    pub ingress: Vec<String>,
    /// API gateways, which do not.
    pub api: Vec<String>,
}

/// Sets a field in whatever spelling it has.
pub(super) fn set(value: &mut Value, name: &str, new: Value) {
    let Some(object) = value.as_object_mut() else { return };
    let key = object.keys().find(|k| plain(k) == plain(name)).cloned();
    object.insert(key.unwrap_or_else(|| name.to_owned()), new);
}
