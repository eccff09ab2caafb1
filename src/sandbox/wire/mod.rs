//! What the simulated servers send: views of the state in the very form Nomad's encoder gives them
//! (`nomad-api.md §0`). Fields stand in the order of their names.

pub mod alloc;
pub mod deployment;
pub mod eval;
pub mod fields;
pub mod job;
pub mod node;
mod rows;
mod task;
