//! What is asked after every step: the instances of both sides, the counters of the gateways, and whatever the operator named.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::options::Options;
use super::record::Record;
use super::snapshot::{Instances, SideSeen};
use crate::api::envoy::Stats;
use crate::model::rollout::gate::GateAnswer;
use crate::model::traffic::shift::needed;
use crate::model::words;
use crate::ops::traffic::witness::Witnesses;

/// Fewer requests than this tell nothing of a share of errors.
const ENOUGH: u64 = 20;
/// So many percent points more errors than the other side are worse, where no limit was named.
const WORSE: f64 = 5.0;

/// Counters of a side's cluster, over all gateways that can be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Requests.
    pub total: u64,
    /// Answers of 500 and more.
    pub errors: u64,
    /// Requests, streams and websockets under way.
    pub active: u64,
}

/// The counters of both sides at one moment; none when no gateway tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SideCounters {
    /// Of the giving side.
    pub from: Option<Counted>,
    /// Of the taking side.
    pub to: Option<Counted>,
    /// How many gateways told.
    pub gateways: usize,
}

/// Reads the counters of both sides.
pub async fn count(witnesses: &Witnesses, from: &SideSeen, to: &SideSeen) -> SideCounters {
    let pattern =
        |side: &SideSeen| format!("^cluster\\.{}\\.upstream_rq_(total|active|5xx)$", escaped(&side.cluster));
    let filter = format!("({}|{})", pattern(from), pattern(to));
    let filter = &filter;
    let asked = join_all(witnesses.gateways().map(async |w| w.admin.stats(filter).await.ok())).await;
    let heard: Vec<Stats> = asked.into_iter().flatten().collect();
    SideCounters { from: of_side(&heard, from), to: of_side(&heard, to), gateways: heard.len() }
}

fn escaped(name: &str) -> String {
    name.replace('.', "\\.")
}

/// An absent counter is no zero: a gateway that does not know the cluster says nothing of it.
fn of_side(heard: &[Stats], side: &SideSeen) -> Option<Counted> {
    let name = |what: &str| format!("cluster.{}.upstream_rq_{what}", side.cluster);
    let mut sum: Option<Counted> = None;
    for stats in heard {
        let Some(total) = stats.get(&name("total")) else { continue };
        let sum = sum.get_or_insert_with(Counted::default);
        sum.total += total;
        sum.errors += stats.get(&name("5xx")).copied().unwrap_or(0);
        sum.active += stats.get(&name("active")).copied().unwrap_or(0);
    }
    sum
}

/// Whether the taking side has the instances its share needs, all of them well.
#[must_use]
pub fn instances(record: &Record, options: &Options, to: &Instances) -> GateAnswer {
    let pool = record.before_shares.pool().max(1);
    let share = record.shares.to * 10_000 / pool;
    let wanted = needed(share, record.baseline);
    let accepted = options.accept.contains(&crate::model::traffic::shift::Risk::UnderCapacity);
    let wanted = if accepted { wanted.min(1) } else { wanted };
    let failing = to
        .failing
        .first()
        .map(|(id, check)| format!("; {id} is kept out by check {check:?}"))
        .unwrap_or_default();
    if to.usable.len() >= wanted {
        return GateAnswer::Pass;
    }
    GateAnswer::Fail(format!(
        "{} of {} {} traffic, its share needs {wanted}{failing}",
        words::count(to.usable.len(), "instance"),
        record.to,
        words::either(to.usable.len(), "takes", "take")
    ))
}

/// What the gateways counted since the step.
#[must_use]
pub fn errors(options: &Options, before: &SideCounters, now: &SideCounters) -> Option<GateAnswer> {
    let since = |then: Option<Counted>, now: Option<Counted>| {
        let (then, now) = (then.unwrap_or_default(), now?);
        Some((now.total.saturating_sub(then.total), now.errors.saturating_sub(then.errors)))
    };
    let Some((total, bad)) = since(before.to, now.to) else {
        return options.most_errors.map(|_| GateAnswer::Unknown("no gateway tells of that side".to_owned()));
    };
    let share = percent(bad, total);
    let all = words::count(total, "request");
    match options.most_errors {
        Some(_) if total < ENOUGH => Some(GateAnswer::Unknown(format!("{all} since the step: too few"))),
        Some(most) if share > most => Some(GateAnswer::Fail(format!(
            "{bad} of {all} since the step answered 5xx, {share:.2} % where {most} % are allowed"
        ))),
        Some(_) => Some(GateAnswer::Pass),
        None => {
            let other = since(before.from, now.from)
                .filter(|(n, _)| *n >= ENOUGH)
                .map_or(0.0, |(n, bad)| percent(bad, n));
            let worse = total >= ENOUGH && share > other + WORSE;
            let why = || {
                format!(
                    "{bad} of {all} since the step answered 5xx, {share:.2} % beside {other:.2} % on the other side"
                )
            };
            Some(if worse { GateAnswer::Fail(why()) } else { GateAnswer::Pass })
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counters of requests")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// How slow the taking side is.
pub async fn latency(options: &Options, witnesses: &Witnesses, to: &SideSeen) -> Option<GateAnswer> {
    let most = options.most_latency_ms?;
    let name = format!("cluster.{}.upstream_rq_time", to.cluster);
    let filter = format!("^{}$", escaped(&name));
    let filter = &filter;
    let asked = join_all(witnesses.gateways().map(async |w| w.admin.percentile_99(filter).await.ok())).await;
    let values: BTreeMap<usize, f64> =
        asked.into_iter().flatten().filter_map(|p| p.get(&name).copied()).enumerate().collect();
    let slowest = values.into_values().max_by(f64::total_cmp);
    Some(match slowest {
        None => {
            GateAnswer::Unknown("no gateway answered requests of that side in its last interval".to_owned())
        }
        Some(p99) if p99 > most => {
            GateAnswer::Fail(format!("the 99th percentile is {p99} ms, {most} ms are allowed"))
        }
        Some(_) => GateAnswer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(most_errors: Option<f64>) -> Options {
        Options {
            steps: vec![],
            soak: std::time::Duration::ZERO,
            gates: vec![],
            every: std::time::Duration::ZERO,
            most_errors,
            most_latency_ms: None,
            drain_timeout: std::time::Duration::ZERO,
            pin: None,
            pin_soak: std::time::Duration::ZERO,
            session_idle: std::time::Duration::ZERO,
            probes: None,
            envoy: vec![],
            traefiks: vec![],
            accept: std::collections::BTreeSet::new(),
            hold_on_failure: false,
            timeout: None,
        }
    }

    fn both(from: (u64, u64), to: Option<(u64, u64)>) -> SideCounters {
        let counted = |(total, errors)| Counted { total, errors, active: 0 };
        SideCounters { from: Some(counted(from)), to: to.map(counted), gateways: 1 }
    }

    #[test]
    fn errors_are_judged_since_the_step_and_too_few_requests_tell_nothing() {
        let before = both((1000, 0), Some((100, 50)));
        let at = |most, to| errors(&options(most), &before, &both((2000, 10), to));
        assert_eq!(at(Some(1.0), Some((300, 50))), Some(GateAnswer::Pass));
        assert!(matches!(at(Some(1.0), Some((300, 60))), Some(GateAnswer::Fail(_))));
        assert!(matches!(at(Some(1.0), Some((110, 50))), Some(GateAnswer::Unknown(_))));
        assert!(matches!(at(Some(1.0), None), Some(GateAnswer::Unknown(_))));
        assert_eq!(at(None, None), None);
        assert_eq!(at(None, Some((300, 55))), Some(GateAnswer::Pass));
        assert!(matches!(at(None, Some((300, 90))), Some(GateAnswer::Fail(_))));
    }
}
