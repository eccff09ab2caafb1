//! Which of several jobs goes first.

use std::collections::BTreeSet;
use std::path::Path;

use crate::commands::shared::jobfile::Spec;
use crate::error::{Error, Result};
use crate::model::jobfile::holds_job;

/// The files of a folder that hold a job, by name, and those that look like job files and hold none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    /// What is deployed.
    pub(super) jobs: Vec<String>,
    /// Variable files, policies and the like.
    pub(super) others: Vec<String>,
}

/// How the names of job files end.
const ENDS: [&str; 5] = [".nomad", ".hcl", ".job", ".nomad.json", ".job.json"];

/// Whether a name is that of a job file, and hardly one of a job.
pub(super) fn is_named_like_a_file(name: &str) -> bool {
    name.contains('/') || ENDS.iter().any(|end| name.ends_with(end))
}

/// Looks through a folder. What cannot be read here is for the cluster to judge.
pub(super) fn files_of(dir: &Path) -> Result<Folder> {
    let entries = std::fs::read_dir(dir).map_err(|e| {
        Error::usage(format!("could not read folder {}", dir.display())).because(e.to_string())
    })?;
    let is_meant = |name: &str| !name.starts_with('.') && ENDS.iter().any(|end| name.ends_with(end));
    let mut files: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().is_file() && is_meant(&e.file_name().to_string_lossy()))
        .map(|e| e.path().display().to_string())
        .collect();
    files.sort();
    let holds_none = |file: &String| {
        let text = std::fs::read_to_string(file).ok();
        text.is_some_and(|text| holds_job(&text) == Some(false))
    };
    let (others, jobs) = files.into_iter().partition(holds_none);
    let found = Folder { jobs, others };
    if found.jobs.is_empty() {
        let error = Error::not_found(format!("no job file in {}", dir.display()));
        let error = found.others.iter().fold(error, |e, file| e.because(format!("{file} holds no job")));
        return Err(error.hint(format!("job files are those that end in {}", ENDS.join(", "))));
    }
    Ok(found)
}

/// The jobs that a job names in its metadata `depends`, divided by commas or spaces.
fn depends(spec: &Spec) -> Vec<String> {
    let names = spec.parsed.job["Meta"]["depends"].as_str().unwrap_or_default();
    names.split([',', ' ']).filter(|n| !n.is_empty()).map(str::to_owned).collect()
}

/// Sorts jobs so that each comes after those it depends on, otherwise in the order given.
pub(super) fn by_dependency(jobs: Vec<Spec>) -> Result<Vec<Spec>> {
    refuse_twins(&jobs)?;
    let all: BTreeSet<String> = jobs.iter().map(|j| j.parsed.id().to_owned()).collect();
    let (mut left, mut done, mut ordered) = (jobs, BTreeSet::new(), Vec::new());
    while !left.is_empty() {
        let ready = left.iter().position(|j| depends(j).iter().all(|d| done.contains(d) || !all.contains(d)));
        let Some(ready) = ready else {
            let names: Vec<&str> = left.iter().map(|j| j.parsed.id()).collect();
            return Err(Error::usage(format!(
                "these jobs depend on each other in a circle (meta `depends`): {}",
                names.join(", ")
            )));
        };
        let next = left.remove(ready);
        done.insert(next.parsed.id().to_owned());
        ordered.push(next);
    }
    Ok(ordered)
}

/// Refuses two files for the same job, because the second would undo the first.
fn refuse_twins(jobs: &[Spec]) -> Result<()> {
    for (at, job) in jobs.iter().enumerate() {
        let same = |other: &&Spec| other.namespace == job.namespace && other.parsed.id() == job.parsed.id();
        if let Some(first) = jobs[..at].iter().find(same) {
            let (one, two) = (&first.parsed.path, &job.parsed.path);
            return Err(Error::usage(format!("{one} and {two} both describe job {}", job.parsed.id())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::jobspec::Submission;
    use crate::ops::jobfile::Parsed;
    use serde_json::json;

    fn spec(id: &str, depends: &str) -> Spec {
        let job = json!({"ID": id, "Meta": {"depends": depends}});
        let parsed =
            Parsed { path: String::new(), job, submission: Submission::default(), values: Vec::new() };
        Spec { parsed, namespace: "default".into(), secrets: Default::default(), elsewhere: None }
    }

    #[test]
    fn of_a_folder_only_what_holds_a_job_is_deployed() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        for (name, text) in [
            ("a.job", "job \"a\" {}\n"),
            ("b.nomad.hcl", "job \"b\" {\n"),
            ("c.nomad.json", "{\"ID\": \"c\"}"),
            ("prod.hcl", "image = \"web:1\"\n"),
            (".hidden.hcl", "job \"h\" {}\n"),
            ("notes.md", "job \"n\" {}\n"),
        ] {
            std::fs::write(path(name), text).unwrap();
        }
        let found = files_of(dir.path()).unwrap();
        assert_eq!(found.jobs, ["a.job", "b.nomad.hcl", "c.nomad.json"].map(path));
        assert_eq!(found.others, ["prod.hcl"].map(path));
    }

    #[test]
    fn a_job_goes_after_what_it_depends_on_and_otherwise_as_named() {
        let order = |jobs: &[(&str, &str)]| {
            let jobs = jobs.iter().map(|(id, d)| spec(id, d)).collect();
            by_dependency(jobs).map(|jobs| jobs.iter().map(|j| j.parsed.id().to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            order(&[("web", "db, cache"), ("db", ""), ("cache", "db elsewhere"), ("a", "")]).unwrap(),
            ["db", "cache", "web", "a"]
        );
        assert!(order(&[("a", "b"), ("b", "a")]).is_err());
        assert!(order(&[("a", ""), ("a", "")]).is_err());
    }
}
