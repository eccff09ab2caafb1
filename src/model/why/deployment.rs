//! What a deployment waits for, or why it ended as it did.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::model::deployment_health::{all_ready, canaries, canaries_now, deadlines, prospect};
use crate::model::ids::{job_words, short};
use crate::model::present_health::PresentHealth;
use crate::model::rollout::look::HealthLook;
use crate::model::why::{Code, Evidence, Explanation, Suggestion, span};
use crate::model::words::count;

/// Why a deployment stands where it stands. `allocs` are those of its job; `health` is how they do at this moment, by id, as far as
/// they were asked; `keeper` is who keeps it paused, in words, where that is a run of `fleet`.
#[must_use]
pub fn explain(
    d: &Deployment,
    (allocs, health): (&[AllocStub], &BTreeMap<String, PresentHealth>),
    keeper: Option<&str>,
    now: Timestamp,
) -> Explanation {
    let name = format!("the deployment of version {} of {}", d.job_version, d.job_id);
    let job = job_words(&d.namespace, &d.job_id);
    let mut explanation = match d.status {
        DeploymentStatus::Successful => Explanation::new(Code::NothingWrong, format!("{name} succeeded")),
        DeploymentStatus::Cancelled => {
            let text = format!("{name} was cancelled: {}", lower(&d.status_description));
            Explanation::new(Code::DeploymentCancelled, text)
                .suggest(Suggestion::new("see what runs now", format!("fleet job show {job}")))
        }
        DeploymentStatus::Failed => failed(d, &name, &job),
        DeploymentStatus::Paused => {
            let says = match keeper {
                Some(keeper) => format!("{name} is paused {keeper}"),
                None => format!("{name} is paused: someone has to resume it"),
            };
            let paused = Explanation::new(Code::DeploymentPaused, says);
            let go_on = || {
                Suggestion::new("go on with it as soon as the floor allows it", format!("fleet deploy {job}"))
            };
            let paused = if keeper.is_some() { paused.suggest(go_on()) } else { paused };
            paused.suggest(Suggestion::new("let it go on", format!("fleet resume {job}")))
        }
        DeploymentStatus::Running | DeploymentStatus::Other => {
            waiting(d, (allocs, health), (&name, &job), now)
        }
    };
    for (group, g) in &d.task_groups {
        // One that is over was placed anew, and stands in the deployment still.
        let over = |id: &String| allocs.iter().any(|a| a.id == *id && a.is_terminal());
        let canaries = if g.desired_canaries > 0 {
            let placed = g.placed_canaries.iter().filter(|id| !over(id)).count();
            format!(", {placed} of {} placed", count(g.desired_canaries, "canary"))
        } else {
            String::new()
        };
        let text = format!(
            "{} of {} placed, {} healthy, {} unhealthy so far{canaries}",
            g.placed_allocs, g.desired_total, g.healthy_allocs, g.unhealthy_allocs
        );
        explanation.evidence.push(Evidence::new(format!("group {group}"), text));
    }
    let text = format!("{}: {}", d.status, d.status_description);
    explanation.evidence.push(Evidence::new(format!("deployment {}", short(&d.id)), text));
    explanation
}

/// That the version of the newest deployment is the way back from one that failed; none where it is not (`nomad-api.md §3.6`).
#[must_use]
pub fn way_back(deployments: &[Deployment]) -> Option<String> {
    let newest = deployments.iter().max_by_key(|d| (d.job_create_index, d.job_version))?;
    let (from, of_job) = (newest.job_version.checked_sub(1)?, newest.job_create_index);
    let failed = deployments.iter().find(|d| d.job_version == from && d.job_create_index == of_job)?;
    let (why, to) = failed.status_description.split_once(" - rolling back to job version ")?;
    let now = newest.job_version;
    Some(format!(
        "version {from} failed ({}), and was rolled back: version {now} is version {to} again",
        lower(why)
    ))
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_lowercase().chain(chars).collect())
}

/// Who or what failed it, and what it went back to (`nomad-api.md §3.6`).
fn failed(d: &Deployment, name: &str, job: &str) -> Explanation {
    let said = d.status_description.as_str();
    let (code, why) = if said.contains("progress deadline") {
        (Code::ProgressDeadline, "it made no progress within its progress_deadline")
    } else if said.contains("unhealthy allocations") {
        (Code::DeploymentUnhealthy, "allocations of it were unhealthy")
    } else if said.contains("marked as failed") {
        (Code::DeploymentFailedByOperator, "somebody marked it as failed")
    } else {
        (Code::DeploymentFailed, said)
    };
    let back = match said.split_once(" - ") {
        Some((_, to)) if to.starts_with("rolling back") => format!("; it is {to}"),
        Some((_, why)) => format!("; {why}"),
        None => "; nothing was rolled back".to_owned(),
    };
    let rolled = said.contains("rolling back to") && !said.contains("not rolling back");
    let mut explanation = Explanation::new(code, format!("{name} failed: {why}{back}"));
    if code == Code::DeploymentFailedByOperator {
        explanation.not_known.push("whose token marked it as failed: Nomad does not record it".to_owned());
    }
    if !rolled && d.job_version > 0 {
        explanation = explanation.suggest(Suggestion::new(
            "go back to the last version that was healthy",
            format!("fleet abort {job}"),
        ));
    }
    explanation.suggest(Suggestion::new("see what the job does now", format!("fleet job show {job}")))
}

fn waiting(
    d: &Deployment,
    (allocs, health): (&[AllocStub], &BTreeMap<String, PresentHealth>),
    (name, job): (&str, &str),
    now: Timestamp,
) -> Explanation {
    let canaries = canaries(d, allocs);
    let ready = all_ready(&canaries);
    // Nobody is asked where something is not placed: that explains more.
    let look = (ready && !health.is_empty()).then(|| canaries_now(d, allocs, &[], health));
    let what = prospect(d, allocs, &canaries, look.as_ref()).unwrap_or_else(|| d.status_description.clone());
    let automatic =
        d.task_groups.iter().filter(|(g, _)| canaries.contains_key(*g)).all(|(_, g)| g.auto_promote);
    let code = if ready && !automatic { Code::WaitsForPromotion } else { Code::DeploymentUnderWay };
    let healthy = look.as_ref().is_some_and(HealthLook::is_good);
    let mut explanation = Explanation::new(code, format!("{name} is under way: {what}"));
    let nearest = deadlines(d, &canaries).into_iter().min_by_key(|(_, at)| *at);
    match nearest {
        Some((group, at)) => {
            let left = at.as_second() - now.as_second();
            let text = if left > 0 {
                format!("it fails in {} unless it makes progress", span(left))
            } else {
                "its progress deadline is over: it fails at the servers' next look".to_owned()
            };
            explanation.evidence.push(Evidence::new(format!("group {group}"), text));
        }
        None if code == Code::DeploymentUnderWay && d.task_groups.values().any(|g| g.placed_allocs == 0) => {
            let text = "it has no deadline yet: that begins with the first placement";
            explanation.evidence.push(Evidence::new("deployment", text));
        }
        None => {}
    }
    if code == Code::WaitsForPromotion {
        let give_up = |words| Suggestion::new(words, format!("fleet abort {job}"));
        return match healthy {
            true => explanation
                .suggest(Suggestion::new("promote the canaries", format!("fleet promote {job}")))
                .suggest(give_up("or give them up")),
            false => explanation.suggest(give_up("give them up")),
        };
    }
    explanation.suggest(Suggestion::new("follow it", format!("fleet deploy status {job} --watch")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;

    fn well(allocs: &[AllocStub]) -> BTreeMap<String, PresentHealth> {
        let verdict = crate::model::present_health::HealthVerdict::Healthy;
        let now = PresentHealth { verdict, reasons: vec![], checks: Default::default(), restarts_lately: 0 };
        allocs.iter().map(|a| (a.id.clone(), now.clone())).collect()
    }

    fn told(d: &Deployment, allocs: &[AllocStub]) -> String {
        let e = explain(d, (allocs, &well(allocs)), None, "2026-01-01T00:00:00Z".parse().unwrap());
        let code = serde_json::to_value(e.code).unwrap();
        format!("{}: {}", code.as_str().unwrap(), e.sentence)
    }

    fn described(words: &str) -> Deployment {
        Deployment { status_description: words.to_owned(), ..body("deployment-failed-by-operator") }
    }

    #[test]
    fn a_version_that_is_the_way_back_from_another_is_told_so() {
        let of = |version: u64, words: &str| Deployment { job_version: version, ..described(words) };
        let failed = of(1, "Failed due to unhealthy allocations - rolling back to job version 0");
        let after = of(2, "Deployment completed successfully");
        assert_eq!(
            way_back(&[after.clone(), failed.clone()]).as_deref(),
            Some(
                "version 1 failed (failed due to unhealthy allocations), and was rolled back: version 2 is version 0 again"
            )
        );
        assert_eq!(way_back(&[of(3, "Deployment completed successfully"), after, failed.clone()]), None);
        assert_eq!(way_back(&[failed]), None);
    }

    #[test]
    fn every_end_and_every_wait_has_its_sentence() {
        let canaries: Vec<AllocStub> = body("deployment-allocations-canary");
        let all = [
            told(&body("deployment-needs-promotion"), &canaries),
            told(&body("deployment-needs-promotion"), &[]),
            told(&body("deployment-running-null-deadline"), &[]),
            told(&body("deployment-paused"), &[]),
            told(&body("deployment-successful"), &[]),
            told(&described("Deployment marked as failed"), &[]),
            told(&described("Failed due to progress deadline - rolling back to job version 2"), &[]),
            told(
                &described("Failed due to unhealthy allocations - no stable job version to auto revert to"),
                &[],
            ),
        ];
        let all: Vec<String> = all
            .iter()
            .map(|t| {
                regex::Regex::new("version \\d+ of \\S+").unwrap().replace(t, "version N of JOB").into_owned()
            })
            .collect();
        insta::assert_snapshot!(all.join("\n"), @"
        waits-for-promotion: the deployment of version N of JOB is under way: the canaries are healthy: ready to be promoted
        deployment-under-way: the deployment of version N of JOB is under way: waiting for canaries: g 0/1 healthy
        deployment-under-way: the deployment of version N of JOB is under way: waiting for health: g 0/1 healthy, 1 not placed
        deployment-paused: the deployment of version N of JOB is paused: someone has to resume it
        nothing-wrong: the deployment of version N of JOB succeeded
        deployment-failed-by-operator: the deployment of version N of JOB failed: somebody marked it as failed; nothing was rolled back
        progress-deadline: the deployment of version N of JOB failed: it made no progress within its progress_deadline; it is rolling back to job version 2
        deployment-unhealthy: the deployment of version N of JOB failed: allocations of it were unhealthy; no stable job version to auto revert to
        ");
    }
}
