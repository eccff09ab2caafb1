//! `fleet exec`

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::exec::{CommandInTask, ExecFlags, variable};
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::exec::Launch;

/// Run a command in a running task.
///
/// TARGET is an allocation id or the beginning of one, a job, JOB/GROUP, JOB/GROUP[INDEX], service:NAME, or `.` for the job of
/// this git checkout. When several allocations match, you choose on a terminal; otherwise the newest healthy one of the latest
/// running version is taken, and named.
///
/// Returns the command's own exit code, 126 and 127 as a shell does, and 125 for every failure of fleet or the connection. The
/// command may then still be running: Nomad ends nothing when a connection ends. 0 means that the command was seen to end well.
/// The command gets a terminal when stdin and stdout are one; then `~.` at the beginning of a line disconnects, `~^Z` suspends
/// fleet, `~?` lists these keys. Without a terminal the first Ctrl-C goes to the command, the second leaves it running.
#[allow(rustdoc::broken_intra_doc_links, reason = "brackets are part of what is typed")]
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet exec web -- ls -l local
  fleet exec 'web/api[2]' -it -- /bin/bash
  pg_dump app | fleet exec service:db -i -- psql app
  fleet exec web --all --parallel 4 -- cat /proc/loadavg
  fleet exec c783f447 --user nobody --env DEBUG=1 -- ./check")]
pub struct Args {
    /// One or more targets.
    #[arg(value_name = "TARGET", required = true, add = clap_complete::ArgValueCompleter::new(complete::targets))]
    targets: Vec<String>,

    #[command(flatten)]
    which: TargetFlags,

    #[command(flatten)]
    exec_flags: ExecFlags,

    /// Run as this user, by the task's own `su`.
    #[arg(long, short = 'u', value_name = "USER")]
    user: Option<String>,

    /// Run in this directory.
    #[arg(long, short = 'w', value_name = "DIR")]
    workdir: Option<String>,

    /// Set an environment variable for the command.
    #[arg(long, short = 'e', value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,

    /// The command and its arguments.
    #[arg(value_name = "COMMAND", last = true, required = true)]
    command: Vec<String>,
}

/// Runs a command in one task or in many.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    inside(args, app).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let many = args.exec_flags.all || args.targets.len() > 1;
    let launch = Launch {
        words: args.command.clone(),
        user: args.user.clone(),
        workdir: args.workdir.clone(),
        env: args.env.clone(),
        tty: args.exec_flags.terminal(app, many)?,
        ..Launch::default()
    };
    let (mut starts, mut unreached) = (Vec::new(), Vec::new());
    for text in &args.targets {
        let places = if args.exec_flags.all {
            let (places, left_out) = target::all(app, text, &args.which).await?;
            unreached.extend(left_out);
            places
        } else {
            vec![target::one(app, text, &args.which, AllocRequirement::Running).await?]
        };
        starts.extend(places.into_iter().map(|place| CommandInTask { place, launch: launch.clone() }));
    }
    args.exec_flags.run(app, starts, &unreached, many).await
}
