//! A job that runs once beside another one: the same group, tasks, image, variables and volumes, as a batch job of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

/// Until when such a job may be there; whoever comes later removes it.
pub const UNTIL: &str = "fleet_run_until";

/// Stays until it is told to leave, at most for a day; who goes in finds it by the number in the file.
const STAY: &str =
    "echo $$ > \"$NOMAD_TASK_DIR/.fleet-run\"; trap 'kill $!; exit 0' INT TERM; sleep 86400 & wait $!";
/// Tells such a task to leave.
pub const LEAVE: &str = "kill -TERM \"$(cat \"$NOMAD_TASK_DIR/.fleet-run\")\"";

/// What a one-off job is to run, and on what.
#[derive(Debug, Clone, Default)]
pub struct OneOffRequest {
    /// Its id.
    pub id: String,
    /// The group of the job; the only one when none.
    pub group: Option<String>,
    /// The task whose place the command takes; the main one when none.
    pub task: Option<String>,
    /// The command; none for a task that only stays, for others to go in.
    pub command: Option<Vec<String>>,
    /// Another image.
    pub image: Option<String>,
    /// Variables beside those of the task.
    pub env: Vec<(String, String)>,
    /// Another share of processors, in MHz.
    pub cpu: Option<u64>,
    /// Another amount of memory, in MiB.
    pub memory: Option<u64>,
    /// Until when it may be there.
    pub until: Timestamp,
}

/// The job, and which task of it is the command.
#[derive(Debug, Clone, PartialEq)]
pub struct OneOff {
    /// What is registered.
    pub spec: Value,
    /// The group.
    pub group: String,
    /// The task.
    pub task: String,
    /// Its driver.
    pub driver: String,
}

/// Fields of a job that belong to its life and not to what it is.
const OF_ITS_LIFE: [&str; 22] = [
    "Status",
    "StatusDescription",
    "Stable",
    "Version",
    "VersionTag",
    "SubmitTime",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "ParentID",
    "Dispatched",
    "DispatchIdempotencyToken",
    "Payload",
    "NomadTokenID",
    "ConsulToken",
    "VaultToken",
    "Periodic",
    "ParameterizedJob",
    "Multiregion",
    "Update",
    "Stop",
    "UI",
];
/// Fields of a group that are for services that stay.
const FOR_SERVICES: [&str; 8] = [
    "Update",
    "Migrate",
    "Scaling",
    "Services",
    "Disconnect",
    "MaxClientDisconnect",
    "StopAfterClientDisconnect",
    "PreventRescheduleOnLost",
];

impl OneOff {
    /// Made from a job as the server holds it.
    ///
    /// # Errors
    /// When group or task are not there or not clear, or the driver runs no commands.
    pub fn of_job(job: &Value, wishes: &OneOffRequest) -> Result<Self, String> {
        let mut spec = job.clone();
        let mut group = chosen_group(job, wishes.group.as_deref())?.clone();
        let tasks = group["Tasks"].as_array().cloned().unwrap_or_default();
        let at = chosen_task(&tasks, wishes.task.as_deref())?;
        let (name, driver) = (text(&tasks[at], "Name"), text(&tasks[at], "Driver"));
        // What prepares the ground for a main task does so for this one; other main tasks, and what follows, stay away.
        let prepares =
            |t: &Value| t["Lifecycle"]["Hook"] == "prestart" && !text(t, "Kind").starts_with("connect-");
        let kept = tasks.iter().enumerate().filter(|(i, t)| *i == at || prepares(t));
        let mut kept: Vec<Value> = kept.map(|(_, t)| t.clone()).collect();
        for task in &mut kept {
            task["Services"] = Value::Null;
            task["RestartPolicy"] = once();
            if text(task, "Name") == name {
                task["Lifecycle"] = Value::Null;
                task["Leader"] = json!(true);
                instruct(task, wishes)?;
            }
        }
        strip(&mut group, &FOR_SERVICES);
        group["Tasks"] = json!(kept);
        group["Count"] = json!(1);
        group["RestartPolicy"] = once();
        group["ReschedulePolicy"] = never();
        free_ports(&mut group);
        for task in group["Tasks"].as_array_mut().into_iter().flatten() {
            free_ports(&mut task["Resources"]);
        }
        let group_name = text(&group, "Name");
        let parent = text(job, "ID");
        strip(&mut spec, &OF_ITS_LIFE);
        spec["TaskGroups"] = json!([group]);
        mark(&mut spec, wishes, &format!("one-off of {parent}"));
        Ok(OneOff { spec, group: group_name, task: name, driver })
    }

    /// A container of an image, without a job to take anything from.
    #[must_use]
    pub fn of_image(image: &str, namespace: &str, wishes: &OneOffRequest) -> Self {
        let mut task = json!({
            "Name": "run", "Driver": "docker", "Config": {"image": image}, "Leader": true, "RestartPolicy": once(),
            "Resources": {"CPU": 100, "MemoryMB": 256},
        });
        // Docker runs commands, so this cannot fail.
        drop(instruct(&mut task, &OneOffRequest { image: None, ..wishes.clone() }));
        let group = json!({
            "Name": "run", "Count": 1, "Tasks": [task], "RestartPolicy": once(), "ReschedulePolicy": never(),
        });
        let mut spec = json!({"Namespace": namespace, "Datacenters": ["*"], "TaskGroups": [group]});
        mark(&mut spec, wishes, &format!("one-off of {image}"));
        OneOff { spec, group: "run".to_owned(), task: "run".to_owned(), driver: "docker".to_owned() }
    }
}

/// Whether a job with these metadata was left by somebody who did not come back for it.
#[must_use]
pub fn is_left(meta: &BTreeMap<String, String>, now: Timestamp) -> bool {
    meta.get(UNTIL).and_then(|at| at.parse::<Timestamp>().ok()).is_some_and(|until| until < now)
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

fn strip(value: &mut Value, fields: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| !fields.contains(&name.as_str()));
    }
}

/// No second try: what a command did halfway is not to be done again unasked.
fn once() -> Value {
    json!({"Attempts": 0, "Mode": "fail", "Interval": 86_400_000_000_000_u64, "Delay": 15_000_000_000_u64})
}

fn never() -> Value {
    json!({"Attempts": 0, "Unlimited": false})
}

fn mark(spec: &mut Value, wishes: &OneOffRequest, name: &str) {
    spec["ID"] = json!(wishes.id);
    spec["Name"] = json!(name);
    spec["Type"] = json!("batch");
    if !spec["Meta"].is_object() {
        spec["Meta"] = json!({});
    }
    spec["Meta"][UNTIL] = json!(wishes.until.to_string());
}

fn chosen_group<'j>(job: &'j Value, wanted: Option<&str>) -> Result<&'j Value, String> {
    let groups: &[Value] = job["TaskGroups"].as_array().map_or(&[], Vec::as_slice);
    let names = || groups.iter().map(|g| text(g, "Name")).collect::<Vec<_>>().join(", ");
    match (wanted, groups) {
        (None, [only]) => Ok(only),
        (None, _) => Err(format!("it has several groups; choose one: {}", names())),
        (Some(name), _) => groups
            .iter()
            .find(|g| g["Name"] == name)
            .ok_or_else(|| format!("it has no group {name:?}; its groups: {}", names())),
    }
}

fn chosen_task(tasks: &[Value], wanted: Option<&str>) -> Result<usize, String> {
    let names = || tasks.iter().map(|t| text(t, "Name")).collect::<Vec<_>>().join(", ");
    let by = |holds: &dyn Fn(&Value) -> bool| tasks.iter().position(holds);
    match wanted {
        Some(name) => by(&|t| t["Name"] == name)
            .ok_or_else(|| format!("its group has no task {name:?}; its tasks: {}", names())),
        // The leader, else the first main task, as everywhere.
        None => by(&|t| t["Leader"] == true)
            .or_else(|| by(&|t| t["Lifecycle"].is_null()))
            .ok_or_else(|| "its group has no main task".to_owned()),
    }
}

/// Gives a task the command and whatever else was asked for.
fn instruct(task: &mut Value, wishes: &OneOffRequest) -> Result<(), String> {
    let driver = text(task, "Driver");
    let contained = matches!(driver.as_str(), "docker" | "podman");
    if !contained && !matches!(driver.as_str(), "raw_exec" | "exec" | "exec2") {
        return Err(format!("its driver, {driver}, cannot run commands"));
    }
    if let Some(image) = &wishes.image {
        if !contained {
            return Err(format!("its driver, {driver}, does not use images"));
        }
        task["Config"]["image"] = json!(image);
    }
    let config = &mut task["Config"];
    match &wishes.command {
        Some(words) => {
            config["command"] = json!(words.first());
            config["args"] = json!(words.get(1..));
        }
        // What an image would start first is not started.
        None if contained => {
            config["entrypoint"] = json!(["/bin/sh", "-c"]);
            config["command"] = json!(STAY);
            config["args"] = Value::Null;
        }
        None => {
            config["command"] = json!("/bin/sh");
            config["args"] = json!(["-c", STAY]);
        }
    }
    for (name, value) in &wishes.env {
        if !task["Env"].is_object() {
            task["Env"] = json!({});
        }
        task["Env"][name] = json!(value);
    }
    if let Some(cpu) = wishes.cpu {
        task["Resources"]["CPU"] = json!(cpu);
        task["Resources"]["Cores"] = json!(0);
    }
    if let Some(memory) = wishes.memory {
        task["Resources"]["MemoryMB"] = json!(memory);
        task["Resources"]["MemoryMaxMB"] = json!(0);
    }
    Ok(())
}

/// A port that was asked for by number is in use by the job itself: any other will do.
fn free_ports(owner: &mut Value) {
    for network in owner["Networks"].as_array_mut().into_iter().flatten() {
        let reserved = network["ReservedPorts"].as_array().cloned().unwrap_or_default();
        let mut dynamic = network["DynamicPorts"].as_array().cloned().unwrap_or_default();
        for mut port in reserved {
            port["Value"] = json!(0);
            dynamic.push(port);
        }
        network["ReservedPorts"] = Value::Null;
        network["DynamicPorts"] = json!(dynamic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Value {
        json!({
            "ID": "web", "Name": "web", "Type": "service", "Namespace": "apps", "Priority": 70, "Version": 4, "Status": "running",
            "Datacenters": ["dc1"], "Meta": {"team": "a"}, "Update": {"MaxParallel": 1}, "Constraints": [{"LTarget": "${attr.os}"}],
            "TaskGroups": [{
                "Name": "g", "Count": 3, "Update": {"Canary": 1}, "Services": [{"Name": "web"}], "Volumes": {"data": {"Source": "x"}},
                "Networks": [{"Mode": "bridge", "ReservedPorts": [{"Label": "http", "Value": 80, "To": 8080}], "DynamicPorts": null}],
                "Tasks": [
                    {"Name": "fetch", "Driver": "exec", "Lifecycle": {"Hook": "prestart"}, "Services": [{"Name": "x"}]},
                    {"Name": "app", "Driver": "docker", "Config": {"image": "app:1", "command": "serve", "args": ["-p"], "ports": ["http"]},
                     "Env": {"A": "1"}, "Resources": {"CPU": 500, "MemoryMB": 300}, "Templates": [{"DestPath": "local/x"}]},
                    {"Name": "log", "Driver": "docker", "Lifecycle": {"Hook": "poststart", "Sidecar": true}},
                    {"Name": "proxy", "Driver": "docker", "Kind": "connect-proxy:web", "Lifecycle": {"Hook": "prestart", "Sidecar": true}},
                ],
            }],
        })
    }

    fn wishes() -> OneOffRequest {
        OneOffRequest {
            id: "web-run-1".into(),
            command: Some(["rake", "db:migrate"].map(str::to_owned).into()),
            ..OneOffRequest::default()
        }
    }

    #[test]
    fn everything_that_the_command_needs_is_kept_and_nothing_that_only_services_need() {
        let made = OneOff::of_job(&job(), &wishes()).unwrap();
        assert_eq!((made.group.as_str(), made.task.as_str(), made.driver.as_str()), ("g", "app", "docker"));
        let spec = &made.spec;
        assert_eq!(
            (&spec["Type"], &spec["ID"], &spec["Namespace"]),
            (&json!("batch"), &json!("web-run-1"), &json!("apps"))
        );
        assert_eq!(spec["Meta"], json!({"team": "a", UNTIL: "1970-01-01T00:00:00Z"}));
        assert!(spec["Update"].is_null() && spec["Version"].is_null() && !spec["Constraints"].is_null());
        let group = &spec["TaskGroups"][0];
        assert_eq!(
            (&group["Count"], &group["Services"], &group["Update"]),
            (&json!(1), &Value::Null, &Value::Null)
        );
        assert_eq!(group["Volumes"]["data"]["Source"], "x");
        let ports = json!([{"Label": "http", "Value": 0, "To": 8080}]);
        assert_eq!(
            (&group["Networks"][0]["DynamicPorts"], &group["Networks"][0]["ReservedPorts"]),
            (&ports, &Value::Null)
        );
        let names: Vec<&str> =
            group["Tasks"].as_array().unwrap().iter().map(|t| t["Name"].as_str().unwrap()).collect();
        assert_eq!(names, ["fetch", "app"]);
        let app = &group["Tasks"][1];
        assert_eq!(
            app["Config"],
            json!({"image": "app:1", "command": "rake", "args": ["db:migrate"], "ports": ["http"]})
        );
        assert_eq!((&app["Env"]["A"], &app["Templates"][0]["DestPath"]), (&json!("1"), &json!("local/x")));
        assert_eq!((&app["RestartPolicy"]["Attempts"], &app["Leader"]), (&json!(0), &json!(true)));
    }

    #[test]
    fn wishes_change_image_variables_and_resources() {
        let wishes = OneOffRequest {
            image: Some("app:2".into()),
            env: vec![("A".into(), "2".into()), ("B".into(), "3".into())],
            cpu: Some(50),
            memory: Some(64),
            ..wishes()
        };
        let spec = OneOff::of_job(&job(), &wishes).unwrap().spec;
        let app = &spec["TaskGroups"][0]["Tasks"][1];
        assert_eq!((&app["Config"]["image"], &app["Env"]), (&json!("app:2"), &json!({"A": "2", "B": "3"})));
        assert_eq!((&app["Resources"]["CPU"], &app["Resources"]["MemoryMB"]), (&json!(50), &json!(64)));
        let alone = OneOff::of_image("alpine", "default", &wishes);
        let task = &alone.spec["TaskGroups"][0]["Tasks"][0];
        assert_eq!(task["Config"], json!({"image": "alpine", "command": "rake", "args": ["db:migrate"]}));
        let stays = OneOff::of_image("alpine", "default", &OneOffRequest { command: None, ..wishes });
        let config = &stays.spec["TaskGroups"][0]["Tasks"][0]["Config"];
        assert_eq!((&config["entrypoint"], &config["command"]), (&json!(["/bin/sh", "-c"]), &json!(STAY)));
    }

    #[test]
    fn what_is_not_clear_or_not_possible_is_said() {
        let of = |wishes: OneOffRequest| OneOff::of_job(&job(), &wishes).unwrap_err();
        assert!(of(OneOffRequest { group: Some("x".into()), ..wishes() }).contains("its groups: g"));
        assert!(of(OneOffRequest { task: Some("x".into()), ..wishes() }).contains("its tasks: fetch, app"));
        let images = OneOffRequest { task: Some("fetch".into()), image: Some("x".into()), ..wishes() };
        assert!(of(images).contains("does not use images"));
        let mut java = job();
        java["TaskGroups"][0]["Tasks"][1]["Driver"] = json!("java");
        assert!(OneOff::of_job(&java, &wishes()).unwrap_err().contains("cannot run commands"));
    }

    #[test]
    fn only_what_is_marked_and_late_was_left() {
        let meta = |until: &str| BTreeMap::from([(UNTIL.to_owned(), until.to_owned())]);
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!(is_left(&meta("2025-12-31T23:59:59Z"), now));
        assert!(!is_left(&meta("2026-01-01T00:00:01Z"), now));
        assert!(!is_left(&meta("soon"), now) && !is_left(&BTreeMap::new(), now));
    }
}
