//! The last look of a rotation at the services that were moved: whether so many are well as were before, and whether a deployment is
//! about to take one away.

use std::collections::BTreeSet;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::{GroupKey, is_leaving};
use crate::model::ids::{JobKey, job_words, short};
use crate::ops::migration::live::{ClusterPicture, Live};
use crate::ops::rotate::decide::{self, Decision, RunState};
use crate::ops::rotate::rotation::{Rotation, TICK};
use crate::ops::rotate::verify::CHECKS_SLACK;

/// Why the end is not told yet.
const DEPLOYMENT_GOES_ON: &str = "a service that was moved is being deployed: its deployment is waited for";

impl Rotation<'_> {
    /// A last look at the services that were moved: those of which fewer are well than they want are told, whether it is what moved or
    /// not. A deployment of them that goes on by itself is waited for: it is about to take an instance away.
    ///
    /// # Errors
    /// Failed (1) where fewer are well than before this run stopped the first of them, or a deployment failed; timed out (6) where
    /// that is not known, or a deployment goes on when the time is up; interrupted (130).
    pub(super) async fn look_last(&mut self, live: &mut Live) -> Result<()> {
        let mut begun = self.recorder.now();
        let unknown = || Error::new(ExitCode::TimedOut, "how the services that moved are now is not known");
        loop {
            if let Err(fault) = live.refresh(&self.jobs()).await {
                self.wait_out(fault).await.map_err(|e| unknown().because(e.to_string()))?;
                continue;
            }
            self.are_reached()?;
            let Some(picture) = live.picture() else { return Err(unknown()) };
            if let Some(deployed) = still_deployed(picture, &self.groups_in_hand()) {
                self.wait_for_deployment(&deployed).await?;
                begun = self.recorder.now();
                continue;
            }
            let decision = decide::decide(self.input(picture));
            self.read_most_checks(picture, &decision, usize::MAX).await;
            let (worse, as_before) = self.too_few_now(picture, &decision);
            // A check may fail for a moment.
            if !worse.is_empty() && self.since(begun) < CHECKS_SLACK {
                tokio::time::sleep(TICK).await;
                continue;
            }
            let so_before =
                |line: &String| self.notice(format!("{line}; so it was before anything of it moved"));
            as_before.iter().try_for_each(so_before)?;
            let failed = match self.noticed.contains(DEPLOYMENT_GOES_ON) {
                true => self.new_failures(&self.jobs()).await?,
                false => None,
            };
            if worse.is_empty() && failed.is_none() {
                return Ok(());
            }
            let error = Error::failed("what was to be moved has moved, and not all of it is well now");
            let error = failed.into_iter().fold(error, |error, why| {
                error.because(why).hint("`fleet deployment list` shows which, and how it ended")
            });
            let error = worse.iter().fold(error, |error, (_, line)| error.because(line.clone()));
            let jobs: BTreeSet<JobKey> = worse.iter().map(|(key, _)| key.job_key()).collect();
            let why = jobs.iter().map(|job| format!("fleet why {}", job_words(&job.namespace, &job.id)));
            return Err(why.fold(error, Error::hint));
        }
    }

    async fn wait_for_deployment(&mut self, job: &JobKey) -> Result<()> {
        self.notice_once(DEPLOYMENT_GOES_ON)?;
        if let Some(halt) = self.halt() {
            let what = format!("after everything has moved, while a deployment of job {job} goes on");
            let words = job_words(&job.namespace, &job.id);
            return Err(halt.error(&what).hint(format!("`fleet deploy status {words}` shows how far it is")));
        }
        self.beat().await?;
        tokio::time::sleep(TICK).await;
        Ok(())
    }

    /// The groups that were moved of which fewer are well than they want, in words: those of which more were well before, or of which
    /// that is not known, and the others.
    fn too_few_now(
        &self,
        picture: &ClusterPicture,
        decision: &Decision,
    ) -> (Vec<(GroupKey, String)>, Vec<String>) {
        let moved = decision.rules.iter().filter(|(_, rule)| rule.unwanted.is_none());
        let (mut worse, mut as_before) = (Vec::new(), Vec::new());
        let in_hand = self.groups_in_hand();
        for (key, rule) in moved.filter(|(key, _)| in_hand.contains(*key)) {
            let Some((well, line)) = too_few(picture, key, rule.count, &self.run) else { continue };
            match self.well_before.get(key) {
                Some(before) if well >= *before => as_before.push(line),
                Some(before) => worse.push((key.clone(), format!("{line}; {before} were before"))),
                None => worse.push((key.clone(), format!("{line}; whether more were before is not known"))),
            }
        }
        (worse, as_before)
    }
}

/// A job of these groups with a deployment under way that waits for nobody's decision.
fn still_deployed(picture: &ClusterPicture, groups: &BTreeSet<GroupKey>) -> Option<JobKey> {
    let goes_on = |d: &&Deployment| d.status == DeploymentStatus::Running && !d.has_unpromoted_canaries();
    let mut jobs = picture.deployments.iter().filter(goes_on).map(|d| JobKey::new(&*d.namespace, &*d.job_id));
    jobs.find(|job| groups.iter().any(|group| group.job_key() == *job))
}

/// How many are well of a group that wants more, and what is to be said of that; none where enough are.
fn too_few(picture: &ClusterPicture, key: &GroupKey, count: u64, run: &RunState) -> Option<(u64, String)> {
    let own = || picture.allocs.iter().filter(|a| key.owns(a));
    let well = own().filter(|a| run.is_available(a)).count() as u64;
    if well >= count {
        return None;
    }
    let stays = |a: &&AllocStub| !is_leaving(a) && !a.client_status.is_terminal();
    let why = own().filter(stays).find_map(|a| {
        let why = run.doubt(&a.id)?;
        Some(format!(": {} on {} ({}): {why}", a.name, a.node_name, short(&a.id)))
    });
    Some((well, format!("{key} has {well} of {count} well now{}", why.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_service_of_which_too_few_are_well_is_told_at_the_end() {
        let alloc = |id: &str, node: &str| -> AllocStub {
            serde_json::from_value(json!({
                "ID": id, "Name": "web.g[0]", "Namespace": "default", "NodeID": node, "NodeName": node, "JobID": "web",
                "JobType": "service", "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running",
                "DeploymentStatus": {"Healthy": true}, "CreateIndex": 1, "ModifyIndex": 1,
            }))
            .unwrap()
        };
        let picture =
            ClusterPicture { allocs: vec![alloc("a", "c1"), alloc("b", "c3")], ..ClusterPicture::default() };
        let key = GroupKey { namespace: "default".into(), job: "web".into(), group: "g".into() };
        let mut run = RunState::default();
        assert_eq!(too_few(&picture, &key, 2, &run), None);
        run.failing.insert("b".into(), "check \"up\" fails".into());
        assert_eq!(
            too_few(&picture, &key, 2, &run),
            Some((1, "web/g has 1 of 2 well now: web.g[0] on c3 (b): check \"up\" fails".into()))
        );
        run.failing.clear();
        assert_eq!(too_few(&picture, &key, 3, &run), Some((2, "web/g has 2 of 3 well now".into())));
    }

    #[test]
    fn only_a_deployment_that_goes_on_by_itself_is_waited_for() {
        let deployment = |job: &str, status: &str, promoted: bool| -> Deployment {
            serde_json::from_value(json!({
                "ID": job, "Namespace": "default", "JobID": job, "JobVersion": 1, "Status": status,
                "TaskGroups": {"g": {"DesiredCanaries": 1, "Promoted": promoted}},
            }))
            .unwrap()
        };
        let groups = BTreeSet::from(["web", "api", "db"].map(|job| GroupKey {
            namespace: "default".into(),
            job: job.into(),
            group: "g".into(),
        }));
        let waits = |deployments: &[Deployment]| {
            let picture = ClusterPicture { deployments: deployments.to_vec(), ..ClusterPicture::default() };
            still_deployed(&picture, &groups)
        };
        let calm = [
            deployment("other", "running", true),
            deployment("api", "running", false),
            deployment("db", "paused", true),
        ];
        assert_eq!(waits(&calm), None);
        let busy = [&calm[..], &[deployment("web", "running", true)]].concat();
        assert_eq!(waits(&busy), Some(JobKey::new("default", "web")));
    }
}
