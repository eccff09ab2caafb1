//! The handle of a running sandbox.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::api::http::Product;
use crate::clock::{Clock, SharedClock, SystemClock};
use crate::sandbox::engine::{Logged, Shared};
use crate::sandbox::faults::Rule;
use crate::sandbox::host;
use crate::sandbox::http;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::scenario::{Scenario, Secrets};
use crate::sandbox::time::{Pace, VirtualClock};
use crate::sandbox::world::World;

/// When stepped time begins, unless it is said otherwise.
const STEPPED_ORIGIN: i64 = 1_767_603_600;

/// What sandbox to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The cluster.
    pub scenario: Scenario,
    /// How its time runs.
    pub pace: Pace,
    /// Decides everything left to chance.
    pub seed: u64,
    /// Where the API listens: loopback only, port 0 for any.
    pub listen: SocketAddr,
    /// The secret of the management token, a UUID; made up when none.
    pub token: Option<String>,
    /// The moment its time begins; the machine's present, or a fixed one where time is stepped.
    pub start: Option<Timestamp>,
    /// Faults from the beginning.
    pub faults: Vec<Rule>,
    /// Whether a Consul stands beside it, with an agent on every node, on another port of the same address.
    pub consul: bool,
    /// Whether `raw_exec` tasks run as real local processes, so that they have logs; nothing else of them is real.
    pub run_tasks: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            scenario: Scenario::Bare,
            pace: Pace::Real { speed: 1.0 },
            seed: 1,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            start: None,
            faults: Vec::new(),
            consul: false,
            run_tasks: false,
        }
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would be reachable from elsewhere.
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The token is none.
    #[error("the sandbox's token must be a UUID")]
    BadToken,
    /// The port is taken, or the machine has no more threads.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// Why it cannot.
        source: io::Error,
    },
}

/// A running sandbox. Dropping it stops it and frees its port.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    token: String,
    /// Where Consul listens, and the secret of its management token.
    consul: Option<(SocketAddr, String)>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a sandbox at {}", self.nomad_address())
    }
}

impl Sandbox {
    /// Starts a sandbox on a thread of its own.
    ///
    /// # Errors
    /// When it cannot listen where it is told to.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let Options { scenario, pace, seed, listen, token, start, faults, consul, run_tasks } = options;
        if !listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(listen));
        }
        let mut chance = fastrand::Rng::with_seed(seed ^ 0x5eed);
        let secret = match &token {
            Some(text) => Id::parse(text).ok_or(StartError::BadToken)?,
            None => Id::random(&mut chance),
        };
        let failed = |source: io::Error| StartError::Listen { address: listen, source };
        let bind = |to: SocketAddr| {
            let listener = TcpListener::bind(to)?;
            listener.set_nonblocking(true)?;
            Ok((listener.local_addr()?, listener))
        };
        let (address, listener) = bind(listen).map_err(failed)?;
        let beside = SocketAddr::new(listen.ip(), 0);
        let consul = consul.then(|| bind(beside)).transpose().map_err(failed)?;
        let origin = match (start, pace) {
            (Some(start), _) => start.into(),
            (None, Pace::Stepped) => Moment::from_nanos(STEPPED_ORIGIN * 1_000_000_000),
            (None, Pace::Real { .. }) => SystemClock.now().into(),
        };
        let consul_token = Id::random(&mut chance).to_string();
        let secrets = Secrets { nomad: secret, consul: consul.is_some().then_some(consul_token.as_str()) };
        let world = scenario.build(origin, seed, secrets);
        let clock = Arc::new(VirtualClock::new(pace, origin));
        let shared = Arc::new(Shared::new(world, clock, chance.u64(..)));
        shared.with_faults(|known, _| faults.into_iter().for_each(|rule| known.add(rule)));
        let (stop, stopped) = oneshot::channel();
        let (consul, beside) = consul.unzip();
        let thread = run(Arc::clone(&shared), listener, beside, run_tasks, stopped).map_err(failed)?;
        let consul = consul.map(|address| (address, consul_token));
        let (stop, thread) = (Some(stop), Some(thread));
        Ok(Sandbox { shared, address, token: secret.to_string(), consul, stop, thread })
    }

    /// The address of Nomad's API, as `NOMAD_ADDR` takes it.
    #[must_use]
    pub fn nomad_address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn socket_address(&self) -> SocketAddr {
        self.address
    }

    /// The secret of the management token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The address of Consul's API, as `CONSUL_HTTP_ADDR` takes it, where there is a Consul.
    #[must_use]
    pub fn consul_address(&self) -> Option<String> {
        self.consul.as_ref().map(|(address, _)| format!("http://{address}"))
    }

    /// The secret of Consul's management token, where there is a Consul.
    #[must_use]
    pub fn consul_token(&self) -> Option<&str> {
        self.consul.as_ref().map(|(_, token)| token.as_str())
    }

    /// The sandbox's time.
    #[must_use]
    pub fn clock(&self) -> SharedClock {
        Arc::clone(&self.shared.clock) as SharedClock
    }

    /// Lets stepped time go on, with everything that happens until then.
    pub fn advance(&self, by: Duration) {
        self.shared.step(by);
    }

    /// Looks at the cluster, or changes it.
    pub fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        self.shared.visit(act)
    }

    /// Puts a fault in force.
    pub fn fault(&self, rule: Rule) {
        self.shared.with_faults(|faults, _| faults.add(rule));
    }

    /// Takes all faults out of force.
    pub fn clear_faults(&self) {
        self.shared.with_faults(|faults, _| faults.clear());
    }

    /// How often the rules in force have struck.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.shared.with_faults(|faults, _| faults.struck())
    }

    /// The requests so far, in the order they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Logged> {
        self.shared.log()
    }

    /// The writes among them.
    #[must_use]
    pub fn writes(&self) -> Vec<Logged> {
        self.shared.log().into_iter().filter(|request| request.write).collect()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.clear_log();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Runs servers and time on a thread of their own until the handle is dropped.
fn run(
    shared: Arc<Shared>,
    listener: TcpListener,
    consul: Option<TcpListener>,
    run_tasks: bool,
    stopped: oneshot::Receiver<()>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let (listener, consul) = {
        let _inside = runtime.enter();
        let from_std = tokio::net::TcpListener::from_std;
        (from_std(listener)?, consul.map(from_std).transpose()?)
    };
    std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
        runtime.block_on(async {
            let (driver, keeper) = (Arc::clone(&shared), Arc::clone(&shared));
            tokio::select! {
                () = host::tasks::keep(keeper), if run_tasks => {}
                () = http::serve(Arc::clone(&shared), Product::Nomad, listener) => {}
                () = consul_or_never(shared, consul) => {}
                () = driver.drive() => {}
                _ = stopped => {}
            }
        });
    })
}

/// Serves Consul's API where there is a Consul.
async fn consul_or_never(shared: Arc<Shared>, listener: Option<tokio::net::TcpListener>) {
    match listener {
        Some(listener) => http::serve(shared, Product::Consul, listener).await,
        None => std::future::pending().await,
    }
}
