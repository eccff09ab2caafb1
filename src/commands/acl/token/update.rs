//! `fleet acl token update`

use serde::Serialize;
use serde_json::{Value, json};

use super::{check_policies, find};
use crate::api::http::Patience;
use crate::api::nomad::acl;
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, column};

/// Change the name, the policies or the roles of a token. Its secret stays as it is, and so does the time at which it ends.
///
/// Whoever uses it may do what it says from then on; client agents may know its old rights for 30 s more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token update dd430103 --name ci-main
  fleet acl token update dd430103 --policy deploy --policy logs --dry-run
  fleet acl token update dd430103 --role ops --yes")]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct Args {
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
pub(super) async fn run(args: &Args, app: &App) -> Result<()> {
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
    let is_so = |now: &Value| wanted.iter().all(|(key, value)| told(&now[key]) == told(value));
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

impl Args {
    /// The fields that are to be another way, by Nomad's names.
    fn wanted(&self) -> Vec<(&'static str, Value)> {
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
fn told(value: &Value) -> String {
    let name = |item: &Value| item.as_str().or_else(|| item["Name"].as_str()).unwrap_or_default().to_owned();
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
