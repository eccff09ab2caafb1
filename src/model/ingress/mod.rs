//! From an nginx that stands on one machine to a gateway: what the configuration does, what another proxy can do of it, and
//! what is lost (`ingress.md`).

pub mod check;
pub mod client;
pub mod emit;
pub mod interpret;
pub mod judge;
pub mod lower;
pub mod nginx;
pub mod own_request;
pub mod pattern;
pub mod policy;
pub mod pool;
pub mod report;
pub mod request;
pub mod route;
pub mod verdict;
pub mod verify;
