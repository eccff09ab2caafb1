//! The Consul a verb cannot do without.

use crate::api::http::{Http, Patience};
use crate::app::App;
use crate::error::{Error, Result};

/// The client of Consul.
///
/// # Errors
/// Usage (2) when nobody said where it is.
pub fn needed(app: &App) -> Result<Http> {
    match app.consul()? {
        Some(consul) => Ok(consul.with_patience(Patience::OPERATION)),
        None => Err(Error::usage("nobody said where Consul is")
            .hint("set CONSUL_HTTP_ADDR, or choose a context that names a Consul (`fleet context list`)")),
    }
}
