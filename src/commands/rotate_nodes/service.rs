//! What is done to each node once it is empty, as the command line says it.

use std::time::Duration;

use crate::api::http::Http;
use crate::error::{Error, Result};
use crate::model::expectation::Expectation;
use crate::model::node_template::NodeTemplate;
use crate::ops::rotate::options::{NodeCommand, NodeService, Reach};
use crate::ops::rotate::service::newer_than_a_server;
use crate::ui::duration;

/// What is done to each node once it is empty.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Each empty node")]
pub(super) struct ServiceArgs {
    /// Change each node in its place, and let it take work again as before.
    #[arg(long, requires = "expect", conflicts_with_all = ["replace_with_cmd", "terminate_cmd", "purge"])]
    in_place: bool,

    /// Command that changes the node, run here.
    #[arg(long, value_name = "CMD", requires = "in_place", conflicts_with = "ssh")]
    exec: Option<String>,

    /// Command that changes the node, run on it by ssh.
    #[arg(long, value_name = "CMD", requires = "in_place")]
    ssh: Option<String>,

    /// Where ssh finds a node: {address}, {name}, {id}, {datacenter}, {pool}, {class}, {meta.KEY} and {attr.KEY} stand for what it says of
    /// itself.
    #[arg(long, value_name = "HOST", requires = "ssh", value_parser = NodeTemplate::parse, default_value = "{address}")]
    ssh_host: NodeTemplate,

    /// Options of ssh.
    #[arg(
        long,
        value_name = "WORDS",
        requires = "ssh",
        allow_hyphen_values = true,
        default_value = "-o BatchMode=yes -o ConnectTimeout=10"
    )]
    ssh_options: String,

    /// What has to be so when the node is back: reboot, restart (of its agent), KEY=VALUE, KEY!=VALUE, KEY!=old, or nothing;
    /// KEY is attr.NAME, meta.NAME or nomad.version; may be repeated.
    #[arg(long, value_name = "WHAT", requires = "in_place", value_parser = Expectation::parse)]
    expect: Vec<Expectation>,

    /// Command that ends each node once it is empty.
    #[arg(long, value_name = "CMD")]
    terminate_cmd: Option<String>,

    /// Take each node out of the cluster's memory once its agent is gone.
    #[arg(long)]
    purge: bool,

    /// Time the command may take for one node.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    cmd_timeout: Duration,

    /// How often the command is tried for one node.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10))]
    cmd_tries: u32,

    /// Time a node may take to be back, or its agent to be gone.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "15m")]
    node_timeout: Duration,
}

impl ServiceArgs {
    /// What was asked for; none where the nodes are only emptied.
    pub(super) fn service(&self, shell: bool) -> Result<Option<NodeService>> {
        let within = self.node_timeout;
        let command = |reach, words, ssh_options| NodeCommand {
            reach,
            words,
            ssh_options,
            within: self.cmd_timeout,
            tries: self.cmd_tries,
        };
        if self.in_place {
            let command = match (&self.exec, &self.ssh) {
                (Some(text), _) => command(Reach::Here, words_of("--exec", text, shell)?, Vec::new()),
                (None, Some(text)) if !text.trim().is_empty() => {
                    let options = shlex::split(&self.ssh_options).ok_or_else(|| {
                        Error::usage(format!(
                            "--ssh-options {:?} cannot be read: a quote is open",
                            self.ssh_options
                        ))
                    })?;
                    command(Reach::Ssh { host: self.ssh_host.clone() }, vec![text.clone()], options)
                }
                _ => {
                    return Err(Error::usage("--in-place needs what is done to each node")
                        .hint("--exec CMD runs it here, --ssh CMD on the node"));
                }
            };
            return Ok(Some(NodeService::InPlace { command, expect: self.expect.clone(), within }));
        }
        let words =
            self.terminate_cmd.as_ref().map(|text| words_of("--terminate-cmd", text, shell)).transpose()?;
        let ends = words.is_some() || self.purge;
        let command = words.map(|words| command(Reach::Here, words, Vec::new()));
        Ok(ends.then_some(NodeService::End { command, purge: self.purge, within }))
    }
}

/// The words of a command that was given for this flag.
pub(super) fn words_of(flag: &str, command: &str, shell: bool) -> Result<Vec<String>> {
    if shell {
        return Ok(vec!["/bin/sh".to_owned(), "-c".to_owned(), command.to_owned()]);
    }
    shlex::split(command).filter(|argv| !argv.is_empty()).ok_or_else(|| {
        Error::usage(format!("{flag} {command:?} is not a command: a quote is open, or it is empty"))
    })
}

/// Clients must never be newer than servers: no node is touched for a version that no server may have to serve.
pub(super) async fn refuse_newer_than_servers(nomad: &Http, service: Option<&NodeService>) -> Result<()> {
    let expected = service.map_or(&[][..], NodeService::expectations);
    for version in expected.iter().filter_map(Expectation::nomad_version) {
        if let Some(server) = newer_than_a_server(nomad, version).await? {
            return Err(Error::refused(format!(
                "the nodes would run Nomad {version}, which is newer than a server"
            ))
            .because(server)
            .hint("upgrade the servers first: fleet server list"));
        }
    }
    Ok(())
}
