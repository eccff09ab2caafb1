//! `fleet migrate traffic`

mod begin;
mod narrate;
mod options;
mod preview;
mod rollback;
mod status;
mod view;

use std::time::Duration;

use clap::Subcommand;

use crate::app::App;
use crate::commands::shared::consul;
use crate::commands::shared::gate_args::GateArgs;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::traffic::shift::Risk;
use crate::ops::traffic::witness::AdminAddress;
use crate::ui::duration;

/// Move the traffic of a service from one side to the other, step by step, without a dropped connection or a lost session.
///
/// A side is a subset of the service (its service-resolver names them) or another service. SERVICE may be http-route/NAME: then the
/// weights of the services in that route's rules are moved; or traefik/NAME: then those of a weighted service of Traefik, where its
/// provider for Consul reads them (traefik/NAME@ROOT where the keys are not below `traefik`), or in a file of its file provider on this
/// machine (traefik/NAME@/PATH.yml, .yaml or .toml): there nothing but the numbers changes, and the file is renamed into its place. Before anything is written the entries,
/// the instances and the gateways are looked over: Consul says true to much that does not work. Before each step the taking side must
/// have the instances its share needs; after it every gateway whose admin port answers must have it, none may have rejected it or
/// replaced a listener; then every gate must hold for the soak. A gate that says no three times takes everything back; a gate command
/// finds FLEET_SERVICE, FLEET_FROM, FLEET_TO and FLEET_SHARE in its environment. In the end the
/// giving side is watched until nothing goes there any more.
///
/// It runs under a lock in Consul and is written down there: killed anywhere, the same command goes on, from any machine, and
/// `fleet migrate traffic rollback SERVICE` takes it back. The exit code is 0 when it is done and the giving side is idle, or
/// nobody can tell, which is said; 8 when something still goes there or is led there past the split, 9 when it was taken back, 7 when it was refused.
///
/// Where sessions are local, a split alone loses them: --pin keeps each on the side where it began, and --probe-sessions proves it.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  fleet migrate traffic web --from v1 --to v2 --dry-run
  fleet migrate traffic web --from v1 --to v2 --steps 1,5,25,50,100 --soak 5m
  fleet migrate traffic site --from site-old --to site-new --steps 10,100 --gate-errors 1 --yes
  fleet migrate traffic web --from v1 --to v2 --pin --probe-sessions 300 --probe http://10.0.0.7:8080/ --probe-host web.example.com
  fleet migrate traffic http-route/site --from site-old --to site-new --steps 10,100
  fleet migrate traffic traefik/app --from blue@consulcatalog --to green@consulcatalog --traefik 10.0.0.7:8080
  fleet migrate traffic traefik/app@/etc/traefik/dynamic/app.yml --from blue --to green --traefik 127.0.0.1:8080
  fleet migrate traffic status web
  fleet migrate traffic rollback web --yes")]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// The service whose traffic is moved, http-route/NAME, traefik/NAME or traefik/NAME@/PATH.yml.
    #[arg(value_name = "SERVICE", required = true)]
    service: Option<String>,

    /// The side that gives: a subset, or a service (service:NAME where a subset has the same name).
    #[arg(long, value_name = "SUBSET|SERVICE", required = true)]
    from: Option<String>,

    /// The side that takes.
    #[arg(long, value_name = "SUBSET|SERVICE", required = true)]
    to: Option<String>,

    /// The shares of the taking side, in percent of what both sides have.
    #[arg(long, value_name = "PERCENT,…", default_value = "1,5,25,50,100")]
    steps: String,

    #[command(flatten)]
    gates: Gates,

    #[command(flatten)]
    sessions: SessionArgs,

    /// How long the giving side may take to become idle in the end.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    drain_timeout: Duration,

    /// The admin port of a proxy, to ask what it made of a write. Port 19000 of every gateway is tried by itself.
    #[arg(long, value_name = "[ID=]HOST:PORT")]
    envoy: Vec<AdminAddress>,

    /// The address of the API of a Traefik that shares out traefik/NAME; can be repeated, one for each instance. Without it nothing
    /// is verified there, and a file is written only with --accept unwitnessed.
    #[arg(long, value_name = "HOST:PORT")]
    traefik: Vec<String>,

    /// Go ahead in spite of this.
    #[arg(long, value_name = "RISK", value_enum)]
    accept: Vec<Risk>,

    /// What a gate that says no leaves behind: the shares before it all, or those of the step.
    #[arg(long, value_name = "HOW", value_enum, default_value = "rollback")]
    on_failure: OnFailure,

    /// Show what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// How long the whole may take; the same command goes on later.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Rollback(rollback::Args),
    Status(status::Args),
}

/// What to leave behind when a gate says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum OnFailure {
    /// Everything as it was before.
    Rollback,
    /// The shares as they are.
    Hold,
}

/// What is asked after every step.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Gates")]
struct Gates {
    /// How long every gate must hold after each step, without a break.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1m")]
    soak: Duration,

    /// The largest share of 5xx of the taking side since the step, in percent, by the gateways' counters. Fewer than 20 requests are
    /// neither a yes nor a no. Without it five percent points more than the other side say no.
    #[arg(long, value_name = "PERCENT", value_parser = positive)]
    gate_errors: Option<f64>,

    /// The largest 99th percentile of the taking side's answers in milliseconds, by the gateways' counters.
    #[arg(long, value_name = "MS", value_parser = positive)]
    gate_latency: Option<f64>,

    #[command(flatten)]
    outside: GateArgs,

    /// How often to ask the gates. Three times no in a row takes everything back.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    gate_interval: Duration,
}

/// Sessions that are local to an instance.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Sessions")]
struct SessionArgs {
    /// Keep every session on the side where it began, by this cookie: the split names its side in it, and routes know it again.
    #[arg(long, value_name = "COOKIE", num_args = 0..=1, require_equals = true, default_missing_value = "fleet-ver")]
    pin: Option<String>,

    /// How long pins are there before the first step: sessions without the cookie follow the weights.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", requires = "pin")]
    pin_soak: Duration,

    /// How long nothing may go to the giving side in the end before its pins are taken out: longer than people think between two
    /// requests.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30m", requires = "pin")]
    session_idle: Duration,

    /// Open so many sessions before each step, and tell how many of all of them changed side.
    #[arg(long, value_name = "N", requires = "probe")]
    probe_sessions: Option<usize>,

    /// Where sessions are opened.
    #[arg(long, value_name = "URL", requires = "probe_sessions")]
    probe: Option<String>,

    /// The host they name, where it is not that of the address.
    #[arg(long, value_name = "HOST", requires = "probe")]
    probe_host: Option<String>,

    /// The header of answers that tells which side, or which instance, answered; the pin's cookie tells otherwise.
    #[arg(long, value_name = "HEADER", requires = "probe")]
    probe_side: Option<String>,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim_end_matches('%').parse().map_err(|_| "expected a number".to_owned())?;
    if number.is_finite() && number >= 0.0 {
        Ok(number)
    } else {
        Err("expected a number from 0 on".to_owned())
    }
}

/// Where runs on this machine say who they are.
fn myself(app: &App) -> String {
    format!("{}@{}", app.env.user(), rustix::system::uname().nodename().to_string_lossy())
}

/// Moves traffic.
///
/// # Errors
/// See [`crate::ops::traffic::shift::Shift`]; refused (7), usage (2), not found (3).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    match &args.verb {
        Some(Verb::Rollback(args)) => rollback::run(args, app).await,
        Some(Verb::Status(args)) => status::run(args, app).await,
        None => begin::run(args, app, &consul::needed(app)?).await,
    }
}
