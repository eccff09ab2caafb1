//! `fleet`: the operator's tool for a Nomad and Consul fleet.

#![forbid(unsafe_code)]

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod error;
pub mod exit_code;
#[cfg(test)]
mod fixtures;
pub mod interrupts;
pub mod invocation;
pub mod model;
pub mod ops;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod ui;
