//! The screen as it is drawn: a heading, the views, the list, what is selected in words, and a line for keys and typing. Only the
//! lines that are on the screen are put into words.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthChar as _;

use super::cells::{Column, Words, columns};
use super::help;
use super::paint::{Look, fitting, line, put, width, wrapped};
use super::rows::{At, Row};
use super::{Act, Mode, Tui, View};
use crate::ui::Tone;
use crate::ui::text::sanitize;
use crate::ui::time::duration_text;

/// Lines above and below the list: heading, views, names of the columns, the line for keys.
const AROUND: u16 = 4;
/// Between two columns.
const GAP: u16 = 2;

/// Where the parts of the screen are.
struct Parts {
    heading: Rect,
    fault: Rect,
    views: Rect,
    names: Rect,
    list: Rect,
    detail: Rect,
    line: Rect,
}

impl Tui {
    fn parts(&self, area: Rect) -> Parts {
        let fault = u16::from(self.fault().is_some());
        let detail = detail_rows(area.height);
        let list = area.height.saturating_sub(AROUND + fault + detail);
        let mut y = area.y;
        let mut part = |height: u16| {
            let height = height.min(area.bottom().saturating_sub(y));
            let rect = Rect { x: area.x, y, width: area.width, height };
            y += height;
            rect
        };
        Parts {
            heading: part(1),
            fault: part(fault),
            views: part(1),
            names: part(1),
            list: part(list),
            detail: part(detail),
            line: part(1),
        }
    }

    /// How many lines of the list are on the screen.
    pub(super) fn list_rows(&self) -> usize {
        let area = Rect { x: 0, y: 0, width: self.size.0, height: self.size.1 };
        usize::from(self.parts(area).list.height)
    }

    /// What stands between what is shown and the present.
    fn fault(&self) -> Option<String> {
        match (&self.lost, &self.deaf) {
            // Before anything was seen, that is what the empty list says.
            (Some(why), _) if self.picture.is_some() => Some(format!("LOST: {why}; trying again")),
            (None, Some(why)) => Some(format!("no events ({why}): looking every 30 s")),
            _ => None,
        }
    }

    /// Draws all of it.
    pub fn draw(&self, frame: &mut Frame<'_>, look: Look) {
        let area = frame.area();
        let parts = self.parts(area);
        let buffer = frame.buffer_mut();
        self.draw_heading(buffer, parts.heading, look);
        if let Some(fault) = self.fault() {
            line(buffer, parts.fault, &(fault, Tone::Bad), look, Modifier::REVERSED);
        }
        self.draw_views(buffer, parts.views, look);
        if let Mode::Help(first) = &self.mode {
            let rest =
                Rect { y: parts.names.y, height: parts.line.y.saturating_sub(parts.names.y), ..parts.names };
            help::draw(buffer, rest, *first, look);
        } else {
            self.draw_list(buffer, parts.names, parts.list, look);
            self.draw_detail(buffer, parts.detail, look);
        }
        if let Some(cursor) = self.draw_line(buffer, parts.line, look) {
            frame.set_cursor_position(cursor);
        }
    }

    fn draw_heading(&self, buffer: &mut Buffer, area: Rect, look: Look) {
        let age = match self.seen_at {
            Some(at) => {
                let age = std::time::Duration::try_from(self.now.duration_since(at)).unwrap_or_default();
                format!("{} old", duration_text(std::time::Duration::from_secs(age.as_secs())))
            }
            None => "not seen yet".to_owned(),
        };
        let age = fitting(&age, area.width, look.unicode);
        let at = area.right().saturating_sub(width(&age));
        let tone = if self.lost.is_some() { Tone::Bad } else { Tone::Plain };
        put(buffer, (at, area.y), &age, look.style(tone));
        let room = at.saturating_sub(area.x + 1);
        let name = fitting(&format!("fleet {}", self.cluster), room, look.unicode);
        put(buffer, (area.x, area.y), &name, look.style(Tone::Strong));
        let (servers, tone) = self.picture.as_ref().map(|p| p.servers.clone()).unwrap_or_default();
        let left = room.saturating_sub(width(&name) + GAP);
        if left >= 12 {
            let servers = fitting(&servers, left, look.unicode);
            put(buffer, (area.x + width(&name) + GAP, area.y), &servers, look.style(tone));
        }
    }

    fn draw_views(&self, buffer: &mut Buffer, area: Rect, look: Look) {
        let texts = |counts: bool| -> Vec<(View, String, Tone)> {
            let one = |(i, view): (usize, View)| {
                let (count, tone) = self.count(view).unzip();
                let tone = tone.unwrap_or_default();
                let shown = counts || view == self.view || tone != Tone::Plain;
                let count = count.filter(|_| shown).map_or_else(String::new, |n| format!(" {n}"));
                (view, format!("{} {}{count}", i + 1, view.name()), tone)
            };
            View::ALL.into_iter().enumerate().map(one).collect()
        };
        let wide = |all: &[(View, String, Tone)]| all.iter().map(|(_, t, _)| width(t) + GAP).sum::<u16>();
        let mut all = texts(true);
        let mut gap = GAP;
        if wide(&all) > area.width + GAP {
            all = texts(false);
            gap = if wide(&all) > area.width + GAP { 1 } else { GAP };
        }
        let mut x = area.x;
        for (view, text, tone) in all {
            let room = area.right().saturating_sub(x);
            let style = look.style(tone);
            let style = if view == self.view { style.add_modifier(Modifier::REVERSED) } else { style };
            let text = fitting(&text, room, look.unicode);
            put(buffer, (x, area.y), &text, style);
            x += width(&text) + gap;
        }
    }

    fn draw_list(&self, buffer: &mut Buffer, names: Rect, list: Rect, look: Look) {
        let columns = placed(&columns(self.view, names.width), names.width);
        for (_, column, x, room) in &columns {
            let text = fitting(column.title, *room, look.unicode);
            let x = if column.right { x + room - width(&text) } else { *x };
            put(
                buffer,
                (names.x + x, names.y),
                &text,
                look.style(Tone::Strong).add_modifier(Modifier::UNDERLINED),
            );
        }
        if self.rows.is_empty() {
            line(buffer, list, &self.empty(), look, Modifier::empty());
            return;
        }
        let first = self.place().first;
        for ((i, row), y) in self.visible().iter().enumerate().zip(list.y..) {
            let selected = first + i == self.place().index;
            self.draw_row(buffer, Rect { y, height: 1, ..list }, *row, &columns, (selected, look));
        }
    }

    fn draw_row(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        row: Row,
        columns: &[(usize, Column, u16, u16)],
        (selected, look): (bool, Look),
    ) {
        if selected {
            buffer.set_style(area, Style::new().add_modifier(Modifier::REVERSED));
        }
        let cells = self.cells(row);
        let indent = u16::from(row.depth) * 2;
        let sign = self.sign(row.at, look);
        // What has one cell only goes over all columns.
        let whole = cells.len() == 1;
        for (i, column, x, room) in columns {
            let Some((text, tone)) = cells.get(*i) else { continue };
            let (mut x, mut room) = (area.x + x, *room);
            if whole {
                room = area.right().saturating_sub(x);
            }
            let in_tree = *i == 0 && matches!(self.view, View::Jobs | View::Nodes | View::Rotations);
            let text = if in_tree {
                let shift = indent.min(room);
                (x, room) = (x + shift, room - shift);
                format!("{sign} {text}")
            } else {
                text.clone()
            };
            let text = fitting(&text, room, look.unicode);
            let x = if column.right && !whole { x + room - width(&text) } else { x };
            put(buffer, (x, area.y), &text, look.style(*tone));
        }
    }

    /// Whether a line is open, closed, or has nothing inside.
    fn sign(&self, at: At, look: Look) -> char {
        match (self.is_open(at), look.unicode) {
            (Some(true), true) => '▾',
            (Some(false), true) => '▸',
            (Some(true), false) => '-',
            (Some(false), false) => '+',
            (None, _) => ' ',
        }
    }

    fn draw_detail(&self, buffer: &mut Buffer, area: Rect, look: Look) {
        if area.height == 0 {
            return;
        }
        let rule = if look.unicode { '─' } else { '-' };
        let rule: String = std::iter::repeat_n(rule, usize::from(area.width)).collect();
        put(buffer, (area.x, area.y), &rule, look.style(Tone::Dim));
        let lines = self
            .detail()
            .into_iter()
            .flat_map(|(text, tone)| wrapped(&text, area.width).into_iter().map(move |line| (line, tone)));
        for ((text, tone), y) in lines.zip(area.y + 1..area.bottom()) {
            put(buffer, (area.x, y), &text, look.style(tone));
        }
    }

    /// Draws the line for keys and typing; where the cursor is while something is typed.
    fn draw_line(&self, buffer: &mut Buffer, area: Rect, look: Look) -> Option<Position> {
        if area.height == 0 {
            return None;
        }
        let (sign, typed) = match &self.mode {
            Mode::Filter(typed) => ('/', typed),
            Mode::Command(typed) => (':', typed),
            Mode::Browse | Mode::Help(_) => {
                line(buffer, area, &self.hint(), look, Modifier::empty());
                return None;
            }
        };
        let end = "  Enter runs it, Esc does not";
        let typed_text = format!("{sign}{}", sanitize(&typed.text()));
        let before = width(&format!("{sign}{}", sanitize(&typed.before_cursor())));
        // A long line is shifted so that its cursor is in sight.
        let shift = (before + 1).saturating_sub(area.width);
        let mut skipped = 0;
        let shown: String = typed_text
            .chars()
            .skip_while(|c| {
                let skip = skipped < shift;
                skipped += if skip { u16::try_from(c.width().unwrap_or(0)).unwrap_or(1) } else { 0 };
                skip
            })
            .collect();
        put(buffer, (area.x, area.y), &shown, look.style(Tone::Strong));
        if sign == ':' && width(&shown) + width(end) <= area.width {
            put(buffer, (area.x + width(&shown), area.y), end, look.style(Tone::Dim));
        }
        let x = area.x + before.saturating_sub(skipped).min(area.width.saturating_sub(1));
        Some(Position { x, y: area.y })
    }

    fn hint(&self) -> Words {
        if let Some(notice) = &self.notice {
            return (notice.clone(), Tone::Strong);
        }
        if matches!(self.mode, Mode::Help(_)) {
            return ("arrows scroll, any other key closes".to_owned(), Tone::Dim);
        }
        if !self.filter().is_empty() {
            return (format!("only {:?}; Esc shows all", self.filter()), Tone::Warn);
        }
        let acts = self.subject().map_or_else(String::new, |subject| {
            let keys = Act::ALL.into_iter().filter(|act| subject.line(*act).is_some());
            keys.map(|act| format!("  {} {}", act.key(), act.word())).collect()
        });
        let all = format!("? keys  / filter  : command  q leave{acts}");
        (all, Tone::Dim)
    }
}

/// Lines for what is selected, of so many lines of the screen; one of them is a rule.
fn detail_rows(rows: u16) -> u16 {
    match rows {
        0..12 => 0,
        12..24 => 4,
        24..36 => 6,
        _ => 9,
    }
}

/// Where the columns stand: index, column, first column of the screen, and how many it has.
fn placed(columns: &[(usize, Column)], width: u16) -> Vec<(usize, Column, u16, u16)> {
    let gaps = GAP * u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    let least: u16 = columns.iter().map(|(_, c)| c.width).sum::<u16>() + gaps;
    let shares: u16 = columns.iter().map(|(_, c)| c.grows).sum::<u16>().max(1);
    let left = width.saturating_sub(least);
    let mut x = 0;
    let mut placed = Vec::new();
    for (i, column) in columns {
        let share = u32::from(left) * u32::from(column.grows) / u32::from(shares);
        let room = column.width.saturating_add(u16::try_from(share).unwrap_or(u16::MAX));
        let room = room.min(width.saturating_sub(x));
        placed.push((*i, *column, x.min(width), room));
        x = x.saturating_add(room + GAP);
    }
    placed
}
