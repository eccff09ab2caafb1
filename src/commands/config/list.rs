//! `fleet config list`

use serde::Serialize;
use serde_json::Value;

use super::subject;
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::app::App;
use crate::commands::shared::consul;
use crate::error::Result;
use crate::model::traffic::fields::{field, items, pairs, text};
use crate::ops::traffic::entries;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List config entries of Consul: what each says in short, and whether Consul's controllers take it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet config list
  fleet config list service-splitter service-resolver
  fleet config list http-route -o json")]
pub struct Args {
    /// Entries of these kinds only.
    #[arg(value_name = "KIND")]
    kinds: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    kind: Kind,
    name: String,
    says: String,
    /// Whether Consul's controllers take it; none for kinds they have no say in.
    works: Option<bool>,
    /// What they hold against it.
    problem: Option<String>,
    modify_index: u64,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("KIND").whole(),
        column("NAME").whole(),
        column("SAYS").wraps(),
        column("STATUS").wraps(),
        column("INDEX").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let status = match (&self.problem, self.works) {
            (Some(problem), _) => Cell::toned(problem, Tone::Bad),
            (None, Some(true)) => Cell::toned("accepted", Tone::Good),
            (None, _) => Cell::Empty,
        };
        vec![
            Cell::text(self.kind.name()),
            Cell::text(&self.name),
            Cell::text(&self.says),
            status,
            Cell::Number(self.modify_index),
        ]
    }
}

/// Lists entries.
///
/// # Errors
/// Usage (2) for a kind that there is not; any error of the call.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let named = args.kinds.iter().map(|k| subject::kind(k)).collect::<Result<Vec<Kind>>>()?;
    let kinds = if named.is_empty() { Kind::ALL.to_vec() } else { named };
    let listing = entries::list(&consul::needed(app)?, &kinds).await?;
    let mut rows: Vec<Row> = listing.entries.iter().filter_map(row).collect();
    rows.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    app.printer.list(&rows, "no config entries that this token may see")?;
    if !args.kinds.is_empty() && !listing.unknown.is_empty() {
        let names: Vec<&str> = listing.unknown.iter().map(|k| k.name()).collect();
        app.printer.warn(&format!("this Consul does not know {}", names.join(", ")));
    }
    if !listing.filtered.is_empty() {
        let names: Vec<&str> = listing.filtered.iter().map(|k| k.name()).collect();
        app.printer.warn(&format!(
            "the token may not see every entry of {}; what it may not see is not listed",
            names.join(", ")
        ));
    }
    Ok(())
}

fn row(entry: &ConfigEntry) -> Option<Row> {
    let kind = entry.kind()?;
    let conditions = entry.conditions();
    let bad = conditions.iter().find(|c| c.is_bad());
    Some(Row {
        kind,
        name: entry.name().to_owned(),
        says: says(entry),
        works: (!conditions.is_empty()).then_some(bad.is_none()),
        problem: bad.map(|c| format!("not {}: {}", c.kind, c.message)),
        modify_index: entry.modify_index(),
    })
}

/// What an entry says, in a few words.
pub(super) fn says(entry: &ConfigEntry) -> String {
    let whole = Value::Object(entry.fields.clone());
    let names = |list: &str, name: &str| -> Vec<String> {
        items(&whole, list).map(|v| text(v, name).to_owned()).filter(|n| !n.is_empty()).collect()
    };
    match entry.kind() {
        Some(Kind::ServiceDefaults) => text(&whole, "Protocol").to_owned(),
        Some(Kind::ServiceSplitter) => {
            let split = |v: &Value| {
                let to = [text(v, "Service"), text(v, "ServiceSubset")].into_iter().filter(|t| !t.is_empty());
                let weight = field(v, "Weight").as_f64().unwrap_or(0.0);
                format!("{} {weight} %", to.collect::<Vec<_>>().join("/"))
            };
            items(&whole, "Splits").map(split).collect::<Vec<_>>().join(", ")
        }
        Some(Kind::ServiceResolver) => resolver(&whole),
        Some(Kind::ServiceRouter) => format!("{} routes", items(&whole, "Routes").count()),
        Some(Kind::ServiceIntentions) => {
            let source = |v: &Value| match text(v, "Action") {
                "" => format!("{} by permission", text(v, "Name")),
                action => format!("{action} {}", text(v, "Name")),
            };
            items(&whole, "Sources").map(source).collect::<Vec<_>>().join(", ")
        }
        Some(Kind::IngressGateway | Kind::ApiGateway) => {
            let listener = |v: &Value| {
                let services: Vec<&str> = items(v, "Services").map(|s| text(s, "Name")).collect();
                let name = text(v, "Name");
                format!("{name}:{} {}", field(v, "Port"), services.join(" ")).trim_end().to_owned()
            };
            items(&whole, "Listeners").map(listener).collect::<Vec<_>>().join(", ")
        }
        Some(Kind::HttpRoute) => {
            let hosts: Vec<&str> = items(&whole, "Hostnames").filter_map(Value::as_str).collect();
            let to: std::collections::BTreeSet<&str> =
                items(&whole, "Rules").flat_map(|r| items(r, "Services")).map(|s| text(s, "Name")).collect();
            let to: Vec<&str> = to.into_iter().collect();
            format!("{} to {}", hosts.join(" "), to.join(" "))
        }
        Some(Kind::TcpRoute | Kind::TerminatingGateway | Kind::ExportedServices) => {
            names("Services", "Name").join(" ")
        }
        _ => String::new(),
    }
}

fn resolver(whole: &Value) -> String {
    let mut said = Vec::new();
    let redirect = field(whole, "Redirect");
    if !redirect.is_null() {
        let to: Vec<&str> = [text(redirect, "Service"), text(redirect, "ServiceSubset")]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect();
        said.push(format!("redirect to {}", to.join("/")));
    }
    let default = text(whole, "DefaultSubset");
    let subsets: Vec<String> = pairs(whole, "Subsets")
        .map(|(name, _)| if name == default { format!("{name} (default)") } else { name.clone() })
        .collect();
    if !subsets.is_empty() {
        said.push(format!("subsets {}", subsets.join(" ")));
    }
    let policy = text(field(whole, "LoadBalancer"), "Policy");
    if !policy.is_empty() {
        said.push(policy.to_owned());
    }
    said.join(", ")
}
