//! The Consul a verb cannot do without.

use crate::api::http::Http;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// The client of Consul, as patient as somebody who looks on: what writes asks for more.
///
/// # Errors
/// Usage (2) when nobody said where it is.
pub fn needed(app: &App) -> Result<Http> {
    match app.consul()? {
        Some(consul) => Ok(consul.clone()),
        None => Err(Error::usage("nobody said where Consul is")
            .hint("set CONSUL_HTTP_ADDR, or choose a context that names a Consul (`fleet context list`)")),
    }
}

/// An error from before anything was written: that nothing was is part of it, where nobody could know.
#[must_use]
pub fn before_any_write(error: impl Into<Error>) -> Error {
    let error = error.into();
    match error.code() {
        ExitCode::Unreachable => {
            error.hint("nothing was written; the same command begins once Consul answers")
        }
        _ => error,
    }
}
