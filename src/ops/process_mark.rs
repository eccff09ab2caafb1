//! Which process somebody is, so that another one on the same machine can tell for certain that it has ended.

use serde::{Deserialize, Serialize};

/// A process, and the machine it runs on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessMark {
    /// The boot of the machine and its space of process ids; empty where that is not known.
    pub machine: String,
    /// Its id there.
    pub pid: u32,
    /// When it began, in ticks since that boot; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<u64>,
}

impl ProcessMark {
    /// This one.
    #[must_use]
    pub fn own() -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let space =
            std::fs::read_link("/proc/self/ns/pid").map(|p| p.display().to_string()).unwrap_or_default();
        let machine = match boot.trim() {
            "" => String::new(),
            _ if space.is_empty() => String::new(),
            boot => format!("{boot} {space}"),
        };
        let pid = std::process::id();
        ProcessMark { machine, pid, started: Stat::read(pid).map(|stat| stat.started) }
    }

    /// Whether it is known to have ended: it ran on this very machine, and does not any more. Of another machine nothing is known.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        !self.machine.is_empty() && self.machine == ProcessMark::own().machine && !self.may_run_here()
    }

    fn may_run_here(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw);
        let Some(pid) = pid else { return true };
        // `/proc` may hide the processes of others, and the kernel tells of them all the same.
        if rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH) {
            return false;
        }
        // A zombie has ended, and so has one whose id another process has now.
        Stat::read(self.pid)
            .is_none_or(|now| !now.has_ended && self.started.is_none_or(|started| started == now.started))
    }
}

/// What the kernel tells of a process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    has_ended: bool,
    started: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        Stat::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The fields stand behind the name, which may hold anything.
    fn parse(text: &str) -> Option<Self> {
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let has_ended = matches!(fields.next()?, "Z" | "X" | "x");
        Some(Stat { has_ended, started: fields.nth(18)?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name_is() {
        let text = "7 (a) Z b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        assert_eq!(Stat::parse(text), Some(Stat { has_ended: false, started: 4711 }));
        assert!(Stat::parse("7 (a) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711").unwrap().has_ended);
        assert_eq!(Stat::parse("7 (a"), None);
    }

    #[test]
    fn only_what_ran_on_this_machine_and_does_not_any_more_has_ended() {
        let own = ProcessMark::own();
        assert!(!own.has_ended(), "this one runs");
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let pid = child.id();
        let mark = ProcessMark { pid, started: Stat::read(pid).map(|s| s.started), ..own.clone() };
        assert!(!mark.has_ended());
        let elsewhere = ProcessMark { machine: "another machine".into(), ..mark.clone() };
        let nowhere = ProcessMark { machine: String::new(), ..mark.clone() };
        let before_it = ProcessMark { started: mark.started.map(|at| at - 1), ..mark.clone() };
        assert_eq!(before_it.has_ended(), !own.machine.is_empty(), "its id is another's now");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(mark.has_ended(), !own.machine.is_empty());
        assert!(!elsewhere.has_ended() && !nowhere.has_ended());
    }
}
