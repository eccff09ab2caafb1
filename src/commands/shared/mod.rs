//! What several verbs share. A verb uses this and its own folder, never another verb's.

pub mod complete;
pub mod jobfile;
pub mod listing;
pub mod narrator;
pub mod progress;
pub mod resolve;
pub mod target;
