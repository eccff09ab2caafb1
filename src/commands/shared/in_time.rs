//! What may be given up without harm, in no more time than it may take.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ui::duration_text;

/// Whoever watches the clock by himself has this time more to say how it stood.
const GRACE: Duration = Duration::from_millis(250);

/// Carries out what only reads, or waits, and gives it up when this time is over: a server that trickles its answer does not hold
/// up a verb that may take so long and no longer.
///
/// # Errors
/// Timed out (6); those of what is carried out.
pub(crate) async fn in_time<T>(limit: Option<Duration>, work: impl Future<Output = Result<T>>) -> Result<T> {
    let Some(limit) = limit else { return work.await };
    tokio::time::timeout(limit + GRACE, work).await.unwrap_or_else(|_| {
        let error = Error::new(ExitCode::TimedOut, format!("timed out after {}", duration_text(limit)));
        Err(error.because("no whole answer came until then").hint("-v shows what it asked for"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_given_up() {
        let four = Some(Duration::from_secs(4));
        let slow = async {
            tokio::time::sleep(Duration::from_secs(45)).await;
            Ok(1)
        };
        assert_eq!(in_time(four, slow).await.unwrap_err().code(), ExitCode::TimedOut);
        assert_eq!(in_time(four, async { Ok(2) }).await.unwrap(), 2);
        assert_eq!(in_time(None, async { Ok(3) }).await.unwrap(), 3);
    }
}
