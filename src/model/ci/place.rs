//! Where a branch goes: what its name and the domain mean.

use super::Vars;

/// The longest label a domain name may have, and so the longest slug.
const LONGEST_LABEL: usize = 63;

/// Where a pipeline deploys to, as its branch and domain say.
pub(super) struct DeployTarget {
    pub(super) production: bool,
    pub(super) staging: bool,
    /// Whether own host names count.
    pub(super) is_main: bool,
    /// Whether the slug goes without the branch.
    pub(super) omits_branch: bool,
    pub(super) domain: String,
}

impl DeployTarget {
    pub(super) fn of(vars: &Vars, why: &mut Vec<String>) -> Self {
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
            why.push("production: by the name of the branch".to_owned());
        } else if staging {
            why.push("staging: by the name of the branch".to_owned());
        }
        let domain = match (production, staging) {
            (true, _) => format!("prod.{rest}"),
            (false, true) => format!("staging.{rest}"),
            (false, false) => given.to_owned(),
        };
        DeployTarget { production, staging, is_main: omits_branch || production, omits_branch, domain }
    }
}

/// `project-branch`, cut to what a domain name may hold.
pub(super) fn slug(project: &str, branch: Option<&str>) -> String {
    let whole = branch.map_or_else(|| project.to_owned(), |b| format!("{project}-{b}"));
    let cut: String = whole.chars().take(LONGEST_LABEL).collect();
    match cut.strip_suffix('-') {
        Some(rest) => rest.to_owned(),
        None => cut,
    }
}

/// A repository of GitHub as part of a name.
pub(super) fn project(repository: &str) -> String {
    repository
        .replace(['/', '.'], "-")
        .chars()
        .take(LONGEST_LABEL)
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
        .collect()
}

/// A branch as part of a name: as it is where that is possible, else in the way GitLab makes a slug of it.
pub(super) fn branch(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return name.to_owned();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let whole: String = name.chars().map(plain).take(LONGEST_LABEL).collect();
    whole.trim_matches('-').to_owned()
}

/// A branch as the tag of an image.
pub(super) fn image_tag(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    name.chars().map(plain).collect()
}
