//! Progress of a copy, in bytes.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts bytes as they pass; a display reads it meanwhile.
#[derive(Debug, Default)]
pub struct Progress {
    passed: AtomicU64,
    expected: AtomicU64,
}

impl Progress {
    /// So many bytes have passed.
    pub fn add(&self, bytes: u64) {
        self.passed.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many more are to pass.
    pub fn expect(&self, bytes: u64) {
        self.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Forgets everything: it begins anew.
    pub fn reset(&self) {
        self.passed.store(0, Ordering::Relaxed);
        self.expected.store(0, Ordering::Relaxed);
    }

    /// Bytes that have passed, and how many will; none when that is not known.
    #[must_use]
    pub fn read(&self) -> (u64, Option<u64>) {
        let expected = self.expected.load(Ordering::Relaxed);
        (self.passed.load(Ordering::Relaxed), (expected > 0).then_some(expected))
    }
}
