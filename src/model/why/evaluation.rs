//! What became of an evaluation.

use jiff::Timestamp;

use crate::api::nomad::evaluation::{EvalStatus, Evaluation};
use crate::model::ids::{job_words, short};
use crate::model::metric;
use crate::model::why::{Code, Evidence, Explanation, Suggestion, span};

/// Why an evaluation is in its state; one that could not place everything is explained by its job.
#[must_use]
pub fn explain(e: &Evaluation, now: Timestamp) -> Explanation {
    let name = format!("evaluation {} of {} (by {})", short(&e.id), e.job_id, e.triggered_by);
    let job = job_words(&e.namespace, &e.job_id);
    let unplaced: Vec<String> =
        e.failed_groups.iter().map(|(group, m)| format!("group {group}: {}", metric::explain(m))).collect();
    let (code, text) = match e.status {
        EvalStatus::Pending => match e.wait_until {
            Some(at) if at > now => (
                Code::EvaluationPending,
                format!("waits for its time, in {}", span(at.as_second() - now.as_second())),
            ),
            _ => (Code::EvaluationPending, "waits for the scheduler".to_owned()),
        },
        EvalStatus::Blocked if unplaced.is_empty() => {
            (Code::NoRoom, "waits for a change in the cluster".to_owned())
        }
        EvalStatus::Blocked => (Code::NoRoom, format!("waits for room: {}", unplaced.join("; "))),
        EvalStatus::Complete if unplaced.is_empty() => {
            (Code::NothingWrong, "was carried out: the scheduler placed everything".to_owned())
        }
        EvalStatus::Complete => {
            (Code::NoRoom, format!("could not place everything: {}", unplaced.join("; ")))
        }
        EvalStatus::Failed => (Code::EvaluationFailed, format!("failed: {}", e.status_description)),
        EvalStatus::Canceled => {
            (Code::EvaluationCanceled, "was replaced by another one of its job".to_owned())
        }
        EvalStatus::Unknown => {
            (Code::NotKnown, "is in a status this version of fleet does not know".to_owned())
        }
    };
    let mut explanation = Explanation::new(code, format!("{name} {text}"));
    for (what, id) in [
        ("follows", &e.previous_eval),
        ("is followed by", &e.next_eval),
        ("waits for room as", &e.blocked_eval),
    ] {
        if !id.is_empty() {
            explanation
                .evidence
                .push(Evidence::new("evaluation", format!("it {what} evaluation {}", short(id))));
        }
    }
    if code == Code::NothingWrong {
        return explanation;
    }
    explanation.suggest(Suggestion::new("see why, node by node", format!("fleet why {job}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_status_has_its_sentence() {
        let told = |status: &str, more: serde_json::Value| {
            let e: Evaluation = serde_json::from_value(json!({"ID": "26a37eb4-0", "Namespace": "default", "JobID": "web",
                "TriggeredBy": "job-register", "Status": status, "StatusDescription": "maximum attempts reached",
                "FailedTGAllocs": more, "WaitUntil": "2026-01-01T00:01:00Z"}))
            .unwrap();
            let e = explain(&e, "2026-01-01T00:00:00Z".parse().unwrap());
            format!("{}: {}", serde_json::to_value(e.code).unwrap().as_str().unwrap(), e.sentence)
        };
        let full = json!({"g": {"NodesEvaluated": 2, "DimensionExhausted": {"memory": 2}}});
        let all = [
            told("pending", json!({})),
            told("blocked", full.clone()),
            told("complete", json!({})),
            told("complete", full),
            told("failed", json!({})),
            told("canceled", json!({})),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        evaluation-pending: evaluation 26a37eb4 of web (by job-register) waits for its time, in 1m
        no-room: evaluation 26a37eb4 of web (by job-register) waits for room: group g: no room: memory on 2 nodes
        nothing-wrong: evaluation 26a37eb4 of web (by job-register) was carried out: the scheduler placed everything
        no-room: evaluation 26a37eb4 of web (by job-register) could not place everything: group g: no room: memory on 2 nodes
        evaluation-failed: evaluation 26a37eb4 of web (by job-register) failed: maximum attempts reached
        evaluation-canceled: evaluation 26a37eb4 of web (by job-register) was replaced by another one of its job
        ");
    }
}
