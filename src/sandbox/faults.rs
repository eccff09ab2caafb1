//! Faults by rule: what goes wrong, when, and how often.
//!
//! A rule in text form: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`, where the method may be `*`, the path may contain
//! `*`, and the effect is one of `status=503 body=words`, `reset`, `truncate=100`, `delay=2s`, `hang`, `no-leader`,
//! `kill-leader`, `too-many`, `drop-reply`, `no-reply`, `stale-index=5`, `kill-node=3s`, `pause-node=1m` and `never-healthy`.
//! `no-leader=10s` ends by itself.

use std::str::FromStr;
use std::time::Duration;

use crate::api::wire::parse_go_duration;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// This answer, instead of the real one; nothing is done.
    Status(u16, String),
    /// The connection is reset before anything is done.
    Reset,
    /// The answer breaks off after so many bytes.
    Truncate(usize),
    /// The answer comes late, in virtual time.
    Delay(Duration),
    /// The answer never comes.
    Hang,
    /// The servers lose their quorum, for a while or for good.
    NoLeader(Option<Duration>),
    /// The leader dies; another one follows after some seconds.
    KillLeader,
    /// The agent says that there are too many connections.
    TooMany,
    /// The request is carried out and its answer lost.
    DropReply,
    /// The request is carried out and its answer never comes.
    NoReply,
    /// The answer names an index this much below its own, as after a restore of the servers' state.
    StaleIndex(u64),
    /// The node of the path dies this long after the request was carried out.
    KillNode(Duration),
    /// The node of the path is not heard of for this long from when the request was carried out.
    PauseNode(Duration),
    /// What replaces the allocations of the node of the path never turns healthy.
    NeverHealthy,
}

/// When something goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The method; any when none.
    pub method: Option<String>,
    /// The path, with `*` for anything.
    pub path: String,
    /// Only the request with this number among those that match, from 1.
    pub nth: Option<u64>,
    /// At most so often.
    pub times: Option<u64>,
    /// How likely it is.
    pub probability: f64,
    /// What goes wrong.
    pub effect: Effect,
}

impl Rule {
    /// A rule for every request to a path.
    #[must_use]
    pub fn new(method: &str, path: &str, effect: Effect) -> Self {
        Rule {
            method: (method != "*").then(|| method.to_ascii_uppercase()),
            path: path.to_owned(),
            nth: None,
            times: None,
            probability: 1.0,
            effect,
        }
    }

    /// The same, but at most so often.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// The same, but only for the request with this number, from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = Some(nth);
        self
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|m| m == method) && matches(&self.path, path)
    }
}

/// Whether a path is meant by a pattern with `*` for anything.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(between) = last.replace(part) {
            let between: &str = between;
            let Some(at) = rest.find(between) else { return false };
            rest = &rest[at + between.len()..];
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

/// What is wrong with the text of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad fault {rule:?}: {reason}")]
pub struct BadRule {
    rule: String,
    reason: String,
}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        let fail = |reason: String| BadRule { rule: text.to_owned(), reason };
        let mut words = text.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(fail("it begins with a method and a path".to_owned()));
        };
        let mut effect: Option<Effect> = None;
        let (mut nth, mut times, mut probability, mut body) = (None, None, 1.0, None);
        let rest: Vec<&str> = words.collect();
        for (at, word) in rest.iter().enumerate() {
            let (name, value) = word.split_once('=').map_or((*word, None), |(n, v)| (n, Some(v)));
            let number = || value.and_then(|v| v.parse::<u64>().ok());
            let wait = || value.and_then(parse_go_duration).map(super::super::api::wire::Nanos::duration);
            let need = |what: &str| fail(format!("{name} needs {what}"));
            match name {
                "nth" => nth = Some(number().ok_or_else(|| need("a number"))?),
                "times" => times = Some(number().ok_or_else(|| need("a number"))?),
                "p" => {
                    let chance =
                        value.and_then(|v| v.parse::<f64>().ok()).filter(|p| (0.0..=1.0).contains(p));
                    probability = chance.ok_or_else(|| need("a number from 0 to 1"))?;
                }
                "body" => {
                    // The words of a body go on to the end.
                    let first = value.unwrap_or("");
                    body = Some(
                        std::iter::once(first).chain(rest[at + 1..].iter().copied()).collect::<Vec<_>>(),
                    );
                    break;
                }
                _ => {
                    effect = Some(parse_effect(name, value, &number, &wait).map_err(|w| fail(w.to_owned()))?);
                }
            }
        }
        let mut effect = effect.ok_or_else(|| fail("it names no effect".to_owned()))?;
        if let (Effect::Status(_, words), Some(body)) = (&mut effect, body) {
            body.join(" ").trim_matches('"').clone_into(words);
        }
        Ok(Rule { nth, times, probability, ..Rule::new(method, path, effect) })
    }
}

fn parse_effect(
    name: &str,
    value: Option<&str>,
    number: &dyn Fn() -> Option<u64>,
    wait: &dyn Fn() -> Option<Duration>,
) -> Result<Effect, &'static str> {
    let size = || number().and_then(|n| usize::try_from(n).ok());
    Ok(match (name, value) {
        ("status", Some(_)) => {
            let code = number().and_then(|n| u16::try_from(n).ok()).filter(|n| (100..600).contains(n));
            Effect::Status(code.ok_or("status needs a code")?, String::new())
        }
        ("reset", None) => Effect::Reset,
        ("truncate", Some(_)) => Effect::Truncate(size().ok_or("truncate needs a number of bytes")?),
        ("delay", Some(_)) => Effect::Delay(wait().ok_or("delay needs a duration")?),
        ("hang", None) => Effect::Hang,
        ("no-leader", None) => Effect::NoLeader(None),
        ("no-leader", Some(_)) => Effect::NoLeader(Some(wait().ok_or("no-leader takes a duration")?)),
        ("kill-leader", None) => Effect::KillLeader,
        ("too-many", None) => Effect::TooMany,
        ("drop-reply", None) => Effect::DropReply,
        ("no-reply", None) => Effect::NoReply,
        ("stale-index", Some(_)) => Effect::StaleIndex(number().ok_or("stale-index needs a number")?),
        ("pause-node", Some(_)) => Effect::PauseNode(wait().ok_or("pause-node needs a duration")?),
        ("kill-node", None) => Effect::KillNode(Duration::ZERO),
        ("kill-node", Some(_)) => Effect::KillNode(wait().ok_or("kill-node takes a duration")?),
        ("never-healthy", None) => Effect::NeverHealthy,
        _ => return Err("it names an unknown effect"),
    })
}

/// The rules that are in force, and how often each was met.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<(Rule, u64, u64)>,
}

impl Faults {
    /// Puts a rule in force.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push((rule, 0, 0));
    }

    /// Takes all rules out of force.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// How often anything went wrong because of the rules in force.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.rules.iter().map(|(_, _, struck)| struck).sum()
    }

    /// What goes wrong with a request.
    pub fn strike(&mut self, method: &str, path: &str, rng: &mut fastrand::Rng) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (rule, seen, struck) in self.rules.iter_mut().filter(|(rule, ..)| rule.fits(method, path)) {
            *seen += 1;
            let due =
                rule.nth.is_none_or(|nth| nth == *seen) && rule.times.is_none_or(|times| *struck < times);
            if due && (rule.probability >= 1.0 || rng.f64() < rule.probability) {
                *struck += 1;
                effects.push(rule.effect.clone());
            }
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_from_text() {
        let rule: Rule = "PUT /v1/node/*/drain nth=2 drop-reply".parse().unwrap();
        assert_eq!(rule, Rule::new("PUT", "/v1/node/*/drain", Effect::DropReply).nth(2));
        let rule: Rule = "get /v1/jobs* times=3 p=0.5 status=503 body=\"out of order\"".parse().unwrap();
        assert_eq!(rule.effect, Effect::Status(503, "out of order".into()));
        assert_eq!((rule.method.as_deref(), rule.times, rule.probability), (Some("GET"), Some(3), 0.5));
        let rule: Rule = "* * delay=1500ms".parse().unwrap();
        assert_eq!((rule.method, rule.effect), (None, Effect::Delay(Duration::from_millis(1500))));
        let rule: Rule = "PUT /v1/node/*/drain pause-node=1m".parse().unwrap();
        assert_eq!(rule.effect, Effect::PauseNode(Duration::from_secs(60)));
        let rule: Rule = "GET /v1/nodes stale-index=5".parse().unwrap();
        assert_eq!(rule.effect, Effect::StaleIndex(5));
        for bad in [
            "GET / stale-index",
            "GET / pause-node",
            "",
            "GET",
            "GET /",
            "GET / p=2 reset",
            "GET / explode",
            "GET / status=9",
            "GET / nth=x reset",
        ] {
            assert!(bad.parse::<Rule>().is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_match_with_stars() {
        for (pattern, path, fits) in [
            ("/v1/jobs", "/v1/jobs", true),
            ("/v1/jobs", "/v1/jobs/parse", false),
            ("/v1/job*", "/v1/jobs/parse", true),
            ("/v1/node/*/drain", "/v1/node/ab/drain", true),
            ("/v1/node/*/drain", "/v1/node/ab/drained", false),
            ("*", "/anything", true),
            ("*/drain", "/v1/node/ab/drain", true),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
    }

    #[test]
    fn a_rule_strikes_as_often_as_it_says() {
        let mut faults = Faults::default();
        faults.add(Rule::new("GET", "/a", Effect::Reset).times(2));
        faults.add(Rule::new("*", "/a", Effect::Hang).nth(3));
        let mut rng = fastrand::Rng::with_seed(1);
        let mut strike = || faults.strike("GET", "/a", &mut rng);
        assert_eq!(strike(), [Effect::Reset]);
        assert_eq!(strike(), [Effect::Reset]);
        assert_eq!(strike(), [Effect::Hang]);
        assert_eq!(strike(), []);
    }
}
