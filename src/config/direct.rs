//! Whether what is in a task is asked for straight at its node.

use serde::Deserialize;

/// The way to what is in a task: straight to its node, or through the servers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum DirectMode {
    /// Straight to the node when it answers at once, else through the servers, without a word.
    #[default]
    Auto,
    /// Straight to the node when it answers within a second; a warning says when it did not.
    Always,
    /// Through the servers.
    Never,
}

impl std::fmt::Display for DirectMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            DirectMode::Auto => "auto",
            DirectMode::Always => "always",
            DirectMode::Never => "never",
        })
    }
}
