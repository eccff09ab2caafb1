//! Moving the traffic of a service from one side to the other, step by step: checked before and after every write, under a lock,
//! written down in Consul so that any machine can go on or take it back (`mesh.md §0`, `§4`, `§6`).

mod back;
mod drain;
pub mod event;
pub mod gates;
pub mod lock;
mod on_gateways;
mod on_traefiks;
pub mod options;
pub mod plan;
pub mod record;
pub mod run;
pub mod sessions;
pub mod snapshot;
mod soak;
mod step;

pub use back::silent_in_front;
pub use event::{Event, ShiftEnd};
pub use on_gateways::on_gateways;
pub use options::Options;
pub use record::{Phase, Record};
pub use run::Shift;
