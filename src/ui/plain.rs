//! Tables for pipes: tab-separated, nothing cut, no escape codes, one record per line.

use crate::ui::cell::Cell;
use crate::ui::table::Column;

/// Renders rows separated by tabs, under a heading line when wanted.
pub(crate) fn render(columns: &[Column], rows: &[Vec<Cell>], headers: bool) -> String {
    let mut out = String::new();
    if headers {
        out.push_str(&columns.iter().map(|c| c.title).collect::<Vec<_>>().join("\t"));
        out.push('\n');
    }
    for row in rows {
        let cells: Vec<String> = row.iter().map(Cell::plain).collect();
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}
