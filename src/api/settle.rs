//! Writes whose reply may be lost: read back before repeating, never repeat blindly.

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::api::error::{Problem, Result};
use crate::api::http::{Backoff, Http, Patience, Reply, Write};
use crate::api::permission::Permission;

/// How a write was found to be done.
#[derive(Debug)]
pub enum Settled<T, R> {
    /// The server said so.
    Replied(Reply<T>),
    /// The reply was lost, and reading back showed that it is done.
    Found(R),
}

/// Carries out a write. When its reply is lost or the cluster was not ready for it, `done` reads back: `Some` when the
/// cluster shows the write's effect, `None` when it does not and the write may be sent again. What may have been done is looked for
/// once even when the patience is over: a reply that is never sent outlasts any.
///
/// # Errors
/// The write's own error when it is final or outlasts the patience.
pub async fn settle<T: DeserializeOwned, R>(
    http: &Http,
    permission: &Permission,
    call: &Write<T>,
    patience: Patience,
    mut done: impl AsyncFnMut() -> Result<Option<R>>,
) -> Result<Settled<T, R>> {
    let (begun, mut backoff) = (Instant::now(), Backoff::default());
    loop {
        let error = match http.write(permission, call).await {
            Ok(reply) => return Ok(Settled::Replied(reply)),
            Err(error) => error,
        };
        let pause = backoff.pause();
        // Where the whole run is out of time nothing more is asked either.
        let over = error.problem == Problem::OutOfTime || begun.elapsed() + pause > patience.0;
        if !error.is_ambiguous() && (over || !error.is_passing()) {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        match done().await {
            Ok(Some(found)) => return Ok(Settled::Found(found)),
            Ok(None) if over => return Err(error),
            Ok(None) => {}
            // Not known to be done, so not to be repeated either.
            Err(unknown) if !unknown.is_passing() && unknown.problem != Problem::OutOfTime => {
                return Err(unknown);
            }
            Err(_) => return Err(error),
        }
    }
}
