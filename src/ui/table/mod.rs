//! Lists as tables that fit the width.

mod column;
mod fit;

#[cfg(test)]
mod tests;

use comfy_table::{
    Cell as TableCell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row, Table, Width, presets,
};
use jiff::Timestamp;
use serde::Serialize;

pub use column::{Column, column};

use fit::{Fit, LEAST, least_width};

use crate::ui::cell::{Cell, Tone};

/// A row of a list: its JSON is the contract for machines, its cells are for people.
pub trait Tabular: Serialize {
    /// The columns.
    const COLUMNS: &'static [Column];

    /// One cell per column.
    fn cells(&self) -> Vec<Cell>;
}

impl<T: Tabular> Tabular for &T {
    const COLUMNS: &'static [Column] = T::COLUMNS;

    fn cells(&self) -> Vec<Cell> {
        (*self).cells()
    }
}

/// How to lay a table out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Columns of the screen; none when there is no screen to fit.
    pub(crate) width: Option<u16>,
    pub(crate) wide: bool,
    pub(crate) headers: bool,
    pub(crate) color: bool,
    pub(crate) unicode: bool,
    pub(crate) now: Timestamp,
}

/// Renders rows as an aligned table, one line each unless a column wraps. A column that folds goes below its row where it
/// would be too narrow to read.
pub(crate) fn render(columns: &[Column], rows: &[Vec<Cell>], layout: Layout) -> String {
    let fit = Fit::of(columns, rows, layout);
    let table = laid_out(columns, rows, &fit, layout);
    let mut lines = table.lines();
    let mut out: String = lines.by_ref().take(usize::from(layout.headers)).map(|line| ended(&line)).collect();
    match (fit.below, fit.dropped) {
        (None, None) => out.extend(lines.map(|line| ended(&line))),
        (None, Some(i)) => {
            let mut commands = fit.texts.iter().map(|row| &row[i]);
            for line in lines {
                match line.trim() {
                    END_OF_ROW => {
                        out.extend(commands.next().filter(|c| !c.is_empty()).map(|c| format!("  {c}\n")));
                    }
                    _ => out.push_str(&ended(&line)),
                }
            }
        }
        (Some((i, screen)), _) => {
            for ((line, cells), texts) in lines.zip(rows).zip(&fit.texts) {
                out.push_str(&ended(&line));
                if !cells[i].is_empty() {
                    out.push_str(&indented(&texts[i], cells[i].tone(), screen, layout));
                }
                for i in fit.dropped.into_iter().filter(|i| !cells[*i].is_empty()) {
                    out.push_str(&format!("  {}\n", texts[i]));
                }
            }
        }
    }
    out
}

/// The table of the columns that are shown, with a mark below each row where commands go between rows of several lines.
fn laid_out(columns: &[Column], rows: &[Vec<Cell>], fit: &Fit, layout: Layout) -> Table {
    let Fit { shown, below, dropped, texts, widths } = fit;
    let mut table = empty(layout);
    if let Some(width) = layout.width.filter(|_| !layout.wide) {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    }
    if layout.headers {
        table.set_header(shown.iter().map(|&i| TableCell::new(columns[i].title).fg(Color::DarkGrey)));
    }
    let one_line = !shown.iter().any(|&i| columns[i].wraps);
    for (cells, texts) in rows.iter().zip(texts) {
        let mut row = Row::from(shown.iter().map(|&i| paint(&texts[i], cells[i].tone())).collect::<Vec<_>>());
        if one_line {
            row.max_height(1);
        }
        table.add_row(row);
        if below.is_none() && dropped.is_some() {
            table.add_row([END_OF_ROW]);
        }
    }
    for (position, &i) in shown.iter().enumerate() {
        let Some(column) = table.column_mut(position) else { continue };
        column.set_padding((0, 2));
        if columns[i].right {
            column.set_cell_alignment(CellAlignment::Right);
        }
        column.set_constraint(if columns[i].whole || columns[i].tail {
            ColumnConstraint::Absolute(Width::Fixed(widths[i] + 2))
        } else {
            ColumnConstraint::LowerBoundary(Width::Fixed(least_width(&columns[i], widths[i], layout) + 2))
        });
    }
    table
}

/// Stands in a row of its own below each row of several lines, to tell where that ends. It is a sign that no text has.
const END_OF_ROW: &str = "\u{e000}";

fn empty(layout: Layout) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_truncation_indicator(if layout.unicode { "…" } else { "~" });
    if layout.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// A line without the blanks that fill its last column. Where that has a colour, they stand before its end: on a full screen they would
/// be a line of their own.
fn ended(line: &str) -> String {
    let line = line.trim_end();
    let mut text = line;
    while let Some(at) = text.rfind('\x1b').filter(|&at| text[at..].find('m') == Some(text.len() - at - 1)) {
        text = &text[..at];
    }
    format!("{}{}\n", text.trim_end(), &line[text.len()..])
}

/// A sentence below its row.
fn indented(text: &str, tone: Tone, screen: u16, layout: Layout) -> String {
    const INDENT: &str = "  ";
    let mut table = empty(layout);
    table.set_width(screen.saturating_sub(2).max(LEAST)).set_content_arrangement(ContentArrangement::Dynamic);
    table.add_row([paint(text, tone)]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 0));
    }
    table.lines().map(|line| INDENT.to_owned() + &ended(&line)).collect()
}

fn paint(text: &str, tone: Tone) -> TableCell {
    let cell = TableCell::new(text);
    match tone {
        Tone::Plain => cell,
        Tone::Strong => cell.add_attribute(comfy_table::Attribute::Bold),
        Tone::Good => cell.fg(Color::Green),
        Tone::Warn => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red).add_attribute(comfy_table::Attribute::Bold),
        Tone::Dim => cell.fg(Color::DarkGrey),
    }
}
