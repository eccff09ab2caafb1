//! `fleet acl token list`, `show`, `create`, `update` and `delete`

mod create;
mod delete;
mod update;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

pub(super) use self::create::Created;
use crate::api::http::Http;
use crate::api::nomad::acl::{self, Token};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Verbs on tokens.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Create(create::Args),
    Delete(delete::Args),
    List(ListArgs),
    Show(ShowArgs),
    Update(update::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Create(args) => create::run(&args, app).await,
            Command::Delete(args) => delete::run(&args, app).await,
            Command::List(_) => {
                let rows: Vec<Row> = tokens(app.nomad()?).await?.into_iter().map(Row::from).collect();
                app.printer.list(&rows, "no tokens")
            }
            Command::Show(args) => {
                let token = find(app.nomad()?, &args.accessor).await?;
                app.printer.object(&Row::from(token))
            }
            Command::Update(args) => update::run(&args, app).await,
        }
    }
}

/// List the tokens by their accessors. Secrets are never shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token list
  fleet acl token list -o json")]
pub struct ListArgs {}

/// Show a token. Its secret is never shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token show dd430103")]
pub struct ShowArgs {
    /// The token, by its accessor or the beginning of it.
    #[arg(value_name = "ACCESSOR")]
    accessor: String,
}

/// A token.
#[derive(Debug, Serialize)]
struct Row {
    accessor_id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    policies: Vec<String>,
    roles: Vec<String>,
    global: bool,
    created_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl From<Token> for Row {
    fn from(token: Token) -> Self {
        Row {
            accessor_id: token.accessor_id,
            name: token.name,
            kind: token.kind,
            policies: token.policies,
            roles: token.roles.into_iter().map(|r| r.name).collect(),
            global: token.global,
            created_at: token.create_time,
            expires_at: token.expiration_time,
        }
    }
}

impl Row {
    fn grants(&self) -> Cell {
        if self.kind == "management" {
            return Cell::toned("everything", Tone::Warn);
        }
        let roles = self.roles.iter().map(|r| format!("role {r}"));
        Cell::text(self.policies.iter().cloned().chain(roles).collect::<Vec<_>>().join(", "))
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("ACCESSOR").whole(),
        column("NAME"),
        column("HAS").wraps(),
        column("MADE").right().rank(2),
        column("EXPIRES").right().rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let expires = self.expires_at.map_or(Cell::toned("never", Tone::Warn), |at| Cell::Time(Some(at)));
        vec![
            Cell::Id(self.accessor_id.clone()),
            Cell::from(&self.name),
            self.grants(),
            Cell::Time(self.created_at),
            expires,
        ]
    }
}

impl Describe for Row {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("accessor", Cell::Id(self.accessor_id.clone())),
            ("name", Cell::from(&self.name)),
            ("type", Cell::from(&self.kind)),
            ("has", self.grants()),
            ("made", Cell::Time(self.created_at)),
            ("expires", Cell::Time(self.expires_at)),
        ])
    }
}

async fn tokens(nomad: &Http) -> Result<Vec<Token>> {
    Ok(nomad.list(&acl::tokens()).await?.value)
}

async fn find(nomad: &Http, accessor: &str) -> Result<Token> {
    let mut found: Vec<Token> =
        tokens(nomad).await?.into_iter().filter(|t| t.accessor_id.starts_with(accessor)).collect();
    match (found.pop(), found.len()) {
        (Some(token), 0) => Ok(token),
        (Some(_), more) => Err(Error::usage(format!("{accessor:?} fits {} tokens", more + 1))),
        (None, _) => Err(Error::not_found(format!("there is no token with the accessor {accessor:?}"))
            .hint("`fleet acl token list` shows the tokens there are")),
    }
}

/// The servers take names of policies that nobody wrote.
async fn check_policies(nomad: &Http, named: &[String]) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = nomad.list(&acl::policies()).await?.value.into_iter().map(|p| p.name).collect();
    match named.iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(unknown) => Err(Error::not_found(format!("there is no ACL policy {unknown:?}"))
            .hint("`fleet acl policy list` shows the policies there are")),
    }
}
