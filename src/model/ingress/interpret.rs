//! What the new proxies answer, read from what was emitted for them.
//!
//! Small readers of the emitted documents, after what Traefik 3.7 and Envoy under Consul 1.21 were measured to do
//! (`ingress.md §C`). They know nothing of how the documents were made.

pub mod consul;
pub mod traefik;

/// What a request comes to in the new proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is handed on.
    Forward {
        /// The service, or the addresses, any of which may get it.
        to: Vec<String>,
        /// Path and query as the application receives them.
        target: String,
    },
    /// The client is sent elsewhere.
    Redirect {
        /// The status for a GET.
        status: u16,
        /// The address.
        location: String,
    },
    /// The proxy answers by itself.
    Status(u16),
}
