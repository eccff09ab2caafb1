//! `fleet events`

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::event::Event;
use crate::app::App;
use crate::commands::shared::jobfile::secrets_of_object;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::event_words;
use crate::model::redaction::{HIDDEN, Secrets};
use crate::model::suggest;
use crate::ops::events::{self, StreamMessage, Subscription};
use crate::ui::{Tone, duration};

/// For how long a stream that broke is tried again.
const PATIENCE: Duration = Duration::from_secs(300);

/// Follow what happens in the cluster: jobs, allocations, evaluations, deployments, nodes, services.
///
/// It begins with what the server that is asked still remembers, and goes on until Ctrl-C. A broken connection is taken up
/// again where it broke; where something may be missing it is said. With -o json-lines each event comes with its
/// whole object, without the secrets in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet events
  fleet events --topic Allocation --job web
  fleet events --topic Node --node c1 --since 10m
  fleet events --topic Deployment --namespace ops -o json-lines")]
pub struct Args {
    /// Only these topics: Job, Allocation, Evaluation, Deployment, Node, Service, NodePool, Variable and the like.
    ///
    /// Unless named it is the first six, since others need a management token.
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,

    /// Only what is about this job.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Option<String>,

    /// Only what is about this node.
    #[arg(long, value_name = "NODE", conflicts_with = "job", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: Option<String>,

    /// Only what happened within this time before now; events that tell no time are shown.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    since: Option<Duration>,

    /// From this raft index on, as an earlier run printed it.
    #[arg(long, value_name = "INDEX")]
    from_index: Option<u64>,

    /// Show the secrets in objects too; only machines are told whole objects.
    #[arg(long)]
    show_secrets: bool,

    /// End after so many events.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
}

/// The topics a token with `read-job` and `node:read` may have.
const USUAL: [&str; 6] = ["Job", "Allocation", "Evaluation", "Deployment", "Node", "Service"];

/// All topics of Nomad 2.0 (`nomad-api.md §8`).
const TOPICS: [&str; 17] = [
    "Job",
    "Allocation",
    "Evaluation",
    "Deployment",
    "Node",
    "Service",
    "NodePool",
    "HostVolume",
    "CSIVolume",
    "CSIPlugin",
    "Variable",
    "ACLToken",
    "ACLPolicy",
    "ACLRole",
    "ACLAuthMethod",
    "ACLBindingRule",
    "Operator",
];

/// Says so of topics of which there may never be an event. A server may know more than this program.
fn warn_of_unknown(app: &App, topics: &[String]) {
    let is_known = |topic: &&str| *topic == "*" || TOPICS.contains(topic);
    let named = topics.iter().map(|topic| topic.split(':').next().unwrap_or_default());
    for topic in named.filter(|topic| !is_known(topic)) {
        let near = suggest::nearest(topic, TOPICS);
        let near = near.map_or_else(|| TOPICS.join(", "), |near| format!("did you mean {near:?}?"));
        app.printer
            .warn(&format!("no topic {topic:?} is known, and none of its events may ever come: {near}"));
    }
}

/// An event as machines are told it.
#[derive(Debug, Serialize)]
struct EventView<'a> {
    event: &'static str,
    at: Option<Timestamp>,
    #[serde(flatten)]
    what: &'a Event,
}

/// Something about the stream itself.
#[derive(Debug, Serialize)]
struct OfStream {
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before_index: Option<u64>,
}

/// Follows the events.
///
/// # Errors
/// Not found (3), refused rights (4), unreachable (5).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    // Of a namespace that does not exist there would never be an event.
    resolve::namespace(app).await?;
    let mut namespace = app.list_namespace()?.to_owned();
    let key = match (&args.job, &args.node) {
        (Some(job), _) => {
            let job = resolve::job(nomad, &namespace, job).await?;
            namespace = job.namespace;
            Some(job.id)
        }
        (_, Some(node)) => Some(resolve::node(nomad, node).await?.id),
        _ => None,
    };
    let usual = || {
        let of_node = ["Node"];
        let of_job = ["Job", "Allocation", "Evaluation", "Deployment", "Service"];
        match (&args.job, &args.node) {
            (Some(_), _) => of_job.to_vec(),
            (_, Some(_)) => of_node.to_vec(),
            _ => USUAL.to_vec(),
        }
    };
    warn_of_unknown(app, &args.topic);
    let topics: Vec<&str> =
        if args.topic.is_empty() { usual() } else { args.topic.iter().map(String::as_str).collect() };
    let with_key =
        |topic: &&str| key.as_ref().map_or_else(|| (*topic).to_owned(), |key| format!("{topic}:{key}"));
    let subscription = Subscription {
        topics: topics.iter().map(with_key).collect(),
        namespace: if namespace.is_empty() { ALL_NAMESPACES.to_owned() } else { namespace },
        from: args.from_index,
    };
    let since = args.since.map(|d| app.printer.now() - jiff::SignedDuration::try_from(d).unwrap_or_default());
    let hides = app.printer.is_machine() && !args.show_secrets;
    let (send, mut heard) = mpsc::unbounded_channel();
    let hear = async move {
        events::follow(nomad, &subscription, PATIENCE, move |told| Ok(send.send(told).is_ok())).await
    };
    let tell = async {
        let (mut left, mut begun) = (args.count, since.is_none());
        let mut hider = Hider::default();
        while let Some(mut told) = heard.recv().await {
            if let (false, StreamMessage::Event(event)) = (begun, &told) {
                begun = true;
                forgotten(app, event_words::happened_at(event), since)?;
            }
            // People are told no objects.
            if let (StreamMessage::Event(event), true) = (&mut told, hides) {
                hider.hide(app, event).await;
            }
            show(app, told, since, &mut left)?;
            if left == Some(0) || app.printer.is_closed() {
                break;
            }
        }
        // What was only passed on ends as in any pipe.
        if app.printer.is_closed() { Err(Error::output_closed()) } else { Ok(()) }
    };
    tokio::pin!(tell);
    let ended = tokio::select! {
        told = &mut tell => return told,
        ended = hear => ended,
    };
    tell.await?;
    ended
}

/// Hides the secrets in the objects of events.
#[derive(Default)]
struct Hider {
    /// What is secret in objects of jobs; none where that is not known.
    known: HashMap<JobObject, Option<Secrets>>,
    /// Whether it was said that objects are left out.
    told: bool,
}

impl Hider {
    /// Takes them out of an event. A few requests for each version of a job: a value may stand anywhere in it, and only its file tells.
    /// Where that cannot be read the job, and what was made from it, is left out.
    async fn hide(&mut self, app: &App, event: &mut Event) {
        let mut secrets = Secrets::default();
        if let Some(object) = job_of(&event.payload) {
            if !self.known.contains_key(&object) {
                let known = secrets_of_object(app, &object.namespace, &object.id, object.version).await;
                self.known.insert(object.clone(), known.ok());
            }
            match &self.known[&object] {
                Some(known) => secrets = known.clone(),
                None => self.leave_out(app, &object, &mut event.payload),
            }
        }
        secrets.and_document(&event.payload).redact(&mut event.payload);
    }

    fn leave_out(&mut self, app: &App, object: &JobObject, payload: &mut Value) {
        for name in ["Job", "Allocation"] {
            if payload[name].is_object() {
                payload[name] = HIDDEN.into();
            }
        }
        if !std::mem::replace(&mut self.told, true) {
            app.printer.warn(&format!(
                "objects of job {} are left out: its file, which tells what in them is secret, could not be read \
                 (--show-secrets shows them)",
                object.id
            ));
        }
    }
}

/// A job that an object is, or is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct JobObject {
    namespace: String,
    id: String,
    /// The version, where the object tells it.
    version: Option<u64>,
    /// Index of its creation, of an allocation that does not tell the version: those of one version are made together.
    made: Option<u64>,
}

/// The job in an object, or of which it is.
fn job_of(payload: &Value) -> Option<JobObject> {
    let alloc = &payload["Allocation"];
    let job = if payload["Job"].is_object() { &payload["Job"] } else { &alloc["Job"] };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if job.is_object() {
        let (namespace, id) = (text(&job["Namespace"])?, text(&job["ID"])?);
        return Some(JobObject { namespace, id, version: job["Version"].as_u64(), made: None });
    }
    // The stream leaves the job of an allocation out.
    let (namespace, id) = (text(&alloc["Namespace"])?, text(&alloc["JobID"])?);
    Some(JobObject { namespace, id, version: None, made: alloc["CreateIndex"].as_u64() })
}

/// Says so where the server remembers less than was asked for: the first event it tells is its oldest one.
fn forgotten(app: &App, oldest: Option<Timestamp>, since: Option<Timestamp>) -> Result<()> {
    let (Some(oldest), Some(since)) = (oldest, since) else { return Ok(()) };
    if oldest <= since {
        return Ok(());
    }
    let why = format!(
        "what happened before {oldest:.0} is not known: the server remembers no older event of these topics"
    );
    if app.printer.is_machine() {
        return app.printer.event(&OfStream {
            event: "gap",
            why: Some(why),
            after_index: None,
            before_index: None,
        });
    }
    app.printer.warn(&why);
    Ok(())
}

fn show(app: &App, told: StreamMessage, since: Option<Timestamp>, left: &mut Option<u64>) -> Result<()> {
    let printer = &app.printer;
    match told {
        StreamMessage::Event(event) => {
            let at = event_words::happened_at(&event);
            if matches!((at, since), (Some(at), Some(since)) if at < since) {
                return Ok(());
            }
            if let Some(left) = left {
                *left -= 1;
            }
            if printer.is_machine() {
                return printer.event(&EventView { event: "happened", at, what: &event });
            }
            let time = at.map_or_else(|| "-".to_owned(), |at| format!("{at:.0}"));
            let line = [
                time,
                event.index.to_string(),
                event.topic.clone(),
                event.kind.clone(),
                event.key.clone(),
                event_words::words(&event),
            ];
            printer.text(&format!("{}\n", line.map(|part| crate::ui::sanitize(&part)).join("  ")))
        }
        StreamMessage::Broken(why) if printer.is_machine() => printer.event(&OfStream {
            event: "stream-broken",
            why: Some(why),
            after_index: None,
            before_index: None,
        }),
        StreamMessage::Broken(why) => {
            printer.say(&format!("the stream broke ({why}); it is taken up again"), Tone::Warn);
            Ok(())
        }
        StreamMessage::Again => Ok(()),
        StreamMessage::Gap { after, before } if printer.is_machine() => printer.event(&OfStream {
            event: "gap",
            why: None,
            after_index: Some(after),
            before_index: Some(before),
        }),
        StreamMessage::Gap { after, before } => {
            printer
                .warn(&format!("whether something happened between index {after} and {before} is not known"));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_of_a_job_whether_it_holds_one_or_not() {
        let of = |payload: Value| job_of(&payload).map(|job| (job.id, job.version, job.made));
        let job = json!({"Namespace": "default", "ID": "web", "Version": 3});
        let web = || "web".to_owned();
        assert_eq!(of(json!({"Job": job})), Some((web(), Some(3), None)));
        assert_eq!(of(json!({"Allocation": {"Job": job, "CreateIndex": 7}})), Some((web(), Some(3), None)));
        let bare =
            json!({"Allocation": {"Job": null, "Namespace": "default", "JobID": "web", "CreateIndex": 7}});
        assert_eq!(of(bare), Some((web(), None, Some(7))));
        assert_eq!(of(json!({"Node": {"ID": "n1"}})), None);
    }
}
