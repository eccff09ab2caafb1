//! What happens right now, redrawn in place below the lines already printed.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use crate::ui::Printer;
use crate::ui::text::sanitize;

/// A wait shorter than this shows nothing: a flash of a spinner is noise.
const PATIENCE: Duration = Duration::from_millis(250);
const TICK: Duration = Duration::from_millis(120);

/// A few lines at the bottom of the terminal that tell the present state. Draws nothing where stderr is no terminal,
/// and leaves nothing behind when dropped.
pub struct Live {
    printer: Arc<Printer>,
    multi: Option<MultiProgress>,
    bars: Vec<ProgressBar>,
    style: ProgressStyle,
    begun: Instant,
}

impl Live {
    /// A display that has nothing to show yet.
    #[must_use]
    pub fn new(printer: &Arc<Printer>) -> Self {
        let multi = printer
            .may_animate()
            .then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(15)));
        printer.set_live(multi.clone());
        let ticks = if printer.unicode() { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ " } else { "|/-\\ " };
        let style = ProgressStyle::with_template("{spinner} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .tick_chars(ticks);
        Live { printer: Arc::clone(printer), multi, bars: Vec::new(), style, begun: Instant::now() }
    }

    /// Shows these lines in the place of the ones before.
    pub fn show(&mut self, lines: &[String]) {
        let Some(multi) = &self.multi else { return };
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        while self.bars.len() > lines.len() {
            if let Some(bar) = self.bars.pop() {
                bar.finish_and_clear();
                multi.remove(&bar);
            }
        }
        while self.bars.len() < lines.len() {
            let bar = multi.add(ProgressBar::new_spinner());
            bar.set_style(self.style.clone());
            bar.enable_steady_tick(TICK);
            self.bars.push(bar);
        }
        for (bar, line) in self.bars.iter().zip(lines) {
            bar.set_message(sanitize(line));
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        for bar in self.bars.drain(..) {
            bar.finish_and_clear();
        }
        self.printer.set_live(None);
    }
}
