//! `fleet port-forward`

mod route;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::LocalSet;

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::short;
use crate::ops::forward::{BrokenAt, Carried, ForwardError};

use route::{ForwardTarget, Route};

/// Forward local ports to ports of a task.
///
/// One session carries all connections, by a small relay that runs under python3 or perl in the task; a connection that breaks
/// affects no other. Where the task has neither, socat, busybox, bash or nc carries each connection in a session of its own. Where it
/// has none of these, another task of the allocation that shares its network is used; and with --push-relay fleet itself is copied
/// into the task, and removed as soon as it runs. Whatever was started there ends about 30 s after fleet is gone.
///
/// A connection to a job or a service goes to the allocation that is best at that moment; when that changes, it is reported. Ports of
/// the task are numbers, or labels of the allocation's ports. --direct=always connects straight to the port's own address where it can be
/// reached from here.
///
/// With a command, the command finds the local ports in FLEET_PORT_NUMBER, or in FLEET_PORT_LABEL with the label as it is written, and
/// its exit code is returned.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet port-forward web 8080
  fleet port-forward service:db 0:5432 -o json-lines
  fleet port-forward web 9000:http 9001:metrics
  fleet port-forward 'web/api[0]' 0:http --sticky --direct
  fleet port-forward minimal 0:http --push-relay=./fleet-linux-arm64
  fleet port-forward db 0:5432 -- sh -c 'psql -p $FLEET_PORT_5432'
  fleet port-forward web 0:http -- sh -c 'curl 127.0.0.1:$FLEET_PORT_http'")]
pub struct Args {
    /// The task: a job, allocation, service or git checkout; see `fleet exec --help`.
    #[arg(value_name = "TARGET", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    /// Ports: REMOTE, or LOCAL:REMOTE; local port 0 takes any free one.
    #[arg(value_name = "PORT", required = true, value_parser = mapping)]
    ports: Vec<Mapping>,

    #[command(flatten)]
    which: TargetFlags,

    /// The local address to listen on.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    listen: IpAddr,

    /// Stay with the first allocation: connections fail once it has ended.
    #[arg(long)]
    sticky: bool,

    /// Where the task has nothing that can carry connections, copy a relay into it for the time: PROGRAM, else fleet itself.
    #[arg(long, value_name = "PROGRAM", num_args = 0..=1, require_equals = true)]
    push_relay: Option<Option<PathBuf>>,

    /// Run this command while the ports are open.
    #[arg(value_name = "COMMAND", last = true)]
    command: Vec<String>,
}

/// A local port and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mapping {
    local: Option<u16>,
    remote: String,
}

fn mapping(text: &str) -> Result<Mapping, String> {
    let (local, remote) = match text.split_once(':') {
        Some((local, remote)) => {
            (Some(local.parse().map_err(|_| format!("{local:?} is not a port"))?), remote)
        }
        None => (None, text),
    };
    if remote.is_empty() || remote == "0" {
        return Err("the task's port is missing".to_owned());
    }
    Ok(Mapping { local, remote: remote.to_owned() })
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    Ready {
        local: SocketAddr,
        remote: &'a str,
        alloc_id: &'a str,
        task: &'a str,
        /// Whether something listens in the task; absent when that is not known without a connection.
        #[serde(skip_serializing_if = "Option::is_none")]
        listening: Option<bool>,
    },
    Switched {
        alloc_id: &'a str,
        name: &'a str,
        node_name: &'a str,
    },
    Closed {
        remote: &'a str,
        #[serde(flatten)]
        carried: Carried,
    },
    Failed {
        remote: &'a str,
        at: Option<BrokenAt>,
        why: &'a str,
    },
}

/// Forwards ports until it is interrupted, or the command ends.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    Box::pin(LocalSet::new().run_until(inside(args, app))).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let place = target::one(app, &args.target, &args.which, AllocRequirement::Running).await?;
    let push = args.push_relay.clone().map(|given| given.map_or_else(own_program, Ok)).transpose()?;
    let route = Route::new(app, (&args.target, &args.which), (args.sticky, push), place).await?;
    let forward = Forward { args, app, route, closing: watch::Sender::new(false) };
    let mut listeners = Vec::new();
    for mapping in &args.ports {
        listeners.push(forward.listen(mapping).await?);
    }
    for (_, local, mapping) in &listeners {
        forward.ready(*local, mapping).await?;
    }
    let child = forward.child(&listeners)?;
    let mut orderly = app.interrupts.orderly();
    let ended = async {
        match child {
            Some(mut child) => child.wait().await,
            None => std::future::pending().await,
        }
    };
    let mut serving: FuturesUnordered<_> = listeners.iter().map(|(l, _, m)| forward.serve(l, m)).collect();
    let code = tokio::select! {
        status = ended => {
            let status = status.map_err(|e| Error::transport("could not wait for the command").because(e.to_string()))?;
            let code = status.code().and_then(|c| u8::try_from(c).ok());
            Ok(ExitCode::Of(code.unwrap_or(ExitCode::Transport.number())))
        }
        interrupt = orderly.requested() => Err(interrupt.error("interrupted; the ports are closed")),
        Some(()) = serving.next() => Ok(ExitCode::Done),
    };
    // Ends the relays in the task now; left alone they would stay for 30 s.
    forward.closing.send_replace(true);
    drop(tokio::time::timeout(CLOSE_LIMIT, async { while serving.next().await.is_some() {} }).await);
    forward.route.here().close().await;
    code
}

/// The program that runs here.
fn own_program() -> Result<PathBuf> {
    std::env::current_exe()
        .map_err(|e| Error::transport("could not find fleet's own program file").because(e.to_string()))
}

/// How long closing connections may take at the end.
const CLOSE_LIMIT: std::time::Duration = std::time::Duration::from_secs(3);

struct Forward<'a> {
    args: &'a Args,
    app: &'a App,
    route: Route<'a>,
    /// Set when everything has to end.
    closing: watch::Sender<bool>,
}

/// A local port that is open.
type Listening<'a> = (TcpListener, SocketAddr, &'a Mapping);

impl<'a> Forward<'a> {
    async fn listen(&self, mapping: &'a Mapping) -> Result<Listening<'a>> {
        let port =
            mapping.local.map_or_else(|| self.route.here().port(&mapping.remote).map(|p| p.number), Ok)?;
        let local = SocketAddr::new(self.args.listen, port);
        let listener = TcpListener::bind(local).await.map_err(|e| {
            Error::transport(format!("could not listen on {local}"))
                .because(e.to_string())
                .hint(format!("0:{} takes any free port", mapping.remote))
        })?;
        let local = listener.local_addr().map_err(|e| Error::transport(e.to_string()))?;
        self.route.add_listener(local);
        Ok((listener, local, mapping))
    }

    /// Reports that a port is open once connections can be carried, and warns when nothing listens in the task.
    async fn ready(&self, local: SocketAddr, mapping: &Mapping) -> Result<()> {
        let here = self.route.here();
        let to = here.port(&mapping.remote)?;
        let listens = self.route.way(&here, &to).await?.listens().await;
        let (alloc, task) = (&here.place.alloc, &here.place.task);
        if self.app.printer.wants_events() {
            let listening = listens.map(|l| l.is_ok());
            let event = Event::Ready { local, remote: &mapping.remote, alloc_id: &alloc.id, task, listening };
            return self.app.printer.event(&event);
        }
        let label = here.place.label();
        self.app.printer.note(&format!(
            "{local} → port {} of {label} ({}, on {})",
            mapping.remote, alloc.name, alloc.node_name
        ));
        if let Some(Err(why)) = listens {
            self.app.printer.warn(&format!("{why}; connections fail until something does"));
        }
        Ok(())
    }

    /// Accepts connections; a failed connection does not end the listener.
    async fn serve(&self, listener: &TcpListener, mapping: &Mapping) {
        let mut carried = FuturesUnordered::new();
        let mut closing = self.closing.subscribe();
        loop {
            tokio::select! {
                _ = closing.wait_for(|c| *c) => break,
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        carried.push(self.connection(stream, mapping));
                    }
                }
                Some(()) = carried.next() => {}
            }
        }
        while carried.next().await.is_some() {}
    }

    async fn connection(&self, stream: TcpStream, mapping: &Mapping) {
        stream.set_nodelay(true).ok();
        let found = async {
            let (here, switched) = self.route.next().await?;
            if switched {
                self.switched(&here)?;
            }
            let to = here.port(&mapping.remote)?;
            let way = self.route.way(&here, &to).await?;
            Ok::<_, Error>(way)
        };
        let ended = match Box::pin(found).await {
            Ok(way) => way.carry(stream, self.closing.subscribe()).await,
            Err(error) => return self.failed(mapping, None, &error.to_string()),
        };
        match ended {
            Ok(carried) if self.app.printer.wants_events() => {
                // A closed stdout does not affect the connections.
                drop(self.app.printer.event(&Event::Closed { remote: &mapping.remote, carried }));
            }
            Ok(_) => {}
            Err(ForwardError { at, why }) => self.failed(mapping, Some(at), &why),
        }
    }

    fn switched(&self, here: &ForwardTarget) -> Result<()> {
        let alloc = &here.place.alloc;
        if self.app.printer.wants_events() {
            let event =
                Event::Switched { alloc_id: &alloc.id, name: &alloc.name, node_name: &alloc.node_name };
            return self.app.printer.event(&event);
        }
        self.app.printer.note(&format!(
            "now to {} ({}, on {})",
            short(&alloc.id),
            alloc.name,
            alloc.node_name
        ));
        Ok(())
    }

    fn failed(&self, mapping: &Mapping, at: Option<BrokenAt>, why: &str) {
        if self.app.printer.wants_events() {
            drop(self.app.printer.event(&Event::Failed { remote: &mapping.remote, at, why }));
        } else {
            self.app.printer.warn(&format!("a connection to port {} ended: {why}", mapping.remote));
        }
    }

    fn child(
        &self,
        listeners: &[(TcpListener, SocketAddr, &Mapping)],
    ) -> Result<Option<tokio::process::Child>> {
        let Some((program, words)) = self.args.command.split_first() else { return Ok(None) };
        let mut command = tokio::process::Command::new(program);
        command.args(words).kill_on_drop(true);
        for (_, local, mapping) in listeners {
            let name: String =
                mapping.remote.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            command.env(format!("FLEET_PORT_{name}"), local.port().to_string());
        }
        let child = command.spawn();
        child
            .map(Some)
            .map_err(|e| Error::transport(format!("could not start {program}")).because(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_numbers_or_labels_with_a_local_one_before() {
        let of = |local, remote: &str| Ok(Mapping { local, remote: remote.to_owned() });
        assert_eq!(mapping("8080"), of(None, "8080"));
        assert_eq!(mapping("0:http"), of(Some(0), "http"));
        for bad in ["", "x:80", "80:", "99999:80", "0"] {
            assert!(mapping(bad).is_err(), "{bad}");
        }
    }
}
