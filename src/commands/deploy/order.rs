//! Which of several jobs goes first.

use std::collections::BTreeSet;
use std::path::Path;

use crate::commands::shared::jobfile::Spec;
use crate::error::{Error, Result};

/// The job files of a folder, by name.
pub(super) fn files_of(dir: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(dir).map_err(|e| {
        Error::usage(format!("could not read folder {}", dir.display())).because(e.to_string())
    })?;
    let is_job = |name: &str| [".nomad", ".nomad.hcl", ".hcl"].iter().any(|end| name.ends_with(end));
    let mut files: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().is_file() && is_job(&e.file_name().to_string_lossy()))
        .map(|e| e.path().display().to_string())
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Error::not_found(format!("no job file in {}", dir.display())));
    }
    Ok(files)
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
