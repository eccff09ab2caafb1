//! Shown once, or again and again on a terminal.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::gather::gather;
use super::view::TopView;
use super::{Args, TopSubject};
use crate::app::App;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::model::usage::SortBy;
use crate::ui::{self, Board, Resizes};

/// How long a look stands before the next one.
const EVERY: Duration = Duration::from_secs(3);
/// Rows where no screen says how many fit.
const ROWS: usize = 50;
/// Lines of a screen that are no rows: heading, title, names of the columns, and one below.
const AROUND: u16 = 5;

/// What a key asks for.
enum Key {
    Leave,
    Sort(SortBy),
}

/// Shows it.
///
/// # Errors
/// Nomad's own; once it is shown, faults are told on the screen.
pub(super) async fn run(app: &App, what: TopSubject, args: &Args) -> Result<()> {
    let board = if args.once { None } else { Board::take(&app.printer)? };
    match board {
        Some(board) => live(app, what, args, board).await,
        None => once(app, what, args).await,
    }
}

async fn once(app: &App, what: TopSubject, args: &Args) -> Result<()> {
    let most = args.rows.map_or(if app.printer.is_machine() { usize::MAX } else { ROWS }, usize::from);
    let chosen = (SortBy::from(args.sort), args.filter.as_deref(), most);
    let (rows, all) = Box::pin(gather(app.nomad()?, app.list_namespace()?, what, chosen)).await?;
    if rows.is_empty() {
        resolve::namespace(app).await?;
    }
    let left = all - rows.len();
    let view = TopView { what, rows, all };
    match what {
        TopSubject::Nodes => app.printer.list(&view.nodes(), "no node that fits")?,
        TopSubject::Jobs | TopSubject::Allocs => app.printer.list(&view.work(), "nothing runs that fits")?,
    }
    if left > 0 {
        app.printer.note(&format!("and {left} more; --rows shows more of them"));
    }
    Ok(())
}

/// Looks again and again until it is left.
async fn live(app: &App, what: TopSubject, args: &Args, mut board: Board) -> Result<()> {
    // A line about an answer that takes long would go across the screen.
    let (nomad, namespace) = (&app.nomad()?.quietly(), app.list_namespace()?);
    board.head("looking…, q leaves")?;
    let (mut sort, filter) = (SortBy::from(args.sort), args.filter.as_deref());
    let mut keys = ui::stdin();
    let mut looked = false;
    loop {
        let fit = Resizes::now().map_or(ROWS, |(_, rows)| usize::from(rows.saturating_sub(AROUND).max(3)));
        let most = args.rows.map_or(fit, usize::from);
        let mut look = pin!(gather(nomad, namespace, what, (sort, filter, most)));
        let seen = tokio::select! {
            biased;
            key = pressed(&mut keys) => match key {
                Key::Leave => return Ok(()),
                Key::Sort(by) => {
                    sort = by;
                    continue;
                }
            },
            seen = &mut look => seen,
        };
        match seen {
            Ok((rows, all)) => {
                let content = app.printer.rendered(&TopView { what, rows, all }, board.width());
                board.show(&heading(sort, filter, None), &content)?;
                looked = true;
            }
            // What was wrong from the beginning does not get better.
            Err(e) if !looked => return Err(e),
            Err(e) => board.head(&heading(sort, filter, Some(&e)))?,
        }
        if app.printer.is_closed() {
            return Ok(());
        }
        tokio::select! {
            biased;
            key = pressed(&mut keys) => match key {
                Key::Leave => return Ok(()),
                Key::Sort(by) => sort = by,
            },
            () = sleep(EVERY) => {}
        }
    }
}

fn heading(sort: SortBy, filter: Option<&str>, fault: Option<&Error>) -> String {
    let by = match sort {
        SortBy::Cpu => "CPU",
        SortBy::Memory => "memory",
        SortBy::Name => "name",
    };
    let filter = filter.map_or(String::new(), |text| format!(", only {}", ui::sanitize(text)));
    let fault =
        fault.map_or(String::new(), |e| format!("  LOST: {}; trying again", ui::sanitize(&e.to_string())));
    format!("by {by}{filter}; c, m, n sort, q leaves{fault}")
}

/// The next key that means something; never where nobody types.
async fn pressed(keys: &mut mpsc::Receiver<std::io::Result<Bytes>>) -> Key {
    while let Some(Ok(piece)) = keys.recv().await {
        for key in &piece {
            match key {
                b'q' | b'Q' | 3 | 4 => return Key::Leave,
                b'c' => return Key::Sort(SortBy::Cpu),
                b'm' => return Key::Sort(SortBy::Memory),
                b'n' => return Key::Sort(SortBy::Name),
                _ => {}
            }
        }
    }
    std::future::pending().await
}
