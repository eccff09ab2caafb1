//! What the lists of jobs, allocations, deployments and evaluations have in common.

use crate::api::http::{Get, Reply};
use crate::app::App;
use crate::commands::resolve;
use crate::error::Result;

/// Which rows of a list.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Rows {
    /// Only what Nomad's filter expression selects, such as 'JobID == "web"'.
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,

    /// Show what is over as well.
    #[arg(long, short)]
    pub all: bool,

    /// Show no more than so many rows, the newest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

impl Rows {
    /// Asks for the newest first, and for no more than wanted.
    #[must_use]
    pub fn newest_first<T>(&self, call: Get<T>) -> Get<T> {
        call.query("reverse", "true").query_opt("per_page", self.limit.map(|n| n.to_string()))
    }

    /// Tells when there are more rows than were wanted.
    pub fn tell_more<T>(&self, reply: &Reply<T>, app: &App) {
        if let (Some(limit), Some(_)) = (self.limit, &reply.meta.next_token) {
            app.printer.note(&format!("there are more than the newest {limit}; raise --limit to see them"));
        }
    }
}

/// For a list that came out empty: whether the jobs and nodes it was to be of exist at all.
///
/// # Errors
/// Not found (3), with a suggestion, when one does not.
pub async fn check_names(app: &App, jobs: &[String], nodes: &[String]) -> Result<()> {
    let is_name = |text: &&String| !text.contains(['*', '?', '[', '{']);
    for job in jobs.iter().filter(is_name) {
        resolve::job(app.nomad()?, app.list_namespace()?, job).await?;
    }
    for node in nodes.iter().filter(is_name) {
        resolve::node(app.nomad()?, node).await?;
    }
    Ok(())
}
