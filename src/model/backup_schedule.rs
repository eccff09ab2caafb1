//! What makes snapshots regularly, as text: a line for cron, units for systemd, a periodic job for Nomad itself.

use crate::model::ids::shell_word;

/// How often a backup is made: a part of an hour, so many hours, or once a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupInterval {
    /// Each so many minutes; a divisor of 60.
    Minutes(u32),
    /// Each so many hours; a divisor of 24.
    Hours(u32),
}

impl BackupInterval {
    /// Reads `15m`, `6h`, `1d`.
    ///
    /// # Errors
    /// When it is nothing a clock shows at the same times each day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not a part of a day, such as 15m, 30m, 1h, 6h, 12h or 1d: it has to divide an hour or a day"
            )
        };
        let at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u32 = text[..at].parse().map_err(|_| wrong())?;
        match &text[at..] {
            "m" if (1..60).contains(&number) && 60 % number == 0 => Ok(BackupInterval::Minutes(number)),
            "m" if number == 60 => Ok(BackupInterval::Hours(1)),
            "h" if (1..=24).contains(&number) && 24 % number == 0 => Ok(BackupInterval::Hours(number)),
            "d" if number == 1 => Ok(BackupInterval::Hours(24)),
            _ => Err(wrong()),
        }
    }

    /// As cron writes it; not at the full hour, when everybody else's runs.
    #[must_use]
    pub fn cron(self) -> String {
        match self {
            BackupInterval::Minutes(minutes) => format!("*/{minutes} * * * *"),
            BackupInterval::Hours(1) => "17 * * * *".to_owned(),
            BackupInterval::Hours(24) => "17 2 * * *".to_owned(),
            BackupInterval::Hours(hours) => format!("17 */{hours} * * *"),
        }
    }

    /// As systemd writes it.
    #[must_use]
    pub fn calendar(self) -> String {
        match self {
            BackupInterval::Minutes(minutes) => format!("*-*-* *:00/{minutes}:00"),
            BackupInterval::Hours(1) => "*-*-* *:17:00".to_owned(),
            BackupInterval::Hours(24) => "*-*-* 02:17:00".to_owned(),
            BackupInterval::Hours(hours) => format!("*-*-* 00/{hours}:17:00"),
        }
    }
}

/// What is to be made regularly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// How often.
    pub every: BackupInterval,
    /// The directory of the snapshots.
    pub dir: String,
    /// How many are kept.
    pub keep: u32,
    /// Nomad's address.
    pub address: String,
    /// The file the token is in.
    pub token_file: String,
    /// Where the program is.
    pub program: String,
}

impl Schedule {
    /// The command that saves one snapshot.
    #[must_use]
    pub fn command(&self) -> String {
        format!(
            "{} operator snapshot save --dir {} --keep {}",
            shell_word(&self.program),
            shell_word(&self.dir),
            self.keep
        )
    }

    /// Lines for a crontab.
    #[must_use]
    pub fn crontab(&self) -> String {
        // A percent sign is a line end to cron.
        let escaped = |text: String| text.replace('%', "\\%");
        format!(
            "# Snapshots of Nomad's state. A failure is mailed to MAILTO.\n{} {}\n",
            self.every.cron(),
            escaped(format!(
                "{} --address {} --token-file {} > /dev/null",
                self.command(),
                shell_word(&self.address),
                shell_word(&self.token_file)
            ))
        )
    }

    /// A service and its timer.
    #[must_use]
    pub fn units(&self) -> String {
        let quoted = |text: &str| {
            format!("\"{}\"", text.replace('%', "%%").replace('\\', "\\\\").replace('"', "\\\""))
        };
        format!(
            "# /etc/systemd/system/nomad-snapshot.service\n[Unit]\nDescription=Save a snapshot of Nomad's state\nWants=network-online.target\n\
             After=network-online.target\n\n[Service]\nType=oneshot\nExecStart={} operator snapshot save --dir {} --keep {} --address {} --token-file {}\n\
             UMask=0077\n\n# /etc/systemd/system/nomad-snapshot.timer\n[Unit]\nDescription=Save snapshots of Nomad's state regularly\n\n[Timer]\nOnCalendar={}\n\
             RandomizedDelaySec=60\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n\n\
             # systemctl daemon-reload && systemctl enable --now nomad-snapshot.timer\n",
            quoted(&self.program),
            quoted(&self.dir),
            self.keep,
            quoted(&self.address),
            quoted(&self.token_file),
            self.every.calendar(),
        )
    }

    /// A periodic job, whose task's own identity is its token.
    #[must_use]
    pub fn job(&self) -> String {
        let text = |text: &str| serde_json::Value::from(text.replace("${", "$${")).to_string();
        format!(
            "# The task's identity is its token. It may save snapshots once it has this policy:\n#   echo 'operator {{ capabilities = [\"snapshot-save\"] }}' > \
             snapshot.hcl\n#   nomad acl policy apply -job nomad-snapshot nomad-snapshot snapshot.hcl\n\
             job \"nomad-snapshot\" {{\n  type = \"batch\"\n\n  periodic {{\n    crons            = [{}]\n    prohibit_overlap = true\n    time_zone        = \"UTC\"\n  }}\n\n  \
             group \"snapshot\" {{\n    task \"save\" {{\n      driver = \"raw_exec\"\n\n      config {{\n        command = {}\n        args    = [\"operator\", \"snapshot\", \"save\", \
             \"--dir\", {}, \"--keep\", \"{}\"]\n      }}\n\n      identity {{\n        env = true\n      }}\n\n      env {{\n        NOMAD_ADDR = {}\n      }}\n    }}\n  }}\n}}\n",
            text(&self.every.cron()),
            text(&self.program),
            text(&self.dir),
            self.keep,
            text(&self.address),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(every: &str) -> Schedule {
        Schedule {
            every: BackupInterval::parse(every).unwrap(),
            dir: "/var/backups/nomad 1".to_owned(),
            keep: 14,
            address: "https://nomad.example:4646".to_owned(),
            token_file: "/etc/nomad/100%.token".to_owned(),
            program: "/usr/local/bin/fleet".to_owned(),
        }
    }

    #[test]
    fn only_what_a_clock_shows_each_day_is_a_schedule() {
        for (text, cron, calendar) in [
            ("15m", "*/15 * * * *", "*-*-* *:00/15:00"),
            ("60m", "17 * * * *", "*-*-* *:17:00"),
            ("6h", "17 */6 * * *", "*-*-* 00/6:17:00"),
            ("24h", "17 2 * * *", "*-*-* 02:17:00"),
            ("1d", "17 2 * * *", "*-*-* 02:17:00"),
        ] {
            let every = BackupInterval::parse(text).unwrap();
            assert_eq!((every.cron().as_str(), every.calendar().as_str()), (cron, calendar), "{text}");
        }
        for text in ["", "7m", "5h", "2d", "0h", "h", "90m", "1w", "-1h", "99999999999h"] {
            assert!(BackupInterval::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn cron_and_systemd_read_what_is_special_to_them_as_it_is() {
        let made = schedule("6h");
        assert!(made.crontab().contains(
            "17 */6 * * * /usr/local/bin/fleet operator snapshot save --dir '/var/backups/nomad 1' --keep 14"
        ));
        assert!(made.crontab().contains("'/etc/nomad/100\\%.token'"), "{}", made.crontab());
        assert!(
            made.units().contains("--token-file \"/etc/nomad/100%%.token\"")
                && made.units().contains("OnCalendar=*-*-* 00/6:17:00")
        );
    }

    #[test]
    fn the_job_is_one() {
        let job = schedule("1h").job();
        assert_eq!(crate::model::jobfile::holds_job(&job), Some(true), "{job}");
        assert!(job.contains("crons            = [\"17 * * * *\"]"), "{job}");
    }
}
