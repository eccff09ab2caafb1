//! The embedded fleet: a cluster to try things on, simulated inside the binary or real on loopback.

pub mod acl;
pub mod consul;
mod engine;
pub mod faults;
pub mod filter;
mod go;
mod handle;
mod host;
mod http;
pub mod id;
pub mod jobspec;
pub mod moment;
pub mod placement;
pub mod real;
pub mod scenario;
pub mod scheduler;
pub mod state;
pub mod time;
pub mod wire;
pub mod world;

pub use engine::Logged;
pub use handle::{Options, Sandbox, StartError};
