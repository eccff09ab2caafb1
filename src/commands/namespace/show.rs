//! `fleet namespace show`

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::job;
use crate::api::nomad::namespace::{self, Namespace};
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::model::job_counts::JobCounts;
use crate::model::suggest;
use crate::ui::{Cell, Describe, Detail};

/// Show a namespace, its limits, and what runs in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet namespace show default
  fleet namespace show ops -o json")]
pub struct Args {
    /// The namespace.
    #[arg(value_name = "NAMESPACE", add = clap_complete::ArgValueCompleter::new(complete::namespaces))]
    name: String,
}

/// A namespace.
#[derive(Debug, Serialize)]
struct NamespaceDetail {
    namespace: String,
    description: String,
    quota: Option<String>,
    meta: BTreeMap<String, String>,
    capabilities: Option<Value>,
    node_pools: Option<Value>,
    vault: Option<Value>,
    consul: Option<Value>,
    modify_index: u64,
    /// Not known where the token may not list jobs.
    #[serde(flatten)]
    counts: Option<JobCounts>,
}

impl Describe for NamespaceDetail {
    fn describe(&self) -> Detail {
        let block = |value: &Option<Value>| {
            value.as_ref().filter(|v| !v.is_null()).map_or(Cell::Empty, |v| Cell::text(v.to_string()))
        };
        let meta: Vec<_> = self.meta.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let runs = match &self.counts {
            Some(c) => c.words(),
            None => "not known: the token may not list jobs here".to_owned(),
        };
        Detail::new().fields([
            ("namespace", Cell::text(&self.namespace)),
            ("description", Cell::from(&self.description)),
            ("runs", Cell::text(runs)),
            ("quota", self.quota.as_ref().map_or(Cell::Empty, Cell::from)),
            ("meta", Cell::text(meta.join(", "))),
            ("capabilities", block(&self.capabilities)),
            ("node pools", block(&self.node_pools)),
            ("vault", block(&self.vault)),
            ("consul", block(&self.consul)),
        ])
    }
}

/// The namespace of that name.
///
/// # Errors
/// Not found (3), with the nearest name.
pub(super) async fn find(nomad: &Http, name: &str) -> Result<Namespace> {
    match nomad.read(&namespace::get(name)).await {
        Ok(reply) => Ok(reply.value),
        Err(e) if e.is_not_found() => {
            let error = Error::not_found(format!("there is no namespace {name:?}"));
            let all = nomad.list(&namespace::list()).await.map(|reply| reply.value).unwrap_or_default();
            Err(match suggest::nearest(name, all.iter().map(|n| n.name.as_str())) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("`fleet namespace list` shows the namespaces there are"),
            })
        }
        Err(e) => Err(e.into()),
    }
}

/// Shows the namespace.
///
/// # Errors
/// Not found (3).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find(nomad, &args.name).await?;
    let jobs = nomad.list(&job::list().namespace(&args.name)).await;
    app.printer.object(&NamespaceDetail {
        namespace: found.name,
        description: found.description,
        quota: Some(found.quota).filter(|q| !q.is_empty()),
        meta: found.meta,
        capabilities: found.capabilities,
        node_pools: found.node_pool_configuration,
        vault: found.vault_configuration,
        consul: found.consul_configuration,
        modify_index: found.modify_index,
        counts: jobs.ok().map(|reply| JobCounts::of(&reply.value)),
    })
}
