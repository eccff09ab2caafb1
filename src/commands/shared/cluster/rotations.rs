//! The rotations whose journals stand on the cluster: those under way, and those that were left unfinished.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::node::NodeStub;
use crate::commands::shared::rotation_state::{RaisedCount, RotationState};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::finding::{Finding, Kind, Severity};
use crate::model::ids::shell_word;
use crate::model::words;
use crate::ops::migration::lock;
use crate::ops::rotate::control;
use crate::ops::rotate::store::{self, Stored};

/// Of so many journals it is read what they say; of more it is told how many there are.
const MOST: usize = 8;

/// What was read of them.
#[derive(Debug, Default)]
pub(crate) struct RotationsSeen {
    read: Vec<RotationSeen>,
    /// How many journals were not read.
    more: usize,
}

/// A journal, whether a process is at work on it, and who asked for a pause.
#[derive(Debug)]
struct RotationSeen {
    stored: Stored,
    at_work: bool,
    paused: Option<String>,
    raised: Vec<RaisedCount>,
}

/// A rotation that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RotationLine {
    rotation: String,
    /// What it is, in words: a rotation, or a rebalance.
    what: String,
    user: String,
    host: String,
    started_at: Option<Timestamp>,
    last_event_at: Option<Timestamp>,
    nodes: usize,
    rotated: usize,
    /// Names of the nodes that were begun and are not rotated.
    in_hand: Vec<String>,
    #[serde(flatten)]
    state: RotationState,
    /// The command that follows it, goes on with it, or forgets it.
    next: String,
}

impl RotationsSeen {
    /// Whether none was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.read.is_empty() && self.more == 0
    }
}

/// Reads them: one request where there is none, and at most two for each of the first few and three for each count that they have raised,
/// beside two for all of them. None where the token may not see them, or the cluster has no variables.
pub(super) async fn look(nomad: &Http) -> Result<Option<RotationsSeen>> {
    let keys = match store::keys(nomad).await {
        Ok(keys) => keys,
        Err(e) if e.code() == ExitCode::Denied => return Ok(None),
        Err(e) => return Err(e),
    };
    let Some(keys) = keys else { return Ok(None) };
    if keys.is_empty() {
        return Ok(Some(RotationsSeen::default()));
    }
    let claims = lock::read_visible(nomad).await?;
    let of_key = async |key: &String| -> Result<Option<RotationSeen>> {
        let Some(stored) = store::load(nomad, key).await? else { return Ok(None) };
        let name = stored.state.rotation.clone().unwrap_or_default();
        let paused = control::read(nomad, &name).await?.map(|pause| pause.to_string());
        let raised = RaisedCount::of(nomad, &stored.state).await;
        Ok(Some(RotationSeen { at_work: lock::at_work(&claims, &name), paused, raised, stored }))
    };
    let first: Vec<_> = keys.iter().take(MOST).map(of_key).collect();
    let read: Vec<Option<RotationSeen>> = stream::iter(first).buffered(MOST).try_collect().await?;
    let more = keys.len().saturating_sub(MOST);
    Ok(Some(RotationsSeen { read: read.into_iter().flatten().collect(), more }))
}

/// Makes sure that there is none where none was seen: what the token may not see is left out of a list without a word. Of a token that
/// may see everything nobody needs to ask.
pub(super) async fn make_sure(nomad: &Http, none: RotationsSeen) -> Result<Option<RotationsSeen>> {
    match store::ensure_readable(nomad).await {
        Ok(()) => Ok(Some(none)),
        Err(e) if e.code() == ExitCode::Denied => Ok(None),
        Err(e) => Err(e),
    }
}

/// Says of nodes that take no work which of them closed it, and has not given it back: no drain of earlier has left it so.
pub(super) fn say_who_closed(seen: &RotationsSeen, findings: &mut [Finding]) {
    let closed = findings.iter_mut().filter(|f| f.kind == Kind::NodeIneligible);
    for finding in closed {
        let holds = |one: &&RotationSeen| {
            let state = &one.stored.state;
            let own = |id: &String| state.was.contains_key(id) && !state.rotated.contains_key(id);
            finding.id.as_ref().is_some_and(own)
        };
        if let Some(one) = seen.read.iter().find(holds) {
            finding.text = format!("ineligible: closed by {}", one.stored.holder.what);
        }
    }
}

/// What is to be said of them, on these nodes.
pub(super) fn assess(seen: RotationsSeen, nodes: &[NodeStub]) -> (Vec<RotationLine>, Vec<Finding>) {
    let lines: Vec<RotationLine> = seen.read.into_iter().map(|one| line(one, nodes)).collect();
    let mut findings: Vec<Finding> = lines.iter().map(RotationLine::finding).collect();
    if seen.more > 0 {
        findings.push(Finding {
            severity: Severity::Note,
            kind: Kind::RotationUnderWay,
            namespace: None,
            subject: "others".to_owned(),
            id: None,
            text: format!("{} more have not ended", words::count(seen.more, "rotation")),
            next: Some("fleet rotation list".to_owned()),
        });
    }
    (lines, findings)
}

fn line(RotationSeen { stored, at_work, paused, raised }: RotationSeen, nodes: &[NodeStub]) -> RotationLine {
    let Stored { state, holder, .. } = stored;
    let begun: BTreeSet<&String> =
        state.emptied.keys().filter(|id| !state.rotated.contains_key(*id)).collect();
    let in_hand = nodes.iter().filter(|n| begun.contains(&n.id)).map(|n| n.name.clone()).collect();
    let rotation = state.rotation.clone().unwrap_or_default();
    let now = RotationState::of(at_work, paused, raised, (&state, nodes));
    let name = shell_word(&rotation);
    let next = match (&now.given_up, now.at_work) {
        (Some(_), _) => format!("fleet rotation rollback {name}"),
        (None, true) => format!("fleet rotation watch {name}"),
        // What only shares its journal with rotations is not gone on with by name.
        (None, false) if !holder.what.starts_with("rotation ") => format!("fleet rotation rollback {name}"),
        (None, false) => format!("fleet rotation resume {name}"),
    };
    RotationLine {
        next,
        nodes: state.nodes().len(),
        rotated: state.rotated.len(),
        in_hand,
        what: holder.what,
        user: holder.user,
        host: holder.host,
        started_at: state.begun,
        last_event_at: state.last,
        state: now,
        rotation,
    }
}

impl RotationLine {
    /// How much of it is done, in words. What evens nodes out does nothing to a whole one.
    fn done(&self) -> String {
        let (done, nodes) = (self.rotated, words::count(self.nodes, "node"));
        match self.what.split(' ').next() {
            Some("rotation") => format!("{done} of {nodes} rotated"),
            Some("drain") => format!("{done} of {nodes} drained"),
            _ => nodes,
        }
    }

    /// One that goes on is under way; one that nobody is at work on has left nodes that take no work.
    fn finding(&self) -> Finding {
        let is_left = self.state.is_left();
        let (severity, kind) = match is_left {
            true => (Severity::Warning, Kind::RotationLeft),
            false => (Severity::Note, Kind::RotationUnderWay),
        };
        let how = match (&self.state.given_up, &self.state.paused) {
            (Some(why), _) => why.clone(),
            (None, Some(by)) if is_left => format!("left unfinished, and {by}"),
            (None, Some(by)) => by.clone(),
            (None, None) if is_left => "left unfinished: nobody is at work on it".to_owned(),
            (None, None) => "under way".to_owned(),
        };
        let names: Vec<&str> = self.in_hand.iter().map(String::as_str).collect();
        let in_hand = match names.is_empty() {
            true => String::new(),
            false => format!(", in hand: {}", words::first_few(&names, ", ")),
        };
        // While it is at work it gives them back itself.
        let raised = self.state.raised.iter().filter(|_| is_left);
        let raised: String = raised.map(|raised| format!("; {}", raised.line())).collect();
        let since = self.started_at.map(|at| format!(" since {at:.0}")).unwrap_or_default();
        Finding {
            severity,
            kind,
            namespace: None,
            subject: self.rotation.clone(),
            id: None,
            text: format!("{how}; {}{in_hand}; by {}@{}{since}{raised}", self.done(), self.user, self.host,),
            next: Some(self.next.clone()),
        }
    }
}
