//! `fleet service health`

use serde::Serialize;

use super::named;
use super::view::tone;
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::model::services::{Health, Instance, Registry};
use crate::model::words;
use crate::ui::{Cell, Column, Tabular, column};

/// Show each check of a service at this moment: Nomad's from the clients that run them, Consul's from its catalog.
///
/// With --check the exit code is 1 unless every instance passes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet service health web
  fleet service health web --check --quiet
  fleet service health web -o json")]
pub struct Args {
    /// The service's name.
    #[arg(value_name = "SERVICE", add = clap_complete::ArgValueCompleter::new(complete::services))]
    service: String,

    /// Exit with 1 unless every instance passes.
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    registry: Registry,
    namespace: Option<String>,
    job_id: Option<String>,
    alloc_id: Option<String>,
    node_name: Option<String>,
    registration_id: String,
    /// None for an instance without checks.
    check: Option<String>,
    health: Health,
    /// Whether it is the check of the node, and not the service's own.
    of_node: bool,
    output: String,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("HEALTH").whole(),
        column("ALLOC").whole(),
        column("NODE").rank(2),
        column("CHECK").rank(1),
        column("OUTPUT").folds(),
        column("REGISTRY").rank(3),
        column("REGISTRATION").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let text = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::from);
        vec![
            Cell::toned(self.health.to_string(), tone(self.health)),
            self.alloc_id.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
            text(&self.node_name),
            text(&self.check),
            Cell::from(&self.output),
            Cell::text(self.registry.to_string()),
            Cell::from(&self.registration_id),
        ]
    }
}

/// A row for each check; for an instance that has none, or that is stale, one that says how it is.
pub(super) fn rows(instances: &[Instance]) -> Vec<Row> {
    let row = |i: &Instance, check: Option<String>, health: Health, of_node: bool, output: String| Row {
        registry: i.registry,
        namespace: i.namespace.clone(),
        job_id: i.job_id.clone(),
        alloc_id: i.alloc_id.clone(),
        node_name: i.node_name.clone().or_else(|| i.consul_node.clone()),
        registration_id: i.registration_id.clone(),
        check,
        health,
        of_node,
        output,
    };
    let mut rows = Vec::new();
    for i in instances {
        // What is not the checks' fault is said before them.
        let beside = i.stale.is_some() || !i.checks.iter().any(|c| c.health == i.health);
        if i.checks.is_empty() || beside {
            rows.push(row(
                i,
                None,
                i.health,
                false,
                i.reason.clone().unwrap_or_else(|| "no checks".to_owned()),
            ));
        }
        rows.extend(
            i.checks.iter().map(|c| row(i, Some(c.check.clone()), c.health, c.of_node, c.output.clone())),
        );
    }
    rows
}

/// Shows the checks.
///
/// # Errors
/// Not found (3); with `--check` failed (1) when an instance does not pass.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let read = named(app, &args.service).await?;
    app.printer.list(&rows(&read.instances), "no checks")?;
    let bad = read.instances.iter().filter(|i| i.health != Health::Passing).count();
    if args.check && (bad > 0 || !read.not_known.is_empty()) {
        let of = words::count(read.instances.len(), "instance");
        let error = Error::failed(format!("{bad} of {of} of service {} do not pass", args.service));
        return Err(read.not_known.into_iter().fold(error, Error::because));
    }
    Ok(())
}
