//! What a pipeline of GitHub Actions or GitLab CI deploys, and where to: from its variables alone.

use std::collections::BTreeMap;

use serde::Serialize;

/// Variables by name; an empty one counts as unset.
pub type Vars = BTreeMap<String, String>;

/// The longest label a domain name may have, and so the longest slug.
const LONGEST_LABEL: usize = 63;
/// What replaces the marker `NOMAD_VAR_SLUG` in a job file.
const SLUG_MARKER: &str = "NOMAD_VAR_SLUG";
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// What is deployed, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    #[serde(serialize_with = "hidden")]
    pub variables: Vars,
    /// Secrets for the job, by name.
    #[serde(serialize_with = "names")]
    pub secrets: Vars,
    /// Why each of these is as it is.
    pub why: Vec<String>,
}

fn hidden<S: serde::Serializer>(vars: &Vars, s: S) -> Result<S::Ok, S::Error> {
    let shown = |(k, v): (&String, &String)| {
        let secret = crate::model::job_diff::secrets::is_telling(k) && !v.is_empty();
        (k.clone(), (!secret).then(|| v.clone()))
    };
    s.collect_map(vars.iter().map(shown))
}

fn names<S: serde::Serializer>(vars: &Vars, s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(vars.keys())
}

/// Resolves the variables of a pipeline.
///
/// # Errors
/// When a variable that must be there is not, or is not what it should be.
pub fn resolve(given: &Vars) -> Result<Resolved, String> {
    let mut vars: Vars =
        given.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.clone(), v.clone())).collect();
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
        github(&mut vars)?;
        let tokens = ["NOMAD_TOKEN", "NOMAD_TOKEN_PROD", "NOMAD_TOKEN_STAGING"];
        if skip.is_none() && !tokens.iter().any(|t| vars.contains_key(*t)) {
            skip = Some("the repository has no NOMAD_TOKEN".to_owned());
        }
    }
    let get = |name: &str| vars.get(name).map(String::as_str).unwrap_or_default();
    let project = get("CI_PROJECT_PATH_SLUG").to_owned();
    if project.is_empty() {
        return Err("this is no pipeline of GitHub Actions or GitLab CI: GITHUB_REPOSITORY or CI_PROJECT_PATH_SLUG is not set".to_owned());
    }
    let place = Place::of(&vars, &mut why);
    let slug = slug(&project, (!place.omits_branch).then(|| get("CI_COMMIT_REF_SLUG")));
    why.push(format!("slug: project {project}{}", if place.omits_branch { "" } else { " and its branch" }));
    let hostnames = hostnames(&vars, &place, &slug, &mut why)?;
    let token_from = token(&vars, &place);
    let nomad_addr = match get("NOMAD_ADDR") {
        "" => format!("https://{}", place.domain),
        given => given.to_owned(),
    };
    let podman = podman(&vars, &nomad_addr);
    let secrets = secrets(&vars)?;
    let variables = variables(&vars, &place, &slug, &hostnames, &secrets);
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
fn github(vars: &mut Vars) -> Result<(), String> {
    let repository = vars.get("GITHUB_REPOSITORY").ok_or("GITHUB_REPOSITORY is not set")?.to_lowercase();
    let reference = vars.get("GITHUB_REF_NAME").ok_or("GITHUB_REF_NAME is not set")?.clone();
    let project: String = repository
        .replace(['/', '.'], "-")
        .chars()
        .take(LONGEST_LABEL)
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
        .collect();
    let name = repository.rsplit('/').next().unwrap_or_default().to_owned();
    if vars.get("PRIVATE_REPO").is_some_and(|v| v == "false") {
        vars.remove("CI_REGISTRY_READ_TOKEN");
    }
    for (key, value) in [
        ("CI_REGISTRY", "ghcr.io".to_owned()),
        ("CI_GITHUB_IMAGE", format!("ghcr.io/{repository}:{reference}")),
        // The image is named by the branch, so a node may hold an older one of that name.
        ("NOMAD_VAR_FORCE_PULL", "true".to_owned()),
        ("CI_PROJECT_NAME", name),
        ("CI_COMMIT_REF_SLUG", reference),
        ("CI_PROJECT_PATH_SLUG", project),
    ] {
        vars.insert(key.to_owned(), value);
    }
    Ok(())
}

/// What the branch and the domain mean.
struct Place {
    production: bool,
    staging: bool,
    /// Whether own host names count.
    is_main: bool,
    /// Whether the slug goes without the branch.
    omits_branch: bool,
    domain: String,
}

impl Place {
    fn of(vars: &Vars, why: &mut Vec<String>) -> Self {
        let get = |name: &str| vars.get(name).map(String::as_str).unwrap_or_default();
        let branch = get("CI_COMMIT_REF_SLUG");
        let main = matches!(branch, "main" | "master") || vars.contains_key("CI_MAIN_STYLE");
        let (mut production, staging) = (!main && branch == "production", !main && branch == "staging");
        let omits_branch = main || production || staging;
        let given = get("BASE_DOMAIN");
        let (first, rest) = given.split_once('.').unwrap_or((given, given));
        if first == "prod" && !production {
            production = true;
            why.push("production: BASE_DOMAIN begins with prod".to_owned());
        } else if production {
            why.push("production: the branch is called so".to_owned());
        } else if staging {
            why.push("staging: the branch is called so".to_owned());
        }
        let domain = match (production, staging) {
            (true, _) => format!("prod.{rest}"),
            (false, true) => format!("staging.{rest}"),
            (false, false) => given.to_owned(),
        };
        Place { production, staging, is_main: omits_branch || production, omits_branch, domain }
    }
}

/// `project-branch`, cut to what a domain name may hold.
fn slug(project: &str, branch: Option<&str>) -> String {
    let whole = branch.map_or_else(|| project.to_owned(), |b| format!("{project}-{b}"));
    let cut: String = whole.chars().take(LONGEST_LABEL).collect();
    match cut.strip_suffix('-') {
        Some(rest) => rest.to_owned(),
        None => cut,
    }
}

fn hostnames(vars: &Vars, place: &Place, slug: &str, why: &mut Vec<String>) -> Result<Vec<String>, String> {
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
        why.push("hostnames: NOMAD_VAR_HOSTNAMES does not count on a branch".to_owned());
    }
    why.push("hostnames: the slug and BASE_DOMAIN".to_owned());
    Ok(vec![format!("{slug}.{domain}")])
}

fn token(vars: &Vars, place: &Place) -> Option<&'static str> {
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

fn secrets(vars: &Vars) -> Result<Vars, String> {
    if let Some(json) = vars.get("NOMAD_SECRETS") {
        let map: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(json).map_err(|_| "NOMAD_SECRETS is not a JSON object".to_owned())?;
        let text = |v: serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        return Ok(map.into_iter().map(|(k, v)| (k, text(v))).collect());
    }
    let named =
        vars.iter().filter_map(|(k, v)| Some((k.strip_prefix("NOMAD_SECRET_")?.to_owned(), v.clone())));
    Ok(named.collect())
}

fn variables(vars: &Vars, place: &Place, slug: &str, hostnames: &[String], secrets: &Vars) -> Vars {
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

/// The secrets as lines of a file of environment variables.
#[must_use]
pub fn secret_lines(secrets: &Vars) -> String {
    let quote = |v: &str| {
        if v.contains(['\n', '\'']) {
            format!("\"{}\"", v.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        } else {
            format!("'{v}'")
        }
    };
    secrets.iter().map(|(k, v)| format!("{k}={}\n", quote(v))).collect()
}

/// A job file with a repository's own pieces put in at its markers, and made fit for the cluster.
#[must_use]
pub fn job_file(text: &str, inserts: &[(&str, String)], resolved: &Resolved) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut line = line.replacen(SLUG_MARKER, &resolved.slug, 1);
        if resolved.podman {
            line = podman_line(&line);
        }
        lines.push(line);
        for (marker, insert) in inserts {
            if text_marker(&lines[lines.len() - 1], marker) {
                lines.push(insert.trim_end().to_owned());
                break;
            }
        }
    }
    lines.join("\n") + "\n"
}

fn text_marker(line: &str, marker: &str) -> bool {
    line.contains(&format!("{marker}.NOMAD--INSERTS-HERE"))
}

fn podman_line(line: &str) -> String {
    let trimmed = line.trim_start();
    let indent = &line[..line.len() - trimmed.len()];
    let value = trimmed
        .strip_prefix("driver")
        .map(str::trim_start)
        .and_then(|r| r.strip_prefix('='))
        .map(str::trim_start);
    match value.and_then(|v| v.strip_prefix("\"docker\"")) {
        Some(rest) => format!("{indent}driver = \"podman\"{rest}"),
        None if trimmed.starts_with("memory_hard_limit") => format!("{indent}# {trimmed}"),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(vars: &[(&str, &str)]) -> Resolved {
        resolve(&vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()).unwrap()
    }

    fn gitlab(branch: &str, domain: &str, project: &str, more: &[(&str, &str)]) -> Resolved {
        let name = project.split_once('-').unwrap().1;
        let own = [
            ("CI_COMMIT_REF_SLUG", branch),
            ("BASE_DOMAIN", domain),
            ("CI_PROJECT_PATH_SLUG", project),
            ("CI_PROJECT_NAME", name),
        ];
        resolved(&[&own[..], more].concat())
    }

    /// Branch, domain, project, own host names → address, slug, host names.
    #[test]
    fn branches_and_domains_say_what_is_deployed_and_where_to() {
        type Row<'a> = ((&'a str, &'a str, &'a str, &'a str), (&'a str, &'a str, &'a [&'a str]));
        let rows: &[Row<'_>] = &[
            (
                ("main", "dev.example.com", "www-av", ""),
                ("https://dev.example.com", "www-av", &["www-av.dev.example.com"]),
            ),
            (
                ("main", "dev.example.com", "www-av", "[\"av\"]"),
                ("https://dev.example.com", "www-av", &["av.dev.example.com"]),
            ),
            (
                ("avinfo", "prod.example.com", "www-av", "[\"avinfo\"]"),
                ("https://prod.example.com", "www-av-avinfo", &["avinfo.prod.example.com"]),
            ),
            (
                ("main", "dev.example.com", "www-av", "[\"av1\", \"av2.dweb.me\"]"),
                ("https://dev.example.com", "www-av", &["av1.dev.example.com", "av2.dweb.me"]),
            ),
            (
                ("tofu", "dev.example.com", "www-av", "[\"av\"]"),
                ("https://dev.example.com", "www-av-tofu", &["www-av-tofu.dev.example.com"]),
            ),
            (
                ("production", "dev.example.com", "services-plausible", ""),
                ("https://prod.example.com", "services-plausible", &["plausible.prod.example.com"]),
            ),
            (
                ("staging", "dev.example.com", "services-plausible", ""),
                ("https://staging.example.com", "services-plausible", &["plausible.staging.example.com"]),
            ),
            (
                ("production", "prod.example.com", "www-popcorn", "[\"popcorn.example.com\"]"),
                ("https://prod.example.com", "www-popcorn", &["popcorn.example.com"]),
            ),
        ];
        for ((branch, domain, project, names), (addr, slug, hosts)) in rows {
            let found = gitlab(branch, domain, project, &[("NOMAD_VAR_HOSTNAMES", names)]);
            assert_eq!((found.nomad_addr.as_str(), found.slug.as_str()), (*addr, *slug), "{branch} {domain}");
            assert_eq!(found.hostnames, *hosts, "{branch} {domain}");
        }
        let main_style = gitlab(
            "ext",
            "ext.example.com",
            "www-esm",
            &[
                ("CI_MAIN_STYLE", "1"),
                ("NOMAD_ADDR", "https://ux-b.example.com"),
                ("NOMAD_VAR_HOSTNAMES", "[\"esm\"]"),
            ],
        );
        assert_eq!(
            (main_style.slug.as_str(), main_style.nomad_addr.as_str()),
            ("www-esm", "https://ux-b.example.com")
        );
        assert_eq!(main_style.hostnames, ["esm.ext.example.com"]);
    }

    #[test]
    fn github_is_told_in_the_words_of_gitlab() {
        let found = resolved(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "InternetArchive/Emularity.Engine"),
            ("GITHUB_REF_NAME", "main"),
            ("BASE_DOMAIN", "ux-b.example.com"),
            ("NOMAD_TOKEN", "x"),
            ("NOMAD_VAR_EMPTY", ""),
        ]);
        assert_eq!(found.slug, "internetarchive-emularity-engine");
        assert_eq!(found.variables["CI_GITHUB_IMAGE"], "ghcr.io/internetarchive/emularity.engine:main");
        assert_eq!((found.variables["FORCE_PULL"].as_str(), found.token_from), ("true", Some("NOMAD_TOKEN")));
        assert!(!found.variables.contains_key("EMPTY"));
        let without = resolved(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "a/b"),
            ("GITHUB_REF_NAME", "main"),
        ]);
        assert!(without.skip.unwrap().contains("NOMAD_TOKEN"));
    }

    #[test]
    fn production_has_its_own_token_and_three_instances() {
        let tokens = [("NOMAD_TOKEN", "a"), ("NOMAD_TOKEN_PROD", "b"), ("NOMAD_TOKEN_STAGING", "c")];
        let of = |branch: &str| gitlab(branch, "dev.example.com", "www-av", &tokens);
        assert_eq!(
            (of("production").token_from, of("staging").token_from, of("main").token_from),
            (Some("NOMAD_TOKEN_PROD"), Some("NOMAD_TOKEN_STAGING"), Some("NOMAD_TOKEN"))
        );
        assert_eq!(of("production").variables["COUNT"], "3");
        assert!(!of("staging").variables.contains_key("COUNT"));
    }

    #[test]
    fn secrets_are_named_and_never_shown() {
        let found = gitlab(
            "main",
            "dev.example.com",
            "www-av",
            &[("NOMAD_SECRET_DB", "hunter22"), ("CI_REGISTRY_PASSWORD", "hunter33")],
        );
        assert_eq!(found.variables["HAS_SECRETS"], "[true]");
        assert_eq!(secret_lines(&found.secrets), "DB='hunter22'\n");
        let json = serde_json::to_string(&found).unwrap();
        assert!(
            !json.contains("hunter")
                && json.contains("\"secrets\":[\"DB\"]")
                && json.contains("\"CI_REGISTRY_PASSWORD\":null"),
            "{json}"
        );
        let from_json = gitlab("main", "d.e", "www-av", &[("NOMAD_SECRETS", "{\"A\": \"x\", \"B\": 1}")]);
        assert_eq!(from_json.secrets.keys().collect::<Vec<_>>(), ["A", "B"]);
        assert!(
            resolve(&Vars::from([
                ("NOMAD_SECRETS".into(), "no".into()),
                ("CI_PROJECT_PATH_SLUG".into(), "a-b".into())
            ]))
            .is_err()
        );
    }

    #[test]
    fn a_long_slug_is_cut_and_does_not_end_with_a_hyphen() {
        let found = gitlab(&"b".repeat(80), "d.e", &format!("www-{}", "a".repeat(58)), &[]);
        assert_eq!(found.slug, format!("www-{}", "a".repeat(58)));
        assert!(gitlab(&"b".repeat(80), "d.e", "www-av", &[]).slug.len() == 63);
        assert!(resolve(&Vars::new()).is_err());
    }

    #[test]
    fn a_repositorys_pieces_are_put_in_at_the_markers() {
        let mut found = gitlab("main", "dev.example.com", "www-av", &[]);
        found.podman = true;
        let text = "# VARS.NOMAD--INSERTS-HERE\njob \"NOMAD_VAR_SLUG\" {\n  driver = \"docker\"\n    memory_hard_limit = 1\n}\n";
        assert_eq!(
            job_file(text, &[("VARS", "variable \"x\" {}\n".to_owned())], &found),
            "# VARS.NOMAD--INSERTS-HERE\nvariable \"x\" {}\njob \"www-av\" {\n  driver = \"podman\"\n    # memory_hard_limit = 1\n}\n"
        );
    }
}
