//! Answers recorded on a real Nomad, for unit tests.

use serde::de::DeserializeOwned;

/// The body of a recording, by the name of its file.
pub(crate) fn body<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/fixtures/nomad-2.0.5/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let recording: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_value(recording["body"].clone()).unwrap_or_else(|e| panic!("{path}: {e}"))
}
