//! `fleet server list`

use serde::Serialize;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::servers::Server;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the servers of the region: gossip and autopilot side by side, since each alone is late or forgets.
///
/// Exit code 1 with --check when a server is not well, or no failure is tolerated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet server list
  fleet server list --check
  fleet server list -o json")]
pub struct Args {
    /// Exit with 1 when something is wrong with the servers.
    #[arg(long)]
    check: bool,
}

/// A server in a list.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    server: Server,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole(),
        column("ADDRESS").rank(1),
        column("GOSSIP"),
        column("AUTOPILOT"),
        column("ROLE"),
        column("VERSION").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let s = &self.server;
        let gossip = s.status.as_deref().map_or(Cell::Empty, |status| {
            Cell::toned(status, if status == "alive" { Tone::Good } else { Tone::Bad })
        });
        let autopilot = match s.healthy {
            Some(true) => Cell::toned("healthy", Tone::Good),
            Some(false) => Cell::toned("unhealthy", Tone::Bad),
            None => Cell::toned("not known", Tone::Warn),
        };
        let role = match (s.leader, s.voter) {
            (Some(true), _) => Cell::toned("leader", Tone::Strong),
            (_, Some(true)) => Cell::text("voter"),
            (_, Some(false)) => Cell::toned("no voter", Tone::Warn),
            (_, None) => Cell::toned("not known", Tone::Warn),
        };
        vec![Cell::text(&s.name), Cell::from(&s.address), gossip, autopilot, role, Cell::from(&s.version)]
    }
}

/// Lists the servers.
///
/// # Errors
/// When Nomad does not answer or refuses the token.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let assessment = super::assess(app, app.nomad()?).await?;
    let rows: Vec<Row> = assessment.servers.into_iter().map(|server| Row { server }).collect();
    app.printer.list(&rows, "no servers")?;
    if let Some(tolerance) = assessment.failure_tolerance {
        app.printer.note(&match tolerance {
            0 => "no further server may fail".to_owned(),
            1 => "1 server may fail".to_owned(),
            n => format!("{n} servers may fail"),
        });
    }
    for finding in &assessment.findings {
        app.printer.say(&format!("{}: {}", finding.subject, finding.text), Tone::Warn);
    }
    let wrong = args.check && !assessment.findings.is_empty();
    Ok(if wrong { ExitCode::Failed } else { ExitCode::Done })
}
