//! The timeline of a rotation as SVG: a bar for every state of a node, a line for every allocation that left it. What a bar means
//! is told by its pattern and its words, not by its colour alone.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::commands::rotation::report::page::{at_most, clock, outcome, seconds_text};
use crate::commands::shared::markup::escaped;
use crate::model::words;
use crate::ops::rotate::event::Outcome;
use crate::ops::rotate::story::{MoveStory, NodeState, NodeStory, Story};

const WIDTH: f64 = 1000.0;
/// Room for the names.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 28.0;
const NODE_ROW: f64 = 24.0;
const MOVE_ROW: f64 = 15.0;
/// More lines than this are no picture any more: then only nodes are drawn.
const MOST_MOVES: usize = 400;
/// A letter of the names is about so wide.
const LETTER: f64 = 6.6;

/// Every state that lasts, with the class its bar has.
const STATES: [(NodeState, &str); 7] = [
    (NodeState::Waiting, "waiting"),
    (NodeState::Emptying, "emptying"),
    (NodeState::AwaitingBatch, "batch"),
    (NodeState::Sealing, "sealing"),
    (NodeState::Empty, "empty"),
    (NodeState::Changing, "changing"),
    (NodeState::Returning, "returning"),
];

/// The patterns of the bars, which tell them apart where there is no colour.
pub(super) const PATTERNS: &str = r##"<defs>
<pattern id="p-waiting" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-waiting" width="6" height="6"/><circle class="ink" cx="3" cy="3" r=".8"/></pattern>
<pattern id="p-emptying" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-emptying" width="7" height="7"/><rect class="ink" width="1.4" height="7"/></pattern>
<pattern id="p-batch" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="f-batch" width="8" height="8"/><path class="line" d="M0 4H8M4 0V8"/></pattern>
<pattern id="p-sealing" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="f-sealing" width="7" height="7"/><rect class="ink" width="3" height="7"/></pattern>
<pattern id="p-empty" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-empty" width="6" height="6"/></pattern>
<pattern id="p-changing" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-changing" width="6" height="6"/><path class="line" d="M0 0L6 6M6 0L0 6"/></pattern>
<pattern id="p-returning" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-returning" width="6" height="6"/><path class="line" d="M0 3H6"/></pattern>
</defs>"##;

/// The picture, or why there is none.
pub(super) fn draw(story: &Story, now: Timestamp) -> String {
    let Some((begun, last)) = story.begun_at.zip(story.last_at) else {
        return "<p>Nothing has happened yet.</p>".to_owned();
    };
    let open = story.nodes.iter().flat_map(|n| &n.spans).any(|s| s.until.is_none());
    let end = if open { now.max(last) } else { last };
    let axis = Axis { begun, end };
    let with_moves = story.moves.len() <= MOST_MOVES;
    let mut body = String::new();
    let mut y = TOP;
    for node in &story.nodes {
        draw_node(&mut body, node, axis, y);
        y += NODE_ROW;
        let of_node = story.moves.iter().filter(|m| m.from_node_name == node.node_name);
        for story in of_node.filter(|_| with_moves) {
            draw_move(&mut body, story, axis, y);
            y += MOVE_ROW;
        }
        y += 4.0;
    }
    let height = y + 6.0;
    let note = if with_moves {
        String::new()
    } else {
        format!(
            "<p>{} are too many to be drawn; they are in the table below.</p>",
            words::count(story.moves.len(), "move")
        )
    };
    let names: Vec<&str> = story.nodes.iter().map(|n| n.node_name.as_str()).collect();
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"Timeline of nodes {}\">\n{PATTERNS}\n{}{body}</svg>\n{note}{}",
        escaped(&names.join(", ")),
        axis.draw(height),
        legend()
    )
}

#[derive(Clone, Copy)]
struct Axis {
    begun: Timestamp,
    end: Timestamp,
}

impl Axis {
    fn seconds(self) -> f64 {
        self.end.duration_since(self.begun).as_secs_f64().max(1.0)
    }

    fn x(self, at: Timestamp) -> f64 {
        let share = at.duration_since(self.begun).as_secs_f64() / self.seconds();
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    /// Lines at round times, at most ten.
    fn draw(self, height: f64) -> String {
        let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
        let step = steps.into_iter().find(|s| self.seconds() / f64::from(*s) <= 9.0).unwrap_or(604_800);
        let mut out = String::new();
        let mut at = self.begun.as_second().div_euclid(i64::from(step)) * i64::from(step);
        while at <= self.end.as_second() {
            if let Ok(time) = Timestamp::from_second(at)
                && time >= self.begun
            {
                let x = self.x(time);
                let anchor = if x > WIDTH - 60.0 { "end" } else { "middle" };
                let _ = writeln!(
                    out,
                    "<path class=\"grid\" d=\"M{x:.1} {TOP}V{height:.0}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"16\" text-anchor=\"{anchor}\">{}</text>",
                    clock(time)
                );
            }
            at += i64::from(step);
        }
        out
    }
}

fn draw_node(out: &mut String, node: &NodeStory, axis: Axis, y: f64) {
    let _ = writeln!(
        out,
        "<text class=\"node\" x=\"4\" y=\"{:.1}\">{}</text>",
        y + 15.0,
        escaped(&fitted(&node.node_name, LEFT - 10.0))
    );
    for span in &node.spans {
        let until = span.until.unwrap_or(axis.end);
        let (x, w) = (axis.x(span.from), (axis.x(until) - axis.x(span.from)).max(1.0));
        let Some((_, class)) = STATES.iter().find(|(state, _)| *state == span.state) else { continue };
        let lasted = until.duration_since(span.from).as_secs_f64();
        let words = format!("{} for {}", span.state.words(), seconds_text(lasted.max(0.0)));
        let _ = write!(
            out,
            "<g><title>{}: {words}, from {}</title><rect class=\"bar\" fill=\"url(#p-{class})\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{w:.1}\" height=\"16\"/>",
            escaped(&node.node_name),
            clock(span.from),
            y + 3.0
        );
        let label =
            [words.as_str(), span.state.words()].into_iter().find(|l| l.len() as f64 * LETTER < w - 8.0);
        if let Some(label) = label {
            let _ = write!(
                out,
                "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{label}</text>",
                x + 4.0,
                y + 15.0
            );
        }
        out.push_str("</g>\n");
    }
    if let (Some(last), NodeState::Rotated) = (node.spans.last().and_then(|s| s.until), node.state) {
        let _ = writeln!(
            out,
            "<text class=\"mark\" x=\"{:.1}\" y=\"{:.1}\">\u{2713}</text>",
            axis.x(last) + 3.0,
            y + 16.0
        );
    }
}

fn draw_move(out: &mut String, story: &MoveStory, axis: Axis, y: f64) {
    let _ = writeln!(
        out,
        "<text class=\"alloc\" x=\"14\" y=\"{:.1}\">{}</text>",
        y + 10.0,
        escaped(&fitted(&story.name, LEFT - 20.0))
    );
    let Some(stopped) = story.stopped_at else { return };
    let until = story.ended_at.unwrap_or(axis.end);
    let placed = story.placed_at.map_or(until, |at| at.clamp(stopped, until.max(stopped)));
    let (words, _) = outcome(story.outcome);
    let took =
        story.seconds().map(|s| format!(" after {}", at_most(s, story.upper_bound))).unwrap_or_default();
    let place = story.to_node_name.as_ref().map(|n| format!(" on {n}")).unwrap_or_default();
    let (x1, x2, x3) = (axis.x(stopped), axis.x(placed), axis.x(until));
    let middle = y + 6.0;
    let (mark, class) = match story.outcome {
        Some(Outcome::Healthy) => ("\u{25cf}", "well"),
        Some(Outcome::NotWanted | Outcome::Finished) => ("\u{25cb}", "well"),
        Some(_) => ("\u{2715}", "bad"),
        None => ("\u{2026}", "open"),
    };
    let _ = writeln!(
        out,
        "<g><title>{}: {words}{}{took}</title><path class=\"leaving\" d=\"M{x1:.1} {middle:.1}H{x2:.1}\"/><path class=\"starting\" d=\"M{x2:.1} {middle:.1}H{x3:.1}\"/><text class=\"end {class}\" x=\"{:.1}\" y=\"{:.1}\">{mark}</text></g>",
        escaped(&story.name),
        escaped(&place),
        x3 + 2.0,
        y + 10.0
    );
}

fn legend() -> String {
    let mut out = String::from("<ul class=\"legend\">");
    for (state, class) in STATES {
        let _ = write!(
            out,
            "<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\"><rect class=\"bar\" fill=\"url(#p-{class})\" width=\"26\" height=\"12\"/></svg> {}</li>",
            state.words()
        );
    }
    out.push_str("<li>\u{2713} rotated</li>");
    out.push_str("<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\"><path class=\"leaving\" d=\"M0 6H26\"/></svg> told to stop</li>");
    out.push_str("<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\"><path class=\"starting\" d=\"M0 6H26\"/></svg> replacement starting</li>");
    out.push_str("<li>\u{25cf} healthy</li><li>\u{25cb} no replacement wanted</li><li>\u{2715} went wrong</li><li>\u{2026} on its way</li></ul>");
    out
}

/// A name that fits into so much room.
fn fitted(name: &str, room: f64) -> String {
    let most = (room / LETTER) as usize;
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most.saturating_sub(1)).chain(['\u{2026}']).collect()
}
