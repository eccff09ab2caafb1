//! From a job file to the job the cluster is asked to run: functions that look at the file system are resolved here, the
//! rest is parsed by the cluster (`nomad-api.md §3.2`).

mod files;
mod inline;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::jobspec::{self, Submission};
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::model::jobfile::diagnostic::Diagnostic;
use crate::model::jobfile::inline::FailedCall;
use crate::model::jobfile::value_syntax::ValueSyntax;
use crate::model::jobfile::variables::{self, Assignment, Merged, Source};
use crate::model::jobfile::{Text, diagnostic, json, syntax, text};

/// What to make a job from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file; `-` for the text on stdin.
    pub path: &'a str,
    /// Values from the command line, by name.
    pub vars: &'a [(String, String)],
    /// Variable files, the last one counts most.
    pub var_files: &'a [PathBuf],
    /// The environment with its `NOMAD_VAR_…`.
    pub env: &'a Environment,
    /// Whether a value for a variable that is not declared is an error.
    pub strict: bool,
}

/// A job as the cluster understood it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The file, as the user named it.
    pub path: String,
    /// The job, as it would be registered.
    pub job: Value,
    /// What is stored with the job, so that it can be read and submitted again.
    pub submission: Submission,
    /// Values of variables, with their names: they may be secret.
    pub values: Vec<(String, String)>,
}

impl Parsed {
    /// The id of the job.
    #[must_use]
    pub fn id(&self) -> &str {
        self.job["ID"].as_str().unwrap_or_default()
    }
}

/// Reads a job file and has the cluster parse it, for the namespace whose rights count.
///
/// # Errors
/// Usage (2) when the file, a variable file or a variable is no good, told with file, line and column; API errors.
pub async fn load(nomad: &Http, namespace: &str, input: Input<'_>) -> Result<Parsed> {
    let source = read(input.path).await?;
    parse(nomad, namespace, input, source).await
}

/// The same of a text that was read already.
///
/// # Errors
/// As [`load`].
pub async fn parse(nomad: &Http, namespace: &str, input: Input<'_>, source: String) -> Result<Parsed> {
    if let Some(job) = json::api_job(&source) {
        if !input.vars.is_empty() || !input.var_files.is_empty() {
            return Err(Error::usage(format!("{} is a JSON job, which has no variables", input.path)));
        }
        let submission = Submission::json(source);
        let job = with_id(job, input.path)?;
        return Ok(Parsed { path: input.path.to_owned(), job, submission, values: Vec::new() });
    }
    let text = Text::new(source);
    let Some(declared) = variables::declarations(text.as_str()) else {
        return unread(nomad, namespace, input, text).await;
    };
    let variables = merge(&declared, input)?;
    let (text, failed) = inline::inline(nomad, namespace, input, text, &variables).await?;
    let call = jobspec::parse(namespace, text.as_str(), &variables.beyond(text.as_str()));
    let job = match nomad.ask(&call).await {
        Ok(reply) => reply.value,
        Err(e) if e.status == Some(400) => {
            return Err(complaint(&e.text, input.path, &text, &variables, &failed));
        }
        Err(e) => return Err(e.into()),
    };
    let mut values = variables.values();
    values.extend(variables::defaults(text.origin()));
    let submission = Submission::hcl(text.as_str().to_owned(), variables.text);
    let job = with_id(job, input.path)?;
    Ok(Parsed { path: input.path.to_owned(), job, submission, values })
}

/// Without an ID there is no address to register a job at.
fn with_id(job: Value, path: &str) -> Result<Value> {
    match job["ID"].as_str() {
        Some(id) if !id.is_empty() => Ok(job),
        _ => Err(Error::usage(format!("{} has no ID for its job", shown(path)))
            .hint("in JSON it is \"ID\": \"NAME\", in HCL job \"NAME\" { … }")),
    }
}

/// How a file is called in messages.
fn shown(path: &str) -> &str {
    if path == "-" { "stdin" } else { path }
}

/// The same of a text that cannot be read here: the cluster says what is wrong with it. Where nothing is, how it reads the
/// values of variables is not known, so none may be set.
async fn unread(nomad: &Http, namespace: &str, input: Input<'_>, text: Text) -> Result<Parsed> {
    let answer = nomad.ask(&jobspec::parse(namespace, text.as_str(), "")).await;
    let job = match answer {
        Ok(reply) => Some(reply.value),
        Err(e) if e.status == Some(400) => {
            let known = Merged::default();
            let unset = diagnostic::unset(&e.text);
            if unset.is_empty() || unset.len() < diagnostic::parse(&e.text).len() {
                return Err(complaint(&e.text, input.path, &text, &known, &[]));
            }
            None
        }
        Err(e) => return Err(e.into()),
    };
    let env = input.env.iter().filter(|(name, _)| name.starts_with("NOMAD_VAR_"));
    let mut given: Vec<String> = env.map(|(name, _)| format!("{name} in the environment")).collect();
    given.extend(input.var_files.iter().map(|path| format!("--var-file {}", path.display())));
    given.extend(input.vars.iter().map(|(name, _)| format!("--var {name}")));
    match job {
        Some(job) if given.is_empty() => {
            let submission = Submission::hcl(text.as_str().to_owned(), String::new());
            let job = with_id(job, input.path)?;
            Ok(Parsed { path: input.path.to_owned(), job, submission, values: Vec::new() })
        }
        _ => {
            let why = "it uses HCL in a way that only the cluster can read, so the values of its variables cannot be passed on";
            let error =
                Error::usage(format!("the variables of {} are not known", shown(input.path))).because(why);
            let error =
                given.iter().fold(error, |e, given| e.because(format!("it would not be applied: {given}")));
            Err(error.hint("set them as defaults in the file, and leave them out here"))
        }
    }
}

/// The same of what was stored with a job.
///
/// # Errors
/// As [`load`].
pub async fn parse_stored(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    stored: &Submission,
) -> Result<Parsed> {
    let text = Text::new(stored.source.clone());
    let unread =
        || Error::failed(format!("{}: how it reads the values of its variables is not known", input.path));
    let variables = match (assignments(stored), input.vars.is_empty()) {
        // What only the cluster can read it reads again, as it is.
        (None, true) => Merged { text: stored.variables.clone(), ..Merged::default() },
        (None, false) => return Err(unread()),
        (Some(mut all), _) => {
            all.extend(flags(&text, input.vars).ok_or_else(unread)?);
            variables::merged(&all)
        }
    };
    let call = jobspec::parse(namespace, text.as_str(), &variables.beyond(text.as_str()));
    match nomad.ask(&call).await {
        Ok(reply) => {
            let (path, submission, values) = (input.path.to_owned(), stored.clone(), variables.values());
            Ok(Parsed { path, job: reply.value, submission, values })
        }
        Err(e) if e.status == Some(400) => Err(complaint(&e.text, input.path, &text, &variables, &[])),
        Err(e) => Err(e.into()),
    }
}

/// The job that a stored file makes with its stored variables; with what stands in for what it leaves out, where that is wanted.
///
/// # Errors
/// API errors.
pub async fn of_stored(nomad: &Http, namespace: &str, stored: &Submission, defaults: bool) -> Result<Value> {
    let variables = match assignments_of(stored) {
        Some(all) => variables::merged(&all),
        // What only the cluster can read it reads again, as it is.
        None => Merged { text: stored.variables.clone(), ..Merged::default() },
    };
    let text = variables.beyond(&stored.source);
    let call = if defaults {
        jobspec::parse_whole(namespace, &stored.source, &text)
    } else {
        jobspec::parse(namespace, &stored.source, &text)
    };
    Ok(nomad.ask(&call).await?.value)
}

/// None when they cannot be read here.
fn assignments(stored: &Submission) -> Option<Vec<Assignment>> {
    variables::of_file(Path::new("variables"), &stored.variables).ok()
}

/// All values of variables that were stored with a job, as assignments; none when they cannot be read here.
#[must_use]
pub fn assignments_of(stored: &Submission) -> Option<Vec<Assignment>> {
    let mut all = assignments(stored)?;
    let given: Vec<(String, String)> = stored.variable_flags.clone().into_iter().collect();
    all.extend(flags(&Text::new(stored.source.clone()), &given)?);
    // A value of the command line takes the place of one from a file.
    let mut last: BTreeMap<String, Assignment> = BTreeMap::new();
    last.extend(all.into_iter().map(|assignment| (assignment.name.clone(), assignment)));
    Some(last.into_values().collect())
}

/// The values of variables that were stored with a job, and the defaults of its file, with their names.
#[must_use]
pub fn stored_values(stored: &Submission) -> Vec<(String, String)> {
    let mut values = variables::merged(&assignments(stored).unwrap_or_default()).values();
    values.extend(variables::defaults(&stored.source));
    values.extend(stored.variable_flags.clone());
    values
}

/// Assignments of the command line, read as the file declares; none when it cannot be read here.
fn flags(text: &Text, vars: &[(String, String)]) -> Option<Vec<Assignment>> {
    if vars.is_empty() {
        return Some(Vec::new());
    }
    let declared = variables::declarations(text.as_str())?;
    let reading = |name: &str| declared.get(name).copied().unwrap_or(ValueSyntax::Literal);
    Some(
        vars.iter()
            .map(|(name, value)| variables::assign(name, value, reading(name), Source::Flag))
            .collect(),
    )
}

/// The text of a file, or of stdin for `-`.
///
/// # Errors
/// Usage (2) when it cannot be read.
pub async fn read(path: &str) -> Result<String> {
    String::from_utf8(read_bytes(path).await?).map_err(|e| {
        let file = if path == "-" { "stdin" } else { path };
        Error::usage(format!("could not read {file}"))
            .because(format!("it is not UTF-8 text: {}", e.utf8_error()))
    })
}

/// The contents of a file, or of stdin for `-`.
///
/// # Errors
/// Usage (2) when they cannot be read.
pub async fn read_bytes(path: &str) -> Result<Vec<u8>> {
    if path != "-" {
        return std::fs::read(path)
            .map_err(|e| Error::usage(format!("could not read {path}")).because(e.to_string()));
    }
    let all = || {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
    };
    match tokio::task::spawn_blocking(all).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(e)) => Err(Error::usage("could not read stdin").because(e.to_string())),
        Err(e) => Err(Error::failed("could not read stdin").because(e.to_string())),
    }
}

fn read_file(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|e| Error::usage(format!("could not read {}", path.display())).because(e.to_string()))
}

/// What the cluster complains of, told of the user's file.
fn complaint(answer: &str, path: &str, text: &Text, variables: &Merged, failed: &[FailedCall]) -> Error {
    let file = shown(path);
    let error = Error::usage(format!("{file} is not a valid job file"));
    let render = |d: Diagnostic| {
        let place = d.range.map(|(start, end)| text.trace(&(text.offset(start)..text.offset(end))));
        let why = |place| failed.iter().find(|f| f.holds(place)).map(|f| f.text.clone());
        d.render_variable(file, text, variables).unwrap_or_else(|| {
            let told = place.as_ref().and_then(why).unwrap_or_else(|| d.text.clone());
            Diagnostic { text: told, ..d }.render(file, text)
        })
    };
    let error = diagnostic::parse(answer).into_iter().map(render).fold(error, Error::because);
    let error = match diagnostic::unset(answer).as_slice() {
        [] => error,
        [name] => error.hint(format!("--var {name}=VALUE, NOMAD_VAR_{name} or a --var-file sets it")),
        names => {
            let flags: Vec<String> = names.iter().map(|name| format!("--var {name}=VALUE")).collect();
            error.hint(format!("{}; or NOMAD_VAR_{}, or a --var-file", flags.join(" "), names[0]))
        }
    };
    let unread = || json::is_json(text.as_str()) || syntax::parse(text.as_str()).is_err();
    if answer.contains("filesystem function disabled") && failed.is_empty() && unread() {
        return error.hint("functions that read files are resolved here, which takes an expression that can be read here, too");
    }
    error
}

/// The values of the variables, from everywhere.
fn merge(declared: &BTreeMap<String, ValueSyntax>, input: Input<'_>) -> Result<Merged> {
    let mut all: Vec<Assignment> = Vec::new();
    for (name, value) in input.env.iter() {
        let Some(name) = name.strip_prefix("NOMAD_VAR_") else { continue };
        if let Some(reading) = declared.get(name) {
            all.push(variables::assign(name, value, *reading, Source::Environment));
        }
    }
    for file in input.var_files {
        let text = read_file(file)?;
        let found = variables::of_file(file, &text).map_err(|bad| {
            let at = bad.at.map(|at| text::position(&text, at));
            let place = at.map_or_else(
                || file.display().to_string(),
                |p| format!("{}:{}:{}", file.display(), p.line, p.column),
            );
            Error::usage(format!("{} is not valid", file.display())).because(format!("{place}: {}", bad.text))
        })?;
        all.extend(found);
    }
    for (name, value) in input.vars {
        let reading = declared.get(name).copied().unwrap_or(ValueSyntax::Literal);
        all.push(variables::assign(name, value, reading, Source::Flag));
    }
    let unknown: Vec<&Assignment> = all.iter().filter(|a| !declared.contains_key(&a.name)).collect();
    if input.strict && !unknown.is_empty() {
        let error = Error::usage(format!("{} does not declare a variable that was set", input.path));
        let error = unknown
            .iter()
            .fold(error, |e, a| e.because(format!("{}: no such variable: {}", a.origin(), a.name)));
        let known: Vec<&str> = declared.keys().map(String::as_str).collect();
        let near =
            unknown.first().and_then(|a| crate::model::suggest::nearest(&a.name, known.iter().copied()));
        let error = match near {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error,
        };
        let name = unknown.first().map_or("", |a| a.name.as_str());
        return Err(error.hint(format!("declare it with `variable \"{name}\" {{}}`, or pass --no-strict")));
    }
    all.retain(|a| declared.contains_key(&a.name));
    Ok(variables::merged(&all))
}
