//! What the operator decided about a shift of traffic.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::traffic::shift::{Pin, Risk};
use crate::ops::deploy::gates::Gate;
use crate::ops::traffic::witness::AdminAddress;

/// Every decision that shapes a shift.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The shares of the taking side, rising, in hundredths of a percent.
    pub steps: Vec<i64>,
    /// How long every gate must hold after each step, without a break.
    pub soak: Duration,
    /// What is asked after each step, beside the instances and proxies themselves.
    pub gates: Vec<Gate>,
    /// How often it is asked.
    pub every: Duration,
    /// The largest share of server errors of the taking side, in percent; none to leave it at worse than the giving side.
    pub most_errors: Option<f64>,
    /// The largest 99th percentile of the taking side's answers, in milliseconds.
    pub most_latency_ms: Option<f64>,
    /// How long the giving side may take to become idle in the end.
    pub drain_timeout: Duration,
    /// How sessions are kept on their side.
    pub pin: Option<Pin>,
    /// How long pins are there before the first step: a session without the cookie follows the weights.
    pub pin_soak: Duration,
    /// How long nothing may go to the giving side before its pins are taken out.
    pub session_idle: Duration,
    /// Sessions that are opened before every step, and where.
    pub probes: Option<Probes>,
    /// Admin ports of proxies that somebody named.
    pub envoy: Vec<AdminAddress>,
    /// The addresses of the APIs of the Traefiks that share it out.
    pub traefiks: Vec<String>,
    /// What was named in spite of what speaks against it.
    pub accept: BTreeSet<Risk>,
    /// Whether a failed gate leaves the shares as they are, instead of taking them back.
    pub hold_on_failure: bool,
    /// How long the whole may take.
    pub timeout: Option<Duration>,
}

/// Sessions that are opened to see whether they stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probes {
    /// How many.
    pub count: usize,
    /// The address they are opened at.
    pub url: String,
    /// The host they name.
    pub host: Option<String>,
    /// The header of answers that tells the side or the instance.
    pub side_header: Option<String>,
}
