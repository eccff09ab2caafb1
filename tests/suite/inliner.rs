//! Putting results in the place of file functions, whatever the job file looks like: it never panics, ends, leaves what is
//! outside of calls as it was, and what comes out is HCL in which no call is left but those that failed.

use std::ops::Range;

use fleet::model::jobfile::calls::Calls;
use fleet::model::jobfile::inline::{FailedCall, Inliner};
use fleet::model::jobfile::{Function, Text, quoted};
use fleet::sandbox::jobspec;
use proptest::prelude::*;
use serde_json::Value;

/// Files that are there, but for those named `none`: their contents look like HCL.
fn make(function: Function, args: &[String]) -> Result<String, String> {
    if args[0].contains("none") {
        return Err(format!("no file exists at {}", args[0]));
    }
    Ok(match function {
        Function::Fileexists => "true".to_owned(),
        Function::Fileset => format!("setunion([{}, {}], [])", quoted("a"), quoted(&args[1])),
        _ => quoted(&format!("{}: ${{x}} %{{ if }} \"q\"\n}}", args[0])),
    })
}

/// What becomes of a text, when the arguments of every call can be evaluated.
fn inline(text: &str) -> Result<(Text, Vec<FailedCall>), String> {
    let mut inliner = Inliner::new(Text::new(text));
    while let Some(round) = inliner.round().map_err(|e| format!("{e:?}"))? {
        let meta = match &round.document {
            Some(document) => jobspec::parse(document, "")?["Meta"].clone(),
            None => Value::Null,
        };
        inliner.answer(round, &meta, make).map_err(|call| format!("{call:?}"))?;
    }
    Ok(inliner.finish())
}

/// Where the outermost calls of a text stand.
fn calls(text: &str) -> Vec<Range<usize>> {
    let Ok(body) = hcl_edit::parser::parse_body(text) else { return Vec::new() };
    let all: Vec<Range<usize>> = Calls::of(&body).all.into_iter().map(|c| c.range).collect();
    let inside = |a: &Range<usize>, b: &Range<usize>| a != b && b.start <= a.start && a.end <= b.end;
    let mut outer: Vec<Range<usize>> =
        all.iter().filter(|a| !all.iter().any(|b| inside(a, b))).cloned().collect();
    outer.sort_by_key(|r| r.start);
    outer.dedup();
    outer
}

/// Whether everything outside of the calls of `before` stands in `after`, in its order.
fn keeps_the_rest(before: &str, after: &str) -> bool {
    let (mut at, mut found) = (0, 0);
    let ends = calls(before).into_iter().chain(std::iter::once(before.len()..before.len()));
    let parts: Vec<&str> = ends
        .map(|call| {
            let part = &before[at..call.start];
            at = call.end;
            part
        })
        .collect();
    let last = parts.len() - 1;
    parts.iter().enumerate().all(|(i, part)| {
        let place = match i {
            0 if after.starts_with(part) => Some(0),
            i if i == last => after[found..].ends_with(part).then(|| after.len() - found - part.len()),
            _ => after[found..].find(part),
        };
        place.is_some_and(|place| {
            found += place + part.len();
            true
        })
    })
}

/// An expression, with the names that are bound where it stands.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("\"a.conf\"".to_owned()),
        Just("\"none\"".to_owned()),
        Just("\"$${x} \\\" é\"".to_owned()),
        Just("var.v".to_owned()),
        Just("local.a".to_owned()),
        Just("7".to_owned()),
        Just("true".to_owned()),
        Just("i".to_owned()),
        Just("template.value".to_owned()),
        Just("<<EOT\n  %{ for f in [\"a\"] ~}\n${file(f)}\n  %{ endfor }\nEOT\n".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let name = prop::sample::select(vec![
            "file", "filebase64", "fileexists", "basename", "dirname", "abspath", "pathexpand", "upper", "jsonencode",
        ]);
        prop_oneof![
            4 => (name, inner.clone()).prop_map(|(name, e)| format!("{name}({e})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("fileset({a}, {b})")),
            1 => inner.clone().prop_map(|e| format!("fileset({e}...)")),
            1 => inner.clone().prop_map(|e| format!("\"x ${{{e}}} y\"")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            1 => inner.clone().prop_map(|e| format!("{{ k = {e} }}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(c, e)| format!("[for i in [{c}] : {e}]")),
            1 => (inner.clone(), inner.clone())
                .prop_map(|(c, e)| format!("{{ for k, i in {{ a = {c} }} : k => {e} if fileexists(k) }}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(fileexists({a}) ? {b} : \"no\")")),
            1 => inner.prop_map(|e| format!("try({e}, \"no\")")),
        ]
    })
}

fn job_file() -> impl Strategy<Value = String> {
    (expression(), expression(), expression(), expression(), expression()).prop_map(|(a, b, name, each, data)| {
        format!(
            "variable \"v\" {{\n  default = \"a.conf\"\n}}\nlocals {{\n  a = {a}\n  b = {b}\n}}\n# file(\"comment\")\njob \"x\" {{\n  \
             meta {{\n    name = {name}\n  }}\n  group \"g\" {{\n    task \"t\" {{\n      driver = \"raw_exec\"\n      dynamic \
             \"template\" {{\n        for_each = {each}\n        content {{\n          data = {data}\n        }}\n      }}\n    }}\n  \
             }}\n}}\n"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_out_is_hcl_in_which_only_failed_calls_are_left(text in job_file()) {
        let Ok((inlined, failed)) = inline(&text) else { return Ok(()) };
        prop_assert!(keeps_the_rest(&text, inlined.as_str()), "{}\n{}", text, inlined.as_str());
        prop_assert_eq!(inlined.origin(), &text);
        if hcl_edit::parser::parse_body(&text).is_ok() {
            let body = hcl_edit::parser::parse_body(inlined.as_str());
            let Ok(body) = body else { return Err(TestCaseError::fail(inlined.as_str().to_owned())) };
            for call in Calls::of(&body).all {
                let at = inlined.trace(&call.range);
                prop_assert!(failed.iter().any(|f| f.at == at), "{:?} is left in\n{}", call, inlined.as_str());
            }
        } else {
            prop_assert_eq!(inlined.as_str(), &text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        text in prop_oneof![job_file(), "[a-z(){}\\[\\]\"$%=.,\n ?:<~é-]{0,120}"],
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[(){}\\[\\]\"$%=.,\n ?:<~é]{0,3}"), 0..4),
    ) {
        let mut text = text;
        for (at, new) in edits {
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            let at = *at.get(&places);
            let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
            text.replace_range(at..end, &new);
        }
        if let Ok((inlined, _)) = inline(&text) {
            prop_assert!(keeps_the_rest(&text, inlined.as_str()), "{}\n{}", text, inlined.as_str());
        }
    }
}

#[test]
fn calls_are_replaced_inside_out_and_in_rounds_of_a_loop() {
    let text = "locals {\n  dir = dirname(\"conf/a\")\n}\njob \"x\" {\n  meta {\n    a = file(local.dir)\n    b = \
                join(\",\", [for f in fileset(\"d\", \"b\") : file(f)])\n    c = fileexists(\"none\") ? \"y\" : \"n\"\n  }\n}\n";
    let (inlined, failed) = inline(text).unwrap();
    let job = jobspec::parse(&inlined.as_str().replace("fileexists(\"none\")", "false"), "").unwrap();
    assert_eq!(job["Meta"]["b"], "a: ${x} %{ if } \"q\"\n},b: ${x} %{ if } \"q\"\n}");
    assert_eq!(job["Meta"]["a"], "conf/a: ${x} %{ if } \"q\"\n}: ${x} %{ if } \"q\"\n}");
    assert_eq!(failed.len(), 1);
    assert_eq!(&text[failed[0].at.clone()], "fileexists(\"none\")");
}
