//! What the command line says of a shift.

use std::collections::BTreeSet;

use super::{Args, OnFailure};
use crate::error::{Error, Result};
use crate::model::traffic::shift::{Pin, steps};
use crate::ops::traffic::shift::Options;
use crate::ops::traffic::shift::options::Probes;

impl Args {
    /// Every decision of the command line.
    ///
    /// # Errors
    /// Usage (2).
    pub(super) fn options(&self) -> Result<Options> {
        let steps =
            steps(&self.steps).map_err(|why| Error::usage(format!("--steps {}", self.steps)).because(why))?;
        Ok(Options {
            steps,
            soak: self.gates.soak,
            gates: self.gates.outside.gates(),
            every: self.gates.gate_interval.max(std::time::Duration::from_millis(200)),
            most_errors: self.gates.gate_errors,
            most_latency_ms: self.gates.gate_latency,
            drain_timeout: self.drain_timeout,
            pin: self.pin()?,
            pin_soak: self.sessions.pin_soak,
            session_idle: self.sessions.session_idle,
            probes: self.probes()?,
            envoy: self.envoy.clone(),
            traefiks: self.traefik.clone(),
            accept: self.accept.iter().copied().collect::<BTreeSet<_>>(),
            hold_on_failure: self.on_failure == OnFailure::Hold,
            timeout: self.timeout,
        })
    }

    fn pin(&self) -> Result<Option<Pin>> {
        let Some(name) = &self.sessions.pin else { return Ok(None) };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            return Err(Error::usage(format!("--pin={name}"))
                .because("the name of a cookie is made of letters, digits, - and _"));
        }
        Ok(Some(Pin::Cookie { name: name.clone() }))
    }

    fn probes(&self) -> Result<Option<Probes>> {
        const MOST: usize = 5000;
        let (Some(count), Some(url)) = (self.sessions.probe_sessions, &self.sessions.probe) else {
            return Ok(None);
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Error::usage(format!("--probe {url}"))
                .because("expected an address that begins with http:// or https://"));
        }
        if !(1..=MOST).contains(&count) {
            return Err(
                Error::usage(format!("--probe-sessions {count}")).because(format!("expected 1 to {MOST}"))
            );
        }
        if self.sessions.pin.is_none() && self.sessions.probe_side.is_none() {
            return Err(Error::usage("nothing tells on which side a session is")
                .hint("--probe-side HEADER names the header of answers that does, or --pin sets a cookie"));
        }
        Ok(Some(Probes {
            count,
            url: url.clone(),
            host: self.sessions.probe_host.clone(),
            side_header: self.sessions.probe_side.clone(),
        }))
    }
}
