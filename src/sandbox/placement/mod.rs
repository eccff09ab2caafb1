//! What Nomad's scheduler decides about a node and a task group: may it run there, does it fit, how good is it.
//!
//! [`Placer`] is one evaluation: it is given the machines and what runs on them, and places group after group, each
//! placement weighing on the next. The reasons why nothing fits come as a [`Metric`], counted as Nomad counts them
//! (`nomad-api.md §4`).

mod distinct;
mod feasible;
mod grant;
mod machine;
mod metric;
mod occupancy;
mod operand;
mod placer;
mod plan;
mod ports;
mod score;
mod spread;
mod version;

#[cfg(test)]
mod tests;

pub use grant::{Grant, TaskGrant};
pub use machine::{Address, Capacity, Machine, in_any_datacenter, in_pool, star_matches};
pub use metric::{Exhausted, Metric, NodeScore};
pub use occupancy::{Footprint, Occupancy, Tenant};
pub use operand::meets;
pub use placer::{Config, Placer, Seat};
pub use plan::{Eligibility, PlacementRequest};
pub use ports::PortGrant;
pub use score::Algorithm;
pub use version::is_version_constraint;
