//! What every operation that moves work shares: the state it reads, the floors it keeps, how far a move is, the forecast and
//! the lock on the cluster.

pub mod agents;
pub mod checks;
pub mod eligibility;
pub mod floors;
pub mod forecast;
pub mod live;
pub mod lock;
pub mod progress;
mod refs;
pub mod snapshot;

pub use refs::{AllocRef, META_WAS, NodeRef, alloc_ref, names, was_ineligible};
