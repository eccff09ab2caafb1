//! `fleet exec`

pub mod attach;
mod many;

use crate::app::App;
use crate::commands::complete;
use crate::commands::target::{self, TargetFlags, Want};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::exec::Launch;

use attach::Attach;

/// Run a command in a running task.
///
/// TARGET is an allocation by its id or the beginning of it, a job, JOB/GROUP, JOB/GROUP[INDEX], service:NAME, or `.` for the
/// job of the git checkout here. Of several allocations a terminal lets you choose; otherwise the newest healthy one of the
/// latest version that runs is taken, and named.
///
/// The command's own exit code is returned, 126 and 127 as a shell does, and 125 for every failure of fleet or the connection:
/// the command may then still run, for Nomad ends nothing when a connection ends. 0 means that its end was seen. With a terminal
/// on both sides the command gets one; `~.` at the beginning of a line leaves it, `~^Z` suspends fleet, `~?` lists the keys.
/// Without a terminal the first Ctrl-C is passed on and the second leaves the command alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet exec web -- ls -l local
  fleet exec web/api[2] -it -- /bin/bash
  pg_dump app | fleet exec service:db -i -- psql app
  fleet exec web --all --parallel 4 -- cat /proc/loadavg
  fleet exec c783f447 --user nobody --env DEBUG=1 -- ./check")]
pub struct Args {
    /// Where: one or more targets.
    #[arg(value_name = "TARGET", required = true, add = clap_complete::ArgValueCompleter::new(complete::targets))]
    targets: Vec<String>,

    #[command(flatten)]
    which: TargetFlags,

    /// Pass stdin on; without it the command gets an empty one.
    #[arg(long, short = 'i')]
    stdin: bool,

    /// Give the command a terminal; the default when stdin and stdout are one.
    #[arg(long, short = 't', conflicts_with = "no_tty")]
    tty: bool,

    /// Give the command no terminal.
    #[arg(long, short = 'T')]
    no_tty: bool,

    /// Run it as this user, by the task's own `su`.
    #[arg(long, short = 'u', value_name = "USER")]
    user: Option<String>,

    /// Run it in this directory.
    #[arg(long, short = 'w', value_name = "DIR")]
    workdir: Option<String>,

    /// Set a variable for it.
    #[arg(long, short = 'e', value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,

    /// How many at the same time, of several targets.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64), help_heading = "Several targets")]
    parallel: u16,

    /// Start no more once one has failed.
    #[arg(long, help_heading = "Several targets")]
    fail_fast: bool,

    /// Print what each one says when it has ended, instead of line by line.
    #[arg(long, help_heading = "Several targets")]
    group_output: bool,

    /// The command.
    #[arg(value_name = "COMMAND", last = true, required = true)]
    command: Vec<String>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok((name.to_owned(), value.to_owned()))
    } else {
        Err(format!("{name:?} is not the name of a variable"))
    }
}

/// Runs a command in one task or in many.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    inside(args, app).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let facts = app.printer.facts();
    let many = args.which.all || args.targets.len() > 1;
    let tty = args.tty || (!many && !args.no_tty && facts.stdin_tty && facts.stdout_tty);
    let launch = Launch {
        words: args.command.clone(),
        user: args.user.clone(),
        workdir: args.workdir.clone(),
        env: args.env.clone(),
        tty,
        size: None,
    };
    if !many {
        let place = target::one(app, &args.targets[0], &args.which, Want::Running).await?;
        return Attach { app, place: &place, launch, stdin: args.stdin || tty }.run().await;
    }
    if tty || args.stdin {
        return Err(
            Error::usage("several targets share neither a terminal nor stdin").hint("leave -i and -t out")
        );
    }
    let mut places = Vec::new();
    for text in &args.targets {
        places.extend(target::several(app, text, &args.which, Want::Running).await?);
    }
    let options = many::Options {
        parallel: usize::from(args.parallel),
        fail_fast: args.fail_fast,
        grouped: args.group_output,
    };
    many::run(app, places, &launch, options).await
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn variables_have_names_a_shell_can_export() {
        assert_eq!(variable("A_1=b=c"), Ok(("A_1".into(), "b=c".into())));
        for bad in ["A", "=x", "1A=x", "A-B=x", "A;rm=x"] {
            assert!(variable(bad).is_err(), "{bad}");
        }
    }
}
