//! `fleet status NAME`: one level down, whatever the name is.

use crate::api::nomad::{job, node};
use crate::app::App;
use crate::commands::alloc;
use crate::commands::job as job_verbs;
use crate::commands::node as node_verbs;
use crate::commands::service as service_verbs;
use crate::commands::shared::find::{FoundObject, ObjectKind, find};
use crate::error::{Error, Result};
use crate::model::suggest;

/// Shows what the name stands for.
///
/// # Errors
/// Not found (3), ambiguous (2), and whatever showing it may fail with.
pub(super) async fn run(app: &App, text: &str) -> Result<()> {
    let kinds = [ObjectKind::Job, ObjectKind::Node, ObjectKind::Service, ObjectKind::Alloc];
    match Box::pin(find(app, text, &kinds)).await? {
        Some(FoundObject::Job(key)) => {
            Box::pin(job_verbs::show::run(&job_verbs::show::Args::of(key.id), app)).await
        }
        Some(FoundObject::Node(n)) => node_verbs::show::run(&node_verbs::show::Args::of(n.id), app).await,
        Some(FoundObject::Service(name)) => {
            service_verbs::show::run(&service_verbs::show::Args::of(name), app).await
        }
        Some(FoundObject::Alloc(a)) => alloc::show::run(&alloc::show::Args::of(a.id), app).await,
        Some(FoundObject::Eval(_) | FoundObject::Deployment(_)) | None => Err(nothing(app, text).await),
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
        None => error.hint("`fleet job list`, `fleet node list` and `fleet service list` show what there is"),
    }
}
