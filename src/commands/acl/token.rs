//! `fleet acl token list`, `show`, `create` and `delete`

use std::time::Duration;

use clap::Subcommand;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::json;

use crate::api::http::{Http, Patience};
use crate::api::nomad::acl::{self, NewToken, Token};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration};

/// Verbs on tokens.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Create(CreateArgs),
    Delete(DeleteArgs),
    List(ListArgs),
    Show(ShowArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Create(args) => create(&args, app).await,
            Command::Delete(args) => delete(&args, app).await,
            Command::List(_) => {
                let rows: Vec<Row> = tokens(app.nomad()?).await?.into_iter().map(Row::from).collect();
                app.printer.list(&rows, "no tokens")
            }
            Command::Show(args) => {
                let token = find(app.nomad()?, &args.accessor).await?;
                app.printer.object(&Row::from(token))
            }
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

/// Make a token. Its secret is printed once, here, and can never be read again by anybody else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token create --name ci --policy deploy --ttl 8h
  fleet acl token create --name alice --role ops
  fleet acl token create --name break-glass --management --ttl 1h --yes")]
pub struct CreateArgs {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    name: String,

    /// Policies it has.
    #[arg(long, value_name = "POLICY")]
    policy: Vec<String>,

    /// Roles it has.
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,

    /// Let it do everything.
    #[arg(long, conflicts_with_all = ["policy", "role"], required_unless_present_any = ["policy", "role"])]
    management: bool,

    /// How long it is good; for ever unless said.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ttl: Option<Duration>,

    /// Make it known to every region.
    #[arg(long)]
    global: bool,

    /// Go ahead without asking, with a management token.
    #[arg(long, short)]
    yes: bool,
}

/// Delete tokens. Whoever uses them is refused from then on; client agents may know them for 30 s more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token delete dd430103 --yes")]
pub struct DeleteArgs {
    /// The tokens, by their accessors or the beginnings of them.
    #[arg(value_name = "ACCESSOR", required = true)]
    accessors: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
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

/// A token that was made just now: the only place where its secret is shown.
#[derive(Debug, Serialize)]
pub(super) struct Created {
    accessor_id: String,
    secret_id: String,
    expires_at: Option<Timestamp>,
}

impl Created {
    pub(super) fn of(made: NewToken) -> Result<Self> {
        let secret = made
            .secret_id
            .ok_or_else(|| Error::failed("the servers made a token and did not say its secret"))?;
        Ok(Created {
            accessor_id: made.token.accessor_id,
            secret_id: secret.expose_secret().to_owned(),
            expires_at: made.token.expiration_time,
        })
    }
}

impl Created {
    /// Writes the secret to a file, readable by its owner alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn save(&self, path: &std::path::Path) -> Result<()> {
        use std::io::Write as _;
        let written = || -> std::io::Result<()> {
            let folder =
                path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            writeln!(file, "{}", self.secret_id)?;
            file.persist(path).map_err(|e| e.error)?;
            Ok(())
        };
        written().map_err(|e| {
            Error::failed(format!(
                "the token {} was made, and could not be written to {}",
                self.accessor_id,
                path.display()
            ))
            .because(e.to_string())
            .hint(format!("`fleet acl token delete {}` deletes it", self.accessor_id))
        })
    }
}

impl Describe for Created {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("accessor", Cell::Id(self.accessor_id.clone())),
            ("secret", Cell::text(&self.secret_id)),
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

async fn create(args: &CreateArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    // The servers take names of policies that nobody wrote.
    let known: Vec<String> = nomad.list(&acl::policies()).await?.value.into_iter().map(|p| p.name).collect();
    if let Some(unknown) = args.policy.iter().find(|name| !known.contains(name)) {
        return Err(Error::not_found(format!("there is no ACL policy {unknown:?}"))
            .hint("`fleet acl policy list` shows the policies there are"));
    }
    let permission = if args.management {
        app.confirm(args.yes, "Make a token that may do everything?").await?
    } else {
        app.explicit()
    };
    let mut spec = json!({
        "Name": args.name,
        "Type": if args.management { "management" } else { "client" },
        "Policies": args.policy,
        "Roles": args.role.iter().map(|name| json!({ "Name": name })).collect::<Vec<_>>(),
        "Global": args.global,
    });
    if let Some(ttl) = args.ttl {
        spec["ExpirationTTL"] = json!(format!("{}s", ttl.as_secs()));
    }
    let made = nomad.write(&permission, &acl::create_token(&spec)).await.map_err(|e| {
        let ambiguous = e.is_ambiguous();
        let error = Error::from(e);
        // A second attempt would be a second token.
        if ambiguous {
            error.hint("whether it was made is not known; `fleet acl token list` shows it")
        } else {
            error
        }
    })?;
    app.printer.object(&Created::of(made.value)?)
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

async fn delete(args: &DeleteArgs, app: &App) -> Result<()> {
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
