//! `fleet job urls`

use serde::Serialize;

use crate::app::App;
use crate::commands::shared::browser;
use crate::commands::shared::complete;
use crate::commands::shared::jobfile::secrets_of;
use crate::commands::shared::resolve::current;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, column};

/// Show the URLs of a job, from its services' tags: `https://…` and `urlprefix-host/path`.
///
/// With --open the first one is opened with $BROWSER, else with the desktop's own opener.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job urls web
  fleet job urls web --open
  fleet job urls web -o json")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Open the first URL; refused in a pipeline.
    #[arg(long)]
    open: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Row {
    /// The URL without the secrets in it.
    url: String,
    /// The URL to open.
    #[serde(skip)]
    whole: String,
    service: String,
    group: String,
    /// Whether the URL leads to canaries while there are any.
    canary: bool,
    /// Path of the service's HTTP check.
    check: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("URL").whole(),
        column("SERVICE"),
        column("GROUP").rank(1),
        column("CHECK").rank(2),
        column("OF"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.url),
            Cell::text(&self.service),
            Cell::text(&self.group),
            self.check.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::text(if self.canary { "canaries" } else { "all" }),
        ]
    }
}

/// The address in a tag, if it is one.
fn address(tag: &str) -> Option<String> {
    if tag.starts_with("http://") || tag.starts_with("https://") {
        return Some(tag.split_whitespace().next()?.to_owned());
    }
    let rest = tag.strip_prefix("urlprefix-")?;
    let host = rest.split_whitespace().next()?;
    (!host.starts_with('/') && !host.starts_with(':')).then(|| format!("https://{host}"))
}

/// Shows the addresses of a job.
///
/// # Errors
/// Not found (3) when there is no such job, or it has no address.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let job = current(app, &args.job).await?;
    let secrets = secrets_of(app, &job).await?;
    let mut rows = Vec::new();
    for group in &job.task_groups {
        for service in group.all_services() {
            let check = service.checks.iter().find(|c| c.kind == "http").map(|c| c.path.clone());
            for (tags, canary) in [(&service.tags, false), (&service.canary_tags, true)] {
                rows.extend(tags.iter().filter_map(|t| address(t)).map(|whole| Row {
                    url: secrets.clean(&whole),
                    whole,
                    service: service.name.clone(),
                    group: group.name.clone(),
                    canary,
                    check: check.clone(),
                }));
            }
        }
    }
    if rows.is_empty() {
        return Err(Error::not_found(format!("no service of {} has a tag that is a URL", job.id)));
    }
    app.printer.list(&rows, "no URLs")?;
    match rows.iter().find(|row| !row.canary).or(rows.first()) {
        Some(row) if args.open => open(app, row).await,
        _ => Ok(()),
    }
}

/// Opens a URL; refused in a pipeline.
async fn open(app: &App, row: &Row) -> Result<()> {
    if app.env.is_ci() {
        return Err(
            Error::refused("--open does nothing in a pipeline").because("CI is set in the environment")
        );
    }
    browser::open(app, &row.whole, &row.url).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_addresses_are_told_from_others() {
        assert_eq!(address("https://a.example.com/x").unwrap(), "https://a.example.com/x");
        assert_eq!(address("urlprefix-a.example.com/ strip=/x").unwrap(), "https://a.example.com/");
        assert_eq!((address("urlprefix-/x"), address("urlprefix-:80"), address("web")), (None, None, None));
    }
}
