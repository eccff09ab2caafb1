//! The arguments that say which nodes are meant, the same in every verb.

use crate::api::http::{Http, Reply};
use crate::api::nomad::node::{self, NodeStub};
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::model::ids::shell_word;
use crate::model::selector::{self, NodeName, NodeTraits};
use crate::ops::migration::snapshot::AllNodes;

/// Which nodes. Values of one option are alternatives, different options must all hold; `*` and `?` are wildcards.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Node selection")]
pub struct NodeSelection {
    /// Node names, patterns with * and ?, or the beginning of an id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::nodes))]
    pub nodes: Vec<String>,

    /// Only nodes of this class.
    #[arg(long, value_name = "CLASS", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::classes))]
    pub class: Vec<String>,

    /// Only nodes of this pool.
    #[arg(long, value_name = "POOL", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::pools))]
    pub pool: Vec<String>,

    /// Only nodes in this datacenter.
    #[arg(long, value_name = "DC")]
    pub datacenter: Vec<String>,

    /// Only nodes with this metadata.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub meta: Vec<(String, String)>,

    /// Only nodes with this attribute, such as kernel.name=linux.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub attr: Vec<(String, String)>,

    /// Only nodes that run this version of Nomad.
    #[arg(long, value_name = "VERSION")]
    pub nomad_version: Vec<String>,

    /// Only nodes selected by this Nomad filter expression, such as 'Drivers.docker.Healthy == false'.
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

impl NodeSelection {
    /// Whether no condition was given, so that all nodes are selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.traits().expression().is_none()
    }

    /// The words that select the same on another command line, as a shell reads them.
    #[must_use]
    pub fn words(&self) -> String {
        let pair = |(key, value): &(String, String)| format!("{key}={value}");
        let (meta, attr): (Vec<String>, Vec<String>) =
            (self.meta.iter().map(pair).collect(), self.attr.iter().map(pair).collect());
        let options = [
            ("--class", &self.class[..]),
            ("--pool", &self.pool),
            ("--datacenter", &self.datacenter),
            ("--meta", &meta),
            ("--attr", &attr),
            ("--nomad-version", &self.nomad_version),
            ("--filter", self.filter.as_slice()),
        ];
        let options = options.into_iter().flat_map(|(name, values)| {
            values.iter().map(move |value| format!("{name} {}", shell_word(value)))
        });
        self.nodes.iter().map(|name| shell_word(name)).chain(options).collect::<Vec<_>>().join(" ")
    }

    /// The conditions, as a filter expression.
    #[must_use]
    pub fn traits(&self) -> NodeTraits {
        NodeTraits {
            classes: self.class.clone(),
            pools: self.pool.clone(),
            datacenters: self.datacenter.clone(),
            meta: self.meta.clone(),
            attributes: self.attr.clone(),
            versions: self.nomad_version.clone(),
            filter: self.filter.clone(),
        }
    }

    /// The selected nodes, ordered by name; one request.
    ///
    /// # Errors
    /// When a name fits no node or several, or the filter makes no sense.
    pub async fn resolve(&self, nomad: &Http, resources: bool) -> Result<Vec<NodeStub>> {
        Ok(self.read(nomad, resources).await?.0)
    }

    /// The same, with every node of the cluster where they were read for it.
    async fn read(&self, nomad: &Http, resources: bool) -> Result<(Vec<NodeStub>, Option<AllNodes>)> {
        let names = self.nodes.iter().map(|text| {
            NodeName::parse(text).map_err(|e| Error::usage(format!("bad node pattern {text:?}")).because(e))
        });
        let names = names.collect::<Result<Vec<_>>>()?;
        let expression = self.traits().expression();
        let call = if resources { node::list_with_resources() } else { node::list() };
        let Reply { value: read, meta } = nomad.list(&call.filter(expression.as_deref())).await?;
        let index = meta.index.unwrap_or(0);
        let all = expression.is_none().then(|| AllNodes { nodes: read.clone(), index });
        let mut nodes = selector::pick(read, &names).map_err(resolve::unclear)?;
        nodes.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok((nodes, all))
    }

    /// The selected nodes, for a verb that acts on them: at least one condition must be given, and one node match.
    ///
    /// # Errors
    /// Usage (2) when nothing is demanded, not found (3) when nothing is selected.
    pub async fn resolve_targets(&self, nomad: &Http) -> Result<Vec<NodeStub>> {
        Ok(self.resolve_targets_among(nomad).await?.0)
    }

    /// The same, with every node of the cluster where they were read for it.
    ///
    /// # Errors
    /// As `resolve_targets`.
    pub async fn resolve_targets_among(&self, nomad: &Http) -> Result<(Vec<NodeStub>, Option<AllNodes>)> {
        if self.is_empty() {
            return Err(Error::usage("no nodes given").hint("name nodes, or select them with --class, --pool, --datacenter, --meta, --attr, --nomad-version or --filter"));
        }
        let (nodes, all) = self.read(nomad, false).await?;
        if nodes.is_empty() {
            return Err(Error::not_found("no node matches the selection")
                .hint("try the same options with fleet node list"));
        }
        Ok((nodes, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args as _, FromArgMatches as _};

    #[test]
    fn its_words_select_the_same() {
        let parse = |words: &[String]| {
            let command = NodeSelection::augment_args(clap::Command::new("x").no_binary_name(true));
            NodeSelection::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap()
        };
        let words = [
            "worker-*",
            "c 1",
            "--class",
            "old",
            "--class",
            "it's",
            "--pool",
            "web",
            "--datacenter",
            "dc1",
            "--meta",
            "rack=r 1",
            "--attr",
            "kernel.name=linux",
            "--nomad-version",
            "1.9.0",
            "--filter",
            "Name == \"a\"",
        ];
        let first = parse(&words.map(str::to_owned));
        let again = parse(&shlex::split(&first.words()).unwrap());
        assert_eq!(format!("{again:?}"), format!("{first:?}"));
    }
}
