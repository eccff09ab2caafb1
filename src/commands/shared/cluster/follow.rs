//! Looks at the cluster that follow one another as its events say: the one live source of `status --watch` and `ui`.

use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use super::{ClusterObservation, look};
use crate::api::http::Http;
use crate::api::nomad::event::Event;
use crate::app::App;
use crate::error::Result;
use crate::ops::events::{self, StreamMessage, Subscription};

/// What tells of changes that a look shows; `read-job` and `node:read` are enough for it.
const TOPICS: [&str; 5] = ["Job", "Allocation", "Evaluation", "Deployment", "Node"];
/// For how long a stream that broke is tried again.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Changes come in swarms; within this they count as one.
const SWARM: Duration = Duration::from_millis(300);
/// Checks and the health of servers tell no event: so often they are looked at all the same.
pub(crate) const AT_LATEST: Duration = Duration::from_secs(30);
/// So soon it is looked again where nothing could be read.
const LOST_AGAIN: Duration = Duration::from_secs(3);
/// Between two looks passes at least this, and this many times what a look took.
const PACE: (Duration, u32) = (Duration::from_secs(1), 4);

/// What is heard of the cluster.
pub(crate) enum Heard {
    /// A look at it.
    Seen(Box<ClusterObservation>),
    /// Something happened; a look follows.
    Event(Box<Event>),
    /// Why no events come; none when they come again.
    Deaf(Option<String>),
}

/// Looks at the cluster for ever, and tells what is heard. `again` asks for a look before an event does.
///
/// # Errors
/// When the settings are no good. What the cluster refuses stands in what is told.
pub(crate) async fn follow(app: &App, again: &Notify, tell: impl Fn(Heard)) -> Result<Infallible> {
    // Who shows what is heard shows its age as well: a line about an answer that takes long would go across it.
    let (nomad, consul, namespace) = (app.nomad()?.quietly(), app.consul()?, app.list_namespace()?);
    let (nomad, consul) = (&nomad, consul.map(Http::quietly));
    let subscription = Subscription {
        topics: TOPICS.map(str::to_owned).to_vec(),
        namespace: namespace.to_owned(),
        from: None,
    };
    let back = Notify::new();
    let hear = |told: StreamMessage| {
        match told {
            StreamMessage::Broken(why) => tell(Heard::Deaf(Some(why))),
            StreamMessage::Again => tell(Heard::Deaf(None)),
            StreamMessage::Gap { .. } => {}
            StreamMessage::Event(event) => tell(Heard::Event(event)),
        }
        again.notify_one();
        Ok(true)
    };
    let listen = async {
        loop {
            let ended = events::follow(nomad, &subscription, PATIENCE, hear).await;
            let why = ended.err().map_or_else(|| "the stream ended".to_owned(), |e| e.to_string());
            tell(Heard::Deaf(Some(why)));
            // Whether it is the stream alone that ended shows a look.
            again.notify_one();
            // A server that has just started is silent like one that refuses: later it may tell.
            tokio::select! {
                () = sleep(AT_LATEST) => {}
                () = back.notified() => {}
            }
        }
    };
    let watch = async {
        let mut was_lost = false;
        loop {
            let begun = Instant::now();
            let seen = Box::pin(look(nomad, consul.as_ref(), namespace, false, app.clock().now())).await;
            let is_lost = seen.is_lost();
            tell(Heard::Seen(Box::new(seen)));
            if std::mem::replace(&mut was_lost, is_lost) && !is_lost {
                back.notify_one();
            }
            let pace = (begun.elapsed() * PACE.1 + PACE.0).min(AT_LATEST);
            let (pace, at_latest) = if is_lost { (LOST_AGAIN, LOST_AGAIN) } else { (pace, AT_LATEST) };
            let (earliest, latest) = (Instant::now() + pace, Instant::now() + at_latest);
            tokio::select! {
                () = again.notified() => {
                    sleep(SWARM).await;
                    sleep_until(earliest).await;
                }
                () = sleep_until(latest) => {}
            }
        }
    };
    tokio::select! {
        never = listen => never,
        never = watch => never,
    }
}
