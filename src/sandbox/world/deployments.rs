//! Watching deployments: evaluations when allocations become healthy, failure, rollback, promotion
//! (`nomad-api.md §3.6`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::scheduler::reschedule::has_tries_left;
use crate::sandbox::state::alloc::{Alloc, Transition};
use crate::sandbox::state::deployment::{Deployment, GroupProgress, words};
use crate::sandbox::state::eval::{Eval, Trigger};
use crate::sandbox::state::job::Job;
use crate::sandbox::state::{Groups, StatusUpdate, rollback_words};
use crate::sandbox::world::{Event, World};

/// How long changes of one deployment are gathered.
const PER_DEPLOYMENT: Duration = Duration::from_secs(1);
/// How long changes of all deployments are gathered after that.
const ACROSS: Duration = Duration::from_millis(250);

/// One deployment that is watched.
#[derive(Debug)]
struct Watch {
    /// The version it brings.
    job: Arc<Job>,
    deadline: Option<Moment>,
    /// Whether a check is on its way.
    checking: bool,
    /// Whether changes are being gathered.
    gathering: bool,
    /// Unhealthy allocations that may be placed elsewhere.
    replacements: BTreeSet<Id>,
}

/// The deployments that are watched.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    watched: BTreeMap<Id, Watch>,
    /// What is to be written for all of them.
    replacements: BTreeSet<Id>,
    evals: BTreeMap<Id, Eval>,
}

/// What a look at a deployment's allocations showed.
#[derive(Debug, Default)]
struct DeploymentLook {
    create_eval: bool,
    fail: bool,
    revert: bool,
    replacements: BTreeSet<Id>,
}

impl World {
    /// A deployment is new or changed: it is watched, its deadline is set anew, or it is over.
    pub(super) fn deployment_changed(&mut self, id: Id) {
        let Some(deployment) = self.state.deployment(id).filter(|d| d.active()).cloned() else {
            self.watchers.watched.remove(&id);
            return;
        };
        let deadline = self.progress_cutoff(&deployment);
        if let Some(watch) = self.watchers.watched.get_mut(&id) {
            if watch.deadline != deadline {
                watch.deadline = deadline;
                self.set_deadline(id, deadline);
            }
            return;
        }
        let Some(job) = self.state.version(&deployment.job, deployment.job_version).cloned() else { return };
        let watch = Watch { job, deadline, checking: false, gathering: false, replacements: BTreeSet::new() };
        self.watchers.watched.insert(id, watch);
        self.set_deadline(id, deadline);
        self.check_soon(id);
    }

    fn set_deadline(&mut self, id: Id, deadline: Option<Moment>) {
        if let Some(deadline) = deadline {
            self.queue.at(deadline.max(self.now), Event::DeploymentDeadline(id));
        }
    }

    fn check_soon(&mut self, id: Id) {
        if let Some(watch) = self.watchers.watched.get_mut(&id).filter(|w| !w.checking) {
            watch.checking = true;
            self.after(Duration::ZERO, Event::DeploymentCheck(id));
        }
    }

    /// An allocation changed: its deployment is looked at.
    pub(super) fn watch_alloc(&mut self, id: Id) {
        if let Some(deployment) = self.state.alloc(id).and_then(|a| a.deployment_id) {
            self.check_soon(deployment);
        }
    }

    /// When a deployment fails unless something becomes healthy.
    fn progress_cutoff(&self, deployment: &Deployment) -> Option<Moment> {
        let mut healthy: BTreeMap<&str, u64> = BTreeMap::new();
        let good = |a: &&Arc<Alloc>| !a.terminal() && a.healthy() == Some(true);
        for alloc in self.state.allocs_of_deployment(deployment).filter(good) {
            *healthy.entry(&alloc.group).or_default() += 1;
        }
        let done = |name: &str, group: &GroupProgress| {
            !group.unpromoted() && healthy.get(name).copied().unwrap_or(0) >= group.desired_total
        };
        let open = deployment.groups.iter().filter(|(name, group)| !done(name, group));
        open.filter_map(|(_, group)| group.require_progress_by).min()
    }

    pub(super) fn check_deployment(&mut self, id: Id) {
        let Some(watch) = self.watchers.watched.get_mut(&id) else { return };
        watch.checking = false;
        let Some(deployment) = self.state.deployment(id).filter(|d| d.active()).cloned() else { return };
        let look = self.look_at(&deployment);
        if look.fail {
            self.fail_deployment(id, words::FAILED_ALLOCS, look.revert);
            return;
        }
        self.promote_automatically(&deployment);
        if !look.create_eval && look.replacements.is_empty() {
            return;
        }
        let Some(watch) = self.watchers.watched.get_mut(&id) else { return };
        watch.replacements.extend(look.replacements);
        if !watch.gathering {
            watch.gathering = true;
            self.after(PER_DEPLOYMENT, Event::DeploymentBatch(id));
        }
    }

    fn look_at(&self, deployment: &Deployment) -> DeploymentLook {
        let mut look = DeploymentLook::default();
        let Some(watch) = self.watchers.watched.get(&deployment.id) else { return look };
        let seen = self.state.evals().of_job(&deployment.job);
        let seen = seen.filter(|e| e.status != crate::api::nomad::evaluation::EvalStatus::Canceled);
        let seen = seen.map(|e| if e.snapshot_index == 0 { e.create_index } else { e.snapshot_index });
        let seen = seen.max().unwrap_or(0);
        for alloc in self.state.allocs_of_deployment(deployment) {
            let Some(group) = deployment.groups.get(&*alloc.group) else { continue };
            match alloc.healthy() {
                Some(true) => look.create_eval |= alloc.health.is_some_and(|h| h.modify_index > seen),
                Some(false) if self.fails_early(&watch.job, group, alloc) => {
                    look.fail = true;
                    look.revert |= group.auto_revert;
                }
                Some(false) if !alloc.should_reschedule() => {
                    look.replacements.insert(alloc.id);
                }
                _ => {}
            }
        }
        look
    }

    /// Whether one unhealthy allocation fails the whole: no time for another try, or no tries left.
    fn fails_early(&self, job: &Job, group: &GroupProgress, alloc: &Alloc) -> bool {
        let policy = job.group(&alloc.group).and_then(|g| g.reschedule_policy.as_ref());
        group.progress_deadline.0 == 0 || !has_tries_left(alloc, policy, self.now)
    }

    fn promote_automatically(&mut self, deployment: &Deployment) {
        let canaried = || deployment.groups.values().filter(|g| g.desired_canaries > 0);
        let placed = deployment.groups.values().any(|g| !g.placed_canaries.is_empty());
        if !placed || !deployment.requires_promotion() {
            return;
        }
        let healthy = |g: &GroupProgress| {
            let canaries = g.placed_canaries.iter().filter_map(|id| self.state.alloc(*id));
            canaries.filter(|a| a.deployment_id == Some(deployment.id) && a.healthy() == Some(true)).count()
        };
        let ready = |g: &GroupProgress| {
            let wanted = usize::try_from(g.desired_canaries).unwrap_or(usize::MAX);
            g.auto_promote && g.placed_canaries.len() >= wanted && healthy(g) == wanted
        };
        if canaried().all(ready)
            && let Ok(canaries) = self.state.promotable(deployment, &Groups::All)
        {
            let eval = self.deployment_eval(deployment);
            let mut write = self.write();
            write.promote(deployment.id, &Groups::All, &canaries);
            write.add_eval(eval);
        }
    }

    /// An evaluation on behalf of a deployment.
    pub(super) fn deployment_eval(&mut self, deployment: &Deployment) -> Eval {
        let (kind, own) = self
            .state
            .job(&deployment.job)
            .map_or((crate::sandbox::state::job::Kind::Service, 50), |j| (j.kind(), j.spec.typed.priority));
        let priority = if deployment.priority == 0 { own } else { deployment.priority };
        let mut eval = self.new_eval(&deployment.job, kind, priority, Trigger::DeploymentWatcher);
        eval.deployment_id = Some(deployment.id);
        eval
    }

    pub(super) fn deployment_deadline(&mut self, id: Id) {
        let due = self.watchers.watched.get(&id).is_some_and(|w| w.deadline.is_some_and(|at| at <= self.now));
        let Some(deployment) = self.state.deployment(id).filter(|_| due).cloned() else { return };
        if deployment.status == DeploymentStatus::Paused {
            return;
        }
        let short = |g: &GroupProgress| {
            g.healthy_allocs < if g.unpromoted() { g.desired_canaries } else { g.desired_total }
        };
        let short: Vec<&String> =
            deployment.groups.iter().filter(|(_, g)| short(g)).map(|(name, _)| name).collect();
        if short.is_empty() {
            return;
        }
        let reverts = |job: &Job| {
            short
                .iter()
                .any(|name| job.group(name).and_then(|g| g.update.as_ref()).is_some_and(|u| u.auto_revert))
        };
        let revert = self.watchers.watched.get(&id).is_some_and(|w| reverts(&w.job));
        self.fail_deployment(id, words::PROGRESS_DEADLINE, revert);
    }

    /// Fails a deployment and, if it is to, goes back to the newest stable version in the same write. The evaluation,
    /// and the version it went back to, if any.
    pub(super) fn fail_deployment(
        &mut self,
        id: Id,
        description: &'static str,
        revert: bool,
    ) -> Option<(Id, Option<u64>)> {
        let deployment = self.state.deployment(id)?.clone();
        let (description, target) = self.rollback(&deployment, description, revert);
        let eval = self.deployment_eval(&deployment);
        let done = (eval.id, target.as_ref().map(|job| job.version));
        let mut write = self.write();
        write.update_deployment(&StatusUpdate { id, status: DeploymentStatus::Failed, description });
        if let Some(target) = target {
            write.register(Job::clone(&target), None);
        }
        write.add_eval(eval);
        Some(done)
    }

    /// What a failing deployment goes back to, and how that is said.
    pub(super) fn rollback(
        &self,
        deployment: &Deployment,
        description: &'static str,
        revert: bool,
    ) -> (Cow<'static, str>, Option<Arc<Job>>) {
        if !revert {
            return (description.into(), None);
        }
        let Some(stable) = self.state.versions(&deployment.job).iter().find(|job| job.stable) else {
            return (format!("{description} - no stable job version to auto revert to").into(), None);
        };
        let current = self.state.version(&deployment.job, deployment.job_version);
        let same = current.is_some_and(|job| !job.spec_changed(stable));
        (rollback_words(description, stable.version, same), (!same).then(|| Arc::clone(stable)))
    }

    pub(super) fn batch_deployment(&mut self, id: Id) {
        let Some(watch) = self.watchers.watched.get_mut(&id) else { return };
        watch.gathering = false;
        let replacements = std::mem::take(&mut watch.replacements);
        let Some(deployment) = self.state.deployment(id).cloned() else { return };
        let eval = self.deployment_eval(&deployment);
        if self.watchers.evals.is_empty() {
            self.after(ACROSS, Event::DeploymentWrite);
        }
        self.watchers.evals.insert(id, eval);
        self.watchers.replacements.extend(replacements);
    }

    pub(super) fn write_deployments(&mut self) {
        let evals = std::mem::take(&mut self.watchers.evals);
        let replacements = std::mem::take(&mut self.watchers.replacements);
        let mut write = self.write();
        for id in replacements {
            write.transition(id, Transition { reschedule: Some(true), ..Transition::default() });
        }
        for eval in evals.into_values() {
            write.add_eval(eval);
        }
    }
}
