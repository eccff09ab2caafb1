//! From what was seen to what is drawn.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus, TaskState};
use crate::api::nomad::job::{Job, JobBrief};
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::commands::shared::cluster::{AllocTotals, Assessed};
use crate::commands::shared::present::ObservedHealth;
use crate::model::capacity;
use crate::model::finding::{Finding, Severity};
use crate::model::ids::JobKey;
use crate::model::present_health::{Checks, HealthVerdict, PresentHealth};
use crate::model::redaction::Secrets;
use crate::model::target::alloc_index;
use crate::ui::tui::{AllocSeen, Contents, JobSeen, NodeSeen, Picture, TaskSeen};
use crate::ui::{Tone, duration_text};

/// So many of a group's allocations that have ended are shown, the newest.
const MOST_ENDED: usize = 10;

/// The whole cluster.
pub(super) fn of_cluster(seen: Assessed) -> Picture {
    let says = worst(&seen);
    let servers = match seen.servers.text() {
        Some(cell) => (format!("servers {}", cell.plain()), cell.tone()),
        None => ("servers not known".to_owned(), Tone::Warn),
    };
    let servers = match (&seen.servers.known_leader, seen.age) {
        (Some(false), age) => {
            (format!("{}, what is shown is up to {} old", servers.0, duration_text(age)), Tone::Bad)
        }
        _ => servers,
    };
    let work = seen.work;
    let jobs = seen.jobs.map(|mut jobs| {
        jobs.sort_by(|a, b| (&a.namespace, &a.id).cmp(&(&b.namespace, &b.id)));
        jobs.into_iter().map(|job| of_job(job, work.as_ref(), &says)).collect()
    });
    let nodes = seen.nodes.map(|mut nodes| {
        nodes.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        nodes.into_iter().map(|node| of_node(node, work.as_ref())).collect()
    });
    Picture {
        findings: seen.problems.into_iter().chain(seen.under_way).collect(),
        unknown: seen.unknown.into_iter().map(|u| (u.part.to_owned(), u.why)).collect(),
        jobs,
        nodes,
        servers,
    }
}

/// The worst that is to be said of each job.
fn worst(seen: &Assessed) -> HashMap<JobKey, (Severity, String)> {
    let mut says = HashMap::new();
    let of_jobs = seen.problems.iter().chain(&seen.under_way).filter(|f| !f.is_of_a_node());
    for Finding { namespace, subject, severity, text, .. } in of_jobs {
        let Some(namespace) = namespace else { continue };
        says.entry(JobKey::new(namespace, subject)).or_insert_with(|| (*severity, text.clone()));
    }
    says
}

fn of_job(job: JobBrief, work: Option<&AllocTotals>, says: &HashMap<JobKey, (Severity, String)>) -> JobSeen {
    let key = JobKey::new(job.namespace, job.id);
    let tally = |work: &AllocTotals| work.tallies.get(&key).map_or(0, |t| t.running);
    JobSeen {
        says: says.get(&key).cloned(),
        running: work.map(tally),
        job_type: job.job_type,
        stopped: job.stop,
        version: job.version,
        wanted: job.group_count_sum,
        children: job.child_statuses.map(|all| all.len()),
        deployment: job.latest_deployment,
        key,
    }
}

fn of_node(node: NodeStub, work: Option<&AllocTotals>) -> NodeSeen {
    NodeSeen {
        allocated: work.map(|work| work.used.get(&node.id).copied().unwrap_or_default()),
        offered: capacity::offered(&node),
        eligible: node.scheduling_eligibility == Eligibility::Eligible,
        draining: node.drain,
        id: node.id,
        name: node.name,
        pool: node.node_pool,
        datacenter: node.datacenter,
        class: node.node_class,
        version: node.version,
        status: node.status,
        description: node.status_description,
    }
}

/// What is inside of a job.
pub(super) fn of_inside_job(
    job: &Job,
    allocs: Vec<AllocStub>,
    present: &Result<ObservedHealth, String>,
    now: Timestamp,
) -> Contents {
    let mut groups: Vec<(String, u64)> =
        job.task_groups.iter().map(|g| (g.name.clone(), g.count.unwrap_or(1))).collect();
    for alloc in &allocs {
        // A group of an earlier version.
        if !groups.iter().any(|(name, _)| *name == alloc.task_group) {
            groups.push((alloc.task_group.clone(), 0));
        }
    }
    let (allocs, left_out) = in_order(allocs, |a| a.task_group.clone());
    let allocs = allocs.into_iter().map(|a| of_alloc(a, present, now)).collect();
    Contents { groups, allocs, left_out, not_known: None }
}

/// What was placed on a node.
pub(super) fn of_inside_node(
    allocs: Vec<AllocStub>,
    present: &Result<ObservedHealth, String>,
    now: Timestamp,
) -> Contents {
    let (allocs, left_out) = in_order(allocs, |_| String::new());
    let allocs = allocs.into_iter().map(|a| of_alloc(a, present, now)).collect();
    Contents { groups: Vec::new(), allocs, left_out, not_known: None }
}

/// By group those that have not ended by name, then the newest of those that have; how many of these are left out.
fn in_order(
    mut allocs: Vec<AllocStub>,
    group: impl Fn(&AllocStub) -> String,
) -> (Vec<AllocStub>, BTreeMap<String, usize>) {
    let ended = |a: &AllocStub| a.client_status.is_terminal();
    allocs.sort_by(|a, b| {
        let by_name =
            || (&a.job_id, alloc_index(&a.name), &a.name).cmp(&(&b.job_id, alloc_index(&b.name), &b.name));
        let by_age = || b.create_index.cmp(&a.create_index);
        let order = (group(a), ended(a)).cmp(&(group(b), ended(b)));
        order.then_with(|| if ended(a) { by_age() } else { by_name().then_with(by_age) })
    });
    let (mut counts, mut left_out) = (HashMap::<String, usize>::new(), BTreeMap::new());
    allocs.retain(|a| {
        if !ended(a) {
            return true;
        }
        let count = counts.entry(group(a)).or_default();
        *count += 1;
        if *count > MOST_ENDED {
            *left_out.entry(group(a)).or_default() += 1;
        }
        *count <= MOST_ENDED
    });
    (allocs, left_out)
}

fn of_alloc(alloc: AllocStub, present: &Result<ObservedHealth, String>, now: Timestamp) -> AllocSeen {
    let health = match present {
        // What waits to be restarted does not run, and does badly.
        Ok(present) if alloc.client_status == ClientStatus::Pending => present.allocs.get(&alloc.id).cloned(),
        Ok(present) => present.of(&alloc, now),
        Err(why) => matches!(alloc.client_status, ClientStatus::Running | ClientStatus::Unknown).then(|| {
            PresentHealth {
                verdict: HealthVerdict::NotKnown,
                reasons: vec![why.clone()],
                checks: Checks::default(),
                restarts_lately: 0,
            }
        }),
    };
    let words = [&alloc.client_description, &alloc.desired_description];
    AllocSeen {
        health,
        job: JobKey::of(&alloc),
        wanted: alloc.desired_status == DesiredStatus::Run,
        canary: alloc.is_canary(),
        description: words.into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default(),
        tasks: alloc.task_states.iter().map(|(name, state)| of_task(name, state)).collect(),
        id: alloc.id,
        name: alloc.name,
        group: alloc.task_group,
        node_name: alloc.node_name,
        version: alloc.job_version,
        status: alloc.client_status,
        created_at: alloc.create_time,
    }
}

fn of_task(name: &str, state: &TaskState) -> TaskSeen {
    TaskSeen {
        name: name.to_owned(),
        state: state.state.to_string(),
        failed: state.failed,
        restarts: state.restarts,
        last: state.events.last().map(|e| Secrets::default().clean(&e.display_message)).unwrap_or_default(),
    }
}
