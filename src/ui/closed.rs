//! Whether anybody reads stdout, for verbs that may wait long before they write again.

/// Ends when whoever reads stdout has gone; never where that cannot be told, as of a file.
#[cfg(unix)]
#[expect(
    deprecated,
    reason = "what takes its place is unsafe, for types whose descriptor may change; this one's does not"
)]
pub async fn stdout_closed() {
    use std::io;
    use std::os::fd::AsFd as _;

    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    // The system tells of errors whatever else is asked for, and the last reader's leaving is one.
    if let Ok(fd) = io::stdout().as_fd().try_clone_to_owned()
        && let Ok(stdout) = AsyncFd::with_interest(fd, Interest::ERROR)
        && stdout.ready(Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Never ends: no such thing can be told.
#[cfg(not(unix))]
pub async fn stdout_closed() {
    std::future::pending::<()>().await;
}
