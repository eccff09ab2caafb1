//! Shipping a version of a job: register, follow, promote or take back, and say how it ended.

pub mod act;
pub mod end;
pub mod event;
pub mod evidence;
mod follow;
pub mod gates;
pub mod pause_claim;
pub mod step;
pub(in crate::ops) mod watch;

pub(crate) use end::way_out;
pub use end::{After, End, Meanwhile};
pub use follow::{FloorPolicy, FloorWatch, Follow, MOST_CRASHES, Options};
pub use step::Promotion;
