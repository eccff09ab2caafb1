//! `fleet service deregister`

use serde::Serialize;

use super::named;
use super::view::InstanceRow;
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::model::services::Instance;
use crate::model::words;
use crate::ops::services::{self, Registries, ServiceSelection};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Take stale instances of a service out of Nomad's or Consul's registry.
///
/// Stale are those behind which nothing stands any more. A living instance is refused, since that takes it out of traffic while it
/// runs: name it with --instance and add --even-living. What was taken out is read back.
///
/// An instance in Consul is taken out by its own agent where that is the one that is asked, else in the catalog; its agent, when it
/// lives and still knows the instance, registers it again within some minutes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet service deregister web
  fleet service deregister web --dry-run
  fleet service deregister web --instance c783f447 --even-living")]
pub struct Args {
    /// The service's name.
    #[arg(value_name = "SERVICE", add = clap_complete::ArgValueCompleter::new(complete::services))]
    service: String,

    /// Only these instances: by the id of the registration or the beginning of the allocation's id.
    #[arg(long, value_name = "ID")]
    instance: Vec<String>,

    /// Take out an instance that lives, too; it gets no traffic then.
    #[arg(long, requires = "instance")]
    even_living: bool,

    /// Show what would be taken out, and change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
}

/// An instance, and whether it was taken out of the registry.
#[derive(Debug, Serialize)]
struct DeregisteredInstance<'a> {
    #[serde(flatten)]
    instance: &'a Instance,
    /// Whether it was read back and is not there any more.
    deregistered: bool,
    note: Option<String>,
}

impl Tabular for DeregisteredInstance<'_> {
    const COLUMNS: &'static [Column] = &[
        column("ALLOC").whole(),
        column("NODE").rank(1),
        column("REGISTRY"),
        column("IS").whole(),
        column("NOTE").folds(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let i = self.instance;
        let node = i.node_name.as_ref().or(i.consul_node.as_ref());
        let is = if self.deregistered {
            Cell::toned("deregistered", Tone::Good)
        } else {
            Cell::toned("still registered", Tone::Bad)
        };
        vec![
            i.alloc_id.as_ref().map_or_else(|| Cell::from(&i.registration_id), |id| Cell::Id(id.clone())),
            node.map_or(Cell::Empty, Cell::from),
            Cell::text(i.registry.to_string()),
            is,
            self.note.as_ref().map_or(Cell::Empty, Cell::from),
        ]
    }
}

/// The instances that are meant.
fn choose<'a>(args: &Args, all: &'a [Instance]) -> Result<Vec<&'a Instance>> {
    if args.instance.is_empty() {
        let stale: Vec<&Instance> = all.iter().filter(|i| i.stale.is_some()).collect();
        if stale.is_empty() {
            return Err(Error::not_found(format!("service {} has no stale instance", args.service))
                .because(format!("{} registered", words::count(all.len(), "instance")))
                .hint(format!("fleet service show {}", args.service)));
        }
        return Ok(stale);
    }
    let mut chosen: Vec<&Instance> = Vec::new();
    for text in &args.instance {
        let by_alloc = |i: &&Instance| i.alloc_id.as_ref().is_some_and(|id| id.starts_with(text.as_str()));
        let found: Vec<&Instance> =
            all.iter().filter(|i| i.registration_id == *text || by_alloc(i)).collect();
        if found.is_empty() {
            return Err(Error::not_found(format!("service {} has no instance {text}", args.service))
                .hint(format!("fleet service show {} -o wide", args.service)));
        }
        chosen.extend(found.into_iter().filter(|i| !chosen.contains(i)).collect::<Vec<_>>());
    }
    let living: Vec<&&Instance> = chosen.iter().filter(|i| i.stale.is_none()).collect();
    if !living.is_empty() && !args.even_living {
        let error = Error::refused(format!("{} still living; nothing was changed", alive(living.len())));
        let error = living
            .iter()
            .fold(error, |error, i| error.because(format!("{} ({})", i.registration_id, i.health)));
        return Err(error.hint("to take an allocation out of service, stop it or drain its node; --even-living takes it out of traffic while it runs"));
    }
    Ok(chosen)
}

fn alive(n: usize) -> String {
    format!("{} {}", words::count(n, "instance"), words::either(n, "is", "are"))
}

/// Takes instances out.
///
/// # Errors
/// Not found (3), refused (7), failed (1) when one is still registered afterwards.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let read = named(app, &args.service).await?;
    let chosen = choose(args, &read.instances)?;
    let rows: Vec<InstanceRow<'_>> = chosen.iter().map(|i| InstanceRow(i)).collect();
    if args.dry_run {
        return app.printer.list(&rows, "no instances");
    }
    app.printer.list_aside(&rows);
    let what = words::count(chosen.len(), "instance");
    let permission =
        app.confirm(args.yes, &format!("Deregister {what} of service {}?", args.service)).await?;
    let mut notes = Vec::new();
    for instance in &chosen {
        notes.push(services::take_out(app.nomad()?, app.consul()?, &permission, instance).await?);
    }
    let (nomad, consul, namespace) = (app.nomad()?, app.consul()?, app.list_namespace()?);
    let after =
        Registries::new(nomad, consul, namespace).read(ServiceSelection::Named(&args.service), 0).await?;
    let is_there = |i: &Instance| {
        after.instances.iter().any(|a| a.registry == i.registry && a.registration_id == i.registration_id)
    };
    let gone: Vec<DeregisteredInstance<'_>> = chosen
        .iter()
        .zip(notes)
        .map(|(i, note)| DeregisteredInstance {
            instance: i,
            deregistered: after.not_known.is_empty() && !is_there(i),
            note,
        })
        .collect();
    app.printer.list(&gone, "no instances")?;
    let left = gone.iter().filter(|g| !g.deregistered).count();
    if left == 0 {
        return Ok(());
    }
    let error = Error::failed(format!("{} still registered", alive(left)));
    Err(after.not_known.into_iter().fold(error, Error::because))
}
