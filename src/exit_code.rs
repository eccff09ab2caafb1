//! The exit codes of `fleet`: a documented, stable contract (`fleet help exit-codes`).

use std::fmt::Write as _;

/// What a run of `fleet` ended as. The numbers are stable; scripts and pipelines depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExitCode {
    /// Done, and verified where there was something to verify.
    Done,
    /// It ran and failed.
    Failed,
    /// The command line or the configuration makes no sense.
    Usage,
    /// The named object does not exist, or a selector matched nothing.
    NotFound,
    /// The cluster refused the token.
    Denied,
    /// The cluster cannot be reached, has no leader, or TLS failed.
    Unreachable,
    /// A wait ended before what it waited for; the work itself may go on.
    TimedOut,
    /// A safety check said no, or nobody confirmed.
    Refused,
    /// Nothing is wrong, but something is pending.
    Pending,
    /// It failed, and the version before runs again.
    RolledBack,
    /// The exec family: the connection or `fleet` itself failed, the remote code is unknown.
    Transport,
    /// Interrupted by Ctrl-C; the state is safe.
    Interrupted,
    /// Whoever read stdout has gone before all was written: not everything was said.
    OutputClosed,
    /// Ended by SIGTERM; the state is safe.
    Terminated,
    /// What a command in an allocation, or a child, ended with.
    Of(u8),
}

impl ExitCode {
    /// Every code of fleet's own, in ascending order.
    pub const ALL: [ExitCode; 14] = [
        ExitCode::Done,
        ExitCode::Failed,
        ExitCode::Usage,
        ExitCode::NotFound,
        ExitCode::Denied,
        ExitCode::Unreachable,
        ExitCode::TimedOut,
        ExitCode::Refused,
        ExitCode::Pending,
        ExitCode::RolledBack,
        ExitCode::Transport,
        ExitCode::Interrupted,
        ExitCode::OutputClosed,
        ExitCode::Terminated,
    ];

    /// The number the process exits with.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            ExitCode::Done => 0,
            ExitCode::Failed => 1,
            ExitCode::Usage => 2,
            ExitCode::NotFound => 3,
            ExitCode::Denied => 4,
            ExitCode::Unreachable => 5,
            ExitCode::TimedOut => 6,
            ExitCode::Refused => 7,
            ExitCode::Pending => 8,
            ExitCode::RolledBack => 9,
            ExitCode::Transport => 125,
            ExitCode::Interrupted => 130,
            ExitCode::OutputClosed => 141,
            ExitCode::Terminated => 143,
            ExitCode::Of(code) => code,
        }
    }

    /// The stable machine name, as in `-o json` errors.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ExitCode::Done => "done",
            ExitCode::Failed => "failed",
            ExitCode::Usage => "usage",
            ExitCode::NotFound => "not-found",
            ExitCode::Denied => "denied",
            ExitCode::Unreachable => "unreachable",
            ExitCode::TimedOut => "timed-out",
            ExitCode::Refused => "refused",
            ExitCode::Pending => "pending",
            ExitCode::RolledBack => "rolled-back",
            ExitCode::Transport => "transport",
            ExitCode::Interrupted => "interrupted",
            ExitCode::OutputClosed => "output-closed",
            ExitCode::Terminated => "terminated",
            ExitCode::Of(_) => "command",
        }
    }

    /// One line of meaning, for the help page.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            ExitCode::Done => "done and verified",
            ExitCode::Failed => "it ran and failed",
            ExitCode::Usage => "usage: the command line or the configuration makes no sense",
            ExitCode::NotFound => "not found, or the selector matched nothing",
            ExitCode::Denied => "the cluster refused the token (ACL)",
            ExitCode::Unreachable => "unreachable, no leader, or TLS failed",
            ExitCode::TimedOut => {
                "timed out waiting; what goes on is reported, with the command that follows it"
            }
            ExitCode::Refused => "refused: a safety check said no, or nobody confirmed",
            ExitCode::Pending => {
                "nothing wrong, but pending: changes in a plan, a canary that waits for promotion"
            }
            ExitCode::RolledBack => "failed, and rolled back to the last good version",
            ExitCode::Transport => {
                "exec family: the connection or fleet failed, the remote code is unknown (126 and 127 as in a shell)"
            }
            ExitCode::Interrupted => {
                "interrupted (Ctrl-C); the state is safe, and the command that continues is named"
            }
            ExitCode::OutputClosed => "whoever read stdout has gone before all was written (as by SIGPIPE)",
            ExitCode::Terminated => {
                "terminated (SIGTERM); the state is safe, and the command that continues is named"
            }
            ExitCode::Of(_) => "what the command ended with",
        }
    }
}

/// The page `fleet help exit-codes` prints.
#[must_use]
pub fn help_page() -> String {
    let mut page = String::from("Exit codes of fleet\n\n");
    for code in ExitCode::ALL {
        let _ = writeln!(page, "  {:>3}  {}", code.number(), code.meaning());
    }
    page.push_str(
        "\nexec, shell, run and `port-forward … -- CMD` return the remote (or child) code, and 125 for every\n\
         failure of fleet's own, whatever its kind: the message says which.\n\n\
         doctor: 0 nothing found, 1 something found, 2 also where something could not be looked at and nothing was\n\
         found. why: 8 where nothing is wrong.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_documented_contract() {
        let numbers: Vec<u8> = ExitCode::ALL.iter().map(|c| c.number()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 125, 130, 141, 143]);
    }

    #[test]
    fn the_page_names_every_code_once() {
        let page = help_page();
        for code in ExitCode::ALL {
            let line = format!("  {:>3}  {}", code.number(), code.meaning());
            assert_eq!(page.matches(&line).count(), 1, "{line}");
        }
    }
}
