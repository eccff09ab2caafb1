//! What a pipeline of GitHub Actions or GitLab CI deploys, and where to: from its variables alone.

mod job_file;
mod place;
mod secrets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use job_file::{RepositoryLines, job_file};
use place::DeployTarget;
pub use secrets::secret_lines;

/// Variables by name.
pub type Vars = BTreeMap<String, String>;

/// What a job gets to know of its pipeline: values that the platform sets itself, and nobody's free text.
const PASSED: [&str; 23] = [
    "CI_APPLICATION_REPOSITORY",
    "CI_APPLICATION_TAG",
    "CI_BUILDS_DIR",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_REF_SLUG",
    "CI_COMMIT_SHA",
    "CI_COMMIT_SHORT_SHA",
    "CI_COMMIT_TAG",
    "CI_CONCURRENT_ID",
    "CI_DEFAULT_BRANCH",
    "CI_GITHUB_IMAGE",
    "CI_HOSTNAME",
    "CI_PIPELINE_SOURCE",
    "CI_PROJECT_DIR",
    "CI_PROJECT_NAME",
    "CI_PROJECT_PATH_SLUG",
    "CI_REGISTRY",
    "CI_REGISTRY_IMAGE",
    "CI_REGISTRY_TAG",
    "CI_REGISTRY_PASSWORD",
    "CI_REGISTRY_READ_TOKEN",
    "CI_REGISTRY_USER",
];

/// Which platform runs the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// What is deployed, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The platform.
    pub platform: Platform,
    /// The job's id.
    pub slug: String,
    /// The names the job is reached by, the main one first.
    pub hostnames: Vec<String>,
    /// The cluster.
    pub nomad_addr: String,
    /// The domain of automatic names.
    pub base_domain: String,
    /// The variable the token is in; none when none is set.
    pub token_from: Option<&'static str>,
    /// Whether it goes to production.
    pub production: bool,
    /// Whether it goes to staging.
    pub staging: bool,
    /// The namespace, when it is said.
    pub namespace: Option<String>,
    /// Whether the cluster runs podman instead of docker.
    pub podman: bool,
    /// Why nothing is deployed; none when something is.
    pub skip: Option<String>,
    /// The job file's variables, without `NOMAD_VAR_`.
    pub variables: Vars,
    /// Secrets for the job, by name.
    pub secrets: Vars,
    /// Why each of these is as it is.
    pub why: Vec<String>,
}

/// The variables with one branch in the place of the pipeline's own.
#[must_use]
pub fn on_branch(mut vars: Vars, branch: &str) -> Vars {
    vars.insert("GITHUB_REF_NAME".to_owned(), branch.to_owned());
    vars.insert("CI_COMMIT_REF_NAME".to_owned(), branch.to_owned());
    vars.insert("CI_COMMIT_REF_SLUG".to_owned(), place::branch(branch));
    vars
}

/// Resolves the variables of a pipeline. An empty one counts as unset, but for what the job gets as it is.
///
/// # Errors
/// When a variable that must be there is not, or is not what it should be.
pub fn resolve(given: &Vars) -> Result<Resolved, String> {
    let (mut vars, empty): (Vars, Vars) = given.clone().into_iter().partition(|(_, v)| !v.is_empty());
    let mut why = Vec::new();
    let platform = if vars.contains_key("GITHUB_ACTIONS") { Platform::Github } else { Platform::Gitlab };
    let sha = vars.get("CI_COMMIT_SHA").cloned().unwrap_or_default();
    let tag = if vars.contains_key("NOMAD_VAR_BUILD_DEPLOY") { format!("{sha}-deploy") } else { sha };
    vars.insert("CI_REGISTRY_TAG".to_owned(), tag);
    let mut skip = None;
    if vars.contains_key("NOMAD_VAR_NO_DEPLOY") {
        skip = Some("NOMAD_VAR_NO_DEPLOY is set".to_owned());
    }
    if platform == Platform::Github {
        github(&mut vars, &mut why)?;
        let tokens = ["NOMAD_TOKEN", "NOMAD_TOKEN_PROD", "NOMAD_TOKEN_STAGING"];
        if skip.is_none() && !tokens.iter().any(|t| vars.contains_key(*t)) {
            skip = Some("the repository has no NOMAD_TOKEN".to_owned());
        }
    }
    let get = |name: &str| vars.get(name).map(String::as_str).unwrap_or_default();
    let project = get("CI_PROJECT_PATH_SLUG").to_owned();
    if project.is_empty() {
        return Err("not a pipeline of GitHub Actions or GitLab CI: GITHUB_REPOSITORY or CI_PROJECT_PATH_SLUG is not set".to_owned());
    }
    let place = DeployTarget::of(&vars, &mut why);
    let slug = place::slug(&project, (!place.omits_branch).then(|| get("CI_COMMIT_REF_SLUG")));
    why.push(format!("slug: project {project}{}", if place.omits_branch { "" } else { " and its branch" }));
    let hostnames = hostnames(&vars, &place, &slug, &mut why)?;
    let token_from = token(&vars, &place);
    let nomad_addr = match get("NOMAD_ADDR") {
        "" => format!("https://{}", place.domain),
        given => given.to_owned(),
    };
    let podman = podman(&vars, &nomad_addr);
    let secrets = secrets::secrets(given)?;
    let mut variables = variables(&vars, &place, &slug, &hostnames, &secrets);
    if platform == Platform::Gitlab {
        // GitHub sets what a workflow only mentions; on GitLab somebody wrote it down to be empty.
        for name in empty.keys().filter_map(|name| name.strip_prefix("NOMAD_VAR_")) {
            variables.entry(name.to_owned()).or_default();
        }
    }
    Ok(Resolved {
        platform,
        hostnames,
        nomad_addr,
        token_from,
        production: place.production,
        staging: place.staging,
        namespace: vars.get("NOMAD_VAR_NAMESPACE").cloned(),
        podman,
        skip,
        variables,
        secrets,
        why,
        slug,
        base_domain: place.domain,
    })
}

/// GitHub's variables under the names GitLab has for them.
fn github(vars: &mut Vars, why: &mut Vec<String>) -> Result<(), String> {
    let repository = vars.get("GITHUB_REPOSITORY").ok_or("GITHUB_REPOSITORY is not set")?.to_lowercase();
    let reference = vars.get("GITHUB_REF_NAME").ok_or("GITHUB_REF_NAME is not set")?.clone();
    let branch = place::branch(&reference);
    if branch != reference {
        why.push(format!("branch: {reference} is not allowed in a name, so it is {branch}"));
    }
    let name = repository.rsplit('/').next().unwrap_or_default().to_owned();
    if vars.get("PRIVATE_REPO").is_some_and(|v| v == "false") {
        vars.remove("CI_REGISTRY_READ_TOKEN");
    }
    for (key, value) in [
        ("CI_REGISTRY", "ghcr.io".to_owned()),
        ("CI_GITHUB_IMAGE", format!("ghcr.io/{repository}:{}", place::image_tag(&reference))),
        // The image is named by the branch, so a node may hold an older one of that name.
        ("NOMAD_VAR_FORCE_PULL", "true".to_owned()),
        ("CI_PROJECT_NAME", name),
        ("CI_COMMIT_REF_SLUG", branch),
        ("CI_PROJECT_PATH_SLUG", place::project(&repository)),
    ] {
        vars.insert(key.to_owned(), value);
    }
    Ok(())
}

fn hostnames(
    vars: &Vars,
    place: &DeployTarget,
    slug: &str,
    why: &mut Vec<String>,
) -> Result<Vec<String>, String> {
    let domain = &place.domain;
    if let Some(given) = vars.get("NOMAD_VAR_HOSTNAMES").filter(|_| place.is_main) {
        let names: Vec<String> = serde_json::from_str(given).map_err(|_| {
            "NOMAD_VAR_HOSTNAMES is not a JSON list of names, such as [\"www.example.com\"]".to_owned()
        })?;
        if names.is_empty() {
            return Err("NOMAD_VAR_HOSTNAMES is an empty list".to_owned());
        }
        why.push("hostnames: NOMAD_VAR_HOSTNAMES".to_owned());
        let full = |name: String| {
            if name.contains('.') || domain.is_empty() { name } else { format!("{name}.{domain}") }
        };
        return Ok(names.into_iter().map(full).collect());
    }
    if place.production || place.staging {
        let name = vars.get("CI_PROJECT_NAME").map(String::as_str).unwrap_or_default();
        why.push("hostnames: the project's name and the domain".to_owned());
        return Ok(vec![format!("{name}.{domain}")]);
    }
    if vars.contains_key("NOMAD_VAR_HOSTNAMES") {
        why.push("hostnames: NOMAD_VAR_HOSTNAMES is ignored on a branch".to_owned());
    }
    why.push("hostnames: the slug and BASE_DOMAIN".to_owned());
    Ok(vec![format!("{slug}.{domain}")])
}

fn token(vars: &Vars, place: &DeployTarget) -> Option<&'static str> {
    let special = match (place.production, place.staging) {
        (true, _) => Some("NOMAD_TOKEN_PROD"),
        (false, true) => Some("NOMAD_TOKEN_STAGING"),
        _ => None,
    };
    special.into_iter().chain(["NOMAD_TOKEN"]).find(|name| vars.contains_key(*name))
}

/// Clusters of this domain run podman, but for two.
fn podman(vars: &Vars, addr: &str) -> bool {
    let first = addr.trim_start_matches("https://").split('.').next().unwrap_or_default();
    let by_address = addr.ends_with(".archive.org") && !matches!(first, "staging" | "prod");
    by_address || vars.get("NOMAD_VAR_DEPLOY_WITH_PODMAN").is_some_and(|v| v == "true")
}

fn variables(vars: &Vars, place: &DeployTarget, slug: &str, hostnames: &[String], secrets: &Vars) -> Vars {
    let own = vars.iter().filter_map(|(k, v)| Some((k.strip_prefix("NOMAD_VAR_")?.to_owned(), v.clone())));
    let mut all: Vars = own.collect();
    for name in PASSED {
        let value = vars.get(name).filter(|v| !(name == "CI_REGISTRY_READ_TOKEN" && *v == "0"));
        // What is unset is told to be empty, whatever the job file has for a default.
        all.insert(name.to_owned(), value.cloned().unwrap_or_default());
    }
    all.insert("SLUG".to_owned(), slug.to_owned());
    all.insert("HOSTNAMES".to_owned(), serde_json::to_string(hostnames).unwrap_or_default());
    if place.production {
        all.entry("COUNT".to_owned()).or_insert_with(|| "3".to_owned());
    }
    if !secrets.is_empty() {
        all.insert("HAS_SECRETS".to_owned(), "[true]".to_owned());
    }
    all
}
