//! When the new side may take over: no difference that nothing explains, and every route seen on both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SentRequest;
use super::compare::Difference;

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The request.
    pub request: SentRequest,
    /// The route it takes, as far as it is known.
    pub route: String,
    /// The outcome.
    pub outcome: Outcome,
    /// What was not compared, for the old side differs from itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<String>,
}

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Both sides answer alike.
    Same,
    /// They differ, as it was foretold.
    Explained {
        /// What differs.
        differences: Vec<Difference>,
        /// What foretold it.
        by: String,
    },
    /// They differ.
    Differs {
        /// What differs.
        differences: Vec<Difference>,
    },
    /// A side did not answer.
    Unknown {
        /// Which, and why.
        why: String,
    },
}

/// How many requests came to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerificationSummary {
    /// Requests that were sent.
    pub requests: usize,
    /// Alike.
    pub same: usize,
    /// Different as foretold.
    pub explained: usize,
    /// Different.
    pub unexplained: usize,
    /// Without an answer from a side.
    pub unknown: usize,
    /// Routes that are known.
    pub routes: usize,
    /// Those of them that were not seen on both sides.
    pub routes_not_seen: Vec<String>,
    /// Whether the new side may take over.
    pub gate: Gate,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Nothing unexplained, every route seen.
    Open,
    /// Something differs.
    Closed,
    /// It is not known: a route was not seen, or a side did not answer.
    Unknown,
}

/// Sums findings up. `routes` are those that must have been seen.
#[must_use]
pub fn sum(findings: &[Finding], routes: &[String]) -> VerificationSummary {
    let mut seen: BTreeMap<&str, bool> = routes.iter().map(|r| (r.as_str(), false)).collect();
    let mut sum = VerificationSummary {
        requests: findings.len(),
        same: 0,
        explained: 0,
        unexplained: 0,
        unknown: 0,
        routes: 0,
        routes_not_seen: Vec::new(),
        gate: Gate::Open,
    };
    for finding in findings {
        let answered = match &finding.outcome {
            Outcome::Same => {
                sum.same += 1;
                true
            }
            Outcome::Explained { .. } => {
                sum.explained += 1;
                true
            }
            Outcome::Differs { .. } => {
                sum.unexplained += 1;
                true
            }
            Outcome::Unknown { .. } => {
                sum.unknown += 1;
                false
            }
        };
        *seen.entry(finding.route.as_str()).or_default() |= answered;
    }
    sum.routes = seen.len();
    sum.routes_not_seen = seen.into_iter().filter(|(_, seen)| !seen).map(|(r, _)| r.to_owned()).collect();
    sum.gate = if sum.unexplained > 0 {
        Gate::Closed
    } else if sum.unknown > 0 || !sum.routes_not_seen.is_empty() || findings.is_empty() {
        Gate::Unknown
    } else {
        Gate::Open
    };
    sum
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;

    #[test]
    fn what_was_not_seen_is_no_yes() {
        let finding = |route: &str, outcome: Outcome| Finding {
            request: SentRequest {
                method: "GET".into(),
                target: "/".into(),
                host: None,
                headers: Vec::new(),
                origin: Origin::File,
            },
            route: route.into(),
            outcome,
            noise: Vec::new(),
        };
        let gate = |findings: &[Finding]| sum(findings, &["a".into(), "b".into()]).gate;
        assert_eq!(gate(&[]), Gate::Unknown);
        assert_eq!(gate(&[finding("a", Outcome::Same)]), Gate::Unknown);
        assert_eq!(gate(&[finding("a", Outcome::Same), finding("b", Outcome::Same)]), Gate::Open);
        assert_eq!(
            gate(&[finding("a", Outcome::Same), finding("b", Outcome::Unknown { why: "x".into() })]),
            Gate::Unknown
        );
        assert_eq!(
            gate(&[finding("a", Outcome::Differs { differences: vec![] }), finding("b", Outcome::Same)]),
            Gate::Closed
        );
    }
}
