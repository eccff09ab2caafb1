//! Rotations: old nodes are emptied one after the other, every step verified (`nomad-api.md §2.4`, §12).

mod empty;
pub mod event;
pub mod forecast;
pub mod hold;
mod mark;
pub mod options;
pub mod plan;
pub mod recorder;
mod replace;
mod rotation;
mod run;
pub mod scene;
mod seal;
pub mod step;
mod supervise;
mod trouble;
mod verify;

pub use replace::VARIABLES;
pub use rotation::Rotation;
