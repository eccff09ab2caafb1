//! A repository's job file with its own pieces in it, fit for the cluster.

use std::sync::LazyLock;

use regex::Regex;

use super::Resolved;

/// What stands for the job's name where a job file cannot have a variable.
const SLUG_MARKER: &str = "NOMAD_VAR_SLUG";
/// A driver that not every cluster has.
static DOCKER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"driver(\s*=\s*)"docker""#).ok());

/// Lines a repository adds to its job file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryLines {
    /// The file it is in.
    pub file: &'static str,
    /// The beginning of its marker.
    pub marker: &'static str,
    /// The text.
    pub text: String,
}

/// A job file with a repository's pieces put in at their markers, and made fit for the cluster.
///
/// # Errors
/// When the file has no place for a piece.
pub fn job_file(text: &str, pieces: &[RepositoryLines], resolved: &Resolved) -> Result<String, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    for piece in pieces {
        let marker = format!("{}.NOMAD--INSERTS-HERE", piece.marker);
        let place = lines
            .iter()
            .position(|line| line.contains(&marker))
            .ok_or_else(|| format!("the job file has no line {marker}, where {} would go", piece.file))?;
        lines.splice(place + 1..place + 1, piece.text.lines());
    }
    Ok(lines.into_iter().map(|line| fit(line, resolved) + "\n").collect())
}

fn fit(line: &str, resolved: &Resolved) -> String {
    let line = line.replacen(SLUG_MARKER, &resolved.slug, 1);
    match DOCKER.as_ref() {
        Some(docker) if resolved.podman => docker
            .replace(&line, "driver${1}\"podman\"")
            // podman has no such thing.
            .replacen("memory_hard_limit", "# memory_hard_limit", 1),
        _ => line,
    }
}
