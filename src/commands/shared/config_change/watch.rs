//! `--watch-connections`

use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::words;
use crate::ops::traffic::load::{Load, MOST, Plan};
use crate::ui::duration;

/// How long connections are open before the write.
const WARM_UP: Duration = Duration::from_secs(2);
/// How long running requests may take to end by themselves.
const TO_END: Duration = Duration::from_secs(15);

/// Watch connections while it is written: what they lose is what your users would lose.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Watching connections")]
pub(super) struct WatchArgs {
    /// Hold connections to this address through the write and count what fails, is reset or closed, and answers 5xx.
    #[arg(long, value_name = "URL")]
    watch_connections: Option<String>,

    /// The host the requests name, where it is not that of the address.
    #[arg(long, value_name = "HOST", requires = "watch_connections")]
    watch_host: Option<String>,

    /// How many keep-alive connections; a tenth as many workers open a new one for every request.
    #[arg(long, value_name = "N", default_value_t = 20, requires = "watch_connections")]
    watch_count: usize,

    /// Also hold long requests or streams to this path, a quarter as many as keep-alive connections.
    #[arg(long, value_name = "PATH", requires = "watch_connections")]
    watch_long: Vec<String>,

    /// Also hold websockets to this path, a quarter as many as keep-alive connections.
    #[arg(long, value_name = "PATH", requires = "watch_connections")]
    watch_websocket: Vec<String>,

    /// How long to go on after the write. Envoy cuts what is open on a replaced listener after its drain time, 600 s unless set:
    /// watching for less proves nothing about that.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", requires = "watch_connections")]
    watch_for: Duration,
}

impl WatchArgs {
    /// Whether connections are watched.
    pub(super) fn is_given(&self) -> bool {
        self.watch_connections.is_some()
    }

    /// How long it goes on after the write.
    pub(super) fn after(&self) -> Duration {
        self.watch_for
    }

    /// What is watched; none when nothing is.
    pub(super) fn plan(&self) -> Result<Option<(String, Plan)>> {
        let Some(url) = &self.watch_connections else { return Ok(None) };
        let (address, host, path) = Plan::place(url, self.watch_host.as_deref())
            .map_err(|why| Error::usage(format!("--watch-connections {url}")).because(why))?;
        let path_of = |path: &String| if path.starts_with('/') { path.clone() } else { format!("/{path}") };
        let some =
            |paths: &[String]| paths.iter().map(|p| (path_of(p), (self.watch_count / 4).max(1))).collect();
        let plan = Plan {
            address,
            host,
            path,
            keep_alive: self.watch_count,
            fresh: (self.watch_count / 10).max(1),
            long: some(&self.watch_long),
            websockets: some(&self.watch_websocket),
        };
        if plan.keep_alive == 0 || plan.connections() > MOST {
            return Err(Error::usage(format!(
                "{} to be watched: too few or too many",
                words::count(plan.connections(), "connection")
            ))
            .because(format!(
                "--watch-count is at least 1, and at most {MOST} connections are opened in all"
            )));
        }
        Ok(Some((url.clone(), plan)))
    }

    /// Opens the connections and lets them run warm. What answers nothing or only errors before the write tells nothing about it.
    pub(super) async fn begin(&self, url: &str, plan: Plan) -> Result<Load> {
        let load = Load::begin(plan);
        tokio::time::sleep(WARM_UP).await;
        let tally = load.tally();
        let total = tally.total();
        if total.lost() == 0 && total.answered > 0 {
            return Ok(load);
        }
        let first = tally
            .losses
            .first()
            .map_or("no answer within 2 s".to_owned(), |l| format!("{}: {}", l.kind, l.what));
        let four = if total.client_errors > 0 {
            " (does the gateway know this host? --watch-host names another)"
        } else {
            ""
        };
        drop(load.end(Duration::ZERO).await);
        Err(Error::refused(format!(
            "{url} does not answer as it should even before the write; nothing was written"
        ))
        .because(format!("{first}{four}")))
    }

    /// Ends it.
    pub(super) async fn end(load: Load) -> crate::ops::traffic::load::Tally {
        load.end(TO_END).await
    }
}
