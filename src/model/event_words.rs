//! An event of the stream in words, and when it happened (`nomad-api.md §8`).

use jiff::Timestamp;
use serde_json::Value;

use crate::api::nomad::event::Event;

/// When it happened, as far as its object tells.
#[must_use]
pub fn happened_at(event: &Event) -> Option<Timestamp> {
    let object = object(event);
    let nanos =
        ["ModifyTime", "SubmitTime"].iter().find_map(|field| object[*field].as_i64().filter(|t| *t > 0));
    if let Some(nanos) = nanos {
        return Timestamp::from_nanosecond(nanos.into()).ok();
    }
    // A node's own events are dated one by one; the last is the one that made it change.
    let last = object["Events"].as_array().and_then(|events| events.last())?;
    last["Timestamp"].as_str()?.parse().ok()
}

/// What happened to the object, in a few words.
#[must_use]
pub fn words(event: &Event) -> String {
    let object = object(event);
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let number = |field: &str| object[field].as_u64().unwrap_or_default();
    let words = match event.topic.as_str() {
        "Job" => match object["Stop"].as_bool() {
            Some(true) => format!("version {}, stopped, {}", number("Version"), text("Status")),
            _ => format!("version {}, {}", number("Version"), text("Status")),
        },
        "Evaluation" => format!("{} by {}, {}", text("JobID"), text("TriggeredBy"), text("Status")),
        "Allocation" => {
            let wanted = text("DesiredStatus");
            let told = if wanted == "run" { String::new() } else { format!(", told to {wanted}") };
            format!("{} on {}, {}{told}", text("Name"), text("NodeName"), text("ClientStatus"))
        }
        "Deployment" => format!("{} version {}, {}", text("JobID"), number("JobVersion"), text("Status")),
        "Node" => {
            let drains = if object["DrainStrategy"].is_null() { "" } else { ", draining" };
            format!("{}, {}, {}{drains}", text("Name"), text("Status"), text("SchedulingEligibility"))
        }
        "Service" => format!("{} at {}:{}", text("ServiceName"), text("Address"), number("Port")),
        "Variable" => text("Path").to_owned(),
        _ => text("Name").to_owned(),
    };
    let said = ["StatusDescription", "DeploymentStatusDescription"].iter().map(|field| text(field));
    let said = said.chain([last_message(object)]).find(|said| !said.is_empty() && !words.contains(said));
    match said {
        Some(said) => format!("{words}: {said}"),
        None => words,
    }
}

/// The last of a node's own events.
fn last_message(object: &Value) -> &str {
    let last = object["Events"].as_array().and_then(|events| events.last());
    last.and_then(|e| e["Message"].as_str()).unwrap_or_default()
}

/// The object of an event: the payload has it under the name of its kind.
fn object(event: &Event) -> &Value {
    let fields = event.payload.as_object().into_iter().flatten();
    fields.map(|(_, value)| value).find(|value| value.is_object()).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::event::Batch;

    #[test]
    fn recorded_events_are_told_in_words() {
        let recorded = include_str!("../../tests/fixtures/nomad-2.0.5/stream-events.ndjson");
        let batches = recorded.lines().map(|line| serde_json::from_str::<Batch>(line).unwrap());
        let events: Vec<Event> = batches.flat_map(|batch| batch.events).collect();
        assert!(events.len() > 3);
        let told: Vec<String> = events.iter().map(words).collect();
        assert!(told.iter().all(|words| !words.is_empty()), "{told:#?}");
        assert_eq!(told[0], "ex by job-register, pending");
        assert!(happened_at(&events[0]).is_some());
    }
}
