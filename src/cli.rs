//! The root command: global flags, parsing, and the way from arguments to an exit code.

mod effect;
mod foreign_words;
mod misuse;
mod own_words;
mod protection;
mod several;
mod version;

use std::ffi::OsString;
use std::sync::Arc;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::app::App;
use crate::commands::Command;
use crate::commands::shared::{complete, help_page};
use crate::config::{ConnectionFlags, Environment};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Interrupts;
use crate::invocation::{CommandLine, Invocation, Running};
use crate::model::other_tools;
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
    let (cli, invocation) = match parse(invocation) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let invocation = &invocation;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            let printer = printer(invocation, &cli.output);
            printer.error(&Error::failed("could not start").because(e.to_string()));
            return ExitCode::Failed;
        }
    };
    let code = runtime.block_on(async {
        let interrupts = Interrupts::of_process();
        execute(cli, invocation, interrupts).await
    });
    // A prompt that nobody answers must not hold the exit.
    runtime.shutdown_background();
    code
}

/// Runs a command line inside a running runtime: how `sandbox run` runs the command it is given.
fn run_within(invocation: &Invocation, interrupts: Interrupts) -> Running<'_> {
    Box::pin(async move {
        match parse(invocation) {
            Ok((cli, invocation)) => execute(cli, &invocation, interrupts).await,
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

/// Parses, or prints what the parser has to say: help and versions to stdout, errors to stderr. What goes on is told the words as they
/// were understood.
fn parse(invocation: &Invocation) -> Result<(Cli, Invocation), ExitCode> {
    let told = |printer: Printer, text: &str| match printer.text(text) {
        Ok(()) if printer.is_closed() => ExitCode::OutputClosed,
        Ok(()) => ExitCode::Done,
        Err(e) => e.code(),
    };
    if let Some(version) = version_alone(&invocation.args) {
        return Err(told(printer(invocation, &OutputFlags::default()), &version));
    }
    let args = with_long_flags(&invocation.args);
    let read = |args: &[OsString]| -> Result<(Cli, Invocation), clap::Error> {
        let cli = command().try_get_matches_from(args).and_then(|m| Cli::from_arg_matches(&m))?;
        Ok((cli, Invocation { args: args.to_vec(), ..invocation.clone() }))
    };
    let parsed = read(&args).or_else(|e| in_own_words(args, e, &read));
    parsed.map_err(|(e, args)| {
        let e = laid_out(e, &args, invocation.streams.facts.width);
        let early = OutputFlags::early(&args);
        let printer = printer(invocation, &early);
        if printer.is_machine() && e.use_stderr() {
            let code = misused(&args);
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
            return misused(&args);
        }
        told(printer, &text)
    })
}

/// `nomad alloc logs -tail -n 20` says in two flags what is one here.
fn with_tail(args: &[OsString]) -> Vec<OsString> {
    let mut line = args.to_vec();
    let number =
        |at: usize| args.get(at).and_then(|arg| arg.to_str()).is_some_and(|arg| arg.parse::<u64>().is_ok());
    let Some(tail) = args.iter().position(|arg| arg == "-tail").filter(|at| !number(at + 1)) else {
        return line;
    };
    line[tail] = "--tail=10".into();
    if let Some(lines) = args.iter().position(|arg| arg == "-n").filter(|at| number(at + 1)) {
        line[tail] = format!("--tail={}", args[lines + 1].to_string_lossy()).into();
        line.drain(lines..lines + 2);
    }
    line
}

/// A line that the parser refused, read in the words of other tools; else its error, and the line as far as it was understood: what
/// the words mean is what the page, the tips and the exit code are of.
fn in_own_words<T>(
    mut args: Vec<OsString>,
    mut error: clap::Error,
    read: &dyn Fn(&[OsString]) -> Result<T, clap::Error>,
) -> Result<T, (clap::Error, Vec<OsString>)> {
    // Each step understands a word or a flag more.
    for _ in 0..MOST_STEPS {
        match own_words::meant(&args, &error) {
            Some(Ok(meant)) => args = meant,
            Some(Err(sentence)) => {
                return Err((command().error(clap::error::ErrorKind::InvalidSubcommand, sentence), args));
            }
            None => break,
        }
        match read(&args) {
            Ok(read) => return Ok(read),
            Err(e) => error = e,
        }
    }
    Err((with_tips(error, &args), args))
}

/// How many words and flags of other tools a line may have.
const MOST_STEPS: usize = 12;

/// The parser's error with the tips that help in the place of its own.
fn with_tips(error: clap::Error, args: &[OsString]) -> clap::Error {
    let verb = verb_of(args);
    let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
    foreign_words::with_tip(without_wild_guess(error), args, &verb)
}

/// A page of help as it fits the screen; anything else as it is.
fn laid_out(error: clap::Error, args: &[OsString], width: Option<u16>) -> clap::Error {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand};
    if !matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand) {
        return error;
    }
    help_page::laid_out(command(), width).try_get_matches_from(args).err().unwrap_or(error)
}

/// The command line with the long flags of `nomad`, which have one dash, as they are written here. What is meant for a
/// command in an allocation stays as it is.
fn with_long_flags(args: &[OsString]) -> Vec<OsString> {
    let own = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let (own, rest) = args.split_at(own);
    let own = with_tail(own);
    let read = |arg: &OsString| match arg.to_str().and_then(other_tools::single_dash_flag) {
        Some(flags) => flags.into_iter().map(OsString::from).collect(),
        None => vec![arg.clone()],
    };
    own.iter().flat_map(read).chain(rest.iter().cloned()).collect()
}

/// The parser's error without a guess that might change what nobody meant.
fn without_wild_guess(mut error: clap::Error) -> clap::Error {
    use clap::error::{ContextKind, ContextValue};
    let typed = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed.clone(),
        _ => return error,
    };
    let guesses = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(guesses)) => guesses.clone(),
        Some(ContextValue::String(guess)) => vec![guess.clone()],
        _ => return error,
    };
    let fitting: Vec<String> =
        guesses.into_iter().filter(|guess| other_tools::may_guess(&typed, guess)).collect();
    if fitting.is_empty() {
        error.remove(ContextKind::SuggestedSubcommand);
    } else {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(fitting));
    }
    error
}

/// The exit code for a mistake on the command line: 2, or 125 for verbs that return another program's exit code.
fn misused(args: &[OsString]) -> ExitCode {
    let verb = verb_of(args);
    match verb.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["exec" | "shell" | "run"] | ["job", "action", "run"] => ExitCode::Transport,
        _ => ExitCode::Usage,
    }
}

/// The words of the verb of a command line, whatever else is wrong with it.
fn verb_of(args: &[OsString]) -> Vec<String> {
    let matches = command().ignore_errors(true).try_get_matches_from(args).unwrap_or_default();
    let verbs =
        std::iter::successors(matches.subcommand(), |(_, below)| below.subcommand()).map(|(name, _)| name);
    verbs.map(str::to_owned).collect()
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

async fn execute(cli: Cli, invocation: &Invocation, interrupts: Interrupts) -> ExitCode {
    if let Some(names) = several::names(cli.connection.context.as_deref()) {
        return Box::pin(several::run(names, invocation, interrupts, &printer(invocation, &cli.output)))
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
    );
    let ended = if printer.is_raw() && !cli.command.prints_logs() {
        Err(Error::usage("-o raw works only with fleet logs").hint("use table, wide, json or json-lines"))
    } else if printer.is_prometheus() && !cli.command.tells_measurements() {
        Err(Error::usage("-o prometheus works only with fleet status")
            .hint("use table, wide, json or json-lines"))
    } else {
        tokio::select! {
            ended = Box::pin(guarded(cli.command, &app, invocation)) => ended,
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
async fn guarded(command: Command, app: &App, invocation: &Invocation) -> Result<ExitCode> {
    let checked = Box::pin(protection::check(&invocation.args, app)).await;
    checked.map_err(|e| match misused(&invocation.args) {
        ExitCode::Transport => e.of_the_exec_family(),
        _ => e,
    })?;
    Box::pin(command.run(app, invocation)).await
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
            assert_eq!(misused(&args), code, "{line}");
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

    fn line(text: &str) -> Vec<OsString> {
        shlex::split(text).unwrap().into_iter().map(OsString::from).collect()
    }

    #[test]
    fn flags_of_nomad_are_read_before_those_of_fleet() {
        let read = with_long_flags(&line("fleet -namespace=ops job list -json -- -json"));
        assert_eq!(read, line("fleet --namespace=ops job list -o json -- -json"));
        let read = with_long_flags(&line("fleet alloc logs -tail -n 20 -f x -- -tail"));
        assert_eq!(read, line("fleet alloc logs --tail=20 -f x -- -tail"));
        assert_eq!(with_long_flags(&line("fleet logs -tail 20 x")), line("fleet logs --tail 20 x"));
    }

    /// Every command that `nomad` 2.0.5 has (recorded by walking `nomad -h`) is one of fleet's too, leads to one, or has a
    /// sentence that says why not.
    #[test]
    fn what_nomad_can_do_has_its_place() {
        let recorded = include_str!("../tests/fixtures/nomad-2.0.5/commands.txt");
        let leaves: Vec<&str> = recorded.lines().filter(|line| !line.is_empty()).collect();
        let missing: Vec<&&str> = leaves
            .iter()
            .filter(|leaf| {
                let words: Vec<&str> = leaf.split(' ').collect();
                let mut at = command();
                let all = words.iter().all(|word| match at.find_subcommand(word) {
                    Some(next) => {
                        at = next.clone();
                        true
                    }
                    None => false,
                });
                !all && other_tools::translate(&words).is_none()
            })
            .collect();
        assert!(missing.is_empty(), "{} of {} have no place: {missing:#?}", missing.len(), leaves.len());
    }

    #[test]
    fn the_command_tree_is_sound() {
        command().debug_assert();
    }
}
