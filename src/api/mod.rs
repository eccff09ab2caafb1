//! Talking to Nomad and Consul: one HTTP stack, typed calls, typed errors. Knows no verb.

pub mod consul;
pub mod envoy;
pub mod error;
pub mod http;
pub mod nomad;
pub mod permission;
pub mod settle;
pub mod watch;
pub mod wire;

pub use error::{Error, Problem, Result};
pub use http::{Ask, Get, Http, Reply, Write};
pub use permission::Permission;
