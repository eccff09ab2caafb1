//! Task groups.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::api::wire::Nanos;

use super::{Errors, list, placement, service, shown, task, text, whole};

const SECOND: i64 = 1_000_000_000;

pub(super) fn errors(job: &Json, group: &Json) -> Errors {
    let mut errors = Errors::default();
    let kind = text(&job["Type"]);
    let name = text(&group["Name"]);
    errors.when(name.is_empty(), "Missing task group name");
    errors.when(name.contains('\0'), "Task group name contains null character");
    errors.when(whole(&group["Count"]) < 0, "Task group count can't be negative");
    errors.when(list(&group["Tasks"]).is_empty(), "Missing tasks for task group");
    if group["Disconnect"].is_object() {
        errors.extend(disconnect(&group["Disconnect"], kind));
    }
    if let Some(longest) = group["MaxRunDuration"].as_i64() {
        errors.when(longest <= 0, "MaxRunDuration must be greater than zero");
        let batch = matches!(kind, "batch" | "sysbatch");
        errors.when(!batch, format!("Job type {kind:?} does not allow max_run_duration"));
    }
    for (at, constraint) in (1..).zip(list(&group["Constraints"])) {
        errors.nest(&format!("Constraint {at} validation failed"), &placement::constraint(constraint));
    }
    placement::preferences(job, group, &mut errors);
    errors.extend(restart(&group["RestartPolicy"]));
    rescheduling(kind, name, group, &mut errors);
    let size = whole(&group["EphemeralDisk"]["SizeMB"]);
    errors.when(size < 10, format!("minimum DiskMB value is 10; got {size}"));
    if group["Update"].is_object() {
        let allowed = matches!(kind, "service" | "system");
        errors.when(!allowed, format!("Job type {kind:?} does not allow update block"));
        errors.extend(update(&group["Update"]));
    }
    if group["Migrate"].is_object() {
        if kind == "service" {
            errors.extend(migrate(&group["Migrate"]));
        } else {
            errors.add(format!("Job type {kind:?} does not allow migrate block"));
        }
    }
    tasks(group, &mut errors);
    volumes(kind, group, &mut errors);
    errors.nest("Task group network validation failed", &networks(group));
    errors.nest("Task group service validation failed", &service::of_group(group));
    errors.nest("Task group service check validation failed", &service::script_checks(group));
    errors.nest("Task group scaling policy validation failed", &scaling(group));
    for task in list(&group["Tasks"]) {
        let what = format!("Task {} validation failed", text(&task["Name"]));
        errors.nest(&what, &task::errors(job, group, task));
    }
    errors
}

fn disconnect(disconnect: &Json, kind: &str) -> Errors {
    let mut errors = Errors::default();
    let lost = whole(&disconnect["LostAfter"]);
    if let Some(stop) = disconnect["StopOnClientAfter"].as_i64() {
        errors.when(stop < 0, "stop_after cannot be a negative duration");
        let allowed = matches!(kind, "service" | "batch");
        errors.when(!allowed, "stop_after can only be used with service or batch job types");
        errors.when(lost != 0, "Disconnect cannot be configured with both lost_after and stop_after");
    }
    errors.when(lost < 0, "lost_after cannot be a negative duration");
    let reconcile = text(&disconnect["Reconcile"]);
    let known =
        matches!(reconcile, "" | "best_score" | "longest_running" | "keep_original" | "keep_replacement");
    errors.when(!known, format!("reconcile option is invalid: {reconcile}"));
    errors
}

pub(super) fn restart(policy: &Json) -> Errors {
    let mut errors = Errors::default();
    let (mode, attempts) = (text(&policy["Mode"]), whole(&policy["Attempts"]));
    errors.when(!matches!(mode, "delay" | "fail"), format!("Unsupported restart mode: {mode:?}"));
    if attempts == 0 && mode != "fail" {
        errors.add(format!("Restart policy {mode:?} with {attempts} attempts is ambiguous"));
    }
    let (interval, delay) = (whole(&policy["Interval"]), whole(&policy["Delay"]));
    if interval < 5 * SECOND {
        errors.add(format!("Interval can not be less than 5s (got {})", shown(&policy["Interval"])));
    }
    if attempts.saturating_mul(delay) > interval {
        errors.add(format!(
            "Nomad can't restart the TaskGroup {attempts} times in an interval of {} with a delay of {}",
            shown(&policy["Interval"]),
            shown(&policy["Delay"])
        ));
    }
    errors
}

fn rescheduling(kind: &str, name: &str, group: &Json, errors: &mut Errors) {
    let policy = &group["ReschedulePolicy"];
    match (matches!(kind, "system" | "sysbatch"), policy.is_object()) {
        (true, true) => errors.add("System or sysbatch jobs should not have a reschedule policy"),
        (true, false) => {}
        (false, true) => errors.extend(reschedule(policy)),
        (false, false) => errors.add(format!("Task Group {name} should have a reschedule policy")),
    }
}

fn reschedule(policy: &Json) -> Errors {
    let mut errors = Errors::default();
    let (attempts, unlimited) = (whole(&policy["Attempts"]), policy["Unlimited"] == true);
    if attempts <= 0 && !unlimited {
        return errors;
    }
    let (interval, delay, most) =
        (whole(&policy["Interval"]), whole(&policy["Delay"]), whole(&policy["MaxDelay"]));
    if attempts > 0 {
        errors.when(interval <= 0, "Interval must be a non zero value if Attempts > 0");
        if unlimited {
            errors.add(format!(
                "Reschedule Policy with Attempts = {attempts}, Interval = {}, and Unlimited = true is ambiguous",
                shown(&policy["Interval"])
            ));
            errors.add("If Attempts >0, Unlimited cannot also be set to true");
        }
    }
    let least = 5 * SECOND;
    errors.when(delay < least, format!("Delay cannot be less than 5s (got {})", shown(&policy["Delay"])));
    let function = text(&policy["DelayFunction"]);
    let known = matches!(function, "constant" | "exponential" | "fibonacci");
    let invalid = format!(
        "Invalid delay function {function:?}, must be one of [\"constant\" \"exponential\" \"fibonacci\"]"
    );
    errors.when(!known, invalid);
    if function != "constant" {
        let short = format!("Max Delay cannot be less than 5s (got {})", shown(&policy["Delay"]));
        errors.when(most < least, short);
        if most < delay {
            errors.add(format!(
                "Max Delay cannot be less than Delay {} (got {})",
                shown(&policy["Delay"]),
                shown(&policy["MaxDelay"])
            ));
        }
    }
    if !unlimited {
        let before = errors.len();
        let short = format!("Interval cannot be less than 15s (got {})", shown(&policy["Interval"]));
        errors.when(interval < 15 * SECOND, short);
        let sound = delay >= least && known && (function == "constant" || (most >= least && most >= delay));
        if sound && before == usize::from(attempts > 0 && interval <= 0) {
            errors.extend(attempts_fit(policy, attempts, interval, delay, most));
        }
    }
    errors
}

/// Whether so many attempts have room in the interval.
fn attempts_fit(policy: &Json, attempts: i64, interval: i64, delay: i64, most: i64) -> Errors {
    let mut errors = Errors::default();
    let function = text(&policy["DelayFunction"]);
    let (possible, needed) = match function {
        "constant" => (interval / delay.max(1), attempts.saturating_mul(delay)),
        "exponential" => exponential(attempts, interval, delay, most),
        _ => fibonacci(attempts, interval, delay, most),
    };
    let fits = if function == "exponential" { possible >= attempts } else { interval >= needed };
    if fits {
        return errors;
    }
    let start = format!(
        "Nomad can only make {possible} attempts in {} with initial delay {}",
        shown(&policy["Interval"]),
        shown(&policy["Delay"])
    );
    errors.add(if function == "constant" {
        format!("{start} and delay function {function:?}")
    } else {
        format!("{start}, delay function {function:?}, and delay ceiling {}", shown(&policy["MaxDelay"]))
    });
    let rounded = (needed + SECOND / 2) / SECOND * SECOND;
    errors.add(format!("Set the interval to at least {} to accommodate {attempts} attempts", Nanos(rounded)));
    errors
}

/// How many attempts are possible, and the interval that all of them need, with delays that double.
fn exponential(attempts: i64, interval: i64, delay: i64, most: i64) -> (i64, i64) {
    let (mut possible, mut needed) = (0, 0_i64);
    for attempt in 0..attempts {
        let factor = u32::try_from(attempt).ok().and_then(|a| 1_i64.checked_shl(a)).unwrap_or(i64::MAX);
        let next = delay.saturating_mul(factor);
        needed = if next > most { needed.saturating_add(most) } else { next };
        possible += i64::from(needed < interval);
    }
    (possible, needed)
}

/// The same with delays that are the sum of the two before.
fn fibonacci(attempts: i64, interval: i64, delay: i64, most: i64) -> (i64, i64) {
    let mut slots = vec![delay, delay];
    let mut ceiling = false;
    while i64::try_from(slots.len()).is_ok_and(|n| n < attempts) {
        let (last, before) = (slots[slots.len() - 1], slots[slots.len() - 2]);
        let next = if ceiling { last.saturating_add(most) } else { last.saturating_add(before) };
        ceiling |= next > most;
        slots.push(if ceiling && next > most && last <= most { most } else { next });
    }
    let needed = slots.last().copied().unwrap_or(0);
    let possible = slots.iter().position(|slot| *slot > interval).unwrap_or(0);
    (i64::try_from(possible).unwrap_or(0), needed)
}

fn update(update: &Json) -> Errors {
    let mut errors = Errors::default();
    let check = text(&update["HealthCheck"]);
    let known = matches!(check, "checks" | "task_states" | "manual");
    errors.when(!known, format!("Invalid health check given: {check:?}"));
    let (parallel, canary) = (whole(&update["MaxParallel"]), whole(&update["Canary"]));
    errors.when(parallel < 0, format!("Max parallel can not be less than zero: {parallel} < 0"));
    errors.when(canary < 0, format!("Canary count can not be less than zero: {canary} < 0"));
    let promotes = canary == 0 && update["AutoPromote"] == true;
    errors.when(promotes, "Auto Promote requires a Canary count greater than zero");
    let of = |key: &str| (whole(&update[key]), shown(&update[key]));
    let (healthy, healthy_shown) = of("MinHealthyTime");
    let (deadline, deadline_shown) = of("HealthyDeadline");
    let (progress, progress_shown) = of("ProgressDeadline");
    errors.when(healthy < 0, format!("Minimum healthy time may not be less than zero: {healthy_shown}"));
    errors.when(deadline <= 0, format!("Healthy deadline must be greater than zero: {deadline_shown}"));
    errors.when(progress < 0, format!("Progress deadline must be zero or greater: {progress_shown}"));
    if healthy >= deadline {
        errors.add(format!(
            "Minimum healthy time must be less than healthy deadline: {healthy_shown} > {deadline_shown}"
        ));
    }
    if progress != 0 && deadline >= progress {
        errors.add(format!(
            "Healthy deadline must be less than progress deadline: {deadline_shown} > {progress_shown}"
        ));
    }
    let (stagger, stagger_shown) = of("Stagger");
    errors.when(stagger <= 0, format!("Stagger must be greater than zero: {stagger_shown}"));
    errors
}

fn migrate(migrate: &Json) -> Errors {
    let mut errors = Errors::default();
    let parallel = whole(&migrate["MaxParallel"]);
    errors.when(parallel < 0, format!("MaxParallel must be >= 0 but found {parallel}"));
    match text(&migrate["HealthCheck"]) {
        "checks" | "task_states" => {}
        "" => errors.when(parallel > 0, "Missing HealthCheck"),
        other => errors.add(format!("Invalid HealthCheck: {other:?}")),
    }
    let (healthy, deadline) = (whole(&migrate["MinHealthyTime"]), whole(&migrate["HealthyDeadline"]));
    let negative = |key: &str| format!("{key} is {} and must be >= 0", shown(&migrate[key]));
    errors.when(healthy < 0, negative("MinHealthyTime"));
    errors.when(deadline < 0, negative("HealthyDeadline"));
    errors.when(healthy > deadline, "MinHealthyTime must be less than HealthyDeadline");
    errors
}

fn tasks(group: &Json, errors: &mut Errors) {
    let tasks = list(&group["Tasks"]);
    for (at, task) in tasks.iter().enumerate() {
        let name = text(&task["Name"]);
        let first = tasks.iter().position(|other| text(&other["Name"]) == name).unwrap_or(at);
        if name.is_empty() {
            errors.add(format!("Task {} missing name", at + 1));
        } else if first < at {
            errors.add(format!("Task {} redefines '{name}' from task {}", at + 1, first + 1));
        }
    }
    let leaders = tasks.iter().filter(|task| task["Leader"] == true).count();
    errors.when(leaders > 1, "Only one task may be marked as leader");
}

fn volumes(kind: &str, group: &Json, errors: &mut Errors) {
    let Some(volumes) = group["Volumes"].as_object() else { return };
    for (name, volume) in volumes {
        let mut inner = Errors::default();
        let what = text(&volume["Type"]);
        inner.when(!matches!(what, "host" | "csi"), format!("volume has unrecognized type {what}"));
        inner.when(text(&volume["Source"]).is_empty(), "volume has an empty source");
        if volume["PerAlloc"] == true {
            let canaries = whole(&group["Update"]["Canary"]) > 0;
            inner.when(canaries, "volume cannot be per_alloc when canaries are in use");
            inner.when(kind == "system", "volume cannot be per_alloc for system jobs");
            inner.when(kind == "sysbatch", "volume cannot be per_alloc for sysbatch jobs");
        }
        if what == "csi" {
            inner
                .when(text(&volume["AttachmentMode"]).is_empty(), "CSI volumes must have an attachment mode");
            inner.when(text(&volume["AccessMode"]).is_empty(), "CSI volumes must have an access mode");
        }
        errors.nest(&format!("Task group volume validation for {name} failed"), &inner);
    }
}

fn networks(group: &Json) -> Errors {
    let mut errors = Errors::default();
    let mut labels: BTreeMap<String, &str> = BTreeMap::new();
    // By host network and number, who has it.
    let mut fixed: BTreeMap<(String, i64), String> = BTreeMap::new();
    for network in list(&group["Networks"]) {
        for port in ports(network) {
            let label = text(&port["Label"]).to_owned();
            if let Some(other) = labels.get(&label) {
                errors.add(format!("Port label {label} already in use by {other}"));
            }
            labels.insert(label.clone(), "taskgroup network");
            static_port(port, &format!("taskgroup network:{label}"), &mut fixed, &mut errors);
            let to = whole(&port["To"]);
            if to < -1 {
                errors.add(format!("Port {label:?} cannot be mapped to negative value {to}"));
            } else if to > i64::from(u16::MAX) {
                errors.add(format!(
                    "Port {label:?} cannot be mapped to a port ({to}) greater than {}",
                    u16::MAX
                ));
            }
            let mode = text(&network["Mode"]);
            if port["IgnoreCollision"] == true && !matches!(mode, "" | "host") {
                errors.add(format!(
                    "Port {label:?} collision may not be ignored on non-host network mode {mode:?}"
                ));
            }
        }
    }
    for task in list(&group["Tasks"]) {
        for port in list(&task["Resources"]["Networks"]).iter().flat_map(ports) {
            let label = text(&port["Label"]);
            if let Some(other) = labels.get(label) {
                errors.add(format!("Port label {label} already in use by {other}"));
            }
            let owner = format!("{}:{label}", text(&task["Name"]));
            static_port(port, &owner, &mut fixed, &mut errors);
        }
    }
    errors
}

pub(super) fn ports(network: &Json) -> impl Iterator<Item = &Json> {
    ["ReservedPorts", "DynamicPorts"].into_iter().flat_map(|key| network.get(key).map_or(&[][..], list))
}

fn static_port(port: &Json, owner: &str, fixed: &mut BTreeMap<(String, i64), String>, errors: &mut Errors) {
    let value = whole(&port["Value"]);
    if value == 0 {
        return;
    }
    let network = match text(&port["HostNetwork"]) {
        "" => "default",
        named => named,
    };
    if let Some(other) = fixed.get(&(network.to_owned(), value)) {
        let error = format!("Static port {value} already reserved by {other}");
        errors.when(port["IgnoreCollision"] != true, error);
    } else if value > i64::from(u16::MAX) {
        errors.add(format!("Port {} ({value}) cannot be greater than {}", text(&port["Label"]), u16::MAX));
    } else {
        fixed.insert((network.to_owned(), value), owner.to_owned());
    }
}

fn scaling(group: &Json) -> Errors {
    let mut errors = Errors::default();
    let policy = &group["Scaling"];
    if !policy.is_object() {
        return errors;
    }
    let (least, most, count) = (whole(&policy["Min"]), whole(&policy["Max"]), whole(&group["Count"]));
    let mut invalid = |wrong: bool, text: &str| errors.when(wrong, format!("Scaling policy invalid: {text}"));
    invalid(most < 0, "maximum count must be specified and non-negative");
    invalid(most >= 0 && most < least, "maximum count must not be less than minimum count");
    invalid(least < 0, "minimum count must be specified and non-negative");
    invalid(most < count, "task group count must not be greater than maximum count in scaling policy");
    invalid(count < least, "task group count must not be less than minimum count in scaling policy");
    errors
}
