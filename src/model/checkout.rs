//! The job a git checkout is deployed as: group, project and branch in one name, as the Internet Archive's CI names its jobs.

/// Branches whose job has no suffix.
const MAIN_BRANCHES: [&str; 4] = ["main", "master", "staging", "production"];
/// How long such a name may be: it is a host name too.
const LONGEST: usize = 63;

/// The name of the job: `group-project`, and `-branch` unless the branch is a main one.
///
/// # Errors
/// When the remote's address has no path to read the group and project from.
pub fn job_of(remote: &str, branch: &str) -> Result<String, String> {
    let path =
        path_of(remote).ok_or_else(|| format!("{remote:?} is not the address of a remote repository"))?;
    let path = path.trim_matches('/');
    let project = path.strip_suffix(".git").unwrap_or(path).to_lowercase().replace('/', "-");
    let branch = branch.to_lowercase().replace(['/', '_', '.'], "-");
    let name = if MAIN_BRANCHES.contains(&branch.as_str()) { project } else { format!("{project}-{branch}") };
    Ok(name.chars().take(LONGEST).collect())
}

/// The path in `https://host/path`, `ssh://user@host/path` and `user@host:path`.
fn path_of(remote: &str) -> Option<&str> {
    let path = match remote.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => remote.split_once(':')?.1,
    };
    (!path.trim_matches('/').is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_remote_gives_the_same_name() {
        for remote in [
            "https://git.example.org/Ops/web-app.git",
            "https://git.example.org/ops/web-app",
            "git@git.example.org:ops/web-app.git",
            "ssh://git@git.example.org:2222/ops/web-app.git",
        ] {
            assert_eq!(job_of(remote, "main").as_deref(), Ok("ops-web-app"), "{remote}");
        }
        assert!(job_of("/srv/git/x", "main").is_err());
        assert!(job_of("https://host", "main").is_err());
    }

    #[test]
    fn branches_are_a_suffix_within_the_length_of_a_host_name() {
        let remote = "git@h:ops/web.git";
        assert_eq!(job_of(remote, "Fix/a_b.c").as_deref(), Ok("ops-web-fix-a-b-c"));
        assert_eq!(job_of(remote, "production").as_deref(), Ok("ops-web"));
        assert_eq!(job_of(remote, &"x".repeat(100)).unwrap().len(), 63);
    }
}
