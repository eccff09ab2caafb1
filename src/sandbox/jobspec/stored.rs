//! The server's form of a job: what `GET /v1/job` shows of a submitted one (`nomad-api.md §3.3`).

use serde_json::{Map, Value as Json, json};

use super::schema::job::JOB;
use super::{implied, mesh};

/// A canonical API job as the servers keep it. What the servers give a job themselves is left at zero: indexes,
/// version, status, times, the submitter's token and the ids of scaling policies.
#[must_use]
pub fn stored(job: &Json) -> Json {
    let mut job = job.clone();
    mesh::complete(&mut job);
    let mut job = JOB.to_server(&job);
    for key in ["Version", "CreateIndex", "ModifyIndex", "JobModifyIndex", "SubmitTime"] {
        job[key] = json!(0);
    }
    for key in ["Status", "StatusDescription", "NomadTokenID", "ParentID", "DispatchIdempotencyToken"] {
        job[key] = json!("");
    }
    for key in ["Stable", "Dispatched"] {
        job[key] = json!(false);
    }
    job["Update"] = job_update(&job["Update"]);
    nil_if_empty(&mut job, &["Meta", "Constraints", "Affinities", "Spreads", "TaskGroups"]);
    if job["Priority"] == 0 {
        job["Priority"] = json!(50);
    }
    if job["Namespace"] == "" {
        job["Namespace"] = json!("default");
    }
    if job["NodePool"] == "" {
        job["NodePool"] = json!("default");
    }
    if job["Datacenters"].as_array().is_none_or(Vec::is_empty) {
        job["Datacenters"] = json!(["*"]);
    }
    if job["ParameterizedJob"]["Payload"] == "" {
        job["ParameterizedJob"]["Payload"] = json!("optional");
    }
    let of = |key: &str| job[key].as_str().unwrap_or("").to_owned();
    let owner = Owner { namespace: of("Namespace"), id: of("ID"), name: of("Name") };
    for group in each(&mut job["TaskGroups"]) {
        self::group(group, &owner);
    }
    implied::constrain(&mut job);
    job
}

/// The job that groups, tasks and services refer to.
struct Owner {
    namespace: String,
    id: String,
    name: String,
}

fn each(list: &mut Json) -> impl Iterator<Item = &mut Json> {
    list.as_array_mut().into_iter().flatten()
}

fn nil_if_empty(object: &mut Json, keys: &[&str]) {
    for key in keys {
        let empty = match object.get(*key) {
            Some(Json::Array(list)) => list.is_empty(),
            Some(Json::Object(map)) => map.is_empty(),
            _ => false,
        };
        if empty {
            object[*key] = Json::Null;
        }
    }
}

/// The groups have the update's values; the job itself keeps two of them.
fn job_update(update: &Json) -> Json {
    let parallel = update["MaxParallel"].as_i64().filter(|n| *n > 0);
    let stagger = parallel.map_or(json!(0), |_| update["Stagger"].clone());
    json!({"Stagger": stagger, "MaxParallel": parallel.unwrap_or(0), "HealthCheck": "", "MinHealthyTime": 0,
        "HealthyDeadline": 0, "ProgressDeadline": 0, "AutoRevert": false, "AutoPromote": false, "Canary": 0})
}

fn group(group: &mut Json, owner: &Owner) {
    nil_if_empty(group, &["Meta", "Constraints", "Affinities", "Spreads", "Services", "Networks", "Volumes"]);
    // Superseded by `disconnect`, and dropped.
    group["MaxClientDisconnect"] = Json::Null;
    group["StopAfterClientDisconnect"] = Json::Null;
    group["PreventRescheduleOnLost"] = json!(false);
    if let Some(volumes) = group["Volumes"].as_object_mut() {
        volumes.retain(|_, volume| volume["Type"] == "host" || volume["Type"] == "csi");
    }
    let group_name = group["Name"].as_str().unwrap_or("").to_owned();
    scaling(&mut group["Scaling"], owner, &group_name, None);
    for network in each(&mut group["Networks"]) {
        self::network(network);
    }
    for service in each(&mut group["Services"]) {
        self::service(service, owner, &group_name, None);
    }
    for task in each(&mut group["Tasks"]) {
        self::task(task, owner, &group_name);
    }
}

fn task(task: &mut Json, owner: &Owner, group: &str) {
    nil_if_empty(task, &["Meta", "Config", "Env", "Constraints", "Affinities", "VolumeMounts", "Services"]);
    let name = task["Name"].as_str().unwrap_or("").to_owned();
    floats(&mut task["Config"]);
    for service in each(&mut task["Services"]) {
        self::service(service, owner, group, Some(&name));
    }
    let resources = &mut task["Resources"];
    // Disk belongs to the group.
    resources["DiskMB"] = json!(0);
    nil_if_empty(resources, &["Networks", "Devices"]);
    for network in each(&mut resources["Networks"]) {
        self::network(network);
    }
    for policy in each(&mut task["ScalingPolicies"]) {
        scaling(policy, owner, group, Some(&name));
    }
    let mut identities = task["Identities"].take();
    each(&mut identities).for_each(identity);
    if let Some(list) = identities.as_array_mut()
        && let Some(default) = list.iter().position(|i| i["Name"] == "default")
    {
        task["Identity"] = list.remove(default);
    }
    task["Identities"] = identities;
    if task["Identity"].is_null() {
        task["Identity"] = super::schema::task::WORKLOAD_IDENTITY.complete(&json!({}));
    }
    identity(&mut task["Identity"]);
}

fn identity(identity: &mut Json) {
    if identity["Name"] == "" {
        identity["Name"] = json!("default");
    }
    if identity["Name"] == "default" {
        identity["Audience"] = json!(["nomadproject.io"]);
    }
    identity["ChangeSignal"] = json!(identity["ChangeSignal"].as_str().unwrap_or("").to_uppercase());
}

fn scaling(policy: &mut Json, owner: &Owner, group: &str, task: Option<&str>) {
    if !policy.is_object() {
        return;
    }
    if policy["Type"] == "" {
        policy["Type"] = json!("horizontal");
    }
    floats(&mut policy["Policy"]);
    let mut target = json!({"Namespace": owner.namespace, "Job": owner.id, "Group": group});
    if let Some(task) = task {
        target["Task"] = json!(task);
    }
    policy["Target"] = target;
}

/// Free-form numbers are floats to the servers.
fn floats(value: &mut Json) {
    match value {
        Json::Number(number) => *value = json!(number.as_f64()),
        Json::Array(list) => list.iter_mut().for_each(floats),
        Json::Object(map) => map.values_mut().for_each(floats),
        _ => {}
    }
}

/// Networks and their ports leave out what is empty.
fn network(network: &mut Json) {
    for key in ["DynamicPorts", "ReservedPorts"] {
        for port in each(&mut network[key]) {
            if port["HostNetwork"] == "" {
                port["HostNetwork"] = json!("default");
            }
            drop_empty(port);
        }
    }
    drop_empty(network);
}

fn drop_empty(object: &mut Json) {
    let empty = |value: &Json| match value {
        Json::Null => true,
        Json::Bool(flag) => !flag,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
    };
    if let Json::Object(map) = object {
        *map = std::mem::take(map).into_iter().filter(|(_, value)| !empty(value)).collect::<Map<_, _>>();
    }
}

fn service(service: &mut Json, owner: &Owner, group: &str, task: Option<&str>) {
    nil_if_empty(service, &["Tags", "CanaryTags", "Checks", "TaggedAddresses"]);
    if service["TaskName"] == "" {
        service["TaskName"] = json!(task.unwrap_or(""));
    }
    let place = task.unwrap_or("group");
    let name = service["Name"].as_str().unwrap_or("");
    let name = name
        .replace("${JOB}", &owner.name)
        .replace("${TASKGROUP}", group)
        .replace("${TASK}", place)
        .replace("${BASE}", &format!("{}-{group}-{place}", owner.name));
    service["Name"] = json!(name);
    let task_name = service["TaskName"].clone();
    for check in each(&mut service["Checks"]) {
        nil_if_empty(check, &["Args", "Header"]);
        if check["Name"] == "" {
            check["Name"] = json!(format!("service: {name:?} check"));
        }
        if check["TaskName"] == "" {
            check["TaskName"] = task_name.clone();
        }
    }
    service["Namespace"] =
        if service["Provider"] == "nomad" { json!(owner.namespace) } else { json!("default") };
}
