//! The test suite: the binary and the library against servers of every kind. One binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end")]

mod binary;
mod e2e;
mod tls;
