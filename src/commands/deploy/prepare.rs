//! What a deployment would do, before it does anything.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Args, Force};
use crate::api::error::Problem;
use crate::api::nomad::job::Job;
use crate::api::nomad::node;
use crate::app::App;
use crate::commands::shared::jobfile::Spec;
use crate::commands::shared::plan::{self, Plan};
use crate::commands::shared::rollout::Report;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::JobType;
use crate::model::kept_counts::CountSource;
use crate::model::rollout::canary::{self, CanaryRisk};
use crate::model::words;
use crate::ops::deploy::Promotion;
use crate::ui::{Describe, Detail, Fold, Tone};

/// A job, ready to be registered.
#[derive(Debug, Serialize)]
pub(super) struct Prepared {
    #[serde(flatten)]
    pub(super) plan: Plan,
    doubts: Vec<CanaryRisk>,
    #[serde(skip)]
    pub(super) spec: Spec,
    /// The job as it ran when this was planned, where that was read.
    #[serde(skip)]
    pub(super) running: Option<Job>,
    /// What is asked before fewer run than now.
    #[serde(skip)]
    question: Option<String>,
    /// Whether canaries were asked for on the command line, and not only written in the file.
    #[serde(skip)]
    asked: bool,
}

impl Describe for Prepared {
    fn describe(&self) -> Detail {
        let doubts = self.standing_doubts().map(|d| (d.to_string(), Tone::Warn));
        self.plan.describe().lines(Some("About the canaries"), doubts)
    }
}

/// Plans the jobs, shows the plans, and refuses canaries that would prove nothing. Writes nothing.
pub(super) async fn all(
    args: &Args,
    app: &App,
    jobs: Vec<Spec>,
    report: &mut Report,
) -> Result<Vec<Prepared>> {
    report.expect(jobs.iter().map(|j| (j.namespace.as_str(), j.parsed.id())));
    let mut prepared = Vec::new();
    for (at, spec) in jobs.into_iter().enumerate() {
        let whose = CountSource::of(args.preserve_counts, args.no_preserve_counts);
        prepared.push(report.hold(at, Prepared::make(args, app, spec, whose).await)?);
    }
    for p in &prepared {
        let _fold = Fold::begin(&app.printer, &format!("Plan of {}", p.plan.job));
        p.show(app, args.dry_run)?;
    }
    // Somebody else may have set the counts that run; whoever is asked anyway is asked this, too.
    let asks = !(args.yes || args.ci || args.dry_run);
    for (at, p) in prepared.iter_mut().enumerate() {
        let Some(question) = p.question.take().filter(|_| asks && !p.plan.is_nothing()) else { continue };
        if app.printer.confirm(question).await? {
            let again = Prepared::make(args, app, p.spec.clone(), CountSource::Running).await;
            *p = report.hold(at, again)?;
            p.show(app, args.dry_run)?;
        }
    }
    for (at, p) in prepared.iter().enumerate() {
        report.note(&p.plan.namespace, &p.plan.job, p.remarks());
        report.hold(at, p.refuse(&args.force))?;
    }
    Ok(prepared)
}

/// The exit code of `--dry-run`.
pub(super) fn only(prepared: &[Prepared], report: &mut Report) -> ExitCode {
    report.planned(prepared.iter().map(|p| !p.plan.is_nothing()));
    if prepared.iter().all(|p| p.plan.is_nothing()) { ExitCode::Done } else { ExitCode::Pending }
}

impl Prepared {
    /// Why its canaries would prove nothing. A first version has none, whatever its file says.
    fn standing_doubts(&self) -> impl Iterator<Item = &CanaryRisk> {
        let tried = self.asked || self.plan.effects.iter().any(|e| e.canaries > 0);
        self.doubts.iter().filter(move |_| tried && !self.plan.is_nothing())
    }

    /// What its plan says beside what changes.
    pub(super) fn remarks(&self) -> Vec<String> {
        let doubts = self.standing_doubts().map(CanaryRisk::to_string);
        self.plan.notes.iter().chain(&self.plan.warnings).cloned().chain(doubts).collect()
    }

    /// Applies the command line's options to a job, and plans it.
    async fn make(args: &Args, app: &App, mut spec: Spec, whose: CountSource) -> Result<Self> {
        let wanted = args.wanted()?;
        let default = spec.parsed.job["Update"].clone();
        let job_type = JobType::of(&spec.parsed.job);
        if wanted.is_some() && job_type != JobType::Service {
            return Err(Error::refused(format!("a {job_type} job has no canaries that --canary could set")));
        }
        if args.max_unavailable.is_some() && !job_type.has_deployments() {
            return Err(Error::refused(format!(
                "a {job_type} job is not rolled out, so --max-unavailable has nothing to bound"
            )));
        }
        let (kept, running) = plan::keep(app, &mut spec, whose).await?;
        let question = kept.question(spec.parsed.id());
        let mut of_promotion = Vec::new();
        for group in spec.parsed.job["TaskGroups"].as_array_mut().into_iter().flatten() {
            of_promotion.extend(shape(args, group, &default, job_type)?);
        }
        let mut plan = plan::ask(app, &spec, &kept).await?;
        // What is new, or does not change, has no canaries, whatever its file says.
        let tried = |group: &str| plan.effects.iter().any(|e| e.group == group && e.canaries > 0);
        let of_promotion: Vec<String> =
            of_promotion.into_iter().filter(|(group, _)| tried(group)).map(|(_, note)| note).collect();
        plan.notes.extend(of_promotion);
        let doubts = doubts(app, &spec, &default).await?;
        Ok(Prepared { plan, doubts, running, question, spec, asked: wanted.is_some() })
    }

    /// Shows a plan: as the result of a dry run, else on stderr.
    fn show(&self, app: &App, as_result: bool) -> Result<()> {
        if as_result || app.printer.wants_events() {
            return app.printer.object(self);
        }
        app.printer.aside(self);
        Ok(())
    }

    /// Refuses canaries that would prove nothing, unless the risk was accepted.
    fn refuse(&self, force: &Force) -> Result<()> {
        let named = |d: &CanaryRisk| match d {
            CanaryRisk::NoCheck { .. } => force.force_no_check,
            CanaryRisk::StaticPort { .. } => force.force_static_port,
            CanaryRisk::Volume { .. } => force.force_volume,
            CanaryRisk::CountTooSmall { .. } => force.force_small_count,
        };
        let standing: Vec<&CanaryRisk> = self.doubts.iter().filter(|d| !named(d)).collect();
        if !self.asked || standing.is_empty() || self.plan.is_nothing() {
            return Ok(());
        }
        let error =
            Error::refused(format!("canaries of {} would prove nothing; nothing was changed", self.plan.job));
        let error = standing.iter().fold(error, |e, d| e.because(d.to_string()));
        Err(standing.iter().fold(error, |e, d| e.hint(d.flag())))
    }
}

/// Applies the command line's options to a group, and returns its name and a note on what a promotion of its canaries does.
/// `default` is the job's own update block.
fn shape(
    args: &Args,
    group: &mut Value,
    default: &Value,
    job_type: JobType,
) -> Result<Option<(String, String)>> {
    let written = |key: &str, group: &Value| group["Update"][key].as_u64().or(default[key].as_u64());
    let name = group["Name"].as_str().unwrap_or_default().to_owned();
    let count = group["Count"].as_u64().unwrap_or(1);
    // Of a system job they are a share of the nodes, and its file's affair.
    let mut canaries = written("Canary", group).filter(|_| job_type == JobType::Service).unwrap_or(0);
    let mut parallel = written("MaxParallel", group).unwrap_or(1);
    if let Some(wanted) = args.wanted()? {
        canaries = wanted.of(count, canaries);
        set(group, "Canary", json!(canaries));
    }
    if canaries > 0 && !matches!(args.promotion()?, Promotion::AsWritten) {
        set(group, "AutoPromote", json!(false));
    }
    match args.max_unavailable {
        // All of them stand ready before the first old one goes.
        Some(0) if canaries > 0 => {
            canaries = canaries.max(count);
            set(group, "Canary", json!(canaries));
        }
        Some(0) => {
            let error =
                Error::refused(format!("group {name} cannot be replaced without taking an instance down"));
            let way = "add --canary: all new instances are then ready before the first old one stops";
            return Err(if job_type == JobType::Service { error.hint(way) } else { error });
        }
        Some(most) => {
            // 0 stands for all at once.
            parallel = if parallel == 0 { most } else { parallel.min(most) };
            set(group, "MaxParallel", json!(parallel));
        }
        None => {}
    }
    let left = canary::left_at_promotion(count, canaries, parallel);
    let bounded = args.max_unavailable.is_some_and(|most| left.saturating_add(most) >= count);
    Ok((canaries > 0 && left < count && !bounded).then(|| {
        let note = format!(
            "promotion may take {} of {} of {name} down at once; limit this with --max-unavailable",
            count - left,
            words::count(count, "instance")
        );
        (name, note)
    }))
}

fn set(group: &mut Value, key: &str, value: Value) {
    if !group["Update"].is_object() {
        group["Update"] = json!({});
    }
    group["Update"][key] = value;
}

/// Why the job's canaries would prove nothing, whether they come from the file or the command line.
async fn doubts(app: &App, spec: &Spec, default: &Value) -> Result<Vec<CanaryRisk>> {
    let mut whole = spec.parsed.job.clone();
    let mut any = false;
    for group in whole["TaskGroups"].as_array_mut().into_iter().flatten() {
        let canaries = group["Update"]["Canary"].as_u64().or(default["Canary"].as_u64()).unwrap_or(0);
        set(group, "Canary", json!(canaries));
        any |= canaries > 0;
    }
    if !any {
        return Ok(Vec::new());
    }
    let job: Job = serde_json::from_value(whole)
        .map_err(|e| Error::failed("could not read the parsed job").because(e.to_string()))?;
    let pool = if job.node_pool.is_empty() { "default" } else { job.node_pool.as_str() };
    let nodes = match spec.place(app).nomad()?.list(&node::list()).await {
        Ok(reply) => reply.value,
        // Without the right to read nodes it is not known whether one has the static port free.
        Err(e) if e.problem == Problem::Denied => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    let fit =
        nodes.iter().filter(|n| n.is_schedulable() && (pool == "all" || n.node_pool == pool)).count() as u64;
    Ok(canary::doubts(&job, fit))
}
