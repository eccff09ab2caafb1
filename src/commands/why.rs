//! `fleet why`

use serde::Serialize;

use crate::app::App;
use crate::commands::shared::find::{FoundObject, ObjectKind, find};
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::why::{Evidence, Explanation, Planned, Suggestion};
use crate::ops::why::{self as reasons, Subject, WhyContext};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Tell in one sentence why a job, allocation, node, evaluation or deployment is as it is, and what helps.
///
/// The sentence comes first, then what it stands on, then the smallest changes that help. Where work finds no place, changes of
/// it are put to the cluster's own scheduler, which writes nothing: "planned, fits" or "not known". What was looked at, and what
/// could not be seen, is told. A job takes a bounded number of requests, however many instances it has and whatever the size of the
/// cluster: seven where it is well, and a few more for the log, the versions and the templates of the worst of its instances, or for the
/// room on the nodes where one finds no place, and one for each of its services with checks in Consul. Of two instances, the worst, the
/// checks are asked that Nomad runs, and two nodes of what has no checks for a sign of life; --all asks each of them.
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
  fleet why web --all
  fleet why web -o json")]
pub struct Args {
    /// A job, node, allocation, evaluation or deployment: its name, its id, or the beginning of one.
    #[arg(value_name = "NAME", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    name: String,

    /// What the name is of.
    #[arg(long, value_name = "KIND")]
    kind: Option<ObjectKind>,

    /// Ask every instance for its checks, and every node for a sign of life: one request for each.
    #[arg(long)]
    all: bool,
}

/// What was explained.
#[derive(Debug, Serialize)]
struct WhyView {
    kind: ObjectKind,
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

/// What is explained: the object the name is of.
struct Explained {
    kind: ObjectKind,
    id: String,
    name: String,
    namespace: Option<String>,
    subject: Subject,
}

impl Explained {
    fn of(object: FoundObject) -> Result<Self> {
        let (kind, id, name, namespace, subject) = match object {
            FoundObject::Job(key) => (
                ObjectKind::Job,
                key.id.clone(),
                key.id.clone(),
                Some(key.namespace.clone()),
                Subject::Job(key),
            ),
            FoundObject::Node(n) => (ObjectKind::Node, n.id.clone(), n.name, None, Subject::Node(n.id)),
            FoundObject::Alloc(a) => {
                (ObjectKind::Alloc, a.id.clone(), a.name, Some(a.namespace), Subject::Alloc(a.id))
            }
            FoundObject::Eval(e) => {
                let (id, name, namespace) = (e.id.clone(), e.job_id.clone(), e.namespace.clone());
                (ObjectKind::Eval, id, name, Some(namespace), Subject::Evaluation(e))
            }
            FoundObject::Deployment(d) => {
                let (id, name, namespace) = (d.id.clone(), d.job_id.clone(), d.namespace.clone());
                (ObjectKind::Deployment, id, name, Some(namespace), Subject::Deployment(d))
            }
            FoundObject::Service(name) => {
                return Err(Error::not_found(format!("{name} is a service, and nothing explains these"))
                    .hint("fleet service show tells its instances"));
            }
        };
        Ok(Explained { kind, id, name, namespace, subject })
    }
}

/// The one thing of that name.
async fn named(app: &App, args: &Args) -> Result<FoundObject> {
    let (nomad, name) = (app.nomad()?, args.name.as_str());
    Ok(match args.kind {
        Some(ObjectKind::Job) => FoundObject::Job(resolve::job(nomad, app.list_namespace()?, name).await?),
        Some(ObjectKind::Node) => FoundObject::Node(Box::new(resolve::node(nomad, name).await?)),
        Some(ObjectKind::Alloc) => FoundObject::Alloc(Box::new(resolve::alloc(nomad, name).await?)),
        Some(ObjectKind::Eval) => FoundObject::Eval(Box::new(resolve::evaluation(nomad, name).await?)),
        Some(ObjectKind::Deployment) => {
            FoundObject::Deployment(Box::new(resolve::deployment(nomad, name).await?))
        }
        Some(ObjectKind::Service) => FoundObject::Service(name.to_owned()),
        None => match find(app, name, &KINDS).await.map_err(say_which)? {
            Some(object) => object,
            // This says what is near.
            None => FoundObject::Job(resolve::job(nomad, app.list_namespace()?, name).await?),
        },
    })
}

/// What can be explained.
const KINDS: [ObjectKind; 5] =
    [ObjectKind::Job, ObjectKind::Alloc, ObjectKind::Node, ObjectKind::Eval, ObjectKind::Deployment];

/// Where several things are called so, `--kind` may tell them apart.
fn say_which(error: Error) -> Error {
    let same_kind = error.hints().iter().any(|hint| hint == resolve::WHICH_NAMESPACE);
    if error.code() == ExitCode::Usage && !same_kind {
        error.hint("--kind says which is meant")
    } else {
        error
    }
}

/// Explains it.
///
/// # Errors
/// Not found (3), ambiguous (2), or when it cannot be read.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let found = Explained::of(Box::pin(named(app, args)).await?)?;
    let asked =
        WhyContext { nomad: app.nomad()?, consul: app.consul()?, now: app.clock().now(), all: args.all };
    let explanation = Box::pin(reasons::explain(asked, &found.subject)).await?;
    let fine = explanation.is_fine();
    let Explained { kind, id, name, namespace, .. } = found;
    app.printer.object(&WhyView { kind, id, name, namespace, explanation })?;
    Ok(if fine { ExitCode::Pending } else { ExitCode::Done })
}
