//! Results in the place of calls that look at the file system: the cluster evaluates their arguments, and files are read here.

use serde_json::Value;

use super::{Input, complaint, files};
use crate::api::http::Http;
use crate::api::nomad::jobspec;
use crate::error::{Error, Result};
use crate::model::jobfile::calls::Call;
use crate::model::jobfile::diagnostic::Diagnostic;
use crate::model::jobfile::inline::{EndlessCalls, FailedCall, Inliner};
use crate::model::jobfile::json;
use crate::model::jobfile::json_calls::NativeMirror;
use crate::model::jobfile::text::{Text, position};
use crate::model::jobfile::variables::Merged;

/// Replaces every call but those that fail, which are told of when the cluster comes to make them. Leaves a text that is
/// no HCL as it is, for the cluster to say why.
pub(super) async fn inline(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    text: Text,
    variables: &Merged,
) -> Result<(Text, Vec<FailedCall>)> {
    if !json::is_json(text.as_str()) {
        let mut inliner = Inliner::new(text);
        native(nomad, namespace, input, &mut inliner, variables, None).await?;
        return Ok(inliner.finish());
    }
    let Some(mirror) = NativeMirror::of(text.as_str()) else { return Ok((text, Vec::new())) };
    let mut inliner = Inliner::new(Text::new(mirror.as_str()));
    native(nomad, namespace, input, &mut inliner, variables, Some((&mirror, &text))).await?;
    let (done, failed) = inliner.finish();
    let mut text = text;
    mirror.put_back(&done, &mut text);
    let of_json = |f: FailedCall| Some(FailedCall { at: mirror.origin(&f.at)?, ..f });
    Ok((text, failed.into_iter().filter_map(of_json).collect()))
}

/// The same of HCL's native syntax. `mirrored` is the JSON that it mirrors, which is told of instead.
async fn native(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    inliner: &mut Inliner,
    variables: &Merged,
    mirrored: Option<(&NativeMirror, &Text)>,
) -> Result<()> {
    let home = input.env.get("HOME");
    let endless = |EndlessCalls| {
        Error::usage(format!("{}: calls that read files depend on each other without end", input.path))
    };
    while let Some(round) = inliner.round().map_err(endless)? {
        let mut meta = Value::Null;
        if let Some(document) = &round.document {
            let call = jobspec::parse(namespace, document, &variables.beyond(document));
            meta = match nomad.ask(&call).await {
                Ok(reply) => reply.value["Meta"].clone(),
                // Told of the whole file, the cluster says what is wrong with it, and where.
                Err(e) if e.status == Some(400) => {
                    let open = round.first_open().map(|call| told_of(call, inliner.text(), mirrored));
                    let text = mirrored.map_or(inliner.text(), |(_, json)| json);
                    return Err(unanswered(nomad, namespace, input, text, (open, variables), &e.text).await);
                }
                Err(e) => return Err(e.into()),
            };
        }
        let answered = inliner.answer(round, &meta, |function, args| files::call(function, args, home));
        answered.map_err(|call| {
            let text = mirrored.map_or(inliner.text(), |(_, json)| json);
            bad_call(input, text, &told_of(&call, inliner.text(), mirrored), "its argument is not a text")
        })?;
    }
    Ok(())
}

/// A call at its place in the text that is told of.
fn told_of(call: &Call, text: &Text, mirrored: Option<(&NativeMirror, &Text)>) -> Call {
    let origin = mirrored.and_then(|(mirror, _)| mirror.origin(&text.trace(&call.range)));
    let mut call = call.clone();
    call.range = origin.unwrap_or(call.range);
    call
}

/// Why arguments could not be evaluated: what the cluster says of the file itself, other than that it may not read files;
/// else its words about the arguments.
async fn unanswered(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    text: &Text,
    (open, variables): (Option<Call>, &Merged),
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
    open.map_or_else(|| Error::usage(why.clone()), |call| bad_call(input, text, &call, &why))
}

fn bad_call(input: Input<'_>, text: &Text, call: &Call, why: &str) -> Error {
    let at = |offset: usize| position(text.as_str(), offset);
    let diagnostic = Diagnostic {
        range: Some((at(call.range.start), at(call.range.end))),
        text: format!("{}: {why}", call.function.name()),
    };
    let file = if input.path == "-" { "stdin" } else { input.path };
    Error::usage(format!("{file} is not valid")).because(diagnostic.render(file, text))
}
