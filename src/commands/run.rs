//! `fleet run`

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::exec::{Attach, Lines, Printed, shells, variable};
use crate::commands::shared::log_remarks;
use crate::commands::shared::progress::meanwhile;
use crate::commands::shared::resolve;
use crate::commands::shared::target::{self, RouteFlags, TaskPlace};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{shell_word, short};
use crate::model::one_off::{LEAVE, OneOff, OneOffRequest};
use crate::model::target::readings;
use crate::ops::exec::Launch;
use crate::ops::exec::shell_session::in_shell_session;
use crate::ops::logs::{LogEvent, LogId, Stream};
use crate::ops::one_off::{self, Running};
use crate::ui::{Cell, Describe, Detail, duration};

/// Run a command once, in a fresh instance of a job's group, and remove it again.
///
/// A separate batch job is made from the group: the same image, variables, templates, volumes, constraints and resources, with
/// the command in place of the main task's. Prestart tasks run before the command too; services are not registered, static ports
/// become dynamic ones, and nothing is retried. The command's output is followed and its exit code returned; 125 means that
/// fleet, the cluster or the start failed.
///
/// With -i or -t the instance only waits, and the command (a shell by default) runs inside it with this terminal or these pipes.
/// However fleet ends, the job is stopped and removed. One that a killed fleet left behind ends with its command, or within two
/// minutes when it only waited, and is removed by the next `fleet run` of the job once its --timeout is over.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet run web -- ./manage.py migrate
  fleet run web/api -it
  fleet run . --memory 2048 --env VERBOSE=1 -- rake report
  fleet run --image alpine:3.20 -it
  fleet run web --detach -- ./reindex")]
pub struct Args {
    /// The job, and its group when it has several [default: the job of this git checkout].
    #[arg(value_name = "JOB[/GROUP]", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Option<String>,

    /// The task that the command replaces [default: the leader, else the first main task].
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// Use another image; without a job, run a container of that image alone.
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,

    /// Pass stdin to the command.
    #[arg(long, short = 'i')]
    stdin: bool,

    /// Give the command a terminal.
    #[arg(long, short = 't')]
    tty: bool,

    /// Set an environment variable for the command.
    #[arg(long, short = 'e', value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,

    /// CPU in MHz, instead of the task's.
    #[arg(long, value_name = "MHZ")]
    cpu: Option<u64>,

    /// Memory in MiB, instead of the task's.
    #[arg(long, value_name = "MIB")]
    memory: Option<u64>,

    /// Stop the command after this time.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "24h")]
    timeout: Duration,

    #[command(flatten)]
    route: RouteFlags,

    /// Do not follow the command; it ends by itself.
    #[arg(long, conflicts_with_all = ["stdin", "tty"])]
    detach: bool,

    /// The command and its arguments.
    #[arg(value_name = "COMMAND", last = true)]
    command: Vec<String>,
}

/// What `--detach` prints: the job that was started and is not followed.
#[derive(Debug, Serialize)]
struct Detached {
    job_id: String,
    namespace: String,
    alloc_id: String,
    node_id: String,
    node_name: String,
}

/// The last event of a run, for machines: what ran where, what it printed, and how it ended.
#[derive(Debug, Serialize)]
struct RunEnd {
    job_id: String,
    namespace: String,
    alloc_id: String,
    node_id: String,
    node_name: String,
    task: String,
    exit_code: u8,
    #[serde(flatten)]
    printed: Option<Printed>,
}

/// The same where every line was told as it came.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    Ended(&'a RunEnd),
}

impl Describe for Detached {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("Job", (&self.job_id).into()),
            ("Allocation", Cell::Id(self.alloc_id.clone())),
            ("Node", (&self.node_name).into()),
            ("Its logs", Cell::text(format!("fleet logs {} -f", short(&self.alloc_id)))),
        ])
    }
}

/// Runs a command once.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    Box::pin(inside(args, app)).await.map_err(Error::of_the_exec_family)
}

/// Whether this names a job file, which `nomad run` takes, and no job.
fn is_job_file(text: &str) -> bool {
    [".hcl", ".nomad", ".json"].iter().any(|end| text.ends_with(end))
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let goes_in = args.stdin || args.tty;
    if args.command.is_empty() && !args.tty {
        let error = Error::usage("no command given");
        return Err(match args.job.as_deref().filter(|job| is_job_file(job)) {
            Some(file) => error.hint(format!("to run a job file: fleet deploy {}", shell_word(file))),
            None => error.hint("put it after --, or use -it for a shell"),
        });
    }
    if goes_in && app.printer.is_machine() {
        return Err(Error::usage("a command that is attached with -i or -t gives no document")
            .hint("leave -o out, or -i and -t"));
    }
    if args.tty && !app.printer.facts().stdin_tty {
        return Err(Error::usage("-t needs a terminal, and stdin is not one").hint("leave -t out"));
    }
    let mut orderly = app.interrupts.orderly();
    let (one_off, prefix) = made(args, app, goes_in).await?;
    let (http, permission) = (app.nomad()?, app.explicit());
    let namespace = one_off.spec["Namespace"].as_str().unwrap_or("default").to_owned();
    match one_off::sweep(http, &permission, &namespace, &prefix, app.clock().now()).await {
        Ok(swept) => swept
            .iter()
            .for_each(|id| app.printer.note(&format!("removed {id}, left over from an earlier run"))),
        Err(error) => app.printer.warn(&format!("could not remove what earlier runs left over: {error}")),
    }
    let running = Running::register(http, &permission, &one_off).await?;
    let ended = tokio::select! {
        ended = timeout(args.timeout, follow(args, app, &running, &one_off)) => ended.unwrap_or_else(|_| {
            Err(Error::transport(format!("{} timed out and is being stopped", running.id)))
        }),
        by = orderly.requested() => {
            app.printer.note(&format!("stopping {}", running.id));
            Err(by.error(format!("interrupted; {} is being stopped and removed", running.id)))
        }
    };
    if args.detach && ended.is_ok() {
        return ended;
    }
    let removed = meanwhile(app, || format!("removing {}", running.id), running.remove()).await;
    match (ended, removed) {
        (ended, Ok(())) => ended,
        (Ok(code), Err(error)) => {
            app.printer.warn(&format!("{error}; {}", error.hints().join("; ")));
            Ok(code)
        }
        (Err(ended), Err(error)) => Err(ended.because(error.to_string())),
    }
}

/// The job to register, and the prefix of the ids that all one-off jobs of the same job have.
async fn made(args: &Args, app: &App, goes_in: bool) -> Result<(OneOff, String)> {
    let until = app.clock().now().checked_add(args.timeout);
    let until = until.map_err(|e| Error::usage("--timeout is too long").because(e.to_string()))?;
    let mut wishes = OneOffRequest {
        id: String::new(),
        group: None,
        task: args.task.clone(),
        command: (!goes_in).then(|| args.command.clone()),
        image: args.image.clone(),
        env: args.env.clone(),
        cpu: args.cpu,
        memory: args.memory,
        until,
    };
    let named = |wishes: &mut OneOffRequest, parent: &str| {
        let prefix = format!("{parent}-run-");
        wishes.id = format!("{prefix}{:08x}", fastrand::u32(..));
        prefix
    };
    if let (None, Some(image)) = (&args.job, &args.image) {
        let namespace = app.settings()?.nomad.namespace.as_ref().map_or("default", |n| n.value.as_str());
        let prefix = named(&mut wishes, "fleet");
        return Ok((OneOff::of_image(image, namespace, &wishes), prefix));
    }
    let text = match args.job.as_deref() {
        None | Some(".") => target::here().await?,
        Some(text) => text.to_owned(),
    };
    let (job, namespace, group) = job_of(app, &text).await?;
    wishes.group = group;
    let prefix = named(&mut wishes, &job);
    let spec = one_off::spec(app.nomad()?, &namespace, &job).await?;
    let spec = spec.ok_or_else(|| Error::not_found(format!("no such job: {job}")))?;
    let one_off = OneOff::of_job(&spec, &wishes)
        .map_err(|why| Error::usage(format!("job {job} cannot run a command: {why}")))?;
    Ok((one_off, prefix))
}

/// The job that the target names, its namespace, and the group. Job ids may contain slashes, so every split is tried.
async fn job_of(app: &App, text: &str) -> Result<(String, String, Option<String>)> {
    let (nomad, space) = (app.nomad()?, app.list_namespace()?);
    let mut unknown = None;
    for reading in readings(text).into_iter().filter(|r| r.index.is_none()) {
        match resolve::job(nomad, space, &reading.job).await {
            Ok(stub) => return Ok((stub.id, stub.namespace, reading.group)),
            Err(error) if error.code() == ExitCode::NotFound => {
                unknown.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    Err(unknown.unwrap_or_else(|| Error::not_found(format!("no such job: {text}"))))
}

async fn follow(args: &Args, app: &App, running: &Running<'_>, one_off: &OneOff) -> Result<ExitCode> {
    let alloc = meanwhile(app, || format!("waiting for {} to start", running.id), running.begun()).await?;
    if args.detach {
        let AllocStub { id: alloc_id, node_id, node_name, .. } = alloc;
        let (job_id, namespace) = (running.id.clone(), running.namespace.clone());
        app.printer.object(&Detached { job_id, namespace, alloc_id, node_id, node_name })?;
        return Ok(ExitCode::Done);
    }
    app.printer.note(&format!("{} is allocation {} on {}", running.id, short(&alloc.id), alloc.node_name));
    if args.stdin || args.tty {
        return Box::pin(go_in(args, app, alloc, one_off)).await;
    }
    let nomad = route(args, app, &alloc).await?;
    if !app.printer.is_machine() {
        let hear = |log: &LogId, piece: LogEvent| log_remarks::pass(&app.printer, log, &piece);
        return running.follow(&nomad, &alloc, hear).await.map(ExitCode::Of);
    }
    let (task, driver) = (one_off.task.clone(), one_off.driver.clone());
    let place = TaskPlace { nomad, alloc, task, driver, tasks: Vec::new() };
    let mut lines = Lines::new(&app.printer, &place, false);
    let hear = |log: &LogId, piece: LogEvent| match piece {
        LogEvent::Data(bytes) => lines.push(log.stream == Stream::Stderr, &bytes),
        other => {
            log_remarks::remark(&app.printer, log, &other);
            Ok(())
        }
    };
    let exit_code = running.follow(&place.nomad, &place.alloc, hear).await?;
    let printed = lines.finish()?;
    let AllocStub { id: alloc_id, node_id, node_name, .. } = place.alloc.clone();
    let (job_id, namespace, task) = (running.id.clone(), running.namespace.clone(), place.task.clone());
    let ended = RunEnd { job_id, namespace, alloc_id, node_id, node_name, task, exit_code, printed };
    if app.printer.wants_events() {
        app.printer.event(&Event::Ended(&ended))?;
    } else {
        app.printer.document(&ended)?;
    }
    Ok(ExitCode::Of(exit_code))
}

/// Who is asked for what is in the instance.
async fn route(args: &Args, app: &App, alloc: &AllocStub) -> Result<Http> {
    let routes = target::routes(app, std::slice::from_ref(alloc), &args.route).await?;
    Ok(routes.into_values().next().unwrap_or(app.nomad()?.clone()))
}

/// Runs the command by exec in an instance that only waits, and ends by itself when nobody is connected.
async fn go_in(args: &Args, app: &App, alloc: AllocStub, one_off: &OneOff) -> Result<ExitCode> {
    let OneOff { task, driver, .. } = one_off;
    let (nomad, tasks) = (route(args, app, &alloc).await?, vec![task.clone()]);
    let place = TaskPlace { nomad, alloc, task: task.clone(), driver: driver.clone(), tasks };
    let words =
        if args.command.is_empty() { vec![shells::best(app, &place).await?] } else { args.command.clone() };
    let term = app.env.get("TERM").filter(|_| args.tty).map(|term| ("TERM".to_owned(), term.to_owned()));
    let launch = Launch { words, env: term.into_iter().collect(), tty: args.tty, ..Launch::default() };
    // After two minutes without input the shell ends the task.
    in_shell_session(&place.access(app), async |shell| {
        shell.run_at_end(LEAVE).await?;
        let attached = Attach { app, place: &place, launch, stdin: args.stdin || args.tty };
        Box::pin(attached.run()).await
    })
    .await
}
