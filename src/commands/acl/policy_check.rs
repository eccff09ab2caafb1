//! `fleet acl policy check`

use serde::Serialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::policy_check::{RequiredRight, answer, needs};
use crate::model::policy_suggestion;
use crate::model::rights::Permitted;
use crate::ops::migration::snapshot::rights;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Check that your token may do what a verb needs, right by right, before it begins.
///
/// It reads the token's policies and changes nothing. A right that they do not tell of, such as one that comes by a role, is not
/// known, and that is no yes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl policy check rotate-nodes
  fleet acl policy check deploy --namespace ops -o json")]
pub struct Args {
    /// The verb, such as deploy or rotate-nodes.
    #[arg(value_name = "VERB", required = true, num_args = 1..)]
    verb: Vec<String>,
}

/// A right, and whether the token has it.
#[derive(Debug, Serialize)]
struct Row {
    scope: String,
    right: String,
    granted: Granted,
    /// Which uses of the verb need it; none when all do.
    only_for: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Granted {
    Yes,
    No,
    NotKnown,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("WHERE").whole(), column("RIGHT").whole(), column("GRANTED"), column("ONLY FOR").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let granted = match self.granted {
            Granted::Yes => Cell::toned("yes", Tone::Good),
            Granted::No => Cell::toned("no", Tone::Bad),
            Granted::NotKnown => Cell::toned("not known", Tone::Warn),
        };
        let only_for = self.only_for.as_deref().map_or(Cell::Empty, Cell::text);
        vec![Cell::text(&self.scope), Cell::text(&self.right), granted, only_for]
    }
}

/// Checks the rights.
///
/// # Errors
/// Not found (3) for a verb whose needs are not known, refused rights (4) when one is missing, failed (1) when one is not known.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let verb = args.verb.join(" ");
    let namespace = app.list_namespace()?;
    let Some(needed) = needs(&verb, namespace) else {
        let known = policy_suggestion::verbs();
        let error = Error::not_found(format!("it is not known what {verb:?} needs"));
        return Err(error.because(format!("it is of {}", known.join(", "))));
    };
    let rights = rights(app.nomad()?).await?;
    let row = |need: RequiredRight| Row {
        granted: match answer(&need, &rights) {
            Permitted::Yes => Granted::Yes,
            Permitted::No => Granted::No,
            Permitted::Unknown => Granted::NotKnown,
        },
        scope: need.scope,
        right: need.right,
        only_for: need.only_for,
    };
    let rows: Vec<Row> = needed.into_iter().map(row).collect();
    app.printer.list(&rows, "it needs no rights")?;
    let lacking = |granted: Granted| -> Vec<String> {
        let all = rows.iter().filter(|row| row.granted == granted && row.only_for.is_none());
        all.map(|row| format!("{} in {}", row.right, row.scope)).collect()
    };
    let (missing, unknown) = (lacking(Granted::No), lacking(Granted::NotKnown));
    if !missing.is_empty() {
        return Err(Error::new(ExitCode::Denied, format!("the token may not do what fleet {verb} needs"))
            .because(format!("it lacks {}", missing.join(", ")))
            .hint(format!("`fleet acl policy suggest '{verb}'` prints a policy that has it")));
    }
    if !unknown.is_empty() {
        return Err(Error::failed(format!(
            "it is not known whether the token may do what fleet {verb} needs"
        ))
        .because(format!("its policies do not tell of {}", unknown.join(", "))));
    }
    Ok(())
}
