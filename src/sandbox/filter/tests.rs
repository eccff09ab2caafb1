//! Filters against what a real cluster answered to them, and whatever else may be typed.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DEFIED, Filter, UNREADABLE};

/// The names of the nodes that pass, or the error as the list answers it.
fn select(nodes: &[Value], text: &str) -> Result<Vec<String>, String> {
    let filter = Filter::parse(text).map_err(|e| format!("{UNREADABLE}{e}"))?;
    let mut names = Vec::new();
    for node in nodes {
        if filter.passes(node).map_err(|e| format!("{DEFIED}{e}"))? {
            names.push(node["Name"].as_str().unwrap().to_owned());
        }
    }
    Ok(names)
}

/// The rows are the server's nodes: without `Drain`, which only their JSON has, and with the `SecretID` it hides.
#[test]
fn filters_select_and_fail_as_on_a_real_cluster() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/nomad-2.0.5/filters.json")).unwrap();
    let nodes = recorded["nodes"].as_array().unwrap();
    let cases = recorded["cases"].as_array().unwrap();
    assert!(cases.len() > 190);
    let mut wrong = Vec::new();
    for case in cases {
        let text = case["filter"].as_str().unwrap();
        let ours = match select(nodes, text) {
            Ok(names) => json!(names),
            Err(error) => json!(error),
        };
        let theirs = if case["status"] == 200 { &case["names"] } else { &case["error"] };
        if ours != *theirs {
            wrong.push(format!("{text:?}\n  expected {theirs}\n       got {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn nested_parentheses_reach_the_bound_on_work_where_nomad_reaches_it() {
    let nested = |depth: usize| format!("{}Status==\"ready\"{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nested(6)).is_ok());
    let error = Filter::parse(&nested(7)).unwrap_err();
    assert_eq!(error, "1:16 (15): rule \"string\": max number of expressions parsed");
    let error = Filter::parse(&nested(11)).unwrap_err();
    assert_eq!(error, "1:12 (11): rule \"match\": max number of expressions parsed");
}

#[test]
fn hundreds_of_alternatives_are_no_burden() {
    let many: Vec<String> = (0..300).map(|i| format!("Name == \"c{i}\"")).collect();
    let filter = Filter::parse(&many.join(" or ")).unwrap();
    assert_eq!(filter.passes(&json!({"Name": "c299"})), Ok(true));
    assert_eq!(filter.passes(&json!({"Name": "d"})), Ok(false));
}

#[test]
fn a_thousand_negations_are_refused_rather_than_overflowing() {
    assert!(Filter::parse(&format!("{}Name == a", "not ".repeat(100_000))).is_err());
}

/// Words filters are made of, in any order.
fn soup() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "Name",
        "Meta",
        ".rack",
        "[\"a.b\"]",
        "\"/Meta/a\"",
        "==",
        "!=",
        "in",
        "not",
        "contains",
        "matches",
        "is",
        "empty",
        "nil",
        "and",
        "or",
        "(",
        ")",
        "any",
        "all",
        "as",
        "k",
        ",",
        "v",
        "{",
        "}",
        "\"x\"",
        "`y`",
        "1.5",
        "-3",
        "\"",
        "`",
        "[",
        "]",
        "_",
        "é",
        "\n",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_the_parser_panic(text in prop_oneof![soup(), any::<String>()]) {
        let row = json!({"Name": "x", "Meta": {"rack": "r1", "a.b": null}, "Events": [{"Time": "t"}], "k": 1.5});
        if let Ok(filter) = Filter::parse(&text) {
            let _verdict = filter.passes(&row);
        }
    }
}
