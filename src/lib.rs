//! `fleet`: the operator's tool for a Nomad and Consul fleet.

pub mod api;
pub mod clock;
pub mod config;
pub mod error;
pub mod exit_code;
pub mod model;
pub mod ui;
