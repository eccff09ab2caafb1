//! The one HTTP stack: addresses, TLS, authentication, retries and the connection budget.

mod address;
mod call;
mod client;
mod endpoint;
mod exchange;
mod probe;
mod retry;
mod rows;
mod tls;

pub use address::{Address, BasicAuth};
pub(crate) use call::segment;
pub use call::{Ask, Blocking, Get, Shape, Write};
pub use client::{Http, Meta, Reply};
pub use endpoint::{Endpoint, Product};
pub use probe::Probe;
pub use retry::{Backoff, Patience};
pub use rows::RowSplitter;
pub use tls::TlsOptions;
