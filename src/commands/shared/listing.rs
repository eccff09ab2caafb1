//! What the lists of jobs, allocations, deployments and evaluations have in common.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::http::Get;
use crate::api::nomad::acl;
use crate::app::App;
use crate::commands::shared::resolve;
use crate::error::Result;
use crate::ui::Tabular;

/// Which rows of a list.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Rows {
    /// Only rows selected by this Nomad filter expression, such as 'JobID == "web"'.
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,

    /// Include finished ones.
    #[arg(long, short)]
    pub all: bool,

    /// Show at most N rows, the newest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

/// Shows the rows of a list; `none` is printed when there are none.
///
/// # Errors
/// Not found (3) when there are none and the namespace that was named does not exist.
pub async fn show<V: Tabular>(app: &App, rows: &[V], none: &str) -> Result<()> {
    if rows.is_empty() {
        resolve::namespace(app).await?;
    }
    told(app, rows, none).await
}

/// Shows the rows of a list, where the namespace was looked at. What the token may not see the servers leave out without a word
/// (`nomad-api.md §1.3`): of an empty list that is said, unless the token may see everything.
///
/// # Errors
/// When stdout cannot be written, a closed pipe excepted.
pub async fn told<V: Tabular>(app: &App, rows: &[V], none: &str) -> Result<()> {
    if !rows.is_empty() || sees_everything(app).await? {
        return app.printer.list(rows, none);
    }
    if app.printer.is_machine() {
        app.printer.warn("nothing is listed, and what this token may not see is left out without a word");
    }
    app.printer.list(rows, &of_what_is_seen(none))
}

/// The sentence that nothing is there, of what the token may see; what follows it stays behind.
fn of_what_is_seen(none: &str) -> String {
    match none.split_once("; ") {
        Some((none, more)) => format!("{none}, of what this token may see; {more}"),
        None => format!("{none}, of what this token may see"),
    }
}

/// Whether nothing is left out of a list for want of rights.
async fn sees_everything(app: &App) -> Result<bool> {
    Ok(match app.nomad()?.read(&acl::token_self()).await {
        Ok(reply) => reply.value.is_management(),
        Err(error) => error.is_acl_disabled(),
    })
}

impl Rows {
    /// Shows the rows of a list that the expression selects, the newest first; `none` is printed when there are none. `names` as for
    /// [`Rows::fetch`].
    ///
    /// # Errors
    /// As [`Rows::fetch`].
    pub async fn show<T: DeserializeOwned + Send + 'static, V: From<T> + Tabular + Serialize>(
        &self,
        app: &App,
        list: Get<Vec<T>>,
        expression: Option<&str>,
        names: (&[String], &[String]),
        none: &str,
    ) -> Result<()> {
        let views = self.fetch(app, list.query("reverse", "true"), expression, names).await?;
        told::<V>(app, &views, none).await
    }

    /// The rows of a list that the expression selects, in the server's order and at most --limit. `jobs` and `nodes` are the
    /// names it was to be of.
    ///
    /// # Errors
    /// Not found (3) when the namespace or one of the names is unknown; when the filter makes no sense, or Nomad does not answer.
    pub async fn fetch<T: DeserializeOwned + Send + 'static, V: From<T>>(
        &self,
        app: &App,
        list: Get<Vec<T>>,
        expression: Option<&str>,
        (jobs, nodes): (&[String], &[String]),
    ) -> Result<Vec<V>> {
        let call = list.namespace(app.list_namespace()?).filter(expression);
        let call = call.query_opt("per_page", self.limit.map(|n| n.to_string()));
        let reply = app.nomad()?.list(&call).await?;
        if reply.value.is_empty() {
            resolve::namespace(app).await?;
            check_names(app, jobs, nodes).await?;
        }
        if let (Some(limit), Some(_)) = (self.limit, &reply.meta.next_token) {
            app.printer.note(&format!("showing the newest {limit}; raise --limit for more"));
        }
        Ok(reply.value.into_iter().map(V::from).collect())
    }
}

/// Checks, for an empty list, that the jobs and nodes it was filtered by exist.
///
/// # Errors
/// Not found (3), with a suggestion, when one does not.
async fn check_names(app: &App, jobs: &[String], nodes: &[String]) -> Result<()> {
    let is_name = |text: &&String| !text.contains(['*', '?', '[', '{']);
    for job in jobs.iter().filter(is_name) {
        resolve::job(app.nomad()?, app.list_namespace()?, job).await?;
    }
    for node in nodes.iter().filter(is_name) {
        resolve::node(app.nomad()?, node).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_said_of_what_is_missing() {
        assert_eq!(of_what_is_seen("no jobs"), "no jobs, of what this token may see");
        assert_eq!(
            of_what_is_seen("no deployments under way; --all includes finished ones"),
            "no deployments under way, of what this token may see; --all includes finished ones"
        );
    }
}
