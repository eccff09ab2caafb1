//! Which columns of a table are shown on a screen, how wide they are, and what goes below its row.

use unicode_width::UnicodeWidthStr as _;

use super::{Column, Layout};
use crate::ui::cell::Cell;

/// A table fitted to its screen.
pub(super) struct Fit {
    /// The columns that are shown, by their places, in order.
    pub(super) shown: Vec<usize>,
    /// The column of sentences that goes below its rows, and the width of the screen.
    pub(super) below: Option<(usize, u16)>,
    /// The column of commands that goes below its rows.
    pub(super) dropped: Option<usize>,
    /// The text of each cell.
    pub(super) texts: Vec<Vec<String>>,
    /// How wide each column would like to be.
    pub(super) widths: Vec<u16>,
}

impl Fit {
    /// The fit of these rows.
    pub(super) fn of(columns: &[Column], rows: &[Vec<Cell>], layout: Layout) -> Self {
        let text = |cell: &Cell| if layout.wide { cell.wide(layout.now) } else { cell.human(layout.now) };
        let texts: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(text).collect()).collect();
        let widths = natural_widths(columns, &texts, layout);
        let telling =
            |i: &usize| layout.wide || columns[*i].usual.is_none_or(|u| texts.iter().any(|row| row[*i] != u));
        let mut candidates: Vec<usize> = (0..columns.len()).filter(telling).collect();
        let below = folded(columns, &candidates, &widths, layout);
        candidates.retain(|i| Some(*i) != below.map(|(i, _)| i));
        let dropped = dropped(columns, &candidates, &widths, layout, below.is_some());
        candidates.retain(|i| Some(*i) != dropped);
        let shown = choose_columns(columns, candidates, &widths, layout);
        let (texts, widths) = cut_in_front(columns, &shown, (texts, widths), layout);
        Fit { shown, below, dropped, texts, widths }
    }
}

/// The texts of columns whose end tells, as wide as the others leave them at their least, with the widths that all have then.
fn cut_in_front(
    columns: &[Column],
    shown: &[usize],
    (mut texts, mut widths): (Vec<Vec<String>>, Vec<u16>),
    layout: Layout,
) -> (Vec<Vec<String>>, Vec<u16>) {
    let Some(screen) = layout.width.filter(|_| !layout.wide) else { return (texts, widths) };
    let mark = if layout.unicode { '…' } else { '~' };
    for &i in shown.iter().filter(|i| columns[**i].tail) {
        let others = shown.iter().filter(|&&other| other != i);
        let others: u32 = others.map(|&o| u32::from(least_width(&columns[o], widths[o], layout)) + 2).sum();
        let room = u16::try_from(u32::from(screen).saturating_sub(others)).unwrap_or(u16::MAX);
        let room = room.max(least_width(&columns[i], widths[i], layout));
        if widths[i] <= room {
            continue;
        }
        for row in &mut texts {
            row[i] = end_of(&row[i], room, mark);
        }
        widths[i] = room;
    }
    (texts, widths)
}

/// The end of a text that has no more room than this, behind a mark that something is missing.
fn end_of(text: &str, room: u16, mark: char) -> String {
    if text.width() <= usize::from(room) {
        return text.to_owned();
    }
    let mut starts = text.char_indices().map(|(at, _)| at);
    let fits = starts.find(|at| text[*at..].width() < usize::from(room));
    format!("{mark}{}", &text[fits.unwrap_or(text.len())..])
}

/// Smallest width in which a sentence is readable beside other columns.
const READABLE: u16 = 32;

/// The column that goes below its rows, and the width of the screen: one that folds, where the others leave it too little room.
fn folded(columns: &[Column], shown: &[usize], widths: &[u16], layout: Layout) -> Option<(usize, u16)> {
    let screen = layout.width.filter(|_| !layout.wide)?;
    let (sentences, others): (Vec<usize>, Vec<usize>) = shown.iter().partition(|&&i| columns[i].folds);
    let &[only] = sentences.as_slice() else { return None };
    // Rows of several lines have no line of their own to stand below.
    if others.iter().any(|&i| columns[i].wraps) {
        return None;
    }
    let essential = |&&i: &&usize| !columns[i].wide && columns[i].rank == 0;
    let taken: u32 = others
        .iter()
        .filter(essential)
        .map(|&i| u32::from(least_width(&columns[i], widths[i], layout)) + 2)
        .sum();
    let left = u32::from(screen).saturating_sub(taken);
    (left < u32::from(widths[only].min(READABLE))).then_some((only, screen))
}

/// The column of commands that go below their rows, where the rows are wider than the screen with them. Beside the commands a sentence
/// that goes on in the next line is to have twice the room that it needs at least.
fn dropped(
    columns: &[Column],
    shown: &[usize],
    widths: &[u16],
    layout: Layout,
    is_folded: bool,
) -> Option<usize> {
    let screen = layout.width.filter(|_| !layout.wide)?;
    let command = *shown.iter().find(|i| columns[**i].drops)?;
    if !is_folded && !shown.iter().any(|&i| columns[i].wraps) {
        return None;
    }
    let essential = |i: &&usize| !columns[**i].wide && columns[**i].rank == 0;
    let room = |i: &usize| if columns[*i].wraps { widths[*i].min(2 * READABLE) } else { widths[*i] };
    let all: u32 = shown.iter().filter(essential).map(|i| u32::from(room(i)) + 2).sum();
    (all > u32::from(screen) + 2).then_some(command)
}

fn natural_widths(columns: &[Column], texts: &[Vec<String>], layout: Layout) -> Vec<u16> {
    let title = |c: &Column| if layout.headers { c.title.width() } else { 0 };
    let column = |(i, c): (usize, &Column)| texts.iter().map(|row| row[i].width()).fold(title(c), usize::max);
    columns.iter().enumerate().map(column).map(|w| u16::try_from(w).unwrap_or(u16::MAX)).collect()
}

/// Smallest width at which a column that may be cut is worth showing.
pub(super) const LEAST: u16 = 8;

/// How narrow a column may become: not narrower than its heading.
pub(super) fn least_width(column: &Column, natural: u16, layout: Layout) -> u16 {
    if column.whole {
        return natural;
    }
    let title = if layout.headers { u16::try_from(column.title.len()).unwrap_or(u16::MAX) } else { 0 };
    natural.min(LEAST.max(title))
}

/// Leaves out the columns of the highest ranks until the rest fits, and its sentences can be read.
fn choose_columns(columns: &[Column], mut shown: Vec<usize>, widths: &[u16], layout: Layout) -> Vec<usize> {
    shown.retain(|&i| layout.wide || !columns[i].wide);
    let Some(screen) = layout.width.filter(|_| !layout.wide) else { return shown };
    let readable = |i: usize| if columns[i].folds { widths[i].min(READABLE) } else { 0 };
    let least = |i: usize| u32::from(least_width(&columns[i], widths[i], layout).max(readable(i))) + 2;
    while shown.iter().map(|&i| least(i)).sum::<u32>() > u32::from(screen) + 2 {
        let Some(&last) =
            shown.iter().max_by_key(|&&i| (columns[i].rank, i)).filter(|&&i| columns[i].rank > 0)
        else {
            break;
        };
        shown.retain(|&i| i != last);
    }
    shown
}
