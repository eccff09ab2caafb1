//! `fleet migrate nginx`

mod apply;
mod html;
mod markdown;
mod view;

use std::path::{Path, PathBuf};

use crate::app::App;
use crate::commands::shared::config_change::{WriteArgs, is_objection};
use crate::commands::shared::report_kind::ReportKind;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ingress::emit::yaml;
use crate::model::ingress::nginx::tree::Config;
use crate::model::ingress::pool::Services;
use crate::model::ingress::report::{Emitted, Migration, MigrationRequest, Report, migrate};
use crate::model::ingress::verdict::{TARGETS, Target};
use crate::ops::ingress::{disk, write};

/// Carry an nginx configuration over to a gateway, and say of every line what becomes of it.
///
/// Reads nginx.conf with what it includes, or what `nginx -T` prints. Whatever would be lost and matters (a guard, a limit on
/// bodies, sessions that stay, an expression the new proxy does not take) stops the migration of its target until it is accepted
/// by its ID. What is emitted is interpreted and compared with what nginx answers before it is written. Files are renamed into
/// place, never written over.
///
/// Nothing on a cluster is changed without --apply. That writes the config entries of one target as `fleet config apply` does: shown
/// first, each only if nobody changed it since, read back, accepted and bound, and known by every gateway whose admin port answers.
/// What was there before is kept on this machine: --undo puts it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet migrate nginx /etc/nginx/nginx.conf
  fleet migrate nginx nginx.conf --map 10.20.0.11:8080=shop --map 10.20.0.12:8080=blog --out gateway
  fleet migrate nginx nginx.conf --to traefik --report report.html
  fleet migrate nginx nginx.conf --to api-gateway --accept lost-guard@nginx.conf:12 --out gateway
  fleet migrate nginx nginx.conf --to ingress-gateway --map 10.20.0.11:8080=shop --apply --dry-run
  fleet migrate nginx --undo
  fleet migrate nginx - -o json")]
pub struct Args {
    /// Main configuration files, a file with what `nginx -T` printed, or `-` for stdin.
    #[arg(required_unless_present = "undo", value_name = "CONF", value_hint = clap::ValueHint::FilePath)]
    conf: Vec<String>,

    /// Carry it over to this.
    #[arg(long, value_enum, default_value = "all")]
    to: TargetChoice,

    /// The service that runs at a fixed address; can be repeated.
    #[arg(long = "map", value_name = "HOST:PORT=SERVICE")]
    map: Vec<String>,

    /// Write what is emitted below this folder, a folder for each target.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,

    /// Write a report: .html, .md or .json.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    report: Option<PathBuf>,

    /// Go on in spite of this; can be repeated. The IDs are those of the report, and with --apply those of `fleet config apply`.
    #[arg(long, value_name = "ID")]
    accept: Vec<String>,

    /// Write the config entries into Consul. One target has to be named, and nothing may stand in its way.
    #[arg(long, conflicts_with = "undo")]
    apply: bool,

    /// Put back what was there before a change that --apply made, the last one unless said otherwise.
    #[arg(long, value_name = "CHANGE", num_args = 0..=1, require_equals = true, default_missing_value = "last",
        conflicts_with_all = ["conf", "map", "out", "report"])]
    undo: Option<String>,

    #[command(flatten)]
    write: WriteArgs,
}

/// The targets that are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TargetChoice {
    /// Consul's api-gateway and http-routes.
    ApiGateway,
    /// Consul's ingress-gateway, a router for each site.
    IngressGateway,
    /// Traefik's file provider.
    Traefik,
    /// All of them, to see which loses what.
    All,
}

impl TargetChoice {
    fn targets(self) -> Vec<Target> {
        match self {
            TargetChoice::ApiGateway => vec![Target::ApiGateway],
            TargetChoice::IngressGateway => vec![Target::IngressGateway],
            TargetChoice::Traefik => vec![Target::Traefik],
            TargetChoice::All => TARGETS.to_vec(),
        }
    }
}

/// Works the migration out, writes it and tells what becomes of every line.
///
/// # Errors
/// Usage (2) when a configuration cannot be read; refused (7) when something that matters would be lost.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    if let Some(which) = &args.undo {
        return apply::undo(args, app, which).await;
    }
    if args.apply {
        apply::possible(args.to)?;
    } else if args.write.is_given() {
        return Err(Error::usage(
            "--dry-run, --yes, --envoy and --watch-connections say how --apply or --undo writes into Consul",
        )
        .hint("without --apply nothing but the files of --out and --report is written"));
    }
    let kind =
        args.report.as_deref().map(|path| ReportKind::of(path).map(|kind| (path, kind))).transpose()?;
    let services = Services::parse(&args.map).map_err(|e| Error::usage(format!("--map: {e}")))?;
    let config = disk::load(&args.conf, &mut std::io::stdin().lock())?;
    let wanted = MigrationRequest {
        targets: args.to.targets(),
        services,
        accepted: args.accept.clone(),
        users: users(&config, &args.conf),
    };
    let migration = migrate(&config, &wanted);
    known(args, &migration.report)?;
    if let Some((path, kind)) = kind {
        write::atomically(path, &kind.text(&migration.report, html::document, markdown::document)?)?;
    }
    let written = match &args.out {
        Some(out) if !args.write.is_preview() => written(out, &migration)?,
        _ => Vec::new(),
    };
    let view = view::MigrationView { report: &migration.report, written: &written };
    let stopped: Vec<Target> =
        wanted.targets.iter().copied().filter(|t| migration.report.in_the_way(*t).next().is_some()).collect();
    // What is applied has a result of its own; the migration stands beside it, unless it stops there.
    let applies = args.apply && stopped.is_empty();
    if applies && !app.printer.wants_events() {
        app.printer.aside(&view);
    } else {
        app.printer.object(&view)?;
    }
    if applies {
        return apply::run(args, app, &migration).await;
    }
    if stopped.is_empty() {
        return Ok(ExitCode::Done);
    }
    Err(refused(&migration.report, &stopped, args.out.is_some() || args.apply))
}

fn refused(report: &Report, stopped: &[Target], writes: bool) -> Error {
    let names: Vec<&str> = stopped.iter().map(|t| t.name()).collect();
    let count = report.refusals.iter().filter(|r| !r.accepted).count();
    let nothing = if writes { "; nothing was written for it" } else { "" };
    let findings = if count == 1 { "1 finding stands".to_owned() } else { format!("{count} findings stand") };
    let mut error = Error::refused(format!("{findings} in the way of {}{nothing}", names.join(", ")));
    if report
        .refusals
        .iter()
        .any(|r| !r.accepted && r.risk == crate::model::ingress::verdict::Risk::UnmappedUpstream)
    {
        error = error.hint("say which service runs at each address: --map HOST:PORT=SERVICE");
    }
    let first = report.refusals.iter().find(|r| !r.accepted);
    match first {
        Some(first) => error.hint(format!("to go on in spite of one: --accept {}", first.id)),
        None => error,
    }
}

/// An ID that names nothing is a typo, and a typo must not pass for a decision.
fn known(args: &Args, report: &Report) -> Result<()> {
    for id in args.accept.iter().filter(|id| !(args.apply && is_objection(id))) {
        if !report.refusals.iter().any(|r| r.id == *id) {
            let ids: Vec<&str> = report.refusals.iter().map(|r| r.id.as_str()).collect();
            let near = crate::model::suggest::nearest(id, ids.iter().copied());
            let error = Error::usage(format!("--accept {id}: nothing of that ID stands in the way"));
            return Err(match near {
                Some(near) => error.hint(format!("did you mean {near}?")),
                None => error,
            });
        }
    }
    Ok(())
}

fn users(config: &Config, conf: &[String]) -> std::collections::BTreeMap<String, Vec<String>> {
    let main = conf.first().map_or("", String::as_str);
    let files = config.all.iter().filter(|d| d.name == "auth_basic_user_file").map(|d| d.arg(0).to_owned());
    files.filter_map(|file| Some((file.clone(), disk::users(main, &file)?))).collect()
}

fn written(out: &Path, migration: &Migration) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for (target, emitted) in &migration.emitted {
        if migration.report.in_the_way(*target).next().is_some() {
            continue;
        }
        let paths = write::folder(&out.join(target.name()), &files(*target, emitted)?)?;
        all.extend(paths.into_iter().map(|p| p.display().to_string()));
    }
    Ok(all)
}

/// The files of a target, by name.
fn files(target: Target, emitted: &Emitted) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for (at, document) in emitted.documents.iter().enumerate() {
        if target == Target::Traefik {
            files.push(("dynamic.yml".to_owned(), yaml::document(document)));
            continue;
        }
        let text = |key: &str| document[key].as_str().unwrap_or_default().to_owned();
        let json = serde_json::to_string_pretty(document).map_err(anyhow::Error::from)?;
        files.push((format!("{:02}-{}-{}.json", at + 1, text("Kind"), text("Name")), json + "\n"));
    }
    files.push(("gateway.nomad.hcl".to_owned(), emitted.job.clone()));
    files.push(("services.nomad.hcl".to_owned(), emitted.services.clone()));
    Ok(files)
}
