//! What differs between two versions of a task.

use serde_json::{Value as Json, json};

use super::fields::{self, FieldDiff};
use super::object::{self, Depth, ObjectDiff, sorted};
use super::{Pair, group, or_null, service};
use crate::sandbox::jobspec::schema::job::{AFFINITY, CONSTRAINT, CONSUL};
use crate::sandbox::jobspec::schema::task::{
    ACTION, CHANGE_SCRIPT, DISPATCH_PAYLOAD_CONFIG, LOG_CONFIG, NUMA_RESOURCE, REQUESTED_DEVICE, RESOURCES,
    SECRET, TASK, TASK_ARTIFACT, TASK_SCHEDULE_CRON, TEMPLATE, VAULT, VOLUME_MOUNT, WAIT_CONFIG,
    WORKLOAD_IDENTITY,
};

pub(super) fn diff(pair: &Pair<'_>, name: &str) -> Json {
    let fields = FieldDiff::changed(pair, &TASK, &["Name"]);
    let mut objects = Vec::new();
    objects.extend(ObjectDiff::distinct(pair, "Constraints", "Constraint", &CONSTRAINT, object::whole));
    objects.extend(ObjectDiff::distinct(pair, "Affinities", "Affinity", &AFFINITY, object::whole));
    objects.extend(ObjectDiff::map(&pair.at("Config"), "Config"));
    objects.extend(resources(&pair.at("Resources")));
    objects.extend(ObjectDiff::simple(&pair.at("LogConfig"), "LogConfig", &LOG_CONFIG, &[]));
    let payload = pair.at("DispatchPayload");
    objects.extend(ObjectDiff::simple(&payload, "DispatchPayload", &DISPATCH_PAYLOAD_CONFIG, &[]));
    objects.extend(ObjectDiff::distinct(pair, "Artifacts", "Artifact", &TASK_ARTIFACT, destination));
    objects.extend(service::all(pair));
    objects.extend(ObjectDiff::block(&pair.at("Vault"), "Vault", &VAULT, Depth::Flat));
    objects.extend(ObjectDiff::keyed(pair, "Secrets", name_of, |secret| {
        ObjectDiff::block(secret, "Secret", &SECRET, Depth::Deep)
    }));
    objects.extend(ObjectDiff::simple(&pair.at("Consul"), "Consul", &CONSUL, &[]));
    objects.extend(templates(pair));
    objects.extend(identity(&pair.at("Identity")));
    objects.extend(ObjectDiff::keyed(pair, "Identities", name_of, identity));
    objects.extend(ObjectDiff::in_order(pair, "Actions", action));
    objects.extend(ObjectDiff::in_order(pair, "VolumeMounts", |mount| {
        ObjectDiff::block(mount, "VolumeMount", &VOLUME_MOUNT, Depth::Flat)
    }));
    let cron = pair.at("Schedule").at("Cron");
    objects.extend(ObjectDiff::simple(&cron, "Schedule", &TASK_SCHEDULE_CRON, &[]));
    json!({"Type": pair.change(), "Name": name, "Fields": or_null(&fields), "Objects": or_null(&objects),
        "Annotations": null})
}

fn name_of(item: &Json) -> String {
    item["Name"].as_str().unwrap_or("").to_owned()
}

fn destination(artifact: &Json) -> String {
    match artifact["RelativeDest"].as_str() {
        Some("") | None => object::whole(artifact),
        Some(destination) => destination.to_owned(),
    }
}

fn resources(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Resources", &RESOURCES, Depth::Flat)?;
    diff.objects.extend(group::networks(pair));
    diff.objects.extend(ObjectDiff::keyed(pair, "Devices", name_of, |device| {
        ObjectDiff::block(device, "Device", &REQUESTED_DEVICE, Depth::Flat)
    }));
    diff.objects.extend(ObjectDiff::block(&pair.at("NUMA"), "NUMA", &NUMA_RESOURCE, Depth::Flat));
    Some(diff)
}

pub(super) fn identity(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Identity", &WORKLOAD_IDENTITY, Depth::Flat)?;
    diff.objects.extend(ObjectDiff::set(pair, "Audience"));
    Some(diff)
}

fn action(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Action", &ACTION, Depth::Flat)?;
    diff.objects.extend(ObjectDiff::set(pair, "Args"));
    Some(diff)
}

/// Templates go by where they are written to, unless there is but one.
fn templates(pair: &Pair<'_>) -> Vec<ObjectDiff> {
    let (old, new) = pair.lists("Templates");
    if let ([old], [new]) = (old, new) {
        return template(&Pair::new(Some(old), Some(new))).into_iter().collect();
    }
    let destination = |template: &Json| template["DestPath"].as_str().unwrap_or("").to_owned();
    sorted(ObjectDiff::keyed(pair, "Templates", destination, template))
}

fn template(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let flat = |side: Option<&Json>| {
        let mut flat = fields::plain(side, &TEMPLATE, &[]);
        for name in ["Uid", "Gid"] {
            if let Some(id) = side.and_then(|template| template[name].as_i64()) {
                flat.insert(name.to_owned(), id.to_string());
            }
        }
        flat
    };
    let mut diff = ObjectDiff::from(pair, "Template", &flat(pair.old), &flat(pair.new))?;
    diff.objects.extend(ObjectDiff::block(&pair.at("Wait"), "Template", &WAIT_CONFIG, Depth::Deep));
    let script = pair.at("ChangeScript");
    if let Some(mut inner) = ObjectDiff::block(&script, "ChangeScript", &CHANGE_SCRIPT, Depth::Flat) {
        inner.objects.extend(ObjectDiff::set(&script, "Args"));
        diff.objects.push(inner);
    }
    Some(diff)
}
