//! Rotations: a loop that brings the nodes to where they are asked to be, every step decided from the present (`nomad-api.md
//! §2.4`, §12).

mod acts;
mod aside;
mod batches;
mod begin;
pub mod blocker;
mod checks;
mod child;
pub mod control;
pub mod count;
pub mod decide;
pub mod end_state;
mod ending;
pub mod event;
mod follow;
mod gaps;
mod gates;
pub mod given_up;
pub mod history;
mod last_look;
pub mod options;
pub mod pace;
pub mod plan;
mod reconcile;
pub mod recorder;
mod replace;
mod rotation;
pub mod service;
pub mod service_step;
mod sight;
mod silence;
pub mod store;
pub mod story;
mod surge;
mod tell;
mod unreachable;
mod verify;

pub use replace::VARIABLES;
pub use rotation::{Goal, Means, Rotation};
