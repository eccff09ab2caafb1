//! The one HTTP stack: addresses, TLS, authentication, retries and the connection budget.

mod address;
mod beside;
mod call;
mod client;
mod download;
mod endpoint;
mod exchange;
mod probe;
mod retry;
mod rows;
mod socket;
mod tls;

pub use address::{Address, BasicAuth};
pub(crate) use call::segment;
pub use call::{Ask, Blocking, Get, Shape, Write};
pub use client::{Http, Meta, Reply};
pub use download::{Download, Raw};
pub use endpoint::{Endpoint, Product};
pub use probe::Probe;
pub use retry::{Backoff, Patience};
pub use rows::{Flaw, Rows};
pub use socket::Socket;
pub use tls::TlsOptions;
