//! What differs between two versions of a list of services.

use serde_json::Value as Json;

use super::Pair;
use super::fields::Flat;
use super::object::{Depth, ObjectDiff, sorted};
use super::task::identity;
use crate::sandbox::jobspec::schema::connect::CONSUL_CONNECT;
use crate::sandbox::jobspec::schema::service::{CHECK_RESTART, SERVICE, SERVICE_CHECK};
use crate::sandbox::jobspec::schema::{Kind, Struct};

/// The services of a group or task. They have no names of their own to go by: a service is the same when its name, or
/// its port and place, are.
pub(super) fn all(pair: &Pair<'_>) -> Vec<ObjectDiff> {
    let (old, new) = pair.lists("Services");
    if let ([old], [new]) = (old, new) {
        return service(&Pair::new(Some(old), Some(new))).into_iter().collect();
    }
    let mut matched = vec![false; new.len()];
    let mut diffs = Vec::new();
    for (at, service_then) in old.iter().enumerate() {
        let now = likest(service_then, at, new, &matched);
        if let Some(now) = now {
            matched[now] = true;
        }
        diffs.extend(service(&Pair::new(Some(service_then), now.map(|now| &new[now]))));
    }
    let added = new.iter().zip(&matched).filter(|(_, matched)| !**matched);
    diffs.extend(added.filter_map(|(now, _)| service(&Pair::new(None, Some(now)))));
    sorted(diffs)
}

/// The service most like this one, if any is like enough.
fn likest(service: &Json, place: usize, services: &[Json], matched: &[bool]) -> Option<usize> {
    let (mut best, mut highest) = (None, 2);
    for (at, other) in services.iter().enumerate().filter(|(at, _)| !matched[*at]) {
        let same = |field: &str| service[field] == other[field];
        let score = u8::from(at == place) + 2 * u8::from(same("PortLabel")) + 3 * u8::from(same("Name"));
        if score > highest {
            (best, highest) = (Some(at), score);
        }
    }
    best
}

fn service(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Service", &SERVICE, Depth::Flat)?;
    diff.objects.extend(ObjectDiff::set(pair, "CanaryTags"));
    diff.objects.extend(ObjectDiff::set(pair, "Tags"));
    let name = |check: &Json| check["Name"].as_str().unwrap_or("").to_owned();
    diff.objects.extend(ObjectDiff::keyed(pair, "Checks", name, check));
    diff.objects.extend(inner_block(&pair.at("Connect"), "ConsulConnect", &CONSUL_CONNECT));
    diff.objects.extend(identity(&pair.at("Identity")));
    diff.objects.extend(weights(&pair.at("Weights")));
    Some(diff)
}

fn check(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Check", &SERVICE_CHECK, Depth::Flat)?;
    diff.objects.extend(ObjectDiff::map(&pair.at("Header"), "Header"));
    diff.objects.extend(ObjectDiff::block(
        &pair.at("CheckRestart"),
        "CheckRestart",
        &CHECK_RESTART,
        Depth::Flat,
    ));
    Some(diff)
}

fn weights(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let flat = |side: Option<&Json>| -> Flat {
        let set = ["Passing", "Warning"].into_iter().filter_map(|name| {
            let weight = side?[name].as_i64().filter(|weight| *weight > 0)?;
            Some((name.to_owned(), weight.to_string()))
        });
        set.collect()
    };
    ObjectDiff::from(pair, "Weights", &flat(pair.old), &flat(pair.new))
}

/// A block of the mesh: its fields, its lists of texts as sets, its maps, and the blocks within.
fn inner_block(pair: &Pair<'_>, name: &str, shape: &Struct) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, name, shape, Depth::Flat)?;
    for field in shape.fields {
        let name = field.server_name();
        match field.kind {
            Kind::One(shape) => diff.objects.extend(inner_block(&pair.at(name), name, shape)),
            Kind::Many(shape) => {
                diff.objects.extend(ObjectDiff::in_order(pair, name, |item| inner_block(item, name, shape)));
            }
            Kind::AnyMap => diff.objects.extend(ObjectDiff::map(&pair.at(name), name)),
            Kind::Texts | Kind::Wholes => diff.objects.extend(ObjectDiff::set(pair, name)),
            _ => {}
        }
    }
    Some(diff)
}
