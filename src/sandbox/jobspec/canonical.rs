//! The API's defaults: what `jobs/parse` fills in when asked for a canonical job, and what an agent fills in before it
//! hands a submitted job to the servers (`nomad-api.md §3.3`).

use serde_json::{Map, Value as Json, json};

use super::schema::job::JOB;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A submitted job as Go decodes it: every field of the API's job, nothing else.
///
/// # Errors
/// A value of another type, in the words of Go's decoder (400).
pub fn decode(job: &Json) -> Result<Json, String> {
    JOB.decode(job, "Job")
}

/// Fills in the API's defaults. The job must have every field, as [`decode`] and `parse` make it.
#[must_use]
pub fn canonicalize(mut job: Json) -> Json {
    let id = job["ID"].as_str().unwrap_or("").to_owned();
    fill(
        &mut job,
        json!({"ID": "", "Name": id, "ParentID": "", "Namespace": "default", "Priority": 50,
        "Stop": false, "Region": "global", "NodePool": "", "Type": "service", "AllAtOnce": false,
        "ConsulNamespace": "", "VaultNamespace": "", "NomadTokenID": "", "Status": "", "StatusDescription": "",
        "Stable": false, "Version": 0, "CreateIndex": 0, "ModifyIndex": 0, "JobModifyIndex": 0}),
    );
    if job["Periodic"].is_object() {
        periodic(&mut job["Periodic"]);
    }
    let kind = job["Type"].as_str().unwrap_or("").to_owned();
    if job["Update"].is_object() {
        fill(&mut job["Update"], update());
    } else if matches!(kind.as_str(), "service" | "system") {
        job["Update"] = update();
    }
    let mut groups = job["TaskGroups"].take();
    for group in each(&mut groups) {
        self::group(group, &job, &kind);
    }
    job["TaskGroups"] = groups;
    weights(&mut job);
    if job["UI"].is_object() {
        empty_to_null(&mut job["UI"], &["Links"]);
    }
    job
}

/// Sets what is null.
fn fill(object: &mut Json, defaults: Json) {
    let Json::Object(defaults) = defaults else { return };
    for (key, default) in defaults {
        if object[&key].is_null() {
            object[key] = default;
        }
    }
}

/// The elements of a list, none of null.
fn each(list: &mut Json) -> impl Iterator<Item = &mut Json> {
    list.as_array_mut().into_iter().flatten()
}

fn empty_to_null(object: &mut Json, keys: &[&str]) {
    for key in keys {
        let empty = match &object[*key] {
            Json::Array(list) => list.is_empty(),
            Json::Object(map) => map.is_empty(),
            _ => false,
        };
        if empty {
            object[*key] = Json::Null;
        }
    }
}

/// What is set in the second over the first.
fn merged(base: &Json, over: &Json) -> Json {
    let mut merged = base.clone();
    for (key, value) in over.as_object().unwrap_or(&Map::new()) {
        if !value.is_null() {
            merged[key] = value.clone();
        }
    }
    merged
}

/// The job's block under the group's.
fn inherit(job: &Json, group: &mut Json, job_key: &str, group_key: &str) {
    if job[job_key].is_object() {
        group[group_key] = merged(&job[job_key], &group[group_key]);
    }
}

fn weights(object: &mut Json) {
    for key in ["Affinities", "Spreads"] {
        for preference in object.get_mut(key).into_iter().flat_map(each) {
            fill(preference, json!({"Weight": 50}));
        }
    }
}

fn update() -> Json {
    json!({"Stagger": 30 * SECOND, "MaxParallel": 1, "HealthCheck": "checks", "MinHealthyTime": 10 * SECOND,
        "HealthyDeadline": 5 * MINUTE, "ProgressDeadline": 10 * MINUTE, "AutoRevert": false, "Canary": 0,
        "AutoPromote": false})
}

fn migrate() -> Json {
    json!({"MaxParallel": 1, "HealthCheck": "checks", "MinHealthyTime": 10 * SECOND,
        "HealthyDeadline": 5 * MINUTE})
}

fn reschedule(kind: &str) -> Json {
    match kind {
        "service" => json!({"Delay": 30 * SECOND, "DelayFunction": "exponential", "MaxDelay": HOUR,
            "Attempts": 0, "Interval": 0, "Unlimited": true}),
        "batch" => {
            json!({"Attempts": 1, "Interval": 24 * HOUR, "Delay": 5 * SECOND, "DelayFunction": "constant",
            "MaxDelay": 0, "Unlimited": false})
        }
        _ => json!({"Attempts": 0, "Interval": 0, "Delay": 0, "DelayFunction": "", "MaxDelay": 0,
            "Unlimited": false}),
    }
}

fn restart(kind: &str) -> Json {
    let (attempts, interval) = match kind {
        "service" | "system" => (2, 30 * MINUTE),
        _ => (3, 24 * HOUR),
    };
    json!({"Attempts": attempts, "Interval": interval, "Delay": 15 * SECOND, "Mode": "fail",
        "RenderTemplates": false})
}

fn periodic(periodic: &mut Json) {
    fill(
        periodic,
        json!({"Enabled": true, "Spec": "", "Specs": [], "SpecType": "cron", "ProhibitOverlap": false}),
    );
    if periodic["TimeZone"].as_str().unwrap_or("").is_empty() {
        periodic["TimeZone"] = json!("UTC");
    }
}

fn group(group: &mut Json, job: &Json, kind: &str) {
    let least = group["Scaling"]["Min"].clone();
    fill(group, json!({"Name": "", "Count": if least.is_null() { json!(1) } else { least }}));
    let count = group["Count"].clone();
    if group["Scaling"].is_object() {
        fill(&mut group["Scaling"], json!({"Enabled": true, "Min": count}));
    }
    if group["EphemeralDisk"].is_null() {
        group["EphemeralDisk"] = json!({});
    }
    fill(&mut group["EphemeralDisk"], json!({"Sticky": false, "Migrate": false, "SizeMB": 300}));
    if group["Consul"].is_object() && group["Consul"]["Cluster"] == "" {
        group["Consul"]["Cluster"] = json!("default");
    }
    inherit(job, group, "Update", "Update");
    if group["Update"].is_object() {
        fill(&mut group["Update"], update());
    }
    inherit(job, group, "Reschedule", "ReschedulePolicy");
    if group["ReschedulePolicy"].is_null() && !matches!(kind, "system" | "sysbatch") {
        group["ReschedulePolicy"] = json!({});
    }
    if group["ReschedulePolicy"].is_object() {
        fill(&mut group["ReschedulePolicy"], reschedule(kind));
    }
    inherit(job, group, "Migrate", "Migrate");
    if group["Migrate"].is_null() && kind == "service" {
        group["Migrate"] = json!({});
    }
    if group["Migrate"].is_object() {
        fill(&mut group["Migrate"], migrate());
    }
    group["RestartPolicy"] = merged(&restart(kind), &group["RestartPolicy"]);

    let job_name = job["Name"].as_str().unwrap_or("");
    let prefix = format!("{job_name}-{}", group["Name"].as_str().unwrap_or(""));
    let restart = group["RestartPolicy"].clone();
    for task in each(&mut group["Tasks"]) {
        self::task(task, &prefix, &restart);
    }
    weights(group);
    for service in each(&mut group["Services"]) {
        self::service(service, &prefix);
    }
    if group["Disconnect"].is_object() {
        fill(&mut group["Disconnect"], json!({"Replace": true, "Reconcile": "best_score"}));
    }
}

pub(super) fn task(task: &mut Json, prefix: &str, restart: &Json) {
    if task["Resources"].is_null() {
        task["Resources"] = super::schema::task::RESOURCES.complete(&json!({}));
    }
    resources(&mut task["Resources"]);
    fill(task, json!({"KillTimeout": 5 * SECOND}));
    if task["LogConfig"].is_null() {
        task["LogConfig"] = super::schema::task::LOG_CONFIG.complete(&json!({}));
    }
    fill(&mut task["LogConfig"], json!({"MaxFiles": 10, "MaxFileSizeMB": 10, "Disabled": false}));
    for artifact in each(&mut task["Artifacts"]) {
        self::artifact(artifact);
    }
    if task["Vault"].is_object() {
        vault(&mut task["Vault"]);
    }
    if task["Consul"].is_object() && task["Consul"]["Cluster"] == "" {
        task["Consul"]["Cluster"] = json!("default");
    }
    for template in each(&mut task["Templates"]) {
        self::template(template);
    }
    for secret in each(&mut task["Secrets"]) {
        empty_to_null(secret, &["Config", "Env"]);
    }
    let name = format!("{prefix}-{}", task["Name"].as_str().unwrap_or(""));
    for service in each(&mut task["Services"]) {
        self::service(service, &name);
    }
    weights(task);
    for mount in each(&mut task["VolumeMounts"]) {
        fill(mount, json!({"PropagationMode": "private", "ReadOnly": false, "SELinuxLabel": ""}));
    }
    if task["Lifecycle"].is_object()
        && task["Lifecycle"]["Hook"] == ""
        && task["Lifecycle"]["Sidecar"] == false
    {
        task["Lifecycle"] = Json::Null;
    }
    if task["CSIPluginConfig"].is_object() {
        csi_plugin(&mut task["CSIPluginConfig"]);
    }
    task["RestartPolicy"] = merged(restart, &task["RestartPolicy"]);
}

fn csi_plugin(plugin: &mut Json) {
    for (key, unset, default) in [
        ("MountDir", json!(""), json!("/csi")),
        ("StagePublishBaseDir", json!(""), json!("/local/csi")),
        ("HealthTimeout", json!(0), json!(30 * SECOND)),
    ] {
        if plugin[key] == unset {
            plugin[key] = default;
        }
    }
}

fn resources(resources: &mut Json) {
    if resources["Cores"].is_null() {
        fill(resources, json!({"Cores": 0, "CPU": 100}));
    }
    fill(resources, json!({"CPU": 0, "MemoryMB": 300}));
    for device in each(&mut resources["Devices"]) {
        fill(device, json!({"Count": 1}));
        weights(device);
    }
    if resources["NUMA"].is_object() {
        if resources["NUMA"]["Affinity"] == "" {
            resources["NUMA"]["Affinity"] = json!("none");
        }
        empty_to_null(&mut resources["NUMA"], &["Devices"]);
    }
}

fn artifact(artifact: &mut Json) {
    fill(artifact, json!({"GetterMode": "any", "GetterInsecure": false, "GetterSource": ""}));
    empty_to_null(artifact, &["GetterOptions", "GetterHeaders"]);
    let source = artifact["GetterSource"].as_str().unwrap_or("");
    let destination = if artifact["GetterMode"] == "file" {
        format!("local/{}", source.trim_end_matches('/').rsplit('/').next().unwrap_or(""))
    } else {
        "local/".to_owned()
    };
    fill(artifact, json!({"RelativeDest": destination}));
}

fn vault(vault: &mut Json) {
    fill(
        vault,
        json!({"Env": true, "DisableFile": false, "Namespace": "", "ChangeMode": "restart",
        "ChangeSignal": "SIGHUP", "AllowTokenExpiration": false}),
    );
    if vault["Cluster"] == "" {
        vault["Cluster"] = json!("default");
    }
}

fn template(template: &mut Json) {
    fill(template, json!({"SourcePath": "", "DestPath": "", "EmbeddedTmpl": "", "ChangeMode": "restart"}));
    let signal = match template["ChangeSignal"].as_str() {
        Some(signal) => signal.to_uppercase(),
        None if template["ChangeMode"] == "signal" => "SIGHUP".to_owned(),
        None => String::new(),
    };
    template["ChangeSignal"] = json!(signal);
    if template["ChangeScript"].is_object() {
        fill(
            &mut template["ChangeScript"],
            json!({"Command": "", "Args": [], "Timeout": 5 * SECOND,
            "FailOnError": false, "RunOnFirstRender": false}),
        );
    }
    fill(
        template,
        json!({"Once": false, "Splay": 5 * SECOND, "Perms": "0644", "LeftDelim": "{{",
        "RightDelim": "}}", "Envvars": false, "ErrMissingKey": false, "VaultGrace": 0}),
    );
}

fn service(service: &mut Json, name: &str) {
    for (key, default) in [
        ("Name", name),
        ("AddressMode", "auto"),
        ("OnUpdate", "require_healthy"),
        ("Provider", "consul"),
        ("Cluster", "default"),
    ] {
        if service[key] == "" {
            service[key] = json!(default);
        }
    }
    empty_to_null(service, &["Meta", "CanaryMeta", "TaggedAddresses"]);
    if service["Connect"].is_object() {
        connect(&mut service["Connect"]);
    }
    for weight in ["Passing", "Warning"] {
        if service["Weights"].is_object() && service["Weights"][weight].as_i64().unwrap_or(0) <= 0 {
            service["Weights"][weight] = json!(1);
        }
    }
    let (restart, on_update) = (service["CheckRestart"].clone(), service["OnUpdate"].clone());
    for check in each(&mut service["Checks"]) {
        check["CheckRestart"] = check_restart(&restart, &check["CheckRestart"]);
        for count in ["SuccessBeforePassing", "FailuresBeforeCritical", "FailuresBeforeWarning"] {
            if check[count].as_i64().unwrap_or(0) < 0 {
                check[count] = json!(0);
            }
        }
        if check["OnUpdate"] == "" {
            check["OnUpdate"] = on_update.clone();
        }
    }
}

/// The check's own restart over the service's.
fn check_restart(service: &Json, check: &Json) -> Json {
    let mut restart = match (service.is_object(), check.is_object()) {
        (false, false) => return Json::Null,
        (true, false) => service.clone(),
        (false, true) => check.clone(),
        (true, true) => {
            let mut over = check.clone();
            if over["Limit"] == 0 {
                over["Limit"] = Json::Null;
            }
            if over["IgnoreWarnings"] == false {
                over["IgnoreWarnings"] = Json::Null;
            }
            merged(service, &over)
        }
    };
    fill(&mut restart, json!({"Grace": SECOND}));
    restart
}

fn connect(connect: &mut Json) {
    let sidecar = &mut connect["SidecarService"];
    if sidecar.is_object() {
        empty_to_null(sidecar, &["Tags", "Meta"]);
        let proxy = &mut sidecar["Proxy"];
        if proxy.is_object() {
            empty_to_null(proxy, &["Upstreams", "Config"]);
            for upstream in each(&mut proxy["Upstreams"]) {
                empty_to_null(upstream, &["Config"]);
            }
        }
    }
    let task = &mut connect["SidecarTask"];
    if task.is_object() {
        empty_to_null(task, &["Config", "Env", "Meta"]);
        for (key, shape) in
            [("Resources", &super::schema::task::RESOURCES), ("LogConfig", &super::schema::task::LOG_CONFIG)]
        {
            if task[key].is_null() {
                task[key] = shape.complete(&json!({}));
            }
        }
        resources(&mut task["Resources"]);
        fill(&mut task["LogConfig"], json!({"MaxFiles": 10, "MaxFileSizeMB": 10, "Disabled": false}));
        fill(task, json!({"KillTimeout": 5 * SECOND, "ShutdownDelay": 0}));
    }
    if connect["Gateway"]["Proxy"].is_object() {
        fill(&mut connect["Gateway"]["Proxy"], json!({"ConnectTimeout": 5 * SECOND}));
        empty_to_null(&mut connect["Gateway"]["Proxy"], &["EnvoyGatewayBindAddresses", "Config"]);
    }
}
