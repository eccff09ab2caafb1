use super::*;
use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use jiff::Timestamp;
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
        [(Severity::Critical, Kind::JobDown, "0 of 1 running: 1 failed, to be retried".into())]
    );
    let sick = Instance { healthy: Some(false), ..RUNNING };
    assert_eq!(
        said(&job("service", 2), &[RUNNING, sick]),
        [(Severity::Warning, Kind::JobUnhealthy, "2 of 2 running, 1 of them unhealthy".into())]
    );
}

#[test]
fn what_is_not_to_run_may_still_do_on_nodes_that_are_away() {
    let mut stopped = job("service", 2);
    stopped.stop = true;
    assert_eq!(left_on_nodes(&stopped, 0), None);
    let told = left_on_nodes(&stopped, 1).unwrap();
    assert_eq!(told.kind, Kind::NotSeenToStop);
    assert_eq!(told.text, "it is stopped, and 1 allocation may still run on nodes that are away");
    let scaled_down = left_on_nodes(&job("service", 2), 1).unwrap();
    assert_eq!(
        scaled_down.text,
        "1 allocation that the servers no longer want may still run on nodes that are away"
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
        [(Severity::Warning, Kind::BatchFailed, "1 failed and will not be retried".into())]
    );
    assert_eq!(said(&job("batch", 1), &[Instance { retried: true, ..FAILED }])[0].0, Severity::Note);
    // What an older version failed at was overtaken by the newer one.
    assert_eq!(said(&job("batch", 1), &[Instance { version: 2, ..FAILED }, done]), []);
}

#[test]
fn a_system_job_runs_wherever_it_was_placed() {
    assert_eq!(said(&job("system", 1), &[RUNNING, RUNNING]), []);
    assert_eq!(said(&job("system", 1), &[RUNNING, PENDING])[0].2, "1 of 2 placed are running: 1 pending");
    let nowhere = (Severity::Warning, Kind::JobDown, "no node has an instance of it".to_owned());
    assert_eq!(said(&job("system", 1), &[]), [nowhere]);
    assert_eq!(said(&job("system", 0), &[]), [], "it wants none");
}

#[test]
fn a_node_that_an_update_left_is_told_as_long_as_nothing_is_to_run_there() {
    let at = |s: i64| Timestamp::from_second(s).unwrap();
    let stopped = PerNodePlace { is_wanted: false, stopped: Some((2, at(50))) };
    assert!(stopped.was_left(3, at(40)));
    assert!(!stopped.was_left(3, at(60)), "it was stopped before: by a drain");
    assert!(!stopped.was_left(2, at(40)), "somebody stopped this version there");
    assert!(!PerNodePlace { is_wanted: true, ..stopped }.was_left(3, at(40)));
    let told = left_nodes(&job("system", 1), &[("c2", "its node takes no new work (ineligible)".to_owned())])
        .unwrap();
    assert_eq!(
        (told.severity, told.text.as_str()),
        (
            Severity::Note,
            "version 3 stopped it on c2 (its node takes no new work (ineligible)), and nothing replaces it there"
        )
    );
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
            Severity::Note,
            Kind::DeploymentRunning,
            "version 3 is tried: 1 of 2 canaries healthy so far".into()
        )]
    );
    assert_eq!(
        said(&with("running", true), &[RUNNING, canary, canary]),
        [(
            Severity::Warning,
            Kind::DeploymentAwaitsPromotion,
            "version 3 waits for promotion, 2 of 2 canaries healthy".into()
        )]
    );
    let failed = Instance { client: ClientStatus::Failed, healthy: Some(true), ..canary };
    let told = findings(&with("running", true), &Tally::of([RUNNING, canary, failed]));
    assert_eq!(
        told[0].text,
        "version 3 cannot be promoted: 1 of 2 canaries has failed and is not tried again"
    );
    assert_eq!(told[0].next.as_deref(), Some("fleet why web"));
    let mut unheard = Tally::of([RUNNING, Instance { healthy: None, ..canary }]);
    unheard.doubtful_canaries = 1;
    let told = findings(&with("running", true), &unheard);
    assert_eq!(told[0].text, "version 3 waits for promotion, 0 of 1 canary healthy, of 1 it is not known");
    assert_eq!(told[0].severity, Severity::Warning, "it was found healthy");
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
    let runs = [
        ("nightly/periodic-100", &bad),
        ("nightly/periodic-200", &good),
        ("hourly/periodic-200", &bad),
        ("import/dispatch-1-aa", &bad),
        ("import/dispatch-2-bb", &bad),
        ("web", &bad),
    ];
    let runs = runs.map(|(id, tally)| (JobKey::new("default", id), tally));
    let found = of_children(runs.iter().map(|(job, tally)| (job, *tally)));
    let said: Vec<_> = found.iter().map(|f| (f.subject.as_str(), f.text.as_str())).collect();
    assert_eq!(
        said,
        [
            ("hourly", "its run hourly/periodic-200 failed and will not be retried"),
            ("import", "2 of its runs failed and will not be retried; the last is import/dispatch-2-bb"),
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
    (desired, client, any::<Option<bool>>(), any::<bool>(), 0..3_u64, any::<bool>(), any::<bool>()).prop_map(
        |(desired, client, healthy, canary, version, retried, replaced)| Instance {
            desired,
            client,
            healthy,
            canary,
            version,
            retried,
            replaced,
        },
    )
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
