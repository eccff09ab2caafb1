//! What several verbs share. A verb uses this and its own folder, never another verb's.

pub mod alloc;
pub mod complete;
pub mod config_change;
pub mod consul;
pub mod deployment;
pub mod exec;
pub mod gate_args;
pub mod jobfile;
pub mod listing;
pub mod log_remarks;
pub mod narrator;
pub mod node_selection;
pub mod pipeline;
pub mod plan;
pub(crate) mod present;
pub mod progress;
pub mod resolve;
pub mod rollout;
pub mod rotation_board;
pub mod rotation_words;
pub mod run_end;
pub mod snapshot;
pub mod spec;
pub mod target;
pub mod unplaced;
