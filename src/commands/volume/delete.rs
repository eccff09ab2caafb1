//! `fleet volume delete`, `deregister` and `detach`

use serde::Serialize;

use super::find::{self, FoundVolume};
use crate::api::http::{Http, Patience};
use crate::api::nomad::volume::{self, VolumeKind};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::words;
use crate::ui::{Cell, Describe, Detail};

/// Delete a volume with all that is in it.
///
/// One that an allocation still has is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume delete data
  fleet volume delete 13a2c756 --yes")]
pub struct DeleteArgs {
    /// The volume, by its name, its id or the beginning of that.
    #[arg(value_name = "VOLUME")]
    volume: String,

    /// Only one of this kind.
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    kind: Option<VolumeKind>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Have the servers forget a CSI volume. What is in it stays where it is kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume deregister db
  fleet volume deregister db --force --yes")]
pub struct DeregisterArgs {
    /// The volume, by its name, its id or the beginning of that.
    #[arg(value_name = "VOLUME")]
    volume: String,

    /// Also one that allocations still have by what the servers know: they are not asked to give it back.
    #[arg(long)]
    force: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Take a CSI volume from a node that holds it although nothing on it uses it any more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume detach db c1
  fleet volume detach db 7809d943 --yes")]
pub struct DetachArgs {
    /// The volume, by its name, its id or the beginning of that.
    #[arg(value_name = "VOLUME")]
    volume: String,

    /// The node, by its name or the beginning of its id; one that is gone by its whole id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A volume, and whether it was deleted.
#[derive(Debug, Serialize)]
struct DeleteOutcome {
    volume_id: String,
    name: String,
    namespace: String,
    result: &'static str,
}

impl DeleteOutcome {
    fn new(found: &FoundVolume, result: &'static str) -> Self {
        let stub = &found.stub;
        let (volume_id, name) = (stub.id.clone(), stub.name.clone());
        DeleteOutcome { volume_id, name, namespace: stub.namespace.clone(), result }
    }
}

impl Describe for DeleteOutcome {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("volume", Cell::text(&self.name)),
            ("id", Cell::text(&self.volume_id)),
            ("result", Cell::text(self.result)),
        ])
    }
}

/// Refuses while an allocation that is not over has the volume.
async fn nobody_has_it(nomad: &Http, found: &FoundVolume) -> Result<()> {
    let call = volume::get(found.kind, &found.stub.namespace, &found.stub.id);
    let volume = nomad.read(&call).await?.value;
    let using: Vec<_> = volume.allocations.iter().filter(|a| !a.client_status.is_terminal()).collect();
    if using.is_empty() {
        return Ok(());
    }
    let count = words::count(using.len(), "allocation");
    let error = Error::refused(format!("volume {} is in use by {count}", found.stub.name));
    Err(using.iter().take(10).fold(error, |error, a| {
        error.because(format!("{} of job {} on {}, {}", short(&a.id), a.job_id, a.node_name, a.client_status))
    }))
}

/// None while it is there.
async fn gone(nomad: &Http, found: &FoundVolume) -> crate::api::Result<Option<()>> {
    match nomad.read(&volume::get(found.kind, &found.stub.namespace, &found.stub.id)).await {
        Ok(_) => Ok(None),
        Err(e) if e.is_not_found() => Ok(Some(())),
        Err(e) => Err(e),
    }
}

/// Deletes a volume.
///
/// # Errors
/// Not found (3), refused (7) while it is in use.
pub async fn delete(args: &DeleteArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find::one(nomad, app.list_namespace()?, &args.volume, args.kind).await?;
    nobody_has_it(nomad, &found).await?;
    let question = format!("Delete {} volume {} with all that is in it?", found.kind.name(), found.stub.name);
    let permission = app.confirm(args.yes, &question).await?;
    let call = volume::delete(found.kind, &found.stub.namespace, &found.stub.id);
    settle(nomad, &permission, &call, Patience::OPERATION, async || gone(nomad, &found).await).await?;
    is_gone(nomad, &found).await?;
    app.printer.object(&DeleteOutcome::new(&found, "deleted"))
}

async fn is_gone(nomad: &Http, found: &FoundVolume) -> Result<()> {
    match gone(nomad, found).await? {
        Some(()) => Ok(()),
        None => Err(Error::failed(format!("volume {} is there all the same", found.stub.name))),
    }
}

/// Deregisters a CSI volume.
///
/// # Errors
/// Not found (3), refused (7) while it is in use.
pub async fn deregister(args: &DeregisterArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find::one(nomad, app.list_namespace()?, &args.volume, Some(VolumeKind::Csi)).await?;
    if !args.force {
        nobody_has_it(nomad, &found).await?;
    }
    let permission = app.confirm(args.yes, &format!("Forget CSI volume {}?", found.stub.name)).await?;
    let call = volume::deregister(&found.stub.namespace, &found.stub.id, args.force);
    settle(nomad, &permission, &call, Patience::OPERATION, async || gone(nomad, &found).await).await?;
    is_gone(nomad, &found).await?;
    app.printer.object(&DeleteOutcome::new(&found, "deregistered"))
}

/// Detaches a CSI volume from a node.
///
/// # Errors
/// Not found (3); refused (7) while something on the node uses it.
pub async fn detach(args: &DetachArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find::one(nomad, app.list_namespace()?, &args.volume, Some(VolumeKind::Csi)).await?;
    // A claim of a node that is gone is the one that is stuck.
    let is_whole = args.node.len() == 36;
    let (node_id, name) = match resolve::node(nomad, &args.node).await {
        Ok(node) => (node.id, node.name),
        Err(_) if is_whole => (args.node.clone(), args.node.clone()),
        Err(e) => return Err(e),
    };
    let read = async || {
        let call = volume::get(VolumeKind::Csi, &found.stub.namespace, &found.stub.id);
        Ok::<_, crate::api::Error>(nomad.read(&call).await?.value)
    };
    let before = read().await?;
    let on_it = |a: &&crate::api::nomad::allocation::AllocStub| a.node_id == node_id;
    if let Some(alloc) = before.allocations.iter().filter(on_it).find(|a| !a.client_status.is_terminal()) {
        return Err(Error::refused(format!("volume {} is in use on node {name}", found.stub.name))
            .because(format!("by allocation {} of job {}", short(&alloc.id), alloc.job_id)));
    }
    let permission =
        app.confirm(args.yes, &format!("Detach volume {} from node {name}?", found.stub.name)).await?;
    let free = async || {
        let now = read().await?;
        let held = |id: &String| now.read_allocs.contains_key(id) || now.write_allocs.contains_key(id);
        Ok((!now.allocations.iter().filter(on_it).any(|a| held(&a.id))).then_some(()))
    };
    let call = volume::detach(&found.stub.namespace, &found.stub.id, &node_id);
    settle(nomad, &permission, &call, Patience::OPERATION, free).await?;
    if free().await?.is_none() {
        return Err(Error::failed(format!("node {name} holds volume {} all the same", found.stub.name))
            .hint(format!("fleet volume show {}", crate::model::ids::shell_word(&found.stub.id))));
    }
    app.printer.object(&DeleteOutcome::new(&found, "detached"))
}
