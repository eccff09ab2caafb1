//! What is accepted, but doubtful.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Errors, list, text, whole};

/// Warnings as one text, empty when there are none: the `Warnings` of a registration, a plan and a validation.
#[must_use]
pub fn all_warnings(warnings: &[String]) -> String {
    let head = match warnings.len() {
        0 => return String::new(),
        1 => "1 warning:\n".to_owned(),
        n => format!("{n} warnings:\n"),
    };
    let lines: Vec<String> = warnings.iter().map(|warning| format!("\n* {}", warning.trim())).collect();
    head + &lines.concat()
}

/// What is doubtful about a stored job.
#[must_use]
pub fn warnings(job: &Json, memory_oversubscription: bool) -> Vec<String> {
    let mut warnings = Errors::default();
    for group in list(&job["TaskGroups"]) {
        let what = format!("Group {:?} has warnings", text(&group["Name"]));
        warnings.nest(&what, &of_group(group));
    }
    for group in list(&job["TaskGroups"]) {
        shutdown_delays(group, &mut warnings);
    }
    let updates = || list(&job["TaskGroups"]).iter().map(|g| &g["Update"]).filter(|u| u.is_object());
    let some = updates().any(|u| u["AutoPromote"] == true);
    let all = updates().all(|u| whole(&u["Canary"]) == 0 || u["AutoPromote"] == true);
    let partly = "auto_promote must be true for all groups to enable automatic promotion";
    warnings.when(some && !all, partly);
    let cron = !text(&job["Periodic"]["Spec"]).is_empty();
    warnings.when(cron, "cron is deprecated and may be removed in a future release. Use crons instead");
    if !memory_oversubscription {
        for group in list(&job["TaskGroups"]) {
            for task in list(&group["Tasks"]).iter().filter(|t| whole(&t["Resources"]["MemoryMaxMB"]) != 0) {
                warnings.add(format!(
                    "Memory oversubscription is not enabled; Task \"{}.{}\" memory_max value will be ignored. Update \
                     the Scheduler Configuration to allow oversubscription.",
                    text(&group["Name"]),
                    text(&task["Name"])
                ));
            }
        }
    }
    warnings.0
}

fn of_group(group: &Json) -> Errors {
    let mut warnings = Errors::default();
    let (count, parallel) = (whole(&group["Count"]), whole(&group["Update"]["MaxParallel"]));
    if count > 1 && parallel > count {
        warnings.add(format!(
            "Update max parallel count is greater than task group count ({parallel} > {count}). A destructive change \
             would result in the simultaneous replacement of all allocations."
        ));
    }
    let bandwidth = list(&group["Networks"]).first().is_some_and(|network| whole(&network["MBits"]) > 0);
    warnings.when(
        bandwidth,
        "mbits has been deprecated as of Nomad 0.12.0. Please remove mbits from the network block",
    );
    for task in list(&group["Tasks"]) {
        let mut inner = Errors::default();
        let iops = whole(&task["Resources"]["IOPS"]) != 0;
        inner.when(
            iops,
            "IOPS has been deprecated as of Nomad 0.9.0. Please remove IOPS from resource block.",
        );
        let networks = !list(&task["Resources"]["Networks"]).is_empty();
        inner.when(
            networks,
            "task network resources have been deprecated as of Nomad 0.12.0. Please configure networking via group \
             network block.",
        );
        warnings.nest(&format!("Task {:?} has warnings", text(&task["Name"])), &inner);
    }
    warnings
}

/// Services that leave no time between their deregistration and the end of their task.
fn shutdown_delays(group: &Json, warnings: &mut Errors) {
    let name = text(&group["Name"]);
    let services = list(&group["Services"]);
    let referenced: BTreeSet<&str> =
        services.iter().map(|s| text(&s["TaskName"])).filter(|t| !t.is_empty()).collect();
    let unscoped =
        services.iter().any(|s| text(&s["TaskName"]).is_empty() && !s["Connect"]["SidecarTask"].is_object());
    let mut delayed = whole(&group["ShutdownDelay"]) > 0;
    for task in list(&group["Tasks"]) {
        let title = text(&task["Name"]);
        let none = whole(&task["ShutdownDelay"]) == 0;
        if none && referenced.contains(title) {
            warnings.add(format!(
                "group {name:?} references task {title:?} in a service definition, but the task has no shutdown_delay set"
            ));
        }
        delayed |= !none;
        if none && !list(&task["Services"]).is_empty() {
            warnings.add(format!(
                "task {title:?} in group {name:?} defines services, but has no shutdown_delay set"
            ));
        }
    }
    if unscoped && !delayed {
        warnings.add(format!(
            "group {name:?} defines services, but neither the group nor any of its tasks have shutdown_delay set"
        ));
    }
}
