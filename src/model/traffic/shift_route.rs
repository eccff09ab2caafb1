//! Moving traffic between the services of an http-route's rules: weights of an API gateway (`mesh.md §0`, `§4`).
//!
//! Weights are whole numbers beside each other. A weight of 0 counts as 1, so a side without a share is not named. The weights of
//! Traefik are moved the same way; there 0 is nothing, so both sides stay named.

use serde_json::{Map, Value, json};

use super::fields::{field, items, plain, text};
use super::sides::{ALL, Objection, Pin, Risk, Shares, Side, set};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// What an http-route is called where a service could be meant: `http-route/NAME`.
pub const PREFIX: &str = "http-route/";

/// How the rules that name one of the sides share out their requests.
///
/// # Errors
/// When none does, or they do not agree.
pub(super) fn shares(route: &ConfigEntry, from: &Side, to: &Side) -> Result<Shares, String> {
    let whole = Value::Object(route.fields.clone());
    let least = least(route);
    let mut found: Option<Shares> = None;
    for (at, rule) in items(&whole, "Rules").enumerate() {
        let (has, takes, all) =
            (weight_of(rule, from, least), weight_of(rule, to, least), total(rule, least));
        if has.is_none() && takes.is_none() {
            continue;
        }
        let (has, takes) = (has.unwrap_or(0), takes.unwrap_or(0));
        let part = |weight: i64| (weight * ALL + all / 2) / all.max(1);
        // Of what both have, so that what was written reads back as it was.
        let both = has + takes;
        let pool = part(both);
        let to_share = (pool * takes + both / 2) / both.max(1);
        let shares = Shares { from: pool - to_share, to: to_share };
        if found.is_some_and(|known| known != shares) {
            return Err(format!(
                "rule {at} of {}/{} shares requests out {shares}, and a rule before it otherwise: they cannot be moved together",
                route.kind_name(),
                route.name()
            ));
        }
        found = Some(shares);
    }
    let found = found.ok_or_else(|| {
        format!("no rule of {}/{} names the service {from} or {to}", route.kind_name(), route.name())
    })?;
    if found.pool() == 0 {
        return Err(format!(
            "neither {from} nor {to} has a weight in {}/{}",
            route.kind_name(),
            route.name()
        ));
    }
    Ok(found)
}

/// The route with these shares in every rule that names one of the sides; what else it says stays.
pub(super) fn at(route: &ConfigEntry, from: &Side, to: &Side, shares: Shares) -> ConfigEntry {
    let mut fields = route.content().fields;
    let least = least(route);
    let Some(rules) = list(&mut fields, "rules") else { return ConfigEntry { fields } };
    for rule in rules.iter_mut() {
        let pool = weight_of(rule, from, least).unwrap_or(0) + weight_of(rule, to, least).unwrap_or(0);
        if pool > 0
            && let Some(services) = rule.as_object_mut().and_then(|rule| list(rule, "services"))
        {
            share_out(services, pool, from, to, shares, least);
        }
    }
    ConfigEntry { fields }
}

fn share_out(services: &mut Vec<Value>, pool: i64, from: &Side, to: &Side, shares: Shares, least: i64) {
    let weight = |service: &Value| weight(service, least);
    let both = shares.pool().max(1);
    let others: Vec<i64> = services.iter().filter(|s| !is_of(s, from) && !is_of(s, to)).map(weight).collect();
    let mine = [pool * shares.from, pool * shares.to];
    let every: Vec<i64> = others.iter().map(|w| w * both).chain(mine).collect();
    let divisor = every.iter().copied().fold(0, gcd).max(1);
    let first = services.iter().position(|s| is_of(s, from) || is_of(s, to)).unwrap_or(services.len());
    let template = |side: &Side| {
        let known = services.iter().find(|s| is_of(s, side)).cloned();
        known.unwrap_or_else(|| json!({"Name": side.name()}))
    };
    let weighed = [(from, mine[0]), (to, mine[1])].into_iter().filter(|(_, w)| *w > 0 || least == 0).map(
        |(side, w)| {
            let mut service = template(side);
            set(&mut service, "Weight", (w / divisor).into());
            service
        },
    );
    let weighed: Vec<Value> = weighed.collect();
    let mut made: Vec<Value> = Vec::new();
    for (at, service) in services.iter().enumerate() {
        if at == first {
            made.extend(weighed.iter().cloned());
        }
        if !is_of(service, from) && !is_of(service, to) {
            let mut service = service.clone();
            let new = weight(&service) * both / divisor;
            set(&mut service, "Weight", new.into());
            made.push(service);
        }
    }
    *services = made;
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn list<'m>(fields: &'m mut Map<String, Value>, name: &str) -> Option<&'m mut Vec<Value>> {
    let key = fields.keys().find(|k| plain(k) == name).cloned()?;
    fields.get_mut(&key).and_then(Value::as_array_mut)
}

fn is_of(service: &Value, side: &Side) -> bool {
    matches!(side, Side::Service(_)) && text(service, "Name") == side.name()
}

/// The least that a named service has.
fn least(route: &ConfigEntry) -> i64 {
    i64::from(route.kind() != Some(Kind::TraefikService))
}

/// Without a weight it is 1.
fn weight(service: &Value, least: i64) -> i64 {
    field(service, "Weight").as_i64().unwrap_or(1).max(least)
}

fn weight_of(rule: &Value, side: &Side, least: i64) -> Option<i64> {
    let of_it: Vec<i64> =
        items(rule, "Services").filter(|s| is_of(s, side)).map(|s| weight(s, least)).collect();
    (!of_it.is_empty()).then(|| of_it.iter().sum())
}

fn total(rule: &Value, least: i64) -> i64 {
    items(rule, "Services").map(|s| weight(s, least)).sum()
}

/// What speaks against it; `sticky` says whether a resolver keeps sessions on their instances.
pub(super) fn objections(
    route: &ConfigEntry,
    sticky: bool,
    from: &Side,
    to: &Side,
    pin: Option<&Pin>,
) -> Vec<Objection> {
    let name = route.name();
    let mut found = Vec::new();
    for side in [from, to] {
        if let Side::Subset(subset) = side {
            found.push(Objection::firm(format!("an http-route names services, and {subset} is a subset")));
        }
    }
    if pin.is_some() {
        found.push(Objection::firm(format!(
            "a rule with several services sets no cookie, so nothing can be pinned there; let http-route/{name} name one service, and move that service's splitter"
        )));
    }
    if sticky {
        found.push(Objection::of(
            Risk::SessionsMove,
            format!("a rule with several services knows no hash policy: sessions that a resolver keeps on their instances move with every request; a splitter behind a one-service rule of http-route/{name} can keep them"),
        ));
    }
    let whole = Value::Object(route.fields.clone());
    for (at, rule) in items(&whole, "Rules").enumerate() {
        let has = weight_of(rule, from, 1);
        let one = items(rule, "Services").count() == 1;
        if has.is_some() && one && says_something(field(rule, "ResponseFilters")) {
            found.push(Objection::firm(format!(
                "rule {at} of http-route/{name} has ResponseFilters, and Consul drops them as soon as it has several services"
            )));
        }
    }
    found
}

/// Consul stores filters that say nothing, too.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().any(says_something),
        Value::Object(fields) => fields.values().any(says_something),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(name: &str) -> Side {
        Side::Service(name.to_owned())
    }

    fn route(rules: &Value) -> ConfigEntry {
        ConfigEntry::of(json!({"Kind": "http-route", "Name": "web", "Rules": rules})).unwrap()
    }

    #[test]
    fn a_side_without_a_share_is_not_named_for_a_weight_of_0_counts_as_1() {
        let (old, new) = (side("old"), side("new"));
        let begun = route(
            &json!([{"Services": [{"Name": "old", "Weight": 100}]}, {"Services": [{"Name": "other"}]}]),
        );
        assert_eq!(shares(&begun, &old, &new), Ok(Shares { from: ALL, to: 0 }));
        let some = at(&begun, &old, &new, Shares { from: 9950, to: 50 });
        assert_eq!(
            some.fields["Rules"],
            json!([{"Services": [{"Name": "old", "Weight": 199}, {"Name": "new", "Weight": 1}]}, {"Services": [{"Name": "other"}]}])
        );
        assert_eq!(shares(&some, &old, &new), Ok(Shares { from: 9950, to: 50 }));
        let all = at(&some, &old, &new, Shares { from: 0, to: ALL });
        assert_eq!(all.fields["Rules"][0], json!({"Services": [{"Name": "new", "Weight": 1}]}));
        assert!(shares(&begun, &side("x"), &side("y")).is_err());
        let apart = route(
            &json!([{"Services": [{"Name": "old"}]}, {"Services": [{"Name": "old"}, {"Name": "new"}]}]),
        );
        assert!(shares(&apart, &old, &new).is_err());
    }

    #[test]
    fn in_traefik_a_weight_of_0_is_nothing_and_both_sides_stay_named() {
        let (blue, green) = (side("blue"), side("green"));
        let named = |services: Value| {
            ConfigEntry::of(
                json!({"Kind": "traefik-service", "Name": "app", "Rules": [{"Services": services}]}),
            )
            .unwrap()
        };
        let begun = named(json!([{"Name": "blue", "Weight": 3}, {"Name": "other", "Weight": 1}]));
        assert_eq!(shares(&begun, &blue, &green), Ok(Shares { from: 7500, to: 0 }));
        let half = at(&begun, &blue, &green, Shares { from: 7500, to: 0 }.at(5000));
        assert_eq!(
            half.fields["Rules"][0]["Services"],
            json!([{"Name": "blue", "Weight": 3}, {"Name": "green", "Weight": 3}, {"Name": "other", "Weight": 2}])
        );
        let all = at(&half, &blue, &green, Shares { from: 0, to: 7500 });
        assert_eq!(
            all.fields["Rules"][0]["Services"],
            json!([{"Name": "blue", "Weight": 0}, {"Name": "green", "Weight": 3}, {"Name": "other", "Weight": 1}])
        );
        assert_eq!(shares(&all, &blue, &green), Ok(Shares { from: 0, to: 7500 }));
        let none = named(json!([{"Name": "blue", "Weight": 0}, {"Name": "other", "Weight": 1}]));
        assert!(shares(&none, &blue, &green).is_err());
    }

    #[test]
    fn what_consul_drops_and_what_moves_sessions_speaks_against_it() {
        let (old, new) = (side("old"), side("new"));
        let against =
            |route: &ConfigEntry, pin: Option<&Pin>| objections(route, false, &old, &new, pin).len();
        let rule = |headers: Value| {
            route(
                &json!([{"Services": [{"Name": "old", "Weight": 100}], "ResponseFilters": {"Headers": headers}}]),
            )
        };
        assert_eq!(against(&rule(Value::Null), None), 0);
        assert_eq!(against(&rule(json!([{"Add": {"x": "y"}}])), None), 1);
        assert_eq!(against(&rule(Value::Null), Some(&Pin::Cookie { name: "c".to_owned() })), 1);
    }

    proptest! {
        /// Whatever the weights were: what others have stays, in proportion, and the shares read back as they were written.
        #[test]
        fn what_others_have_stays(from in 1_i64..1000, to in 0_i64..1000, other in 0_i64..1000, step in 0_i64..=ALL) {
            let (old, new) = (side("old"), side("new"));
            let mut services = vec![json!({"Name": "old", "Weight": from})];
            if to > 0 { services.push(json!({"Name": "new", "Weight": to})); }
            if other > 0 { services.push(json!({"Name": "other", "Weight": other})); }
            let begun = route(&json!([{ "Services": services }]));
            let before = shares(&begun, &old, &new).unwrap();
            let wanted = before.at(step);
            let moved = at(&begun, &old, &new, wanted);
            prop_assert_eq!(shares(&moved, &old, &new).unwrap(), wanted);
            let rule = &moved.fields["Rules"][0];
            let mine = weight_of(rule, &old, 1).unwrap_or(0) + weight_of(rule, &new, 1).unwrap_or(0);
            let others = weight_of(rule, &side("other"), 1).unwrap_or(0);
            prop_assert_eq!(mine * other, others * (from + to));
        }
    }
}
