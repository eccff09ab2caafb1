//! `fleet service list`

use serde::Serialize;

use super::{not_read, tell_not_known};
use crate::app::App;
use crate::commands::shared::listing;
use crate::error::Result;
use crate::model::services::{self, Registry, Summary};
use crate::model::words;
use crate::ops::services::{MOST_ASKED, Registries, ServiceSelection};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the services of Nomad's and of Consul's registry, with how many instances pass.
///
/// A stale instance is registered although nothing stands behind it any more: its allocation is gone, has ended, or is lost with its
/// node. `fleet service show` names them. Nomad's registry takes one request for each service, Consul's three for all of them; the
/// checks of two hundred of Nomad's instances are asked at most, unless with --all.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet service list
  fleet service list --stale
  fleet service list --namespace ops -o json")]
pub struct Args {
    /// Only services with stale instances.
    #[arg(long)]
    stale: bool,

    /// Ask for the checks of every instance.
    #[arg(long, short)]
    all: bool,
}

/// A service.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Row(pub(super) Summary);

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("SERVICE").whole(),
        column("REGISTRY").whole(),
        column("NAMESPACE").usual("default").rank(2),
        column("INSTANCES").right(),
        column("PASSING").right(),
        column("FAILING").right(),
        column("NOT KNOWN").right().usual("0"),
        column("STALE").right().usual("0"),
        column("JOBS").rank(1),
        column("TAGS").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let s = &self.0;
        let bad = |n: u64, tone: Tone| Cell::toned(n.to_string(), if n > 0 { tone } else { Tone::Plain });
        vec![
            Cell::text(&s.service),
            Cell::text(s.registry.to_string()),
            Cell::from(s.namespaces.join(", ").as_str()),
            Cell::Number(s.instances),
            bad(s.passing, Tone::Good),
            bad(s.failing, Tone::Bad),
            bad(s.not_known, Tone::Warn),
            bad(s.stale, Tone::Bad),
            Cell::from(s.job_ids.join(", ").as_str()),
            Cell::from(services::shown_tags(&s.tags).join(", ").as_str()),
        ]
    }
}

/// Lists the services.
///
/// # Errors
/// Nomad's own, and Consul's where it is named; not found (3) for a namespace that does not exist.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let (nomad, consul, namespace) = (app.nomad()?, app.consul()?, app.list_namespace()?);
    let most = if args.all { usize::MAX } else { MOST_ASKED };
    let read = Registries::new(nomad, consul, namespace).read(ServiceSelection::All, most).await?;
    let mut rows: Vec<Row> = services::summaries(&read.instances).into_iter().map(Row).collect();
    // Consul's catalog knows no namespaces of Nomad's: of what is in one that was not named nothing is shown.
    let named = app.settings()?.nomad.namespace.as_ref().map(|n| n.value.clone());
    if let Some(named) = named {
        rows.retain(|r| r.0.registry == Registry::Nomad || r.0.namespaces.contains(&named));
    }
    if args.stale {
        rows.retain(|r| r.0.stale > 0);
    }
    listing::show(app, &rows, "no services").await?;
    tell_not_known(app, &read);
    if consul.is_none() {
        app.printer.note("only Nomad's registry was asked: CONSUL_HTTP_ADDR is not set");
    }
    if read.unasked > 0 {
        let n = words::count(read.unasked, "instance");
        app.printer.note(&format!("the checks of {n} of Nomad's were not asked; --all asks all of them"));
    }
    read.consul_fault.map_or(Ok(()), |e| Err(not_read(e)))
}
