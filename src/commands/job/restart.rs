//! `fleet job restart`

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::resolve::current;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_diagnosis;
use crate::model::ids::{JobKey, job_words, short};
use crate::model::present_health::HealthVerdict;
use crate::model::restart::{self, Progress};
use crate::ops::migration::lock::{Guard, Holder};
use crate::ops::present_health::Sources;
use crate::ops::ticker::{Stall, Watched, Woken};
use crate::ui::{Cell, Column, Narration, Tabular, Tone, column, duration};

/// How often instances are looked at while nothing changes.
const TICK: Duration = Duration::from_millis(500);
/// How long to wait for instances that are down for another reason.
const HOLD: Duration = Duration::from_secs(10);
/// How long an instance has to run to count as healthy where its group has no update block.
const STEADY: Duration = Duration::from_secs(5);

/// Restart a job's instances in place, a few at a time, each only after those before it are healthy again.
///
/// Healthy means: its tasks run for as long as its update block says, and its checks pass where that block goes by checks. The
/// restart stops at the first instance that does not come back. Missing instances and those whose checks fail now count as down. A
/// group with a single instance, or with too many down already, is refused unless you allow it with --max-unavailable. When
/// interrupted, it names the command that continues with the remaining ones. While a rotation or a drain of fleet moves the job, it
/// waits, and says for whom.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job restart web
  fleet job restart web --group api --max-unavailable 2
  fleet job restart web --started-before 2026-11-21T12:00:00Z")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Only instances of this group.
    #[arg(long, value_name = "GROUP", add = clap_complete::ArgValueCompleter::new(complete::groups))]
    group: Vec<String>,

    /// Only these allocations, by id or the beginning of one.
    #[arg(long, value_name = "ID")]
    alloc: Vec<String>,

    /// Allow at most N instances of each group to be down at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unavailable: Option<u64>,

    /// Only instances started before this time; continues an interrupted restart.
    #[arg(long, value_name = "TIME")]
    started_before: Option<Timestamp>,

    /// Time each instance may take to become healthy again.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,
}

impl Args {
    fn most_away(&self) -> usize {
        usize::try_from(self.max_unavailable.unwrap_or(1)).unwrap_or(usize::MAX)
    }

    /// The options that select instances and bound how many are down, to be repeated in a hint.
    fn words(&self) -> String {
        let groups = self.group.iter().map(|g| format!(" --group {g}"));
        let allocs = self.alloc.iter().map(|a| format!(" --alloc {a}"));
        let most = self.max_unavailable.iter().map(|n| format!(" --max-unavailable {n}"));
        groups.chain(allocs).chain(most).collect()
    }
}

#[derive(Debug, Serialize)]
struct Row {
    #[serde(rename = "alloc_id")]
    id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    #[serde(rename = "node_name")]
    node: String,
    restarted: bool,
    /// Somebody else moved it meanwhile: this one took its place.
    replaced: bool,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("ALLOCATION").whole(), column("NAME"), column("NODE"), column("RESULT")];

    fn cells(&self) -> Vec<Cell> {
        let result = match (self.restarted, self.replaced) {
            (true, _) => Cell::toned("restarted", Tone::Good),
            (false, true) => Cell::text("replaced meanwhile"),
            (false, false) => Cell::text("already restarted"),
        };
        vec![Cell::Id(self.id.clone()), Cell::text(&self.name), Cell::text(&self.node), result]
    }
}

/// Restarts a job's instances.
///
/// # Errors
/// Refused (7), failed (1) when one does not come back, interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let job = current(app, &args.job).await?;
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let all = nomad.list(&allocation::of_job(&job.namespace, &job.id)).await?.value;
    let chosen = choose(args, &job, &all)?;
    refuse_singletons(args, &job, &chosen)?;
    let ill = ill(app, &nomad, &job, &all).await;
    refuse_ill(args, &job, &chosen, &all, &ill)?;
    // By the nodes' clocks, which need not agree with ours.
    let permission = app.explicit();
    let what = format!("restart of job {}", job.id);
    let holder = Holder::here(what, app.env.get("USER"), app.clock().now());
    let guard =
        Guard::new(&nomad, &permission, holder, BTreeSet::from([JobKey::new(&*job.namespace, &*job.id)]));
    let before =
        args.started_before.or_else(|| restart::cutoff(&chosen)).unwrap_or_else(|| app.clock().now());
    let mut restarting = Restarting {
        args,
        app,
        nomad,
        job,
        chosen,
        before,
        asked: BTreeMap::new(),
        replaced: BTreeMap::new(),
        sightings: restart::Sightings::default(),
        failing: BTreeMap::new(),
        held: BTreeMap::new(),
        guard,
        waits: Vec::new(),
    };
    let ended = restarting.follow().await;
    restarting.guard.release(app.clock().now()).await;
    ended?;
    restarting.show()?;
    Ok(ExitCode::Done)
}

/// The instances whose checks fail at this moment, each with what they say.
async fn ill(app: &App, nomad: &Http, job: &Job, all: &[AllocStub]) -> BTreeMap<String, String> {
    let consul = app.consul().ok().flatten();
    let sources = Sources::new(nomad, consul);
    // Whoever does not say where Consul is goes by what Nomad knows.
    let sources = if consul.is_none() { sources.without_consul() } else { sources };
    let wanted: Vec<AllocStub> = all.iter().filter(|a| runs(a)).cloned().collect();
    let health = sources.of_job(job, &wanted, app.clock().now()).await;
    let ill = health.into_iter().filter(|(_, health)| !health.checks.failing.is_empty());
    ill.map(|(id, health)| (id, health.reason().to_owned())).collect()
}

/// Whether it is to run, and does.
fn runs(alloc: &AllocStub) -> bool {
    alloc.client_status == ClientStatus::Running && alloc.desired_status == DesiredStatus::Run
}

/// Refuses to restart instances of a group of which more are down than may be.
fn refuse_ill(
    args: &Args,
    job: &Job,
    chosen: &[AllocStub],
    all: &[AllocStub],
    ill: &BTreeMap<String, String>,
) -> Result<()> {
    if job.job_type.ends() {
        return Ok(());
    }
    for group in &job.task_groups {
        if own(group, chosen).is_empty() {
            continue;
        }
        let of_group: Vec<AllocStub> = all.iter().filter(|a| a.task_group == group.name).cloned().collect();
        let why: Vec<&String> = of_group.iter().filter_map(|a| ill.get(&a.id)).collect();
        if why.len() <= args.most_away() {
            continue;
        }
        let placed = of_group.iter().filter(|a| runs(a)).count();
        return Err(Error::refused(format!(
            "{} of the {placed} running instances of group {} of {} fail their checks now, and a restart takes down more",
            why.len(),
            group.name,
            job.id
        ))
        .because(why[0].clone())
        .hint(format!("`fleet why {}`", job_words(&job.namespace, &job.id)))
        .hint(format!("--max-unavailable {} allows that", why.len())));
    }
    Ok(())
}

fn refuse_singletons(args: &Args, job: &Job, chosen: &[AllocStub]) -> Result<()> {
    let concerned = |group: &&TaskGroup| chosen.iter().any(|a| a.task_group == group.name);
    let accepted = args.max_unavailable.is_some() || job.job_type.ends();
    match job.task_groups.iter().filter(concerned).find(|group| group.count() <= 1) {
        Some(group) if !accepted => Err(Error::refused(format!(
            "group {} of {} has a single instance, which is down while it restarts",
            group.name, job.id
        ))
        .hint("--max-unavailable 1 allows that")),
        _ => Ok(()),
    }
}

/// Whether a job has one instance per node (system, sysbatch).
fn by_node(job: &Job) -> bool {
    job.job_type.is_per_node()
}

fn own(group: &TaskGroup, chosen: &[AllocStub]) -> Vec<AllocStub> {
    chosen.iter().filter(|a| a.task_group == group.name).cloned().collect()
}

/// Instances being restarted.
struct Restarting<'a> {
    args: &'a Args,
    app: &'a App,
    nomad: Http,
    job: Job,
    /// The allocations to restart, as they were found.
    chosen: Vec<AllocStub>,
    /// A task that started after this time, by its node's clock, was restarted.
    before: Timestamp,
    /// When each allocation was told to restart, by our clock.
    asked: BTreeMap<String, Timestamp>,
    /// Those that took the place of one that somebody else moved meanwhile, and when that was seen.
    replaced: BTreeMap<String, Timestamp>,
    sightings: restart::Sightings,
    /// The check that each allocation was last waiting for.
    failing: BTreeMap<String, String>,
    /// For how long each group has waited for instances that somebody else has to bring back.
    held: BTreeMap<String, Stall>,
    /// Keeps rotations, drains and other restarts of fleet away from the job.
    guard: Guard<'a>,
    /// Whom it waits for, in words.
    waits: Vec<String>,
}

impl Restarting<'_> {
    /// Restarts the allocations, a few at a time, until all are healthy.
    async fn follow(&mut self) -> Result<()> {
        let mut orderly = self.app.interrupts.orderly();
        let mut story = Narration::new(&self.app.printer);
        let list = allocation::of_job(&self.job.namespace, &self.job.id);
        let mut states = Watched::new(&self.nomad, list, TICK);
        let mut latest = self.chosen.clone();
        loop {
            match states.next(&mut orderly).await? {
                Woken::State(state) => latest = state,
                Woken::Tick => {}
                Woken::Interrupted(interrupt) => {
                    return Err(self.go_on(interrupt.error("interrupted; restarts already under way go on")));
                }
            }
            self.take_turn().await?;
            self.see_replaced(&latest);
            let mut open = false;
            for group in self.job.task_groups.clone() {
                open |= self.step(&group, &latest, &mut story).await?;
            }
            let told = format!("{} of {} were told to restart", self.asked.len(), self.chosen.len());
            let held = self.held.iter().filter(|(_, stall)| **stall != Stall::default());
            let held = held.map(|(group, _)| format!("waiting for other instances of {group} that are down"));
            story.waiting(&std::iter::once(told).chain(held).chain(self.waits.clone()).collect::<Vec<_>>());
            if !open {
                return Ok(());
            }
        }
    }

    /// Claims the job, or notes who moves it just now.
    async fn take_turn(&mut self) -> Result<()> {
        let protected = self.guard.unprotected().is_none();
        self.waits = self.guard.keep(self.app.clock().now()).await?;
        if let Some(why) = self.guard.unprotected().filter(|_| protected) {
            self.app.printer.warn(&format!(
                "nothing keeps a second operator from moving the same services at the same time: {why}"
            ));
        }
        Ok(())
    }

    /// What somebody else moves meanwhile needs no restart any more: what takes its place has just started, and stands for it.
    fn see_replaced(&mut self, latest: &[AllocStub]) {
        let now = self.app.clock().now();
        let Restarting { chosen, asked, replaced, .. } = self;
        for alloc in chosen.iter_mut().filter(|a| !asked.contains_key(&a.id)) {
            let seen = latest.iter().find(|l| l.id == alloc.id && l.desired_status != DesiredStatus::Run);
            if let Some(next) = seen.and_then(|s| latest.iter().find(|l| l.id == s.next_allocation)) {
                replaced.insert(next.id.clone(), now);
                *alloc = next.clone();
            }
        }
    }

    /// Restarts the allocations of a group that may be restarted now. Returns whether any of them is not healthy yet.
    async fn step(&mut self, group: &TaskGroup, latest: &[AllocStub], story: &mut Narration) -> Result<bool> {
        let steady = group.update.as_ref().map_or(STEADY, |u| u.min_healthy_time.duration());
        let own = own(group, &self.chosen);
        let mut places = BTreeMap::new();
        for alloc in &own {
            let seen = latest.iter().find(|l| l.id == alloc.id);
            let mut place = self.place(alloc, group, seen, steady);
            let new = self.asked.contains_key(&alloc.id) || self.replaced.contains_key(&alloc.id);
            if place == Progress::Done && new && goes_by_checks(group) {
                place = self.with_checks(seen.unwrap_or(alloc), group).await;
            }
            self.stop_at(alloc, seen, place)?;
            places.insert(alloc.id.as_str(), place);
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
            let ill = ill(self.app, &self.nomad, &self.job, latest).await;
            let own_ill: BTreeSet<&str> =
                ill.keys().map(String::as_str).filter(|id| places.contains_key(id)).collect();
            let others_ill =
                latest.iter().filter(|a| a.task_group == group.name && !places.contains_key(a.id.as_str()));
            // Those that the servers know to be unhealthy are away already.
            let others_ill =
                others_ill.filter(|a| a.healthy() != Some(false) && ill.contains_key(&a.id)).count();
            next = restart::next(&places, &own_ill, away + others_ill, self.args.most_away());
            if next.is_empty() && !any(Progress::Settling) {
                (held, down) = (true, away + others_ill + own_ill.len());
            }
        }
        self.hold(group, down, held)?;
        for id in next {
            self.restart(id).await?;
            let name = own.iter().find(|a| a.id == id).map_or("", |a| a.name.as_str());
            story.line(self.app.clock().now(), &format!("restarting {name} ({})", short(id)), Tone::Plain);
        }
        Ok(places.values().any(|p| matches!(p, Progress::Waiting | Progress::Settling)))
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

    /// Where an instance is whose tasks are well.
    async fn with_checks(&mut self, alloc: &AllocStub, group: &TaskGroup) -> Progress {
        let consul = self.app.consul().ok().flatten();
        let sources = Sources::new(&self.nomad, consul);
        // Whoever does not say where Consul is goes by what Nomad knows.
        let sources = if consul.is_none() { sources.without_consul() } else { sources };
        let health = sources.of(|_| Some(group), std::slice::from_ref(alloc), self.app.clock().now()).await;
        match health.get(&alloc.id).filter(|h| h.verdict != HealthVerdict::Healthy) {
            None => {
                self.failing.remove(&alloc.id);
                Progress::Done
            }
            Some(health) => {
                self.failing.insert(alloc.id.clone(), health.reason().to_owned());
                Progress::Settling
            }
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
        let since = self.asked.get(&alloc.id).or_else(|| self.replaced.get(&alloc.id));
        let late = place == Progress::Settling && since.is_some_and(|at| waited(at) > self.args.timeout);
        if place != Progress::Lost && !late {
            return Ok(());
        }
        let story = seen
            .and_then(|a| a.task_states.iter().find_map(|(name, t)| alloc_diagnosis::task_trouble(name, t)));
        let why = match (late, self.failing.get(&alloc.id).cloned().or(story)) {
            (_, Some(why)) => why,
            (true, None) => format!("it was not healthy within {} s", self.args.timeout.as_secs()),
            (false, None) => "it has ended".to_owned(),
        };
        let what = if since.is_some() { "did not come back" } else { "ended meanwhile" };
        let error = Error::failed(format!("{} {what}; nothing more was restarted", alloc.name));
        let error = error.because(why).hint(format!("fleet alloc show {}", short(&alloc.id)));
        Err(self.go_on(error))
    }

    fn go_on(&self, error: Error) -> Error {
        let job = job_words(&self.job.namespace, &self.job.id);
        let words = self.args.words();
        error.hint(format!("to continue: fleet job restart {job}{words} --started-before {}", self.before))
    }

    fn show(&self) -> Result<()> {
        let row = |a: &AllocStub| Row {
            id: a.id.clone(),
            name: a.name.clone(),
            node: a.node_name.clone(),
            restarted: self.asked.contains_key(&a.id),
            replaced: self.replaced.contains_key(&a.id),
        };
        let rows: Vec<Row> = self.chosen.iter().map(row).collect();
        self.app.printer.list(&rows, "nothing to restart")
    }
}

/// The allocations selected by the options.
fn choose(args: &Args, job: &Job, all: &[AllocStub]) -> Result<Vec<AllocStub>> {
    if let Some(unknown) = args.group.iter().find(|g| job.group(g).is_none()) {
        return Err(Error::not_found(format!("{} has no group {unknown:?}", job.id)));
    }
    let running: Vec<AllocStub> = all.iter().filter(|a| runs(a)).cloned().collect();
    if let Some(unknown) = args.alloc.iter().find(|id| !running.iter().any(|a| a.id.starts_with(id.as_str())))
    {
        return Err(Error::not_found(format!("no running allocation of {} begins with {unknown}", job.id)));
    }
    let chosen: Vec<AllocStub> = running
        .into_iter()
        .filter(|a| args.group.is_empty() || args.group.contains(&a.task_group))
        .filter(|a| args.alloc.is_empty() || args.alloc.iter().any(|id| a.id.starts_with(id.as_str())))
        .collect();
    if chosen.is_empty() {
        return Err(Error::not_found(format!("nothing to restart: no instance of {} is running", job.id)));
    }
    Ok(chosen)
}

/// Whether the group's update block judges health by its checks.
fn goes_by_checks(group: &TaskGroup) -> bool {
    group.update.as_ref().is_none_or(|u| matches!(u.health_check.as_str(), "" | "checks"))
}
