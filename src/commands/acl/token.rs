//! `fleet acl token list`, `show`, `create`, `update` and `delete`

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
    Update(UpdateArgs),
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
            Command::Update(args) => update(&args, app).await,
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

/// Change the name, the policies or the roles of a token. Its secret stays as it is, and so does the time at which it ends.
///
/// Whoever uses it may do what it says from then on; client agents may know its old rights for 30 s more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token update dd430103 --name ci-main
  fleet acl token update dd430103 --policy deploy --policy logs --dry-run
  fleet acl token update dd430103 --role ops --yes")]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct UpdateArgs {
    /// The token, by its accessor or the beginning of it.
    #[arg(value_name = "ACCESSOR")]
    accessor: String,

    /// What it is for.
    #[arg(long, value_name = "TEXT", group = "change")]
    name: Option<String>,

    /// Policies it has then: all of them.
    #[arg(long, value_name = "POLICY", group = "change")]
    policy: Vec<String>,

    /// Roles it has then: all of them.
    #[arg(long, value_name = "ROLE", group = "change")]
    role: Vec<String>,

    /// Show what would change; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
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

async fn create(args: &CreateArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    check_policies(nomad, &args.policy).await?;
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

/// A field of a token that changes.
#[derive(Debug, Serialize)]
struct FieldChange {
    field: &'static str,
    old: String,
    new: String,
}

impl Tabular for FieldChange {
    const COLUMNS: &'static [Column] =
        &[column("FIELD").whole(), column("OLD").wraps(), column("NEW").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(self.field), Cell::from(&self.old), Cell::from(&self.new)]
    }
}

/// A token that was changed, or would be.
#[derive(Debug, Serialize)]
struct Updated {
    accessor_id: String,
    dry_run: bool,
    /// Nothing where it is so already.
    changes: Vec<FieldChange>,
}

impl Describe for Updated {
    fn describe(&self) -> Detail {
        let result = match (self.changes.is_empty(), self.dry_run) {
            (true, _) => "nothing to change",
            (false, true) => "nothing is changed in a dry run",
            (false, false) => "changed",
        };
        Detail::new()
            .fields([("accessor", Cell::Id(self.accessor_id.clone())), ("result", Cell::text(result))])
            .table("Changes", &self.changes)
    }
}

/// Changes it, and reads back that it is so.
async fn update(args: &UpdateArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let accessor_id = find(nomad, &args.accessor).await?.accessor_id;
    check_policies(nomad, &args.policy).await?;
    let call = acl::stored_token(&accessor_id);
    let mut stored = nomad.read(&call).await?.value;
    if stored["Type"] == "management" && (!args.policy.is_empty() || !args.role.is_empty()) {
        return Err(Error::refused(format!(
            "token {accessor_id} may do everything, and has no policies or roles"
        ))
        .hint("fleet acl token create --help"));
    }
    let wanted = args.wanted();
    let changes: Vec<FieldChange> = wanted
        .iter()
        .map(|(key, value)| FieldChange { field: field(key), old: told(&stored[key]), new: told(value) })
        .filter(|change| change.old != change.new)
        .collect();
    let done = |changes| Updated { accessor_id: accessor_id.clone(), dry_run: args.dry_run, changes };
    if args.dry_run || changes.is_empty() {
        return app.printer.object(&done(changes));
    }
    app.printer.list_aside(&changes);
    let permission = app.confirm(args.yes, &format!("Change token {accessor_id}?")).await?;
    for (key, value) in &wanted {
        stored[key] = value.clone();
    }
    let is_so = |now: &serde_json::Value| wanted.iter().all(|(key, value)| told(&now[key]) == told(value));
    let read_back = async || Ok(is_so(&nomad.read(&call).await?.value).then_some(()));
    settle(nomad, &permission, &acl::update_token(&accessor_id, &stored), Patience::OPERATION, read_back)
        .await?;
    if read_back().await?.is_none() {
        return Err(Error::failed(format!(
            "token {accessor_id} is not as it was to be, although the servers took it"
        ))
        .hint(format!("fleet acl token show {accessor_id}")));
    }
    app.printer.object(&done(changes))
}

impl UpdateArgs {
    /// The fields that are to be another way, by Nomad's names.
    fn wanted(&self) -> Vec<(&'static str, serde_json::Value)> {
        let roles: Vec<_> = self.role.iter().map(|name| json!({ "Name": name })).collect();
        let all = [
            self.name.as_ref().map(|name| ("Name", json!(name))),
            (!self.policy.is_empty()).then(|| ("Policies", json!(self.policy))),
            (!roles.is_empty()).then(|| ("Roles", json!(roles))),
        ];
        all.into_iter().flatten().collect()
    }
}

/// What a field of Nomad's is called here.
fn field(key: &str) -> &'static str {
    match key {
        "Name" => "name",
        "Policies" => "policies",
        _ => "roles",
    }
}

/// A field of a token in words: the names in a list of roles or policies, in order.
fn told(value: &serde_json::Value) -> String {
    let name = |item: &serde_json::Value| {
        item.as_str().or_else(|| item["Name"].as_str()).unwrap_or_default().to_owned()
    };
    match value.as_array() {
        Some(items) => {
            let mut names: Vec<String> = items.iter().map(name).collect();
            names.sort_unstable();
            names.dedup();
            names.join(", ")
        }
        None => name(value),
    }
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
