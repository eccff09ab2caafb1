//! Consul's HTTP API: typed calls with their wire types beside them (`consul-api.md`).

pub mod agent;
pub mod catalog;
pub mod config_entry;
pub mod discovery_chain;
pub mod health;
pub mod kv;
pub mod session;
