//! A rotation told to whoever watches it, here or from another machine: lines of what happened and a board of how it stands on a
//! terminal, dated lines in a log, NDJSON on request.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::commands::shared::rotation_words::sentence;
use crate::error::Result;
use crate::model::words;
use crate::ops::observe::Observer;
use crate::ops::rotate::history::Happening;
use crate::ops::rotate::story::{self, MoveStory, NodeState, NodeStory, Story};
use crate::ui::{Narration, Printer, duration_text};

/// More nodes at once are told as a number.
const MOST_NODES: usize = 8;
/// As many characters fit a terminal of 80 columns, beside what turns in front of them.
const NARROW: usize = 76;
/// Of a node so many moves are named.
const MOST_MOVES: usize = 3;

/// Tells a rotation. Dropping it removes the board.
pub(crate) struct RotationBoard {
    printer: Arc<Printer>,
    narration: Narration,
    events: Vec<Happening>,
    story: Option<Story>,
    /// What was waited for last.
    waiting: Vec<String>,
    /// When the last event was heard of, by the clock of this machine; it tells itself when it happened, by that of whoever rotates.
    heard_at: Timestamp,
}

impl RotationBoard {
    /// A board on which nothing stands yet; `before` happened in earlier runs and is not told again.
    pub(crate) fn new(printer: &Arc<Printer>, before: Vec<Happening>) -> Self {
        RotationBoard {
            printer: Arc::clone(printer),
            narration: Narration::new(printer),
            events: before,
            story: None,
            waiting: Vec::new(),
            heard_at: printer.now(),
        }
    }

    fn draw(&mut self) {
        let lines = if self.narration.is_live() {
            let story = self.story.get_or_insert_with(|| story::tell("", &self.events, 0));
            let since_heard = self.printer.now().duration_since(self.heard_at);
            let mut lines = board(story, story.last_at.map_or(self.heard_at, |last| last + since_heard));
            lines.extend(self.waiting.iter().cloned());
            lines
        } else {
            self.waiting.clone()
        };
        self.narration.waiting(&lines);
    }
}

impl Observer<Happening> for RotationBoard {
    fn record(&mut self, record: &Happening) -> Result<()> {
        self.events.push(record.clone());
        self.story = None;
        self.heard_at = self.printer.now();
        self.narration.tell(record.time, record, sentence(&record.event))
    }

    fn waiting(&mut self, lines: &[String]) {
        self.waiting = lines.to_vec();
        self.draw();
    }

    fn still(&mut self) {
        self.draw();
    }
}

/// How a rotation stands, in lines: the whole, then each node that is in hand. `now` is by the clock of whoever rotates.
pub(crate) fn board(story: &Story, now: Timestamp) -> Vec<String> {
    let mut lines = overview(story, now);
    let in_hand = |n: &&NodeStory| {
        matches!(
            n.state,
            NodeState::Emptying
                | NodeState::AwaitingBatch
                | NodeState::Sealing
                | NodeState::Empty
                | NodeState::Changing
                | NodeState::Returning
        )
    };
    let active: Vec<&NodeStory> = story.nodes.iter().filter(in_hand).collect();
    lines.extend(active.iter().take(MOST_NODES).map(|n| node_line(n, story)));
    if active.len() > MOST_NODES {
        lines.push(format!("and {} more in hand", words::count(active.len() - MOST_NODES, "node")));
    }
    lines
}

/// How the whole stands, and its times: in one line where that fits a narrow terminal.
fn overview(story: &Story, now: Timestamp) -> Vec<String> {
    let of = |state: NodeState| story.nodes.iter().filter(|n| n.state == state).count();
    let mut parts =
        vec![format!("{} of {} rotated", of(NodeState::Rotated), words::count(story.nodes.len(), "node"))];
    for state in [NodeState::Waiting, NodeState::LeftOut, NodeState::Restored] {
        if of(state) > 0 {
            parts.push(format!("{} {}", of(state), state.words()));
        }
    }
    let arrived = story.moves.iter().filter(|m| m.outcome.is_some()).count();
    let all = story.forecast.as_ref().map_or(0, |f| f.foreseen_moves).max(story.moves.len());
    if all > 0 {
        parts.push(format!("{arrived} of {} done", words::count(all, "move")));
    }
    let mut times = Vec::new();
    if let Some(begun) = story.begun_at {
        let gone = Duration::try_from(now.duration_since(begun)).unwrap_or_default();
        times.push(duration_text(gone));
        times.extend(left(gone, arrived, all).map(|left| format!("about {} left", duration_text(left))));
    }
    let line = |parts: &[String]| parts.join(" \u{b7} ");
    let whole = line(&[parts.as_slice(), times.as_slice()].concat());
    match whole.chars().count() <= NARROW || times.is_empty() {
        true => vec![whole],
        false => vec![line(&parts), line(&times)],
    }
}

/// How long the rest takes if it goes on as it went; none where too little was seen to say.
fn left(gone: Duration, arrived: usize, all: usize) -> Option<Duration> {
    let share = u32::try_from(arrived).ok().filter(|n| *n >= 2)?;
    let rest = u32::try_from(all.saturating_sub(arrived)).ok().filter(|n| *n > 0)?;
    Some(gone / share * rest)
}

fn node_line(node: &NodeStory, story: &Story) -> String {
    let of_node: Vec<&MoveStory> =
        story.moves.iter().filter(|m| m.from_node_name == node.node_name).collect();
    let arrived = of_node.iter().filter(|m| m.outcome.is_some()).count();
    let all = node.foreseen_moves.unwrap_or(0).max(of_node.len());
    let on_their_way: Vec<String> = of_node
        .iter()
        .filter(|m| m.outcome.is_none())
        .take(MOST_MOVES)
        .map(|m| match &m.to_node_name {
            Some(to) => format!("{} to {to}", m.name),
            None => format!("{} stopping", m.name),
        })
        .collect();
    let more = of_node.len().saturating_sub(arrived + on_their_way.len());
    let more = if more > 0 { format!(", {more} more") } else { String::new() };
    let moves = match (all, on_their_way.is_empty()) {
        (0, _) => String::new(),
        (all, true) => format!("  {arrived} of {all} moved"),
        (all, false) => format!("  {arrived} of {all} moved: {}{more}", on_their_way.join(", ")),
    };
    format!("{}  {}{moves}", node.node_name, node.state.words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::migration::{AllocRef, NodeRef};
    use crate::ops::rotate::event::Event;

    #[test]
    fn a_board_tells_the_whole_and_what_is_in_hand() {
        let at = |second: i64, event| Happening { time: Timestamp::from_second(second).unwrap(), event };
        let node = |name: &str| NodeRef { id: name.to_owned(), name: name.to_owned() };
        let alloc = |i: usize| AllocRef {
            id: format!("a{i}"),
            name: format!("web.g[{i}]"),
            job: "web".into(),
            namespace: "default".into(),
        };
        let mut events = vec![
            at(
                0,
                Event::Started {
                    rotation: "r".into(),
                    nodes: vec![node("c1"), node("c2")],
                    resumed: false,
                    purpose: Default::default(),
                },
            ),
            at(1, Event::NodeStarted { node: node("c1"), position: 1, of: 2, moves: 2 }),
        ];
        events.extend(
            (0..5).map(|i| at(2, Event::AllocStopped { alloc: alloc(i), node: node("c1"), evidence: None })),
        );
        let placed = Event::ReplacementPlaced { alloc: alloc(0), replacement: "b".into(), node: node("c4") };
        events.push(at(3, placed));
        let lines = board(&story::tell("r", &events, 0), Timestamp::from_second(65).unwrap());
        assert_eq!(
            lines,
            [
                "0 of 2 nodes rotated \u{b7} 0 of 5 moves done \u{b7} 1m 05s",
                "c1  emptying  0 of 5 moved: web.g[0] to c4, web.g[1] stopping, web.g[2] stopping, 2 more"
            ]
        );
        let told = story::tell("r", &events, 0);
        let waits = NodeStory { state: NodeState::Waiting, ..told.nodes[1].clone() };
        let moves = vec![told.moves[1].clone(); 120_000];
        let many = Story { nodes: vec![waits; 120_000], moves, ..told };
        assert_eq!(
            overview(&many, Timestamp::from_second(36_065).unwrap()),
            ["0 of 120000 nodes rotated \u{b7} 120000 waiting \u{b7} 0 of 120000 moves done", "10h 01m"]
        );
        assert_eq!(left(Duration::from_secs(60), 2, 6), Some(Duration::from_secs(120)));
        assert_eq!((left(Duration::from_secs(60), 1, 6), left(Duration::from_secs(60), 6, 6)), (None, None));
    }
}
