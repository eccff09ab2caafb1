//! One object described: fields, then tables, then notes.

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::ui::cell::{Cell, Tone};
use crate::ui::plain::{self, Plain};
use crate::ui::table::{self, Column, Layout, Tabular};

/// A view of one object: its JSON is the contract for machines, its description is for people.
pub trait Describe: Serialize {
    /// The description.
    fn describe(&self) -> Detail;
}

/// A named value.
#[derive(Debug, Clone)]
pub struct Field {
    label: &'static str,
    value: Cell,
}

/// Parts of a description, top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    sections: Vec<Section>,
}

#[derive(Debug, Clone)]
struct Section {
    title: Option<String>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Fields(Vec<Field>),
    Table(&'static [Column], Vec<Vec<Cell>>),
    Lines(Vec<(String, Tone)>),
}

impl Detail {
    /// An empty description.
    #[must_use]
    pub fn new() -> Self {
        Detail::default()
    }

    /// Adds named values; empty ones are left out.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = (&'static str, Cell)>) -> Self {
        let fields: Vec<Field> = fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| Field { label, value })
            .collect();
        if !fields.is_empty() {
            self.sections.push(Section { title: None, body: Body::Fields(fields) });
        }
        self
    }

    /// Adds a titled table; an empty one is left out.
    #[must_use]
    pub fn table<T: Tabular>(mut self, title: impl Into<String>, rows: &[T]) -> Self {
        if !rows.is_empty() {
            let cells = rows.iter().map(Tabular::cells).collect();
            self.sections.push(Section { title: Some(title.into()), body: Body::Table(T::COLUMNS, cells) });
        }
        self
    }

    /// Adds titled lines; none are left out.
    #[must_use]
    pub fn lines(mut self, title: Option<&str>, lines: impl IntoIterator<Item = (String, Tone)>) -> Self {
        let lines: Vec<_> = lines.into_iter().collect();
        if !lines.is_empty() {
            self.sections.push(Section { title: title.map(str::to_owned), body: Body::Lines(lines) });
        }
        self
    }

    /// Adds titled lines right below the first section, above all tables.
    #[must_use]
    pub fn lines_above(mut self, title: &str, lines: impl IntoIterator<Item = (String, Tone)>) -> Self {
        let lines: Vec<_> = lines.into_iter().collect();
        if !lines.is_empty() {
            let at = self.sections.len().min(1);
            self.sections.insert(at, Section { title: Some(title.to_owned()), body: Body::Lines(lines) });
        }
        self
    }

    /// For people.
    pub(crate) fn human(&self, layout: Layout) -> String {
        let tint = |text: &str, tone: Tone| tone.paint(text, layout.color);
        let mut out = String::new();
        for section in &self.sections {
            if !out.is_empty() {
                out.push('\n');
            }
            if let Some(title) = &section.title {
                out.push_str(&tint(title, Tone::Strong));
                out.push('\n');
            }
            match &section.body {
                Body::Fields(fields) => {
                    let wide = fields.iter().map(|f| f.label.len()).max().unwrap_or(0);
                    for f in fields {
                        let label = tint(&format!("{:wide$}", f.label), Tone::Dim);
                        let text = f.value.detailed(layout.now);
                        // A command is to be pasted.
                        let room = layout.width.filter(|_| !layout.wide && !text.contains("fleet "));
                        let room =
                            room.map(|w| w.saturating_sub(u16::try_from(wide + 2).unwrap_or(u16::MAX)));
                        for (n, piece) in pieces(&text, room.filter(|room| *room >= LEAST)).iter().enumerate()
                        {
                            let value = tint(piece, f.value.tone());
                            match n {
                                0 => out.push_str(&format!("{label}  {value}\n")),
                                _ => out.push_str(&format!("{:wide$}  {value}\n", "")),
                            }
                        }
                    }
                }
                Body::Table(columns, rows) => out.push_str(&table::render(columns, rows, layout)),
                Body::Lines(lines) => {
                    for (line, tone) in lines {
                        for piece in pieces(&crate::ui::sanitize(line), layout.width.filter(|_| !layout.wide))
                        {
                            out.push_str(&tint(&piece, *tone));
                            out.push('\n');
                        }
                    }
                }
            }
        }
        out
    }

    /// For pipes: `label<TAB>value` lines and tab-separated tables.
    pub(crate) fn plain(&self, how: Plain) -> String {
        let mut out = String::new();
        for section in &self.sections {
            if !out.is_empty() {
                out.push('\n');
            }
            if let Some(title) = section.title.as_ref().filter(|_| how.headers) {
                out.push_str(&format!("# {title}\n"));
            }
            match &section.body {
                Body::Fields(fields) => {
                    for f in fields {
                        out.push_str(&format!("{}\t{}\n", f.label, how.cell(&f.value)));
                    }
                }
                Body::Table(columns, rows) => out.push_str(&plain::render(columns, rows, how)),
                Body::Lines(lines) => {
                    for (line, tone) in lines {
                        out.push_str(&tone.paint(&crate::ui::sanitize(line), how.color));
                        out.push('\n');
                    }
                }
            }
        }
        out
    }
}

/// Narrower than this no value is broken into lines.
const LEAST: u16 = 20;

/// A sentence in lines that fit, broken between words. What begins with spaces is a command to be pasted, and stays whole.
pub(crate) fn pieces(line: &str, width: Option<u16>) -> Vec<String> {
    let Some(width) = width.map(usize::from).filter(|w| line.width() > *w && !line.starts_with(' ')) else {
        return vec![line.to_owned()];
    };
    let mut all = vec![String::new()];
    for word in line.split(' ') {
        let Some(last) = all.last_mut() else { continue };
        if !last.is_empty() && last.width() + 1 + word.width() > width {
            all.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_goes_on_below_itself() {
        let layout = Layout {
            width: Some(44),
            wide: false,
            headers: true,
            color: false,
            unicode: true,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        let detail = Detail::new().fields([
            ("drivers", Cell::text("docker undetected, exec undetected, raw_exec healthy")),
            ("next", Cell::text("fleet node show a-name-that-is-long --output wide")),
        ]);
        insta::assert_snapshot!(detail.human(layout), @r"
        drivers  docker undetected, exec undetected,
                 raw_exec healthy
        next     fleet node show a-name-that-is-long --output wide
        ");
    }

    #[test]
    fn sentences_break_between_words_and_commands_stay_whole() {
        let line = "job web: 1 of 1 allocation of group g is not placed";
        assert_eq!(pieces(line, Some(24)), ["job web: 1 of 1", "allocation of group g is", "not placed"]);
        assert_eq!(pieces(line, None), [line]);
        let command = "  fleet job restart web --group g --task t";
        assert_eq!(pieces(command, Some(10)), [command]);
    }
}
