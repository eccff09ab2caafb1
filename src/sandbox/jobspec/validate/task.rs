//! Tasks.

use serde_json::Value as Json;

use super::{Errors, list, placement, service, shown, text, whole};

pub(super) fn errors(job: &Json, group: &Json, task: &Json) -> Errors {
    let mut errors = Errors::default();
    let name = text(&task["Name"]);
    errors.when(name.is_empty(), "Missing task name");
    errors.when(name == "alloc", "Task cannot be named \"alloc\"");
    if name.contains(['/', '\\']) {
        errors.add("Task name cannot include slashes");
    } else if name.contains('\0') {
        errors.add("Task name cannot include null characters");
    }
    errors.when(text(&task["Driver"]).is_empty(), "Missing task driver");
    let (kill, progress) = (whole(&task["KillTimeout"]), whole(&group["Update"]["ProgressDeadline"]));
    if kill < 0 {
        errors.add("KillTimeout must be a positive value");
    } else if job["Type"] == "service" && progress > 0 && kill > progress {
        errors.add(format!(
            "KillTimout ({}) longer than the group's ProgressDeadline ({})",
            shown(&task["KillTimeout"]),
            shown(&group["Update"]["ProgressDeadline"])
        ));
    }
    errors.when(whole(&task["ShutdownDelay"]) < 0, "ShutdownDelay must be a positive value");
    errors.extend_as_one(&resources(&task["Resources"]));
    errors.extend_as_one(&logs(&task["LogConfig"], whole(&group["EphemeralDisk"]["SizeMB"])));
    for (at, constraint) in (1..).zip(list(&task["Constraints"])) {
        errors.nest(&format!("Constraint {at} validation failed"), &placement::constraint(constraint));
        let operand = text(&constraint["Operand"]);
        if matches!(operand, "distinct_hosts" | "distinct_property") {
            errors.add(format!("Constraint {at} has disallowed Operand at task level: {operand}"));
        }
    }
    placement::preferences(job, task, &mut errors);
    errors.extend_as_one(&service::of_task(group, task));
    for (at, artifact) in (1..).zip(list(&task["Artifacts"])) {
        errors.nest(&format!("Artifact {at} validation failed"), &self::artifact(artifact));
    }
    templates(task, &mut errors);
    actions(list(&task["Actions"]), &mut errors);
    match text(&task["Lifecycle"]["Hook"]) {
        "prestart" | "poststart" | "poststop" => {}
        _ if !task["Lifecycle"].is_object() => {}
        "" => errors.add("Lifecycle validation failed: no lifecycle hook provided"),
        other => errors.add(format!("Lifecycle validation failed: invalid hook: {other}")),
    }
    mounts(group, task, &mut errors);
    identities(task, &mut errors);
    errors
}

fn resources(resources: &Json) -> Errors {
    let mut errors = Errors::default();
    let of = |key: &str| whole(&resources[key]);
    let (cpu, cores, memory, most) = (of("CPU"), of("Cores"), of("MemoryMB"), of("MemoryMaxMB"));
    let both = "Task can only ask for 'cpu' or 'cores' resource, not both.";
    errors.when(cores > 0 && cpu > 0, both);
    errors.when(cores < 0, format!("cores value ({cores}) cannot be negative"));
    let mut least = Errors::default();
    least.when(cpu < 1 && cores == 0, format!("minimum CPU value is 1; got {cpu}"));
    least.when(memory < 10, format!("minimum MemoryMB value is 10; got {memory}"));
    errors.extend_as_one(&least);
    if most != 0 && most != -1 && most < memory {
        errors.add(format!("MemoryMaxMB value ({most}) should be larger than MemoryMB value ({memory})"));
    }
    let secrets = of("SecretsMB");
    let large = format!("SecretsMB value ({secrets}) cannot be larger than MemoryMB value ({memory})");
    errors.when(secrets > memory, large);
    errors.when(secrets < 0, format!("SecretsMB value ({secrets}) cannot be negative"));
    errors
}

fn logs(logs: &Json, disk: i64) -> Errors {
    let mut errors = Errors::default();
    let (files, size) = (whole(&logs["MaxFiles"]), whole(&logs["MaxFileSizeMB"]));
    errors.when(files < 1, format!("minimum number of files is 1; got {files}"));
    errors.when(size < 1, format!("minimum file size is 1MB; got {size}"));
    let all = files.saturating_mul(size);
    if disk <= all {
        errors.add(format!("log storage ({all} MB) must be less than requested disk capacity ({disk} MB)"));
    }
    errors
}

/// Whether a relative path leads out of the directory it starts in.
fn escapes(path: &str) -> bool {
    let mut depth = 0_i32;
    path.split('/').any(|part| {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        depth < -1
    })
}

fn artifact(artifact: &Json) -> Errors {
    let mut errors = Errors::default();
    errors.when(text(&artifact["GetterSource"]).is_empty(), "source must be specified");
    let mode = text(&artifact["GetterMode"]);
    let known = matches!(mode, "" | "any" | "file" | "dir");
    errors.when(!known, format!("invalid artifact mode {mode:?}; must be one of: any, file, dir"));
    errors.when(escapes(text(&artifact["RelativeDest"])), "destination escapes allocation directory");
    errors
}

fn templates(task: &Json, errors: &mut Errors) {
    let all = list(&task["Templates"]);
    for (at, template) in all.iter().enumerate() {
        let mut inner = Errors::default();
        let empty = |key: &str| text(&template[key]).is_empty();
        let nothing = "Must specify a source path or have an embedded template";
        inner.when(empty("SourcePath") && empty("EmbeddedTmpl"), nothing);
        inner.when(empty("DestPath"), "Must specify a destination for the template");
        inner.when(escapes(text(&template["DestPath"])), "destination escapes allocation directory");
        match text(&template["ChangeMode"]) {
            "noop" | "restart" => {}
            "signal" => {
                inner.when(empty("ChangeSignal"), "Must specify signal value when change mode is signal");
                inner.when(template["Envvars"] == true, "cannot use signals with env var templates");
            }
            "script" => {
                let missing = "must specify change script configuration value when change mode is script";
                inner.when(!template["ChangeScript"].is_object(), missing);
            }
            _ => {
                inner.add("Invalid change mode. Must be one of the following: noop, signal, script, restart");
            }
        }
        inner.when(whole(&template["Splay"]) < 0, "Must specify positive splay value");
        errors.nest(&format!("Template {} validation failed", at + 1), &inner);
        let first = all.iter().position(|other| other["DestPath"] == template["DestPath"]).unwrap_or(at);
        if first < at {
            errors.add(format!("Template {} has same destination as {}", at + 1, first + 1));
        }
    }
}

fn actions(actions: &[Json], errors: &mut Errors) {
    let mut seen = std::collections::BTreeMap::new();
    for action in actions {
        let name = text(&action["Name"]);
        let mut inner = Errors::default();
        inner.when(text(&action["Command"]).is_empty(), "command cannot be empty");
        let fits = (1..=128).contains(&name.chars().count());
        inner.when(!fits || name.contains(|c: char| GO_SPACE.contains(&c)), format!("invalid name '{name}'"));
        errors.nest(&format!("Action {name} validation failed"), &inner);
        let times: &mut u32 = seen.entry(name).or_default();
        *times += 1;
        // The servers forget with every second one that they have told.
        errors.when(times.is_multiple_of(2), format!("Action {name} defined multiple times"));
    }
}

/// What a name may not contain: NUL, and what Go's `\s` matches.
const GO_SPACE: [char; 6] = ['\0', '\t', '\n', '\x0c', '\r', ' '];

fn mounts(group: &Json, task: &Json, errors: &mut Errors) {
    for (at, mount) in list(&task["VolumeMounts"]).iter().enumerate() {
        let volume = text(&mount["Volume"]);
        let known = group["Volumes"].get(volume).is_some();
        errors.when(!known, format!("Volume Mount ({at}) references undefined volume {volume}"));
    }
}

fn identities(task: &Json, errors: &mut Errors) {
    for identity in list(&task["Identities"]) {
        let name = text(&identity["Name"]);
        errors.when(name == "default", "Duplicate default identities found");
        let mut inner = Errors::default();
        let file = identity["File"] == true || text(&identity["Filepath"]).is_empty();
        inner.when(!file, "file parameter must be true in order to specify filepath");
        if !inner.0.is_empty() {
            errors.add(format!("Identity {name:?} is invalid: {}", super::all_errors(&inner.0)));
        }
    }
}
