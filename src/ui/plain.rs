//! Tables for pipes: tab-separated, nothing cut, one record per line, and colours only where they were asked for.

use crate::ui::cell::Cell;
use crate::ui::table::Column;

/// How to write for a pipe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain {
    /// Whether tables have headings.
    pub(crate) headers: bool,
    /// Whether colours were asked for by name: a pipe alone has none.
    pub(crate) color: bool,
}

/// Renders rows separated by tabs, under a heading line when wanted.
pub(crate) fn render(columns: &[Column], rows: &[Vec<Cell>], how: Plain) -> String {
    let mut out = String::new();
    if how.headers {
        out.push_str(&columns.iter().map(heading).collect::<Vec<_>>().join("\t"));
        out.push('\n');
    }
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| how.cell(cell)).collect();
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}

/// A heading that says what a number alone does not: its unit.
fn heading(column: &Column) -> String {
    column.unit.map_or_else(|| column.title.to_owned(), |unit| format!("{} {unit}", column.title))
}

/// The same without the columns of `-o wide`.
pub(crate) fn render_narrow(columns: &[Column], rows: Vec<Vec<Cell>>, how: Plain) -> String {
    let keep = |row: Vec<Cell>| {
        row.into_iter().zip(columns).filter(|(_, c)| !c.wide).map(|(cell, _)| cell).collect()
    };
    let kept: Vec<Column> = columns.iter().filter(|c| !c.wide).copied().collect();
    render(&kept, &rows.into_iter().map(keep).collect::<Vec<_>>(), how)
}

impl Plain {
    /// A cell as it is written.
    pub(crate) fn cell(self, cell: &Cell) -> String {
        cell.tone().paint(&cell.plain(), self.color)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::table::column;

    #[test]
    fn a_number_has_its_unit_in_the_heading() {
        let columns = [column("POOL"), column("MEMORY").right().unit("MIB")];
        let rows = [vec![Cell::text("web"), Cell::Mebibytes(4096)]];
        let how = Plain { headers: true, color: false };
        assert_eq!(render(&columns, &rows, how), "POOL\tMEMORY MIB\nweb\t4096\n");
    }
}
