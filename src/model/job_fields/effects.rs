//! What a change of a field does to what runs, as plans of Nomad 2.0.5 have it (`nomad-api.md §3.8`).

use serde::Serialize;

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// What runs goes on, and is told the new value.
    InPlace,
    /// What runs goes on where its node still fits, and is replaced where it does not.
    InPlaceIfItFits,
    /// What runs is stopped, and new allocations take its place.
    NewAllocations,
    /// Allocations are started or stopped; the others go on.
    Count,
    /// It makes another job; this one goes on.
    AnotherJob,
    /// Nothing runs by it: it counts from the next start of a child.
    NextChild,
    /// It cannot be changed while the job is there.
    Refused,
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Effect::InPlace => "in place",
            Effect::InPlaceIfItFits => "in place if it fits",
            Effect::NewAllocations => "new allocations",
            Effect::Count => "more or fewer allocations",
            Effect::AnotherJob => "another job",
            Effect::NextChild => "from the next child on",
            Effect::Refused => "refused while it is there",
        })
    }
}

/// What a change of a field does. The keys are those of the API, from the job, group or task down.
pub(super) fn of(in_group: bool, in_task: bool, keys: &[String]) -> Effect {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    match (in_group, in_task) {
        (_, true) => of_task(&keys),
        (true, false) => of_group(&keys),
        (false, false) => of_job(&keys),
    }
}

fn of_job(keys: &[&str]) -> Effect {
    match keys[0] {
        "Namespace" | "Region" | "ID" => Effect::AnotherJob,
        "Type" => Effect::Refused,
        "Meta" => Effect::NewAllocations,
        "Constraints" | "Datacenters" | "NodePool" => Effect::InPlaceIfItFits,
        "Periodic" | "ParameterizedJob" => Effect::NextChild,
        _ => Effect::InPlace,
    }
}

fn of_group(keys: &[&str]) -> Effect {
    match keys {
        ["Count", ..] => Effect::Count,
        ["Meta" | "EphemeralDisk" | "Networks" | "Volumes" | "Consul", ..] => Effect::NewAllocations,
        ["Constraints", ..] => Effect::InPlaceIfItFits,
        // The node has to have an agent of that registry; a sidecar is a task.
        ["Services", _, "Provider"] => Effect::InPlaceIfItFits,
        ["Services", _, "Connect", ..] | ["RestartPolicy", "RenderTemplates"] => Effect::NewAllocations,
        _ => Effect::InPlace,
    }
}

fn of_task(keys: &[&str]) -> Effect {
    match keys {
        ["Constraints", ..] => Effect::InPlaceIfItFits,
        ["Services", _, "Provider"] => Effect::InPlaceIfItFits,
        ["LogConfig", "Disabled"] | ["RestartPolicy", "RenderTemplates"] | ["Services", _, "Connect", ..] => {
            Effect::NewAllocations
        }
        [
            "Services" | "Affinities" | "RestartPolicy" | "DispatchPayload" | "Lifecycle" | "KillTimeout"
            | "KillSignal" | "LogConfig" | "Leader" | "ShutdownDelay" | "Actions" | "Consul"
            | "ScalingPolicies" | "Kind" | "Schedule",
            ..,
        ] => Effect::InPlace,
        // What a task is made of: its driver, user, configuration, environment, metadata, resources, files, identities and volumes.
        _ => Effect::NewAllocations,
    }
}
