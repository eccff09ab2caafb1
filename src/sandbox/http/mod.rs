//! The HTTP API of the simulated agent.

mod access;
mod acl;
mod agent;
mod allocs;
mod blocking;
mod body;
mod call;
mod catalog;
mod client;
mod consul;
mod deployments;
mod evals;
mod events;
mod exec;
mod fs;
mod ids;
mod job_bodies;
mod job_writes;
mod jobs;
mod keyring;
mod line;
mod nodes;
mod operator;
pub(in crate::sandbox) mod paging;
mod pools;
pub(in crate::sandbox) mod reply;
mod request;
mod router;
mod scaling;
mod serve;
mod shape;
mod snapshot;
mod statuses;
mod variables;

pub(super) use serve::serve;
