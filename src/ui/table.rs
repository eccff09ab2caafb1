//! Lists as tables that fit the width.

use comfy_table::{
    Cell as TableCell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row, Table, Width, presets,
};
use jiff::Timestamp;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::ui::cell::{Cell, Tone};

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The heading, in capitals.
    pub title: &'static str,
    /// Only shown by `-o wide`.
    pub wide: bool,
    /// Never cut: ids and names that people copy.
    pub whole: bool,
    /// Cut in front: what tells such names apart is their end.
    pub tail: bool,
    /// Numbers stand right.
    pub right: bool,
    /// Sentences: what does not fit goes on in the next line.
    pub wraps: bool,
    /// Such sentences that go below their row where there is too little room beside the others.
    pub folds: bool,
    /// Commands that stand unbroken below their row, under its sentence, where the row has no room for them beside that.
    pub drops: bool,
    /// Left out on a screen when every row says just this.
    pub usual: Option<&'static str>,
    /// Order in which columns are left out on a narrow screen, the highest first; 0 is never left out.
    pub rank: u8,
    /// The unit of its numbers, which stands in the heading for machines: for people it stands beside each number.
    pub unit: Option<&'static str>,
}

/// A column with this heading.
#[must_use]
pub const fn column(title: &'static str) -> Column {
    Column {
        title,
        wide: false,
        whole: false,
        tail: false,
        right: false,
        wraps: false,
        folds: false,
        drops: false,
        usual: None,
        rank: 0,
        unit: None,
    }
}

impl Column {
    /// Only with `-o wide`.
    #[must_use]
    pub const fn wide(self) -> Self {
        Column { wide: true, ..self }
    }

    /// Never cut.
    #[must_use]
    pub const fn whole(self) -> Self {
        Column { whole: true, ..self }
    }

    /// Cut in front, and only where what else is cut leaves no room: the end of these names tells them apart.
    #[must_use]
    pub const fn tail(self) -> Self {
        Column { tail: true, ..self }
    }

    /// Aligned right.
    #[must_use]
    pub const fn right(self) -> Self {
        Column { right: true, ..self }
    }

    /// Wrapped instead of cut.
    #[must_use]
    pub const fn wraps(self) -> Self {
        Column { wraps: true, ..self }
    }

    /// Wrapped instead of cut, below the row where there is too little room beside the others.
    #[must_use]
    pub const fn folds(self) -> Self {
        Column { wraps: true, folds: true, ..self }
    }

    /// Never cut, and below the row where that has no room for it and its sentence stands there too.
    #[must_use]
    pub const fn drops(self) -> Self {
        Column { whole: true, drops: true, ..self }
    }

    /// Left out on a screen when every row says just this.
    #[must_use]
    pub const fn usual(self, value: &'static str) -> Self {
        Column { usual: Some(value), ..self }
    }

    /// Numbers of this unit, in capitals as the heading is.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Column { unit: Some(unit), ..self }
    }

    /// Left out early on a narrow screen, the highest rank first.
    #[must_use]
    pub const fn rank(self, rank: u8) -> Self {
        Column { rank, ..self }
    }
}

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
    let text = |cell: &Cell| if layout.wide { cell.wide(layout.now) } else { cell.human(layout.now) };
    let texts: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(text).collect()).collect();
    let widths = natural_widths(columns, &texts, layout);
    let telling =
        |i: &usize| layout.wide || columns[*i].usual.is_none_or(|u| texts.iter().any(|row| row[*i] != u));
    let candidates: Vec<usize> = (0..columns.len()).filter(telling).collect();
    let below = folded(columns, &candidates, &widths, layout);
    let mut candidates: Vec<usize> =
        candidates.into_iter().filter(|i| Some(*i) != below.map(|(i, _)| i)).collect();
    let dropped = dropped(columns, &candidates, &widths, layout, below.is_some());
    candidates.retain(|i| Some(*i) != dropped);
    let shown = choose_columns(columns, candidates, &widths, layout);
    let (texts, widths) = cut_in_front(columns, &shown, (texts, widths), layout);
    let mut table = empty(layout);
    if let Some(width) = layout.width.filter(|_| !layout.wide) {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    }
    if layout.headers {
        table.set_header(shown.iter().map(|&i| TableCell::new(columns[i].title).fg(Color::DarkGrey)));
    }
    let one_line = !shown.iter().any(|&i| columns[i].wraps);
    for (cells, texts) in rows.iter().zip(&texts) {
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
    let mut lines = table.lines();
    let mut out: String = lines.by_ref().take(usize::from(layout.headers)).map(|line| ended(&line)).collect();
    match (below, dropped) {
        (None, None) => out.extend(lines.map(|line| ended(&line))),
        (None, Some(i)) => {
            let mut commands = texts.iter().map(|row| &row[i]);
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
            for ((line, cells), texts) in lines.zip(rows).zip(&texts) {
                out.push_str(&ended(&line));
                if !cells[i].is_empty() {
                    out.push_str(&indented(&texts[i], cells[i].tone(), screen, layout));
                }
                for i in dropped.into_iter().filter(|i| !cells[*i].is_empty()) {
                    out.push_str(&format!("  {}\n", texts[i]));
                }
            }
        }
    }
    out
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

/// Stands in a row of its own below each row of several lines, to tell where that ends. It is a sign that no text has.
const END_OF_ROW: &str = "\u{e000}";

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

fn natural_widths(columns: &[Column], texts: &[Vec<String>], layout: Layout) -> Vec<u16> {
    let title = |c: &Column| if layout.headers { c.title.width() } else { 0 };
    let column = |(i, c): (usize, &Column)| texts.iter().map(|row| row[i].width()).fold(title(c), usize::max);
    columns.iter().enumerate().map(column).map(|w| u16::try_from(w).unwrap_or(u16::MAX)).collect()
}

/// Smallest width at which a column that may be cut is worth showing.
const LEAST: u16 = 8;

/// How narrow a column may become: not narrower than its heading.
fn least_width(column: &Column, natural: u16, layout: Layout) -> u16 {
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

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        column("ID").whole(),
        column("NAME"),
        column("POOL").rank(2),
        column("ALLOCS").right().rank(1),
        column("ADDRESS").wide(),
    ];

    fn rows() -> Vec<Vec<Cell>> {
        let row = |id: &str, name: &str, n| {
            vec![
                Cell::text(id),
                Cell::text(name),
                Cell::text("default"),
                Cell::Number(n),
                Cell::text("10.0.0.1"),
            ]
        };
        vec![row("c783f447", "worker-with-a-long-name-in-rack-7", 12), row("35d5b1e0", "日本語", 3)]
    }

    fn layout(width: Option<u16>) -> Layout {
        Layout { width, wide: false, headers: true, color: false, unicode: true, now: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn without_a_screen_nothing_is_cut() {
        insta::assert_snapshot!(render(COLUMNS, &rows(), layout(None)), @"
        ID        NAME                               POOL     ALLOCS
        c783f447  worker-with-a-long-name-in-rack-7  default      12
        35d5b1e0  日本語                             default       3
        ");
    }

    #[test]
    fn a_narrow_screen_cuts_names_and_drops_the_least_important_columns() {
        insta::assert_snapshot!(render(COLUMNS, &rows(), layout(Some(50))), @"
        ID        NAME                   POOL     ALLOCS
        c783f447  worker-with-a-long-n…  default      12
        35d5b1e0  日本語                 default       3
        ");
        insta::assert_snapshot!(render(COLUMNS, &rows(), layout(Some(28))), @"
        ID        NAME      ALLOCS
        c783f447  worker-…      12
        35d5b1e0  日本語         3
        ");
    }

    #[test]
    fn names_that_their_end_tells_apart_are_cut_in_front() {
        let columns =
            &[column("ID").whole(), column("NAME").tail(), column("NODE"), column("STATUS").whole()];
        let row = |n| {
            let name = format!("import/dispatch-1796041-cf8be7ce.main[{n}]");
            ["ce002575", &name, "a-node-with-a-name", "running"].map(Cell::text).to_vec()
        };
        let rows = vec![row(0), row(1)];
        insta::assert_snapshot!(render(columns, &rows, layout(Some(60))), @"
        ID        NAME                             NODE      STATUS
        ce002575  …patch-1796041-cf8be7ce.main[0]  a-node-…  running
        ce002575  …patch-1796041-cf8be7ce.main[1]  a-node-…  running
        ");
        insta::assert_snapshot!(render(columns, &rows, layout(Some(44))), @"
        ID        NAME             NODE      STATUS
        ce002575  …8be7ce.main[0]  a-node-…  running
        ce002575  …8be7ce.main[1]  a-node-…  running
        ");
    }

    #[test]
    fn a_column_that_says_nothing_unusual_is_left_out() {
        let columns = &[column("JOB"), column("NAMESPACE").usual("default")];
        let row = |namespace: &str| vec!["web".into(), Cell::text(namespace)];
        assert_eq!(render(columns, &[row("default"), row("default")], layout(None)), "JOB\nweb\nweb\n");
        assert!(render(columns, &[row("default"), row("ops")], layout(None)).contains("NAMESPACE"));
        let wide = Layout { wide: true, ..layout(None) };
        assert!(render(columns, &[row("default")], wide).contains("default"));
    }

    #[test]
    fn a_sentence_goes_on_in_the_next_line() {
        let columns = &[column("WHO").whole(), column("WHAT").wraps()];
        let rows = [
            vec!["node c1".into(), "does not answer since a while".into()],
            vec!["c2".into(), "fine".into()],
        ];
        insta::assert_snapshot!(render(columns, &rows, layout(Some(26))), @"
        WHO      WHAT
        node c1  does not answer
                 since a while
        c2       fine
        ");
    }

    #[test]
    fn a_sentence_without_enough_room_goes_below_its_row() {
        let columns = &[column("VERSION").right(), column("STATE").whole(), column("CHANGES").folds()];
        let row =
            |n, state: &str, changes: &str| vec![Cell::Number(n), Cell::text(state), Cell::text(changes)];
        let rows =
            [row(4, "current, stable", "image: web:1 → web:2; and count from 3 to 5"), row(3, "stable", "")];
        insta::assert_snapshot!(render(columns, &rows, layout(Some(41))), @"
        VERSION  STATE
              4  current, stable
          image: web:1 → web:2; and count from 3
          to 5
              3  stable
        ");
        assert!(render(columns, &rows, layout(Some(75))).lines().count() == 3);
    }

    #[test]
    fn a_command_stands_unbroken_below_where_its_row_has_no_room() {
        let columns = &[column("CODE").whole(), column("WHAT").folds(), column("NEXT").drops()];
        let row = |what: &str, next: &str| vec![Cell::text("FD101"), Cell::text(what), Cell::text(next)];
        let rows =
            [row("group g has no check at all", "fleet job inspect a-long-name"), row("ACLs are off", "")];
        insta::assert_snapshot!(render(columns, &rows, layout(Some(30))), @"
        CODE
        FD101
          group g has no check at all
          fleet job inspect a-long-name
        FD101
          ACLs are off
        ");
        let wider = render(columns, &rows, layout(Some(48)));
        assert!(wider.contains("FD101  fleet job inspect a-long-name\n  group g"), "{wider}");
    }

    #[test]
    fn a_command_stands_unbroken_below_the_last_line_of_its_row() {
        let columns = &[column("WHO").whole(), column("WHAT").wraps(), column("NEXT").drops()];
        let row = |who: &str, what: &str, next: &str| [who, what, next].map(Cell::text).to_vec();
        let rows = [
            row("node c1", "does not answer since a while", "fleet why c1 --kind node"),
            row("servers", "are old", ""),
            row("job web", "0 of 3 running", "fleet why web --namespace a-long-one"),
        ];
        insta::assert_snapshot!(render(columns, &rows, layout(Some(26))), @"
        WHO      WHAT
        node c1  does not answer
                 since a while
          fleet why c1 --kind node
        servers  are old
        job web  0 of 3 running
          fleet why web --namespace a-long-one
        ");
        let beside = render(columns, &rows, layout(Some(90)));
        assert!(beside.contains("job web  0 of 3 running                 fleet why web"), "{beside}");
        assert_eq!(beside.lines().count(), 4);
        let colored = render(columns, &rows, Layout { color: true, ..layout(Some(26)) });
        assert!(
            colored.contains("\n  fleet why c1 --kind node\n") && !colored.contains(END_OF_ROW),
            "{colored}"
        );
    }

    #[test]
    fn what_fills_a_coloured_column_is_left_out() {
        let colored = Layout { color: true, ..layout(Some(28)) };
        for line in render(COLUMNS, &rows(), colored).lines() {
            let mut text = line.to_owned();
            while let Some(at) = text.find('\x1b') {
                let end = text[at..].find('m').unwrap();
                text.replace_range(at..=at + end, "");
            }
            assert_eq!(text, text.trim_end(), "{line:?}");
            assert!(text.width() <= 28, "{line:?}");
        }
    }

    #[test]
    fn every_line_fits_any_screen_that_holds_the_uncut_columns() {
        for width in 20..120 {
            let text = render(COLUMNS, &rows(), layout(Some(width)));
            for line in text.lines() {
                assert!(line.width() <= usize::from(width), "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn wide_shows_everything_and_colour_is_opt_in() {
        let wide = Layout { wide: true, ..layout(Some(20)) };
        let text = render(COLUMNS, &rows(), wide);
        assert!(text.contains("10.0.0.1") && text.contains("worker-with-a-long-name-in-rack-7"));
        assert!(!text.contains('\x1b'));
        let colored = Layout { color: true, ..layout(None) };
        assert!(
            render(
                COLUMNS,
                &[vec![Cell::toned("x", Tone::Bad), "".into(), "".into(), "".into(), "".into()]],
                colored
            )
            .contains('\x1b')
        );
    }
}
