//! Which fleet this is.

use serde::Serialize;

/// Version, commit and date, as `fleet --version` tells them.
pub(super) const TEXT: &str = concat!(env!("CARGO_PKG_VERSION"), env!("FLEET_BUILD"));

/// The same for a machine.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Version {
    version: &'static str,
    /// None of a development build.
    commit: Option<&'static str>,
    commit_date: Option<&'static str>,
}

impl Version {
    /// Of this binary.
    pub(super) fn of_this() -> Self {
        Version::of(env!("CARGO_PKG_VERSION"), env!("FLEET_BUILD"))
    }

    /// Of the parenthesis that the build script makes: ` (COMMIT DATE)`.
    fn of(version: &'static str, build: &'static str) -> Self {
        let inside = build.trim().trim_matches(['(', ')']);
        let known =
            inside.split_once(' ').filter(|(commit, _)| commit.chars().all(|c| c.is_ascii_hexdigit()));
        Version { version, commit: known.map(|(commit, _)| commit), commit_date: known.map(|(_, date)| date) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_knows_its_commit() {
        let release = Version::of("1.0.0", " (3ff4008a1b 2026-11-29)");
        assert_eq!((release.commit, release.commit_date), (Some("3ff4008a1b"), Some("2026-11-29")));
        for build in [" (development build)", ""] {
            assert_eq!(Version::of("1.0.0", build).commit, None, "{build}");
        }
    }
}
