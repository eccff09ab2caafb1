//! `fleet rotation …`

pub mod list;
pub mod lock;
pub mod pause;
pub mod report;
pub mod resume;
pub mod rollback;
pub mod show;
pub mod steal;
pub mod unpause;
pub mod watch;

use clap::Subcommand;

use crate::api::http::Http;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;
use crate::ops::journal::Journal;
use crate::ops::migration::lock::Holder;
use crate::ops::rotate::history::{self, Happening};
use crate::ops::rotate::recorder::{self, Entry};
use crate::ops::rotate::store::{self, Stored};

/// Verbs on rotations.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(list::Args),
    Lock(lock::Args),
    Pause(pause::Args),
    Report(report::Args),
    Resume(resume::Args),
    Rollback(rollback::Args),
    Show(show::Args),
    Steal(steal::Args),
    Unpause(unpause::Args),
    Watch(watch::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App, invocation: &Invocation) -> Result<ExitCode> {
        let done = match self {
            Command::List(args) => list::run(&args, app).await,
            Command::Lock(args) => lock::run(&args, app).await,
            Command::Pause(args) => pause::run(&args, app).await,
            Command::Report(args) => report::run(&args, app).await,
            Command::Resume(args) => return resume::run(&args, app, invocation).await,
            Command::Rollback(args) => rollback::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await,
            Command::Steal(args) => steal::run(&args, app).await,
            Command::Unpause(args) => unpause::run(&args, app).await,
            Command::Watch(args) => watch::run(&args, app).await,
        };
        done.map(|()| ExitCode::Done)
    }
}

/// The rotation of that name, from its journal on the cluster.
///
/// # Errors
/// Not found (3), or any API fault.
async fn find(nomad: &Http, name: &str) -> Result<Stored> {
    let all = store::all(nomad).await?;
    if all.is_empty() {
        store::ensure_readable(nomad).await?;
    }
    let names: Vec<&str> = all.iter().filter_map(|s| s.state.rotation.as_deref()).collect();
    let found = all.iter().find(|s| s.state.rotation.as_deref() == Some(name)).cloned();
    found.ok_or_else(|| {
        Error::not_found(format!("no rotation {name:?} is unfinished"))
            .because(format!("{}, as far as the journals on the cluster tell", known(&names)))
            .hint("fleet rotation list")
    })
}

fn known(names: &[&str]) -> String {
    if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", names.join(", ")) }
}

/// What is recorded of a rotation, by the cluster or by this machine.
#[derive(Debug)]
struct RotationRecord {
    rotation: String,
    events: Vec<Happening>,
    /// How many events are told nowhere but on the machine that ran it.
    left_out: usize,
    holder: Option<Holder>,
}

/// What is told of the rotation of that name, or of the newest: by the cluster, and by this machine where it ran here.
///
/// # Errors
/// Not found (3), or any API fault.
async fn told(app: &App, name: Option<&str>) -> Result<RotationRecord> {
    let nomad = app.nomad()?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => newest(nomad).await?,
    };
    let here = here(app, &name);
    let kept = match history::load(nomad, &name).await {
        // Whoever may not read what the cluster keeps has what this machine keeps.
        Err(e) if e.code() == ExitCode::Denied && !here.is_empty() => None,
        kept => kept?,
    };
    let whole = kept.as_ref().is_none_or(|k| k.left_out > 0 && here.len() >= k.events.len());
    match kept {
        Some(kept) if !whole || here.is_empty() => Ok(RotationRecord {
            rotation: name,
            events: kept.events,
            left_out: kept.left_out,
            holder: kept.holder,
        }),
        kept if !here.is_empty() => Ok(RotationRecord {
            rotation: name,
            events: here,
            left_out: 0,
            holder: kept.and_then(|k| k.holder),
        }),
        _ => {
            let names = history::names(nomad).await?;
            if names.is_empty() {
                store::ensure_readable(nomad).await?;
            }
            let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
            Err(Error::not_found(format!("nothing is told of a rotation {name:?}"))
                .because(format!("{}, as far as the cluster tells", known(&names)))
                .hint("fleet rotation list"))
        }
    }
}

/// The name of the rotation of which something was told last.
async fn newest(nomad: &Http) -> Result<String> {
    let names = history::names(nomad).await?;
    if let Some((name, _)) = names.into_iter().max_by_key(|(_, index)| *index) {
        return Ok(name);
    }
    store::ensure_readable(nomad).await?;
    Err(Error::not_found("nothing is told of any rotation")
        .because("none has run on this cluster, or the token lacks the right to list variables of fleet/rotation-history")
        .hint("a rotation is begun by: fleet rotate-nodes --help"))
}

/// What the journals of this machine tell of it; nothing where they cannot be read.
fn here(app: &App, rotation: &str) -> Vec<Happening> {
    let Some(dir) = app.env.state_dir().map(|d| d.join("rotations")) else { return Vec::new() };
    let Ok(files) = std::fs::read_dir(&dir) else { return Vec::new() };
    let keys =
        files.flatten().filter_map(|f| f.file_name().to_str()?.strip_suffix(".jsonl").map(str::to_owned));
    let entries = keys.filter_map(|key| Journal::peek::<Entry>(&dir, &key).ok());
    entries.map(|e| recorder::happened(e, rotation)).max_by_key(Vec::len).unwrap_or_default()
}
