//! TCP connections into a task, carried by a program that is already there (`nomad-api.md §6.1`).

mod carry;
mod relay;

pub use carry::{Carried, Failure, carry};
pub use relay::{Relay, probe};
