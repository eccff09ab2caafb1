//! The page of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Act;
use super::paint::{Look, fitting, put};
use crate::ui::Tone;
use crate::ui::detail::pieces;

/// The page of keys. The documentation has the same lines.
pub(super) fn lines() -> Vec<(String, String)> {
    let fixed = [
        ("1-5, Tab", "problems, jobs, nodes, deployments, rotations"),
        ("up, down, j, k", "move; PgUp, PgDn, g, G go further"),
        ("Enter", "open or close; go to what a problem is about"),
        ("left, right", "close, open"),
        ("/", "filter: lines with all the words; Esc shows all"),
        (":", "any command of fleet, a view, or an act below; up recalls"),
        ("Ctrl-R", "look now"),
        ("Ctrl-Z", "to the background; `fg` comes back"),
        ("q, Ctrl-C", "leave"),
    ];
    let fixed = fixed.into_iter().map(|(key, help)| (key.to_owned(), help.to_owned()));
    let acts =
        Act::ALL.into_iter().map(|act| (format!("{} {}", act.key(), act.word()), act.help().to_owned()));
    let capital =
        (String::new(), "Capital letters change the cluster: Enter runs the line that is shown.".to_owned());
    fixed.chain(acts).chain([capital]).collect()
}

/// Columns for the keys.
const KEY_ROOM: u16 = 16;

/// The same on a screen of this width: what is too long goes on below.
pub(super) fn laid_out(width: u16) -> Vec<(String, String)> {
    let lines = lines().into_iter().flat_map(|(key, help)| {
        let room = if key.is_empty() { width } else { width.saturating_sub(KEY_ROOM) };
        let is_indented = !key.is_empty();
        pieces(&help, Some(room.max(1))).into_iter().enumerate().map(move |(n, piece)| match n {
            0 => (key.clone(), piece),
            _ if is_indented => (" ".to_owned(), piece),
            _ => (String::new(), piece),
        })
    });
    lines.collect()
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, first: usize, look: Look) {
    for ((key, help), y) in laid_out(area.width).into_iter().skip(first).zip(area.y..area.bottom()) {
        put(buffer, (area.x, y), &fitting(&key, KEY_ROOM, look.unicode), look.style(Tone::Strong));
        let x = if key.is_empty() { area.x } else { area.x + KEY_ROOM };
        let room = area.right().saturating_sub(x);
        put(buffer, (x, y), &fitting(&help, room, look.unicode), Style::new());
    }
}
