//! `fleet shell`

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::exec::{Attach, shells};
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::exec::Launch;

/// Open a shell in a running task.
///
/// Takes the best shell the task has: zsh, bash, ash, else sh. TARGET and keys are those of `fleet exec`; the shell's exit code
/// is returned, and 125 when fleet or the connection failed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet shell web
  fleet shell . --task db
  fleet shell service:web --node c3 --user nobody")]
pub struct Args {
    /// The task: a job, allocation, service or git checkout; see `fleet exec --help`.
    #[arg(value_name = "TARGET", default_value = ".", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    #[command(flatten)]
    which: TargetFlags,

    /// Run as this user, by the task's own `su`.
    #[arg(long, short = 'u', value_name = "USER")]
    user: Option<String>,

    /// Start in this directory.
    #[arg(long, short = 'w', value_name = "DIR")]
    workdir: Option<String>,
}

/// Opens a shell.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    inside(args, app).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let facts = app.printer.facts();
    if !facts.stdin_tty || !facts.stdout_tty {
        return Err(
            Error::usage("a shell needs a terminal").hint("without one: fleet exec TARGET -i -- sh < script")
        );
    }
    let place = target::one(app, &args.target, &args.which, AllocRequirement::Running).await?;
    let shell = shells::best(app, &place).await?;
    app.printer.note(&format!(
        "{shell} in {} on {}; type ~. on a line of its own to disconnect",
        place.label(),
        place.alloc.node_name
    ));
    let launch = Launch {
        words: vec![shell],
        user: args.user.clone(),
        workdir: args.workdir.clone(),
        env: app.env.get("TERM").map(|term| ("TERM".to_owned(), term.to_owned())).into_iter().collect(),
        tty: true,
        ..Launch::default()
    };
    Attach { app, place: &place, launch, stdin: true }.run().await
}
