//! Where connections go: to which allocation at the moment, and by what.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use crate::api::nomad::allocation::{self, Allocation};
use crate::app::App;
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags, TaskPlace};
use crate::config::DirectMode;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::target::{TaskPort, neighbours, port, runs};
use crate::ops::exec::{Access, TaskRef};
use crate::ops::forward::{BrokenAt, Carried, Destination, ForwardError, Relay, is_own, push, start};

/// How long the choice of an allocation is reused, so that many connections at once cost one request.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// How long a node's own address may take to answer.
const REACHED_WITHIN: Duration = Duration::from_millis(250);

/// An allocation, and what carries connections in it.
pub(super) struct ForwardTarget {
    pub(super) place: TaskPlace,
    full: Allocation,
    relay: RefCell<Option<Rc<Relay>>>,
    starting: Mutex<()>,
    /// Whether its ports were found out of reach from here.
    unreached: Cell<bool>,
}

/// The task that connections go to: chosen for each connection, or kept.
pub(super) struct Route<'a> {
    pub(super) app: &'a App,
    pub(super) target: &'a str,
    pub(super) which: &'a TargetFlags,
    pub(super) sticky: bool,
    /// The program to copy into tasks that have none.
    push: Option<PathBuf>,
    now: RefCell<Rc<ForwardTarget>>,
    looked: Mutex<Option<Instant>>,
    /// The listeners of this process, which are no way to a task.
    listeners: RefCell<Vec<SocketAddr>>,
}

/// How a connection is carried.
pub(super) enum Carrier {
    /// The node's own address.
    Direct(TcpStream),
    /// A program in the task.
    Through(Rc<Relay>, Destination),
}

impl<'a> Route<'a> {
    /// A route that starts with this task.
    pub(super) async fn new(
        app: &'a App,
        (target, which): (&'a str, &'a TargetFlags),
        (sticky, push): (bool, Option<PathBuf>),
        place: TaskPlace,
    ) -> Result<Self> {
        let now = RefCell::new(ForwardTarget::new(app, place).await?);
        let (looked, listeners) = (Mutex::new(None), RefCell::default());
        Ok(Route { app, target, which, sticky, push, now, looked, listeners })
    }

    /// A listener of this process was opened.
    pub(super) fn add_listener(&self, local: SocketAddr) {
        self.listeners.borrow_mut().push(local);
    }

    /// Where connections to a port go, as a relay sees it. A task in this machine's own network sees the listeners here too, and a
    /// connection to one of those would come back for ever.
    fn destination(&self, to: &TaskPort, relay: &Relay) -> Destination {
        let listeners = self.listeners.borrow();
        let own = |host: &str| relay.shares_network() && is_own(host, to.number, &listeners);
        Destination { port: to.number, hosts: to.hosts.iter().filter(|host| !own(host)).cloned().collect() }
    }

    /// The task it leads to now.
    pub(super) fn here(&self) -> Rc<ForwardTarget> {
        Rc::clone(&self.now.borrow())
    }

    /// The task for a new connection, and whether it changed.
    pub(super) async fn next(&self) -> Result<(Rc<ForwardTarget>, bool)> {
        let mut looked = self.looked.lock().await;
        let here = self.here();
        if self.sticky || looked.is_some_and(|at| at.elapsed() < GOOD_FOR && here.alive()) {
            return Ok((here, false));
        }
        let found = target::fitting(self.app, self.target, self.which, AllocRequirement::Running).await;
        *looked = Some(Instant::now());
        let mut found = match found {
            Ok(found) => found,
            // Its relay is alive, and so it is; that the servers do not answer changes nothing.
            Err(_) if here.carries() => return Ok((here, false)),
            Err(error) => return Err(error),
        };
        if found.iter().any(|a| a.id == here.place.alloc.id && runs(a)) {
            return Ok((here, false));
        }
        let best = target::places(self.app, vec![found.swap_remove(0)], self.which).await?;
        let best =
            best.into_iter().next().ok_or_else(|| Error::transport("no allocation is running any more"))?;
        if best.alloc.id == here.place.alloc.id {
            return Ok((here, false));
        }
        let new = ForwardTarget::new(self.app, best).await?;
        let old = self.now.replace(Rc::clone(&new));
        // Connections it still carries keep it; its relay leaves with the last of them.
        drop((here, old));
        Ok((new, true))
    }

    /// How a connection to this port is carried.
    pub(super) async fn way(&self, here: &ForwardTarget, to: &TaskPort) -> Result<Carrier> {
        let wanted = self.which.route.mode(self.app)? == DirectMode::Always && !here.unreached.get();
        let is_own = |host: &str, port| is_own(host, port, &self.listeners.borrow());
        let outside = to.outside.as_ref().filter(|(host, port)| wanted && !is_own(host, *port));
        if let Some((host, port)) = outside {
            match timeout(REACHED_WITHIN, TcpStream::connect((host.as_str(), *port))).await {
                Ok(Ok(stream)) => {
                    tracing::info!(target: "fleet::forward", "straight to {host}:{port}");
                    return Ok(Carrier::Direct(stream));
                }
                // A refusal may be the task's, which listens elsewhere; it is answered at once, so asking again costs nothing.
                Ok(Err(e)) if e.kind() == std::io::ErrorKind::ConnectionRefused => {}
                Ok(Err(_)) | Err(_) => here.unreached.set(true),
            }
            tracing::info!(target: "fleet::forward", "{host}:{port} is not reached from here");
        }
        let relay = here.relay(self.app, self.push.as_deref()).await?;
        let destination = self.destination(to, &relay);
        Ok(Carrier::Through(relay, destination))
    }
}

impl ForwardTarget {
    async fn new(app: &App, place: TaskPlace) -> Result<Rc<Self>> {
        let full = app.nomad()?.read(&allocation::get(&place.alloc.id)).await?.value;
        let (relay, starting) = (RefCell::new(None), Mutex::new(()));
        Ok(Rc::new(ForwardTarget { place, full, relay, starting, unreached: Cell::new(false) }))
    }

    /// The port of the task, by number or label.
    pub(super) fn port(&self, remote: &str) -> Result<TaskPort> {
        let resources = self.full.allocated_resources.as_ref();
        port(resources, remote).ok_or_else(|| {
            let labels: Vec<_> =
                resources.iter().flat_map(|r| &r.shared.ports).map(|p| p.label.as_str()).collect();
            let labels = if labels.is_empty() { "none".to_owned() } else { labels.join(", ") };
            Error::transport(format!("allocation {} has no port {remote:?}", short(&self.full.id)))
                .hint(format!("its ports: {labels}"))
        })
    }

    /// Whether the relay is still running, as far as is known.
    fn alive(&self) -> bool {
        self.relay.borrow().as_ref().is_none_or(|r| r.over().is_none())
    }

    /// Whether something in it carries connections at this moment.
    fn carries(&self) -> bool {
        self.relay.borrow().as_ref().is_some_and(|r| r.over().is_none())
    }

    /// What carries connections in it: started when there is none, or it has ended.
    pub(super) async fn relay(&self, app: &App, pushed: Option<&Path>) -> Result<Rc<Relay>> {
        let _turn = self.starting.lock().await;
        if let Some(relay) = self.relay.borrow().as_ref().filter(|r| r.over().is_none()) {
            return Ok(Rc::clone(relay));
        }
        let relay = Rc::new(self.start(app, pushed).await?);
        self.relay.replace(Some(Rc::clone(&relay)));
        Ok(relay)
    }

    /// Starts what the task has, else what another task has that sees the same ports, else what may be copied there.
    async fn start(&self, app: &App, pushed: Option<&Path>) -> Result<Relay> {
        let mut first: Option<Error> = None;
        for task_ref in std::iter::once(self.place.task_ref()).chain(self.beside()) {
            match start(&self.at(app, task_ref.clone())).await {
                Ok(relay) => return Ok(carries(app, relay, &task_ref)),
                Err(error) => {
                    tracing::info!(target: "fleet::forward", "{error}");
                    first.get_or_insert(error);
                }
            }
        }
        let task_ref = self.place.task_ref();
        match (pushed, first) {
            (Some(program), Some(_)) => {
                app.printer
                    .note(&format!("copying fleet into {task_ref}: nothing there carries connections"));
                let relay = push(&self.at(app, task_ref.clone()), program).await?;
                Ok(carries(app, relay, &task_ref))
            }
            (None, Some(error)) => Err(error),
            (_, None) => Err(Error::transport("the allocation has no tasks")),
        }
    }

    fn at(&self, app: &App, task_ref: TaskRef) -> Rc<Access> {
        Rc::new(Access { http: self.place.nomad.clone(), permission: app.explicit(), task_ref })
    }

    fn beside(&self) -> impl Iterator<Item = TaskRef> {
        neighbours(&self.full, &self.place.task).into_iter().map(|t| TaskRef {
            alloc_id: self.full.id.clone(),
            task: t.name.clone(),
            driver: t.driver.clone(),
        })
    }

    /// Ends the relay in the task.
    pub(super) async fn close(&self) {
        let relay = self.relay.borrow().clone();
        if let Some(relay) = relay {
            relay.close().await;
        }
    }
}

impl Carrier {
    /// Carries a connection to its end.
    pub(super) async fn carry(
        self,
        mut local: TcpStream,
        mut closing: watch::Receiver<bool>,
    ) -> Result<Carried, ForwardError> {
        match self {
            Carrier::Through(relay, destination) => relay.carry(&destination, local, closing).await,
            Carrier::Direct(mut there) => {
                there.set_nodelay(true).ok();
                tokio::select! {
                    copied = copy_bidirectional(&mut local, &mut there) => copied
                        .map(|(sent, received)| Carried { sent, received })
                        .map_err(|e| ForwardError { at: BrokenAt::Local, why: e.to_string() }),
                    _ = closing.wait_for(|c| *c) => Ok(Carried::default()),
                }
            }
        }
    }

    /// Whether the port is listened on; none when that cannot be told without a connection.
    pub(super) async fn listens(&self) -> Option<Result<(), ForwardError>> {
        match self {
            Carrier::Direct(_) => Some(Ok(())),
            Carrier::Through(relay, destination) => relay.listens(destination).await,
        }
    }
}

/// Says what carries connections, and what it cannot do.
fn carries(app: &App, relay: Relay, task_ref: &TaskRef) -> Relay {
    tracing::info!(target: "fleet::forward", "{} carries connections in {task_ref}", relay.program());
    if !relay.half_closes() {
        let program = relay.program();
        app.printer.warn(&format!(
            "{program} carries the connections: when a client closes one direction, both are closed"
        ));
    }
    relay
}
