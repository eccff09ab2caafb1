//! `fleet acl role|auth-method|binding-rule list`, `show`, `apply` and `delete`: objects that are stored as they are written

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::acl::Kind;
use crate::app::App;
use crate::commands::shared::deletion::delete_one;
use crate::error::{Error, Result};
use crate::model::acl_object;
use crate::ops::jobfile;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Verbs on such objects.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create one, or replace the one of that name, from JSON: the API's, or what `show -o json` prints.
    #[command(after_help = "Examples:
  fleet acl role apply -f role.json
  fleet acl auth-method apply -f jwt.json
  fleet acl binding-rule apply -f rule.json")]
    Apply {
        /// The object in JSON; `-` for stdin.
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
                app.printer.object(&StoredObject(acl_object::document(&object)))
            }
        }
    }
}

/// An object in a list.
#[derive(Debug, Serialize)]
struct Row {
    /// What it is asked for by: its id, or its name where it has none.
    id: String,
    /// Its name; a binding rule has none.
    name: Option<String>,
    /// Whose logins a binding rule is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_method: Option<String>,
    description: String,
}

impl Row {
    /// What it is called.
    fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

impl From<&Value> for Row {
    fn from(object: &Value) -> Self {
        let text = |field: &str| object[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let name = text("Name");
        Row {
            id: text("ID").or_else(|| name.clone()).unwrap_or_default(),
            name,
            auth_method: text("AuthMethod"),
            description: text("Description").unwrap_or_default(),
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole().usual("-"),
        column("ID").rank(1),
        column("AUTH METHOD").usual("-"),
        column("DESCRIPTION").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let some = |text: &Option<String>| text.as_deref().map_or(Cell::Empty, Cell::text);
        let id = if self.name.as_ref() == Some(&self.id) { Cell::Empty } else { Cell::Id(self.id.clone()) };
        vec![some(&self.name), id, some(&self.auth_method), Cell::from(&self.description)]
    }
}

/// The document of an object that the servers hold.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct StoredObject(Value);

impl Describe for StoredObject {
    fn describe(&self) -> Detail {
        let mut fields = Vec::new();
        flatten("", &self.0, &mut fields);
        let rows = fields.iter().map(|(name, text)| (format!("{name}: {text}"), Tone::Plain));
        Detail::new().lines(None, rows)
    }
}

/// What an object says, a dot before a field of a block. What it does not say is left out.
fn flatten(within: &str, object: &Value, fields: &mut Vec<(String, String)>) {
    for (name, value) in object.as_object().into_iter().flatten() {
        let name = format!("{within}{name}");
        match value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::Object(_) => flatten(&format!("{name}."), value, fields),
            Value::Array(all) if all.is_empty() => {}
            Value::Array(all) => {
                let all = all.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
                fields.push((name, all.collect::<Vec<_>>().join(", ")));
            }
            Value::String(text) => fields.push((name, text.clone())),
            other => fields.push((name, other.to_string())),
        }
    }
}

async fn find(nomad: &Http, kind: Kind, name: &str) -> Result<Row> {
    let all = nomad.list(&kind.list()).await?.value;
    let rows: Vec<Row> = all.iter().map(Row::from).collect();
    let by_name = rows.iter().position(|r| r.name.as_deref() == Some(name) || r.id == name);
    let mut by_prefix = rows.iter().enumerate().filter(|(_, r)| r.id.starts_with(name)).map(|(at, _)| at);
    let found = by_name.or_else(|| by_prefix.next().filter(|_| by_prefix.next().is_none()));
    found
        .and_then(|at| rows.into_iter().nth(at))
        .ok_or_else(|| Error::not_found(format!("there is no {} {name:?}, or several begin so", kind.noun())))
}

async fn apply(app: &App, kind: Kind, file: &str) -> Result<()> {
    let text = jobfile::read(file).await?;
    let document: Value = serde_json::from_str(&text)
        .map_err(|e| Error::usage(format!("{file} is not JSON")).because(e.to_string()))?;
    let spec = acl_object::from_document(&document)
        .map_err(|why| Error::usage(format!("{file} cannot be stored")).because(why))?;
    let nomad = app.nomad()?;
    let name = spec["Name"].as_str().unwrap_or_default();
    let all = nomad.list(&kind.list()).await?.value;
    let same = |row: &Row| {
        (!name.is_empty() && row.name.as_deref() == Some(name)) || spec["ID"].as_str() == Some(&row.id)
    };
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
    app.printer.object(&StoredObject(acl_object::document(&stored.value)))
}

async fn delete(app: &App, kind: Kind, name: &str, yes: bool) -> Result<()> {
    let nomad = app.nomad()?;
    let row = find(nomad, kind, name).await?;
    let permission = app.confirm(yes, &format!("Delete {} {}?", kind.noun(), row.label())).await?;
    let what = format!("{} {}", kind.noun(), row.label());
    delete_one(nomad, &permission, &what, &kind.get(&row.id), &kind.delete(&row.id)).await?;
    app.printer.list(&[row], "nothing deleted")
}
