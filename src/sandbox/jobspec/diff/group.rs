//! What differs between two versions of a group.

use serde_json::{Value as Json, json};

use super::fields::{self, Change, FieldDiff};
use super::object::{self, Depth, ObjectDiff, sorted};
use super::{Pair, named, or_null, service, task};
use crate::sandbox::jobspec::schema::job::{
    AFFINITY, CONSTRAINT, CONSUL, CSI_MOUNT_OPTIONS, DISCONNECT_STRATEGY, EPHEMERAL_DISK, MIGRATE_STRATEGY,
    NETWORK_RESOURCE, PORT, RESCHEDULE_POLICY, RESTART_POLICY, SCALING_POLICY, TASK_GROUP, UPDATE_STRATEGY,
    VOLUME_REQUEST,
};

pub(super) fn diff(pair: &Pair<'_>, name: &str) -> Json {
    let fields = FieldDiff::differing(&flat(pair, pair.old), &flat(pair, pair.new));
    let mut objects = Vec::new();
    objects.extend(ObjectDiff::distinct(pair, "Constraints", "Constraint", &CONSTRAINT, object::whole));
    objects.extend(ObjectDiff::distinct(pair, "Affinities", "Affinity", &AFFINITY, object::whole));
    objects.extend(ObjectDiff::simple(&pair.at("RestartPolicy"), "RestartPolicy", &RESTART_POLICY, &[]));
    objects.extend(ObjectDiff::simple(&pair.at("Migrate"), "Migrate", &MIGRATE_STRATEGY, &[]));
    objects.extend(ObjectDiff::simple(
        &pair.at("ReschedulePolicy"),
        "ReschedulePolicy",
        &RESCHEDULE_POLICY,
        &[],
    ));
    objects.extend(ObjectDiff::simple(&pair.at("EphemeralDisk"), "EphemeralDisk", &EPHEMERAL_DISK, &[]));
    objects.extend(ObjectDiff::simple(&pair.at("Consul"), "Consul", &CONSUL, &[]));
    objects.extend(ObjectDiff::simple(&pair.at("Update"), "Update", &UPDATE_STRATEGY, &["Stagger"]));
    objects.extend(ObjectDiff::block(
        &pair.at("Disconnect"),
        "Disconnect",
        &DISCONNECT_STRATEGY,
        Depth::Deep,
    ));
    objects.extend(networks(pair));
    objects.extend(scaling(&pair.at("Scaling")));
    objects.extend(service::all(pair));
    objects.extend(volumes(&pair.at("Volumes")));
    let tasks = named(pair, "Tasks", task::diff);
    json!({"Type": pair.change(), "Name": name, "Fields": or_null(&fields), "Objects": or_null(&objects),
        "Tasks": or_null(&tasks), "Updates": null})
}

/// A group's own fields; its `shutdown_delay` counts only where both versions have the group.
fn flat(pair: &Pair<'_>, side: Option<&Json>) -> fields::Flat {
    let mut flat = fields::plain(side, &TASK_GROUP, &["Name"]);
    if let (Some(_), Some(_), Some(group)) = (pair.old, pair.new, side) {
        let delay = group["ShutdownDelay"].as_i64().map(|nanos| nanos.to_string());
        flat.insert("ShutdownDelay".to_owned(), delay.unwrap_or_default());
    }
    flat
}

/// Networks have no names: a changed one is another one.
pub(super) fn networks(pair: &Pair<'_>) -> Vec<ObjectDiff> {
    ObjectDiff::keyed(pair, "Networks", object::whole, network)
}

fn network(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let skip = ["Device", "CIDR", "IP", "MBits"];
    let flat = |side: Option<&Json>| fields::plain(side, &NETWORK_RESOURCE, &skip);
    let mut diff = ObjectDiff::from(pair, "Network", &flat(pair.old), &flat(pair.new))?;
    let label = |port: &Json| port["Label"].as_str().unwrap_or("").to_owned();
    diff.objects.extend(ObjectDiff::keyed(pair, "ReservedPorts", label, |port| {
        ObjectDiff::simple(port, "Static Port", &PORT, &[])
    }));
    diff.objects.extend(ObjectDiff::keyed(pair, "DynamicPorts", label, |port| {
        ObjectDiff::simple(port, "Dynamic Port", &PORT, &["Value", "IgnoreCollision"])
    }));
    diff.objects.extend(dns(&pair.at("DNS")));
    let args = |side: Option<&Json>| fields::deep(side.map(|cni| &cni["Args"]));
    let cni = pair.at("CNI");
    diff.objects.extend(ObjectDiff::told_by_fields(&args(cni.old), &args(cni.new), "CNIConfig"));
    Some(diff)
}

fn dns(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let flat = |side: Option<&Json>| -> fields::Flat {
        let joined = ["Servers", "Searches", "Options"].into_iter().filter_map(|name| {
            let list = side?[name].as_array().filter(|list| !list.is_empty())?;
            let texts: Vec<&str> = list.iter().filter_map(Json::as_str).collect();
            Some((name.to_owned(), texts.join(",")))
        });
        joined.collect()
    };
    ObjectDiff::from(pair, "DNS", &flat(pair.old), &flat(pair.new))
}

fn scaling(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let skip =
        ["CreateIndex", "ModifyIndex", "ID", "Type", "Target[Job]", "Target[Group]", "Target[Namespace]"];
    let flat = |side: Option<&Json>| {
        let mut flat = fields::plain(side, &SCALING_POLICY, &[]);
        flat.retain(|name, _| !skip.contains(&name.as_str()));
        flat
    };
    let mut diff = ObjectDiff::from(pair, "Scaling", &flat(pair.old), &flat(pair.new))?;
    diff.objects.extend(ObjectDiff::map(&pair.at("Policy"), "Policy"));
    // Here alone the unchanged fields are left out.
    diff.fields.retain(|field| field.change != Change::None);
    diff.objects.iter_mut().for_each(|policy| policy.fields.retain(|field| field.change != Change::None));
    Some(diff)
}

fn volumes(pair: &Pair<'_>) -> Vec<ObjectDiff> {
    let names = |side: Option<&Json>| -> Vec<String> {
        side.and_then(Json::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
    };
    let mut all = names(pair.old);
    all.extend(names(pair.new));
    all.sort();
    all.dedup();
    all.iter().filter_map(|name| volume(&pair.at(name))).collect()
}

fn volume(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Volume", &VOLUME_REQUEST, Depth::Flat)?;
    let options = pair.at("MountOptions");
    if let Some(mut inner) = ObjectDiff::block(&options, "MountOptions", &CSI_MOUNT_OPTIONS, Depth::Flat) {
        inner.objects.extend(ObjectDiff::set(&options, "MountFlags"));
        diff.objects.push(inner);
    }
    diff.objects = sorted(diff.objects);
    Some(diff)
}
