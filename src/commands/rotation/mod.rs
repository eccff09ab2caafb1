//! `fleet rotation …`

pub mod list;
pub mod lock;
pub mod rollback;
pub mod show;
pub mod steal;

use clap::Subcommand;

use crate::api::http::Http;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ops::rotate::store::{self, Stored};

/// Verbs on rotations.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(list::Args),
    Lock(lock::Args),
    Rollback(rollback::Args),
    Show(show::Args),
    Steal(steal::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::List(args) => list::run(&args, app).await,
            Command::Lock(args) => lock::run(&args, app).await,
            Command::Rollback(args) => rollback::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await,
            Command::Steal(args) => steal::run(&args, app).await,
        }
    }
}

/// The rotation of that name, from its journal on the cluster.
///
/// # Errors
/// Not found (3), or any API fault.
async fn find(nomad: &Http, name: &str) -> Result<Stored> {
    let all = store::all(nomad).await?;
    let names: Vec<&str> = all.iter().filter_map(|s| s.state.rotation.as_deref()).collect();
    let known = if names.is_empty() {
        "there is none".to_owned()
    } else {
        format!("there are: {}", names.join(", "))
    };
    let found = all.iter().find(|s| s.state.rotation.as_deref() == Some(name)).cloned();
    found.ok_or_else(|| {
        Error::not_found(format!("no rotation {name:?} is unfinished"))
            .because(format!("{known}, as far as the journals on the cluster tell"))
            .hint("fleet rotation list")
    })
}
