//! A job field by field, for `fleet job show --effective` and `fleet job inspect --effective`.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::{job, jobspec, registration};
use crate::app::App;
use crate::commands::shared::jobfile::{Variables, secrets_of_versions};
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::model::job_fields::{self, Effect, JobField, Origin, Sources};
use crate::model::redaction::Secrets;
use crate::model::words::count;
use crate::ops::jobfile;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// A job, every field of it.
#[derive(Debug, Serialize)]
struct EffectiveView {
    job_id: String,
    namespace: String,
    /// None for a job file.
    job_version: Option<u64>,
    /// What values were compared with: the path of a job file, or a version whose file is stored; none where there is none.
    compared_with: Option<String>,
    fields: Vec<JobField>,
    /// Whether unset fields are shown to people.
    #[serde(skip)]
    all: bool,
}

impl Tabular for &JobField {
    const COLUMNS: &'static [Column] = &[
        column("GROUP").rank(1).usual("-"),
        column("TASK").usual("-"),
        column("FIELD").whole(),
        column("VALUE").wraps(),
        column("FROM").whole(),
        column("A CHANGE MEANS").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let text = |name: &Option<String>| name.as_ref().map_or(Cell::Empty, Cell::from);
        let value = match &self.value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let value = match &self.written {
            Some(written) => format!("{value} (file: {written})"),
            None => value,
        };
        let (from, change) = match self.origin {
            Origin::Written => (Tone::Plain, Tone::Plain),
            Origin::Changed | Origin::Added => (Tone::Warn, Tone::Plain),
            _ => (Tone::Dim, Tone::Dim),
        };
        let change = match self.effect {
            Effect::NewAllocations | Effect::AnotherJob | Effect::Refused => Tone::Warn,
            _ => change,
        };
        vec![
            text(&self.group),
            text(&self.task),
            Cell::text(&self.field),
            Cell::toned(value, from),
            Cell::toned(self.origin.to_string(), from),
            Cell::toned(self.effect.to_string(), change),
        ]
    }
}

impl Describe for EffectiveView {
    fn describe(&self) -> Detail {
        let shown: Vec<&JobField> =
            self.fields.iter().filter(|f| self.all || f.origin != Origin::Unset).collect();
        let hidden = self.fields.len() - shown.len();
        let note = (hidden > 0)
            .then(|| (format!("unset: {}; -o wide shows them", count(hidden, "field")), Tone::Dim));
        let compared = self.compared_with.clone().unwrap_or_else(|| "no job file is stored".to_owned());
        Detail::new()
            .fields([
                ("job", Cell::text(&self.job_id)),
                ("namespace", Cell::text(&self.namespace)),
                ("version", self.job_version.map_or(Cell::Empty, Cell::Number)),
                ("compared with", Cell::text(compared)),
            ])
            .table("Fields", &shown)
            .lines(None, note)
    }
}

/// Shows every field of a job, or of what a job file makes.
///
/// # Errors
/// When there is no such job, version or file.
pub(super) async fn run(app: &App, job: &str, version: Option<u64>, variables: &Variables) -> Result<()> {
    if job == "-" || (looks_like_a_file(job) && Path::new(job).is_file()) {
        if version.is_some() {
            return Err(Error::usage("a job file has no versions"));
        }
        return of_file(app, job, variables).await;
    }
    if !variables.vars.is_empty() || !variables.var_files.is_empty() {
        return Err(Error::usage("variables are for a job file, and this is the name of a job")
            .hint("write a file with a slash, as in ./web.hcl, or with its ending"));
    }
    of_job(app, job, version).await
}

/// Ids of jobs may have dots and slashes too; a file has to be there as well.
fn looks_like_a_file(text: &str) -> bool {
    let ending = Path::new(text).extension().and_then(|e| e.to_str());
    text.contains('/') || matches!(ending, Some("hcl" | "nomad" | "json" | "job"))
}

async fn of_file(app: &App, path: &str, variables: &Variables) -> Result<()> {
    let spec = variables.load(app, path).await?;
    let (namespace, secrets) = (spec.namespace.clone(), spec.secrets.clone());
    let app = spec.place(app);
    let written = spec.parsed.job.clone();
    // JSON of the API is not parsed by the servers, so what they would add to it is not known before it is registered.
    let mut made = match spec.parsed.submission.format.as_str() {
        "json" => {
            app.printer.warn("what stands in for what the file leaves out is known of job files in HCL only");
            written.clone()
        }
        _ => jobfile::of_stored(app.nomad()?, &namespace, &spec.parsed.submission, true).await?,
    };
    made["Namespace"] = namespace.as_str().into();
    show(
        app,
        &namespace,
        None,
        Some(path.to_owned()),
        Documents { held: &made, written: Some(&written), made: Some(&made) },
        &secrets,
    )
}

async fn of_job(app: &App, job: &str, version: Option<u64>) -> Result<()> {
    let nomad = app.nomad()?;
    let key = resolve::job(nomad, app.list_namespace()?, job).await?;
    let (namespace, id) = (key.namespace.as_str(), key.id.as_str());
    let held = held(nomad, namespace, id, version).await?;
    let own = held["Version"].as_u64().unwrap_or_default();
    let secrets = secrets_of_versions(app, namespace, id, [own]).await?;
    let stored = stored(nomad, namespace, id, own).await?;
    let (mut compared, mut written, mut whole) = (None, None, None);
    if let Some((of, submission)) = stored {
        compared = Some(if of == own {
            format!("the file of version {of}")
        } else {
            format!("the file of version {of}, the last one that is stored")
        });
        if submission.format == "json" {
            let job: Value = serde_json::from_str(&submission.source).unwrap_or_default();
            written = Some(if job["Job"].is_object() { job["Job"].clone() } else { job });
        } else {
            written = Some(jobfile::of_stored(nomad, namespace, &submission, false).await?);
            whole = Some(jobfile::of_stored(nomad, namespace, &submission, true).await?);
        }
    }
    let documents = Documents { held: &held, written: written.as_ref(), made: whole.as_ref() };
    show(app, namespace, Some(own), compared, documents, &secrets)
}

async fn held(nomad: &Http, namespace: &str, id: &str, version: Option<u64>) -> Result<Value> {
    let Some(wanted) = version else { return Ok(nomad.read(&job::get_spec(namespace, id)).await?.value) };
    let all: Value = nomad.read(&registration::versions_raw(namespace, id)).await?.value;
    let found = all["Versions"].as_array().and_then(|v| v.iter().find(|j| j["Version"] == wanted).cloned());
    found.ok_or_else(|| resolve::no_version(id, wanted))
}

/// How many versions are looked through for a file: as many as the servers keep by default.
const VERSIONS: u64 = 6;

/// The newest file that is stored of a version, or of one before it: scaling makes a version without a file.
async fn stored(
    nomad: &Http,
    namespace: &str,
    id: &str,
    version: u64,
) -> Result<Option<(u64, jobspec::Submission)>> {
    for of in (version.saturating_sub(VERSIONS)..=version).rev() {
        match nomad.read(&jobspec::submission(namespace, id, of)).await {
            Ok(reply) => return Ok(Some((of, reply.value))),
            Err(e) if e.is_not_found() => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(None)
}

#[derive(Clone, Copy)]
struct Documents<'a> {
    held: &'a Value,
    written: Option<&'a Value>,
    made: Option<&'a Value>,
}

fn show(
    app: &App,
    namespace: &str,
    version: Option<u64>,
    compared_with: Option<String>,
    documents: Documents<'_>,
    secrets: &Secrets,
) -> Result<()> {
    let mut shown = documents.held.clone();
    secrets.and_document(documents.held).redact(&mut shown);
    let Documents { held, written, made } = documents;
    let fields = job_fields::fields(Sources { held, shown: &shown, written, made });
    let id = held["ID"].as_str().unwrap_or_default().to_owned();
    let all = app.printer.is_wide();
    app.printer.object(&EffectiveView {
        job_id: id,
        namespace: namespace.to_owned(),
        job_version: version,
        compared_with,
        fields,
        all,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ui::testing::screen;

    #[test]
    fn a_file_is_known_by_its_ending_or_a_slash() {
        assert!(
            looks_like_a_file("./web") && looks_like_a_file("web.nomad.hcl") && looks_like_a_file("a.json")
        );
        assert!(!looks_like_a_file("web") && !looks_like_a_file("web.v2"));
    }

    #[test]
    fn what_is_unset_is_counted_and_shown_on_demand() {
        let held = json!({"ID": "web", "Priority": 50, "Meta": null, "TaskGroups": [{"Name": "g", "Count": 2, "Tasks": []}]});
        let written = json!({"ID": "web", "TaskGroups": [{"Name": "g", "Count": 1}]});
        let fields = job_fields::fields(Sources {
            held: &held,
            shown: &held,
            written: Some(&written),
            made: Some(&held),
        });
        let view = EffectiveView {
            job_id: "web".into(),
            namespace: "default".into(),
            job_version: Some(3),
            compared_with: Some("the file of version 3".into()),
            fields,
            all: false,
        };
        insta::assert_snapshot!(screen(100, |p| p.object(&view)), @"
        job            web
        namespace      default
        version        3
        compared with  the file of version 3

        Fields
        GROUP  FIELD     VALUE  FROM     A CHANGE MEANS
        -      priority  50     default  in place
        g      count     2      written  more or fewer allocations

        unset: 1 field; -o wide shows them
        ");
    }
}
