//! What can be waited for of an evaluation.

use super::{ConditionState, one_of};
use crate::api::nomad::evaluation::{EvalStatus, Evaluation};
use crate::model::ids::short;
use crate::model::metric;

/// A condition of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalCondition {
    /// The scheduler has run.
    Complete,
    /// Everything it was to place has found a place, in it or in those that follow it.
    Placed,
}

/// The conditions there are, by their words.
pub const WORDS: &[(&str, EvalCondition)] =
    &[("complete", EvalCondition::Complete), ("placed", EvalCondition::Placed)];

impl EvalCondition {
    /// Reads one.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_of(text, WORDS, "")
    }
}

impl std::fmt::Display for EvalCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(WORDS.iter().find(|(_, c)| c == self).map_or("", |(word, _)| word))
    }
}

/// How a condition of an evaluation stands, by all evaluations of its job.
#[must_use]
pub fn standing(condition: EvalCondition, id: &str, evals: &[Evaluation]) -> ConditionState {
    let find = |id: &str| evals.iter().find(|e| e.id == id);
    let Some(mut eval) = find(id) else {
        return ConditionState::Never("it is not there any more: it was collected".to_owned());
    };
    // Whatever took over from it; a chain has no loops, and no more links than there are evaluations.
    for _ in 0..evals.len() {
        let next = match eval.status {
            EvalStatus::Failed => &eval.next_eval,
            EvalStatus::Complete if condition == EvalCondition::Placed => &eval.blocked_eval,
            _ => break,
        };
        match find(next) {
            Some(next) => eval = next,
            None => break,
        }
    }
    let unplaced = || {
        let each = eval.failed_groups.iter();
        let each = each.map(|(g, m)| format!("{} of {g}: {}", m.unplaced(), metric::explain(m)));
        each.collect::<Vec<_>>().join("; ")
    };
    let here = if eval.id == id { String::new() } else { format!(" ({})", short(&eval.id)) };
    let says = if eval.status_description.is_empty() {
        String::new()
    } else {
        format!(": {}", eval.status_description)
    };
    match eval.status {
        EvalStatus::Complete if eval.failed_groups.is_empty() => {
            ConditionState::Met(format!("everything is placed{here}"))
        }
        EvalStatus::Complete if condition == EvalCondition::Complete => {
            ConditionState::Met(format!("the scheduler has run, and could not place {}", unplaced()))
        }
        EvalStatus::Complete => {
            ConditionState::Never(format!("the scheduler has run, and could not place {}", unplaced()))
        }
        EvalStatus::Failed => ConditionState::Never(format!("the scheduler gave up{says}")),
        EvalStatus::Canceled if condition == EvalCondition::Complete => {
            ConditionState::Never(format!("it was superseded{says}"))
        }
        EvalStatus::Canceled => ConditionState::Never(format!("it was superseded{here}{says}")),
        EvalStatus::Blocked => ConditionState::NotYet(format!("it waits for room{here}: {}", unplaced())),
        EvalStatus::Pending | EvalStatus::Unknown => ConditionState::NotYet(match eval.wait_until {
            Some(at) => format!("it runs at {at:.0}"),
            None => "the scheduler has not run it yet".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn evals(rows: &Value) -> Vec<Evaluation> {
        serde_json::from_value(rows.clone()).unwrap()
    }

    #[test]
    fn a_blocked_evaluation_takes_over_what_was_not_placed() {
        let short_of =
            json!({"g": {"NodesEvaluated": 2, "NodesExhausted": 2, "DimensionExhausted": {"memory": 2}}});
        let waits = evals(&json!([
            {"ID": "a", "Status": "complete", "BlockedEval": "b", "FailedTGAllocs": short_of},
            {"ID": "b", "Status": "blocked", "FailedTGAllocs": short_of},
        ]));
        assert!(
            matches!(standing(EvalCondition::Complete, "a", &waits), ConditionState::Met(w) if w.contains("could not place 1 of g"))
        );
        assert!(
            matches!(standing(EvalCondition::Placed, "a", &waits), ConditionState::NotYet(w) if w.contains("memory"))
        );
        let placed = evals(&json!([
            {"ID": "a", "Status": "complete", "BlockedEval": "b", "FailedTGAllocs": short_of},
            {"ID": "b", "Status": "complete"},
        ]));
        assert_eq!(
            standing(EvalCondition::Placed, "a", &placed),
            ConditionState::Met("everything is placed (b)".into())
        );
        assert!(matches!(standing(EvalCondition::Placed, "x", &placed), ConditionState::Never(_)));
        let failed = evals(
            &json!([{"ID": "a", "Status": "failed", "StatusDescription": "maximum attempts reached (5)"}]),
        );
        assert_eq!(
            standing(EvalCondition::Complete, "a", &failed),
            ConditionState::Never("the scheduler gave up: maximum attempts reached (5)".into())
        );
    }
}
