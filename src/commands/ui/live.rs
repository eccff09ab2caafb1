//! Where what is shown comes from: looks at the whole cluster as its events say, what is inside of the things that were opened, what
//! is used by what is on the screen, and the rotations. All of it goes on side by side, and nothing is asked that nobody looks at.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::{picture, rotations};
use crate::api::http::{Http, Patience};
use crate::api::nomad::event::Event;
use crate::api::nomad::{alloc_client, allocation, job, node_client, quoted};
use crate::app::App;
use crate::commands::shared::cluster::{self, Heard};
use crate::commands::shared::{present, resolve};
use crate::error::Result;
use crate::model::ids::JobKey;
use crate::model::usage::Load;
use crate::ui::tui::{Contents, Opened, RotationSeen, Used};

/// How long what is inside of something may be asked for.
const WITHIN: Duration = Duration::from_secs(15);
/// Between two looks inside passes at least this, and this many times what a look took.
const PACE: (Duration, u32) = (Duration::from_millis(500), 2);
/// So many things are looked into side by side.
const AT_ONCE: usize = 4;
/// How often what is used is asked.
const USED_EVERY: Duration = Duration::from_secs(3);
/// Whoever takes longer to tell what it uses does not tell.
const USED_WITHIN: Duration = Duration::from_secs(4);
/// Asked side by side for what they use.
const USED_AT_ONCE: usize = 32;

/// What was heard.
pub(super) enum Told {
    /// Of the whole cluster.
    Cluster(Heard),
    /// Of what is inside of something.
    Inside(Opened, Contents),
    /// Of the rotations.
    Rotations(Result<Vec<RotationSeen>, String>),
    /// What is used.
    Used(Used),
}

/// What is looked at.
#[derive(Default)]
pub(super) struct Wanted {
    /// What was opened, and whether it has to be asked.
    opened: RefCell<BTreeMap<Opened, bool>>,
    /// Something was opened.
    fresh: Notify,
    /// Something that is open has changed.
    changed: Notify,
    /// The cluster is to be looked at.
    pub(super) again: Notify,
    /// The full ids of the allocations and nodes whose use is shown.
    pub(super) on_screen: RefCell<(Vec<String>, Vec<String>)>,
}

impl Wanted {
    /// Something was opened.
    pub(super) fn open(&self, what: Opened) {
        self.opened.borrow_mut().insert(what, true);
        self.fresh.notify_one();
    }

    /// Something was closed.
    pub(super) fn close(&self, what: &Opened) {
        self.opened.borrow_mut().remove(what);
    }

    /// The cluster was seen: what is open may look otherwise now.
    pub(super) fn all_changed(&self) {
        self.opened.borrow_mut().values_mut().for_each(|due| *due = true);
        self.changed.notify_one();
    }

    /// Something happened: what it is about is asked again.
    pub(super) fn happened(&self, event: &Event) {
        let mut any = false;
        for (opened, due) in self.opened.borrow_mut().iter_mut() {
            if concerns(event, opened) {
                (*due, any) = (true, true);
            }
        }
        if any {
            self.changed.notify_one();
        }
    }

    fn take_due(&self) -> Vec<Opened> {
        let mut opened = self.opened.borrow_mut();
        opened.iter_mut().filter_map(|(what, due)| std::mem::take(due).then(|| what.clone())).collect()
    }
}

/// Whether an event is about something, or about what is inside of it.
fn concerns(event: &Event, opened: &Opened) -> bool {
    let field = |name: &str| {
        let object = event.payload.as_object().and_then(|payload| payload.values().next());
        object.and_then(|object| object.get(name)).and_then(Value::as_str).unwrap_or_default()
    };
    match opened {
        Opened::Job(JobKey { namespace, id }) => {
            event.namespace == *namespace && (event.key == *id || field("JobID") == id)
        }
        Opened::Node(id) => event.key == *id || field("NodeID") == id,
    }
}

/// Tells all of it for ever.
///
/// # Errors
/// When the settings are no good.
pub(super) async fn sources(app: &App, wanted: &Wanted, tell: impl Fn(Told)) -> Result<Infallible> {
    tokio::select! {
        ended = cluster::follow(app, &wanted.again, |heard| tell(Told::Cluster(heard))) => ended,
        ended = insides(app, wanted, &tell) => ended,
        ended = uses(app, wanted, &tell) => ended,
        ended = rotations::follow(app, |told| tell(Told::Rotations(told))) => ended,
    }
}

async fn insides(app: &App, wanted: &Wanted, tell: &impl Fn(Told)) -> Result<Infallible> {
    let nomad = app.nomad()?.quietly().with_patience(Patience(WITHIN));
    loop {
        let due = wanted.take_due();
        if due.is_empty() {
            tokio::select! {
                () = wanted.fresh.notified() => {}
                () = wanted.changed.notified() => {}
            }
            continue;
        }
        let begun = Instant::now();
        let looks = stream::iter(due).map(|what| {
            let nomad = &nomad;
            async move {
                let contents = Box::pin(look_inside(app, nomad, &what)).await;
                (what, contents)
            }
        });
        let mut looks = std::pin::pin!(looks.buffer_unordered(AT_ONCE));
        while let Some((what, contents)) = looks.next().await {
            let contents =
                contents.unwrap_or_else(|why| Contents { not_known: Some(why), ..Contents::default() });
            tell(Told::Inside(what, contents));
        }
        tokio::select! {
            () = sleep(begun.elapsed() * PACE.1 + PACE.0) => {}
            () = wanted.fresh.notified() => {}
        }
    }
}

/// What is inside of something; why it is not known. A few requests, and one for each allocation whose checks Nomad runs, two hundred
/// at most.
async fn look_inside(app: &App, nomad: &Http, what: &Opened) -> std::result::Result<Contents, String> {
    let (consul, now) = (app.consul().map_err(|e| e.to_string())?, app.clock().now());
    match what {
        Opened::Job(JobKey { namespace, id }) => {
            let only = resolve::job_filter(id);
            let (get, of_job) = (job::get(namespace, id).stale(), allocation::of_job(namespace, id).stale());
            let (job, allocs, present) = tokio::join!(
                nomad.read(&get),
                nomad.read(&of_job),
                present::look(nomad, consul, namespace, Some(&only), false, now),
            );
            let present = present.map_err(|e| e.to_string());
            let (job, allocs) =
                (job.map_err(|e| e.to_string())?.value, allocs.map_err(|e| e.to_string())?.value);
            Ok(picture::of_inside_job(&job, allocs, &present, now))
        }
        Opened::Node(id) => {
            let namespace = app.list_namespace().map_err(|e| e.to_string())?;
            let only = format!("NodeID == {}", quoted(id));
            let on_node = allocation::list_with_tasks().namespace(namespace).filter(Some(&only)).stale();
            let (allocs, present) = tokio::join!(
                nomad.list(&on_node),
                present::look(nomad, consul, namespace, Some(&only), false, now),
            );
            let present = present.map_err(|e| e.to_string());
            Ok(picture::of_inside_node(allocs.map_err(|e| e.to_string())?.value, &present, now))
        }
    }
}

async fn uses(app: &App, wanted: &Wanted, tell: &impl Fn(Told)) -> Result<Infallible> {
    let nomad = app.nomad()?.quietly().with_patience(Patience(USED_WITHIN));
    loop {
        let (allocs, nodes) = wanted.on_screen.borrow().clone();
        if !allocs.is_empty() || !nodes.is_empty() {
            tell(Told::Used(used(&nomad, allocs, nodes).await));
        }
        sleep(USED_EVERY).await;
    }
}

/// What these use; those that do not tell are left out.
async fn used(nomad: &Http, allocs: Vec<String>, nodes: Vec<String>) -> Used {
    let all = allocs.into_iter().map(|id| (id, true)).chain(nodes.into_iter().map(|id| (id, false)));
    let asked = stream::iter(all).map(|(id, is_alloc)| async move {
        let load = timeout(USED_WITHIN, async {
            if is_alloc {
                Load::of_alloc(&nomad.read(&alloc_client::stats(&id)).await.ok()?.value)
            } else {
                Some(Load::of_node(&nomad.read(&node_client::stats(&id)).await.ok()?.value))
            }
        });
        let load = load.await.ok().flatten();
        load.map(|load| (id, load))
    });
    asked.buffer_unordered(USED_AT_ONCE).filter_map(|told| async move { told }).collect().await
}
