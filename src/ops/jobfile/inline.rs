//! Results in the place of calls that look at the file system, round by round, until none is left.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::{Input, complaint, files};
use crate::api::http::Http;
use crate::api::nomad::jobspec;
use crate::error::{Error, Result};
use crate::model::jobfile::Text;
use crate::model::jobfile::calls::{Call, Calls};
use crate::model::jobfile::diagnostic::Diagnostic;
use crate::model::jobfile::text::position;
use crate::model::jobfile::variables::Merged;

/// A call whose arguments are the results of as many others, one inside of the other, is no job file.
const MOST_ROUNDS: usize = 32;

/// A call that failed. It may stand where it is never made, such as in the other branch of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    /// Where it stands in the user's file.
    at: Range<usize>,
    /// Why.
    pub(super) text: String,
}

impl Failed {
    /// Whether a place of the user's file lies in it.
    pub(super) fn holds(&self, place: &Range<usize>) -> bool {
        self.at.start <= place.start && place.start < self.at.end
    }
}

/// Replaces every call but those that fail, which are told of when the cluster comes to make them. Leaves a text that is
/// no HCL as it is, for the cluster to say why.
pub(super) async fn inline(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    text: &mut Text,
    variables: &Merged,
) -> Result<Vec<Failed>> {
    let mut failed: Vec<Failed> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let Ok(body) = hcl_edit::parser::parse_body(text.as_str()) else { return Ok(failed) };
        let mut calls = Calls::of(&body);
        calls.all.retain(|c| !failed.iter().any(|f| f.at == text.trace(&c.range)));
        if calls.all.is_empty() {
            return Ok(failed);
        }
        let ready = calls.ready();
        if ready.is_empty() {
            break;
        }
        let arguments = arguments(nomad, namespace, input, text, (&calls, &ready), variables).await?;
        let home = input.env.get("HOME");
        let mut replacements = Vec::new();
        for (call, rounds) in ready.iter().zip(arguments) {
            let mut results = Vec::new();
            let at = text.trace(&call.range);
            for args in rounds {
                match files::call(call.function, &args, home) {
                    Ok(result) => results.push((args, result)),
                    Err(why) => failed
                        .push(Failed { at: at.clone(), text: format!("{}: {why}", call.function.name()) }),
                }
            }
            if !results.is_empty() || !call.bindings.is_empty() {
                replacements.push((call.range.clone(), call.replacement(text.as_str(), &results)));
            }
        }
        text.replace(replacements);
    }
    Err(Error::usage(format!("{}: calls that read files depend on each other without end", input.path)))
}

/// For each call its arguments, as often as it is made, each set of them once.
async fn arguments(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    text: &Text,
    (calls, ready): (&Calls, &[&Call]),
    variables: &Merged,
) -> Result<Vec<BTreeSet<Vec<String>>>> {
    let open: Vec<&&Call> = ready.iter().filter(|c| c.plain.is_none()).collect();
    let questions: Vec<String> = open.iter().map(|c| c.question(text.as_str())).collect();
    let answers = if questions.is_empty() {
        Value::Null
    } else {
        let document = calls.questionnaire(text.as_str(), &questions);
        let call = jobspec::parse(namespace, &document, &variables.beyond(&document));
        match nomad.ask(&call).await {
            Ok(reply) => reply.value["Meta"].clone(),
            // Told of the whole file, the cluster says what is wrong with it, and where.
            Err(e) if e.status == Some(400) => {
                return Err(unanswered(nomad, namespace, input, text, (&open, variables), &e.text).await);
            }
            Err(e) => return Err(e.into()),
        }
    };
    let mut asked = 0;
    let mut found = Vec::new();
    for call in ready {
        if let Some(plain) = &call.plain {
            found.push(BTreeSet::from([plain.clone()]));
            continue;
        }
        let answer = answers[format!("q{asked}")].as_str().and_then(|json| serde_json::from_str(json).ok());
        asked += 1;
        let mut sets = BTreeSet::new();
        collect(&answer.unwrap_or(Value::Null), call.bindings.len(), call.args.len(), &mut sets)
            .ok_or_else(|| bad_call(input, text, call, "its argument is not a text"))?;
        found.push(sets);
    }
    Ok(found)
}

/// The lists of arguments in an answer, below as many lists as there are bindings.
fn collect(answer: &Value, depth: usize, args: usize, into: &mut BTreeSet<Vec<String>>) -> Option<()> {
    let items = answer.as_array()?;
    if depth > 0 {
        return items.iter().try_for_each(|item| collect(item, depth - 1, args, into));
    }
    let text = |v: &Value| match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    };
    let texts: Option<Vec<String>> = items.iter().map(text).collect();
    into.insert(texts.filter(|t| t.len() == args)?);
    Some(())
}

/// Why arguments could not be evaluated: what the cluster says of the file itself, other than that it may not read files;
/// else its words about the arguments.
async fn unanswered(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    text: &Text,
    (open, variables): (&[&&Call], &Merged),
    answer: &str,
) -> Error {
    let whole = jobspec::parse(namespace, text.as_str(), &variables.beyond(text.as_str()));
    if let Err(e) = nomad.ask(&whole).await
        && e.status == Some(400)
        && !e.text.contains("filesystem function")
    {
        return complaint(&e.text, input.path, text, variables, &[]);
    }
    let why =
        crate::model::jobfile::diagnostic::parse(answer).first().map(|d| d.text.clone()).unwrap_or_default();
    let why = format!("its argument cannot be evaluated: {why}");
    open.first().map_or_else(|| Error::usage(why.clone()), |call| bad_call(input, text, call, &why))
}

fn bad_call(input: Input<'_>, text: &Text, call: &Call, why: &str) -> Error {
    let at = |offset: usize| position(text.as_str(), offset);
    let diagnostic = Diagnostic {
        range: Some((at(call.range.start), at(call.range.end))),
        text: format!("{}: {why}", call.function.name()),
    };
    let file = if input.path == "-" { "stdin" } else { input.path };
    Error::usage(format!("{file} is no good")).because(diagnostic.render(file, text))
}
