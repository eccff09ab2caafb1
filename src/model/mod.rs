//! The reasoning that makes `fleet` trustworthy: pure, synchronous, without I/O or clock.

pub mod alloc_story;
pub mod capacity;
pub mod checkout;
pub mod deployment_health;
pub mod drain_end;
pub mod finding;
pub mod forecast;
pub mod group;
pub mod ident;
pub mod job_diff;
pub mod job_health;
pub mod jobfile;
pub mod likeness;
pub mod metric;
pub mod node_health;
pub mod placement;
pub mod rights;
pub mod rollout;
pub mod selector;
pub mod servers;
pub mod suggest;
pub mod target;
pub mod var_items;
