//! `fleet context exec`

use std::os::unix::process::ExitStatusExt as _;

use crate::app::App;
use crate::commands::context::use_in_shell::variables;
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Run a command of this machine with a context in its environment: nomad, consul, terraform, a script.
///
/// It gets NOMAD_ADDR, NOMAD_TOKEN, CONSUL_HTTP_ADDR and the like as the context has them, and none of another cluster. Its exit code
/// is returned; 125 means that fleet could not start it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context exec -- nomad status
  fleet context exec prod -- terraform plan
  fleet context exec prod -- sh -c 'echo $NOMAD_ADDR'")]
pub struct Args {
    /// The context [default: the one in force].
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: Option<String>,

    /// The command and its arguments.
    #[arg(value_name = "COMMAND", last = true, required = true)]
    command: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    inside(args, app).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => match &app.settings()?.context {
            Some(context) => context.value.clone(),
            None => {
                return Err(Error::usage("no context is in force")
                    .hint("name one: fleet context exec NAME -- COMMAND"));
            }
        },
    };
    app.contexts()?.get(&name)?;
    let within = app.for_context(&name);
    within.reach().await?;
    within.confirm_protected(&args.command.join(" ")).await?;
    let mut settings = within.settings()?.clone();
    settings.nomad.address = within.nomad_address()?.clone();
    let ours = |variable: &str| {
        variable.starts_with("NOMAD_") || variable.starts_with("CONSUL_") || variable == "FLEET_CONTEXT"
    };
    let kept = app.env.iter().filter(|(variable, _)| !ours(variable));
    let mut env = Environment::from_pairs(kept);
    for (variable, value) in variables(&settings, &name)? {
        if let Some(value) = value {
            env.set(variable, value);
        }
    }
    let Some((program, words)) = args.command.split_first() else { return Ok(ExitCode::Done) };
    let _child = app.interrupts.left_to_child();
    let mut command = tokio::process::Command::new(program);
    command.args(words).env_clear().envs(env.iter()).kill_on_drop(true);
    let status = command.status().await;
    let status =
        status.map_err(|e| Error::transport(format!("could not start {program}")).because(e.to_string()))?;
    let by_signal = status.signal().map(|signal| 128 + signal);
    let code = status.code().or(by_signal).and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::Transport, ExitCode::Of))
}
