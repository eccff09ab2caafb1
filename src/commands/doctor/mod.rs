//! `fleet doctor`

mod fix;
mod jobs;
mod pages;
mod reports;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use crate::app::App;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::doctor::waivers::Waivers;
use crate::model::doctor::{self, Check, Fault, Severity};
use crate::model::words::count;
use crate::ops::doctor::{Deep, Scope, examine};
use crate::ops::ingress::write;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The exit code for what could not be looked at, as the documentation of this verb has it.
const COULD_NOT_CHECK: u8 = 2;

/// The checks for which the specifications of jobs are read.
const OF_SPECIFICATIONS: &[&str] = &[
    "FD101", "FD102", "FD103", "FD104", "FD105", "FD106", "FD107", "FD108", "FD109", "FD110", "FD111",
    "FD112", "FD113", "FD116", "FD118", "FD119", "FD306",
];
/// The checks that stand on what Consul says.
const OF_CONSUL: &[&str] = &["FD301", "FD302", "FD303", "FD304"];

/// Look for what is wrong, or will be, with jobs, the cluster, and what Nomad and Consul say of each other.
///
/// Every finding has a code that stays, such as FD103; --explain tells what it means and what helps. It takes eight requests
/// whatever the size of the cluster. Where there are at most 32 jobs, each is read as well, one request for each; with more of
/// them --every-job does that. What takes more requests is looked at by flags of its own, and by --all. What was left out, and
/// what could not be looked at, is told.
///
/// --fix CODE mends the findings of that code where that is safe: each object is looked at once more, what would be done is shown
/// and asked about, and what was done is read back. --list tells which codes can be mended; the others are somebody's decision.
///
/// A file of waivers (TOML) accepts findings with a reason, until a day: tables named waiver with code, subject, namespace,
/// reason and expires.
///
/// The exit code is 0 when nothing was found, 1 when something was, and 2 when something could not be looked at and nothing was
/// found: here 2 is not only a mistake on the command line. Where nothing of Nomad could be read it ends as `fleet status` does: with 4
/// where the token was refused, with 5 where Nomad did not answer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet doctor
  fleet doctor --only FD103 --only FD105
  fleet doctor --waivers doctor.toml --junit doctor.xml
  fleet doctor --every-job --rights --sarif doctor.sarif
  fleet doctor --fix FD214 --dry-run
  fleet doctor --explain FD103")]
#[command(args_conflicts_with_subcommands = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the verb")]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// Tell only of this check; may be given several times.
    #[arg(long, value_name = "CODE")]
    only: Vec<String>,

    /// Tell only of what is this bad, or worse.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = LeastSeverity::Note)]
    severity: LeastSeverity,

    /// Accept the findings that this file waives, until the waiver expires.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    waivers: Option<PathBuf>,

    /// Read the specification of every job, however many there are: one request for each.
    #[arg(long)]
    every_job: bool,

    /// Look at tokens and at the rights of whoever has none: two requests more, for a management token.
    #[arg(long)]
    rights: bool,

    /// Look at autopilot's settings, raft and the gossip: three requests more, for a management token.
    #[arg(long)]
    servers: bool,

    /// Ask the agent of every ready node whether it answers, for its clock and its disk: one request for each.
    #[arg(long)]
    every_node: bool,

    /// Look for instances whose allocations are gone in Nomad's registry too, and for those in Consul that have no check: one request
    /// for each service.
    #[arg(long)]
    every_service: bool,

    /// Ask Nomad's clients what the checks say that they run: one request, and one for each allocation with such, 200 at most.
    #[arg(long)]
    every_check: bool,

    /// Look at what Consul's config entries name: nine requests more.
    #[arg(long)]
    entries: bool,

    /// Look at everything: every job, node and service, rights, servers and config entries.
    #[arg(long)]
    all: bool,

    /// Mend the findings of this code where that is safe; may be given several times.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["only", "junit", "html", "sarif"])]
    fix: Vec<String>,

    /// Show what would be mended, and change nothing.
    #[arg(long, requires = "fix")]
    dry_run: bool,

    /// Mend without asking.
    #[arg(long, short, requires = "fix")]
    yes: bool,

    /// Write the findings to this file as JUnit XML: a test case for each check.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    junit: Option<PathBuf>,

    /// Write the findings to this file as a page.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    html: Option<PathBuf>,

    /// Write the findings to this file as SARIF.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    sarif: Option<PathBuf>,

    /// Tell what a check means and what helps, and look at nothing.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["only", "waivers", "every_job", "rights", "servers", "every_node", "every_service", "every_check", "entries", "all", "fix", "junit", "html", "sarif"])]
    explain: Option<String>,

    /// List the checks, and look at nothing.
    #[arg(long, conflicts_with_all = ["explain", "only", "waivers", "every_job", "rights", "servers", "every_node", "every_service", "every_check", "entries", "all", "fix", "junit", "html", "sarif"])]
    list: bool,
}

/// What the doctor does beside looking for faults.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Jobs(jobs::Args),
}

/// The least severity that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LeastSeverity {
    Critical,
    Warning,
    Note,
}

impl LeastSeverity {
    fn severity(self) -> Severity {
        match self {
            LeastSeverity::Critical => Severity::Critical,
            LeastSeverity::Warning => Severity::Warning,
            LeastSeverity::Note => Severity::Note,
        }
    }
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
struct Finding {
    #[serde(flatten)]
    fault: Fault,
    /// Why it is accepted, where it is.
    waived_because: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize)]
struct DoctorView {
    nomad: String,
    findings: Vec<Finding>,
    waived: Vec<Finding>,
    could_not_check: Vec<String>,
    left_out: Vec<String>,
    jobs_read: usize,
}

impl Tabular for Finding {
    const COLUMNS: &'static [Column] = &[
        column("CODE").whole(),
        column("SEVERITY").whole(),
        column("OF").whole(),
        column("NAMESPACE").usual("default").rank(2),
        column("WHAT").folds(),
        column("NEXT").drops(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let fault = &self.fault;
        let tone = match fault.severity {
            Severity::Critical => Tone::Bad,
            Severity::Warning => Tone::Warn,
            Severity::Note => Tone::Dim,
        };
        vec![
            Cell::text(fault.code),
            Cell::toned(fault.severity.to_string(), tone),
            Cell::text(&fault.subject),
            fault.namespace.as_deref().map_or(Cell::Empty, Cell::text),
            Cell::text(&fault.text),
            fault.next.as_deref().map_or(Cell::Empty, Cell::text),
        ]
    }
}

impl Tabular for Check {
    const COLUMNS: &'static [Column] = &[
        column("CODE").whole(),
        column("SEVERITY").whole(),
        column("FINDS").wraps(),
        column("--FIX").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let fix = self.fix.map_or(Cell::Empty, Cell::text);
        vec![Cell::text(self.code), Cell::text(self.severity.to_string()), Cell::text(self.title), fix]
    }
}

impl Describe for DoctorView {
    fn describe(&self) -> Detail {
        let clean = self.findings.is_empty() && self.could_not_check.is_empty();
        let good = clean.then(|| ("nothing found".to_owned(), Tone::Good));
        let waived =
            (!self.waived.is_empty()).then(|| (count(self.waived.len(), "waived finding"), Tone::Dim));
        Detail::new()
            .lines(None, good)
            .table("Findings", &self.findings)
            .lines(None, waived)
            .lines(
                Some("Could not be looked at"),
                self.could_not_check.iter().map(|t| (t.clone(), Tone::Warn)),
            )
            .lines(Some("Left out"), self.left_out.iter().map(|t| (t.clone(), Tone::Dim)))
    }
}

impl Args {
    /// Whether one of these checks was named. What is to be told of alone, or mended, has to be looked at.
    fn names(&self, codes: &[&str]) -> bool {
        let named = |text: &String| codes.iter().any(|code| text.eq_ignore_ascii_case(code));
        self.only.iter().chain(&self.fix).any(named)
    }

    /// The checks that are to be told of alone, or mended; none for all.
    fn named(&self) -> &[String] {
        if self.fix.is_empty() { &self.only } else { &self.fix }
    }

    /// What is looked at beside the usual.
    fn deep(&self) -> Deep {
        Deep {
            rights: self.rights || self.all || self.names(&["FD207", "FD208"]),
            servers: self.servers || self.all || self.names(&["FD216", "FD217"]),
            every_node: self.every_node || self.all || self.names(&["FD219", "FD220", "FD221"]),
            every_service: self.every_service || self.all || self.names(&["FD301", "FD302", "FD305"]),
            every_check: self.every_check || self.all || self.names(&["FD303"]),
            entries: self.entries || self.all || self.names(&["FD304"]),
        }
    }
}

/// The page of a check, for machines.
#[derive(Debug, Serialize)]
struct Page {
    #[serde(flatten)]
    check: &'static Check,
    text: &'static str,
}

/// The page of a check.
fn explain(code: &str) -> Result<Page> {
    let page = pages::PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code));
    let (check, &(_, text)) = doctor::of(code).zip(page).ok_or_else(|| unknown(code))?;
    Ok(Page { check, text })
}

fn unknown(code: &str) -> Error {
    Error::usage(format!("there is no check {code}")).hint("fleet doctor --list shows all checks")
}

fn waivers(path: &Path) -> Result<Waivers> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::usage(format!("could not read {}", path.display())).because(e.to_string()))?;
    Waivers::parse(&text)
        .map_err(|e| Error::usage(format!("{} is no file of waivers", path.display())).because(e))
}

/// Looks for what is wrong.
///
/// # Errors
/// A bad command line or file of waivers (2); a report that cannot be written.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    if let Some(Command::Jobs(args)) = &args.command {
        return Box::pin(jobs::run(args, app)).await;
    }
    if let Some(code) = &args.explain {
        let page = explain(code)?;
        match app.printer.is_machine() {
            true => app.printer.document(&page)?,
            false => app.printer.text(page.text)?,
        }
        return Ok(ExitCode::Done);
    }
    if args.list {
        app.printer.list(doctor::CHECKS, "no checks")?;
        return Ok(ExitCode::Done);
    }
    if let Some(code) = args.only.iter().chain(&args.fix).find(|code| doctor::of(code).is_none()) {
        return Err(unknown(code));
    }
    fix::refuse(&args.fix)?;
    let accepted = args.waivers.as_deref().map(waivers).transpose()?.unwrap_or_default();
    resolve::namespace(app).await?;
    let (nomad, now) = (app.nomad()?, app.clock().now());
    let scope = Scope {
        namespace: app.list_namespace()?,
        every_job: args.every_job || args.all || args.names(OF_SPECIFICATIONS),
        deep: args.deep(),
        only: args.named(),
        now,
    };
    let mut seen = Box::pin(examine(nomad, app.consul()?, scope)).await;
    // Where nothing could be read there is nothing to tell but why.
    if let Some(why) = seen.blind.take() {
        return Err(why.into());
    }
    match seen.consul_asked {
        true => {}
        // What was named and not looked at is not known.
        false if args.names(OF_CONSUL) => seen.failed.push("Consul: CONSUL_HTTP_ADDR is not set".to_owned()),
        false => seen.left_out.insert(0, "Consul was not asked: CONSUL_HTTP_ADDR is not set".to_owned()),
    }
    let only = args.named();
    if !only.is_empty() {
        // All that was named was looked at.
        seen.left_out.clear();
    }
    let told = |code: &str, severity: Severity| {
        severity <= args.severity.severity()
            && (only.is_empty() || only.iter().any(|only| only.eq_ignore_ascii_case(code)))
    };
    seen.faults.retain(|f| told(f.code, f.severity));
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    for waiver in accepted.expired(today) {
        app.printer
            .warn(&format!("the waiver of {} expired on {}: {}", waiver.code, waiver.expires, waiver.reason));
    }
    let (mut findings, mut waived) = (Vec::new(), Vec::new());
    for fault in seen.faults {
        match accepted.of(&fault, today).map(|w| w.reason.clone()) {
            Some(reason) => waived.push(Finding { fault, waived_because: Some(reason) }),
            None => findings.push(Finding { fault, waived_because: None }),
        }
    }
    if !args.fix.is_empty() {
        let faults = findings.into_iter().map(|f| f.fault).collect();
        return Box::pin(fix::run(args, app, faults, seen.failed)).await;
    }
    let view = DoctorView {
        nomad: nomad.address().to_owned(),
        findings,
        waived,
        could_not_check: seen.failed,
        left_out: seen.left_out,
        jobs_read: seen.jobs_read,
    };
    if let Some(path) = &args.junit {
        write::atomically(path, &reports::junit(&view, told))?;
    }
    if let Some(path) = &args.html {
        write::atomically(path, &reports::html(&view))?;
    }
    if let Some(path) = &args.sarif {
        let text = serde_json::to_string_pretty(&reports::sarif(&view)).map_err(anyhow::Error::from)? + "\n";
        write::atomically(path, &text)?;
    }
    app.printer.object(&view)?;
    Ok(verdict(&view))
}

/// Findings outweigh what could not be looked at.
fn verdict(view: &DoctorView) -> ExitCode {
    if !view.findings.is_empty() {
        ExitCode::Failed
    } else if !view.could_not_check.is_empty() {
        ExitCode::Of(COULD_NOT_CHECK)
    } else {
        ExitCode::Done
    }
}
