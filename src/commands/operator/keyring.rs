//! `fleet operator keyring list`, `rotate` and `remove`

use std::time::Duration;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::operator::{self, Key};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column, duration};

/// Verbs on the root keys, which encrypt variables and sign workload identities.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(ListArgs),
    Remove(RemoveArgs),
    Rotate(RotateArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::List(_) => show(app, app.nomad()?).await,
            Command::Remove(args) => remove(&args, app).await,
            Command::Rotate(args) => rotate(&args, app).await,
        }
    }
}

/// List the root keys. What they hold is never shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator keyring list")]
pub struct ListArgs {}

/// Make a new root key, now or later. Variables stay readable: the old key is kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator keyring rotate
  fleet operator keyring rotate --full --yes
  fleet operator keyring rotate --prepublish 24h")]
pub struct RotateArgs {
    /// Encrypt every variable with the new key too. The leader does it afterwards.
    #[arg(long)]
    full: bool,

    /// Publish the key now and use it only after so long, so that whoever verifies identities learns of it before.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "full")]
    prepublish: Option<Duration>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Delete a root key. What is still encrypted with it can never be read again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator keyring remove 46dcc7cc-cb7f-485d-3744-d770bea1e9ef")]
pub struct RemoveArgs {
    /// The key, by its whole id.
    #[arg(value_name = "KEY")]
    key: String,

    /// Delete it even when variables are still encrypted with it: they are lost.
    #[arg(long)]
    force: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A root key.
#[derive(Debug, Serialize)]
struct Row {
    key_id: String,
    state: String,
    algorithm: String,
    created_at: Option<Timestamp>,
    #[serde(rename = "activates_at")]
    active_from: Option<Timestamp>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("KEY").whole(),
        column("STATE"),
        column("ALGORITHM").rank(1),
        column("MADE").right(),
        column("ACTIVE FROM").usual("").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let tone = if self.state == "active" { Tone::Good } else { Tone::Plain };
        vec![
            // Other verbs want it whole.
            Cell::text(&self.key_id),
            Cell::toned(&self.state, tone),
            Cell::from(&self.algorithm),
            Cell::Time(self.created_at),
            self.active_from.map_or(Cell::Empty, |at| Cell::Time(Some(at))),
        ]
    }
}

async fn keys(nomad: &Http) -> Result<Vec<Key>> {
    Ok(nomad.read(&operator::keys()).await?.value)
}

async fn show(app: &App, nomad: &Http) -> Result<()> {
    let row = |key: Key| Row {
        key_id: key.id,
        state: key.state,
        algorithm: key.algorithm,
        created_at: key.create_time,
        active_from: key.publish_time,
    };
    let rows: Vec<Row> = keys(nomad).await?.into_iter().map(row).collect();
    app.printer.list(&rows, "no root keys")
}

async fn rotate(args: &RotateArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let before = keys(nomad).await?;
    let permission = app.confirm(args.yes, "Make a new root key?").await?;
    let from = args.prepublish.map(|after| {
        let at = app.printer.now() + jiff::SignedDuration::try_from(after).unwrap_or_default();
        i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
    });
    let is_new = |key: &&Key| !before.iter().any(|old| old.id == key.id);
    let made = async || Ok(nomad.read(&operator::keys()).await?.value.iter().find(is_new).map(|_| ()));
    settle(nomad, &permission, &operator::rotate_key(args.full, from), Patience::OPERATION, made).await?;
    if made().await?.is_none() {
        return Err(Error::failed("there is no new root key, although the servers said so"));
    }
    show(app, nomad).await
}

async fn remove(args: &RemoveArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let Some(key) = keys(nomad).await?.into_iter().find(|key| key.id == args.key) else {
        return Err(Error::not_found(format!("there is no root key {:?}", args.key))
            .hint("`fleet operator keyring list` shows the keys there are"));
    };
    if key.state == "active" {
        return Err(Error::refused(format!("root key {} is the active one", key.id))
            .hint("fleet operator keyring rotate --full"));
    }
    let question = format!("Delete root key {}, and with it whatever is still encrypted with it?", key.id);
    let permission = app.confirm(args.yes, &question).await?;
    let gone = async || {
        let now = nomad.read(&operator::keys()).await?.value;
        Ok((!now.iter().any(|k| k.id == key.id)).then_some(()))
    };
    settle(nomad, &permission, &operator::delete_key(&key.id, args.force), Patience::OPERATION, gone).await?;
    if gone().await?.is_none() {
        return Err(Error::failed(format!(
            "root key {} is still there, although the servers took its deletion",
            key.id
        )));
    }
    show(app, nomad).await
}
