//! How jobs stand by their allocations: what runs, what is missing, what failed for good.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, AllocUse, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::Evaluation;
use crate::api::nomad::job::{JobBrief, LatestDeployment, StatusAlloc};
use crate::model::finding::{Finding, Kind, Severity};
use crate::model::ident::short;
use crate::model::metric;

/// What matters of one allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// What the servers want; to run, where a list does not say.
    pub desired: DesiredStatus,
    /// What the client says.
    pub client: ClientStatus,
    /// The health verdict, when one was reached.
    pub healthy: Option<bool>,
    /// Whether it is a canary that waits for promotion.
    pub canary: bool,
    /// The job version it runs.
    pub version: u64,
    /// Whether an evaluation waits, or waited, to try it again.
    pub retried: bool,
    /// Whether it has a replacement.
    pub replaced: bool,
}

impl Instance {
    /// The same, when the evaluation that was to try it again is known to wait, or not: one that ran without placing
    /// anything does not come back.
    #[must_use]
    pub fn retried_when(self, waits: bool) -> Self {
        Instance { retried: self.retried && waits, ..self }
    }
}

impl From<&AllocUse> for Instance {
    fn from(a: &AllocUse) -> Self {
        Instance {
            desired: a.desired_status,
            client: a.client_status,
            healthy: a.deployment_status.healthy,
            canary: a.deployment_status.canary,
            version: a.job_version,
            retried: !a.followup_eval_id.is_empty(),
            replaced: !a.next_allocation.is_empty(),
        }
    }
}

impl From<&AllocStub> for Instance {
    fn from(a: &AllocStub) -> Self {
        Instance {
            desired: a.desired_status,
            client: a.client_status,
            healthy: a.healthy(),
            canary: a.is_canary(),
            version: a.job_version,
            retried: !a.followup_eval_id.is_empty(),
            replaced: !a.next_allocation.is_empty(),
        }
    }
}

impl From<&StatusAlloc> for Instance {
    fn from(a: &StatusAlloc) -> Self {
        Instance {
            desired: DesiredStatus::Run,
            client: a.client_status,
            healthy: a.deployment_status.healthy,
            canary: a.deployment_status.canary,
            version: a.job_version,
            retried: !a.followup_eval_id.is_empty(),
            replaced: false,
        }
    }
}

/// Counts of allocations by how they stand. Canaries that wait for promotion are counted apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Wanted and running.
    pub running: u64,
    /// Of the running ones, found healthy.
    pub healthy: u64,
    /// Of the running ones, found unhealthy.
    pub unhealthy: u64,
    /// Placed, not running yet.
    pub pending: u64,
    /// On a disconnected node: neither running nor ended.
    pub disconnected: u64,
    /// No longer wanted, not ended yet.
    pub stopping: u64,
    /// Of the newest version, ended badly and not tried again.
    pub failed: u64,
    /// Of the newest version, ended badly and to be tried again.
    pub retrying: u64,
    /// Gone with their node, without a replacement.
    pub lost: u64,
    /// Ended well.
    pub complete: u64,
    /// Canaries that run.
    pub canaries: u64,
    /// Canaries that run and were found healthy.
    pub healthy_canaries: u64,
    #[serde(skip)]
    newest: u64,
}

impl Tally {
    /// Of these.
    pub fn of(instances: impl IntoIterator<Item = Instance>) -> Self {
        let mut tally = Tally::default();
        instances.into_iter().for_each(|i| tally.add(i));
        tally
    }

    /// Counts one more.
    pub fn add(&mut self, i: Instance) {
        if i.version > self.newest {
            // What failed of a version that is no longer the newest is history.
            (self.newest, self.failed, self.retrying) = (i.version, 0, 0);
        }
        let wanted = i.desired == DesiredStatus::Run;
        match i.client {
            ClientStatus::Complete => self.complete += 1,
            ClientStatus::Failed if wanted && !i.replaced && i.version == self.newest => {
                if i.retried {
                    self.retrying += 1;
                } else {
                    self.failed += 1;
                }
            }
            ClientStatus::Failed => {}
            // The servers no longer want what was lost, replaced or not.
            ClientStatus::Lost => self.lost += u64::from(!i.replaced),
            _ if !wanted => self.stopping += 1,
            ClientStatus::Running if i.canary => {
                self.canaries += 1;
                self.healthy_canaries += u64::from(i.healthy == Some(true));
            }
            ClientStatus::Running => {
                self.running += 1;
                self.healthy += u64::from(i.healthy == Some(true));
                self.unhealthy += u64::from(i.healthy == Some(false));
            }
            ClientStatus::Pending => self.pending += 1,
            ClientStatus::Unknown => self.disconnected += 1,
        }
    }

    /// What is not as it should be, in words; empty when there is nothing.
    #[must_use]
    pub fn trouble(&self) -> String {
        let parts = [
            (self.unhealthy, "unhealthy"),
            (self.pending, "pending"),
            (self.disconnected, "on a disconnected node"),
            (self.stopping, "stopping"),
            (self.retrying, "failed and tried again soon"),
            (self.failed, "failed for good"),
            (self.lost, "lost with a node"),
        ];
        let parts = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// What is to be said of a job: of its allocations, and of its latest deployment.
#[must_use]
pub fn findings(job: &JobBrief, tally: &Tally) -> Vec<Finding> {
    // A stopped job wants nothing; a parent's work is done by its children.
    if job.stop || job.child_statuses.is_some() {
        return Vec::new();
    }
    let work = match job.kind.as_str() {
        "service" => service(job, tally),
        "system" => system(job, tally),
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
        next: Some(show_job(&job.namespace, &job.id)),
    }
}

/// The command that shows a job; a word that a shell would split is quoted.
#[must_use]
pub fn show_job(namespace: &str, id: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | ':');
    let id = if id.chars().all(plain) { id.to_owned() } else { format!("'{}'", id.replace('\'', r"'\''")) };
    format!("fleet job show -n {namespace} {id}")
}

fn because(trouble: &str) -> String {
    if trouble.is_empty() { String::new() } else { format!(": {trouble}") }
}

fn service(job: &JobBrief, tally: &Tally) -> Option<Finding> {
    let (wanted, running) = (job.group_count_sum, tally.running);
    if wanted > 0 && running == 0 {
        let text = format!("nothing runs of {wanted}{}", because(&tally.trouble()));
        return Some(about(job, Severity::Critical, Kind::JobDown, text));
    }
    if running < wanted {
        // A rollout replaces allocations a few at a time; that is its way, not a fault.
        let rolling = job.latest_deployment.as_ref().is_some_and(|d| d.is_active && d.status == "running");
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
        (0, 0) => return None,
        (0, n) => (Severity::Note, format!("{n} failed and will be tried again")),
        (n, _) => (Severity::Warning, format!("{n} failed and will not be tried again")),
    };
    Some(about(job, severity, Kind::BatchFailed, text))
}

fn deployment(job: &JobBrief, d: &LatestDeployment, tally: &Tally) -> Option<Finding> {
    let version = d.job_version;
    let (severity, kind, text) = match d.status.as_str() {
        "failed" if version == job.version => {
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
        "paused" => (
            Severity::Warning,
            Kind::DeploymentPaused,
            format!("the deployment of version {version} is paused"),
        ),
        _ if !d.is_active => return None,
        _ if d.requires_promotion && !d.all_auto_promote => {
            let (healthy, all) = (tally.healthy_canaries, tally.canaries);
            let text = format!("version {version} waits for promotion, {healthy} of {all} canaries healthy");
            let severity = if healthy > 0 { Severity::Warning } else { Severity::Note };
            (severity, Kind::DeploymentAwaitsPromotion, text)
        }
        _ => (Severity::Note, Kind::DeploymentRunning, format!("version {version} is being deployed")),
    };
    let mut finding = about(job, severity, kind, text);
    finding.id = Some(d.id.clone());
    finding.next = Some(format!("fleet deployment show {}", short(&d.id)));
    Some(finding)
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
pub fn of_children<'a>(tallies: impl IntoIterator<Item = (&'a str, &'a str, &'a Tally)>) -> Vec<Finding> {
    let mut latest: BTreeMap<(&str, &str), (&str, &Tally)> = BTreeMap::new();
    let mut failed: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (namespace, id, tally) in tallies {
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
            1 => format!("its run {last} failed and will not be tried again"),
            n => format!("{n} of its runs failed and will not be tried again, the last is {last}"),
        };
        Finding {
            severity: Severity::Warning,
            kind: Kind::BatchFailed,
            namespace: Some(namespace.to_owned()),
            subject: of.to_owned(),
            id: None,
            text,
            next: Some(show_job(namespace, last)),
        }
    };
    failed.into_iter().map(finding).collect()
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
        next: Some(format!("fleet eval show {}", short(&evaluation.id))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn job(kind: &str, wanted: u64) -> JobBrief {
        serde_json::from_value(json!({
            "ID": "web", "Namespace": "default", "Type": kind, "Status": "running", "Version": 3, "GroupCountSum": wanted,
        }))
        .unwrap()
    }

    fn rollout(status: &str, promotion: bool) -> LatestDeployment {
        serde_json::from_value(json!({
            "ID": "c783f447-8011-8bb4-af07-9ae8eb83dde7", "IsActive": status != "failed", "JobVersion": 3,
            "Status": status, "StatusDescription": "words", "RequiresPromotion": promotion,
        }))
        .unwrap()
    }

    const RUNNING: Instance = Instance {
        desired: DesiredStatus::Run,
        client: ClientStatus::Running,
        healthy: Some(true),
        canary: false,
        version: 3,
        retried: false,
        replaced: false,
    };
    const PENDING: Instance = Instance { client: ClientStatus::Pending, healthy: None, ..RUNNING };
    const FAILED: Instance = Instance { client: ClientStatus::Failed, healthy: None, ..RUNNING };

    fn said(job: &JobBrief, instances: &[Instance]) -> Vec<(Severity, Kind, String)> {
        let tally = Tally::of(instances.iter().copied());
        findings(job, &tally).into_iter().map(|f| (f.severity, f.kind, f.text)).collect()
    }

    #[test]
    fn a_service_is_held_to_its_count() {
        assert_eq!(said(&job("service", 2), &[RUNNING, RUNNING]), []);
        assert_eq!(
            said(&job("service", 3), &[RUNNING, PENDING, FAILED]),
            [(Severity::Warning, Kind::JobBelowCount, "1 of 3 running: 1 pending, 1 failed for good".into())]
        );
        assert_eq!(
            said(&job("service", 1), &[Instance { retried: true, ..FAILED }]),
            [(Severity::Critical, Kind::JobDown, "nothing runs of 1: 1 failed and tried again soon".into())]
        );
        let sick = Instance { healthy: Some(false), ..RUNNING };
        assert_eq!(
            said(&job("service", 2), &[RUNNING, sick]),
            [(Severity::Warning, Kind::JobUnhealthy, "2 of 2 running, 1 of them unhealthy".into())]
        );
    }

    #[test]
    fn what_was_told_to_stop_does_not_count_as_running() {
        let leaving = Instance { desired: DesiredStatus::Stop, ..RUNNING };
        assert_eq!(
            said(&job("service", 2), &[RUNNING, leaving, PENDING])[0].2,
            "1 of 2 running: 1 pending, 1 stopping"
        );
    }

    #[test]
    fn a_rollout_that_replaces_is_no_fault_and_one_that_lost_something_is() {
        let mut rolling = job("service", 3);
        rolling.latest_deployment = Some(rollout("running", false));
        assert_eq!(said(&rolling, &[RUNNING, RUNNING, PENDING])[0].0, Severity::Note);
        assert_eq!(said(&rolling, &[RUNNING, RUNNING])[0].0, Severity::Warning);
    }

    #[test]
    fn batch_work_fails_when_it_is_not_tried_again() {
        let done = Instance { client: ClientStatus::Complete, ..RUNNING };
        assert_eq!(said(&job("batch", 1), &[done, Instance { replaced: true, ..FAILED }]), []);
        assert_eq!(
            said(&job("batch", 1), &[FAILED]),
            [(Severity::Warning, Kind::BatchFailed, "1 failed and will not be tried again".into())]
        );
        assert_eq!(said(&job("batch", 1), &[Instance { retried: true, ..FAILED }])[0].0, Severity::Note);
        // What an older version failed at was overtaken by the newer one.
        assert_eq!(said(&job("batch", 1), &[Instance { version: 2, ..FAILED }, done]), []);
    }

    #[test]
    fn a_system_job_runs_wherever_it_was_placed() {
        assert_eq!(said(&job("system", 1), &[RUNNING, RUNNING]), []);
        assert_eq!(said(&job("system", 1), &[RUNNING, PENDING])[0].2, "1 of 2 placed are running: 1 pending");
    }

    #[test]
    fn deployments_are_told_by_what_they_wait_for() {
        let with = |status, promotion| {
            let mut job = job("service", 1);
            job.latest_deployment = Some(rollout(status, promotion));
            job
        };
        let canary = Instance { canary: true, ..RUNNING };
        assert_eq!(
            said(&with("running", true), &[RUNNING, canary, Instance { healthy: None, ..canary }]),
            [(
                Severity::Warning,
                Kind::DeploymentAwaitsPromotion,
                "version 3 waits for promotion, 1 of 2 canaries healthy".into()
            )]
        );
        assert_eq!(said(&with("running", false), &[RUNNING])[0].1, Kind::DeploymentRunning);
        assert_eq!(said(&with("paused", false), &[RUNNING])[0].1, Kind::DeploymentPaused);
        assert_eq!(said(&with("failed", false), &[RUNNING])[0].2, "deployment of version 3 failed: words");
        let mut overtaken = with("failed", false);
        overtaken.version = 4;
        assert_eq!(said(&overtaken, &[RUNNING]), []);
        let mut stopped = with("failed", false);
        stopped.stop = true;
        assert_eq!(said(&stopped, &[]), []);
    }

    #[test]
    fn of_periodic_runs_the_last_counts_and_of_dispatched_ones_each() {
        let (bad, good) = (Tally::of([FAILED]), Tally::default());
        let found = of_children([
            ("default", "nightly/periodic-100", &bad),
            ("default", "nightly/periodic-200", &good),
            ("default", "hourly/periodic-200", &bad),
            ("default", "import/dispatch-1-aa", &bad),
            ("default", "import/dispatch-2-bb", &bad),
            ("default", "web", &bad),
        ]);
        let said: Vec<_> = found.iter().map(|f| (f.subject.as_str(), f.text.as_str())).collect();
        assert_eq!(
            said,
            [
                ("hourly", "its run hourly/periodic-200 failed and will not be tried again"),
                (
                    "import",
                    "2 of its runs failed and will not be tried again, the last is import/dispatch-2-bb"
                ),
            ]
        );
    }

    #[test]
    fn commands_survive_the_shell() {
        assert_eq!(show_job("ops", "web/api"), "fleet job show -n ops web/api");
        assert_eq!(show_job("default", "it's a job"), r"fleet job show -n default 'it'\''s a job'");
    }

    fn any_instance() -> impl Strategy<Value = Instance> {
        let desired =
            prop_oneof![Just(DesiredStatus::Run), Just(DesiredStatus::Stop), Just(DesiredStatus::Evict)];
        let client = prop_oneof![
            Just(ClientStatus::Pending),
            Just(ClientStatus::Running),
            Just(ClientStatus::Complete),
            Just(ClientStatus::Failed),
            Just(ClientStatus::Lost),
            Just(ClientStatus::Unknown),
        ];
        (desired, client, any::<Option<bool>>(), any::<bool>(), 0..3_u64, any::<bool>(), any::<bool>())
            .prop_map(|(desired, client, healthy, canary, version, retried, replaced)| Instance {
                desired,
                client,
                healthy,
                canary,
                version,
                retried,
                replaced,
            })
    }

    proptest! {
        #[test]
        fn the_order_of_a_list_does_not_matter(
            instances in prop::collection::vec(any_instance(), 0..12).prop_shuffle(),
        ) {
            let mut turned = instances.clone();
            turned.reverse();
            prop_assert_eq!(Tally::of(instances), Tally::of(turned));
        }

        #[test]
        fn a_service_below_its_count_is_never_silent(
            instances in prop::collection::vec(any_instance(), 0..12), wanted in 1_u64..6,
        ) {
            let tally = Tally::of(instances.iter().copied());
            let below = findings(&job("service", wanted), &tally).iter().any(|f| matches!(f.kind, Kind::JobDown | Kind::JobBelowCount));
            let good = instances.iter().filter(|i| i.desired == DesiredStatus::Run && i.client == ClientStatus::Running && !i.canary).count() as u64;
            prop_assert_eq!(below, good < wanted);
        }
    }
}
