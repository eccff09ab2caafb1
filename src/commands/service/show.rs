//! `fleet service show`

use serde::Serialize;

use super::named;
use super::view::InstanceRow;
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::Result;
use crate::model::services::{self, Instance, Summary};
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show the instances of a service in Nomad's and Consul's registry: which allocation is behind each, and how it is now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet service show web
  fleet service show web -o wide
  fleet service show web -o json")]
pub struct Args {
    /// The service's name.
    #[arg(value_name = "SERVICE", add = clap_complete::ArgValueCompleter::new(complete::services))]
    service: String,
}

impl Args {
    /// To show this one.
    pub(crate) fn of(service: String) -> Self {
        Args { service }
    }
}

/// A service and its instances.
#[derive(Debug, Serialize)]
pub(super) struct ServiceView {
    service: String,
    summary: Vec<Summary>,
    instances: Vec<Instance>,
}

impl ServiceView {
    pub(super) fn new(service: &str, instances: Vec<Instance>) -> Self {
        ServiceView { service: service.to_owned(), summary: services::summaries(&instances), instances }
    }
}

impl Describe for ServiceView {
    fn describe(&self) -> Detail {
        let sums = self.summary.iter();
        let one = |s: &Summary| {
            let parts = [(s.failing, "failing"), (s.not_known, "not known"), (s.stale, "stale")];
            let rest = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}"));
            format!("{}: {} of {} passing{}", s.registry, s.passing, s.instances, rest.collect::<String>())
        };
        let good = self.summary.iter().all(|s| s.passing == s.instances);
        let tags: std::collections::BTreeSet<&String> = self.summary.iter().flat_map(|s| &s.tags).collect();
        let tags = services::shown_tags(tags);
        let rows: Vec<InstanceRow<'_>> = self.instances.iter().map(InstanceRow).collect();
        Detail::new()
            .fields([
                ("service", Cell::text(&self.service)),
                (
                    "registered in",
                    Cell::toned(
                        sums.map(one).collect::<Vec<_>>().join("; "),
                        if good { Tone::Good } else { Tone::Warn },
                    ),
                ),
                ("tags", Cell::from(tags.join(", ").as_str())),
            ])
            .table("Instances", &rows)
    }
}

/// Shows the instances.
///
/// # Errors
/// Not found (3); Nomad's own.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let read = named(app, &args.service).await?;
    app.printer.object(&ServiceView::new(&args.service, read.instances))
}
