//! The process environment, read once at the edge and handed down, so that tests and `sandbox run` can replace it.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A snapshot of environment variables. Values that are not UTF-8 are converted with replacement characters.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    vars: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn of_process() -> Self {
        let text = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
        Environment { vars: std::env::vars_os().map(|(k, v)| (text(k), text(v))).collect() }
    }

    /// An environment of exactly these variables.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Environment { vars: pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect() }
    }

    /// The value of a variable; an empty value counts as unset, as the Go clients of Nomad and Consul treat it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Whether the variable exists at all, empty or not (`NO_COLOR`, `CI`).
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.vars.contains_key(name)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.vars.insert(name.into(), value.into());
    }

    /// Removes a variable.
    pub fn remove(&mut self, name: &str) {
        self.vars.remove(name);
    }

    /// Every variable, for handing the environment to a child process.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Whether this runs in a CI system (`CI` is set), where a prompt would never be answered.
    #[must_use]
    pub fn is_ci(&self) -> bool {
        self.get("CI").is_some_and(|v| !matches!(v, "0" | "false"))
    }

    /// The file of a program that `PATH` finds.
    #[must_use]
    pub fn on_path(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(self.get("PATH")?).map(|dir| dir.join(program)).find(|file| file.is_file())
    }

    /// Who runs this: `USER`, else `LOGNAME`, else the name that this machine has for the user of the process, else its number.
    #[must_use]
    pub fn user(&self) -> String {
        let named = self.get("USER").or_else(|| self.get("LOGNAME"));
        named.map_or_else(user_of_process, str::to_owned)
    }

    /// Where the contexts live: `FLEET_CONFIG_DIR`, else the XDG or platform configuration directory.
    #[must_use]
    pub fn config_dir(&self) -> Option<PathBuf> {
        self.directory("FLEET_CONFIG_DIR", "XDG_CONFIG_HOME", dirs::config_dir)
    }

    /// Whether the environment itself says where the contexts live: else that is the home of the process' user in the system's list,
    /// which may be somebody else's.
    #[must_use]
    pub fn says_config_dir(&self) -> bool {
        ["FLEET_CONFIG_DIR", "XDG_CONFIG_HOME", "HOME"].into_iter().any(|name| self.get(name).is_some())
    }

    /// Where journals live: `FLEET_STATE_DIR`, else the XDG or platform state directory.
    #[must_use]
    pub fn state_dir(&self) -> Option<PathBuf> {
        self.directory("FLEET_STATE_DIR", "XDG_STATE_HOME", || {
            dirs::state_dir().or_else(dirs::data_local_dir)
        })
    }

    fn directory(&self, ours: &str, xdg: &str, platform: fn() -> Option<PathBuf>) -> Option<PathBuf> {
        if let Some(dir) = self.get(ours) {
            return Some(PathBuf::from(dir));
        }
        let base = self.get(xdg).map(PathBuf::from).filter(|p| p.is_absolute());
        base.or_else(platform).map(|p| p.join("fleet"))
    }
}

fn user_of_process() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(&id, &users).map_or_else(|| id.clone(), str::to_owned)
}

/// The name of the user with this number, in the text of `/etc/passwd`.
fn name_of<'t>(id: &str, users: &'t str) -> Option<&'t str> {
    users.lines().find_map(|user| {
        let mut fields = user.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number == id && !name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_unset_but_present() {
        let env = Environment::from_pairs([("NO_COLOR", ""), ("NOMAD_ADDR", "")]);
        assert_eq!(env.get("NOMAD_ADDR"), None);
        assert!(env.is_set("NO_COLOR"));
    }

    #[test]
    fn who_runs_this_has_a_name_or_at_least_a_number() {
        assert_eq!(Environment::from_pairs([("USER", "ann"), ("LOGNAME", "bob")]).user(), "ann");
        assert_eq!(Environment::from_pairs([("USER", ""), ("LOGNAME", "bob")]).user(), "bob");
        assert_ne!(Environment::default().user(), "");
        let users = "root:x:0:0:root:/root:/bin/sh\n+::::::\nci:x:1000:10::/:/bin/sh\n";
        assert_eq!(name_of("1000", users), Some("ci"));
        assert_eq!(name_of("10", users), None);
    }

    #[test]
    fn fleets_own_directory_wins_over_xdg_and_a_relative_xdg_is_ignored() {
        let env = Environment::from_pairs([("FLEET_CONFIG_DIR", "/c"), ("XDG_CONFIG_HOME", "/x")]);
        assert_eq!(env.config_dir(), Some(PathBuf::from("/c")));
        let env = Environment::from_pairs([("XDG_CONFIG_HOME", "/x")]);
        assert_eq!(env.config_dir(), Some(PathBuf::from("/x/fleet")));
        let env = Environment::from_pairs([("XDG_STATE_HOME", "rel")]);
        assert_ne!(env.state_dir(), Some(PathBuf::from("rel/fleet")));
    }
}
