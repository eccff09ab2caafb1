//! `fleet why`

use clap::ValueEnum;
use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::evaluation::Evaluation;
use crate::api::nomad::job::JobStub;
use crate::api::nomad::node::NodeStub;
use crate::api::nomad::{ALL_NAMESPACES, allocation, deployment, evaluation, job, node};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::ids::{IdPrefix, JobKey, short};
use crate::model::why::{Evidence, Explanation, Planned, Suggestion};
use crate::ops::why::{self as reasons, Asked, Subject};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Tell in one sentence why a job, allocation, node, evaluation or deployment is as it is, and what helps.
///
/// The sentence comes first, then what it stands on, then the smallest changes that help. Where work finds no place, changes of
/// it are put to the cluster's own scheduler, which writes nothing: "planned, fits" or "not known". What was looked at, and what
/// could not be seen, is told. A job takes eight requests whatever the size of the cluster, and one for each of its instances
/// whose checks Nomad runs, fifty at most, and for each variable that its templates read, three at most.
///
/// The name is looked for among the ids of jobs first, then among the names of nodes, then among the beginnings of ids of
/// everything; --kind says which is meant.
///
/// The exit code is 0 when there is an answer, 8 when nothing is wrong with it, 3 when there is no such thing. The field "code"
/// of the JSON output names the kind of answer, and stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet why web
  fleet why c783f447
  fleet why c4 --kind node
  fleet why web -o json")]
pub struct Args {
    /// A job, node, allocation, evaluation or deployment: its name, its id, or the beginning of one.
    #[arg(value_name = "NAME", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    name: String,

    /// What the name is of.
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Job,
    Alloc,
    Node,
    Eval,
    Deployment,
}

/// What was explained.
#[derive(Debug, Serialize)]
struct WhyView {
    kind: Kind,
    id: String,
    name: String,
    namespace: Option<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

impl Tabular for Evidence {
    const COLUMNS: &'static [Column] = &[column("ABOUT").wraps(), column("SEEN").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.about), Cell::text(&self.text)]
    }
}

/// A suggestion in lines.
fn lines(s: &Suggestion) -> Vec<(String, Tone)> {
    let tone = match s.planned {
        Some(Planned::Fits) => Tone::Good,
        Some(Planned::DoesNotFit) => Tone::Dim,
        _ => Tone::Plain,
    };
    let mut all = vec![(s.text.clone(), tone)];
    all.extend(s.command.iter().map(|c| (format!("  {c}"), Tone::Strong)));
    all
}

impl Describe for WhyView {
    fn describe(&self) -> Detail {
        let e = &self.explanation;
        let tone = if e.is_fine() { Tone::Good } else { Tone::Strong };
        Detail::new()
            .lines(None, [(e.sentence.clone(), tone)])
            .table("Evidence", &e.evidence)
            .lines(Some("What helps"), e.suggestions.iter().flat_map(lines))
            .lines(Some("Not known"), e.not_known.iter().map(|text| (text.clone(), Tone::Warn)))
            .lines(Some("Looked at"), [(e.looked_at.join(", "), Tone::Dim)])
    }
}

/// Something the name may mean.
enum Candidate {
    Job(JobStub),
    Node(NodeStub),
    Alloc(AllocStub),
    Eval(Evaluation),
    Deployment(Deployment),
}

impl Candidate {
    fn line(&self) -> String {
        match self {
            Candidate::Job(j) => format!("job {} (namespace {})", j.id, j.namespace),
            Candidate::Node(n) => format!("node {} {}", short(&n.id), n.name),
            Candidate::Alloc(a) => format!("allocation {} {} on {}", short(&a.id), a.name, a.node_name),
            Candidate::Eval(e) => format!("evaluation {} {} by {}", short(&e.id), e.job_id, e.triggered_by),
            Candidate::Deployment(d) => {
                format!("deployment {} {} version {}", short(&d.id), d.job_id, d.job_version)
            }
        }
    }

    fn subject(self) -> Found {
        match self {
            Candidate::Job(j) => Found::job(JobKey::new(j.namespace, j.id)),
            Candidate::Node(n) => Found::node(n),
            Candidate::Alloc(a) => Found::alloc(a),
            Candidate::Eval(e) => Found::eval(e),
            Candidate::Deployment(d) => Found::deployment(d),
        }
    }
}

/// What the name means.
struct Found {
    kind: Kind,
    id: String,
    name: String,
    namespace: Option<String>,
    subject: Subject,
}

impl Found {
    fn job(key: JobKey) -> Self {
        let (id, namespace) = (key.id.clone(), Some(key.namespace.clone()));
        Found { kind: Kind::Job, name: id.clone(), id, namespace, subject: Subject::Job(key) }
    }

    fn node(n: NodeStub) -> Self {
        Found {
            kind: Kind::Node,
            id: n.id.clone(),
            name: n.name,
            namespace: None,
            subject: Subject::Node(n.id),
        }
    }

    fn alloc(a: AllocStub) -> Self {
        let subject = Subject::Alloc(a.id.clone());
        Found { kind: Kind::Alloc, id: a.id, name: a.name, namespace: Some(a.namespace), subject }
    }

    fn eval(e: Evaluation) -> Self {
        let (id, name, namespace) = (e.id.clone(), e.job_id.clone(), Some(e.namespace.clone()));
        Found { kind: Kind::Eval, id, name, namespace, subject: Subject::Evaluation(Box::new(e)) }
    }

    fn deployment(d: Deployment) -> Self {
        let (id, name, namespace) = (d.id.clone(), d.job_id.clone(), Some(d.namespace.clone()));
        Found { kind: Kind::Deployment, id, name, namespace, subject: Subject::Deployment(Box::new(d)) }
    }
}

/// The one thing of that name.
async fn find(app: &App, args: &Args) -> Result<Found> {
    let (nomad, name) = (app.nomad()?, args.name.as_str());
    Ok(match args.kind {
        Some(Kind::Job) => Found::job(resolve::job(nomad, app.list_namespace()?, name).await?),
        Some(Kind::Node) => Found::node(resolve::node(nomad, name).await?),
        Some(Kind::Alloc) => Found::alloc(resolve::alloc(nomad, name).await?),
        Some(Kind::Eval) => Found::eval(resolve::evaluation(nomad, name).await?),
        Some(Kind::Deployment) => Found::deployment(resolve::deployment(nomad, name).await?),
        None => return Box::pin(find_any(nomad, app.list_namespace()?, name)).await,
    })
}

/// Jobs first, then nodes, then whatever has an id that begins so.
async fn find_any(nomad: &Http, namespace: &str, name: &str) -> Result<Found> {
    let jobs = match nomad.list(&job::list().namespace(namespace).prefix(Some(name))).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_denied() => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    let exact = jobs.iter().filter(|j| j.id == name).count();
    if exact == 1 {
        let job = jobs.into_iter().find(|j| j.id == name);
        return Ok(job
            .map(Candidate::Job)
            .map_or_else(|| Found::job(JobKey::new(namespace, name)), Candidate::subject));
    }
    let mut found: Vec<Candidate> =
        jobs.into_iter().filter(|j| exact == 0 || j.id == name).map(Candidate::Job).collect();
    if exact == 0 {
        let (nodes, prefixed) = tokio::join!(nodes(nomad, name), by_id(nomad, name));
        let nodes = nodes?;
        if let Some(node) = nodes.iter().find(|n| n.name == name) {
            return Ok(Found::node(node.clone()));
        }
        found.extend(nodes.into_iter().map(Candidate::Node));
        found.extend(prefixed?);
    }
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one.subject()),
        (Some(last), false) => {
            found.push(last);
            Err(resolve::ambiguous("thing", name, found.iter().map(Candidate::line))
                .hint("write more of it, or say which with --kind"))
        }
        // Whoever may not list jobs still finds one by its whole id; else this says what is near.
        (None, _) => Ok(Found::job(resolve::job(nomad, namespace, name).await?)),
    }
}

/// Nodes of that name or id.
async fn nodes(nomad: &Http, name: &str) -> Result<Vec<NodeStub>> {
    let all = match nomad.list(&node::list()).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_denied() => return Ok(Vec::new()),
        Err(e) => return Err(e.into()),
    };
    let prefix = IdPrefix::parse(name);
    let fits = |n: &NodeStub| n.name == name || prefix.as_ref().is_some_and(|p| p.matches(&n.id));
    Ok(all.into_iter().filter(fits).collect())
}

/// Allocations, evaluations and deployments whose ids begin so.
async fn by_id(nomad: &Http, name: &str) -> Result<Vec<Candidate>> {
    let Some(prefix) = IdPrefix::parse(name) else { return Ok(Vec::new()) };
    let (allocs, evals, deployments) = (
        allocation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server()),
        evaluation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server()),
        deployment::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server()),
    );
    let (allocs, evals, deployments) =
        tokio::try_join!(nomad.list(&allocs), nomad.list(&evals), nomad.list(&deployments))?;
    let allocs = allocs.value.into_iter().filter(|a| prefix.matches(&a.id)).map(Candidate::Alloc);
    let evals = evals.value.into_iter().filter(|e| prefix.matches(&e.id)).map(Candidate::Eval);
    let deployments =
        deployments.value.into_iter().filter(|d| prefix.matches(&d.id)).map(Candidate::Deployment);
    Ok(allocs.chain(evals).chain(deployments).collect())
}

/// Explains it.
///
/// # Errors
/// Not found (3), ambiguous (2), or when it cannot be read.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let found = Box::pin(find(app, args)).await?;
    let asked = Asked { nomad: app.nomad()?, consul: app.consul()?, now: app.clock().now() };
    let explanation = Box::pin(reasons::explain(asked, &found.subject)).await?;
    let fine = explanation.is_fine();
    let Found { kind, id, name, namespace, .. } = found;
    app.printer.object(&WhyView { kind, id, name, namespace, explanation })?;
    Ok(if fine { ExitCode::Pending } else { ExitCode::Done })
}
