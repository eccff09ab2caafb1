//! What the checks of an allocation say, whoever runs them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::consul::health::{CheckStatus, ServiceEntry};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::job::{Service, TaskGroup};
use crate::api::nomad::service::CheckResult;
use crate::model::check_words::failing;
use crate::model::service_name;

/// What the checks of an allocation say, Nomad's and Consul's together. Those that hold no update (`on_update = "ignore"`)
/// are counted, and not among the failing ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checks {
    /// How many pass.
    pub passing: u64,
    /// Those that fail: which, and what they saw.
    pub failing: Vec<String>,
    /// How many have not run yet.
    pub pending: u64,
    /// How many fail that hold no update.
    pub ignored: u64,
    /// Why some could not be seen.
    pub not_known: Vec<String>,
}

impl Checks {
    fn count(&mut self, status: State, holds_updates: bool, words: impl FnOnce() -> String) {
        match status {
            State::Passing => self.passing += 1,
            State::Pending => self.pending += 1,
            State::Failing if holds_updates => self.failing.push(words()),
            State::Failing => self.ignored += 1,
        }
    }
}

#[derive(Clone, Copy)]
enum State {
    Passing,
    Failing,
    Pending,
}

/// What those who run an allocation's checks said of them. Whoever was not asked, since nothing is declared there, stays empty.
#[derive(Debug, Clone, Default)]
pub struct CheckReports<'a> {
    /// Results of Nomad's checks of this allocation; an error says why there are none.
    pub nomad: Option<Result<Vec<&'a CheckResult>, String>>,
    /// The instances of Consul's services, by the service's name; an error says why there are none.
    pub consul: Option<Result<BTreeMap<String, &'a [ServiceEntry]>, String>>,
    /// Why its client could not be reached, where no check tells of an allocation and its client was asked for a sign of life.
    pub unreachable: Option<String>,
    /// Why nothing is heard of its node at all: then all that is known of the allocation is what was told before.
    pub away: Option<String>,
}

/// The services of a group whose checks Nomad's client runs.
pub fn checked_by_nomad(group: &TaskGroup) -> impl Iterator<Item = &Service> {
    group.all_services().filter(|s| s.provider == "nomad" && !s.checks.is_empty())
}

/// The services of a group whose checks Consul's agent runs.
pub fn checked_by_consul(group: &TaskGroup) -> impl Iterator<Item = &Service> {
    group.all_services().filter(|s| s.provider != "nomad" && !s.name.is_empty() && !s.checks.is_empty())
}

/// What those who were asked said of an allocation, together.
pub(super) fn sum_up(alloc: &AllocStub, group: Option<&TaskGroup>, heard: &CheckReports<'_>) -> Checks {
    let mut checks = Checks::default();
    match &heard.nomad {
        None => {}
        Some(Err(why)) => checks.not_known.push(why.clone()),
        Some(Ok(results)) => of_nomad(&mut checks, group, results),
    }
    match &heard.consul {
        None => {}
        Some(Err(why)) => checks.not_known.push(why.clone()),
        Some(Ok(services)) => of_consul(&mut checks, alloc, group, services),
    }
    checks
}

fn of_nomad(checks: &mut Checks, group: Option<&TaskGroup>, results: &[&CheckResult]) {
    for result in results {
        let state = match result.status.as_str() {
            "success" => State::Passing,
            "failure" => State::Failing,
            _ => State::Pending,
        };
        checks.count(state, result.mode != "readiness", || {
            failing(&result.check, &result.service, "fails", result.status_code, &result.output)
        });
    }
    let declared = group.map_or(0, |g| checked_by_nomad(g).map(|s| s.checks.len()).sum());
    // A client that has just begun with it has not all of them yet.
    checks.pending += declared.saturating_sub(results.len()) as u64;
}

fn of_consul(
    checks: &mut Checks,
    alloc: &AllocStub,
    group: Option<&TaskGroup>,
    services: &BTreeMap<String, &[ServiceEntry]>,
) {
    for service in group.into_iter().flat_map(checked_by_consul) {
        let Some(name) = service_name::known(&service.name, alloc) else {
            checks.not_known.push(format!("the name of service {} is known only on its node", service.name));
            continue;
        };
        let own = services.get(&name).into_iter().flat_map(|all| all.iter());
        let Some(entry) = own.into_iter().find(|e| e.service.alloc_id() == Some(alloc.id.as_str())) else {
            checks
                .not_known
                .push(format!("service {name} has no such instance in Consul that the token may see"));
            continue;
        };
        for check in &entry.checks {
            let declared = service.checks.iter().find(|c| c.name == check.name);
            let on_update = declared.map_or("", |c| c.on_update.as_str());
            let state = match check.status {
                CheckStatus::Passing => State::Passing,
                CheckStatus::Warning if on_update == "ignore_warnings" => State::Passing,
                CheckStatus::Warning | CheckStatus::Critical => State::Failing,
            };
            let word = if check.status == CheckStatus::Warning { "warns" } else { "is critical" };
            checks
                .count(state, on_update != "ignore", || failing(&check.name, &name, word, 0, &check.output));
        }
    }
}
