//! The restart of a job's instances, a few at a time, from what is seen of them at each moment.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::{Args, Doubts, Row, by_node, counts_against, doubts, in_the_way, own};
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, DesiredStatus};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_diagnosis;
use crate::model::ids::{job_words, short};
use crate::model::present_health::{self, HealthVerdict, checked_by_consul};
use crate::model::restart::{self, Progress};
use crate::ops::migration::floors::Unwanted;
use crate::ops::migration::lock::Guard;
use crate::ops::present_health::{NO_CONSUL, Sources};
use crate::ops::ticker::{Stall, Watched, Woken};
use crate::ui::{Narration, Tone};

/// How often instances are looked at while nothing changes.
const TICK: Duration = Duration::from_millis(500);
/// How long to wait for instances that are down for another reason.
const HOLD: Duration = Duration::from_secs(10);
/// How long an instance has to run to count as healthy where its group has no update block.
const STEADY: Duration = Duration::from_secs(5);

/// The least of that for an instance that crashed again and again before it was restarted.
const AFTER_CRASHES: Duration = Duration::from_secs(10);

/// Instances being restarted.
pub(super) struct Restarting<'a> {
    pub(super) args: &'a Args,
    pub(super) app: &'a App,
    pub(super) nomad: Http,
    pub(super) job: Job,
    /// The allocations to restart, as they were found.
    pub(super) chosen: Vec<AllocStub>,
    /// A task that started after this time, by its node's clock, was restarted.
    pub(super) before: Timestamp,
    /// When it began, by our clock.
    pub(super) begun: Timestamp,
    /// When each allocation was told to restart, by our clock.
    pub(super) asked: BTreeMap<String, Timestamp>,
    /// Those that took the place of one that somebody else moved meanwhile, and when that was seen.
    pub(super) replaced: BTreeMap<String, Timestamp>,
    pub(super) sightings: restart::Sightings,
    /// Those that were seen well since they were restarted; forgotten before the last look.
    pub(super) well: BTreeSet<String>,
    /// The check that each allocation was last waiting for.
    pub(super) failing: BTreeMap<String, String>,
    /// For how long each group has waited for instances that somebody else has to bring back.
    pub(super) held: BTreeMap<String, Stall>,
    /// Keeps rotations, drains and other restarts of fleet away from the job.
    pub(super) guard: Guard<'a>,
    /// Whom it waits for, in words.
    pub(super) waits: Vec<String>,
    /// Since when it waits for somebody.
    pub(super) waits_since: Option<Timestamp>,
    /// Those that nobody wants any more, and why.
    pub(super) left: BTreeMap<String, Unwanted>,
    /// For how long a deployment of somebody else has been waited for.
    pub(super) deploying: Stall,
}

impl<'a> Restarting<'a> {
    pub(super) fn new(
        (args, app): (&'a Args, &'a App),
        nomad: Http,
        job: Job,
        (chosen, before): (Vec<AllocStub>, Timestamp),
        guard: Guard<'a>,
    ) -> Self {
        Restarting {
            args,
            app,
            nomad,
            job,
            chosen,
            before,
            begun: app.clock().now(),
            asked: BTreeMap::new(),
            replaced: BTreeMap::new(),
            sightings: restart::Sightings::default(),
            well: BTreeSet::new(),
            failing: BTreeMap::new(),
            held: BTreeMap::new(),
            guard,
            waits: Vec::new(),
            waits_since: None,
            left: BTreeMap::new(),
            deploying: Stall::default(),
        }
    }

    /// Restarts the allocations, a few at a time, until all are healthy.
    pub(super) async fn follow(&mut self) -> Result<()> {
        let mut orderly = self.app.interrupts.orderly();
        let mut story = Narration::new(&self.app.printer);
        let list = allocation::of_job(&self.job.namespace, &self.job.id);
        let mut states = Watched::new(&self.nomad, list, TICK);
        let (mut latest, mut last_look) = (self.chosen.clone(), false);
        loop {
            match states.next(&mut orderly).await? {
                Woken::State(state) => latest = state,
                Woken::Tick => {}
                Woken::Interrupted(interrupt) => {
                    return Err(self.go_on(interrupt.error("interrupted; restarts already under way go on")));
                }
            }
            self.take_turn().await?;
            for line in self.see_replaced(&latest) {
                story.line(self.app.clock().now(), &line, Tone::Plain);
            }
            self.see_left(&latest).await?;
            let mut open = false;
            for group in self.job.task_groups.clone() {
                open |= self.step(&group, &latest, &mut story).await?;
            }
            let told = format!("{} of {} were told to restart", self.asked.len(), self.chosen.len());
            let held = self.held.iter().filter(|(_, stall)| **stall != Stall::default());
            let held = held.map(|(group, _)| format!("waiting for other instances of {group} that are down"));
            story.waiting(&std::iter::once(told).chain(held).chain(self.waits.clone()).collect::<Vec<_>>());
            if !open && last_look {
                return Ok(());
            }
            // What was well a while ago is looked at once more, all at one moment.
            last_look = !open;
            if last_look {
                self.well.clear();
            }
        }
    }

    /// Claims the job, or notes who moves it just now.
    async fn take_turn(&mut self) -> Result<()> {
        let protected = self.guard.unprotected().is_none();
        let now = self.app.clock().now();
        self.waits = self.guard.keep(now).await?;
        self.waits_since = (!self.waits.is_empty()).then(|| self.waits_since.unwrap_or(now));
        let in_vain = self.waits_since.and_then(|since| self.args.turn.in_vain(since, now, &self.waits));
        if let Some(error) = in_vain {
            return Err(self.go_on(error));
        }
        if let Some(why) = self.guard.unprotected().filter(|_| protected) {
            self.app.printer.warn(&format!(
                "nothing keeps a second operator from moving the same services at the same time: {why}"
            ));
        }
        Ok(())
    }

    /// Restarts the allocations of a group that may be restarted now. Returns whether any of them is not healthy yet.
    async fn step(&mut self, group: &TaskGroup, latest: &[AllocStub], story: &mut Narration) -> Result<bool> {
        let steady = group.update.as_ref().map_or(STEADY, |u| u.min_healthy_time.duration());
        let mut own = own(group, &self.chosen);
        own.retain(|alloc| !self.left.contains_key(&alloc.id));
        let mut places = BTreeMap::new();
        for alloc in &own {
            let seen = latest.iter().find(|l| l.id == alloc.id);
            places.insert(alloc.id.as_str(), self.place(alloc, group, seen, self.steady(alloc, steady)));
        }
        self.see_checks(group, latest, &mut places).await;
        for alloc in &own {
            let seen = latest.iter().find(|l| l.id == alloc.id);
            self.stop_at(alloc, seen, places[alloc.id.as_str()])?;
        }
        let away = restart::away(group, by_node(&self.job), latest, &own);
        let any = |place: Progress| places.values().any(|p| *p == place);
        if !self.waits.is_empty() {
            // It is somebody else's turn; what they took away comes back.
            return Ok(places.values().any(|p| matches!(p, Progress::Waiting | Progress::Settling)));
        }
        let held = away >= self.args.most_away() && any(Progress::Waiting) && !any(Progress::Settling);
        let (mut held, mut down) = (held, away);
        let mut next = restart::next(&places, &BTreeSet::new(), away, self.args.most_away());
        if !next.is_empty() {
            // How they do is asked right before one more of them goes.
            let Doubts { ill, unseen } = doubts(self.app, &self.nomad, &self.job, latest).await;
            let own_ill: BTreeSet<&str> =
                ill.keys().map(String::as_str).filter(|id| places.contains_key(id)).collect();
            let others_ill =
                latest.iter().filter(|a| a.task_group == group.name && !places.contains_key(a.id.as_str()));
            // Those that the servers know to be unhealthy are away already.
            let others_ill =
                others_ill.filter(|a| a.healthy() != Some(false) && ill.contains_key(&a.id)).count();
            // What is being restarted is away already; of the rest nobody knows that it is at work.
            let settles =
                |id: &str| matches!(places.get(id), Some(Progress::Settling)) || ill.contains_key(id);
            let of_group = latest.iter().filter(|a| a.task_group == group.name && a.healthy() != Some(false));
            let unseen = of_group.filter(|a| unseen.contains_key(&a.id) && !settles(&a.id)).count();
            let gone = away + others_ill + unseen;
            next = restart::next(&places, &own_ill, gone, self.args.most_away());
            if next.is_empty() && !any(Progress::Settling) {
                (held, down) = (true, gone + own_ill.len());
            }
        }
        self.hold(group, down, held)?;
        if !next.is_empty() && self.waits_for_deployment().await? {
            return Ok(true);
        }
        for id in next {
            self.restart(id).await?;
            let name = own.iter().find(|a| a.id == id).map_or("", |a| a.name.as_str());
            story.line(self.app.clock().now(), &format!("restarting {name} ({})", short(id)), Tone::Plain);
        }
        Ok(places.values().any(|p| matches!(p, Progress::Waiting | Progress::Settling)))
    }

    /// Whether somebody deploys the job meanwhile: what is restarted would count against that.
    async fn waits_for_deployment(&mut self) -> Result<bool> {
        let found = in_the_way(self.args, &self.nomad, &self.job).await?;
        let lasted = self.deploying.lasts(found.is_some(), self.app.clock().now());
        let Some(deployment) = found else { return Ok(false) };
        if lasted >= self.args.timeout {
            return Err(self.go_on(counts_against(&deployment, "does not end")));
        }
        self.waits.push(format!(
            "waiting for the deployment {} of job {} to end",
            short(&deployment.id),
            self.job.id
        ));
        Ok(true)
    }

    /// Refuses to continue when so many other instances stay down that no more may be.
    fn hold(&mut self, group: &TaskGroup, away: usize, held: bool) -> Result<()> {
        let now = self.app.clock().now();
        if self.held.entry(group.name.clone()).or_default().lasts(held, now) < HOLD {
            return Ok(());
        }
        let job = job_words(&self.job.namespace, &self.job.id);
        let error = Error::refused(format!(
            "{away} of the instances of group {} of {} are down already, and one more would be while it restarts",
            group.name, self.job.id
        ));
        let error = error.hint(format!("fleet job show {job}"));
        let error = error.hint(format!("--max-unavailable {} allows that", away + 1));
        Err(if self.asked.is_empty() { error } else { self.go_on(error) })
    }

    /// How long an instance has to run to count as healthy. One that crashed again and again before has not shown in a second that it
    /// stopped doing so.
    fn steady(&self, as_found: &AllocStub, of_group: Duration) -> Duration {
        match present_health::flapping_tasks(as_found, self.begun).is_empty() {
            true => of_group,
            false => of_group.max(AFTER_CRASHES),
        }
    }

    fn place(
        &mut self,
        alloc: &AllocStub,
        group: &TaskGroup,
        seen: Option<&AllocStub>,
        steady: Duration,
    ) -> Progress {
        let Some(seen) = seen else { return Progress::Lost };
        let now = self.app.clock().now();
        let place = restart::progress(seen, Some(group), self.before, steady, &mut self.sightings, now);
        let asked = self.asked.contains_key(&alloc.id);
        match place {
            // A list may be older than the restart.
            Progress::Waiting if asked => Progress::Settling,
            // Somebody else has told it to stop.
            Progress::Waiting if seen.desired_status != DesiredStatus::Run => Progress::Settling,
            place => place,
        }
    }

    /// Asks those whose tasks are well, and of which that is not known yet, for their checks: they settle until these pass. That
    /// one was restarted by an earlier run says nothing of how it is.
    async fn see_checks(
        &mut self,
        group: &TaskGroup,
        latest: &[AllocStub],
        places: &mut BTreeMap<&str, Progress>,
    ) {
        let is_to_see =
            |a: &&AllocStub| places.get(a.id.as_str()) == Some(&Progress::Done) && !self.well.contains(&a.id);
        let wanted: Vec<AllocStub> = latest.iter().filter(is_to_see).cloned().collect();
        let sources = Sources::at_hand(&self.nomad, self.app.consul().ok().flatten());
        for (id, health) in sources.of(|_| Some(group), &wanted, self.app.clock().now()).await {
            if health.verdict == HealthVerdict::Healthy {
                self.failing.remove(&id);
                self.well.insert(id);
                continue;
            }
            if let Some(place) = places.get_mut(id.as_str()) {
                *place = Progress::Settling;
            }
            self.failing.insert(id, health.reason().to_owned());
        }
    }

    /// Tells an allocation to restart; when the reply is lost, finds out whether it did.
    async fn restart(&mut self, id: &str) -> Result<()> {
        let (nomad, before) = (&self.nomad, self.before);
        let list = allocation::of_job(&self.job.namespace, &self.job.id);
        let done = async || {
            let restarted =
                |a: &AllocStub| a.id == id && a.task_states.values().any(|t| t.started_at > Some(before));
            Ok(nomad.list(&list).await?.value.iter().any(restarted).then_some(()))
        };
        settle(nomad, &self.app.explicit(), &allocation::restart(id), Patience::OPERATION, done).await?;
        self.asked.insert(id.to_owned(), self.app.clock().now());
        Ok(())
    }

    /// Ends the restart with an error when an allocation does not come back.
    fn stop_at(&self, alloc: &AllocStub, seen: Option<&AllocStub>, place: Progress) -> Result<()> {
        let waited = |at: &Timestamp| self.app.clock().now().duration_since(*at).unsigned_abs();
        let new = self.asked.get(&alloc.id).or_else(|| self.replaced.get(&alloc.id));
        // One that an earlier run restarted has its time from now on.
        let since = new.or_else(|| self.failing.contains_key(&alloc.id).then_some(&self.begun));
        let late = place == Progress::Settling && since.is_some_and(|at| waited(at) > self.args.timeout);
        if place != Progress::Lost && !late {
            return Ok(());
        }
        let story = seen
            .and_then(|a| a.task_states.iter().find_map(|(name, t)| alloc_diagnosis::task_trouble(name, t)));
        let why = match (late, self.failing.get(&alloc.id).cloned().or(story)) {
            (_, Some(why)) => why,
            (true, None) => format!("it was not healthy within {} s", self.args.timeout.as_secs()),
            (false, None) if seen.is_some_and(|a| a.desired_status != DesiredStatus::Run) => {
                "it was stopped by somebody, and nothing was placed in its stead".to_owned()
            }
            (false, None) => "it has ended".to_owned(),
        };
        let what = match (new, late) {
            (Some(_), _) => "did not come back",
            (None, true) => "is not well",
            (None, false) => "ended meanwhile",
        };
        let error = Error::failed(format!("{} {what}; nothing more was restarted", alloc.name));
        let error = error.because(why).hint(format!("fleet alloc show {}", short(&alloc.id)));
        Err(self.go_on(error))
    }

    fn go_on(&self, error: Error) -> Error {
        let job = job_words(&self.job.namespace, &self.job.id);
        let words = self.args.words();
        error.hint(format!("to continue: fleet job restart {job}{words} --started-before {}", self.before))
    }

    /// That nothing of the job runs any more, where that is so: then it was not restarted, whoever wanted that.
    pub(super) fn ended_meanwhile(&self) -> Result<()> {
        let stopped = |left: &&Unwanted| !matches!(left, Unwanted::Complete | Unwanted::DeploymentOver);
        let Some(why) = self.left.values().find(stopped) else { return Ok(()) };
        let id = &self.job.id;
        let job = job_words(&self.job.namespace, id);
        let error = Error::failed(format!("{id} was not restarted: {why} meanwhile"));
        Err(match why {
            Unwanted::JobStopped => error
                .hint(format!("to see who stopped it: fleet job history {job}"))
                .hint(format!("to start it again: fleet job start {job}")),
            _ => error.hint(format!("to see what there is of it: fleet job show {job}")),
        })
    }

    /// That nobody could look at the checks which tell how it is, where they are in Consul and nobody said where that is.
    ///
    /// # Errors
    /// Not known (6).
    pub(super) fn is_known(&self) -> Result<()> {
        let in_consul =
            |g: &&TaskGroup| !own(g, &self.chosen).is_empty() && checked_by_consul(g).next().is_some();
        if self.app.consul()?.is_some() || !self.job.task_groups.iter().any(|g| in_consul(&g)) {
            return Ok(());
        }
        let job = job_words(&self.job.namespace, &self.job.id);
        let error =
            Error::new(ExitCode::TimedOut, format!("{} runs; whether it is well is not known", self.job.id));
        Err(error.because(NO_CONSUL).hint(format!("with CONSUL_HTTP_ADDR set: fleet job show {job}")))
    }

    pub(super) fn show(&self) -> Result<()> {
        let row = |a: &AllocStub| Row {
            id: a.id.clone(),
            name: a.name.clone(),
            node: a.node_name.clone(),
            restarted: self.asked.contains_key(&a.id),
            replaced: self.replaced.contains_key(&a.id),
            left: self.left.get(&a.id).map(Unwanted::to_string),
        };
        let rows: Vec<Row> = self.chosen.iter().map(row).collect();
        self.app.printer.list(&rows, "nothing to restart")
    }
}
