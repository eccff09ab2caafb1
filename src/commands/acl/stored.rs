//! `fleet acl role|auth-method|binding-rule list`, `show`, `apply` and `delete`: objects that are stored as they are written

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::acl::Kind;
use crate::app::App;
use crate::commands::shared::deletion::delete_one;
use crate::error::{Error, Result};
use crate::ops::jobfile;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Verbs on such objects.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create one, or replace the one of that name, from the API's JSON.
    #[command(after_help = "Examples:
  fleet acl role apply -f role.json
  fleet acl auth-method apply -f jwt.json
  fleet acl binding-rule apply -f rule.json")]
    Apply {
        /// The object in the API's JSON; `-` for stdin.
        #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        file: String,
    },
    /// Delete one, by its name or its id.
    #[command(after_help = "Examples:
  fleet acl role delete ops --yes
  fleet acl auth-method delete okta
  fleet acl binding-rule delete 5a9b3c1d")]
    Delete {
        /// Its name, or its id or the beginning of it.
        #[arg(value_name = "NAME")]
        name: String,
        /// Go ahead without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// List all of them.
    #[command(after_help = "Examples:
  fleet acl role list
  fleet acl auth-method list
  fleet acl binding-rule list -o json")]
    List,
    /// Show one whole, by its name or its id.
    #[command(after_help = "Examples:
  fleet acl role show ops
  fleet acl auth-method show okta -o json
  fleet acl binding-rule show 5a9b3c1d")]
    Show {
        /// Its name, or its id or the beginning of it.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Command {
    /// Runs the verb on objects of this kind.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App, kind: Kind) -> Result<()> {
        let nomad = app.nomad()?;
        match self {
            Command::Apply { file } => apply(app, kind, &file).await,
            Command::Delete { name, yes } => delete(app, kind, &name, yes).await,
            Command::List => {
                let all = nomad.list(&kind.list()).await?.value;
                let rows: Vec<Row> = all.iter().map(Row::from).collect();
                app.printer.list(&rows, &format!("no {}s", kind.noun()))
            }
            Command::Show { name } => {
                let id = find(nomad, kind, &name).await?.id;
                let object = nomad.read(&kind.get(&id)).await?.value;
                app.printer.object(&StoredObject(object))
            }
        }
    }
}

/// An object in a list.
#[derive(Debug, Serialize)]
struct Row {
    /// What it is asked for by: its id, or its name where it has none.
    id: String,
    name: String,
    description: String,
}

impl From<&Value> for Row {
    fn from(object: &Value) -> Self {
        let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
        let (id, mut name) = (text("ID"), text("Name"));
        if name.is_empty() {
            // A binding rule has no name of its own.
            name = format!("{} {}", text("BindType"), text("BindName"));
        }
        Row { id: if id.is_empty() { name.clone() } else { id }, name, description: text("Description") }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("NAME").whole(), column("ID").rank(1), column("DESCRIPTION").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let id = if self.id == self.name { Cell::Empty } else { Cell::Id(self.id.clone()) };
        vec![Cell::text(self.name.trim()), id, Cell::from(&self.description)]
    }
}

/// An object as the servers hold it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct StoredObject(Value);

impl Describe for StoredObject {
    fn describe(&self) -> Detail {
        let text = format!("{:#}", self.0);
        Detail::new().lines(None, text.lines().map(|line| (line.to_owned(), Tone::Plain)))
    }
}

async fn find(nomad: &Http, kind: Kind, name: &str) -> Result<Row> {
    let all = nomad.list(&kind.list()).await?.value;
    let rows: Vec<Row> = all.iter().map(Row::from).collect();
    let by_name = rows.iter().position(|r| r.name == name || r.id == name);
    let mut by_prefix = rows.iter().enumerate().filter(|(_, r)| r.id.starts_with(name)).map(|(at, _)| at);
    let found = by_name.or_else(|| by_prefix.next().filter(|_| by_prefix.next().is_none()));
    found
        .and_then(|at| rows.into_iter().nth(at))
        .ok_or_else(|| Error::not_found(format!("there is no {} {name:?}, or several begin so", kind.noun())))
}

async fn apply(app: &App, kind: Kind, file: &str) -> Result<()> {
    let text = jobfile::read(file).await?;
    let spec: Value = serde_json::from_str(&text)
        .map_err(|e| Error::usage(format!("{file} is not JSON")).because(e.to_string()))?;
    let nomad = app.nomad()?;
    let name = spec["Name"].as_str().unwrap_or_default();
    let all = nomad.list(&kind.list()).await?.value;
    let same = |row: &Row| (!name.is_empty() && row.name == name) || spec["ID"].as_str() == Some(&row.id);
    let before = all.iter().map(Row::from).find(same);
    let mut body = spec.clone();
    if let (Some(before), false) = (&before, kind == Kind::AuthMethod) {
        body["ID"] = Value::String(before.id.clone());
    }
    let call = kind.put(before.as_ref().map(|b| b.id.as_str()), &body);
    let stored = nomad.write(&app.explicit(), &call).await.map_err(|e| {
        let ambiguous = e.is_ambiguous();
        let error = Error::from(e);
        if ambiguous { error.hint("whether it was stored is not known; list them to see") } else { error }
    })?;
    app.printer.note(&format!("{} {}", if before.is_some() { "changed" } else { "created" }, kind.noun()));
    app.printer.object(&StoredObject(stored.value))
}

async fn delete(app: &App, kind: Kind, name: &str, yes: bool) -> Result<()> {
    let nomad = app.nomad()?;
    let row = find(nomad, kind, name).await?;
    let permission = app.confirm(yes, &format!("Delete {} {}?", kind.noun(), row.name)).await?;
    let what = format!("{} {}", kind.noun(), row.name);
    delete_one(nomad, &permission, &what, &kind.get(&row.id), &kind.delete(&row.id)).await?;
    app.printer.list(&[row], "nothing deleted")
}
