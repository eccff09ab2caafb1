//! The server's own drain of some nodes, started as wanted and followed to its true end (`nomad-api.md §2.4`).

pub mod event;
pub mod fate;
mod follow;
pub mod options;
mod start;
pub mod target;

pub use follow::{Follow, Followed};
pub use start::{is_left_by_a_drain, start};
