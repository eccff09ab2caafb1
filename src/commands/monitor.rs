//! `fleet monitor`

use tokio::sync::mpsc;

use crate::api::http::Http;
use crate::api::nomad::agent::{self, Monitored};
use crate::api::nomad::fs::FrameStream;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};

/// Lines that wait to be printed.
const WAITING: usize = 1000;

/// Follow the logs of agents: of servers, of nodes, or of the one that is asked. Several at once are told apart by their names.
///
/// It begins now: what an agent logged before is in its own log file. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet monitor
  fleet monitor --node c1 --node c2 --level debug
  fleet monitor --server s1.global")]
pub struct Args {
    /// Agents of nodes, by name or id.
    #[arg(long, value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: Vec<String>,

    /// Agents of servers, by name.
    #[arg(long, value_name = "SERVER", add = clap_complete::ArgValueCompleter::new(complete::servers))]
    server: Vec<String>,

    /// From which level on.
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = ["trace", "debug", "info", "warn", "error"], ignore_case = true)]
    level: String,
}

/// Follows the logs until they end.
///
/// # Errors
/// Not found (3), refused rights (4); unreachable (5) when a stream breaks off, for what was logged meanwhile is lost.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let mut agents = Vec::new();
    for name in &args.node {
        let node = resolve::node(nomad, name).await?;
        agents.push((node.name, Monitored::Node(node.id)));
    }
    agents.extend(args.server.iter().map(|name| (name.clone(), Monitored::Server(name.clone()))));
    if agents.is_empty() {
        agents.push((String::new(), Monitored::Own));
    }
    let several = agents.len() > 1;
    let (send, mut lines) = mpsc::channel(WAITING);
    let mut followed = tokio::task::JoinSet::new();
    for (name, of) in agents {
        let origin = if several { name.clone() } else { String::new() };
        followed.spawn(follow(nomad.clone(), of, args.level.to_lowercase(), origin, name, send.clone()));
    }
    drop(send);
    while let Some((origin, line)) = lines.recv().await {
        let shown = app.printer.foreign(&line);
        let mut text = Vec::new();
        if !origin.is_empty() {
            text.extend_from_slice(app.printer.origin(&origin, &origin).as_bytes());
            text.push(b' ');
        }
        text.extend_from_slice(shown.as_bytes());
        text.push(b'\n');
        app.printer.pass(&text)?;
        if app.printer.is_closed() {
            return Ok(());
        }
    }
    while let Some(ended) = followed.join_next().await {
        ended.map_err(|e| Error::failed("could not follow a log").because(e.to_string()))??;
    }
    Ok(())
}

/// Passes the lines of one agent's log on.
async fn follow(
    nomad: Http,
    of: Monitored,
    level: String,
    origin: String,
    name: String,
    lines: mpsc::Sender<(String, String)>,
) -> Result<()> {
    let mut stream = FrameStream::open(&nomad, &agent::monitor(&of, &level)).await?;
    let mut begun = Vec::new();
    while let Some(frame) = stream.next().await? {
        begun.extend_from_slice(&frame.data);
        while let Some(end) = begun.iter().position(|&b| b == b'\n') {
            let line: Vec<u8> = begun.drain(..=end).collect();
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if lines.send((origin.clone(), text)).await.is_err() {
                return Ok(());
            }
        }
    }
    let agent = if name.is_empty() { "the agent".to_owned() } else { format!("the agent of {name}") };
    Err(Error::new(crate::exit_code::ExitCode::Unreachable, format!("{agent} ended its log stream"))
        .because("it stopped, or the connection to it broke; what it logs from now on is not seen"))
}
