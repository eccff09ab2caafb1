//! The one HTTP stack: addresses, TLS, authentication, retries and the connection budget.

mod address;
mod asked_node;
mod call;
mod client;
mod download;
mod endpoint;
mod fetch;
mod list_decoder;
mod probe;
mod response;
mod retry;
mod rows;
mod slow;
mod socket;
mod tls;

pub use address::{Address, BasicAuth};
pub use asked_node::AskedNode;
pub(crate) use call::segment;
pub use call::{Ask, Blocking, Get, RequestSpec, Write};
pub use client::Http;
pub use download::{Download, Raw};
pub use endpoint::{Endpoint, Product};
pub use probe::{Probe, ProbeAnswer};
pub use response::{Meta, Reply};
pub use retry::{Backoff, Patience};
pub use rows::{ListFlaw, Rows};
pub use slow::SlowAnswers;
pub use socket::Socket;
pub use tls::TlsOptions;
