//! The pipeline fleet runs in: what its variables and the repository's files come to.

use std::path::Path;

use serde::Serialize;

use crate::app::App;
use crate::commands::job::init;
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::model::ci::{self, Resolved, Vars};

/// The repository's own job file.
const OWN: &str = "project.nomad";
/// The repository's pieces, and the markers they go to.
const PIECES: [(&str, &str); 3] = [("VARS", "vars.nomad"), ("JOB", "job.nomad"), ("GROUP", "group.nomad")];

/// What is deployed.
#[derive(Debug, Serialize)]
pub(crate) struct Pipeline {
    #[serde(flatten)]
    pub(crate) resolved: Resolved,
    /// Where the job file comes from.
    pub(crate) job_file: String,
    /// The pieces that are put into it.
    pub(crate) inserts: Vec<String>,
    #[serde(skip)]
    pub(crate) text: String,
}

impl Pipeline {
    /// Reads the environment and the repository.
    ///
    /// # Errors
    /// Usage (2) when this is no pipeline, or a variable or file is no good.
    pub(crate) fn read(app: &App) -> Result<Self> {
        let vars: Vars = app.env.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let resolved = ci::resolve(&vars).map_err(Error::usage)?;
        let (job_file, text) = if Path::new(OWN).exists() {
            (OWN.to_owned(), read(OWN)?)
        } else {
            ("fleet's own (`fleet job init --template web`)".to_owned(), init::WEB.to_owned())
        };
        let (mut pieces, mut inserts) = (Vec::new(), Vec::new());
        for (marker, file) in PIECES {
            if Path::new(file).exists() {
                pieces.push((marker, read(file)?));
                inserts.push(file.to_owned());
            }
        }
        let text = ci::job_file(&text, &pieces, &resolved);
        Ok(Pipeline { resolved, job_file, inserts, text })
    }

    /// The world as the pipeline has it: the cluster, the token, the namespace and the variables of the job file.
    pub(crate) fn app(&self, app: &App) -> App {
        let mut env: Environment = app.env.clone();
        let r = &self.resolved;
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
        app.with_env(env)
    }
}

fn read(file: &str) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|e| Error::usage(format!("could not read {file}")).because(e.to_string()))
}
