//! `fleet acl token delete`

use serde::Serialize;

use super::find;
use crate::api::http::Patience;
use crate::api::nomad::acl;
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, column};

/// Delete tokens. Whoever uses them is refused from then on; client agents may know them for 30 s more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token delete dd430103 --yes")]
pub struct Args {
    /// The tokens, by their accessors or the beginnings of them.
    #[arg(value_name = "ACCESSOR", required = true)]
    accessors: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

#[derive(Debug, Serialize)]
struct Deleted {
    accessor_id: String,
    name: String,
}

impl Tabular for Deleted {
    const COLUMNS: &'static [Column] = &[column("DELETED").whole(), column("NAME")];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::Id(self.accessor_id.clone()), Cell::from(&self.name)]
    }
}

pub(super) async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let own = nomad.read(&acl::token_self()).await.map(|reply| reply.value.accessor_id).ok();
    let mut meant = Vec::new();
    for accessor in &args.accessors {
        let token = find(nomad, accessor).await?;
        if own.as_ref() == Some(&token.accessor_id) {
            return Err(Error::refused(format!("token {} is the one you use", token.accessor_id)));
        }
        meant.push(token);
    }
    let names: Vec<_> = meant.iter().map(|t| format!("{} ({})", t.accessor_id, t.name)).collect();
    let permission = app.confirm(args.yes, &format!("Delete {}?", names.join(", "))).await?;
    let mut rows = Vec::new();
    for token in meant {
        let gone = async || {
            let now = nomad.list(&acl::tokens()).await?.value;
            Ok((!now.iter().any(|t| t.accessor_id == token.accessor_id)).then_some(()))
        };
        settle(nomad, &permission, &acl::delete_token(&token.accessor_id), Patience::OPERATION, gone).await?;
        rows.push(Deleted { accessor_id: token.accessor_id, name: token.name });
    }
    app.printer.list(&rows, "nothing deleted")
}
