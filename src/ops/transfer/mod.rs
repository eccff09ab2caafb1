//! Files into tasks and out of them, compared byte for byte before anything is called done.

mod bare;
mod digest;
mod inward;
mod meter;
mod outward;
mod over_fs;
mod pace;
mod pack;
mod pipe;
mod place;
mod rest;
pub(crate) mod stage;
mod unpack;
mod walk;

pub(crate) use digest::{DIGEST_TOOL, Digester, NO_DIGEST};
pub use digest::{Digest, Manifest};
pub use inward::Upload;
pub use meter::Meter;
pub use outward::{Download, Way};
pub(crate) use pack::Tree as SourceTree;
pub use unpack::{GivenUp, Limits, Unpacked, unpack};

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Copied {
    /// Files, directories not among them.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether both sides were compared.
    pub verified: bool,
    /// What was not copied, and why.
    pub left_out: Vec<LeftOut>,
    /// Files of which more was there when they were compared: what was copied is their beginning.
    pub grown: Vec<String>,
}

/// Something that was not copied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Its path in the copy.
    pub path: String,
    /// Why.
    pub why: String,
}
