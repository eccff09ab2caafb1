//! Moving the traffic of a service from one side to the other: what each step writes, and what speaks against it
//! (`mesh.md §0`, `§4`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fields::{field, hundredths, items, of, pairs, text};
use super::lint::is_sticky;
use super::{shift_pin, shift_route, weighted};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

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
    fn is_of(&self, split: &Value, own: &str) -> bool {
        let service = match text(split, "Service") {
            "" => own,
            named => named,
        };
        service == self.service(own) && text(split, "ServiceSubset") == self.subset()
    }

    fn split(&self, weight: i64) -> Value {
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

/// The entries that say where a service's traffic goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries {
    /// Its own protocol; none where it goes without saying.
    pub defaults: Option<ConfigEntry>,
    /// Its subsets.
    pub resolver: Option<ConfigEntry>,
    /// Its split.
    pub splitter: Option<ConfigEntry>,
    /// Its routes.
    pub router: Option<ConfigEntry>,
    /// The routes of API gateways that lead to it.
    pub http_routes: Vec<ConfigEntry>,
    /// The http-route, or the service of Traefik, whose rules share out the requests; none where a splitter does.
    pub route: Option<ConfigEntry>,
    /// Whether that service of Traefik keeps sessions by a cookie.
    pub sticky: bool,
    /// The resolvers of the services that this route names.
    pub resolvers: Vec<ConfigEntry>,
}

/// The entry that shares out the traffic of a service, of `http-route/NAME` or of `traefik/NAME`, as `kind/name`.
#[must_use]
pub fn split_subject(own: &str) -> String {
    match own.strip_prefix(weighted::PREFIX) {
        Some(name) => format!("{}/{name}", Kind::TraefikService),
        None if own.starts_with(shift_route::PREFIX) => own.to_owned(),
        None => format!("service-splitter/{own}"),
    }
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

/// The subsets of a resolver.
#[must_use]
pub fn subsets(resolver: Option<&ConfigEntry>) -> Vec<String> {
    let whole = resolver.map_or(Value::Null, |r| Value::Object(r.fields.clone()));
    pairs(&whole, "Subsets").map(|(name, _)| name.clone()).collect()
}

impl Entries {
    /// How a service's traffic is shared out between two sides now.
    ///
    /// # Errors
    /// When it does not go to them: where it goes.
    pub fn shares(&self, own: &str, from: &Side, to: &Side) -> Result<Shares, String> {
        if let Some(route) = &self.route {
            return shift_route::shares(route, from, to);
        }
        let Some(splitter) = &self.splitter else {
            let whole = self.resolver.as_ref().map_or(Value::Null, |r| Value::Object(r.fields.clone()));
            if !field(&whole, "Redirect").is_null() {
                return Err(format!("the resolver of {own} sends all its traffic on to another service"));
            }
            let default = text(&whole, "DefaultSubset");
            let is = |side: &Side| side.service(own) == own && side.subset() == default;
            return match (is(from), is(to)) {
                (true, _) => Ok(Shares { from: ALL, to: 0 }),
                (_, true) => Ok(Shares { from: 0, to: ALL }),
                _ if default.is_empty() => Err(format!(
                    "{own} has neither a splitter nor a DefaultSubset: its traffic goes to every instance, and not to {from} alone"
                )),
                _ => Err(format!("{own} has no splitter: its traffic goes to the DefaultSubset {default}")),
            };
        };
        let whole = Value::Object(splitter.fields.clone());
        let share = |side: &Side| -> i64 {
            items(&whole, "Splits")
                .filter(|s| side.is_of(s, own))
                .filter_map(|s| hundredths(field(s, "Weight")))
                .sum()
        };
        let shares = Shares { from: share(from), to: share(to) };
        if shares.pool() == 0 {
            return Err(format!("neither {from} nor {to} has a share of {own}'s traffic: {}", told(&whole)));
        }
        Ok(shares)
    }

    /// The entry that shares out the traffic; none where there is none yet.
    #[must_use]
    pub fn split(&self) -> Option<&ConfigEntry> {
        self.route.as_ref().or(self.splitter.as_ref())
    }

    /// The kind of that entry.
    #[must_use]
    pub fn split_kind(&self) -> Kind {
        self.route.as_ref().map_or(Kind::ServiceSplitter, |route| route.kind().unwrap_or(Kind::HttpRoute))
    }

    /// The entry that shares out the traffic, as it is stored now.
    pub fn set_split(&mut self, stored: Option<ConfigEntry>) {
        match &mut self.route {
            Some(route) => {
                if let Some(stored) = stored {
                    *route = stored;
                }
            }
            None => self.splitter = stored,
        }
    }

    /// The splitter or route with these shares; what else it says stays. In a splitter both sides stay, at 0 % too: a side that leaves takes its
    /// statistics with it, and with them the only proof that it is drained (`mesh.md §6`).
    #[must_use]
    pub fn split_at(&self, own: &str, from: &Side, to: &Side, shares: Shares) -> ConfigEntry {
        if let Some(route) = &self.route {
            return shift_route::at(route, from, to, shares);
        }
        let mut fields = match &self.splitter {
            Some(splitter) => splitter.content().fields,
            None => Map::from_iter([
                ("Kind".to_owned(), json!("service-splitter")),
                ("Name".to_owned(), json!(own)),
            ]),
        };
        let key = fields
            .keys()
            .find(|k| super::fields::plain(k) == "splits")
            .cloned()
            .unwrap_or("Splits".to_owned());
        let mut splits: Vec<Value> = of(&fields, "Splits").as_array().cloned().unwrap_or_default();
        for (side, share) in [(from, shares.from), (to, shares.to)] {
            let mut left = Some(share);
            for split in splits.iter_mut().filter(|s| side.is_of(s, own)) {
                set(split, "Weight", percent(left.take().unwrap_or(0)));
            }
            if let Some(share) = left {
                splits.push(side.split(share));
            }
        }
        fields.insert(key, Value::Array(splits));
        ConfigEntry { fields }
    }

    /// Whether sessions are bound to instances: then a split alone loses them.
    #[must_use]
    pub fn is_sticky(&self) -> bool {
        self.resolver.iter().chain(&self.resolvers).any(is_sticky)
    }
}

fn told(splitter: &Value) -> String {
    let split = |s: &Value| {
        let place = [text(s, "Service"), text(s, "ServiceSubset")].into_iter().filter(|t| !t.is_empty());
        format!("{} % {}", field(s, "Weight"), place.collect::<Vec<_>>().join("/"))
    };
    items(splitter, "Splits").map(split).collect::<Vec<_>>().join(", ")
}

/// Sets a field in whatever spelling it has.
pub(super) fn set(value: &mut Value, name: &str, new: Value) {
    let Some(object) = value.as_object_mut() else { return };
    let key = object.keys().find(|k| super::fields::plain(k) == super::fields::plain(name)).cloned();
    object.insert(key.unwrap_or_else(|| name.to_owned()), new);
}

/// Reads steps such as `1,5,25,50,100`: percent, rising, the last one 100.
///
/// # Errors
/// Why they are none.
pub fn steps(text: &str) -> Result<Vec<i64>, String> {
    let mut steps = Vec::new();
    for word in text.split(',') {
        let word = word.trim().trim_end_matches('%');
        let percent: f64 = word.parse().map_err(|_| format!("{word:?} is no percentage"))?;
        let step = hundredths(&json!(percent)).unwrap_or(0);
        if !(1..=ALL).contains(&step) {
            return Err(format!(
                "{word} is not between 0.01 and 100, the smallest and the largest share that Consul knows"
            ));
        }
        if steps.last().is_some_and(|last| *last >= step) {
            return Err(format!("{word} is not more than what comes before it"));
        }
        steps.push(step);
    }
    Ok(steps)
}

/// How many instances a share of the traffic needs, where so many carried all of it.
#[must_use]
pub fn needed(share: i64, baseline: usize) -> usize {
    let needed = (i64::try_from(baseline).unwrap_or(i64::MAX) * share + ALL - 1) / ALL;
    usize::try_from(needed.max(i64::from(share > 0))).unwrap_or(usize::MAX)
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

/// What speaks against it.
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

/// What speaks against moving a service's traffic, as far as its entries tell.
#[must_use]
pub fn objections(
    own: &str,
    entries: &Entries,
    from: &Side,
    to: &Side,
    pin: Option<&Pin>,
    in_front: &InFront,
    steps: &[i64],
) -> Vec<Objection> {
    if let Some(route) = &entries.route {
        if route.kind() == Some(Kind::TraefikService) {
            return weighted::objections(route.name(), entries.sticky, from, to, pin);
        }
        return shift_route::objections(route, entries, from, to, pin);
    }
    let mut found = Vec::new();
    // A step between nothing and everything is a split: there a session is drawn anew with every request.
    let splits = steps.iter().any(|s| *s < ALL);
    if let Some(pin) = pin {
        found.extend(shift_pin::objections(own, entries, from, to, pin, in_front));
    } else if entries.is_sticky() {
        let how = if splits {
            "at 90/10 26 % of sessions see both sides within 3 requests, at 50/50 75 %"
        } else {
            "all of them change side at once"
        };
        found.push(Objection::of(
            Risk::SessionsMove,
            format!("the resolver of {own} keeps sessions on their instances, and a split is drawn anew for every request: {how}; --pin keeps sessions on the side where they began"),
        ));
    }
    for route in &entries.http_routes {
        let whole = Value::Object(route.fields.clone());
        for (at, rule) in items(&whole, "Rules").enumerate() {
            let services: Vec<&Value> = items(rule, "Services").collect();
            if services.len() > 1 && services.iter().any(|s| text(s, "Name") == own) && entries.is_sticky() {
                found.push(Objection::of(
                    Risk::SessionsMove,
                    format!("rule {at} of http-route/{} has several services, so the gateway knows no hash policy there: sessions move with every request", route.name()),
                ));
            }
        }
    }
    found
}

/// The entries a run writes before the first step, the pins and the split as it stands; empty when there is nothing to prepare.
#[must_use]
pub fn preparation(
    own: &str,
    entries: &Entries,
    from: &Side,
    to: &Side,
    shares: Shares,
    pin: Option<&Pin>,
    in_front: &InFront,
) -> Vec<ConfigEntry> {
    match pin {
        Some(pin) if entries.route.is_none() => {
            shift_pin::entries(own, entries, from, to, shares, pin, in_front)
        }
        _ => Vec::new(),
    }
}

/// What is needed to know which entries belong to a service.
#[must_use]
pub fn kinds() -> BTreeMap<Kind, &'static str> {
    BTreeMap::from([
        (Kind::ServiceDefaults, "protocol"),
        (Kind::ServiceResolver, "subsets"),
        (Kind::ServiceSplitter, "split"),
        (Kind::ServiceRouter, "routes"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(value: Value) -> Option<ConfigEntry> {
        ConfigEntry::of(value)
    }

    fn side(name: &str) -> Side {
        Side::Subset(name.to_owned())
    }

    #[test]
    fn where_traffic_goes_is_read_from_the_splitter_or_the_default() {
        let (v1, v2) = (side("v1"), side("v2"));
        let resolver = entry(
            json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {"v1": {}, "v2": {}}}),
        );
        let mut entries = Entries { resolver, ..Entries::default() };
        assert_eq!(entries.shares("web", &v1, &v2), Ok(Shares { from: ALL, to: 0 }));
        assert_eq!(entries.shares("web", &v2, &v1), Ok(Shares { from: 0, to: ALL }));
        assert!(entries.shares("web", &side("v3"), &v2).unwrap_err().contains("DefaultSubset v1"));
        entries.splitter = entry(json!({"Kind": "service-splitter", "Name": "web", "Splits": [
            {"Weight": 62.5, "service_subset": "v1"}, {"Weight": 12.5, "Service": "web", "ServiceSubset": "v2"}, {"Weight": 25, "Service": "old"}]}));
        assert_eq!(entries.shares("web", &v1, &v2), Ok(Shares { from: 6250, to: 1250 }));
        let shares = entries.shares("web", &v1, &v2).unwrap().at(5000);
        let written = Value::Object(entries.split_at("web", &v1, &v2, shares).fields);
        assert_eq!(
            written["Splits"],
            json!([{"Weight": 37.5, "service_subset": "v1"},
            {"Weight": 37.5, "Service": "web", "ServiceSubset": "v2"}, {"Weight": 25, "Service": "old"}])
        );
        let old = Side::Service("old".to_owned());
        assert_eq!(entries.shares("web", &old, &v2).unwrap().pool(), 3750);
    }

    #[test]
    fn a_splitter_is_made_where_there_is_none() {
        let entries = Entries::default();
        let (from, to) = (Side::Service("site-old".to_owned()), Side::Service("site-new".to_owned()));
        let made = entries.split_at("site", &from, &to, Shares { from: 9950, to: 50 });
        assert_eq!(
            Value::Object(made.fields),
            json!({"Kind": "service-splitter", "Name": "site", "Splits": [
            {"Weight": 99.5, "Service": "site-old"}, {"Weight": 0.5, "Service": "site-new"}]})
        );
    }

    #[test]
    fn steps_rise_and_are_shares() {
        assert_eq!(steps("1,5,25,50,100"), Ok(vec![100, 500, 2500, 5000, 10_000]));
        assert_eq!(steps("0.01, 33.33%"), Ok(vec![1, 3333]));
        for bad in ["", "0", "-1", "101", "5,5", "5,1", "x", "nan", "0.001"] {
            assert!(steps(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_sticky_resolver_speaks_against_a_split() {
        let resolver = entry(
            json!({"Kind": "service-resolver", "Name": "web", "LoadBalancer": {"Policy": "maglev",
            "HashPolicies": [{"Field": "cookie", "FieldValue": "sess", "CookieConfig": {"Session": true}}]}}),
        );
        let entries = Entries { resolver, ..Entries::default() };
        let against = |pin: Option<&Pin>| {
            objections("web", &entries, &side("v1"), &side("v2"), pin, &InFront::default(), &[1, ALL])
        };
        assert_eq!(against(None)[0].risk, Some(Risk::SessionsMove));
        assert_eq!(against(Some(&Pin::Cookie { name: "fleet-ver".to_owned() })), []);
    }

    proptest! {
        /// Whatever the split was, what others have stays, the sum stays, and no share is out of bounds.
        #[test]
        fn a_step_moves_only_what_both_sides_have(a in 0_i64..=ALL, b in 0_i64..=ALL, step in 0_i64..=ALL, baseline in 0_usize..500) {
            let (a, b) = (a.min(ALL - b.min(ALL)), b.min(ALL));
            let rest = ALL - a - b;
            let entries = Entries { splitter: entry(json!({"Kind": "service-splitter", "Name": "web", "Splits": [
                {"Weight": percent(a), "ServiceSubset": "v1"}, {"Weight": percent(b), "ServiceSubset": "v2"}, {"Weight": percent(rest), "Service": "x"}]})),
                ..Entries::default() };
            let (v1, v2) = (side("v1"), side("v2"));
            let Ok(shares) = entries.shares("web", &v1, &v2) else { prop_assert_eq!(a + b, 0); return Ok(()); };
            let to = shares.at(step);
            prop_assert!(to.from >= 0 && to.to >= 0 && to.pool() == a + b);
            let written = Entries { splitter: Some(entries.split_at("web", &v1, &v2, to)), ..Entries::default() };
            let whole = Value::Object(written.splitter.clone().unwrap().fields);
            let sum: i64 = items(&whole, "Splits").filter_map(|s| hundredths(field(s, "Weight"))).sum();
            prop_assert_eq!(sum, ALL);
            if to.pool() > 0 {
                prop_assert_eq!(written.shares("web", &v1, &v2).unwrap(), to);
            }
            prop_assert!(needed(step, baseline) <= baseline.max(1));
        }
    }
}
