//! How jobs stand by their allocations: what is missing, what failed for good, and what is to be said of it.

mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::evaluation::Evaluation;
use crate::api::nomad::job::{JobBrief, LatestDeployment};
use crate::model::finding::{Finding, Kind, Severity};
use crate::model::ids::{JobKey, JobType, job_words, shell_word, short};
use crate::model::metric;
use crate::model::present_health::Summary;
use crate::model::words;

pub use tally::{Instance, PerNodePlace, Tally};

/// What is to be said of a job: of its allocations, and of its latest deployment.
#[must_use]
pub fn findings(job: &JobBrief, tally: &Tally) -> Vec<Finding> {
    // A stopped job wants nothing; a parent's work is done by its children.
    if job.stop || job.child_statuses.is_some() {
        return Vec::new();
    }
    let work = match job.job_type {
        JobType::Service => service(job, tally),
        JobType::System => system(job, tally),
        _ => batch(job, tally),
    };
    let deployment = job.latest_deployment.as_ref().and_then(|d| deployment(job, d, tally));
    work.into_iter().chain(deployment).collect()
}

fn about(job: &JobBrief, severity: Severity, kind: Kind, text: String) -> Finding {
    Finding {
        severity,
        kind,
        namespace: Some(job.namespace.clone()),
        subject: job.id.clone(),
        id: None,
        text,
        next: Some(why_job(&job.namespace, &job.id)),
    }
}

/// The command that shows a job; a word that a shell would split is quoted.
#[must_use]
pub fn show_job(namespace: &str, id: &str) -> String {
    format!("fleet job show -n {} {}", shell_word(namespace), shell_word(id))
}

/// The command that tells why a job is as it is.
fn why_job(namespace: &str, id: &str) -> String {
    format!("fleet why {}", job_words(namespace, id))
}

fn because(trouble: &str) -> String {
    if trouble.is_empty() { String::new() } else { format!(": {trouble}") }
}

fn service(job: &JobBrief, tally: &Tally) -> Option<Finding> {
    let (wanted, running) = (job.group_count_sum, tally.running);
    if wanted > 0 && running == 0 {
        let text = format!("0 of {wanted} running{}", because(&tally.trouble()));
        return Some(about(job, Severity::Critical, Kind::JobDown, text));
    }
    if running < wanted {
        // A rollout replaces allocations a few at a time; that is its way, not a fault.
        let rolling = job
            .latest_deployment
            .as_ref()
            .is_some_and(|d| d.is_active && d.status == DeploymentStatus::Running);
        let replacing = rolling && running + tally.pending + tally.stopping >= wanted;
        let severity = if replacing { Severity::Note } else { Severity::Warning };
        let text = format!("{running} of {wanted} running{}", because(&tally.trouble()));
        return Some(about(job, severity, Kind::JobBelowCount, text));
    }
    (tally.unhealthy > 0).then(|| {
        let text = format!("{running} of {wanted} running, {} of them unhealthy", tally.unhealthy);
        about(job, Severity::Warning, Kind::JobUnhealthy, text)
    })
}

/// How many nodes a system job belongs on is the scheduler's knowledge; what it placed should run.
fn system(job: &JobBrief, tally: &Tally) -> Option<Finding> {
    // What was lost with a node belonged on that node alone.
    let missing = tally.pending + tally.failed + tally.retrying + tally.disconnected;
    let elsewhere = tally.running + tally.canaries + tally.stopping + tally.lost;
    if missing + elsewhere == 0 && job.group_count_sum > 0 && job.status == RunState::Running {
        // Of one that fits no node the servers keep nothing: no allocation, and no evaluation that waits.
        let text = "no node has an instance of it".to_owned();
        return Some(about(job, Severity::Warning, Kind::JobDown, text));
    }
    if missing == 0 && tally.unhealthy == 0 {
        return None;
    }
    let placed = tally.running + missing;
    let text = format!("{} of {placed} placed are running: {}", tally.running, tally.trouble());
    let down = tally.running == 0;
    let severity = if down { Severity::Critical } else { Severity::Warning };
    Some(about(job, severity, if down { Kind::JobDown } else { Kind::JobBelowCount }, text))
}

fn batch(job: &JobBrief, tally: &Tally) -> Option<Finding> {
    let (severity, text) = match (tally.failed, tally.retrying) {
        (0, 0) if tally.disconnected > 0 => {
            let text = format!(
                "{} out of sight on disconnected nodes: whether it runs is not known",
                tally.disconnected
            );
            return Some(about(job, Severity::Warning, Kind::JobBelowCount, text));
        }
        (0, 0) => return None,
        (0, n) => (Severity::Note, format!("{n} failed and will be retried")),
        (n, _) => (Severity::Warning, format!("{n} failed and will not be retried")),
    };
    Some(about(job, severity, Kind::BatchFailed, text))
}

fn deployment(job: &JobBrief, d: &LatestDeployment, tally: &Tally) -> Option<Finding> {
    let version = d.job_version;
    let (severity, kind, text) = match d.status {
        DeploymentStatus::Failed if version == job.version => {
            let why = match d.status_description.strip_prefix("Failed due to ") {
                Some(reason) => format!(" by its {reason}"),
                None => because(&d.status_description),
            };
            (
                Severity::Warning,
                Kind::DeploymentFailed,
                format!("deployment of version {version} failed{why}"),
            )
        }
        DeploymentStatus::Paused => (
            Severity::Warning,
            Kind::DeploymentPaused,
            format!("the deployment of version {version} is paused"),
        ),
        _ if !d.is_active => return None,
        _ if d.requires_promotion && !d.all_auto_promote && tally.failed_canaries > 0 => {
            let failed = tally.failed_canaries;
            let (has, is) = (words::either(failed, "has", "have"), words::either(failed, "is", "are"));
            let all = words::count(tally.canaries + failed, "canary");
            let text = format!(
                "version {version} cannot be promoted: {failed} of {all} {has} failed and {is} not tried again"
            );
            (Severity::Warning, Kind::DeploymentAwaitsPromotion, text)
        }
        _ if d.requires_promotion && !d.all_auto_promote && starts_canaries(tally) => {
            let (healthy, all) = (tally.healthy_canaries, words::count(tally.canaries, "canary"));
            let text = format!("version {version} is tried: {healthy} of {all} healthy so far");
            (Severity::Note, Kind::DeploymentRunning, text)
        }
        _ if d.requires_promotion && !d.all_auto_promote => {
            let (healthy, all) = (tally.healthy_canaries, tally.canaries);
            let text = format!(
                "version {version} waits for promotion, {healthy} of {} healthy{}",
                words::count(all, "canary"),
                match (tally.unhealthy_canaries, tally.doubtful_canaries) {
                    (0, 0) => String::new(),
                    (n, 0) => format!(", {n} unhealthy"),
                    (0, n) => format!(", of {n} it is not known"),
                    (bad, n) => format!(", {bad} unhealthy, of {n} it is not known"),
                }
            );
            // Nothing changes by itself for those that were found healthy, whatever they are now.
            let decided = healthy + tally.unhealthy_canaries + tally.doubtful_canaries > 0;
            let severity = if decided { Severity::Warning } else { Severity::Note };
            (severity, Kind::DeploymentAwaitsPromotion, text)
        }
        _ => (Severity::Note, Kind::DeploymentRunning, format!("version {version} is being deployed")),
    };
    let mut finding = about(job, severity, kind, text);
    finding.id = Some(d.id.clone());
    let words = job_words(&job.namespace, &job.id);
    finding.next = Some(match kind {
        Kind::DeploymentFailed => why_job(&job.namespace, &job.id),
        Kind::DeploymentAwaitsPromotion if tally.failed_canaries > 0 => why_job(&job.namespace, &job.id),
        Kind::DeploymentPaused => format!("fleet resume {words}"),
        Kind::DeploymentAwaitsPromotion if all_canaries_are_well(tally) => format!("fleet promote {words}"),
        _ => format!("fleet deployment show {}", short(&d.id)),
    });
    Some(finding)
}

/// Whether nobody decides about the canaries yet: some of them start, and none is known to be bad.
fn starts_canaries(tally: &Tally) -> bool {
    let known = tally.healthy_canaries + tally.unhealthy_canaries + tally.doubtful_canaries;
    known < tally.canaries && tally.unhealthy_canaries == 0
}

fn all_canaries_are_well(tally: &Tally) -> bool {
    tally.canaries > 0 && tally.healthy_canaries == tally.canaries
}

/// The job that made a child, and whether time or a dispatch made it (`nomad-api.md` T19).
fn parent(id: &str) -> Option<(&str, bool)> {
    if let Some((parent, launch)) = id.rsplit_once("/periodic-") {
        return launch.bytes().all(|b| b.is_ascii_digit()).then_some((parent, true));
    }
    id.rsplit_once("/dispatch-").map(|(parent, _)| (parent, false))
}

/// What failed for good among the jobs that others made, one finding for each parent. Of periodic jobs the latest run
/// counts: it is the next try of those before.
pub fn of_children<'a>(tallies: impl IntoIterator<Item = (&'a JobKey, &'a Tally)>) -> Vec<Finding> {
    let mut latest: BTreeMap<(&str, &str), (&str, &Tally)> = BTreeMap::new();
    let mut failed: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (job, tally) in tallies {
        let (namespace, id) = (job.namespace.as_str(), job.id.as_str());
        match parent(id) {
            Some((of, true)) => {
                let newest = latest.entry((namespace, of)).or_insert((id, tally));
                // Launch times have the same number of digits for centuries.
                if id > newest.0 {
                    *newest = (id, tally);
                }
            }
            Some((of, false)) if tally.failed > 0 => failed.entry((namespace, of)).or_default().push(id),
            _ => {}
        }
    }
    let launches = latest.into_iter().filter(|(_, (_, tally))| tally.failed > 0);
    failed.extend(launches.map(|(parent, (id, _))| (parent, vec![id])));
    let finding = |((namespace, of), ids): ((&str, &str), Vec<&str>)| {
        let last = ids.iter().max().copied().unwrap_or_default();
        let text = match ids.len() {
            1 => format!("its run {last} failed and will not be retried"),
            n => format!("{n} of its runs failed and will not be retried; the last is {last}"),
        };
        Finding {
            severity: Severity::Warning,
            kind: Kind::BatchFailed,
            namespace: Some(namespace.to_owned()),
            subject: of.to_owned(),
            id: None,
            text,
            next: Some(why_job(namespace, last)),
        }
    };
    failed.into_iter().map(finding).collect()
}

/// What is to be said of instances of a job that do badly at this moment, whatever the servers' records say; `running` is how
/// many run. While it is being deployed that may be its way.
#[must_use]
pub fn unhealthy_now(key: &JobKey, job: Option<&JobBrief>, running: u64, sum: &Summary) -> Option<Finding> {
    if sum.unhealthy == 0 || job.is_some_and(|j| j.stop) {
        return None;
    }
    let rolling = job.and_then(|j| j.latest_deployment.as_ref()).is_some_and(|d| d.is_active);
    let severity = match sum.unhealthy {
        _ if rolling => Severity::Note,
        n if n >= running => Severity::Critical,
        _ => Severity::Warning,
    };
    let known = sum.healthy + sum.unhealthy + sum.not_known;
    let of = match sum.unhealthy > running || known > running {
        // Some of them do not run yet, or not any more.
        true => format!("{} placed", known.max(running)),
        false => format!("{running} running"),
    };
    Some(Finding {
        severity,
        kind: Kind::JobUnhealthy,
        namespace: Some(key.namespace.clone()),
        subject: key.id.clone(),
        id: None,
        text: format!("{} of {of} are not healthy now: {}", sum.unhealthy, sum.reason),
        next: Some(why_job(&key.namespace, &key.id)),
    })
}

/// Children that run although whatever started them is stopped or gone.
pub fn left_children<'a>(
    jobs: &[JobBrief],
    tallies: impl IntoIterator<Item = (&'a JobKey, &'a Tally)>,
) -> Vec<Finding> {
    let starts =
        |namespace: &str, id: &str| jobs.iter().any(|j| j.id == id && j.namespace == namespace && !j.stop);
    let mut left: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (job, tally) in tallies {
        let (namespace, id) = (job.namespace.as_str(), job.id.as_str());
        if let Some((of, _)) = parent(id).filter(|(of, _)| tally.running > 0 && !starts(namespace, of)) {
            left.entry((namespace, of)).or_default().push(id);
        }
    }
    let finding = |((namespace, of), ids): ((&str, &str), Vec<&str>)| {
        // Of what was purged nothing is left but its runs.
        let is_known = jobs.iter().any(|j| j.id == of && j.namespace == namespace);
        let was = if is_known { "it is stopped" } else { "it was purged" };
        let text = match ids.as_slice() {
            [one] => format!("{was}, and its run {one} goes on"),
            all => format!("{was}, and {} of its runs go on, such as {}", all.len(), all[0]),
        };
        let next = match is_known {
            true => format!("fleet job stop --children {}", job_words(namespace, of)),
            false => format!("fleet job stop {}", job_words(namespace, ids[0])),
        };
        Finding {
            severity: Severity::Note,
            kind: Kind::ChildrenLeft,
            namespace: Some(namespace.to_owned()),
            subject: of.to_owned(),
            id: None,
            text,
            next: Some(next),
        }
    };
    left.into_iter().map(finding).collect()
}

/// What is to be said of a job of which so many allocations are not to run and may still do, on nodes that are away.
#[must_use]
pub fn left_on_nodes(job: &JobBrief, n: usize) -> Option<Finding> {
    let allocs = words::count(n, "allocation");
    let text = match job.stop {
        true => format!("it is stopped, and {allocs} may still run on nodes that are away"),
        false => format!("{allocs} that the servers no longer want may still run on nodes that are away"),
    };
    (n > 0).then(|| about(job, Severity::Warning, Kind::NotSeenToStop, text))
}

/// What is to be said of a job for every node whose update stopped it on nodes that take no new work, each with why.
#[must_use]
pub fn left_nodes(job: &JobBrief, nodes: &[(&str, String)]) -> Option<Finding> {
    const NAMED: usize = 3;
    let named: Vec<String> = nodes.iter().take(NAMED).map(|(name, why)| format!("{name} ({why})")).collect();
    let more = match nodes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {}", words::count(more, "more node")),
    };
    let text = format!(
        "version {} stopped it on {}{more}, and nothing replaces it there",
        job.version,
        named.join(", ")
    );
    (!nodes.is_empty()).then(|| about(job, Severity::Note, Kind::JobBelowCount, text))
}

/// What a blocked evaluation waits for.
#[must_use]
pub fn blocked(evaluation: &Evaluation) -> Finding {
    let groups = evaluation.failed_groups.iter();
    let reasons: Vec<String> =
        groups.map(|(g, m)| format!("{} of {g} not placed: {}", m.unplaced(), metric::explain(m))).collect();
    let text = if reasons.is_empty() { evaluation.status_description.clone() } else { reasons.join("; ") };
    Finding {
        severity: Severity::Warning,
        kind: Kind::EvaluationBlocked,
        namespace: Some(evaluation.namespace.clone()),
        subject: evaluation.job_id.clone(),
        id: Some(evaluation.id.clone()),
        text,
        next: Some(why_job(&evaluation.namespace, &evaluation.job_id)),
    }
}
