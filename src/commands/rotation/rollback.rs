//! `fleet rotation rollback`

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::rotation::find;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::model::words;
use crate::ops::migration::lock;
use crate::ops::rotate::plan::META_ROTATION;
use crate::ops::rotate::store::{self, Stored};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Give a rotation up: end its drains, and give its nodes the eligibility they had before it.
///
/// What has moved stays where it is, and drains of others are not touched. Afterwards the rotation is forgotten: the same
/// rotate-nodes begins anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation rollback r-1a2b3c4d --dry-run
  fleet rotation rollback r-1a2b3c4d --yes")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "ROTATION")]
    name: String,

    /// Show what would be done to each node and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// What is done to a node.
#[derive(Debug, Serialize)]
struct Row {
    node_id: String,
    node_name: String,
    undrain: bool,
    make_eligible: bool,
    /// Whether the node was found so afterwards; none where nothing was written.
    done: Option<bool>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[column("NODE").whole(), column("WHAT"), column("RESULT")];

    fn cells(&self) -> Vec<Cell> {
        let what = match (self.undrain, self.make_eligible) {
            (true, true) => "its drain ends, it takes new work again",
            (true, false) => "its drain ends",
            (false, true) => "it takes new work again",
            (false, false) => "it stays as it is",
        };
        let result = match self.done {
            None => Cell::Empty,
            Some(true) => Cell::toned("done", Tone::Good),
            Some(false) => Cell::toned("not as it should be", Tone::Bad),
        };
        vec![Cell::text(&self.node_name), Cell::text(what), result]
    }
}

fn rows(stored: &Stored, nodes: &[NodeStub]) -> Vec<Row> {
    let of = |(id, was): (&String, &Eligibility)| {
        let stub = nodes.iter().find(|n| n.id == *id)?;
        let last = stub.last_drain.as_ref();
        let ours = last.is_some_and(|d| d.meta.get(META_ROTATION) == stored.state.rotation.as_ref());
        let undrain = stub.drain && ours;
        let closed = stub.scheduling_eligibility == Eligibility::Ineligible && (!stub.drain || ours);
        Some(Row {
            node_id: id.clone(),
            node_name: stub.name.clone(),
            undrain,
            make_eligible: closed && *was == Eligibility::Eligible,
            done: None,
        })
    };
    stored.state.was.iter().filter_map(of).collect()
}

async fn give_back(nomad: &Http, permission: &Permission, row: &Row) -> Result<()> {
    let id = &row.node_id;
    let wanted = if row.make_eligible { Eligibility::Eligible } else { Eligibility::Ineligible };
    let read_back = async || {
        let now = nomad.read(&node::get(id)).await?.value;
        Ok((now.drain_strategy.is_none() && now.scheduling_eligibility == wanted).then_some(()))
    };
    let call = match row.undrain {
        true => node::cancel_drain(id, row.make_eligible, &BTreeMap::new()),
        false => node::set_eligibility(id, wanted),
    };
    settle(nomad, permission, &call, Patience::OPERATION, read_back).await?;
    Ok(())
}

/// Gives it up.
///
/// # Errors
/// Not found (3), refused (7) when it is at work or not confirmed, failed (1) when a node is not as it should be.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stored = find(nomad, &args.name).await?;
    let mut rows = rows(&stored, &nomad.list(&node::list()).await?.value);
    if args.dry_run {
        return app.printer.list(&rows, "none of its nodes is known any more");
    }
    let changed = rows.iter().filter(|r| r.undrain || r.make_eligible).count();
    let all = words::count(rows.len(), "node");
    let question = format!("Give up rotation {}, and change {changed} of {all}?", args.name);
    let permission = app.confirm(args.yes, &question).await?;
    for (group, count) in &stored.state.surged {
        let job = job_words(&group.namespace, &group.job);
        app.printer.warn(&format!(
            "the count of {group} was raised for its move; give it back once it is healthy: fleet job scale {job} {} {count}",
            group.group
        ));
    }
    lock::await_silence(nomad, &format!("{}-", args.name), app.clock())
        .await
        .map_err(|e| e.context(format!("rotation {} was not given up; end it first", args.name)))?;
    for row in rows.iter().filter(|r| r.undrain || r.make_eligible) {
        give_back(nomad, &permission, row).await?;
    }
    let now = nomad.list(&node::list()).await?.value;
    for row in rows.iter_mut().filter(|r| r.undrain || r.make_eligible) {
        let stub = now.iter().find(|n| n.id == row.node_id);
        let open = |n: &NodeStub| n.scheduling_eligibility == Eligibility::Eligible;
        row.done = Some(stub.is_some_and(|n| !n.drain && (!row.make_eligible || open(n))));
    }
    app.printer.list(&rows, "none of its nodes is known any more")?;
    if rows.iter().any(|r| r.done == Some(false)) {
        return Err(Error::new(ExitCode::Failed, "some nodes are not as they should be")
            .because("somebody else changed them meanwhile")
            .hint("fleet node list"));
    }
    store::delete(nomad, &permission, &stored).await
}
