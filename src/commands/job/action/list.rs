//! `fleet job action list`

use serde::Serialize;

use crate::api::nomad::job::{self, Action};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::model::ids::shell_word;
use crate::ui::{Cell, Column, Tabular, column};

/// List the actions of a job: commands its job file defines, to be run in its tasks.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job action list web
  fleet job action run web rotate-logs")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// An action of a job, and where it runs.
#[derive(Debug, Serialize)]
struct ActionRow {
    name: String,
    group: String,
    task: String,
    command: Vec<String>,
}

impl From<Action> for ActionRow {
    fn from(action: Action) -> Self {
        let command = action.words();
        ActionRow { name: action.name, group: action.task_group_name, task: action.task_name, command }
    }
}

impl Tabular for ActionRow {
    const COLUMNS: &'static [Column] =
        &[column("ACTION").whole(), column("GROUP").rank(1), column("TASK"), column("COMMAND").rank(2)];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.name).into(),
            (&self.group).into(),
            (&self.task).into(),
            Cell::text(self.command.iter().map(|w| shell_word(w)).collect::<Vec<_>>().join(" ")),
        ]
    }
}

/// Lists the actions of a job.
///
/// # Errors
/// When there is no such job.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let found = nomad.read(&job::actions(&stub.namespace, &stub.id)).await?.value.unwrap_or_default();
    let rows: Vec<ActionRow> = found.into_iter().map(ActionRow::from).collect();
    app.printer.list(&rows, "no actions")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::screen;

    #[test]
    fn an_action_is_shown_as_a_shell_would_take_it() {
        let action = Action {
            name: "greet".into(),
            command: "/bin/sh".into(),
            args: vec!["-c".into(), "echo it's $1".into()],
            task_name: "t".into(),
            task_group_name: "g".into(),
        };
        insta::assert_snapshot!(screen(80, |p| p.list(&[ActionRow::from(action)], "none")), @r"
        ACTION  GROUP  TASK  COMMAND
        greet   g      t     /bin/sh -c 'echo it'\''s $1'
        ");
    }
}
