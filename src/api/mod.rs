//! Talking to Nomad and Consul, and to the proxies in front: one HTTP stack, typed calls, typed errors. Knows no verb.

pub mod consul;
pub mod envoy;
pub mod error;
pub mod http;
pub mod nomad;
pub mod permission;
pub mod settle;
pub mod traefik;
pub mod watch;
pub mod wire;

pub use error::{Error, Problem, Result};
pub use http::{Ask, Get, Http, Reply, Write};
pub use permission::Permission;
