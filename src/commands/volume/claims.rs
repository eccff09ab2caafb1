//! `fleet volume claim list` and `delete`

use clap::Subcommand;
use serde::Serialize;

use crate::api::http::Patience;
use crate::api::nomad::volume::{self, Claim};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::shared::listing;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::ui::{Cell, Column, Tabular, column};

/// Verbs on the claims of groups on host volumes (Nomad 1.10).
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Delete(DeleteArgs),
    List(ListArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Delete(args) => delete(&args, app).await,
            Command::List(args) => list(&args, app).await,
        }
    }
}

/// List which groups hold host volumes for good, because their jobs ask for a `sticky` volume.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume claim list
  fleet volume claim list --job db -o json")]
pub struct ListArgs {
    /// Only those of this job.
    #[arg(long, value_name = "JOB")]
    job: Option<String>,

    /// Only those of this volume, by its name or the beginning of its id.
    #[arg(long, value_name = "VOLUME")]
    volume: Option<String>,
}

/// End a claim: the next allocation of the group may take another volume, without what is in this one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume claim delete 3f1c2a9b")]
pub struct DeleteArgs {
    /// The claim, by its id or the beginning of it.
    #[arg(value_name = "CLAIM")]
    claim: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A claim.
#[derive(Debug, Serialize)]
struct Row {
    claim_id: String,
    namespace: String,
    job_id: String,
    group: String,
    volume_id: String,
    volume_name: String,
    alloc_id: Option<String>,
}

impl From<Claim> for Row {
    fn from(claim: Claim) -> Self {
        Row {
            claim_id: claim.id,
            namespace: claim.namespace,
            job_id: claim.job_id,
            group: claim.task_group_name,
            volume_id: claim.volume_id,
            volume_name: claim.volume_name,
            alloc_id: Some(claim.alloc_id).filter(|id| !id.is_empty()),
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("GROUP"),
        column("VOLUME"),
        column("VOLUME ID").rank(2),
        column("CLAIMED BY").usual("-").rank(3),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Id(self.claim_id.clone()),
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::text(&self.group),
            Cell::text(&self.volume_name),
            Cell::Id(self.volume_id.clone()),
            self.alloc_id.clone().map_or(Cell::Empty, Cell::Id),
        ]
    }
}

/// The claims of the namespace.
async fn claims(app: &App) -> Result<Vec<Claim>> {
    let call = volume::claims().namespace(app.list_namespace()?);
    match app.nomad()?.list(&call).await {
        Ok(reply) => Ok(reply.value),
        Err(e) if e.is_unknown_call() => Err(Error::failed("the servers know no claims on volumes")
            .because("there are such from Nomad 1.10 on")),
        Err(e) => Err(e.into()),
    }
}

async fn list(args: &ListArgs, app: &App) -> Result<()> {
    let mut claims = claims(app).await?;
    claims.retain(|c| {
        let of_volume = |v: &String| c.volume_name == *v || c.volume_id.starts_with(v.as_str());
        args.job.as_ref().is_none_or(|job| c.job_id == *job) && args.volume.as_ref().is_none_or(of_volume)
    });
    let rows: Vec<Row> = claims.into_iter().map(Row::from).collect();
    listing::show(app, &rows, "no claims").await
}

async fn delete(args: &DeleteArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let mut fitting = claims(app).await?;
    fitting.retain(|c| c.id.starts_with(&args.claim));
    let Some(claim) = fitting.pop() else {
        return Err(Error::not_found(format!("there is no claim {:?}", args.claim))
            .hint("fleet volume claim list shows those there are"));
    };
    if !fitting.is_empty() {
        let error = Error::usage(format!("{:?} is the beginning of several ids", args.claim));
        return Err(fitting.iter().chain([&claim]).fold(error, |error, c| error.because(short(&c.id))));
    }
    let question = format!(
        "End the claim of group {} of job {} on volume {}?",
        claim.task_group_name, claim.job_id, claim.volume_name
    );
    let permission = app.confirm(args.yes, &question).await?;
    let gone = async || {
        let call = volume::claims().namespace(&claim.namespace);
        let left = nomad.list(&call).await?.value;
        Ok(left.iter().all(|c| c.id != claim.id).then_some(()))
    };
    let call = volume::delete_claim(&claim.namespace, &claim.id);
    settle(nomad, &permission, &call, Patience::OPERATION, gone).await?;
    if gone().await?.is_none() {
        return Err(Error::failed(format!("claim {} is there all the same", short(&claim.id)))
            .because("a running allocation of the group may have made it again"));
    }
    app.printer.list(&[Row::from(claim)], "")
}
