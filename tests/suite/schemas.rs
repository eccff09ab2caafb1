//! What machines read: a JSON Schema for each verb, in `docs/schemas/`. Every document that the suite sees is held against its
//! verb's; `FLEET_SCHEMAS=update` widens them by what is seen instead, and takes nothing away.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fleet::config::Environment;
use fleet::ui::{Format, OutputFlags};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// Verbs whose document is Nomad's own: its keys are Nomad's, and whatever the cluster holds is in it.
const NOMADS_OWN: [&str; 5] = ["job-inspect", "job-export", "operator-api", "operator-metrics", "events"];

/// Flags that make a verb print another document.
const OTHER_DOCUMENTS: [(&str, &str); 5] = [
    ("doctor", "--explain"),
    ("doctor", "--fix"),
    ("doctor", "--list"),
    ("job-show", "--effective"),
    ("job-inspect", "--effective"),
];

/// Objects whose keys are the operator's, by the name they stand under.
const MAPS: [&str; 15] = [
    "meta",
    "attributes",
    "drivers",
    "env",
    "items",
    "variables",
    "capabilities",
    "tags",
    "labels",
    "counts",
    "matrix",
    "headers",
    "extra_headers",
    "claim_mappings",
    "list_claim_mappings",
];

/// Keys of what Nomad, a program or the operator wrote.
const FROM_ELSEWHERE: [&str; 10] =
    ["payload", "text", "line", "stdout", "stderr", "message", "output", "value", "old", "new"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")
}

/// Looks at what a run printed, where that was for a machine.
pub(crate) fn look(args: &[&str], out: &str, err: &str) {
    let line: Vec<OsString> =
        std::iter::once("fleet").chain(args.iter().copied()).map(OsString::from).collect();
    let format = OutputFlags::early(&line).output;
    if matches!(format, Some(Format::Json | Format::JsonLines))
        && let Some(error) = err.lines().last().filter(|line| line.starts_with("{\"error\""))
    {
        hold("error", &serde_json::from_str(error).unwrap());
    }
    if format == Some(Format::JsonLines)
        && !verb(&line).is_some_and(|verb| NOMADS_OWN.contains(&verb.as_str()))
    {
        let documents = out.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let misnamed: Vec<String> = documents.flat_map(|document| misnamed_moments("", &document)).collect();
        assert!(misnamed.is_empty(), "moments of `fleet {}` under other keys: {misnamed:?}", args.join(" "));
    }
    if format != Some(Format::Json) || out.is_empty() {
        return;
    }
    // Of several contexts each has a document in the one that is printed.
    if args.iter().zip(args.iter().skip(1)).any(|(flag, names)| *flag == "--context" && names.contains(',')) {
        return;
    }
    let Some(verb) = verb(&line).filter(|verb| !NOMADS_OWN.contains(&verb.as_str())) else { return };
    match serde_json::from_str::<Value>(out) {
        Ok(document) => {
            let misnamed = misnamed_moments("", &document);
            assert!(
                misnamed.is_empty(),
                "moments of `fleet {}` under other keys: {misnamed:?}",
                args.join(" ")
            );
            let once = serde_json::from_str::<KeysOnce>(out);
            if let Err(e) = once {
                panic!("`fleet {}`: {e}", args.join(" "));
            }
            hold(&verb, &document);
        }
        // Of a killed run the beginning was printed.
        Err(e) if e.is_eof() => {}
        Err(e) => panic!("`fleet {}` printed no JSON document: {e}\n{out}", args.join(" ")),
    }
}

/// Any JSON, in which no object has a key twice: readers take the first, or the last, or refuse it.
struct KeysOnce;

impl<'de> Deserialize<'de> for KeysOnce {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(KeysOnce)
    }
}

impl<'de> Visitor<'de> for KeysOnce {
    type Value = KeysOnce;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Self, A::Error> {
        while all.next_element::<KeysOnce>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Self, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some((key, KeysOnce)) = all.next_entry::<String, KeysOnce>()? {
            if let Some(twice) = keys.replace(key) {
                return Err(serde::de::Error::custom(format!("the key {twice} stands twice in one object")));
            }
        }
        Ok(self)
    }
}

#[test]
fn a_key_that_stands_twice_is_found() {
    let read = |text: &str| serde_json::from_str::<KeysOnce>(text).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(read(r#"[{"a": 1, "b": {"a": null, "c": "x"}}, 1.5, true]"#), Ok(()));
    assert!(read(r#"[{"a": 1, "b": {"c": 1, "c": 2}}]"#).unwrap_err().contains("key c stands twice"));
}

/// Where a moment stands under a key that does not say so. What the operator or Nomad wrote is not looked into.
fn misnamed_moments(key: &str, value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !FROM_ELSEWHERE.contains(&key) && text.parse::<jiff::Timestamp>().is_ok() => {
            let fits =
                ["at", "since", "until"].iter().any(|end| key == *end || key.ends_with(&format!("_{end}")));
            if fits { Vec::new() } else { vec![format!("{key}: {text}")] }
        }
        Value::Array(all) => all.iter().flat_map(|one| misnamed_moments(key, one)).collect(),
        Value::Object(map) if !FROM_ELSEWHERE.contains(&key) && !is_map(key, map) => {
            map.iter().flat_map(|(key, value)| misnamed_moments(key, value)).collect()
        }
        _ => Vec::new(),
    }
}

/// The verb of a command line, with dashes: `node-list`. None where it is not one of fleet's, or tells of fleet itself.
fn verb(line: &[OsString]) -> Option<String> {
    let matches = fleet::cli::command().ignore_errors(true).try_get_matches_from(line).ok()?;
    let verbs =
        std::iter::successors(matches.subcommand(), |(_, below)| below.subcommand()).map(|(name, _)| name);
    let verbs: Vec<&str> = verbs.collect();
    // What `sandbox run -- VERB` prints is another verb's.
    if verbs.is_empty() || verbs == ["sandbox", "run"] {
        return None;
    }
    let name = verbs.join("-");
    let flag =
        OTHER_DOCUMENTS.iter().find(|(verb, flag)| *verb == name && line.iter().any(|word| word == flag));
    Some(flag.map_or_else(|| name.clone(), |(_, flag)| format!("{name}-{}", flag.trim_start_matches('-'))))
}

/// Holds a document against the schema of that name, or widens the schema by it.
fn hold(name: &str, document: &Value) {
    static FILES: Mutex<()> = Mutex::new(());
    let path = folder().join(format!("{name}.json"));
    let _one_at_a_time = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let known: Option<Value> =
        std::fs::read_to_string(&path).ok().map(|text| serde_json::from_str(&text).unwrap());
    if Environment::of_process().get("FLEET_SCHEMAS") == Some("update") {
        let seen = shape("", document);
        let widened = match &known {
            Some(known) => union(known, &seen),
            None => seen,
        };
        let mut whole = Map::new();
        whole.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        let title = match name {
            "error" => "what stderr ends with when a verb fails with -o json or -o json-lines".to_owned(),
            verb => format!("fleet {} -o json", title(verb)),
        };
        whole.insert("title".to_owned(), title.into());
        whole.extend(
            widened.as_object().unwrap().clone().into_iter().filter(|(k, _)| k != "$schema" && k != "title"),
        );
        let whole = Value::Object(whole);
        if known.as_ref() != Some(&whole) {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, serde_json::to_string_pretty(&whole).unwrap() + "\n").unwrap();
        }
        return;
    }
    let refresh = "FLEET_SCHEMAS=update in the environment of the test widens it";
    let Some(known) = known else {
        let told =
            format!("docs/schemas/{name}.json does not exist, and nothing was held against it; {refresh}");
        drop(writeln!(std::io::stderr(), "{told}"));
        return;
    };
    let mut faults = Vec::new();
    validate(&known, document, name, &mut faults);
    // Which of the rare keys a run shows depends on what happens in it: those are told, and do not fail it.
    let (mut unseen, mut contradictions) = (Vec::new(), Vec::new());
    for fault in faults {
        match fault {
            Fault::NotSeenBefore(text) => unseen.push(text),
            Fault::Contradiction(text) => contradictions.push(text),
        }
    }
    if !unseen.is_empty() {
        drop(writeln!(
            std::io::stderr(),
            "docs/schemas/{name}.json says nothing of this; {refresh}: {unseen:?}"
        ));
    }
    assert!(
        contradictions.is_empty(),
        "docs/schemas/{name}.json does not describe what was printed; {refresh}: {contradictions:#?}"
    );
}

/// The words of a verb: those of its names that are commands.
fn title(verb: &str) -> String {
    let mut at = fleet::cli::command();
    let (mut words, mut rest) = (Vec::new(), verb);
    while !rest.is_empty() {
        let next = at
            .get_subcommands()
            .find(|c| rest == c.get_name() || rest.starts_with(&format!("{}-", c.get_name())));
        let Some(next) = next.cloned() else { break };
        words.push(next.get_name().to_owned());
        rest = rest[next.get_name().len()..].trim_start_matches('-');
        at = next;
    }
    words.join(" ")
}

/// The schema of one value that stands under a key.
fn shape(key: &str, value: &Value) -> Value {
    match value {
        // What was never anything else may be anything.
        Value::Null => json!({}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(n) if n.is_f64() => json!({"type": "number"}),
        Value::Number(_) => json!({"type": "integer"}),
        Value::String(_) => json!({"type": "string"}),
        Value::Array(items) => {
            let items = items.iter().map(|item| shape(key, item)).reduce(|a, b| union(&a, &b));
            match items {
                Some(items) => json!({"type": "array", "items": items}),
                None => json!({"type": "array"}),
            }
        }
        Value::Object(map) if is_map(key, map) => {
            let values = map.values().map(|value| shape("", value)).reduce(|a, b| union(&a, &b));
            json!({"type": "object", "additionalProperties": values.unwrap_or(json!({}))})
        }
        Value::Object(map) => {
            let properties: Map<String, Value> = map.iter().map(|(k, v)| (k.clone(), shape(k, v))).collect();
            let required: Vec<&String> = map.keys().collect();
            json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
        }
    }
}

/// Whether the keys of an object are the operator's.
fn is_map(key: &str, map: &Map<String, Value>) -> bool {
    let ours = |key: &String| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    MAPS.contains(&key) || !map.keys().all(ours)
}

fn types(schema: &Value) -> BTreeSet<String> {
    match &schema["type"] {
        Value::String(one) => [one.clone()].into(),
        Value::Array(several) => several.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect(),
        _ => ["null".to_owned()].into(),
    }
}

/// The schema of what fits one of two.
fn union(a: &Value, b: &Value) -> Value {
    let mut all: BTreeSet<String> = types(a).union(&types(b)).cloned().collect();
    if all.contains("number") {
        all.remove("integer");
    }
    let mut whole = Map::new();
    let only_null = all.len() == 1 && all.contains("null");
    if !only_null {
        let listed: Vec<Value> = all.iter().cloned().map(Value::from).collect();
        whole.insert("type".to_owned(), if listed.len() == 1 { listed[0].clone() } else { listed.into() });
    }
    let both = |key: &str| match (a.get(key), b.get(key)) {
        (Some(a), Some(b)) => Some((a.clone(), Some(b.clone()))),
        (Some(one), None) | (None, Some(one)) => Some((one.clone(), None)),
        (None, None) => None,
    };
    if let Some((first, second)) = both("items") {
        whole.insert("items".to_owned(), second.map_or(first.clone(), |second| union(&first, &second)));
    }
    if let Some((first, second)) = both("additionalProperties") {
        let merged = match (&first, &second) {
            (Value::Bool(_), Some(Value::Object(_))) => second.clone().unwrap(),
            (Value::Object(_), Some(Value::Object(_))) => union(&first, second.as_ref().unwrap()),
            _ => first.clone(),
        };
        whole.insert("additionalProperties".to_owned(), merged);
    }
    if let Some((first, second)) = both("properties") {
        let mut merged = first.as_object().unwrap().clone();
        for (key, schema) in second.iter().flat_map(|s| s.as_object().unwrap()) {
            let widened = merged.get(key).map_or_else(|| schema.clone(), |known| union(known, schema));
            merged.insert(key.clone(), widened);
        }
        let ordered: BTreeMap<String, Value> = merged.into_iter().collect();
        whole.insert("properties".to_owned(), serde_json::to_value(ordered).unwrap());
    }
    if let Some((first, second)) = both("required") {
        let names = |v: &Value| {
            v.as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        let common: Vec<String> = match &second {
            Some(second) => names(&first).intersection(&names(second)).cloned().collect(),
            None => names(&first).into_iter().collect(),
        };
        whole.insert("required".to_owned(), common.into());
    }
    Value::Object(whole)
}

/// What of a value a schema of this file's kind does not allow.
/// What a document has that its schema does not say.
#[derive(Debug)]
enum Fault {
    /// Another type: whoever reads by the schema would fail.
    Contradiction(String),
    /// What no document had before: a key, a key left out, a value that is not known.
    NotSeenBefore(String),
}

fn validate(schema: &Value, value: &Value, at: &str, faults: &mut Vec<Fault>) {
    let fits = |t: &str| match t {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    if schema.get("type").is_some() && !types(schema).iter().any(|t| fits(t)) {
        let told = format!("{at} is {value}, and not {}", schema["type"]);
        faults.push(if value.is_null() { Fault::NotSeenBefore(told) } else { Fault::Contradiction(told) });
        return;
    }
    match value {
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(n, item)| validate(schema, item, &format!("{at}[{n}]"), faults));
            }
        }
        Value::Object(map) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !map.contains_key(name) {
                    faults.push(Fault::NotSeenBefore(format!("{at} has no {name}")));
                }
            }
            for (key, value) in map {
                let at = format!("{at}.{key}");
                match (schema["properties"].get(key), schema.get("additionalProperties")) {
                    (Some(schema), _) => validate(schema, value, &at, faults),
                    (None, Some(Value::Bool(false))) => {
                        faults.push(Fault::NotSeenBefore(format!("{at} is new")));
                    }
                    (None, Some(schema)) => validate(schema, value, &at, faults),
                    (None, None) => {}
                }
            }
        }
        _ => {}
    }
}

/// Every key of the schemas with what stands under it, and in which file.
fn keys() -> Vec<(String, String, Value)> {
    fn walk(file: &str, schema: &Value, found: &mut Vec<(String, String, Value)>) {
        if !schema.is_object() {
            return;
        }
        for (key, below) in schema["properties"].as_object().into_iter().flatten() {
            found.push((file.to_owned(), key.clone(), below.clone()));
            walk(file, below, found);
        }
        for below in [&schema["items"], &schema["additionalProperties"]] {
            walk(file, below, found);
        }
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let schema = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            walk(&path.file_stem().unwrap().to_string_lossy(), &schema, &mut found);
        }
    }
    found
}

/// The same thing has the same key in every document: what names a thing by its id alone says so.
#[test]
fn every_key_obeys_the_rule() {
    let of_a_thing = ["job", "alloc", "allocation", "node", "eval", "evaluation", "deployment", "child"];
    // A change is `old` and `new`; a moment ends in `_at`.
    let of_a_change = ["is", "before", "previous", "old_value", "new_value"];
    let mut wrong = Vec::new();
    let all = keys();
    assert!(!all.is_empty(), "no keys were found");
    for (file, key, below) in all {
        let text = types(&below).contains("string");
        if text && of_a_thing.contains(&key.as_str()) {
            wrong.push(format!("{file}: {key} is a text; it is {key}_id, or node_name"));
        }
        if of_a_change.contains(&key.as_str()) {
            wrong.push(format!("{file}: {key}; what a change is of and to are old and new"));
        }
        if key.chars().any(char::is_uppercase) {
            wrong.push(format!("{file}: {key} is not written as the others are"));
        }
        if ["_s", "_sec", "_secs", "_mb", "_kb", "_time", "_timestamp"].iter().any(|end| key.ends_with(end)) {
            wrong.push(format!("{file}: {key}; units are _seconds, _mib, _mhz, _bytes, and a time is _at"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every verb: those without others below them, and those that run without one of these.
fn verbs(at: &clap::Command, name: &str, found: &mut BTreeSet<String>) {
    if !name.is_empty() && !at.is_subcommand_required_set() {
        found.insert(name.to_owned());
    }
    for below in at.get_subcommands() {
        verbs(below, format!("{name} {}", below.get_name()).trim(), found);
    }
}

/// Each verb has a schema, or stands in the readme beside them with the reason why not: `- reason: `verb`, `verb``.
#[test]
fn every_verb_has_a_schema_or_a_reason_to_have_none() {
    let mut all = BTreeSet::new();
    verbs(&fleet::cli::command(), "", &mut all);
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let (_, without) = readme.split_once("## Verbs without a schema").unwrap();
    let excused: Vec<&str> = without.split('`').skip(1).step_by(2).collect();
    let has = |verb: &str| folder().join(format!("{}.json", verb.replace(' ', "-"))).exists();
    let missing: Vec<&String> =
        all.iter().filter(|verb| !has(verb) && !excused.contains(&verb.as_str())).collect();
    assert!(missing.is_empty(), "neither a schema nor a reason in docs/schemas/README.md: {missing:#?}");
    // A build without the sandbox has no verbs of it.
    let is_verb = |verb: &str| all.contains(verb) || verb.starts_with("sandbox ");
    let needless: Vec<&&str> = excused.iter().filter(|verb| !is_verb(verb) || has(verb)).collect();
    assert!(
        needless.is_empty(),
        "docs/schemas/README.md excuses what is no verb, or has a schema: {needless:#?}"
    );
}

#[test]
fn a_schema_is_widened_and_never_narrowed() {
    let of = |document: &Value| shape("", document);
    let first = of(&json!([{"a": 1, "b": null, "meta": {"x": "y"}}]));
    let both = union(&first, &of(&json!([{"a": 1.5, "b": "t", "c": []}])));
    for fine in [json!([]), json!([{"a": 2, "b": null}]), json!([{"a": 2, "b": "x", "meta": {"any": "key"}}])]
    {
        let mut faults = Vec::new();
        validate(&both, &fine, "", &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
    }
    for bad in [
        json!({}),
        json!([{"b": null}]),
        json!([{"a": "1", "b": null}]),
        json!([{"a": 1, "b": 2}]),
        json!([{"a": 1, "b": null, "d": 1}]),
    ] {
        let mut faults = Vec::new();
        validate(&both, &bad, "", &mut faults);
        assert!(!faults.is_empty(), "{bad}");
    }
    assert_eq!(union(&both, &first), both);
}
