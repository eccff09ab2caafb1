//! The embedded fleet: a cluster to try things on, simulated inside the binary or real on loopback.

pub mod real;
