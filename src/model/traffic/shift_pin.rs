//! Keeping sessions on the side where they began (`mesh.md §4`): every split names its side in a cookie, and a request that brings
//! the cookie back is sent to that side before the split is asked.

use serde_json::{Map, Value, json};

use super::fields::{field, items, plain, text};
use super::shift_entries::Entries;
use super::sides::{InFront, Objection, Pin, Risk, Shares, Side, set};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// The cookie by which a request finds its instance within its side.
const COOKIE_OF_INSTANCES: &str = "fleet-instance";

/// A name in a regular expression; names of cookies and sides hold nothing else that means something there.
fn escaped(name: &str) -> String {
    name.replace('.', "\\.")
}

/// What a request with the cookie of a side looks like.
fn regex(cookie: &str, side: &Side) -> String {
    format!("(.*; ?)?{}={}(;.*)?", escaped(cookie), escaped(side.name()))
}

/// The virtual service that an API gateway's routes name for a side.
fn virtual_service(own: &str, side: &Side) -> String {
    match side {
        Side::Subset(name) => format!("{own}-{name}"),
        Side::Service(name) => name.clone(),
    }
}

/// What speaks against pins.
pub(super) fn objections(
    own: &str,
    entries: &Entries,
    from: &Side,
    to: &Side,
    pin: &Pin,
    in_front: &InFront,
) -> Vec<Objection> {
    let Pin::Cookie { name } = pin;
    let mut found = Vec::new();
    let router = entries.router.as_ref().map_or(Value::Null, |r| Value::Object(r.fields.clone()));
    for (at, route) in items(&router, "Routes").enumerate().filter(|(_, r)| !is_ours(r, name)) {
        let destination = field(route, "Destination");
        let elsewhere =
            !matches!(text(destination, "Service"), "" | "*") && text(destination, "Service") != own;
        if !elsewhere && text(destination, "ServiceSubset").is_empty() && !in_front.ingress.is_empty() {
            found.push(Objection::of(
                Risk::SessionsMove,
                format!("route {at} of service-router/{own} rewrites or limits requests and then asks the split: a session that is pinned would lose what the route does"),
            ));
        }
    }
    for route in &entries.http_routes {
        let whole = Value::Object(route.fields.clone());
        for (at, rule) in items(&whole, "Rules").enumerate() {
            let services: Vec<&str> = items(rule, "Services").map(|s| text(s, "Name")).collect();
            if services.len() > 1 && services.contains(&own) {
                found.push(Objection::of(
                    Risk::SessionsMove,
                    format!("rule {at} of http-route/{} has several services: no cookie is set there, and no pin can hold", route.name()),
                ));
            }
        }
    }
    if from.name() == to.name() {
        found.push(Objection::firm(format!(
            "{from} and {to} have the same name, and the cookie could not tell them apart"
        )));
    }
    found
}

fn is_ours(route: &Value, cookie: &str) -> bool {
    let http = field(field(route, "Match"), "HTTP");
    items(http, "Header")
        .any(|h| text(h, "Name") == "cookie" && text(h, "Regex").contains(&format!("{}=", escaped(cookie))))
}

/// The entries that pin, in whatever order; those that say so already among them.
pub(super) fn entries(
    own: &str,
    entries: &Entries,
    from: &Side,
    to: &Side,
    shares: Shares,
    pin: &Pin,
    in_front: &InFront,
) -> Vec<ConfigEntry> {
    let Pin::Cookie { name } = pin;
    let mut made = Vec::new();
    if let Some(resolver) = resolver(own, entries, from, to) {
        made.push(resolver);
    }
    made.push(splitter(own, entries, from, to, shares, name));
    if in_front.api.is_empty() || !in_front.ingress.is_empty() {
        made.push(router(own, entries, from, to, name));
    }
    if !in_front.api.is_empty() {
        made.extend(virtual_services(own, entries, from, to));
        made.extend(entries.http_routes.iter().map(|route| http_route(own, route, from, to, name)));
    }
    made
}

/// Sessions stay on their instance inside their side too: a hash policy, where subsets have none.
fn resolver(own: &str, entries: &Entries, from: &Side, to: &Side) -> Option<ConfigEntry> {
    let resolver = entries.resolver.as_ref()?;
    let both_subsets = matches!((from, to), (Side::Subset(_), Side::Subset(_)));
    let whole = Value::Object(resolver.fields.clone());
    if !both_subsets || resolver.name() != own || !field(&whole, "LoadBalancer").is_null() {
        return None;
    }
    let mut fields = resolver.content().fields;
    fields.insert(
        "LoadBalancer".to_owned(),
        json!({"Policy": "maglev", "HashPolicies": [{"Field": "cookie", "FieldValue": COOKIE_OF_INSTANCES,
            "CookieConfig": {"Session": true, "Path": "/"}}]}),
    );
    Some(ConfigEntry { fields })
}

fn splitter(
    own: &str,
    entries: &Entries,
    from: &Side,
    to: &Side,
    shares: Shares,
    cookie: &str,
) -> ConfigEntry {
    let mut entry = entries.split_at(own, from, to, shares);
    let key = entry.fields.keys().find(|k| plain(k) == "splits").cloned().unwrap_or_default();
    let splits = entry.fields.get_mut(&key).and_then(Value::as_array_mut);
    for split in splits.into_iter().flatten() {
        let service = match text(split, "Service") {
            "" => own,
            named => named,
        };
        let side = [from, to]
            .into_iter()
            .find(|s| s.service(own) == service && s.subset() == text(split, "ServiceSubset"));
        if let Some(side) = side {
            let mut headers = field(split, "ResponseHeaders").clone();
            if headers.is_null() {
                headers = json!({});
            }
            let mut add = field(&headers, "Add").clone();
            if add.is_null() {
                add = json!({});
            }
            set(&mut add, "Set-Cookie", format!("{cookie}={side}; Path=/").into());
            set(&mut headers, "Add", add);
            set(split, "ResponseHeaders", headers);
        }
    }
    entry
}

fn router(own: &str, entries: &Entries, from: &Side, to: &Side, cookie: &str) -> ConfigEntry {
    let mut fields = match &entries.router {
        Some(router) => router.content().fields,
        None => {
            Map::from_iter([("Kind".to_owned(), json!("service-router")), ("Name".to_owned(), json!(own))])
        }
    };
    let key = fields.keys().find(|k| plain(k) == "routes").cloned().unwrap_or("Routes".to_owned());
    let there: Vec<Value> = fields.get(&key).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut routes: Vec<Value> = [from, to]
        .into_iter()
        .map(|side| {
            let mut destination = json!({"Service": side.service(own)});
            if !side.subset().is_empty() {
                set(&mut destination, "ServiceSubset", side.subset().into());
            }
            json!({"Match": {"HTTP": {"Header": [{"Name": "cookie", "Regex": regex(cookie, side)}]}}, "Destination": destination})
        })
        .collect();
    routes.extend(there.into_iter().filter(|r| !is_ours(r, cookie)));
    fields.insert(key, Value::Array(routes));
    ConfigEntry { fields }
}

/// An API gateway's routes name no subsets, so each side gets a service of its own that leads there.
fn virtual_services<'a>(
    own: &'a str,
    entries: &'a Entries,
    from: &'a Side,
    to: &'a Side,
) -> impl Iterator<Item = ConfigEntry> + use<'a> {
    let protocol = entries.defaults.as_ref().map_or("http".to_owned(), |d| {
        let whole = Value::Object(d.fields.clone());
        text(&whole, "Protocol").to_owned()
    });
    [from, to].into_iter().filter(|side| matches!(side, Side::Subset(_))).flat_map(move |side| {
        let name = virtual_service(own, side);
        [
            json!({"Kind": "service-defaults", "Name": name, "Protocol": protocol}),
            json!({"Kind": "service-resolver", "Name": name, "Redirect": {"Service": own, "ServiceSubset": side.subset()}}),
        ]
        .into_iter()
        .filter_map(ConfigEntry::of)
    })
}

/// The route with a rule for each side before every rule that leads to the service: more header matches come first.
fn http_route(own: &str, route: &ConfigEntry, from: &Side, to: &Side, cookie: &str) -> ConfigEntry {
    let mut fields = route.content().fields;
    let key = fields.keys().find(|k| plain(k) == "rules").cloned().unwrap_or("Rules".to_owned());
    let mut rules = Vec::new();
    let there: Vec<Value> = fields.get(&key).and_then(Value::as_array).cloned().unwrap_or_default();
    for rule in there.into_iter().filter(|rule| !is_our_rule(rule, cookie)) {
        let services: Vec<&str> = items(&rule, "Services").map(|s| text(s, "Name")).collect();
        if services == [own] {
            rules.extend([from, to].into_iter().map(|side| pinned_rule(own, &rule, side, cookie)));
        }
        rules.push(rule);
    }
    fields.insert(key, Value::Array(rules));
    ConfigEntry { fields }
}

fn is_our_rule(rule: &Value, cookie: &str) -> bool {
    let ours = format!("{}=", escaped(cookie));
    items(rule, "Matches")
        .any(|m| items(m, "Headers").any(|h| text(h, "Name") == "cookie" && text(h, "Value").contains(&ours)))
}

fn pinned_rule(own: &str, rule: &Value, side: &Side, cookie: &str) -> Value {
    let mut pinned = rule.clone();
    let header = json!({"Match": "regex", "Name": "cookie", "Value": regex(cookie, side)});
    let mut matches: Vec<Value> = items(rule, "Matches").cloned().collect();
    if matches.is_empty() {
        matches.push(json!({"Path": {"Match": "prefix", "Value": "/"}}));
    }
    for one in &mut matches {
        let mut headers: Vec<Value> = items(one, "Headers").cloned().collect();
        headers.push(header.clone());
        set(one, "Headers", Value::Array(headers));
    }
    set(&mut pinned, "Matches", Value::Array(matches));
    let service = items(rule, "Services").next().cloned().unwrap_or_else(|| json!({}));
    let mut service = service;
    set(&mut service, "Name", virtual_service(own, side).into());
    set(&mut pinned, "Services", json!([service]));
    pinned
}

/// The entries without their pins: what they were told by fleet is taken out, what else they say stays. None stands for an entry that
/// says nothing without them.
#[must_use]
pub fn without(own: &str, entries: &Entries, pin: &Pin) -> Vec<(Kind, String, Option<ConfigEntry>)> {
    let Pin::Cookie { name: cookie } = pin;
    let mut out = Vec::new();
    for route in &entries.http_routes {
        let mut fields = route.content().fields;
        let key = fields.keys().find(|k| plain(k) == "rules").cloned().unwrap_or_default();
        if let Some(rules) = fields.get_mut(&key).and_then(Value::as_array_mut) {
            rules.retain(|rule| !is_our_rule(rule, cookie));
        }
        out.push((Kind::HttpRoute, route.name().to_owned(), Some(ConfigEntry { fields })));
    }
    if let Some(router) = &entries.router {
        let mut fields = router.content().fields;
        let key = fields.keys().find(|k| plain(k) == "routes").cloned().unwrap_or_default();
        let routes = fields.get_mut(&key).and_then(Value::as_array_mut);
        let empty = routes.is_none_or(|routes| {
            routes.retain(|route| !is_ours(route, cookie));
            routes.is_empty()
        });
        out.push((Kind::ServiceRouter, own.to_owned(), (!empty).then_some(ConfigEntry { fields })));
    }
    if let Some(splitter) = &entries.splitter {
        let mut fields = splitter.content().fields;
        let key = fields.keys().find(|k| plain(k) == "splits").cloned().unwrap_or_default();
        for split in fields.get_mut(&key).and_then(Value::as_array_mut).into_iter().flatten() {
            unset_cookie(split, cookie);
        }
        out.push((Kind::ServiceSplitter, own.to_owned(), Some(ConfigEntry { fields })));
    }
    out
}

fn unset_cookie(split: &mut Value, cookie: &str) {
    let mut headers = field(split, "ResponseHeaders").clone();
    let mut add = field(&headers, "Add").clone();
    let Some(object) = add.as_object_mut() else { return };
    object.retain(|name, value| {
        !(plain(name) == "set-cookie" && value.as_str().is_some_and(|v| v.starts_with(&format!("{cookie}="))))
    });
    set(&mut headers, "Add", add);
    set(split, "ResponseHeaders", headers);
}

#[cfg(test)]
mod tests {
    use super::super::difference::same;
    use super::super::sides::ALL;
    use super::*;

    fn entry(value: Value) -> ConfigEntry {
        ConfigEntry::of(value).unwrap()
    }

    fn sides() -> (Side, Side) {
        (Side::Subset("v1".to_owned()), Side::Subset("v2".to_owned()))
    }

    fn pin() -> Pin {
        Pin::Cookie { name: "fleet-ver".to_owned() }
    }

    fn sample_entries() -> Entries {
        Entries {
            defaults: Some(entry(json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http"}))),
            resolver: Some(entry(
                json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {"v1": {}, "v2": {}}}),
            )),
            splitter: Some(entry(json!({"Kind": "service-splitter", "Name": "web", "Splits": [
                {"Weight": 100, "ServiceSubset": "v1"}, {"Weight": 0, "ServiceSubset": "v2"}]}))),
            router: None,
            http_routes: vec![entry(json!({"Kind": "http-route", "Name": "web", "Rules": [
                {"Matches": [{"Path": {"Match": "prefix", "Value": "/"}}], "Services": [{"Name": "web"}]},
                {"Services": [{"Name": "other"}]}]}))],
            ..Entries::default()
        }
    }

    /// The recipe that moved 0 of 300 sessions on real gateways.
    #[test]
    fn the_recipe_that_was_measured() {
        let (v1, v2) = sides();
        let front = InFront { ingress: vec!["ingress".to_owned()], api: Vec::new() };
        let made = entries("web", &sample_entries(), &v1, &v2, Shares { from: ALL, to: 0 }, &pin(), &front);
        let kinds: Vec<&str> = made.iter().map(ConfigEntry::kind_name).collect();
        assert_eq!(kinds, ["service-resolver", "service-splitter", "service-router"]);
        assert!(same(
            &made[1],
            &entry(json!({"Kind": "service-splitter", "Name": "web", "Splits": [
            {"Weight": 100, "ServiceSubset": "v1", "ResponseHeaders": {"Add": {"Set-Cookie": "fleet-ver=v1; Path=/"}}},
            {"Weight": 0, "ServiceSubset": "v2", "ResponseHeaders": {"Add": {"Set-Cookie": "fleet-ver=v2; Path=/"}}}]}))
        ));
        let route = |v: &str| {
            json!({"Match": {"HTTP": {"Header": [{"Name": "cookie", "Regex": format!("(.*; ?)?fleet-ver={v}(;.*)?")}]}},
            "Destination": {"Service": "web", "ServiceSubset": v}})
        };
        assert!(same(
            &made[2],
            &entry(json!({"Kind": "service-router", "Name": "web", "Routes": [route("v1"), route("v2")]}))
        ));
        assert!(made.iter().all(|e| super::super::lint::check(e, &|_, _| None).is_empty()));
    }

    #[test]
    fn an_api_gateway_gets_rules_and_virtual_services_and_loses_them_again() {
        let (v1, v2) = sides();
        let front = InFront { ingress: Vec::new(), api: vec!["apigw".to_owned()] };
        let sample_entries = sample_entries();
        let made = entries("web", &sample_entries, &v1, &v2, Shares { from: ALL, to: 0 }, &pin(), &front);
        let kinds: Vec<String> = made.iter().map(|e| format!("{}/{}", e.kind_name(), e.name())).collect();
        assert_eq!(
            kinds,
            [
                "service-resolver/web",
                "service-splitter/web",
                "service-defaults/web-v1",
                "service-resolver/web-v1",
                "service-defaults/web-v2",
                "service-resolver/web-v2",
                "http-route/web"
            ]
        );
        let rules = made[6].fields["Rules"].as_array().unwrap();
        assert_eq!(rules.len(), 4);
        assert_eq!(rules[0]["Services"], json!([{"Name": "web-v1"}]));
        assert_eq!(rules[0]["Matches"][0]["Headers"][0]["Value"], json!("(.*; ?)?fleet-ver=v1(;.*)?"));
        let pinned = Entries {
            splitter: Some(made[1].clone()),
            http_routes: vec![made[6].clone()],
            ..sample_entries.clone()
        };
        // Twice the same is once.
        assert_eq!(
            entries("web", &pinned, &v1, &v2, Shares { from: ALL, to: 0 }, &pin(), &front)[6],
            made[6]
        );
        let without = without("web", &pinned, &pin());
        assert!(same(without[0].2.as_ref().unwrap(), &sample_entries.http_routes[0]));
        assert!(same(without[1].2.as_ref().unwrap(), sample_entries.splitter.as_ref().unwrap()));
    }

    #[test]
    fn routes_that_ask_the_split_speak_against_pins() {
        let (v1, v2) = sides();
        let mut entries = sample_entries();
        entries.router = Some(entry(json!({"Kind": "service-router", "Name": "web", "Routes": [
            {"Match": {"HTTP": {"PathPrefix": "/a"}}, "Destination": {"PrefixRewrite": "/b"}}]})));
        let front = InFront { ingress: vec!["ingress".to_owned()], api: Vec::new() };
        assert_eq!(objections("web", &entries, &v1, &v2, &pin(), &front).len(), 1);
        entries.http_routes[0]
            .fields
            .insert("Rules".to_owned(), json!([{"Services": [{"Name": "web"}, {"Name": "x"}]}]));
        assert_eq!(objections("web", &entries, &v1, &v2, &pin(), &front).len(), 2);
    }
}
