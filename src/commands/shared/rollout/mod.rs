//! What every verb that changes a job ends with: following the version, telling it, reporting it.

mod acts;
mod following;
pub mod narrate;
pub mod report;
mod track;

pub use acts::Promote;
pub(crate) use acts::{pause, promote, resume, take_back, under_way};
pub use following::Follow;
pub(crate) use following::{Following, only_looking};
pub(crate) use narrate::Narrator;
pub(crate) use report::Report;
pub(crate) use track::Tracker;
