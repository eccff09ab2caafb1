//! Errors and where they are: `input.hcl:LINE,COL-COL: Summary; Detail` (`nomad-api.md §3.2`).

use std::ops::Range;

/// The name every text has in errors, the job and the variables alike.
const FILE: &str = "input.hcl";

/// A text and where its lines begin.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let lines = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { text, lines }
    }

    /// Line and column, from 1; columns count characters.
    fn position(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.lines[line - 1];
        (line, self.text.get(start..at).map_or(0, |t| t.chars().count()) + 1)
    }

    /// A range as errors show it.
    pub(crate) fn show(&self, range: &Range<usize>) -> String {
        let ((line, column), (end_line, end_column)) = (self.position(range.start), self.position(range.end));
        if line == end_line {
            format!("{FILE}:{line},{column}-{end_column}")
        } else {
            format!("{FILE}:{line},{column}-{end_line},{end_column}")
        }
    }
}

/// An error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub(crate) subject: Option<Range<usize>>,
    /// Where it is, when that is in another text than the others.
    elsewhere: Option<String>,
    pub(crate) summary: String,
    pub(crate) detail: String,
}

/// Errors in the order they were met.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn add(&mut self, at: Range<usize>, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(Some(at), summary.into(), detail.into());
    }

    /// An error that is nowhere in particular.
    pub(crate) fn add_anywhere(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(None, summary.into(), detail.into());
    }

    fn push(&mut self, subject: Option<Range<usize>>, summary: String, detail: String) {
        self.list.push(Diagnostic { subject, elsewhere: None, summary, detail });
    }

    pub(crate) fn append(&mut self, mut others: Diagnostics) {
        self.list.append(&mut others.list);
    }

    /// Takes over errors of another text, which keep their places in it.
    pub(crate) fn append_of(&mut self, others: Diagnostics, source: &Source<'_>) {
        let placed =
            |d: Diagnostic| Diagnostic { elsewhere: d.subject.as_ref().map(|range| source.show(range)), ..d };
        self.list.extend(others.list.into_iter().map(placed));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// All of them, one after the other on lines of their own.
    pub(crate) fn lines(&self, source: &Source<'_>) -> String {
        let lines: Vec<String> = self.list.iter().map(|d| d.show(source)).collect();
        lines.join("\n")
    }

    /// The first, and how many more there are: how errors of syntax are told.
    pub(crate) fn first(&self, source: &Source<'_>) -> String {
        let first = self.list.first().map(|d| d.show(source)).unwrap_or_default();
        match self.list.len() {
            0 | 1 => first,
            n => format!("{first}, and {} other diagnostic(s)", n - 1),
        }
    }
}

impl Diagnostic {
    fn show(&self, source: &Source<'_>) -> String {
        let place = || self.subject.as_ref().map(|range| source.show(range));
        let at = self.elsewhere.clone().or_else(place).unwrap_or_else(|| "<nil>".to_owned());
        format!("{at}: {}; {}", self.summary, self.detail)
    }
}
