//! Many connections over one pair of pipes: frames, and what may come when.
//!
//! `port-forward` runs one program in a task and speaks this with it over its stdin and stdout. Each connection is a stream with
//! a number, and each direction of a stream has a window: who sends more than was granted is no relay of ours.

pub mod frame;
pub mod streams;

pub use frame::{Decoder, Frame};
pub use streams::{Side, StreamEvent, Streams};

/// How many bytes may be on their way in each direction of a stream: 50 ms of a fast network, and little enough for hundreds.
pub const WINDOW: u32 = 512 * 1024;

/// Seconds without a single byte after which a relay leaves: nobody else would end it (`nomad-api.md §6`).
pub const SILENCE: u32 = 30;
