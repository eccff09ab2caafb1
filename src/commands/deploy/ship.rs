//! Shipping prepared jobs, one after the other, until one does not end well.

use jiff::Timestamp;

use super::Args;
use super::prepare::Prepared;
use crate::api::nomad::deployment;
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::rollout::Narrator;
use crate::commands::shared::rollout::Report;
use crate::commands::shared::rollout::Tracker;
use crate::commands::shared::update_gate::{self, Update};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::ids::job_words;
use crate::model::rollout::Target;
use crate::ops::deploy::{FloorPolicy, Options, act};

/// Asks for confirmation, deploys, and reports.
pub(super) async fn run(
    args: &Args,
    app: &App,
    options: Options,
    prepared: Vec<Prepared>,
    report: &mut Report,
) -> Result<ExitCode> {
    let names: Vec<&str> =
        prepared.iter().filter(|p| !p.plan.is_nothing()).map(|p| p.plan.job.as_str()).collect();
    if !args.yes && !args.ci {
        foresee(app, &prepared).await;
    }
    let permission = if names.is_empty() {
        app.explicit()
    } else {
        let leaving: Vec<String> = prepared.iter().filter_map(|p| p.plan.leaving_words()).collect();
        let what = match leaving.is_empty() {
            true => String::new(),
            false => format!(" and stop {} for good", leaving.join(", ")),
        };
        app.confirm(args.yes || args.ci, &format!("Deploy {}{what}?", names.join(", "))).await?
    };
    // From here on Ctrl-C is answered with the way to go on.
    let orderly = app.interrupts.orderly();
    let narrator = Narrator::new(app);
    let mut shipping = Shipping { args, app, options, permission, orderly, narrator, report };
    shipping.all(&prepared).await;
    let Shipping { narrator, report, .. } = shipping;
    report.finish(app, narrator.end(), args.detach)
}

/// Says for each job what it would wait for now, or what would hold it.
pub(super) async fn foresee(app: &App, prepared: &[Prepared]) {
    for p in prepared.iter().filter(|p| !p.plan.is_nothing()) {
        // It was planned a moment ago.
        let fresh = (p.running.clone(), Some(p.plan.groups.clone()));
        let lines = update_gate::foresee(p.spec.place(app), &update(p, None, true), fresh).await;
        let lines =
            lines.unwrap_or_else(|e| vec![format!("whether instances are away now is not known: {e}")]);
        lines.iter().for_each(|line| app.printer.note(&format!("{}: {line}", p.plan.job)));
    }
}

/// What is registered, as the gate before it asks.
fn update(p: &Prepared, until: Option<Timestamp>, is_followed: bool) -> Update<'_> {
    Update {
        namespace: &p.spec.namespace,
        id: &p.plan.job,
        spec: &p.spec.parsed.job,
        until,
        is_followed,
        replaces: !p.plan.groups.is_empty(),
        is_foreseen: false,
    }
}

struct Shipping<'a> {
    args: &'a Args,
    app: &'a App,
    options: Options,
    permission: Permission,
    orderly: Orderly,
    narrator: Narrator,
    report: &'a mut Report,
}

impl Shipping<'_> {
    /// Deploys the jobs one after the other, until one does not succeed.
    async fn all(&mut self, prepared: &[Prepared]) {
        for (at, p) in prepared.iter().enumerate() {
            let begun = self.app.clock().now();
            let ended = self.one(p).await;
            let took = self.app.clock().now().duration_since(begun);
            // A clock that was set back took no time.
            self.report.took(at, took.try_into().unwrap_or_default());
            if !matches!(self.report.hold(at, ended), Ok(ExitCode::Done)) {
                break;
            }
        }
    }

    /// Whether the job is registered like this already and its deployment goes on, or is paused: then there is nothing to register, and
    /// it is followed.
    async fn is_under_way(&self, app: &App, p: &Prepared) -> Result<bool> {
        if !p.plan.is_unfinished() {
            return Ok(false);
        }
        let latest = deployment::latest_of_job(&p.spec.namespace, &p.plan.job);
        Ok(app.nomad()?.read(&latest).await?.value.is_some_and(|d| d.status.is_active()))
    }

    async fn one(&mut self, p: &Prepared) -> Result<ExitCode> {
        if let Some(interrupt) = self.orderly.now() {
            return Err(interrupt.error(format!("interrupted before {} was registered", p.plan.job)));
        }
        let app = p.spec.place(self.app);
        let nomad = app.nomad()?;
        let (namespace, id) = (&p.spec.namespace, &p.plan.job);
        self.report.came_from(namespace, id, self.args.again(&p.spec.parsed.path));
        let mut repairs = false;
        let done = if p.plan.is_nothing() || self.is_under_way(app, p).await? {
            if self.args.detach {
                let goes_on = if p.plan.is_nothing() { "" } else { "; its deployment is not finished" };
                let printer = &self.app.printer;
                printer
                    .note(&format!("{id}: nothing to do, the job is already registered like this{goes_on}"));
                self.report.unchanged(namespace, id);
                return Ok(ExitCode::Done);
            }
            None
        } else {
            let parsed = &p.spec.parsed;
            let (index, submission) = (p.plan.check_index, Some(&parsed.submission));
            let until = self.options.until;
            let is_foreseen = !self.args.yes && !self.args.ci;
            let update = Update { is_foreseen, ..update(p, until, !self.args.detach) };
            let passed = update_gate::pass(app, &self.permission, self.args.floor, &update).await?;
            let done =
                act::register(nomad, &self.permission, namespace, &parsed.job, index, submission).await;
            repairs = update_gate::release(app, passed).await;
            Some(done?)
        };
        let index = done.and_then(|done| done.index);
        let job = match (act::as_written(nomad, namespace, id, index).await, done) {
            (Ok(job), _) => job,
            // Nobody is to follow it, so nobody has to read it.
            (Err(e), _) if e.is_denied() && self.args.detach => {
                self.report.registered(namespace, id, None);
                return Ok(ExitCode::Done);
            }
            (Err(e), Some(_)) => {
                return Err(Error::from(e).context(format!("{id} is registered, but cannot be followed")));
            }
            (Err(e), None) => return Err(e.into()),
        };
        self.narrator.begin(&job);
        if let Some(done) = done {
            self.narrator.registered(&job, done.found)?;
        }
        if self.args.detach {
            self.report.detached(&job);
            return Ok(ExitCode::Done);
        }
        let (joined, floor) = (done.is_none(), FloorPolicy { repairs, ..self.options.floor });
        let mut tracker = Tracker {
            app,
            permission: &self.permission,
            options: Options { joined, unchanged: p.plan.is_nothing(), floor, ..self.options.clone() },
            secrets: p.spec.secrets.clone(),
        };
        let end = tracker.follow(Target::of(&job), &mut self.narrator).await;
        let end = end.map_err(|error| {
            // An interrupted run has already printed how to continue.
            if matches!(error.code(), ExitCode::Interrupted | ExitCode::Terminated) {
                return error;
            }
            error.hint(format!(
                "version {} of {id} is registered; to follow it: fleet deploy {}",
                job.version,
                job_words(&job.namespace, id)
            ))
        })?;
        let code = end.code();
        self.report.add(&job, end);
        Ok(code)
    }
}
