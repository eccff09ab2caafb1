//! Randomness for keys and nonces, from the system.

use std::io::Read as _;

use crate::error::{Error, Result};

/// Bytes that nobody can guess.
///
/// # Errors
/// When the system gives none.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|e| Error::failed("could not read /dev/urandom").because(e.to_string()))?;
    Ok(bytes)
}
