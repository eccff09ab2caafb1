//! The pipeline fleet runs in: what its variables and the repository's files come to.

use std::path::Path;

use crate::app::App;
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::model::ci::{self, RepositoryLines, Resolved, Vars};
use crate::model::redaction::Secrets;

/// The job file of a repository that has none of its own: the one that `fleet job init` writes.
const WEB: &str = include_str!("../job/templates/web.nomad.hcl");
/// The repository's own job file.
const OWN: &str = "project.nomad";
/// Parts of a job file that a repository may have, and the markers in the job file that they replace.
const PIECES: [(&str, &str); 3] = [("VARS", "vars.nomad"), ("JOB", "job.nomad"), ("GROUP", "group.nomad")];

/// What is deployed.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) resolved: Resolved,
    /// Where the job file comes from.
    pub(crate) job_file: String,
    /// The pieces that are put into it.
    pub(crate) inserts: Vec<&'static str>,
    /// The job file itself.
    pub(crate) text: String,
}

impl Pipeline {
    /// Reads the environment and the repository.
    ///
    /// # Errors
    /// Usage (2) when this is no pipeline, or a variable or file is no good.
    pub(crate) fn read(app: &App) -> Result<Self> {
        Self::resolve(&variables(app))
    }

    /// As [`Pipeline::read`], for another branch than the pipeline's own.
    ///
    /// # Errors
    /// As [`Pipeline::read`].
    pub(crate) fn of_branch(app: &App, branch: &str) -> Result<Self> {
        Self::resolve(&ci::on_branch(variables(app), branch))
    }

    fn resolve(vars: &Vars) -> Result<Self> {
        let resolved = ci::resolve(vars).map_err(Error::usage)?;
        let (job_file, text) = if Path::new(OWN).exists() {
            (OWN.to_owned(), read(OWN)?)
        } else {
            ("fleet's own (`fleet job init --template web`)".to_owned(), WEB.to_owned())
        };
        let mut pieces = Vec::new();
        for (marker, file) in PIECES.into_iter().filter(|(_, file)| Path::new(file).exists()) {
            pieces.push(RepositoryLines { file, marker, text: read(file)? });
        }
        let text = ci::job_file(&text, &pieces, &resolved).map_err(Error::usage)?;
        Ok(Pipeline { resolved, job_file, inserts: pieces.iter().map(|p| p.file).collect(), text })
    }

    /// Every value that must not be shown: the job's secrets, and environment variables whose names say that they are secret.
    pub(crate) fn secrets(&self, app: &App) -> Secrets {
        let own = Secrets::new(self.resolved.secrets.values().cloned());
        let variables = self.resolved.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        own.and(Secrets::of_environment(app.env.iter())).and(Secrets::of(variables))
    }

    /// The app with the pipeline's settings: its cluster, token, namespace and job file variables.
    ///
    /// # Errors
    /// Usage (2) when the pipeline names no cluster.
    pub(crate) fn app(&self, app: &App) -> Result<App> {
        let mut env: Environment = app.env.clone();
        let r = &self.resolved;
        if r.base_domain.is_empty() && app.env.get("NOMAD_ADDR").is_none() {
            return Err(Error::usage(
                "the pipeline names no cluster: neither NOMAD_ADDR nor BASE_DOMAIN is set",
            ));
        }
        env.set("NOMAD_ADDR", r.nomad_addr.clone());
        let token = r.token_from.and_then(|name| app.env.get(name)).map(str::to_owned);
        match token {
            Some(token) => env.set("NOMAD_TOKEN", token),
            None => env.remove("NOMAD_TOKEN"),
        }
        if let Some(namespace) = &r.namespace {
            env.set("NOMAD_NAMESPACE", namespace.clone());
        }
        let given: Vec<String> =
            env.iter().map(|(k, _)| k.to_owned()).filter(|k| k.starts_with("NOMAD_VAR_")).collect();
        given.iter().for_each(|name| env.remove(name));
        for (name, value) in &r.variables {
            env.set(format!("NOMAD_VAR_{name}"), value.clone());
        }
        Ok(app.with_env(env))
    }
}

fn variables(app: &App) -> Vars {
    app.env.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

fn read(file: &str) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|e| Error::usage(format!("could not read {file}")).because(e.to_string()))
}
