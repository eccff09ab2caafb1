//! Files into tasks and out of them, compared byte for byte before anything is called done.

mod digest;
mod download;
mod fs_download;
mod large_files;
mod local_staging;
mod pack;
mod progress;
mod rate_limit;
pub(crate) mod receive;
pub(crate) mod remote_staging;
mod script_pipe;
mod unpack;
mod upload;
mod walk_archive;
mod without_tar;

pub use digest::{Digest, Manifest};
pub(crate) use digest::{Digester, FIND_DIGEST_TOOL, NO_DIGEST};
pub use download::{Download, ReadMethod};
pub(crate) use pack::Tree as SourceTree;
pub use progress::Progress;
pub use unpack::{GivenUp, Limits, Unpacked, unpack};
pub use upload::Upload;

/// For scripts: prints the links below the working directory, and where each leads.
const LIST_LINKS: &str = include_str!("scripts/list_links.sh");

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
    /// Directories beside the copy that others build one up in: they are at work, or were killed less than a minute ago.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub busy: Vec<String>,
}

/// A file that was not copied, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Its path in the copy.
    pub path: String,
    /// Why.
    pub why: String,
}
