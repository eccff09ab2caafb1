//! How far a copy is, for whoever waits for it.

use std::time::Duration;

use tokio::time::{Instant, interval};

use crate::app::App;
use crate::ops::transfer::Progress;
use crate::ui::{Live, bytes_text, duration_text};

/// Shows the progress of a copy until it is done.
pub async fn shown<T>(app: &App, what: &str, progress: &Progress, copying: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    meanwhile(app, || format!("{what}: {}", how_far(progress.read(), begun.elapsed())), copying).await
}

/// Shows a line, updated a few times a second, until a future is done.
pub async fn meanwhile<T>(app: &App, line: impl Fn() -> String, doing: impl Future<Output = T>) -> T {
    let (mut live, mut tick) = (Live::new(&app.printer), interval(Duration::from_millis(200)));
    let mut doing = std::pin::pin!(doing);
    loop {
        tokio::select! {
            done = &mut doing => return done,
            _ = tick.tick() => live.show(&[line()]),
        }
    }
}

/// Bytes, share, rate, and how long it may still take.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn how_far((passed, expected): (u64, Option<u64>), took: Duration) -> String {
    let so_far = format!("{}, {}", bytes_text(passed), rate(passed, took.as_secs_f64()));
    let Some(expected) = expected.filter(|e| passed > 0 && *e >= passed) else { return so_far };
    let left = took.mul_f64((expected - passed) as f64 / passed as f64);
    let share = passed as f64 / expected as f64 * 100.0;
    format!("{so_far}, {share:.0} %, {} left", duration_text(Duration::from_secs(left.as_secs())))
}

/// Bytes a second.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a rate is shown with one digit")]
pub fn rate(bytes: u64, seconds: f64) -> String {
    let each = bytes as f64 / seconds.max(0.001);
    if each < 999.5 {
        format!("{each:.0} bytes/s")
    } else if each < 999_500.0 {
        format!("{:.0} kB/s", each / 1e3)
    } else {
        format!("{:.1} MB/s", each / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_only_where_the_end_is_known() {
        let took = Duration::from_secs(10);
        assert_eq!(how_far((5_000_000, Some(20_000_000)), took), "4.8 MiB, 500 kB/s, 25 %, 30s left");
        assert_eq!(how_far((5_000_000, None), took), "4.8 MiB, 500 kB/s");
        assert_eq!(how_far((0, Some(9)), took), "0 bytes, 0 bytes/s");
        assert_eq!(how_far((10, Some(9)), took), "10 bytes, 1 bytes/s");
    }

    #[test]
    fn a_rate_has_the_unit_that_says_something() {
        assert_eq!(rate(40_000_000, 2.0), "20.0 MB/s");
        assert_eq!(rate(999_600, 1.0), "1.0 MB/s");
        assert_eq!(rate(2_500, 0.1), "25 kB/s");
        assert_eq!(rate(12, 0.2), "60 bytes/s");
    }
}
