//! `fleet system gc` and `fleet system reconcile`

use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::{ALL_NAMESPACES, job, node, operator};
use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::words::count;
use crate::ops::ticker::{Stall, Ticker};
use crate::ui::{Cell, Describe, Detail};

/// How often it is looked at what is left.
const LOOK: Duration = Duration::from_millis(250);
/// After how long without a change the servers are taken to have done what they do. They tell of no end.
const QUIET: Duration = Duration::from_secs(2);

/// Verbs on the servers' housekeeping.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Have the servers forget dead jobs, ended allocations and evaluations, and nodes that are down.
    ///
    /// What is forgotten cannot be looked at, restarted or reverted to any more. The servers do it after they answered; a
    /// job or an allocation that something still needs stays.
    #[command(after_help = "Examples:\n  fleet system gc\n  fleet system gc --yes -o json")]
    Gc {
        /// Go ahead without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// Have the servers count the allocations of every job anew, where a summary is wrong.
    #[command(after_help = "Examples:\n  fleet system reconcile")]
    Reconcile,
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Refused (7), or refused rights (4).
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Gc { yes } => collect_garbage(yes, app).await?,
            Command::Reconcile => {
                // It may be done twice: there is nothing to settle.
                app.nomad()?.write(&app.explicit(), &operator::reconcile_summaries()).await?;
                app.printer.object(&Reconciling { asked: true })?;
            }
        }
        Ok(ExitCode::Done)
    }
}

/// What the servers were asked for, and do by themselves.
#[derive(Debug, Serialize)]
struct Reconciling {
    asked: bool,
}

impl Describe for Reconciling {
    fn describe(&self) -> Detail {
        let text = "asked for; the servers count the allocations of every job anew";
        Detail::new().fields([("summaries", Cell::text(text))])
    }
}

/// What is over and not forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Over {
    dead_jobs: usize,
    down_nodes: usize,
}

/// What was forgotten.
#[derive(Debug, Serialize)]
struct Collected {
    /// Dead jobs there were before.
    dead_jobs: usize,
    /// Of them, those that are left: something still needs them, or the servers are not done.
    dead_jobs_left: usize,
    /// Nodes that were down before.
    down_nodes: usize,
    /// Of them, those that are left.
    down_nodes_left: usize,
}

impl Describe for Collected {
    fn describe(&self) -> Detail {
        let told = |before: usize, left: usize| match (before, left) {
            (0, _) => Cell::text("there were none"),
            (before, 0) => Cell::text(format!("{before} forgotten")),
            (before, left) => Cell::text(format!(
                "{} of {before} forgotten, {left} left: something still needs them, or the servers are not done",
                before.saturating_sub(left)
            )),
        };
        Detail::new().fields([
            ("dead jobs", told(self.dead_jobs, self.dead_jobs_left)),
            ("nodes that are down", told(self.down_nodes, self.down_nodes_left)),
            (
                "ended work",
                Cell::text("allocations and evaluations were asked to be forgotten; they are not counted"),
            ),
        ])
    }
}

async fn collect_garbage(yes: bool, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let before = over(nomad).await?;
    let question = format!(
        "Have the servers forget everything that is over: {}, {} down, ended allocations and evaluations?",
        count(before.dead_jobs, "dead job"),
        count(before.down_nodes, "node"),
    );
    let permission = app.confirm(yes, &question).await?;
    // It may be done twice: there is nothing to settle.
    nomad.write(&permission, &operator::collect_garbage()).await?;
    let left = settled(nomad, before, app).await?;
    app.printer.object(&Collected {
        dead_jobs: before.dead_jobs,
        dead_jobs_left: left.dead_jobs,
        down_nodes: before.down_nodes,
        down_nodes_left: left.down_nodes,
    })
}

/// What is left once nothing is, or nothing more has gone for a while.
async fn settled(nomad: &Http, before: Over, app: &App) -> Result<Over> {
    let (mut left, mut quiet, mut ticker) = (before, Stall::default(), Ticker::every(LOOK));
    loop {
        let now = over(nomad).await?;
        let is_quiet = quiet.lasts(now == left, app.clock().now()) >= QUIET;
        left = now;
        if is_quiet || left == (Over { dead_jobs: 0, down_nodes: 0 }) {
            return Ok(left);
        }
        ticker.tick().await;
    }
}

async fn over(nomad: &Http) -> Result<Over> {
    let jobs = job::list().namespace(ALL_NAMESPACES).filter(Some(r#"Status == "dead""#));
    let nodes = node::list().filter(Some(r#"Status == "down""#));
    let (jobs, nodes) = tokio::join!(nomad.list(&jobs), nomad.list(&nodes));
    Ok(Over { dead_jobs: jobs?.value.len(), down_nodes: nodes?.value.len() })
}
