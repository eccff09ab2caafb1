//! `fleet status NAME`: one level down, whatever the name is.

use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::{job, node};
use crate::app::App;
use crate::commands::alloc;
use crate::commands::job as job_verbs;
use crate::commands::node as node_verbs;
use crate::commands::service as service_verbs;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{IdPrefix, short};
use crate::model::suggest;
use crate::ops::services;

/// What a name may stand for, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NameMeaning {
    Job(String),
    Node(String),
    Service(String),
    Alloc(String),
}

/// What was found under a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Ids of jobs, with their namespaces; the whole id alone, where it is one.
    pub(super) jobs: Vec<(String, String)>,
    /// Ids and names of nodes.
    pub(super) nodes: Vec<(String, String)>,
    /// Names of services.
    pub(super) services: Vec<String>,
    /// Ids and names of allocations.
    pub(super) allocs: Vec<(String, String)>,
}

impl Found {
    /// The one thing that is meant; none where nothing is, and what there is where several are. A whole name goes before the
    /// beginning of another; among whole names a job goes first, then a node, then a service.
    pub(super) fn meant(&self, text: &str) -> std::result::Result<Option<NameMeaning>, Vec<String>> {
        let whole_jobs = self.jobs.iter().filter(|(id, _)| id == text).count();
        let whole_nodes: Vec<&(String, String)> =
            self.nodes.iter().filter(|(_, name)| name == text).collect();
        match (whole_jobs, whole_nodes.as_slice()) {
            (1.., _) => return Ok(Some(NameMeaning::Job(text.to_owned()))),
            (0, [one]) => return Ok(Some(NameMeaning::Node(one.0.clone()))),
            _ => {}
        }
        if self.services.iter().any(|name| name == text) {
            return Ok(Some(NameMeaning::Service(text.to_owned())));
        }
        let jobs = self
            .jobs
            .iter()
            .map(|(id, ns)| (NameMeaning::Job(id.clone()), format!("job {id} (namespace {ns})")));
        let nodes = self
            .nodes
            .iter()
            .map(|(id, name)| (NameMeaning::Node(id.clone()), format!("node {name} ({})", short(id))));
        let services =
            self.services.iter().map(|name| (NameMeaning::Service(name.clone()), format!("service {name}")));
        let allocs = self
            .allocs
            .iter()
            .map(|(id, name)| (NameMeaning::Alloc(id.clone()), format!("allocation {} ({name})", short(id))));
        let mut all: Vec<(NameMeaning, String)> = jobs.chain(nodes).chain(services).chain(allocs).collect();
        match all.len() {
            0 => Ok(None),
            1 => Ok(all.pop().map(|(meant, _)| meant)),
            _ => Err(all.into_iter().map(|(_, words)| words).collect()),
        }
    }
}

/// Looks everywhere at once.
async fn find(app: &App, text: &str) -> Result<Found> {
    let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
    let prefix = IdPrefix::parse(text);
    let jobs = job::list().namespace(namespace).prefix(Some(text));
    let nodes = node::list();
    let allocs = async {
        let Some(prefix) = prefix.as_ref() else { return Ok(Vec::new()) };
        let call = allocation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
        let found: Vec<AllocStub> = nomad.list(&call).await?.value;
        Ok::<_, crate::api::Error>(found.into_iter().filter(|a| prefix.matches(&a.id)).collect())
    };
    let (jobs, nodes, allocs, names) = tokio::join!(
        nomad.list(&jobs),
        nomad.list(&nodes),
        allocs,
        services::names(nomad, app.consul()?, namespace),
    );
    // A token may see some of it; only when it sees nothing at all that is the answer.
    if let (Err(denied), Err(_), Err(_)) = (&jobs, &nodes, &names) {
        return Err(denied.clone().into());
    }
    let is_node = |n: &node::NodeStub| n.name == text || prefix.as_ref().is_some_and(|p| p.matches(&n.id));
    Ok(Found {
        jobs: jobs.map(|r| r.value.into_iter().map(|j| (j.id, j.namespace)).collect()).unwrap_or_default(),
        nodes: nodes
            .map(|r| r.value.into_iter().filter(is_node).map(|n| (n.id, n.name)).collect())
            .unwrap_or_default(),
        services: names.unwrap_or_default().into_iter().filter(|name| name.starts_with(text)).collect(),
        allocs: allocs.unwrap_or_default().into_iter().map(|a| (a.id, a.name)).collect(),
    })
}

/// Shows what the name stands for.
///
/// # Errors
/// Not found (3), ambiguous (2), and whatever showing it may fail with.
pub(super) async fn run(app: &App, text: &str) -> Result<()> {
    let found = Box::pin(find(app, text)).await?;
    match found.meant(text) {
        Ok(Some(NameMeaning::Job(id))) => job_verbs::show::run(&job_verbs::show::Args::of(id), app).await,
        Ok(Some(NameMeaning::Node(id))) => node_verbs::show::run(&node_verbs::show::Args::of(id), app).await,
        Ok(Some(NameMeaning::Service(name))) => {
            service_verbs::show::run(&service_verbs::show::Args::of(name), app).await
        }
        Ok(Some(NameMeaning::Alloc(id))) => alloc::show::run(&alloc::show::Args::of(id), app).await,
        Ok(None) => Err(nothing(app, text).await),
        Err(several) => {
            const MOST: usize = 10;
            let error = Error::new(ExitCode::Usage, format!("{text:?} may be any of these"));
            let left = several.len().saturating_sub(MOST);
            let error = several.into_iter().take(MOST).fold(error, Error::because);
            Err(if left > 0 { error.because(format!("and {left} more")) } else { error })
        }
    }
}

async fn nothing(app: &App, text: &str) -> Error {
    let error = Error::not_found(format!("there is no job, node, service or allocation {text:?}"));
    let names = async {
        let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
        let (jobs, nodes) = (job::list().namespace(namespace), node::list());
        let (jobs, nodes) = tokio::join!(nomad.list(&jobs), nomad.list(&nodes));
        let jobs = jobs.map(|r| r.value.into_iter().map(|j| j.id).collect::<Vec<_>>()).unwrap_or_default();
        let nodes =
            nodes.map(|r| r.value.into_iter().map(|n| n.name).collect::<Vec<_>>()).unwrap_or_default();
        Ok::<_, Error>([jobs, nodes].concat())
    };
    // What may have been meant is a courtesy.
    let names = names.await.unwrap_or_default();
    match suggest::nearest(text, names.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean {near:?}?")),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn a_job_goes_before_a_node_a_node_before_a_service_and_whole_names_before_beginnings() {
        let all = Found {
            jobs: vec![pair("web", "default"), pair("web-2", "default")],
            nodes: vec![pair("n1", "web")],
            services: vec!["web".into()],
            allocs: vec![],
        };
        assert_eq!(all.meant("web"), Ok(Some(NameMeaning::Job("web".into()))));
        let no_job = Found { jobs: vec![pair("web-2", "default")], ..all.clone() };
        assert_eq!(no_job.meant("web"), Ok(Some(NameMeaning::Node("n1".into()))));
        let service = Found { nodes: vec![], ..no_job };
        assert_eq!(service.meant("web"), Ok(Some(NameMeaning::Service("web".into()))));
        let beginning = Found { jobs: vec![pair("web-2", "ops")], ..Found::default() };
        assert_eq!(beginning.meant("we"), Ok(Some(NameMeaning::Job("web-2".into()))));
        let several = Found { allocs: vec![pair("abcdef12-0", "api.g[0]")], ..beginning };
        assert_eq!(
            several.meant("we"),
            Err(vec!["job web-2 (namespace ops)".to_owned(), "allocation abcdef12 (api.g[0])".to_owned()])
        );
        assert_eq!(Found::default().meant("x"), Ok(None));
    }
}
