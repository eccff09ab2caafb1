//! Running the binary as a script would: nothing of this machine's environment, everything it prints, its exit code.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The binary with an environment of its own.
#[derive(Debug, Clone)]
pub(crate) struct Fleet {
    env: Vec<(String, String)>,
    home: PathBuf,
}

/// What a run printed and how it ended; its `Display` is what snapshots hold.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Fleet {
    /// With configuration and state below this folder, and no variables but these.
    pub(crate) fn new(home: &Path) -> Self {
        let dir = |name: &str| home.join(name).display().to_string();
        let env = [
            ("HOME", home.display().to_string()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("FLEET_CONFIG_DIR", dir("config")),
            ("FLEET_STATE_DIR", dir("state")),
            ("TZ", "UTC".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
        ];
        let env = env.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        Fleet { env, home: home.to_owned() }
    }

    /// The same with one more variable.
    pub(crate) fn env(&self, name: &str, value: impl Into<String>) -> Self {
        let mut fleet = self.clone();
        fleet.env.retain(|(k, _)| k != name);
        fleet.env.push((name.to_owned(), value.into()));
        fleet
    }

    /// The command, not started yet.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fleet"));
        command.args(args).env_clear().envs(self.env.iter().cloned()).current_dir(&self.home);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let ran = Ran::of(&self.command(args).output().expect("the binary runs"));
        crate::schemas::look(args, &ran.out, &ran.err);
        ran
    }
}

impl Ran {
    pub(crate) fn of(output: &std::process::Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        crate::hints::check(&text(&output.stderr));
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }
}

/// Writes a line past the test harness, which shows nothing of tests that pass.
pub(crate) fn told(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
