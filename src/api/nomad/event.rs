//! The event stream (`nomad-api.md §8`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Get, Raw};

/// The stream of these topics (`Job`, `Job:web`, …; none for all), from this index on or from the oldest that the server
/// that is asked still remembers. Answered 200 before rights are looked at: the first line proves that it was accepted.
#[must_use]
pub fn stream(topics: &[String], namespace: &str, index: Option<u64>) -> Get<Raw> {
    let call = Get::new("/v1/event/stream", "follow the events")
        .needs("namespace capability \"read-job\" in every namespace asked for, or a management token for all topics")
        .namespace(namespace)
        .query_opt("index", index.map(|i| i.to_string()));
    call.queries(topics.iter().map(|topic| ("topic".to_owned(), topic.clone())))
}

/// A line of the stream: a sign of life, or what one raft entry did.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Batch {
    /// What happened; none in a sign of life.
    pub events: Vec<Event>,
}

/// An event of the stream.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
pub struct Event {
    /// The raft index of the change.
    pub index: u64,
    /// What kind of object it is about: `Job`, `Node`, …
    pub topic: String,
    /// What was done, such as `JobRegistered`.
    #[serde(rename(deserialize = "Type", serialize = "type"))]
    pub kind: String,
    /// The id of the object.
    pub key: String,
    /// Its namespace; empty where it has none.
    #[serde(default)]
    pub namespace: String,
    /// The object after the change.
    #[serde(default)]
    pub payload: Value,
}
