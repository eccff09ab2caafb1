//! `fleet port-forward`

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::api::nomad::allocation;
use crate::app::App;
use crate::commands::complete;
use crate::commands::target::{self, Place, TargetFlags, Want};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ident::short;
use crate::model::target::port;
use crate::ops::exec::{Launch, Session};
use crate::ops::forward::{Carried, Relay, carry, probe};

/// Forward local ports to ports of a task.
///
/// Each connection is carried by a session of its own and a program that the task has: python3, perl, socat, nc or bash. One that
/// breaks touches no other. A connection to a job or a service goes to the allocation that is the best one at that moment; when it
/// is another than before, that is told. Ports of the task are numbers, or labels of the allocation's ports.
///
/// With a command, the command finds the local ports in FLEET_PORT_<number or label>, and its exit code is returned.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet port-forward web 8080
  fleet port-forward service:db 0:5432 -o json-lines
  fleet port-forward web 9000:http 9001:metrics
  fleet port-forward db 0:5432 -- sh -c 'psql -p $FLEET_PORT_5432'")]
pub struct Args {
    /// Where to.
    #[arg(value_name = "TARGET", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    /// Which ports: REMOTE, or LOCAL:REMOTE; local 0 takes any that is free.
    #[arg(value_name = "PORT", required = true, value_parser = mapping)]
    ports: Vec<Mapping>,

    #[command(flatten)]
    which: TargetFlags,

    /// The local address to listen on.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    listen: IpAddr,

    /// Keep to the first allocation, and fail when it ends.
    #[arg(long)]
    sticky: bool,

    /// Run this while the ports are open.
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
        Some((local, remote)) => (Some(local.parse().map_err(|_| format!("{local:?} is no port"))?), remote),
        None => (None, text),
    };
    if remote.is_empty() || remote == "0" {
        return Err("the port of the task is missing".to_owned());
    }
    Ok(Mapping { local, remote: remote.to_owned() })
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Ready {
        local: SocketAddr,
        remote: &'a str,
        alloc_id: &'a str,
        task: &'a str,
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
        why: &'a str,
    },
}

/// Forwards ports until it is interrupted, or the command ends.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    inside(args, app).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    if args.which.all {
        return Err(Error::usage("a connection goes to one place: leave --all out"));
    }
    let place = target::one(app, &args.target, &args.which, Want::Running).await?;
    let forward = Forward { args, app, now: RefCell::new(None), closing: watch::Sender::new(false) };
    forward.settle(place).await?;
    let mut listeners = Vec::new();
    for mapping in &args.ports {
        let here = forward.here()?;
        let remote = forward.remote(&here, mapping).await?;
        let local = SocketAddr::new(args.listen, mapping.local.unwrap_or(remote));
        let listener = TcpListener::bind(local).await.map_err(|e| {
            Error::transport(format!("could not listen on {local}"))
                .because(e.to_string())
                .hint(format!("`0:{}` takes a port that is free", mapping.remote))
        })?;
        let local = listener.local_addr().map_err(|e| Error::transport(e.to_string()))?;
        forward.ready(local, mapping, &here)?;
        listeners.push((listener, local, mapping));
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
    // What carries connections there is told to end: nobody else would do it.
    forward.closing.send_replace(true);
    drop(tokio::time::timeout(FAREWELL, async { while serving.next().await.is_some() {} }).await);
    code
}

/// How long the ends of connections may take to be told.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(3);

/// Where connections go at the moment.
#[derive(Debug)]
struct Here {
    place: Place,
    relay: Relay,
}

struct Forward<'a> {
    args: &'a Args,
    app: &'a App,
    now: RefCell<Option<Rc<Here>>>,
    /// Whether everything is to end.
    closing: watch::Sender<bool>,
}

impl Forward<'_> {
    fn here(&self) -> Result<Rc<Here>> {
        self.now.borrow().clone().ok_or_else(|| Error::transport("there is nowhere to go"))
    }

    /// Goes to this place from now on.
    async fn settle(&self, place: Place) -> Result<()> {
        let (spot, permission, launch) = (place.spot(), self.app.explicit(), Launch::default());
        let session =
            Session { http: self.app.nomad()?, permission: &permission, spot: &spot, launch: &launch };
        let relay = probe(&session).await?;
        tracing::info!(target: "fleet::forward", "{} carries connections in {}", relay.program(), place.label());
        if !relay.half_closes() {
            let tool = relay.program();
            self.app
                .printer
                .warn(&format!("{tool} carries the connections: what a client ends one way, ends both ways"));
        }
        *self.now.borrow_mut() = Some(Rc::new(Here { place, relay }));
        Ok(())
    }

    /// Where a new connection goes: to the best allocation now.
    async fn next(&self) -> Result<Rc<Here>> {
        let here = self.here()?;
        if self.args.sticky {
            return Ok(here);
        }
        let mut found = target::fitting(self.app, &self.args.target, &self.args.which, Want::Running).await?;
        if found.iter().any(|a| a.id == here.place.alloc.id && crate::model::target::runs(a)) {
            return Ok(here);
        }
        let best = target::places(self.app, vec![found.swap_remove(0)], &self.args.which).await?;
        let best = best.into_iter().next().ok_or_else(|| Error::transport("nothing runs there any more"))?;
        let alloc = best.alloc.clone();
        self.settle(best).await?;
        if self.app.printer.wants_events() {
            let event =
                Event::Switched { alloc_id: &alloc.id, name: &alloc.name, node_name: &alloc.node_name };
            self.app.printer.event(&event)?;
        } else {
            self.app.printer.note(&format!(
                "now to {} ({}, on {})",
                short(&alloc.id),
                alloc.name,
                alloc.node_name
            ));
        }
        self.here()
    }

    /// The port of the task that is meant.
    async fn remote(&self, here: &Here, mapping: &Mapping) -> Result<u16> {
        if let Ok(number) = mapping.remote.parse() {
            return Ok(number);
        }
        let full = self.app.nomad()?.read(&allocation::get(&here.place.alloc.id)).await?.value;
        port(full.allocated_resources.as_ref(), &mapping.remote).ok_or_else(|| {
            let ports =
                full.allocated_resources.iter().flat_map(|r| r.shared.ports.iter().map(|p| p.label.as_str()));
            Error::transport(format!("allocation {} has no port {:?}", short(&full.id), mapping.remote))
                .hint(format!("its ports: {}", ports.collect::<Vec<_>>().join(", ")))
        })
    }

    fn ready(&self, local: SocketAddr, mapping: &Mapping, here: &Here) -> Result<()> {
        let (alloc, task) = (&here.place.alloc, &here.place.task);
        if self.app.printer.wants_events() {
            let event = Event::Ready { local, remote: &mapping.remote, alloc_id: &alloc.id, task };
            return self.app.printer.event(&event);
        }
        let label = here.place.label();
        self.app.printer.note(&format!(
            "{local} → port {} of {label} ({}, on {})",
            mapping.remote, alloc.name, alloc.node_name
        ));
        Ok(())
    }

    /// Takes connections; the listener never ends, whatever becomes of them.
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
        let ended = async {
            let here = self.next().await?;
            let port = self.remote(&here, mapping).await?;
            let (spot, permission) = (here.place.spot(), self.app.explicit());
            let at = (self.app.nomad()?, &permission, &spot);
            Box::pin(carry(at, here.relay, port, stream, self.closing.subscribe()))
                .await
                .map_err(|e| Error::transport(e.to_string()))
        };
        let told = match ended.await {
            Ok(carried) if self.app.printer.wants_events() => {
                self.app.printer.event(&Event::Closed { remote: &mapping.remote, carried })
            }
            Ok(_) => Ok(()),
            Err(error) if self.app.printer.wants_events() => {
                self.app.printer.event(&Event::Failed { remote: &mapping.remote, why: &error.to_string() })
            }
            Err(error) => {
                self.app.printer.warn(&format!("a connection to port {} ended: {error}", mapping.remote));
                Ok(())
            }
        };
        // That nobody reads the events changes nothing for the connections.
        drop(told);
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
