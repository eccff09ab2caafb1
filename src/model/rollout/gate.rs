//! Gates between healthy canaries and their promotion. Three answers: yes, no, and don't know, which holds.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

/// What one gate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "kebab-case")]
pub enum GateAnswer {
    /// Go on.
    Pass,
    /// Do not go on.
    Fail(String),
    /// No data, or nobody to ask.
    Unknown(String),
}

/// What the gates together say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatesVerdict {
    /// All hold, and have held long enough.
    Promote,
    /// Not yet; what is waited for.
    Hold(String),
    /// A gate said no, again and again.
    Abort(String),
}

/// How often in a row a gate must say no before it counts: one bad sample is none.
const NOS: u32 = 3;

/// Since when all gates hold, and how often in a row each has said no.
#[derive(Debug, Clone, Default)]
pub struct GateRecord {
    since: Option<Timestamp>,
    nos: BTreeMap<String, u32>,
}

impl GateRecord {
    /// The canaries are not all healthy: whatever time has passed does not count.
    pub fn unhealthy(&mut self) {
        self.since = None;
    }

    /// The canaries are healthy, and the gates were asked. `soak` is how long both must hold without a break.
    pub fn judge(
        &mut self,
        now: Timestamp,
        soak: Duration,
        answers: &[(String, GateAnswer)],
    ) -> GatesVerdict {
        let mut held_up = None;
        for (gate, answer) in answers {
            match answer {
                GateAnswer::Pass => {
                    self.nos.remove(gate);
                }
                GateAnswer::Unknown(why) => {
                    // Not knowing is neither a yes nor a no.
                    held_up.get_or_insert_with(|| format!("{gate}: not known: {why}"));
                }
                GateAnswer::Fail(why) => {
                    let nos = self.nos.entry(gate.clone()).or_default();
                    *nos += 1;
                    if *nos >= NOS {
                        return GatesVerdict::Abort(format!("{gate}: {why}"));
                    }
                    held_up.get_or_insert_with(|| format!("{gate}: no: {why}"));
                }
            }
        }
        if let Some(why) = held_up {
            self.since = None;
            return GatesVerdict::Hold(why);
        }
        let since = *self.since.get_or_insert(now);
        let held = now.duration_since(since).unsigned_abs();
        if held >= soak {
            return GatesVerdict::Promote;
        }
        let left = (soak - held).as_secs().max(1);
        GatesVerdict::Hold(format!("the canaries are healthy; soaking for another {left} s"))
    }
}

/// How often in a row every gate has said yes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassesInARow(u32);

impl PassesInARow {
    /// After these answers: one more when all say yes, none when any says no or does not know.
    #[must_use]
    pub fn after(self, answers: &[(String, GateAnswer)]) -> Self {
        match answers.iter().all(|(_, answer)| *answer == GateAnswer::Pass) {
            true => PassesInARow(self.0.saturating_add(1)),
            false => PassesInARow(0),
        }
    }

    /// How often that was.
    #[must_use]
    pub fn in_a_row(self) -> u32 {
        self.0
    }

    /// Whether it was so often; at least once, in any case.
    #[must_use]
    pub fn reach(self, wanted: u32) -> bool {
        self.0 >= wanted.max(1)
    }
}

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
}

/// A metric and the values it should have.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// What to ask for.
    pub query: String,
    /// How it compares.
    pub compare: Compare,
    /// With what.
    pub limit: f64,
}

impl std::str::FromStr for Threshold {
    type Err = String;

    /// Reads `QUERY<NUMBER` with `<`, `<=`, `>` or `>=`; the last one counts, for queries compare too.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || "expected QUERY<NUMBER, with <, <=, > or >=".to_owned();
        let at = text.rfind(['<', '>']).ok_or_else(bad)?;
        let (query, rest) = (text[..at].trim(), &text[at..]);
        let (compare, number) = match rest {
            _ if rest.starts_with("<=") => (Compare::AtMost, &rest[2..]),
            _ if rest.starts_with(">=") => (Compare::AtLeast, &rest[2..]),
            _ if rest.starts_with('<') => (Compare::Less, &rest[1..]),
            _ => (Compare::Greater, &rest[1..]),
        };
        let limit: f64 = number.trim().parse().map_err(|_| bad())?;
        if query.is_empty() || !limit.is_finite() {
            return Err(bad());
        }
        Ok(Threshold { query: query.to_owned(), compare, limit })
    }
}

impl Threshold {
    /// What the values say; none, or one that is no number, is no answer.
    #[must_use]
    pub fn judge(&self, values: &[f64]) -> GateAnswer {
        if values.is_empty() {
            return GateAnswer::Unknown("the query has no result".to_owned());
        }
        if values.iter().any(|v| v.is_nan()) {
            return GateAnswer::Unknown("the result is not a number".to_owned());
        }
        let holds = |v: f64| match self.compare {
            Compare::Less => v < self.limit,
            Compare::AtMost => v <= self.limit,
            Compare::Greater => v > self.limit,
            Compare::AtLeast => v >= self.limit,
        };
        match values.iter().find(|v| !holds(**v)) {
            None => GateAnswer::Pass,
            Some(v) => GateAnswer::Fail(format!("{v}, the limit is {}", self.limit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn gate(answer: GateAnswer) -> Vec<(String, GateAnswer)> {
        vec![("g".to_owned(), answer)]
    }

    const SOAK: Duration = Duration::from_secs(10);

    #[test]
    fn soaking_is_continuous() {
        let mut w = GateRecord::default();
        assert!(matches!(w.judge(at(0), SOAK, &[]), GatesVerdict::Hold(_)));
        assert!(matches!(w.judge(at(9), SOAK, &[]), GatesVerdict::Hold(_)));
        w.unhealthy();
        assert!(matches!(w.judge(at(11), SOAK, &[]), GatesVerdict::Hold(_)));
        assert_eq!(w.judge(at(21), SOAK, &[]), GatesVerdict::Promote);
    }

    #[test]
    fn not_knowing_holds_for_ever_and_three_noes_in_a_row_abort() {
        let mut w = GateRecord::default();
        for second in 0..100 {
            assert!(matches!(
                w.judge(at(second), Duration::ZERO, &gate(GateAnswer::Unknown("x".into()))),
                GatesVerdict::Hold(_)
            ));
        }
        let no = || gate(GateAnswer::Fail("bad".into()));
        assert!(matches!(w.judge(at(101), Duration::ZERO, &no()), GatesVerdict::Hold(_)));
        assert!(matches!(w.judge(at(102), Duration::ZERO, &no()), GatesVerdict::Hold(_)));
        assert_eq!(w.judge(at(103), Duration::ZERO, &no()), GatesVerdict::Abort("g: bad".into()));
    }

    #[test]
    fn thresholds_are_read_from_the_end_and_no_data_is_no_answer() {
        let t: Threshold = "sum(rate(errors{code>=\"500\"}[1m])) <= 0.01".parse().unwrap();
        assert_eq!(
            (t.query.as_str(), t.compare, t.limit),
            ("sum(rate(errors{code>=\"500\"}[1m]))", Compare::AtMost, 0.01)
        );
        assert_eq!(t.judge(&[0.01, 0.0]), GateAnswer::Pass);
        assert!(matches!(t.judge(&[0.01, 0.02]), GateAnswer::Fail(_)));
        assert!(matches!(t.judge(&[]), GateAnswer::Unknown(_)));
        assert!(matches!(t.judge(&[f64::NAN]), GateAnswer::Unknown(_)));
        assert!(["x", "<1", "x<", "x<nan"].iter().all(|bad| bad.parse::<Threshold>().is_err()));
    }

    #[test]
    fn a_single_no_or_not_knowing_begins_the_count_again() {
        let yes = gate(GateAnswer::Pass);
        let twice = PassesInARow::default().after(&yes).after(&yes);
        assert!(twice.reach(2) && !twice.reach(3) && !PassesInARow::default().reach(0));
        for bad in [GateAnswer::Fail("x".into()), GateAnswer::Unknown("x".into())] {
            assert_eq!(twice.after(&gate(bad)), PassesInARow::default());
        }
    }

    proptest! {
        #[test]
        fn nothing_is_promoted_before_every_gate_held_for_the_whole_soak(
            answers in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(2), Just(3)], 1..60),
        ) {
            let mut w = GateRecord::default();
            let mut good_since: Option<i64> = None;
            for (second, answer) in answers.iter().enumerate() {
                let second = second as i64;
                let verdict = match answer {
                    0 | 3 => { good_since.get_or_insert(second); w.judge(at(second), SOAK, &gate(GateAnswer::Pass)) }
                    1 => { good_since = None; w.judge(at(second), SOAK, &gate(GateAnswer::Unknown("?".into()))) }
                    _ => { good_since = None; w.judge(at(second), SOAK, &gate(GateAnswer::Fail("no".into()))) }
                };
                let held = good_since.map_or(-1, |s| second - s);
                prop_assert_eq!(verdict == GatesVerdict::Promote, held >= 10);
                if matches!(verdict, GatesVerdict::Abort(_)) { break; }
            }
        }
    }
}
