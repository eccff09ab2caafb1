//! `fleet deploy`

pub mod abort;
mod ci;
mod order;
pub mod pause;
mod prepare;
pub mod promote;
mod reports;
mod ship;
pub mod status;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use clap::Subcommand;

use crate::app::App;
use crate::commands::shared::gate_args::GateArgs;
use crate::commands::shared::jobfile::Variables;
use crate::commands::shared::rollout::{Follow, Narrator, Report, Tracker};
use crate::commands::shared::update_gate::FloorArgs;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::shell_word;
use crate::model::rollout::Target;
use crate::model::rollout::canary::CanaryCount;
use crate::ops::deploy::gates::Gate;
use crate::ops::deploy::{MOST_CRASHES, Options, Promotion};
use crate::ui::duration;

use reports::{Reports, RunSummary};

/// Deploy a job: show what it changes, register it, and follow it until every instance is healthy or the deployment has failed.
///
/// The plan is shown first; the job is registered only if nobody changed it meanwhile. Where instances are away already, or somebody
/// moves the job by fleet, it is waited for them first, so that no group falls below what its update block leaves at work; what is
/// broken is repaired at once. The exit code is 0 when the new version runs
/// and is healthy, 8 when its canaries are healthy and wait for promotion, 9 when it failed and was rolled back to a healthy version,
/// 1 when it failed and was not rolled back, or its canaries are not healthy any more, 6 when it timed out, nothing more can be placed,
/// or it is not known whether it is healthy. Ctrl-C stops following, not the deployment.
///
/// Given a job instead of a file, fleet follows the deployment under way: with --promote and gates it promotes it from here.
///
/// A gate command finds FLEET_JOB, FLEET_NAMESPACE, FLEET_VERSION and FLEET_CANARIES in its environment.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  fleet deploy web.nomad.hcl
  fleet deploy web.nomad.hcl --var image=web:2 --yes
  fleet deploy web.nomad.hcl --canary --promote --soak 2m
  fleet deploy web.nomad.hcl --canary=20% --promote --gate-http https://web.example.com/health
  fleet deploy web.nomad.hcl --promote --gate-prometheus 'sum(rate(errors[1m]))<0.1' --prometheus http://prom:9090
  fleet deploy db.nomad.hcl web.nomad.hcl --yes
  fleet deploy --ci
  fleet deploy web
  fleet deploy status web")]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// Job files, `-` for stdin, or a job whose deployment is under way.
    #[arg(value_name = "FILE|JOB", required_unless_present_any = ["dir", "ci"], value_hint = clap::ValueHint::FilePath)]
    targets: Vec<String>,

    /// Deploy every job file (`*.nomad`, `*.hcl`, `*.job`, `*.nomad.json`) of this folder, after the jobs that its `depends` metadata names. Files that hold no job, such as those of variables, are passed over.
    #[arg(long, value_name = "FOLDER", conflicts_with = "targets")]
    dir: Option<std::path::PathBuf>,

    /// In GitHub Actions or GitLab CI: deploy what the pipeline's variables say, without asking. `fleet ci env` shows what that is.
    #[arg(long, conflicts_with_all = ["targets", "dir"])]
    ci: bool,

    #[command(flatten)]
    variables: Variables,

    /// Start canaries of the new version beside the old one first: as many as the file says, or N, or N% of each group.
    #[arg(long, value_name = "N|N%", num_args = 0..=1, require_equals = true, default_missing_value = "file")]
    canary: Option<String>,

    /// When to promote healthy canaries: once every gate has held for --soak, never (manual), or after a time.
    #[arg(long, value_name = "auto|manual|after:DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "auto")]
    promote: Option<String>,

    #[command(flatten)]
    gates: Gates,

    /// Fail the deployment after N crashes of its tasks; an allocation that failed for good counts twice. 0 means never.
    #[arg(long, value_name = "N", default_value_t = MOST_CRASHES)]
    max_crashes: u64,

    /// Allow at most N instances of each group to be down at once, overriding the file.
    #[arg(long, value_name = "N")]
    max_unavailable: Option<u64>,

    /// How long to wait when nothing more can be placed [default: the progress deadline].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    blocked_for: Option<Duration>,

    /// How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of
    /// 10s and the job's min_healthy_time].
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    settle: Option<Duration>,

    /// Roll back to the last good version when the deployment fails, even where the file does not say auto_revert.
    #[arg(long)]
    rollback: bool,

    /// Keep the counts that groups have now, whatever the file says. What has a scaling block keeps its count anyway.
    #[arg(long, conflicts_with = "no_preserve_counts")]
    preserve_counts: bool,

    /// Take the file's counts, also of groups that have a scaling block.
    #[arg(long)]
    no_preserve_counts: bool,

    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    floor: FloorArgs,

    #[command(flatten)]
    reports: Reports,

    /// Show what would happen; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Register the job, and do not follow it.
    #[arg(long)]
    detach: bool,

    /// Stop following after this time; the deployment goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    timeout: Option<Duration>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Status(status::Args),
}

/// The gates that have to hold before canaries are promoted.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Gates")]
pub struct Gates {
    /// How long the canaries must be healthy and every gate must hold, without interruption. They are looked at throughout: that
    /// they run, do not crash, and pass their checks. Those that stay unhealthy for 20 s, or for a longer --settle, fail the deployment.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s")]
    soak: Duration,

    #[command(flatten)]
    outside: GateArgs,

    /// Gate on Consul: every check of the canaries' services must pass.
    #[arg(long)]
    gate_consul: bool,

    /// How often to ask the gates. Three noes in a row fail the deployment.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    gate_interval: Duration,
}

/// Risks of canaries that have to be accepted by name.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Risks")]
pub struct Force {
    /// Count a canary without a check as healthy once it runs.
    #[arg(long)]
    force_no_check: bool,
    /// Start canaries although their static port may be taken on every node.
    #[arg(long)]
    force_static_port: bool,
    /// Start canaries that write to the same volume as the old instances.
    #[arg(long)]
    force_volume: bool,
    /// Start a canary beside a single instance, although it doubles the group.
    #[arg(long)]
    force_small_count: bool,
}

impl Args {
    /// A deployment of one file without further options.
    #[must_use]
    pub fn plain(file: &str, variables: &Variables, follow: &Follow, floor: FloorArgs) -> Self {
        Args {
            verb: None,
            targets: vec![file.to_owned()],
            dir: None,
            ci: false,
            variables: variables.clone(),
            canary: None,
            promote: None,
            gates: Gates::default(),
            max_crashes: MOST_CRASHES,
            max_unavailable: None,
            blocked_for: None,
            settle: follow.settle,
            rollback: false,
            preserve_counts: false,
            no_preserve_counts: false,
            force: Force::default(),
            floor,
            reports: Reports::default(),
            dry_run: false,
            yes: true,
            detach: follow.detach,
            timeout: follow.timeout,
        }
    }

    /// How to deploy one of these files again. Values of variables are not repeated: they may be secret.
    fn again(&self, file: &str) -> String {
        let variables = &self.variables;
        if file == "-" || !variables.vars.is_empty() || !variables.var_files.is_empty() {
            return "run the same command again".to_owned();
        }
        format!("fleet deploy {}", shell_word(file))
    }

    fn wanted(&self) -> Result<Option<CanaryCount>> {
        Ok(match self.canary.as_deref() {
            None => None,
            Some("file") => Some(CanaryCount::AsWritten),
            Some(text) => {
                Some(text.parse().map_err(|e: String| Error::usage(format!("--canary={text}")).because(e))?)
            }
        })
    }

    fn promotion(&self) -> Result<Promotion> {
        Ok(match self.promote.as_deref() {
            None => Promotion::AsWritten,
            Some("auto") => Promotion::WhenGatesHold(self.gates.soak),
            Some("manual") => Promotion::Manual,
            Some(text) => {
                let after = text.strip_prefix("after:").and_then(|d| duration(d).ok());
                let bad = || {
                    Error::usage(format!("--promote={text}"))
                        .because("expected auto, manual or after:DURATION")
                };
                Promotion::WhenGatesHold(after.ok_or_else(bad)?)
            }
        })
    }

    /// A job that is named instead of a file is not registered: its deployment is followed.
    fn refuse_what_needs_a_file(&self, job: &str) -> Result<()> {
        let given = [
            ("--dry-run", self.dry_run),
            ("--detach", self.detach),
            ("--var", !self.variables.vars.is_empty()),
            ("--var-file", !self.variables.var_files.is_empty()),
            ("--no-strict", self.variables.no_strict),
            ("--canary", self.canary.is_some()),
            ("--max-unavailable", self.max_unavailable.is_some()),
            ("--preserve-counts", self.preserve_counts),
            ("--no-preserve-counts", self.no_preserve_counts),
            ("--force-no-check", self.force.force_no_check),
            ("--force-static-port", self.force.force_static_port),
            ("--force-volume", self.force.force_volume),
            ("--force-small-count", self.force.force_small_count),
        ];
        let Some((flag, _)) = given.into_iter().find(|(_, given)| *given) else { return Ok(()) };
        Err(Error::usage(format!("{flag} needs a job file, and {job} is none"))
            .because("of a job that is named by its id the deployment that is under way is taken up")
            .hint(format!("how that stands: fleet deploy status {}", shell_word(job))))
    }

    fn options(&self, app: &App) -> Result<Options> {
        let promotion = self.promotion()?;
        let mut gates = self.gates.outside.gates();
        gates.extend(self.gates.gate_consul.then_some(Gate::Consul));
        if !gates.is_empty() && !matches!(promotion, Promotion::WhenGatesHold(_)) {
            return Err(Error::usage("gates without --promote have no effect").hint("add --promote"));
        }
        Ok(Options {
            promotion,
            gates,
            every: self.gates.gate_interval,
            most_crashes: Some(self.max_crashes).filter(|n| *n > 0),
            blocked_for: self.blocked_for,
            settle: self.settle,
            rollback: self.rollback,
            take_back: false,
            joined: false,
            unchanged: false,
            fails: true,
            since: None,
            until: self.timeout.map(|t| app.clock().now() + t),
            floor: self.floor.policy(),
            holds: true,
        })
    }
}

/// Ships jobs.
///
/// # Errors
/// See [`crate::ops::deploy::End`]; refused (7), usage (2).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    if let Some(Verb::Status(args)) = &args.verb {
        return Box::pin(status::run(args, app)).await;
    }
    // Where somebody is asked, his thinking does not count.
    if args.yes || args.ci || !app.printer.may_ask() {
        app.bound(args.timeout)?;
    }
    let mut account = RunSummary::default();
    let ended = if args.ci {
        ci::run(args, app, &mut account).await
    } else {
        deploy(args, app, &mut account.report).await
    };
    args.reports.write(app, &account, ended)
}

/// Ships what the command line names.
async fn deploy(args: &Args, app: &App, report: &mut Report) -> Result<ExitCode> {
    let options = args.options(app)?;
    if let [only] = args.targets.as_slice()
        && only != "-"
        && !Path::new(only).exists()
    {
        args.refuse_what_needs_a_file(only)?;
        return take_up(only, options, app, report).await;
    }
    let files = match &args.dir {
        Some(dir) => {
            let found = order::files_of(dir)?;
            found
                .others
                .iter()
                .for_each(|file| app.printer.note(&format!("{file} holds no job; passed over")));
            found.jobs
        }
        None => args.targets.clone(),
    };
    report.expect(files.iter().map(|file| ("", file.as_str())));
    let mut jobs = Vec::new();
    for (at, file) in files.iter().enumerate() {
        jobs.push(report.hold(at, args.variables.load(app, file).await)?);
    }
    let jobs = order::by_dependency(jobs)?;
    let prepared = prepare::all(args, app, jobs, report).await?;
    if args.dry_run {
        ship::foresee(app, &prepared).await;
        return Ok(prepare::only(&prepared, report));
    }
    ship::run(args, app, options, prepared, report).await
}

/// Takes up the deployment of a job that is under way.
async fn take_up(name: &str, options: Options, app: &App, report: &mut Report) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let stub = crate::commands::shared::resolve::job(nomad, app.list_namespace()?, name).await.map_err(
        |e| match e.code() {
            ExitCode::NotFound if order::is_named_like_a_file(name) => {
                Error::not_found(format!("there is no file {name:?}, and no job of that name"))
            }
            ExitCode::NotFound => e.context(format!("{name:?} is neither a file nor a job")),
            ExitCode::Usage => e,
            _ => e.context(format!("{name:?} is no file, and whether it is a job is not known")),
        },
    )?;
    report.expect([(stub.namespace.as_str(), stub.id.as_str())]);
    let job = nomad.read(&crate::api::nomad::job::get(&stub.namespace, &stub.id)).await?.value;
    let permission = app.explicit();
    let mut narrator = Narrator::new(app);
    let options = Options { joined: true, ..options };
    let mut tracker = Tracker::of(app, &permission, options, &job).await?;
    let end = tracker.follow(Target::of(&job), &mut narrator).await;
    let told = narrator.end();
    let end = report.hold(0, end)?;
    report.only_followed(&job.namespace, &job.id);
    report.add(&job, end);
    report.finish(app, told, false)
}
