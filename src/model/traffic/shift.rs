//! Moving the traffic of a service from one side to the other: what each step writes, and what speaks against it
//! (`mesh.md §0`, `§4`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fields::{hundredths, items, text};
use super::lint::is_sticky;
pub use super::shift_entries::{Entries, split_subject, subsets};
pub use super::sides::{ALL, InFront, Objection, Pin, Risk, Shares, Side, percent};
use super::{shift_pin, shift_route, weighted};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

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
        let sticky = entries.resolvers.iter().any(is_sticky);
        return shift_route::objections(route, sticky, from, to, pin);
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
    use super::super::fields::field;
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
