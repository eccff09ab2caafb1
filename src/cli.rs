//! The root command: global flags, parsing, and the way from arguments to an exit code.

pub mod completion;
mod effect;
mod foreign_words;
mod misuse;
mod own_words;
mod protection;
mod several;
mod version;

use std::ffi::OsString;
use std::sync::Arc;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};

use crate::app::App;
use crate::commands::Command;
use crate::commands::shared::{away_node, complete, help_page, resolve};
use crate::config::{ConnectionFlags, Environment};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Interrupts;
use crate::invocation::{CommandLine, Invocation, Running};
use crate::model::redaction::Secrets;
use crate::ui::{LogWriter, OutputFlags, Printer};

/// Where to go on from the root command's help.
#[cfg(feature = "sandbox")]
const AFTER_HELP: &str =
    "Exit codes: `fleet help exit-codes`. Try it without a cluster: `fleet sandbox run -- status`.";
#[cfg(not(feature = "sandbox"))]
const AFTER_HELP: &str = "Exit codes: `fleet help exit-codes`.";

/// The operator's tool for a Nomad and Consul fleet.
///
/// fleet speaks in an operator's intentions: rotate these nodes, deploy this job, tell me what is wrong. It never reports success
/// before it has verified it, and never takes a service below the number of instances it must keep.
#[derive(Debug, Parser)]
#[command(
    name = "fleet",
    version = version::TEXT,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    args_override_self = true,
    subcommand_required = true,
    max_term_width = 100,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// How to write.
    #[command(flatten)]
    pub output: OutputFlags,
    /// Which cluster.
    #[command(flatten)]
    pub connection: ConnectionFlags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The command line, for the verbs that run it again (`sandbox run`) or describe it (`help`).
pub const LINE: CommandLine = CommandLine { definition: command, run: run_within };

/// The root command with its styles: the definition of everything the command line knows.
#[must_use]
pub fn command() -> clap::Command {
    use clap::builder::styling::{AnsiColor, Effects, Styles};
    let styles = Styles::styled()
        .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
        .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
        .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
        .placeholder(AnsiColor::Cyan.on_default());
    let contexts = clap_complete::ArgValueCompleter::new(complete::contexts);
    let namespaces = clap_complete::ArgValueCompleter::new(complete::namespaces);
    let root = Cli::command().styles(styles);
    root.mut_arg("context", |arg| arg.add(contexts)).mut_arg("namespace", |arg| arg.add(namespaces))
}

/// Runs a command line to its exit code, with a runtime of its own.
#[must_use]
pub fn run(invocation: &Invocation) -> ExitCode {
    let line = match parse(invocation) {
        Ok(line) => line,
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            let printer = printer(invocation, &line.cli.output);
            printer.error(&Error::failed("could not start").because(e.to_string()));
            return ExitCode::Failed;
        }
    };
    let code = runtime.block_on(async {
        let interrupts = Interrupts::of_process();
        execute(line, interrupts).await
    });
    // A prompt that nobody answers must not hold the exit.
    runtime.shutdown_background();
    code
}

/// Runs a command line inside a running runtime: how `sandbox run` runs the command it is given.
fn run_within(invocation: &Invocation, interrupts: Interrupts) -> Running<'_> {
    Box::pin(async move {
        match parse(invocation) {
            Ok(line) => execute(line, interrupts).await,
            Err(code) => code,
        }
    })
}

/// The version as the parser tells it, where nothing else is asked for. Scripts ask often; the tree of all verbs, which
/// is most of what a start costs, is not needed for it.
fn version_alone(args: &[OsString]) -> Option<String> {
    let [_, flag] = args else { return None };
    (flag == "--version" || flag == "-V").then(|| format!("fleet {}\n", version::TEXT))
}

/// A command line that the parser takes.
struct ParsedLine {
    cli: Cli,
    /// The words of its verb: the tree of all verbs is not made a second time to know them.
    verb: Vec<String>,
    /// Whether it asks for a preview.
    preview: bool,
    /// With the words as they were understood.
    invocation: Invocation,
}

/// Parses, or prints what the parser has to say: help and versions to stdout, errors to stderr. What goes on is told the words as they
/// were understood.
fn parse(invocation: &Invocation) -> Result<ParsedLine, ExitCode> {
    let told = |printer: Printer, text: &str| match printer.text(text) {
        Ok(()) if printer.is_closed() => ExitCode::OutputClosed,
        Ok(()) => ExitCode::Done,
        Err(e) => {
            printer.error(&e);
            e.code()
        }
    };
    if let Some(version) = version_alone(&invocation.args) {
        return Err(told(printer(invocation, &OutputFlags::default()), &version));
    }
    let args = foreign_words::with_long_flags(&invocation.args);
    let read = |args: &[OsString]| -> Result<ParsedLine, clap::Error> {
        let matches = command().try_get_matches_from(args)?;
        Ok(ParsedLine {
            cli: Cli::from_arg_matches(&matches)?,
            verb: words_of(&matches),
            preview: is_preview(&matches),
            invocation: Invocation { args: args.to_vec(), ..invocation.clone() },
        })
    };
    let parsed = read(&args).or_else(|e| own_words::read_as_meant(args, e, &read));
    parsed.map_err(|(e, args)| {
        let e = laid_out(e, &args, invocation.streams.facts.width);
        let early = OutputFlags::early(&args);
        let printer = printer(invocation, &early);
        if printer.is_machine() && e.use_stderr() {
            let code = misused(&verb_of(&args));
            printer.error(&misuse::error(&e, code));
            return code;
        }
        if printer.is_machine() && e.kind() == clap::error::ErrorKind::DisplayVersion {
            let written = printer.document(&version::Version::of_this());
            return written.map_or_else(|e| e.code(), |()| ExitCode::Done);
        }
        let facts = invocation.streams.facts;
        let tty = if e.use_stderr() { facts.stderr_tty } else { facts.stdout_tty };
        let rendered = e.render();
        let colored = early.color.decide(&invocation.env, tty);
        let text = if colored { rendered.ansi().to_string() } else { rendered.to_string() };
        let text = help_page::shown(&text);
        if e.use_stderr() {
            printer.usage(&text);
            return misused(&verb_of(&args));
        }
        told(printer, &text)
    })
}

/// A page of help as it fits the screen; anything else as it is.
fn laid_out(error: clap::Error, args: &[OsString], width: Option<u16>) -> clap::Error {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand};
    if !matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand) {
        return error;
    }
    help_page::laid_out(command(), width).try_get_matches_from(args).err().unwrap_or(error)
}

/// The exit code for a mistake on the command line: 2, or 125 for verbs that return another program's exit code.
fn misused(verb: &[String]) -> ExitCode {
    match verb.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["exec" | "shell" | "run"] | ["job", "action", "run"] => ExitCode::Transport,
        _ => ExitCode::Usage,
    }
}

/// The words of the verb of a command line, whatever else is wrong with it.
fn verb_of(args: &[OsString]) -> Vec<String> {
    words_of(&command().ignore_errors(true).try_get_matches_from(args).unwrap_or_default())
}

/// The words of the verb that was parsed.
fn words_of(matches: &ArgMatches) -> Vec<String> {
    let verbs = std::iter::successors(matches.subcommand(), |(_, below)| below.subcommand());
    verbs.map(|(name, _)| name.to_owned()).collect()
}

/// Whether the verb that was parsed has `--dry-run`, and it was said.
fn is_preview(matches: &ArgMatches) -> bool {
    let below = std::iter::successors(Some(matches), |above| above.subcommand().map(|(_, below)| below));
    below.last().is_some_and(|verb| matches!(verb.try_get_one::<bool>("dry_run"), Ok(Some(true))))
}

/// The names of the verbs that ask a cluster.
fn verbs() -> Vec<String> {
    let all = Cli::command();
    let asking = all.get_subcommands().map(clap::Command::get_name);
    asking.filter(|name| effect::of(&[name]) != effect::Effect::Local).map(str::to_owned).collect()
}

fn printer(invocation: &Invocation, flags: &OutputFlags) -> Printer {
    Printer::new(Arc::clone(&invocation.streams), flags, &invocation.env, Arc::clone(&invocation.clock))
}

async fn execute(line: ParsedLine, interrupts: Interrupts) -> ExitCode {
    let ParsedLine { cli, verb, preview, invocation } = line;
    let invocation = &invocation;
    if let Some(names) = several::names(cli.connection.context.as_deref()) {
        return Box::pin(several::run(
            names,
            &verb,
            invocation,
            interrupts,
            &printer(invocation, &cli.output),
        ))
        .await;
    }
    // An address may hold a password: what is said again does not.
    let shown = |address: &String| Secrets::default().clean(address);
    let said_again = ConnectionFlags {
        address: cli.connection.address.as_ref().map(shown),
        consul_address: cli.connection.consul_address.as_ref().map(shown),
        ..cli.connection.clone()
    };
    let printer = Arc::new(printer(invocation, &cli.output).on_cluster(said_again.words(), verbs));
    let log = log_filter(cli.output.verbose, &invocation.env).map(|filter| subscribe(&filter, &printer));
    let app = App::new(
        Arc::clone(&printer),
        invocation.env.clone(),
        cli.connection,
        Arc::clone(&invocation.clock),
        interrupts.clone(),
    )
    .as_preview(preview);
    let ended = if printer.is_raw() && !cli.command.prints_logs() {
        Err(Error::usage("-o raw works only with fleet logs").hint("use table, wide, json or json-lines"))
    } else if printer.is_prometheus() && !cli.command.tells_measurements() {
        Err(Error::usage("-o prometheus works only with fleet status")
            .hint("use table, wide, json or json-lines"))
    } else {
        tokio::select! {
            ended = Box::pin(guarded(cli.command, &verb, &app, invocation)) => ended,
            interrupt = interrupts.must_end() => Err(interrupts.ended(interrupt)),
        }
    };
    drop(log);
    match ended {
        // What was done is done; that it was told is not true.
        Ok(ExitCode::Done | ExitCode::Pending | ExitCode::Of(0)) if printer.is_closed() => {
            let error = Error::output_closed();
            printer.error(&error);
            error.code()
        }
        Ok(code) => code,
        // What was only passed on ends as in any pipe: silently.
        Err(error) if error.code() == ExitCode::OutputClosed => error.code(),
        Err(error) => {
            printer.error(&error);
            error.code()
        }
    }
}

/// Runs a verb where its context lets it.
async fn guarded(command: Command, verb: &[String], app: &App, invocation: &Invocation) -> Result<ExitCode> {
    let checked = Box::pin(protection::check(verb, &invocation.args, app)).await;
    checked.map_err(|e| match misused(verb) {
        ExitCode::Transport => e.of_the_exec_family(),
        _ => e,
    })?;
    let words: Vec<&str> = verb.iter().map(String::as_str).collect();
    match Box::pin(command.run(app, invocation)).await {
        Err(error) if effect::of(&words) != effect::Effect::Local => {
            let error = resolve::in_its_namespace(app, error).await;
            let error = Box::pin(away_node::told(app, error)).await;
            let line = own_words::without_kinds(&invocation.args, error.message());
            Err(match line.filter(|_| matches!(error.code(), ExitCode::NotFound | ExitCode::Transport)) {
                Some(line) => error.hint(format!("names stand without their kind here: `{line}`")),
                None => error,
            })
        }
        ended => ended,
    }
}

/// What to log: `FLEET_LOG` names targets and levels, `-v` shows each request, `-vv` retries and more.
fn log_filter(verbose: u8, env: &Environment) -> Option<String> {
    let by_flag = match verbose {
        0 => None,
        1 => Some("fleet=info".to_owned()),
        2 => Some("fleet=debug".to_owned()),
        _ => Some("debug".to_owned()),
    };
    env.get("FLEET_LOG").map(str::to_owned).or(by_flag)
}

fn subscribe(filter: &str, printer: &Arc<Printer>) -> tracing::subscriber::DefaultGuard {
    use tracing_subscriber::layer::SubscriberExt as _;
    let wanted: tracing_subscriber::filter::Targets = filter.parse().unwrap_or_else(|_| {
        printer.warn(&format!("FLEET_LOG={filter} is no list of TARGET=LEVEL, and is passed over"));
        tracing_subscriber::filter::Targets::new()
    });
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(LogWriter(Arc::clone(printer)))
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .without_time()
        .finish()
        .with(wanted);
    tracing::subscriber::set_default(subscriber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_no_exit_code_of_a_remote_command() {
        for (line, code) in [
            ("fleet exec web --nope -- true", ExitCode::Transport),
            ("fleet --context a exec -q", ExitCode::Transport),
            ("fleet shell --nope", ExitCode::Transport),
            ("fleet run --cpu x web -- true", ExitCode::Transport),
            ("fleet job action run web greet --nope", ExitCode::Transport),
            ("fleet job run --nope", ExitCode::Usage),
            ("fleet exce web -- true", ExitCode::Usage),
            ("fleet", ExitCode::Usage),
        ] {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(misused(&verb_of(&args)), code, "{line}");
        }
    }

    #[test]
    fn the_version_alone_is_told_as_the_parser_tells_it() {
        let args = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        for flag in ["--version", "-V"] {
            let told = command().try_get_matches_from(["fleet", flag]).unwrap_err().to_string();
            assert_eq!(version_alone(&args(&["fleet", flag])), Some(told));
        }
        assert_eq!(version_alone(&args(&["fleet", "status", "--version"])), None);
    }

    #[test]
    fn the_command_tree_is_sound() {
        command().debug_assert();
    }
}
